//! A mail is seen from the day it is planned, and keeps its id through its life; what goes next is said, and what keeps it from going.

use std::collections::BTreeMap;

use attesta::config::Secret;
use attesta::db::Engine;
use attesta::kernel::delay::Delay;
use attesta::kernel::pace::Limit;
use attesta::kernel::time::{DAY, HOUR};
use attesta::mail::brake::{self, Hand};
use serde_json::{Value, json};

use crate::support::app::{TestApp, TestShop, fulfilled};
use crate::support::house::ENGINES;
use crate::support::smtp_sink::SmtpSink;

async fn ordered(app: &TestApp, shop: &TestShop, number: &str, address: &str) {
    app.post_event(shop, &fulfilled(number, address, app.now())).await.expect(202, "the order is taken");
}

/// A page of the shop's mails.
async fn page(app: &TestApp, shop: &TestShop, query: &str) -> (Vec<Value>, Option<String>) {
    let list = app.get_as(shop, &format!("/messages?{query}")).await.expect(200, "mails are listed");
    (list["data"].as_array().unwrap().clone(), list["next"].as_str().map(str::to_owned))
}

async fn messages(app: &TestApp, shop: &TestShop) -> Vec<Value> {
    page(app, shop, "").await.0
}

async fn of_order(app: &TestApp, shop: &TestShop, number: &str) -> Vec<Value> {
    let id = app.order(shop, number).await["id"].as_str().unwrap().to_owned();
    let order = app.get_as(shop, &format!("/orders/{id}")).await.expect(200, "one order");
    order["messages"].as_array().unwrap().clone()
}

async fn queue(app: &TestApp, shop: &TestShop) -> Value {
    app.get_as(shop, "/mail/queue").await.expect(200, "the queue is shown")
}

async fn with_sink(engine: Engine, sink: &SmtpSink, limits: &[&str]) -> Option<TestApp> {
    let (url, limits) = (sink.url(), limits.iter().map(|text| Limit::parse(text).unwrap()).collect());
    TestApp::start_with(engine, |config| {
        config.smtp_url = Some(Secret::new(url));
        config.mail.limits = limits;
    })
    .await
}

/// Scheduled, queued, tried, sent: one mail, one id, in both lists.
async fn life(engine: Engine) {
    let sink = SmtpSink::start().await;
    let Some(app) = with_sink(engine, &sink, &[]).await else { return };
    let shop = app.shop_with("bottega.example", |shop| shop.policy.invite_after = Delay::days(7)).await;
    let other = app.shop("altra.example").await;
    ordered(&app, &shop, "#1", "soft2-ada@example.com").await;
    ordered(&app, &other, "#1", "ok-eve@example.com").await;
    let order = app.order(&shop, "#1").await;
    let seen = messages(&app, &shop).await;
    assert_eq!(seen.len(), 1, "the other shop's is not ours: {seen:?}");
    let id = seen[0]["id"].clone();
    let scheduled = json!({
        "id": id, "kind": "invitation", "order": order["id"], "state": "scheduled", "reason": null, "waits_for": null,
        "created_at": order["due_at"], "next_at": order["due_at"], "sent_at": null, "attempts": [], "returns": [],
    });
    assert_eq!(seen[0], scheduled);
    assert_eq!(of_order(&app, &shop, "#1").await, seen);
    app.advance(7 * DAY);
    let due = messages(&app, &shop).await;
    assert_eq!((&due[0]["state"], &due[0]["next_at"], &due[0]["id"]), (&json!("queued"), &order["due_at"], &id));
    for (attempts, state) in [(1, "queued"), (2, "queued"), (3, "sent")] {
        app.run_jobs().await;
        let tried = messages(&app, &shop).await;
        assert_eq!(tried.len(), 1, "one mail: {tried:?}");
        assert_eq!((&tried[0]["id"], &tried[0]["state"]), (&id, &json!(state)), "attempt {attempts} on {engine:?}");
        assert_eq!(tried[0]["attempts"].as_array().unwrap().len(), attempts);
        assert_eq!(tried[0]["created_at"], tried[0]["attempts"][0]["at"], "from then on it is the first attempt");
        assert_eq!(tried[0]["order"], order["id"]);
        assert_eq!(of_order(&app, &shop, "#1").await, tried);
        app.advance(HOUR);
    }
    assert!(!json!(messages(&app, &shop).await).to_string().contains("ada@"), "no address is told");
}

/// Whoever pages while mails leave misses none.
async fn paged(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop_with("pagine.example", |shop| shop.policy.invite_after = Delay::days(1)).await;
    for n in 0..3 {
        ordered(&app, &shop, &format!("S{n}"), &format!("s{n}@example.com")).await;
        app.advance(1_000);
    }
    app.advance(DAY);
    app.run_jobs().await;
    for n in 0..5 {
        ordered(&app, &shop, &format!("W{n}"), &format!("w{n}@example.com")).await;
        app.advance(1_000);
    }
    let (whole, end) = page(&app, &shop, "limit=100").await;
    let states: Vec<&str> = whole.iter().map(|one| one["state"].as_str().unwrap()).collect();
    assert_eq!(states, [["scheduled"; 5].as_slice(), &["captured"; 3]].concat(), "what waits first");
    assert_eq!(end, None);
    let newest_first = |all: &[Value]| {
        let ids: Vec<&str> = all.iter().map(|one| one["id"].as_str().unwrap()).collect();
        ids.is_sorted_by(|a, b| a > b)
    };
    assert!(newest_first(&whole[..5]) && newest_first(&whole[5..]), "{whole:?}");
    // As it is, page by page.
    let (mut paged, mut next) = (Vec::new(), Some("limit=3".to_owned()));
    while let Some(query) = next {
        let (rows, cursor) = page(&app, &shop, &query).await;
        assert!(rows.len() <= 3);
        paged.extend(rows);
        next = cursor.map(|cursor| format!("limit=3&cursor={cursor}"));
    }
    assert_eq!(paged, whole);
    // All that waits leaves after the first page.
    let (mut told, cursor) = page(&app, &shop, "limit=3").await;
    app.advance(DAY);
    app.run_jobs().await;
    let mut next = cursor;
    while let Some(cursor) = next {
        let (rows, beyond) = page(&app, &shop, &format!("limit=3&cursor={cursor}")).await;
        told.extend(rows);
        next = beyond;
    }
    let told: BTreeMap<&str, &Value> = told.iter().map(|one| (one["id"].as_str().unwrap(), &one["state"])).collect();
    assert_eq!(told.len(), 8, "nothing is missed");
    assert!(whole.iter().all(|one| told[one["id"].as_str().unwrap()] == "captured"), "and ends as it is: {told:?}");
    app.get_as(&shop, "/messages?cursor=AXt9").await.expect(400, "no cursor of this list");
}

/// Every kind of mail is in the shop's queue, with its order and a masked address, and a mail that is asked for again keeps its id.
async fn kinds(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop_with("tutto.example", |shop| shop.policy.remind_after = Some(Delay::days(3))).await;
    app.invited(&shop, "#1", "ada@example.com").await;
    let seen = queue(&app, &shop).await;
    assert_eq!((&seen["waiting"], seen["next"].as_array().unwrap().len()), (&json!({ "due": 0, "later": 1 }), 1));
    let next = &seen["next"][0];
    assert_eq!(
        (&next["kind"], &next["number"], &next["to"]),
        (&json!("reminder"), &json!("#1"), &json!("a•••@example.com"))
    );
    let listed = messages(&app, &shop).await;
    let kinds: Vec<&Value> = listed.iter().map(|one| &one["kind"]).collect();
    assert_eq!(kinds, ["reminder", "invitation"], "{listed:?}");
    assert_eq!((&listed[0]["id"], &listed[0]["next_at"]), (&next["message"], &next["due_at"]));
    // Not for who unsubscribed, but for who wants to be asked later after all: the same mail.
    let stop = app.unsubscribe_link("ada@example.com");
    assert_eq!(app.post_form(&stop, &[]).await.status, 200);
    let kinds: Vec<Value> = messages(&app, &shop).await.iter().map(|one| one["kind"].clone()).collect();
    assert_eq!(kinds, ["invitation"], "nothing more is planned");
    assert_eq!(queue(&app, &shop).await["next"], json!([]));
    assert_eq!(app.post_form(&format!("{stop}/undo"), &[]).await.status, 200);
    assert_eq!(app.post_form(&format!("{stop}/later"), &[]).await.status, 200);
    let again = messages(&app, &shop).await;
    assert_eq!((&again[0]["id"], &again[0]["state"]), (&listed[0]["id"], &json!("scheduled")));
    assert_eq!(again.len(), 2);
    assert_eq!(of_order(&app, &shop, "#1").await, [again[1].clone(), again[0].clone()], "the oldest first");
    // As things stand it would be held: that is said before it is due.
    app.send_as(&shop, "POST", "/pause", &Value::Null).await.expect(200, "a shop may pause");
    let held = &messages(&app, &shop).await[0];
    assert_eq!((&held["state"], &held["reason"]), (&json!("scheduled"), &json!("shop_paused")));
    let next = queue(&app, &shop).await["next"][0].clone();
    assert_eq!((&next["reason"], &next["to"], &next["number"]), (&json!("shop_paused"), &Value::Null, &json!("#1")));
    app.send_as(&shop, "POST", "/resume", &Value::Null).await.expect(200, "and go on");
    // A review brings a mail to its author, due at once.
    let link = app.review_link("ada@example.com");
    let fields = [("stars", "4"), ("title", "Bene"), ("text", "Tutto come promesso, pacco ben chiuso.")];
    assert_eq!(app.post_form(&link, &fields).await.status, 201);
    let seen = queue(&app, &shop).await;
    assert_eq!((&seen["waiting"]["due"], &seen["next"][0]["kind"]), (&json!(1), &json!("review_received")));
    assert_eq!((&seen["next"][0]["number"], &seen["next"][0]["to"]), (&json!("#1"), &json!("a•••@example.com")));
    assert_eq!(messages(&app, &shop).await[0]["state"], "queued");
}

/// What keeps a shop's mail from moving is said with who ends it, and the forecast counts with it.
async fn still(engine: Engine) {
    let sink = SmtpSink::start().await;
    let Some(app) = with_sink(engine, &sink, &["60 per hour"]).await else { return };
    let shop = app.shop_with("ferma.example", |shop| shop.policy.invite_after = Delay::days(1)).await;
    let (id, now) = (shop.id, app.now());
    ordered(&app, &shop, "#1", "ok-1@example.com").await;
    let free = queue(&app, &shop).await;
    assert_eq!((&free["standstills"], &free["forecast"]["held_for"]), (&json!([]), &json!([])));
    assert_eq!(free["forecast"]["limit"], "60 per hour");
    assert!(free["forecast"]["empty_at"].is_string(), "{free}");
    app.ctx().db().write(move |tx| brake::stop(tx, id, now)).await.unwrap();
    let stopped = queue(&app, &shop).await;
    let still = &stopped["standstills"][0];
    assert_eq!((&still["reason"], &still["mail"]), (&json!("stopped_by_operator"), &json!("all_but_awaited")));
    assert!(still["ends"].as_str().unwrap().contains("operator") && still["until"].is_null(), "{still}");
    assert_eq!(stopped["forecast"]["empty_at"], Value::Null, "nobody knows");
    assert_eq!(stopped["forecast"]["held_for"], json!(["stopped_by_operator"]));
    app.ctx().db().write(move |tx| brake::resume(tx, id, Hand::Operator, now)).await.unwrap();
    app.ctx().db().write(move |tx| brake::set_pause(tx, Some("moving"), now)).await.unwrap();
    app.send_as(&shop, "POST", "/pause", &Value::Null).await.expect(200, "a shop may pause");
    let both = queue(&app, &shop).await;
    let reasons: Vec<&Value> = both["standstills"].as_array().unwrap().iter().map(|one| &one["reason"]).collect();
    assert_eq!(reasons, ["instance_paused", "shop_paused"]);
    assert_eq!((&both["standstills"][1]["mail"], &both["forecast"]["empty_at"]), (&json!("questions"), &Value::Null));
    assert!(!both.to_string().contains("moving"), "the operator's note is the operator's");
    app.send_as(&shop, "POST", "/resume", &Value::Null).await.expect(200, "and go on");
    app.ctx().db().write(move |tx| brake::set_pause(tx, None, now)).await.unwrap();
    app.advance(DAY + HOUR);
    app.run_jobs().await;
    let gone = queue(&app, &shop).await;
    assert_eq!((&gone["sent_in_last_hour"], &gone["forecast"]["empty_at"]), (&json!(1), &gone["at"]));
    app.advance(2 * HOUR);
    assert_eq!(queue(&app, &shop).await["sent_in_last_hour"], 0);
}

/// The mails of other shops that are due before go first: a shop's forecast counts them.
async fn among(engine: Engine) {
    let sink = SmtpSink::start().await;
    let Some(app) = with_sink(engine, &sink, &["2 per hour"]).await else { return };
    let (busy, shop) = (app.shop("piena.example").await, app.shop("piccola.example").await);
    for n in 0..8 {
        ordered(&app, &busy, &format!("B{n}"), &format!("ok-{n}@example.com")).await;
    }
    ordered(&app, &shop, "#1", "ok-x@example.com").await;
    let empty = |seen: &Value| {
        let at = |name: &Value| attesta::kernel::time::Timestamp::parse(name.as_str().unwrap()).unwrap();
        at(&seen["forecast"]["empty_at"]).since(at(&seen["at"]))
    };
    let seen = queue(&app, &shop).await;
    assert_eq!(seen["waiting"], json!({ "due": 1, "later": 0 }));
    assert!(empty(&seen) > 4 * HOUR, "eight go first, two an hour: {seen}");
    app.run_jobs().await;
    let waits = queue(&app, &shop).await;
    let waits_for = &waits["next"][0]["waits_for"];
    assert!(waits_for == "2 per hour" || waits_for.is_null(), "{waits}");
}

#[tokio::test]
async fn a_mail_is_listed_before_it_is_tried_and_keeps_its_id() {
    for engine in ENGINES {
        life(engine).await;
    }
}

#[tokio::test]
async fn whoever_pages_while_mails_leave_misses_none() {
    for engine in ENGINES {
        paged(engine).await;
    }
}

#[tokio::test]
async fn every_kind_of_mail_is_in_the_queue_of_its_shop() {
    for engine in ENGINES {
        kinds(engine).await;
    }
}

#[tokio::test]
async fn a_queue_says_what_keeps_it_from_moving_and_who_ends_that() {
    for engine in ENGINES {
        still(engine).await;
    }
}

#[tokio::test]
async fn a_shop_waits_behind_the_mails_of_others() {
    for engine in ENGINES {
        among(engine).await;
    }
}
