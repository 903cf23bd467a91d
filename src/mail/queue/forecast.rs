//! When nothing will wait any more: what becomes due in which hour, against what may leave in it.
//!
//! Counted with what waits now, the limits that hold for every mail, and the instance's quiet hours on one clock: that of the shop, or of
//! most shops, because the recipients' own are sealed with their addresses. Left out, because nobody can know it: mails still to come, and
//! those that must be tried again; the limits of single domains, but for mails that were sent away for one, whose turn is known
//! ([`super::Deferred`]); and that what somebody waits for leaves also in quiet hours.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::kernel::pace::{Per, QuietHours, Rate, WarmUp};
use crate::kernel::time::{DAY, HOUR, Timestamp};
use crate::kernel::zone::Zone;

use super::LATELY_MS;
use super::standstill::{Standstill, ended};

/// How far a forecast looks, in hours.
const HOURS: i64 = 366 * 24;

/// When nothing waits any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Forecast {
    /// Mails that can leave in an hour; none where nothing limits them and none left lately.
    pub per_hour: Option<i64>,
    /// Where that number comes from.
    pub by: RateBy,
    /// The limit that binds while enough waits, in plain words; none where none does.
    pub limit: Option<String>,
    /// Why nothing moves now, or less than all: codes.
    pub held_for: Vec<&'static str>,
    /// When the last mail that waits now will have left; none where that is more than a year away, or where something holds it that does
    /// not end by itself.
    pub empty_at: Option<Timestamp>,
    /// The quiet hours it counts with, and on which clock.
    pub quiet_hours: Option<Quiet>,
}

/// Hours in which nothing leaves that nobody waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Quiet {
    /// As the setting says them: `21 to 8`.
    pub hours: String,
    /// On the clock of this zone, in place of each recipient's own.
    pub zone: String,
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
    /// The operator's limits that hold for every mail.
    pub rates: Vec<Rate>,
    /// Where it is about one shop: its own.
    pub own: Vec<Rate>,
    /// Where it is about one shop: those that the operator set on it.
    pub imposed: Vec<Rate>,
    /// The rule of a new sender, and when it began.
    pub growth: Option<(WarmUp, Timestamp)>,
    /// Mails that left in the last ten minutes.
    pub lately: i64,
    /// The quiet hours, on the clock that stands for the recipients'.
    pub quiet: Option<(QuietHours, Zone)>,
}

impl Speed {
    /// Mails in an hour, as far as limits or experience say so.
    fn per_hour(&self) -> (Option<i64>, RateBy) {
        let hourly = |rate: &Rate| rate.mails.saturating_mul(HOUR) / rate.per.ms();
        let limited = self.every().filter(|rate| rate.per != Per::Day).map(hourly).min();
        let lately = (self.lately > 0).then(|| self.lately.saturating_mul(HOUR / LATELY_MS));
        match (limited, lately) {
            (Some(limited), _) => (Some(limited.max(1)), RateBy::Limits),
            (None, Some(lately)) => (Some(lately), RateBy::LatelySent),
            (None, None) if self.per_day(Timestamp::EPOCH).is_some() => (None, RateBy::Limits),
            (None, None) => (None, RateBy::MailServer),
        }
    }

    fn every(&self) -> impl Iterator<Item = &Rate> {
        self.rates.iter().chain(&self.own).chain(&self.imposed)
    }

    /// The limit under which the fewest leave in a day, in plain words.
    fn binding(&self, now: Timestamp) -> Option<String> {
        let daily = |rate: &Rate| rate.mails.saturating_mul(DAY) / rate.per.ms();
        let said = |whose: &'static str| move |rate: &Rate| (daily(rate), format!("{rate}{whose}"));
        let operators = self.rates.iter().map(said(""));
        let own = self.own.iter().map(said(", the shop's own"));
        let imposed = self.imposed.iter().map(said(", set by the operator on this shop"));
        let growth = self.growth.and_then(|(rule, began)| rule.ceiling(now.since(began).max(0) / DAY));
        let growth = growth.map(|most| (most, format!("{most} per day, because the sender is new")));
        operators.chain(own).chain(imposed).chain(growth).min_by_key(|(daily, _)| *daily).map(|(_, words)| words)
    }

    /// The part of the hour from `begin` in which mails leave: when it begins, and how many ms it has.
    fn open(&self, begin: Timestamp) -> (Timestamp, i64) {
        let Some((quiet, zone)) = self.quiet else { return (begin, HOUR) };
        let end = begin.plus_ms(HOUR);
        let opens = zone.next_hour_window(begin, quiet.to, quiet.from).min(end);
        let closes = zone.next_hour_window(opens, quiet.from, quiet.to).min(end);
        (opens, closes.since(opens))
    }

    fn said(&self) -> Option<Quiet> {
        self.quiet.map(|(hours, zone)| Quiet { hours: hours.to_string(), zone: zone.name().to_owned() })
    }

    /// Mails in the day that begins then.
    fn per_day(&self, at: Timestamp) -> Option<i64> {
        let daily = self.every().filter(|rate| rate.per == Per::Day).map(|rate| rate.mails);
        let grown = self.growth.and_then(|(rule, began)| rule.ceiling(at.since(began).max(0) / DAY));
        daily.chain(grown).min()
    }
}

/// When mails that wait will have left. `waiting`: how many become due in which hour, counted from 1970; what is due already stands in
/// this hour or an earlier one.
pub fn forecast(now: Timestamp, waiting: &BTreeMap<i64, i64>, speed: &Speed) -> Forecast {
    let (per_hour, by) = speed.per_hour();
    let limit = speed.binding(now);
    let ends = |empty_at| Forecast { per_hour, by, limit, held_for: Vec::new(), empty_at, quiet_hours: speed.said() };
    let this_hour = now.millis().div_euclid(HOUR);
    let mut backlog: i64 = waiting.range(..=this_hour).map(|(_, count)| *count).sum();
    let (mut today, mut left, mut empty_at) =
        (0, waiting.range(this_hour + 1..).map(|(_, count)| *count).sum::<i64>(), now);
    for step in 0..HOURS {
        if backlog + left == 0 {
            return ends(Some(empty_at));
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
        let (opens, open_ms) = speed.open(begin);
        let fits = per_hour.map_or(if open_ms > 0 { i64::MAX } else { 0 }, |most| most.saturating_mul(open_ms) / HOUR);
        let gone = backlog.min(fits).min(room);
        if gone > 0 {
            let took = per_hour.map_or(0, |most| gone.saturating_mul(HOUR) / most);
            empty_at = opens.plus_ms(took.min(open_ms));
        }
        (backlog, today) = (backlog - gone, today + gone);
    }
    ends(None)
}

/// The same where something may hold the mail: nothing leaves before that has ended, and what is `held` now leaves then. Where it does not
/// end by itself, nobody can say when nothing will wait any more.
pub fn forecast_behind(
    stills: &[Standstill],
    now: Timestamp,
    (waiting, held): (&BTreeMap<i64, i64>, i64),
    speed: &Speed,
) -> Forecast {
    let free = ended(stills, now);
    let from = free.unwrap_or(now);
    let mut all = waiting.clone();
    *all.entry(from.millis().div_euclid(HOUR)).or_default() += held;
    let told = forecast(from, &all, speed);
    let empty_at = match free {
        _ if all.values().sum::<i64>() == 0 => Some(now),
        Some(_) => told.empty_at,
        None => None,
    };
    Forecast { held_for: stills.iter().map(|still| still.reason).collect(), empty_at, ..told }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::pace::Limit;
    use crate::kernel::time::MINUTE;
    use crate::mail::queue::{of_all, of_shop_itself};

    fn speed(rates: &[&str]) -> Speed {
        let rates: Vec<Limit> = rates.iter().map(|text| Limit::parse(text).unwrap()).collect();
        Speed { rates: of_all(&rates), ..Speed::default() }
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
    fn nothing_leaves_in_quiet_hours() {
        let quiet = Some((QuietHours::parse("21 to 8").unwrap(), Zone::parse("Europe/Rome").unwrap()));
        let empty = |at: &str, count: i64, rates: &[&str]| {
            let now = Timestamp::parse(at).unwrap();
            let speed = Speed { quiet, ..speed(rates) };
            forecast(now, &due(now, &[(0, count)]), &speed).empty_at.unwrap().to_string()
        };
        let hourly = &["60 per hour"];
        assert_eq!(empty("2026-11-24T12:00:00Z", 90, hourly), "2026-11-24T13:30:00.000Z", "by day it changes nothing");
        assert_eq!(empty("2026-11-24T21:15:00Z", 1, &[]), "2026-11-25T07:00:00.000Z", "at eight in Rome");
        assert_eq!(empty("2026-11-24T19:30:00Z", 30, hourly), "2026-11-24T20:00:00.000Z", "half an hour is left");
        assert_eq!(empty("2026-11-24T19:30:00Z", 60, hourly), "2026-11-25T07:30:00.000Z", "the rest in the morning");
        let said = forecast(Timestamp::EPOCH, &BTreeMap::new(), &Speed { quiet, ..speed(&[]) }).quiet_hours;
        let said = said.map(|quiet| (quiet.hours, quiet.zone));
        assert_eq!(said, Some(("21 to 8".to_owned(), "Europe/Rome".to_owned())));
    }

    #[test]
    fn what_is_held_leaves_when_that_has_ended_and_nobody_knows_when_it_does_not_end() {
        let now = Timestamp::from_millis(1_000 * HOUR);
        let still =
            |until: Option<i64>| Standstill { until: until.map(|hours| now.plus_ms(hours * HOUR)), ..of_shop_itself() };
        let behind = |stills: &[Standstill], counts: &[(i64, i64)], held| {
            let told = forecast_behind(stills, now, (&due(now, counts), held), &speed(&["60 per hour"]));
            assert_eq!(told.held_for.len(), stills.len());
            told.empty_at.map(|at| at.since(now) / MINUTE)
        };
        assert_eq!(behind(&[], &[(0, 30)], 0), Some(30));
        assert_eq!(behind(&[still(None)], &[(0, 30)], 0), None, "nobody knows");
        assert_eq!(behind(&[still(None)], &[], 1), None, "what is held is not gone");
        assert_eq!(behind(&[still(None)], &[], 0), Some(0), "nothing waits for it");
        assert_eq!(behind(&[still(Some(24))], &[(0, 30), (3, 15)], 15), Some(25 * 60), "all of it a day later");
        assert_eq!(behind(&[still(Some(1)), still(Some(3))], &[(0, 30)], 0), Some(3 * 60 + 30), "the last one counts");
        assert_eq!(behind(&[still(Some(1)), still(None)], &[(0, 30)], 0), None);
    }

    #[test]
    fn the_limit_that_binds_is_named() {
        let now = Timestamp::from_millis(1_000 * HOUR);
        let limit = |speed: &Speed| forecast(now, &BTreeMap::new(), speed).limit;
        assert_eq!(limit(&speed(&[])), None);
        assert_eq!(limit(&speed(&["14 per second", "500 per day"])).as_deref(), Some("500 per day"));
        let own = Speed { own: speed(&["20 per hour"]).rates, ..speed(&["14 per second", "500 per day"]) };
        assert_eq!(limit(&own).as_deref(), Some("20 per hour, the shop's own"));
        let imposed = Speed { imposed: speed(&["3 per hour"]).rates, ..own };
        assert_eq!(limit(&imposed).as_deref(), Some("3 per hour, set by the operator on this shop"));
        let rule = WarmUp::parse("50 per day, doubling every day").unwrap();
        let new = Speed { growth: Some((rule, now)), ..imposed };
        assert_eq!(limit(&new).as_deref(), Some("50 per day, because the sender is new"));
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
