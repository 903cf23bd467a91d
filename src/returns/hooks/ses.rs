//! Amazon SES through SNS: notifications of an identity (`notificationType`) and events of a configuration set (`eventType`) alike. The
//! message is named by its envelope sender, else by the Message-ID that we gave it.

use serde_json::Value;

use super::sns::{Certificates, Kind};
use super::{Event, Proven, Refusal, Report, json, message_behind, message_of, text};
use crate::context::Context;
use crate::mail::returned::ReturnKind;
use crate::returns::read::{Said, weigh};

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
        "Complaint" => {
            let kind = text(said, "/complaint/complaintFeedbackType");
            let complaint = !matches!(kind, "not-spam" | "auth-failure" | "virus");
            let agent = text(said, "/complaint/userAgent");
            Event {
                message,
                kind: complaint.then_some(ReturnKind::Complaint),
                status: None,
                detail: format!("{kind} {agent}"),
            }
        }
        // DeliveryDelay: SES tries again. The rest is about mail that arrived.
        _ => Event { message, kind: None, status: None, detail: String::new() },
    }
}

fn bounce(message: Option<crate::kernel::id::MessageId>, said: &Value) -> Event {
    let words = text(said, "/bounce/bouncedRecipients/0/diagnosticCode");
    let (status, subtype) = (text(said, "/bounce/bouncedRecipients/0/status"), text(said, "/bounce/bounceSubType"));
    let weighed = Said::of(words).with_status(Some(status));
    let kind = match text(said, "/bounce/bounceType") {
        "Permanent" => Some(ReturnKind::HardBounce),
        // An automatic answer that SES takes for a bounce says nothing of why.
        "Transient" if words.is_empty() && status.is_empty() && subtype == "General" => None,
        "Transient" => Some(ReturnKind::SoftBounce),
        _ => Some(weigh(&weighed)),
    };
    let detail = if words.is_empty() { subtype } else { words };
    Event { message, kind, status: weighed.status_text(), detail: detail.to_owned() }
}

/// The Message-ID as we wrote it; SES puts its own in its place. Reported where the identity includes original headers.
fn original_id(said: &Value) -> &str {
    let headers = said.pointer("/mail/headers").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let named = headers.iter().find(|header| text(header, "/name").eq_ignore_ascii_case("Message-ID"));
    named.map_or_else(|| text(said, "/mail/commonHeaders/messageId"), |header| text(header, "/value"))
}
