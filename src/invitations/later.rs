//! "Not arrived yet? Ask me in a week": the customer moves the next mail about an order, once, within the time to write.
//!
//! What is still to be sent waits a week from now: the invitation, else the one reminder, which is then sent because the
//! customer asked for it, whatever the shop's policy. It is their word: it counts as no postponement of the shop's.

use serde::Serialize;

use super::hands::pending;
use super::model::{Bearer, INVITATION, Invitation, REMINDER};
use super::{policy, store};
use crate::context::Context;
use crate::db::{self, Connection};
use crate::jobs::{self, Subject};
use crate::kernel::delay::Delay;
use crate::kernel::time::Timestamp;
use crate::mail;
use crate::merchants::{self, Shop, ShopStatus};
use crate::orders::{self, Actor, Move, Order, State, decide};

/// How much later.
const LATER: Delay = Delay::days(7);

/// How the wish to be asked later ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedLater {
    /// The next mail leaves then.
    At(Timestamp),
    /// It was wished before: once is the limit.
    Already(Deferred),
    /// The time to write would be over by then; it is at this moment.
    PastWindow(Timestamp),
    /// Nothing more is sent about this order: it was reviewed, reminded of, stopped or withdrawn.
    NothingPlanned,
}

/// A wish to be asked later, as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Deferred {
    /// When it was said.
    pub asked_at: Timestamp,
    /// When the next mail about the order leaves, if one still does.
    pub next: Option<Timestamp>,
}

/// The customer wants to be asked in a week.
pub fn ask_later(tx: &mut Connection, ctx: &Context, bearer: &Bearer, now: Timestamp) -> db::Result<AskedLater> {
    let unsent = pending(tx, bearer.shop_id, bearer.order_id)?.is_ok();
    let Some(row) = store::hold(tx, bearer.invitation)? else { return Ok(AskedLater::NothingPlanned) };
    let asked = look(tx, ctx, &row, now)?;
    let AskedLater::At(due) = asked else { return Ok(asked) };
    if !unsent && row.sent_at.is_none() {
        return Ok(AskedLater::NothingPlanned);
    }
    // What was moved is kept when the order is planned again.
    store::mark_deferred(tx, row.shop_id, row.id, unsent.then(|| (due, due.since(row.due_at))), now)?;
    mail::release_one(tx, if unsent { INVITATION } else { REMINDER }, Subject::from(row.id), due)?;
    if unsent {
        tell(tx, &row, State::Scheduled(due), ("The customer asked to be asked later.", now))?;
        orders::keep_contact_until(tx, row.shop_id, row.order_id, None)?;
    } else {
        let order = orders::find(tx, row.shop_id, row.order_id)?;
        let state = order.map_or(State::Sent, |order| order.state);
        tell(tx, &row, state, ("The customer asked to be asked later; the reminder waits a week.", now))?;
        let until = due.plus_ms(ctx.config().contact_keep_ms());
        orders::keep_contact_until(tx, row.shop_id, row.order_id, Some(until))?;
    }
    Ok(asked)
}

/// Notes in the order's timeline what the customer wished, and where the order stands now.
fn tell(tx: &mut Connection, row: &Invitation, state: State, (note, at): (&'static str, Timestamp)) -> db::Result<()> {
    orders::move_to(tx, row.shop_id, row.order_id, state, &Move { actor: Actor::Customer, at, note: Some(note) })
}

/// What would become of that wish: whether a page offers it. Changes nothing.
pub fn may_ask_later(conn: &mut Connection, ctx: &Context, bearer: &Bearer, now: Timestamp) -> db::Result<AskedLater> {
    match store::by_id(conn, bearer.invitation)? {
        Some(row) => look(conn, ctx, &row, now),
        None => Ok(AskedLater::NothingPlanned),
    }
}

/// The wish of an invitation's customer, if they had it. Changes nothing.
pub fn deferred(conn: &mut Connection, ctx: &Context, row: &Invitation) -> db::Result<Option<Deferred>> {
    let Some(asked_at) = row.deferred_at else { return Ok(None) };
    let kind = if row.sent_at.is_none() { INVITATION } else { REMINDER };
    let next = jobs::due_of(conn, kind, Subject::from(row.id))?;
    // What is planned for somebody who had enough since is dropped only when its time comes.
    let next = if next.is_some() && can_be_written_to(conn, ctx, row)? { next } else { None };
    Ok(Some(Deferred { asked_at, next }))
}

fn look(conn: &mut Connection, ctx: &Context, row: &Invitation, now: Timestamp) -> db::Result<AskedLater> {
    if let Some(deferred) = deferred(conn, ctx, row)? {
        return Ok(AskedLater::Already(deferred));
    }
    // Dropped before it was sent, or nothing left to say.
    if row.reviewed_at.is_some() || row.reminded_at.is_some() || (row.sent_at.is_none() && row.dropped_at.is_some()) {
        return Ok(AskedLater::NothingPlanned);
    }
    let Some(shop) = merchants::load(conn, row.shop_id)?.filter(|shop| shop.status == ShopStatus::Open) else {
        return Ok(AskedLater::NothingPlanned);
    };
    let order = orders::find(conn, row.shop_id, row.order_id)?;
    let Some(order) = order.filter(|order| decide::ended(&order.fold).is_none()) else {
        return Ok(AskedLater::NothingPlanned);
    };
    if !can_be_written_to(conn, ctx, row)? {
        return Ok(AskedLater::NothingPlanned);
    }
    let due = a_week_from(now, &shop, &order);
    Ok(if due < row.submit_until { AskedLater::At(due) } else { AskedLater::PastWindow(row.submit_until) })
}

fn can_be_written_to(conn: &mut Connection, ctx: &Context, row: &Invitation) -> db::Result<bool> {
    let Some(person) = orders::person(conn, row.shop_id, row.order_id)? else { return Ok(false) };
    let stopped = store::suppression(conn, row.shop_id, &person)?.is_some();
    Ok(!stopped && orders::contact(conn, ctx.keyring(), row.shop_id, row.order_id)?.is_some())
}

/// A week of the customer's calendar, within the hours of the shop.
fn a_week_from(now: Timestamp, shop: &Shop, order: &Order) -> Timestamp {
    let zone = decide::zone(shop, &order.fold);
    policy::within_hours(&decide::moment(shop, &order.fold), zone, LATER.after(now, &zone))
}
