//! The shop's public reply: one a review, in versions. Withdrawn, its words go (they may show what nobody should read);
//! that there was one, and when, stays.
//!
//! The customer is told by mail. A reply changes nothing of the review: neither its place nor its weight.

use crate::context::Context;
use crate::db::{self, Connection};
use crate::kernel::id::ReviewId;
use crate::merchants::Shop;

use super::model::{Reply, Review, Status};
use super::{notify, store, tally};

/// What became of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Replied {
    /// It is live: the first, or the first after a withdrawal.
    Created(Reply),
    /// The new words are live, the old ones an earlier version.
    Edited(Reply),
    /// It says this already.
    Unchanged(Reply),
    /// Restricted or erased: there is nothing to reply to.
    NotPublished(Status),
    /// No review of this shop.
    NotFound,
}

/// What became of a withdrawal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Withdrawn {
    /// The reply is out of sight, its trace is not.
    Done(Reply),
    /// It was withdrawn before.
    Already(Reply),
    /// No reply of this shop to this review.
    NotFound,
}

/// Publishes the shop's reply, or a new version of it. `text` is clean and not empty.
pub(crate) fn reply(
    tx: &mut Connection,
    ctx: &Context,
    shop: &Shop,
    review: ReviewId,
    text: &str,
) -> db::Result<Replied> {
    let Some(before) = store::hold(tx, shop.id, review)? else { return Ok(Replied::NotFound) };
    if before.status != Status::Published {
        return Ok(Replied::NotPublished(before.status));
    }
    let standing = store::reply(tx, shop.id, review)?;
    let now = ctx.now();
    let replied = match standing {
        Some(reply) if reply.stands() && reply.text == text => return Ok(Replied::Unchanged(reply)),
        Some(reply) => {
            let again = !reply.stands();
            let next = Reply {
                version: reply.version + 1,
                text: text.to_owned(),
                changed_at: now,
                withdrawn_at: None,
                ..reply.clone()
            };
            // A withdrawn version is kept already.
            if !again {
                store::keep_reply(tx, shop.id, &reply)?;
            }
            store::save_reply(tx, shop.id, &next)?;
            if again { Replied::Created(next) } else { Replied::Edited(next) }
        }
        None => {
            let id = ctx.ids().next();
            let text = text.to_owned();
            let first = Reply { id, review, version: 1, text, created_at: now, changed_at: now, withdrawn_at: None };
            store::add_reply(tx, shop.id, &first)?;
            Replied::Created(first)
        }
    };
    // After a withdrawal the clock starts anew: a hasty word taken back is not how fast a shop answers.
    let after = Review { replied_at: before.replied_at.or(Some(now)), ..before.clone() };
    tally::settle(tx, &before, &after)?;
    notify::tell_of_reply(tx, &after, now)?;
    Ok(replied)
}

/// Takes the reply's words away, earlier versions included; that there was one, and when, stays.
pub(crate) fn withdraw_reply(
    tx: &mut Connection,
    ctx: &Context,
    shop: &Shop,
    review: ReviewId,
) -> db::Result<Withdrawn> {
    let Some(before) = store::hold(tx, shop.id, review)? else { return Ok(Withdrawn::NotFound) };
    let Some(reply) = store::reply(tx, shop.id, review)? else { return Ok(Withdrawn::NotFound) };
    if !reply.stands() {
        return Ok(Withdrawn::Already(reply));
    }
    store::keep_reply(tx, shop.id, &reply)?;
    store::blank_reply_versions(tx, shop.id, review)?;
    let gone = Reply { text: String::new(), withdrawn_at: Some(ctx.now()), ..reply };
    store::save_reply(tx, shop.id, &gone)?;
    let after = Review { replied_at: None, ..before.clone() };
    tally::settle(tx, &before, &after)?;
    Ok(Withdrawn::Done(gone))
}
