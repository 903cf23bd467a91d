//! The public list of a shop's reviews: filters, four orders, words to search for, an opaque cursor.
//!
//! Every order and every number of stars is read along an index from the place where the last page ended, so that a
//! page costs the same with a thousand reviews and with a million. Tombstones stand in their place by time; where a list
//! is narrowed or sorted by what a review says, they are left out, since that would tell what they said.

use serde::{Deserialize, Serialize};

use crate::db::{self, Connection};
use crate::kernel::id::{ReviewId, ShopId};
use crate::kernel::page::{Cursor, PageLimit};
use crate::kernel::stars::Stars;
use crate::kernel::terms::Sought;
use crate::kernel::time::Timestamp;

use super::model::Review;
use super::public::{PublicEntry, add_history, entries};
use super::search;
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
    pub(crate) const WORDS: [(&'static str, Self); 4] =
        [("newest", Self::Newest), ("oldest", Self::Oldest), ("highest", Self::Highest), ("lowest", Self::Lowest)];

    /// Whether stars come before time.
    pub(super) fn by_stars(self) -> bool {
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
    /// Only those with a text.
    pub(crate) with_text: bool,
    /// Only those in whose title and text all of these terms stand.
    pub(crate) search: Option<Sought>,
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
        !self.stars.is_empty() || self.language.is_some() || self.replied.is_some() || self.with_text
    }
}

/// Where a page ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// The order it is a place in.
    pub(super) sort: Sort,
    /// First publication of the last review.
    pub(super) at: Timestamp,
    /// The last review.
    pub(super) id: ReviewId,
    /// Only where the order is by stars.
    pub(super) stars: i64,
    /// Only where words are searched for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) spot: Option<i64>,
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

impl ListQuery {
    /// Numbers of stars in the order of the list, from where the page before ended; `true` where it ended within.
    pub(super) fn star_lanes(&self) -> Vec<(Stars, bool)> {
        let all = if self.filter.stars.is_empty() { Stars::ALL.to_vec() } else { self.filter.stars.clone() };
        let from = self.after.map(|place| place.stars);
        let rest = |stars: &Stars| match (from, self.sort) {
            (Some(from), Sort::Highest) => stars.value() <= from,
            (Some(from), _) => stars.value() >= from,
            (None, _) => true,
        };
        let mut lanes: Vec<(Stars, bool)> =
            all.into_iter().filter(rest).map(|stars| (stars, from == Some(stars.value()))).collect();
        if self.sort == Sort::Highest {
            lanes.reverse();
        }
        lanes
    }
}

/// Reads a page.
pub(crate) fn list(conn: &mut Connection, shop: ShopId, query: &ListQuery) -> db::Result<Listing> {
    if let Some(sought) = &query.filter.search {
        return search::find(conn, shop, query, sought);
    }
    let mut page = if query.sort.by_stars() { by_stars(conn, shop, query)? } else { by_time(conn, shop, query)? };
    let more = query.limit.cut(&mut page);
    let place = |last: &Review| Place {
        sort: query.sort,
        at: last.published_at,
        id: last.id,
        stars: if query.sort.by_stars() { last.stars.value() } else { 0 },
        spot: None,
    };
    let next = page.last().filter(|_| more).map(|last| Cursor::encode(&place(last)));
    Ok(Listing { entries: entries(conn, shop, page)?, next })
}

/// Reads a page for people: with the last changes of what was edited.
pub(crate) fn list_with_history(conn: &mut Connection, shop: ShopId, query: &ListQuery) -> db::Result<Listing> {
    let mut page = list(conn, shop, query)?;
    add_history(conn, shop, &mut page.entries)?;
    Ok(page)
}

/// The languages worth asking for: those that reviews of the product (or the shop) are written in.
pub(crate) fn languages(conn: &mut Connection, shop: ShopId, sku: &str) -> db::Result<Vec<String>> {
    store::languages(conn, shop, sku, LANGUAGES)
}

fn lane(query: &ListQuery, stars: Option<Stars>, take: i64) -> Lane<'_> {
    Lane {
        sku: query.filter.sku.as_deref().unwrap_or_default(),
        stars,
        language: query.filter.language.as_deref(),
        replied: query.filter.replied,
        with_text: query.filter.with_text,
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
    let mut page = Vec::new();
    for (stars, within) in query.star_lanes() {
        let have = i64::try_from(page.len()).unwrap_or(i64::MAX);
        let mut next = lane(query, Some(stars), query.limit.probe() - have);
        if !within {
            next.after = None;
        }
        if next.take <= 0 {
            break;
        }
        page.extend(store::lane(conn, shop, &next)?);
    }
    Ok(page)
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
            (of(Filter { with_text: true, ..Filter::default() }), None, "reviews_worded"),
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
