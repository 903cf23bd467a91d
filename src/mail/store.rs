//! Every query of the outbox: messages, their attempts, holds of a transport. A body is never stored, an address neither.

use std::collections::HashMap;

use diesel::dsl::{exists, not, sql};
use diesel::prelude::*;
use diesel::query_dsl::methods;
use diesel::sql_types::{Array, Binary, Bool};
use diesel::upsert::excluded;

use crate::db::schema::{self, message_attempts, messages, transport_holds};
use crate::db::{self, Connection, column, each, prepared};
use crate::jobs::{self, Subject};
use crate::kernel::id::{MessageId, ShopId};
use crate::kernel::time::Timestamp;

use super::hold::Line;
use super::returned::Returned;

pub(super) mod returned;

mod about;
pub(super) mod brake;
mod ended;
pub(super) mod left;
pub(super) mod pace;
pub(super) mod queue;
mod rows;
pub(super) mod waiting;
mod withdrawn;

pub use about::about;
pub use ended::forget_log;
pub use rows::Attempt;
pub(super) use rows::Row;
pub use withdrawn::{call_off, revive, withdraw};

/// A message as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) state: String,
    pub(super) reason: Option<String>,
    /// Attempts since it last became worth trying.
    pub(super) attempts: i64,
    pub(super) created_at: Timestamp,
}

/// A hold of a transport.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hold {
    pub(super) until: Timestamp,
    /// When it was set.
    pub(super) at: Timestamp,
    /// Holds in a row.
    pub(super) refusals: i64,
    /// How the line failed.
    pub(super) line: Line,
}

/// A message with its attempts, for timelines and support.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Which message.
    pub id: MessageId,
    /// queued, sent, captured, held, failed, parked or cancelled.
    pub state: String,
    /// The reason code.
    pub reason: Option<String>,
    /// When it is tried again.
    pub next_at: Option<Timestamp>,
    /// When the mail server took it.
    pub sent_at: Option<Timestamp>,
    /// Its attempts, oldest first.
    pub attempts: Vec<Attempt>,
    /// What came back of it, oldest first.
    pub returned: Vec<Returned>,
}

/// A message in a shop's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// What kind of mail.
    pub kind: String,
    /// What it is about.
    pub subject: Subject,
    /// When it was first tried, held or given up.
    pub created_at: Timestamp,
    /// The message itself.
    pub message: Logged,
}

/// Those of these messages that stand in the outbox.
pub(super) fn standings(conn: &mut Connection, ids: &[MessageId]) -> db::Result<HashMap<MessageId, Standing>> {
    let rows: Vec<StandingRow> = match conn {
        // Key by key even while the table is new: whoever looks for an array may read all of a small one.
        Connection::Pg(pg) => prepared(
            "SELECT m.* FROM UNNEST(?) AS t (id), \
             LATERAL (SELECT id, state, reason, attempts, created_at FROM messages WHERE id = t.id OFFSET 0) AS m",
        )
        .bind::<Array<Binary>, _>(column(ids, |id| id.as_bytes().to_vec()))
        .load(pg)?,
        Connection::Sqlite(sqlite) => {
            let one = |id: &MessageId| {
                let row = messages::table.find(id).select(StandingRow::as_select());
                row.first(sqlite).optional().transpose()
            };
            ids.iter().filter_map(one).collect::<Result<_, _>>()?
        }
    };
    Ok(rows.into_iter().map(|row| (row.id, row.standing())).collect())
}

/// A message as far as [`Standing`] tells.
#[derive(Queryable, Selectable, QueryableByName)]
#[diesel(table_name = messages)]
struct StandingRow {
    id: MessageId,
    state: String,
    reason: Option<String>,
    attempts: i64,
    created_at: Timestamp,
}

impl StandingRow {
    fn standing(self) -> Standing {
        let Self { state, reason, attempts, created_at, .. } = self;
        Standing { state, reason, attempts, created_at }
    }
}

/// Writes a message's row. What was sent stays so: an attempt of somebody else that ended later does not take it back.
pub(super) fn put(tx: &mut Connection, row: &Row) -> db::Result<()> {
    let moves = (
        messages::state.eq(excluded(messages::state)),
        messages::reason.eq(excluded(messages::reason)),
        messages::attempts.eq(excluded(messages::attempts)),
        messages::next_at.eq(excluded(messages::next_at)),
        messages::sent_at.eq(excluded(messages::sent_at)),
    );
    let unsent = messages::state.ne("sent").and(messages::state.ne("captured"));
    each!(tx, |c| {
        let upsert = diesel::insert_into(messages::table).values(row.message()).on_conflict(messages::id).do_update();
        methods::FilterDsl::filter(upsert.set(moves), unsent).execute(c)?
    });
    Ok(())
}

/// Logs an attempt; `first` saves the look at the ones before, unless somebody else was faster.
pub(super) fn log(tx: &mut Connection, id: MessageId, attempt: &Attempt, first: bool) -> db::Result<()> {
    if first && log_as(tx, id, attempt, 1)? {
        return Ok(());
    }
    let before = message_attempts::table
        .filter(message_attempts::message_id.eq(id))
        .select(diesel::dsl::max(message_attempts::n));
    let last = before.first::<Option<i64>>(tx)?.unwrap_or(0);
    log_as(tx, id, attempt, last + 1)?;
    Ok(())
}

/// Whether the attempt was logged under this number, which may be taken.
fn log_as(tx: &mut Connection, id: MessageId, attempt: &Attempt, n: i64) -> db::Result<bool> {
    let row = attempt.row(id, n);
    let logged =
        each!(tx, |c| diesel::insert_into(message_attempts::table).values(row).on_conflict_do_nothing().execute(c)?);
    Ok(logged == 1)
}

pub(super) fn hold(conn: &mut Connection, transport: &str) -> db::Result<Option<Hold>> {
    let columns = (transport_holds::until, transport_holds::at, transport_holds::refusals, transport_holds::line);
    let held = transport_holds::table.find(transport).select(columns);
    let row = each!(conn, |c| held.first::<(Timestamp, Timestamp, i64, String)>(c).optional()?);
    let whole = |(until, at, refusals, line): (_, _, _, String)| {
        let line = Line::parse(&line).ok_or_else(|| db::Error::corrupt("transport_holds.line"))?;
        Ok(Hold { until, at, refusals, line })
    };
    row.map(whole).transpose()
}

/// Ends the time of this hold, unless it has been set anew: mails may be tried, and the first that is taken ends the hold itself.
pub(super) fn try_again(tx: &mut Connection, transport: &str, hold: &Hold, now: Timestamp) -> db::Result<bool> {
    let same = transport_holds::table.find(transport).filter(transport_holds::at.eq(hold.at));
    let ended = each!(tx, |c| diesel::update(same).set(transport_holds::until.eq(now)).execute(c)?);
    Ok(ended == 1)
}

pub(super) fn put_hold(tx: &mut Connection, transport: &str, hold: &Hold, reason: &str) -> db::Result<()> {
    let moves = (
        transport_holds::until.eq(hold.until),
        transport_holds::reason.eq(reason),
        transport_holds::at.eq(hold.at),
        transport_holds::refusals.eq(hold.refusals),
        transport_holds::line.eq(hold.line.as_str()),
    );
    each!(tx, |c| diesel::insert_into(transport_holds::table)
        .values((transport_holds::transport.eq(transport), moves))
        .on_conflict(transport_holds::transport)
        .do_update()
        .set(moves)
        .execute(c)?);
    Ok(())
}

pub(super) fn end_hold(tx: &mut Connection, transport: &str) -> db::Result<()> {
    diesel::delete(transport_holds::table.find(transport)).execute(tx)?;
    Ok(())
}

/// Held messages that shall be tried again.
#[derive(Clone, Copy, Debug)]
pub struct Release<'a> {
    /// Of this kind.
    pub kind: &'static str,
    /// Held for one of these reasons.
    pub reasons: &'a [&'a str],
    /// Of this shop only, or of all.
    pub shop: Option<ShopId>,
}

/// Puts held messages back into the queue, due now; at most `limit`, and says how many. Callers go on until it says 0. One that
/// may be on its way is left to whoever carries it.
///
/// # Errors
/// The database's.
pub fn release(tx: &mut Connection, what: Release<'_>, now: Timestamp, limit: i64) -> db::Result<usize> {
    let rows = held(tx, what, Some(now), limit)?;
    let ids: Vec<Vec<u8>> = rows.iter().map(|(id, _)| id.as_bytes().to_vec()).collect();
    let mut due: Vec<_> = rows.iter().map(|(_, subject)| (*subject, now)).collect();
    // Two editions of one subject share a job.
    due.sort_unstable();
    due.dedup();
    if !due.is_empty() {
        jobs::enqueue_many(tx, what.kind, &due)?;
        diesel::update(messages::table.filter(messages::id.eq_any(&ids)))
            .set((messages::state.eq("queued"), messages::next_at.eq(now.millis())))
            .execute(tx)?;
    }
    Ok(ids.len())
}

/// What held messages are about, for whoever releases each at a time of its own; at most `limit`.
///
/// # Errors
/// The database's.
pub fn held_about(conn: &mut Connection, what: Release<'_>, limit: i64) -> db::Result<Vec<Subject>> {
    let mut about: Vec<Subject> = held(conn, what, None, limit)?.into_iter().map(|(_, subject)| subject).collect();
    about.sort_unstable();
    about.dedup();
    Ok(about)
}

/// `free`: without those that a worker has at this time.
fn held(
    conn: &mut Connection,
    what: Release<'_>,
    free: Option<Timestamp>,
    limit: i64,
) -> db::Result<Vec<(MessageId, Subject)>> {
    // The literal lets SQLite use the partial index; it never looks into a bound value.
    let mut held = messages::table
        .filter(sql::<Bool>("state = 'held'"))
        .filter(messages::kind.eq(what.kind))
        .filter(messages::reason.eq_any(what.reasons))
        .into_boxed();
    if let Some(shop) = what.shop {
        held = held.filter(messages::shop_id.eq(shop));
    }
    if let Some(now) = free {
        let taken = schema::jobs::table
            .filter(schema::jobs::kind.eq(messages::kind))
            .filter(schema::jobs::subject.eq(messages::subject))
            .filter(schema::jobs::parked.eq(0))
            .filter(schema::jobs::attempts.gt(0))
            .filter(schema::jobs::due_at.gt(now.millis()));
        held = held.filter(not(exists(taken)));
    }
    let rows: Vec<(MessageId, Vec<u8>)> = held.limit(limit).select((messages::id, messages::subject)).load(conn)?;
    rows.into_iter().map(|(id, bytes)| Ok((id, subject(&bytes)?))).collect()
}

/// Puts what is held about one subject back into the queue, due at `due`.
///
/// # Errors
/// The database's.
pub fn release_one(tx: &mut Connection, kind: &'static str, about: Subject, due: Timestamp) -> db::Result<()> {
    let held = messages::table
        .filter(messages::kind.eq(kind))
        .filter(messages::subject.eq(about.as_bytes().as_slice()))
        .filter(messages::state.eq("held"));
    diesel::update(held).set((messages::state.eq("queued"), messages::next_at.eq(due.millis()))).execute(tx)?;
    jobs::enqueue(tx, kind, about, due)
}

/// The messages about a subject with their attempts, oldest first.
///
/// # Errors
/// The database's.
pub fn logged(conn: &mut Connection, kind: &str, subject: Subject) -> db::Result<Vec<Logged>> {
    type Row = (MessageId, String, Option<String>, Option<i64>, Option<i64>);
    let rows: Vec<Row> = messages::table
        .filter(messages::kind.eq(kind))
        .filter(messages::subject.eq(subject.as_bytes().as_slice()))
        .order(messages::created_at)
        .select((messages::id, messages::state, messages::reason, messages::next_at, messages::sent_at))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, state, reason, next_at, sent_at)| {
            let (next_at, sent_at) = (next_at.map(Timestamp::from_millis), sent_at.map(Timestamp::from_millis));
            let (attempts, returned) = (attempts(conn, id)?, returned::of(conn, id)?);
            Ok(Logged { id, state, reason, next_at, sent_at, attempts, returned })
        })
        .collect()
}

/// A shop's messages with their attempts, newest first, before the place where the last page ended.
///
/// # Errors
/// The database's.
pub fn listed(
    conn: &mut Connection,
    shop: ShopId,
    before: Option<(Timestamp, MessageId)>,
    limit: i64,
) -> db::Result<Vec<Listed>> {
    type Row = (MessageId, String, Vec<u8>, Timestamp, String, Option<String>, Option<i64>, Option<i64>);
    let mut query = messages::table.filter(messages::shop_id.eq(shop)).limit(limit).into_boxed();
    if let Some((at, id)) = before {
        let beyond = messages::created_at.lt(at).or(messages::id.lt(id));
        query = query.filter(messages::created_at.le(at)).filter(beyond);
    }
    let rows: Vec<Row> = query
        .order((messages::created_at.desc(), messages::id.desc()))
        .select((
            messages::id,
            messages::kind,
            messages::subject,
            messages::created_at,
            messages::state,
            messages::reason,
            messages::next_at,
            messages::sent_at,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, kind, about, created_at, state, reason, next_at, sent_at)| {
            let (next_at, sent_at) = (next_at.map(Timestamp::from_millis), sent_at.map(Timestamp::from_millis));
            let (attempts, returned) = (attempts(conn, id)?, returned::of(conn, id)?);
            let message = Logged { id, state, reason, next_at, sent_at, attempts, returned };
            Ok(Listed { kind, subject: subject(&about)?, created_at, message })
        })
        .collect()
}

fn attempts(conn: &mut Connection, id: MessageId) -> db::Result<Vec<Attempt>> {
    type Row = (Timestamp, String, String, Option<i64>, String);
    let rows: Vec<Row> = message_attempts::table
        .filter(message_attempts::message_id.eq(id))
        .order(message_attempts::n)
        .select((
            message_attempts::at,
            message_attempts::stage,
            message_attempts::outcome,
            message_attempts::code,
            message_attempts::reply,
        ))
        .load(conn)?;
    Ok(rows.into_iter().map(|(at, stage, outcome, code, reply)| Attempt { at, stage, outcome, code, reply }).collect())
}

fn subject(bytes: &[u8]) -> db::Result<Subject> {
    let bytes = bytes.try_into().map_err(|_length| db::Error::corrupt("messages.subject"))?;
    Ok(Subject::from_bytes(bytes))
}
