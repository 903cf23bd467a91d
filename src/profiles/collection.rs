//! Collection numbers: what became of every order. The denominator behind the reviews, which nobody else publishes.
//!
//! Counting a shop's orders costs as much as the shop has orders, so it is never done on a read. Whoever moves an order
//! notes its shop; [`tick`] puts the noted shops into the queue, [`CountJob`] counts each and, where a number changed,
//! writes the row and raises the shop's public version. So the numbers are less than a minute old, whatever happens in
//! between: a count that dies is taken up again, one that was overtaken is dropped. `as_of` is when these numbers were
//! first counted; they hold since then.

use std::collections::BTreeMap;

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::db::{self, Connection};
use crate::jobs::{self, Claim, Job, Outcome, Ran, Subject};
use crate::kernel::id::ShopId;
use crate::kernel::time::{SECOND, Timestamp};
use crate::{invitations, merchants, orders, reviews};

use super::store;

/// Queue kind of counting a shop's orders; its subject is the shop.
pub(crate) const COUNT: &str = "count_collection";

/// When [`tick`] should run: every ten seconds.
pub(crate) const TICK: &str = "*/10 * * * * *";

/// How long after it was noted a shop is counted, so that transactions then open have ended.
const SETTLE_MS: i64 = 5 * SECOND;

/// How every order of a shop ended so far. `orders` is the sum of waiting, scheduled, held, sent, reviewed, skipped and
/// failed. Test orders are in none of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Numbers {
    /// Orders received.
    pub(crate) orders: i64,
    /// Of these, orders whose customer could be asked.
    pub(crate) eligible: i64,
    /// Of these, orders whose customer was asked.
    pub(crate) invited: i64,
    /// Not shipped yet, or not far enough to ask.
    pub(crate) waiting: i64,
    /// To be asked at a set time.
    pub(crate) scheduled: i64,
    /// Would be asked, but the shop or the instance is in the way.
    pub(crate) held: i64,
    /// Asked, without a review so far.
    pub(crate) sent: i64,
    /// Asked, and reviewed.
    pub(crate) reviewed: i64,
    /// Not to be asked, by closed reason code.
    pub(crate) skipped: BTreeMap<String, i64>,
    /// The mail did not arrive, by closed reason code.
    pub(crate) failed: BTreeMap<String, i64>,
    /// Invitations that the shop cancelled.
    pub(crate) cancelled_by_shop: i64,
    /// How often the shop postponed an invitation.
    pub(crate) postponed: i64,
    /// Invitations that the shop had sent before their time.
    pub(crate) hastened: i64,
    /// Reviews restricted by the operator now, by closed reason code.
    pub(crate) restricted: BTreeMap<String, i64>,
    /// Reviews erased by their authors.
    pub(crate) erased_by_author: i64,
    /// Products with a published review.
    pub(crate) products_reviewed: i64,
    /// Published reviews of products.
    pub(crate) product_reviews: i64,
    /// Products with the most published reviews, most first.
    pub(crate) top_products: Vec<TopProduct>,
}

/// A product among those with the most reviews.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TopProduct {
    /// The shop's own.
    pub(crate) sku: String,
    /// As last ordered and reviewed, else the SKU.
    pub(crate) name: String,
}

/// Products kept as those with the most reviews.
pub(crate) const TOP: i64 = 6;

/// The numbers, and since when they hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Collection {
    /// When they were counted first.
    pub(crate) as_of: Timestamp,
    /// The numbers.
    pub(crate) numbers: Numbers,
}

/// Has the shops counted whose orders or reviews moved. Returns how many.
///
/// # Errors
/// The database's; the next tick tries again.
pub(crate) async fn tick(ctx: &Context) -> db::Result<usize> {
    if !ctx.db().read(orders::any_dirty).await? {
        return Ok(0);
    }
    let due = ctx.now().plus_ms(SETTLE_MS);
    ctx.db()
        .write(move |tx| {
            let shops = orders::take_dirty(tx)?;
            for shop in &shops {
                // One that runs now has counted too early: it loses its claim and is run again.
                jobs::enqueue(tx, COUNT, Subject::from(*shop), due)?;
            }
            Ok(shops.len())
        })
        .await
}

/// Counts one shop.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CountJob;

impl Job for CountJob {
    fn kind(&self) -> &'static str {
        COUNT
    }

    fn run<'a>(&'a self, ctx: &'a Context, claim: &'a Claim) -> BoxFuture<'a, Ran> {
        Box::pin(async move {
            match run(ctx, claim).await {
                Ok(()) | Err(db::Error::LeaseLost) => Ran::Finished,
                Err(error) => Ran::Report(Outcome::Retry(error.to_string())),
            }
        })
    }
}

/// Counts outside any write, so that nobody waits for it; stores inside one, if the claim still stands.
async fn run(ctx: &Context, claim: &Claim) -> db::Result<()> {
    let shop: ShopId = claim.subject.id();
    let now = ctx.now();
    let numbers = ctx.db().read(move |conn| count(conn, shop)).await?;
    let claim = claim.clone();
    ctx.db()
        .write(move |tx| {
            if store::collection(tx, shop)?.is_none_or(|known| known.numbers != numbers) {
                store::save_collection(tx, shop, &Collection { as_of: now, numbers })?;
                merchants::bump_public(tx, shop)?;
            }
            claim.finish(tx, &Outcome::Done)
        })
        .await
}

/// The numbers of a shop in one moment of the data.
///
/// # Errors
/// The database's.
pub(crate) fn count(conn: &mut Connection, shop: ShopId) -> db::Result<Numbers> {
    let mut numbers = Numbers::default();
    for row in orders::census(conn, shop)? {
        numbers.add(&row);
    }
    let hands = invitations::hand_counts(conn, shop)?;
    numbers.cancelled_by_shop = hands.cancelled;
    numbers.postponed = hands.postponed;
    numbers.hastened = hands.hastened;
    let hidden = reviews::hidden(conn, shop)?;
    numbers.restricted = hidden.restricted.iter().map(|(reason, n)| (reason.as_str().to_owned(), *n)).collect();
    numbers.erased_by_author = hidden.erased;
    let products = reviews::products(conn, shop)?;
    numbers.products_reviewed = products.products;
    numbers.product_reviews = products.reviews;
    for sku in reviews::top_products(conn, shop, TOP)? {
        let name = reviews::product_name(conn, shop, &sku)?.unwrap_or_else(|| sku.clone());
        numbers.top_products.push(TopProduct { sku, name });
    }
    Ok(numbers)
}

impl Numbers {
    fn add(&mut self, row: &orders::Census) {
        self.orders += row.orders;
        self.eligible += row.eligible;
        self.invited += row.invited;
        let reason = || row.reason.clone().unwrap_or_default();
        match row.state.as_str() {
            "waiting" => self.waiting += row.orders,
            "scheduled" => self.scheduled += row.orders,
            "held" => self.held += row.orders,
            "sent" => self.sent += row.orders,
            "reviewed" => self.reviewed += row.orders,
            "failed" => *self.failed.entry(reason()).or_default() += row.orders,
            _ => *self.skipped.entry(reason()).or_default() += row.orders,
        }
    }

    /// All orders, by where they stand: what [`Numbers::orders`] must equal.
    #[cfg(test)]
    pub(crate) fn accounted_for(&self) -> i64 {
        let places = [self.waiting, self.scheduled, self.held, self.sent, self.reviewed];
        places.iter().chain(self.skipped.values()).chain(self.failed.values()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_order_is_accounted_for(rows in proptest::collection::vec((0..orders::state::WORDS.len(), 0..orders::Reason::ALL.len(), 0_i64..1_000), 0..60)) {
            let mut numbers = Numbers::default();
            for (state, reason, n) in rows {
                let word = orders::state::WORDS[state];
                let reason = ["waiting", "held", "skipped", "failed"].contains(&word).then(|| orders::Reason::ALL[reason].code().to_owned());
                numbers.add(&orders::Census { state: word.to_owned(), reason, orders: n, eligible: n / 2, invited: n / 3 });
            }
            prop_assert_eq!(numbers.orders, numbers.accounted_for());
            prop_assert!(numbers.invited <= numbers.eligible && numbers.eligible <= numbers.orders);
        }

        #[test]
        fn numbers_come_back_from_their_row(orders in 0_i64..9, held in 0_i64..9) {
            let numbers = Numbers { orders, held, skipped: [("no_email".to_owned(), 3)].into(), ..Numbers::default() };
            let text = serde_json::to_string(&numbers).unwrap();
            prop_assert_eq!(serde_json::from_str::<Numbers>(&text).unwrap(), numbers);
        }
    }

    #[test]
    fn numbers_of_an_older_version_are_read() {
        let numbers: Numbers = serde_json::from_str(r#"{"orders":3,"left_out":1}"#).unwrap();
        assert_eq!(numbers, Numbers { orders: 3, ..Numbers::default() });
    }
}
