//! The public list of a shop's reviews: filters, four orders, an opaque cursor.
//!
//! Every order and every number of stars is read along an index from the place where the last page ended, so that a
//! page costs the same with a thousand reviews and with a million. Tombstones stand in their place by time; where a list
//! is narrowed or sorted by what a review says, they are left out, since that would tell what they said.

use serde::{Deserialize, Serialize};

use crate::db::{self, Connection};
use crate::kernel::id::{ReviewId, ShopId};
use crate::kernel::page::{Cursor, PageLimit};
use crate::kernel::stars::Stars;
use crate::kernel::time::{Timestamp, UtcDay};

use super::model::Review;
use super::public::{PublicEntry, entries};
use super::store::{self, Lane};

/// Languages offered at most.
const LANGUAGES: usize = 24;

/// In which order a list is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Sort {
    /// By first publication, latest first.
    #[default]
    Newest,
    /// By first publication, earliest first.
    Oldest,
    /// Most stars first, among equals the latest.
    Highest,
    /// Fewest stars first, among equals the latest.
    Lowest,
}

impl Sort {
    /// Every order, with its word.
    const WORDS: [(&'static str, Self); 4] =
        [("newest", Self::Newest), ("oldest", Self::Oldest), ("highest", Self::Highest), ("lowest", Self::Lowest)];

    fn by_stars(self) -> bool {
        matches!(self, Self::Highest | Self::Lowest)
    }
}

/// What a list is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// Only these; empty for all. In order, each once.
    pub(crate) stars: Vec<Stars>,
    /// Only this language (ISO 639-1).
    pub(crate) language: Option<String>,
    /// Only those with a standing reply, or only those without.
    pub(crate) replied: Option<bool>,
    /// Reviews of this product; `None` for reviews of the shop.
    pub(crate) sku: Option<String>,
    /// First published at or after.
    pub(crate) from: Option<Timestamp>,
    /// First published before.
    pub(crate) to: Option<Timestamp>,
}

impl Filter {
    /// Whether it asks about what a review says, which a tombstone must not answer.
    fn asks_for_content(&self) -> bool {
        !self.stars.is_empty() || self.language.is_some() || self.replied.is_some()
    }
}

/// Where a page ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    sort: Sort,
    at: Timestamp,
    id: ReviewId,
    /// Only where the order is by stars.
    stars: i64,
}

/// A page to read.
#[derive(Clone, Debug, Default)]
pub(crate) struct ListQuery {
    /// What the list is narrowed to.
    pub(crate) filter: Filter,
    /// Its order.
    pub(crate) sort: Sort,
    /// How long the page may be.
    pub(crate) limit: PageLimit,
    /// Where the page before ended.
    pub(crate) after: Option<Place>,
}

/// A page of a list.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    /// Reviews and tombstones.
    pub(crate) entries: Vec<PublicEntry>,
    /// The cursor of the next page; `None` on the last.
    pub(crate) next: Option<String>,
}

/// Reads a page.
pub(crate) fn list(conn: &mut Connection, shop: ShopId, query: &ListQuery) -> db::Result<Listing> {
    let mut page = if query.sort.by_stars() { by_stars(conn, shop, query)? } else { by_time(conn, shop, query)? };
    let more = query.limit.cut(&mut page);
    let place = |last: &Review| Place {
        sort: query.sort,
        at: last.published_at,
        id: last.id,
        stars: if query.sort.by_stars() { last.stars.value() } else { 0 },
    };
    let next = page.last().filter(|_| more).map(|last| Cursor::encode(&place(last)));
    Ok(Listing { entries: entries(conn, shop, page)?, next })
}

/// The languages worth asking for: those that reviews of the shop are written in.
pub(crate) fn languages(conn: &mut Connection, shop: ShopId) -> db::Result<Vec<String>> {
    store::languages(conn, shop, LANGUAGES)
}

fn lane(query: &ListQuery, stars: Option<Stars>, take: i64) -> Lane<'_> {
    Lane {
        sku: query.filter.sku.as_deref().unwrap_or_default(),
        stars,
        language: query.filter.language.as_deref(),
        replied: query.filter.replied,
        published: query.sort.by_stars() || query.filter.asks_for_content(),
        from: query.filter.from,
        to: query.filter.to,
        oldest_first: query.sort == Sort::Oldest,
        after: query.after.map(|place| (place.at, place.id)),
        take,
    }
}

/// One lane a number of stars, merged; one lane for all where no stars are asked for.
fn by_time(conn: &mut Connection, shop: ShopId, query: &ListQuery) -> db::Result<Vec<Review>> {
    if query.filter.stars.is_empty() {
        return store::lane(conn, shop, &lane(query, None, query.limit.probe()));
    }
    let mut page = Vec::new();
    for stars in &query.filter.stars {
        page.extend(store::lane(conn, shop, &lane(query, Some(*stars), query.limit.probe()))?);
    }
    page.sort_by_key(|review| (review.published_at, review.id));
    if query.sort == Sort::Newest {
        page.reverse();
    }
    Ok(page)
}

/// One lane a number of stars, one after the other, until the page is full.
fn by_stars(conn: &mut Connection, shop: ShopId, query: &ListQuery) -> db::Result<Vec<Review>> {
    let mut order: Vec<Stars> =
        if query.filter.stars.is_empty() { Stars::ALL.to_vec() } else { query.filter.stars.clone() };
    if query.sort == Sort::Highest {
        order.reverse();
    }
    let from = query.after.map(|place| place.stars);
    let passed = |stars: &Stars| match (from, query.sort) {
        (Some(from), Sort::Highest) => stars.value() > from,
        (Some(from), _) => stars.value() < from,
        (None, _) => false,
    };
    let mut page = Vec::new();
    for stars in order.into_iter().filter(|stars| !passed(stars)) {
        let have = i64::try_from(page.len()).unwrap_or(i64::MAX);
        let mut next = lane(query, Some(stars), query.limit.probe() - have);
        if from != Some(stars.value()) {
            next.after = None;
        }
        if next.take <= 0 {
            break;
        }
        page.extend(store::lane(conn, shop, &next)?);
    }
    Ok(page)
}

/// The query of a list as it comes over the wire: text, every part optional.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct ListParams {
    /// `5` or `1,2`.
    pub(crate) stars: Option<String>,
    /// `it`.
    pub(crate) language: Option<String>,
    /// `true`, `false` (or `yes`, `no`).
    pub(crate) replied: Option<String>,
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
            Cursor::decode::<Place>(text).ok().filter(|place| place.sort == sort)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reviews::house::House;

    #[test]
    fn every_lane_runs_along_an_index() {
        let house = House::new();
        let shop = house.shop();
        let one = Stars::new(1);
        let shapes = [
            (ListQuery::default(), None, "reviews_newest"),
            (ListQuery { sort: Sort::Oldest, ..ListQuery::default() }, None, "reviews_newest"),
            (ListQuery { sort: Sort::Lowest, ..ListQuery::default() }, one, "reviews_stars"),
            (of(Filter { stars: one.into_iter().collect(), ..Filter::default() }), one, "reviews_stars"),
            (of(Filter { language: Some("it".to_owned()), ..Filter::default() }), None, "reviews_language"),
            (of(Filter { replied: Some(true), ..Filter::default() }), None, "reviews_answered"),
            (of(Filter { replied: Some(false), ..Filter::default() }), None, "reviews_unanswered"),
        ];
        for (query, stars, index) in shapes {
            for after in [false, true] {
                let mut lane = lane(&query, stars, 21);
                lane.after = after.then(|| (house.ctx.now(), house.ctx.ids().next()));
                let plan = house.read(|conn| Ok(store::plan(conn, shop.id, &lane)));
                let found = plan.len() == 1 && plan[0].starts_with("SEARCH") && plan[0].contains(index);
                assert!(found, "{query:?} reads {index} without sorting: {plan:?}");
            }
        }
    }

    fn of(filter: Filter) -> ListQuery {
        ListQuery { filter, ..ListQuery::default() }
    }
}
