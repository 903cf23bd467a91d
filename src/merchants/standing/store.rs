//! Every query about since when shops are closed.

use diesel::prelude::*;

use crate::db::schema::closed_shops;
use crate::db::{self, Connection, each};
use crate::kernel::id::ShopId;
use crate::kernel::time::Timestamp;

/// A shop that is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Which.
    pub shop: ShopId,
    /// When all was let go that stood there when its time was over; `None`: it still stands.
    pub let_go_at: Option<Timestamp>,
}

/// Notes since when a shop is closed; the first time counts.
pub(super) fn note_closed(tx: &mut Connection, shop: ShopId, at: Timestamp) -> db::Result<()> {
    let row = (closed_shops::shop_id.eq(shop), closed_shops::at.eq(at));
    each!(tx, |c| diesel::insert_into(closed_shops::table).values(row).on_conflict_do_nothing().execute(c)?);
    Ok(())
}

/// The shop is not closed any more.
pub(super) fn forget_closed(tx: &mut Connection, shop: ShopId) -> db::Result<()> {
    diesel::delete(closed_shops::table.filter(closed_shops::shop_id.eq(shop))).execute(tx)?;
    Ok(())
}

/// The shops that were closed before a moment and still are.
///
/// # Errors
/// The database's.
pub fn closed_before(conn: &mut Connection, before: Timestamp) -> db::Result<Vec<Closed>> {
    let rows: Vec<(ShopId, Option<Timestamp>)> = closed_shops::table
        .filter(closed_shops::at.lt(before))
        .order(closed_shops::shop_id)
        .select((closed_shops::shop_id, closed_shops::let_go_at))
        .load(conn)?;
    Ok(rows.into_iter().map(|(shop, let_go_at)| Closed { shop, let_go_at }).collect())
}

/// Whether this shop is one of them, asked again in the write that lets go.
///
/// # Errors
/// The database's.
pub fn is_closed_before(tx: &mut Connection, shop: ShopId, before: Timestamp) -> db::Result<bool> {
    let row = closed_shops::table.filter(closed_shops::shop_id.eq(shop)).filter(closed_shops::at.lt(before));
    let row = row.select(closed_shops::shop_id);
    // Whoever takes the shop back waits until this is over.
    let found: Option<ShopId> = match tx {
        Connection::Pg(conn) => row.for_update().first(conn).optional()?,
        Connection::Sqlite(conn) => row.first(conn).optional()?,
    };
    Ok(found.is_some())
}

/// Notes that all is gone that stood there.
///
/// # Errors
/// The database's.
pub fn note_let_go(tx: &mut Connection, shop: ShopId, at: Timestamp) -> db::Result<()> {
    let row = closed_shops::table.filter(closed_shops::shop_id.eq(shop));
    diesel::update(row).set(closed_shops::let_go_at.eq(Some(at))).execute(tx)?;
    Ok(())
}
