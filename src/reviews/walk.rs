//! Reading all reviews of a shop or of the instance, batch by batch: what exports, feeds and sitemaps are made of.
//!
//! A batch is one moment of the data; the next begins where it ended, so that memory stays bounded and nothing is read
//! twice or left out, however much is published meanwhile. What everybody may read is decided in `public`, here as
//! everywhere.

use serde::{Deserialize, Serialize};

use crate::db::{self, Connection};
use crate::kernel::id::{OrderId, ReviewId, ShopId};
use crate::kernel::stars::Stars;
use crate::kernel::time::Timestamp;

use super::commitment;
use super::model::{ReplyVersion, Review, Status, Version};
use super::public::{self, PublicEntry};
use super::store;

/// The place of a product's review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OfProduct {
    /// The product.
    pub(crate) sku: String,
    /// First published.
    pub(crate) at: Timestamp,
    /// The review.
    pub(crate) id: ReviewId,
}

/// A published review of a product, with what leads to the order's line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProductReview {
    /// `rev_...`
    pub(crate) id: ReviewId,
    /// The order behind it.
    pub(crate) order: OrderId,
    /// The product.
    pub(crate) sku: String,
    /// Its name when the review was written.
    pub(crate) name: Option<String>,
    /// 1 to 5.
    pub(crate) stars: Stars,
    /// May be empty.
    pub(crate) title: String,
    /// May be empty.
    pub(crate) text: String,
    /// Empty where the author gave no name.
    pub(crate) author: String,
    /// ISO 639-1.
    pub(crate) language: String,
    /// First publication.
    pub(crate) published_at: Timestamp,
}

/// One review of the instance, as far as a list of addresses needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stone {
    /// `rev_...`
    pub(crate) id: ReviewId,
    /// The shop it is about.
    pub(crate) shop: ShopId,
    /// Whether it can be read.
    pub(crate) published: bool,
    /// Its author or the shop last said something.
    pub(crate) changed_at: Timestamp,
}

/// A product with a standing review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reviewed {
    /// Whose.
    pub(crate) shop: ShopId,
    /// Which.
    pub(crate) sku: String,
    /// UTC day on which the newest of them was published, from 1970-01-01.
    pub(crate) day: i64,
}

/// Where a walk over products stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProductPlace(pub(crate) ShopId, pub(crate) String);

/// The next reviews and tombstones of a shop, of whatever, in the order of publication, each with all it said before and
/// the commitment to its words. The place is that of the last one; `None` at the end. A bounded number of queries.
pub(crate) fn entries(
    conn: &mut Connection,
    shop: ShopId,
    after: Option<ReviewId>,
    take: i64,
) -> db::Result<(Vec<PublicEntry>, Option<ReviewId>)> {
    let batch = store::all_after(conn, shop, after, take)?;
    let last = batch.last().map(|review| review.id);
    let salts: Vec<Option<Vec<u8>>> = batch.iter().map(|review| review.salt.clone()).collect();
    let mut entries = public::entries(conn, shop, batch)?;
    add_history(conn, shop, &mut entries)?;
    for (entry, salt) in entries.iter_mut().zip(salts) {
        if let PublicEntry::Review(review) = entry {
            review.commitment = salt.map(|salt| commitment::of_current(review, &salt));
        }
    }
    Ok((entries, last))
}

/// Puts what was said before beside what is said now.
fn add_history(conn: &mut Connection, shop: ShopId, entries: &mut [PublicEntry]) -> db::Result<()> {
    let reviews: Vec<_> = entries
        .iter()
        .filter_map(|entry| match entry {
            PublicEntry::Review(review) => Some(review),
            PublicEntry::Tombstone(_) => None,
        })
        .collect();
    let edited: Vec<ReviewId> = reviews.iter().filter(|review| review.version > 1).map(|review| review.id).collect();
    let replied = reviews.iter().filter(|review| review.reply.as_ref().is_some_and(|reply| reply.version > 1));
    let replied: Vec<ReviewId> = replied.map(|review| review.id).collect();
    let versions = if edited.is_empty() { Vec::new() } else { store::versions_of(conn, shop, &edited)? };
    let of_replies = if replied.is_empty() { Vec::new() } else { store::reply_versions_of(conn, shop, &replied)? };
    for entry in entries {
        if let PublicEntry::Review(review) = entry {
            let own: Vec<Version> = of(&versions, review.id);
            let of_reply: Vec<ReplyVersion> = of(&of_replies, review.id);
            public::tell_history(review, own, of_reply);
        }
    }
    Ok(())
}

fn of<T: Clone>(all: &[(ReviewId, T)], id: ReviewId) -> Vec<T> {
    all.iter().filter(|(review, _)| *review == id).map(|(_, value)| value.clone()).collect()
}

/// The next published reviews of a shop's products, in the order of SKU and publication; the place is that of the last one
/// read, published or not, and `None` at the end.
pub(crate) fn of_products(
    conn: &mut Connection,
    shop: ShopId,
    after: Option<&OfProduct>,
    take: i64,
) -> db::Result<(Vec<ProductReview>, Option<OfProduct>)> {
    let batch = store::of_products_after(conn, shop, after, take)?;
    let last = batch.last().map(|review| OfProduct { sku: review.sku.clone(), at: review.published_at, id: review.id });
    let published = batch.into_iter().filter(|review| review.status == Status::Published);
    Ok((published.map(product_review).collect(), last))
}

fn product_review(review: Review) -> ProductReview {
    let Review { id, order, sku, item: name, stars, title, body: text, author, language, published_at, .. } = review;
    ProductReview { id, order, sku, name, stars, title, text, author, language, published_at }
}

/// The next reviews of the instance, in the order of publication.
pub(crate) fn ids(conn: &mut Connection, after: Option<ReviewId>, take: i64) -> db::Result<Vec<Stone>> {
    store::ids_after(conn, after, take)
}

/// The review that stands `places` after another; `None` where fewer follow.
pub(crate) fn id_beyond(conn: &mut Connection, after: Option<ReviewId>, places: i64) -> db::Result<Option<ReviewId>> {
    store::id_beyond(conn, after, places)
}

/// The next products of the instance with a standing review, in the order of shop and SKU.
pub(crate) fn products(conn: &mut Connection, after: Option<&ProductPlace>, take: i64) -> db::Result<Vec<Reviewed>> {
    let after = after.map(|ProductPlace(shop, sku)| (*shop, sku.clone()));
    store::products_after(conn, after.as_ref(), take)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reviews::house::{House, said, said_of};

    #[test]
    fn batches_join_without_a_gap_or_a_repeat() {
        let house = House::new();
        let shop = house.shop();
        let mut wanted = Vec::new();
        for n in 0..23 {
            wanted.push(house.publish(&house.customer(&shop), 1 + n % 5));
            house.clock.advance(1_000);
        }
        for take in [1, 4, 23, 100] {
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let (batch, last) = house.read(|conn| entries(conn, shop.id, after, take));
                assert!(i64::try_from(batch.len()).unwrap() <= take);
                found.extend(batch.iter().map(PublicEntry::id));
                after = last;
                if last.is_none() {
                    break;
                }
            }
            assert_eq!(found, wanted, "in batches of {take}");
        }
        assert_eq!(house.read(|conn| id_beyond(conn, None, 23)), wanted.last().copied());
        assert_eq!(house.read(|conn| id_beyond(conn, wanted.first().copied(), 2)), Some(wanted[2]));
        assert_eq!(house.read(|conn| id_beyond(conn, None, 24)), None);
    }

    #[test]
    fn products_are_read_in_their_order_and_seeked() {
        let house = House::new();
        let shop = house.shop();
        for sku in ["TEA-1", "CUP", "TEA-1", "CUP", "TEA-1"] {
            house.submit(&house.customer(&shop), &said_of(sku, 4));
            house.clock.advance(1_000);
        }
        house.submit(&house.customer(&shop), &said(5));
        for take in [1, 2, 10] {
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let (batch, last) = house.read(|conn| of_products(conn, shop.id, after.as_ref(), take));
                found.extend(batch.into_iter().map(|review| review.sku));
                if last.is_none() {
                    break;
                }
                after = last;
            }
            assert_eq!(found, ["CUP", "CUP", "TEA-1", "TEA-1", "TEA-1"], "in batches of {take}");
        }
        let all = house.read(|conn| products(conn, None, 10));
        assert_eq!(all.iter().map(|one| one.sku.as_str()).collect::<Vec<_>>(), ["CUP", "TEA-1"]);
        let place = ProductPlace(shop.id, "CUP".to_owned());
        let rest = house.read(|conn| products(conn, Some(&place), 10));
        assert_eq!(rest, all[1..]);
    }

    type Run = Box<dyn Fn(&mut Connection)>;

    #[test]
    fn every_batch_is_sought() {
        let house = House::new();
        let (shop, id) = (house.shop().id, house.ctx.ids().next());
        let place = OfProduct { sku: "TEA-1".to_owned(), at: house.ctx.now(), id };
        let product = ProductPlace(shop, "TEA-1".to_owned());
        let runs: [(Run, &str); 5] = [
            (Box::new(move |c| drop(entries(c, shop, Some(id), 9))), "PRIMARY KEY (shop_id=? AND id>?)"),
            (Box::new(move |c| drop(of_products(c, shop, Some(&place), 9))), "reviews_newest (shop_id=? AND (sku,"),
            (Box::new(move |c| drop(ids(c, Some(id), 9))), "reviews_id (id>?)"),
            (Box::new(move |c| drop(id_beyond(c, Some(id), 9))), "COVERING INDEX reviews_id (id>?)"),
            (Box::new(move |c| drop(products(c, Some(&product), 9))), "PRIMARY KEY ((shop_id,sku)>(?,?))"),
        ];
        for (run, index) in runs {
            let plan = house.read(|conn| Ok(store::plan_of(conn, run)));
            assert!(plan.len() == 1 && plan[0].contains(index), "{index} in {plan:?}");
        }
    }
}
