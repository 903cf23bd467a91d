//! Counting a shop's orders: which shops are to be counted again, and how many of their orders stand where.

use std::collections::HashSet;

use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::db::schema::{orders, orders_dirty};
use crate::db::{self, Connection};
use crate::kernel::id::{OrderId, ShopId};

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
    let sum = |text: &str| sql::<BigInt>(text);
    let rows: Vec<Row> = orders::table
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
        .load(conn)?;
    let census = |(state, reason, orders, eligible, invited)| Census { state, reason, orders, eligible, invited };
    Ok(rows.into_iter().map(census).collect())
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

/// Takes the shops off the list of those to be counted again. A transaction still open may have found its shop on the
/// list and added nothing: count a few seconds later.
///
/// # Errors
/// The database's.
pub fn take_dirty(tx: &mut Connection) -> db::Result<Vec<ShopId>> {
    Ok(diesel::delete(orders_dirty::table).returning(orders_dirty::shop_id).get_results(tx)?)
}

/// Whether any shop is on that list.
///
/// # Errors
/// The database's.
pub fn any_dirty(conn: &mut Connection) -> db::Result<bool> {
    Ok(orders_dirty::table.select(orders_dirty::shop_id).first::<ShopId>(conn).optional()?.is_some())
}
