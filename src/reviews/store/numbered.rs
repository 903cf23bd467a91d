//! Places of published reviews by their number in a list, along an index; the few that are shown are read by their ids.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::db::schema::reviews;
use crate::db::{self, Connection};
use crate::kernel::id::{ReviewId, ShopId};
use crate::kernel::stars::Stars;
use crate::kernel::time::Timestamp;

/// A stretch of one lane: reviews of one product (or the shop), perhaps of one number of stars.
#[derive(Clone, Debug)]
pub(in crate::reviews) struct Stretch<'a> {
    /// Empty for reviews of the shop.
    pub(in crate::reviews) sku: &'a str,
    /// Only these stars.
    pub(in crate::reviews) stars: Option<Stars>,
    /// Only this language.
    pub(in crate::reviews) language: Option<&'a str>,
    /// Only replied (or not replied) ones.
    pub(in crate::reviews) replied: Option<bool>,
    /// Oldest first instead of newest first.
    pub(in crate::reviews) oldest_first: bool,
    /// Where it begins: this instant itself is in it when oldest come first, and not when newest do.
    pub(in crate::reviews) begin: Option<Timestamp>,
    /// How many to pass over.
    pub(in crate::reviews) skip: i64,
    /// How many at most.
    pub(in crate::reviews) take: i64,
}

/// Where the reviews of a stretch stand.
pub(in crate::reviews) fn places(
    conn: &mut Connection,
    shop: ShopId,
    of: &Stretch<'_>,
) -> db::Result<Vec<(Timestamp, ReviewId)>> {
    let mut query = reviews::table
        .select((reviews::published_at, reviews::id))
        .into_boxed()
        .filter(reviews::shop_id.eq(shop))
        .filter(reviews::sku.eq(of.sku.to_owned()))
        .filter(sql::<Bool>("reviews.status = 'published'"))
        .offset(of.skip)
        .limit(of.take);
    if let Some(stars) = of.stars {
        query = query.filter(reviews::stars.eq(stars.value()));
    }
    if let Some(language) = of.language {
        query = query.filter(reviews::language.eq(language.to_owned()));
    }
    query = match of.replied {
        Some(true) => query.filter(reviews::replied_at.is_not_null()),
        Some(false) => query.filter(reviews::replied_at.is_null()),
        None => query,
    };
    if let Some(begin) = of.begin {
        query = if of.oldest_first {
            query.filter(reviews::published_at.ge(begin))
        } else {
            query.filter(reviews::published_at.lt(begin))
        };
    }
    query = if of.oldest_first {
        query.order((reviews::published_at.asc(), reviews::id.asc()))
    } else {
        query.order((reviews::published_at.desc(), reviews::id.desc()))
    };
    Ok(query.load(conn)?)
}

/// The ids from one to another, both included.
pub(in crate::reviews) fn ids_between(
    conn: &mut Connection,
    first: ReviewId,
    last: ReviewId,
) -> db::Result<Vec<ReviewId>> {
    let within = reviews::table.filter(reviews::id.ge(first)).filter(reviews::id.le(last));
    Ok(within.select(reviews::id).load(conn)?)
}
