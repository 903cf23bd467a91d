//! Counting a shop's orders: how many of them stand where, of all and of one cohort.

use std::collections::HashSet;

use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::db::schema::orders;
use crate::db::{self, Connection};
use crate::kernel::id::{OrderId, ShopId};
use crate::kernel::time::UtcDay;

/// Orders that stand in one place, test orders left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Census {
    /// The state's word.
    pub state: String,
    /// The reason's code, where the state has one.
    pub reason: Option<String>,
    /// How many orders.
    pub orders: i64,
    /// Those of them whose customer could be asked.
    pub eligible: i64,
    /// Those of them whose customer was asked.
    pub invited: i64,
}

type Row = (String, Option<String>, i64, i64, i64);

/// Where a shop's orders stand, by state and reason; every order but test orders is in exactly one row.
///
/// # Errors
/// The database's.
pub fn census(conn: &mut Connection, shop: ShopId) -> db::Result<Vec<Census>> {
    count(conn, shop, None)
}

/// The same for the orders of one cohort: those whose id was made on this UTC day, which is when they arrived first. Read
/// over the index of ids; costs as much as that day had orders.
///
/// # Errors
/// The database's.
pub fn census_of_day(conn: &mut Connection, shop: ShopId, day: UtcDay) -> db::Result<Vec<Census>> {
    count(conn, shop, Some(day))
}

fn count(conn: &mut Connection, shop: ShopId, day: Option<UtcDay>) -> db::Result<Vec<Census>> {
    let sum = |text: &str| sql::<BigInt>(text);
    let mut query = orders::table
        .filter(orders::shop_id.eq(shop))
        .filter(orders::test.eq(0))
        .group_by((orders::state, orders::reason))
        .select((
            orders::state,
            orders::reason,
            count_star(),
            sum("CAST(SUM(eligible) AS BIGINT)"),
            sum("CAST(SUM(invited) AS BIGINT)"),
        ))
        .into_boxed();
    if let Some(day) = day {
        let (first, next) = cohort_bounds(day);
        query = query.filter(orders::id.ge(first)).filter(orders::id.lt(next));
    }
    let rows: Vec<Row> = query.load(conn)?;
    let census = |(state, reason, orders, eligible, invited)| Census { state, reason, orders, eligible, invited };
    Ok(rows.into_iter().map(census).collect())
}

/// The first id of a cohort, and the first after it.
pub fn cohort_bounds(day: UtcDay) -> (OrderId, OrderId) {
    (OrderId::lowest_at(day.start()), OrderId::lowest_at(day.plus(1).start()))
}

/// Which of these orders of a shop are tests.
///
/// # Errors
/// The database's.
pub fn tests_among(conn: &mut Connection, shop: ShopId, of: &[OrderId]) -> db::Result<HashSet<OrderId>> {
    let mut tests = HashSet::new();
    for chunk in of.chunks(500) {
        let found: Vec<OrderId> = orders::table
            .filter(orders::shop_id.eq(shop))
            .filter(orders::id.eq_any(chunk.to_vec()))
            .filter(orders::test.ne(0))
            .select(orders::id)
            .load(conn)?;
        tests.extend(found);
    }
    Ok(tests)
}
