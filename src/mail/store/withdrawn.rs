//! Mails that shall not leave any more: out of the queue, and the life of each that was tried says why; and the way back. Called by the room
//! of the subject, in the transaction in which it decides. Never touches what left, was captured or failed.

use diesel::prelude::*;
use diesel::sql_types::{Array, Binary, Nullable, Text};

use super::super::compose::message_id;
use crate::db::schema::messages;
use crate::db::{self, Connection, column, each, prepared};
use crate::jobs::{self, Subject};
use crate::kernel::time::Timestamp;

/// Nothing of this kind is sent about these subjects any more: their jobs go, and of messages that waited for another attempt it is told why,
/// by a code. Jobs first, as by whoever stores what became of an attempt: otherwise both would wait for each other.
///
/// # Errors
/// The database's.
pub fn withdraw(tx: &mut Connection, kind: &'static str, about: &[Subject], reason: &'static str) -> db::Result<()> {
    jobs::cancel_many(tx, kind, about)?;
    call_off(tx, kind, about, Some(reason))
}

/// A mail that was cancelled before it left is to leave after all: its life begins anew. Nothing where it was never tried or held.
///
/// # Errors
/// The database's.
pub fn revive(
    tx: &mut Connection,
    kind: &'static str,
    (about, edition): (Subject, i64),
    due: Timestamp,
) -> db::Result<()> {
    diesel::update(messages::table.find(message_id(kind, about, edition)))
        .filter(messages::state.eq("cancelled"))
        .set((
            messages::state.eq("queued"),
            messages::reason.eq(None::<String>),
            messages::attempts.eq(0),
            messages::next_at.eq(Some(due.millis())),
        ))
        .execute(tx)?;
    Ok(())
}

/// Messages about these subjects that wait for another attempt, or for the end of a hold, do so no more; their jobs may stand for another
/// mail. Without a reason (a code) they keep theirs.
///
/// # Errors
/// The database's.
pub fn call_off(
    tx: &mut Connection,
    kind: &'static str,
    about: &[Subject],
    reason: Option<&'static str>,
) -> db::Result<()> {
    let mut about = about.to_vec();
    about.sort_unstable();
    match tx {
        _ if about.is_empty() => {}
        Connection::Pg(pg) => {
            prepared(
                "UPDATE messages m SET state = 'cancelled', reason = COALESCE(?, reason), next_at = NULL FROM UNNEST(?) AS t (subject) \
                 WHERE m.kind = ? AND m.subject = t.subject AND m.state IN ('queued', 'held', 'parked')",
            )
            .bind::<Nullable<Text>, _>(reason)
            .bind::<Array<Binary>, _>(column(&about, |subject| subject.as_bytes().to_vec()))
            .bind::<Text, _>(kind)
            .execute(pg)?;
        }
        Connection::Sqlite(_) => about.iter().try_for_each(|subject| cancel_one(tx, (kind, *subject), reason))?,
    }
    Ok(())
}

fn cancel_one(tx: &mut Connection, (kind, subject): (&str, Subject), reason: Option<&str>) -> db::Result<()> {
    each!(tx, |c| {
        prepared(
            "UPDATE messages SET state = 'cancelled', reason = COALESCE(?, reason), next_at = NULL \
             WHERE kind = ? AND subject = ? AND state IN ('queued', 'held', 'parked')",
        )
        .bind::<Nullable<Text>, _>(reason)
        .bind::<Text, _>(kind)
        .bind::<Binary, _>(subject.as_bytes().as_slice())
        .execute(c)?
    });
    Ok(())
}
