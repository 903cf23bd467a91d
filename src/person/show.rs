//! The pages of this door, filled from what is stored. Nothing is read or decided here.

use super::erase::{Erased, Stays};
use super::pages::{ConfirmPage, ErasedPage, MailLine, MinePage, OrderSheet, ReviewLine, Said, WishLine};
use super::stored::{Extent, Mailed, OfOrder, OfShop, Stored, Wish, Written};
use crate::kernel::locale::Language;
use crate::links::Links;
use crate::links::person::path;
use crate::look::page::Frame;
use crate::reviews::PublicReview;

/// Where and in which language a page is shown.
#[derive(Clone, Copy)]
pub(super) struct Stage<'a> {
    /// Every public URL.
    pub(super) links: &'a Links,
    /// The text in the link.
    pub(super) token: &'a str,
    /// The page's language.
    pub(super) language: Language,
}

impl Stage<'_> {
    fn frame(&self, here: &str) -> Frame {
        Frame::new(self.language, &self.links.base().to_string(), here)
    }

    fn local(&self, pattern: &str) -> String {
        self.links.local(pattern, &[&self.token])
    }
}

/// Everything that is stored.
pub(super) fn mine(stage: &Stage<'_>, stored: &Stored) -> MinePage {
    let here: Vec<&OfShop> = stored.shops.iter().collect();
    let line = |everywhere: bool| move |wish: &Wish| WishLine { reason: wish.reason, everywhere, at: wish.at };
    let own = here.iter().flat_map(|shop| shop.wishes.iter()).map(line(false));
    MinePage {
        frame: stage.frame(&stage.links.mine(stage.token)),
        shop_name: shop_name(stored),
        whole: stored.extent != Extent::Order,
        wishes: own.chain(stored.wishes.iter().map(line(true))).collect(),
        orders: here.iter().flat_map(|shop| shop.orders.iter()).map(sheet).collect(),
        download_url: stage.local(path::MINE_JSON),
        erase_url: stage.local(path::MINE_ERASE),
        review_url: stage.links.review_form(stage.token),
    }
}

fn shop_name(stored: &Stored) -> String {
    stored.shops.first().map(|shop| shop.name.clone()).unwrap_or_default()
}

fn sheet(order: &OfOrder) -> OrderSheet {
    let facts = &order.facts;
    let named = |item: &crate::orders::Item| item.name.clone().or_else(|| item.sku.clone());
    OrderSheet {
        number: order.number.clone(),
        placed_at: facts.placed_at,
        items: facts.items.iter().filter_map(named).collect(),
        name: order.customer_name.clone(),
        address: order.address.clone(),
        kept: order.customer_name.is_some() || order.address.is_some(),
        kept_until: order.kept_until,
        mails: order.mails.iter().map(mail).collect(),
        deferred: order.deferred,
        reviews: order.reviews.iter().map(review).collect(),
    }
}

fn mail(mail: &Mailed) -> MailLine {
    let at = mail.sent_at.unwrap_or(mail.created_at);
    MailLine { kind: mail.kind.clone(), state: mail.state.clone(), at }
}

fn review(written: &Written) -> ReviewLine {
    let said = |review: &PublicReview| Said {
        stars: review.stars,
        item: review.product.as_ref().map(|product| product.name.clone().unwrap_or(product.sku.clone())),
        title: review.title.clone(),
        text: review.text.clone(),
        author: review.author.clone(),
    };
    let at = written.review.as_ref().map(|review| review.published_at).or(written.erased_at);
    ReviewLine { said: written.review.as_deref().map(said), at }
}

/// The question before erasing.
pub(super) fn confirm(stage: &Stage<'_>, stored: &Stored) -> ConfirmPage {
    let orders: Vec<&OfOrder> = stored.shops.iter().flat_map(|shop| shop.orders.iter()).collect();
    let standing = orders.iter().flat_map(|order| &order.reviews).filter(|one| one.review.is_some());
    ConfirmPage {
        frame: stage.frame(&stage.links.to(path::MINE_ERASE, &[&stage.token])),
        shop_name: shop_name(stored),
        reviews: count(standing.count()),
        orders: orders.into_iter().map(|order| order.number.clone()).collect(),
        stays: Stays::ALL.to_vec(),
        action: stage.local(path::MINE_ERASE),
        back_url: stage.links.mine(stage.token),
    }
}

/// After the POST.
pub(super) fn erased(stage: &Stage<'_>, shop_name: String, erased: &Erased, captured: usize) -> ErasedPage {
    let back_url = stage.links.mine(stage.token);
    ErasedPage {
        frame: Frame::fixed(stage.language, &stage.links.base().to_string(), &back_url),
        shop_name,
        orders: count(erased.addresses),
        reviews: count(erased.gone.reviews),
        photos: count(erased.gone.photos),
        captured: count(captured),
        stays: Stays::ALL.to_vec(),
        back_url,
    }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
