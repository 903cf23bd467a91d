//! What a review means for its invitation, in the same transaction as the review: no reminder any more, the order is
//! reviewed, and the address is kept as long as the link lives, so that replies and statements still reach the author.

use super::model::{Bearer, INVITATION, REMINDER};
use super::store;
use crate::context::Context;
use crate::db::{self, Connection};
use crate::jobs::Subject;
use crate::kernel::id::{OrderId, ShopId};
use crate::kernel::time::{Timestamp, UtcDay};
use crate::mail;
use crate::orders::{self, Actor, Move, State};

/// The bearer's review was published.
pub fn mark_reviewed(tx: &mut Connection, bearer: &Bearer, now: Timestamp) -> db::Result<()> {
    // Also the mail itself, where it had come back for now: somebody read it.
    for kind in [INVITATION, REMINDER] {
        mail::withdraw(tx, kind, &[Subject::from(bearer.invitation)], State::Reviewed.word())?;
    }
    store::mark_reviewed(tx, bearer.shop_id, bearer.invitation, now)?;
    orders::keep_contact_until(tx, bearer.shop_id, bearer.order_id, Some(bearer.expires))?;
    let how = Move { actor: Actor::Customer, at: now, note: None };
    orders::move_to(tx, bearer.shop_id, bearer.order_id, State::Reviewed, &how)
}

/// The bearer posted a form that could not be taken: whoever holds the mail began to write. The first time counts, and
/// only before there is a review. Opening the form is no beginning: programs open links too.
pub fn mark_form_started(tx: &mut Connection, bearer: &Bearer, now: Timestamp) -> db::Result<()> {
    if store::mark_form_started(tx, bearer.shop_id, bearer.invitation, now)? {
        orders::touch(tx, bearer.shop_id, bearer.order_id)?;
    }
    Ok(())
}

/// The orders of a cohort (a UTC day of first arrival) about which a form was started.
///
/// # Errors
/// The database's.
pub fn forms_started(conn: &mut Connection, shop: ShopId, day: UtcDay) -> db::Result<Vec<OrderId>> {
    store::marked(conn, shop, orders::cohort_bounds(day), store::Mark::FormStarted)
}

/// The bearer erased their last review: the address goes when the time after the last mail is over. The order stays
/// reviewed, and nobody is asked about it again.
pub fn mark_erased(tx: &mut Connection, ctx: &Context, bearer: &Bearer, now: Timestamp) -> db::Result<()> {
    let until = now.plus_ms(ctx.config().contact_keep_ms());
    orders::keep_contact_until(tx, bearer.shop_id, bearer.order_id, Some(until))
}
