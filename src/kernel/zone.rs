//! Time zones, by their IANA names, from the tables compiled in.
//!
//! Turns instants into local times and back. A local time in the gap of a clock change moves forward by the gap
//! (RFC 5545 3.3.5); one that comes twice means the first. Never asks what zone the machine is in.
//!
//! Of a country the clock is that of its capital, from `country_zones.txt`: the rows of tzdata's `zone.tab`, one a country.
//! Where nobody lives, or no capital is, there is none. Kosovo, which that table leaves to Serbia, has Belgrade's.

use super::country::Country;
use super::time::Timestamp;
use super::{Parsed, serde_as_text};
use chrono::{DateTime, Days, MappedLocalTime, NaiveDateTime, NaiveTime, TimeZone, Timelike};
use chrono_tz::Tz;
use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

/// `IT Europe/Rome`, a line each.
const CAPITALS: &str = include_str!("country_zones.txt");
static BY_COUNTRY: LazyLock<HashMap<&str, Zone>> = LazyLock::new(|| {
    let row = |(country, zone): (&'static str, &str)| Some((country, Zone::parse(zone).ok()?));
    CAPITALS.lines().filter_map(|line| line.split_once(' ')).filter_map(row).collect()
});

/// A time zone: `Europe/Rome`.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub struct Zone(Tz);

/// The text is no zone we know.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not an IANA time zone, like Europe/Rome")]
pub struct ZoneError;

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(Tz::UTC);

    /// Reads an IANA name, exactly as spelled there.
    pub fn parse(name: &str) -> Result<Self, ZoneError> {
        name.parse::<Tz>().map(Self).or(Err(ZoneError))
    }

    /// The clock of a country's capital; `None` where there is none.
    pub fn of_country(country: Country) -> Option<Self> {
        BY_COUNTRY.get(country.as_str()).copied()
    }

    /// The IANA name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The same zone for chrono.
    pub fn tz(self) -> Tz {
        self.0
    }

    /// The hour on the wall clock, 0 to 23.
    pub fn local_hour(self, ts: Timestamp) -> u8 {
        u8::try_from(self.local(ts).hour()).unwrap_or(0)
    }

    /// The first instant from `ts` on at which the wall clock's hour lies in `from..to`. `from > to` is a window over
    /// midnight (22 to 6); `from == to` is the whole day.
    pub fn next_hour_window(self, ts: Timestamp, from: u8, to: u8) -> Timestamp {
        if in_window(self.local_hour(ts), from, to) {
            return ts;
        }
        let today = self.local(ts).date();
        let opening = NaiveTime::from_hms_opt(u32::from(from), 0, 0).unwrap_or_default();
        // A clock change can swallow a window whole: then the next day's counts.
        (0..=3)
            .filter_map(|days| today.checked_add_days(Days::new(days)))
            .map(|day| self.instant(day.and_time(opening)))
            .find(|at| *at >= ts && in_window(self.local_hour(*at), from, to))
            .unwrap_or(ts)
    }

    /// The wall clock at an instant.
    pub(crate) fn local(self, ts: Timestamp) -> NaiveDateTime {
        ts.utc().with_timezone(&self.0).naive_local()
    }

    /// The instant of a wall-clock time.
    pub(crate) fn instant(self, local: NaiveDateTime) -> Timestamp {
        let at = match self.0.from_local_datetime(&local) {
            MappedLocalTime::Single(at) | MappedLocalTime::Ambiguous(at, _) => Some(at),
            MappedLocalTime::None => self.after_gap(local),
        };
        at.map_or(Timestamp::MAX, |at| Timestamp::from_millis(at.timestamp_millis()))
    }

    /// A local time that is skipped is read with the offset from before the gap. No gap is longer than a day, so the
    /// same time a day earlier has that offset.
    fn after_gap(self, local: NaiveDateTime) -> Option<DateTime<Tz>> {
        let day = Days::new(1);
        let before = self.0.from_local_datetime(&local.checked_sub_days(day)?).earliest()?;
        Some((before.to_utc() + chrono::Duration::days(1)).with_timezone(&self.0))
    }
}

fn in_window(hour: u8, from: u8, to: u8) -> bool {
    match from.cmp(&to) {
        std::cmp::Ordering::Equal => true,
        std::cmp::Ordering::Less => (from..to).contains(&hour),
        std::cmp::Ordering::Greater => hour >= from || hour < to,
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self::UTC
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Parsed for Zone {
    type Error = ZoneError;
}
serde_as_text!(Zone);

#[cfg(test)]
mod tests {
    use super::super::time::HOUR;
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn rome() -> Zone {
        Zone::parse("Europe/Rome").unwrap()
    }

    #[test]
    fn names() {
        assert_eq!(rome().to_string(), "Europe/Rome");
        assert_eq!(Zone::parse("UTC"), Ok(Zone::UTC));
        assert_eq!(serde_json::from_str::<Zone>("\"Pacific/Apia\"").unwrap().name(), "Pacific/Apia");
        for bad in ["", "Rome", "+01:00", "Europe/Atlantis", "Europe/Rome\0"] {
            assert_eq!(Zone::parse(bad), Err(ZoneError));
        }
    }

    #[test]
    fn a_country_has_the_clock_of_its_capital() {
        let of = |code: &str| Zone::of_country(Country::parse(code).unwrap()).map(Zone::name);
        for (code, zone) in [
            ("IT", "Europe/Rome"),
            ("GB", "Europe/London"),
            ("JP", "Asia/Tokyo"),
            ("US", "America/New_York"),
            ("AU", "Australia/Sydney"),
            ("RU", "Europe/Moscow"),
            ("BR", "America/Sao_Paulo"),
            ("XK", "Europe/Belgrade"),
        ] {
            assert_eq!(of(code), Some(zone));
        }
        let without: Vec<_> = Country::all().filter(|country| Zone::of_country(*country).is_none()).collect();
        assert_eq!(without.iter().map(|country| country.as_str()).collect::<Vec<_>>(), ["AQ", "BV", "HM", "UM"]);
    }

    /// Against tzdata's own table: every row names a zone of its country, and the only one where there is one.
    #[test]
    fn the_clocks_of_countries_are_those_of_tzdata() {
        let table = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tz/zone.tab");
        let table = std::fs::read_to_string(table).unwrap();
        let mut zones: HashMap<&str, Vec<&str>> = HashMap::new();
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let cells: Vec<&str> = line.split('\t').collect();
            zones.entry(cells[0]).or_default().push(cells[2]);
        }
        assert_eq!((BY_COUNTRY.len(), zones.len()), (CAPITALS.lines().count(), 247), "every row was read");
        for (country, zone) in BY_COUNTRY.iter().filter(|(country, _)| **country != "XK") {
            assert!(zones[country].contains(&zone.name()), "{country} {zone}");
        }
        for (country, all) in zones.iter().filter(|(_, all)| all.len() == 1) {
            assert_eq!(BY_COUNTRY[country].name(), all[0]);
        }
    }

    #[test]
    fn hours_on_the_wall() {
        assert_eq!(rome().local_hour(at("2026-07-01T22:30:00Z")), 0);
        assert_eq!(rome().local_hour(at("2026-12-01T22:30:00Z")), 23);
        assert_eq!(Zone::parse("Asia/Kolkata").unwrap().local_hour(at("2026-12-01T00:30:00Z")), 6);
        assert_eq!(rome().local_hour(at("2060-07-01T10:00:00Z")), 12, "the tables reach far enough");
    }

    #[test]
    fn windows_open_at_their_hour() {
        for (from, to, now, then) in [
            (9, 20, "2026-11-22T03:10:00Z", "2026-11-22T08:00:00.000Z"),
            (9, 20, "2026-11-22T08:00:00Z", "2026-11-22T08:00:00.000Z"),
            (9, 20, "2026-11-22T18:59:59.999Z", "2026-11-22T18:59:59.999Z"),
            (9, 20, "2026-11-22T19:00:00Z", "2026-11-23T08:00:00.000Z"),
            (22, 6, "2026-11-22T12:00:00Z", "2026-11-22T21:00:00.000Z"),
            (22, 6, "2026-11-22T23:00:00Z", "2026-11-22T23:00:00.000Z"),
            (22, 6, "2026-11-22T05:00:00Z", "2026-11-22T21:00:00.000Z"),
            (7, 7, "2026-11-22T02:00:00Z", "2026-11-22T02:00:00.000Z"),
            (20, 0, "2026-11-22T22:59:00Z", "2026-11-22T22:59:00.000Z"),
            (20, 0, "2026-11-22T23:00:00Z", "2026-11-23T19:00:00.000Z"),
            // The hour from 2 to 3 does not exist on that day, so the next day's counts.
            (2, 3, "2026-03-29T00:30:00Z", "2026-03-30T00:00:00.000Z"),
            // It comes twice on this one: the first counts.
            (2, 4, "2026-10-24T23:00:00Z", "2026-10-25T00:00:00.000Z"),
            (2, 3, "2026-10-25T01:30:00Z", "2026-10-25T01:30:00.000Z"),
        ] {
            assert_eq!(rome().next_hour_window(at(now), from, to).to_string(), then, "{from}-{to} at {now}");
        }
    }

    proptest! {
        #[test]
        fn a_window_is_found_within_two_days(
            ms in 0_i64..4_102_444_800_000,
            (from, to) in (0_u8..24, 0_u8..24),
            name in prop::sample::select(vec!["Europe/Rome", "Pacific/Apia", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu", "UTC"]),
        ) {
            let (zone, ts) = (Zone::parse(name).unwrap(), Timestamp::from_millis(ms));
            let found = zone.next_hour_window(ts, from, to);
            prop_assert!(found >= ts && found.since(ts) <= 50 * HOUR);
            prop_assert!(in_window(zone.local_hour(found), from, to));
            prop_assert_eq!(zone.next_hour_window(found, from, to), found);
        }
    }
}
