//! Which limits a mail meets, and how patience grows.

use super::*;
use crate::config::Config;

fn limits(texts: &[&str]) -> Vec<Limit> {
    texts.iter().map(|text| Limit::parse(text).unwrap()).collect()
}

fn pace(texts: &[&str], warm_up: Option<&str>) -> Pace {
    let mut settings = Config::for_tests().mail;
    settings.limits = limits(texts);
    settings.warm_up = warm_up.map(|text| WarmUp::parse(text).unwrap());
    Pace::new(&settings, 8)
}

fn leaving<'a>(domain: &'a str, own: &'a [Limit]) -> Leaving<'a> {
    let shop = ShopId::from_bytes([7; 16]);
    Leaving { shop, domain, sender: "reviews.example", awaited: false, own, refusals: None }
}

#[test]
fn a_mail_meets_the_limits_of_everybody_its_domain_and_its_shop() {
    let pace = pace(&["14 per second", "500 per hour to gmail.com", "2 connections to gmail.com"], None);
    let own = limits(&["100 per hour"]);
    let keys = |of: Leaving<'_>| pace.asks(of).into_iter().map(|ask| ask.key).collect::<Vec<_>>();
    assert_eq!(keys(leaving("a.example", &[])), ["second"]);
    let all = keys(leaving("gmail.com", &own));
    assert_eq!(all.len(), 3, "{all:?}");
    assert!(
        all.contains(&"to:gmail.com hour".to_owned()) && all.iter().any(|key| key.starts_with("shop:shp_")),
        "{all:?}"
    );
    let slow = Leaving { refusals: Some(1), ..leaving("b.example", &[]) };
    assert_eq!(keys(slow), ["second", "slow to:b.example second"]);
    assert!(pace.asks(leaving("a.example", &[]))[0].is_of_all());
}

#[test]
fn who_waits_for_the_same_limit_comes_one_after_the_other() {
    let pace = pace(&["500 per hour to gmail.com"], None);
    let ask = pace.asks(leaving("gmail.com", &[])).remove(0);
    let free = Timestamp::from_millis(1_000_000);
    let waits: Vec<i64> = (0..4).map(|_| pace.line_up(&ask, free, free).since(free)).collect();
    assert_eq!(waits, [0, 7_200, 14_400, 21_600]);
}

#[test]
fn a_new_sender_grows_and_what_is_awaited_is_only_counted() {
    let pace = pace(&[], Some("50 per day, doubling every 3 days"));
    let ask = pace.asks(leaving("a.example", &[])).remove(0);
    assert_eq!(ask.key, sender_key("reviews.example"));
    let (began, day) = (Timestamp::from_millis(5_000), Per::Day.ms());
    let ceiling = |ask: &Ask, days: i64| ask.rate_at(began, began.plus_ms(days * day)).map(|rate| rate.mails);
    assert_eq!([0, 2, 3, 6, 90].map(|days| ceiling(&ask, days)), [Some(50), Some(50), Some(100), Some(200), None]);
    let awaited = pace.asks(Leaving { awaited: true, ..leaving("a.example", &[]) }).remove(0);
    assert_eq!((awaited.key.clone(), ceiling(&awaited, 0)), (ask.key, None));
}

#[test]
fn patience_grows_with_every_refusal_and_ends_by_itself() {
    let now = Timestamp::from_millis(100_000_000);
    let first = asked_again(None, now);
    assert_eq!(first, (1, now.plus_ms(PATIENCE_MS)));
    assert_eq!(asked_again(Some(first), now.plus_ms(1_000)), first, "mails that were under way together count once");
    let (second, until) = asked_again(Some(first), now.plus_ms(MINUTE));
    assert_eq!((second, until), (2, now.plus_ms(MINUTE + PATIENCE_MS)));
    assert_eq!(
        asked_again(Some((second, until)), until.plus_ms(1)).0,
        1,
        "after a while without refusals it starts anew"
    );
    let paces: Vec<i64> = (1..7).map(patient).map(|rate| rate.mails * MINUTE / rate.per.ms()).collect();
    assert_eq!(paces, [120, 60, 20, 6, 2, 2]);
}
