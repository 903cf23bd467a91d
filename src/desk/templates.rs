//! A shop's own words in its mails: read, checked and stored, compared, restored, previewed. What may be said is decided by
//! [`crate::mail::own`]; this verb knows shops, orders and versions.

use serde::Serialize;

use crate::context::Context;
use crate::db::{self, Connection};
use crate::invitations;
use crate::kernel::id::ShopId;
use crate::kernel::locale::Language;
use crate::kernel::time::Timestamp;
use crate::look::changes::{Fate, Part, changes};
use crate::mail::context::{Day, Purchase};
use crate::mail::own::{self, About, Kept, Own, Place, RealOrder, Reals, Variable};
use crate::mail::template::{House, Templates};
use crate::merchants::Shop;
use crate::orders::{self, Order, Sketch, decide};
use crate::reviews;

/// Orders or reviews that a preview offers.
const LAST: usize = 5;

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

/// What the shop's last such mails were about, or would be: orders, test orders among them; or reviews, replies and answers.
///
/// # Errors
/// The database's.
pub(crate) fn last(conn: &mut Connection, ctx: &Context, shop: &Shop, mail: &str) -> db::Result<Reals> {
    match About::of(mail) {
        About::Order => {
            let newest = orders::newest(conn, ctx.keyring(), shop.id, i64::try_from(LAST).unwrap_or(i64::MAX))?;
            let orders = newest.into_iter().map(|sketch| real(conn, ctx, shop, sketch)).collect::<db::Result<_>>()?;
            Ok(Reals { orders, reviews: Vec::new() })
        }
        about => Ok(Reals { orders: Vec::new(), reviews: reviews::last_told(conn, ctx, shop, about, LAST)? }),
    }
}

/// An order with its days: those of its invitation where one is planned or sent, else those that follow if its clock starts now.
fn real(conn: &mut Connection, ctx: &Context, shop: &Shop, sketch: Sketch) -> db::Result<RealOrder> {
    let (Sketch { order, customer }, now) = (sketch, ctx.now());
    let facts = order.facts();
    let zone = decide::zone(shop, &order.fold);
    let asked = invitations::about(conn, shop.id, order.id)?;
    let until = asked.as_ref().map_or_else(|| closes_at(ctx, shop, &order), |row| row.submit_until);
    let names = facts.items.into_iter().filter_map(|item| item.name).collect();
    Ok(RealOrder {
        order: Purchase::new(order.number.to_string(), facts.placed_at.map(|at| Day::of(at, zone)), names),
        test: order.test,
        customer,
        asked: Day::of(asked.as_ref().map_or(now, |row| row.sent_at.unwrap_or(row.due_at)), zone),
        write_until: Day::of(until.minus_ms(1), zone),
        closed: until <= now,
        reviewed: asked.is_some_and(|row| row.reviewed_at.is_some()),
    })
}

/// Until when an order could be reviewed that nobody is asked about: so long after its trigger, or after now.
fn closes_at(ctx: &Context, shop: &Shop, order: &Order) -> Timestamp {
    let on = decide::moment(shop, &order.fold).invite_on;
    let trigger = decide::readiness(&order.fold, on, true).reached_at.unwrap_or_else(|| ctx.now());
    trigger.plus_ms(invitations::submit_ms(shop, ctx.config().submit_days))
}

/// Where mails of the shop are written, and in whose name.
pub(crate) fn place(ctx: &Context, shop: &Shop) -> Place {
    Place::new(ctx.links(), (shop.name.as_str(), shop.domain.as_str()))
}
