//! What everybody reads: pages of a list, and what the wire does not say.

use super::*;
use crate::kernel::time::HOUR;
use crate::reviews::ListParams;
use crate::reviews::house::said_of;
use crate::reviews::list::{ListQuery, list};
use crate::reviews::public::PublicEntry;

fn ids(entries: &[PublicEntry]) -> Vec<(ReviewId, bool)> {
    let one = |entry: &PublicEntry| match entry {
        PublicEntry::Review(review) => (review.id, true),
        PublicEntry::Tombstone(stone) => (stone.id, false),
    };
    entries.iter().map(one).collect()
}

/// Reads a list page by page, two at a time.
fn walk(house: &House, shop: &Shop, params: &ListParams) -> Vec<(ReviewId, bool)> {
    let mut all = Vec::new();
    let mut params = ListParams { limit: Some("2".to_owned()), ..params.clone() };
    loop {
        let query = params.read().unwrap();
        let page = house.read(|conn| list(conn, shop.id, &query));
        assert!(page.entries.len() <= 2);
        all.extend(ids(&page.entries));
        match page.next {
            Some(next) => params.cursor = Some(next),
            None => return all,
        }
    }
}

#[test]
fn a_list_read_page_by_page_is_the_list() {
    let house = House::new();
    let shop = house.shop();
    let mut made: Vec<(ReviewId, i64)> = Vec::new();
    for n in 0..23 {
        let stars = 1 + (n * 7) % 5;
        let bearer = house.customer(&shop);
        let id = house.publish(&bearer, stars);
        match n {
            4 => drop(restricted(&house, id)),
            9 => drop(erased(&house, &bearer, id)),
            _ => made.push((id, stars)),
        }
        if n % 3 == 0 {
            replied(&house, &shop, id, "Grazie.");
        }
        // Some share an instant.
        house.clock.advance(if n % 4 == 0 { 0 } else { HOUR });
    }
    let param = |sort: &str, stars: &str| ListParams {
        sort: Some(sort.to_owned()),
        stars: Some(stars.to_owned()),
        ..ListParams::default()
    };
    let newest = walk(&house, &shop, &ListParams::default());
    let mut oldest = walk(&house, &shop, &param("oldest", ""));
    assert_eq!((newest.len(), newest.iter().filter(|entry| !entry.1).count()), (23, 2), "tombstones keep their place");
    oldest.reverse();
    assert_eq!(newest, oldest);
    let by = |order: &[i64]| -> Vec<(ReviewId, bool)> {
        let of = |stars: i64| made.iter().rev().filter(move |one| one.1 == stars).map(|one| (one.0, true));
        order.iter().flat_map(|stars| of(*stars)).collect()
    };
    assert_eq!(walk(&house, &shop, &param("highest", "")), by(&[5, 4, 3, 2, 1]));
    assert_eq!(walk(&house, &shop, &param("lowest", "")), by(&[1, 2, 3, 4, 5]));
    assert_eq!(walk(&house, &shop, &param("lowest", "4,2")), by(&[2, 4]));
    assert_eq!(walk(&house, &shop, &param("newest", "3")), by(&[3]));
    let two: Vec<_> = made.iter().rev().filter(|one| one.1 == 1 || one.1 == 5).map(|one| (one.0, true)).collect();
    assert_eq!(walk(&house, &shop, &param("newest", "5,1")), two);
    let replied =
        |word: &str| walk(&house, &shop, &ListParams { replied: Some(word.to_owned()), ..ListParams::default() });
    assert_eq!(replied("true").len() + replied("false").len(), 21, "tombstones tell nothing of what was said");
    let english = ListParams { language: Some("en".to_owned()), ..ListParams::default() };
    assert!(walk(&house, &shop, &english).is_empty());
}

#[test]
fn bad_list_queries_name_the_part() {
    let bad = |params: ListParams| params.read().unwrap_err().name;
    let text = |text: &str| Some(text.to_owned());
    for stars in ["0", "6", "99999999999999999999", "x", "1,,2"] {
        assert_eq!(bad(ListParams { stars: text(stars), ..ListParams::default() }), "stars", "{stars}");
    }
    assert_eq!(bad(ListParams { limit: text("101"), ..ListParams::default() }), "limit");
    assert_eq!(bad(ListParams { from: text("yesterday"), ..ListParams::default() }), "from");
    assert_eq!(bad(ListParams { sort: text("best"), ..ListParams::default() }), "sort");
    assert_eq!(bad(ListParams { cursor: text("x"), ..ListParams::default() }), "cursor");
    assert_eq!(bad(ListParams { sku: text("a\0"), ..ListParams::default() }), "sku");
    assert_eq!(bad(ListParams { with_text: text("maybe"), ..ListParams::default() }), "with_text");
    for q in [&*"x".repeat(101), "a b c d e f g h i", "?!"] {
        assert_eq!(bad(ListParams { q: text(q), ..ListParams::default() }), "q", "{q}");
    }
    assert_eq!(bad(ListParams { language: text("it-IT"), ..ListParams::default() }), "language");
}

#[test]
fn the_wire_says_no_more_than_it_should() {
    let house = House::new();
    let shop = house.shop();
    let bearer = house.customer(&shop);
    house.submit(&bearer, &said_of("CUP", 3));
    let page = house.read(|conn| list(conn, shop.id, &ListQuery::default()));
    let wire = serde_json::to_value(&page.entries[0]).unwrap();
    assert_eq!((&wire["certified"], &wire["checked"]["by"]), (&true.into(), &"operator".into()));
    assert_eq!(wire["author"], "Ada L.");
    assert!(wire.get("earlier").is_none(), "history is for whoever asks for one review");
    let text = wire.to_string();
    for secret in
        [bearer.order_id.to_string(), bearer.invitation.to_string(), "salt".to_owned(), "example.com".to_owned()]
    {
        assert!(!text.contains(&secret), "{secret}");
    }
}
