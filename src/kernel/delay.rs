//! How long after an event something is due: `12h`, `7d`, `2w`.
//!
//! Hours are exact; days and weeks are units of the calendar in a zone, so that `7d` after Tuesday 18:00 is Tuesday
//! 18:00 also across a clock change.

use super::time::{HOUR, Timestamp};
use super::zone::Zone;
use super::{Parsed, serde_as_text};
use chrono::Days;
use std::fmt;

/// A delay of at most 365 days.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub struct Delay {
    count: u16,
    unit: Unit,
}

#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
enum Unit {
    Hours,
    Days,
    Weeks,
}

impl Unit {
    fn of(letter: char) -> Option<Self> {
        match letter {
            'h' => Some(Self::Hours),
            'd' => Some(Self::Days),
            'w' => Some(Self::Weeks),
            _ => None,
        }
    }

    const fn letter(self) -> char {
        match self {
            Self::Hours => 'h',
            Self::Days => 'd',
            Self::Weeks => 'w',
        }
    }

    /// The most of it that fits in 365 days.
    const fn most(self) -> u16 {
        match self {
            Self::Hours => 365 * 24,
            Self::Days => 365,
            Self::Weeks => 52,
        }
    }

    const fn hours(self) -> i64 {
        match self {
            Self::Hours => 1,
            Self::Days => 24,
            Self::Weeks => 168,
        }
    }
}

/// Why a text is no delay.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DelayError {
    /// Not a whole number and h, d or w.
    #[error("not a delay: a whole number of hours, days or weeks, like 12h, 7d or 2w")]
    Malformed,
    /// Longer than 365 days.
    #[error("a delay is at most 365 days")]
    TooLong,
}

impl Delay {
    /// This many hours, at most those of 365 days.
    pub const fn hours(count: u16) -> Self {
        Self::at_most(count, Unit::Hours)
    }

    /// This many days, at most 365.
    pub const fn days(count: u16) -> Self {
        Self::at_most(count, Unit::Days)
    }

    const fn at_most(count: u16, unit: Unit) -> Self {
        Self { count: if count > unit.most() { unit.most() } else { count }, unit }
    }

    /// Reads `12h`, `7d`, `2w`; `0h` is at once.
    pub fn parse(text: &str) -> Result<Self, DelayError> {
        let unit = text.chars().last().and_then(Unit::of).ok_or(DelayError::Malformed)?;
        let digits = text.strip_suffix(unit.letter()).unwrap_or_default();
        let canonical = digits == "0" || !digits.starts_with('0');
        if digits.is_empty() || !canonical || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(DelayError::Malformed);
        }
        // Digits that overflow are a number all the same, only too great a one.
        let count = digits.parse::<u16>().or(Err(DelayError::TooLong))?;
        if count > unit.most() { Err(DelayError::TooLong) } else { Ok(Self { count, unit }) }
    }

    /// The instant this long after `ts`, counted on the calendar of `zone`.
    pub fn after(self, ts: Timestamp, zone: &Zone) -> Timestamp {
        let days = match self.unit {
            _ if self.count == 0 => return ts,
            Unit::Hours => return ts.plus_ms(i64::from(self.count) * HOUR),
            Unit::Days => u64::from(self.count),
            Unit::Weeks => u64::from(self.count) * 7,
        };
        zone.local(ts).checked_add_days(Days::new(days)).map_or(Timestamp::MAX, |local| zone.instant(local))
    }

    /// Its length with days of 24 hours, in milliseconds: for comparing delays, never for planning.
    pub fn nominal_ms(self) -> i64 {
        i64::from(self.count) * self.unit.hours() * HOUR
    }
}

impl fmt::Display for Delay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.letter())
    }
}

impl Parsed for Delay {
    type Error = DelayError;
}
serde_as_text!(Delay);

#[cfg(test)]
mod tests {
    use super::super::time::DAY;
    use super::*;
    use proptest::prelude::*;

    fn after(delay: &str, zone: &str, start: &str) -> String {
        let start = Timestamp::parse(start).unwrap();
        Delay::parse(delay).unwrap().after(start, &Zone::parse(zone).unwrap()).to_string()
    }

    #[test]
    fn texts() {
        for text in ["0h", "12h", "7d", "2w", "365d", "52w", "8760h"] {
            assert_eq!(Delay::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "d", "7", "7m", "-7d", "+7d", "07d", "7.5d", " 7d", "7 d", "7D", "1e2d", "٧d", "7dd"] {
            assert_eq!(Delay::parse(text), Err(DelayError::Malformed), "{text:?}");
        }
        for text in ["366d", "53w", "8761h", "99999999999999999999d"] {
            assert_eq!(Delay::parse(text), Err(DelayError::TooLong), "{text}");
        }
        assert_eq!((Delay::days(999), Delay::hours(12).to_string()), (Delay::days(365), "12h".to_owned()));
        assert_eq!(Delay::parse("2w").unwrap().nominal_ms(), 14 * DAY);
    }

    #[test]
    fn days_keep_the_wall_clock_across_a_change() {
        assert_eq!(after("7d", "Europe/Rome", "2026-03-24T18:00:00+01:00"), "2026-03-31T16:00:00.000Z");
        assert_eq!(after("2w", "Europe/Rome", "2026-10-20T18:00:00+02:00"), "2026-11-03T17:00:00.000Z");
        assert_eq!(after("1w", "UTC", "2026-03-24T18:00:00.007Z"), "2026-03-31T18:00:00.007Z");
    }

    #[test]
    fn hours_are_exact() {
        assert_eq!(after("24h", "Europe/Rome", "2026-03-28T12:00:00Z"), "2026-03-29T12:00:00.000Z");
        assert_eq!(after("24h", "Europe/Rome", "2026-10-24T12:00:00Z"), "2026-10-25T12:00:00.000Z");
    }

    #[test]
    fn a_time_in_the_gap_moves_forward_by_the_gap() {
        assert_eq!(after("1d", "Europe/Rome", "2026-03-28T02:30:00+01:00"), "2026-03-29T01:30:00.000Z");
        assert_eq!(after("1d", "Australia/Lord_Howe", "2026-10-03T02:10:00+10:30"), "2026-10-03T15:40:00.000Z");
    }

    #[test]
    fn a_doubled_time_means_the_first() {
        assert_eq!(after("1d", "Europe/Rome", "2026-10-24T02:30:00+02:00"), "2026-10-25T00:30:00.000Z");
    }

    #[test]
    fn the_date_line_swallows_a_day() {
        // Samoa went from 29 to 31 December 2011.
        let start = "2011-12-29T10:00:00-10:00";
        assert_eq!(after("1d", "Pacific/Apia", start), "2011-12-30T20:00:00.000Z");
        assert_eq!(after("2d", "Pacific/Apia", start), "2011-12-30T20:00:00.000Z");
        assert_eq!(after("3d", "Pacific/Apia", start), "2011-12-31T20:00:00.000Z");
    }

    #[test]
    fn no_delay_is_the_same_instant() {
        // The second half past two: read as a local time it would be the first.
        assert_eq!(after("0d", "Europe/Rome", "2026-10-25T01:30:00Z"), "2026-10-25T01:30:00.000Z");
        assert_eq!(Delay::days(1).after(Timestamp::MAX, &Zone::UTC), Timestamp::MAX);
    }

    proptest! {
        #[test]
        fn a_day_is_about_a_day(
            ms in 0_i64..4_102_444_800_000,
            days in 1_u16..=365,
            name in prop::sample::select(vec!["Europe/Rome", "Pacific/Apia", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC"]),
        ) {
            let (zone, start) = (Zone::parse(name).unwrap(), Timestamp::from_millis(ms));
            let due = Delay::days(days).after(start, &zone);
            let drift = due.since(start) - i64::from(days) * DAY;
            prop_assert!(drift.abs() <= 25 * HOUR, "{drift}");
            let wall = zone.local(due) - zone.local(start);
            prop_assert!(wall.num_milliseconds() >= i64::from(days) * DAY);
        }
    }
}
