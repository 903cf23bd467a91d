//! A list of published reviews by page number, for readers who cannot follow a cursor.
//!
//! The tally knows how many reviews stand on each day and with how many stars, so that page 40,000 is found by counting
//! days, not reviews: what is passed over lies within one day. Where a list is narrowed by what the tally does not know
//! (language, reply), reviews themselves are counted, along an index, and no further than [`DEEPEST`].

use crate::db::{self, Connection};
use crate::kernel::id::{ReviewId, ShopId};
use crate::kernel::stars::Stars;
use crate::kernel::time::{Timestamp, UtcDay};

use super::public::{PublicEntry, PublicReview, entries};
use super::store::{self, Stretch};
use super::tally::{TallyRow, tally_of};

/// How far a list is read that the tally cannot count.
pub(crate) const DEEPEST: i64 = 10_000;

/// The order of a numbered list; among equals the newest come first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Order {
    /// By first publication, latest first.
    #[default]
    Newest,
    /// By first publication, earliest first.
    Oldest,
    /// Most stars first.
    Highest,
    /// Fewest stars first.
    Lowest,
}

/// Which reviews of a list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbered {
    /// Reviews of this product; empty for reviews of the shop.
    pub(crate) sku: String,
    /// Only these stars; empty for all.
    pub(crate) stars: Vec<Stars>,
    /// Only this language (ISO 639-1).
    pub(crate) language: Option<String>,
    /// Only those with a standing reply, or only those without.
    pub(crate) replied: Option<bool>,
    /// In this order.
    pub(crate) order: Order,
    /// How many to pass over.
    pub(crate) skip: i64,
    /// How many at most.
    pub(crate) take: i64,
}

/// Where reading begins: with the reviews of these stars, at this instant, after so many.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Start {
    /// Stars in the order they are read; one at a time where the order is by stars.
    stars: Vec<Stars>,
    begin: Option<Timestamp>,
    skip: i64,
}

/// Reads a page; empty past the end. `None`: further than [`DEEPEST`].
pub(crate) fn numbered(conn: &mut Connection, shop: ShopId, query: &Numbered) -> db::Result<Option<Vec<PublicReview>>> {
    let counted = query.language.is_none() && query.replied.is_none();
    let start = if counted {
        let days = tally_of(conn, shop, &query.sku)?;
        let Some(start) = jump(&days, query) else { return Ok(Some(Vec::new())) };
        start
    } else if query.skip.saturating_add(query.take) > DEEPEST {
        return Ok(None);
    } else {
        Start { stars: wanted(query), begin: None, skip: query.skip }
    };
    let places =
        if by_stars(query) { one_by_one(conn, shop, query, start)? } else { merged(conn, shop, query, start)? };
    shown(conn, shop, &places).map(Some)
}

/// The reviews whose ids lie between two, both included.
pub(crate) fn ids_between(conn: &mut Connection, first: ReviewId, last: ReviewId) -> db::Result<Vec<ReviewId>> {
    store::ids_between(conn, first, last)
}

fn by_stars(query: &Numbered) -> bool {
    matches!(query.order, Order::Highest | Order::Lowest)
}

/// The stars of the list, in its order.
fn wanted(query: &Numbered) -> Vec<Stars> {
    let mut all = if query.stars.is_empty() { Stars::ALL.to_vec() } else { query.stars.clone() };
    all.sort_by_key(|stars| stars.value());
    all.dedup();
    if query.order == Order::Highest {
        all.reverse();
    }
    all
}

/// Finds the day on which the first review of the page was published; `None` past the end.
fn jump(days: &[TallyRow], query: &Numbered) -> Option<Start> {
    let stars = wanted(query);
    let mut skip = query.skip.max(0);
    if !by_stars(query) {
        let (begin, skip) = day_of(days, &stars, query.order == Order::Oldest, skip)?;
        return Some(Start { stars, begin, skip });
    }
    for (at, one) in stars.iter().enumerate() {
        let here = std::slice::from_ref(one);
        let all: i64 = days.iter().map(|day| count(day, here)).sum();
        if skip < all {
            let (begin, skip) = day_of(days, here, false, skip)?;
            return Some(Start { stars: stars.get(at..)?.to_vec(), begin, skip });
        }
        skip -= all;
    }
    None
}

/// Where the day begins that holds the review after `skip` others, and how many of that day come before it.
fn day_of(days: &[TallyRow], stars: &[Stars], oldest_first: bool, mut skip: i64) -> Option<(Option<Timestamp>, i64)> {
    let mut at = |day: &TallyRow| {
        let n = count(day, stars);
        if skip < n {
            let edge = if oldest_first { day.day } else { day.day + 1 };
            return Some((Some(UtcDay::from_number(edge).start()), skip));
        }
        skip -= n;
        None
    };
    if oldest_first { days.iter().find_map(&mut at) } else { days.iter().rev().find_map(&mut at) }
}

fn count(day: &TallyRow, stars: &[Stars]) -> i64 {
    stars.iter().filter_map(|stars| day.counts.get(stars.index())).sum()
}

fn stretch(query: &Numbered, stars: Option<Stars>) -> Stretch<'_> {
    Stretch {
        sku: &query.sku,
        stars,
        language: query.language.as_deref(),
        replied: query.replied,
        oldest_first: query.order == Order::Oldest,
        begin: None,
        skip: 0,
        take: query.take,
    }
}

/// By time: one lane where all stars are wanted, else one for each number of stars, merged.
fn merged(conn: &mut Connection, shop: ShopId, query: &Numbered, start: Start) -> db::Result<Vec<ReviewId>> {
    let Start { stars, begin, skip } = start;
    let lanes: Vec<Option<Stars>> =
        if stars.len() == Stars::ALL.len() { vec![None] } else { stars.into_iter().map(Some).collect() };
    if let [one] = lanes.as_slice() {
        let places = store::places(conn, shop, &Stretch { begin, skip, ..stretch(query, *one) })?;
        return Ok(places.into_iter().map(|(_, id)| id).collect());
    }
    let mut all = Vec::new();
    for lane in lanes {
        let take = query.take.saturating_add(skip);
        all.extend(store::places(conn, shop, &Stretch { begin, take, ..stretch(query, lane) })?);
    }
    all.sort_unstable();
    if query.order != Order::Oldest {
        all.reverse();
    }
    let (skip, take) = (usize::try_from(skip).unwrap_or(usize::MAX), usize::try_from(query.take).unwrap_or(0));
    Ok(all.into_iter().skip(skip).take(take).map(|(_, id)| id).collect())
}

/// By stars: one lane after the other until the page is full.
fn one_by_one(conn: &mut Connection, shop: ShopId, query: &Numbered, start: Start) -> db::Result<Vec<ReviewId>> {
    let Start { stars, mut begin, mut skip } = start;
    let mut page: Vec<ReviewId> = Vec::new();
    for stars in stars {
        let missing = query.take - i64::try_from(page.len()).unwrap_or(i64::MAX);
        if missing <= 0 {
            break;
        }
        // What is passed over is read too where nobody has counted it: places only, and few enough.
        let take = missing.saturating_add(skip);
        let found = store::places(conn, shop, &Stretch { begin: begin.take(), take, ..stretch(query, Some(stars)) })?;
        let passed = skip.min(i64::try_from(found.len()).unwrap_or(i64::MAX));
        skip -= passed;
        page.extend(found.into_iter().skip(usize::try_from(passed).unwrap_or(0)).map(|(_, id)| id));
    }
    Ok(page)
}

/// The reviews at these places, in this order.
fn shown(conn: &mut Connection, shop: ShopId, places: &[ReviewId]) -> db::Result<Vec<PublicReview>> {
    let found = store::by_ids(conn, shop, places)?;
    let all = entries(conn, shop, found)?.into_iter();
    Ok(all
        .filter_map(|entry| match entry {
            PublicEntry::Review(review) => Some(*review),
            PublicEntry::Tombstone(_) => None,
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::time::{DAY, HOUR};
    use crate::reviews::house::House;

    /// The whole list, read page by page.
    fn read(house: &House, shop: ShopId, query: &Numbered, per_page: i64) -> Vec<ReviewId> {
        let mut all = Vec::new();
        loop {
            let skip = i64::try_from(all.len()).unwrap();
            let query = Numbered { skip, take: per_page, ..query.clone() };
            let page = house.read(|conn| numbered(conn, shop, &query)).unwrap();
            if page.is_empty() {
                return all;
            }
            all.extend(page.into_iter().map(|review| review.id));
        }
    }

    /// What was written, oldest first, as a list of these stars in this order.
    fn expected(written: &[(i64, ReviewId)], order: Order, only: &[i64]) -> Vec<ReviewId> {
        let mut list: Vec<_> = written.iter().filter(|(stars, _)| only.is_empty() || only.contains(stars)).collect();
        if order != Order::Oldest {
            list.reverse();
        }
        match order {
            Order::Highest => list.sort_by_key(|(stars, _)| -stars),
            Order::Lowest => list.sort_by_key(|(stars, _)| *stars),
            Order::Newest | Order::Oldest => {}
        }
        list.into_iter().map(|(_, id)| *id).collect()
    }

    #[test]
    fn every_page_size_gives_the_same_list_in_every_order() {
        let house = House::new();
        let shop = house.shop();
        let mut written = Vec::new();
        for n in 0..23_i64 {
            house.clock.advance(if n % 5 == 0 { DAY } else { HOUR });
            let stars = 1 + (n * 7) % 5;
            written.push((stars, house.publish(&house.customer(&shop), stars)));
        }
        for order in [Order::Newest, Order::Oldest, Order::Highest, Order::Lowest] {
            for only in [vec![], vec![5], vec![1, 4], vec![1, 2, 3, 4, 5]] {
                let ids = expected(&written, order, &only);
                let stars: Vec<_> = only.iter().filter_map(|n| Stars::new(*n)).collect();
                let counted = Numbered { stars, order, ..Numbered::default() };
                let uncounted = Numbered { language: Some("it".to_owned()), ..counted.clone() };
                for (query, per_page) in [&counted, &uncounted].into_iter().flat_map(|q| [1, 2, 7, 100].map(|n| (q, n)))
                {
                    assert_eq!(read(&house, shop.id, query, per_page), ids, "{query:?} by {per_page}");
                }
            }
        }
        let replied = Numbered { replied: Some(true), ..Numbered::default() };
        assert_eq!(read(&house, shop.id, &replied, 10), []);
        let unanswered = Numbered { replied: Some(false), ..Numbered::default() };
        assert_eq!(read(&house, shop.id, &unanswered, 10).len(), 23);
    }

    #[test]
    fn the_end_is_found_by_counting_and_the_uncounted_is_not_read_for_ever() {
        let house = House::new();
        let shop = house.shop();
        let id = house.publish(&house.customer(&shop), 5);
        let far = Numbered { skip: i64::MAX - 100, take: 100, ..Numbered::default() };
        assert_eq!(house.read(|conn| numbered(conn, shop.id, &far)).map(|page| page.len()), Some(0));
        let language = Some("it".to_owned());
        let deep = Numbered { language: language.clone(), skip: DEEPEST - 99, ..far.clone() };
        assert!(house.read(|conn| numbered(conn, shop.id, &deep)).is_none());
        let edge = Numbered { language, skip: DEEPEST - 100, ..far };
        assert!(house.read(|conn| numbered(conn, shop.id, &edge)).is_some());
        assert_eq!(house.read(|conn| ids_between(conn, id, id)), [id]);
    }

    #[test]
    fn what_is_passed_over_lies_within_one_day() {
        let row = |day, counts| TallyRow { sku: String::new(), day, counts };
        let days = [row(10, [1, 0, 0, 0, 200]), row(12, [0, 0, 0, 0, 5]), row(20, [3, 0, 0, 0, 1])];
        let jumped = |order, stars: &[i64], skip| {
            let stars = stars.iter().filter_map(|n| Stars::new(*n)).collect();
            let found = jump(&days, &Numbered { order, stars, skip, take: 10, ..Numbered::default() })?;
            Some((found.stars.len(), found.begin.map(|at| at.day().number()), found.skip))
        };
        assert_eq!(jumped(Order::Newest, &[], 0), Some((5, Some(21), 0)));
        assert_eq!(jumped(Order::Newest, &[], 4), Some((5, Some(13), 0)));
        assert_eq!(jumped(Order::Newest, &[], 209), Some((5, Some(11), 200)));
        assert_eq!(jumped(Order::Newest, &[], 210), None);
        assert_eq!(jumped(Order::Oldest, &[5], 203), Some((1, Some(12), 3)));
        assert_eq!(jumped(Order::Lowest, &[], 3), Some((5, Some(11), 0)));
        assert_eq!(jumped(Order::Lowest, &[], 4), Some((1, Some(21), 0)));
        assert_eq!(jumped(Order::Highest, &[], 206), Some((1, Some(21), 0)));
    }
}
