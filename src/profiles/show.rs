//! Fills the profile page from the numbers and a page of the list. Reads nothing; decides only what the page links to.

use crate::kernel::locale::Language;
use crate::links::Links;
use crate::look::page::Frame;
use crate::look::{self, Broken};
use crate::merchants::{Shop, ShopStatus};
use crate::reviews::ListParams;
use crate::reviews::card;

use super::build::{Figures, Sight};
use super::collection;
use super::jsonld;
use super::pages::{Bar, Collection, Filter, ProfilePage, ReasonCount, Replies, ScoreFace, ShopFace, Standing};
use super::share::{card_link, share};

/// What of the list a visitor looks at, and in which language.
#[derive(Clone, Debug, Default)]
pub(super) struct Visit {
    /// Language of the page; none only before it is chosen.
    pub(super) language: Option<Language>,
    /// Filters and cursor, as they came.
    pub(super) params: ListParams,
    /// Cursor of the page before, where the visitor came from one.
    pub(super) back: Option<String>,
}

impl Visit {
    /// The first page, all reviews.
    pub(super) fn first(language: Language) -> Self {
        Self { language: Some(language), ..Self::default() }
    }

    /// Whether it is just that.
    pub(super) fn is_first(&self) -> bool {
        let ListParams { stars, language, replied, cursor, .. } = &self.params;
        [stars, language, replied, cursor].into_iter().all(|part| part.as_deref().is_none_or(str::is_empty))
    }
}

/// The page as a document, with its data for machines.
pub(super) fn page(visit: &Visit, shop: &Shop, sight: &Sight, links: &Links) -> Result<String, Broken> {
    let html = look::render(&view(visit, shop, sight, links))?;
    // Text of people is escaped, so that this can only be the end of the head.
    let data = jsonld::profile(shop, &sight.figures, &sight.list, links);
    Ok(html.replacen("</head>", &format!("<script type=\"application/ld+json\">{data}</script>\n</head>"), 1))
}

fn view(visit: &Visit, shop: &Shop, sight: &Sight, links: &Links) -> ProfilePage {
    let language = visit.language.unwrap_or_else(|| shop.locale.language());
    let here = links.profile(&shop.domain);
    let Figures { score, histogram, replies, collection } = &sight.figures;
    let counts = histogram.iter().zip([1, 2, 3, 4, 5]);
    let cursor = visit.params.cursor.as_ref();
    ProfilePage {
        frame: Frame::new(language, &links.base().to_string(), &here)
            .with_card(card_link(language, shop, score, links)),
        share: share(language, shop, links),
        shop: face(shop),
        score: (score.count > 0).then_some(ScoreFace { value: score.shown, stars: score.stars }),
        review_count: score.count,
        histogram: counts.rev().map(|(count, stars)| Bar { stars, count: *count }).collect(),
        product_reviews: collection.numbers.product_reviews,
        collection: (collection.numbers.orders > 0).then(|| numbers(collection)),
        replies: Replies { share: replies.share.map(percent), median_hours: replies.median_hours },
        filter: filter(visit, &sight.languages),
        reviews: sight.list.entries.iter().map(|entry| card::entry(entry, shop, links)).collect(),
        newer: newer(visit, &here, language),
        older: sight.list.next.as_ref().map(|next| address(visit, &here, language, Some(next), cursor)),
    }
}

fn face(shop: &Shop) -> ShopFace {
    ShopFace {
        name: shop.name.clone(),
        domain: shop.domain.to_unicode(),
        category: shop.category.clone(),
        contact: shop.contact.clone(),
        status: match shop.status {
            ShopStatus::Open => Standing::Open,
            ShopStatus::Closed => Standing::Closed,
            ShopStatus::Suspended => Standing::Suspended,
        },
    }
}

fn numbers(of: &collection::Collection) -> Collection {
    let n = &of.numbers;
    let mut skipped: Vec<ReasonCount> = reasons(n.skipped.iter().chain(&n.failed));
    skipped.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.code.cmp(&b.code)));
    Collection {
        as_of: of.as_of,
        orders: n.orders,
        eligible: n.eligible,
        invited: n.invited,
        reviewed: n.reviewed,
        skipped,
        cancelled_by_shop: n.cancelled_by_shop,
        postponed_by_shop: n.postponed,
        restricted: reasons(n.restricted.iter()),
        erased_by_author: n.erased_by_author,
    }
}

fn reasons<'a>(counts: impl Iterator<Item = (&'a String, &'a i64)>) -> Vec<ReasonCount> {
    counts.filter(|(_, n)| **n > 0).map(|(code, n)| ReasonCount { code: code.clone(), count: *n }).collect()
}

/// A share in whole per cent; something that rounds to nothing is one.
fn percent(share: f64) -> i64 {
    (0..=100_i32)
        .rev()
        .find(|whole| f64::from(*whole) <= share * 100.0 + 0.5)
        .map_or(0, |whole| if whole == 0 && share > 0.0 { 1 } else { i64::from(whole) })
}

fn filter(visit: &Visit, languages: &[String]) -> Filter {
    let chosen = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    Filter {
        stars: chosen(&visit.params.stars).and_then(|text| text.parse().ok()),
        language: chosen(&visit.params.language),
        replied: chosen(&visit.params.replied).map(|text| matches!(text.as_str(), "yes" | "true" | "1")),
        languages: languages.iter().filter(|language| !language.is_empty()).cloned().collect(),
    }
}

/// One page back is known where the visitor came from it; else it is the first page.
fn newer(visit: &Visit, here: &str, language: Language) -> Option<String> {
    visit.params.cursor.as_ref().filter(|cursor| !cursor.is_empty())?;
    Some(address(visit, here, language, visit.back.as_ref().filter(|back| !back.is_empty()), None))
}

/// The page with the same filters at another place of the list.
fn address(visit: &Visit, here: &str, language: Language, cursor: Option<&String>, back: Option<&String>) -> String {
    let ListParams { stars, language: spoken, replied, .. } = &visit.params;
    let parts = [
        ("stars", stars.as_ref()),
        ("language", spoken.as_ref()),
        ("replied", replied.as_ref()),
        ("cursor", cursor),
        ("back", back),
    ];
    let mut query: Vec<(&str, &str)> = parts
        .iter()
        .filter_map(|(name, value)| Some((*name, value.filter(|text| !text.is_empty())?.as_str())))
        .collect();
    query.push(("lang", language.tag()));
    // Pairs of plain texts always serialise.
    format!("{here}?{}#reviews", serde_urlencoded::to_string(query).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_in_per_cent() {
        for (share, shown) in [(0.0, 0), (0.001, 1), (0.333, 33), (0.995, 100), (0.994, 99), (1.0, 100)] {
            assert_eq!(percent(share), shown, "{share}");
        }
    }

    #[test]
    fn addresses_keep_filters_and_the_way_back() {
        let here = "https://x.example/shops/s.example";
        let params = ListParams {
            stars: Some("5".into()),
            language: Some(String::new()),
            cursor: Some("C1".into()),
            ..ListParams::default()
        };
        let visit = Visit { language: Some(Language::It), params, back: Some("C0".into()) };
        assert!(!visit.is_first() && Visit::first(Language::En).is_first());
        let older = address(&visit, here, Language::It, Some(&"C2".to_owned()), visit.params.cursor.as_ref());
        assert_eq!(older, format!("{here}?stars=5&cursor=C2&back=C1&lang=it#reviews"));
        assert_eq!(newer(&visit, here, Language::It), Some(format!("{here}?stars=5&cursor=C0&lang=it#reviews")));
        let second = Visit { back: None, ..visit };
        assert_eq!(newer(&second, here, Language::It), Some(format!("{here}?stars=5&lang=it#reviews")));
        assert_eq!(newer(&Visit::first(Language::It), here, Language::It), None);
    }
}
