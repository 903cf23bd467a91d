//! What waits for another attempt ends with what ends its order: nothing of it stands in the queue any more, and its life says why.

use attesta::invitations::jobs::watch_settings;
use attesta::kernel::delay::Delay;
use attesta::kernel::time::{DAY, HOUR};
use serde_json::{Value, json};

use super::bench::{ADA, Bench, form_of, hard, id_of, link_of, soft};
use crate::support::app::{TestShop, event, fulfilled};
use crate::support::house::ENGINES;
use crate::support::smtp_sink::Received;

/// The address of an order's customer.
fn customer(number: &str) -> String {
    format!("{}@example.com", number.replace('#', "ada-"))
}

/// An invitation that left and came back for now: it is tried again tomorrow.
async fn put_off(bench: &Bench, shop: &TestShop, number: &str) -> Received {
    let mail = bench.sent(shop, number, &customer(number)).await;
    bench.app.advance(HOUR);
    assert_eq!(bench.hand_in(&mail.from, &soft()).await.0, 250);
    assert_eq!(bench.order(shop, number).await, ("failed".to_owned(), "soft_bounces".to_owned()));
    mail
}

async fn tell(bench: &Bench, shop: &TestShop, kind: &str, (number, email): (&str, &str)) {
    bench.app.post_event(shop, &event(kind, number, email, bench.app.now())).await.expect(202, "taken");
}

/// State, reason and next attempt of a message.
async fn life(bench: &Bench, shop: &TestShop, mail: &Received) -> [Value; 3] {
    let id = json!(id_of(mail));
    let all = bench.messages(shop).await;
    let message = all.iter().find(|message| message["id"] == id).expect("the message is listed");
    ["state", "reason", "next_at"].map(|name| message[name].clone())
}

/// Mails of a shop that its queue still speaks of: all, and those that wait for another attempt.
async fn waiting(bench: &Bench, shop: &TestShop) -> (i64, i64) {
    let queue = bench.app.get_as(shop, "/mail/queue").await.expect(200, "the shop's queue");
    let again: i64 = queue["held"].as_array().unwrap().iter().filter_map(|held| held["messages"].as_i64()).sum();
    let number = |name: &str| queue["waiting"][name].as_i64().expect("a number");
    (number("due") + number("later"), again)
}

fn cancelled(reason: &str) -> [Value; 3] {
    [json!("cancelled"), json!(reason), Value::Null]
}

#[tokio::test]
async fn a_mail_that_waits_for_another_attempt_ends_with_its_order() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let shop = &bench.shop;
        let stopped = put_off(&bench, shop, "#1").await;
        let voided = put_off(&bench, shop, "#2").await;
        let withdrawn = put_off(&bench, shop, "#3").await;
        let dead = put_off(&bench, shop, "#4").await;
        assert_eq!(waiting(&bench, shop).await, (4, 4), "{engine:?}: all are tried again");
        assert_eq!(bench.app.post_form(&link_of(&stopped, "/u/"), &[]).await.status, 200);
        tell(&bench, shop, "order.cancelled", ("#2", &customer("#2"))).await;
        let id = bench.app.order(shop, "#3").await["id"].as_str().unwrap().to_owned();
        let path = format!("/invitations/{id}/cancel");
        bench.app.send_as(shop, "POST", &path, &Value::Null).await.expect(200, "withdrawn");
        assert_eq!(bench.hand_in(&dead.from, &hard()).await.0, 250);

        for (mail, expected) in [
            (&stopped, cancelled("unsubscribed")),
            (&voided, cancelled("order_cancelled")),
            (&withdrawn, cancelled("cancelled_by_shop")),
            (&dead, [json!("bounced"), json!("hard_bounce"), Value::Null]),
        ] {
            assert_eq!(life(&bench, shop, mail).await, expected, "{engine:?}");
        }
        assert_eq!(waiting(&bench, shop).await, (0, 0), "{engine:?}: nothing is left to be sent");
        bench.app.advance(30 * DAY);
        bench.app.run_jobs().await;
        assert_eq!(bench.sink.ledger().len(), 4, "nothing was");
    }
}

#[tokio::test]
async fn a_reminder_that_waits_for_another_attempt_ends_with_the_review() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let shop = bench.app.shop_with("altra.example", |shop| shop.policy.remind_after = Some(Delay::days(3))).await;
        let (first, second) = (bench.sent(&shop, "#1", ADA).await, bench.sent(&shop, "#2", "bea@example.com").await);
        bench.app.advance(3 * DAY);
        bench.app.run_jobs().await;
        let reminders = bench.sink.ledger()[2..].to_vec();
        assert_eq!(reminders.len(), 2);
        for reminder in &reminders {
            assert_eq!(bench.hand_in(&reminder.from, &soft()).await.0, 250);
        }
        assert_eq!(waiting(&bench, &shop).await, (2, 2), "{engine:?}");
        let form = form_of(&first);
        let review = [("stars", "4"), ("title", ""), ("text", "Tutto bene, davvero."), ("name", "Ada")];
        assert_eq!(bench.app.post_form(&form, &review).await.status, 201);
        let of = |address: &str| reminders.iter().find(|mail| mail.to == [address]).expect("a reminder");
        assert_eq!(life(&bench, &shop, of(ADA)).await, cancelled("reviewed"), "{engine:?}");

        // The shop wants no reminders any more, which is found out when its time comes.
        bench
            .app
            .send_as(&shop, "PUT", "/policy", &json!({ "remind_after": null }))
            .await
            .expect(200, "the policy is taken");
        bench.app.advance(2 * DAY);
        bench.app.run_jobs().await;
        assert_eq!(life(&bench, &shop, of(&second.to[0])).await, cancelled("soft_bounce"), "{engine:?}: it keeps why");
        assert_eq!(bench.sink.ledger().iter().filter(|mail| mail.to == second.to).count(), 2, "no third mail");
    }
}

#[tokio::test]
async fn an_address_that_is_corrected_while_its_mail_waits_for_another_attempt_is_asked_by_another_mail() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let shop = &bench.shop;
        let first = put_off(&bench, shop, "#1").await;
        tell(&bench, shop, "order.updated", ("#1", ADA)).await;
        assert_eq!(bench.order(shop, "#1").await.0, "scheduled", "{engine:?}");
        assert_eq!(life(&bench, shop, &first).await, cancelled("address_corrected"), "{engine:?}");
        bench.app.run_jobs().await;
        let ledger = bench.sink.ledger();
        assert_eq!(ledger.len(), 2, "{engine:?}: it is asked at once, its time had come long ago");
        let second = ledger[1].clone();
        assert_eq!(second.to, [ADA]);
        assert_ne!((id_of(&second), &second.from), (id_of(&first), &first.from), "another mail");
        // A full mailbox may have kept what it refused.
        assert_eq!(bench.app.follow(&link_of(&first, "/r/")).await.status, 404, "{engine:?}");
        assert_eq!(bench.app.follow(&link_of(&second, "/r/")).await.status, 200, "{engine:?}");
        // What is still heard of the first mail says nothing of the second.
        bench.hand_in(&first.from, &hard()).await;
        assert_eq!(bench.order(shop, "#1").await.0, "sent", "{engine:?}");
        bench.sent(shop, "#2", ADA).await;
        bench.app.advance(30 * DAY);
        bench.app.run_jobs().await;
        assert_eq!(bench.sink.ledger().len(), 3, "{engine:?}: nothing leaves twice");
    }
}

#[tokio::test]
async fn what_the_customers_word_dropped_stays_dropped_when_they_take_it_back() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let shop = bench.app.shop_with("altra.example", |shop| shop.policy.invite_after = Delay::days(7)).await;
        let now = bench.app.now();
        let early = fulfilled("#1", ADA, now.minus_ms(8 * DAY));
        bench.app.post_event(&shop, &early).await.expect(202, "taken");
        bench.app.run_jobs().await;
        let mail = bench.sink.ledger()[0].clone();
        let policy = json!({ "cap_days": 0, "invite_after": "7d" });
        bench.app.send_as(&shop, "PUT", "/policy", &policy).await.expect(200, "no cap");
        for number in ["#2", "#3"] {
            bench.app.post_event(&shop, &fulfilled(number, ADA, now)).await.expect(202, "taken");
            assert_eq!(bench.order(&shop, number).await.0, "scheduled", "{engine:?}");
        }
        let stop = link_of(&mail, "/u/");
        assert_eq!(bench.app.post_form(&stop, &[]).await.status, 200);
        assert_eq!(bench.app.post_form(&format!("{stop}/undo"), &[]).await.status, 200);

        tell(&bench, &shop, "order.delivered", ("#2", ADA)).await;
        let dropped = ("skipped".to_owned(), "unsubscribed".to_owned());
        assert_eq!(bench.order(&shop, "#2").await, dropped, "{engine:?}: a later event brings no mail back");
        tell(&bench, &shop, "order.updated", ("#3", "bea@example.com")).await;
        assert_eq!(bench.order(&shop, "#3").await.0, "scheduled", "{engine:?}: somebody else said nothing");
        bench.app.post_event(&shop, &fulfilled("#4", ADA, now)).await.expect(202, "taken");
        assert_eq!(bench.order(&shop, "#4").await.0, "scheduled", "{engine:?}: a later order is asked about");
    }
}

#[tokio::test]
async fn whoever_wrote_after_a_mail_that_came_back_keeps_its_links_and_gets_it_no_more() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let shop = &bench.shop;
        let mail = put_off(&bench, shop, "#1").await;
        let form = form_of(&mail);
        let review = [("stars", "4"), ("title", ""), ("text", "Tutto bene, davvero."), ("name", "Ada")];
        assert_eq!(bench.app.post_form(&form, &review).await.status, 201);
        assert_eq!(life(&bench, shop, &mail).await, cancelled("reviewed"), "{engine:?}");
        tell(&bench, shop, "order.updated", ("#1", "bea@example.com")).await;
        assert_eq!(bench.order(shop, "#1").await.0, "reviewed", "{engine:?}");
        assert_eq!(bench.app.follow(&form).await.status, 200, "{engine:?}: the author opens their review as before");
        bench.app.advance(10 * DAY);
        bench.app.run_jobs().await;
        let invitations = bench.sink.ledger().iter().filter(|sent| id_of(sent) == id_of(&mail)).count();
        assert_eq!(invitations, 1, "{engine:?}: nobody is asked who has answered");
    }
}

/// A policy that holds for what is planned already.
async fn set_policy(bench: &Bench, shop: &TestShop, policy: &Value) {
    bench.app.send_as(shop, "PUT", "/policy", policy).await.expect(200, "the policy is taken");
    watch_settings(bench.app.ctx()).await.expect("the tick works");
    bench.app.run_jobs().await;
}

#[tokio::test]
async fn a_mail_that_is_planned_again_after_it_was_cancelled_says_so() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let shop = &bench.shop;
        bench.app.send_as(shop, "POST", "/pause", &Value::Null).await.expect(200, "paused");
        bench.app.post_event(shop, &fulfilled("#1", ADA, bench.app.now())).await.expect(202, "taken");
        bench.app.run_jobs().await;
        assert_eq!(bench.order(shop, "#1").await.0, "held", "{engine:?}");
        // Only orders of more, and then of any sum.
        set_policy(&bench, shop, &json!({ "min_total": 900_000, "invite_after": "0h" })).await;
        let message = bench.messages(shop).await[0].clone();
        assert_eq!(
            (&message["state"], &message["reason"]),
            (&json!("cancelled"), &json!("below_minimum")),
            "{engine:?}"
        );
        set_policy(&bench, shop, &json!({ "min_total": null, "invite_after": "0h" })).await;
        tell(&bench, shop, "order.updated", ("#1", ADA)).await;
        let message = bench.messages(shop).await[0].clone();
        assert_eq!((&message["state"], &message["reason"]), (&json!("queued"), &Value::Null), "{engine:?}");
        bench.app.send_as(shop, "POST", "/resume", &Value::Null).await.expect(200, "resumed");
        watch_settings(bench.app.ctx()).await.expect("the tick works");
        bench.app.run_jobs().await;
        assert_eq!(bench.sink.ledger().len(), 1, "{engine:?}");
        assert_eq!(bench.messages(shop).await[0]["state"], "sent", "{engine:?}");
    }
}

#[tokio::test]
async fn a_fresh_link_that_waits_for_another_attempt_ends_where_a_later_one_is_asked_for() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let shop = &bench.shop;
        let again = format!("{}/fresh", form_of(&bench.sent(shop, "#1", ADA).await));
        assert_eq!(bench.app.post_form(&again, &[]).await.status, 200);
        bench.app.run_jobs().await;
        let first = bench.sink.ledger()[1].clone();
        bench.app.advance(HOUR);
        assert_eq!(bench.hand_in(&first.from, &soft()).await.0, 250);
        assert_eq!(waiting(&bench, shop).await, (1, 1), "{engine:?}: it is tried again tomorrow");
        bench.app.advance(DAY - HOUR);
        assert_eq!(bench.app.post_form(&again, &[]).await.status, 200);
        assert_eq!(life(&bench, shop, &first).await, cancelled("asked_again"), "{engine:?}");
        bench.app.run_jobs().await;
        assert_eq!(bench.sink.ledger().len(), 3, "{engine:?}: the later one leaves");
        assert_eq!(waiting(&bench, shop).await, (0, 0), "{engine:?}");
    }
}

#[tokio::test]
async fn news_of_a_reply_that_wait_for_another_attempt_end_where_the_shop_replies_anew() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let shop = &bench.shop;
        let form = form_of(&bench.sent(shop, "#1", ADA).await);
        assert_eq!(bench.app.post_form(&form, &[("stars", "2")]).await.status, 201);
        bench.app.run_jobs().await;
        let list = bench.app.get(&format!("/v1/shops/{}/reviews", shop.domain)).await.expect(200, "it is public");
        let path = format!("/reviews/{}/reply", list["data"][0]["id"].as_str().expect("an id"));
        let reply = async |text: &str, status: u16| {
            let said = bench.app.send_as(shop, "PUT", &path, &json!({ "text": text })).await;
            said.expect(status, "the shop replies");
            bench.sink.ledger().len()
        };
        let before = reply("Ci dispiace.", 201).await;
        bench.app.run_jobs().await;
        let first = bench.sink.ledger()[before].clone();
        bench.app.advance(HOUR);
        assert_eq!(bench.hand_in(&first.from, &soft()).await.0, 250);
        assert_eq!(waiting(&bench, shop).await, (1, 1), "{engine:?}: they are sent once more");
        reply("Ci dispiace molto.", 200).await;
        assert_eq!(life(&bench, shop, &first).await, cancelled("replied_again"), "{engine:?}");
        bench.app.advance(3 * DAY);
        bench.app.run_jobs().await;
        assert_eq!(bench.sink.ledger().len(), before + 2, "{engine:?}: the news of the later words leave");
        assert_eq!(waiting(&bench, shop).await, (0, 0), "{engine:?}");
    }
}
