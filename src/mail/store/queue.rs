//! What waits, counted: jobs by kind and hour, messages by reason, mail servers that cannot be used.

use std::collections::BTreeMap;

use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use serde::Serialize;

use super::super::brake::Brake;
use super::brake;
use crate::db::schema::{jobs, messages, shop_sending, transport_holds};
use crate::db::{self, Connection};
use crate::kernel::id::ShopId;
use crate::kernel::time::Timestamp;

/// Before what a mail waits for that was sent away for a limit, in the words of its job.
pub(in crate::mail) const LIMIT: &str = "limit: ";

/// A job that is not parked: a literal, so that the partial index is seen to fit.
const LIVE: &str = "parked = 0";

/// Mails that were sent away for a limit, each with its turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Deferred {
    /// In plain words.
    pub limit: String,
    /// How many.
    pub mails: i64,
    /// The turn of the last of them.
    pub last_at: Timestamp,
}

/// What of one kind of mail waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OfKind {
    /// Which kind.
    pub kind: &'static str,
    /// Due already.
    pub due: i64,
    /// Due later.
    pub later: i64,
    /// Given up after bounded attempts, for somebody to look.
    pub parked: i64,
    /// When the next one is due.
    pub next_at: Option<Timestamp>,
}

/// Messages that wait for a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeldFor {
    /// queued (tried again), parked (refused as such, tried again rarely) or held.
    pub state: String,
    /// The reason code.
    pub reason: Option<String>,
    /// Which kind of mail.
    pub kind: String,
    /// How many.
    pub messages: i64,
}

/// A mail server that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TransportHold {
    /// Which.
    pub transport: String,
    /// Nothing is tried before.
    pub until: Timestamp,
    /// What it said.
    pub reason: String,
}

pub(in crate::mail) fn waiting(
    conn: &mut Connection,
    kinds: &[&'static str],
    now: Timestamp,
) -> db::Result<Vec<OfKind>> {
    kinds.iter().map(|kind| of_kind(conn, kind, now)).collect()
}

fn of_kind(conn: &mut Connection, kind: &'static str, now: Timestamp) -> db::Result<OfKind> {
    let live = || jobs::table.filter(jobs::kind.eq(kind)).filter(sql::<Bool>(LIVE));
    let due: i64 = live().filter(jobs::due_at.le(now.millis())).count().get_result(conn)?;
    let later: i64 = live().filter(jobs::due_at.gt(now.millis())).count().get_result(conn)?;
    let parked = jobs::table.filter(jobs::kind.eq(kind)).filter(jobs::parked.eq(1));
    let parked: i64 = parked.count().get_result(conn)?;
    let next: Option<i64> = live().select(diesel::dsl::min(jobs::due_at)).first(conn)?;
    Ok(OfKind { kind, due, later, parked, next_at: next.map(Timestamp::from_millis) })
}

/// What waits for its turn under a limit.
pub(in crate::mail) fn deferred(
    conn: &mut Connection,
    kinds: &[&'static str],
    now: Timestamp,
) -> db::Result<Vec<Deferred>> {
    let rows: Vec<(Option<String>, i64, Option<i64>)> = jobs::table
        .filter(jobs::kind.eq_any(kinds.to_vec()))
        .filter(sql::<Bool>(LIVE))
        .filter(jobs::due_at.gt(now.millis()))
        .filter(jobs::last_error.like(format!("{LIMIT}%")))
        .group_by(jobs::last_error)
        .order(jobs::last_error)
        .select((jobs::last_error, count_star(), diesel::dsl::max(jobs::due_at)))
        .load(conn)?;
    let deferred = |(why, mails, last): (Option<String>, i64, Option<i64>)| {
        let limit = why?.strip_prefix(LIMIT)?.to_owned();
        Some(Deferred { limit, mails, last_at: Timestamp::from_millis(last?) })
    };
    Ok(rows.into_iter().filter_map(deferred).collect())
}

/// How many mails become due in which hour since 1970.
pub(in crate::mail) fn hours(conn: &mut Connection, kinds: &[&'static str]) -> db::Result<BTreeMap<i64, i64>> {
    let hour = || sql::<BigInt>("due_at / 3600000");
    let rows: Vec<(i64, i64)> = jobs::table
        .filter(jobs::kind.eq_any(kinds.to_vec()))
        .filter(sql::<Bool>(LIVE))
        .group_by(hour())
        .select((hour(), sql::<BigInt>("count(*)")))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

pub(in crate::mail) fn held(conn: &mut Connection) -> db::Result<Vec<HeldFor>> {
    grouped(conn, None)
}

pub(in crate::mail) fn held_of(conn: &mut Connection, shop: ShopId) -> db::Result<Vec<HeldFor>> {
    grouped(conn, Some(shop))
}

fn grouped(conn: &mut Connection, shop: Option<ShopId>) -> db::Result<Vec<HeldFor>> {
    const WAITS: &str = "state IN ('queued', 'held', 'parked')";
    type Row = (String, Option<String>, String, i64);
    let columns = (messages::state, messages::reason, messages::kind);
    let counted = (messages::state, messages::reason, messages::kind, count_star());
    let rows: Vec<Row> = match shop {
        Some(shop) => messages::table
            .filter(sql::<Bool>(WAITS))
            .filter(messages::shop_id.eq(shop))
            .group_by(columns)
            .select(counted)
            .order(columns)
            .load(conn)?,
        None => {
            messages::table.filter(sql::<Bool>(WAITS)).group_by(columns).select(counted).order(columns).load(conn)?
        }
    };
    let held = |(state, reason, kind, messages)| HeldFor { state, reason, kind, messages };
    Ok(rows.into_iter().map(held).collect())
}

pub(in crate::mail) fn transports(conn: &mut Connection, now: Timestamp) -> db::Result<Vec<TransportHold>> {
    let rows: Vec<(String, Timestamp, String)> = transport_holds::table
        .filter(transport_holds::until.gt(now))
        .order(transport_holds::transport)
        .select((transport_holds::transport, transport_holds::until, transport_holds::reason))
        .load(conn)?;
    Ok(rows.into_iter().map(|(transport, until, reason)| TransportHold { transport, until, reason }).collect())
}

pub(in crate::mail) fn braked(conn: &mut Connection) -> db::Result<Vec<(ShopId, Brake)>> {
    let shops: Vec<ShopId> = shop_sending::table
        .filter(shop_sending::brake.is_not_null())
        .order(shop_sending::shop_id)
        .select(shop_sending::shop_id)
        .load(conn)?;
    let mut all = Vec::with_capacity(shops.len());
    for shop in shops {
        all.extend(brake::standing(conn, shop)?.and_then(|standing| standing.brake).map(|brake| (shop, brake)));
    }
    Ok(all)
}

/// Mails of the instance that left since then.
pub(in crate::mail) fn left_since(conn: &mut Connection, since: Timestamp) -> db::Result<i64> {
    let rows = messages::table.filter(sql::<Bool>("state = 'sent'")).filter(messages::sent_at.ge(since.millis()));
    Ok(rows.count().get_result(conn)?)
}
