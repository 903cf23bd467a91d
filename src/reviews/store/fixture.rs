//! Rows of earlier rooms for this room's tests: an order that was asked about.

use diesel::prelude::*;

use crate::db::schema::{invitations, orders};
use crate::db::{self, Connection};
use crate::invitations::Bearer;
use crate::kernel::time::{DAY, Timestamp};

/// Stores an order with its fold, sent its invitation at `at`.
pub(in crate::reviews) fn asked(
    tx: &mut Connection,
    bearer: &Bearer,
    number: &str,
    test: bool,
    fold: &str,
) -> db::Result<()> {
    let at = Timestamp::from_millis(bearer.submit_until.millis() - 180 * DAY);
    diesel::insert_into(orders::table)
        .values((
            (orders::shop_id.eq(bearer.shop_id), orders::id.eq(bearer.order_id), orders::number.eq(number)),
            (orders::test.eq(i64::from(test)), orders::state.eq("sent"), orders::fold.eq(fold)),
            (orders::eligible.eq(1), orders::invited.eq(1), orders::first_at.eq(at), orders::changed_at.eq(at)),
        ))
        .execute(tx)?;
    diesel::insert_into(invitations::table)
        .values((
            (invitations::shop_id.eq(bearer.shop_id), invitations::id.eq(bearer.invitation)),
            (invitations::order_id.eq(bearer.order_id), invitations::trigger_at.eq(at), invitations::due_at.eq(at)),
            (invitations::submit_until.eq(bearer.submit_until), invitations::sent_at.eq(Some(at))),
            (invitations::postponed_ms.eq(0), invitations::postponements.eq(0), invitations::created_at.eq(at)),
        ))
        .execute(tx)?;
    Ok(())
}
