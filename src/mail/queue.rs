//! What waits to leave, what holds it, at what rate it goes and when nothing will wait any more. Reads only.
//!
//! Whom a mail is for is sealed until it leaves, so how many wait for one domain nobody can count; but a mail that was sent away for a limit
//! says for which ([`Deferred`]).

use serde::Serialize;

use crate::db::{self, Connection};
use crate::kernel::id::ShopId;
use crate::kernel::pace::{Bound, Limit, Per, Rate, WarmUp};
use crate::kernel::time::{DAY, HOUR, MINUTE, Timestamp};
use crate::kernel::zone::Zone;

use super::brake::{self, Brake};
use super::mailer::Mailer;
use super::pace::{patient, sender_key};
use super::store::{pace, queue as store};

mod forecast;
mod shop;
mod standstill;

pub use super::store::queue::{Deferred, HeldFor, OfKind, TransportHold};
pub use forecast::{Forecast, Quiet, RateBy, Speed, forecast, forecast_behind};
pub use shop::{Face, InQueue, OfShop, SetBy, UsedOf, limits_of, of_one};
pub use standstill::{Held, SHOP_PAUSED, Standstill, of_all as standstills, of_brake, of_shop_itself};

/// Over how long the rate of the last mails is measured, in ms.
const LATELY_MS: i64 = 10 * MINUTE;

/// How much of a limit is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Used {
    /// In plain words.
    pub limit: String,
    /// Mails that left in the last such time; none for connections.
    pub used: Option<i64>,
}

/// A sender that is still growing, or has been.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Growing {
    /// The domain.
    pub sender: String,
    /// Its first mail.
    pub since: Timestamp,
    /// Mails that left in the last day.
    pub used: i64,
    /// Mails it may send in a day now; none: it is grown.
    pub ceiling: Option<i64>,
}

/// A domain that asked for patience.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Slow {
    /// The recipients' domain.
    pub domain: String,
    /// What it is sent, in plain words.
    pub rate: String,
    /// Until then, if it does not ask again.
    pub until: Timestamp,
}

/// A shop whose brake is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Braked {
    /// Whose.
    pub shop: ShopId,
    /// What holds it.
    pub brake: Brake,
}

/// The whole queue of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Since when the operator holds all mail, and why.
    pub paused: Option<(Timestamp, String)>,
    /// Why no mail can leave at all, by the settings.
    pub unset: Option<&'static str>,
    /// Mail servers that cannot be used.
    pub transports: Vec<TransportHold>,
    /// What waits, by kind.
    pub waiting: Vec<OfKind>,
    /// What is held, by reason.
    pub held: Vec<HeldFor>,
    /// The operator's limits.
    pub limits: Vec<Used>,
    /// The rule of new senders.
    pub warm_up: Option<String>,
    /// Senders under that rule.
    pub senders: Vec<Growing>,
    /// Domains that are slower for a while.
    pub slow: Vec<Slow>,
    /// Mails that were sent away for a limit, by limit.
    pub deferred: Vec<Deferred>,
    /// Shops whose brake is on.
    pub braked: Vec<Braked>,
    /// Mails that left in the last ten minutes.
    pub lately: i64,
    /// Mails that left in the last hour.
    pub last_hour: i64,
    /// What keeps all mail from moving.
    pub stills: Vec<Standstill>,
    /// When nothing waits any more.
    pub forecast: Forecast,
}

/// The queue as it stands. `kinds` are the kinds of mail, `zone` is the clock that stands for the recipients'.
///
/// # Errors
/// The database's.
pub fn read(
    conn: &mut Connection,
    mailer: &Mailer,
    kinds: &[&'static str],
    (now, zone): (Timestamp, Zone),
) -> db::Result<Queue> {
    let senders = growing(conn, mailer.pace().warm_up(), now)?;
    let lately = store::left_since(conn, now.minus_ms(LATELY_MS))?;
    let speed = speed(conn, mailer, (lately, zone))?;
    let slow = pace::slow(conn, now)?.into_iter().map(|(domain, refusals, until)| Slow {
        domain,
        rate: patient(refusals).to_string(),
        until,
    });
    let stills = standstills(conn, mailer, now)?;
    let held = store::held(conn)?;
    let hours = store::hours(conn, kinds)?;
    let forecast = forecast_behind(&stills, now, (&hours, shop::waiting_for(&held, &stills)), &speed);
    Ok(Queue {
        paused: brake::pause(conn)?,
        unset: mailer.held(),
        transports: store::transports(conn, now)?,
        waiting: store::waiting(conn, kinds, now)?,
        held,
        limits: used(conn, "", mailer.pace().limits(), now)?,
        warm_up: mailer.pace().warm_up().map(|rule| rule.to_string()),
        senders,
        slow: slow.collect(),
        deferred: store::deferred(conn, kinds, now)?,
        braked: store::braked(conn)?.into_iter().map(|(shop, brake)| Braked { shop, brake }).collect(),
        lately,
        last_hour: store::left_since(conn, now.minus_ms(HOUR))?,
        stills,
        forecast,
    })
}

/// How fast the mails of the instance can leave, so many of which left lately; `zone` is the clock that stands for the recipients'.
///
/// # Errors
/// The database's.
pub fn speed(conn: &mut Connection, mailer: &Mailer, (lately, zone): (i64, Zone)) -> db::Result<Speed> {
    let began = pace::seen(conn, &sender_key(mailer.own_domain()))?.map(|(began, _)| began);
    let growth = mailer.pace().warm_up().map(|rule| (rule, began.unwrap_or(Timestamp::MAX)));
    let quiet = mailer.pace().quiet().map(|hours| (hours, zone));
    Ok(Speed { rates: of_all(mailer.pace().limits()), growth, lately, quiet, ..Speed::default() })
}

/// The limits in a time that hold whatever the domain.
pub fn of_all(limits: &[Limit]) -> Vec<Rate> {
    let rate = |limit: &Limit| match (limit.bound, &limit.to) {
        (Bound::Rate(rate), None) => Some(rate),
        _ => None,
    };
    limits.iter().filter_map(rate).collect()
}

/// How much of these limits is used; `whose` is empty for the operator's.
///
/// # Errors
/// The database's.
pub fn used(conn: &mut Connection, whose: &str, limits: &[Limit], now: Timestamp) -> db::Result<Vec<Used>> {
    let mut all = Vec::with_capacity(limits.len());
    for limit in limits {
        let used = match limit.bound {
            Bound::Connections(_) => None,
            Bound::Rate(rate) => {
                let to = limit.to.as_ref().map(|domain| format!("to:{domain} ")).unwrap_or_default();
                let seen = pace::seen(conn, &format!("{whose}{to}{}", rate.per.word()))?;
                Some(seen.map_or(0, |(_, window)| window.count(rate.per, now)))
            }
        };
        all.push(Used { limit: limit.to_string(), used });
    }
    Ok(all)
}

/// The prefix under which the limits of one shop are counted, for [`used`].
pub fn of_shop(shop: ShopId) -> String {
    format!("shop:{shop} ")
}

fn growing(conn: &mut Connection, rule: Option<WarmUp>, now: Timestamp) -> db::Result<Vec<Growing>> {
    let Some(rule) = rule else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for sender in pace::senders(conn)? {
        let Some((since, window)) = pace::seen(conn, &sender_key(&sender))? else { continue };
        let ceiling = rule.ceiling(now.since(since).max(0) / DAY);
        all.push(Growing { sender, since, used: window.count(Per::Day, now), ceiling });
    }
    Ok(all)
}
