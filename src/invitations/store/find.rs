//! Invitations by their keys, one or many.

use diesel::prelude::*;

use super::Row;
use crate::db::schema::invitations;
use crate::db::{self, Connection, each};
use crate::invitations::model::Invitation;
use crate::kernel::id::{InvitationId, OrderId, ShopId};

/// The invitation about one order of this shop.
pub(crate) fn of_order(conn: &mut Connection, shop: ShopId, order: OrderId) -> db::Result<Option<Invitation>> {
    let row: Option<Row> = invitations::table
        .filter(invitations::shop_id.eq(shop))
        .filter(invitations::order_id.eq(order))
        .first(conn)
        .optional()?;
    row.map(Row::invitation).transpose()
}

/// The same, held until the end of the transaction: on PostgreSQL whoever else wants to change it waits.
pub(crate) fn hold(tx: &mut Connection, id: InvitationId) -> db::Result<Option<Invitation>> {
    match tx {
        Connection::Pg(pg) => {
            let row: Option<Row> =
                invitations::table.filter(invitations::id.eq(id)).for_update().first(pg).optional()?;
            row.map(Row::invitation).transpose()
        }
        Connection::Sqlite(_) => by_id(tx, id),
    }
}

/// [`hold`] for many, sorted; those that are gone are left out.
pub(crate) fn hold_all(tx: &mut Connection, ids: &[InvitationId]) -> db::Result<Vec<Invitation>> {
    let Connection::Pg(pg) = tx else {
        return ids.iter().filter_map(|id| by_id(tx, *id).transpose()).collect();
    };
    let named = invitations::table.filter(invitations::id.eq_any(ids)).order(invitations::id);
    let rows: Vec<Row> = named.for_update().load(pg)?;
    rows.into_iter().map(Row::invitation).collect()
}

/// [`by_id`] for many; those that are gone are left out.
pub(crate) fn by_ids(conn: &mut Connection, ids: &[InvitationId]) -> db::Result<Vec<Invitation>> {
    let Connection::Pg(pg) = conn else {
        return ids.iter().filter_map(|id| by_id(conn, *id).transpose()).collect();
    };
    let rows: Vec<Row> = invitations::table.filter(invitations::id.eq_any(ids)).load(pg)?;
    rows.into_iter().map(Row::invitation).collect()
}

/// The invitation that a link or a job names; the row says whose it is.
pub(crate) fn by_id(conn: &mut Connection, id: InvitationId) -> db::Result<Option<Invitation>> {
    let row: Option<Row> = each!(conn, |c| invitations::table.filter(invitations::id.eq(id)).first(c).optional()?);
    row.map(Row::invitation).transpose()
}

/// The invitations about these orders, as far as there are any.
pub(crate) fn of_orders(conn: &mut Connection, keys: &[(ShopId, OrderId)]) -> db::Result<Vec<Invitation>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    match conn {
        Connection::Pg(pg) => {
            let (shops, orders): (Vec<ShopId>, Vec<OrderId>) = keys.iter().copied().unzip();
            let named = invitations::table
                .filter(invitations::shop_id.eq_any(shops))
                .filter(invitations::order_id.eq_any(orders));
            let rows: Vec<Row> = named.load(pg)?;
            rows.into_iter().map(Row::invitation).collect()
        }
        Connection::Sqlite(_) => {
            let mut found = Vec::new();
            for (shop, order) in keys {
                found.extend(of_order(conn, *shop, *order)?);
            }
            Ok(found)
        }
    }
}
