//! The number a shop gave an order: the key that repeats of an event are matched by.
//!
//! Taken as it is written (`#1001`, `2026/17`, `A 12`): only blanks around it go. Never parsed for meaning.

use super::{Parsed, serde_as_text};
use std::fmt;

/// An order's number within its shop: 1 to 100 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct OrderNumber(String);

/// Why a text is no order number.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum OrderNumberError {
    /// Nothing but blanks.
    #[error("the order number is empty")]
    Empty,
    /// More than [`OrderNumber::MAX_CHARS`] characters.
    #[error("the order number is longer than 100 characters")]
    TooLong,
    /// NUL, a line break or another control character.
    #[error("the order number has control characters in it")]
    Control,
}

impl OrderNumber {
    /// The longest number taken, in characters.
    pub const MAX_CHARS: usize = 100;

    /// Reads a number; blanks around it are dropped, everything else counts, upper and lower case too.
    pub fn parse(text: &str) -> Result<Self, OrderNumberError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(OrderNumberError::Empty);
        }
        if text.chars().any(char::is_control) {
            return Err(OrderNumberError::Control);
        }
        if text.chars().count() > Self::MAX_CHARS {
            return Err(OrderNumberError::TooLong);
        }
        Ok(Self(text.to_owned()))
    }

    /// The number as the shop wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Parsed for OrderNumber {
    type Error = OrderNumberError;
}
serde_as_text!(OrderNumber);

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn taken_as_written() {
        for (text, number) in [("#1001", "#1001"), (" 2026/17 ", "2026/17"), ("A 12", "A 12"), ("№ 5", "№ 5")] {
            assert_eq!(OrderNumber::parse(text).unwrap().as_str(), number);
        }
        assert_ne!(OrderNumber::parse("a1"), OrderNumber::parse("A1"));
    }

    #[test]
    fn refusals() {
        for (text, error) in [
            ("", OrderNumberError::Empty),
            (" \u{A0}\n", OrderNumberError::Empty),
            ("1\u{0}2", OrderNumberError::Control),
            ("1\n2", OrderNumberError::Control),
        ] {
            assert_eq!(OrderNumber::parse(text), Err(error));
        }
        assert!(OrderNumber::parse(&"è".repeat(100)).is_ok());
        assert_eq!(OrderNumber::parse(&"1".repeat(101)), Err(OrderNumberError::TooLong));
    }
}
