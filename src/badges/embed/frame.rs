//! What stands in a frame of another site: one review with its dialogue, or its tombstone, and where to read the rest.

use serde::Serialize;

use crate::kernel::locale::Language;
use crate::kernel::time::Timestamp;
use crate::links::Links;
use crate::look::review::Entry;
use crate::look::words::{self, fill};
use crate::look::{Broken, Template, assets, template};
use crate::merchants::Shop;

/// A whole document, without the layout of a page.
#[derive(Debug, Serialize)]
pub(super) struct Frame {
    language: Language,
    title: String,
    css: String,
    /// The page it is taken from.
    url: String,
    shop_name: String,
    entry: Entry,
}

impl Frame {
    /// A review, or its tombstone.
    pub(super) fn new(language: Language, shop: &Shop, (url, entry): (String, Entry), links: &Links) -> Self {
        Self {
            language,
            title: fill(words::of(language).profile.title, &[("shop", &shop.name)]),
            css: format!("{}{}", links.base(), assets::css_path()),
            url,
            shop_name: shop.name.clone(),
            entry,
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

/// Renders it in every language; called once at start. The review itself is a partial, which the pages check.
pub(crate) fn check_pages() -> Result<(), Broken> {
    for language in Language::ALL {
        let frame = Frame {
            language: *language,
            title: "Bottega".to_owned(),
            css: assets::css_path().to_owned(),
            url: "https://attesta.example/".to_owned(),
            shop_name: "Bottega".to_owned(),
            entry: Entry::Erased { id: "rev_1".to_owned(), at: Timestamp::from_seconds(0) },
        };
        frame.document()?;
    }
    Ok(())
}
