//! The scores of many products in one call: what a page that lists products needs. One query, whatever is asked.

pub(crate) mod api;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::db::{self, Connection};
use crate::kernel::id::ShopId;
use crate::reviews;

use super::score::{Day, score};

/// Products of one call at most.
pub(crate) const MOST: usize = 100;

/// One product's score.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Rating {
    /// As it was asked for.
    pub(crate) sku: String,
    /// 0 with no review.
    pub(crate) score: f64,
    /// 0 with no review.
    pub(crate) stars: f64,
    /// 0 also for a product that nobody knows.
    pub(crate) review_count: i64,
}

/// The ratings of these products, in the order asked, each once.
///
/// # Errors
/// The database's.
pub(crate) fn ratings(conn: &mut Connection, shop: ShopId, skus: &[String]) -> db::Result<Vec<Rating>> {
    let mut days: BTreeMap<&str, Vec<Day>> = BTreeMap::new();
    let rows = reviews::tally_of_products(conn, shop, skus)?;
    for row in &rows {
        days.entry(&row.sku).or_default().push(Day { day: row.day, counts: row.counts });
    }
    let mut ratings: Vec<Rating> = Vec::with_capacity(skus.len());
    for sku in skus {
        if ratings.iter().any(|known| known.sku == *sku) {
            continue;
        }
        let of = score(days.get(sku.as_str()).map_or(&[], Vec::as_slice));
        ratings.push(Rating { sku: sku.clone(), score: of.shown, stars: of.stars, review_count: of.count });
    }
    Ok(ratings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reviews::house::{House, said_of};

    #[test]
    fn each_product_once_in_the_order_asked_and_unknown_ones_too() {
        let house = House::new();
        let shop = house.shop();
        for stars in [5, 1] {
            house.submit(&house.customer(&shop), &said_of("TEA-1", stars));
        }
        house.submit(&house.customer(&shop), &said_of("CUP", 4));
        let asked = ["nothing", "CUP", "TEA-1", "CUP"].map(str::to_owned);
        let found = house.read(|conn| ratings(conn, shop.id, &asked));
        let short: Vec<_> = found.iter().map(|one| (one.sku.as_str(), one.review_count, one.score)).collect();
        // (7 * 3.5 + 4) / 8 and (7 * 3.5 + 6) / 9, by the published formula.
        assert_eq!(short, [("nothing", 0, 0.0), ("CUP", 1, 3.6), ("TEA-1", 2, 3.4)]);
    }
}
