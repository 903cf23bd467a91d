//! The tally: published reviews by product (or the shop), UTC day and stars, moved by signed deltas in the transaction
//! that changes a review. It is the truth behind every score; anyone can recompute a score from its rows.
//!
//! [`publish`] and [`settle`] are the only ways a review reaches the database, so that no verb can forget the tally, the
//! reply figures, what it is found by or the shop's public version.

use crate::db::{self, Connection};
use crate::kernel::id::ShopId;
use crate::merchants;
use crate::orders;

use super::model::{RestrictionReason, Review};
use super::{search, store};

/// One row of the tally.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TallyRow {
    /// Empty for reviews of the shop.
    pub(crate) sku: String,
    /// Days since 1970-01-01, UTC.
    pub(crate) day: i64,
    /// How many reviews of 1, 2, 3, 4 and 5 stars first published on that day stand now.
    pub(crate) counts: [i64; 5],
}

/// How many replies stand that came in this many whole hours after the review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ReplyHours {
    /// Whole hours from publication to reply.
    pub(crate) hours: i64,
    /// Reviews of the shop replied to in that time.
    pub(crate) n: i64,
    /// Of these, reviews of one or two stars.
    pub(crate) low: i64,
}

/// Stores the new review of an invitation, and those of its products, with everything that moves with them. `false`: the
/// invitation brought one before, and nothing changed.
pub(super) fn publish(tx: &mut Connection, review: &Review, products: &[Review]) -> db::Result<bool> {
    if !store::insert(tx, review)? {
        return Ok(false);
    }
    moved(tx, None, review)?;
    for product in products {
        if store::insert(tx, product)? {
            moved(tx, None, product)?;
        }
    }
    merchants::bump_public(tx, review.shop)?;
    Ok(true)
}

/// Stores a review as it now stands, with everything that moves with it.
pub(super) fn settle(tx: &mut Connection, before: &Review, after: &Review) -> db::Result<()> {
    store::save(tx, after)?;
    moved(tx, Some(before), after)?;
    if before.status != after.status {
        // What is restricted or erased stands in the collection numbers: they are to be counted again.
        orders::mark_dirty(tx, after.shop)?;
    }
    merchants::bump_public(tx, after.shop)
}

fn moved(tx: &mut Connection, before: Option<&Review>, after: &Review) -> db::Result<()> {
    for (day, counts) in deltas(before, after) {
        store::shift_tally(tx, after.shop, &TallyRow { sku: after.sku.clone(), day, counts })?;
    }
    let figure = |review: &Review| review.reply_hours().map(|hours| (hours, review.stars.is_low()));
    let (was, is) = (before.and_then(figure), figure(after));
    if was != is {
        for (figure, by) in [(was, -1), (is, 1)] {
            let Some((hours, low)) = figure else { continue };
            store::shift_reply_hours(tx, after.shop, ReplyHours { hours, n: by, low: if low { by } else { 0 } })?;
        }
    }
    search::sync(tx, before, after)
}

/// The signed change of each day row; empty where nothing that counts has changed.
fn deltas(before: Option<&Review>, after: &Review) -> Vec<(i64, [i64; 5])> {
    let (was, is) = (before.and_then(Review::counts), after.counts());
    if was == is {
        return Vec::new();
    }
    let mut rows: Vec<(i64, [i64; 5])> = Vec::with_capacity(2);
    for (cell, by) in [(was, -1), (is, 1)] {
        let Some((day, stars)) = cell else { continue };
        if !rows.iter().any(|row| row.0 == day) {
            rows.push((day, [0; 5]));
        }
        let column = usize::try_from(stars.value() - 1).unwrap_or_default();
        if let Some(count) = rows.iter_mut().find(|row| row.0 == day).and_then(|row| row.1.get_mut(column)) {
            *count += by;
        }
    }
    rows
}

/// Every row of a shop, reviews of the shop first, then products by SKU, each by day.
#[cfg(test)]
pub(crate) fn tally(conn: &mut Connection, shop: ShopId) -> db::Result<Vec<TallyRow>> {
    store::tally(conn, shop, None)
}

/// The rows of one product (or, with an empty SKU, of the shop), by day: at most one a day.
pub(crate) fn tally_of(conn: &mut Connection, shop: ShopId, sku: &str) -> db::Result<Vec<TallyRow>> {
    store::tally(conn, shop, Some(sku))
}

/// Products with a standing review, by SKU after `after`; at most `limit`.
pub(crate) fn reviewed_skus(conn: &mut Connection, shop: ShopId, after: &str, limit: i64) -> db::Result<Vec<String>> {
    store::reviewed_skus(conn, shop, after, limit)
}

/// The rows of these products, by SKU and day.
pub(crate) fn tally_of_products(conn: &mut Connection, shop: ShopId, skus: &[String]) -> db::Result<Vec<TallyRow>> {
    store::tally_of_products(conn, shop, skus)
}

/// How fast the shop replied, by whole hours, in order: share and median come from here without reading a review.
pub(crate) fn reply_hours(conn: &mut Connection, shop: ShopId) -> db::Result<Vec<ReplyHours>> {
    store::reply_hours(conn, shop)
}

/// What a shop's reviews lost from view, for its collection numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hidden {
    /// Restricted now, by reason.
    pub(crate) restricted: Vec<(RestrictionReason, i64)>,
    /// Erased by their authors.
    pub(crate) erased: i64,
}

/// Counts what is out of view, along indexes of just that.
pub(crate) fn hidden(conn: &mut Connection, shop: ShopId) -> db::Result<Hidden> {
    Ok(Hidden { restricted: store::restricted(conn, shop)?, erased: store::erased(conn, shop)? })
}

/// How many products have a published review, and how many such reviews stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ProductCounts {
    /// Products.
    pub(crate) products: i64,
    /// Reviews of products.
    pub(crate) reviews: i64,
}

/// Counts reviewed products from the tally; costs as much as there are days with such reviews.
pub(crate) fn products(conn: &mut Connection, shop: ShopId) -> db::Result<ProductCounts> {
    store::products(conn, shop)
}

/// SKUs of the products with the most published reviews, most first; costs what [`products`] does.
pub(crate) fn top_products(conn: &mut Connection, shop: ShopId, most: i64) -> db::Result<Vec<String>> {
    store::top_products(conn, shop, most)
}

/// A product's name as its newest review has it, else its SKU; `None` where nobody reviewed it.
pub(crate) fn product_name(conn: &mut Connection, shop: ShopId, sku: &str) -> db::Result<Option<String>> {
    store::product_name(conn, shop, sku)
}
