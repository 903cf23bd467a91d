//! A shop's latest orders with their people, for looking at what a policy means to them.

use diesel::prelude::*;

use super::Row;
use crate::db::schema::{contacts, orders};
use crate::db::{self, Connection};
use crate::kernel::id::{OrderId, ShopId};
use crate::kernel::time::Timestamp;
use crate::keyring::PersonHash;
use crate::orders::model::Order;

/// Orders that arrived first at `since` or later, newest first, before the order `before`; test orders left out.
///
/// # Errors
/// The database's.
pub fn recent(
    conn: &mut Connection,
    shop: ShopId,
    since: Timestamp,
    before: Option<OrderId>,
    limit: i64,
) -> db::Result<Vec<(Order, Option<PersonHash>)>> {
    let same_order = contacts::shop_id.eq(orders::shop_id).and(contacts::order_id.eq(orders::id));
    let mut query = orders::table
        .left_join(contacts::table.on(same_order))
        .filter(orders::shop_id.eq(shop))
        .filter(orders::id.ge(OrderId::lowest_at(since)))
        .filter(orders::test.eq(0))
        .order(orders::id.desc())
        .limit(limit)
        .select((orders::all_columns, contacts::person.nullable()))
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(orders::id.lt(before));
    }
    let rows: Vec<(Row, Option<Vec<u8>>)> = query.load(conn)?;
    let read = |(row, person): (Row, Option<Vec<u8>>)| {
        Ok((row.order()?, person.and_then(|bytes| PersonHash::try_from(bytes).ok())))
    };
    rows.into_iter().map(read).collect()
}
