//! Orders of shops that left: what was bought, the shop's number and the timeline go, and whose order it was with them. What stays is that
//! there was an order and how it ended, so that the public numbers stay true. The room does not know which orders a review rests on: who
//! calls it does.

use super::store::ended as store;
use crate::db::{self, Connection};
use crate::kernel::id::{OrderId, ShopId};

/// The next orders of a shop that still say something and were not reviewed, after one of them, by their ids.
///
/// # Errors
/// The database's.
pub(crate) fn standing(
    conn: &mut Connection,
    shop: ShopId,
    after: Option<OrderId>,
    limit: i64,
) -> db::Result<Vec<OrderId>> {
    store::standing(conn, shop, after, limit)
}

/// Lets go of these orders. Returns how many of them still said something.
///
/// # Errors
/// The database's; nothing of the write is stored.
pub(crate) fn let_go(tx: &mut Connection, shop: ShopId, of: &[OrderId]) -> db::Result<usize> {
    let mut gone = 0;
    for order in store::saying(tx, shop, of)? {
        store::empty(tx, shop, order)?;
        gone += 1;
    }
    Ok(gone)
}
