//! What a request for a widget wants, read from its query. Nothing in it is an error: what cannot be read is left aside,
//! so that a shop's page never breaks over a spelling. A product that is named is always meant: a name that no product
//! can have finds nothing, and never the shop instead.

use std::sync::Arc;

use crate::kernel::locale::Language;
use crate::kernel::stars::Stars;
use crate::look::badge::Theme;
use crate::reviews::ListQuery;

/// The longest SKU looked for, in characters; longer ones cannot have been ordered.
const SKU_LONGEST: usize = 200;

/// What is wanted, spelled in one way only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Language of the words; the shop's own where none of ours was asked for.
    pub(crate) language: Option<Language>,
    /// Only reviews with these stars, in order; empty for all.
    pub(super) stars: Arc<[i64]>,
    /// Only reviews in this language (ISO 639-1).
    pub(super) spoken: Option<Arc<str>>,
    /// A product instead of the shop.
    pub(crate) sku: Option<Arc<str>>,
}

impl Asked {
    /// From a query string.
    pub(crate) fn read(query: &str) -> Self {
        let mut asked = Self::default();
        for (name, value) in pairs(query) {
            match name.as_str() {
                "locale" => asked.language = Language::of_tag(&value),
                "stars" => asked.stars = stars(&value),
                "language" => asked.spoken = spoken(&value),
                "sku" => asked.sku = Some(sku(&value)).filter(|sku| !sku.is_empty()),
                _ => {}
            }
        }
        asked
    }

    /// The same without what narrows a list of reviews: scores are never filtered.
    pub(crate) fn unfiltered(self) -> Self {
        Self { stars: Arc::default(), spoken: None, ..self }
    }

    /// Whether it is about a product.
    pub(crate) fn names_product(&self) -> bool {
        self.sku.is_some()
    }

    /// The language to say that there is nothing.
    pub(crate) fn language(&self) -> Language {
        self.language.unwrap_or(Language::FALLBACK)
    }

    /// The list of reviews that this asks for.
    pub(super) fn list(&self) -> ListQuery {
        let mut query = ListQuery::default();
        query.filter.stars = self.stars.iter().filter_map(|stars| Stars::new(*stars)).collect();
        query.filter.language = self.spoken.as_deref().map(str::to_owned);
        query.filter.sku = self.sku.as_deref().map(str::to_owned);
        query
    }
}

/// The colours a query asks for.
pub(crate) fn theme(query: &str) -> Theme {
    let asked = pairs(query).into_iter().find(|(name, _)| name == "theme");
    asked.and_then(|(_, value)| Theme::parse(&value)).unwrap_or(Theme::Auto)
}

fn pairs(query: &str) -> Vec<(String, String)> {
    serde_urlencoded::from_str(query).unwrap_or_default()
}

/// `4,5` and whatever surrounds it; all five together narrow nothing.
fn stars(text: &str) -> Arc<[i64]> {
    let mut all: Vec<i64> =
        text.split(',').filter_map(|word| word.trim().parse().ok()).filter(|n| (1..=5).contains(n)).collect();
    all.sort_unstable();
    all.dedup();
    if all.len() == 5 { Arc::default() } else { all.into() }
}

fn spoken(text: &str) -> Option<Arc<str>> {
    let primary = text.split(['-', '_']).next().unwrap_or_default();
    let fits = (2..=3).contains(&primary.len()) && primary.bytes().all(|byte| byte.is_ascii_alphabetic());
    fits.then(|| primary.to_ascii_lowercase().into())
}

fn sku(text: &str) -> Arc<str> {
    text.chars()
        .take(SKU_LONGEST + 1)
        .map(|c| if c == '\0' { char::REPLACEMENT_CHARACTER } else { c })
        .collect::<String>()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_read_and_never_refused() {
        let asked = Asked::read("locale=it-IT&stars=5,4,4&language=IT-ch&sku=moka%203%2F%C3%A8&utm=1");
        assert_eq!(asked.language, Some(Language::It));
        assert_eq!(*asked.stars, [4, 5]);
        assert_eq!(asked.spoken.as_deref(), Some("it"));
        assert_eq!(asked.sku.as_deref(), Some("moka 3/è"));
        assert!(asked.names_product() && !asked.clone().unfiltered().stars.contains(&4));
        for odd in ["", "&&", "=", "locale=tlh", "stars=0,6,x", "stars=1,2,3,4,5", "language=%00", "sku=", "%zz=1"] {
            assert_eq!(Asked::read(odd), Asked::default(), "{odd}");
        }
    }

    #[test]
    fn a_product_that_cannot_be_is_still_a_product() {
        let asked = Asked::read("sku=%00");
        assert_eq!(asked.list().filter.sku.as_deref(), Some("\u{fffd}"));
        let long = Asked::read(&format!("sku={}", "x".repeat(5_000)));
        assert_eq!(long.sku.map(|sku| sku.len()), Some(201));
    }

    #[test]
    fn themes_fall_back() {
        assert_eq!(theme("theme=dark"), Theme::Dark);
        assert_eq!((theme("theme=pink"), theme("")), (Theme::Auto, Theme::Auto));
    }
}
