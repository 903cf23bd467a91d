//! A customer publishes: token in, review out, live at once.
//!
//! The review of the shop, those of products, the token's use, the order's state, the tally and the shop's public
//! version move in one transaction. However often and however parallel a form is sent, one review stands. The shop is
//! not asked, and nothing it does later touches what was published.

use crate::context::Context;
use crate::db::{self, Connection};
use crate::invitations::{self, Bearer};
use crate::kernel::id::ReviewId;
use crate::kernel::locale::Locale;
use crate::kernel::random;
use crate::kernel::stars::Stars;
use crate::kernel::time::Timestamp;
use crate::merchants::{self, Shop, ShopStatus};
use crate::orders::{self, Order};

use super::model::{ITEMS_MAX, ItemSubmission, Review, Status, Submission};
use super::{language, notices, tally};

/// What became of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Submitted {
    /// It is live.
    Published(ReviewId),
    /// This invitation brought a review before (perhaps a moment ago): that one stands, unchanged.
    Already,
    /// The time to write ended then.
    TooLate(Timestamp),
    /// The shop left this instance: nothing new comes in.
    ShopClosed,
    /// A test order: everything works, nothing is published.
    Test,
    /// It names a product that is not in the order.
    NotOrdered(String),
}

/// A product of the order that may be reviewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offered {
    /// The shop's own.
    pub(crate) sku: String,
    /// What it is called.
    pub(crate) name: Option<String>,
}

/// The products the form asks about: those with a SKU, each once, in the order's order.
pub(crate) fn offered(order: &Order) -> Vec<Offered> {
    let mut all: Vec<Offered> = Vec::new();
    for item in order.facts().items {
        let Some(sku) = item.sku.filter(|sku| !sku.is_empty()) else { continue };
        if all.len() < ITEMS_MAX && all.iter().all(|other| other.sku != sku) {
            all.push(Offered { sku, name: item.name });
        }
    }
    all
}

/// Publishes what the bearer wrote.
pub(crate) fn submit(
    tx: &mut Connection,
    ctx: &Context,
    bearer: &Bearer,
    submission: &Submission,
) -> db::Result<Submitted> {
    let now = ctx.now();
    if bearer.reviewed_at.is_some() {
        return Ok(Submitted::Already);
    }
    if now >= bearer.submit_until || !bearer.open {
        return Ok(Submitted::TooLate(bearer.submit_until));
    }
    let Some(shop) = merchants::load(tx, bearer.shop_id)? else { return Err(db::Error::corrupt("a token's shop")) };
    let Some(order) = orders::find(tx, bearer.shop_id, bearer.order_id)? else {
        return Err(db::Error::corrupt("a token's order"));
    };
    if shop.status == ShopStatus::Closed {
        return Ok(Submitted::ShopClosed);
    }
    if order.test {
        return Ok(Submitted::Test);
    }
    let offered = offered(&order);
    if let Some(item) = submission.items.iter().find(|item| offered.iter().all(|other| other.sku != item.sku)) {
        return Ok(Submitted::NotOrdered(item.sku.clone()));
    }
    let draft = Draft { ctx, bearer, order: &order, locale: locale(&order, &shop), now };
    publish(tx, &draft, submission, &offered)
}

fn publish(tx: &mut Connection, draft: &Draft<'_>, what: &Submission, offered: &[Offered]) -> db::Result<Submitted> {
    let words = Words { title: &what.title, body: &what.text, author: &what.name };
    let review = draft.review(None, what.stars, &words);
    let of_product = |item: &ItemSubmission| {
        let words = Words { title: "", body: &item.text, author: &what.name };
        draft.review(offered.iter().find(|other| other.sku == item.sku), item.stars, &words)
    };
    let products: Vec<Review> = what.items.iter().map(of_product).collect();
    if !tally::publish(tx, &review, &products)? {
        return Ok(Submitted::Already);
    }
    invitations::mark_reviewed(tx, draft.bearer, draft.now)?;
    notices::tell_of_review(tx, &review, draft.now)?;
    Ok(Submitted::Published(review.id))
}

/// The language the order was in: the customer's, else the shop's.
pub(super) fn locale(order: &Order, shop: &Shop) -> Locale {
    order.facts().locale.unwrap_or_else(|| shop.locale.clone())
}

/// What every review of one submission has in common.
struct Draft<'a> {
    ctx: &'a Context,
    bearer: &'a Bearer,
    order: &'a Order,
    locale: Locale,
    now: Timestamp,
}

/// What the author wrote about one thing.
struct Words<'a> {
    title: &'a str,
    body: &'a str,
    author: &'a str,
}

impl Draft<'_> {
    fn review(&self, product: Option<&Offered>, stars: Stars, words: &Words<'_>) -> Review {
        let facts = self.order.facts();
        Review {
            shop: self.bearer.shop_id,
            id: self.ctx.ids().next(),
            invitation: self.bearer.invitation,
            order: self.bearer.order_id,
            sku: product.map(|product| product.sku.clone()).unwrap_or_default(),
            item: product.and_then(|product| product.name.clone()),
            stars,
            title: words.title.to_owned(),
            body: words.body.to_owned(),
            author: words.author.to_owned(),
            language: language::of(&[words.title, words.body].join("\n"), &self.locale),
            status: Status::Published,
            version: 1,
            published_at: self.now,
            changed_at: self.now,
            erased_at: None,
            replied_at: None,
            restriction: None,
            checked: facts.checked,
            ordered_at: facts.placed_at,
            delivered_at: facts.delivered_at,
            salt: Some(random::bytes::<32>(self.ctx.random()).to_vec()),
        }
    }
}
