//! Reading many reviews in batches, each from the place where the last ended, along an index: what a stream is made of.
//! A batch costs the same at the beginning and at the end.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Text};

use crate::db::schema::{reply_versions, review_versions as past, reviews, tally};
use crate::db::{self, Connection};
use crate::kernel::id::{ReviewId, ShopId};
use crate::kernel::time::Timestamp;
use crate::reviews::model::{ReplyVersion, Review, Version};
use crate::reviews::walk::{OfProduct, Reviewed, Stone};

use super::{Row, stars};

/// Reviews of a shop, of whatever, in the order of publication.
pub(in crate::reviews) fn all_after(
    conn: &mut Connection,
    shop: ShopId,
    after: Option<ReviewId>,
    take: i64,
) -> db::Result<Vec<Review>> {
    let mut query = reviews::table.filter(reviews::shop_id.eq(shop)).into_boxed();
    if let Some(after) = after {
        query = query.filter(reviews::id.gt(after));
    }
    query.order(reviews::id).limit(take).select(Row::as_select()).load(conn)?.into_iter().map(Row::review).collect()
}

/// Reviews of a shop's products in the order of SKU and publication, tombstones included.
pub(in crate::reviews) fn of_products_after(
    conn: &mut Connection,
    shop: ShopId,
    after: Option<&OfProduct>,
    take: i64,
) -> db::Result<Vec<Review>> {
    let query = reviews::table.filter(reviews::shop_id.eq(shop)).into_boxed();
    let query = match after {
        None => query.filter(reviews::sku.gt("")),
        // One comparison of rows, and nothing beside it: what both engines seek by.
        Some(OfProduct { sku, at, id }) => query.filter(
            sql::<Bool>("(reviews.sku, reviews.published_at, reviews.id) > (")
                .bind::<Text, _>(sku.clone())
                .sql(", ")
                .bind::<BigInt, _>(*at)
                .sql(", ")
                .bind::<Binary, _>(*id)
                .sql(")"),
        ),
    };
    let order = (reviews::sku, reviews::published_at, reviews::id);
    query.order(order).limit(take).select(Row::as_select()).load(conn)?.into_iter().map(Row::review).collect()
}

/// What these reviews said before, oldest first within each.
pub(in crate::reviews) fn versions_of(
    conn: &mut Connection,
    shop: ShopId,
    of: &[ReviewId],
) -> db::Result<Vec<(ReviewId, Version)>> {
    type Columns = (ReviewId, i64, Timestamp, i64, Option<String>, Option<String>, Option<Timestamp>, Option<Vec<u8>>);
    let rows: Vec<Columns> = past::table
        .filter(past::shop_id.eq(shop))
        .filter(past::review_id.eq_any(of))
        .order((past::review_id, past::version))
        .select((
            past::review_id,
            past::version,
            past::at,
            past::stars,
            past::title,
            past::body,
            past::dropped_at,
            past::salt,
        ))
        .load(conn)?;
    let version = |(review, version, at, value, title, text, dropped_at, salt): Columns| {
        Ok((review, Version { version, at, stars: stars(value)?, title, text, dropped_at, salt }))
    };
    rows.into_iter().map(version).collect()
}

/// What the replies to these reviews said before, oldest first within each.
pub(in crate::reviews) fn reply_versions_of(
    conn: &mut Connection,
    shop: ShopId,
    of: &[ReviewId],
) -> db::Result<Vec<(ReviewId, ReplyVersion)>> {
    let rows: Vec<(ReviewId, i64, Timestamp, String)> = reply_versions::table
        .filter(reply_versions::shop_id.eq(shop))
        .filter(reply_versions::review_id.eq_any(of))
        .order((reply_versions::review_id, reply_versions::version))
        .select((reply_versions::review_id, reply_versions::version, reply_versions::at, reply_versions::body))
        .load(conn)?;
    let version = |(review, version, at, text)| (review, ReplyVersion { version, at, text });
    Ok(rows.into_iter().map(version).collect())
}

/// Reviews of the whole instance in the order of publication: id, shop, whether it can be read, last change.
pub(in crate::reviews) fn ids_after(
    conn: &mut Connection,
    after: Option<ReviewId>,
    take: i64,
) -> db::Result<Vec<Stone>> {
    let mut query = reviews::table.into_boxed();
    if let Some(after) = after {
        query = query.filter(reviews::id.gt(after));
    }
    let columns = (reviews::id, reviews::shop_id, reviews::status, reviews::changed_at, reviews::replied_at);
    let rows: Vec<(ReviewId, ShopId, String, Timestamp, Option<Timestamp>)> =
        query.order(reviews::id).limit(take).select(columns).load(conn)?;
    let stone = |(id, shop, status, changed_at, replied_at): (_, _, String, _, Option<Timestamp>)| Stone {
        id,
        shop,
        published: status == "published",
        changed_at: replied_at.unwrap_or(changed_at).max(changed_at),
    };
    Ok(rows.into_iter().map(stone).collect())
}

/// The id so many places after another, along the index of ids alone.
pub(in crate::reviews) fn id_beyond(
    conn: &mut Connection,
    after: Option<ReviewId>,
    places: i64,
) -> db::Result<Option<ReviewId>> {
    let mut query = reviews::table.into_boxed();
    if let Some(after) = after {
        query = query.filter(reviews::id.gt(after));
    }
    Ok(query.order(reviews::id).limit(1).offset(places - 1).select(reviews::id).first(conn).optional()?)
}

/// Products of the whole instance in the order of shop and SKU, with the newest day on which a standing review of each was
/// first published; products without one are left out.
pub(in crate::reviews) fn products_after(
    conn: &mut Connection,
    after: Option<&(ShopId, String)>,
    take: i64,
) -> db::Result<Vec<Reviewed>> {
    let mut query = tally::table
        .filter(tally::sku.gt(""))
        .filter((tally::s1 + tally::s2 + tally::s3 + tally::s4 + tally::s5).gt(0))
        .group_by((tally::shop_id, tally::sku))
        .select((tally::shop_id, tally::sku, diesel::dsl::max(tally::day)))
        .order((tally::shop_id, tally::sku))
        .limit(take)
        .into_boxed();
    if let Some((shop, sku)) = after {
        let beyond = sql::<Bool>("(tally.shop_id, tally.sku) > (")
            .bind::<Binary, _>(*shop)
            .sql(", ")
            .bind::<Text, _>(sku.clone())
            .sql(")");
        query = query.filter(beyond);
    }
    let rows: Vec<(ShopId, String, Option<i64>)> = query.load(conn)?;
    Ok(rows.into_iter().map(|(shop, sku, day)| Reviewed { shop, sku, day: day.unwrap_or_default() }).collect())
}

/// How SQLite reads what `run` asks for: for the test that batches are sought, not scanned or sorted.
#[cfg(test)]
pub(in crate::reviews) fn plan_of(conn: &mut Connection, run: impl FnOnce(&mut Connection)) -> Vec<String> {
    use diesel::connection::{Connection as _, InstrumentationEvent};
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text)]
        detail: String,
    }
    let said = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let heard = std::sync::Arc::clone(&said);
    if let Connection::Sqlite(c) = conn {
        c.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                *heard.lock().unwrap() = query.to_string();
            }
        });
    }
    run(conn);
    if let Connection::Sqlite(c) = conn {
        c.set_instrumentation(None::<fn(InstrumentationEvent<'_>)>);
    }
    let query = said.lock().unwrap().clone();
    let sql = query.split(" -- binds").next().unwrap().replace('?', "NULL");
    let lines: Vec<Line> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(conn).unwrap();
    lines.into_iter().map(|line| line.detail).collect()
}
