//! What stands in a frame of another site: a shop's score, or one review with its dialogue, and where to read the rest.

use serde::Serialize;

use crate::kernel::locale::Language;
use crate::kernel::time::Timestamp;
use crate::links::Links;
use crate::look::review::Entry;
use crate::look::words::{self, fill};
use crate::look::{Broken, Template, assets, badge::State, template};
use crate::merchants::Shop;
use crate::profiles::score::Score;

/// A whole document, without the layout of a page.
#[derive(Debug, Serialize)]
pub(super) struct Frame {
    language: Language,
    title: String,
    css: String,
    /// The page it is taken from.
    url: String,
    shop_name: String,
    /// One review, or what is left of it; none: the shop.
    entry: Option<Entry>,
    /// None without reviews, and for a review.
    score: Option<Score>,
    /// `open`, `closed`, `suspended`.
    standing: &'static str,
}

impl Frame {
    /// A shop's score.
    pub(super) fn of_shop(language: Language, shop: &Shop, (score, state): (Score, State), links: &Links) -> Self {
        let standing = match state {
            State::Closed => "closed",
            State::Suspended => "suspended",
            State::Rated { .. } | State::New => "open",
        };
        let score = matches!(state, State::Rated { .. }).then_some(score);
        Self { score, standing, ..Self::bare(language, shop, links.profile(&shop.domain), links) }
    }

    /// A review, or its tombstone.
    pub(super) fn of_review(language: Language, shop: &Shop, (url, entry): (String, Entry), links: &Links) -> Self {
        Self { entry: Some(entry), ..Self::bare(language, shop, url, links) }
    }

    fn bare(language: Language, shop: &Shop, url: String, links: &Links) -> Self {
        Self {
            language,
            title: fill(words::of(language).profile.title, &[("shop", &shop.name)]),
            css: format!("{}{}", links.base(), assets::css_path()),
            url,
            shop_name: shop.name.clone(),
            entry: None,
            score: None,
            standing: "open",
        }
    }

    /// The document.
    pub(super) fn document(&self) -> Result<String, Broken> {
        page().fill(self.language, self)
    }
}

fn page() -> &'static Template {
    template!("badges/frame", "frame.hbs")
}

/// Renders every side of it; called once at start.
pub(crate) fn check_pages() -> Result<(), Broken> {
    let score = Score { exact: 4.3, shown: 4.3, stars: 4.5, count: 128 };
    let erased = Entry::Erased { id: "rev_1".to_owned(), at: Timestamp::from_seconds(0) };
    let sides = [
        (None, None, "open"),
        (None, Some(score), "open"),
        (None, None, "closed"),
        (None, None, "suspended"),
        (Some(erased), None, "open"),
    ];
    for (language, (entry, score, standing)) in
        Language::ALL.iter().flat_map(|of| sides.iter().map(move |side| (of, side)))
    {
        let frame = Frame {
            language: *language,
            title: "Bottega".to_owned(),
            css: assets::css_path().to_owned(),
            url: "https://attesta.example/".to_owned(),
            shop_name: "Bottega".to_owned(),
            entry: entry.clone(),
            score: *score,
            standing,
        };
        frame.document()?;
    }
    Ok(())
}
