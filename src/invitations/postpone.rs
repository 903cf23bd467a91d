//! The shop asks later: 30 days in all for one invitation, never beyond the time to submit, each time counted in public.

use super::hands::{Handled, pending};
use super::model::{INVITATION, POSTPONE_LIMIT};
use super::{policy, store};
use crate::db::{self, Connection};
use crate::jobs::Subject;
use crate::kernel::delay::Delay;
use crate::kernel::id::OrderId;
use crate::kernel::time::Timestamp;
use crate::mail;
use crate::merchants::Shop;
use crate::orders::{self, Actor, Move, State, decide};

/// How much later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Later {
    /// By this long, counted from the due time, or from now where that has passed (a mail that was held).
    By(Delay),
    /// At this time.
    Until(Timestamp),
}

/// Postpones the invitation of an order. What it moved in all may not exceed 30 days.
pub fn postpone(tx: &mut Connection, shop: &Shop, order: OrderId, later: Later, now: Timestamp) -> db::Result<Handled> {
    let (order, row) = match pending(tx, shop.id, order)? {
        Ok(found) => found,
        Err(refusal) => return Ok(refusal),
    };
    let zone = decide::zone(shop, &order.fold);
    let later = match later {
        Later::By(by) => by.after(row.due_at.max(now), &zone),
        Later::Until(at) => at,
    };
    let due = policy::within_hours(&decide::moment(shop, &order.fold), zone, later);
    let moved = due.since(row.due_at);
    if moved <= 0 || due <= now {
        return Ok(Handled::NotLater(row.due_at.max(now)));
    }
    // Thirty days of the calendar from where it stood first: an hour more or less where the clocks change.
    let last = POSTPONE_LIMIT.after(row.due_at.minus_ms(row.postponed_ms), &zone);
    if due > last {
        return Ok(Handled::Limit { left_ms: last.since(row.due_at).max(0) });
    }
    if due >= row.submit_until {
        return Ok(Handled::PastWindow(row.submit_until));
    }
    store::mark_postponed(tx, shop.id, row.id, due, moved)?;
    mail::release_one(tx, INVITATION, Subject::from(row.id), due)?;
    let state = State::Scheduled(due);
    orders::move_to(tx, shop.id, order.id, state, &Move { actor: Actor::Shop, at: now, note: None })?;
    Ok(Handled::Done(state))
}
