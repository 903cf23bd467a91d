//! Letting go of the customers of shops that left: some days after a shop is closed (`closed_shop_days`), what was bought, by whom, and the log
//! of mails go. Reviews and their certificates stand, each with its order, until its author erases it. A tick; what is due lives in the
//! database, in bounded steps.

use crate::context::Context;
use crate::db::{self, Connection};
use crate::invitations;
use crate::kernel::id::{OrderId, ShopId};
use crate::kernel::time::{DAY, Timestamp};
use crate::mail;
use crate::merchants::standing::{self, Closed};
use crate::orders::ended as orders;
use crate::reviews;

/// Orders or mails in one write.
const PAGE: i64 = 200;
/// Writes of one kind and shop in one run; the next tick goes on.
const PAGES: usize = 50;

/// Lets go of what is due of every shop that left.
///
/// # Errors
/// The database's; what was done before stays done.
pub(crate) async fn let_go(ctx: &Context) -> db::Result<()> {
    let before = ctx.now().minus_ms(ctx.config().closed_shop_days.saturating_mul(DAY));
    for closed in ctx.db().read(move |conn| standing::closed_before(conn, before)).await? {
        of_shop(ctx, closed, before).await?;
    }
    Ok(())
}

async fn of_shop(ctx: &Context, closed: Closed, before: Timestamp) -> db::Result<()> {
    let (shop, now) = (closed.shop, ctx.now());
    if closed.let_go_at.is_none() {
        orders_of(ctx, shop, before).await?;
    }
    let erased = ctx.db().read(move |conn| reviews::erased_orders(conn, shop)).await?;
    for some in erased.chunks(usize::try_from(PAGE).unwrap_or(1)) {
        let some = some.to_vec();
        ctx.db().write(move |tx| if_closed(tx, (shop, before), |tx| let_go_of(tx, shop, &some, now)).map(drop)).await?;
    }
    for _ in 0..PAGES {
        let forget = move |tx: &mut Connection| mail::forget_log(tx, shop, before, PAGE);
        let gone = ctx.db().write(move |tx| if_closed(tx, (shop, before), forget)).await?;
        if i64::try_from(gone.unwrap_or(0)).is_ok_and(|gone| gone < PAGE) {
            break;
        }
    }
    Ok(())
}

/// The orders that nobody reviewed, page by page; when none is left, that is noted: nothing new comes to a closed shop.
async fn orders_of(ctx: &Context, shop: ShopId, before: Timestamp) -> db::Result<()> {
    let (mut after, now) = (None, ctx.now());
    for _ in 0..PAGES {
        let last: Option<OrderId> = after;
        let page = move |tx: &mut Connection| {
            let page = orders::standing(tx, shop, last, PAGE)?;
            let_go_of(tx, shop, &page, now)?;
            if page.is_empty() {
                standing::note_let_go(tx, shop, now)?;
            }
            Ok(page.last().copied())
        };
        after = ctx.db().write(move |tx| if_closed(tx, (shop, before), page)).await?.flatten();
        if after.is_none() {
            break;
        }
    }
    Ok(())
}

/// Does this unless the shop was taken back meanwhile.
fn if_closed<T>(
    tx: &mut Connection,
    (shop, before): (ShopId, Timestamp),
    act: impl FnOnce(&mut Connection) -> db::Result<T>,
) -> db::Result<Option<T>> {
    if standing::is_closed_before(tx, shop, before)? { act(tx).map(Some) } else { Ok(None) }
}

/// Lets go of those among these orders on which no review rests.
fn let_go_of(tx: &mut Connection, shop: ShopId, among: &[OrderId], now: Timestamp) -> db::Result<()> {
    let mut gone = Vec::new();
    for order in among {
        if !reviews::stands(tx, shop, *order)? {
            gone.push(*order);
        }
    }
    let gone = orders::let_go(tx, shop, &gone, now)?;
    gone.into_iter().try_for_each(|order| invitations::let_go(tx, shop, order, now))
}
