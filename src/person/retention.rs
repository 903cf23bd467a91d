//! How long everything is kept: one list, made from the settings that the purge itself goes by, for the page about privacy, for
//! the copy that a person takes along, and for the operator's report.

use serde::Serialize;

use super::pages::KeptLine;
use crate::config::Config;
use crate::kernel::locale::Language;
use crate::look::words::{self, Counted, Words};
use crate::mail::transport::capture::KEPT as CAPTURED_KEPT;
use crate::merchants::rejections::KEPT_PER_SHOP;

/// One kind of data and its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Kept {
    /// What.
    pub(crate) what: What,
    /// Until when.
    pub(crate) until: Until,
    /// Days, years or lines, where that is counted.
    pub(crate) number: Option<i64>,
}

/// What is kept of customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum What {
    /// Name and address of an order about which a review stands.
    AddressWithReview,
    /// Name and address of any other order.
    Address,
    /// The keyed hash of an address, beside an order.
    Hash,
    /// What was bought, without name and address.
    Order,
    /// The same of an order on which a review rests.
    OrderWithReview,
    /// Reviews, photos and answers.
    Review,
    /// What mail servers said, with addresses masked.
    MailLog,
    /// Mails that were captured on this machine, with their address.
    Captured,
    /// Ids of signed messages from shops, each with a hash of its body.
    EventIds,
    /// Traces of messages from shops that were refused, without their content.
    Refused,
    /// The wish to get no more mail, and that somebody was erased: hashes.
    Wishes,
}

/// When it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Until {
    /// Days after the last mail about it, or after the last event if none was sent.
    DaysAfterLastMail,
    /// With the link in the mail, which lives so many years.
    YearsOfTheLink,
    /// As long as a review stands, and as long as the link works, which lives so many years.
    ReviewAndYearsOfTheLink,
    /// When its author erases it.
    ErasedByAuthor,
    /// Days after it arrived.
    DaysAfterArrival,
    /// Only so many of the newest of a shop.
    NewestOfShop,
    /// Only so many of the newest of this machine, and none after an erasure.
    NewestHere,
    /// With the shop's account, days after it is closed.
    WithTheShop,
    /// With the shop's account, and not before a review of it is erased.
    WithTheShopAndReview,
    /// It has no end: it is what keeps the promise.
    NoEnd,
}

/// The list.
pub(crate) fn all(config: &Config) -> Vec<Kept> {
    let kept = |what, until, number| Kept { what, until, number };
    let newest = i64::try_from(KEPT_PER_SHOP).ok();
    vec![
        kept(What::Address, Until::DaysAfterLastMail, Some(config.contact_days_after_last_mail)),
        kept(What::AddressWithReview, Until::YearsOfTheLink, Some(config.token_years)),
        kept(What::Hash, Until::ReviewAndYearsOfTheLink, Some(config.token_years)),
        kept(What::Order, Until::WithTheShop, Some(config.closed_shop_days)),
        kept(What::OrderWithReview, Until::WithTheShopAndReview, None),
        kept(What::Review, Until::ErasedByAuthor, None),
        kept(What::MailLog, Until::WithTheShop, Some(config.closed_shop_days)),
        kept(What::Captured, Until::NewestHere, i64::try_from(CAPTURED_KEPT).ok()),
        kept(What::EventIds, Until::DaysAfterArrival, Some(config.event_keep_days)),
        kept(What::Refused, Until::NewestOfShop, newest),
        kept(What::Wishes, Until::NoEnd, None),
    ]
}

/// One line in words.
pub(super) fn said(language: Language, kept: &Kept) -> KeptLine {
    let words = words::of(language);
    let until = &words.until;
    let (phrase, unit) = match kept.until {
        Until::DaysAfterLastMail => (until.days_after_last_mail, Some(&until.days)),
        Until::YearsOfTheLink => (until.years_of_the_link, Some(&until.years)),
        Until::ReviewAndYearsOfTheLink => (until.review_and_years_of_the_link, Some(&until.years)),
        Until::DaysAfterArrival => (until.days_after_arrival, Some(&until.days)),
        Until::NewestOfShop => (until.newest_of_shop, None),
        Until::NewestHere => (until.newest_here, None),
        Until::ErasedByAuthor => (until.erased_by_author, None),
        Until::WithTheShop => (until.with_the_shop, Some(&until.days)),
        Until::WithTheShopAndReview => (until.with_the_shop_and_review, None),
        Until::NoEnd => (until.no_end, None),
    };
    let n = kept.number.unwrap_or(0);
    let length = unit.map(|unit| counted(language, unit, n)).unwrap_or_default();
    let until = words::fill(phrase, &[("length", &length), ("n", &words::number(language, n))]);
    KeptLine { what: what(words, kept.what).to_owned(), until }
}

fn counted(language: Language, phrase: &Counted, n: i64) -> String {
    words::fill(phrase.of(language, n), &[("n", &words::number(language, n))])
}

fn what(words: &Words, what: What) -> &'static str {
    match what {
        What::Address => words.kept.address,
        What::AddressWithReview => words.kept.address_with_review,
        What::Hash => words.kept.hash,
        What::Order => words.kept.order,
        What::OrderWithReview => words.kept.order_with_review,
        What::Review => words.kept.review,
        What::MailLog => words.kept.mail_log,
        What::Captured => words.kept.captured,
        What::EventIds => words.kept.event_ids,
        What::Refused => words.kept.refused,
        What::Wishes => words.kept.wishes,
    }
}
