//! Ending the weekly mail from the mail itself: whoever holds its link may, and nothing else.

use crate::context::Context;
use crate::db::{self, Connection};
use crate::kernel::id::{InvitationId, ShopId};
use crate::kernel::time::{DAY, SECOND, UtcDay};
use crate::keyring::Link;
use crate::merchants::{self, WeeklyStop};
use crate::sign::token::Purpose;

/// The link of the mail of this Monday: the same on every attempt.
pub(super) fn token(ctx: &Context, shop: ShopId, monday: UtcDay) -> db::Result<String> {
    let until = monday.start().plus_ms(ctx.config().token_years.saturating_mul(365 * DAY));
    let expires = until.minus_ms(until.millis().rem_euclid(SECOND));
    // A token names one row by its id; for this purpose that is the shop's.
    let invitation = InvitationId::from_bytes(*shop.as_bytes());
    let link = Link { invitation, purpose: Purpose::WeeklyMail, expires };
    let minted = ctx.keyring().mint(&link, None);
    minted.map(|(token, _)| token).map_err(|error| db::Error::Unavailable(error.to_string()))
}

/// The shop whose mail carried this link; `None`: it opens nothing.
pub(crate) fn shop_behind(ctx: &Context, token: &str) -> Option<ShopId> {
    let link = ctx.keyring().check(token, ctx.now()).ok()?;
    (link.purpose == Purpose::WeeklyMail).then(|| ShopId::from_bytes(*link.invitation.as_bytes()))
}

/// Ends a shop's weekly mail, and notes why. One that ended already stays so, with what was noted then.
pub(crate) fn stop(tx: &mut Connection, shop: ShopId, why: WeeklyStop) -> db::Result<()> {
    let end = |shop: &mut merchants::Shop| {
        if shop.weekly_mail {
            (shop.weekly_mail, shop.weekly_stop) = (false, Some(why));
        }
        Ok(())
    };
    match merchants::change(tx, shop, end)? {
        merchants::Changed::Raced => Err(db::Error::Unavailable("the shop was changed at the same moment".to_owned())),
        _ => Ok(()),
    }
}
