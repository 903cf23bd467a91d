//! What waits to leave, what holds it, at what rate it goes and when nothing will wait any more. Reads only.
//!
//! The forecast counts with what waits now and with the limits that stand now. What it cannot know it leaves out: mails still to come,
//! recipients' quiet hours, the limits of single domains (addresses are sealed), and mails that must be tried again.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::db::{self, Connection};
use crate::kernel::id::ShopId;
use crate::kernel::pace::{Bound, Limit, Per, Rate, WarmUp};
use crate::kernel::time::{DAY, HOUR, MINUTE, Timestamp};

use super::brake::{self, Brake};
use super::mailer::Mailer;
use super::pace::{patient, sender_key};
use super::store::{pace, queue as store};

pub use super::store::queue::{HeldFor, OfKind, TransportHold};

/// How far a forecast looks, in hours.
const HOURS: i64 = 366 * 24;
/// Over how long the rate of the last mails is measured, in ms.
const LATELY_MS: i64 = 10 * MINUTE;

/// When nothing waits any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Forecast {
    /// Mails that can leave in an hour; none where nothing limits them and none left lately.
    pub per_hour: Option<i64>,
    /// Where that number comes from.
    pub by: RateBy,
    /// When the last mail that waits now will have left; none where that is more than a year away.
    pub empty_at: Option<Timestamp>,
}

/// Where a rate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RateBy {
    /// The limits allow no more.
    Limits,
    /// As many left in the last ten minutes.
    LatelySent,
    /// Nothing limits them: as fast as the mail server takes them.
    MailServer,
}

/// How fast mails can leave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Speed {
    /// The limits that hold.
    pub rates: Vec<Rate>,
    /// The rule of a new sender, and when it began.
    pub growth: Option<(WarmUp, Timestamp)>,
    /// Mails that left in the last ten minutes.
    pub lately: i64,
}

impl Speed {
    /// Mails in an hour, as far as limits or experience say so.
    fn per_hour(&self) -> (Option<i64>, RateBy) {
        let hourly = |rate: &Rate| rate.mails.saturating_mul(HOUR) / rate.per.ms();
        let limited = self.rates.iter().filter(|rate| rate.per != Per::Day).map(hourly).min();
        let lately = (self.lately > 0).then(|| self.lately.saturating_mul(HOUR / LATELY_MS));
        match (limited, lately) {
            (Some(limited), _) => (Some(limited.max(1)), RateBy::Limits),
            (None, Some(lately)) => (Some(lately), RateBy::LatelySent),
            (None, None) if self.per_day(Timestamp::EPOCH).is_some() => (None, RateBy::Limits),
            (None, None) => (None, RateBy::MailServer),
        }
    }

    /// Mails in the day that begins then.
    fn per_day(&self, at: Timestamp) -> Option<i64> {
        let daily = self.rates.iter().filter(|rate| rate.per == Per::Day).map(|rate| rate.mails);
        let grown = self.growth.and_then(|(rule, began)| rule.ceiling(at.since(began).max(0) / DAY));
        daily.chain(grown).min()
    }
}

/// When mails that wait will have left. `waiting`: how many become due in which hour, counted from 1970; what is due already stands in
/// this hour or an earlier one.
pub fn forecast(now: Timestamp, waiting: &BTreeMap<i64, i64>, speed: &Speed) -> Forecast {
    let (per_hour, by) = speed.per_hour();
    let this_hour = now.millis().div_euclid(HOUR);
    let mut backlog: i64 = waiting.range(..=this_hour).map(|(_, count)| *count).sum();
    let (mut today, mut left, mut empty_at) =
        (0, waiting.range(this_hour + 1..).map(|(_, count)| *count).sum::<i64>(), now);
    for step in 0..HOURS {
        if backlog + left == 0 {
            return Forecast { per_hour, by, empty_at: Some(empty_at) };
        }
        let begin = now.plus_ms(step.saturating_mul(HOUR));
        if step > 0 {
            let due = waiting.get(&(this_hour + step)).copied().unwrap_or_default();
            (backlog, left) = (backlog + due, left - due);
        }
        if step % 24 == 0 {
            today = 0;
        }
        let room = speed.per_day(begin).map_or(i64::MAX, |most| (most - today).max(0));
        let gone = backlog.min(per_hour.unwrap_or(i64::MAX)).min(room);
        if gone > 0 {
            let share = per_hour.map_or(0, |most| gone.saturating_mul(HOUR) / most);
            empty_at = begin.plus_ms(share.min(HOUR));
        }
        (backlog, today) = (backlog - gone, today + gone);
    }
    Forecast { per_hour, by, empty_at: None }
}

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
    /// Shops whose brake is on.
    pub braked: Vec<Braked>,
    /// Mails that left in the last ten minutes.
    pub lately: i64,
    /// When nothing waits any more.
    pub forecast: Forecast,
}

/// The queue as it stands. `kinds` are the kinds of mail.
///
/// # Errors
/// The database's.
pub fn read(conn: &mut Connection, mailer: &Mailer, kinds: &[&'static str], now: Timestamp) -> db::Result<Queue> {
    let senders = growing(conn, mailer.pace().warm_up(), now)?;
    let lately = store::left_since(conn, now.minus_ms(LATELY_MS))?;
    let speed = speed(conn, mailer, lately)?;
    let slow = pace::slow(conn, now)?.into_iter().map(|(domain, refusals, until)| Slow {
        domain,
        rate: patient(refusals).to_string(),
        until,
    });
    Ok(Queue {
        paused: brake::pause(conn)?,
        unset: mailer.held(),
        transports: store::transports(conn, now)?,
        waiting: store::waiting(conn, kinds, now)?,
        held: store::held(conn)?,
        limits: used(conn, "", mailer.pace().limits(), now)?,
        warm_up: mailer.pace().warm_up().map(|rule| rule.to_string()),
        senders,
        slow: slow.collect(),
        braked: store::braked(conn)?.into_iter().map(|(shop, brake)| Braked { shop, brake }).collect(),
        lately,
        forecast: forecast(now, &store::hours(conn, kinds)?, &speed),
    })
}

/// How fast the mails of the instance can leave.
///
/// # Errors
/// The database's.
pub fn speed(conn: &mut Connection, mailer: &Mailer, lately: i64) -> db::Result<Speed> {
    let began = pace::seen(conn, &sender_key(mailer.own_domain()))?.map(|(began, _)| began);
    let growth = mailer.pace().warm_up().map(|rule| (rule, began.unwrap_or(Timestamp::MAX)));
    Ok(Speed { rates: of_all(mailer.pace().limits()), growth, lately })
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

/// The prefix under which a shop's own limits are counted, for [`used`].
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

/// What of a shop's mails waits in the outbox, by kind: tried again, or held for a reason.
///
/// # Errors
/// The database's.
pub fn of_shop_held(conn: &mut Connection, shop: ShopId) -> db::Result<Vec<HeldFor>> {
    store::held_of(conn, shop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speed(rates: &[&str]) -> Speed {
        let rates: Vec<Limit> = rates.iter().map(|text| Limit::parse(text).unwrap()).collect();
        Speed { rates: of_all(&rates), growth: None, lately: 0 }
    }

    fn due(now: Timestamp, counts: &[(i64, i64)]) -> BTreeMap<i64, i64> {
        counts.iter().map(|(hours, count)| (now.millis() / HOUR + hours, *count)).collect()
    }

    #[test]
    fn a_queue_is_empty_when_its_last_mail_left() {
        let now = Timestamp::from_millis(1_000 * HOUR);
        let empty = |counts: &[(i64, i64)], speed: &Speed| {
            forecast(now, &due(now, counts), speed).empty_at.map(|at| at.since(now) / MINUTE)
        };
        assert_eq!(empty(&[], &speed(&[])), Some(0));
        assert_eq!(empty(&[(0, 600)], &speed(&["10 per minute"])), Some(60));
        assert_eq!(
            empty(&[(-5, 300), (0, 300)], &speed(&["10 per minute", "14 per second"])),
            Some(60),
            "the tightest counts"
        );
        assert_eq!(empty(&[(0, 90)], &speed(&["60 per hour"])), Some(90));
        assert_eq!(
            empty(&[(0, 10), (48, 30)], &speed(&["60 per hour"])),
            Some(48 * 60 + 30),
            "what is due later waits"
        );
        assert_eq!(empty(&[(0, 250)], &speed(&["100 per day"])), Some(48 * 60), "the rest goes on the third day");
        assert_eq!(empty(&[(0, 10_000_000)], &speed(&["1 per hour"])), None);
        let lately = Speed { lately: 100, ..speed(&[]) };
        assert_eq!(forecast(now, &due(now, &[(0, 1_200)]), &lately).by, RateBy::LatelySent);
        assert_eq!(empty(&[(0, 1_200)], &lately), Some(120));
        assert_eq!(forecast(now, &due(now, &[(0, 9)]), &speed(&[])).by, RateBy::MailServer);
    }

    #[test]
    fn a_new_sender_takes_days_that_grow() {
        let now = Timestamp::from_millis(1_000 * HOUR);
        let rule = WarmUp::parse("50 per day, doubling every day").unwrap();
        let speed = Speed { growth: Some((rule, now)), ..speed(&[]) };
        let days = |count| forecast(now, &due(now, &[(0, count)]), &speed).empty_at.map(|at| at.since(now) / DAY);
        assert_eq!([50, 51, 150, 151, 350].map(days), [0, 1, 1, 2, 2].map(Some));
    }
}
