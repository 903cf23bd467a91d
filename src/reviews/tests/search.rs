//! Search: what is published is found at once, what is not can never be.

use super::*;
use crate::kernel::time::HOUR;
use crate::reviews::ListParams;
use crate::reviews::house::{said, said_of};
use crate::reviews::list::{ListQuery, list};
use crate::reviews::public::PublicEntry;
use crate::reviews::search::index_what_waits;
use crate::reviews::store;

fn params(q: &str) -> ListParams {
    ListParams { q: Some(q.to_owned()), ..ListParams::default() }
}

/// Everything that is found, read page by page.
fn found(house: &House, shop: &Shop, params: &ListParams) -> Vec<ReviewId> {
    let mut all = Vec::new();
    let mut params = ListParams { limit: Some("2".to_owned()), ..params.clone() };
    loop {
        let query: ListQuery = params.read().unwrap();
        let page = house.read(|conn| list(conn, shop.id, &query));
        all.extend(page.entries.iter().map(|entry| match entry {
            PublicEntry::Review(review) => review.id,
            PublicEntry::Tombstone(stone) => panic!("a search shows no tombstone: {stone:?}"),
        }));
        match page.next {
            Some(next) => params.cursor = Some(next),
            None => return all,
        }
    }
}

fn says(house: &House, shop: &Shop, stars: i64, text: &str) -> (Bearer, ReviewId) {
    let bearer = house.customer(shop);
    let submission = crate::reviews::model::Submission { text: text.to_owned(), title: String::new(), ..said(stars) };
    house.submit(&bearer, &submission);
    let id = house.all(&bearer)[0].id;
    (bearer, id)
}

#[test]
fn a_review_is_found_by_what_it_says_now() {
    let house = House::new();
    let shop = house.shop();
    let find = |q: &str| found(&house, &shop, &params(q));
    let (bearer, id) = says(&house, &shop, 2, "La tazza è arrivata rotta.");
    assert_eq!(
        (find("tazza"), find("ROTT"), find("rotta tazza"), find("vaso")),
        (vec![id], vec![id], vec![id], vec![])
    );
    edited(&house, &bearer, id, words(4, "Il vaso nuovo è intero."));
    assert_eq!((find("tazza"), find("vaso"), find("bene")), (vec![], vec![id], vec![id]), "of title and text");
    restricted(&house, id);
    assert_eq!(find("vaso"), []);
    restored(&house, id);
    assert_eq!(find("vaso"), [id]);
    erased(&house, &bearer, id);
    assert_eq!(find("vaso"), []);
    assert_eq!(house.read(store::indexed_terms), 0, "nothing of it stays behind");
}

#[test]
fn a_search_is_narrowed_sorted_and_paged_like_any_list() {
    let house = House::new();
    let shop = house.shop();
    let mut made: Vec<(ReviewId, i64, usize)> = Vec::new();
    for n in 0..23_usize {
        let stars = i64::try_from(1 + (n * 7) % 5).unwrap();
        let (_, id) = says(
            &house,
            &shop,
            stars,
            if n % 4 == 3 { "Un vaso alto e leggero." } else { "Una tazza verde e leggera." },
        );
        if n % 3 == 0 {
            replied(&house, &shop, id, "Grazie.");
        }
        made.push((id, stars, n));
        // Some share an instant.
        house.clock.advance(if n % 4 == 0 { 0 } else { HOUR });
    }
    made.reverse();
    let cups: Vec<_> = made.iter().filter(|(_, _, n)| n % 4 != 3).copied().collect();
    let ids = |made: &[(ReviewId, i64, usize)]| made.iter().map(|one| one.0).collect::<Vec<_>>();
    let text = |text: &str| Some(text.to_owned());
    let find = |params: ListParams| found(&house, &shop, &params);
    assert_eq!(find(params("tazza")), ids(&cups));
    let mut oldest = cups.clone();
    oldest.reverse();
    assert_eq!(find(ListParams { sort: text("oldest"), ..params("tazza legg") }), ids(&oldest));
    let mut highest = cups.clone();
    highest.sort_by_key(|one| -one.1);
    assert_eq!(find(ListParams { sort: text("highest"), ..params("verde") }), ids(&highest));
    let mut lowest = cups.clone();
    lowest.sort_by_key(|one| one.1);
    assert_eq!(find(ListParams { sort: text("lowest"), stars: text("1,2,4"), ..params("verde") }), {
        lowest.retain(|one| [1, 2, 4].contains(&one.1));
        ids(&lowest)
    });
    let some: Vec<_> = cups.iter().filter(|(_, stars, n)| [1, 5].contains(stars) && n % 3 == 0).copied().collect();
    assert_eq!(find(ListParams { stars: text("1,5"), replied: text("true"), ..params("tazza") }), ids(&some));
    assert_eq!(find(ListParams { language: text("en"), ..params("tazza") }), []);
    assert_eq!(find(ListParams { with_text: text("true"), ..params("tazza") }), ids(&cups));
    assert_eq!(find(ListParams { to: text("2020-01-01"), ..params("tazza") }), []);
    assert_eq!(find(ListParams { from: text("2020-01-01"), ..params("tazza") }), ids(&cups));
    let mixed =
        ListParams { cursor: house.read(|conn| list(conn, shop.id, &ListQuery::default())).next, ..params("tazza") };
    assert_eq!(mixed.read().unwrap_err().name, "cursor", "a cursor of another list");
}

#[test]
fn shops_and_products_are_searched_apart() {
    let house = House::new();
    let (shop, other) = (house.shop(), house.shop());
    let (_, id) = says(&house, &shop, 5, "Tazza verde");
    let (_, foreign) = says(&house, &other, 5, "Tazza verde");
    assert_eq!(
        (found(&house, &shop, &params("tazza")), found(&house, &other, &params("tazza"))),
        (vec![id], vec![foreign])
    );
    let mut about = said_of("TEA-1", 4);
    about.items[0].text = "Profuma di gelsomino.".to_owned();
    house.submit(&house.customer(&shop), &about);
    assert_eq!(found(&house, &shop, &params("gelsomino")), [], "not a review of the shop");
    let tea = ListParams { sku: Some("TEA-1".to_owned()), ..params("gelsomino") };
    assert_eq!(found(&house, &shop, &tea).len(), 1);
    assert_eq!(found(&house, &other, &tea), []);
}

#[test]
fn reviews_from_before_are_made_findable_bit_by_bit() {
    let house = House::new();
    let shop = house.shop();
    let written: Vec<_> = (0..3).map(|_| says(&house, &shop, 3, "Tazza verde")).collect();
    let gone = written[1].clone();
    let shop_id = shop.id;
    let ids: Vec<ReviewId> = written.iter().map(|one| one.1).collect();
    house.write(move |tx, _| {
        for id in ids {
            store::unfind(tx, shop_id, id)?;
            store::wait(tx, shop_id, id)?;
        }
        Ok(())
    });
    erased(&house, &gone.0, gone.1);
    assert_eq!(found(&house, &shop, &params("tazza")), []);
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(index_what_waits(&house.ctx)).unwrap()
    };
    assert_eq!((run(), run()), (3, 0));
    assert_eq!(
        found(&house, &shop, &params("tazza")),
        [written[2].1, written[0].1],
        "but not what was erased meanwhile"
    );
}
