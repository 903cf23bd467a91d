//! A public entry as the pages draw it: the same card on the profile, on a product's page and on its author's own.

use crate::kernel::time::{Timestamp, UtcDay};
use crate::links::Links;
use crate::look::review::{AnswerCard, Entry, ReplyCard, ReviewCard, Version};
use crate::merchants::Shop;

use super::model::Status;
use super::public::{PublicEntry, PublicReply, PublicReview, PublicVersion};

/// A place in a page's list.
pub(crate) fn entry(entry: &PublicEntry, shop: &Shop, links: &Links) -> Entry {
    match entry {
        PublicEntry::Review(review) => Entry::Review(Box::new(card(review, shop, links))),
        PublicEntry::Tombstone(stone) if stone.status == Status::Restricted => Entry::Restricted {
            id: stone.id.to_string(),
            published_at: stone.published_at,
            at: stone.date,
            reason: stone.reason.to_owned(),
        },
        PublicEntry::Tombstone(stone) => Entry::Erased { id: stone.id.to_string(), at: stone.date },
    }
}

/// A published review and its dialogue.
pub(crate) fn card(review: &PublicReview, shop: &Shop, links: &Links) -> ReviewCard {
    let standing = review.reply.as_ref().filter(|reply| reply.withdrawn_at.is_none());
    ReviewCard {
        id: review.id.to_string(),
        url: Some(links.review(review.id)),
        stars: review.stars,
        title: review.title.clone(),
        text: review.text.clone(),
        author: review.author.clone().unwrap_or_default(),
        language: review.language.clone(),
        published_at: review.published_at,
        edited_at: review.edited_at,
        versions: review.earlier.iter().flatten().rev().map(version).collect(),
        item: review.product.as_ref().map(|product| product.name.clone().unwrap_or_else(|| product.sku.clone())),
        ordered_at: review.checked.ordered_on.map(UtcDay::start),
        checked: review.checked.signature.to_owned(),
        reply: standing.map(|reply| reply_card(reply, shop)),
        answers: review.answers.iter().map(|answer| dated(&answer.text, answer.at)).collect(),
    }
}

fn reply_card(reply: &PublicReply, shop: &Shop) -> ReplyCard {
    let earlier = reply.earlier.iter().flatten().rev();
    ReplyCard {
        shop: shop.name.clone(),
        text: reply.text.clone().unwrap_or_default(),
        at: reply.created_at,
        edited_at: reply.edited_at,
        versions: earlier.filter_map(|past| Some(dated(past.text.as_deref()?, past.at))).collect(),
    }
}

fn version(past: &PublicVersion) -> Version {
    Version { at: past.at, stars: past.stars, title: past.title.clone(), text: past.text.clone() }
}

fn dated(text: &str, at: Timestamp) -> AnswerCard {
    AnswerCard { text: text.to_owned(), at }
}
