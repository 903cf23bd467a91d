//! What a shop's hand may be laid on: an invitation that is still to be sent, found by its order.
//!
//! Shared ground of [`cancel`](mod@super::cancel), [`postpone`](mod@super::postpone) and [`send_now`](mod@super::send_now). A shop may
//! delay or drop a question; it can never bring one back that was refused, and each time its hand was in is counted and
//! told on its profile.

use super::model::{INVITATION, Invitation};
use super::store::{self, HandCounts};
use crate::db::{self, Connection};
use crate::jobs::{self, Subject};
use crate::kernel::id::{OrderId, ShopId};
use crate::kernel::time::Timestamp;
use crate::orders::{self, Order, State};

/// How a shop's wish about an invitation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handled {
    /// As wished; where the order stands now.
    Done(State),
    /// This shop has no such order.
    NoOrder,
    /// The mail has left.
    AlreadySent,
    /// Nothing is to be sent: the order waits for its trigger.
    NotPlanned(State),
    /// Nothing will be sent for this order any more.
    Final(State),
    /// More than may be postponed in all; this many milliseconds are left.
    Limit {
        /// What is left, in ms.
        left_ms: i64,
    },
    /// That is no postponement: it is due at this time, or now.
    NotLater(Timestamp),
    /// The time to submit a review would be over by then.
    PastWindow(Timestamp),
}

/// An order with what is planned for it, or why nothing can be done. A mail that is being sent ends first: its result is
/// waited for, so that nobody withdraws what has left.
pub(super) fn pending(
    tx: &mut Connection,
    shop: ShopId,
    order: OrderId,
) -> db::Result<Result<(Order, Invitation), Handled>> {
    if let Some(row) = store::of_order(tx, shop, order)? {
        jobs::hold(tx, INVITATION, Subject::from(row.id))?;
        store::hold(tx, row.id)?;
    }
    let Some(order) = orders::find(tx, shop, order)? else { return Ok(Err(Handled::NoOrder)) };
    let row = store::of_order(tx, shop, order.id)?;
    Ok(match (order.state, row) {
        (state, _) if state.is_out() => Err(Handled::AlreadySent),
        (_, Some(row)) if row.sent_at.is_some() => Err(Handled::AlreadySent),
        (_, Some(row)) if row.is_pending() => Ok((order, row)),
        (state @ State::Waiting(_), _) => Err(Handled::NotPlanned(state)),
        (state, _) => Err(Handled::Final(state)),
    })
}

/// Counts the shop's interventions, for its profile. Those in test orders are nobody's business.
///
/// # Errors
/// The database's.
pub fn hand_counts(conn: &mut Connection, shop: ShopId) -> db::Result<HandCounts> {
    let nameless = store::nameless_hands(conn, shop)?;
    let orders: Vec<OrderId> = nameless.iter().map(|(order, _)| *order).collect();
    let tests = orders::tests_among(conn, shop, &orders)?;
    let real = nameless.into_iter().filter(|(order, _)| !tests.contains(order)).map(|(_, counts)| counts);
    Ok(real.fold(store::named_hands(conn, shop)?, HandCounts::plus))
}
