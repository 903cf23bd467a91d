//! Product reviews in the other API's shape: lists, and numbers by SKU.

use serde::{Deserialize, Serialize};

use super::answer::{Counts, Link};
use super::ids::short;
use super::reviews::{Consumer, consumer};
use crate::db::{self, Connection};
use crate::kernel::id::ShopId;
use crate::kernel::time::Timestamp;
use crate::links::Links;
use crate::merchants::Shop;
use crate::problem::{Code, Problem};
use crate::profiles::{days, score};
use crate::reviews::PublicReview;

/// Most products asked for at once.
pub(super) const SKUS_MOST: usize = 100;

/// `product-reviews/business-units/{id}?sku=`: several SKUs count as one product.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Summary {
    links: Vec<Link>,
    business_unit_id: String,
    number_of_reviews: Counts,
    stars_average: f64,
}

/// `batch-summaries`.
#[derive(Debug, Serialize)]
pub(super) struct Summaries {
    links: Vec<Link>,
    summaries: Vec<OfSku>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct OfSku {
    sku: String,
    number_of_reviews: Counts,
    stars_average: f64,
}

/// What a batch asks for.
#[derive(Debug, Deserialize)]
pub(super) struct Batch {
    /// The shop's own.
    pub(super) skus: Vec<String>,
}

/// SKUs that a database can be asked for, and not too many.
pub(super) fn readable(skus: Vec<String>) -> Result<Vec<String>, Problem> {
    let refused = |detail: String| Problem::new(Code::InvalidField, detail).with("parameter", "sku");
    if skus.len() > SKUS_MOST {
        return Err(refused(format!("At most {SKUS_MOST} products are counted at once.")));
    }
    if skus.iter().any(|sku| sku.is_empty() || sku.contains('\0')) {
        return Err(refused("A SKU is a text of 1 to 100 characters.".to_owned()));
    }
    Ok(skus)
}

fn counts(conn: &mut Connection, shop: ShopId, sku: &str) -> db::Result<[i64; 5]> {
    Ok(score::histogram(&days(conn, shop, sku)?))
}

/// The mean of the stars, to two decimals; 0 with no review.
fn average(histogram: [i64; 5]) -> f64 {
    let (n, points) =
        (1..).zip(histogram).fold((0, 0), |(n, points), (stars, count)| (n + count, points + stars * count));
    // Hundredths, rounded half up: whole numbers, so that every machine shows the same.
    let hundredths = if n == 0 { 0 } else { (200 * points + n) / (2 * n) };
    f64::from(i32::try_from(hundredths).unwrap_or(0)) / 100.0
}

/// The numbers of some products together.
pub(super) fn summary(conn: &mut Connection, shop: &Shop, skus: &[String], links: &Links) -> db::Result<Summary> {
    let mut all = [0; 5];
    for sku in skus {
        for (sum, n) in all.iter_mut().zip(counts(conn, shop.id, sku)?) {
            *sum += n;
        }
    }
    let id = short(&shop.id);
    Ok(Summary {
        links: vec![Link::get("business-unit", links.compat_unit(&id))],
        business_unit_id: id,
        number_of_reviews: all.into(),
        stars_average: average(all),
    })
}

/// The numbers of each product, in the order asked for.
pub(super) fn summaries(conn: &mut Connection, shop: &Shop, skus: Vec<String>, links: &Links) -> db::Result<Summaries> {
    let one = |sku: String| {
        let counted = counts(conn, shop.id, &sku)?;
        Ok(OfSku { sku, number_of_reviews: counted.into(), stars_average: average(counted) })
    };
    let summaries = skus.into_iter().map(one).collect::<db::Result<Vec<_>>>()?;
    Ok(Summaries { links: vec![Link::get("business-unit", links.compat_unit(short(&shop.id)))], summaries })
}

/// `product-reviews/business-units/{id}/reviews`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reviews {
    links: Vec<Link>,
    product_reviews: Vec<Review>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Review {
    id: String,
    created_at: Timestamp,
    stars: i64,
    content: String,
    language: String,
    consumer: Consumer,
    product: Option<Product>,
    attribute_ratings: [String; 0],
    attachments: [String; 0],
    first_company_comment: Option<CompanyComment>,
}

#[derive(Debug, Serialize)]
struct Product {
    sku: String,
    name: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CompanyComment {
    comment: String,
    created_at: Timestamp,
}

/// A page of a product's reviews.
pub(super) fn reviews(all: Vec<PublicReview>, shop: &Shop, links: &Links) -> Reviews {
    let unit = Link::get("business-unit", links.compat_unit(short(&shop.id)));
    Reviews { links: vec![unit], product_reviews: all.into_iter().map(|one| review(one, shop)).collect() }
}

fn review(review: PublicReview, shop: &Shop) -> Review {
    let reply = review.reply.as_ref();
    let comment =
        reply.and_then(|reply| Some(CompanyComment { comment: reply.text.clone()?, created_at: reply.created_at }));
    Review {
        id: short(&review.id),
        consumer: consumer(&review, shop),
        created_at: review.published_at,
        stars: review.stars,
        content: review.text,
        language: review.language,
        product: review.product.map(|product| Product { sku: product.sku, name: product.name }),
        attribute_ratings: [],
        attachments: [],
        first_company_comment: comment,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn averages_are_rounded_half_up() {
        for (histogram, mean) in [
            ([0; 5], 0.0),
            ([0, 0, 0, 0, 1], 5.0),
            ([1, 0, 0, 0, 1], 3.0),
            ([1, 0, 0, 0, 2], 3.67),
            ([0, 0, 0, 7, 1], 4.13),
            ([1, 1, 1, 1, 1], 3.0),
        ] {
            assert!((average(histogram) - mean).abs() < 1e-9, "{histogram:?}");
        }
    }

    #[test]
    fn skus_are_bounded() {
        assert!(readable(vec!["x".to_owned(); SKUS_MOST]).is_ok());
        for odd in [vec!["x".to_owned(); SKUS_MOST + 1], vec![String::new()], vec!["a\0".to_owned()]] {
            assert!(readable(odd).is_err());
        }
    }
}
