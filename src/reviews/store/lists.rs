//! One lane of a list: the reviews of one product (or the shop), perhaps of one number of stars, from a place on, in
//! the order of an index, so that a page costs the same whatever stands behind it.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::db::schema::reviews;
use crate::db::{self, Connection};
use crate::kernel::id::{ReviewId, ShopId};
use crate::kernel::stars::Stars;
use crate::kernel::time::Timestamp;

use crate::reviews::model::Review;

use super::Row;

/// What a lane holds.
#[derive(Clone, Debug)]
pub(in crate::reviews) struct Lane<'a> {
    /// Empty for reviews of the shop.
    pub(in crate::reviews) sku: &'a str,
    /// Only these stars.
    pub(in crate::reviews) stars: Option<Stars>,
    /// Only this language.
    pub(in crate::reviews) language: Option<&'a str>,
    /// Only replied (or not replied) ones.
    pub(in crate::reviews) replied: Option<bool>,
    /// Only those with a text.
    pub(in crate::reviews) with_text: bool,
    /// Without tombstones.
    pub(in crate::reviews) published: bool,
    /// Published at or after.
    pub(in crate::reviews) from: Option<Timestamp>,
    /// Published before.
    pub(in crate::reviews) to: Option<Timestamp>,
    /// Oldest first instead of newest first.
    pub(in crate::reviews) oldest_first: bool,
    /// The last review already seen.
    pub(in crate::reviews) after: Option<(Timestamp, ReviewId)>,
    /// How many at most.
    pub(in crate::reviews) take: i64,
}

/// The next reviews of a lane.
pub(in crate::reviews) fn lane(conn: &mut Connection, shop: ShopId, lane: &Lane<'_>) -> db::Result<Vec<Review>> {
    let mut query = reviews::table
        .select(Row::as_select())
        .into_boxed()
        .filter(reviews::shop_id.eq(shop))
        .filter(reviews::sku.eq(lane.sku.to_owned()))
        .limit(lane.take);
    if let Some(stars) = lane.stars {
        query = query.filter(reviews::stars.eq(stars.value()));
    }
    if let Some(language) = lane.language {
        query = query.filter(reviews::language.eq(language.to_owned()));
    }
    query = match lane.replied {
        Some(true) => query.filter(reviews::replied_at.is_not_null()),
        Some(false) => query.filter(reviews::replied_at.is_null()),
        None => query,
    };
    if lane.with_text {
        query = query.filter(sql::<Bool>("reviews.body <> ''"));
    }
    if lane.published {
        // Spelled out, not bound: only then do the engines know that the partial indexes hold what is asked.
        query = query.filter(sql::<Bool>("reviews.status = 'published'"));
    }
    if let Some(from) = lane.from {
        query = query.filter(reviews::published_at.ge(from));
    }
    if let Some(to) = lane.to {
        query = query.filter(reviews::published_at.lt(to));
    }
    // The plain bound on the time is what both engines seek by; the tie on the id is checked on few rows.
    if let Some((at, id)) = lane.after {
        query = if lane.oldest_first {
            let beyond = reviews::published_at.gt(at).or(reviews::id.gt(id));
            query.filter(reviews::published_at.ge(at)).filter(beyond)
        } else {
            let beyond = reviews::published_at.lt(at).or(reviews::id.lt(id));
            query.filter(reviews::published_at.le(at)).filter(beyond)
        };
    }
    query = if lane.oldest_first {
        query.order((reviews::published_at.asc(), reviews::id.asc()))
    } else {
        query.order((reviews::published_at.desc(), reviews::id.desc()))
    };
    query.load::<Row>(conn)?.into_iter().map(Row::review).collect()
}

/// How SQLite would read a lane: for the test that no list is sorted or scanned.
#[cfg(test)]
pub(in crate::reviews) fn plan(conn: &mut Connection, shop: ShopId, lane: &Lane<'_>) -> Vec<String> {
    use diesel::connection::Connection as _;
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = diesel::sql_types::Text)]
        detail: String,
    }
    let said = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let heard = std::sync::Arc::clone(&said);
    if let Connection::Sqlite(c) = conn {
        c.set_instrumentation(move |event: diesel::connection::InstrumentationEvent<'_>| {
            if let diesel::connection::InstrumentationEvent::StartQuery { query, .. } = event {
                *heard.lock().unwrap() = query.to_string();
            }
        });
    }
    self::lane(conn, shop, lane).unwrap();
    if let Connection::Sqlite(c) = conn {
        c.set_instrumentation(None::<fn(diesel::connection::InstrumentationEvent<'_>)>);
    }
    let query = said.lock().unwrap().clone();
    let sql = query.split(" -- binds").next().unwrap().replace('?', "NULL");
    let lines: Vec<Line> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(conn).unwrap();
    lines.into_iter().map(|line| line.detail).collect()
}

/// Languages of the reviews of a product (or the shop), in order, `most` at the most: one seek along the index each.
pub(in crate::reviews) fn languages(
    conn: &mut Connection,
    shop: ShopId,
    sku: &str,
    most: usize,
) -> db::Result<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    while found.len() < most {
        let next = reviews::table
            .filter(reviews::shop_id.eq(shop))
            .filter(reviews::sku.eq(sku))
            .filter(reviews::language.gt(found.last().cloned().unwrap_or_default()))
            .order((reviews::language, reviews::published_at, reviews::id))
            .select(reviews::language)
            .first(conn)
            .optional()?;
        match next {
            Some(language) => found.push(language),
            None => break,
        }
    }
    Ok(found)
}
