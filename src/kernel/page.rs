//! Paging: where the last page ended, and how long the next may be.
//!
//! A cursor is opaque to clients: base64url of a version byte and JSON. It is not signed, so what it holds is input
//! like any other: a place in a sorted list, never a permission.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The shape of cursors; grows when what stands inside changes meaning.
const VERSION: u8 = 1;

/// The longest cursor read, in characters.
const LONGEST: usize = 1_000;

/// Writes and reads cursors.
#[derive(Copy, Clone, Debug)]
pub struct Cursor;

/// Why a text is no cursor of this list.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CursorError {
    /// Not something we made, or made for another list.
    #[error("not a cursor of this list: take it from the Link header or the next field, unchanged")]
    Malformed,
    /// Made by another version of this service.
    #[error("the cursor is from another version: start from the first page")]
    Version,
}

impl Cursor {
    /// The text for a place in a list.
    pub fn encode<T: Serialize>(place: &T) -> String {
        let mut bytes = vec![VERSION];
        // Plain structs of numbers and text always serialise; an empty cursor would be refused when it comes back.
        bytes.extend(serde_json::to_vec(place).unwrap_or_default());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The place that [`Cursor::encode`] wrote.
    pub fn decode<T: DeserializeOwned>(text: &str) -> Result<T, CursorError> {
        if text.len() > LONGEST {
            return Err(CursorError::Malformed);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).or(Err(CursorError::Malformed))?;
        match bytes.split_first() {
            Some((&VERSION, json)) => serde_json::from_slice(json).or(Err(CursorError::Malformed)),
            Some(_) => Err(CursorError::Version),
            None => Err(CursorError::Malformed),
        }
    }
}

/// How many entries a page may have: 1 to 100, by default 20.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "i64")]
pub struct PageLimit(i64);

/// The limit is not a number from 1 to 100.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("limit is a whole number from 1 to 100")]
pub struct PageLimitError;

impl PageLimit {
    /// The most there may be.
    pub const MOST: Self = Self(100);

    /// Reads the `limit` of a query.
    pub fn parse(text: &str) -> Result<Self, PageLimitError> {
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PageLimitError);
        }
        text.parse::<i64>().or(Err(PageLimitError)).and_then(Self::try_from)
    }

    /// The number of entries.
    pub const fn value(self) -> i64 {
        self.0
    }

    /// One more than the limit: asking for that many shows whether another page follows.
    pub const fn probe(self) -> i64 {
        self.0 + 1
    }

    /// Cuts a list that was asked for with [`PageLimit::probe`]; true when another page follows.
    pub fn cut<T>(self, entries: &mut Vec<T>) -> bool {
        let limit = usize::try_from(self.0).unwrap_or(usize::MAX);
        let more = entries.len() > limit;
        entries.truncate(limit);
        more
    }
}

impl TryFrom<i64> for PageLimit {
    type Error = PageLimitError;
    fn try_from(value: i64) -> Result<Self, PageLimitError> {
        if (1..=100).contains(&value) { Ok(Self(value)) } else { Err(PageLimitError) }
    }
}

impl Default for PageLimit {
    fn default() -> Self {
        Self(20)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    #[serde(deny_unknown_fields)]
    struct Place {
        at: i64,
        id: String,
    }

    #[test]
    fn foreign_cursors_are_refused() {
        let cursor = Cursor::encode(&Place { at: 1, id: "rev".into() });
        assert!(cursor.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
        for bad in ["", "AQ", "AXt9", "=", "no cursor", "AQ==", "\0", &"A".repeat(2_000)] {
            assert_eq!(Cursor::decode::<Place>(bad), Err(CursorError::Malformed), "{bad}");
        }
        assert_eq!(Cursor::decode::<i64>(&cursor), Err(CursorError::Malformed));
        assert_eq!(Cursor::decode::<Place>("Ant9"), Err(CursorError::Version));
    }

    #[test]
    fn limits() {
        for (text, limit) in [("1", 1), ("20", 20), ("100", 100), ("007", 7)] {
            assert_eq!(PageLimit::parse(text).map(PageLimit::value), Ok(limit));
        }
        for bad in ["", "0", "101", "-1", "+5", "ten", "99999999999999999999", "1.0"] {
            assert_eq!(PageLimit::parse(bad), Err(PageLimitError), "{bad}");
        }
        assert_eq!(PageLimit::default().value(), 20);
        let mut entries = vec![0; 21];
        assert!(PageLimit::default().cut(&mut entries) && entries.len() == 20);
        assert!(!PageLimit::default().cut(&mut entries));
        assert_eq!(PageLimit::default().probe(), 21);
    }

    proptest! {
        #[test]
        fn places_come_back(at in any::<i64>(), id in "\\PC{0,30}") {
            let place = Place { at, id };
            prop_assert_eq!(Cursor::decode::<Place>(&Cursor::encode(&place)), Ok(place));
        }

        #[test]
        fn any_text_is_answered(text in "[A-Za-z0-9_-]{0,60}") {
            let _ = Cursor::decode::<Place>(&text);
        }
    }
}
