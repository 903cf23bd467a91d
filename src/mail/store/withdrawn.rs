//! Mails that shall not leave any more: out of the queue, and the life of each that was tried says why.

use diesel::RunQueryDsl;
use diesel::sql_types::{Array, Binary, Nullable, Text};

use crate::db::{self, Connection, column, each, prepared};
use crate::jobs::{self, Subject};

/// Nothing of this kind is sent about these subjects any more: their jobs go, and of messages that waited for another attempt it is told why,
/// by a code. Jobs first, as by whoever stores what became of an attempt: otherwise both would wait for each other.
///
/// # Errors
/// The database's.
pub fn withdraw(tx: &mut Connection, kind: &'static str, about: &[Subject], reason: &'static str) -> db::Result<()> {
    jobs::cancel_many(tx, kind, about)?;
    cancel(tx, kind, about, Some(reason))
}

/// Messages about these subjects that wait for another attempt, or for the end of a hold, do so no more.
pub(in crate::mail) fn cancel(
    tx: &mut Connection,
    kind: &'static str,
    about: &[Subject],
    reason: Option<&'static str>,
) -> db::Result<()> {
    match tx {
        _ if about.is_empty() => {}
        Connection::Pg(pg) => {
            prepared(
                "UPDATE messages m SET state = 'cancelled', reason = ?, next_at = NULL FROM UNNEST(?) AS t (subject) \
                 WHERE m.kind = ? AND m.subject = t.subject AND m.state IN ('queued', 'held', 'parked')",
            )
            .bind::<Nullable<Text>, _>(reason)
            .bind::<Array<Binary>, _>(column(about, |subject| subject.as_bytes().to_vec()))
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
            "UPDATE messages SET state = 'cancelled', reason = ?, next_at = NULL \
             WHERE kind = ? AND subject = ? AND state IN ('queued', 'held', 'parked')",
        )
        .bind::<Nullable<Text>, _>(reason)
        .bind::<Text, _>(kind)
        .bind::<Binary, _>(subject.as_bytes().as_slice())
        .execute(c)?
    });
    Ok(())
}
