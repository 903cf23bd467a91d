//! A page of the directory: what it is narrowed to, its order, and where it begins.

use serde::{Deserialize, Serialize};

use crate::db::{self, Connection};
use crate::kernel::country::Country;
use crate::kernel::fold;
use crate::kernel::id::ShopId;
use crate::kernel::page::{Cursor, PageLimit};
use crate::kernel::time::Timestamp;
use crate::reviews::BadParam;

use super::store;

/// Words of a search that count; the rest is left aside.
const WORDS: usize = 8;
/// Longest search, in characters.
const LONGEST: usize = 100;
/// What no shop's words hold: the answer to a search without a letter or digit.
const NOTHING: &str = "-";

/// A shop in the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Card {
    /// `shp_...`
    pub(crate) id: ShopId,
    /// Its address.
    pub(crate) domain: String,
    /// As its customers know it.
    pub(crate) name: String,
    /// The name, folded.
    pub(super) sort_name: String,
    /// What it sells, in its own words.
    pub(crate) category: Option<String>,
    /// ISO 3166-1.
    pub(crate) country: Option<String>,
    /// Published reviews of the shop.
    pub(crate) reviews: i64,
    /// Ten times the score as shown; 0 with no review.
    pub(crate) score_tenths: i64,
    /// Twice the stars as shown; 0 with no review.
    pub(crate) half_stars: i64,
    /// UTC day of its newest review, from 1970-01-01.
    pub(crate) newest_day: Option<i64>,
    /// When it was opened here.
    pub(crate) opened_at: Timestamp,
}

impl Card {
    /// The score as shown.
    pub(crate) fn score(&self) -> f64 {
        part(self.score_tenths, 10.0)
    }

    /// The stars as shown, in halves.
    pub(crate) fn stars(&self) -> f64 {
        part(self.half_stars, 2.0)
    }
}

fn part(n: i64, of: f64) -> f64 {
    i32::try_from(n).map_or(0.0, f64::from) / of
}

/// In which order the directory is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Sort {
    /// By folded name.
    #[default]
    Name,
    /// Most reviews first.
    Reviews,
    /// Opened last first.
    Newest,
}

impl Sort {
    /// Every order, with its word.
    pub(super) const WORDS: [(&'static str, Self); 3] =
        [("name", Self::Name), ("reviews", Self::Reviews), ("newest", Self::Newest)];

    /// Its word in queries.
    pub(super) fn word(self) -> &'static str {
        Self::WORDS.iter().find(|pair| pair.1 == self).map_or("name", |pair| pair.0)
    }
}

/// Where a page ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(super) sort: Sort,
    /// Only where the order is by name.
    pub(super) name: String,
    /// The number the order goes by, else 0.
    pub(super) number: i64,
    pub(super) id: ShopId,
}

/// A page to read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query {
    /// Folded; a shop has all of them.
    pub(super) words: Vec<String>,
    /// Folded category.
    pub(super) kind: Option<String>,
    /// Only shops established here.
    pub(super) country: Option<Country>,
    pub(super) sort: Sort,
    pub(super) limit: PageLimit,
    pub(super) after: Option<Place>,
}

/// A page of the directory.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// The shops.
    pub(crate) cards: Vec<Card>,
    /// The cursor of the next page; `None` on the last.
    pub(crate) next: Option<String>,
}

/// A category or country and how many open shops it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// What the directory is narrowed by.
    pub(crate) key: String,
    /// As shops write it.
    pub(crate) label: String,
    /// Open shops.
    pub(crate) shops: i64,
}

/// Reads a page.
pub(crate) fn find(conn: &mut Connection, query: &Query) -> db::Result<Found> {
    let mut cards = store::page(conn, query)?;
    let more = query.limit.cut(&mut cards);
    let next = cards.last().filter(|_| more).map(|last| Cursor::encode(&place(query.sort, last)));
    Ok(Found { cards, next })
}

/// Shops with these words, by name, after so many others: for readers who count pages. What is passed over is read along
/// the index, a page at a time.
pub(crate) fn numbered(
    conn: &mut Connection,
    (words, country): (&str, Option<Country>),
    skip: usize,
    take: usize,
) -> db::Result<Vec<Card>> {
    let limit = PageLimit::try_from(100_i64).unwrap_or_default();
    let mut query = Query { words: searched(words), country, limit, ..Query::default() };
    let mut cards = Vec::new();
    while cards.len() < skip.saturating_add(take) {
        let found = find(conn, &query)?;
        let last = found.cards.last().map(|last| place(query.sort, last));
        cards.extend(found.cards);
        match last.filter(|_| found.next.is_some()) {
            Some(last) => query.after = Some(last),
            None => break,
        }
    }
    Ok(cards.into_iter().skip(skip).take(take).collect())
}

fn place(sort: Sort, last: &Card) -> Place {
    let (name, number) = match sort {
        Sort::Name => (last.sort_name.clone(), 0),
        Sort::Reviews => (String::new(), last.reviews),
        Sort::Newest => (String::new(), last.opened_at.millis()),
    };
    Place { sort, name, number, id: last.id }
}

/// How many shops a page belongs to.
pub(super) fn count(conn: &mut Connection, query: &Query) -> db::Result<i64> {
    store::count(conn, query)
}

/// Categories with their open shops, the largest first.
pub(crate) fn categories(conn: &mut Connection) -> db::Result<Vec<Group>> {
    store::categories(conn)
}

/// Countries with their open shops.
pub(super) fn countries(conn: &mut Connection) -> db::Result<Vec<Group>> {
    store::countries(conn)
}

/// The next open shops in the order of their ids: for lists of addresses.
pub(crate) fn after(conn: &mut Connection, after: Option<ShopId>, take: i64) -> db::Result<Vec<Card>> {
    store::after(conn, after, take)
}

/// Those of these shops that are open.
pub(crate) fn listed(conn: &mut Connection, shops: &[ShopId]) -> db::Result<Vec<Card>> {
    store::listed(conn, shops)
}

/// The query as it comes over the wire: text, every part optional.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Params {
    /// Words of the name or domain.
    pub(super) q: Option<String>,
    /// A category, in whatever spelling.
    pub(super) category: Option<String>,
    /// `IT`.
    pub(super) country: Option<String>,
    /// `name`, `reviews`, `newest`.
    pub(super) sort: Option<String>,
    /// 1 to 100.
    pub(super) limit: Option<String>,
    /// From the page before.
    pub(super) cursor: Option<String>,
}

/// A part that is there and not empty, as browsers send empty fields.
pub(super) fn given(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.trim().is_empty())
}

impl Params {
    /// Reads the query; empty parts count as absent.
    pub(super) fn read(&self) -> Result<Query, BadParam> {
        fn wrong(name: &'static str, detail: &'static str) -> BadParam {
            BadParam { name, detail }
        }
        let read_sort = |word: &str| Sort::WORDS.iter().find(|pair| pair.0 == word).map(|pair| pair.1);
        let sort = match given(self.sort.as_ref()) {
            Some(word) => read_sort(word).ok_or(wrong("sort", "send name, reviews or newest"))?,
            None => Sort::default(),
        };
        let country = given(self.country.as_ref()).map(Country::parse).transpose();
        let country = country.map_err(|_none| wrong("country", "send two letters of ISO 3166-1, like IT"))?;
        let limit = given(self.limit.as_ref()).map(PageLimit::parse).transpose();
        let limit = limit.map_err(|_none| wrong("limit", "send a whole number from 1 to 100"))?.unwrap_or_default();
        let bad_cursor = wrong("cursor", "take it from the next link, unchanged, with the same filters");
        let after = given(self.cursor.as_ref()).map(Cursor::decode::<Place>).transpose().map_err(|_none| bad_cursor)?;
        if after.as_ref().is_some_and(|place| place.sort != sort) {
            return Err(bad_cursor);
        }
        let kind = given(self.category.as_ref()).map(|text| unless_empty(fold::key(text)));
        let words = given(self.q.as_ref()).map(searched).unwrap_or_default();
        Ok(Query { words, kind, country, sort, limit, after })
    }
}

fn searched(text: &str) -> Vec<String> {
    let start: String = text.chars().take(LONGEST).collect();
    let mut words = fold::words(&start);
    words.truncate(WORDS);
    if words.is_empty() { vec![NOTHING.to_owned()] } else { words }
}

fn unless_empty(key: String) -> String {
    if key.is_empty() { NOTHING.to_owned() } else { key }
}
