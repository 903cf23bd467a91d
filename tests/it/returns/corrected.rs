//! An address that the shop corrects after its invitation had left and came back for good: the order is asked about once more, there, by
//! another mail. What is heard of the old mail afterwards says nothing about the new address.

use attesta::kernel::delay::Delay;
use attesta::kernel::time::{DAY, HOUR};
use serde_json::json;

use super::bench::{ADA, Bench, complaint, form_of, hard, id_of, link_of, soft};
use crate::support::app::{TestShop, event, fulfilled};
use crate::support::house::ENGINES;
use crate::support::smtp_sink::Received;

const MISTYPED: &str = "adaa@example.com";
const OTHER: &str = "ada.bianchi@example.com";
const WORK: &str = "ada@work.example";

async fn correct(bench: &Bench, shop: &TestShop, email: &str) {
    let correction = event("order.updated", "#1", email, bench.app.now());
    bench.app.post_event(shop, &correction).await.expect(202, "taken");
}

/// The newest mail, of so many that left.
fn newest(bench: &Bench, many: usize) -> Received {
    let ledger = bench.sink.ledger();
    assert_eq!(ledger.len(), many, "so many mails left");
    ledger.last().expect("a mail").clone()
}

/// The mail comes back for good, an hour after whatever was before.
async fn come_back(bench: &Bench, mail: &Received) {
    bench.app.advance(HOUR);
    assert_eq!(bench.hand_in(&mail.from, &hard()).await.0, 250);
    bench.app.advance(HOUR);
}

/// The link to the form, and the one that unsubscribes.
fn links(mail: &Received) -> (String, String) {
    (form_of(mail), link_of(mail, "/u/"))
}

/// Where the order is counted, and in which of the marks beside: sent, failed, scheduled, invited, bounced.
async fn counted(bench: &Bench, shop: &TestShop, day: attesta::kernel::time::UtcDay) -> [i64; 5] {
    bench.app.rooms.count_what_moved().await.expect("counted");
    bench.app.rooms.account_for_what_moved().await.expect("counted");
    let seen = bench.app.get_as(shop, &format!("/accounting?from={day}&to={day}")).await;
    let seen = seen.expect(200, "the accounting")["data"][0].clone();
    let number = |name: &str| seen[name].as_i64().expect("a number");
    let places = ["waiting", "scheduled", "held", "sent", "reviewed", "skipped", "failed"].map(number);
    assert_eq!((number("orders"), places.iter().sum()), (1, 1), "the order stands in one place");
    ["sent", "failed", "scheduled", "invited", "bounced"].map(number)
}

#[tokio::test]
async fn an_address_that_is_corrected_after_a_late_bounce_is_asked_by_another_mail() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let (shop, day) = (&bench.shop, bench.app.now().day());
        let first = bench.sent(shop, "#1", MISTYPED).await;
        come_back(&bench, &first).await;
        assert_eq!(counted(&bench, shop, day).await, [0, 1, 0, 1, 1]);

        correct(&bench, shop, MISTYPED).await;
        bench.app.run_jobs().await;
        assert_eq!(bench.order(shop, "#1").await, ("failed".to_owned(), "hard_bounce".to_owned()), "the same address");
        correct(&bench, shop, ADA).await;
        assert_eq!(bench.order(shop, "#1").await.0, "scheduled", "{engine:?}");
        assert_eq!(counted(&bench, shop, day).await, [0, 0, 1, 1, 1]);
        bench.app.run_jobs().await;

        let second = newest(&bench, 2);
        assert_eq!(second.to, [ADA]);
        assert_ne!((id_of(&second), &second.from), (id_of(&first), &first.from), "another mail");
        assert_eq!(bench.order(shop, "#1").await.0, "sent");
        assert_eq!(counted(&bench, shop, day).await, [1, 0, 0, 1, 1]);
        let messages = bench.messages(shop).await;
        assert_eq!(
            messages.iter().map(|message| message["state"].clone()).collect::<Vec<_>>(),
            [json!("sent"), json!("bounced")],
            "each has its own life"
        );
        let order = bench.app.order(shop, "#1").await;
        let whole = bench.app.get_as(shop, &format!("/orders/{}", order["id"].as_str().unwrap())).await;
        let lines = whole.expect(200, "one order")["timeline"].as_array().unwrap().clone();
        let life: Vec<&str> =
            lines.iter().filter(|line| line["kind"] == "mail").filter_map(|line| line["step"].as_str()).collect();
        assert_eq!(life, ["sent", "hard_bounce", "sent"]);

        // The old address is never asked again.
        bench.app.post_event(shop, &fulfilled("#2", MISTYPED, bench.app.now())).await.expect(202, "taken");
        bench.app.run_jobs().await;
        assert_eq!(bench.order(shop, "#2").await, ("skipped".to_owned(), "address_bounced".to_owned()));
        bench.app.advance(90 * DAY);
        bench.app.run_jobs().await;
        newest(&bench, 2);
    }
}

#[tokio::test]
async fn an_address_that_was_corrected_before_the_bounce_is_asked_when_it_comes() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let (shop, day) = (&bench.shop, bench.app.now().day());
        let first = bench.sent(shop, "#1", MISTYPED).await;
        bench.app.advance(HOUR);
        correct(&bench, shop, ADA).await;
        bench.app.run_jobs().await;
        newest(&bench, 1);
        assert_eq!(bench.order(shop, "#1").await.0, "sent", "nothing came back so far");
        come_back(&bench, &first).await;
        assert_eq!(bench.order(shop, "#1").await.0, "scheduled", "{engine:?}");
        bench.app.run_jobs().await;
        assert_eq!(newest(&bench, 2).to, [ADA]);
        assert_eq!(counted(&bench, shop, day).await, [1, 0, 0, 1, 1]);
        bench.app.post_event(shop, &fulfilled("#2", MISTYPED, bench.app.now())).await.expect(202, "taken");
        assert_eq!(bench.order(shop, "#2").await, ("skipped".to_owned(), "address_bounced".to_owned()));
        bench.sent(shop, "#3", ADA).await;
    }
}

#[tokio::test]
async fn the_links_of_a_mail_that_came_back_open_nothing_of_who_is_asked_since() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let first = bench.sent(&bench.shop, "#1", MISTYPED).await;
        let (old_form, old_stop) = links(&first);
        assert_eq!(bench.app.follow(&old_form).await.status, 200);
        come_back(&bench, &first).await;
        correct(&bench, &bench.shop, ADA).await;
        bench.app.run_jobs().await;
        let (form, stop) = links(&newest(&bench, 2));
        for (old, new) in [(&old_form, &form), (&old_stop, &stop)] {
            assert_eq!(bench.app.follow(old).await.status, 404, "{engine:?}: {old}");
            assert_eq!(bench.app.follow(new).await.status, 200, "{engine:?}: {new}");
        }
        assert_eq!(bench.app.post_form(&old_stop, &[]).await.status, 404, "and unsubscribe nobody");

        // Whoever asks with the old link for a fresh one has it sent to the address of today, and it is the link of today.
        assert_eq!(bench.app.post_form(&format!("{old_form}/fresh"), &[]).await.status, 200);
        bench.app.run_jobs().await;
        let fresh = newest(&bench, 3);
        assert_eq!(fresh.to, [ADA]);
        assert_eq!(bench.app.follow(&link_of(&fresh, "/r/")).await.status, 200);
        let review = [("stars", "5"), ("title", ""), ("text", "Tutto bene, davvero."), ("name", "Ada")];
        assert_eq!(bench.app.post_form(&old_form, &review).await.status, 404);
        assert_eq!(bench.app.post_form(&form, &review).await.status, 201);
        assert_eq!(bench.order(&bench.shop, "#1").await.0, "reviewed");
        bench.app.run_jobs().await;
        assert_eq!(newest(&bench, 4).to, [ADA], "its author hears that it is public");
    }
}

#[tokio::test]
async fn what_is_heard_of_the_old_mail_says_nothing_of_the_new_address() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let first = bench.sent(&bench.shop, "#1", MISTYPED).await;
        come_back(&bench, &first).await;
        correct(&bench, &bench.shop, ADA).await;
        for state in ["scheduled", "sent"] {
            let report = if state == "sent" { complaint(&first.from) } else { soft() };
            assert!(bench.hand_in(&first.from, &report).await.1.contains("taken"));
            assert_eq!(bench.order(&bench.shop, "#1").await.0, state, "{engine:?}");
            bench.app.run_jobs().await;
        }
        bench.app.advance(10 * DAY);
        bench.app.run_jobs().await;
        newest(&bench, 2);
        bench.sent(&bench.shop, "#2", ADA).await;
    }
}

#[tokio::test]
async fn each_address_has_its_own_reminder_and_may_bounce_itself() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let shop = bench.app.shop_with("altra.example", |shop| shop.policy.remind_after = Some(Delay::days(3))).await;
        let first = bench.sent(&shop, "#1", MISTYPED).await;
        bench.app.advance(3 * DAY);
        bench.app.run_jobs().await;
        let reminder = newest(&bench, 2);
        come_back(&bench, &first).await;
        correct(&bench, &shop, OTHER).await;
        bench.app.run_jobs().await;
        let second = newest(&bench, 3);
        // The old reminder comes back as well: nobody of today is meant.
        come_back(&bench, &reminder).await;
        assert_eq!(bench.order(&shop, "#1").await.0, "sent");
        come_back(&bench, &second).await;
        assert_eq!(bench.order(&shop, "#1").await, ("failed".to_owned(), "hard_bounce".to_owned()));
        correct(&bench, &shop, OTHER).await;
        correct(&bench, &shop, MISTYPED).await;
        bench.app.run_jobs().await;
        assert_eq!(bench.order(&shop, "#1").await, ("skipped".to_owned(), "address_bounced".to_owned()));
        correct(&bench, &shop, WORK).await;
        bench.app.run_jobs().await;
        assert_eq!(newest(&bench, 4).to, [WORK], "{engine:?}");
        bench.app.advance(3 * DAY);
        bench.app.run_jobs().await;
        assert_eq!(newest(&bench, 5).to, [WORK], "a reminder of its own");
        bench.app.advance(30 * DAY);
        bench.app.run_jobs().await;
        newest(&bench, 5);
    }
}

/// Nobody but whom the newest mail went to opens anything with it; the one before opens nothing.
async fn only_the_newest_opens(bench: &Bench, first: &Received, engine: attesta::db::Engine) {
    let second = newest(bench, 2);
    assert_eq!(second.to, [ADA], "{engine:?}");
    assert_ne!((id_of(&second), &second.from), (id_of(first), &first.from), "another mail");
    let ((old_form, old_stop), (form, stop)) = (links(first), links(&second));
    for (old, new) in [(&old_form, &form), (&old_stop, &stop)] {
        for (link, status) in [(old, 404), (new, 200)] {
            assert_eq!(bench.app.follow(link).await.status, status, "{engine:?}: {link}");
        }
    }
    assert_eq!(bench.app.follow(&old_form.replace("/r/", "/me/")).await.status, 404, "nor of who is asked now");
    assert_eq!(bench.order(&bench.shop, "#1").await.0, "sent");
}

#[tokio::test]
async fn a_mail_that_may_have_arrived_opens_nothing_once_the_address_was_corrected() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let event = fulfilled("#1", "drop-1@example.com", bench.app.now());
        bench.app.post_event(&bench.shop, &event).await.expect(202, "taken");
        bench.app.run_jobs().await;
        let first = newest(&bench, 1);
        assert_eq!(bench.order(&bench.shop, "#1").await.0, "failed", "the line was cut before the answer");
        correct(&bench, &bench.shop, ADA).await;
        bench.app.run_jobs().await;
        only_the_newest_opens(&bench, &first, engine).await;
        let messages = bench.messages(&bench.shop).await;
        let lives: Vec<_> = messages.iter().map(|message| (&message["state"], &message["reason"])).collect();
        let (sent, off) = ((&json!("sent"), &json!(null)), (&json!("cancelled"), &json!("address_corrected")));
        assert_eq!(lives, [sent, off], "{engine:?}");
    }
}

#[tokio::test]
async fn an_address_that_is_corrected_while_the_server_takes_the_mail_is_asked_too() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let event = fulfilled("#1", "hang-1@example.com", bench.app.now());
        bench.app.post_event(&bench.shop, &event).await.expect(202, "taken");
        let corrected = async {
            while !bench.sink.commands().iter().any(|line| line.starts_with("RCPT TO:<hang-1")) {
                tokio::task::yield_now().await;
            }
            correct(&bench, &bench.shop, ADA).await;
            bench.sink.free();
        };
        tokio::join!(bench.app.run_jobs(), corrected);
        bench.app.run_jobs().await;
        let first = bench.sink.ledger().remove(0);
        assert_eq!(first.to, ["hang-1@example.com"]);
        only_the_newest_opens(&bench, &first, engine).await;
    }
}
