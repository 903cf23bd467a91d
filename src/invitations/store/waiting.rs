//! A shop's invitations that have not left: how many become due in which hour, and which come next.

use std::collections::BTreeMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::db::schema::invitations;
use crate::db::{self, Connection};
use crate::kernel::id::{OrderId, ShopId};
use crate::kernel::time::Timestamp;

/// How many become due in which hour since 1970.
///
/// # Errors
/// The database's.
pub fn waiting_by_hour(conn: &mut Connection, shop: ShopId) -> db::Result<BTreeMap<i64, i64>> {
    let hour = || sql::<BigInt>("due_at / 3600000");
    let rows: Vec<(i64, i64)> = invitations::table
        .filter(invitations::shop_id.eq(shop))
        .filter(invitations::sent_at.is_null())
        .filter(invitations::dropped_at.is_null())
        .group_by(hour())
        .select((hour(), sql::<BigInt>("count(*)")))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Which come next, of which orders, and when they are due.
///
/// # Errors
/// The database's.
pub fn waiting_next(conn: &mut Connection, shop: ShopId, limit: i64) -> db::Result<Vec<(OrderId, Timestamp)>> {
    Ok(invitations::table
        .filter(invitations::shop_id.eq(shop))
        .filter(invitations::sent_at.is_null())
        .filter(invitations::dropped_at.is_null())
        .order((invitations::due_at, invitations::id))
        .limit(limit)
        .select((invitations::order_id, invitations::due_at))
        .load(conn)?)
}
