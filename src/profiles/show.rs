//! Fills this room's pages from the numbers and a page of the list. Reads nothing; decides only what the pages link to.

use crate::kernel::locale::Language;
use crate::kernel::time::UtcDay;
use crate::links::Links;
use crate::look::page::{Alternate, FeedLink, Frame};
use crate::look::words;
use crate::look::{self, Broken};
use crate::merchants::{Shop, ShopStatus};
use crate::reviews::{Listing, card};

use super::asks::asks;
use super::build::{Figures, ProductPageSight, ProductSight, Sight};
use super::collection;
use super::jsonld;
use super::narrow::{Subject, Way};
use super::pages::{
    Collection, ProductLine, ProductPage, ProfilePage, ReasonCount, Replies, ScoreFace, ShopFace, Status, Summary,
};
use super::score::{Day, Score, histogram, score};
use super::share::{card_link, product_card_link, product_share, share};
use super::trend::trend;
use super::visit::Visit;

/// Where and on which day a page is shown.
#[derive(Clone, Copy)]
pub(super) struct Stage<'a> {
    /// Every public URL.
    pub(super) links: &'a Links,
    /// The running day, UTC.
    pub(super) today: UtcDay,
}

/// The shop's page as a document, with its data for machines.
pub(super) fn page(visit: &Visit, shop: &Shop, sight: &Sight, stage: &Stage<'_>) -> Result<String, Broken> {
    let html = look::render(&profile(visit, shop, sight, stage))?;
    Ok(with_data(&html, &jsonld::profile(shop, visit, sight, stage.links)))
}

/// A product's page as a document, with its data for machines.
pub(super) fn product_page(
    visit: &Visit,
    shop: &Shop,
    sight: &ProductPageSight,
    stage: &Stage<'_>,
) -> Result<String, Broken> {
    let html = look::render(&product(visit, shop, sight, stage))?;
    Ok(with_data(&html, &jsonld::product(shop, visit.sku().unwrap_or_default(), sight, stage.links)))
}

/// Text of people is escaped, so that this can only be the end of the head.
fn with_data(html: &str, data: &str) -> String {
    html.replacen("</head>", &format!("<script type=\"application/ld+json\">{data}</script>\n</head>"), 1)
}

fn profile(visit: &Visit, shop: &Shop, sight: &Sight, stage: &Stage<'_>) -> ProfilePage {
    let here = stage.links.profile(&shop.domain);
    let Figures { score, histogram, replies, collection, days } = &sight.figures;
    let subject = Subject {
        here: &here,
        of_product: false,
        histogram: *histogram,
        languages: &sight.languages,
        products: sight.products.iter().map(|product| (product.sku.as_str(), product.name.as_str())).collect(),
    };
    let way = Way::new(&subject, visit);
    let lines: Vec<ProductLine> =
        sight.products.iter().filter_map(|product| line(product, shop, visit.language, stage.links)).collect();
    ProfilePage {
        frame: frame(visit, &way, &here, stage.links)
            .with_card(card_link(visit.language, shop, score, stage.links))
            .with_feeds(feeds(visit.language, shop, stage.links)),
        share: share(visit.language, shop, stage.links),
        shop: face(shop),
        summary: summary(days, &way, stage.today),
        replies: Replies {
            share: replies.share.map(percent),
            median_hours: replies.median_hours,
            low: replies.low.reviews,
            low_answered: replies.low.answered,
            low_median_hours: replies.low.median_hours,
        },
        low_url: way.low(),
        collection: (collection.numbers.orders > 0).then(|| numbers(collection)),
        asks: asks(visit.language, &shop.policy),
        more_products: collection.numbers.products_reviewed > i64::try_from(lines.len()).unwrap_or(i64::MAX),
        products: lines,
        list: way.face(&sight.list, cards(&sight.list, shop, stage.links)),
    }
}

fn product(visit: &Visit, shop: &Shop, sight: &ProductPageSight, stage: &Stage<'_>) -> ProductPage {
    let sku = visit.sku().unwrap_or_default();
    let here = stage.links.product(&shop.domain, sku);
    let subject = Subject {
        here: &here,
        of_product: true,
        histogram: histogram(&sight.days),
        languages: &sight.languages,
        products: Vec::new(),
    };
    let way = Way::new(&subject, visit);
    let (language, named) = (visit.language, (sku, sight.name.as_str()));
    let card = product_card_link(language, shop, named, &score(&sight.days), stage.links);
    ProductPage {
        frame: frame(visit, &way, &here, stage.links).with_card(card),
        share: product_share(language, shop, named, stage.links),
        shop: face(shop),
        shop_url: format!("{}?lang={}", stage.links.profile(&shop.domain), visit.language),
        name: sight.name.clone(),
        sku: sku.to_owned(),
        summary: summary(&sight.days, &way, stage.today),
        list: way.face(&sight.list, cards(&sight.list, shop, stage.links)),
    }
}

/// A part of a list is the same part in every language.
fn frame(visit: &Visit, way: &Way<'_>, here: &str, links: &Links) -> Frame {
    let mut frame = Frame::new(visit.language, &links.base().to_string(), here);
    for (language, Alternate { url, .. }) in Language::ALL.iter().zip(&mut frame.alternates) {
        *url = way.in_language(*language);
    }
    if visit.chosen { frame.chosen() } else { frame }
}

/// The newest reviews, for those who subscribe.
fn feeds(language: Language, shop: &Shop, links: &Links) -> Vec<FeedLink> {
    let title = words::fill(words::of(language).profile.title, &[("shop", &shop.name)]);
    let feed = |kind, url| FeedLink { kind, title: title.clone(), url };
    vec![
        feed("application/atom+xml", links.feed_atom(&shop.domain)),
        feed("application/feed+json", links.feed_json(&shop.domain)),
    ]
}

fn summary(days: &[Day], way: &Way<'_>, today: UtcDay) -> Summary {
    let score = score(days);
    Summary { score: score_face(score), count: score.count, histogram: way.bars(), months: trend(days, today) }
}

fn score_face(score: Score) -> Option<ScoreFace> {
    (score.count > 0).then_some(ScoreFace { value: score.shown, stars: score.stars })
}

fn line(product: &ProductSight, shop: &Shop, language: Language, links: &Links) -> Option<ProductLine> {
    Some(ProductLine {
        name: product.name.clone(),
        url: format!("{}?lang={language}", links.product(&shop.domain, &product.sku)),
        score: score_face(product.score)?,
        count: product.score.count,
    })
}

fn cards(list: &Listing, shop: &Shop, links: &Links) -> Vec<look::review::Entry> {
    list.entries.iter().map(|entry| card::entry(entry, shop, links)).collect()
}

fn face(shop: &Shop) -> ShopFace {
    ShopFace {
        name: shop.name.clone(),
        domain: shop.domain.to_unicode(),
        category: shop.category.clone(),
        contact: shop.contact.clone(),
        status: match shop.status {
            ShopStatus::Open => Status::Open,
            ShopStatus::Closed => Status::Closed,
            ShopStatus::Suspended => Status::Suspended,
        },
    }
}

fn numbers(of: &collection::Collection) -> Collection {
    let n = &of.numbers;
    let mut skipped: Vec<ReasonCount> = reasons(n.skipped.iter().chain(&n.failed));
    skipped.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.code.cmp(&b.code)));
    Collection {
        as_of: of.as_of,
        orders: n.orders,
        eligible: n.eligible,
        invited: n.invited,
        reviewed: n.reviewed,
        skipped,
        cancelled_by_shop: n.cancelled_by_shop,
        postponed_by_shop: n.postponed,
        restricted: reasons(n.restricted.iter()),
        erased_by_author: n.erased_by_author,
    }
}

fn reasons<'a>(counts: impl Iterator<Item = (&'a String, &'a i64)>) -> Vec<ReasonCount> {
    counts.filter(|(_, n)| **n > 0).map(|(code, n)| ReasonCount { code: code.clone(), count: *n }).collect()
}

/// A share in whole per cent; something that rounds to nothing is one.
fn percent(share: f64) -> i64 {
    (0..=100_i32)
        .rev()
        .find(|whole| f64::from(*whole) <= share * 100.0 + 0.5)
        .map_or(0, |whole| if whole == 0 && share > 0.0 { 1 } else { i64::from(whole) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_in_per_cent() {
        for (share, shown) in [(0.0, 0), (0.001, 1), (0.333, 33), (0.995, 100), (0.994, 99), (1.0, 100)] {
            assert_eq!(percent(share), shown, "{share}");
        }
    }
}
