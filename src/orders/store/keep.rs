//! What the intake's batch writes: one statement for each table on PostgreSQL, prepared single-row statements on SQLite.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Nullable, Text};

use super::SealedContact;
use crate::db::schema::{contacts, order_events, orders};
use crate::db::{self, Connection, column, prepared};
use crate::kernel::id::{EventId, OrderId, ShopId};
use crate::kernel::time::Timestamp;
use crate::orders::model::Order;
use crate::orders::reason::Reason;
use crate::sign::webhook::Scheme;

/// An event to be kept.
pub(crate) struct NewEvent<'a> {
    /// Whose event.
    pub(crate) shop: ShopId,
    /// Its webhook id.
    pub(crate) webhook_id: &'a str,
    /// `evt_...`
    pub(crate) id: EventId,
    /// The order it is about.
    pub(crate) order: Option<OrderId>,
    /// Its type.
    pub(crate) kind: &'a str,
    /// SHA-256 of its body.
    pub(crate) body_hash: &'a [u8; 32],
    /// When it happened, by the shop's clock.
    pub(crate) occurred_at: Timestamp,
    /// When it arrived.
    pub(crate) received_at: Timestamp,
    /// How it was signed.
    pub(crate) checked: Scheme,
    /// What is answered.
    pub(crate) answer: String,
}

/// An order to be kept, with its fold as text.
pub(in crate::orders) struct NewOrder<'a> {
    pub(in crate::orders) order: &'a Order,
    pub(in crate::orders) fold: String,
    pub(in crate::orders) known: bool,
}

/// A contact to be kept.
pub(in crate::orders) struct NewContact {
    pub(in crate::orders) shop: ShopId,
    pub(in crate::orders) order: OrderId,
    pub(in crate::orders) contact: SealedContact,
    /// Whether the order stood here before, perhaps with a contact.
    pub(in crate::orders) known: bool,
}

/// Keeps these events. None of them may have come before.
pub(in crate::orders) fn insert_events(tx: &mut Connection, events: &[NewEvent<'_>]) -> db::Result<()> {
    match tx {
        Connection::Pg(conn) => {
            prepared(
                "INSERT INTO order_events (shop_id, webhook_id, id, order_id, kind, body_hash, occurred_at, received_at, checked, answer) \
                 SELECT * FROM UNNEST(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )
            .bind::<Array<Binary>, _>(column(events, |event| event.shop.as_bytes().to_vec()))
            .bind::<Array<Text>, _>(column(events, |event| event.webhook_id))
            .bind::<Array<Binary>, _>(column(events, |event| event.id.as_bytes().to_vec()))
            .bind::<Array<Nullable<Binary>>, _>(column(events, |event| event.order.map(|id| id.as_bytes().to_vec())))
            .bind::<Array<Text>, _>(column(events, |event| event.kind))
            .bind::<Array<Binary>, _>(column(events, |event| event.body_hash.as_slice()))
            .bind::<Array<BigInt>, _>(column(events, |event| event.occurred_at.millis()))
            .bind::<Array<BigInt>, _>(column(events, |event| event.received_at.millis()))
            .bind::<Array<Text>, _>(column(events, |event| event.checked.as_str()))
            .bind::<Array<Text>, _>(column(events, |event| event.answer.as_str())).execute(conn)?;
        }
        Connection::Sqlite(conn) => {
            for event in events {
                insert_event(conn, event)?;
            }
        }
    }
    Ok(())
}

fn insert_event(conn: &mut SqliteConnection, event: &NewEvent<'_>) -> db::Result<()> {
    diesel::insert_into(order_events::table)
        .values((
            order_events::shop_id.eq(event.shop),
            order_events::webhook_id.eq(event.webhook_id),
            order_events::id.eq(event.id),
            order_events::order_id.eq(event.order),
            order_events::kind.eq(event.kind),
            order_events::body_hash.eq(event.body_hash.as_slice()),
            order_events::occurred_at.eq(event.occurred_at),
            order_events::received_at.eq(event.received_at),
            order_events::checked.eq(event.checked.as_str()),
            order_events::answer.eq(&event.answer),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps these orders, new and known ones.
pub(in crate::orders) fn save_orders(tx: &mut Connection, rows: &[NewOrder<'_>]) -> db::Result<()> {
    match tx {
        Connection::Pg(conn) => {
            prepared(
                "INSERT INTO orders (shop_id, id, number, test, state, reason, at, fold, eligible, invited, first_at, changed_at) \
                 SELECT * FROM UNNEST(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
                 ON CONFLICT (shop_id, number) DO UPDATE SET state = excluded.state, reason = excluded.reason, at = excluded.at, \
                 fold = excluded.fold, eligible = excluded.eligible, changed_at = excluded.changed_at",
            )
            .bind::<Array<Binary>, _>(column(rows, |row| row.order.shop.as_bytes().to_vec()))
            .bind::<Array<Binary>, _>(column(rows, |row| row.order.id.as_bytes().to_vec()))
            .bind::<Array<Text>, _>(column(rows, |row| row.order.number.as_str()))
            .bind::<Array<BigInt>, _>(column(rows, |row| i64::from(row.order.test)))
            .bind::<Array<Text>, _>(column(rows, |row| row.order.state.word()))
            .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.order.state.reason().map(Reason::code)))
            .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.order.state.at().map(Timestamp::millis)))
            .bind::<Array<Text>, _>(column(rows, |row| row.fold.as_str()))
            .bind::<Array<BigInt>, _>(column(rows, |row| i64::from(row.order.eligible)))
            .bind::<Array<BigInt>, _>(column(rows, |row| i64::from(row.order.invited)))
            .bind::<Array<BigInt>, _>(column(rows, |row| row.order.first_at.millis()))
            .bind::<Array<BigInt>, _>(column(rows, |row| row.order.changed_at.millis())).execute(conn)?;
        }
        Connection::Sqlite(conn) => {
            for row in rows {
                if row.known { update_order(conn, row)? } else { insert_order(conn, row)? }
            }
        }
    }
    Ok(())
}

fn insert_order(conn: &mut SqliteConnection, row: &NewOrder<'_>) -> db::Result<()> {
    let order = row.order;
    diesel::insert_into(orders::table)
        .values((
            orders::shop_id.eq(order.shop),
            orders::id.eq(order.id),
            orders::number.eq(order.number.as_str()),
            orders::test.eq(i64::from(order.test)),
            orders::state.eq(order.state.word()),
            orders::reason.eq(order.state.reason().map(Reason::code)),
            orders::at.eq(order.state.at()),
            orders::fold.eq(&row.fold),
            orders::eligible.eq(i64::from(order.eligible)),
            orders::invited.eq(i64::from(order.invited)),
            orders::first_at.eq(order.first_at),
            orders::changed_at.eq(order.changed_at),
        ))
        .execute(conn)?;
    Ok(())
}

fn update_order(conn: &mut SqliteConnection, row: &NewOrder<'_>) -> db::Result<()> {
    let order = row.order;
    diesel::update(
        orders::table.filter(orders::shop_id.eq(order.shop)).filter(orders::number.eq(order.number.as_str())),
    )
    .set((
        orders::state.eq(order.state.word()),
        orders::reason.eq(order.state.reason().map(Reason::code)),
        orders::at.eq(order.state.at()),
        orders::fold.eq(&row.fold),
        orders::eligible.eq(i64::from(order.eligible)),
        orders::changed_at.eq(order.changed_at),
    ))
    .execute(conn)?;
    Ok(())
}

/// Keeps these contacts, new and known ones.
pub(in crate::orders) fn save_contacts(tx: &mut Connection, rows: &[NewContact]) -> db::Result<()> {
    match tx {
        _ if rows.is_empty() => {}
        Connection::Pg(conn) => {
            prepared(
                "INSERT INTO contacts (shop_id, order_id, person, kid, sealed, purge_at, hash_check_at) \
                 SELECT * FROM UNNEST(?, ?, ?, ?, ?, ?, ?) \
                 ON CONFLICT (shop_id, order_id) DO UPDATE SET person = excluded.person, kid = excluded.kid, sealed = excluded.sealed, \
                 purge_at = excluded.purge_at, hash_check_at = excluded.hash_check_at",
            )
            .bind::<Array<Binary>, _>(column(rows, |row| row.shop.as_bytes().to_vec()))
            .bind::<Array<Binary>, _>(column(rows, |row| row.order.as_bytes().to_vec()))
            .bind::<Array<Nullable<Binary>>, _>(column(rows, |row| row.contact.person.map(|person| person.to_vec())))
            .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.contact.kid))
            .bind::<Array<Nullable<Binary>>, _>(column(rows, |row| row.contact.sealed.as_deref()))
            .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.contact.purge_at.map(Timestamp::millis)))
            .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.contact.hash_check_at().map(Timestamp::millis))).execute(conn)?;
        }
        Connection::Sqlite(conn) => {
            for row in rows {
                save_contact(conn, row)?;
            }
        }
    }
    Ok(())
}

fn save_contact(conn: &mut SqliteConnection, row: &NewContact) -> db::Result<()> {
    let values = (
        contacts::person.eq(row.contact.person.map(|person| person.to_vec())),
        contacts::kid.eq(row.contact.kid),
        contacts::sealed.eq(row.contact.sealed.as_deref()),
        contacts::purge_at.eq(row.contact.purge_at),
        contacts::hash_check_at.eq(row.contact.hash_check_at()),
    );
    let insert = diesel::insert_into(contacts::table).values((
        contacts::shop_id.eq(row.shop),
        contacts::order_id.eq(row.order),
        values.clone(),
    ));
    // Only the plain insert is kept prepared between events: diesel caches no update.
    if row.known {
        insert.on_conflict((contacts::shop_id, contacts::order_id)).do_update().set(values).execute(conn)?;
    } else {
        insert.execute(conn)?;
    }
    Ok(())
}
