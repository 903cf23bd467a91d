//! Queries about one order and its contact. Those about many are beside: [`fetch`] and [`keep`] for the intake's batch,
//! [`list`] for people who look, [`personal`] for what names somebody.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Nullable};

use super::fold::Fold;
use super::model::{Facts, Order};
use super::state::State;
use crate::db::schema::{contacts, orders};
use crate::db::{self, Connection, column, each, prepared};
use crate::kernel::id::{OrderId, ShopId};
use crate::kernel::order_number::OrderNumber;
use crate::kernel::time::Timestamp;
use crate::keyring::PersonHash;

pub(super) mod census;
pub(super) mod dirt;
pub(super) mod ended;
pub(super) mod fetch;
pub(super) mod hashes;
pub(super) mod keep;
pub(super) mod list;
pub(super) mod moved;
pub(super) mod personal;
pub(super) mod recent;

/// A row of `orders`.
#[derive(Queryable)]
pub(super) struct Row {
    shop_id: ShopId,
    id: OrderId,
    number: String,
    test: i64,
    state: String,
    reason: Option<String>,
    at: Option<Timestamp>,
    fold: String,
    eligible: i64,
    invited: i64,
    first_at: Timestamp,
    changed_at: Timestamp,
}

impl Row {
    /// The order that the row holds.
    pub(super) fn order(self) -> db::Result<Order> {
        let corrupt = |what: &str| db::Error::corrupt(what);
        Ok(Order {
            id: self.id,
            shop: self.shop_id,
            number: OrderNumber::parse(&self.number).map_err(|_error| corrupt("orders.number"))?,
            test: self.test == 1,
            state: State::from_columns(&self.state, self.reason.as_deref(), self.at)
                .ok_or_else(|| corrupt("orders.state"))?,
            eligible: self.eligible == 1,
            invited: self.invited == 1,
            first_at: self.first_at,
            changed_at: self.changed_at,
            fold: serde_json::from_str(&self.fold).map_err(|_error| corrupt("orders.fold"))?,
        })
    }
}

/// A sealed name and address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SealedContact {
    pub(super) person: Option<PersonHash>,
    pub(super) kid: Option<i64>,
    pub(super) sealed: Option<Vec<u8>>,
    pub(super) purge_at: Option<Timestamp>,
}

/// When a hash is looked at that nothing sealed stands beside: at the next occasion.
const AT_ONCE: Timestamp = Timestamp::from_millis(0);

impl SealedContact {
    /// When to look whether the hash is still needed: not before what it stands beside is gone.
    pub(super) fn hash_check_at(&self) -> Option<Timestamp> {
        (self.person.is_some() && self.sealed.is_none()).then_some(AT_ONCE)
    }
}

/// `person`, `kid`, `sealed` and `purge_at` of a contact.
pub(super) type Sealed = (Option<Vec<u8>>, Option<i64>, Option<Vec<u8>>, Option<Timestamp>);

impl From<Sealed> for SealedContact {
    /// A hash of another length is none.
    fn from((person, kid, sealed, purge_at): Sealed) -> Self {
        Self { person: person.and_then(|bytes| bytes.try_into().ok()), kid, sealed, purge_at }
    }
}

/// The order of this id.
///
/// # Errors
/// The database's.
pub fn find(conn: &mut Connection, shop: ShopId, order: OrderId) -> db::Result<Option<Order>> {
    let of = orders::table.filter(orders::shop_id.eq(shop)).filter(orders::id.eq(order));
    let row = each!(conn, |c| of.first::<Row>(c).optional()?);
    row.map(Row::order).transpose()
}

/// What is known of several orders of a shop, in no order; unknown ones are left out.
///
/// # Errors
/// The database's.
pub fn facts_of(conn: &mut Connection, shop: ShopId, of: &[OrderId]) -> db::Result<Vec<(OrderId, Facts)>> {
    let rows: Vec<(OrderId, String)> = orders::table
        .filter(orders::shop_id.eq(shop))
        .filter(orders::id.eq_any(of))
        .select((orders::id, orders::fold))
        .load(conn)?;
    let facts = |(id, fold): (OrderId, String)| {
        let fold: Fold = serde_json::from_str(&fold).map_err(|_error| db::Error::corrupt("orders.fold"))?;
        Ok((id, fold.facts()))
    };
    rows.into_iter().map(facts).collect()
}

/// The order of this number.
///
/// # Errors
/// The database's.
pub fn find_number(conn: &mut Connection, shop: ShopId, number: &OrderNumber) -> db::Result<Option<Order>> {
    let row =
        orders::table.filter(orders::shop_id.eq(shop)).filter(orders::number.eq(number.as_str())).first::<Row>(conn);
    row.optional()?.map(Row::order).transpose()
}

/// The keyed hash of an order's person, where an address was ever given.
///
/// # Errors
/// The database's.
pub fn person(conn: &mut Connection, shop: ShopId, order: OrderId) -> db::Result<Option<PersonHash>> {
    Ok(sealed_contact(conn, shop, order)?.and_then(|contact| contact.person))
}

/// Until when an order's name and address are kept; `None`: as long as a mail is still to be sent.
///
/// # Errors
/// The database's.
pub fn keep_contact_until(
    tx: &mut Connection,
    shop: ShopId,
    order: OrderId,
    until: Option<Timestamp>,
) -> db::Result<()> {
    each!(tx, |c| {
        prepared("UPDATE contacts SET purge_at = ? WHERE shop_id = ? AND order_id = ?")
            .bind::<Nullable<BigInt>, _>(until.map(Timestamp::millis))
            .bind::<Binary, _>(shop.as_bytes().as_slice())
            .bind::<Binary, _>(order.as_bytes().as_slice())
            .execute(c)?
    });
    Ok(())
}

/// [`keep_contact_until`] for many.
///
/// # Errors
/// The database's.
pub fn keep_contacts_until(tx: &mut Connection, kept: &[(ShopId, OrderId, Timestamp)]) -> db::Result<()> {
    let Connection::Pg(pg) = tx else {
        return kept.iter().try_for_each(|(shop, order, until)| keep_contact_until(tx, *shop, *order, Some(*until)));
    };
    prepared(
        "UPDATE contacts c SET purge_at = t.u FROM UNNEST(?, ?, ?) AS t (s, o, u) WHERE c.shop_id = t.s AND c.order_id = t.o",
    )
    .bind::<Array<Binary>, _>(column(kept, |(shop, _, _)| shop.as_bytes().to_vec()))
    .bind::<Array<Binary>, _>(column(kept, |(_, order, _)| order.as_bytes().to_vec()))
    .bind::<Array<BigInt>, _>(column(kept, |(_, _, until)| until.millis())).execute(pg)?;
    Ok(())
}

/// Orders by their ids, in no order; unknown ones are left out.
///
/// # Errors
/// The database's.
pub fn find_all(conn: &mut Connection, keys: &[(ShopId, OrderId)]) -> db::Result<Vec<Order>> {
    if let Connection::Pg(pg) = conn {
        let (mut shops, ids): (Vec<ShopId>, Vec<OrderId>) = keys.iter().copied().unzip();
        shops.sort_unstable();
        shops.dedup();
        let named = orders::table.filter(orders::shop_id.eq_any(shops)).filter(orders::id.eq_any(ids));
        let rows: Vec<Row> = named.load(pg)?;
        return rows.into_iter().map(Row::order).collect();
    }
    keys.iter().filter_map(|(shop, order)| find(conn, *shop, *order).transpose()).collect()
}

/// The sealed name and address of an order.
pub(super) fn sealed_contact(conn: &mut Connection, shop: ShopId, order: OrderId) -> db::Result<Option<SealedContact>> {
    let of = contacts::table.filter(contacts::shop_id.eq(shop)).filter(contacts::order_id.eq(order)).select((
        contacts::person,
        contacts::kid,
        contacts::sealed,
        contacts::purge_at,
    ));
    let row = each!(conn, |c| of.first::<Sealed>(c).optional()?);
    Ok(row.map(SealedContact::from))
}

/// An order whose invitation has not left, with what planning it again needs.
#[derive(Clone, Debug)]
pub struct Unsent {
    /// The order.
    pub order: Order,
    /// Whether its address is still stored.
    pub kept: bool,
    /// Its person, where an address was given.
    pub person: Option<PersonHash>,
}

/// The states of an order whose invitation has not left.
const UNSENT: [&str; 3] = ["waiting", "scheduled", "held"];

/// A shop's orders that wait, are scheduled or held, by number, after `after`.
///
/// # Errors
/// The database's.
pub fn unsent(conn: &mut Connection, shop: ShopId, after: Option<&OrderNumber>, limit: i64) -> db::Result<Vec<Unsent>> {
    let joined = orders::table
        .left_join(contacts::table.on(contacts::shop_id.eq(orders::shop_id).and(contacts::order_id.eq(orders::id))));
    let mut query = joined
        .filter(orders::shop_id.eq(shop))
        .filter(orders::state.eq_any(UNSENT))
        .order(orders::number)
        .limit(limit)
        .select((orders::all_columns, contacts::person.nullable(), contacts::sealed.nullable().is_not_null()))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(orders::number.gt(after.as_str().to_owned()));
    }
    let rows: Vec<(Row, Option<Vec<u8>>, bool)> = query.load(conn)?;
    rows.into_iter()
        .map(|(row, person, kept)| {
            Ok(Unsent { order: row.order()?, kept, person: person.and_then(|bytes| bytes.try_into().ok()) })
        })
        .collect()
}

/// These of a shop's orders as they stand now, without those that do not wait any more. On PostgreSQL nobody else moves them until the end
/// of the transaction; SQLite has one writer anyway.
///
/// # Errors
/// The database's.
pub fn hold_unsent(tx: &mut Connection, shop: ShopId, seen: Vec<Unsent>) -> db::Result<Vec<Unsent>> {
    let Connection::Pg(pg) = tx else { return Ok(seen) };
    let ids: Vec<OrderId> = seen.iter().map(|one| one.order.id).collect();
    let mine = orders::table.filter(orders::shop_id.eq(shop)).filter(orders::id.eq_any(ids));
    let still = mine.filter(orders::state.eq_any(UNSENT)).order(orders::number);
    let rows: Vec<Row> = still.for_update().load(pg)?;
    let keys: Vec<(ShopId, OrderId)> = rows.iter().map(|row| (row.shop_id, row.id)).collect();
    let mut sealed = fetch::sealed_contacts(tx, &keys)?;
    let unsent = |row: Row| {
        let contact = sealed.remove(&(row.shop_id, row.id)).unwrap_or_default();
        Ok(Unsent { order: row.order()?, kept: contact.sealed.is_some(), person: contact.person })
    };
    rows.into_iter().map(unsent).collect()
}
