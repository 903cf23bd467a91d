//! The JSON of this room: profile, tally, product. Names are for ever: members may be added, none renamed or removed.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::kernel::country::Country;
use crate::kernel::id::ShopId;
use crate::kernel::time::{Timestamp, UtcDay};
use crate::links::Links;
use crate::merchants::{Shop, ShopStatus};

use super::build::Figures;
use super::collection::Collection;
use super::replies::Replies;
use super::score::{self, Day, Score};
use super::verification::{Verification, verification};

/// `GET /v1/shops/{shop}`.
#[derive(Serialize)]
pub(super) struct Profile<'a> {
    id: ShopId,
    domain: &'a str,
    name: &'a str,
    status: ShopStatus,
    category: Option<&'a str>,
    contact: Option<&'a str>,
    country: Option<&'a Country>,
    locale: &'a str,
    /// The page for people.
    url: String,
    /// 0 with no review.
    score: f64,
    /// 0 with no review.
    stars: f64,
    review_count: i64,
    tally: Histogram,
    products_reviewed: i64,
    verification: Verification,
    replies: Replies,
    collection: Numbers,
}

/// How many reviews by stars.
#[derive(Clone, Copy, Debug, Serialize)]
struct Histogram {
    #[serde(rename = "1")]
    one: i64,
    #[serde(rename = "2")]
    two: i64,
    #[serde(rename = "3")]
    three: i64,
    #[serde(rename = "4")]
    four: i64,
    #[serde(rename = "5")]
    five: i64,
}

impl From<[i64; 5]> for Histogram {
    fn from([one, two, three, four, five]: [i64; 5]) -> Self {
        Self { one, two, three, four, five }
    }
}

/// Collection numbers on the wire: the first six add up to `orders`, together with skipped and failed.
#[derive(Serialize)]
struct Numbers {
    as_of: Timestamp,
    orders: i64,
    eligible: i64,
    invited: i64,
    waiting: i64,
    scheduled: i64,
    held: i64,
    sent: i64,
    reviewed: i64,
    skipped: BTreeMap<String, i64>,
    failed: BTreeMap<String, i64>,
    cancelled_by_shop: i64,
    postponed: i64,
    hastened: i64,
    restricted: BTreeMap<String, i64>,
    erased_by_author: i64,
}

impl From<&Collection> for Numbers {
    fn from(of: &Collection) -> Self {
        let n = of.numbers.clone();
        Self {
            as_of: of.as_of,
            orders: n.orders,
            eligible: n.eligible,
            invited: n.invited,
            waiting: n.waiting,
            scheduled: n.scheduled,
            held: n.held,
            sent: n.sent,
            reviewed: n.reviewed,
            skipped: n.skipped,
            failed: n.failed,
            cancelled_by_shop: n.cancelled_by_shop,
            postponed: n.postponed,
            hastened: n.hastened,
            restricted: n.restricted,
            erased_by_author: n.erased_by_author,
        }
    }
}

/// A shop's profile.
pub(super) fn profile<'a>(shop: &'a Shop, figures: &Figures, links: &Links) -> Profile<'a> {
    Profile {
        id: shop.id,
        domain: shop.domain.as_str(),
        name: &shop.name,
        status: shop.status,
        category: shop.category.as_deref(),
        contact: shop.contact.as_deref(),
        country: shop.country.as_ref(),
        locale: shop.locale.as_str(),
        url: links.profile(&shop.domain),
        score: figures.score.shown,
        stars: figures.score.stars,
        review_count: figures.score.count,
        tally: figures.histogram.into(),
        products_reviewed: figures.collection.numbers.products_reviewed,
        verification: verification(shop, links),
        replies: figures.replies,
        collection: (&figures.collection).into(),
    }
}

/// `GET /v1/shops/{shop}/tally`: everything the score is made of.
#[derive(Serialize)]
pub(super) struct Tally<'a> {
    shop: ShopId,
    /// `null`: the shop's own reviews.
    sku: Option<&'a str>,
    model: Model,
    score: Score,
    /// Days with a published review, oldest first: the order of the sum.
    days: Vec<TallyDay>,
}

/// A row of the tally.
#[derive(Serialize)]
pub(super) struct TallyDay {
    /// UTC.
    day: UtcDay,
    /// Reviews of 1, 2, 3, 4 and 5 stars.
    counts: [i64; 5],
}

/// The published formula with its parameters; see [`score`].
#[derive(Serialize)]
struct Model {
    formula: &'static str,
    prior_reviews: f64,
    prior_stars: f64,
    half_life_days: f64,
    /// `d_newest`; `null` with no review.
    newest_day: Option<UtcDay>,
    exact: &'static str,
    shown: &'static str,
    stars: &'static str,
}

/// The tally of a shop's own reviews, or of one product.
pub(super) fn tally<'a>(shop: ShopId, sku: Option<&'a str>, days: &[Day]) -> Tally<'a> {
    let model = Model {
        formula: "T = (prior_reviews*prior_stars + sum(w*s)) / (prior_reviews + sum(w)), w = 2^(-(newest_day - day)/half_life_days)",
        prior_reviews: score::PRIOR_REVIEWS,
        prior_stars: score::PRIOR_STARS,
        half_life_days: score::HALF_LIFE_DAYS,
        newest_day: days.last().map(|day| UtcDay::from_number(day.day)),
        exact: "floor(T*10^9 + 0.5)/10^9",
        shown: "floor(10*exact + 0.5)/10",
        stars: "floor(2*exact + 0.5)/2",
    };
    Tally { shop, sku, model, score: score::score(days), days: tally_days(days) }
}

/// Rows as the wire has them.
pub(super) fn tally_days(days: &[Day]) -> Vec<TallyDay> {
    days.iter().map(|day| TallyDay { day: UtcDay::from_number(day.day), counts: day.counts }).collect()
}

/// `GET /v1/shops/{shop}/products/{sku}`.
#[derive(Serialize)]
pub(super) struct Product<'a> {
    shop: ShopId,
    domain: &'a str,
    sku: &'a str,
    /// As last ordered and reviewed; `null` where no order named it.
    name: Option<String>,
    score: f64,
    stars: f64,
    review_count: i64,
    tally: Histogram,
    /// Its reviews.
    reviews_url: String,
}

/// One product's score, by the same formula.
pub(super) fn product<'a>(
    shop: &'a Shop,
    sku: &'a str,
    days: &[Day],
    name: Option<String>,
    links: &Links,
) -> Product<'a> {
    let score = score::score(days);
    Product {
        shop: shop.id,
        domain: shop.domain.as_str(),
        sku,
        name,
        score: score.shown,
        stars: score.stars,
        review_count: score.count,
        tally: score::histogram(days).into(),
        reviews_url: links.to(crate::links::path::V1_PRODUCT_REVIEWS, &[&shop.domain, &sku]),
    }
}
