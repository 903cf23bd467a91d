//! Changing a shop's settings and its invitation policy: every field by name, checked before anything is written.
//!
//! One list of fields serves the API (`PATCH settings`, `PUT policy`) and the command line (`shop set`). A flaw carries the
//! JSON pointer of the field and a sentence that says what would be right. Nothing here writes.

use serde_json::{Map, Value, json};

mod exceptions;

use super::model::{LegalBasis, Policy, Sector, Shop, Trigger, WeeklyEnd};
use crate::kernel::country::Country;
use crate::kernel::delay::Delay;
use crate::kernel::domain::ShopDomain;
use crate::kernel::email::EmailAddress;
use crate::kernel::locale::Locale;
use crate::kernel::text::clean_line;
use crate::kernel::zone::Zone;
use crate::mail::identity;

/// Longest name, category or contact, in characters.
const LINE_MAX: usize = 200;
/// Longest cap: ten years of days.
const CAP_MAX: i64 = 3650;
/// What a shop may change about itself.
pub const SHOP_FIELDS: &[&str] = &[
    "name",
    "locale",
    "time_zone",
    "country",
    "category",
    "contact",
    "mail_name",
    "mail_from",
    "sector",
    "legal_basis",
    "weekly_mail",
];
/// Of these, what a shop calls itself: its mails bear it, so the doors also ask the mail whether it may stand there.
pub const NAME_FIELDS: &[&str] = &["name", "mail_name"];
/// The fields of a policy.
pub const POLICY_FIELDS: &[&str] =
    &["invite_on", "invite_after", "hours", "cap_days", "min_total", "remind_after", "exceptions"];

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// JSON pointer of the field: `/time_zone`, `/hours/from`.
    pub pointer: String,
    /// What would be right, for a person.
    pub detail: String,
}

impl Flaw {
    fn new(pointer: &str, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.to_owned(), detail: detail.into() }
    }
}

/// Who asks for a change: the operator may set what the shop may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hand {
    /// The shop, by its API key.
    Shop,
    /// The operator, on the command line.
    Operator,
}

/// Puts the given fields into `shop`; absent fields stay, `null` clears an optional one.
pub fn patch(shop: &mut Shop, fields: &Map<String, Value>, hand: Hand) -> Result<(), Flaw> {
    let before = shop.contact.clone();
    fields.iter().try_for_each(|(name, value)| set(shop, name, value, hand))?;
    // What came back was about the address, and that is another now.
    if shop.contact != before && shop.weekly_stop.is_some_and(|stop| stop.reason != WeeklyEnd::Unsubscribed) {
        (shop.weekly_mail, shop.weekly_stop) = (true, None);
    }
    Ok(())
}

fn set(shop: &mut Shop, name: &str, value: &Value, hand: Hand) -> Result<(), Flaw> {
    let at = format!("/{name}");
    match name {
        "name" => shop.name = line(&at, value)?,
        "locale" => shop.locale = parsed(&at, value, "a language tag like it or en-GB", |t| Locale::parse(t).ok())?,
        "time_zone" => shop.zone = parsed(&at, value, "an IANA zone like Europe/Rome", |t| Zone::parse(t).ok())?,
        "country" => {
            shop.country =
                cleared(value, |v| parsed(&at, v, "two letters of ISO 3166-1, like IT", |t| Country::parse(t).ok()))?;
        }
        "category" => shop.category = cleared(value, |v| line(&at, v))?,
        "contact" => shop.contact = cleared(value, |v| line(&at, v))?,
        "mail_name" => shop.mail_name = cleared(value, |v| mail_name(&at, v))?,
        "mail_from" => shop.mail_from = cleared(value, |v| mail_from(&at, v, shop, hand))?,
        "sector" => shop.sector = parsed(&at, value, &one_of(&Sector::list()), Sector::parse)?,
        "legal_basis" => shop.legal_basis = parsed(&at, value, &one_of(&LegalBasis::list()), LegalBasis::parse)?,
        "weekly_mail" => {
            shop.weekly_mail = value.as_bool().ok_or_else(|| Flaw::new(&at, "This must be true or false."))?;
            shop.weekly_stop = None;
        }
        "domain" if hand == Hand::Operator => {
            shop.domain = parsed(&at, value, "a domain like bottega.example", |t| ShopDomain::parse(t).ok())?;
        }
        "domain" | "status" | "merchant" => {
            return Err(Flaw::new(&at, format!("Only the operator of this instance can change the {name} of a shop.")));
        }
        _ => return Err(unknown(&at, name, SHOP_FIELDS)),
    }
    Ok(())
}

/// Puts the given fields into `policy`; absent fields stay, `null` clears an optional one.
pub fn patch_policy(policy: &mut Policy, fields: &Map<String, Value>) -> Result<(), Flaw> {
    fields.iter().try_for_each(|(name, value)| set_policy(policy, name, value))
}

fn set_policy(policy: &mut Policy, name: &str, value: &Value) -> Result<(), Flaw> {
    let at = format!("/{name}");
    match name {
        "invite_on" => policy.invite_on = parsed(&at, value, &one_of(&Trigger::list()), Trigger::parse)?,
        "invite_after" => policy.invite_after = delay(&at, value)?,
        "hours" => policy.hours = cleared(value, |v| hours(&at, v))?,
        "cap_days" => policy.cap_days = whole(&at, value, 0, CAP_MAX)?,
        "min_total" => policy.min_total = cleared(value, |v| whole(&at, v, 0, i64::MAX))?,
        "remind_after" => policy.remind_after = cleared(value, |v| delay(&at, v))?,
        "exceptions" => policy.exceptions = exceptions::read(&at, value)?,
        _ => return Err(unknown(&at, name, POLICY_FIELDS)),
    }
    Ok(())
}

/// The settings as the API shows them.
pub fn view(shop: &Shop) -> Value {
    let weekly = shop.weekly_mail_to();
    json!({
        "shop": shop.id, "domain": shop.domain, "name": shop.name, "locale": shop.locale,
        "time_zone": shop.zone, "country": shop.country,
        "category": shop.category, "contact": shop.contact,
        "mail_name": shop.mail_name, "mail_from": shop.mail_from.as_ref().map(plain),
        "sector": shop.sector, "legal_basis": shop.legal_basis,
        "status": shop.status, "paused": shop.paused, "created_at": shop.created_at,
        "weekly_mail": shop.weekly_mail, "weekly_mail_to": weekly.as_ref().ok().map(plain), "weekly_mail_note": weekly.err(),
        "weekly_mail_stop": shop.weekly_stop,
    })
}

/// The policy as the API shows it; `PUT` takes the same shape.
pub fn view_policy(policy: &Policy) -> Value {
    json!({
        "invite_on": policy.invite_on, "invite_after": policy.invite_after,
        "hours": policy.hours.map(view_hours), "cap_days": policy.cap_days, "min_total": policy.min_total,
        "remind_after": policy.remind_after,
        "exceptions": view_exceptions(policy),
    })
}

/// A shop's own sender is its business address, not a person's: it is shown whole to whoever may read the settings.
pub fn plain(address: &EmailAddress) -> String {
    format!("{}@{}", address.local_part(), address.domain())
}

/// The exceptions of a policy as the API shows them, each with the fields it sets.
pub fn view_exceptions(policy: &Policy) -> Vec<Value> {
    policy.exceptions.iter().map(exceptions::view).collect()
}

/// A window of hours as the API shows it.
pub fn view_hours((from, to): (u8, u8)) -> Value {
    json!({ "from": from, "to": to })
}

fn one_of(list: &str) -> String {
    format!("one of {list}")
}

fn unknown(at: &str, name: &str, fields: &[&str]) -> Flaw {
    let near = fields
        .iter()
        .map(|field| (strsim::damerau_levenshtein(name, field), field))
        .filter(|(distance, _)| *distance <= 3)
        .min();
    let hint =
        near.map_or_else(|| format!("Known: {}.", fields.join(", ")), |(_, field)| format!("Did you mean {field}?"));
    Flaw::new(at, format!("There is no such setting. {hint}"))
}

fn text<'a>(at: &str, value: &'a Value) -> Result<&'a str, Flaw> {
    value.as_str().ok_or_else(|| Flaw::new(at, "This must be a text."))
}

fn parsed<T>(at: &str, value: &Value, wants: &str, read: impl Fn(&str) -> Option<T>) -> Result<T, Flaw> {
    read(text(at, value)?).ok_or_else(|| Flaw::new(at, format!("This must be {wants}.")))
}

fn cleared<T>(value: &Value, read: impl FnOnce(&Value) -> Result<T, Flaw>) -> Result<Option<T>, Flaw> {
    if value.is_null() { Ok(None) } else { read(value).map(Some) }
}

fn line(at: &str, value: &Value) -> Result<String, Flaw> {
    let text = text(at, value)?;
    let line = clean_line(text, LINE_MAX).value;
    if line.is_empty() || text.chars().count() > LINE_MAX {
        return Err(Flaw::new(at, format!("This must be 1 to {LINE_MAX} characters.")));
    }
    Ok(line)
}

fn mail_name(at: &str, value: &Value) -> Result<String, Flaw> {
    identity::parse_name(text(at, value)?)
        .map_err(|error| Flaw::new(at, format!("This is no name for a sender: {error}.")))
}

fn mail_from(at: &str, value: &Value, shop: &Shop, hand: Hand) -> Result<EmailAddress, Flaw> {
    let own = (hand == Hand::Shop).then(|| shop.domain.as_str());
    identity::parse_address(text(at, value)?, own)
        .map_err(|error| Flaw::new(at, format!("This is no address for a sender: {error}.")))
}

fn delay(at: &str, value: &Value) -> Result<Delay, Flaw> {
    parsed(at, value, "a delay like 12h, 7d or 2w", |t| Delay::parse(t).ok())
}

fn whole(at: &str, value: &Value, min: i64, max: i64) -> Result<i64, Flaw> {
    let bound = if max == i64::MAX { format!("of {min} or more") } else { format!("from {min} to {max}") };
    value
        .as_i64()
        .filter(|n| (min..=max).contains(n))
        .ok_or_else(|| Flaw::new(at, format!("This must be a whole number {bound}.")))
}

fn hours(at: &str, value: &Value) -> Result<(u8, u8), Flaw> {
    let shape =
        || Flaw::new(at, "This must be {\"from\": 9, \"to\": 20}, in full hours of the day, or null for any hour.");
    let fields = value.as_object().ok_or_else(shape)?;
    if fields.keys().any(|name| name != "from" && name != "to") {
        return Err(shape());
    }
    let hour = |name: &str, min, max| {
        let value = fields.get(name).ok_or_else(shape)?;
        let n = whole(&format!("{at}/{name}"), value, min, max)?;
        u8::try_from(n).map_err(|_too_large| shape())
    };
    let (from, to) = (hour("from", 0, 23)?, hour("to", 1, 24)?);
    if from < to { Ok((from, to)) } else { Err(Flaw::new(&format!("{at}/to"), "The window must end after it begins.")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patched(body: Value) -> Result<Policy, Flaw> {
        let mut policy = Policy::default();
        patch_policy(&mut policy, body.as_object().unwrap()).map(|()| policy)
    }

    #[test]
    fn a_policy_reads_what_it_shows() {
        let body = json!({ "invite_on": "delivered", "invite_after": "2w", "hours": { "from": 9, "to": 20 },
            "cap_days": 0, "min_total": 1000, "remind_after": "7d", "exceptions": [
                { "country": "DE", "invite_after": "10d", "hours": null },
                { "category": "Wine", "invite_on": "delivered", "min_total": null, "remind_after": "1w" },
                { "country": "DE", "category": "Wine", "hours": { "from": 8, "to": 18 }, "min_total": 5000 }] });
        assert_eq!(view_policy(&patched(body.clone()).unwrap()), body);
    }

    /// The first promise that invitations make: nobody is chosen, or left out, by how content they may be.
    #[test]
    fn no_field_of_a_policy_asks_how_satisfied_a_customer_may_be() {
        let fields = ["invite_on", "invite_after", "hours", "cap_days", "min_total", "remind_after", "exceptions"];
        assert_eq!(POLICY_FIELDS, fields, "a new field: may it stand for expected satisfaction?");
        let excepted = ["country", "category", "invite_on", "invite_after", "hours", "min_total", "remind_after"];
        assert_eq!(exceptions::FIELDS, excepted);
        let asks = [
            "stars",
            "min_stars",
            "rating",
            "score",
            "sentiment",
            "satisfaction",
            "nps",
            "promoters_only",
            "reviews",
            "complaints",
            "refunds",
            "tags",
            "returning_customers",
            "happy_only",
        ];
        for ask in asks {
            let body = json!({ ask: 4 });
            assert_eq!(patched(body.clone()).unwrap_err().pointer, format!("/{ask}"));
            let one = json!({ "exceptions": [{ "country": "IT", ask: 4 }] });
            assert_eq!(patched(one).unwrap_err().pointer, format!("/exceptions/0/{ask}"));
        }
    }

    #[test]
    fn null_clears_and_absence_keeps() {
        let policy = patched(json!({ "min_total": null })).unwrap();
        assert_eq!(policy.min_total, None);
        assert_eq!(policy.cap_days, 30);
    }

    #[test]
    fn a_flaw_names_the_field_and_what_would_be_right() {
        let at = |body| patched(body).unwrap_err().pointer;
        assert_eq!(at(json!({ "cap_days": -1 })), "/cap_days");
        assert_eq!(at(json!({ "cap_days": 1.5 })), "/cap_days");
        assert_eq!(at(json!({ "hours": { "from": 20, "to": 9 } })), "/hours/to");
        assert_eq!(at(json!({ "hours": { "from": 24, "to": 24 } })), "/hours/from");
        assert_eq!(at(json!({ "hours": [9, 20] })), "/hours");
        assert_eq!(at(json!({ "invite_on": "shipped" })), "/invite_on");
        let among = |one| at(json!({ "exceptions": [{ "country": "DE", "hours": null }, one] }));
        assert_eq!(among(json!({ "country": "XX", "hours": null })), "/exceptions/1/country");
        assert_eq!(among(json!({ "country": "AT", "hours": { "from": 9, "to": 9 } })), "/exceptions/1/hours/to");
        assert_eq!(among(json!({ "country": "AT", "cap_days": 0 })), "/exceptions/1/cap_days");
        assert_eq!(among(json!({ "invite_after": "1d" })), "/exceptions/1", "for whom?");
        assert_eq!(among(json!({ "country": "AT" })), "/exceptions/1", "what is otherwise?");
        assert_eq!(among(json!({ "country": "de", "min_total": 1 })), "/exceptions/1", "twice for the same orders");
        assert_eq!(at(json!({ "exceptions": {} })), "/exceptions");
        assert!(patched(json!({ "invite_afer": "7d" })).unwrap_err().detail.contains("invite_after"));
    }
}
