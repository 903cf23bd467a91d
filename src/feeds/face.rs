//! The newest reviews of a shop, as the formats for subscribers need them.
//!
//! A review that was erased or restricted keeps its place under the same id, with a newer date and a sentence in the place
//! of its words: whoever holds the old ones replaces them.

use crate::context::Context;
use crate::db::{self, Connection};
use crate::http::stored::{Manner, Stored};
use crate::kernel::id::{ReviewId, ShopId};
use crate::kernel::locale::Language;
use crate::kernel::page::PageLimit;
use crate::kernel::time::Timestamp;
use crate::links::Links;
use crate::look::words;
use crate::merchants::Shop;
use crate::profiles::cache::Surface;
use crate::reviews::public::Tombstone;
use crate::reviews::{self, ListQuery, PublicEntry, PublicReview};

use super::{atom, jsonfeed};

/// Reviews of a feed at most.
const NEWEST: i64 = 50;

/// A format for subscribers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    /// RFC 4287.
    Atom,
    /// JSON Feed 1.1.
    Json,
}

/// A feed, in no format yet.
pub(super) struct Feed {
    pub(super) shop: ShopId,
    pub(super) title: String,
    pub(super) language: Language,
    /// The profile.
    pub(super) page: String,
    /// The feed itself.
    pub(super) own: String,
    /// Who runs the program that made it.
    pub(super) root: String,
    pub(super) updated: Timestamp,
    pub(super) items: Vec<Item>,
}

/// A review in it, or what is left of one.
pub(super) struct Item {
    pub(super) id: ReviewId,
    /// The page of the review.
    pub(super) url: String,
    pub(super) title: String,
    pub(super) text: String,
    /// Language of the text.
    pub(super) language: String,
    pub(super) author: String,
    pub(super) published: Timestamp,
    pub(super) updated: Timestamp,
    /// None of one that cannot be read.
    pub(super) stars: Option<i64>,
    /// `published`, `restricted` or `erased`.
    pub(super) status: &'static str,
    /// Why it cannot be read.
    pub(super) reason: Option<&'static str>,
}

impl Surface for Face {
    fn dated(self) -> bool {
        false
    }

    fn make(self, conn: &mut Connection, ctx: &Context, shop: &Shop) -> db::Result<Stored> {
        let feed = read(conn, shop, ctx.links(), self)?;
        let (content_type, bytes) = match self {
            Self::Atom => ("application/atom+xml; charset=utf-8", atom::write(&feed).into_bytes()),
            Self::Json => ("application/feed+json; charset=utf-8", jsonfeed::write(&feed).into_bytes()),
        };
        let manner = Manner {
            content_type,
            cache_control: "public, max-age=60, stale-while-revalidate=600",
            vary: "Accept-Encoding",
            language: None,
            policy: None,
        };
        Ok(Stored::new(bytes, &manner).made_at(ctx.now()))
    }
}

/// Reads the newest reviews of a shop.
pub(super) fn read(conn: &mut Connection, shop: &Shop, links: &Links, face: Face) -> db::Result<Feed> {
    let limit = PageLimit::try_from(NEWEST).unwrap_or_default();
    let list = reviews::list(conn, shop.id, &ListQuery { limit, ..ListQuery::default() })?;
    let language = shop.locale.language();
    let items: Vec<Item> = list.entries.iter().map(|entry| item(entry, shop, links, language)).collect();
    Ok(Feed {
        shop: shop.id,
        title: words::fill(words::of(language).profile.title, &[("shop", &shop.name)]),
        language,
        page: links.profile(&shop.domain),
        own: match face {
            Face::Atom => links.feed_atom(&shop.domain),
            Face::Json => links.feed_json(&shop.domain),
        },
        root: links.home(),
        updated: items.iter().map(|item| item.updated).max().unwrap_or(shop.created_at),
        items,
    })
}

fn item(entry: &PublicEntry, shop: &Shop, links: &Links, language: Language) -> Item {
    match entry {
        PublicEntry::Review(review) => of_review(review, shop, links, language),
        PublicEntry::Tombstone(stone) => of_stone(stone, links, language),
    }
}

fn of_review(review: &PublicReview, shop: &Shop, links: &Links, language: Language) -> Item {
    let rating = words::out_of_five(language, f64::from(i32::try_from(review.stars).unwrap_or_default()));
    let author = review.author.clone();
    Item {
        id: review.id,
        url: links.review(review.id),
        title: if review.title.is_empty() { rating } else { format!("{rating}: {}", review.title) },
        text: dialogue(review, shop, language),
        language: review.language.clone(),
        author: author.unwrap_or_else(|| words::of(language).review.a_customer.to_owned()),
        published: review.published_at,
        updated: last_said(review),
        stars: Some(review.stars),
        status: review.status.as_str(),
        reason: None,
    }
}

/// What the customer says, then what was said after, each under its name.
fn dialogue(review: &PublicReview, shop: &Shop, language: Language) -> String {
    let said = &words::of(language).review;
    let mut parts = vec![if review.text.is_empty() { said.no_words.to_owned() } else { review.text.clone() }];
    if let Some(text) = review.reply.as_ref().and_then(|reply| reply.text.as_ref()) {
        parts.push(format!("{}:\n{text}", words::fill(said.reply_of, &[("shop", &shop.name)])));
    }
    parts.extend(review.answers.iter().map(|answer| format!("{}:\n{}", said.answer_of_customer, answer.text)));
    parts.join("\n\n")
}

fn last_said(review: &PublicReview) -> Timestamp {
    let reply = review.reply.iter().flat_map(|reply| [Some(reply.created_at), reply.edited_at, reply.withdrawn_at]);
    let answers = review.answers.iter().map(|answer| Some(answer.at));
    reply.chain(answers).chain([review.edited_at]).flatten().fold(review.published_at, Timestamp::max)
}

fn of_stone(stone: &Tombstone, links: &Links, language: Language) -> Item {
    let said = words::of(language);
    let sentence = match stone.restriction() {
        Some(reason) => {
            let reason = words::word(language, "restrictions", reason.as_str());
            words::fill(said.feeds.restricted, &[("reason", &reason)])
        }
        None => said.feeds.erased.to_owned(),
    };
    Item {
        id: stone.id,
        url: links.review(stone.id),
        title: sentence.clone(),
        text: sentence,
        language: language.tag().to_owned(),
        author: said.review.a_customer.to_owned(),
        published: stone.published_at,
        updated: stone.date,
        stars: None,
        status: stone.status.as_str(),
        reason: Some(stone.reason),
    }
}
