//! Every query of the door: the tokens of reports whose signature does not cover what they say.

use diesel::prelude::*;

use super::hooks::REMEMBERED_MS;
use crate::db::schema::return_tokens;
use crate::db::{self, Connection, each};
use crate::kernel::time::Timestamp;
use crate::mail::returned::ReturnSource;

/// Whether a token came before.
pub(super) fn is_used(conn: &mut Connection, source: ReturnSource, token: &str) -> db::Result<bool> {
    let row = return_tokens::table.find((source.as_str(), token)).select(return_tokens::at);
    Ok(row.first::<i64>(conn).optional()?.is_some())
}

/// Remembers a token, and forgets those whose reports would be too old by now.
pub(super) fn use_up(tx: &mut Connection, source: ReturnSource, token: &str, now: Timestamp) -> db::Result<()> {
    let old = return_tokens::table.filter(return_tokens::at.lt(now.minus_ms(REMEMBERED_MS)));
    diesel::delete(old).execute(tx)?;
    let row = (return_tokens::source.eq(source.as_str()), return_tokens::token.eq(token), return_tokens::at.eq(now));
    each!(tx, |c| diesel::insert_into(return_tokens::table).values(row).on_conflict_do_nothing().execute(c)?);
    Ok(())
}
