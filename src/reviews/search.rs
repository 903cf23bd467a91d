//! Search in the words of published reviews: what a review is found by, and who finds it.
//!
//! A review's terms ([`crate::kernel::terms`]) are written in the transaction that publishes, edits, restricts, restores or
//! erases it, so that a search never shows what cannot be read and never misses what can. Each term carries the mark of its
//! lane, a shop's own reviews or those of one product, so that a search costs what its lane holds and not what others hold;
//! what a list is narrowed to (stars, language, reply, text) is a term as well. Both engines give their hits in the order of
//! time, so that a page is found without counting or sorting the rest.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::context::Context;
use crate::db::{self, Connection};
use crate::kernel::id::{ReviewId, ShopId};
use crate::kernel::page::Cursor;
use crate::kernel::stars::Stars;
use crate::kernel::terms::{self, Sought};
use crate::kernel::time::Timestamp;

use super::list::{Filter, ListQuery, Listing, Place, Sort};
use super::model::{Review, Status};
use super::public::entries;
use super::store::{self, Ask, Findable, Hit};

/// Reviews written to the index in one transaction, and transactions in one run of [`index_what_waits`].
const BATCH: i64 = 200;
const BATCHES: usize = 20;

/// What a list is of, as the index knows it.
struct Lane {
    number: i64,
    /// In front of every term of the lane. Two lanes may share it, which costs time and shows nothing: the number decides.
    mark: String,
}

impl Lane {
    fn of(shop: ShopId, sku: &str) -> Self {
        let digest: [u8; 32] = Sha256::new().chain_update(shop.as_bytes()).chain_update(sku).finalize().into();
        let (first, rest) = digest.split_first_chunk::<8>().unwrap_or((&[0; 8], &[]));
        let letter = |byte: &u8| {
            char::from(b"0123456789abcdefghjkmnpqrstvwxyz".get(usize::from(byte & 31)).copied().unwrap_or(b'0'))
        };
        Self { number: i64::from_be_bytes(*first), mark: rest.iter().take(6).map(letter).collect() }
    }

    fn term(&self, term: &str) -> String {
        [&self.mark, term].concat()
    }
}

/// A term for what a list is narrowed to; no word of a text begins like it.
fn facet(kind: char, value: &str) -> String {
    format!("§{kind}{value}")
}

/// The place of an instant in the order of time: 21 bits stay for what happens within its millisecond.
fn instant(at: Timestamp) -> i64 {
    at.millis().clamp(0, (1 << 42) - 1) << 21
}

/// Where a review stands in the order of time: among those of one millisecond, by its id.
fn spot(review: &Review) -> i64 {
    let [.., a, b, c, d, _, _, _, _, _, _] = *review.id.as_bytes();
    let within = (i64::from(a & 15) << 17) | (i64::from(b) << 9) | (i64::from(c & 63) << 3) | i64::from(d >> 5);
    instant(review.published_at) | within
}

fn terms_of(review: &Review, lane: &Lane) -> Vec<String> {
    let mut all: BTreeSet<String> = terms::of_text(&[review.title.as_str(), &review.body].join("\n"));
    all.insert(facet('s', &review.stars.value().to_string()));
    all.insert(facet('l', &review.language));
    all.insert(facet('r', if review.replied_at.is_some() { "1" } else { "0" }));
    if !review.body.is_empty() {
        all.insert(facet('t', ""));
    }
    all.iter().map(|term| lane.term(term)).collect()
}

/// Writes what a review is found by, where that changed. Nobody finds one that cannot be read.
pub(super) fn sync(tx: &mut Connection, before: Option<&Review>, after: &Review) -> db::Result<()> {
    let said = |review: &Review| {
        let Review { status, title, body, stars, language, replied_at, .. } = review.clone();
        (status, title, body, stars, language, replied_at.is_some())
    };
    if before.is_some_and(|before| said(before) == said(after)) {
        return Ok(());
    }
    write(tx, after)
}

fn write(tx: &mut Connection, review: &Review) -> db::Result<()> {
    store::unfind(tx, review.shop, review.id)?;
    if review.status != Status::Published {
        return Ok(());
    }
    let lane = Lane::of(review.shop, &review.sku);
    let terms = terms_of(review, &lane);
    let new = Findable { spot: spot(review), lane: lane.number, shop: review.shop, review: review.id, terms: &terms };
    store::make_findable(tx, new)
}

/// A page of what a search finds.
pub(super) fn find(conn: &mut Connection, shop: ShopId, query: &ListQuery, sought: &Sought) -> db::Result<Listing> {
    let mut hits =
        if query.sort.by_stars() { by_stars(conn, shop, query, sought)? } else { by_time(conn, shop, query, sought)? };
    let more = query.limit.cut(&mut hits);
    let ids: Vec<ReviewId> = hits.iter().map(|hit| hit.review).collect();
    let page = store::by_ids(conn, shop, &ids)?;
    let next = hits.last().zip(page.last()).filter(|_| more).map(|(hit, last)| {
        Cursor::encode(&Place {
            sort: query.sort,
            at: last.published_at,
            id: last.id,
            stars: if query.sort.by_stars() { last.stars.value() } else { 0 },
            spot: Some(hit.spot),
        })
    });
    Ok(Listing { entries: entries(conn, shop, page)?, next })
}

/// One lane a number of stars, merged; one lane for all where no stars are asked for.
fn by_time(conn: &mut Connection, shop: ShopId, query: &ListQuery, sought: &Sought) -> db::Result<Vec<Hit>> {
    let take = query.limit.probe();
    if query.filter.stars.is_empty() {
        return hits(conn, shop, query, sought, &Narrow { stars: None, after: true, take });
    }
    let mut all = Vec::new();
    for stars in &query.filter.stars {
        all.extend(hits(conn, shop, query, sought, &Narrow { stars: Some(*stars), after: true, take })?);
    }
    all.sort_unstable_by_key(|hit| hit.spot);
    if query.sort == Sort::Newest {
        all.reverse();
    }
    Ok(all)
}

/// One lane a number of stars, one after the other, until the page is full.
fn by_stars(conn: &mut Connection, shop: ShopId, query: &ListQuery, sought: &Sought) -> db::Result<Vec<Hit>> {
    let mut page = Vec::new();
    for (stars, after) in query.star_lanes() {
        let take = query.limit.probe() - i64::try_from(page.len()).unwrap_or(i64::MAX);
        if take <= 0 {
            break;
        }
        page.extend(hits(conn, shop, query, sought, &Narrow { stars: Some(stars), after, take })?);
    }
    Ok(page)
}

/// Which part of a query one search answers.
struct Narrow {
    stars: Option<Stars>,
    /// From where the page before ended.
    after: bool,
    take: i64,
}

fn hits(
    conn: &mut Connection,
    shop: ShopId,
    query: &ListQuery,
    sought: &Sought,
    part: &Narrow,
) -> db::Result<Vec<Hit>> {
    let Filter { sku, from, to, .. } = &query.filter;
    let lane = Lane::of(shop, sku.as_deref().unwrap_or_default());
    let mut whole: Vec<String> = sought.whole.iter().map(|term| lane.term(term)).collect();
    whole.extend(facets(&query.filter, part.stars).iter().map(|term| lane.term(term)));
    let beginning = sought.beginning.as_ref().map(|start| lane.term(start));
    let mut ask = Ask {
        lane: lane.number,
        whole: &whole,
        beginning: beginning.as_deref(),
        from: from.map_or(0, instant),
        to: to.map_or(i64::MAX, instant),
        oldest_first: query.sort == Sort::Oldest,
        take: part.take,
    };
    if let Some(spot) = query.after.and_then(|place| place.spot).filter(|_| part.after) {
        if ask.oldest_first {
            ask.from = ask.from.max(spot.saturating_add(1));
        } else {
            ask.to = ask.to.min(spot);
        }
    }
    store::hits(conn, &ask)
}

fn facets(filter: &Filter, stars: Option<Stars>) -> Vec<String> {
    let mut all = Vec::new();
    all.extend(stars.map(|stars| facet('s', &stars.value().to_string())));
    all.extend(filter.language.as_ref().map(|language| facet('l', language)));
    all.extend(filter.replied.map(|replied| facet('r', if replied { "1" } else { "0" })));
    all.extend(filter.with_text.then(|| facet('t', "")));
    all
}

/// Makes reviews findable that were written before there was a search, some at a time. What waits stands in the database: a
/// run that dies is taken up by the next. Returns how many were done.
///
/// # Errors
/// The database's; the next run tries again.
pub(crate) async fn index_what_waits(ctx: &Context) -> db::Result<usize> {
    let mut done = 0;
    for _ in 0..BATCHES {
        if !ctx.db().read(store::any_waits).await? {
            break;
        }
        done += ctx.db().write(batch).await?;
    }
    Ok(done)
}

fn batch(tx: &mut Connection) -> db::Result<usize> {
    let waiting = store::waiting(tx, BATCH)?;
    for (shop, id) in &waiting {
        if let Some(review) = store::hold(tx, *shop, *id)? {
            write(tx, &review)?;
        }
        store::indexed(tx, *shop, *id)?;
    }
    Ok(waiting.len())
}
