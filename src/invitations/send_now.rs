//! The shop asks at once, before the delay is over and whatever the hour. Everything that is checked at sending still is;
//! counted in public.

use super::hands::{Handled, pending};
use super::model::INVITATION;
use super::store;
use crate::db::{self, Connection};
use crate::jobs::{self, Subject};
use crate::kernel::id::{OrderId, ShopId};
use crate::kernel::time::Timestamp;
use crate::mail;
use crate::orders::{self, Actor, Move, State};

/// Makes the invitation of an order due now. Only what is planned can be hastened: the trigger must have come.
pub fn send_now(tx: &mut Connection, shop: ShopId, order: OrderId, now: Timestamp) -> db::Result<Handled> {
    let (order, row) = match pending(tx, shop, order)? {
        Ok(found) => found,
        Err(refusal) => return Ok(refusal),
    };
    if jobs::begun_until(tx, INVITATION, Subject::from(row.id))?.is_some() {
        // It is leaving: taking it out of the worker's hands could only send it twice.
        return Ok(Handled::Done(order.state));
    }
    store::mark_hastened(tx, shop, row.id, now)?;
    mail::release_one(tx, INVITATION, Subject::from(row.id), now)?;
    let state = State::Scheduled(now);
    orders::move_to(tx, shop, order.id, state, &Move { actor: Actor::Shop, at: now, note: None })?;
    Ok(Handled::Done(state))
}
