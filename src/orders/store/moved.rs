//! Moves of orders: where one stands from now on, what that means for the public denominator, and the line in its timeline. Whoever moves
//! many at once (mails that left together) does so in a bounded number of statements on PostgreSQL.

use std::collections::HashMap;

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::serialize::ToSql;
use diesel::sql_types::{Array, BigInt, Binary, HasSqlType, Nullable, Text};

use super::dirt::{touch, touch_all};
use crate::db::schema::{order_moves, orders};
use crate::db::{self, Connection, Prepared, column, each, prepared};
use crate::kernel::id::{OrderId, ShopId};
use crate::kernel::time::Timestamp;
use crate::orders::model::Actor;
use crate::orders::reason::Reason;
use crate::orders::state::State;

/// Who moves an order, when, and what there is to say about it.
#[derive(Clone, Copy, Debug)]
pub struct Move<'a> {
    /// Who.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
    /// What the timeline should keep beside the reason; never names a person.
    pub note: Option<&'a str>,
}

/// One of many orders that move to the same state.
#[derive(Clone, Copy, Debug)]
pub struct Moving<'a> {
    /// Whose order.
    pub shop: ShopId,
    /// Which.
    pub order: OrderId,
    /// Who, when and why.
    pub how: Move<'a>,
}

/// Moves an order and leaves a line in its timeline. An order that is not there stays so.
///
/// # Errors
/// The database's.
pub fn move_to(tx: &mut Connection, shop: ShopId, order: OrderId, state: State, how: &Move<'_>) -> db::Result<()> {
    if step(tx, state, &Moving { shop, order, how: *how })? { touch(tx, shop, order) } else { Ok(()) }
}

/// Moves many orders to one state, as [`move_to`] does. None of them twice.
///
/// # Errors
/// The database's.
pub fn move_all(tx: &mut Connection, state: State, moving: &[Moving<'_>]) -> db::Result<()> {
    if moving.is_empty() {
        return Ok(());
    }
    match tx {
        Connection::Pg(pg) => at_once(pg, state, moving)?,
        Connection::Sqlite(_) => {
            for one in moving {
                step(tx, state, one)?;
            }
        }
    }
    touch_all(tx, moving.iter().map(|one| (one.shop, one.order)))
}

/// Whether the order is there, and has moved.
fn step(tx: &mut Connection, state: State, one: &Moving<'_>) -> db::Result<bool> {
    if each!(tx, |c| moves(state, one).execute(c)?) == 0 {
        return Ok(false);
    }
    note(tx, state, one)?;
    Ok(true)
}

fn moves<'a, DB>(state: State, one: &'a Moving<'_>) -> Prepared<'a, DB>
where
    DB: Backend + HasSqlType<BigInt> + HasSqlType<Text> + HasSqlType<Binary>,
    i64: ToSql<BigInt, DB>,
    str: ToSql<Text, DB>,
    [u8]: ToSql<Binary, DB>,
{
    let (eligible, invited) = counts(state);
    prepared(
        "UPDATE orders SET state = ?, reason = ?, at = ?, changed_at = ?, \
         eligible = CASE test WHEN 0 THEN COALESCE(?, eligible) ELSE eligible END, \
         invited = CASE test WHEN 0 THEN COALESCE(?, invited) ELSE invited END WHERE shop_id = ? AND id = ?",
    )
    .bind::<Text, _>(state.word())
    .bind::<Nullable<Text>, _>(state.reason().map(Reason::code))
    .bind::<Nullable<BigInt>, _>(state.at().map(Timestamp::millis))
    .bind::<BigInt, _>(one.how.at.millis())
    .bind::<Nullable<BigInt>, _>(eligible)
    .bind::<Nullable<BigInt>, _>(invited)
    .bind::<Binary, _>(one.shop.as_bytes().as_slice())
    .bind::<Binary, _>(one.order.as_bytes().as_slice())
}

/// What a move means for the public denominator: a mail that is due or has left says that the trigger was reached. `eligible`, then
/// `invited`, where they change; what else there is to say of the trigger follows from the events ([`set_eligible`]).
fn counts(state: State) -> (Option<i64>, Option<i64>) {
    match state {
        State::Sent | State::Reviewed => (Some(1), Some(1)),
        State::Scheduled(_) | State::Held(_) | State::Failed(..) => (Some(1), None),
        State::Waiting(_) | State::Skipped(_) => (None, None),
    }
}

/// Sets whether an order belongs to the public denominator.
///
/// # Errors
/// The database's.
pub fn set_eligible(tx: &mut Connection, shop: ShopId, order: OrderId, eligible: bool) -> db::Result<()> {
    let row = orders::table.filter(orders::shop_id.eq(shop)).filter(orders::id.eq(order));
    diesel::update(row).set(orders::eligible.eq(i64::from(eligible))).execute(tx)?;
    touch(tx, shop, order)
}

fn note(tx: &mut Connection, state: State, one: &Moving<'_>) -> db::Result<()> {
    let lines = order_moves::table
        .filter(order_moves::shop_id.eq(one.shop))
        .filter(order_moves::order_id.eq(one.order))
        .order(order_moves::id.desc())
        .select(order_moves::id);
    let last: Option<Vec<u8>> = each!(tx, |c| lines.first(c).optional()?);
    let line = diesel::insert_into(order_moves::table).values((
        order_moves::shop_id.eq(one.shop),
        order_moves::order_id.eq(one.order),
        order_moves::id.eq(after(last)),
        order_moves::moved_at.eq(one.how.at),
        order_moves::actor.eq(one.how.actor.as_str()),
        order_moves::state.eq(state.word()),
        order_moves::reason.eq(state.reason().map(Reason::code)),
        order_moves::at.eq(state.at()),
        order_moves::note.eq(one.how.note),
    ));
    each!(tx, |c| line.execute(c)?);
    Ok(())
}

/// The id that follows: moves of one order are numbered, whatever the clock says.
fn after(last: Option<Vec<u8>>) -> Vec<u8> {
    let last = last.and_then(|bytes| bytes.try_into().ok()).map_or(0, u128::from_be_bytes);
    last.saturating_add(1).to_be_bytes().to_vec()
}

/// An order that moved, with the last line of its timeline before.
#[derive(QueryableByName)]
struct Moved {
    #[diesel(sql_type = Binary)]
    order_id: Vec<u8>,
    #[diesel(sql_type = Nullable<Binary>)]
    last: Option<Vec<u8>>,
}

fn at_once(pg: &mut PgConnection, state: State, moving: &[Moving<'_>]) -> db::Result<()> {
    let (eligible, invited) = counts(state);
    let moved: Vec<Moved> = prepared(
        "UPDATE orders o SET state = ?, reason = ?, at = ?, changed_at = t.c, \
         eligible = CASE o.test WHEN 0 THEN COALESCE(?, o.eligible) ELSE o.eligible END, \
         invited = CASE o.test WHEN 0 THEN COALESCE(?, o.invited) ELSE o.invited END \
         FROM UNNEST(?, ?, ?) AS t (s, o, c) WHERE o.shop_id = t.s AND o.id = t.o \
         RETURNING o.id AS order_id, (SELECT m.id FROM order_moves m WHERE m.shop_id = o.shop_id AND m.order_id = o.id \
         ORDER BY m.id DESC LIMIT 1) AS last",
    )
    .bind::<Text, _>(state.word())
    .bind::<Nullable<Text>, _>(state.reason().map(Reason::code))
    .bind::<Nullable<BigInt>, _>(state.at().map(Timestamp::millis))
    .bind::<Nullable<BigInt>, _>(eligible)
    .bind::<Nullable<BigInt>, _>(invited)
    .bind::<Array<Binary>, _>(column(moving, |one| one.shop.as_bytes().to_vec()))
    .bind::<Array<Binary>, _>(column(moving, |one| one.order.as_bytes().to_vec()))
    .bind::<Array<BigInt>, _>(column(moving, |one| one.how.at.millis()))
    .load(pg)?;
    let last: HashMap<Vec<u8>, Option<Vec<u8>>> = moved.into_iter().map(|row| (row.order_id, row.last)).collect();
    let lines: Vec<(&Moving<'_>, Vec<u8>)> = moving
        .iter()
        .filter_map(|one| last.get(one.order.as_bytes().as_slice()).map(|last| (one, after(last.clone()))))
        .collect();
    note_at_once(pg, state, &lines)
}

fn note_at_once(pg: &mut PgConnection, state: State, lines: &[(&Moving<'_>, Vec<u8>)]) -> db::Result<()> {
    prepared(
        "INSERT INTO order_moves (shop_id, order_id, id, moved_at, actor, note, state, reason, at) \
         SELECT t.*, ?, ?, ? FROM UNNEST(?, ?, ?, ?, ?, ?) AS t",
    )
    .bind::<Text, _>(state.word())
    .bind::<Nullable<Text>, _>(state.reason().map(Reason::code))
    .bind::<Nullable<BigInt>, _>(state.at().map(Timestamp::millis))
    .bind::<Array<Binary>, _>(column(lines, |(one, _)| one.shop.as_bytes().to_vec()))
    .bind::<Array<Binary>, _>(column(lines, |(one, _)| one.order.as_bytes().to_vec()))
    .bind::<Array<Binary>, _>(column(lines, |(_, id)| id.clone()))
    .bind::<Array<BigInt>, _>(column(lines, |(one, _)| one.how.at.millis()))
    .bind::<Array<Text>, _>(column(lines, |(one, _)| one.how.actor.as_str()))
    .bind::<Array<Nullable<Text>>, _>(column(lines, |(one, _)| one.how.note))
    .execute(pg)?;
    Ok(())
}
