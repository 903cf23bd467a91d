//! The shop's hand on its invitations and its side of the dialogue, with real orders, mails and reviews.

use attesta::invitations::jobs::watch_settings;
use attesta::kernel::delay::Delay;
use attesta::kernel::time::{DAY, HOUR, Timestamp};
use attesta::merchants::Policy;
use serde_json::{Value, json};

use crate::support::app::{TestApp, TestShop, fulfilled};
use crate::support::house::ENGINES;

/// Runs a story on each engine that is installed, in a shop that waits a week before it asks.
async fn on_each_engine<F: AsyncFn(TestApp, TestShop)>(story: F) {
    for engine in ENGINES {
        let Some(app) = TestApp::start(engine).await else { continue };
        let week = |shop: &mut attesta::merchants::Shop| {
            shop.policy = Policy { invite_after: Delay::days(7), cap_days: 0, ..Policy::default() };
        };
        let shop = app.shop_with("bottega.example", week).await;
        story(app, shop).await;
    }
}

/// Takes an order in; its only invitation as the list shows it.
async fn planned(app: &TestApp, shop: &TestShop, number: &str) -> Value {
    let mailbox: String = number.to_lowercase().replace('/', "").replace(" #", "-");
    let event = fulfilled(number, &format!("{mailbox}@example.com"), app.now());
    app.post_event(shop, &event).await.expect(202, "the order is taken");
    let list = app.get_as(shop, "/invitations?state=pending").await.expect(200, "the list is read");
    let found = list["data"].as_array().unwrap().iter().find(|entry| entry["number"] == number).cloned();
    found.unwrap_or_else(|| panic!("{number} is pending: {list}"))
}

fn path(invitation: &Value, verb: &str) -> String {
    format!("/invitations/{}/{verb}", invitation["id"].as_str().unwrap())
}

fn time(value: &Value) -> Timestamp {
    Timestamp::parse(value.as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn an_invitation_is_postponed_by_thirty_days_in_all() {
    on_each_engine(async |app, shop| {
        let before = planned(&app, &shop, "A1").await;
        let due = time(&before["due_at"]);
        let by = app.send_as(&shop, "POST", &path(&before, "postpone"), &json!({ "by": "10d" })).await;
        let by = by.expect(200, "ten days later is possible");
        assert_eq!((time(&by["due_at"]).day(), &by["postponements"]), (due.plus_ms(10 * DAY).day(), &json!(1)));
        let until = due.plus_ms(29 * DAY);
        let again = app.send_as(&shop, "POST", &path(&before, "postpone"), &json!({ "until": until })).await;
        assert_eq!(time(&again.expect(200, "29 days in all are possible")["due_at"]), until);
        for (body, code) in [
            (json!({ "by": "2d" }), "postpone_limit"),
            (json!({ "until": until }), "invalid_field"),
            (json!({ "until": app.now() }), "invalid_field"),
            (json!({ "until": "tomorrow" }), "invalid_field"),
            (json!({ "by": "1d", "until": until }), "invalid_field"),
            (json!({}), "missing_field"),
        ] {
            let refused = app.send_as(&shop, "POST", &path(&before, "postpone"), &body).await;
            assert_eq!(refused.expect(422, "that is no postponement")["code"], code, "{body}");
        }
        app.clock().set(until.minus_ms(1));
        app.run_jobs().await;
        assert_eq!(app.order(&shop, "A1").await["state"], "scheduled", "nothing leaves before its time");
        app.advance(1);
        app.run_jobs().await;
        assert_eq!(app.order(&shop, "A1").await["state"], "sent");
        for verb in ["cancel", "send"] {
            let late = app.send_as(&shop, "POST", &path(&before, verb), &Value::Null).await;
            assert_eq!(late.expect(409, "the mail has left")["code"], "already_sent");
        }
    })
    .await;
}

#[tokio::test]
async fn an_invitation_is_sent_now_or_cancelled_for_good() {
    on_each_engine(async |app, shop| {
        let now = planned(&app, &shop, "NOW").await;
        app.send_as(&shop, "POST", &path(&now, "send"), &Value::Null).await.expect(200, "it may go out at once");
        app.run_jobs().await;
        assert_eq!(app.order(&shop, "NOW").await["state"], "sent");
        let never = planned(&app, &shop, "NEVER").await;
        for _ in 0..2 {
            let done = app.send_as(&shop, "POST", &path(&never, "cancel"), &Value::Null).await;
            let done = done.expect(200, "cancelling twice is cancelling once");
            assert_eq!((&done["state"], &done["reason"]), (&json!("skipped"), &json!("cancelled_by_shop")));
        }
        // By the order's id, which a shop also knows before anything is planned.
        let order = app.order(&shop, "NEVER").await;
        let by_order = format!("/invitations/{}/send", order["id"].as_str().unwrap());
        let refused = app.send_as(&shop, "POST", &by_order, &Value::Null).await;
        assert_eq!(refused.expect(409, "what was cancelled never goes out")["code"], "order_final");
        app.advance(60 * DAY);
        app.run_jobs().await;
        assert_eq!(app.mails().len(), 1, "only the one that was sent");
        let messages = app.get_as(&shop, "/messages").await.expect(200, "the mails are listed");
        assert_eq!(
            (&messages["data"][0]["kind"], &messages["data"][0]["state"]),
            (&json!("invitation"), &json!("captured"))
        );
        assert!(!messages.to_string().contains("now@example.com"), "no address is told: {messages}");
    })
    .await;
}

#[tokio::test]
async fn a_change_of_policy_plans_what_waits_again_and_a_pause_holds_it() {
    on_each_engine(async |app, shop| {
        let before = planned(&app, &shop, "A1").await;
        app.send_as(&shop, "PUT", "/policy", &json!({ "invite_after": "1d", "cap_days": 0 })).await.expect(200, "set");
        watch_settings(app.ctx()).await.unwrap();
        app.run_jobs().await;
        let after = app.order(&shop, "A1").await;
        assert_eq!(
            time(&after["due_at"]),
            time(&before["due_at"]).minus_ms(6 * DAY),
            "a day after the parcel, no week"
        );
        app.send_as(&shop, "POST", "/pause", &Value::Null).await.expect(200, "a shop may pause");
        app.advance(2 * DAY);
        watch_settings(app.ctx()).await.unwrap();
        app.run_jobs().await;
        let held = app.order(&shop, "A1").await;
        assert_eq!((&held["state"], &held["reason"]), (&json!("held"), &json!("shop_paused")), "held, never lost");
        app.send_as(&shop, "POST", "/resume", &Value::Null).await.expect(200, "and go on");
        watch_settings(app.ctx()).await.unwrap();
        app.run_jobs().await;
        assert_eq!(app.order(&shop, "A1").await["state"], "sent");
    })
    .await;
}

#[tokio::test]
async fn a_review_waits_in_the_inbox_until_it_is_answered() {
    on_each_engine(async |app, shop| {
        let planned = planned(&app, &shop, "A/1 #7").await;
        app.send_as(&shop, "POST", &path(&planned, "send"), &Value::Null).await.expect(200, "at once");
        app.run_jobs().await;
        let link = app.review_link("a1-7@example.com");
        app.post_form(&link, &[("stars", "2"), ("text", "Il coperchio era ammaccato."), ("name", "Ada")]).await;
        let inbox = app.get_as(&shop, "/inbox").await.expect(200, "the inbox is read");
        let entry = &inbox["data"][0];
        assert_eq!((&entry["number"], &entry["stars"], &entry["reply"]), (&json!("A/1 #7"), &json!(2), &Value::Null));
        let reply = format!("/reviews/{}/reply", entry["id"].as_str().unwrap());
        let first = app.send_as(&shop, "PUT", &reply, &json!({ "text": "Ci dispiace." })).await.expect(201, "first");
        app.advance(HOUR);
        let same = app.send_as(&shop, "PUT", &reply, &json!({ "text": "Ci dispiace." })).await.expect(200, "again");
        assert_eq!(same, first, "the same words change nothing");
        let second = app.send_as(&shop, "PUT", &reply, &json!({ "text": "Ne parte uno nuovo." })).await;
        assert_eq!(second.expect(200, "edited")["version"], 2);
        let waiting = |list: &Value| list["data"].as_array().unwrap().len();
        assert_eq!(waiting(&app.get_as(&shop, "/inbox").await.expect(200, "answered")), 0);
        assert_eq!(waiting(&app.get_as(&shop, "/inbox?unanswered=false&sort=oldest").await.expect(200, "all")), 1);
        let other = app.shop("other.example").await;
        for (method, body) in [("PUT", json!({ "text": "Non è mia." })), ("DELETE", Value::Null)] {
            app.send_as(&other, method, &reply, &body).await.expect(404, "another shop finds no such review");
        }
        let gone = app.send_as(&shop, "DELETE", &reply, &Value::Null).await.expect(200, "withdrawn");
        assert!(gone["text"].is_null() && gone["withdrawn_at"].is_string());
        assert_eq!(waiting(&app.get_as(&shop, "/inbox").await.expect(200, "it waits again")), 1);
    })
    .await;
}

#[tokio::test]
async fn pages_of_a_list_follow_each_other_without_gap_or_repeat() {
    on_each_engine(async |app, shop| {
        for n in 0..5 {
            planned(&app, &shop, &format!("P{n}")).await;
            app.advance(HOUR);
        }
        let mut seen = Vec::new();
        let mut next = String::new();
        loop {
            let page = app.get_as(&shop, &format!("/invitations?limit=2{next}")).await.expect(200, "a page");
            seen.extend(
                page["data"].as_array().unwrap().iter().map(|entry| entry["number"].as_str().unwrap().to_owned()),
            );
            let Some(cursor) = page["next"].as_str() else { break };
            next = format!("&cursor={cursor}");
        }
        assert_eq!(seen, ["P4", "P3", "P2", "P1", "P0"]);
        let mine = planned(&app, &shop, "MINE").await;
        let other = app.shop("other.example").await;
        let (verb, by) = (path(&mine, "postpone"), json!({ "by": "1d" }));
        app.send_as(&other, "POST", &verb, &by).await.expect(404, "another shop finds no such invitation");
        app.send_as(&other, "POST", &path(&mine, "cancel"), &Value::Null).await.expect(404, "nor cancels it");
        assert_eq!(app.order(&shop, "MINE").await["state"], "scheduled");
    })
    .await;
}
