//! Queries on the hashes of people: where they stand, which of them may be needed no more, and how they go.

use diesel::prelude::*;

use crate::db::schema::{contacts, erased_people};
use crate::db::{self, Connection};
use crate::kernel::id::{OrderId, ShopId};
use crate::kernel::time::Timestamp;
use crate::keyring::PersonHash;

/// The orders of a person, in one shop or in all, sorted.
pub(in crate::orders) fn orders_of(
    conn: &mut Connection,
    shop: Option<ShopId>,
    person: &PersonHash,
) -> db::Result<Vec<(ShopId, OrderId)>> {
    let mut query = contacts::table
        .filter(contacts::person.eq(person.to_vec()))
        .order((contacts::shop_id, contacts::order_id))
        .select((contacts::shop_id, contacts::order_id))
        .into_boxed();
    if let Some(shop) = shop {
        query = query.filter(contacts::shop_id.eq(shop));
    }
    Ok(query.load(conn)?)
}

/// Hashes that nothing sealed stands beside and that are to be looked at by `now`, at most `limit`.
pub(in crate::orders) fn due(conn: &mut Connection, now: Timestamp, limit: i64) -> db::Result<Vec<(ShopId, OrderId)>> {
    let mut due: Vec<(ShopId, OrderId)> = contacts::table
        .filter(contacts::hash_check_at.le(now))
        .filter(contacts::sealed.is_null())
        .order(contacts::hash_check_at)
        .limit(limit)
        .select((contacts::shop_id, contacts::order_id))
        .load(conn)?;
    due.sort_unstable();
    Ok(due)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn row(shop: ShopId, order: OrderId) -> _ {
    contacts::table.filter(contacts::shop_id.eq(shop)).filter(contacts::order_id.eq(order))
}

/// Looks at a hash again at `at`.
pub(in crate::orders) fn look_again(
    tx: &mut Connection,
    shop: ShopId,
    order: OrderId,
    at: Timestamp,
) -> db::Result<()> {
    let waiting = row(shop, order).filter(contacts::sealed.is_null());
    diesel::update(waiting).set(contacts::hash_check_at.eq(Some(at))).execute(tx)?;
    Ok(())
}

/// Takes the hash off an order, unless an address came beside it.
pub(in crate::orders) fn drop_hash(tx: &mut Connection, shop: ShopId, order: OrderId) -> db::Result<()> {
    let bare = row(shop, order).filter(contacts::sealed.is_null());
    let gone = (contacts::person.eq(None::<Vec<u8>>), contacts::hash_check_at.eq(None::<Timestamp>));
    diesel::update(bare).set(gone).execute(tx)?;
    Ok(())
}

/// How many contacts are sealed with a key older than `kid`.
pub(in crate::orders) fn count_sealed_before(conn: &mut Connection, kid: i64) -> db::Result<i64> {
    let old = contacts::table.filter(contacts::sealed.is_not_null()).filter(contacts::kid.lt(kid));
    Ok(old.count().get_result(conn)?)
}

/// Where and when a person asked to be erased.
pub(in crate::orders) fn marks_of(
    conn: &mut Connection,
    shop: Option<ShopId>,
    person: &PersonHash,
) -> db::Result<Vec<(ShopId, Timestamp)>> {
    let mut query = erased_people::table
        .filter(erased_people::person.eq(person.to_vec()))
        .order(erased_people::shop_id)
        .select((erased_people::shop_id, erased_people::at))
        .into_boxed();
    if let Some(shop) = shop {
        query = query.filter(erased_people::shop_id.eq(shop));
    }
    Ok(query.load(conn)?)
}
