//! Everything that was mailed about one subject, for the person whom it was mailed to.

use diesel::prelude::*;

use super::{Listed, Logged, attempts};
use crate::db::schema::messages;
use crate::db::{self, Connection};
use crate::jobs::Subject;
use crate::kernel::id::MessageId;
use crate::kernel::time::Timestamp;

/// Every message about a subject, of any of these kinds, with its attempts, oldest first.
///
/// # Errors
/// The database's.
pub fn about(conn: &mut Connection, kinds: &[&str], about: Subject) -> db::Result<Vec<Listed>> {
    type Row = (MessageId, String, Timestamp, String, Option<String>, Option<i64>, Option<i64>);
    let rows: Vec<Row> = messages::table
        .filter(messages::kind.eq_any(kinds.iter().copied().map(str::to_owned).collect::<Vec<_>>()))
        .filter(messages::subject.eq(about.as_bytes().as_slice()))
        .order((messages::created_at, messages::id))
        .select((
            messages::id,
            messages::kind,
            messages::created_at,
            messages::state,
            messages::reason,
            messages::next_at,
            messages::sent_at,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, kind, created_at, state, reason, next_at, sent_at)| {
            let (next_at, sent_at) = (next_at.map(Timestamp::from_millis), sent_at.map(Timestamp::from_millis));
            let (attempts, returned) = (attempts(conn, id)?, super::returned::of(conn, id)?);
            let message = Logged { id, state, reason, next_at, sent_at, attempts, returned };
            Ok(Listed { kind, subject: about, created_at, message })
        })
        .collect()
}
