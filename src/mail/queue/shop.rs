//! What waits of one shop's mail, what holds it, at what rate it goes and when nothing of it will wait any more. Reads only.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::brake;
use super::super::mailer::Mailer;
use super::super::outcome::MAIL_SERVER_DOWN;
use super::super::store::{brake::left, queue as store};
use super::super::waiting::{Waiting, Watch};
use super::standstill::{self, Standstill};
use super::{Forecast, HeldFor, LATELY_MS, Speed, Used, forecast, forecast_behind, of_all, of_shop, speed, used};
use crate::db::{self, Connection};
use crate::kernel::id::ShopId;
use crate::kernel::time::{HOUR, Timestamp};
use crate::kernel::zone::Zone;

/// How many of the next mails are told.
const NEXT: i64 = 10;

/// What this ground cannot know of a shop.
#[derive(Clone, Copy, Debug)]
pub struct Face {
    /// Which.
    pub id: ShopId,
    /// Its clock, which stands for its customers'.
    pub zone: Zone,
    /// It holds its invitations itself.
    pub paused: bool,
}

/// How many stand in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct InQueue {
    /// Their time has come; they wait for their turn.
    pub due: i64,
    /// Their time has not come.
    pub later: i64,
}

/// The queue of a shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfShop {
    /// What keeps mail from moving.
    pub stills: Vec<Standstill>,
    /// What stands in the queue.
    pub waiting: InQueue,
    /// What was tried or looked at and waits for a reason.
    pub held: Vec<HeldFor>,
    /// What leaves next.
    pub next: Vec<Waiting>,
    /// The operator's limits, those it set on this shop, the shop's own.
    pub limits: Vec<UsedOf>,
    /// Mails of the shop that left in the last hour.
    pub left: i64,
    /// When nothing waits any more.
    pub forecast: Forecast,
}

/// Who set a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SetBy {
    /// The operator, on all mail.
    Operator,
    /// The operator, on this shop.
    OperatorOnShop,
    /// The shop.
    Shop,
}

/// A limit that a shop's mail is under.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UsedOf {
    /// How much of it is used.
    #[serde(flatten)]
    pub limit: Used,
    /// Who set it.
    pub set_by: SetBy,
}

/// Every limit that a shop's mail is under.
///
/// # Errors
/// The database's.
pub fn limits_of(
    conn: &mut Connection,
    mailer: &Mailer,
    (shop, sending): (ShopId, &brake::Standing),
    now: Timestamp,
) -> db::Result<Vec<UsedOf>> {
    let (whose, mut all) = (of_shop(shop), Vec::new());
    for (set_by, whose, limits) in [
        (SetBy::Operator, "", mailer.limits()),
        (SetBy::OperatorOnShop, whose.as_str(), &sending.imposed),
        (SetBy::Shop, whose.as_str(), &sending.limits),
    ] {
        all.extend(used(conn, whose, limits, now)?.into_iter().map(|limit| UsedOf { limit, set_by }));
    }
    Ok(all)
}

/// The queue of a shop as it stands.
///
/// # Errors
/// The database's.
pub fn of_one(conn: &mut Connection, watch: &Watch, mailer: &Mailer, face: Face) -> db::Result<OfShop> {
    let (shop, now) = (face.id, watch.ctx.now());
    let sending = brake::standing(conn, shop)?;
    let mut stills = standstill::of_all(conn, mailer, now)?;
    stills.extend(sending.brake.as_ref().map(standstill::of_brake));
    stills.extend(face.paused.then(standstill::of_shop_itself));
    let standing = watch.standing(conn, shop)?;
    let held = store::held_of(conn, shop)?;
    let limits = limits_of(conn, mailer, (shop, &sending), now)?;
    let lately = store::left_since(conn, now.minus_ms(LATELY_MS))?;
    let (own, imposed) = (of_all(&sending.limits), of_all(&sending.imposed));
    let speed = Speed { own, imposed, ..speed(conn, mailer, (lately, face.zone))? };
    let waits = (&standing.hours, waiting_for(&held, &stills));
    let mine = forecast_behind(&stills, now, waits, &speed);
    let forecast = among(conn, watch, (now, mine), (&standing.hours, speed))?;
    let waiting = InQueue { due: standing.due, later: standing.later };
    let (next, left) = (watch.next(conn, Some(shop), NEXT)?, left(conn, shop, now.minus_ms(HOUR))?);
    Ok(OfShop { stills, waiting, held, next, limits, left, forecast })
}

/// Messages that leave when what stands still moves again, and are in no queue until then.
pub(super) fn waiting_for(held: &[HeldFor], stills: &[Standstill]) -> i64 {
    let mine = |held: &&HeldFor| {
        let reason = held.reason.as_deref();
        held.state == "held" && stills.iter().any(|s| s.reason != MAIL_SERVER_DOWN && Some(s.reason) == reason)
    };
    held.iter().filter(mine).map(|held| held.messages).sum()
}

/// A shop's forecast among the mails of all: whatever is due before its last one goes first, under the operator's limits.
fn among(
    conn: &mut Connection,
    watch: &Watch,
    (now, mine): (Timestamp, Forecast),
    (hours, speed): (&BTreeMap<i64, i64>, Speed),
) -> db::Result<Forecast> {
    let (Some(alone), Some((last, _))) = (mine.empty_at, hours.last_key_value()) else { return Ok(mine) };
    let kinds: Vec<&'static str> = watch.letters.all().map(super::super::letter::Letter::kind).collect();
    let mut all = store::hours(conn, &kinds)?;
    all.retain(|hour, _| hour <= last);
    let together = forecast(now, &all, &Speed { own: Vec::new(), imposed: Vec::new(), ..speed }).empty_at;
    Ok(Forecast { empty_at: together.map(|together| together.max(alone)), ..mine })
}
