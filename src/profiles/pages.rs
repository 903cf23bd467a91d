//! What this room's pages show, as plain values, and the templates beside them. Filled by this room's own verbs; they read
//! nothing themselves, and never decide what is public.

use serde::Serialize;

use crate::look::page::{Frame, Head, Robots, View};
use crate::look::share::Share;
use crate::look::words::{Words, fill};
use crate::look::{Broken, Template, template};

mod asks;
mod list;
mod numbers;
mod samples;
mod summary;

pub(crate) use asks::{AskLine, Asks, HourSpan};
pub(crate) use list::{Chip, ChipKind, Choice, Kept, ListFace, Search, SearchFault};
pub(crate) use numbers::{Collection, ReasonCount};
pub(crate) use summary::{Bar, ProductLine, Replies, ScoreFace, Summary};

/// `/shops/{domain}`: a shop's public face.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ProfilePage {
    /// Language, addresses, alternates.
    pub(crate) frame: Frame,
    /// Who this is about.
    pub(crate) shop: ShopFace,
    /// Score, histogram, trend.
    pub(crate) summary: Summary,
    /// How the shop answers.
    pub(crate) replies: Replies,
    /// The list of reviews of one and two stars.
    pub(crate) low_url: String,
    /// The denominator; None until the first count of a new shop.
    pub(crate) collection: Option<Collection>,
    /// When it asks.
    pub(crate) asks: Asks,
    /// Its products with the most reviews.
    pub(crate) products: Vec<ProductLine>,
    /// There are more of them.
    pub(crate) more_products: bool,
    /// How it is passed on.
    pub(crate) share: Share,
    /// The reviews.
    pub(crate) list: ListFace,
}

/// `/shops/{domain}/products/{sku}`: one of its products.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ProductPage {
    /// Language, addresses, alternates.
    pub(crate) frame: Frame,
    /// Whose product it is.
    pub(crate) shop: ShopFace,
    /// The shop's profile.
    pub(crate) shop_url: String,
    /// As ordered, else the SKU.
    pub(crate) name: String,
    /// The shop's own.
    pub(crate) sku: String,
    /// Score, histogram, trend.
    pub(crate) summary: Summary,
    /// How it is passed on.
    pub(crate) share: Share,
    /// The reviews.
    pub(crate) list: ListFace,
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
    pub(crate) status: Status,
}

/// Whether a shop is open, in the page's terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// Trades and collects.
    Open,
    /// Left Attesta: what was published stays.
    Closed,
    /// Suspended by the operator.
    Suspended,
}

/// Search engines keep the whole list from its start; every part of it leads there.
fn robots(list: &ListFace) -> Robots {
    if list.is_part() { Robots::FollowOnly } else { Robots::Index }
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
        Head { title, description: Some(description), robots: robots(&self.list), refresh: None }
    }

    fn samples() -> Vec<Self> {
        samples::profile_pages()
    }
}

impl View for ProductPage {
    fn template() -> &'static Template {
        template!("profiles/product", "pages/product.hbs")
    }

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn head(&self, words: &Words) -> Head {
        let names = [("product", self.name.as_str()), ("shop", self.shop.name.as_str())];
        let title = fill(words.product.title, &names);
        let description = fill(words.product.description, &names);
        Head { title, description: Some(description), robots: robots(&self.list), refresh: None }
    }

    fn samples() -> Vec<Self> {
        samples::product_pages()
    }
}

/// Renders every page of this room with its samples; called once at start.
pub(crate) fn check_pages() -> Result<(), Broken> {
    crate::look::check::<ProfilePage>()?;
    crate::look::check::<ProductPage>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::gallery::hang;

    #[test]
    fn every_sample_fits_its_template() {
        assert_eq!(check_pages(), Ok(()));
        hang::<ProfilePage>("profile");
        hang::<ProductPage>("product");
    }
}
