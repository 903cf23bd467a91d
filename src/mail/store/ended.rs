//! The log of mails of a shop that left.

use diesel::prelude::*;

use crate::db::schema::{message_attempts, message_returns, messages};
use crate::db::{self, Connection};
use crate::kernel::id::{MessageId, ShopId};
use crate::kernel::time::Timestamp;

/// States from which a mail may still leave.
const PENDING: [&str; 3] = ["queued", "held", "parked"];

/// Deletes what is logged of a shop's mails from before a moment, at most `limit` of them: the mails, each attempt with its reply, what came
/// back. Those that may still leave stay. Returns how many there were.
///
/// # Errors
/// The database's; nothing of the write is stored.
pub fn forget_log(tx: &mut Connection, shop: ShopId, before: Timestamp, limit: i64) -> db::Result<usize> {
    let old: Vec<MessageId> = messages::table
        .filter(messages::shop_id.eq(shop))
        .filter(messages::created_at.lt(before.millis()))
        .filter(messages::state.ne_all(PENDING))
        .order((messages::created_at, messages::id))
        .limit(limit)
        .select(messages::id)
        .load(tx)?;
    if old.is_empty() {
        return Ok(0);
    }
    diesel::delete(message_returns::table.filter(message_returns::message_id.eq_any(&old))).execute(tx)?;
    diesel::delete(message_attempts::table.filter(message_attempts::message_id.eq_any(&old))).execute(tx)?;
    diesel::delete(messages::table.filter(messages::id.eq_any(&old))).execute(tx)?;
    Ok(old.len())
}
