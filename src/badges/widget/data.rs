//! What a widget shows of a shop or a product, read in one moment of the data, with every word it needs in one language.
//! As JSON it is public for whoever builds a widget of their own: members may be added, none renamed or removed.
//!
//! An answer is small whatever people wrote: long texts are cut at a word and lead to the whole review. Reviews that were
//! restricted or erased are left out of the few that a widget shows; they keep their place in the shop's list.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::context::Context;
use crate::db::{self, Connection};
use crate::kernel::id::{ReviewId, ShopId};
use crate::kernel::locale::Language;
use crate::kernel::page::PageLimit;
use crate::kernel::time::UtcDay;
use crate::links::Links;
use crate::look::words as say;
use crate::merchants::{Shop, ShopStatus};
use crate::profiles::{self, score::Score};
use crate::reviews::{self, PublicEntry, PublicReview};

use super::asked::Asked;
use super::words::{StreamWords, Words};

/// Reviews shown at most.
const REVIEWS: usize = 12;
/// Entries read for them, tombstones included.
const ENTRIES: &str = "36";
/// Bytes of a title, a text and a reply shown at most: twelve of each stay under eight kilobytes compressed.
const TITLE: usize = 90;
const TEXT: usize = 330;
const REPLY: usize = 150;

/// `GET /w/{shop}/summary.json` and, with reviews, `GET /w/{shop}/reviews.json`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Data {
    /// Whom it is about.
    pub(crate) shop: ShopFacts,
    /// `null`: about the shop itself.
    pub(crate) product: Option<ProductFacts>,
    /// The page for people about it: the product's where it has reviews, else the shop's.
    pub(crate) url: String,
    /// Language of the words.
    pub(crate) locale: Language,
    /// The UTC day it speaks of.
    pub(crate) as_of: UtcDay,
    /// 0 with no review.
    pub(crate) score: f64,
    /// In halves; 0 with no review.
    pub(crate) stars: f64,
    /// Published reviews behind the score.
    pub(crate) review_count: i64,
    /// How many by stars.
    pub(crate) tally: BTreeMap<i64, i64>,
    /// Whether and how the reviews were verified.
    pub(crate) verification: Verification,
    /// Everything it says.
    pub(crate) words: Words,
    /// What the reviews below are narrowed to; `null`: nothing.
    pub(crate) filter: Option<FilterFacts>,
    /// The latest, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reviews: Option<Vec<Said>>,
}

/// The shop.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ShopFacts {
    /// `shp_...`
    pub(crate) id: ShopId,
    /// As it stands in addresses.
    pub(crate) domain: String,
    /// As the merchant wrote it.
    pub(crate) name: String,
    /// Whether it still takes part.
    pub(crate) status: ShopStatus,
    /// Its page for people.
    pub(crate) url: String,
}

/// The product.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ProductFacts {
    /// The shop's own.
    pub(crate) sku: String,
    /// As last ordered and reviewed; `null` where nobody reviewed it.
    pub(crate) name: Option<String>,
}

/// Directive 2005/29/EC, article 7(6), asks for this wherever reviews are shown.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Verification {
    /// Only reviews written with the link of an invitation are published.
    pub(crate) only_certified: bool,
    /// Where people read how.
    pub(crate) policy_url: String,
}

/// What a list is narrowed to.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FilterFacts {
    /// Only these; empty for all.
    pub(crate) stars: Vec<i64>,
    /// Only this language.
    pub(crate) language: Option<String>,
}

/// A review as a widget shows it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Said {
    /// `rev_...`
    pub(crate) id: ReviewId,
    /// The whole of it, and what was checked.
    pub(crate) url: String,
    /// 1 to 5.
    pub(crate) stars: i64,
    /// The stars in words.
    pub(crate) rating: String,
    /// May be empty.
    pub(crate) title: String,
    /// May be empty.
    pub(crate) text: String,
    /// Whether title, text or reply go on at `url`.
    pub(crate) cut: bool,
    /// The author's name, or what stands for one.
    pub(crate) author: String,
    /// Language of the text.
    pub(crate) language: String,
    /// Day of first publication, UTC.
    pub(crate) published_on: UtcDay,
    /// The same in words.
    pub(crate) date: String,
    /// The product it is about.
    pub(crate) product: Option<String>,
    /// The shop's standing reply.
    pub(crate) reply: Option<String>,
}

/// Reads what was asked for; the reviews only where they are shown.
///
/// # Errors
/// The database's.
pub(crate) fn read(
    conn: &mut Connection,
    ctx: &Context,
    shop: &Shop,
    asked: &Asked,
    with_reviews: bool,
) -> db::Result<Data> {
    let language = asked.language.unwrap_or_else(|| shop.locale.language());
    let (score, histogram) = profiles::rating(conn, shop.id, asked.sku.as_deref().unwrap_or_default())?;
    let listed = if with_reviews { Some(latest(conn, shop, asked)?) } else { None };
    let product = match &asked.sku {
        Some(sku) => {
            Some(ProductFacts { sku: sku.to_string(), name: product_name(conn, shop, asked, listed.as_deref())? })
        }
        None => None,
    };
    let links = ctx.links();
    let url = links.profile(&shop.domain);
    let page = product.as_ref().filter(|product| product.name.is_some());
    let page = page.map_or_else(|| url.clone(), |product| links.product(&shop.domain, &product.sku));
    let name = product.as_ref().and_then(|product| product.name.clone()).unwrap_or_else(|| shop.name.clone());
    let about = About { shop, name, language, as_of: ctx.now().day(), score };
    let mut words = Words::of(&about);
    words.stream = with_reviews.then(|| StreamWords::of(&about, asked));
    let Score { shown, stars, count, .. } = score;
    Ok(Data {
        product,
        url: page,
        locale: language,
        as_of: about.as_of,
        score: shown,
        stars,
        review_count: count,
        tally: (1..).zip(histogram).collect(),
        verification: Verification { only_certified: true, policy_url: format!("{url}#how") },
        words,
        filter: filter(asked),
        reviews: listed.map(|listed| listed.iter().map(|review| said(review, language, links)).collect()),
        shop: ShopFacts {
            id: shop.id,
            domain: shop.domain.to_string(),
            name: shop.name.clone(),
            status: shop.status,
            url,
        },
    })
}

/// What the words are about.
pub(crate) struct About<'a> {
    /// The shop.
    pub(crate) shop: &'a Shop,
    /// Its name, or its product's.
    pub(crate) name: String,
    /// The language to speak.
    pub(crate) language: Language,
    /// The day spoken of.
    pub(crate) as_of: UtcDay,
    /// The score.
    pub(crate) score: Score,
}

fn filter(asked: &Asked) -> Option<FilterFacts> {
    let narrowed = !asked.stars.is_empty() || asked.spoken.is_some();
    narrowed.then(|| FilterFacts { stars: asked.stars.to_vec(), language: asked.spoken.as_deref().map(str::to_owned) })
}

fn latest(conn: &mut Connection, shop: &Shop, asked: &Asked) -> db::Result<Vec<PublicReview>> {
    let mut query = asked.list();
    query.limit = PageLimit::parse(ENTRIES).unwrap_or_default();
    let entries = reviews::list(conn, shop.id, &query)?.entries.into_iter();
    let published = entries.filter_map(|entry| match entry {
        PublicEntry::Review(review) => Some(*review),
        PublicEntry::Tombstone(_) => None,
    });
    Ok(published.take(REVIEWS).collect())
}

/// The name under which the product was last ordered and reviewed, whatever the list is narrowed to.
fn product_name(
    conn: &mut Connection,
    shop: &Shop,
    asked: &Asked,
    listed: Option<&[PublicReview]>,
) -> db::Result<Option<String>> {
    let named = |all: &[PublicReview]| all.iter().find_map(|review| review.product.as_ref()?.name.clone());
    match listed.and_then(named) {
        Some(name) => Ok(Some(name)),
        None => Ok(named(&latest(conn, shop, &asked.clone().unfiltered())?)),
    }
}

fn said(review: &PublicReview, language: Language, links: &Links) -> Said {
    let glossary = say::of(language);
    let (title, title_cut) = cut(&review.title, TITLE);
    let (text, text_cut) = cut(&review.text, TEXT);
    let reply = review.reply.as_ref().and_then(|reply| reply.text.as_deref()).map(|reply| cut(reply, REPLY));
    let author = review.author.clone().unwrap_or_else(|| glossary.review.a_customer.to_owned());
    let stars = say::fill(glossary.common.out_of_five, &[("n", &review.stars.to_string())]);
    Said {
        id: review.id,
        url: links.review(review.id),
        stars: review.stars,
        rating: format!("{stars}, {}", say::experience(language, review.stars)),
        title,
        text,
        cut: title_cut || text_cut || reply.as_ref().is_some_and(|(_, cut)| *cut),
        author,
        language: review.language.clone(),
        published_on: review.published_at.day(),
        date: say::date(language, &review.published_at.day().to_string()).unwrap_or_default(),
        product: review.product.as_ref().map(|product| product.name.clone().unwrap_or_else(|| product.sku.clone())),
        reply: reply.map(|(text, _)| text),
    }
}

/// At most so many bytes of a text, cut after a word where there is one in the last third; and whether it was cut.
fn cut(text: &str, most: usize) -> (String, bool) {
    let text = text.trim();
    if text.len() <= most {
        return (text.to_owned(), false);
    }
    let end = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let kept = text.get(..end).unwrap_or_default();
    let word = kept.rfind(char::is_whitespace).filter(|at| *at > most - most / 3);
    let kept = word.and_then(|at| kept.get(..at)).unwrap_or(kept);
    (format!("{}…", kept.trim_end_matches(|c: char| c.is_whitespace() || ",;:.".contains(c))), true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_after_a_word() {
        assert_eq!(cut(" Bella. ", 20), ("Bella.".to_owned(), false));
        assert_eq!(cut("Il pacco era chiuso bene, davvero", 26), ("Il pacco era chiuso bene…".to_owned(), true));
        let (kept, was) = cut(&"日本".repeat(200), TEXT);
        assert!(was && kept.len() <= TEXT + 3 && kept.ends_with('…'), "{kept}");
        let (kept, _) = cut(&"x".repeat(9_000), TEXT);
        assert_eq!(kept.chars().count(), TEXT + 1);
    }
}
