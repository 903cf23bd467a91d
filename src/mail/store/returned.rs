//! Every query on `message_returns`, and what is asked of a message that came back.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::db::schema::{message_attempts, message_returns, messages};
use crate::db::{self, Connection, each};
use crate::jobs::{self, Subject};
use crate::kernel::id::{MessageId, ShopId};
use crate::kernel::time::{Timestamp, UtcDay};

use super::super::returned::{About, ReturnCounts, ReturnKind, ReturnOf, ReturnSource, Returned};

/// A message that left at least once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Whose.
    pub shop: ShopId,
    /// What kind of mail.
    pub kind: String,
    /// What it is about.
    pub subject: Subject,
    /// Which edition of it.
    pub edition: i64,
    /// When it last left.
    pub sent_at: Timestamp,
}

/// The message of this id, if a mail server has taken it; a captured one never left.
///
/// # Errors
/// The database's.
pub fn left(conn: &mut Connection, id: MessageId) -> db::Result<Option<Left>> {
    // A message that is tried again is no longer `sent`; its log of attempts still says that it was.
    let taken = message_attempts::table
        .filter(message_attempts::message_id.eq(id))
        .filter(message_attempts::outcome.eq("sent"))
        .select(diesel::dsl::max(message_attempts::at));
    let Some(sent_at) = taken.first::<Option<i64>>(conn)? else { return Ok(None) };
    let row = messages::table
        .find(id)
        .select((messages::shop_id, messages::kind, messages::subject, messages::edition))
        .first::<(ShopId, String, Vec<u8>, i64)>(conn)
        .optional()?;
    row.map(|(shop, kind, bytes, edition)| {
        let sent_at = Timestamp::from_millis(sent_at);
        Ok(Left { shop, kind, subject: super::subject(&bytes)?, edition, sent_at })
    })
    .transpose()
}

/// Notes one outcome. False: it was known already, whoever said it first.
///
/// # Errors
/// The database's.
pub fn note_returned(tx: &mut Connection, what: &ReturnOf) -> db::Result<bool> {
    let ReturnOf { message, shop, sent_at, returned } = what;
    let row = (
        message_returns::message_id.eq(message),
        message_returns::kind.eq(returned.kind.as_str()),
        message_returns::sent_at.eq(sent_at),
        message_returns::shop_id.eq(shop),
        message_returns::day.eq(returned.at.day().number()),
        message_returns::at.eq(returned.at),
        message_returns::source.eq(returned.source.as_str()),
        message_returns::status.eq(returned.status.as_deref()),
        message_returns::detail.eq(&returned.detail),
    );
    let noted =
        each!(tx, |c| diesel::insert_into(message_returns::table).values(row).on_conflict_do_nothing().execute(c)?);
    Ok(noted == 1)
}

/// How often a message has come back in this way.
///
/// # Errors
/// The database's.
pub fn times_returned(conn: &mut Connection, message: MessageId, kind: ReturnKind) -> db::Result<i64> {
    let rows = message_returns::table
        .filter(message_returns::message_id.eq(message))
        .filter(message_returns::kind.eq(kind.as_str()));
    Ok(rows.count().get_result(conn)?)
}

/// Puts a message that came back into the queue once more, due at `due`. Its room must want it, or the job finds nothing to do.
///
/// # Errors
/// The database's.
pub fn send_again(
    tx: &mut Connection,
    message: MessageId,
    (kind, about): (&'static str, Subject),
    due: Timestamp,
) -> db::Result<()> {
    diesel::update(messages::table.find(message))
        .set((
            messages::state.eq("queued"),
            messages::reason.eq(Some("soft_bounce")),
            messages::attempts.eq(0),
            messages::next_at.eq(Some(due.millis())),
            messages::sent_at.eq(None::<i64>),
        ))
        .execute(tx)?;
    jobs::enqueue(tx, kind, about, due)
}

/// How many mails of a shop have come back since a moment.
///
/// # Errors
/// The database's.
pub fn returned_since(conn: &mut Connection, shop: ShopId, since: Timestamp) -> db::Result<ReturnCounts> {
    let all = ReturnSource::ALL.map(ReturnSource::as_str);
    returned_by(conn, shop, since, &all)
}

/// The same without what was refused at once.
///
/// # Errors
/// The database's.
pub fn returned_later(conn: &mut Connection, shop: ShopId, since: Timestamp) -> db::Result<ReturnCounts> {
    let later = ReturnSource::ALL.into_iter().filter(|source| *source != ReturnSource::Smtp);
    let later: Vec<&str> = later.map(ReturnSource::as_str).collect();
    returned_by(conn, shop, since, &later)
}

fn returned_by(conn: &mut Connection, shop: ShopId, since: Timestamp, sources: &[&str]) -> db::Result<ReturnCounts> {
    let rows: Vec<(String, i64)> = message_returns::table
        .filter(message_returns::shop_id.eq(shop))
        .filter(message_returns::at.ge(since))
        .filter(message_returns::source.eq_any(sources))
        .group_by(message_returns::kind)
        .select((message_returns::kind, diesel::dsl::count_star()))
        .load(conn)?;
    let mut counts = ReturnCounts::default();
    for (kind, n) in rows {
        counts.add(read_kind(&kind)?, n);
    }
    Ok(counts)
}

/// How many mails of a shop have come back on each UTC day of a range, both ends in it; days without any are left out.
///
/// # Errors
/// The database's.
pub fn returned_by_day(
    conn: &mut Connection,
    shop: ShopId,
    (from, to): (UtcDay, UtcDay),
) -> db::Result<BTreeMap<UtcDay, ReturnCounts>> {
    let rows: Vec<(i64, String, i64)> = message_returns::table
        .filter(message_returns::shop_id.eq(shop))
        .filter(message_returns::day.between(from.number(), to.number()))
        .group_by((message_returns::day, message_returns::kind))
        .select((message_returns::day, message_returns::kind, diesel::dsl::count_star()))
        .load(conn)?;
    let mut days: BTreeMap<UtcDay, ReturnCounts> = BTreeMap::new();
    for (day, kind, n) in rows {
        days.entry(UtcDay::from_number(day)).or_default().add(read_kind(&kind)?, n);
    }
    Ok(days)
}

/// What came back of the mails of these kinds about these subjects, oldest first.
///
/// # Errors
/// The database's.
pub fn returned_about(conn: &mut Connection, kinds: &[&str], about: &[Subject]) -> db::Result<Vec<About>> {
    if about.is_empty() {
        return Ok(Vec::new());
    }
    let subjects: Vec<Vec<u8>> = about.iter().map(|subject| subject.as_bytes().to_vec()).collect();
    let ids: Vec<(MessageId, Vec<u8>)> = messages::table
        .filter(messages::kind.eq_any(kinds))
        .filter(messages::subject.eq_any(subjects))
        .select((messages::id, messages::subject))
        .load(conn)?;
    let subjects: BTreeMap<MessageId, Vec<u8>> = ids.into_iter().collect();
    let known: Vec<MessageId> = subjects.keys().copied().collect();
    let rows: Vec<(MessageId, String, Timestamp)> = message_returns::table
        .filter(message_returns::message_id.eq_any(known))
        .order(message_returns::at)
        .select((message_returns::message_id, message_returns::kind, message_returns::at))
        .load(conn)?;
    rows.into_iter()
        .filter_map(|(id, kind, at)| Some((subjects.get(&id)?, kind, at)))
        .map(|(bytes, kind, at)| Ok((super::subject(bytes)?, read_kind(&kind)?, at)))
        .collect()
}

/// What came back of one message, oldest first.
pub(in crate::mail) fn of(conn: &mut Connection, id: MessageId) -> db::Result<Vec<Returned>> {
    type Row = (Timestamp, String, String, Option<String>, String);
    let rows: Vec<Row> = message_returns::table
        .filter(message_returns::message_id.eq(id))
        .order((message_returns::at, message_returns::kind))
        .select((
            message_returns::at,
            message_returns::kind,
            message_returns::source,
            message_returns::status,
            message_returns::detail,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(at, kind, source, status, detail)| {
            let source = ReturnSource::parse(&source).ok_or_else(|| db::Error::corrupt("message_returns.source"))?;
            Ok(Returned { at, kind: read_kind(&kind)?, source, status, detail })
        })
        .collect()
}

fn read_kind(word: &str) -> db::Result<ReturnKind> {
    ReturnKind::parse(word).ok_or_else(|| db::Error::corrupt("message_returns.kind"))
}
