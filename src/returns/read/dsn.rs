//! Delivery status notifications (RFC 3464): what the fields of each recipient say. A mail of ours has one recipient; where a report names
//! several, the gravest counts.

use super::fields::{Group, field, groups};
use super::status::{Said, weigh};
use super::{Bounce, Report};
use crate::mail::returned::ReturnKind;

/// Reads the part `message/delivery-status`; `None` where no recipient stands in it.
pub(super) fn read(bytes: &[u8]) -> Option<Report> {
    let groups = groups(bytes);
    let reports = groups.iter().filter_map(recipient);
    reports.max_by_key(gravity)
}

fn recipient(group: &Group) -> Option<Report> {
    let action = field(group, "action")?.split([' ', '(', ';']).next().unwrap_or_default().to_ascii_lowercase();
    match action.as_str() {
        "failed" | "failure" => Some(Report::Bounce(bounce(group))),
        "delayed" => Some(Report::Delay),
        "delivered" | "relayed" | "expanded" => Some(Report::Automatic),
        _ => None,
    }
}

fn bounce(group: &Group) -> Bounce {
    let words = field(group, "diagnostic-code").unwrap_or_default();
    // `smtp; 550 ...`: the type of the code is no part of what was said.
    let text = words.split_once(';').map_or(words, |(_, text)| text.trim());
    // Some say why in a comment behind the status.
    let status = field(group, "status").unwrap_or_default();
    let all = format!("{text} {status}");
    let mut said = Said::of(text).with_status(Some(status));
    said.text = &all;
    let detail = if text.is_empty() { status } else { text };
    Bounce { kind: weigh(&said), status: said.status_text(), detail: detail.to_owned() }
}

fn gravity(report: &Report) -> u8 {
    match report {
        Report::Bounce(bounce) if bounce.kind == ReturnKind::HardBounce => 3,
        Report::Bounce(_) => 2,
        Report::Delay => 1,
        Report::Complaint(_) | Report::Automatic | Report::Other => 0,
    }
}
