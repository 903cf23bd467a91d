//! A public entry as the pages draw it: the same card on the profile, on a product's page and on its author's own.

use crate::kernel::time::{Timestamp, UtcDay};
use crate::links::Links;
use crate::look::changes::changes;
use crate::look::review::{AnswerCard, Change, Entry, PhotoCard, ReplyCard, ReviewCard, StarsChange};
use crate::merchants::Shop;

use super::model::Status;
use super::photos::develop::SMALL_SIDE;
use super::public::{PublicEntry, PublicPhoto, PublicReply, PublicReview, PublicVersion};

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

/// A published review and its dialogue. Its history is told as far as it was read.
pub(crate) fn card(review: &PublicReview, shop: &Shop, links: &Links) -> ReviewCard {
    let standing = review.reply.as_ref().filter(|reply| reply.withdrawn_at.is_none());
    let product = review.product.as_ref();
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
        history: history(review),
        longer: review.earlier.iter().flatten().next().is_some_and(|first| first.version > 1),
        photos: review.photos.iter().map(|photo| photo_card(photo, links)).collect(),
        item: product.map(|product| product.name.clone().unwrap_or_else(|| product.sku.clone())),
        item_url: product.map(|product| links.product(&shop.domain, &product.sku)),
        ordered_at: review.checked.ordered_on.map(UtcDay::start),
        checked: review.checked.signature.to_owned(),
        reply: standing.map(|reply| reply_card(reply, shop)),
        withdrawn_at: review.reply.as_ref().and_then(|reply| reply.withdrawn_at),
        answers: review.answers.iter().map(|answer| AnswerCard { text: answer.text.clone(), at: answer.at }).collect(),
    }
}

/// A photo as a list shows it.
pub(super) fn photo_card(photo: &PublicPhoto, links: &Links) -> PhotoCard {
    let (width, height) = small_size(photo.width, photo.height);
    PhotoCard {
        url: links.photo(photo.id),
        small_url: links.photo_small(photo.id),
        width,
        height,
        alt: photo.alt.clone().unwrap_or_default(),
    }
}

/// Pixels of the small form, so that a page knows its place before it is there.
fn small_size(width: i64, height: i64) -> (i64, i64) {
    let side = i64::from(SMALL_SIDE);
    let longest = width.max(height).max(1);
    if longest <= side {
        return (width, height);
    }
    let scaled = |length: i64| ((length * side + longest / 2) / longest).max(1);
    (scaled(width), scaled(height))
}

fn reply_card(reply: &PublicReply, shop: &Shop) -> ReplyCard {
    let text = reply.text.clone().unwrap_or_default();
    let earlier = reply.earlier.as_deref().unwrap_or_default();
    let mut said: Vec<(Timestamp, Option<&str>)> = earlier.iter().map(|past| (past.at, past.text.as_deref())).collect();
    said.push((reply.edited_at.unwrap_or(reply.created_at), Some(&text)));
    let changed = |pair: &[(Timestamp, Option<&str>)]| match pair {
        // A version that was withdrawn has no words left, and what followed it was a new reply.
        [(before, Some(was)), (at, Some(is))] => Some(Change {
            at: *at,
            before: *before,
            stars: None,
            title: Vec::new(),
            text: changes(was, is),
            dropped: None,
        }),
        _ => None,
    };
    ReplyCard {
        shop: shop.name.clone(),
        at: reply.created_at,
        edited_at: reply.edited_at,
        history: said.windows(2).rev().filter_map(changed).collect(),
        longer: earlier.first().is_some_and(|first| first.version > 1),
        text,
    }
}

/// What a version said.
struct Said<'a> {
    at: Timestamp,
    stars: i64,
    /// Title and text; none once dropped.
    words: Option<(&'a str, &'a str)>,
}

impl<'a> Said<'a> {
    fn then(version: &'a PublicVersion) -> Self {
        let words = version.title.as_deref().zip(version.text.as_deref());
        Self { at: version.at, stars: version.stars, words }
    }
}

fn history(review: &PublicReview) -> Vec<Change> {
    let mut said: Vec<Said<'_>> = review.earlier.iter().flatten().map(Said::then).collect();
    said.push(Said {
        at: review.edited_at.unwrap_or(review.published_at),
        stars: review.stars,
        words: Some((&review.title, &review.text)),
    });
    let changed = |pair: &[Said<'_>]| match pair {
        [before, after] => Some(change(before, after)),
        _ => None,
    };
    said.windows(2).rev().filter_map(changed).collect()
}

fn change(before: &Said<'_>, after: &Said<'_>) -> Change {
    let parts = |was: &str, is: &str| if was == is { Vec::new() } else { changes(was, is) };
    let (title, text) = match (before.words, after.words) {
        (Some((old_title, old_text)), Some((title, text))) => (parts(old_title, title), parts(old_text, text)),
        // What followed was dropped: there is nothing to compare with, and these words stand as they were.
        (Some((title, text)), None) => (changes(title, title), changes(text, text)),
        (None, _) => (Vec::new(), Vec::new()),
    };
    Change {
        at: after.at,
        before: before.at,
        stars: (before.stars != after.stars).then_some(StarsChange { from: before.stars, to: after.stars }),
        title,
        text,
        dropped: before.words.is_none().then_some(before.stars),
    }
}
