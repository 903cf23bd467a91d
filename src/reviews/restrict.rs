//! The operator takes a review from view, for a closed reason, with a statement that is mailed to its author; and puts
//! it back.
//!
//! A tombstone with date and reason stays in its place. Restored, the review counts again on the day of its first
//! publication. Neither the shop nor the author can undo a restriction, and none depends on the stars.

use crate::context::Context;
use crate::db::{self, Connection};
use crate::kernel::id::ReviewId;

use super::model::{Operator, Restriction, RestrictionReason, Review, Status};
use super::{notify, store, tally};

/// What became of a restriction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Restricted {
    /// It is out of view; the statement is on its way.
    Done(Restriction),
    /// One is in force: that one stands.
    Already(Restriction),
    /// Its author erased it: nothing is left to restrict.
    Erased,
    /// The id is nobody's.
    NotFound,
}

/// What became of a restoration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Restored {
    /// It is back where it stood.
    Done,
    /// It was not restricted.
    NotRestricted(Status),
    /// The id is nobody's.
    NotFound,
}

/// Why, in the operator's words to the author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grounds {
    /// The closed reason, public.
    pub(crate) reason: RestrictionReason,
    /// The statement of reasons, for the author.
    pub(crate) statement: String,
}

/// Takes a review from view.
pub(crate) fn restrict(
    tx: &mut Connection,
    ctx: &Context,
    _by: Operator,
    id: ReviewId,
    grounds: &Grounds,
) -> db::Result<Restricted> {
    let Some(before) = held(tx, id)? else { return Ok(Restricted::NotFound) };
    match (before.status, before.restriction) {
        (Status::Erased, _) => return Ok(Restricted::Erased),
        (_, Some(standing)) => {
            let standing = store::restriction(tx, standing)?;
            return standing.map(Restricted::Already).ok_or_else(|| db::Error::corrupt("reviews.restriction_id"));
        }
        (Status::Published | Status::Restricted, None) => {}
    }
    let now = ctx.now();
    let decision = Restriction {
        id: ctx.ids().next(),
        shop: before.shop,
        review: id,
        reason: grounds.reason,
        statement: grounds.statement.clone(),
        at: now,
        lifted_at: None,
    };
    store::add_restriction(tx, &decision)?;
    let after = Review { status: Status::Restricted, restriction: Some(decision.id), ..before.clone() };
    tally::settle(tx, &before, &after)?;
    notify::state_reasons(tx, &decision, now)?;
    Ok(Restricted::Done(decision))
}

/// Puts a restricted review back where it stood.
pub(crate) fn restore(tx: &mut Connection, ctx: &Context, _by: Operator, id: ReviewId) -> db::Result<Restored> {
    let Some(before) = held(tx, id)? else { return Ok(Restored::NotFound) };
    let Some(restriction) = before.restriction else { return Ok(Restored::NotRestricted(before.status)) };
    store::lift(tx, restriction, ctx.now())?;
    let after = Review { status: Status::Published, restriction: None, ..before.clone() };
    tally::settle(tx, &before, &after)?;
    Ok(Restored::Done)
}

/// The review of this id, held until the transaction ends. The operator stands above shops: the id says whose it is.
fn held(tx: &mut Connection, id: ReviewId) -> db::Result<Option<Review>> {
    match store::by_id(tx, id)? {
        Some(review) => store::hold(tx, review.shop, id),
        None => Ok(None),
    }
}
