//! What the profile page shows, as plain values, and the template beside it. Filled by this room's
//! own verbs; it reads nothing itself, and never decides what is public.

use serde::Serialize;

use crate::kernel::time::Timestamp;
use crate::look::page::{Frame, Head, Robots, View};
use crate::look::review::Entry;
use crate::look::share::Share;
use crate::look::words::{Words, fill};
use crate::look::{Broken, Template, template};

mod samples;

/// `/shops/{domain}`: a shop's public face.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ProfilePage {
    /// Language, addresses, alternates. Its `here` is also where the filters point.
    pub(crate) frame: Frame,
    /// Who this is about.
    pub(crate) shop: ShopFace,
    /// None while there is no review of the shop.
    pub(crate) score: Option<ScoreFace>,
    /// Published reviews of the shop (products not counted).
    pub(crate) review_count: i64,
    /// Five bars, five stars first.
    pub(crate) histogram: Vec<Bar>,
    /// Product reviews published, shown as one sentence when above 0.
    pub(crate) product_reviews: i64,
    /// The denominator; None until the first count of a new shop.
    pub(crate) collection: Option<Collection>,
    /// How the shop answers.
    pub(crate) replies: Replies,
    /// What the list is narrowed to.
    pub(crate) filter: Filter,
    /// This page's reviews and tombstones, newest first.
    pub(crate) reviews: Vec<Entry>,
    /// How it is passed on.
    pub(crate) share: Share,
    /// Address of the page with newer reviews.
    pub(crate) newer: Option<String>,
    /// Address of the page with older reviews.
    pub(crate) older: Option<String>,
}

/// The shop as a visitor knows it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ShopFace {
    /// Name, as the merchant wrote it.
    pub(crate) name: String,
    /// Domain, without scheme.
    pub(crate) domain: String,
    /// What it sells, in its own words.
    pub(crate) category: Option<String>,
    /// Public contact address or page of the shop.
    pub(crate) contact: Option<String>,
    /// Whether it still trades under Attesta.
    pub(crate) status: Standing,
}

/// Whether a shop is open, in the page's terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    /// Trades and collects.
    Open,
    /// Left Attesta: what was published stays.
    Closed,
    /// Suspended by the operator.
    Suspended,
}

/// The score as shown.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct ScoreFace {
    /// One decimal, 1.0 to 5.0.
    pub(crate) value: f64,
    /// In halves, 1.0 to 5.0.
    pub(crate) stars: f64,
}

/// One bar of the histogram.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Bar {
    /// 1 to 5.
    pub(crate) stars: i64,
    /// Published reviews with that many stars.
    pub(crate) count: i64,
}

/// How every order ended: what nobody else publishes.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Collection {
    /// When these were counted.
    pub(crate) as_of: Timestamp,
    /// Orders received.
    pub(crate) orders: i64,
    /// Of these, orders whose customer could be asked.
    pub(crate) eligible: i64,
    /// Customers asked.
    pub(crate) invited: i64,
    /// Orders that became a review.
    pub(crate) reviewed: i64,
    /// Orders not asked about, by closed reason code, largest first.
    pub(crate) skipped: Vec<ReasonCount>,
    /// Invitations the shop cancelled by itself.
    pub(crate) cancelled_by_shop: i64,
    /// Invitations the shop postponed.
    pub(crate) postponed_by_shop: i64,
    /// Reviews restricted by the operator, by closed reason code.
    pub(crate) restricted: Vec<ReasonCount>,
    /// Reviews their authors erased.
    pub(crate) erased_by_author: i64,
}

/// A closed code and how often.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ReasonCount {
    /// Closed code: put into words by the glossary.
    pub(crate) code: String,
    /// How many.
    pub(crate) count: i64,
}

/// Dialogue in two numbers.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Replies {
    /// Whole per cent of the reviews that the shop answered; None without reviews.
    pub(crate) share: Option<i64>,
    /// Median hours until the reply; None without replies.
    pub(crate) median_hours: Option<i64>,
}

/// What the list is narrowed to; query keys `stars`, `language`, `replied` (`yes` | `no`).
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Filter {
    /// Only this many stars.
    pub(crate) stars: Option<i64>,
    /// Only this language (BCP 47, primary tag).
    pub(crate) language: Option<String>,
    /// Only answered (true) or unanswered (false) ones.
    pub(crate) replied: Option<bool>,
    /// Languages worth offering.
    pub(crate) languages: Vec<String>,
}

impl View for ProfilePage {
    fn template() -> &'static Template {
        template!("profiles/profile", "pages/profile.hbs")
    }

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn head(&self, words: &Words) -> Head {
        let title = fill(words.profile.title, &[("shop", &self.shop.name)]);
        let description = fill(words.profile.description, &[("shop", &self.shop.name), ("domain", &self.shop.domain)]);
        let narrowed = self.filter.stars.is_some() || self.filter.language.is_some() || self.filter.replied.is_some();
        let robots = if narrowed || self.newer.is_some() { Robots::FollowOnly } else { Robots::Index };
        Head { title, description: Some(description), robots, refresh: None }
    }

    fn samples() -> Vec<Self> {
        samples::profile_pages()
    }
}

/// Renders every page of this room with its samples; called once at start.
pub(crate) fn check_pages() -> Result<(), Broken> {
    crate::look::check::<ProfilePage>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::gallery::hang;

    #[test]
    fn every_sample_fits_its_template() {
        assert_eq!(check_pages(), Ok(()));
        hang::<ProfilePage>("profile");
    }
}
