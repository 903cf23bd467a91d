//! The circuit breaker of each shop: when too many of its mails come back as complaints or hard bounces, its sending is held.
//!
//! Held, never lost: the messages wait with their reason, and leave when the brake is taken off. A pause ends by itself after
//! [`PAUSE_MS`], or when the shop says so; a stop ends only by the operator's hand. Either way, what came back before does
//! not count against the shop a second time, unless the operator had stopped it by hand: that says nothing of what came back. Mail that
//! somebody waits for is never held by it.
//!
//! [`counts`] is the one place where what the mail server said at once and what came back later are put together.

use crate::context::Context;
use crate::db::{self, Connection};
use crate::kernel::id::ShopId;
use crate::kernel::pace::Limit;
use crate::kernel::time::{DAY, Timestamp};

use super::returned::returned_later;
use super::store::{self as outbox, Release, brake as store, pace as paces};

mod model;

pub use model::{Brake, Cause, Counts, Grip, PAUSE_MS, SENDING_PAUSED, SENDING_STOPPED, STOPPED_BY_OPERATOR, judge};

/// Held because the operator holds all mail.
pub const INSTANCE_PAUSED: &str = "instance_paused";

/// Held by the brake of a shop.
const BRAKED: &[&str] = &[SENDING_PAUSED, SENDING_STOPPED, STOPPED_BY_OPERATOR];
/// How far back mails are counted, in ms.
pub const COUNTED_MS: i64 = 7 * DAY;
/// How many limits a shop may have of its own.
pub const MOST_LIMITS: usize = 8;
/// Messages released in one write.
const RELEASED: i64 = 500;

/// What is kept about a shop's sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The shop's own limits.
    pub limits: Vec<Limit>,
    /// Those that the operator set on this shop.
    pub imposed: Vec<Limit>,
    /// The brake that is on.
    pub brake: Option<Brake>,
    /// Mails before this do not pause it again.
    pub pauses_from: Timestamp,
    /// Mails before this do not stop it again.
    pub stops_from: Timestamp,
}

impl Default for Standing {
    fn default() -> Self {
        Self {
            limits: Vec::new(),
            imposed: Vec::new(),
            brake: None,
            pauses_from: Timestamp::EPOCH,
            stops_from: Timestamp::EPOCH,
        }
    }
}

/// Who takes a brake off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hand {
    /// The shop, which may end a pause.
    Shop,
    /// The operator, who may end a stop too.
    Operator,
}

/// Whether a brake was taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resumed {
    /// Nothing was held.
    WasFree,
    /// What was held leaves within a minute.
    Now,
    /// Only the operator may.
    OnlyByOperator,
}

/// The mails of a shop since a moment: what left, what the mail server refused for good at once, and what came back later.
///
/// # Errors
/// The database's.
pub fn counts(conn: &mut Connection, shop: ShopId, since: Timestamp) -> db::Result<Counts> {
    let (left, refused) = (store::left(conn, shop, since)?, store::refused(conn, shop, since)?);
    let later = returned_later(conn, shop, since)?;
    let hard_bounces = refused.saturating_add(later.hard_bounces);
    Ok(Counts { sent: left.saturating_add(refused), hard_bounces, complaints: later.complaints })
}

/// What is kept about a shop's sending.
///
/// # Errors
/// The database's.
pub fn standing(conn: &mut Connection, shop: ShopId) -> db::Result<Standing> {
    Ok(store::standing(conn, shop)?.unwrap_or_default())
}

/// The shop's own limits from now on.
///
/// # Errors
/// The database's.
pub fn set_limits(tx: &mut Connection, shop: ShopId, limits: Vec<Limit>) -> db::Result<()> {
    let before = store::hold(tx, shop)?;
    store::put(tx, shop, &Standing { limits, ..before })
}

/// The limits that the operator sets on this shop from now on; the shop cannot lift them.
///
/// # Errors
/// The database's.
pub fn impose_limits(tx: &mut Connection, shop: ShopId, imposed: Vec<Limit>) -> db::Result<()> {
    let before = store::hold(tx, shop)?;
    store::put(tx, shop, &Standing { imposed, ..before })
}

/// The operator stops a shop's mail by hand. False: it was stopped already.
///
/// # Errors
/// The database's.
pub fn stop(tx: &mut Connection, shop: ShopId, now: Timestamp) -> db::Result<bool> {
    let before = store::hold(tx, shop)?;
    if before.brake.is_some_and(|brake| brake.grip == Grip::Stopped) {
        return Ok(false);
    }
    let counts = counts(tx, shop, now.minus_ms(COUNTED_MS))?;
    let brake = Brake { grip: Grip::Stopped, cause: Cause::Operator, sent: counts.sent, counted: 0, at: now };
    store::put(tx, shop, &Standing { brake: Some(brake), ..before })?;
    Ok(true)
}

/// Takes a shop's brake off, as far as this hand may.
///
/// # Errors
/// The database's.
pub fn resume(tx: &mut Connection, shop: ShopId, hand: Hand, now: Timestamp) -> db::Result<Resumed> {
    let before = store::hold(tx, shop)?;
    match before.brake {
        None => Ok(Resumed::WasFree),
        Some(brake) if brake.grip == Grip::Stopped && hand == Hand::Shop => Ok(Resumed::OnlyByOperator),
        Some(brake) => {
            store::put(tx, shop, &before.freed(&brake, now))?;
            Ok(Resumed::Now)
        }
    }
}

impl Standing {
    /// Every limit of this shop alone, whoever set it: the lowest of those about one thing counts.
    pub fn every_limit(&self) -> Vec<Limit> {
        self.limits.iter().chain(&self.imposed).cloned().collect()
    }

    /// Without this brake. What numbers put on does not go on again for the same mails; a hand that took hold and let go has judged none.
    fn freed(self, brake: &Brake, now: Timestamp) -> Self {
        let free = Self { brake: None, ..self };
        match (brake.cause, brake.grip) {
            (Cause::Operator, _) => free,
            (Cause::Bounces | Cause::Complaints, Grip::Paused(_)) => Self { pauses_from: now, ..free },
            (Cause::Bounces | Cause::Complaints, Grip::Stopped) => Self { pauses_from: now, stops_from: now, ..free },
        }
    }
}

/// Looks at every shop of which something came back: puts brakes on, takes pauses off whose time is over, and lets go what is no
/// longer held. `kinds` are the kinds of mail. A tick of a minute.
///
/// # Errors
/// The database's; the next tick tries again.
pub async fn tick(ctx: &Context, kinds: &[&'static str]) -> db::Result<()> {
    let now = ctx.now();
    let suspects = ctx.db().read(move |conn| store::suspects(conn, now.minus_ms(COUNTED_MS))).await?;
    for shop in suspects {
        ctx.db().write(move |tx| look_at(tx, shop, now)).await?;
    }
    let_go(ctx, kinds, now).await
}

fn look_at(tx: &mut Connection, shop: ShopId, now: Timestamp) -> db::Result<()> {
    let before = store::hold(tx, shop)?;
    let first = now.minus_ms(COUNTED_MS);
    let since_stop = counts(tx, shop, before.stops_from.max(first))?;
    let since_pause = counts(tx, shop, before.pauses_from.max(first))?;
    let next = match (before.brake, judge(&since_stop, &since_pause, now)) {
        (Some(Brake { grip: Grip::Stopped, .. }), _) | (None, None) => return Ok(()),
        (_, Some(brake)) if brake.grip == Grip::Stopped => Standing { brake: Some(brake), ..before },
        (Some(brake @ Brake { grip: Grip::Paused(until), .. }), _) if until <= now => before.freed(&brake, now),
        (Some(_), _) => return Ok(()),
        (None, brake) => Standing { brake, ..before },
    };
    if let Some(brake) = &next.brake {
        tracing::warn!(%shop, cause = brake.cause.as_str(), sent = brake.sent, counted = brake.counted, "a shop's mail is held");
    }
    store::put(tx, shop, &next)
}

/// Puts back into the queue what no brake holds any more.
async fn let_go(ctx: &Context, kinds: &[&'static str], now: Timestamp) -> db::Result<()> {
    let waiting = ctx.db().read(|conn| store::holding(conn, BRAKED)).await?;
    for shop in waiting {
        if ctx.db().read(move |conn| standing(conn, shop)).await?.brake.is_none() {
            release(ctx, kinds, BRAKED, Some(shop), now).await?;
        }
    }
    ctx.db().write(move |tx| paces::forget(tx, now)).await?;
    if ctx.db().read(store::pause).await?.is_none() {
        release(ctx, kinds, &[INSTANCE_PAUSED], None, now).await?;
    }
    Ok(())
}

async fn release(
    ctx: &Context,
    kinds: &[&'static str],
    reasons: &'static [&'static str],
    shop: Option<ShopId>,
    now: Timestamp,
) -> db::Result<()> {
    for kind in kinds.iter().copied() {
        let what = Release { kind, reasons, shop };
        while ctx.db().write(move |tx| outbox::release(tx, what, now, RELEASED)).await? > 0 {}
    }
    Ok(())
}

/// Since when the operator holds all mail, and why, if so.
///
/// # Errors
/// The database's.
pub fn pause(conn: &mut Connection) -> db::Result<Option<(Timestamp, String)>> {
    store::pause(conn)
}

/// Holds all mail of the instance from now on, or lets it go: what was held leaves within a minute. False: it was so already.
///
/// # Errors
/// The database's.
pub fn set_pause(tx: &mut Connection, note: Option<&str>, now: Timestamp) -> db::Result<bool> {
    match note {
        Some(note) => store::set_pause(tx, note, now),
        None => store::end_pause(tx),
    }
}
