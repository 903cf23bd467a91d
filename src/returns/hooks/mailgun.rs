//! Mailgun: JSON with an HMAC-SHA256 of time and token inside. The signature does not cover the event, so each token is taken once.

use serde_json::Value;
use subtle::ConstantTimeEq;

use super::{Event, Proven, Refusal, Report, is_timely, json, message_behind, message_of, text};
use crate::context::Context;
use crate::kernel::time::Timestamp;
use crate::mail::returned::ReturnKind;
use crate::returns::read::{Said, weigh};
use crate::sign::derive::mac;

pub(super) fn prove(ctx: &Context, key: &str, report: &Report<'_>, now: Timestamp) -> Result<Proven, Refusal> {
    let body = json(report.body)?;
    let (time, token) = (text(&body, "/signature/timestamp"), text(&body, "/signature/token"));
    if token.is_empty() || token.len() > 200 {
        return Err(Refusal::Unproven("`signature.token` is missing"));
    }
    let fits = unhex(text(&body, "/signature/signature"))
        .is_some_and(|shown| bool::from(mac(key.as_bytes(), &[time.as_bytes(), token.as_bytes()]).ct_eq(&shown)));
    if !fits {
        return Err(Refusal::Unproven("the signature does not fit time and token under the key that is set"));
    }
    let at = time.parse::<i64>().ok().map(Timestamp::from_seconds);
    if !at.is_some_and(|at| is_timely(at, now)) {
        return Err(Refusal::Unproven("the report is too old, or its time lies ahead"));
    }
    let event = body.get("event-data").map(|data| event(ctx, data));
    Ok(Proven { events: event.into_iter().collect(), token: Some(token.to_owned()) })
}

fn event(ctx: &Context, data: &Value) -> Event {
    let named = message_of(text(data, "/message/headers/message-id"));
    let message = named.or_else(|| message_behind(ctx, text(data, "/envelope/sender")));
    let words = [text(data, "/delivery-status/message"), text(data, "/delivery-status/description")];
    let words = words.into_iter().find(|words| !words.is_empty()).unwrap_or_default();
    let code = data.pointer("/delivery-status/code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok());
    let mut said = Said::of(words);
    said.code = code.filter(|code| (400..600).contains(code)).or(said.code);
    let reason = text(data, "/reason");
    // `suppress-bounce`, `suppress-complaint`, `suppress-unsubscribe`: a list of the account there kept the mail back.
    let last = reason.starts_with("suppress-");
    let kind = match (text(data, "/event"), text(data, "/severity")) {
        ("complained", _) => Some(ReturnKind::Complaint),
        ("failed", "permanent") if last => Some(ReturnKind::SoftBounce),
        ("failed", "permanent") => Some(weigh(&said)),
        // A temporary failure is tried again by Mailgun.
        _ => None,
    };
    let detail = match code {
        Some(code) => format!("{code} {words}"),
        None => words.to_owned(),
    };
    Event { message, kind, last, status: said.status_text(), detail }
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
    bytes.try_into().ok().filter(|_| text.len() == 64)
}
