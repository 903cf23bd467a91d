//! The room's story on a real database: what is published is what is stored, and a change is seen when it should be.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use super::build::{Face, Spoken, figures};
use super::cache::{Cache, Surface};
use super::collection::{self, CountJob};
use super::score::{Day, score};
use super::store;
use crate::context::Context;
use crate::db::{self, Connection};
use crate::http::stored::{Manner, Stored};
use crate::jobs::{Job, Runner};
use crate::kernel::locale::Language;
use crate::kernel::time::{DAY, HOUR};
use crate::merchants::{self, Changed, Shop, ShopStatus};
use crate::reviews::erase::erase;
use crate::reviews::house::{House, said, said_of};

const MANNER: Manner = Manner {
    content_type: "text/plain",
    cache_control: "public, max-age=1",
    vary: "Accept-Encoding",
    language: None,
    policy: None,
};

/// A surface that counts how often it is made, and says the public version it was made from.
#[derive(Clone, Copy)]
struct Counted(&'static AtomicUsize, bool);

impl PartialEq for Counted {
    fn eq(&self, other: &Self) -> bool {
        self.1 == other.1
    }
}
impl Eq for Counted {}

impl Surface for Counted {
    fn dated(self) -> bool {
        self.1
    }

    fn make(self, _: &mut Connection, _: &Context, shop: &Shop) -> db::Result<Stored> {
        self.0.fetch_add(1, Ordering::SeqCst);
        // So that others come while it is being made.
        std::thread::sleep(std::time::Duration::from_millis(20));
        Ok(Stored::new(shop.public_version.to_string().into_bytes(), &MANNER))
    }
}

fn block<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(future)
}

fn bump(house: &House, shop: &Shop) {
    let id = shop.id;
    house.write(move |tx, _| merchants::bump_public(tx, id));
}

async fn text<S: Surface>(cache: &Cache<S>, name: &str, surface: S) -> Option<String> {
    cache.get(name, surface).await.unwrap().map(|stored| String::from_utf8(stored.bytes().to_vec()).unwrap())
}

#[test]
fn bytes_are_made_once_and_again_when_the_version_moved() {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let (house, face) = (House::new(), Counted(&MADE, false));
    let shop = house.shop();
    let (cache, name) = (Cache::<Counted>::new(house.ctx.clone(), 1_000_000), shop.domain.to_string());
    block(async {
        let all = futures_util::future::join_all((0..20).map(|_| {
            let (cache, name) = (cache.clone(), name.clone());
            tokio::spawn(async move { text(&cache, &name, face).await })
        }));
        assert!(all.await.into_iter().all(|said| said.unwrap().as_deref() == Some("1")));
        assert_eq!(MADE.load(Ordering::SeqCst), 1, "twenty readers, one maker");
        bump(&house, &shop);
        assert_eq!(text(&cache, &name, face).await.as_deref(), Some("1"), "trusted for one poll");
        house.clock.advance(1_000);
        assert_eq!(text(&cache, &name, face).await.as_deref(), Some("2"), "then asked again");
        house.clock.advance(1_000);
        assert_eq!(text(&cache, &name, face).await.as_deref(), Some("2"));
        assert_eq!(MADE.load(Ordering::SeqCst), 2, "an unchanged version makes nothing");
        // By id, by another spelling of the domain, and again.
        for other in [shop.id.to_string(), format!("WWW.{name}"), format!("WWW.{name}")] {
            assert_eq!(text(&cache, &other, face).await.as_deref(), Some("2"));
        }
        assert_eq!(MADE.load(Ordering::SeqCst), 3, "one slot by domain, one by id");
    });
}

#[test]
fn one_asks_while_the_others_go_on() {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let (house, face) = (House::new(), Counted(&MADE, false));
    let shop = house.shop();
    let (cache, name) = (Cache::<Counted>::new(house.ctx.clone(), 1_000_000), shop.domain.to_string());
    block(async {
        text(&cache, &name, face).await;
        bump(&house, &shop);
        house.clock.advance(1_200);
        let (first, second) = tokio::join!(text(&cache, &name, face), text(&cache, &name, face));
        assert_eq!((first.as_deref(), second.as_deref()), (Some("2"), Some("1")));
        bump(&house, &shop);
        house.clock.advance(1_500);
        let (first, second) = tokio::join!(text(&cache, &name, face), text(&cache, &name, face));
        assert_eq!(
            (first.as_deref(), second.as_deref()),
            (Some("3"), Some("3")),
            "past a poll and a half nobody is served old bytes"
        );
    });
}

#[test]
fn what_says_the_day_is_made_anew_at_midnight() {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let house = House::new();
    let shop = house.shop();
    let (cache, name) = (Cache::<Counted>::new(house.ctx.clone(), 1_000_000), shop.domain.to_string());
    block(async {
        for dated in [true, false] {
            text(&cache, &name, Counted(&MADE, dated)).await;
        }
        house.clock.advance(DAY);
        for dated in [true, false] {
            text(&cache, &name, Counted(&MADE, dated)).await;
        }
    });
    assert_eq!(MADE.load(Ordering::SeqCst), 3);
}

#[test]
fn unknown_shops_are_nobody_until_they_open() {
    let house = House::new();
    let cache = super::ProfileCache::new(house.ctx.clone(), 1_000_000);
    block(async {
        for name in ["nobody.example", "shp_00000000000000000000000000", "shp_x", "", "a b", "..", "\u{0}"] {
            assert!(cache.get(name, Face::Json).await.unwrap().is_none(), "{name:?}");
        }
    });
    let shop = house.shop();
    block(async { assert!(cache.get(shop.domain.as_str(), Face::Json).await.unwrap().is_some()) });
}

#[test]
fn memory_stays_within_its_budget() {
    let house = House::new();
    let cache = super::ProfileCache::new(house.ctx.clone(), 80_000);
    let shops: Vec<Shop> = (0..12).map(|_| house.shop()).collect();
    block(async {
        for _ in 0..3 {
            for shop in &shops {
                let stored = cache.get(shop.domain.as_str(), Face::Json).await.unwrap().unwrap();
                assert!(stored.size() > 1_000);
                assert!(cache.held() <= 80_000 + stored.size(), "{}", cache.held());
            }
        }
    });
    assert!(cache.held() > 0);
}

#[test]
fn the_profile_tells_what_the_reviews_say() {
    let house = House::new();
    let shop = house.shop();
    let mut given = Vec::new();
    for (days, stars) in [(0, 5), (0, 4), (30, 1), (11, 5), (200, 3)] {
        house.clock.advance(days * DAY);
        let bearer = house.customer(&shop);
        let id = house.publish(&bearer, stars);
        given.push((house.review(id).published_at.day().number(), stars, bearer, id));
    }
    let of = |given: &[(i64, i64, crate::invitations::Bearer, crate::kernel::id::ReviewId)]| {
        let days: Vec<Day> = given
            .iter()
            .map(|(day, stars, ..)| {
                let mut counts = [0; 5];
                counts[usize::try_from(*stars - 1).unwrap()] = 1;
                Day { day: *day, counts }
            })
            .collect();
        score(&days)
    };
    let now = |shop: &Shop| house.read(|conn| figures(conn, shop));
    let close = |a: f64, b: f64| (a - b).abs() < 2e-9;
    assert!(close(now(&shop).score.exact, of(&given).exact));
    assert_eq!(now(&shop).histogram, [1, 0, 1, 1, 2]);
    // The author of the newest erases it: the newest day goes back.
    let (_, _, bearer, id) = given.pop().unwrap();
    house.write(move |tx, ctx| erase(tx, ctx, &bearer, id).map(drop));
    assert!(close(now(&shop).score.exact, of(&given).exact));
    assert_eq!(now(&shop).score.count, 4);
}

#[test]
fn an_empty_a_closed_and_a_full_profile_in_json() {
    let house = House::new();
    let shop = house.shop();
    let read = |face| {
        house.clock.advance(HOUR);
        let cache = super::ProfileCache::new(house.ctx.clone(), 1_000_000);
        block(async { text(&cache, shop_name(&house), face).await.unwrap() })
    };
    let json = || serde_json::from_str::<Value>(&read(Face::Json)).unwrap();
    let empty = json();
    assert_eq!((empty["score"].as_f64(), empty["review_count"].as_i64()), (Some(0.0), Some(0)));
    assert_eq!((&empty["replies"]["share"], &empty["replies"]["median_hours"]), (&Value::Null, &Value::Null));
    assert_eq!(empty["collection"]["as_of"], shop.created_at.to_string());
    assert!(empty["verification"]["policy_url"].as_str().unwrap().ends_with("#how"));
    assert_eq!(empty["verification"]["invitations"]["hours"], Value::Null, "at any hour");
    assert_eq!(empty["verification"]["explanation"]["it"].as_array().unwrap().len(), 5);
    house.publish(&house.customer(&shop), 5);
    let full = json();
    assert_eq!((full["score"].as_f64(), full["stars"].as_f64()), (Some(3.7), Some(3.5)));
    assert_eq!(full["tally"], serde_json::json!({"1": 0, "2": 0, "3": 0, "4": 0, "5": 1}));
    let tally: Value = serde_json::from_str(&read(Face::Tally)).unwrap();
    assert_eq!((tally["score"]["exact"].as_f64(), tally["days"].as_array().unwrap().len()), (Some(3.6875), 1));
    assert_eq!(tally["model"]["newest_day"], tally["days"][0]["day"]);
    let id = shop.id;
    let close = |shop: &mut Shop| {
        shop.status = ShopStatus::Closed;
        Ok(())
    };
    house.write(move |tx, _| merchants::change(tx, id, close).map(|done| assert!(matches!(done, Changed::Done(_)))));
    assert_eq!(json()["status"], "closed");
    assert_eq!(json()["score"].as_f64(), Some(3.7));
}

/// The only shop of a house.
fn shop_name(house: &House) -> &'static str {
    let all = house.read(merchants::all);
    Box::leak(all[0].domain.to_string().into_boxed_str())
}

#[test]
fn the_page_speaks_every_language_and_escapes_everything() {
    let house = House::new();
    let shop = house.shop();
    let cache = super::ProfileCache::new(house.ctx.clone(), 10_000_000);
    let page = |spoken| block(async { text(&cache, shop.domain.as_str(), Face::Page(spoken)).await.unwrap() });
    let empty = page(Spoken::Named(Language::It));
    assert!(
        empty.contains("<html lang=\"it\"") && !empty.contains("aggregateRating") && !empty.contains("Bottega <Verde>")
    );
    let mut hostile = said(2);
    "</script><script>alert(1)</script><!--".clone_into(&mut hostile.title);
    "<img src=x onerror=alert(1)> & \u{2028}".clone_into(&mut hostile.text);
    house.submit(&house.customer(&shop), &hostile);
    house.submit(&house.customer(&shop), &said_of("TEA-1", 4));
    house.clock.advance(HOUR);
    for language in Language::ALL {
        let page = page(Spoken::Asked(*language));
        assert!(page.contains(&format!("<html lang=\"{language}\"")));
        assert!(!page.contains("<script>") && !page.contains("<img src=x") && !page.contains("<Verde>"), "{page}");
        let (_, data) = page.split_once("<script type=\"application/ld+json\">").unwrap();
        let (data, rest) = data.split_once("</script>").unwrap();
        assert!(!rest.contains("<script"), "one script element, and it is data");
        let data: Value = serde_json::from_str(data).unwrap();
        assert_eq!(data["aggregateRating"]["reviewCount"], 2);
        assert_eq!(data["review"].as_array().unwrap().len(), 2);
        assert_eq!(data["review"][1]["name"], hostile.title.trim());
    }
    // Under an address that names the language, a page is listed by itself.
    let shown = |page: String| page.lines().filter(|line| !line.contains("\"canonical\"")).collect::<String>();
    assert_eq!(shown(page(Spoken::Own)), shown(page(Spoken::Named(Language::It))), "the shop's own language");
}

fn count(house: &House) -> usize {
    house.clock.advance(10_000);
    block(async {
        let noted = collection::tick(&house.ctx).await.unwrap();
        house.clock.advance(10_000);
        let jobs: Vec<Arc<dyn Job>> = vec![Arc::new(CountJob)];
        Runner::new(house.ctx.clone(), jobs).run_due().await.unwrap();
        noted
    })
}

#[test]
fn collection_numbers_are_counted_when_something_moved() {
    let house = House::new();
    let shop = house.shop();
    let numbers = || house.read(|conn| store::collection(conn, shop.id)).map(|found| found.numbers);
    assert_eq!((count(&house), numbers()), (0, None));
    let bearers: Vec<_> = (0..3).map(|_| house.customer(&shop)).collect();
    house.tester(&shop);
    house.submit(&bearers[0], &said_of("TEA-1", 4));
    let id = house.publish(&bearers[1], 1);
    assert_eq!(count(&house), 1);
    let first = numbers().unwrap();
    assert_eq!((first.orders, first.eligible, first.invited, first.reviewed, first.sent), (3, 3, 3, 2, 1));
    assert_eq!((first.products_reviewed, first.product_reviews, first.erased_by_author), (1, 1, 0));
    assert_eq!(first.orders, first.accounted_for());
    // An erasure moves no order, and is counted all the same.
    let author = bearers[1].clone();
    house.write(move |tx, ctx| erase(tx, ctx, &author, id).map(drop));
    let version = house.public_version(&shop);
    assert_eq!(count(&house), 1);
    assert_eq!(numbers().unwrap().erased_by_author, 1);
    assert_eq!(house.public_version(&shop), version + 1, "new numbers are new public bytes");
    // Counted again without a change: nothing is written.
    let as_of = house.read(|conn| store::collection(conn, shop.id)).unwrap().as_of;
    let id = shop.id;
    house.write(move |tx, _| crate::orders::mark_dirty(tx, id));
    assert_eq!(count(&house), 1);
    assert_eq!(house.read(|conn| store::collection(conn, shop.id)).unwrap().as_of, as_of);
    assert_eq!(house.public_version(&shop), version + 1);
}
