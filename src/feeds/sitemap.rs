//! Every address a search engine should know, in sitemaps of bounded length.
//!
//! Three lists: shops (with the directory and its categories), products with a review, reviews. Each is cut into parts of
//! [`ROWS`] rows, and a part is named by the place where the one before ended; one of reviews, once full, keeps its members
//! for ever. Shops that are not open are left out with all that is theirs. A part is read
//! while it is sent; the index is kept for ten minutes, since finding the cuts walks an index of the database.

use std::fmt::Write as _;
use std::sync::Arc;

use tokio::sync::Mutex;

use crate::context::Context;
use crate::db::{self, Connection};
use crate::http::stored::{Manner, Stored};
use crate::kernel::id::{ReviewId, ShopId};
use crate::kernel::page::Cursor;
use crate::kernel::time::{MINUTE, Timestamp, UtcDay};
use crate::links::{Links, path};
use crate::profiles::directory;
use crate::reviews::walk::{self, ProductPlace};

use super::stream::Source;
use super::xml::{element, escaped};

/// Addresses of a part: with the longest addresses there are it stays below 50 MB.
pub(super) const ROWS: usize = 20_000;
/// Rows read at once.
const BATCH: usize = 1_000;
/// How long an index is given.
const KEPT_MS: i64 = 10 * MINUTE;
const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";
const BEGIN: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
/// The name of every list's first part.
const FIRST: &str = "first";

/// Which list, and after which row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Shops(Option<ShopId>),
    Products(Option<ProductPlace>),
    Reviews(Option<ReviewId>),
}

impl Part {
    /// The part that a path names; `None` where it names none.
    pub(super) fn parse(list: &str, from: &str) -> Option<Self> {
        if from == FIRST {
            return Self::first(list);
        }
        match list {
            "shops" => Cursor::decode(from).ok().map(|after| Self::Shops(Some(after))),
            "products" => Cursor::decode(from).ok().map(|after| Self::Products(Some(after))),
            "reviews" => Cursor::decode(from).ok().map(|after| Self::Reviews(Some(after))),
            _ => None,
        }
    }

    fn first(list: &str) -> Option<Self> {
        match list {
            "shops" => Some(Self::Shops(None)),
            "products" => Some(Self::Products(None)),
            "reviews" => Some(Self::Reviews(None)),
            _ => None,
        }
    }

    fn url(&self, links: &Links) -> String {
        let name = |after: Option<String>| after.unwrap_or_else(|| FIRST.to_owned());
        let (list, from) = match self {
            Self::Shops(after) => ("shops", name(after.as_ref().map(Cursor::encode))),
            Self::Products(after) => ("products", name(after.as_ref().map(Cursor::encode))),
            Self::Reviews(after) => ("reviews", name(after.as_ref().map(Cursor::encode))),
        };
        links.to(path::SITEMAP, &[&list, &from])
    }
}

/// A part under way.
pub(super) struct Sitemap {
    links: Links,
    stage: Stage,
    /// Rows that may still be read.
    left: usize,
    /// Whether an address was written.
    any: bool,
}

enum Stage {
    Begin(Part),
    Read(Part),
    Close,
    End,
}

impl Sitemap {
    pub(super) fn new(part: Part, links: Links, rows: usize) -> Self {
        Self { links, stage: Stage::Begin(part), left: rows, any: false }
    }

    fn read(&mut self, conn: &mut Connection, from: Part, out: &mut String) -> db::Result<()> {
        let take = self.left.min(BATCH);
        let before = out.len();
        let (read, next) = match from {
            Part::Shops(after) => self.shops(conn, after, take, out)?,
            Part::Products(after) => self.products(conn, after.as_ref(), take, out)?,
            Part::Reviews(after) => self.reviews(conn, after, take, out)?,
        };
        self.any |= out.len() > before;
        self.left = self.left.saturating_sub(read);
        self.stage = next.filter(|_| self.left > 0 && read == take).map_or(Stage::Close, Stage::Read);
        Ok(())
    }

    fn shops(&self, conn: &mut Connection, after: Option<ShopId>, take: usize, out: &mut String) -> Read {
        if after.is_none() {
            url(out, &self.links.home(), None);
            url(out, &self.links.to(path::SHOPS, &[]), None);
            for group in directory::categories(conn)? {
                let query = serde_urlencoded::to_string([("category", group.key)]).unwrap_or_default();
                url(out, &format!("{}?{query}", self.links.to(path::SHOPS, &[])), None);
            }
        }
        let cards = directory::after(conn, after, rows(take))?;
        for card in &cards {
            let day = card.newest_day.map_or_else(|| card.opened_at.day(), UtcDay::from_number);
            url(out, &self.links.profile(&card.domain), Some(day.to_string()));
        }
        Ok((cards.len(), cards.last().map(|card| Part::Shops(Some(card.id)))))
    }

    fn products(&self, conn: &mut Connection, after: Option<&ProductPlace>, take: usize, out: &mut String) -> Read {
        let products = walk::products(conn, after, rows(take))?;
        let shops = open_shops(conn, products.iter().map(|product| product.shop))?;
        for product in &products {
            if let Some(card) = shops.iter().find(|card| card.id == product.shop) {
                let day = UtcDay::from_number(product.day).to_string();
                url(out, &self.links.product(&card.domain, &product.sku), Some(day));
            }
        }
        let last = products.last().map(|last| Part::Products(Some(ProductPlace(last.shop, last.sku.clone()))));
        Ok((products.len(), last))
    }

    fn reviews(&self, conn: &mut Connection, after: Option<ReviewId>, take: usize, out: &mut String) -> Read {
        let reviews = walk::ids(conn, after, rows(take))?;
        let shops = open_shops(conn, reviews.iter().map(|review| review.shop))?;
        for review in reviews.iter().filter(|review| review.published) {
            if shops.iter().any(|card| card.id == review.shop) {
                url(out, &self.links.review(review.id), Some(review.changed_at.to_string()));
            }
        }
        Ok((reviews.len(), reviews.last().map(|last| Part::Reviews(Some(last.id)))))
    }
}

/// How many rows were read, and where the next begin.
type Read = db::Result<(usize, Option<Part>)>;

impl Source for Sitemap {
    fn next(&mut self, conn: &mut Connection) -> db::Result<Option<Vec<u8>>> {
        let mut out = String::new();
        match std::mem::replace(&mut self.stage, Stage::End) {
            Stage::Begin(part) => {
                out = format!("{BEGIN}<urlset xmlns=\"{NAMESPACE}\">\n");
                self.read(conn, part, &mut out)?;
            }
            Stage::Read(part) => self.read(conn, part, &mut out)?,
            Stage::Close => {
                // A sitemap without an address would be none.
                if !self.any {
                    url(&mut out, &self.links.to(path::SHOPS, &[]), None);
                }
                out.push_str("</urlset>\n");
            }
            Stage::End => return Ok(None),
        }
        Ok(Some(out.into_bytes()))
    }
}

fn url(out: &mut String, at: &str, changed: Option<String>) {
    out.push_str("<url>");
    element(out, "loc", at);
    if let Some(changed) = changed {
        element(out, "lastmod", &changed);
    }
    out.push_str("</url>\n");
}

fn open_shops(conn: &mut Connection, shops: impl Iterator<Item = ShopId>) -> db::Result<Vec<directory::Card>> {
    let mut ids: Vec<ShopId> = shops.collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() { Ok(Vec::new()) } else { directory::listed(conn, &ids) }
}

fn rows(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// All parts there are, in order.
pub(super) fn parts(conn: &mut Connection, part: usize) -> db::Result<Vec<Part>> {
    let (mut all, take) = (vec![Part::Shops(None)], rows(part));
    let mut after = None;
    // A part begins only where a row follows.
    while let Some(last) = whole(directory::after(conn, after, take)?, part).map(|card| card.id) {
        if directory::after(conn, Some(last), 1)?.is_empty() {
            break;
        }
        after = Some(last);
        all.push(Part::Shops(after));
    }
    let mut place: Option<ProductPlace> = None;
    while !walk::products(conn, place.as_ref(), 1)?.is_empty() {
        all.push(Part::Products(place.clone()));
        let Some(last) = whole(walk::products(conn, place.as_ref(), take)?, part) else { break };
        place = Some(ProductPlace(last.shop, last.sku));
    }
    let mut review = None;
    while !walk::ids(conn, review, 1)?.is_empty() {
        all.push(Part::Reviews(review));
        let Some(last) = walk::id_beyond(conn, review, take)? else { break };
        review = Some(last);
    }
    Ok(all)
}

/// The last row of a part that is full.
fn whole<T>(mut rows: Vec<T>, part: usize) -> Option<T> {
    if rows.len() < part { None } else { rows.pop() }
}

/// The index as a document.
pub(super) fn index(parts: &[Part], links: &Links) -> String {
    let mut out = format!("{BEGIN}<sitemapindex xmlns=\"{NAMESPACE}\">\n");
    for part in parts {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "<sitemap><loc>{}</loc></sitemap>", escaped(&part.url(links)));
    }
    out.push_str("</sitemapindex>\n");
    out
}

/// The index, made at most every ten minutes. Cheap to clone; every clone is the same.
#[derive(Clone, Default)]
pub(crate) struct Sitemaps {
    held: Arc<Mutex<Option<Made>>>,
}

/// An index and when it was made.
struct Made {
    at: Timestamp,
    stored: Arc<Stored>,
}

impl Sitemaps {
    /// The index; whoever comes while it is made waits for it.
    ///
    /// # Errors
    /// The database's.
    pub(super) async fn index(&self, ctx: &Context) -> db::Result<Arc<Stored>> {
        let mut held = self.held.lock().await;
        let now = ctx.now();
        if let Some(made) = held.as_ref().filter(|made| (0..KEPT_MS).contains(&now.since(made.at))) {
            return Ok(Arc::clone(&made.stored));
        }
        let parts = ctx.db().read(|conn| parts(conn, ROWS)).await?;
        let manner = Manner {
            content_type: "application/xml; charset=utf-8",
            cache_control: "public, max-age=600",
            vary: "Accept-Encoding",
            language: None,
            policy: None,
        };
        let stored = Arc::new(Stored::new(index(&parts, ctx.links()).into_bytes(), &manner));
        *held = Some(Made { at: now, stored: Arc::clone(&stored) });
        Ok(stored)
    }
}
