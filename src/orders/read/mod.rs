//! From a signed body to a typed event: every value is checked here, once.
//!
//! Untidy orders are taken: what can be understood is understood, what cannot be used is left out with a [`Warning`], and
//! what would make the order wrong is refused with a pointer to it. Pure; the body is JSON already, without duplicate
//! keys, NUL or numbers that no machine holds.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::event::{CUSTOMER_ERASED, Change, Event, EventKind, Mailbox, OrderEvent};
use crate::kernel::country::Country;
use crate::kernel::email::EmailAddress;
use crate::kernel::locale::{Language, Locale};
use crate::kernel::money::Currency;
use crate::kernel::order_number::OrderNumber;
use crate::kernel::time::{SECOND, Timestamp};
use crate::kernel::zone::Zone;
use crate::merchants::LegalBasis;
use crate::problem::{Code, Problem};

mod items;
mod node;
#[cfg(test)]
mod tests;

use node::{Node, Read, label, refuse};

/// Lines that one event may carry.
pub const MAX_ITEMS: usize = 500;
/// Labels that one event may carry.
pub const MAX_TAGS: usize = 50;
/// How far a time in the body may be ahead of ours, in ms.
pub const AHEAD_MS: i64 = 300 * SECOND;

/// Something in a body that was put right or left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// A closed code.
    pub code: String,
    /// JSON pointer to the value.
    pub field: String,
    /// A sentence for a developer; it repeats nothing of the value.
    pub detail: String,
}

impl Warning {
    /// A warning about the value at `field`.
    pub fn new(code: &'static str, field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { code: code.to_owned(), field: field.into(), detail: detail.into() }
    }
}

/// Reads a body at the server's time `now`.
///
/// # Errors
/// A problem with a JSON pointer when the event cannot be taken.
pub fn event(body: &Value, now: Timestamp) -> Result<(Event, Vec<Warning>), Problem> {
    let root = Node::of(body, String::new())?;
    let kind = event_type(&root)?;
    let latest = now.plus_ms(AHEAD_MS);
    let mut warnings = Vec::new();
    let event = if let Some(kind) = EventKind::parse(kind) {
        let at = occurred(&root, latest)?;
        Event::Order(Box::new(order(&data(&root)?, kind, Times { at, latest }, &mut warnings)?))
    } else if kind == CUSTOMER_ERASED {
        let at = occurred(&root, latest)?;
        Event::CustomerErased { at, email: erased(&data(&root)?)? }
    } else {
        let at = match root.time("timestamp", latest) {
            Ok(Change::Set(at)) => Some(at),
            Err(problem) if problem.code() == Code::EventInFuture => return Err(problem),
            _ => None,
        };
        Event::Other { kind: kind.to_owned(), at }
    };
    Ok((event, warnings))
}

/// When an event happened, and the latest that anything in it may have.
struct Times {
    at: Timestamp,
    latest: Timestamp,
}

fn event_type<'a>(root: &Node<'a>) -> Read<&'a str> {
    let kind = root.required("type")?.as_str().unwrap_or_default();
    let good =
        (1..=100).contains(&kind.len()) && kind.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.');
    if good {
        Ok(kind)
    } else {
        Err(refuse("/type", "A type has 1 to 100 of the characters a-z, A-Z, 0-9, _ and the dot."))
    }
}

fn occurred(root: &Node<'_>, latest: Timestamp) -> Read<Timestamp> {
    root.required("timestamp")?;
    match root.time("timestamp", latest)? {
        Change::Set(at) => Ok(at),
        Change::Keep | Change::Clear => Err(refuse("/timestamp", "This has to be an RFC 3339 time.")),
    }
}

fn data<'a>(root: &Node<'a>) -> Read<Node<'a>> {
    Node::of(root.required("data")?, root.at("data"))
}

fn order(data: &Node<'_>, kind: EventKind, times: Times, warnings: &mut Vec<Warning>) -> Read<OrderEvent> {
    let mut event = OrderEvent::bare(kind, number(data)?, times.at);
    event.test = data.flag("test")?;
    event.placed_at = data.time("placed_at", times.latest)?;
    event.currency = currency(data)?;
    event.total = data.amount("total")?;
    event.legal_basis = known(data, "legal_basis", LegalBasis::parse, warnings)?;
    event.tags = tags(data)?;
    event.items = items::items(data, kind, warnings)?;
    event.refund = if kind == EventKind::Refunded { Some(items::refund(data, warnings)?) } else { None };
    match data.member("customer") {
        Change::Keep => {}
        Change::Clear => clear_customer(&mut event),
        Change::Set(value) => customer(&Node::of(value, data.at("customer"))?, &mut event, warnings)?,
    }
    Ok(event)
}

fn number(data: &Node<'_>) -> Read<OrderNumber> {
    let text = match data.required("number")? {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_i64() || number.is_u64() => number.to_string(),
        _ => return Err(refuse(data.at("number"), "This has to be text or a whole number.")),
    };
    OrderNumber::parse(&text).map_err(|error| refuse(data.at("number"), format!("Here {error}.")))
}

fn currency(data: &Node<'_>) -> Read<Change<Currency>> {
    data.text("currency")?.try_map(|text| {
        let detail = "This is no currency code of ISO 4217, such as EUR.";
        Currency::parse(text).map_err(|_unknown| Problem::new(Code::UnknownCurrency, detail).at(data.at("currency")))
    })
}

fn tags(data: &Node<'_>) -> Read<Change<Vec<String>>> {
    let place = |index: usize| format!("{}/{index}", data.at("tags"));
    let read = |(index, entry)| label(entry, 100).map_err(|detail| refuse(place(index), detail));
    data.list("tags", MAX_TAGS)?.try_map(|entries| entries.iter().enumerate().map(read).collect())
}

fn clear_customer(event: &mut OrderEvent) {
    event.email = Change::Clear;
    event.name = Change::Clear;
    event.locale = Change::Clear;
    event.country = Change::Clear;
    event.zone = Change::Clear;
}

fn customer(node: &Node<'_>, event: &mut OrderEvent, warnings: &mut Vec<Warning>) -> Read<()> {
    event.email = mailbox(node, warnings)?;
    event.name = node.line("name", 200, warnings)?;
    event.locale = known(node, "locale", spoken, warnings)?;
    event.country = known(node, "country", |text| Country::parse(text).ok(), warnings)?;
    event.zone = known(node, "time_zone", |text| Zone::parse(text).ok(), warnings)?;
    Ok(())
}

/// A locale with a language that mails exist in; for others the shop's is better than a guess.
fn spoken(text: &str) -> Option<Locale> {
    Locale::parse(text).ok().filter(|locale| Language::of_tag(locale.as_str()).is_some())
}

fn mailbox(node: &Node<'_>, warnings: &mut Vec<Warning>) -> Read<Change<Mailbox>> {
    let detail = "This is no e-mail address; nobody can be invited.";
    let mailbox =
        given(node.text("email")?).map(|text| EmailAddress::parse(text).map_or(Mailbox::Invalid, Mailbox::Valid));
    if mailbox == Change::Set(Mailbox::Invalid) {
        warnings.push(Warning::new("invalid_email", node.at("email"), detail));
    }
    Ok(mailbox)
}

/// Empty text is no text.
fn given(text: Change<&str>) -> Change<&str> {
    match text.map(str::trim) {
        Change::Set("") => Change::Clear,
        other => other,
    }
}

/// A word of a list; an unknown one counts as none, so that the shop's own setting is used.
fn known<T>(
    node: &Node<'_>,
    key: &str,
    parse: impl FnOnce(&str) -> Option<T>,
    warnings: &mut Vec<Warning>,
) -> Read<Change<T>> {
    let detail = "This value is not known here; the shop's own setting is used.";
    Ok(match given(node.text(key)?).map(parse) {
        Change::Set(Some(value)) => Change::Set(value),
        Change::Set(None) => {
            warnings.push(Warning::new(unknown_code(key), node.at(key), detail));
            Change::Clear
        }
        Change::Clear => Change::Clear,
        Change::Keep => Change::Keep,
    })
}

fn unknown_code(key: &str) -> &'static str {
    match key {
        "locale" => "unknown_locale",
        "country" => "unknown_country",
        "time_zone" => "unknown_time_zone",
        _ => "unknown_legal_basis",
    }
}

/// Whom an erasure is about: `data.customer.email`, or `data.email`.
fn erased(data: &Node<'_>) -> Read<EmailAddress> {
    let customer = data.object("customer")?;
    let node = customer.as_ref().unwrap_or(data);
    let text = node.required("email")?.as_str().ok_or_else(|| refuse(node.at("email"), "This has to be text."))?;
    EmailAddress::parse(text).map_err(|_error| refuse(node.at("email"), "This is no e-mail address."))
}
