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
