//! Queries on orders of shops that left.

use diesel::prelude::*;

use crate::db::schema::{contacts, order_events, order_moves, orders};
use crate::db::{self, Connection};
use crate::kernel::id::{OrderId, ShopId};

/// The fold of an order that says nothing any more; no fold that was ever written looks so.
const NOTHING: &str = "{}";

/// Orders that still say something and were not reviewed.
pub(in crate::orders) fn standing(
    conn: &mut Connection,
    shop: ShopId,
    after: Option<OrderId>,
    limit: i64,
) -> db::Result<Vec<OrderId>> {
    let mut query = orders::table
        .filter(orders::shop_id.eq(shop))
        .filter(orders::state.ne("reviewed"))
        .filter(orders::fold.ne(NOTHING))
        .order(orders::id)
        .limit(limit)
        .select(orders::id)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(orders::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Those among these that still say something, sorted as everybody else writes orders.
pub(in crate::orders) fn saying(tx: &mut Connection, shop: ShopId, of: &[OrderId]) -> db::Result<Vec<OrderId>> {
    let rows = orders::table
        .filter(orders::shop_id.eq(shop))
        .filter(orders::id.eq_any(of))
        .filter(orders::fold.ne(NOTHING))
        .order((orders::shop_id, orders::number))
        .select(orders::id);
    Ok(match tx {
        Connection::Pg(conn) => rows.for_update().load(conn)?,
        Connection::Sqlite(conn) => rows.load(conn)?,
    })
}

/// Takes out of an order what it says: its own id stands for its number.
pub(in crate::orders) fn empty(tx: &mut Connection, shop: ShopId, order: OrderId) -> db::Result<()> {
    let contact = contacts::table.filter(contacts::shop_id.eq(shop)).filter(contacts::order_id.eq(order));
    diesel::delete(contact).execute(tx)?;
    let events = order_events::table.filter(order_events::shop_id.eq(shop)).filter(order_events::order_id.eq(order));
    diesel::delete(events).execute(tx)?;
    let moves = order_moves::table.filter(order_moves::shop_id.eq(shop)).filter(order_moves::order_id.eq(order));
    diesel::delete(moves).execute(tx)?;
    let row = orders::table.filter(orders::shop_id.eq(shop)).filter(orders::id.eq(order));
    diesel::update(row).set((orders::number.eq(order.to_string()), orders::fold.eq(NOTHING))).execute(tx)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::orders::fold::Fold;

    #[test]
    fn nothing_is_a_fold_and_no_other_looks_like_it() {
        assert_eq!(serde_json::from_str::<Fold>(super::NOTHING).unwrap(), Fold::default());
        assert_ne!(serde_json::to_string(&Fold::default()).unwrap(), super::NOTHING);
    }
}
