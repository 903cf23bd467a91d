//! What is stored of mails that left together: a bounded number of statements on PostgreSQL, prepared single ones on SQLite.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Nullable, Text};

use super::{Attempt, Row, log};
use crate::db::schema::{message_attempts, messages};
use crate::db::{self, Connection, column, each, prepared};
use crate::kernel::time::Timestamp;

/// A message that left, as its row shall be, with the attempt that did it. None of these stood in the outbox before.
pub(in crate::mail) type Left<'a> = (&'a Row, &'a Attempt);

/// Writes the rows and the attempts. No message twice.
pub(in crate::mail) fn put_left(tx: &mut Connection, left: &[Left<'_>]) -> db::Result<()> {
    if let Connection::Pg(pg) = tx {
        put_at_once(pg, left)?;
        let logged = log_at_once(pg, left)?;
        // Somebody else was faster: these are no first attempts.
        let mut late = left.iter().filter(|(row, _)| !logged.contains(row.id.as_bytes().as_slice()));
        return late.try_for_each(|(row, attempt)| log(tx, row.id, attempt, false));
    }
    left.iter().try_for_each(|(row, attempt)| put_new(tx, row, attempt))
}

/// Plain statements, which are kept prepared between mails. Where somebody else was faster they fail, and each mail is stored by itself.
fn put_new(tx: &mut Connection, row: &Row, attempt: &Attempt) -> db::Result<()> {
    let (message, first) = (row.message(), attempt.row(row.id, 1));
    each!(tx, |c| diesel::insert_into(messages::table).values(message).execute(c)?);
    each!(tx, |c| diesel::insert_into(message_attempts::table).values(first).execute(c)?);
    Ok(())
}

fn put_at_once(pg: &mut PgConnection, left: &[Left<'_>]) -> db::Result<()> {
    prepared(
        "INSERT INTO messages (id, shop_id, kind, subject, edition, created_at, state, attempts, sent_at) \
         SELECT * FROM UNNEST(?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state, \
         reason = NULL, attempts = excluded.attempts, next_at = NULL, sent_at = excluded.sent_at \
         WHERE messages.state NOT IN ('sent', 'captured')",
    )
    .bind::<Array<Binary>, _>(column(left, |(row, _)| row.id.as_bytes().to_vec()))
    .bind::<Array<Binary>, _>(column(left, |(row, _)| row.shop.as_bytes().to_vec()))
    .bind::<Array<Text>, _>(column(left, |(row, _)| row.kind))
    .bind::<Array<Binary>, _>(column(left, |(row, _)| row.subject.as_bytes().to_vec()))
    .bind::<Array<BigInt>, _>(column(left, |(row, _)| row.edition))
    .bind::<Array<BigInt>, _>(column(left, |(row, _)| row.at.millis()))
    .bind::<Array<Text>, _>(column(left, |(row, _)| row.fate.state()))
    .bind::<Array<BigInt>, _>(column(left, |(row, _)| row.attempts))
    .bind::<Array<BigInt>, _>(column(left, |(row, _)| row.at.millis()))
    .execute(pg)?;
    Ok(())
}

#[derive(QueryableByName)]
struct Logged {
    #[diesel(sql_type = Binary)]
    message_id: Vec<u8>,
}

/// Logs first attempts, and says of which messages.
fn log_at_once(pg: &mut PgConnection, left: &[Left<'_>]) -> db::Result<HashSet<Vec<u8>>> {
    let logged: Vec<Logged> = prepared(
        "INSERT INTO message_attempts (message_id, at, stage, outcome, code, reply, n) \
         SELECT t.*, 1 FROM UNNEST(?, ?, ?, ?, ?, ?) AS t ON CONFLICT DO NOTHING RETURNING message_id",
    )
    .bind::<Array<Binary>, _>(column(left, |(row, _)| row.id.as_bytes().to_vec()))
    .bind::<Array<BigInt>, _>(column(left, |(_, attempt)| Timestamp::millis(attempt.at)))
    .bind::<Array<Text>, _>(column(left, |(_, attempt)| attempt.stage.as_str()))
    .bind::<Array<Text>, _>(column(left, |(_, attempt)| attempt.outcome.as_str()))
    .bind::<Array<Nullable<BigInt>>, _>(column(left, |(_, attempt)| attempt.code))
    .bind::<Array<Text>, _>(column(left, |(_, attempt)| attempt.reply.as_str()))
    .load(pg)?;
    Ok(logged.into_iter().map(|row| row.message_id).collect())
}
