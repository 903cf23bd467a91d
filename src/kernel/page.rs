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
