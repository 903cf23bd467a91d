//! Amazon SES through SNS: notifications of an identity (`notificationType`) and events of a configuration set (`eventType`) alike. The
//! message is named by its envelope sender, else by the Message-ID that we gave it.

use serde_json::Value;

use super::sns::{Certificates, Kind};
use super::{Event, Proven, Refusal, Report, json, message_behind, message_of, text};
use crate::context::Context;
use crate::mail::returned::ReturnKind;
use crate::returns::read::{Said, weigh, weigh_refusal};

pub(super) async fn prove(
    certificates: &Certificates,
    ctx: &Context,
    topic: &str,
    report: &Report<'_>,
) -> Result<Proven, Refusal> {
    let message = json(report.body)?;
    let events = match certificates.prove(topic, &message, ctx.now()).await? {
        Kind::Notification => match serde_json::from_str::<Value>(text(&message, "/Message")) {
            Ok(said) => vec![event(ctx, &said)],
            // The first message of a topic is a sentence.
            Err(_no_json) => Vec::new(),
        },
        Kind::SubscriptionConfirmation => {
            certificates.confirm(topic, &message).await?;
            Vec::new()
        }
        Kind::UnsubscribeConfirmation => {
            tracing::warn!(topic, "the subscription of this instance was ended: Amazon SES no longer reports here");
            Vec::new()
        }
    };
    Ok(Proven { events, token: None })
}

fn event(ctx: &Context, said: &Value) -> Event {
    let what = [text(said, "/notificationType"), text(said, "/eventType")];
    let what = what.into_iter().find(|word| !word.is_empty()).unwrap_or_default();
    let message = message_behind(ctx, text(said, "/mail/source")).or_else(|| message_of(original_id(said)));
    match what {
        "Bounce" => bounce(message, said),
        // Not sent at all: somebody complained about an earlier mail.
        "Complaint" if is_list(text(said, "/complaint/complaintSubType")) => {
            let detail = text(said, "/complaint/complaintSubType").to_owned();
            Event { message, kind: Some(ReturnKind::SoftBounce), last: true, status: None, detail }
        }
        "Complaint" => {
            let kind = text(said, "/complaint/complaintFeedbackType");
            let complaint = !matches!(kind, "not-spam" | "auth-failure" | "virus");
            let agent = text(said, "/complaint/userAgent");
            Event {
                message,
                kind: complaint.then_some(ReturnKind::Complaint),
                last: false,
                status: None,
                detail: format!("{kind} {agent}"),
            }
        }
        // DeliveryDelay: SES tries again. The rest is about mail that arrived.
        _ => Event { message, kind: None, last: false, status: None, detail: String::new() },
    }
}

fn bounce(message: Option<crate::kernel::id::MessageId>, said: &Value) -> Event {
    let words = text(said, "/bounce/bouncedRecipients/0/diagnosticCode");
    let (status, subtype) = (text(said, "/bounce/bouncedRecipients/0/status"), text(said, "/bounce/bounceSubType"));
    let weighed = Said::of(words).with_status(Some(status));
    let (kind, last) = match (text(said, "/bounce/bounceType"), subtype) {
        ("Permanent", "NoEmail") => (Some(ReturnKind::HardBounce), false),
        // The mailbox's server said so, and perhaps also why.
        ("Permanent", "General") => (Some(weigh_refusal(&weighed)), false),
        // `Suppressed`, `OnAccountSuppressionList` and the like: a list kept the mail back, and says nothing of this mailbox for good.
        ("Permanent", _) => (Some(ReturnKind::SoftBounce), true),
        // An automatic answer that SES takes for a bounce says nothing of why.
        ("Transient", "General") if words.is_empty() && status.is_empty() => (None, false),
        ("Transient", "MessageTooLarge" | "ContentRejected" | "AttachmentRejected") => {
            (Some(ReturnKind::SoftBounce), true)
        }
        ("Transient", _) => (Some(ReturnKind::SoftBounce), false),
        // `Undetermined`.
        _ => (Some(weigh(&weighed)), false),
    };
    let detail = if words.is_empty() { subtype } else { words };
    Event { message, kind, last, status: weighed.status_text(), detail: detail.to_owned() }
}

/// Whether a list kept the mail back: of SES itself, or of the operator's account there.
fn is_list(subtype: &str) -> bool {
    subtype.contains("Suppress")
}

/// The Message-ID as we wrote it; SES puts its own in its place. Reported where the identity includes original headers.
fn original_id(said: &Value) -> &str {
    let headers = said.pointer("/mail/headers").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let named = headers.iter().find(|header| text(header, "/name").eq_ignore_ascii_case("Message-ID"));
    named.map_or_else(|| text(said, "/mail/commonHeaders/messageId"), |header| text(header, "/value"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(kind: &str, subtype: &str, status: &str, words: &str) -> (Option<ReturnKind>, bool) {
        let recipient = json!({ "status": status, "diagnosticCode": words });
        let bounce = json!({ "bounceType": kind, "bounceSubType": subtype, "bouncedRecipients": [recipient] });
        let event = super::bounce(None, &json!({ "bounce": bounce }));
        (event.kind, event.last)
    }

    /// The types of Amazon's Developer Guide ("Bounce types").
    #[test]
    fn every_type_and_subtype_is_judged_by_what_it_says_of_the_mailbox() {
        let (hard, soft) = (Some(ReturnKind::HardBounce), Some(ReturnKind::SoftBounce));
        let table = [
            ("Permanent", "General", "5.1.1", "smtp; 550 5.1.1 <jane@example.com>... User", (hard, false)),
            ("Permanent", "General", "", "", (hard, false)),
            ("Permanent", "General", "5.0.0", "smtp; 554 delivery error: this mailbox is disabled", (hard, false)),
            ("Permanent", "General", "5.7.1", "smtp; 550 5.7.1 blocked by policy", (soft, false)),
            ("Permanent", "General", "5.2.2", "smtp; 552 5.2.2 over quota", (soft, false)),
            ("Permanent", "NoEmail", "", "", (hard, false)),
            ("Permanent", "Suppressed", "5.1.1", "Amazon SES has suppressed sending to this address", (soft, true)),
            ("Permanent", "OnAccountSuppressionList", "5.1.1", "Amazon SES did not send the message", (soft, true)),
            ("Permanent", "SomethingNew", "", "", (soft, true)),
            ("Transient", "General", "", "", (None, false)),
            ("Transient", "General", "4.4.7", "smtp; 451 expired", (soft, false)),
            ("Transient", "MailboxFull", "5.2.2", "smtp; 552 full", (soft, false)),
            ("Transient", "MessageTooLarge", "5.3.4", "", (soft, true)),
            ("Transient", "ContentRejected", "", "", (soft, true)),
            ("Transient", "AttachmentRejected", "", "", (soft, true)),
            ("Undetermined", "Undetermined", "", "", (soft, false)),
            ("Undetermined", "Undetermined", "5.1.1", "smtp; 550 user unknown", (hard, false)),
        ];
        for (kind, subtype, status, words, expected) in table {
            assert_eq!(said(kind, subtype, status, words), expected, "{kind} {subtype} {status} {words}");
        }
        assert!(is_list("OnAccountSuppressionList") && is_list("Suppressed") && !is_list(""));
    }
}
