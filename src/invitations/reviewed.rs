//! What a review means for its invitation, in the same transaction as the review: no reminder any more, the order is
//! reviewed, and the address is kept as long as the link lives, so that replies and statements still reach the author.

use super::model::{Bearer, REMINDER};
use super::store;
use crate::context::Context;
use crate::db::{self, Connection};
use crate::jobs::{self, Subject};
use crate::kernel::time::Timestamp;
use crate::orders::{self, Actor, Move, State};

/// The bearer's review was published.
pub fn mark_reviewed(tx: &mut Connection, bearer: &Bearer, now: Timestamp) -> db::Result<()> {
    store::mark_reviewed(tx, bearer.shop_id, bearer.invitation, now)?;
    jobs::cancel(tx, REMINDER, Subject::from(bearer.invitation))?;
    orders::keep_contact_until(tx, bearer.shop_id, bearer.order_id, Some(bearer.expires))?;
    let how = Move { actor: Actor::Customer, at: now, note: None };
    orders::move_to(tx, bearer.shop_id, bearer.order_id, State::Reviewed, &how)
}

/// The bearer erased their last review: the address goes when the time after the last mail is over. The order stays
/// reviewed, and nobody is asked about it again.
pub fn mark_erased(tx: &mut Connection, ctx: &Context, bearer: &Bearer, now: Timestamp) -> db::Result<()> {
    let until = now.plus_ms(ctx.config().contact_keep_ms());
    orders::keep_contact_until(tx, bearer.shop_id, bearer.order_id, Some(until))
}
