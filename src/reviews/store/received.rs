//! A shop's reviews in the order they came, whatever they are about.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::Row;
use crate::db::schema::reviews;
use crate::db::{self, Connection};
use crate::kernel::id::ShopId;
use crate::reviews::inbox::Asked;
use crate::reviews::model::Review;

/// One more than the page may hold, so that the caller sees whether another follows. Ids grow with the time of publication.
pub(in crate::reviews) fn received(conn: &mut Connection, shop: ShopId, asked: Asked) -> db::Result<Vec<Review>> {
    let mut query = reviews::table.filter(reviews::shop_id.eq(shop)).limit(asked.limit.probe()).into_boxed();
    if asked.unanswered {
        // Literal, so that the partial index of unanswered reviews is seen to fit.
        query = query.filter(sql::<Bool>("reviews.replied_at IS NULL AND reviews.status = 'published'"));
    }
    query = match (asked.after, asked.oldest_first) {
        (Some(id), true) => query.filter(reviews::id.gt(id)),
        (Some(id), false) => query.filter(reviews::id.lt(id)),
        (None, _) => query,
    };
    query = if asked.oldest_first { query.order(reviews::id.asc()) } else { query.order(reviews::id.desc()) };
    query.select(Row::as_select()).load(conn)?.into_iter().map(Row::review).collect()
}
