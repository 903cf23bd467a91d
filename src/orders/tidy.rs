//! What the room lets go of in time: addresses whose time is over, webhook ids that no longer protect, seals of older keys.
//!
//! Called by a tick; what is due lives in the database, so a missed one costs nothing. Small writes, so that nobody waits.

use super::personal;
use crate::context::Context;
use crate::db;
use crate::kernel::time::DAY;

/// Rows in one write.
const PAGE: i64 = 200;
/// Writes of one kind in one run; the next tick goes on.
const PAGES: usize = 50;

/// Lets go of everything that is due.
///
/// # Errors
/// The database's; what was done before stays done.
pub async fn tidy(ctx: &Context) -> db::Result<()> {
    let now = ctx.now();
    let before = now.minus_ms(ctx.config().event_keep_days.saturating_mul(DAY));
    repeat(ctx, move |tx, _| personal::purge(tx, now, PAGE)).await?;
    repeat(ctx, move |tx, _| personal::purge_events(tx, before, PAGE)).await?;
    repeat(ctx, |tx, ctx| personal::reseal(tx, ctx.keyring(), PAGE)).await
}

/// Repeats a write while it finds a full page.
async fn repeat<F>(ctx: &Context, page: F) -> db::Result<()>
where
    F: Fn(&mut db::Connection, &Context) -> db::Result<usize> + Copy + Send + 'static,
{
    for _ in 0..PAGES {
        let inner = ctx.clone();
        let done = ctx.db().write(move |tx| page(tx, &inner)).await?;
        if i64::try_from(done).is_ok_and(|done| done < PAGE) {
            break;
        }
    }
    Ok(())
}
