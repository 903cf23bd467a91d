//! The author takes a review back, and the name goes when the customer is erased.
//!
//! Erasing removes text, title, name and salt for good, with every earlier version's words, the photos and the dialogue; the review
//! leaves tally and score, and its place says when and by whom. Only the author does this: not the shop, not the operator.

use serde::Serialize;

use crate::context::Context;
use crate::db::{self, Connection};
use crate::invitations::{self, Bearer};
use crate::kernel::id::{OrderId, ReviewId, ShopId};
use crate::kernel::time::Timestamp;
use crate::merchants;

use super::model::{Operator, Photo, Review, Status};
use super::{edit, photos, store, tally};

/// What became of the wish to erase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Erased {
    /// It is gone.
    Done,
    /// It was gone already.
    Already,
    /// No review of this bearer.
    NotFound,
}

/// Erases one of the bearer's reviews, published or restricted.
pub(crate) fn erase(tx: &mut Connection, ctx: &Context, bearer: &Bearer, id: ReviewId) -> db::Result<Erased> {
    let Some(before) = edit::own(tx, bearer, id)? else { return Ok(Erased::NotFound) };
    if before.status == Status::Erased {
        return Ok(Erased::Already);
    }
    take_back(tx, &before, ctx.now())?;
    let others = store::of_invitation(tx, before.shop, before.invitation)?;
    if others.iter().all(|review| review.status == Status::Erased) {
        invitations::mark_erased(tx, ctx, bearer, ctx.now())?;
    }
    Ok(Erased::Done)
}

/// On whose word everything that was written about an order is erased. Both speak for its author: the link proves it, the
/// operator was asked by them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Word<'a> {
    /// The holder of the link, for orders of the shop that it is about.
    Link(&'a Bearer),
    /// The operator, at the author's request.
    Operator(Operator),
}

/// How much went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Gone {
    /// Reviews.
    pub(crate) reviews: usize,
    /// Photos of them.
    pub(crate) photos: usize,
}

/// Erases every review of an order, published or restricted; those that were erased before are not counted.
pub(crate) fn erase_of_order(
    tx: &mut Connection,
    by: Word<'_>,
    shop: ShopId,
    order: OrderId,
    now: Timestamp,
) -> db::Result<Gone> {
    let mut gone = Gone::default();
    if matches!(by, Word::Link(bearer) if bearer.shop_id != shop) {
        return Ok(gone);
    }
    for review in store::of_order(tx, shop, order)? {
        let Some(before) = store::hold(tx, shop, review.id)?.filter(|held| held.status != Status::Erased) else {
            continue;
        };
        gone.photos += photos::store::of_reviews(tx, shop, &[before.id])?.len();
        take_back(tx, &before, now)?;
        gone.reviews += 1;
    }
    Ok(gone)
}

/// Everything that was said goes; date, stars' place in the tally and the tombstone say that it was.
fn take_back(tx: &mut Connection, before: &Review, now: Timestamp) -> db::Result<()> {
    if let Some(restriction) = before.restriction {
        store::lift(tx, restriction, now)?;
    }
    store::drop_all_versions(tx, before, now)?;
    store::close_dialogue(tx, before.shop, before.id)?;
    photos::drop_all(tx, before.shop, before.id, now)?;
    let after = Review {
        title: String::new(),
        body: String::new(),
        author: String::new(),
        salt: None,
        status: Status::Erased,
        erased_at: Some(now),
        replied_at: None,
        restriction: None,
        ..before.clone()
    };
    tally::settle(tx, before, &after)
}

/// Whether something that was written about an order is not erased: the author's hash stays as long.
pub(crate) fn stands(conn: &mut Connection, shop: ShopId, order: OrderId) -> db::Result<bool> {
    Ok(store::of_order(conn, shop, order)?.iter().any(|review| review.status != Status::Erased))
}

/// The orders of a shop about which something was written and erased by its author; other reviews of them may stand.
pub(crate) fn erased_orders(conn: &mut Connection, shop: ShopId) -> db::Result<Vec<OrderId>> {
    store::erased_orders(conn, shop)
}

/// What `customer.erased` does to reviews: the display name goes; text, stars and weight stay, since only their author
/// may take those back. Returns how many reviews had a name.
pub(crate) fn forget(tx: &mut Connection, shop: ShopId, orders: &[OrderId]) -> db::Result<usize> {
    let named = store::drop_names(tx, shop, orders)?;
    if named > 0 {
        merchants::bump_public(tx, shop)?;
    }
    Ok(named)
}

/// What this room holds of a person, by their orders: their reviews as stored.
pub fn personal(conn: &mut Connection, shop: ShopId, order: OrderId) -> db::Result<Vec<Review>> {
    store::of_order(conn, shop, order)
}

/// The photos of those reviews that are to be seen, or were until the operator restricted their review.
///
/// # Errors
/// The database's.
pub fn personal_photos(conn: &mut Connection, shop: ShopId, reviews: &[Review]) -> db::Result<Vec<Photo>> {
    let ids: Vec<ReviewId> = reviews.iter().map(|review| review.id).collect();
    photos::store::of_reviews(conn, shop, &ids)
}
