//! The query of a list as it comes over the wire, read into one that can be asked.

use serde::Deserialize;

use crate::kernel::page::{Cursor, PageLimit};
use crate::kernel::stars::Stars;
use crate::kernel::terms::{self, Sought};
use crate::kernel::time::{Timestamp, UtcDay};

use super::list::{Filter, ListQuery, Place, Sort};

/// Longest search, in characters.
pub(crate) const SEARCH_MAX: usize = 100;
/// Most words of a search.
pub(crate) const WORDS_MAX: usize = 8;

/// What is wrong with a search.
pub(crate) const TOO_LONG: &str = "send at most 100 characters";
/// What is wrong with a search.
pub(crate) const TOO_MANY: &str = "send at most 8 words";
/// What is wrong with a search.
pub(crate) const NO_WORD: &str = "send a word: at least one letter or digit";

/// The query of a list as it comes over the wire: text, every part optional.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct ListParams {
    /// `5` or `1,2`.
    pub(crate) stars: Option<String>,
    /// `it`.
    pub(crate) language: Option<String>,
    /// `true`, `false` (or `yes`, `no`).
    pub(crate) replied: Option<String>,
    /// `true`: only those with a text.
    pub(crate) with_text: Option<String>,
    /// Words to search for in title and text.
    pub(crate) q: Option<String>,
    /// The shop's own.
    pub(crate) sku: Option<String>,
    /// A day (UTC) or an instant.
    pub(crate) from: Option<String>,
    /// A day (UTC, wholly included) or an instant (excluded).
    pub(crate) to: Option<String>,
    /// `newest`, `oldest`, `highest`, `lowest`.
    pub(crate) sort: Option<String>,
    /// 1 to 100.
    pub(crate) limit: Option<String>,
    /// From the page before.
    pub(crate) cursor: Option<String>,
}

/// A part of a query that cannot be read, and a sentence on how it should look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadParam {
    /// Which part.
    pub(crate) name: &'static str,
    /// What to send instead.
    pub(crate) detail: &'static str,
}

impl ListParams {
    /// Reads the query; empty parts count as absent, as browsers send them.
    pub(crate) fn read(&self) -> Result<ListQuery, BadParam> {
        let sort = optional(self.sort.as_ref(), "sort", "send newest, oldest, highest or lowest", |word| {
            Sort::WORDS.iter().find(|pair| pair.0 == word).map(|pair| pair.1)
        })?
        .unwrap_or_default();
        let filter = Filter {
            stars: optional(self.stars.as_ref(), "stars", "send 1 to 5, or several with commas", many_stars)?
                .unwrap_or_default(),
            language: optional(self.language.as_ref(), "language", "send two letters such as it", language)?,
            replied: optional(self.replied.as_ref(), "replied", "send true or false", yes_or_no)?,
            with_text: optional(self.with_text.as_ref(), "with_text", "send true or false", yes_or_no)?
                .unwrap_or_default(),
            search: self.q.as_deref().filter(|q| !q.trim().is_empty()).map(search).transpose()?,
            sku: optional(self.sku.as_ref(), "sku", "send the product's SKU without NUL", |sku| {
                (!sku.contains('\0')).then(|| sku.to_owned())
            })?,
            from: optional(self.from.as_ref(), "from", "send 2026-11-22 or 2026-11-22T05:00:00Z", |text| {
                instant(text, 0)
            })?,
            to: optional(self.to.as_ref(), "to", "send 2026-11-22 or 2026-11-22T05:00:00Z", |text| instant(text, 1))?,
        };
        let limit = optional(self.limit.as_ref(), "limit", "send a whole number from 1 to 100", |text| {
            PageLimit::parse(text).ok()
        })?;
        let after = optional(self.cursor.as_ref(), "cursor", "take it from the next link, unchanged", |text| {
            let place = Cursor::decode::<Place>(text).ok()?;
            (place.sort == sort && place.spot.is_some() == filter.search.is_some()).then_some(place)
        })?;
        Ok(ListQuery { filter, sort, limit: limit.unwrap_or_default(), after })
    }
}

fn optional<T>(
    text: Option<&String>,
    name: &'static str,
    detail: &'static str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, BadParam> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    read(text).map(Some).ok_or(BadParam { name, detail })
}

/// Words to search for: few and short, so that a question costs little.
fn search(text: &str) -> Result<Sought, BadParam> {
    let refused = |detail| Err(BadParam { name: "q", detail });
    if text.chars().count() > SEARCH_MAX {
        return refused(TOO_LONG);
    }
    match terms::of_question(text) {
        sought if sought.words > WORDS_MAX => refused(TOO_MANY),
        sought if sought.words == 0 => refused(NO_WORD),
        sought => Ok(sought),
    }
}

fn many_stars(text: &str) -> Option<Vec<Stars>> {
    let one = |word: &str| word.trim().parse::<i64>().ok().and_then(Stars::new);
    let mut all = text.split(',').map(one).collect::<Option<Vec<_>>>()?;
    all.sort_by_key(|stars| stars.value());
    all.dedup();
    // All five together narrow nothing, so that tombstones stay where they stood.
    if all.len() == Stars::ALL.len() { Some(Vec::new()) } else { Some(all) }
}

fn language(text: &str) -> Option<String> {
    let fits = (2..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    fits.then(|| text.to_ascii_lowercase())
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text {
        "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

/// An instant, or a day: its start, or with `plus` 1 the start of the next.
fn instant(text: &str, plus: i64) -> Option<Timestamp> {
    match UtcDay::parse(text) {
        Ok(day) => Some(day.plus(plus).start()),
        Err(_) => Timestamp::parse(text).ok(),
    }
}
