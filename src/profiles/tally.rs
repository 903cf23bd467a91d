//! The tally on the wire beyond the stored bytes of the shop's own: of one product, or of all of them, page by page. With
//! these rows anyone recomputes every score that is shown.
//!
//! Made for who asks, from one moment of the data. Products come in the order of the database, whole, so that a page can
//! be summed by itself.

use serde::Serialize;

use crate::db::{self, Connection};
use crate::kernel::id::ShopId;
use crate::kernel::page::{Cursor, PageLimit};
use crate::kernel::time::UtcDay;
use crate::reviews::{self, TallyRow};

use super::build;
use super::score::{self, Day, Score};
use super::wire::{self, Tally, TallyDay};

/// Which products of a shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// This one.
    One(String),
    /// All of them, after this SKU.
    All(String, PageLimit),
}

/// The shop's own tally and a page of its products.
#[derive(Serialize)]
struct Sheet<'a> {
    #[serde(flatten)]
    own: Tally<'a>,
    products: Vec<ProductTally>,
    next: Option<&'a str>,
}

/// The rows of one product. The formula is the shop's.
#[derive(Serialize)]
struct ProductTally {
    sku: String,
    newest_day: Option<UtcDay>,
    score: Score,
    days: Vec<TallyDay>,
}

/// An answer: its bytes, and the cursor of the page after it.
pub(super) struct Answer {
    pub(super) bytes: Vec<u8>,
    pub(super) next: Option<String>,
}

/// Makes the answer.
///
/// # Errors
/// The database's.
pub(super) fn answer(conn: &mut Connection, shop: ShopId, wanted: &Wanted) -> db::Result<Answer> {
    match wanted {
        Wanted::One(sku) => {
            let days = build::days(conn, shop, sku)?;
            Ok(Answer { bytes: build::to_json(&wire::tally(shop, Some(sku), &days))?, next: None })
        }
        Wanted::All(after, limit) => {
            let mut skus = reviews::reviewed_skus(conn, shop, after, limit.probe())?;
            let more = limit.cut(&mut skus);
            let next = skus.last().filter(|_| more).map(Cursor::encode);
            let products = by_product(reviews::tally_of_products(conn, shop, &skus)?);
            let own = build::days(conn, shop, "")?;
            let sheet = Sheet { own: wire::tally(shop, None, &own), products, next: next.as_deref() };
            Ok(Answer { bytes: build::to_json(&sheet)?, next })
        }
    }
}

/// Rows in order of SKU and day, as products.
fn by_product(rows: Vec<TallyRow>) -> Vec<ProductTally> {
    let mut products: Vec<(String, Vec<Day>)> = Vec::new();
    for TallyRow { sku, day, counts } in rows {
        let day = Day { day, counts };
        match products.last_mut() {
            Some((last, days)) if *last == sku => days.push(day),
            _ => products.push((sku, vec![day])),
        }
    }
    let product = |(sku, days): (String, Vec<Day>)| ProductTally {
        sku,
        newest_day: days.last().map(|day| UtcDay::from_number(day.day)),
        score: score::score(&days),
        days: wire::tally_days(&days),
    };
    products.into_iter().map(product).collect()
}
