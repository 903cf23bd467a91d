//! Tally rows, reply figures and the numbers of what is out of sight.

use diesel::dsl::{count, count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use crate::db::schema::{reply_stats, restrictions, reviews, tally};
use crate::db::{self, Connection, each};
use crate::kernel::id::ShopId;

use crate::reviews::model::RestrictionReason;
use crate::reviews::tally::{ProductCounts, ReplyHours, TallyRow};

/// Adds signed counts to a day row; the row appears with its first review. The schema refuses a count below zero.
pub(in crate::reviews) fn shift_tally(tx: &mut Connection, shop: ShopId, by: &TallyRow) -> db::Result<()> {
    let [s1, s2, s3, s4, s5] = by.counts;
    let empty = (
        (tally::shop_id.eq(shop), tally::sku.eq(&by.sku), tally::day.eq(by.day)),
        (tally::s1.eq(0), tally::s2.eq(0), tally::s3.eq(0), tally::s4.eq(0), tally::s5.eq(0)),
    );
    each!(tx, |c| diesel::insert_into(tally::table).values(empty).on_conflict_do_nothing().execute(c))?;
    diesel::update(tally::table.find((shop, &by.sku, by.day)))
        .set((
            tally::s1.eq(tally::s1 + s1),
            tally::s2.eq(tally::s2 + s2),
            tally::s3.eq(tally::s3 + s3),
            tally::s4.eq(tally::s4 + s4),
            tally::s5.eq(tally::s5 + s5),
        ))
        .execute(tx)?;
    Ok(())
}

/// Adds signed numbers of replies that came after so many hours.
pub(in crate::reviews) fn shift_reply_hours(tx: &mut Connection, shop: ShopId, by: ReplyHours) -> db::Result<()> {
    let key = (reply_stats::shop_id.eq(shop), reply_stats::hours.eq(by.hours));
    let empty = (key, reply_stats::n.eq(0), reply_stats::low.eq(0));
    each!(tx, |c| diesel::insert_into(reply_stats::table).values(empty).on_conflict_do_nothing().execute(c))?;
    diesel::update(reply_stats::table.find((shop, by.hours)))
        .set((reply_stats::n.eq(reply_stats::n + by.n), reply_stats::low.eq(reply_stats::low + by.low)))
        .execute(tx)?;
    Ok(())
}

type Columns = (String, i64, i64, i64, i64, i64, i64);

fn row((sku, day, s1, s2, s3, s4, s5): Columns) -> TallyRow {
    TallyRow { sku, day, counts: [s1, s2, s3, s4, s5] }
}

/// Day rows in order of SKU and day; one SKU's alone where given.
pub(in crate::reviews) fn tally(conn: &mut Connection, shop: ShopId, sku: Option<&str>) -> db::Result<Vec<TallyRow>> {
    let mut query = tally::table
        .filter(tally::shop_id.eq(shop))
        .order((tally::sku, tally::day))
        .select((tally::sku, tally::day, tally::s1, tally::s2, tally::s3, tally::s4, tally::s5))
        .into_boxed();
    if let Some(sku) = sku {
        query = query.filter(tally::sku.eq(sku.to_owned()));
    }
    Ok(query.load::<Columns>(conn)?.into_iter().map(row).filter(|row| row.counts != [0; 5]).collect())
}

/// SKUs with a standing review, in order.
pub(in crate::reviews) fn reviewed_skus(
    conn: &mut Connection,
    shop: ShopId,
    after: &str,
    limit: i64,
) -> db::Result<Vec<String>> {
    Ok(tally::table
        .filter(tally::shop_id.eq(shop))
        .filter(tally::sku.gt(after))
        .filter((tally::s1 + tally::s2 + tally::s3 + tally::s4 + tally::s5).gt(0))
        .select(tally::sku)
        .distinct()
        .order(tally::sku)
        .limit(limit)
        .load(conn)?)
}

/// Day rows of several SKUs, in order of SKU and day.
pub(in crate::reviews) fn tally_of_products(
    conn: &mut Connection,
    shop: ShopId,
    skus: &[String],
) -> db::Result<Vec<TallyRow>> {
    let rows: Vec<Columns> = tally::table
        .filter(tally::shop_id.eq(shop))
        .filter(tally::sku.eq_any(skus))
        .order((tally::sku, tally::day))
        .select((tally::sku, tally::day, tally::s1, tally::s2, tally::s3, tally::s4, tally::s5))
        .load(conn)?;
    Ok(rows.into_iter().map(row).filter(|row| row.counts != [0; 5]).collect())
}

/// Products with a standing review, and how many such reviews stand.
pub(in crate::reviews) fn products(conn: &mut Connection, shop: ShopId) -> db::Result<ProductCounts> {
    let sum = "CAST(COALESCE(SUM(s1 + s2 + s3 + s4 + s5), 0) AS BIGINT)";
    let (products, reviews): (i64, i64) = tally::table
        .filter(tally::shop_id.eq(shop))
        .filter(tally::sku.gt(""))
        .filter((tally::s1 + tally::s2 + tally::s3 + tally::s4 + tally::s5).gt(0))
        .select((count(tally::sku).aggregate_distinct(), sql::<BigInt>(sum)))
        .first(conn)?;
    Ok(ProductCounts { products, reviews })
}

/// SKUs with the most standing reviews, most first.
pub(in crate::reviews) fn top_products(conn: &mut Connection, shop: ShopId, most: i64) -> db::Result<Vec<String>> {
    let standing = sql::<BigInt>("CAST(SUM(s1 + s2 + s3 + s4 + s5) AS BIGINT)");
    Ok(tally::table
        .filter(tally::shop_id.eq(shop))
        .filter(tally::sku.gt(""))
        .filter((tally::s1 + tally::s2 + tally::s3 + tally::s4 + tally::s5).gt(0))
        .group_by(tally::sku)
        .order((standing.desc(), tally::sku))
        .select(tally::sku)
        .limit(most)
        .load(conn)?)
}

/// The name in the newest review of a product, else its SKU; `None` where it has none.
pub(in crate::reviews) fn product_name(conn: &mut Connection, shop: ShopId, sku: &str) -> db::Result<Option<String>> {
    let newest = reviews::table
        .filter(reviews::shop_id.eq(shop))
        .filter(reviews::sku.eq(sku))
        .order((reviews::published_at.desc(), reviews::id.desc()))
        .select(reviews::item);
    let found: Option<Option<String>> = newest.first(conn).optional()?;
    Ok(found.map(|name| name.unwrap_or_else(|| sku.to_owned())))
}

/// Reply figures by hours, shortest first.
pub(in crate::reviews) fn reply_hours(conn: &mut Connection, shop: ShopId) -> db::Result<Vec<ReplyHours>> {
    let rows: Vec<(i64, i64, i64)> = reply_stats::table
        .filter(reply_stats::shop_id.eq(shop))
        .filter(reply_stats::n.gt(0))
        .order(reply_stats::hours)
        .select((reply_stats::hours, reply_stats::n, reply_stats::low))
        .load(conn)?;
    Ok(rows.into_iter().map(|(hours, n, low)| ReplyHours { hours, n, low }).collect())
}

/// Reviews restricted now, by reason.
pub(in crate::reviews) fn restricted(conn: &mut Connection, shop: ShopId) -> db::Result<Vec<(RestrictionReason, i64)>> {
    let rows: Vec<(String, i64)> = restrictions::table
        .filter(restrictions::shop_id.eq(shop))
        .filter(restrictions::lifted_at.is_null())
        .group_by(restrictions::reason)
        .order(restrictions::reason)
        .select((restrictions::reason, count_star()))
        .load(conn)?;
    let reason = |word: &str| RestrictionReason::parse(word).ok_or_else(|| db::Error::corrupt("restrictions.reason"));
    rows.into_iter().map(|(word, n)| Ok((reason(&word)?, n))).collect()
}

/// Reviews erased by their authors.
pub(in crate::reviews) fn erased(conn: &mut Connection, shop: ShopId) -> db::Result<i64> {
    let erased = reviews::table.filter(reviews::shop_id.eq(shop)).filter(sql::<Bool>("reviews.status = 'erased'"));
    Ok(erased.count().get_result(conn)?)
}

/// The tally counted anew from the reviews: what [`tally`] must equal after any story.
#[cfg(test)]
pub(in crate::reviews) fn recount(conn: &mut Connection, shop: ShopId) -> db::Result<Vec<TallyRow>> {
    let cells: Vec<(String, i64, i64, i64)> = reviews::table
        .filter(reviews::shop_id.eq(shop))
        .filter(reviews::status.eq("published"))
        .group_by((reviews::sku, reviews::published_day, reviews::stars))
        .order((reviews::sku, reviews::published_day))
        .select((reviews::sku, reviews::published_day, reviews::stars, count_star()))
        .load(conn)?;
    let mut rows: Vec<TallyRow> = Vec::new();
    for (sku, day, stars, n) in cells {
        if rows.last().is_none_or(|row| row.sku != sku || row.day != day) {
            rows.push(TallyRow { sku, day, counts: [0; 5] });
        }
        rows.last_mut().unwrap().counts[usize::try_from(stars - 1).unwrap()] += n;
    }
    Ok(rows)
}
