//! Instants, UTC days and the clock they come from.
//!
//! Everything that needs "now" takes a [`Timestamp`] or a [`Clock`]. [`SystemClock`] is the only place of the crate
//! that reads the wall clock; nobody else ever may.

use super::{Parsed, serde_as_text};
use chrono::{DateTime, Datelike, SecondsFormat, Utc};
use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

/// One second in milliseconds.
pub const SECOND: i64 = 1_000;
/// One minute in milliseconds.
pub const MINUTE: i64 = 60 * SECOND;
/// One hour in milliseconds.
pub const HOUR: i64 = 60 * MINUTE;
/// One day of 24 hours in milliseconds (a calendar day in a zone may be shorter or longer: see [`super::delay`]).
pub const DAY: i64 = 24 * HOUR;

/// 9999-12-31T23:59:59.999Z: the last instant whose RFC 3339 text has a year of four digits.
const LAST: i64 = 253_402_300_799_999;

/// An instant: milliseconds since 1970-01-01 UTC, between the years 1970 and 9999.
///
/// On the wire and in print it is RFC 3339 in UTC with milliseconds: `2026-11-22T05:00:00.000Z`.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Timestamp(i64);

/// Why a text is no timestamp.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TimestampError {
    /// Not RFC 3339, or without an offset.
    #[error("not an RFC 3339 time with an offset, like 2026-11-22T05:00:00Z")]
    Malformed,
    /// Before 1970 or after 9999.
    #[error("outside the years 1970 to 9999")]
    OutOfRange,
}

impl AsRef<i64> for Timestamp {
    fn as_ref(&self) -> &i64 {
        &self.0
    }
}

impl Timestamp {
    /// 1970-01-01T00:00:00.000Z.
    pub const EPOCH: Self = Self(0);
    /// 9999-12-31T23:59:59.999Z.
    pub const MAX: Self = Self(LAST);

    /// The instant this many milliseconds after 1970 UTC; held within 1970 to 9999.
    pub const fn from_millis(ms: i64) -> Self {
        if ms < 0 {
            Self(0)
        } else if ms > LAST {
            Self(LAST)
        } else {
            Self(ms)
        }
    }

    /// The instant this many seconds after 1970 UTC; held within 1970 to 9999.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self::from_millis(seconds.saturating_mul(SECOND))
    }

    /// Milliseconds since 1970 UTC.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970 UTC.
    pub const fn seconds(self) -> i64 {
        self.0 / SECOND
    }

    /// This instant and `ms` milliseconds; stops at the years 1970 and 9999.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self::from_millis(self.0.saturating_add(ms))
    }

    /// This instant less `ms` milliseconds; stops at the years 1970 and 9999.
    #[must_use]
    pub const fn minus_ms(self, ms: i64) -> Self {
        Self::from_millis(self.0.saturating_sub(ms))
    }

    /// Milliseconds from `earlier` to this instant; negative when `earlier` is later.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// The UTC day it lies in.
    pub const fn day(self) -> UtcDay {
        UtcDay(self.0 / DAY)
    }

    /// Reads RFC 3339 with any offset; what is finer than a millisecond is cut off.
    pub fn parse(text: &str) -> Result<Self, TimestampError> {
        // The detail chrono gives is no help to who sent the text: ours says what is wanted instead.
        let Ok(time) = DateTime::parse_from_rfc3339(text) else { return Err(TimestampError::Malformed) };
        let ms = time.timestamp_millis();
        if (0..=LAST).contains(&ms) { Ok(Self(ms)) } else { Err(TimestampError::OutOfRange) }
    }

    /// The same instant for chrono.
    pub(crate) fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.utc().to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl Parsed for Timestamp {
    type Error = TimestampError;
}
serde_as_text!(Timestamp);

/// A day of UTC, counted from 1970-01-01 (day 0). Prints as `2026-11-22`.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct UtcDay(i64);

/// Why a text is no day.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a day of the years 1970 to 9999, like 2026-11-22")]
pub struct UtcDayError;

impl UtcDay {
    /// The day with this number; held within 1970 to 9999.
    pub const fn from_number(days: i64) -> Self {
        Timestamp::from_millis(days.saturating_mul(DAY)).day()
    }

    /// Days since 1970-01-01.
    pub const fn number(self) -> i64 {
        self.0
    }

    /// Its first instant.
    pub const fn start(self) -> Timestamp {
        Timestamp::from_millis(self.0.saturating_mul(DAY))
    }

    /// Its year, and its month from 1 to 12.
    pub fn year_and_month(self) -> (i64, i64) {
        let date = self.start().utc().date_naive();
        (i64::from(date.year()), i64::from(date.month()))
    }

    /// The day `days` later (earlier when negative).
    #[must_use]
    pub const fn plus(self, days: i64) -> Self {
        Self::from_number(self.0.saturating_add(days))
    }

    /// Reads `YYYY-MM-DD`, nothing else.
    pub fn parse(text: &str) -> Result<Self, UtcDayError> {
        let shaped = text.len() == 10
            && text.bytes().enumerate().all(|(at, byte)| match at {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !shaped {
            return Err(UtcDayError);
        }
        Timestamp::parse(&format!("{text}T00:00:00Z")).map(Timestamp::day).or(Err(UtcDayError))
    }
}

impl fmt::Display for UtcDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.start().utc().date_naive())
    }
}

impl Parsed for UtcDay {
    type Error = UtcDayError;
}
serde_as_text!(UtcDay);

/// Where "now" comes from.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// The clock of the machine.
#[derive(Copy, Clone, Default, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(LAST))
    }
}

/// A clock that moves only when told: for tests and for the demo's months of seeded history.
#[derive(Debug)]
pub struct SteppedClock(AtomicI64);

impl SteppedClock {
    /// A clock that stands at `start`.
    pub const fn new(start: Timestamp) -> Self {
        Self(AtomicI64::new(start.0))
    }

    /// Puts the clock to `to`, also backwards.
    pub fn set(&self, to: Timestamp) {
        self.0.store(to.0, Ordering::SeqCst);
    }

    /// Moves the clock forward by `ms` milliseconds (backwards when negative).
    pub fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for SteppedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_any_offset_and_prints_utc() {
        for (text, printed) in [
            ("2026-11-22T05:00:00Z", "2026-11-22T05:00:00.000Z"),
            ("2026-11-22T06:00:00.1239+01:00", "2026-11-22T05:00:00.123Z"),
            ("2026-11-21T23:30:00-05:30", "2026-11-22T05:00:00.000Z"),
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
            ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
            ("2024-02-29T12:00:00z", "2024-02-29T12:00:00.000Z"),
        ] {
            assert_eq!(Timestamp::parse(text).unwrap().to_string(), printed, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_instant() {
        for text in [
            "",
            "2026-11-22",
            "2026-11-22T05:00:00",
            "2026-02-30T00:00:00Z",
            "1795305600",
            "2026-11-22T25:00:00Z",
            "x\0",
        ] {
            assert_eq!(Timestamp::parse(text), Err(TimestampError::Malformed), "{text}");
        }
        for text in ["1969-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00+01:00"] {
            assert_eq!(Timestamp::parse(text), Err(TimestampError::OutOfRange), "{text}");
        }
        assert!(Timestamp::parse("9999-12-31T23:59:59-01:00").is_err());
        assert!(Timestamp::parse("10000-01-01T00:00:00Z").is_err());
    }

    #[test]
    fn arithmetic_stops_at_the_edges() {
        assert_eq!(Timestamp::EPOCH.minus_ms(1), Timestamp::EPOCH);
        assert_eq!(Timestamp::MAX.plus_ms(i64::MAX), Timestamp::MAX);
        assert_eq!(Timestamp::EPOCH.minus_ms(i64::MIN), Timestamp::MAX);
        assert_eq!(Timestamp::from_seconds(i64::MAX), Timestamp::MAX);
        assert_eq!(Timestamp::MAX.to_string(), "9999-12-31T23:59:59.999Z");
        assert_eq!(Timestamp::from_millis(5).since(Timestamp::from_millis(7)), -2);
    }

    #[test]
    fn days_are_of_utc() {
        let day = Timestamp::parse("2026-11-22T23:59:59.999Z").unwrap().day();
        assert_eq!(day.to_string(), "2026-11-22");
        assert_eq!(day.start().to_string(), "2026-11-22T00:00:00.000Z");
        assert_eq!(day.plus(-22).to_string(), "2026-10-31");
        assert_eq!(UtcDay::parse("2026-11-22"), Ok(day));
        assert_eq!(UtcDay::from_number(day.number()), day);
        assert_eq!(day.year_and_month(), (2026, 11));
        for text in ["2026-11-31", "2026-1-1", "2026-11-22T00:00:00Z", "", "0x26-11-22", "1969-12-31"] {
            assert_eq!(UtcDay::parse(text), Err(UtcDayError), "{text}");
        }
    }

    #[test]
    fn the_wire_form_is_the_text() {
        let at = Timestamp::from_millis(1_795_305_600_007);
        assert_eq!(serde_json::to_string(&at).unwrap(), format!("\"{at}\""));
        assert_eq!(serde_json::from_str::<Timestamp>("\"2026-11-22T00:00:00.007\\u002b00:00\"").unwrap(), at);
        assert!(serde_json::from_str::<Timestamp>("1795305600007").is_err());
    }

    #[test]
    fn clocks() {
        let clock = SteppedClock::new(Timestamp::from_millis(10));
        clock.advance(5);
        assert_eq!(clock.now().millis(), 15);
        clock.set(Timestamp::EPOCH);
        assert_eq!(clock.now(), Timestamp::EPOCH);
        assert!(SystemClock.now() > Timestamp::parse("2026-01-01T00:00:00Z").unwrap());
    }

    proptest! {
        #[test]
        fn print_and_parse_are_inverse(ms in 0..=LAST) {
            let at = Timestamp::from_millis(ms);
            prop_assert_eq!(Timestamp::parse(&at.to_string()), Ok(at));
            prop_assert_eq!(UtcDay::parse(&at.day().to_string()), Ok(at.day()));
            prop_assert!(at.day().start() <= at && at.since(at.day().start()) < DAY);
        }
    }
}
