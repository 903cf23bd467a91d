//! How a shop's pages are passed on: what is shown of a link to them, the share links, and in which state a shop is shown.

use crate::db::{self, Connection};
use crate::kernel::id::ShopId;
use crate::kernel::locale::Language;
use crate::links::{Links, path};
use crate::look::badge::State;
use crate::look::page::{CardLink, EmbedLinks};
use crate::look::share::Share;
use crate::look::words::{self, fill};
use crate::look::{card, raster};
use crate::merchants::{Shop, ShopStatus};
use crate::reviews::{self, ListQuery, PublicEntry};

use super::score::Score;

/// What there is to say about a shop in small.
pub(crate) fn state(shop: &Shop, score: &Score) -> State {
    match shop.status {
        ShopStatus::Closed => State::Closed,
        ShopStatus::Suspended => State::Suspended,
        ShopStatus::Open if score.count == 0 => State::New,
        ShopStatus::Open => State::Rated { score: score.shown, stars: score.stars, count: score.count },
    }
}

/// The newest name of a product that a published review has; none where none says one.
///
/// # Errors
/// The database's.
pub(crate) fn product_name(conn: &mut Connection, shop: ShopId, sku: &str) -> db::Result<Option<String>> {
    let mut query = ListQuery::default();
    query.filter.sku = Some(sku.to_owned());
    let newest = reviews::list(conn, shop, &query)?;
    Ok(newest.entries.into_iter().find_map(|entry| match entry {
        PublicEntry::Review(review) => review.product?.name,
        PublicEntry::Tombstone(_) => None,
    }))
}

/// What is shown of a link to the profile.
pub(super) fn card_link(language: Language, shop: &Shop, score: &Score, links: &Links) -> CardLink {
    let page = links.profile(&shop.domain);
    CardLink {
        kind: "website",
        image: raster::BUILT.then(|| links.shop_card(&shop.domain, language, shop.public_version)),
        alt: card::told(language, &shop.name, state(shop, score)),
        embed: Some(EmbedLinks { json: links.oembed(&page, "json"), xml: links.oembed(&page, "xml") }),
    }
}

/// What is shown of a link to a product's page.
pub(super) fn product_card_link(
    language: Language,
    shop: &Shop,
    (sku, name): (&str, &str),
    score: &Score,
    links: &Links,
) -> CardLink {
    CardLink {
        kind: "website",
        image: raster::BUILT.then(|| links.product_card(&shop.domain, sku, language, shop.public_version)),
        alt: card::told(language, name, state(shop, score)),
        embed: None,
    }
}

/// The share links of a product's page.
pub(super) fn product_share(language: Language, shop: &Shop, (sku, name): (&str, &str), links: &Links) -> Share {
    let title = fill(words::of(language).product.title, &[("product", name), ("shop", &shop.name)]);
    Share::of(&links.product(&shop.domain, sku), &title)
}

/// The share links of the profile.
pub(super) fn share(language: Language, shop: &Shop, links: &Links) -> Share {
    let title = fill(words::of(language).profile.title, &[("shop", &shop.name)]);
    let print = if raster::BUILT { path::QR_PNG } else { path::QR };
    Share::of(&links.profile(&shop.domain), &title)
        .with_code(links.local(path::QR, &[&shop.domain]), format!("{}?size=1024", links.local(print, &[&shop.domain])))
}
