//! Stars: one to five, whole.
//!
//! Halves and the score's decimals belong to `profiles`, never here.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What a reviewer gave: 1, 2, 3, 4 or 5.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Stars(u8);

/// The number is not 1, 2, 3, 4 or 5.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("stars are a whole number from 1 to 5")]
pub struct StarsError;

impl Stars {
    /// One to five, worst to best.
    pub const ALL: [Self; 5] = [Self(1), Self(2), Self(3), Self(4), Self(5)];

    /// These stars, if there are such.
    pub fn new(value: i64) -> Option<Self> {
        u8::try_from(value).ok().filter(|stars| (1..=5).contains(stars)).map(Self)
    }

    /// 1 to 5.
    pub fn value(self) -> i64 {
        i64::from(self.0)
    }

    /// One or two: what a shop should answer first.
    pub fn is_low(self) -> bool {
        self.0 <= 2
    }

    /// 0 to 4: the place in an array of five.
    pub fn index(self) -> usize {
        usize::from(self.0.saturating_sub(1))
    }
}

impl TryFrom<i64> for Stars {
    type Error = StarsError;
    fn try_from(value: i64) -> Result<Self, StarsError> {
        Self::new(value).ok_or(StarsError)
    }
}

impl From<Stars> for i64 {
    fn from(stars: Stars) -> Self {
        stars.value()
    }
}

impl fmt::Display for Stars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn one_to_five_and_nothing_else() {
        for good in 1..=5 {
            let stars = Stars::new(good).unwrap();
            assert_eq!((stars.value(), Stars::ALL[stars.index()]), (good, stars));
        }
        for bad in [0, 6, -1, 257, i64::MAX, i64::MIN] {
            assert_eq!(Stars::new(bad), None);
        }
        assert_eq!(serde_json::from_str::<Stars>("4").unwrap().to_string(), "4");
        assert_eq!(serde_json::to_string(&Stars::ALL).unwrap(), "[1,2,3,4,5]");
        for bad in ["0", "6", "4.5", "\"4\"", "99999999999999999999", "null"] {
            assert!(serde_json::from_str::<Stars>(bad).is_err(), "{bad}");
        }
    }
}
