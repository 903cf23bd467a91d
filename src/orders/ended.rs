//! Orders of shops that left: what was bought, the shop's number and the timeline go, and whose order it was with them. What stays is that
//! there was an order and how it ended, so that the public numbers stay true. The room does not know which orders a review rests on: who
//! calls it does.

use super::model::Actor;
use super::reason::Reason;
use super::state::State;
use super::store::ended as store;
use super::store::find;
use super::store::moved::{Move, move_to};
use crate::db::{self, Connection};
use crate::kernel::id::{OrderId, ShopId};
use crate::kernel::time::Timestamp;

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

/// Lets go of these orders; one that still waits for its invitation ends. Returns those that still said something.
///
/// # Errors
/// The database's; nothing of the write is stored.
pub(crate) fn let_go(tx: &mut Connection, shop: ShopId, of: &[OrderId], now: Timestamp) -> db::Result<Vec<OrderId>> {
    let saying = store::saying(tx, shop, of)?;
    for order in &saying {
        let state = find(tx, shop, *order)?.map(|order| order.state);
        if let Some(State::Waiting(_) | State::Scheduled(_) | State::Held(_)) = state {
            let how = Move { actor: Actor::Attesta, at: now, note: None };
            move_to(tx, shop, *order, State::Skipped(Reason::ShopClosed), &how)?;
        }
        store::empty(tx, shop, *order)?;
    }
    Ok(saying)
}
