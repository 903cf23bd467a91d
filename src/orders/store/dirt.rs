//! Which shops and which cohorts are to be counted again.
//!
//! Whoever changes an order notes its shop and its cohort in the same transaction: one statement for a batch. On PostgreSQL
//! the notes are only appended, so that no two batches ever wait for each other; on SQLite, which has one writer, each
//! stands once. A tick takes them all, and passes the cohorts on to whoever counts days.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary};

use crate::db::schema::{cohorts_moved, orders_dirty};
use crate::db::{self, Connection, each, prepared};
use crate::kernel::id::{OrderId, ShopId};
use crate::kernel::time::UtcDay;

/// In place of a cohort: only what is counted of the whole shop has changed.
const NO_COHORT: i64 = 0;

/// Notes that what is counted of a whole shop changed, though no order did.
///
/// # Errors
/// The database's.
pub fn mark_dirty(tx: &mut Connection, shop: ShopId) -> db::Result<()> {
    note(tx, &[(shop, NO_COHORT)])
}

/// Notes that an order changed in what is counted of it.
///
/// # Errors
/// The database's.
pub fn touch(tx: &mut Connection, shop: ShopId, order: OrderId) -> db::Result<()> {
    touch_all(tx, std::iter::once((shop, order)))
}

/// The same for many orders, in one statement.
pub(in crate::orders) fn touch_all(
    tx: &mut Connection,
    orders: impl Iterator<Item = (ShopId, OrderId)>,
) -> db::Result<()> {
    let places: BTreeSet<(ShopId, i64)> = orders.map(|(shop, order)| (shop, order.made_at().day().number())).collect();
    note(tx, &places.into_iter().collect::<Vec<_>>())
}

fn note(tx: &mut Connection, places: &[(ShopId, i64)]) -> db::Result<()> {
    match tx {
        Connection::Pg(conn) => {
            let (shops, days): (Vec<Vec<u8>>, Vec<i64>) =
                places.iter().map(|(shop, day)| (shop.as_bytes().to_vec(), *day)).unzip();
            prepared("INSERT INTO orders_dirty (shop_id, day) SELECT * FROM UNNEST(?, ?)")
                .bind::<Array<Binary>, _>(shops)
                .bind::<Array<BigInt>, _>(days)
                .execute(conn)?;
        }
        Connection::Sqlite(conn) => {
            for (shop, day) in places {
                diesel::insert_into(orders_dirty::table)
                    .values((orders_dirty::shop_id.eq(shop), orders_dirty::day.eq(day)))
                    .on_conflict_do_nothing()
                    .execute(conn)?;
            }
        }
    }
    Ok(())
}

/// Takes the shops off the list of those to be counted again, and passes their cohorts on.
///
/// # Errors
/// The database's.
pub fn take_dirty(tx: &mut Connection) -> db::Result<Vec<ShopId>> {
    let taken: Vec<(ShopId, i64)> =
        diesel::delete(orders_dirty::table).returning((orders_dirty::shop_id, orders_dirty::day)).get_results(tx)?;
    let places: BTreeSet<(ShopId, i64)> = taken.into_iter().collect();
    for (shop, day) in places.iter().filter(|(_, day)| *day != NO_COHORT) {
        each!(tx, |c| {
            diesel::insert_into(cohorts_moved::table)
                .values((cohorts_moved::shop_id.eq(shop), cohorts_moved::day.eq(day), cohorts_moved::turn.eq(1)))
                .on_conflict((cohorts_moved::shop_id, cohorts_moved::day))
                .do_update()
                .set(cohorts_moved::turn.eq(cohorts_moved::turn + 1))
                .execute(c)?
        });
    }
    let shops: BTreeSet<ShopId> = places.into_iter().map(|(shop, _)| shop).collect();
    Ok(shops.into_iter().collect())
}

/// Whether any shop is on that list.
///
/// # Errors
/// The database's.
pub fn any_dirty(conn: &mut Connection) -> db::Result<bool> {
    Ok(orders_dirty::table.select(orders_dirty::shop_id).first::<ShopId>(conn).optional()?.is_some())
}

/// A cohort to be counted anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MovedCohort {
    /// Whose orders.
    pub shop: ShopId,
    /// The UTC day on which they arrived first.
    pub day: UtcDay,
    /// How often it moved since it was counted last.
    turn: i64,
}

/// Cohorts that moved since they were counted last, at most `limit`.
///
/// # Errors
/// The database's.
pub fn moved_cohorts(conn: &mut Connection, limit: i64) -> db::Result<Vec<MovedCohort>> {
    let rows: Vec<(ShopId, i64, i64)> =
        cohorts_moved::table.order((cohorts_moved::shop_id, cohorts_moved::day)).limit(limit).load(conn)?;
    let moved = |(shop, day, turn)| MovedCohort { shop, day: UtcDay::from_number(day), turn };
    Ok(rows.into_iter().map(moved).collect())
}

/// Takes a cohort off that list, if it has not moved since it was read from it. False: what was counted then is old, or
/// somebody else has counted.
///
/// # Errors
/// The database's.
pub fn settle_cohort(tx: &mut Connection, counted: &MovedCohort) -> db::Result<bool> {
    let same = cohorts_moved::table
        .filter(cohorts_moved::shop_id.eq(counted.shop))
        .filter(cohorts_moved::day.eq(counted.day.number()))
        .filter(cohorts_moved::turn.eq(counted.turn));
    Ok(diesel::delete(same).execute(tx)? > 0)
}
