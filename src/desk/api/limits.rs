//! The shop's own limits on its mail.

use actix_web::web;
use serde_json::{Map, Value};

use super::queue::{self, Answer};
use crate::desk::answers::flawed;
use crate::http::{Audience, Method, RouteTable, StrictJson};
use crate::kernel::pace::Limit;
use crate::mail::brake;
use crate::merchants::api::{ShopWriter, Then};
use crate::merchants::settings::Flaw;

/// Adds the routes of this subject.
pub(super) fn routes(table: &mut RouteTable) {
    const LIMITS: &str = "/v1/shops/{shop}/mail/limits";
    table.add(Method::PUT, LIMITS, "replace_mail_limits", Audience::Write, || web::put().to(replace_mail_limits));
}

/// The shop's own limits, beside those of the operator: whichever is lower counts.
async fn replace_mail_limits(
    Then(writer, (eyes, body)): Then<ShopWriter, (queue::Eyes, StrictJson<Map<String, Value>>)>,
) -> Answer {
    let shop = writer.shop();
    let limits = own_limits(&body.0).map_err(flawed)?;
    eyes.ctx().db().write(move |tx| brake::set_limits(tx, shop, limits)).await?;
    eyes.seen(shop).await
}

fn own_limits(body: &Map<String, Value>) -> Result<Vec<Limit>, Flaw> {
    let flaw = |pointer: String, detail: &str| Flaw { pointer, detail: detail.to_owned() };
    if let Some(other) = body.keys().find(|name| *name != "limits") {
        return Err(flaw(format!("/{other}"), "There is no such field. Known: limits."));
    }
    let list = body.get("limits").and_then(Value::as_array).filter(|list| list.len() <= brake::MOST_LIMITS);
    let list = list.ok_or_else(|| flaw("/limits".to_owned(), "This must be a list of at most 8 limits."))?;
    let limit = |(n, value): (usize, &Value)| {
        let limit = value.as_str().and_then(|text| Limit::parse(text).ok());
        limit.ok_or_else(|| {
            let expected =
                "This must be a limit like \"100 per hour\", \"20 per minute to gmail.com\" or \"2 connections\".";
            flaw(format!("/limits/{n}"), expected)
        })
    };
    list.iter().enumerate().map(limit).collect()
}
