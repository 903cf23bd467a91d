//! SendGrid: a list of events under an ECDSA signature (P-256, SHA-256) over time and body. The message's id comes back as a unique
//! argument that we gave it, and as the Message-ID.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use serde_json::Value;

use super::{Event, Proven, Refusal, Report, is_timely, json, message_of, text};
use crate::kernel::time::Timestamp;
use crate::mail::MARK;
use crate::mail::returned::ReturnKind;
use crate::returns::read::{Said, weigh};

const SIGNATURE: &str = "x-twilio-email-event-webhook-signature";
const TIMESTAMP: &str = "x-twilio-email-event-webhook-timestamp";
/// Bytes of an uncompressed point, with which a public key ends.
const POINT: usize = 65;

pub(super) fn prove(key: &str, report: &Report<'_>, now: Timestamp) -> Result<Proven, Refusal> {
    let header = |name, why| (report.header)(name).ok_or(Refusal::Unproven(why));
    let signature = header(SIGNATURE, "X-Twilio-Email-Event-Webhook-Signature is missing")?;
    let time = header(TIMESTAMP, "X-Twilio-Email-Event-Webhook-Timestamp is missing")?;
    if !fits(key, &time, report.body, &signature) {
        return Err(Refusal::Unproven("the signature does not fit time and body under the key that is set"));
    }
    let at = time.parse::<i64>().ok().map(Timestamp::from_seconds);
    if !at.is_some_and(|at| is_timely(at, now)) {
        return Err(Refusal::Unproven("the report is too old, or its time lies ahead"));
    }
    let body = json(report.body)?;
    let events = body.as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(Proven { events: events.iter().map(event).collect(), token: None })
}

/// Whether SendGrid signed this body at this time.
fn fits(key: &str, time: &str, body: &[u8], signature: &str) -> bool {
    let (Ok(key), Ok(signature)) = (STANDARD.decode(key), STANDARD.decode(signature)) else { return false };
    let Some(point) = key.len().checked_sub(POINT).and_then(|at| key.get(at..)) else { return false };
    let signed = [time.as_bytes(), body].concat();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(&signed, &signature).is_ok()
}

fn event(event: &Value) -> Event {
    let message = message_of(text(event, &format!("/{MARK}"))).or_else(|| message_of(text(event, "/smtp-id")));
    let reason = text(event, "/reason");
    let said = Said::of(reason).with_status(Some(text(event, "/status")));
    let kind = match (text(event, "/event"), text(event, "/type"), reason) {
        ("spamreport", ..) => Some(ReturnKind::Complaint),
        // It is no address.
        ("dropped", _, "Invalid") => Some(ReturnKind::HardBounce),
        ("dropped", ..) | ("bounce", "blocked", _) => Some(ReturnKind::SoftBounce),
        ("bounce", ..) => Some(weigh(&said)),
        // Deferred: SendGrid tries again. The rest is about mail that arrived.
        _ => None,
    };
    // Dropped for a list of the account there ("Bounced Address", "Spam Reporting Address", "Unsubscribed Address") or for the mail itself.
    let last = text(event, "/event") == "dropped" && reason != "Recipient List over Package Quota";
    Event { message, kind, last, status: said.status_text(), detail: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the tests of SendGrid's own library (sendgrid-nodejs, packages/eventwebhook, MIT).
    const KEY: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqDqBaWjcMMsTbhdbcwHBcepxo7yAQGhHPTnlvFYPAZFceEu/1FwCM/QmGUhA==";
    const SIGNED: &str =
        "MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH2j/0=";
    const TIME: &str = "1588788367";
    const BODY: &[u8] = br#"{"category":"example_payload","event":"test_event","message_id":"message_id"}"#;

    #[test]
    fn the_providers_own_example_fits_and_nothing_near_it() {
        assert!(fits(KEY, TIME, BODY, SIGNED));
        let other_key = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqTxd43gyp8IOEto2LdIfjRQrIbsd4SXZkLW6jDutdhXSJCWHw8REntlo7aNDthvj+y7GjUuFDb/R1NGe1OPzpA==";
        let other_signature = SIGNED.replace("YNH2", "YNH3");
        for (key, time, body, signature) in [
            (other_key, TIME, BODY, SIGNED),
            (KEY, TIME, b"payload".as_slice(), SIGNED),
            (KEY, TIME, BODY, other_signature.as_str()),
            (KEY, "timestamp", BODY, SIGNED),
            (KEY, TIME, BODY, ""),
            ("", TIME, BODY, SIGNED),
        ] {
            assert!(!fits(key, time, body, signature), "{key} {time} {signature}");
        }
    }
}
