//! The hours in which a shop writes: kept when a mail is planned, and asked once more when it leaves.

use attesta::db::Engine;
use attesta::kernel::delay::Delay;
use attesta::kernel::time::Timestamp;
use attesta::mail::brake;
use attesta::merchants::Shop;
use serde_json::Value;

use crate::returns::bench::Bench;
use crate::support::app::{TestApp, TestShop, fulfilled};
use crate::support::house::ENGINES;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("a time")
}

async fn state(app: &TestApp, shop: &TestShop, number: &str) -> String {
    app.order(shop, number).await["state"].as_str().unwrap_or("nowhere").to_owned()
}

/// The ticks that look for what changed, then everything that is due.
async fn settle(app: &TestApp) {
    attesta::invitations::jobs::watch_settings(app.ctx()).await.expect("the tick works");
    app.rooms.watch_returns().await.expect("the tick works");
    app.run_jobs().await;
}

/// Who holds mails back, and lets them go.
#[derive(Clone, Copy, Debug)]
enum Holds {
    Shop,
    Operator,
}

impl Holds {
    async fn set(self, app: &TestApp, shop: &TestShop, on: bool) {
        match self {
            Self::Shop => {
                let word = if on { "/pause" } else { "/resume" };
                app.send_as(shop, "POST", word, &Value::Null).await.expect(200, "its word is kept");
            }
            Self::Operator => {
                let (note, now) = (on.then_some("moving"), app.now());
                app.ctx().db().write(move |tx| brake::set_pause(tx, note, now)).await.expect("the database works");
            }
        }
        settle(app).await;
    }
}

/// What was kept beyond its hour leaves in the next of them, unless the shop itself sends it at once.
async fn at_night(engine: Engine, holds: Holds) {
    let Some(bench) = Bench::start(engine).await else { return };
    let app = &bench.app;
    let policy = |shop: &mut Shop| {
        shop.policy.invite_after = Delay::hours(1);
        shop.policy.hours = Some((9, 20));
    };
    let shop = app.shop_with("night.example", policy).await;
    app.clock().set(at("2026-03-25T16:00:00.000Z"));
    for number in ["1", "2"] {
        let event = fulfilled(number, &format!("{number}@example.com"), app.now());
        app.post_event(&shop, &event).await.expect(202, "the order is taken");
    }
    holds.set(app, &shop, true).await;
    app.clock().set(at("2026-03-25T17:00:00.000Z"));
    settle(app).await;
    assert!(state(app, &shop, "1").await == "held", "it was due at six in the evening: {holds:?}");
    app.clock().set(at("2026-03-25T22:30:00.000Z"));
    holds.set(app, &shop, false).await;
    assert_eq!(bench.sink.ledger().len(), 0, "nobody is written to at half past eleven: {holds:?} on {engine:?}");
    let id = app.order(&shop, "2").await["id"].as_str().expect("an id").to_owned();
    app.send_as(&shop, "POST", &format!("/invitations/{id}/send"), &Value::Null).await.expect(200, "at once");
    settle(app).await;
    assert_eq!(
        (bench.sink.ledger().len(), state(app, &shop, "2").await.as_str()),
        (1, "sent"),
        "whatever the hour: {holds:?}"
    );
    for (moment, mails) in [("2026-03-26T07:59:59.000Z", 1), ("2026-03-26T08:00:00.000Z", 2)] {
        app.clock().set(at(moment));
        settle(app).await;
        assert_eq!(bench.sink.ledger().len(), mails, "at {moment}: {holds:?} on {engine:?}");
    }
}

#[tokio::test]
async fn what_was_kept_beyond_its_hours_leaves_in_the_next() {
    for engine in ENGINES {
        at_night(engine, Holds::Shop).await;
        at_night(engine, Holds::Operator).await;
    }
}

/// What is due and had no turn yet is nobody's to wait for: the shop may send it at any hour.
#[tokio::test]
async fn what_waited_for_its_turn_past_its_hours_may_be_sent_at_once() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let (app, hours) = (&bench.app, |shop: &mut Shop| shop.policy.hours = Some((9, 20)));
        let shop = app.shop_with("slow.example", hours).await;
        app.clock().set(at("2026-03-25T17:00:00.000Z"));
        let event = fulfilled("1", "1@example.com", app.now());
        app.post_event(&shop, &event).await.expect(202, "due at six in the evening");
        app.clock().set(at("2026-03-25T22:30:00.000Z"));
        let id = app.order(&shop, "1").await["id"].as_str().expect("an id").to_owned();
        app.send_as(&shop, "POST", &format!("/invitations/{id}/send"), &Value::Null).await.expect(200, "at once");
        settle(app).await;
        assert_eq!((bench.sink.ledger().len(), state(app, &shop, "1").await), (1, "sent".to_owned()), "on {engine:?}");
    }
}
