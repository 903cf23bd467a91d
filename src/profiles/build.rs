//! What a profile is made of, read in one moment of the data, and the surfaces made from it.
//!
//! The cost does not grow with the number of reviews: the tally has a row a day, the first page is read along an index,
//! reply figures have a row per hour of waiting, and the collection numbers are one row counted elsewhere.

use serde::Serialize;

use crate::context::Context;
use crate::db::{self, Connection};
use crate::http::stored::{Manner, Stored};
use crate::kernel::id::ShopId;
use crate::kernel::locale::Language;
use crate::merchants::Shop;
use crate::reviews::{self, ListQuery, Listing, TallyRow};

use super::cache::Surface;
use super::collection::{Collection, Numbers, TopProduct};
use super::replies::{Replies, replies};
use super::score::{Day, Score, histogram, score};
use super::show::{self, Stage};
use super::visit::Visit;
use super::{store, wire};

/// How long others may keep the JSON: short, and a minute more while they ask again.
pub(super) const JSON: Manner = Manner {
    content_type: "application/json",
    cache_control: "public, max-age=10, stale-while-revalidate=60",
    vary: "Accept-Encoding",
    language: None,
    policy: None,
};

/// A page is asked for again each time, so that who has just written finds the review; unchanged, it costs a 304.
pub(super) const PAGE: Manner = Manner {
    content_type: "text/html; charset=utf-8",
    cache_control: "public, max-age=0, must-revalidate",
    vary: "Accept-Encoding, Accept-Language",
    language: None,
    policy: None,
};

/// The faces of a shop that this room makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    /// `GET /v1/shops/{shop}`.
    Json,
    /// `GET /v1/shops/{shop}/tally`.
    Tally,
    /// The first page of `/shops/{domain}`.
    Page(Spoken),
}

/// The language of a page, and who chose it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spoken {
    /// The address names it, and the page is listed by search engines as one of its own.
    Named(Language),
    /// The reader's browser asks for it.
    Asked(Language),
    /// The shop's own.
    Own,
}

impl Spoken {
    /// In the house of this shop.
    pub(crate) fn at(self, shop: &Shop) -> Language {
        match self {
            Self::Named(language) | Self::Asked(language) => language,
            Self::Own => shop.locale.language(),
        }
    }
}

impl Surface for Face {
    fn dated(self) -> bool {
        // The trend ends with the running month.
        matches!(self, Self::Page(_))
    }

    fn make(self, conn: &mut Connection, ctx: &Context, shop: &Shop) -> db::Result<Stored> {
        match self {
            Self::Json => {
                let figures = figures(conn, shop)?;
                Ok(Stored::new(to_json(&wire::profile(shop, &figures, ctx.links()))?, &JSON))
            }
            Self::Tally => {
                let days = days(conn, shop.id, "")?;
                Ok(Stored::new(to_json(&wire::tally(shop.id, None, &days))?, &JSON))
            }
            Self::Page(spoken) => {
                let own = spoken.at(shop);
                let visit = Visit { chosen: matches!(spoken, Spoken::Named(_)), ..Visit::first(own) };
                let sight = sight(conn, shop, &visit.query)?;
                let html = show::page(&visit, shop, &sight, &Stage { links: ctx.links(), today: ctx.now().day() });
                let html = html.map_err(|broken| db::Error::Corrupt(broken.to_string()))?;
                Ok(Stored::new(html.into_bytes(), &Manner { language: Some(own.tag()), ..PAGE }))
            }
        }
    }
}

/// The bytes of a JSON answer.
pub(super) fn to_json(value: &impl Serialize) -> db::Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| db::Error::Corrupt(error.to_string()))
}

/// All numbers of a profile.
#[derive(Clone, Debug)]
pub(crate) struct Figures {
    /// The score of the shop's own reviews.
    pub(crate) score: Score,
    /// How many of 1, 2, 3, 4 and 5 stars.
    pub(crate) histogram: [i64; 5],
    /// How the shop replies.
    pub(crate) replies: Replies,
    /// What became of every order.
    pub(crate) collection: Collection,
    /// The tally behind it, by day.
    pub(crate) days: Vec<Day>,
}

/// Reads the numbers of a shop.
///
/// # Errors
/// The database's.
pub(crate) fn figures(conn: &mut Connection, shop: &Shop) -> db::Result<Figures> {
    let days = days(conn, shop.id, "")?;
    let score = score(&days);
    // Until the first order is counted, nothing has happened since the shop was made.
    let collection = store::collection(conn, shop.id)?
        .unwrap_or_else(|| Collection { as_of: shop.created_at, numbers: Numbers::default() });
    let histogram = histogram(&days);
    let replies = replies(&reviews::reply_hours(conn, shop.id)?, histogram);
    Ok(Figures { score, histogram, replies, collection, days })
}

/// The score of a product, or with an empty SKU of the shop, and how many of 1, 2, 3, 4 and 5 stars it is made of.
///
/// # Errors
/// The database's.
pub(crate) fn rating(conn: &mut Connection, shop: ShopId, sku: &str) -> db::Result<(Score, [i64; 5])> {
    let days = days(conn, shop, sku)?;
    Ok((score(&days), histogram(&days)))
}

/// The tally of the shop's own reviews (with an empty SKU) or of a product, by day.
pub(crate) fn days(conn: &mut Connection, shop: ShopId, sku: &str) -> db::Result<Vec<Day>> {
    let rows = reviews::tally_of(conn, shop, sku)?;
    Ok(rows.into_iter().map(|TallyRow { day, counts, .. }| Day { day, counts }).collect())
}

/// A product as a shop's page lists it.
pub(super) struct ProductSight {
    /// The shop's own.
    pub(super) sku: String,
    /// As ordered, else the SKU.
    pub(super) name: String,
    /// Its score.
    pub(super) score: Score,
}

/// All that a shop's page shows.
pub(super) struct Sight {
    /// The numbers.
    pub(super) figures: Figures,
    /// A page of the list.
    pub(super) list: Listing,
    /// Languages that the list can be narrowed to.
    pub(super) languages: Vec<String>,
    /// Products with the most reviews, and the one whose reviews are looked at.
    pub(super) products: Vec<ProductSight>,
}

/// Reads what a page shows.
///
/// # Errors
/// The database's.
pub(super) fn sight(conn: &mut Connection, shop: &Shop, query: &ListQuery) -> db::Result<Sight> {
    let figures = figures(conn, shop)?;
    let list = reviews::list_with_history(conn, shop.id, query)?;
    let sku = query.filter.sku.as_deref();
    let languages = reviews::languages(conn, shop.id, sku.unwrap_or_default())?;
    let mut known = figures.collection.numbers.top_products.clone();
    if let Some(sku) = sku.filter(|sku| known.iter().all(|product| product.sku != *sku)) {
        let name = reviews::product_name(conn, shop.id, sku)?.unwrap_or_else(|| sku.to_owned());
        known.push(TopProduct { sku: sku.to_owned(), name });
    }
    let products = products(conn, shop.id, known)?;
    Ok(Sight { figures, list, languages, products })
}

/// The scores of these products as they are now: which they are was counted a moment ago, how they stand was not.
fn products(conn: &mut Connection, shop: ShopId, known: Vec<TopProduct>) -> db::Result<Vec<ProductSight>> {
    let mut seen = Vec::with_capacity(known.len());
    for TopProduct { sku, name } in known {
        let score = score(&days(conn, shop, &sku)?);
        seen.push(ProductSight { sku, name, score });
    }
    Ok(seen)
}

/// All that a product's page shows.
pub(super) struct ProductPageSight {
    /// Its tally, by day.
    pub(super) days: Vec<Day>,
    /// As its newest reviews have it, else the SKU.
    pub(super) name: String,
    /// A page of the list.
    pub(super) list: Listing,
    /// Languages that the list can be narrowed to.
    pub(super) languages: Vec<String>,
}

/// Reads what a product's page shows; none for a product that nobody reviewed.
///
/// # Errors
/// The database's.
pub(super) fn product_sight(
    conn: &mut Connection,
    shop: ShopId,
    query: &ListQuery,
) -> db::Result<Option<ProductPageSight>> {
    let sku = query.filter.sku.clone().unwrap_or_default();
    let days = days(conn, shop, &sku)?;
    let Some(name) = reviews::product_name(conn, shop, &sku)? else { return Ok(None) };
    let list = reviews::list_with_history(conn, shop, query)?;
    let languages = reviews::languages(conn, shop, &sku)?;
    Ok(Some(ProductPageSight { days, name, list, languages }))
}
