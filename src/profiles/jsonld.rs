//! The profile and the products' pages for search engines: schema.org as JSON-LD, in the page and nowhere else. The same numbers as the page;
//! without a review there is no rating at all. Safe inside a script element whatever people wrote.

use serde_json::{Value, json};

use crate::links::Links;
use crate::merchants::Shop;
use crate::reviews::{Listing, PublicEntry, PublicReview};

use super::build::{ProductPageSight, Sight};
use super::score::{Score, score};
use super::visit::Visit;

/// The text of the script element of a shop's page.
pub(super) fn profile(shop: &Shop, visit: &Visit, sight: &Sight, links: &Links) -> String {
    let id = links.profile(&shop.domain);
    let figures = &sight.figures;
    let mut store = json!({
        "@context": "https://schema.org",
        "@type": "OnlineStore",
        "@id": format!("{id}#shop"),
        "name": shop.name,
        "url": format!("https://{}", shop.domain),
        "mainEntityOfPage": id,
    });
    // Reviews of a product, looked at on this page, say nothing of the shop.
    let list = visit.sku().is_none().then_some(&sight.list);
    rate(&mut store, figures.score, list, links);
    harmless(&store.to_string())
}

/// The text of the script element of a product's page.
pub(super) fn product(shop: &Shop, sku: &str, sight: &ProductPageSight, links: &Links) -> String {
    let id = links.product(&shop.domain, sku);
    let mut product = json!({
        "@context": "https://schema.org",
        "@type": "Product",
        "@id": format!("{id}#product"),
        "name": sight.name,
        "sku": sku,
        "mainEntityOfPage": id,
    });
    rate(&mut product, score(&sight.days), Some(&sight.list), links);
    harmless(&product.to_string())
}

/// Adds rating and reviews to what they are of; nothing where there is none.
fn rate(of: &mut Value, score: Score, list: Option<&Listing>, links: &Links) {
    let Some(members) = of.as_object_mut() else { return };
    if score.count > 0 {
        members.insert("aggregateRating".to_owned(), rating(score));
    }
    let reviews: Vec<Value> =
        list.iter().flat_map(|list| &list.entries).filter_map(|entry| review(entry, links)).collect();
    if !reviews.is_empty() {
        members.insert("review".to_owned(), Value::Array(reviews));
    }
}

fn rating(score: Score) -> Value {
    json!({
        "@type": "AggregateRating",
        "ratingValue": score.shown,
        "reviewCount": score.count,
        "bestRating": 5,
        "worstRating": 1,
    })
}

fn review(entry: &PublicEntry, links: &Links) -> Option<Value> {
    let PublicEntry::Review(review) = entry else { return None };
    let PublicReview { id, stars, title, text, author, language, published_at, .. } = &**review;
    let mut value = json!({
        "@type": "Review",
        "url": links.review(id),
        "author": { "@type": "Person", "name": author.as_deref().unwrap_or("Anonymous") },
        "datePublished": published_at.day(),
        "inLanguage": language,
        "reviewRating": { "@type": "Rating", "ratingValue": stars, "bestRating": 5, "worstRating": 1 },
    });
    let members = value.as_object_mut()?;
    for (name, words) in [("name", title), ("reviewBody", text)] {
        if !words.is_empty() {
            members.insert(name.to_owned(), words.clone().into());
        }
    }
    Some(value)
}

/// JSON that cannot end its element, open a comment in it or break a line of script.
fn harmless(json: &str) -> String {
    let mut safe = String::with_capacity(json.len() + json.len() / 8);
    for c in json.chars() {
        match c {
            '<' => safe.push_str("\\u003c"),
            '>' => safe.push_str("\\u003e"),
            '&' => safe.push_str("\\u0026"),
            '\u{2028}' => safe.push_str("\\u2028"),
            '\u{2029}' => safe.push_str("\\u2029"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_element() {
        let hostile = "</script><script>alert(1)</script><!-- & \u{2028}";
        let safe = harmless(&json!({ "name": hostile }).to_string());
        assert!(!safe.contains(['<', '>', '&', '\u{2028}']));
        let back: Value = serde_json::from_str(&safe).unwrap();
        assert_eq!(back["name"], hostile);
    }
}
