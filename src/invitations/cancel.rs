//! The shop withdraws a question before it was asked. Final for this order, whatever events follow, and counted in public.

use super::hands::{Handled, pending};
use super::model::Invitation;
use super::{store, suppress};
use crate::context::Context;
use crate::db::{self, Connection};
use crate::kernel::id::{OrderId, ShopId};
use crate::kernel::time::Timestamp;
use crate::orders::{self, Actor, Move, Reason, State};

/// Cancels the invitation of an order, also before its trigger came. Twice is once.
pub fn cancel(tx: &mut Connection, ctx: &Context, shop: ShopId, order: OrderId, now: Timestamp) -> db::Result<Handled> {
    const CANCELLED: State = State::Skipped(Reason::CancelledByShop);
    let id = match pending(tx, shop, order)? {
        Ok((_, row)) => {
            suppress::stop(tx, &row, (Reason::CancelledByShop, now))?;
            row.id
        }
        Err(Handled::NotPlanned(_)) => never_planned(tx, ctx, shop, order, now)?,
        Err(Handled::Final(CANCELLED)) => return Ok(Handled::Done(CANCELLED)),
        Err(other) => return Ok(other),
    };
    store::mark_cancelled(tx, shop, id, now)?;
    orders::move_to(tx, shop, order, CANCELLED, &Move { actor: Actor::Shop, at: now, note: None })?;
    Ok(Handled::Done(CANCELLED))
}

/// A row for an order that still waits, so that its cancellation outlives the events to come.
fn never_planned(
    tx: &mut Connection,
    ctx: &Context,
    shop: ShopId,
    order: OrderId,
    now: Timestamp,
) -> db::Result<crate::kernel::id::InvitationId> {
    if let Some(row) = store::of_order(tx, shop, order)? {
        return Ok(row.id);
    }
    let row = Invitation::planned(ctx.ids().next(), shop, order, now);
    store::save_plans(tx, std::slice::from_ref(&row))?;
    Ok(row.id)
}
