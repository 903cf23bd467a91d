//! How much mail may leave, in words people write: `14 per second`, `500 per hour to gmail.com`, `2 connections`, and how the first weeks
//! of a sender grow: `50 per day, doubling every 3 days`. Parsed here, at the edge; nothing inside reads such a text again.

use std::fmt;

use super::domain::ascii_host;
use super::time::{DAY, HOUR, MINUTE, SECOND};
use super::{Parsed, serde_as_text};

/// The most that one limit can allow: more is no limit.
const MOST: i64 = 1_000_000;

/// The time in which a number of mails may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Per {
    /// A second.
    Second,
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// Twenty-four hours.
    Day,
}

impl Per {
    const ALL: [Self; 4] = [Self::Second, Self::Minute, Self::Hour, Self::Day];

    /// Its length.
    pub const fn ms(self) -> i64 {
        match self {
            Self::Second => SECOND,
            Self::Minute => MINUTE,
            Self::Hour => HOUR,
            Self::Day => DAY,
        }
    }

    /// The word people write.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }
}

/// So many mails in any such time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate {
    /// At least 1.
    pub mails: i64,
    /// In any second, minute, hour or day.
    pub per: Per,
}

/// What a limit limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bound {
    /// Mails in a time.
    Rate(Rate),
    /// Dialogues with a mail server at once.
    Connections(usize),
}

/// One limit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Limit {
    /// How much.
    pub bound: Bound,
    /// Of mail to this domain only; of all mail where it is none.
    pub to: Option<String>,
}

/// The text is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected a limit such as \"14 per second\", \"500 per hour to gmail.com\" or \"2 connections to outlook.com\""
)]
pub struct LimitError;

impl Limit {
    /// Reads `N per second|minute|hour|day` or `N connections`, perhaps with `to DOMAIN`.
    ///
    /// # Errors
    /// [`LimitError`].
    pub fn parse(text: &str) -> Result<Self, LimitError> {
        let text = text.trim().to_lowercase();
        let (much, to) = match text.split_once(" to ") {
            Some((much, domain)) => (much.to_owned(), Some(ascii_host(domain.trim()).map_err(|_domain| LimitError)?)),
            None => (text, None),
        };
        let words: Vec<&str> = much.split_whitespace().collect();
        let count = |text: &str| text.parse::<i64>().ok().filter(|n| (1..=MOST).contains(n)).ok_or(LimitError);
        let bound = match words.as_slice() {
            [mails, "per", unit] => {
                let per = Per::ALL.into_iter().find(|per| per.word() == *unit).ok_or(LimitError)?;
                Bound::Rate(Rate { mails: count(mails)?, per })
            }
            [many, "connection" | "connections"] => {
                Bound::Connections(usize::try_from(count(many)?).map_err(|_large| LimitError)?)
            }
            _ => return Err(LimitError),
        };
        Ok(Self { bound, to })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} per {}", self.mails, self.per.word())
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.bound {
            Bound::Rate(rate) => write!(f, "{rate}")?,
            Bound::Connections(1) => f.write_str("1 connection")?,
            Bound::Connections(many) => write!(f, "{many} connections")?,
        }
        self.to.as_ref().map_or(Ok(()), |domain| write!(f, " to {domain}"))
    }
}

impl Parsed for Limit {
    type Error = LimitError;
}

serde_as_text!(Limit);

/// How much a sender that nobody knows yet may send: a daily ceiling that doubles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WarmUp {
    /// The ceiling of the first day.
    pub first: i64,
    /// Days after which it doubles.
    pub days: i64,
}

/// The text is no rule of growth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a ceiling that grows, such as \"50 per day, doubling every 3 days\"")]
pub struct WarmUpError;

impl WarmUp {
    /// Reads `N per day, doubling every M days`.
    ///
    /// # Errors
    /// [`WarmUpError`].
    pub fn parse(text: &str) -> Result<Self, WarmUpError> {
        let plain = text.to_lowercase().replace(',', " ");
        let words: Vec<&str> = plain.split_whitespace().collect();
        let count = |text: &str, most| text.parse().ok().filter(|n| (1..=most).contains(n)).ok_or(WarmUpError);
        match words.as_slice() {
            [first, "per", "day", "doubling", "every", "day"] => Ok(Self { first: count(first, MOST)?, days: 1 }),
            [first, "per", "day", "doubling", "every", days, "day" | "days"] => {
                Ok(Self { first: count(first, MOST)?, days: count(days, 365)? })
            }
            _ => Err(WarmUpError),
        }
    }

    /// The ceiling of a day, the first of which is 0; `None` once it is no limit any more.
    pub fn ceiling(self, day: i64) -> Option<i64> {
        let doublings = u32::try_from(day.max(0) / self.days.max(1)).unwrap_or(u32::MAX);
        let factor = 2_i64.checked_pow(doublings)?;
        self.first.checked_mul(factor).filter(|ceiling| *ceiling <= MOST)
    }
}

impl fmt::Display for WarmUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.days {
            1 => write!(f, "{} per day, doubling every day", self.first),
            days => write!(f, "{} per day, doubling every {days} days", self.first),
        }
    }
}

/// Hours of the day in which nobody's telephone shall ring: `21 to 8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// The hour in which quiet begins.
    pub from: u8,
    /// The hour in which it is over.
    pub to: u8,
}

/// The text is no quiet hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected two full hours of the recipient's day, such as \"21 to 8\"")]
pub struct QuietHoursError;

impl QuietHours {
    /// Reads `21 to 8`.
    ///
    /// # Errors
    /// [`QuietHoursError`].
    pub fn parse(text: &str) -> Result<Self, QuietHoursError> {
        let hour = |text: &str| text.trim().parse::<u8>().ok().filter(|hour| *hour < 24).ok_or(QuietHoursError);
        let (from, to) = text.split_once(" to ").ok_or(QuietHoursError)?;
        let hours = Self { from: hour(from)?, to: hour(to)? };
        if hours.from == hours.to { Err(QuietHoursError) } else { Ok(hours) }
    }
}

impl fmt::Display for QuietHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.from, self.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_as_they_are_written() {
        for text in [
            "14 per second",
            "1 per minute",
            "500 per hour to gmail.com",
            "20000 per day",
            "2 connections",
            "1 connection to outlook.com",
            "3 per hour to xn--mnchen-3ya.example",
        ] {
            assert_eq!(Limit::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Limit::parse(" 5  PER Hour to GMAIL.com ").unwrap().to_string(), "5 per hour to gmail.com");
        assert_eq!(
            Limit::parse("3 per hour to münchen.example").unwrap().to_string(),
            "3 per hour to xn--mnchen-3ya.example"
        );
        for text in [
            "",
            "14",
            "14 per",
            "0 per second",
            "-1 per second",
            "1.5 per second",
            "14 per week",
            "14/s",
            "14 per second to",
            "14 per second to gmail com",
            "two connections",
            "9999999 per day",
            "1 per hour per day",
        ] {
            assert_eq!(Limit::parse(text), Err(LimitError), "{text}");
        }
    }

    #[test]
    fn a_ceiling_doubles_until_it_is_none() {
        let rule = WarmUp::parse("50 per day, doubling every 3 days").unwrap();
        assert_eq!(rule.to_string(), "50 per day, doubling every 3 days");
        let days: Vec<_> = (0..10).map(|day| rule.ceiling(day)).collect();
        assert_eq!(days, [50, 50, 50, 100, 100, 100, 200, 200, 200, 400].map(Some));
        assert_eq!(
            (rule.ceiling(-1), rule.ceiling(42), rule.ceiling(45), rule.ceiling(i64::MAX)),
            (Some(50), Some(819_200), None, None)
        );
        assert_eq!(
            WarmUp::parse("50 per day doubling every day").unwrap().to_string(),
            "50 per day, doubling every day"
        );
        for text in [
            "",
            "50",
            "0 per day, doubling every 3 days",
            "50 per hour, doubling every 3 days",
            "50 per day, doubling every 0 days",
        ] {
            assert_eq!(WarmUp::parse(text), Err(WarmUpError), "{text}");
        }
    }

    #[test]
    fn quiet_hours_are_two_different_hours() {
        assert_eq!(QuietHours::parse("21 to 8").unwrap(), QuietHours { from: 21, to: 8 });
        assert_eq!(QuietHours::parse("1 to 6").unwrap().to_string(), "1 to 6");
        for text in ["", "21", "21-8", "24 to 8", "8 to 8", "21:30 to 8"] {
            assert_eq!(QuietHours::parse(text), Err(QuietHoursError), "{text}");
        }
    }
}
