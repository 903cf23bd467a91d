//! Postmark: JSON behind a login (RFC 7617), because it signs nothing. The message's id comes back as metadata that we gave it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{Event, Proven, Refusal, Report, json, message_of, text};
use crate::mail::MARK;
use crate::mail::returned::ReturnKind;
use crate::returns::read::Said;

pub(super) fn prove(login: &str, report: &Report<'_>) -> Result<Proven, Refusal> {
    let shown = (report.header)("authorization").unwrap_or_default();
    let (scheme, credentials) = shown.split_once(' ').unwrap_or_default();
    let decoded = STANDARD.decode(credentials.trim()).unwrap_or_default();
    // Hashes have one length: how long the comparison takes tells nothing.
    let same = Sha256::digest(&decoded).ct_eq(&Sha256::digest(login.as_bytes()));
    if !scheme.eq_ignore_ascii_case("basic") || !bool::from(same) {
        return Err(Refusal::Unproven("the login in the webhook's address does not fit the one that is set"));
    }
    let body = json(report.body)?;
    Ok(Proven { events: vec![event(&body)], token: None })
}

fn event(body: &Value) -> Event {
    let message = message_of(text(body, &format!("/Metadata/{MARK}")));
    let kind = match (text(body, "/RecordType"), text(body, "/Type")) {
        ("SpamComplaint", _) | ("Bounce", "SpamComplaint") => Some(ReturnKind::Complaint),
        ("Bounce", "HardBounce" | "BadEmailAddress") => Some(ReturnKind::HardBounce),
        (
            "Bounce",
            "SoftBounce"
            | "DnsError"
            | "Blocked"
            | "SpamNotification"
            | "VirusNotification"
            | "DMARCPolicy"
            | "Unknown"
            | "ManuallyDeactivated"
            | "SMTPApiError",
        ) => Some(ReturnKind::SoftBounce),
        // Transient: Postmark tries again. The rest are automatic answers and news of its own lists.
        _ => None,
    };
    let details = text(body, "/Details");
    let detail = if details.is_empty() { text(body, "/Description") } else { details };
    // Kept back by the list of the server there.
    let last = matches!(text(body, "/Type"), "ManuallyDeactivated" | "SMTPApiError");
    Event { message, kind, last, status: Said::of(detail).status_text(), detail: detail.to_owned() }
}
