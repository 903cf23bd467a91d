//! Mails that are not invitations and come back: to the shop itself once a week, and to authors about their own words.

use attesta::kernel::time::DAY;
use attesta::mail::brake::{self, Hand};
use serde_json::{Value, json};

use super::bench::{ADA, Bench, complaint, form_of, hard, link_of, soft};
use crate::support::app::{TestShop, fulfilled};
use crate::support::house::ENGINES;
use crate::support::smtp_sink::Received;

const DESK: &str = "ciao@altra.example";

/// Lets a week pass and has the weekly mail written and sent: to whom, if to anybody.
async fn a_week_later(bench: &Bench) -> Option<Received> {
    let before = bench.sink.ledger().len();
    bench.app.advance(7 * DAY);
    bench.app.rooms.count_what_moved().await.expect("counted");
    bench.app.rooms.account_for_what_moved().await.expect("counted");
    bench.app.rooms.write_weekly_mails().await.expect("written");
    bench.app.run_jobs().await;
    bench.sink.ledger().get(before).cloned()
}

/// Whether the weekly mail goes out, and why not.
async fn weekly(bench: &Bench, shop: &TestShop) -> (bool, Value) {
    let settings = bench.app.get_as(shop, "/settings").await.expect(200, "settings");
    (settings["weekly_mail"] == true, settings["weekly_mail_stop"]["reason"].clone())
}

#[tokio::test]
async fn a_weekly_mail_that_comes_back_ends_until_the_shop_starts_it_again() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let shop = bench.app.shop_with("altra.example", |shop| shop.contact = Some(DESK.to_owned())).await;
        bench.sent(&shop, "#1", ADA).await;
        let first = a_week_later(&bench).await.expect("the numbers of the week");
        assert_eq!(first.to, [DESK]);
        assert_eq!(bench.hand_in(&first.from, &soft()).await.0, 250);
        assert_eq!(weekly(&bench, &shop).await, (true, Value::Null), "a full mailbox may be empty in a week");

        assert_eq!(bench.hand_in(&first.from, &hard()).await.0, 250);
        assert_eq!(weekly(&bench, &shop).await, (false, json!("hard_bounce")));
        assert!(a_week_later(&bench).await.is_none(), "nothing goes to a mailbox that is not there");
        let page = bench.app.follow(&link_of(&first, "/weekly/")).await;
        assert!(page.status == 200 && page.text.contains("quella casella non esiste"), "{}", page.text);
        assert!(!page.text.contains("<form method=\"post\""), "it has ended: {}", page.text);

        let moved = json!({ "contact": "team@altra.example" });
        bench.app.send_as(&shop, "PATCH", "/settings", &moved).await.expect(200, "another address");
        assert_eq!(weekly(&bench, &shop).await, (true, Value::Null));
        let second = a_week_later(&bench).await.expect("to the new address");
        assert_eq!(second.to, ["team@altra.example"]);
        assert_eq!(bench.hand_in("returns@bounces.example", &complaint(&first.from)).await.0, 250);
        assert!(weekly(&bench, &shop).await.0, "it was the old address that complained");

        assert_eq!(bench.hand_in("returns@bounces.example", &complaint(&second.from)).await.0, 250);
        assert_eq!(weekly(&bench, &shop).await, (false, json!("complaint")));
        assert!(a_week_later(&bench).await.is_none());
        let again = json!({ "weekly_mail": true });
        bench.app.send_as(&shop, "PATCH", "/settings", &again).await.expect(200, "the shop wants it");
        assert_eq!(weekly(&bench, &shop).await, (true, Value::Null));
        let third = a_week_later(&bench).await.expect("again");
        assert_eq!(bench.app.post_form(&link_of(&third, "/weekly/"), &[]).await.status, 200);
        assert_eq!(weekly(&bench, &shop).await, (false, json!("unsubscribed")));
        let other = json!({ "contact": DESK });
        bench.app.send_as(&shop, "PATCH", "/settings", &other).await.expect(200, "another address");
        assert!(!weekly(&bench, &shop).await.0, "who wanted no more is not asked again by an address");
    }
}

#[tokio::test]
async fn news_of_a_review_that_comes_back_ends_the_mail_as_an_invitation_would() {
    for (report, to_mailbox, ended) in [(hard(), false, "address_bounced"), (String::new(), true, "complained")] {
        for engine in ENGINES {
            let Some(bench) = Bench::start(engine).await else { continue };
            let mail = bench.sent(&bench.shop, "#1", ADA).await;
            let link = link_of(&mail, "/r/");
            let link = link.split("/r/").collect::<Vec<_>>();
            let token = link[1].split(['/', '?']).next().unwrap();
            let posted = bench.app.post_form(&format!("{}/r/{token}", link[0]), &[("stars", "5")]).await;
            assert_eq!(posted.status, 201, "{}", posted.text);
            bench.app.run_jobs().await;
            let news = bench.sink.ledger().last().expect("the news").clone();
            assert!(bench.sink.ledger().len() == 2 && news.to == [ADA], "the review is public: {news:?}");
            let (to, report) = if to_mailbox {
                ("returns@bounces.example".to_owned(), complaint(&news.from))
            } else {
                (news.from.clone(), report.clone())
            };
            assert_eq!(bench.hand_in(&to, &report).await.0, 250);
            bench.app.post_event(&bench.shop, &fulfilled("#2", ADA, bench.app.now())).await.expect(202, "taken");
            bench.app.run_jobs().await;
            assert_eq!(bench.order(&bench.shop, "#2").await, ("skipped".to_owned(), ended.to_owned()));
            assert_eq!(bench.order(&bench.shop, "#1").await.0, "reviewed", "what was written stands");
        }
    }
}

/// What became of the weekly mails of a shop, the newest first: state and reason of each.
async fn weekly_lives(bench: &Bench, shop: &TestShop) -> Vec<[Value; 2]> {
    let all = bench.messages(shop).await.into_iter().filter(|mail| mail["kind"] == "weekly_numbers");
    all.map(|mail| ["state", "reason"].map(|name| mail[name].clone())).collect()
}

#[tokio::test]
async fn a_weekly_mail_that_is_held_ends_where_the_next_one_is_due() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let shop = bench.app.shop_with("altra.example", |shop| shop.contact = Some(DESK.to_owned())).await;
        bench.sent(&shop, "#1", ADA).await;
        let (id, db) = (shop.id, bench.app.ctx().db());
        let now = bench.app.now();
        assert!(db.write(move |tx| brake::stop(tx, id, now)).await.expect("stopped by hand"));
        for _ in 0..2 {
            assert!(a_week_later(&bench).await.is_none(), "held");
        }
        let gone = [json!("cancelled"), json!("next_week")];
        let held = [json!("held"), json!("stopped_by_operator")];
        assert_eq!(weekly_lives(&bench, &shop).await, [held, gone.clone()], "on {engine:?}");
        db.write(move |tx| brake::resume(tx, id, Hand::Operator, now)).await.expect("let go");
        bench.app.rooms.watch_returns().await.expect("the tick works");
        bench.app.run_jobs().await;
        assert_eq!(bench.sink.ledger().last().expect("the numbers").to, [DESK]);
        let sent = [json!("sent"), Value::Null];
        assert_eq!(weekly_lives(&bench, &shop).await, [sent, gone], "one of them leaves, on {engine:?}");
    }
}

#[tokio::test]
async fn whoever_has_the_mail_gets_a_fresh_link_whatever_servers_said_of_it() {
    let cases = [(ADA, true, true), (ADA, true, false), ("drop-ada@example.com", false, true)];
    for ((address, comes_back, reviews), engine) in cases.into_iter().flat_map(|case| ENGINES.map(|on| (case, on))) {
        let Some(bench) = Bench::start(engine).await else { continue };
        let mail = bench.sent(&bench.shop, "#1", address).await;
        if comes_back {
            assert_eq!(bench.hand_in(&mail.from, &soft()).await.0, 250);
        }
        let form = form_of(&mail);
        if reviews {
            assert_eq!(bench.app.post_form(&form, &[("stars", "5")]).await.status, 201);
        }
        bench.app.run_jobs().await;
        // A link says in seconds how long it lives.
        bench.app.advance(1_000);
        let before = bench.sink.ledger().len();
        assert_eq!(bench.app.post_form(&format!("{form}/fresh"), &[]).await.status, 200);
        bench.app.run_jobs().await;
        let ledger = bench.sink.ledger();
        assert_eq!(ledger.len(), before + 1, "{address}, {reviews} on {engine:?}: it comes");
        let fresh = link_of(&ledger[before], "/r/");
        assert!(fresh != form && bench.app.follow(&fresh).await.status == 200, "and opens");
    }
}
