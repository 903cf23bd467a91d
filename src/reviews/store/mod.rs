//! Every query of this room. Tenant first; rows become domain types here and nowhere else; nothing here decides.

use diesel::prelude::*;

use crate::db::schema::reviews;
use crate::db::{self, Connection, each};
use crate::kernel::id::{InvitationId, OrderId, RestrictionId, ReviewId, ShopId};
use crate::kernel::stars::Stars;
use crate::kernel::time::Timestamp;
use crate::mail::Owner;

use crate::sign::webhook::Scheme;

use super::model::{Review, Status};

mod counts;
mod dialogue;
mod lists;
mod numbered;
mod received;
mod restrictions;
mod search;
mod versions;
mod walk;

pub(super) use counts::{
    erased, product_name, products, reply_hours, restricted, reviewed_skus, shift_reply_hours, shift_tally, tally,
    tally_of_products, top_products,
};
pub(super) use dialogue::{
    add_answer, add_reply, answers, blank_reply_versions, close_dialogue, keep_reply, mark_notified, mark_unnotified,
    newest_reply_versions, notified_at, replies, reply, reply_versions, save_reply,
};
pub(super) use lists::{Lane, lane, languages};
pub(super) use numbered::{Stretch, ids_between, places};
pub(super) use received::received;
pub(super) use restrictions::{add_restriction, lift, restriction, restrictions};
pub(super) use search::{Ask, Findable, Hit, any_waits, hits, indexed, make_findable, unfind, waiting};
pub(super) use versions::{drop_all_versions, drop_version, keep_version, newest_versions, versions};
pub(super) use walk::{
    all_after, id_beyond, ids_after, of_products_after, products_after, reply_versions_of, versions_of,
};

#[cfg(test)]
mod fixture;
#[cfg(test)]
pub(super) use counts::recount;
#[cfg(test)]
pub(super) use fixture::asked;
#[cfg(test)]
pub(super) use lists::plan;
#[cfg(test)]
pub(super) use search::{indexed_terms, wait};
#[cfg(test)]
pub(super) use walk::plan_of;

/// Where the subjects of mails about a review stand.
pub(super) const SUBJECTS: Owner = Owner::of("reviews");
/// Where those of mails about a restriction stand.
pub(super) const DECISIONS: Owner = Owner::of("restrictions");

/// A review as it stands in its row.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = reviews)]
struct Row {
    shop_id: ShopId,
    id: ReviewId,
    invitation_id: InvitationId,
    order_id: OrderId,
    sku: String,
    item: Option<String>,
    stars: i64,
    title: String,
    body: String,
    author: String,
    language: String,
    status: String,
    version: i64,
    published_at: Timestamp,
    published_day: i64,
    changed_at: Timestamp,
    erased_at: Option<Timestamp>,
    replied_at: Option<Timestamp>,
    restriction_id: Option<RestrictionId>,
    checked: String,
    ordered_at: Option<Timestamp>,
    delivered_at: Option<Timestamp>,
    salt: Option<Vec<u8>>,
}

impl Row {
    fn of(review: &Review) -> Self {
        Self {
            shop_id: review.shop,
            id: review.id,
            invitation_id: review.invitation,
            order_id: review.order,
            sku: review.sku.clone(),
            item: review.item.clone(),
            stars: review.stars.value(),
            title: review.title.clone(),
            body: review.body.clone(),
            author: review.author.clone(),
            language: review.language.clone(),
            status: review.status.as_str().to_owned(),
            version: review.version,
            published_at: review.published_at,
            published_day: review.published_at.day().number(),
            changed_at: review.changed_at,
            erased_at: review.erased_at,
            replied_at: review.replied_at,
            restriction_id: review.restriction,
            checked: review.checked.as_str().to_owned(),
            ordered_at: review.ordered_at,
            delivered_at: review.delivered_at,
            salt: review.salt.clone(),
        }
    }

    fn review(self) -> db::Result<Review> {
        Ok(Review {
            shop: self.shop_id,
            id: self.id,
            invitation: self.invitation_id,
            order: self.order_id,
            sku: self.sku,
            item: self.item,
            stars: stars(self.stars)?,
            title: self.title,
            body: self.body,
            author: self.author,
            language: self.language,
            status: Status::parse(&self.status).ok_or_else(|| db::Error::corrupt("reviews.status"))?,
            version: self.version,
            published_at: self.published_at,
            changed_at: self.changed_at,
            erased_at: self.erased_at,
            replied_at: self.replied_at,
            restriction: self.restriction_id,
            checked: Scheme::parse(&self.checked).ok_or_else(|| db::Error::corrupt("reviews.checked"))?,
            ordered_at: self.ordered_at,
            delivered_at: self.delivered_at,
            salt: self.salt,
        })
    }
}

fn stars(value: i64) -> db::Result<Stars> {
    Stars::new(value).ok_or_else(|| db::Error::corrupt("stars"))
}

/// Stores a new review. `false`: the invitation has one for this product already.
pub(super) fn insert(tx: &mut Connection, review: &Review) -> db::Result<bool> {
    let row = Row::of(review);
    let once = (reviews::shop_id, reviews::invitation_id, reviews::sku);
    let n = each!(tx, |c| diesel::insert_into(reviews::table).values(&row).on_conflict(once).do_nothing().execute(c))?;
    Ok(n == 1)
}

/// Stores what may change of a review.
pub(super) fn save(tx: &mut Connection, review: &Review) -> db::Result<()> {
    let row = Row::of(review);
    let words = (
        reviews::stars.eq(row.stars),
        reviews::title.eq(row.title),
        reviews::body.eq(row.body),
        reviews::author.eq(row.author),
        reviews::language.eq(row.language),
        reviews::version.eq(row.version),
        reviews::changed_at.eq(row.changed_at),
        reviews::salt.eq(row.salt),
    );
    let standing = (
        reviews::status.eq(row.status),
        reviews::erased_at.eq(row.erased_at),
        reviews::replied_at.eq(row.replied_at),
        reviews::restriction_id.eq(row.restriction_id),
    );
    diesel::update(reviews::table.find((review.shop, review.id))).set((words, standing)).execute(tx)?;
    Ok(())
}

/// One review of a shop, held until the transaction ends so that what is computed from it stays true.
pub(super) fn hold(tx: &mut Connection, shop: ShopId, id: ReviewId) -> db::Result<Option<Review>> {
    let row = match tx {
        Connection::Pg(c) => {
            reviews::table.find((shop, id)).select(Row::as_select()).for_update().first(c).optional()?
        }
        Connection::Sqlite(c) => reviews::table.find((shop, id)).select(Row::as_select()).first(c).optional()?,
    };
    row.map(Row::review).transpose()
}

/// One review by its public id: the one way in where the shop is not known yet.
pub(super) fn by_id(conn: &mut Connection, id: ReviewId) -> db::Result<Option<Review>> {
    let row = reviews::table.filter(reviews::id.eq(id)).select(Row::as_select()).first(conn).optional()?;
    row.map(Row::review).transpose()
}

/// Reviews of a shop, in the order of their ids as given.
pub(super) fn by_ids(conn: &mut Connection, shop: ShopId, ids: &[ReviewId]) -> db::Result<Vec<Review>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = reviews::table
        .filter(reviews::shop_id.eq(shop))
        .filter(reviews::id.eq_any(ids))
        .select(Row::as_select())
        .load(conn)?;
    let mut all = rows.into_iter().map(Row::review).collect::<db::Result<Vec<Review>>>()?;
    all.sort_by_key(|review| ids.iter().position(|id| *id == review.id));
    Ok(all)
}

/// What an invitation brought: the review of the shop first, then products by SKU.
pub(super) fn of_invitation(conn: &mut Connection, shop: ShopId, of: InvitationId) -> db::Result<Vec<Review>> {
    let rows = reviews::table
        .filter(reviews::shop_id.eq(shop))
        .filter(reviews::invitation_id.eq(of))
        .order(reviews::sku)
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Row::review).collect()
}

/// What an order brought.
pub(super) fn of_order(conn: &mut Connection, shop: ShopId, of: OrderId) -> db::Result<Vec<Review>> {
    let rows = reviews::table
        .filter(reviews::shop_id.eq(shop))
        .filter(reviews::order_id.eq(of))
        .order(reviews::sku)
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Row::review).collect()
}

/// The orders that brought something which its author erased.
pub(super) fn erased_orders(conn: &mut Connection, shop: ShopId) -> db::Result<Vec<OrderId>> {
    let erased = reviews::table.filter(reviews::shop_id.eq(shop)).filter(reviews::status.eq("erased"));
    Ok(erased.select(reviews::order_id).distinct().order(reviews::order_id).load(conn)?)
}

/// Drops the display name of what these orders brought; counts the reviews that had one.
pub(super) fn drop_names(tx: &mut Connection, shop: ShopId, orders: &[OrderId]) -> db::Result<usize> {
    let named = reviews::table
        .filter(reviews::shop_id.eq(shop))
        .filter(reviews::order_id.eq_any(orders))
        .filter(reviews::author.ne(""));
    Ok(diesel::update(named).set(reviews::author.eq("")).execute(tx)?)
}
