//! Orders and timelines for people who look.

use diesel::prelude::*;

use super::{Row, Sealed, SealedContact};
use crate::db::schema::{contacts, order_events, order_moves, orders};
use crate::db::{self, Connection};
use crate::kernel::id::{OrderId, ShopId};
use crate::kernel::order_number::OrderNumber;
use crate::kernel::time::Timestamp;
use crate::keyring::PersonHash;
use crate::orders::model::Order;

/// Which orders to list; what is `None` does not narrow.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The order of this number.
    pub number: Option<OrderNumber>,
    /// In this state.
    pub state: Option<String>,
    /// For this reason.
    pub reason: Option<String>,
    /// Of this person.
    pub person: Option<PersonHash>,
    /// First heard of at this time or later.
    pub from: Option<Timestamp>,
    /// First heard of before this time.
    pub to: Option<Timestamp>,
}

/// A shop's orders with what is sealed of their customers, newest first, before the order `before`.
pub(in crate::orders) fn page(
    conn: &mut Connection,
    shop: ShopId,
    filter: &Filter,
    before: Option<OrderId>,
    limit: i64,
) -> db::Result<Vec<(Order, SealedContact)>> {
    let same_order = contacts::shop_id.eq(orders::shop_id).and(contacts::order_id.eq(orders::id));
    let mut query = orders::table
        .left_join(contacts::table.on(same_order))
        .filter(orders::shop_id.eq(shop))
        .order(orders::id.desc())
        .limit(limit)
        .select((
            orders::all_columns,
            (contacts::person, contacts::kid, contacts::sealed, contacts::purge_at).nullable(),
        ))
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(orders::id.lt(before));
    }
    if let Some(number) = &filter.number {
        query = query.filter(orders::number.eq(number.as_str().to_owned()));
    }
    if let Some(state) = &filter.state {
        query = query.filter(orders::state.eq(state.clone()));
    }
    if let Some(reason) = &filter.reason {
        query = query.filter(orders::reason.eq(reason.clone()));
    }
    if let Some(person) = &filter.person {
        query = query.filter(contacts::person.eq(person.to_vec()));
    }
    if let Some(from) = filter.from {
        query = query.filter(orders::first_at.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(orders::first_at.lt(to));
    }
    let rows: Vec<(Row, Option<Sealed>)> = query.load(conn)?;
    rows.into_iter()
        .map(|(row, sealed)| Ok((row.order()?, sealed.map(SealedContact::from).unwrap_or_default())))
        .collect()
}

/// An event of an order, as it was answered.
#[derive(Queryable)]
pub(in crate::orders) struct EventRow {
    pub(in crate::orders) webhook_id: String,
    pub(in crate::orders) kind: String,
    pub(in crate::orders) occurred_at: Timestamp,
    pub(in crate::orders) received_at: Timestamp,
    pub(in crate::orders) checked: String,
    pub(in crate::orders) answer: String,
}

/// A move of an order that no event made.
#[derive(Queryable)]
pub(in crate::orders) struct MoveRow {
    pub(in crate::orders) moved_at: Timestamp,
    pub(in crate::orders) actor: String,
    pub(in crate::orders) state: String,
    pub(in crate::orders) reason: Option<String>,
    pub(in crate::orders) at: Option<Timestamp>,
    pub(in crate::orders) note: Option<String>,
}

/// The newest events of an order, newest first, at most `limit`.
pub(in crate::orders) fn events(
    conn: &mut Connection,
    shop: ShopId,
    order: OrderId,
    limit: i64,
) -> db::Result<Vec<EventRow>> {
    let rows = order_events::table
        .filter(order_events::order_id.eq(order))
        .filter(order_events::shop_id.eq(shop))
        .order((order_events::received_at.desc(), order_events::id.desc()))
        .limit(limit)
        .select((
            order_events::webhook_id,
            order_events::kind,
            order_events::occurred_at,
            order_events::received_at,
            order_events::checked,
            order_events::answer,
        ))
        .load(conn)?;
    Ok(rows)
}

/// The newest moves of an order, newest first, at most `limit`.
pub(in crate::orders) fn moves(
    conn: &mut Connection,
    shop: ShopId,
    order: OrderId,
    limit: i64,
) -> db::Result<Vec<MoveRow>> {
    let rows = order_moves::table
        .filter(order_moves::shop_id.eq(shop))
        .filter(order_moves::order_id.eq(order))
        .order(order_moves::id.desc())
        .limit(limit)
        .select((
            order_moves::moved_at,
            order_moves::actor,
            order_moves::state,
            order_moves::reason,
            order_moves::at,
            order_moves::note,
        ))
        .load(conn)?;
    Ok(rows)
}
