//! What the intake's batch reads: on PostgreSQL a bounded number of statements whatever the size of the batch, on SQLite
//! prepared single-row statements, which cost no round trip there.
//!
//! [`lock`] comes first: it takes orders and webhook ids in one order on every node, so that two batches that meet wait for
//! each other instead of failing.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Text};

use super::{Row, Sealed, SealedContact, sealed_contact};
use crate::db::schema::{contacts, erased_people, order_events, orders};
use crate::db::{self, Connection, prepared};
use crate::kernel::id::{OrderId, ShopId};
use crate::kernel::time::Timestamp;
use crate::keyring::PersonHash;
use crate::orders::model::Order;

/// Rows whose key, a shop and something else, is among `$keys`; only for PostgreSQL.
macro_rules! among {
    ($columns:literal, $type:ty, $keys:expr, $value:expr) => {{
        let (shops, values): (Vec<Vec<u8>>, Vec<_>) =
            $keys.iter().map(|(shop, value)| (shop.as_bytes().to_vec(), ($value)(value))).unzip();
        diesel::dsl::sql::<Bool>(concat!($columns, " IN (SELECT * FROM UNNEST("))
            .bind::<Array<Binary>, _>(shops)
            .sql(", ")
            .bind::<Array<$type>, _>(values)
            .sql("))")
    }};
}

/// An event as it was answered.
pub(in crate::orders) struct Answered {
    pub(in crate::orders) shop: ShopId,
    pub(in crate::orders) webhook_id: String,
    pub(in crate::orders) body_hash: Vec<u8>,
    pub(in crate::orders) answer: String,
}

/// Waits until no other node works on these keys; they are given back with the transaction. SQLite has one writer anyway.
pub(in crate::orders) fn lock(tx: &mut Connection, mut keys: Vec<i64>) -> db::Result<()> {
    if let Connection::Pg(conn) = tx {
        keys.sort_unstable();
        keys.dedup();
        prepared("SELECT count(pg_advisory_xact_lock(k)) FROM unnest(?) AS k")
            .bind::<Array<BigInt>, _>(keys)
            .execute(conn)?;
    }
    Ok(())
}

/// The answers to those of these webhook ids that came before.
pub(in crate::orders) fn answered(conn: &mut Connection, keys: &[(ShopId, &str)]) -> db::Result<Vec<Answered>> {
    let columns = (order_events::shop_id, order_events::webhook_id, order_events::body_hash, order_events::answer);
    let mut rows: Vec<(ShopId, String, Vec<u8>, String)> = Vec::new();
    match conn {
        Connection::Pg(conn) => {
            let among = among!("(shop_id, webhook_id)", Text, keys, |id: &&str| (*id).to_owned());
            rows = order_events::table.select(columns).filter(among).load(conn)?;
        }
        Connection::Sqlite(conn) => {
            for (shop, id) in keys {
                let row =
                    order_events::table.filter(order_events::shop_id.eq(shop)).filter(order_events::webhook_id.eq(id));
                rows.extend(row.select(columns).first(conn).optional()?);
            }
        }
    }
    Ok(rows
        .into_iter()
        .map(|(shop, webhook_id, body_hash, answer)| Answered { shop, webhook_id, body_hash, answer })
        .collect())
}

/// Those of these orders that are there, locked, with their sealed contacts.
pub(in crate::orders) fn load(tx: &mut Connection, keys: &[(ShopId, &str)]) -> db::Result<Vec<(Order, SealedContact)>> {
    match tx {
        Connection::Pg(conn) => load_at_once(conn, keys),
        Connection::Sqlite(conn) => {
            keys.iter().filter_map(|(shop, number)| load_one(conn, *shop, number).transpose()).collect()
        }
    }
}

fn load_one(conn: &mut SqliteConnection, shop: ShopId, number: &str) -> db::Result<Option<(Order, SealedContact)>> {
    let joined = orders::table
        .left_join(contacts::table.on(contacts::shop_id.eq(orders::shop_id).and(contacts::order_id.eq(orders::id))));
    let row: Option<(Row, Option<Sealed>)> = joined
        .filter(orders::shop_id.eq(shop))
        .filter(orders::number.eq(number))
        .select((
            orders::all_columns,
            (contacts::person, contacts::kid, contacts::sealed, contacts::purge_at).nullable(),
        ))
        .first(conn)
        .optional()?;
    row.map(|(row, sealed)| Ok((row.order()?, sealed.map(SealedContact::from).unwrap_or_default()))).transpose()
}

fn load_at_once(conn: &mut PgConnection, keys: &[(ShopId, &str)]) -> db::Result<Vec<(Order, SealedContact)>> {
    let numbered = orders::table
        .filter(among!("(shop_id, number)", Text, keys, |number: &&str| (*number).to_owned()))
        .order((orders::shop_id, orders::number));
    let rows: Vec<Row> = numbered.for_update().load(conn)?;
    let orders = rows.into_iter().map(Row::order).collect::<db::Result<Vec<Order>>>()?;
    if orders.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<(ShopId, OrderId)> = orders.iter().map(|order| (order.shop, order.id)).collect();
    let mut sealed = sealed_at_once(conn, &ids)?;
    Ok(orders
        .into_iter()
        .map(|order| {
            let sealed = sealed.remove(&(order.shop, order.id));
            (order, sealed.unwrap_or_default())
        })
        .collect())
}

/// What is sealed of these orders' people.
type SealedContacts = HashMap<(ShopId, OrderId), SealedContact>;

/// What is sealed of these orders' people, as far as anything is.
pub(in crate::orders) fn sealed_contacts(
    conn: &mut Connection,
    ids: &[(ShopId, OrderId)],
) -> db::Result<SealedContacts> {
    match conn {
        Connection::Pg(conn) => sealed_at_once(conn, ids),
        Connection::Sqlite(_) => {
            let one = |(shop, order): &(ShopId, OrderId)| {
                let found = sealed_contact(conn, *shop, *order).transpose()?;
                Some(found.map(|sealed| ((*shop, *order), sealed)))
            };
            ids.iter().filter_map(one).collect()
        }
    }
}

fn sealed_at_once(conn: &mut PgConnection, ids: &[(ShopId, OrderId)]) -> db::Result<SealedContacts> {
    let sealed = contacts::table
        .filter(among!("(shop_id, order_id)", Binary, ids, |id: &OrderId| id.as_bytes().to_vec()))
        .select((
            contacts::shop_id,
            contacts::order_id,
            (contacts::person, contacts::kid, contacts::sealed, contacts::purge_at),
        ));
    let sealed: Vec<(ShopId, OrderId, Sealed)> = sealed.load(conn)?;
    Ok(sealed.into_iter().map(|(shop, order, row)| ((shop, order), row.into())).collect())
}

/// When those of these people who did asked to be erased.
pub(in crate::orders) fn erased(
    conn: &mut Connection,
    keys: &[(ShopId, PersonHash)],
) -> db::Result<Vec<(ShopId, PersonHash, Timestamp)>> {
    let columns = (erased_people::shop_id, erased_people::person, erased_people::at);
    let mut rows: Vec<(ShopId, Vec<u8>, Timestamp)> = Vec::new();
    match conn {
        _ if keys.is_empty() => {}
        Connection::Pg(conn) => {
            let people: Vec<Vec<u8>> = keys.iter().map(|(_, person)| person.to_vec()).collect();
            let shops: Vec<ShopId> = keys.iter().map(|(shop, _)| *shop).collect();
            let named = erased_people::table
                .select(columns)
                .filter(erased_people::shop_id.eq_any(shops))
                .filter(erased_people::person.eq_any(people));
            rows = named.load(conn)?;
        }
        Connection::Sqlite(conn) => {
            for (shop, person) in keys {
                let row = erased_people::table
                    .filter(erased_people::shop_id.eq(shop))
                    .filter(erased_people::person.eq(person.as_slice()));
                rows.extend(row.select(columns).first(conn).optional()?);
            }
        }
    }
    Ok(rows.into_iter().filter_map(|(shop, person, at)| Some((shop, person.try_into().ok()?, at))).collect())
}
