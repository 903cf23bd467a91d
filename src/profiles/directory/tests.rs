//! The directory on a real database: what is found, in which order, and when a change is seen.

use super::list::{self, Card, Found, Params};
use super::{refresh, store};
use crate::merchants::{self, Shop, ShopStatus};
use crate::reviews::house::House;

fn block<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(future)
}

fn tick(house: &House) -> usize {
    block(refresh::tick(&house.ctx)).unwrap()
}

/// A shop with a name, a category, a country and so many reviews.
fn shop(house: &House, name: &str, category: &str, country: &str, reviews: i64) -> Shop {
    let shop = house.shop();
    let (name, category, country) = (name.to_owned(), category.to_owned(), country.parse().ok());
    change(house, &shop, move |shop| {
        shop.name = name;
        shop.category = Some(category).filter(|text| !text.is_empty());
        shop.country = country;
    });
    for _ in 0..reviews {
        house.publish(&house.customer(&shop), 5);
    }
    house.clock.advance(1_000);
    shop
}

fn change(house: &House, shop: &Shop, edit: impl FnOnce(&mut Shop) + Send + 'static) {
    let id = shop.id;
    house.write(move |tx, _| {
        merchants::change(tx, id, |shop| {
            edit(shop);
            Ok(())
        })
    });
}

fn find(house: &House, params: &[(&str, &str)]) -> Found {
    let text = serde_urlencoded::to_string(params).unwrap();
    let params: Params = serde_urlencoded::from_str(&text).unwrap();
    let query = params.read().unwrap();
    house.read(|conn| list::find(conn, &query))
}

fn names(found: &Found) -> Vec<&str> {
    found.cards.iter().map(|card: &Card| card.name.as_str()).collect()
}

fn full(house: &House) {
    shop(house, "Zafferano", "Alimentari", "IT", 0);
    shop(house, "Àncora", "alimentari", "IT", 3);
    shop(house, "bottega Straße", "Ceramica", "DE", 1);
    tick(house);
}

#[test]
fn three_orders_and_pages_that_join() {
    let house = House::new();
    full(&house);
    for (sort, wanted) in [
        ("name", ["Àncora", "bottega Straße", "Zafferano"]),
        ("reviews", ["Àncora", "bottega Straße", "Zafferano"]),
        ("newest", ["bottega Straße", "Àncora", "Zafferano"]),
    ] {
        assert_eq!(names(&find(&house, &[("sort", sort)])), wanted, "{sort}");
        let (mut read, mut cursor) = (Vec::new(), String::new());
        for _ in 0..3 {
            let page = find(&house, &[("sort", sort), ("limit", "1"), ("cursor", &cursor)]);
            read.extend(page.cards.iter().map(|card| card.name.clone()));
            cursor = page.next.unwrap_or_default();
        }
        assert_eq!((read, cursor.as_str()), (wanted.map(str::to_owned).to_vec(), ""), "{sort}, one a page");
    }
}

#[test]
fn words_are_found_folded_and_all_of_them() {
    let house = House::new();
    full(&house);
    for (q, wanted) in [
        ("ANCORA", vec!["Àncora"]),
        ("strasse BOTTEGA", vec!["bottega Straße"]),
        ("straß ancora", vec![]),
        ("fferan", vec!["Zafferano"]),
        ("example", vec!["Àncora", "bottega Straße", "Zafferano"]),
        ("%", vec![]),
        ("_", vec![]),
        ("🍕", vec![]),
        ("  ", vec!["Àncora", "bottega Straße", "Zafferano"]),
    ] {
        assert_eq!(names(&find(&house, &[("q", q)])), wanted, "{q}");
    }
    assert_eq!(names(&find(&house, &[("category", "ALIMENTARI")])), ["Àncora", "Zafferano"]);
    assert_eq!(names(&find(&house, &[("country", "de")])), ["bottega Straße"]);
    assert_eq!(names(&find(&house, &[("category", "ceramica"), ("country", "IT")])), Vec::<&str>::new());
    let groups = house.read(list::categories);
    let groups: Vec<_> = groups.iter().map(|group| (group.key.as_str(), group.label.as_str(), group.shops)).collect();
    assert_eq!(groups, [("alimentari", "Alimentari", 2), ("ceramica", "Ceramica", 1)]);
    assert_eq!(house.read(list::countries).iter().map(|group| group.shops).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn a_tick_makes_what_moved_and_nothing_else() {
    let house = House::new();
    full(&house);
    assert_eq!(tick(&house), 0, "nothing moved");
    let new = shop(&house, "Nuova", "", "", 0);
    assert_eq!(tick(&house), 1);
    house.submit(&house.tester(&new), &crate::reviews::house::said(5));
    assert_eq!(tick(&house), 0, "a test order publishes nothing");
    house.publish(&house.customer(&new), 4);
    assert_eq!(tick(&house), 1, "a review moves one row");
    let found = find(&house, &[("q", "nuova")]);
    let [card] = &found.cards[..] else { panic!("one shop: {found:?}") };
    assert_eq!((card.reviews, card.score_tenths, card.half_stars), (1, 36, 7), "(7 * 3.5 + 4) / 8 = 3.5625");
    assert_eq!((card.category.as_deref(), card.country.as_deref()), (None, None));
    for status in [ShopStatus::Suspended, ShopStatus::Closed] {
        change(&house, &new, move |shop| shop.status = status);
        tick(&house);
        assert_eq!(names(&find(&house, &[("q", "nuova")])), Vec::<&str>::new(), "{status} shops are left out");
        assert!(house.read(|conn| list::listed(conn, &[new.id])).is_empty());
    }
    change(&house, &new, |shop| shop.status = ShopStatus::Open);
    tick(&house);
    assert_eq!(names(&find(&house, &[("q", "nuova")])), ["Nuova"]);
}

#[test]
fn many_shops_are_made_in_some_transactions() {
    let house = House::new();
    for _ in 0..230 {
        house.shop();
    }
    assert_eq!(tick(&house), 230);
    assert_eq!(tick(&house), 0);
    let (mut all, mut last) = (0, None);
    loop {
        let batch = house.read(|conn| list::after(conn, last, 100));
        all += batch.len();
        last = batch.last().map(|card| card.id);
        if last.is_none() {
            break;
        }
    }
    assert_eq!(all, 230);
}

#[test]
fn no_order_is_sorted() {
    let house = House::new();
    for (order, index) in [
        ("sort_name ASC, shop_id ASC", "directory_name"),
        ("reviews DESC, shop_id DESC", "directory_reviews"),
        ("opened_at DESC, shop_id DESC", "directory_opened"),
    ] {
        let plan = house.read(|conn| Ok(store::plan(conn, order)));
        assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    let read =
        |text: &str| serde_urlencoded::from_str::<Params>(text).unwrap().read().map(drop).map_err(|bad| bad.name);
    assert_eq!(read("q=&category=&country=&sort=&limit=&cursor="), Ok(()));
    for (text, name) in
        [("sort=paid", "sort"), ("country=Italy", "country"), ("limit=0", "limit"), ("cursor=AXt9", "cursor")]
    {
        assert_eq!(read(text), Err(name));
    }
}
