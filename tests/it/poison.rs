//! Bad input by the real doors: events, settings, templates, the review form, the reply. Each is refused with a reason, or becomes one mail
//! to one person; what cannot be sent is parked after bounded attempts, and nobody else's mail waits for it.

use attesta::config::Secret;
use attesta::db::{Connection, Engine};
use attesta::kernel::time::DAY;
use diesel::connection::SimpleConnection as _;
use mail_parser::MessageParser;
use serde_json::{Value, json};

use crate::mail::hostile::{CORPUS, check};
use crate::reviews::operate;
use crate::support::app::{TestApp, TestShop, fulfilled, link_in};
use crate::support::house::ENGINES;
use crate::support::smtp_sink::{Received, SmtpSink};

const TEMPLATE: &str = "/templates/invitation/it";

async fn start(engine: Engine) -> Option<(SmtpSink, TestApp, TestShop)> {
    let sink = SmtpSink::start().await;
    let url = sink.url();
    let app = TestApp::start_with(engine, |config| config.smtp_url = Some(Secret::new(url))).await?;
    let shop = app.shop("bottega.example").await;
    Some((sink, app, shop))
}

/// Taken, or refused with a reason that a shop's program can read.
fn taken_or_refused(answer: &crate::support::app::Answer, what: &str) -> bool {
    let refused = [400, 413, 422].contains(&answer.status);
    assert!(refused || answer.status < 300, "{what}: {} {}", answer.status, answer.text);
    if refused {
        assert!(!answer.json()["detail"].as_str().expect(what).is_empty(), "{what}: {}", answer.text);
    }
    !refused
}

/// The link to the form in a mail as the server got it.
fn form_in(mail: &Received) -> String {
    let message = MessageParser::default().parse(&mail.data).expect("a mail");
    let link = link_in(&message.body_text(0).expect("a text"), "/r/");
    link.rsplit_once('/').filter(|(_, last)| last.len() == 1).map_or(link.clone(), |(link, _)| link.to_owned())
}

/// Everything a person or a shop can write, as this text.
async fn everywhere(app: &TestApp, sink: &SmtpSink, shop: &TestShop, (n, text): (usize, &str)) {
    for field in ["name", "mail_name", "category", "contact"] {
        taken_or_refused(&app.send_as(shop, "PATCH", "/settings", &json!({ field: text })).await, field);
    }
    for own in [json!({ "subject": text }), json!({ "heading": text, "text": { "opening": text, "closing": text } })] {
        taken_or_refused(&app.send_as(shop, "PUT", TEMPLATE, &own).await, "a template");
    }
    let mut event = fulfilled(&format!("#{n}"), &format!("c{n}@example.com"), app.now());
    let mut odd = event.clone();
    odd["data"]["number"] = json!(text);
    odd["data"]["customer"]["email"] = json!(format!("n{n}@example.com"));
    taken_or_refused(&app.post_event(shop, &odd).await, "an order number");
    // NUL is refused wherever it stands; without it, names are cleaned and taken.
    let named = text.replace('\0', "");
    event["data"]["customer"]["name"] = json!(named);
    event["data"]["items"][0]["name"] = json!(named);
    event["data"]["items"][0]["sku"] = json!(named);
    event["data"]["items"][0]["category"] = json!(named);
    if !taken_or_refused(&app.post_event(shop, &event).await, "names") {
        event["data"]["items"][0]["sku"] = json!("moka-3");
        assert!(taken_or_refused(&app.post_event(shop, &event).await, "names without the sku"), "{text:?}");
    }
    app.run_jobs().await;
    let to = format!("c{n}@example.com");
    let mail = sink.ledger().into_iter().find(|mail| mail.to == [to.as_str()]);
    let mail = mail.unwrap_or_else(|| panic!("an invitation about {text:?}"));
    let form = [("stars", "2"), ("name", text), ("title", text), ("text", text)];
    let posted = app.post_form(&form_in(&mail), &form).await;
    assert!([201, 422].contains(&posted.status), "{text:?}: {}", posted.status);
    if posted.status == 422 {
        assert_eq!(app.post_form(&form_in(&mail), &[("stars", "2")]).await.status, 201);
    }
    let list = app.get(&format!("/v1/shops/{}/reviews", shop.domain)).await.expect(200, "published");
    let reply = format!("/reviews/{}/reply", list["data"][0]["id"].as_str().expect("an id"));
    if !taken_or_refused(&app.send_as(shop, "PUT", &reply, &json!({ "text": text })).await, "a reply") {
        app.send_as(shop, "PUT", &reply, &json!({ "text": "Grazie." })).await.expect(201, "a reply");
    }
    app.run_jobs().await;
    said_after(app, (&form_in(&mail), list["data"][0]["id"].as_str().expect("an id")), text).await;
}

/// What stands at the end of a dialogue: the author's answer, and the operator's reasons for a restriction. Each is a mail of its own.
async fn said_after(app: &TestApp, (link, review): (&str, &str), text: &str) {
    let answered = app.post_form(&format!("{link}/answer?review={review}"), &[("text", text)]).await;
    assert!([200, 201, 422].contains(&answered.status), "{text:?}: {} {}", answered.status, answered.text);
    app.run_jobs().await;
    let statement = format!("--statement={text}");
    let reasons = ["review", "restrict", review, "--reason", "personal_data", &statement];
    let (code, said) = operate(app, &reasons).await;
    assert!(code == 0 || said.contains("statement"), "refused with a reason: {text:?}: {said}");
}

async fn injected(engine: Engine) {
    let Some((sink, app, shop)) = start(engine).await else { return };
    let long = ["A".repeat(60_000), "\r\n.".repeat(3_000), "=?utf-8?q?=0D=0A?= ".repeat(500)];
    let corpus = CORPUS.iter().copied().chain(long.iter().map(String::as_str));
    for (n, text) in corpus.enumerate() {
        everywhere(&app, &sink, &shop, (n, text)).await;
        app.advance(DAY);
    }
    // The command line runs on the real clock: what it made due is due after that.
    app.advance(3_650 * DAY);
    app.run_jobs().await;
    let ledger = sink.ledger();
    let recipients = sink.commands().iter().filter(|line| line.starts_with("RCPT")).count();
    assert_eq!(recipients, ledger.len(), "one recipient for every mail, on {engine:?}");
    assert!(ledger.len() > 4 * CORPUS.len(), "invitations, news of reviews, replies, answers: {}", ledger.len());
    let subjects: Vec<String> = ledger.iter().map(|mail| subject(&mail.data)).collect();
    for news in ["La tua replica", "oscurata: i motivi"] {
        let many = subjects.iter().filter(|subject| subject.contains(news)).count();
        assert!(many > CORPUS.len() / 2, "{news}: {many} of {subjects:#?}");
    }
    for mail in &ledger {
        let [to] = mail.to.as_slice() else { panic!("one recipient: {:?}", mail.to) };
        assert!(to.ends_with("@example.com"), "{to}");
        check(&mail.data, "reviews@attesta.invalid", to);
    }
}

fn subject(data: &[u8]) -> String {
    MessageParser::default().parse(data).expect("a mail").subject().unwrap_or_default().to_owned()
}

/// What a photo shows is told on pages alone: whatever is written there, no mail carries it.
async fn described(engine: Engine) {
    let Some((sink, app, shop)) = start(engine).await else { return };
    app.post_event(&shop, &fulfilled("#1", "ada@example.com", app.now())).await.expect(202, "an order");
    app.run_jobs().await;
    let link = form_in(&sink.ledger().pop().expect("an invitation"));
    assert_eq!(app.post_form(&link, &[("stars", "4")]).await.status, 201);
    app.run_jobs().await;
    let list = app.get(&format!("/v1/shops/{}/reviews", shop.domain)).await.expect(200, "published");
    let id = list["data"][0]["id"].as_str().expect("an id").to_owned();
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(64, 48).write_to(&mut png, image::ImageFormat::Png).expect("a picture");
    app.post_photos(&format!("{link}/photos?review={id}"), &[png.into_inner()]).await;
    let review = app.get(&format!("/v1/reviews/{id}")).await.expect(200, "the review");
    let photo = review["photos"][0]["id"].as_str().expect("a photo").to_owned();
    let before = sink.ledger().len();
    for text in CORPUS {
        let at = format!("{link}/photos/describe?review={id}&photo={photo}");
        let answer = app.post_form(&at, &[("alt", text)]).await;
        assert!([200, 422].contains(&answer.status), "{text:?}: {}", answer.status);
        app.run_jobs().await;
    }
    assert_eq!(sink.ledger().len(), before, "nobody is written to, on {engine:?}");
}

/// Orders that cannot be mailed, and how each is answered: the status, and the state of the order.
fn poison() -> Vec<(Value, u16, &'static str)> {
    let with = |path: &'static str, value: Value| {
        let mut event = fulfilled("#x", "poison@example.com", attesta::kernel::time::Timestamp::EPOCH);
        *event.pointer_mut(path).expect("a field") = value;
        event
    };
    let email = |text: &str| with("/data/customer/email", json!(text));
    vec![
        (email("-oProxyCommand=x@example.com"), 202, "skipped"),
        (email("eva@xn--\u{fffd}.example"), 202, "skipped"),
        (email("eva@xn--99999999999.example"), 202, "skipped"),
        (email("eva@\u{202e}.example"), 202, "skipped"),
        (email("eva@example.com\r\nBcc: x@evil.example"), 202, "skipped"),
        (email("eva@example.com\u{0}"), 400, ""),
        (with("/data/customer/name", json!("x\u{0}y")), 400, ""),
        (with("/data/customer/name", json!("N".repeat(1_000_000))), 202, "sent"),
        (with("/data/customer/name", json!("\u{202e}👩‍👩‍👧‍👦 مرحبا")), 202, "sent"),
        (with("/data/customer/locale", json!("tlh-Qaak")), 202, "sent"),
        (with("/data/items/0/name", json!("é\r\n.\r\n".repeat(60_000))), 202, "sent"),
    ]
}

/// A shop whose own words were stored by a version that knew another variable.
async fn broken_words(app: &TestApp, domain: &str, body: &Value) -> TestShop {
    let shop = app.shop(domain).await;
    app.send_as(&shop, "PUT", TEMPLATE, &json!({ "subject": "Ordine {{order.number}}" })).await.expect(200, "stored");
    let these = format!("UPDATE shop_templates SET body = '{body}' WHERE body LIKE '%{{{{order.number}}}}%'");
    let write = move |tx: &mut Connection| match tx {
        Connection::Sqlite(c) => Ok(c.batch_execute(&these)?),
        Connection::Pg(c) => Ok(c.batch_execute(&these)?),
    };
    app.ctx().db().write(write).await.expect("it is as if it had been stored long ago");
    shop
}

async fn poisoned(engine: Engine) {
    let Some((sink, app, shop)) = start(engine).await else { return };
    let broken = broken_words(&app, "vecchia.example", &json!({ "subject": "Ordine {{order.gone}}" })).await;
    let endless = json!({ "text": { "opening": "{{#*inline \"a\"}}{{> a}}{{/inline}}{{> a}}" } });
    let endless = broken_words(&app, "infinita.example", &endless).await;
    for source in ["{{#*inline \"a\"}}{{> a}}{{/inline}}{{> a}}".to_owned(), "{{#if customer_name}}".repeat(250)] {
        let refused = app.send_as(&shop, "PUT", TEMPLATE, &json!({ "text": { "opening": source } })).await;
        let refused = refused.expect(422, "what could end the process is refused");
        assert!(refused["code"] == "template_refused" && refused["line"].is_i64(), "{refused}");
    }
    let mut states = Vec::new();
    for (n, (mut event, status, state)) in poison().into_iter().enumerate() {
        (event["timestamp"], event["data"]["number"]) = (json!(app.now()), json!(format!("#x{n}")));
        event["data"]["placed_at"] = json!(app.now());
        app.post_event(&shop, &event).await.expect(status, &format!("poison {n}"));
        states.push((format!("#x{n}"), state));
    }
    app.post_event(&broken, &fulfilled("#y", "mia@example.com", app.now())).await.expect(202, "taken");
    app.post_event(&endless, &fulfilled("#z", "zoe@example.com", app.now())).await.expect(202, "taken");
    // The mail server takes nothing of what this one says, however often.
    app.post_event(&shop, &fulfilled("#spam", "spam-1@example.com", app.now())).await.expect(202, "taken");
    let healthy = (0..300).map(|n| {
        let event = fulfilled(&format!("#{n}"), &format!("ok-{n}@example.com"), app.now());
        let (app, shop) = (&app, &shop);
        async move { app.post_event(shop, &event).await.expect(202, "taken") }
    });
    futures_util::future::join_all(healthy).await;
    app.run_jobs().await;
    let healthy = sink.ledger().iter().filter(|mail| mail.to[0].starts_with("ok-")).count();
    assert_eq!(healthy, 300, "nobody waits for it, on {engine:?}");
    for (number, state) in states.iter().filter(|(_, state)| !state.is_empty()) {
        assert_eq!(app.order(&shop, number).await["state"], *state, "{number}");
    }
    let words = sink.ledger().into_iter().find(|mail| mail.to == ["mia@example.com"]).expect("it leaves all the same");
    let subject = MessageParser::default().parse(&words.data).expect("a mail").subject().unwrap_or_default().to_owned();
    assert!(subject.contains("com'è andato il tuo ordine #y?"), "in the words of the house: {subject}");
    let endless = sink.ledger().into_iter().filter(|mail| mail.to == ["zoe@example.com"]).count();
    assert_eq!(endless, 1, "words that call themselves end no process");
    for _ in 0..12 {
        app.advance(2 * DAY);
        app.run_jobs().await;
    }
    let order = app.order(&shop, "#spam").await;
    assert_eq!((&order["state"], &order["reason"]), (&json!("failed"), &json!("mail_refused")), "parked with a reason");
    assert_eq!(order["due_at"], Value::Null, "and not tried for ever");
    let whole = app.get_as(&shop, &format!("/orders/{}", order["id"].as_str().expect("an id"))).await;
    let lines = whole.expect(200, "one order")["timeline"].as_array().expect("a timeline").clone();
    let attempts = lines.iter().filter(|line| line["step"] == "attempt").count();
    assert!((1..=5).contains(&attempts), "after bounded attempts: {attempts}");
    assert_eq!(app.get("/health/ready").await.status, 200, "the process is alive");
}

#[tokio::test]
async fn whatever_is_written_one_mail_goes_to_one_person() {
    for engine in ENGINES {
        injected(engine).await;
    }
}

#[tokio::test]
async fn what_a_photo_shows_is_in_no_mail() {
    for engine in ENGINES {
        described(engine).await;
    }
}

#[tokio::test]
async fn poison_is_refused_or_parked_and_healthy_mail_leaves() {
    for engine in ENGINES {
        poisoned(engine).await;
    }
}
