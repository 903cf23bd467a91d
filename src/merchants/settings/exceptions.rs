//! The exceptions of a policy on the wire: each names a country, a category or both, and what is otherwise there.

use serde_json::{Map, Value, json};

use super::{Flaw, cleared, delay, hours, line, one_of, parsed, unknown, view_hours, whole};
use crate::kernel::country::Country;
use crate::merchants::{PolicyException, Trigger};

/// The fields of an exception. The cap is not among them: it protects a person, wherever they buy whatever.
pub(super) const FIELDS: &[&str] =
    &["country", "category", "invite_on", "invite_after", "hours", "min_total", "remind_after"];

/// More exceptions than any shop has reasons for.
const MOST: usize = 100;

/// Reads all exceptions of a policy.
pub(super) fn read(at: &str, value: &Value) -> Result<Vec<PolicyException>, Flaw> {
    let list = value.as_array().filter(|list| list.len() <= MOST);
    let list = list.ok_or_else(|| Flaw::new(at, format!("This must be a list of at most {MOST} exceptions.")))?;
    let mut all: Vec<PolicyException> = Vec::with_capacity(list.len());
    for (place, value) in list.iter().enumerate() {
        let at = format!("{at}/{place}");
        let one = exception(&at, value)?;
        if all.iter().any(|other| other.same_place(&one)) {
            return Err(Flaw::new(&at, "There is an exception for these orders already: put all its fields into one."));
        }
        all.push(one);
    }
    Ok(all)
}

fn exception(at: &str, value: &Value) -> Result<PolicyException, Flaw> {
    let shape = "This must be an exception like {\"country\": \"DE\", \"invite_after\": \"10d\"}.";
    let fields = value.as_object().ok_or_else(|| Flaw::new(at, shape))?;
    let mut one = PolicyException::default();
    for (name, value) in fields {
        set(&mut one, name, &format!("{at}/{name}"), value)?;
    }
    if one.country.is_none() && one.category.is_none() {
        return Err(Flaw::new(at, "Name the country, the category or both that it is for."));
    }
    let empty = PolicyException { country: one.country, category: one.category.clone(), ..PolicyException::default() };
    if one == empty {
        return Err(Flaw::new(
            at,
            "Say what is otherwise there: invite_on, invite_after, hours, min_total or remind_after.",
        ));
    }
    Ok(one)
}

fn set(one: &mut PolicyException, name: &str, at: &str, value: &Value) -> Result<(), Flaw> {
    match name {
        "country" => {
            one.country =
                cleared(value, |v| parsed(at, v, "two letters of ISO 3166-1, like IT", |t| Country::parse(t).ok()))?;
        }
        "category" => one.category = cleared(value, |v| line(at, v))?,
        "invite_on" => one.invite_on = Some(parsed(at, value, &one_of(&Trigger::list()), Trigger::parse)?),
        "invite_after" => one.invite_after = Some(delay(at, value)?),
        "hours" => one.hours = Some(cleared(value, |v| hours(at, v))?),
        "min_total" => one.min_total = Some(cleared(value, |v| whole(at, v, 0, i64::MAX))?),
        "remind_after" => one.remind_after = Some(cleared(value, |v| delay(at, v))?),
        _ => return Err(unknown(at, name, FIELDS)),
    }
    Ok(())
}

/// An exception as the API shows it: the fields it sets, and no others.
pub(super) fn view(one: &PolicyException) -> Value {
    let fields = [
        ("country", one.country.map(|country| json!(country))),
        ("category", one.category.as_ref().map(|category| json!(category))),
        ("invite_on", one.invite_on.map(|on| json!(on))),
        ("invite_after", one.invite_after.map(|after| json!(after))),
        ("hours", one.hours.map(|hours| json!(hours.map(view_hours)))),
        ("min_total", one.min_total.map(|total| json!(total))),
        ("remind_after", one.remind_after.map(|after| json!(after))),
    ];
    let fields: Map<String, Value> =
        fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    Value::Object(fields)
}
