//! What a shop and the operator see of mail that waits, and how they hold it and let it go.

use std::ffi::OsString;

use attesta::cli;
use attesta::config::{Environment, Secret};
use attesta::db::Engine;
use attesta::kernel::delay::Delay;
use attesta::kernel::pace::{Limit, QuietHours};
use attesta::kernel::time::{DAY, HOUR, Timestamp};
use attesta::mail::brake::{self, Hand};
use serde_json::{Value, json};

use crate::support::app::{TestApp, TestShop, fulfilled};
use crate::support::house::ENGINES;
use crate::support::smtp_sink::SmtpSink;

async fn start(engine: Engine, sink: &SmtpSink) -> Option<TestApp> {
    let url = sink.url();
    TestApp::start_with(engine, |config| {
        config.smtp_url = Some(Secret::new(url));
        config.mail.limits = vec![Limit::parse("60 per minute").unwrap(), Limit::parse("2 connections").unwrap()];
    })
    .await
}

async fn ordered(app: &TestApp, shop: &TestShop, number: &str) {
    let event = fulfilled(number, &format!("ok-{number}@example.com"), app.now());
    app.post_event(shop, &event).await.expect(202, "the order is taken");
}

async fn queue(app: &TestApp, shop: &TestShop) -> Value {
    app.get_as(shop, "/mail/queue").await.expect(200, "the queue is shown")
}

async fn tick(app: &TestApp) {
    app.rooms.watch_returns().await.unwrap();
    app.run_jobs().await;
}

async fn watched(engine: Engine) {
    let sink = SmtpSink::start().await;
    let Some(app) = start(engine, &sink).await else { return };
    let shop = app.shop_with("bottega.example", |shop| shop.policy.invite_after = Delay::days(7)).await;
    ordered(&app, &shop, "A1").await;
    ordered(&app, &shop, "A2").await;
    let seen = queue(&app, &shop).await;
    assert_eq!(seen["waiting"], json!({ "due": 0, "later": 2 }));
    assert_eq!((&seen["next"][0]["number"], seen["next"].as_array().unwrap().len()), (&json!("A1"), 2));
    assert_eq!(
        seen["limits"],
        json!([
            { "limit": "60 per minute", "used": 0, "set_by": "operator" },
            { "limit": "2 connections", "used": null, "set_by": "operator" },
        ])
    );
    assert_eq!((&seen["forecast"]["per_hour"], &seen["forecast"]["by"]), (&json!(3600), &json!("limits")));
    assert_eq!(seen["forecast"]["quiet_hours"], Value::Null);
    assert_eq!(seen["brake"]["state"], "off");
    app.advance(7 * DAY + HOUR);
    app.run_jobs().await;
    let seen = queue(&app, &shop).await;
    assert_eq!((&seen["waiting"]["due"], &seen["limits"][0]["used"]), (&json!(0), &json!(2)));
    assert_eq!(seen["brake"]["last_days"], json!({ "sent": 2, "hard_bounces": 0, "complaints": 0 }));
    assert_eq!(seen["forecast"]["empty_at"], seen["at"]);
    assert_eq!(sink.ledger().len(), 2);
}

async fn limited_by_the_shop(engine: Engine) {
    let sink = SmtpSink::start().await;
    let Some(app) = start(engine, &sink).await else { return };
    let shop = app.shop("lenta.example").await;
    let put = async |body: Value| app.send_as(&shop, "PUT", "/mail/limits", &body).await;
    let seen = put(json!({ "limits": ["2 per HOUR", "1 per minute to gmail.com"] })).await.expect(200, "they are set");
    assert_eq!(seen["limits"][2], json!({ "limit": "2 per hour", "used": 0, "set_by": "shop" }));
    for (bad, field) in [
        (json!({ "limits": ["no connections"] }), "/limits/0"),
        (json!({ "limits": ["2 per hour", "soon"] }), "/limits/1"),
        (json!({ "limits": "2 per hour" }), "/limits"),
        (json!({ "limit": [] }), "/limit"),
        (json!({}), "/limits"),
    ] {
        let refused = put(bad.clone()).await.expect(422, "it is no limit");
        assert_eq!(refused["field"], field, "{bad}");
    }
    for n in 0..5 {
        ordered(&app, &shop, &format!("L{n}")).await;
    }
    app.run_jobs().await;
    assert_eq!(sink.ledger().len(), 2);
    let seen = queue(&app, &shop).await;
    assert_eq!((&seen["waiting"]["due"], &seen["limits"][2]["used"]), (&json!(3), &json!(2)));
    assert_eq!(seen["forecast"]["per_hour"], 2);
    put(json!({ "limits": [] })).await.expect(200, "they are taken away");
    app.advance(3 * HOUR);
    app.run_jobs().await;
    assert_eq!(sink.ledger().len(), 5);
}

async fn stopped(engine: Engine) {
    let sink = SmtpSink::start().await;
    let Some(app) = start(engine, &sink).await else { return };
    let (shop, other) = (app.shop("ferma.example").await, app.shop("altra.example").await);
    let (id, now) = (shop.id, app.now());
    app.ctx().db().write(move |tx| brake::stop(tx, id, now)).await.unwrap();
    ordered(&app, &shop, "S1").await;
    ordered(&app, &other, "T1").await;
    tick(&app).await;
    assert_eq!(sink.ledger().len(), 1, "another shop is not touched");
    let order = app.order(&shop, "S1").await;
    assert_eq!((&order["state"], &order["reason"]), (&json!("held"), &json!("stopped_by_operator")));
    let seen = queue(&app, &shop).await;
    assert_eq!((&seen["brake"]["state"], &seen["brake"]["cause"]), (&json!("stopped"), &json!("operator")));
    assert_eq!(
        seen["held"],
        json!([{ "state": "held", "reason": "stopped_by_operator", "kind": "invitation", "messages": 1 }])
    );
    let refused = app.send_as(&shop, "POST", "/mail/resume", &Value::Null).await.expect(409, "only the operator may");
    assert_eq!(refused["code"], "sending_stopped");
    app.ctx().db().write(move |tx| brake::resume(tx, id, Hand::Operator, now)).await.unwrap();
    tick(&app).await;
    assert_eq!(app.order(&shop, "S1").await["state"], "sent", "held, never lost");
    app.send_as(&shop, "POST", "/mail/resume", &Value::Null).await.expect(200, "nothing is held");
}

#[tokio::test]
async fn a_shop_sees_what_waits_and_when_it_will_be_empty() {
    for engine in ENGINES {
        watched(engine).await;
    }
}

#[tokio::test]
async fn a_shop_may_be_slower_than_the_operator_allows() {
    for engine in ENGINES {
        limited_by_the_shop(engine).await;
    }
}

#[tokio::test]
async fn what_the_operator_stopped_the_shop_does_not_resume() {
    for engine in ENGINES {
        stopped(engine).await;
    }
}

/// One command beside the running instance.
fn attesta(app: &TestApp, line: &str) -> Value {
    serde_json::from_str(&told(app, &format!("{line} --json"))).unwrap()
}

/// The same, for people.
fn told(app: &TestApp, line: &str) -> String {
    let (code, said) = asked(app, &line.split_whitespace().collect::<Vec<_>>());
    assert_eq!(code, 0, "{line}: {said}");
    said
}

/// The code of a command, and what it said.
fn asked(app: &TestApp, words: &[&str]) -> (u8, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let folder = app.ctx().config().data_dir.display().to_string();
    let args = [&["attesta"], words, &["--data-dir", &folder]].concat();
    let code = cli::run(args.into_iter().map(OsString::from), Environment::empty(), &mut out, &mut err);
    out.extend(err);
    (code, String::from_utf8(out).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_holds_all_mail_and_reads_the_queue() {
    let sink = SmtpSink::start().await;
    let app = start(Engine::Sqlite, &sink).await.unwrap();
    let shop = app.shop("tutte.example").await;
    let say = |line: &str| tokio::task::block_in_place(|| attesta(&app, line));
    assert_eq!(say("mail pause --note moving"), json!({ "paused": true, "changed": true }));
    ordered(&app, &shop, "P1").await;
    tick(&app).await;
    assert_eq!(app.order(&shop, "P1").await["reason"], "instance_paused");
    let seen = say("mail queue");
    assert_eq!(seen["paused"]["note"], "moving");
    assert_eq!(
        seen["held"],
        json!([{ "state": "held", "reason": "instance_paused", "kind": "invitation", "messages": 1 }])
    );
    assert_eq!(
        (&seen["forecast"]["empty_at"], &seen["forecast"]["held_for"]),
        (&Value::Null, &json!(["instance_paused"]))
    );
    assert_eq!(
        (&seen["standstills"][0]["reason"], &seen["standstills"][0]["mail"]),
        (&json!("instance_paused"), &json!("all"))
    );
    assert_eq!(say("mail resume"), json!({ "paused": false, "changed": true }));
    tick(&app).await;
    assert_eq!((app.order(&shop, "P1").await["state"].clone(), sink.ledger().len()), (json!("sent"), 1));
    let text = |line: &str| tokio::task::block_in_place(|| told(&app, line));
    assert!(!text("mail queue").contains("resumed"));
    say("mail pause");
    let paused = text("mail queue");
    assert!(
        paused.starts_with("0 mails are due and 0 wait for their time; they leave when sending is resumed.\n"),
        "{paused}"
    );
    say("mail resume");
    let stopped = text("mail pause --shop tutte.example");
    assert!(stopped.contains("a fresh link that a customer asks for, and the statement of reasons"), "{stopped}");
    let again = say("mail pause --shop tutte.example");
    assert_eq!(
        (&again["changed"], &again["still_leaves"]),
        (&json!(false), &json!(["fresh_link", "restriction_statement"]))
    );
    let braked = text("mail queue");
    assert!(
        braked.contains(
            "tutte.example is stopped; let it go: attesta mail resume --shop tutte.example (by the operator)"
        )
    );
    assert!(!braked.contains("shp_"), "{braked}");
    assert_eq!(say("mail queue")["braked"][0]["shop"], json!(shop.id));
    assert_eq!(say("mail queue")["braked"][0]["held_for"], "stopped_by_operator");
    assert_eq!(say("mail queue")["braked"][0]["cause"], "operator");
    assert_eq!(say("mail resume --shop tutte.example")["changed"], true);
    assert_eq!(say("mail queue")["braked"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_limit_of_one_domain_is_told_and_so_is_the_clock_of_quiet_hours() {
    let sink = SmtpSink::start().await;
    for engine in ENGINES {
        let (url, before) = (sink.url(), sink.ledger().len());
        let app = TestApp::start_with(engine, |config| {
            config.smtp_url = Some(Secret::new(url));
            config.mail.limits = vec![Limit::parse("2 per hour to example.com").unwrap()];
            config.mail.quiet_hours = Some(QuietHours::parse("21 to 8").unwrap());
        });
        let Some(app) = app.await else { continue };
        // Ahead of the real clock, by which the command looks.
        app.clock().set(Timestamp::parse("2090-03-06T09:30:00.000Z").unwrap());
        let shop = app.shop("bottega.example").await;
        for n in 0..5 {
            ordered(&app, &shop, &format!("D{n}")).await;
        }
        app.run_jobs().await;
        assert_eq!(sink.ledger().len(), before + 2);
        let quiet = queue(&app, &shop).await["forecast"]["quiet_hours"].clone();
        assert_eq!(quiet, json!({ "hours": "21 to 8", "zone": "Europe/Rome" }));
        if engine == Engine::Sqlite {
            let seen = tokio::task::block_in_place(|| attesta(&app, "mail queue"));
            let deferred = &seen["deferred"][0];
            assert_eq!((&deferred["limit"], &deferred["mails"]), (&json!("2 per hour to example.com"), &json!(3)));
            let last = Timestamp::parse(deferred["last_at"].as_str().unwrap()).unwrap().since(app.now());
            assert!((HOUR..=2 * HOUR + HOUR / 10).contains(&last), "its own turn: {last}");
            assert_eq!(seen["deferred"].as_array().unwrap().len(), 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_holds_no_more_dialogues_than_it_wants() {
    let sink = SmtpSink::start().await;
    let url = sink.url();
    let app = TestApp::start_with(Engine::Sqlite, |config| config.smtp_url = Some(Secret::new(url)));
    let app = app.await.expect("SQLite is always there");
    // Ahead of the real clock, by which the command looks.
    app.clock().set(Timestamp::parse("2090-03-06T09:30:00.000Z").unwrap());
    let (shop, other) = (app.shop("stretta.example").await, app.shop("altra.example").await);
    let limits = json!({ "limits": ["1 connection"] });
    let seen = app.send_as(&shop, "PUT", "/mail/limits", &limits).await.expect(200, "it is set");
    assert_eq!(seen["limits"], json!([{ "limit": "1 connection", "used": null, "set_by": "shop" }]));
    // The mail server keeps everybody waiting; each recipient has a domain of their own, so that no domain is full.
    for n in 0..3 {
        for (shop, whose) in [(&shop, "mine"), (&other, "theirs")] {
            let event = fulfilled(&format!("{whose}-{n}"), &format!("hang-{whose}@{n}.{whose}.example"), app.now());
            app.post_event(shop, &event).await.expect(202, "the order is taken");
        }
    }
    let asked = |whose: &str| sink.commands().iter().filter(|line| line.contains(&format!("<hang-{whose}@"))).count();
    let meanwhile = async {
        let waits = json!("1 connection of one shop");
        loop {
            let seen = tokio::task::block_in_place(|| attesta(&app, "mail queue"));
            let deferred = &seen["deferred"][0];
            if (&deferred["limit"], &deferred["mails"]) == (&waits, &json!(2)) && asked("theirs") == 3 {
                break;
            }
            tokio::task::yield_now().await;
        }
        assert_eq!(asked("mine"), 1, "the others of this shop wait, whoever is ahead of them");
        sink.free();
    };
    tokio::join!(app.run_jobs(), meanwhile);
    for _ in 0..2 {
        app.advance(HOUR);
        app.run_jobs().await;
    }
    assert_eq!((asked("mine"), sink.ledger().len()), (3, 6), "nothing is lost");
}

/// The settings of the instance, which the command reads by itself.
const LIMITED: &str = "mail.limits=60 per minute, 2 connections";

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_sees_what_goes_next_and_never_to_whom() {
    let sink = SmtpSink::start().await;
    let app = start(Engine::Sqlite, &sink).await.unwrap();
    // Ahead of the real clock, by which the command looks.
    app.clock().set(Timestamp::parse("2090-03-06T09:30:00.000Z").unwrap());
    let (shop, other) = (app.shop("prima.example").await, app.shop("seconda.example").await);
    ordered(&app, &shop, "A1").await;
    app.advance(1_000);
    ordered(&app, &other, "B1").await;
    let looked = |words: &[&str]| tokio::task::block_in_place(|| asked(&app, words)).1;
    let seen: Value = serde_json::from_str(&looked(&["mail", "queue", "--json", "--set", LIMITED])).unwrap();
    let next: Vec<(&Value, &Value)> =
        seen["next"].as_array().unwrap().iter().map(|one| (&one["domain"], &one["number"])).collect();
    assert_eq!(next, [(&json!("prima.example"), &json!("A1")), (&json!("seconda.example"), &json!("B1"))]);
    assert_eq!((&seen["next"][0]["kind"], &seen["next"][0]["shop"]), (&json!("invitation"), &json!(shop.id)));
    let listed = app.get_as(&shop, "/messages").await.expect(200, "mails are listed");
    assert_eq!(seen["next"][0]["message"], listed["data"][0]["id"], "one id, whoever asks");
    assert_eq!(seen["forecast"]["limit"], "60 per minute");
    let text = looked(&["mail", "queue", "--set", LIMITED]);
    assert!(text.contains("next at 2090-03-06T09:30:00.000Z: invitation of prima.example, order A1\n"), "{text}");
    assert!(text.contains("at most 3600 an hour (the limit 60 per minute binds), 0 left in the last hour."), "{text}");
    assert!(!format!("{seen}{text}").contains("example.com"), "to whom is not told: {text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_limits_the_mail_of_a_shop() {
    let sink = SmtpSink::start().await;
    let app = start(Engine::Sqlite, &sink).await.unwrap();
    let shop = app.shop("lenta.example").await;
    let run = |words: &[&str]| tokio::task::block_in_place(|| asked(&app, &[words, &["--set", LIMITED]].concat()));
    let (code, none) = run(&["mail", "limits", "--shop", "lenta.example"]);
    assert!(code == 0 && none.starts_with("The mail of lenta.example has no limit of its own.\n"), "{none}");
    assert!(none.contains("\n  60 per minute (0 used), on all mail\n  2 connections, on all mail\n"), "{none}");
    let both = "2 connections, 1 connection to outlook.com";
    let (code, set) = run(&["mail", "limits", "--shop", "lenta.example", both, "5 per hour"]);
    let lines = "\n  2 connections, set by the operator\n  1 connection to outlook.com, set by the operator\n\
                 \x20 5 per hour (0 used), set by the operator\n";
    assert!(code == 0 && set.starts_with("The operator limits the mail of lenta.example from now on.\n"), "{set}");
    assert!(set.contains(lines), "{set}");
    assert_eq!(run(&["mail", "limits", "--shop", "lenta.example", "5 per hour"]).0, 0, "in place of those before");
    app.send_as(&shop, "PUT", "/mail/limits", &json!({ "limits": ["9 per hour"] })).await.expect(200, "beside its own");
    app.send_as(&shop, "PUT", "/mail/limits", &json!({ "limits": [] })).await.expect(200, "which it takes away");
    let of_shop = queue(&app, &shop).await["limits"].clone();
    let expected = json!({ "limit": "5 per hour", "used": 0, "set_by": "operator_on_shop" });
    assert_eq!(
        (&of_shop[2], of_shop.as_array().unwrap().len()),
        (&expected, 3),
        "the shop sees it, and cannot lift it"
    );
    for n in 0..8 {
        ordered(&app, &shop, &format!("L{n}")).await;
    }
    app.run_jobs().await;
    assert_eq!(sink.ledger().len(), 5, "and it holds");
    app.send_as(&shop, "PUT", "/mail/limits", &json!({ "limits": ["9 per hour"] })).await.expect(200, "a higher one");
    for (words, why) in [
        (vec!["soon"], "expected a limit such as"),
        (vec!["1 per hour"; 9], "at most 8 limits"),
        (vec![","], "no limit in that"),
        (vec!["1 per hour", "--clear"], "cannot be used with"),
    ] {
        let (code, said) = run(&[&["mail", "limits", "--shop", "lenta.example"], words.as_slice()].concat());
        assert!(code == 2 && said.contains(why), "{said}");
    }
    assert_eq!(run(&["mail", "limits", "1 per hour"]).0, 2, "the limits of all mail are a setting");
    assert_eq!(run(&["mail", "limits", "--shop", "nobody.example"]).0, 1);
    let shown = tokio::task::block_in_place(|| attesta(&app, "mail limits --shop lenta.example"));
    assert_eq!((&shown["changed"], &shown["limits"][0]["limit"]), (&json!(false), &json!("5 per hour")));
    let (code, gone) = run(&["mail", "limits", "--shop", "lenta.example", "--clear"]);
    assert!(
        code == 0 && gone.starts_with("The operator sets no limit on the mail of lenta.example any more.\n"),
        "{gone}"
    );
    assert!(gone.contains("\n  9 per hour (") && gone.contains(" used), set by the shop\n"), "{gone}");
    assert_eq!(queue(&app, &shop).await["limits"].as_array().unwrap().len(), 3);
    let (code, all) = run(&["mail", "limits"]);
    assert!(
        code == 0 && all.starts_with("All mail is limited to:\n  60 per minute (0 used)\n  2 connections\n"),
        "{all}"
    );
}
