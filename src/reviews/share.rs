//! How a review is passed on: what is shown of a link to it, and the share links.

use crate::kernel::locale::Language;
use crate::links::Links;
use crate::look::page::{CardLink, EmbedLinks};
use crate::look::share::Share;
use crate::look::{card, raster};
use crate::merchants::Shop;

use super::public::PublicReview;

/// What is shown of a link to a review.
pub(super) fn card_link(language: Language, shop: &Shop, review: &PublicReview, links: &Links) -> CardLink {
    let page = links.review(review.id);
    CardLink {
        kind: "article",
        image: raster::BUILT.then(|| links.review_card(review.id, language, review.version)),
        alt: card::told_review(language, &shop.name, review.stars),
        embed: Some(EmbedLinks { json: links.oembed(&page, "json"), xml: links.oembed(&page, "xml") }),
    }
}

/// The share links of a review.
pub(super) fn share(language: Language, shop: &Shop, review: &PublicReview, links: &Links) -> Share {
    Share::of(&links.review(review.id), &card::told_review(language, &shop.name, review.stars))
}
