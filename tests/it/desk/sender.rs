//! Who a shop's mails are from, set and seen with its key: what could be something else is refused with a reason, and a test mail tells
//! what happens.

use attesta::config::Secret;
use attesta::kernel::email::EmailAddress;
use attesta::links::Base;
use attesta::mail::brake::{self, Hand};
use mail_parser::MessageParser;
use serde_json::{Value, json};

use crate::support::app::{Answer, TestApp, TestShop, fulfilled};
use crate::support::dns::Dns;
use crate::support::house::ENGINES;
use crate::support::smtp_sink::SmtpSink;

async fn set(app: &TestApp, shop: &TestShop, field: &str, value: &str) -> Answer {
    app.send_as(shop, "PATCH", "/settings", &json!({ field: value })).await
}

#[tokio::test]
async fn a_sender_that_could_be_something_else_is_refused_with_a_reason() {
    for engine in ENGINES {
        let Some(app) = TestApp::start(engine).await else { continue };
        let shop = app.shop("bottega.example").await;
        let near_a_million = "x".repeat(1_000_000);
        let table = [
            ("mail_name", "Bottega\r\nBcc: everybody"),
            ("mail_name", "=?utf-8?q?Banca?="),
            ("mail_name", "banca@example.com"),
            ("mail_name", "Bottega\u{202E}"),
            ("mail_name", near_a_million.as_str()),
            ("mail_from", "-oProxy@bottega.example"),
            ("mail_from", "a@bottega.example\r\nBcc: x@example.com"),
            ("mail_from", "a@xn--\u{1F4A9}.example"),
            ("mail_from", "a@other.example"),
            ("mail_from", "Banca <a@bottega.example>"),
            ("mail_from", near_a_million.as_str()),
        ];
        for (field, value) in table {
            let shown: String = value.chars().take(40).collect();
            let problem = set(&app, &shop, field, value).await.expect(422, &shown);
            assert_eq!(problem["field"], format!("/{field}"), "{shown}");
            assert!(problem["detail"].as_str().unwrap().len() < 300, "a reason, not an echo: {problem}");
        }
        let now = app.get_as(&shop, "/settings").await.expect(200, "nothing was changed");
        assert_eq!((&now["mail_name"], &now["mail_from"]), (&Value::Null, &Value::Null));
    }
}

#[tokio::test]
async fn no_name_asks_for_stars() {
    for engine in ENGINES {
        let Some(app) = TestApp::start(engine).await else { continue };
        let shop = app.shop("bottega.example").await;
        let asks = [
            ("mail_name", "Lasciaci 5 stelle"),
            ("name", "Lasciaci\u{200B} 5 stelle"),
            ("name", "Please give us five stars"),
            ("mail_name", "Bitte geben Sie uns 5 Sterne"),
        ];
        for (field, value) in asks {
            let problem = set(&app, &shop, field, value).await.expect(422, value);
            assert_eq!(
                (&problem["code"], &problem["field"]),
                (&json!("asks_for_praise"), &json!(format!("/{field}"))),
                "{value}"
            );
        }
        let both = app.send_as(&shop, "PATCH", "/settings", &json!({ "country": "FR", "mail_name": asks[0].1 })).await;
        both.expect(422, "all or nothing");
        let now = app.get_as(&shop, "/settings").await.expect(200, "nothing was changed");
        assert_eq!((&now["mail_name"], &now["country"]), (&Value::Null, &Value::Null));
        for name in ["Hotel Cinque Stelle", "Five Star Cleaning", "Vier Sterne Reisen", "Bottega delle Recensioni"] {
            for field in ["name", "mail_name"] {
                assert_eq!(set(&app, &shop, field, name).await.expect(200, name)[field], name);
            }
        }
    }
}

#[tokio::test]
async fn a_shop_sets_its_sender_and_sees_what_its_domain_needs() {
    for engine in ENGINES {
        let (dns, sink) = (Dns::start().await, SmtpSink::start().await);
        let started = TestApp::start_with(engine, |config| {
            config.public_url = Some(Base::parse(&format!("http://{}", config.listen)).unwrap());
            config.smtp_url = Some(Secret::new(sink.url()));
            config.dns.resolvers = vec![dns.address()];
        });
        let Some(app) = started.await else { continue };
        let shop = app.shop("bottega.example").await;
        let sender = app.get_as(&shop, "/mail").await.expect(200, "before any wish");
        assert_eq!(sender["name"], "Bottega Verdi (via Attesta)");
        assert_eq!((&sender["wished"], &sender["domain"]), (&Value::Null, &Value::Null));
        let instance = sender["address"].clone();

        set(&app, &shop, "mail_name", "Bottega Ligure").await.expect(200, "a name");
        set(&app, &shop, "mail_from", "Ciao@Bottega.example").await.expect(200, "an address");
        let sender = app.get_as(&shop, "/mail").await.expect(200, "after the wish");
        assert_eq!(sender["name"], "Bottega Ligure (via Attesta)");
        assert_eq!((&sender["wished"], &sender["address"]), (&json!("ciao@bottega.example"), &instance));
        assert_eq!(sender["domain"]["state"], "preparing", "a GET makes nothing");
        assert_eq!(app.rooms.look_at_domains().await.unwrap(), 1, "a tick makes the keys");
        let sender = app.get_as(&shop, "/mail").await.expect(200, "with its keys");
        assert_eq!(sender["domain"]["state"], "waiting");
        for record in sender["domain"]["records"].as_array().unwrap() {
            dns.txt(record["name"].as_str().unwrap(), record["publish"].as_str().unwrap());
        }
        let sender = app.send_as(&shop, "POST", "/mail/check", &Value::Null).await.expect(200, "it looks now");
        assert_eq!(
            (&sender["domain"]["state"], &sender["address"]),
            (&json!("signing"), &json!("ciao@bottega.example"))
        );

        app.post_event(&shop, &fulfilled("#1", "ok-ada@example.com", app.now()))
            .await
            .expect(202, "the order is taken");
        app.run_jobs().await;
        let mail = String::from_utf8(sink.ledger().pop().unwrap().data).unwrap();
        assert!(mail.contains("From: \"Bottega Ligure (via Attesta)\" <ciao@bottega.example>"), "{mail}");
        assert!(mail.starts_with("DKIM-Signature: v=1; a=rsa-sha256;"), "{mail}");

        set(&app, &shop, "mail_name", "x").await.expect(200, "changed");
        let cleared = json!({ "mail_name": null, "mail_from": null });
        app.send_as(&shop, "PATCH", "/settings", &cleared).await.expect(200, "cleared");
        let sender = app.get_as(&shop, "/mail").await.expect(200, "as before");
        assert_eq!((&sender["name"], &sender["address"]), (&json!("Bottega Verdi (via Attesta)"), &instance));
    }
}

#[tokio::test]
async fn a_test_mail_tells_what_happens() {
    for engine in ENGINES {
        let sink = SmtpSink::start().await;
        let started = TestApp::start_with(engine, |config| {
            config.public_url = Some(Base::parse(&format!("http://{}", config.listen)).unwrap());
            config.smtp_url = Some(Secret::new(sink.url().replace("smtp://", "smtp://u:geheim@")));
        });
        let Some(app) = started.await else { continue };
        let shop = app.shop("bottega.example").await;
        let test = async |to: &str| app.send_as(&shop, "POST", "/mail/test", &json!({ "to": to })).await;
        let told = test("ok-1@example.com").await.expect(200, "told");
        assert_eq!((&told["sent"], &told["steps"][4]["step"]), (&json!(false), &json!("auth")), "{told}");
        assert!(told["cause"].as_str().unwrap().contains("no way to log in"), "{told}");
        assert!(!told.to_string().contains("geheim"), "{told}");
        for bad in ["-x@example.com", "a@example.com\r\nBcc: b@example.com", "", "a@b", &"x".repeat(900_000)] {
            test(bad).await.expect(422, "no address");
        }
        let language = json!({ "to": "ok-1@example.com", "language": "xx" });
        let problem = app.send_as(&shop, "POST", "/mail/test", &language).await.expect(422, "no language");
        assert_eq!(problem["field"], "/language");
        for _ in 1..10 {
            test("ok-1@example.com").await.expect(200, "told");
        }
        let refused = test("ok-1@example.com").await;
        assert_eq!(refused.header("retry-after"), "3600");
        refused.expect(429, "eleven in an hour");
        app.advance(attesta::kernel::time::HOUR);
        test("ok-1@example.com").await.expect(200, "told again");
    }
}

#[tokio::test]
async fn a_test_mail_is_what_customers_get() {
    for engine in ENGINES {
        let sink = SmtpSink::start().await;
        let started = TestApp::start_with(engine, |config| {
            config.smtp_url = Some(Secret::new(sink.url()));
            config.returns.mailbox = Some(EmailAddress::parse("returns@bounces.example").unwrap());
        });
        let Some(app) = started.await else { continue };
        let shop = app.shop("bottega.example").await;
        let words = json!({ "subject": "Una domanda da {{shop.name}}" });
        app.send_as(&shop, "PUT", "/templates/invitation/it", &words).await.expect(200, "stored");
        let told = app.send_as(&shop, "POST", "/mail/test", &json!({ "to": "ok-1@example.com" })).await;
        assert_eq!(told.expect(200, "told")["sent"], true);
        let mail = sink.ledger().remove(0);
        assert!(mail.from.starts_with("returns+") && mail.from.ends_with("@bounces.example"), "{}", mail.from);
        let subject = MessageParser::default().parse(&mail.data).unwrap().subject().unwrap_or_default().to_owned();
        assert!(subject.contains("Una domanda da"), "in the shop's own words: {subject}");
    }
}

#[tokio::test]
async fn who_wants_no_mail_gets_no_test() {
    for engine in ENGINES {
        let Some(app) = TestApp::start(engine).await else { continue };
        let shop = app.shop("bottega.example").await;
        app.invited(&shop, "#1", "ada@example.com").await;
        let leave = app.unsubscribe_link("ada@example.com");
        app.post_form(&leave, &[]).await;
        let body = json!({ "to": "ada@example.com" });
        let problem = app.send_as(&shop, "POST", "/mail/test", &body).await.expect(422, "she said no");
        assert_eq!(problem["field"], "/to");
        let told =
            app.send_as(&shop, "POST", "/mail/test", &json!({ "to": "bea@example.com" })).await.expect(200, "told");
        assert_eq!((&told["sent"], &told["server"]), (&json!(false), &json!("capture")));
        assert!(app.mail_to("bea@example.com").text.contains("Messaggio di prova"), "what was captured is the test");
    }
}

#[tokio::test]
async fn what_the_operator_stopped_goes_by_no_test() {
    for engine in ENGINES {
        let Some(app) = TestApp::start(engine).await else { continue };
        let (shop, other) = (app.shop("ferma.example").await, app.shop("altra.example").await);
        let (id, now, body) = (shop.id, app.now(), json!({ "to": "ada@example.com" }));
        let test = async |shop: &TestShop| app.send_as(shop, "POST", "/mail/test", &body).await;
        let refused = async |shop: &TestShop, why: &str| {
            let problem = test(shop).await.expect(409, why);
            assert_eq!(problem["code"], "sending_stopped", "{problem}");
            let detail = problem["detail"].as_str().unwrap_or_default();
            assert!(detail.contains(why) && detail.contains("Only the operator can resume"), "{detail}");
        };
        app.ctx().db().write(move |tx| brake::stop(tx, id, now)).await.unwrap();
        for _ in 0..12 {
            refused(&shop, "stopped the shop's mail").await;
        }
        test(&other).await.expect(200, "another shop is not touched");
        app.ctx().db().write(move |tx| brake::set_pause(tx, Some("moving"), now)).await.unwrap();
        refused(&shop, "all mail of this instance").await;
        refused(&other, "all mail of this instance").await;
        assert_eq!(app.mails().len(), 1, "none of these left");
        app.ctx().db().write(move |tx| brake::set_pause(tx, None, now)).await.unwrap();
        refused(&shop, "stopped the shop's mail").await;
        app.ctx().db().write(move |tx| brake::resume(tx, id, Hand::Operator, now)).await.unwrap();
        test(&shop).await.expect(200, "what was refused did not count");
    }
}
