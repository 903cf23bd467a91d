//! Time zones, by their IANA names, from the tables compiled in.
//!
//! Turns instants into local times and back. A local time in the gap of a clock change moves forward by the gap
//! (RFC 5545 3.3.5); one that comes twice means the first. Never asks what zone the machine is in.

use super::time::Timestamp;
use super::{Parsed, serde_as_text};
use chrono::{DateTime, Days, MappedLocalTime, NaiveDateTime, NaiveTime, TimeZone, Timelike};
use chrono_tz::Tz;
use std::fmt;

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
