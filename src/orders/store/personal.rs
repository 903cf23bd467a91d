//! Queries on what names somebody: contacts and the marks of erasure.

use diesel::prelude::*;

use super::{AT_ONCE, Row, Sealed, SealedContact};
use crate::db::schema::{contacts, erased_people, order_events, orders};
use crate::db::{self, Connection, each};
use crate::kernel::id::{OrderId, ShopId};
use crate::kernel::time::Timestamp;
use crate::keyring::{self, PersonHash};
use crate::orders::model::Order;

/// A person's orders with what is sealed of them, in one shop or in all, sorted by shop and number.
pub(in crate::orders) fn of_person(
    conn: &mut Connection,
    shop: Option<ShopId>,
    person: &PersonHash,
) -> db::Result<Vec<(Order, SealedContact)>> {
    let joined = orders::table
        .inner_join(contacts::table.on(contacts::shop_id.eq(orders::shop_id).and(contacts::order_id.eq(orders::id))));
    let mut query = joined
        .filter(contacts::person.eq(person.to_vec()))
        .order((orders::shop_id, orders::number))
        .select((orders::all_columns, (contacts::person, contacts::kid, contacts::sealed, contacts::purge_at)))
        .into_boxed();
    if let Some(shop) = shop {
        query = query.filter(contacts::shop_id.eq(shop));
    }
    let rows: Vec<(Row, Sealed)> = query.load(conn)?;
    rows.into_iter().map(|(row, sealed)| Ok((row.order()?, sealed.into()))).collect()
}

/// Locks a person's orders in one shop until the end of the transaction, sorted as the intake's batches lock them.
pub(in crate::orders) fn lock_orders_of(tx: &mut Connection, shop: ShopId, person: &PersonHash) -> db::Result<()> {
    if let Connection::Pg(conn) = tx {
        let theirs = contacts::table.filter(contacts::shop_id.eq(shop)).filter(contacts::person.eq(person.to_vec()));
        orders::table
            .filter(orders::shop_id.eq(shop))
            .filter(orders::id.eq_any(theirs.select(contacts::order_id)))
            .order((orders::shop_id, orders::number))
            .select(orders::id)
            .for_update()
            .load::<OrderId>(conn)?;
    }
    Ok(())
}

/// One order, held until the end of the transaction.
pub(in crate::orders) fn hold(tx: &mut Connection, shop: ShopId, order: OrderId) -> db::Result<Option<Order>> {
    let one = orders::table.filter(orders::shop_id.eq(shop)).filter(orders::id.eq(order));
    let row: Option<Row> = match tx {
        Connection::Pg(conn) => one.for_update().first(conn).optional()?,
        Connection::Sqlite(conn) => one.first(conn).optional()?,
    };
    row.map(Row::order).transpose()
}

/// Raises the mark of erasure of a person.
pub(in crate::orders) fn mark_erased(
    tx: &mut Connection,
    shop: ShopId,
    person: &PersonHash,
    at: Timestamp,
) -> db::Result<()> {
    each!(tx, |c| {
        diesel::insert_into(erased_people::table)
            .values((
                erased_people::shop_id.eq(shop),
                erased_people::person.eq(person.to_vec()),
                erased_people::at.eq(at),
            ))
            .on_conflict_do_nothing()
            .execute(c)?
    });
    let older = erased_people::table
        .filter(erased_people::shop_id.eq(shop))
        .filter(erased_people::person.eq(person.to_vec()))
        .filter(erased_people::at.lt(at));
    diesel::update(older).set(erased_people::at.eq(at)).execute(tx)?;
    Ok(())
}

/// Writes what the fold of an order became, without moving it.
pub(in crate::orders) fn save_fold(tx: &mut Connection, order: &Order, fold: &str) -> db::Result<()> {
    diesel::update(orders::table.filter(orders::shop_id.eq(order.shop)).filter(orders::id.eq(order.id)))
        .set((orders::fold.eq(fold), orders::changed_at.eq(order.changed_at)))
        .execute(tx)?;
    Ok(())
}

/// Drops what is sealed of an order's person; the hash stays, so that a later erasure finds the order again.
pub(in crate::orders) fn drop_sealed(tx: &mut Connection, shop: ShopId, order: OrderId) -> db::Result<()> {
    diesel::update(contacts::table.filter(contacts::shop_id.eq(shop)).filter(contacts::order_id.eq(order)))
        .set((
            contacts::sealed.eq(None::<Vec<u8>>),
            contacts::kid.eq(None::<i64>),
            contacts::purge_at.eq(None::<Timestamp>),
            contacts::hash_check_at.eq(Some(AT_ONCE)),
        ))
        .execute(tx)?;
    Ok(())
}

/// Drops what is sealed of up to `limit` orders whose time is over. Returns how many there were.
pub(in crate::orders) fn purge(tx: &mut Connection, now: Timestamp, limit: i64) -> db::Result<usize> {
    let mut due: Vec<(ShopId, OrderId)> = contacts::table
        .filter(contacts::sealed.is_not_null())
        .filter(contacts::purge_at.le(now))
        .order(contacts::purge_at)
        .limit(limit)
        .select((contacts::shop_id, contacts::order_id))
        .load(tx)?;
    // As everybody else writes contacts: by their keys.
    due.sort_unstable();
    for (shop, order) in &due {
        drop_sealed(tx, *shop, *order)?;
    }
    Ok(due.len())
}

/// Contacts that are sealed with a key older than `kid`, at most `limit`. Never a newer one: this process may not know it yet.
pub(in crate::orders) fn sealed_before(
    conn: &mut Connection,
    kid: i64,
    limit: i64,
) -> db::Result<Vec<(ShopId, OrderId, SealedContact)>> {
    let rows: Vec<(ShopId, OrderId, Sealed)> = contacts::table
        .filter(contacts::sealed.is_not_null())
        .filter(contacts::kid.lt(kid))
        .limit(limit)
        .select((
            contacts::shop_id,
            contacts::order_id,
            (contacts::person, contacts::kid, contacts::sealed, contacts::purge_at),
        ))
        .load(conn)?;
    Ok(rows.into_iter().map(|(shop, order, sealed)| (shop, order, sealed.into())).collect())
}

/// Puts a newly sealed contact in the place of the old one, unless that changed meanwhile.
pub(in crate::orders) fn reseal(
    tx: &mut Connection,
    shop: ShopId,
    order: OrderId,
    old: &SealedContact,
    new: &keyring::Sealed,
) -> db::Result<()> {
    let row = contacts::table
        .filter(contacts::shop_id.eq(shop))
        .filter(contacts::order_id.eq(order))
        .filter(contacts::sealed.eq(old.sealed.clone()));
    diesel::update(row)
        .set((contacts::kid.eq(Some(new.kid)), contacts::sealed.eq(Some(new.bytes.clone()))))
        .execute(tx)?;
    Ok(())
}

/// Forgets the webhook ids of events received before `before`, at most `limit`; from then on the order's number protects.
/// The newest lines of a timeline go with them.
pub(in crate::orders) fn purge_events(tx: &mut Connection, before: Timestamp, limit: i64) -> db::Result<usize> {
    let old: Vec<(ShopId, String)> = order_events::table
        .filter(order_events::received_at.lt(before))
        .order(order_events::received_at)
        .limit(limit)
        .select((order_events::shop_id, order_events::webhook_id))
        .load(tx)?;
    for (shop, webhook_id) in &old {
        diesel::delete(
            order_events::table.filter(order_events::shop_id.eq(shop)).filter(order_events::webhook_id.eq(webhook_id)),
        )
        .execute(tx)?;
    }
    Ok(old.len())
}
