//! `attesta event send`: signs an order event, a sample or one from a file, and posts it to the intake like any shop would.
//!
//! The secret is given, or taken from the instance's own keys beside the data. The answer is printed as it came.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::shop;
use super::shown::{Failure, Shown};
use crate::context::Context;
use crate::kernel::id::EventId;
use crate::kernel::time::Timestamp;
use crate::links::path;
use crate::merchants::keys;
use crate::sign::webhook::{self, Secret};

/// The types a sample can be made of.
const TYPES: [&str; 8] = [
    "order.created",
    "order.paid",
    "order.fulfilled",
    "order.delivered",
    "order.updated",
    "order.cancelled",
    "order.refunded",
    "customer.erased",
];
/// How long the intake may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// What can be done with events.
#[derive(Debug, Subcommand)]
pub(crate) enum EventCommand {
    /// Sign an event and post it to the intake.
    Send(Send),
}

/// An event to send.
#[derive(Debug, Args)]
pub(crate) struct Send {
    /// order.created, .paid, .fulfilled, .delivered, .updated, .cancelled, .refunded or customer.erased
    #[arg(value_name = "TYPE", required_unless_present = "file")]
    kind: Option<String>,
    /// The shop: its id or domain.
    #[arg(long)]
    shop: String,
    /// Order number (default: a new one).
    #[arg(long)]
    number: Option<String>,
    /// The customer's address.
    #[arg(long, default_value = "ada@example.com")]
    email: String,
    /// The customer's name.
    #[arg(long, default_value = "Ada Rossi")]
    name: String,
    /// The customer's language (default: the shop's).
    #[arg(long)]
    locale: Option<String>,
    /// A test order: its mail is captured, nothing is published.
    #[arg(long)]
    test: bool,
    /// Send this JSON file, byte for byte, instead of a sample.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["number", "locale", "test"])]
    file: Option<PathBuf>,
    /// Where the server is (default: `public_url`, else the listening address).
    #[arg(long)]
    url: Option<String>,
    /// The shop's webhook secret (default: the one in this instance's database).
    #[arg(long, value_name = "WHSEC")]
    secret: Option<String>,
}

impl Send {
    /// Bytes to sign and post.
    fn body(&self, ctx: &Context) -> Result<Vec<u8>, Failure> {
        if let Some(file) = &self.file {
            return std::fs::read(file).map_err(|error| Failure::new(format!("{}: {error}", file.display())));
        }
        let kind = self.kind.as_deref().unwrap_or_default();
        if !TYPES.contains(&kind) {
            return Err(Failure::usage(format!("{kind} is no event type. Known: {}.", TYPES.join(", "))));
        }
        Ok(self.sample(kind, ctx.now()).to_string().into_bytes())
    }

    fn sample(&self, kind: &str, now: Timestamp) -> Value {
        let number = self.number.clone().unwrap_or_else(|| format!("SAMPLE-{}", now.millis()));
        let customer = json!({ "email": self.email, "name": self.name, "locale": self.locale });
        let data = match kind {
            "customer.erased" => json!({ "customer": { "email": self.email } }),
            "order.cancelled" => json!({ "number": number }),
            "order.refunded" => json!({ "number": number, "refund": { "all": true } }),
            _ => json!({
                "number": number, "placed_at": now, "customer": customer, "currency": "EUR", "total": 4990,
                "items": [{ "line": "1", "sku": "MOKA-3", "name": "Moka pot, 3 cups", "quantity": 1, "price": 4990 }],
                "test": self.test,
            }),
        };
        json!({ "type": kind, "timestamp": now, "data": data })
    }

    fn secret(&self, ctx: &Context) -> Result<Secret, Failure> {
        if let Some(text) = &self.secret {
            return Secret::parse(text).map_err(|error| Failure::usage(format!("--secret: {error}.")));
        }
        let shop = shop::find(ctx, &self.shop)?;
        let (keyring, now) = (ctx.keyring().clone(), ctx.now());
        let found = ctx.db().read_now(|conn| keys::newest_secret(conn, &keyring, shop.id, now))?;
        found
            .ok_or_else(|| Failure::new(format!("{} has no live secret. See: attesta key rotate webhook", shop.domain)))
    }

    fn address(&self, ctx: &Context) -> String {
        let local = ctx.links().local(path::V1_EVENTS, &[&self.shop]);
        match &self.url {
            Some(url) => format!("{}{}", url.trim_end_matches('/'), local),
            None => ctx.links().to(path::V1_EVENTS, &[&self.shop]),
        }
    }
}

/// Runs a command; fails, having said why, when the intake refuses the event.
pub(crate) fn run(ctx: &Context, command: EventCommand, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let EventCommand::Send(send) = command;
    let (body, secret) = (send.body(ctx)?, send.secret(ctx)?);
    let (id, now): (EventId, Timestamp) = (ctx.ids().next(), ctx.now());
    let id = id.to_string();
    let signature = webhook::sign(&secret, &id, now, &body);
    let request = client(send.url.is_none())?
        .post(send.address(ctx))
        .header("content-type", "application/json")
        .header(webhook::ID_HEADER, id)
        .header(webhook::TIMESTAMP_HEADER, now.seconds().to_string())
        .header(webhook::SIGNATURE_HEADER, signature)
        .body(body);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new(error.to_string()))?;
    let (status, answer) = runtime.block_on(post(request))?;
    tell(status, &answer, shown)
}

/// The instance's own server is spoken to directly; any other as the surroundings say.
fn client(own: bool) -> Result<reqwest::Client, Failure> {
    let builder = reqwest::Client::builder().timeout(PATIENCE);
    Ok(if own { builder.no_proxy() } else { builder }.build()?)
}

async fn post(request: reqwest::RequestBuilder) -> Result<(u16, Value), Failure> {
    let answer = request.send().await.map_err(|error| {
        let place = error.url().map(ToString::to_string).unwrap_or_default();
        Failure::new(format!("{place} does not answer: {error}. Is the server running? Name it with --url"))
    })?;
    let status = answer.status().as_u16();
    let text = answer.text().await?;
    Ok((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
}

fn tell(status: u16, answer: &Value, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let field = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or("-");
    let whole = json!({ "status": status, "answer": answer });
    if !(200..300).contains(&status) {
        let text = format!("{status} {}: {}", field("code"), field("detail"));
        shown.say(&whole, &text)?;
        return Err(Failure::said());
    }
    let mut text = match answer.get("order").and_then(Value::as_str) {
        Some(order) => format!("{status}: order {order} is {}", field("state")),
        None => format!("{status}: event {} is taken", field("event")),
    };
    for (name, before) in [("reason", " because of "), ("at", " at ")] {
        if let Some(value) = answer.get(name).and_then(Value::as_str) {
            text.push_str(before);
            text.push_str(value);
        }
    }
    text.push('.');
    if answer.get("duplicate").and_then(Value::as_bool) == Some(true) {
        text.push_str(" It had been received before.");
    }
    for warning in answer.get("warnings").and_then(Value::as_array).into_iter().flatten() {
        text.push_str("\nWarning: ");
        text.push_str(&warning.as_str().map_or_else(|| warning.to_string(), str::to_owned));
    }
    shown.say(&whole, &text)
}
