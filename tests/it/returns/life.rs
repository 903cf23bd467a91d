//! What follows from a bounce or a complaint: for the order, the person, the other shops, and what the shop reads of it.

use attesta::kernel::delay::Delay;
use attesta::kernel::time::{DAY, HOUR, Timestamp};
use attesta::mail::returned::{ReturnCounts, returned_by_day, returned_since};
use serde_json::{Value, json};

use super::bench::{ADA, Bench, complaint, form_of, hard, id_of, soft};
use crate::support::app::{TestShop, event, fulfilled};
use crate::support::house::ENGINES;

/// How often mails of a shop have come back, and that both ways to count agree.
async fn counted(bench: &Bench, shop: &TestShop) -> ReturnCounts {
    let (id, today) = (shop.id, bench.app.now().day());
    let read = move |conn: &mut attesta::db::Connection| {
        let whole = returned_since(conn, id, Timestamp::EPOCH)?;
        let days = returned_by_day(conn, id, (today.plus(-400), today))?;
        let sum = days.values().fold((0, 0, 0), |(hard, soft, complaints), day| {
            (hard + day.hard_bounces, soft + day.soft_bounces, complaints + day.complaints)
        });
        assert_eq!(sum, (whole.hard_bounces, whole.soft_bounces, whole.complaints));
        assert_eq!(returned_since(conn, id, Timestamp::MAX)?, ReturnCounts::default());
        Ok(whole)
    };
    bench.app.ctx().db().read(read).await.expect("counted")
}

fn counts(hard_bounces: i64, soft_bounces: i64, complaints: i64) -> ReturnCounts {
    ReturnCounts { hard_bounces, soft_bounces, complaints }
}

#[tokio::test]
async fn every_mail_has_a_return_address_of_its_own() {
    let bench = Bench::start(ENGINES[0]).await.expect("SQLite is built in");
    let (first, second) =
        (bench.sent(&bench.shop, "#1", ADA).await, bench.sent(&bench.shop, "#2", "bea@example.com").await);
    for mail in [&first, &second] {
        let local = mail.from.strip_suffix("@bounces.example").expect("the domain of the mailbox");
        let part = local.strip_prefix("returns+").expect("the name of the mailbox");
        assert_eq!(bench.app.ctx().keyring().check_return(part), Some(id_of(mail)));
        assert!(local.len() <= 64);
        let text = String::from_utf8_lossy(&mail.data).into_owned();
        assert!(text.contains("reviews@attesta.invalid") && !text.contains("bounces.example"), "From stays: {text}");
        assert!(!text.contains("X-PM-") && !text.contains("X-SMTPAPI"), "no provider is set");
    }
    assert_ne!(first.from, second.from);
}

#[tokio::test]
async fn a_hard_bounce_ends_the_question_and_all_mail_of_this_instance() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let other = bench.app.shop("altra.example").await;
        let mail = bench.sent(&bench.shop, "#1", ADA).await;
        bench.app.advance(HOUR);
        let (code, said) = bench.hand_in(&mail.from.to_uppercase(), &hard()).await;
        assert_eq!((code, said.contains("taken")), (250, true), "{said}");
        assert_eq!(bench.order(&bench.shop, "#1").await, ("failed".to_owned(), "hard_bounce".to_owned()));
        assert_eq!(bench.hand_in(&mail.from, &hard()).await.1, "250 2.0.0 known already\n");

        let message = bench.messages(&bench.shop).await[0].clone();
        assert_eq!((&message["state"], &message["attempts"][0]["code"]), (&json!("bounced"), &json!(250)));
        let returned = &message["returns"][0];
        assert_eq!(
            (&returned["kind"], &returned["source"], &returned["status"]),
            (&json!("hard_bounce"), &json!("mail"), &json!("5.1.1"))
        );
        assert_eq!(returned["detail"], "550 5.1.1 <a•••@example.com>: user unknown");
        assert_eq!(message["returns"].as_array().unwrap().len(), 1);

        let order = bench.app.order(&bench.shop, "#1").await;
        let whole = bench.app.get_as(&bench.shop, &format!("/orders/{}", order["id"].as_str().unwrap())).await;
        let lines = whole.expect(200, "one order")["timeline"].as_array().unwrap().clone();
        let life: Vec<&str> =
            lines.iter().filter(|line| line["kind"] == "mail").filter_map(|line| line["step"].as_str()).collect();
        assert_eq!(life, ["sent", "hard_bounce"]);
        assert!(lines.iter().any(|line| line["kind"] == "move" && line["reason"] == "hard_bounce"), "{lines:?}");
        let invitations = bench.app.get_as(&bench.shop, "/invitations").await.json();
        assert_eq!(invitations["data"][0]["bounced_at"], returned["at"]);
        assert_eq!(invitations["data"][0]["complained_at"], Value::Null);

        // Nobody here writes there again.
        for shop in [&bench.shop, &other] {
            bench.app.post_event(shop, &fulfilled("#9", ADA, bench.app.now())).await.expect(202, "taken");
            bench.app.run_jobs().await;
            assert_eq!(bench.order(shop, "#9").await, ("skipped".to_owned(), "address_bounced".to_owned()));
        }
        assert_eq!(bench.sink.ledger().len(), 1);
        let queue = bench.app.get_as(&bench.shop, "/mail/queue").await.expect(200, "the shop's queue");
        assert_eq!(queue["brake"]["last_days"], json!({ "sent": 1, "hard_bounces": 1, "complaints": 0 }));
        assert_eq!(counted(&bench, &bench.shop).await, counts(1, 0, 0));
        assert_eq!(counted(&bench, &other).await, counts(0, 0, 0));

        // A later event of the order asks nobody again.
        bench
            .app
            .post_event(&bench.shop, &event("order.delivered", "#1", ADA, bench.app.now()))
            .await
            .expect(202, "taken");
        bench.app.advance(90 * DAY);
        bench.app.run_jobs().await;
        assert_eq!(bench.sink.ledger().len(), 1);
    }
}

#[tokio::test]
async fn who_got_the_mail_is_left_alone_and_not_who_is_named_since() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let other = bench.app.shop("altra.example").await;
        for (number, mistyped, corrected) in
            [("#1", "adaa@example.com", ADA), ("#2", "beaa@example.com", "bea@example.com")]
        {
            let mail = bench.sent(&bench.shop, number, mistyped).await;
            bench.app.advance(HOUR);
            let correction = event("order.updated", number, corrected, bench.app.now());
            bench.app.post_event(&bench.shop, &correction).await.expect(202, "taken");
            bench.app.run_jobs().await;
            let report = if number == "#1" { hard() } else { complaint(&mail.from) };
            assert_eq!(bench.hand_in(&mail.from, &report).await.0, 250, "{number}");
            for (n, address, state) in [("a", mistyped, "skipped"), ("b", corrected, "sent")] {
                let another = format!("{number}{n}");
                let order = fulfilled(&another, address, bench.app.now());
                bench.app.post_event(&bench.shop, &order).await.expect(202, "taken");
                bench.app.run_jobs().await;
                assert_eq!(bench.order(&bench.shop, &another).await.0, state, "{address} on {engine:?}");
            }
        }
        bench.sent(&other, "#9", ADA).await;
    }
}

#[tokio::test]
async fn a_reminder_that_bounces_is_counted_on_its_day_and_the_order_stays_sent() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let shop = bench.app.shop_with("altra.example", |shop| shop.policy.remind_after = Some(Delay::days(3))).await;
        let day = bench.app.now().day();
        for (number, email) in [("#1", ADA), ("#2", "moved-1@example.com"), ("#3", "hard-1@example.com")] {
            bench.app.post_event(&shop, &fulfilled(number, email, bench.app.now())).await.expect(202, "taken");
        }
        bench.app.run_jobs().await;
        bench.app.advance(3 * DAY);
        bench.app.run_jobs().await;
        let ledger = bench.sink.ledger();
        assert_eq!(ledger.len(), 3, "two invitations and one reminder: the other two were refused at once");
        let numbers = async || {
            bench.app.rooms.count_what_moved().await.expect("counted");
            bench.app.rooms.account_for_what_moved().await.expect("counted");
            let seen = bench.app.get_as(&shop, &format!("/accounting?from={day}&to={day}")).await;
            let seen = seen.expect(200, "the accounting")["data"][0].clone();
            ["sent", "failed", "bounced"].map(|name| seen[name].as_i64().expect("a number"))
        };
        assert_eq!(numbers().await, [2, 1, 2], "the invitation of #3 and the reminder of #2");
        let reminder = ledger.iter().rfind(|mail| mail.to == [ADA]).expect("the reminder of #1");
        for said in ["taken", "known already"] {
            assert!(bench.hand_in(&reminder.from, &hard()).await.1.contains(said));
            assert_eq!(numbers().await, [2, 1, 3], "and the one that came back later, once");
        }
        assert_eq!(bench.order(&shop, "#1").await.0, "sent", "the question itself had arrived");
    }
}

#[tokio::test]
async fn a_complaint_ends_the_mail_of_this_shop() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let other = bench.app.shop("altra.example").await;
        let mail = bench.sent(&bench.shop, "#1", ADA).await;
        // To the mailbox itself: feedback loops know no return path.
        let (code, said) = bench.hand_in("returns@bounces.example", &complaint(&mail.from)).await;
        assert_eq!(code, 250, "{said}");
        assert_eq!(bench.order(&bench.shop, "#1").await.0, "sent", "the mail did arrive");
        let message = bench.messages(&bench.shop).await[0].clone();
        assert_eq!(
            (&message["state"], &message["returns"][0]["detail"]),
            (&json!("complained"), &json!("abuse, by SomeFBL/1.0"))
        );
        bench.app.post_event(&bench.shop, &fulfilled("#2", ADA, bench.app.now())).await.expect(202, "taken");
        bench.app.run_jobs().await;
        assert_eq!(bench.order(&bench.shop, "#2").await, ("skipped".to_owned(), "complained".to_owned()));
        let queue = bench.app.get_as(&bench.shop, "/mail/queue").await.expect(200, "the shop's queue");
        assert_eq!(queue["brake"]["last_days"], json!({ "sent": 1, "hard_bounces": 0, "complaints": 1 }));
        bench.sent(&other, "#3", ADA).await;
        assert_eq!(counted(&bench, &bench.shop).await, counts(0, 0, 1));
    }
}

#[tokio::test]
async fn a_soft_bounce_is_tried_again_twice_and_then_given_up() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let first = bench.sent(&bench.shop, "#1", ADA).await;
        for (n, days) in [(1, 1), (2, 3)] {
            let mail = bench.sink.ledger()[n - 1].clone();
            assert_eq!(bench.hand_in(&mail.from, &soft()).await.0, 250);
            assert_eq!(bench.hand_in(&mail.from, &soft()).await.1, "250 2.0.0 known already\n");
            let order = bench.app.order(&bench.shop, "#1").await;
            assert_eq!((&order["state"], &order["reason"]), (&json!("failed"), &json!("soft_bounces")));
            assert_eq!(order["due_at"], json!(bench.app.now().plus_ms(days * DAY)), "{n}");
            let message = bench.messages(&bench.shop).await[0].clone();
            assert_eq!((&message["state"], &message["reason"]), (&json!("queued"), &json!("soft_bounce")));
            bench.app.run_jobs().await;
            assert_eq!(bench.sink.ledger().len(), n, "not before its time");
            bench.app.advance(days * DAY);
            bench.app.run_jobs().await;
            let again = bench.sink.ledger()[n].clone();
            assert_eq!(
                (id_of(&again), &again.from, &again.data),
                (id_of(&first), &first.from, &first.data),
                "the same mail"
            );
            assert_eq!(bench.order(&bench.shop, "#1").await.0, "sent");
        }
        assert_eq!(bench.hand_in(&first.from, &soft()).await.0, 250);
        assert_eq!(bench.order(&bench.shop, "#1").await, ("failed".to_owned(), "soft_bounces".to_owned()));
        bench.app.advance(30 * DAY);
        bench.app.run_jobs().await;
        assert_eq!(bench.sink.ledger().len(), 3);
        assert_eq!(counted(&bench, &bench.shop).await, counts(0, 3, 0));
        assert_eq!(bench.messages(&bench.shop).await[0]["returns"].as_array().unwrap().len(), 3);
    }
}

#[tokio::test]
async fn a_reminder_and_a_fresh_link_have_the_same_patience() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let shop = bench.app.shop_with("altra.example", |shop| shop.policy.remind_after = Some(Delay::days(3))).await;
        let first = bench.sent(&shop, "#1", ADA).await;
        let link = form_of(&first);
        bench.app.advance(3 * DAY);
        bench.app.run_jobs().await;
        again_and_again(&bench, &shop, "reminder").await;
        assert_eq!(bench.app.post_form(&format!("{link}/fresh"), &[]).await.status, 200);
        bench.app.run_jobs().await;
        again_and_again(&bench, &shop, "fresh_link").await;
        // Asked for again before it comes back: the older one is not repeated.
        bench.app.advance(DAY);
        assert_eq!(bench.app.post_form(&format!("{link}/fresh"), &[]).await.status, 200);
        bench.app.run_jobs().await;
        let older = bench.sink.ledger().last().expect("a fresh link").clone();
        bench.app.advance(DAY);
        assert_eq!(bench.app.post_form(&format!("{link}/fresh"), &[]).await.status, 200);
        bench.app.run_jobs().await;
        assert_eq!(bench.hand_in(&older.from, &soft()).await.0, 250);
        let sent = bench.sink.ledger().len();
        let messages = bench.messages(&shop).await;
        assert!(messages.iter().all(|message| message["state"] != "queued"), "nothing waits for nobody: {messages:?}");
        bench.app.advance(10 * DAY);
        bench.app.run_jobs().await;
        assert_eq!((bench.sink.ledger().len(), bench.order(&shop, "#1").await.0.as_str()), (sent, "sent"));
    }
}

#[tokio::test]
async fn what_an_author_hears_of_a_review_has_it_too() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let first = bench.sent(&bench.shop, "#1", ADA).await;
        let link = form_of(&first);
        bench.app.advance(HOUR);
        assert_eq!(bench.app.post_form(&link, &[("stars", "2")]).await.status, 201);
        bench.app.run_jobs().await;
        let list = bench.app.get(&format!("/v1/shops/{}/reviews", bench.shop.domain)).await.expect(200, "published");
        let path = format!("/reviews/{}/reply", list["data"][0]["id"].as_str().unwrap());
        let say = async |text: &str| {
            let said = bench.app.send_as(&bench.shop, "PUT", &path, &json!({ "text": text })).await;
            assert!([200, 201].contains(&said.status), "{}", said.text);
            bench.app.run_jobs().await;
        };
        let kind = bench.messages(&bench.shop).await[0]["kind"].clone();
        assert_eq!(kind, "review_received");
        bounced_softly(&bench, 1).await;
        say("Ci dispiace.").await;
        assert_eq!(bench.messages(&bench.shop).await[0]["kind"], "reply_notice");
        bounced_softly(&bench, 1).await;
        say("Ci dispiace molto.").await;
        // The news of a day ago comes back when there is other news: that goes out, and nothing else.
        bounced_softly(&bench, 1).await;
        bench.app.advance(10 * DAY);
        bench.app.run_jobs().await;
        let words =
            |mail: &crate::support::smtp_sink::Received| String::from_utf8_lossy(&mail.data).replace("=\r\n", "");
        let last = bench.sink.ledger().last().map(words).expect("a mail");
        assert!(last.contains("Ci dispiace molto."), "{last}");
    }
}

/// The newest mail comes back for now: a day later one more has left.
async fn bounced_softly(bench: &Bench, more: usize) {
    let ledger = bench.sink.ledger();
    let mail = ledger.last().expect("a mail");
    assert_eq!(bench.hand_in(&mail.from, &soft()).await.0, 250);
    bench.app.advance(DAY);
    bench.app.run_jobs().await;
    assert_eq!(bench.sink.ledger().len(), ledger.len() + more);
}

/// The newest mail, of this kind, comes back three times: it leaves twice more, a day and three days later, and the order stands as it did.
async fn again_and_again(bench: &Bench, shop: &TestShop, kind: &str) {
    let sent = bench.sink.ledger().len();
    let mail = bench.sink.ledger()[sent - 1].clone();
    for (n, days) in [(1, 1), (2, 3)] {
        assert_eq!(bench.hand_in(&mail.from, &soft()).await.0, 250);
        let message = bench.messages(shop).await[0].clone();
        assert_eq!(
            (&message["kind"], &message["state"], &message["reason"]),
            (&json!(kind), &json!("queued"), &json!("soft_bounce"))
        );
        bench.app.advance(days * DAY - 1);
        bench.app.run_jobs().await;
        assert_eq!(bench.sink.ledger().len(), sent + n - 1, "not before its time");
        bench.app.advance(1);
        bench.app.run_jobs().await;
        let again = bench.sink.ledger()[sent + n - 1].clone();
        assert_eq!((id_of(&again), &again.from), (id_of(&mail), &mail.from), "the same mail");
        assert_eq!(bench.order(shop, "#1").await.0, "sent");
    }
    assert_eq!(bench.hand_in(&mail.from, &soft()).await.0, 250);
    bench.app.advance(5 * DAY);
    bench.app.run_jobs().await;
    assert_eq!(bench.sink.ledger().len(), sent + 2, "then it is given up");
}

#[tokio::test]
async fn who_reviewed_has_got_the_mail_whatever_a_server_says() {
    let bench = Bench::start(ENGINES[0]).await.expect("SQLite is built in");
    let mail = bench.sent(&bench.shop, "#1", ADA).await;
    let link = form_of(&mail);
    let posted = bench
        .app
        .post_form(&link, &[("stars", "5"), ("title", ""), ("text", "Tutto bene, davvero."), ("name", "Ada")])
        .await;
    assert_eq!(posted.status, 201, "{}", posted.text);
    for report in [soft(), hard()] {
        assert_eq!(bench.hand_in(&mail.from, &report).await.0, 250);
        assert_eq!(bench.order(&bench.shop, "#1").await.0, "reviewed");
    }
    bench.app.advance(10 * DAY);
    bench.app.run_jobs().await;
    assert_eq!(bench.sink.ledger().len(), 1);
}

#[tokio::test]
async fn a_mail_about_a_review_that_bounces_ends_the_mail_of_its_author_too() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let mail = bench.sent(&bench.shop, "#1", ADA).await;
        let link = form_of(&mail);
        let fields = [("stars", "5"), ("title", ""), ("text", "Tutto bene, davvero."), ("name", "Ada")];
        assert_eq!(bench.app.post_form(&link, &fields).await.status, 201);
        bench.app.run_jobs().await;
        let ledger = bench.sink.ledger();
        assert_eq!(ledger.len(), 2, "its author hears that it is public");
        assert_eq!(bench.hand_in(&ledger[1].from, &hard()).await.0, 250);
        bench.app.post_event(&bench.shop, &fulfilled("#2", ADA, bench.app.now())).await.expect(202, "taken");
        bench.app.run_jobs().await;
        assert_eq!(bench.order(&bench.shop, "#2").await, ("skipped".to_owned(), "address_bounced".to_owned()));
        assert_eq!(bench.order(&bench.shop, "#1").await.0, "reviewed", "the question itself had arrived");
    }
}

#[tokio::test]
async fn a_refusal_at_once_counts_with_those_that_come_later() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        bench
            .app
            .post_event(&bench.shop, &fulfilled("#1", "hard-1@example.com", bench.app.now()))
            .await
            .expect(202, "taken");
        bench.app.run_jobs().await;
        let message = bench.messages(&bench.shop).await[0].clone();
        assert_eq!((&message["state"], &message["returns"][0]["source"]), (&json!("failed"), &json!("smtp")));
        assert_eq!(message["returns"][0]["status"], "5.1.1");
        let queue = bench.app.get_as(&bench.shop, "/mail/queue").await.expect(200, "the shop's queue");
        assert_eq!(queue["brake"]["last_days"]["hard_bounces"], 1, "once, whoever counts it");
        assert_eq!(counted(&bench, &bench.shop).await, counts(1, 0, 0));
        for number in ["#2", "#3", "#4"] {
            let again = fulfilled(number, "hard-1@example.com", bench.app.now());
            bench.app.post_event(&bench.shop, &again).await.expect(202, "taken");
        }
        bench.app.run_jobs().await;
        assert_eq!(bench.order(&bench.shop, "#4").await, ("skipped".to_owned(), "address_bounced".to_owned()));
        let asked = bench.sink.commands().iter().filter(|line| line.starts_with("RCPT")).count();
        assert_eq!(asked, 1, "nothing is tried there again");
    }
}

#[tokio::test]
async fn what_is_ignored_or_refused_leaves_no_trace() {
    let bench = Bench::start(ENGINES[0]).await.expect("SQLite is built in");
    let mail = bench.sent(&bench.shop, "#1", ADA).await;
    let away = "From: Ada <ada@example.com>\r\nAuto-Submitted: auto-replied\r\nSubject: Risposta automatica: com'era\r\n\r\nFuori fino a lunedì.\r\n";
    let human = "From: Ada <ada@example.com>\r\nSubject: Re: com'era\r\n\r\nBenissimo, grazie.\r\n";
    let late = super::bench::dsn("Action: delayed\r\nStatus: 4.4.1", "Subject: x");
    for (to, report, code, words) in [
        (mail.from.as_str(), away, 250, "ignored"),
        (&mail.from, &late, 250, "ignored"),
        (&mail.from, human, 550, "nobody reads"),
        ("returns@bounces.example", human, 550, "names no mail of ours"),
        ("returns@bounces.example", &hard(), 550, "names no mail of ours"),
    ] {
        let (answered, said) = bench.hand_in(to, report).await;
        assert!(answered == code && said.contains(words), "{to}: {said}");
    }
    assert_eq!(counted(&bench, &bench.shop).await, counts(0, 0, 0));
    assert_eq!(bench.order(&bench.shop, "#1").await.0, "sent");
    assert_eq!(bench.messages(&bench.shop).await[0]["state"], "sent");
}

#[tokio::test]
async fn forged_reports_are_refused() {
    let bench = Bench::start(ENGINES[0]).await.expect("SQLite is built in");
    let mail = bench.sent(&bench.shop, "#1", ADA).await;
    let (local, _) = mail.from.split_once('@').unwrap();
    let part = local.strip_prefix("returns+").unwrap();
    let changed = part.replacen(&part[..1], if part.starts_with('a') { "b" } else { "a" }, 1);
    for to in [
        format!("returns+{changed}@bounces.example"),
        format!("returns+{}@bounces.example", &part[..44]),
        format!("returns+{part}x@bounces.example"),
        "returns+@bounces.example".to_owned(),
        format!("other+{part}@bounces.example"),
        format!("returns+{part}@elsewhere.example"),
        format!("returns-{part}@bounces.example"),
        "postmaster@bounces.example".to_owned(),
        ADA.to_owned(),
        String::new(),
    ] {
        assert_eq!(bench.hand_in(&to, &hard()).await.0, 550, "{to}");
    }
    // Signed here, but about a mail that never left: captured ones and none at all.
    let never = bench.app.ctx().keyring().mint_return(bench.app.ctx().ids().next()).expect("a key");
    assert_eq!(bench.hand_in(&format!("returns+{never}@bounces.example"), &hard()).await.0, 550);
    // A report that names two mails names none.
    let two = bench.sent(&bench.shop, "#2", "bea@example.com").await;
    let both = complaint(&format!("{}>, <{}", mail.from, two.from));
    assert_eq!(bench.hand_in("returns@bounces.example", &both).await.0, 550);
    bench.app.advance(91 * DAY);
    assert_eq!(bench.hand_in(&mail.from, &hard()).await.0, 550, "too late");
    assert_eq!(counted(&bench, &bench.shop).await, counts(0, 0, 0));
    assert_eq!(bench.order(&bench.shop, "#1").await.0, "sent");
}
