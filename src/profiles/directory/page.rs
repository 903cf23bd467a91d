//! What the directory's page shows, as plain values, and the template beside it.

use serde::Serialize;

use crate::kernel::locale::Language;
use crate::look::page::{Frame, Head, Robots, View};
use crate::look::words::{Words, fill};
use crate::look::{Broken, Template, template};
use crate::profiles::pages::ScoreFace;

/// `/shops`: every open shop.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DirectoryPage {
    /// Language, addresses, alternates.
    pub(crate) frame: Frame,
    /// Where the search form goes.
    pub(crate) action: String,
    /// What was searched for, as it was written.
    pub(crate) q: String,
    /// The category it is narrowed to, as shops write it.
    pub(crate) category: Option<String>,
    /// Whether it is narrowed.
    pub(crate) narrowed: Found,
    /// `name`, `reviews` or `newest`.
    pub(crate) sort: &'static str,
    /// How many shops fit.
    pub(crate) shops: i64,
    /// All categories.
    pub(crate) categories: Vec<Choice>,
    /// All countries.
    pub(crate) countries: Vec<Choice>,
    /// This page's shops.
    pub(crate) cards: Vec<ShopCard>,
    /// Address of the first page, from a later one.
    pub(crate) first: Option<String>,
    /// Address of the next page.
    pub(crate) more: Option<String>,
}

/// By what the list is narrowed.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Found {
    /// By anything.
    pub(crate) any: bool,
    /// By something that search engines should not list.
    pub(crate) unlisted: bool,
}

/// A category or country to narrow the list to.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Choice {
    /// What the query says.
    pub(crate) key: String,
    /// What people read.
    pub(crate) label: String,
    /// Open shops.
    pub(crate) shops: i64,
    /// Address of the narrowed list.
    pub(crate) url: String,
    /// It is the one chosen.
    pub(crate) current: bool,
}

/// A shop in the list.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ShopCard {
    /// As its customers know it.
    pub(crate) name: String,
    /// Without scheme.
    pub(crate) domain: String,
    /// Its profile.
    pub(crate) url: String,
    /// What it sells, in its own words.
    pub(crate) category: Option<String>,
    /// Country, in words.
    pub(crate) country: Option<String>,
    /// None while there is no review.
    pub(crate) score: Option<ScoreFace>,
    /// Published reviews of the shop.
    pub(crate) review_count: i64,
}

impl View for DirectoryPage {
    fn template() -> &'static Template {
        template!("profiles/directory", "pages/directory.hbs")
    }

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn head(&self, words: &Words) -> Head {
        let title = match &self.category {
            Some(category) => fill(words.directory.title_of, &[("category", category)]),
            None => words.directory.title.to_owned(),
        };
        let robots = if self.narrowed.unlisted { Robots::FollowOnly } else { Robots::Index };
        let description = Some(words.directory.lead.to_owned());
        Head { title, description, robots, refresh: None }
    }

    fn samples() -> Vec<Self> {
        let url = "https://attesta.example/shops";
        let choice = |label: &str, current| Choice {
            key: label.to_lowercase(),
            label: label.to_owned(),
            shops: 3,
            url: format!("{url}?category={}", label.to_lowercase()),
            current,
        };
        let card = |name: &str, count| ShopCard {
            name: name.to_owned(),
            domain: "bottega.example".into(),
            url: format!("{url}/bottega.example"),
            category: (count > 0).then(|| "Ceramica".to_owned()),
            country: (count > 0).then(|| "Italia".to_owned()),
            score: (count > 0).then_some(ScoreFace { value: 4.3, stars: 4.5 }),
            review_count: count,
        };
        let full = Self {
            frame: Frame::new(Language::It, "https://attesta.example", url),
            action: url.to_owned(),
            q: String::new(),
            category: None,
            narrowed: Found { any: false, unlisted: false },
            sort: "name",
            shops: 2,
            categories: vec![choice("Ceramica", false), choice("Caffè", false)],
            countries: vec![choice("Italia", true)],
            cards: vec![card("Bottega <Verdi>", 41), card("Nuova", 0)],
            first: None,
            more: Some(format!("{url}?cursor=x")),
        };
        let none = Self {
            q: "<b>".into(),
            category: Some("Ceramica".into()),
            narrowed: Found { any: true, unlisted: true },
            sort: "reviews",
            shops: 0,
            categories: vec![choice("Ceramica", true)],
            countries: Vec::new(),
            cards: Vec::new(),
            first: Some(url.to_owned()),
            more: None,
            ..full.clone()
        };
        let bare = Self {
            narrowed: Found { any: false, unlisted: false },
            sort: "newest",
            categories: Vec::new(),
            q: String::new(),
            category: None,
            first: None,
            ..none.clone()
        };
        vec![full, none, bare]
    }
}

/// Renders the page with its samples; called once at start.
pub(crate) fn check_pages() -> Result<(), Broken> {
    crate::look::check::<DirectoryPage>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::gallery::hang;

    #[test]
    fn every_sample_fits_its_template() {
        assert_eq!(check_pages(), Ok(()));
        hang::<DirectoryPage>("directory");
    }
}
