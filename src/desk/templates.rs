//! A shop's own words in its mails: read, checked and stored, compared, restored, previewed. What may be said is decided by
//! [`crate::mail::own`]; this verb knows shops, orders and versions.

use serde::Serialize;

use crate::context::Context;
use crate::db::{self, Connection};
use crate::kernel::id::ShopId;
use crate::kernel::locale::Language;
use crate::kernel::time::Timestamp;
use crate::look::changes::{Fate, Part, changes};
use crate::mail::context::ShopFace;
use crate::mail::own::{self, Kept, Own, Real, Variable};
use crate::mail::template::{House, Templates};
use crate::merchants::Shop;
use crate::orders;

/// Orders that a preview offers.
const ORDERS: i64 = 5;

/// One mail in one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Which {
    /// Which mail.
    pub(crate) mail: &'static str,
    /// In which language.
    pub(crate) language: Language,
}

/// A mail's words as a shop sees them.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct View {
    mail: &'static str,
    language: Language,
    /// 0: the house's own, never changed.
    version: i64,
    changed_at: Option<Timestamp>,
    own: Own,
    house: House,
    variables: Vec<Variable>,
}

/// One row of the list of all.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    mail: &'static str,
    language: Language,
    version: i64,
    changed_at: Option<Timestamp>,
}

/// A part that two versions say differently.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Changed {
    field: &'static str,
    changes: Vec<Part>,
}

/// Every mail in every language.
///
/// # Errors
/// The database's.
pub(crate) fn list(conn: &mut Connection, shop: ShopId) -> db::Result<Vec<Row>> {
    let changed = own::overview(conn, shop)?;
    let row = |mail: &'static str, language: Language| {
        let found = changed.iter().find(|(of, tag, ..)| of == mail && tag == language.tag());
        Row {
            mail,
            language,
            version: found.map_or(0, |(_, _, version, _)| *version),
            changed_at: found.map(|(_, _, _, at)| *at),
        }
    };
    Ok(own::MAILS.iter().flat_map(|mail| Language::ALL.iter().map(move |language| row(mail, *language))).collect())
}

/// A mail's words at one version; the house's own stand at version 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct At {
    /// 0 where the house's own were never changed.
    pub(crate) version: i64,
    /// What the shop says.
    pub(crate) own: Own,
    since: Option<Timestamp>,
}

impl At {
    /// What a stored version says, or the house.
    pub(crate) fn of(kept: Option<Kept>) -> Self {
        kept.map_or_else(
            || Self { version: 0, own: Own::default(), since: None },
            |kept| Self { version: kept.version, own: kept.own, since: Some(kept.at) },
        )
    }
}

/// The words in use, or those of one version; `None` for a version that is not kept. Version 0 is the house's.
///
/// # Errors
/// The database's.
pub(crate) fn read(conn: &mut Connection, shop: ShopId, which: Which, version: Option<i64>) -> db::Result<Option<At>> {
    Ok(match version {
        None => Some(At::of(own::current(conn, shop, which.mail, which.language)?)),
        Some(0) => Some(At::of(None)),
        Some(number) => own::version(conn, shop, (which.mail, which.language), number)?.map(|kept| At::of(Some(kept))),
    })
}

/// As it is shown.
pub(crate) fn view(which: Which, at: At) -> View {
    View {
        mail: which.mail,
        language: which.language,
        version: at.version,
        changed_at: at.since,
        own: at.own,
        house: house(which),
        variables: own::variables_of(which.mail),
    }
}

fn house(which: Which) -> House {
    Templates::house(which.language.tag(), which.mail).unwrap_or_default()
}

/// What two versions say differently, part by part, in the order of a mail.
pub(crate) fn difference(which: Which, from: &Own, to: &Own) -> Vec<Changed> {
    let house = house(which);
    let (from, to) = (spoken(&house, from), spoken(&house, to));
    let pairs = from.into_iter().zip(to).map(|((field, before), (_, after))| (field, changes(&before, &after)));
    let differs = |parts: &[Part]| parts.iter().any(|part| part.fate != Fate::Kept);
    pairs.filter(|(_, parts)| differs(parts)).map(|(field, changes)| Changed { field, changes }).collect()
}

/// What a version says in every part, the house's words where it has none.
fn spoken(house: &House, own: &Own) -> [(&'static str, String); 11] {
    let own = own.clone();
    let or = |own: Option<String>, house: &str| own.unwrap_or_else(|| house.to_owned());
    let logo = own.logo.map_or_else(String::new, |logo| format!("{} ({}, {} px)", logo.url, logo.alt, logo.width));
    let has_text = own.text.opening.is_some();
    // Where only text was written, the HTML is made of it.
    let html = if has_text && own.html.opening.is_none() { "" } else { house.html.as_str() };
    [
        ("subject", or(own.subject, &house.subject)),
        ("heading", or(own.heading, &house.heading)),
        ("preheader", or(own.preheader, &house.preheader)),
        ("text.opening", or(own.text.opening, &house.text)),
        ("text.closing", or(own.text.closing, "")),
        ("html.opening", or(own.html.opening, html)),
        ("html.closing", or(own.html.closing, "")),
        ("colours.accent", or(own.colours.accent, "")),
        ("colours.accent_dark", or(own.colours.accent_dark, "")),
        ("colours.paper", or(own.colours.paper, "")),
        ("logo", logo),
    ]
}

/// Stores a proposal that was checked. `None`: somebody else stored one at the same moment.
///
/// # Errors
/// The database's.
pub(crate) fn store(
    tx: &mut Connection,
    ctx: &Context,
    shop: ShopId,
    which: Which,
    own: &Own,
) -> db::Result<Option<Kept>> {
    own::put(tx, shop, (which.mail, which.language), own, ctx.now())
}

/// The shop's last orders, for previews. Test orders are among them.
///
/// # Errors
/// The database's.
pub(crate) fn last_orders(conn: &mut Connection, ctx: &Context, shop: ShopId) -> db::Result<Vec<Real>> {
    let orders = orders::newest(conn, ctx.keyring(), shop, ORDERS)?;
    let real = |sketch: orders::Sketch| {
        let orders::Sketch { number, customer, items } = sketch;
        Real { number, customer, items }
    };
    Ok(orders.into_iter().map(real).collect())
}

/// The shop as its mails name it.
pub(crate) fn face(ctx: &Context, shop: &Shop) -> ShopFace {
    ShopFace {
        name: shop.name.clone(),
        domain: shop.domain.to_string(),
        profile_url: ctx.links().profile(&shop.domain),
    }
}
