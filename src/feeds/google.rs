//! A shop's product reviews as Google's product review feed, version 2.4: always all of them, since what is missing counts
//! as deleted.
//!
//! Only what is known is said. A review without words has no place in it. `post_fulfillment` stands where the order's
//! events say that everything was shipped before the review came; the reviewer's name where the author gave one, else
//! anonymous; a GTIN where its check digit is right. Nothing in it leads to an order or a person.

use std::fmt::Write as _;

use crate::db::{self, Connection};
use crate::kernel::id::OrderId;
use crate::links::Links;
use crate::merchants::Shop;
use crate::orders::{self, Facts, Item};
use crate::reviews::walk::{self, OfProduct, ProductReview};

use super::stream::Source;
use super::xml::{close, element, escaped, open};

/// Reviews read at once.
const BATCH: i64 = 200;
const SCHEMA: &str = "http://www.google.com/shopping/reviews/schema/product/2.4/product_reviews.xsd";

/// A feed under way.
pub(super) struct Google {
    shop: Shop,
    links: Links,
    batch: i64,
    /// Whether a review was written: the list of none is left out.
    any: bool,
    stage: Stage,
}

enum Stage {
    Begin,
    After(Option<OfProduct>),
    End,
}

impl Google {
    pub(super) fn new(shop: Shop, links: Links) -> Self {
        Self { shop, links, batch: BATCH, any: false, stage: Stage::Begin }
    }

    /// The same in other batches.
    #[cfg(test)]
    pub(super) fn in_batches(self, batch: i64) -> Self {
        Self { batch, ..self }
    }
}

impl Source for Google {
    fn next(&mut self, conn: &mut Connection) -> db::Result<Option<Vec<u8>>> {
        let after = match std::mem::replace(&mut self.stage, Stage::End) {
            Stage::Begin => {
                self.stage = Stage::After(None);
                return Ok(Some(head(&self.shop.name).into_bytes()));
            }
            Stage::After(after) => after,
            Stage::End => return Ok(None),
        };
        let (mut batch, last) = walk::of_products(conn, self.shop.id, after.as_ref(), self.batch)?;
        let Some(last) = last else { return Ok(Some(tail(self.any).into_bytes())) };
        self.stage = Stage::After(Some(last));
        batch.retain(|review| !review.text.trim().is_empty());
        let orders: Vec<OrderId> = batch.iter().map(|review| review.order).collect();
        let facts = if orders.is_empty() { Vec::new() } else { orders::facts_of(conn, self.shop.id, &orders)? };
        let mut out = String::with_capacity(batch.len() * 1024);
        for review in &batch {
            if !self.any {
                open(&mut out, "reviews");
                out.push('\n');
                self.any = true;
            }
            let of = facts.iter().find(|(order, _)| *order == review.order).map(|(_, facts)| facts);
            write(&mut out, review, of, &self.links.review(review.id));
        }
        Ok(Some(out.into_bytes()))
    }
}

fn head(shop: &str) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    open(
        &mut out,
        &format!(
            "feed xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:noNamespaceSchemaLocation=\"{SCHEMA}\""
        ),
    );
    element(&mut out, "version", "2.4");
    out.push_str("<aggregator><name>Attesta</name></aggregator>");
    open(&mut out, "publisher");
    element(&mut out, "name", shop);
    close(&mut out, "publisher");
    out.push('\n');
    out
}

fn tail(any: bool) -> String {
    let mut out = String::new();
    if any {
        close(&mut out, "reviews");
        out.push('\n');
    }
    close(&mut out, "feed");
    out.push('\n');
    out
}

fn write(out: &mut String, review: &ProductReview, facts: Option<&Facts>, url: &str) {
    let item = facts.and_then(|facts| facts.items.iter().find(|item| item.sku.as_deref() == Some(&review.sku)));
    open(out, "review");
    element(out, "review_id", &review.id.to_string());
    open(out, "reviewer");
    if review.author.trim().is_empty() {
        element(out, "name is_anonymous=\"true\"", "Anonymous");
    } else {
        element(out, "name", &review.author);
    }
    close(out, "reviewer");
    element(out, "is_verified_purchase", "true");
    element(out, "review_timestamp", &review.published_at.to_string());
    given(out, "title", Some(&review.title));
    element(out, "content", &review.text);
    if review.language.len() == 2 {
        element(out, "review_language", &review.language);
    }
    element(out, "review_url type=\"singleton\"", url);
    // Writing to a String cannot fail.
    let _ = write!(out, "<ratings><overall min=\"1\" max=\"5\">{}</overall></ratings>", review.stars.value());
    product(out, review, item, url);
    if facts.is_some_and(|facts| was_shipped_before(facts, review)) {
        element(out, "collection_method", "post_fulfillment");
    }
    close(out, "review");
    out.push('\n');
}

fn was_shipped_before(facts: &Facts, review: &ProductReview) -> bool {
    [facts.fulfilled_at, facts.delivered_at].into_iter().flatten().any(|at| at <= review.published_at)
}

fn product(out: &mut String, review: &ProductReview, item: Option<&Item>, url: &str) {
    let of = |read: fn(&Item) -> Option<&String>| item.and_then(read).map(String::as_str);
    out.push_str("<products><product><product_ids>");
    let gtin = of(|item| item.gtin.as_ref()).map(digits).filter(|gtin| is_gtin(gtin));
    for (list, one, value) in [
        ("gtins", "gtin", gtin.as_deref()),
        ("mpns", "mpn", of(|item| item.mpn.as_ref())),
        ("skus", "sku", Some(review.sku.as_str())),
        ("brands", "brand", of(|item| item.brand.as_ref())),
    ] {
        if value.is_some_and(|value| !value.trim().is_empty()) {
            open(out, list);
            given(out, one, value);
            close(out, list);
        }
    }
    out.push_str("</product_ids>");
    given(out, "product_name", of(|item| item.name.as_ref()).or(review.name.as_deref()));
    let own = of(|item| item.url.as_ref()).and_then(address);
    element(out, "product_url", own.as_deref().unwrap_or(url));
    out.push_str("</product></products>");
}

/// An element that may not be empty, where there is something for it.
fn given(out: &mut String, name: &str, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !escaped(text).trim().is_empty()) {
        element(out, name, text);
    }
}

/// An address as every reader of addresses takes it; a host without a dot is none that Google could visit.
fn address(text: &str) -> Option<String> {
    let url = reqwest::Url::parse(text).ok()?;
    url.host_str().is_some_and(|host| host.contains('.')).then(|| url.to_string())
}

fn digits(text: &str) -> String {
    text.chars().filter(|letter| !matches!(letter, ' ' | '-')).collect()
}

/// 8, 12, 13 or 14 digits, the last of which checks the others.
fn is_gtin(text: &str) -> bool {
    if !matches!(text.len(), 8 | 12 | 13 | 14) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let weighted = text.bytes().rev().zip([1_u32, 3].into_iter().cycle());
    weighted.map(|(digit, weight)| u32::from(digit - b'0') * weight).sum::<u32>().is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gtin_checks_itself() {
        for good in ["8001090207449", "8006363018432", "4006381333931", "96385074", "036000291452", "10614141000415"] {
            assert!(is_gtin(good), "{good}");
        }
        for bad in ["8001090207440", "", "123", "80010902074491", "800109020744x", "８００１０９０２０７４４９"]
        {
            assert!(!is_gtin(bad), "{bad}");
        }
        assert_eq!(digits("800-1090 207449"), "8001090207449");
    }

    #[test]
    fn addresses_are_whole_or_left_out() {
        assert_eq!(address("https://shop.example/tè?a=<b>").as_deref(), Some("https://shop.example/t%C3%A8?a=%3Cb%3E"));
        for bad in ["https://localhost/p", "nonsense", "https://"] {
            assert_eq!(address(bad), None, "{bad}");
        }
    }
}
