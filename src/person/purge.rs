//! Letting go of hashes: once name and address of an order are gone, its keyed hash stays only while a review of it stands or
//! its link still works, so that unsubscribing and erasing find it; of captured mails to people who were erased; and of the customers of
//! shops that left. A tick; what is due lives in the database, in bounded steps.

use super::{captured, ended};
use crate::context::Context;
use crate::db::{self, Connection};
use crate::invitations;
use crate::kernel::id::{OrderId, ShopId};
use crate::kernel::time::{DAY, Timestamp};
use crate::orders::hashes;
use crate::reviews;

/// Orders looked at in one write.
const PAGE: i64 = 200;
/// Writes in one run; the next tick goes on.
const PAGES: usize = 50;
/// How long a standing review is left alone before it is looked at again, in ms.
const LOOK_AGAIN_MS: i64 = 30 * DAY;

/// Lets go of the hashes that nobody needs any more, of captured mails to people who were erased, and of the customers of shops that left.
/// Returns how many orders were looked at.
///
/// # Errors
/// The database's; what was done before stays done.
pub async fn purge(ctx: &Context) -> db::Result<usize> {
    let now = ctx.now();
    let mut looked = 0;
    for _ in 0..PAGES {
        let page = ctx.db().write(move |tx| purge_page(tx, now)).await?;
        looked += page;
        if i64::try_from(page).is_ok_and(|page| page < PAGE) {
            break;
        }
    }
    captured::sweep(ctx).await?;
    ended::let_go(ctx).await?;
    Ok(looked)
}

fn purge_page(tx: &mut Connection, now: Timestamp) -> db::Result<usize> {
    let due = hashes::due(tx, now, PAGE)?;
    for (shop, order) in &due {
        if let Some(at) = needed_until(tx, *shop, *order, now)? {
            hashes::look_again(tx, *shop, *order, at)?;
        } else {
            hashes::drop_hash(tx, *shop, *order)?;
            let asked = invitations::about(tx, *shop, *order)?.map(|row| row.id);
            invitations::forget_addressee(tx, *shop, asked.as_slice())?;
        }
    }
    Ok(due.len())
}

/// Until when the hash is needed at least; `None`: it is not.
fn needed_until(conn: &mut Connection, shop: ShopId, order: OrderId, now: Timestamp) -> db::Result<Option<Timestamp>> {
    if reviews::stands(conn, shop, order)? {
        return Ok(Some(now.plus_ms(LOOK_AGAIN_MS)));
    }
    let invitation = invitations::about(conn, shop, order)?;
    let link = invitation.and_then(|row| row.token_expires_at);
    Ok(link.filter(|expires| *expires > now))
}
