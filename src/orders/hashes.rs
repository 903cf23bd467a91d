//! How long the keyed hash of a person stays beside an order, once name and address are gone.
//!
//! It is what an unsubscription, an erasure and the person's own page find the order by. Whether it is still needed depends on
//! links and reviews, which later rooms know: they look at what is [`due`] and say [`look_again`] or [`drop_hash`].

use super::store::hashes as store;
use crate::db::{self, Connection};
use crate::kernel::id::{OrderId, ShopId};
use crate::kernel::time::Timestamp;
use crate::keyring::PersonHash;

/// Orders whose hash may no longer be needed, at most `limit`, sorted.
///
/// # Errors
/// The database's.
pub(crate) fn due(conn: &mut Connection, now: Timestamp, limit: i64) -> db::Result<Vec<(ShopId, OrderId)>> {
    store::due(conn, now, limit)
}

/// It is needed until `at` at least.
///
/// # Errors
/// The database's.
pub(crate) fn look_again(tx: &mut Connection, shop: ShopId, order: OrderId, at: Timestamp) -> db::Result<()> {
    store::look_again(tx, shop, order, at)
}

/// Nobody needs it any more.
///
/// # Errors
/// The database's.
pub(crate) fn drop_hash(tx: &mut Connection, shop: ShopId, order: OrderId) -> db::Result<()> {
    store::drop_hash(tx, shop, order)
}

/// The orders of a person, in one shop or in all, sorted.
///
/// # Errors
/// The database's.
pub(crate) fn orders_of(
    conn: &mut Connection,
    shop: Option<ShopId>,
    person: &PersonHash,
) -> db::Result<Vec<(ShopId, OrderId)>> {
    store::orders_of(conn, shop, person)
}

/// Where and when a person asked to be erased, in one shop or in all.
///
/// # Errors
/// The database's.
pub(crate) fn marks_of(
    conn: &mut Connection,
    shop: Option<ShopId>,
    person: &PersonHash,
) -> db::Result<Vec<(ShopId, Timestamp)>> {
    store::marks_of(conn, shop, person)
}
