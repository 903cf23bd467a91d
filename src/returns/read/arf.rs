//! Complaints in the Abuse Reporting Format (RFC 5965).

use super::Report;
use super::fields::{field, groups};

/// Reads the part `message/feedback-report`. Only what a person said against the mail is a complaint; news of authentication, of a
/// virus scanner or of a change of mind is not.
pub(super) fn read(bytes: &[u8]) -> Report {
    let groups = groups(bytes);
    let find = |name| groups.iter().find_map(|group| field(group, name)).unwrap_or_default();
    let kind = find("feedback-type").to_ascii_lowercase();
    match kind.as_str() {
        "abuse" | "fraud" | "opt-out" | "opt-out-list" => {
            let reporter = find("user-agent");
            Report::Complaint(if reporter.is_empty() { kind } else { format!("{kind}, by {reporter}") })
        }
        _ => Report::Automatic,
    }
}
