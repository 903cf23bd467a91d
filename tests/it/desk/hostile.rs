//! What a shop writes into its mails, field by field, as if it meant harm: refused with its field, or one mail from one sender to one person.

use attesta::config::Secret;
use attesta::kernel::delay::Delay;
use attesta::merchants::{Policy, Shop};
use mail_parser::MessageParser;
use serde_json::{Value, json};

use crate::mail::hostile::{CORPUS, check};
use crate::support::app::{TestApp, fulfilled};
use crate::support::house::ENGINES;
use crate::support::smtp_sink::SmtpSink;

const ONE: &str = "/templates/invitation/it";

/// Every field of a mail in a shop's own words, and a logo that is one except for what is tried.
fn fields(text: &str) -> Vec<(&'static str, Value)> {
    let logo = |url: &str, alt: &str| json!({ "url": url, "alt": alt, "width": 100 });
    let at = |rest: &str| format!("https://bottega.example/{rest}");
    vec![
        ("/subject", json!(text)),
        ("/heading", json!(text)),
        ("/preheader", json!(text)),
        ("/text/opening", json!(text)),
        ("/text/closing", json!(text)),
        // Bold words are words there.
        ("/html/opening", json!(format!("<p>{}</p>", text.replace("b>", "em>")))),
        ("/html/closing", json!(text.replace("b>", "em>"))),
        ("/colours/accent", json!(text)),
        ("/colours/accent_dark", json!(text)),
        ("/colours/paper", json!(format!("#fbfaf6{text}"))),
        ("/logo", logo(text, "Bottega")),
        ("/logo", logo(&at(text), "Bottega")),
        ("/logo", logo(&at("l.png"), text)),
    ]
}

/// A body with these fields; who reads without HTML reads something too.
fn body(fields: &[(&str, Value)]) -> Value {
    let mut own = json!({ "text": { "opening": "Ciao.", "closing": "Ciao." }, "html": {}, "colours": {} });
    for (pointer, value) in fields {
        let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
        own.pointer_mut(parent).and_then(Value::as_object_mut).expect("there").insert(name.to_owned(), value.clone());
    }
    own
}

/// What of a text is taken, each field for itself; the others are refused with a reason and their field.
fn is_refused(answer: &crate::support::app::Answer, pointer: &str) -> bool {
    match answer.status {
        200 => false,
        // NUL is refused wherever it stands, before anybody asks what it stands in.
        400 => true,
        status => {
            let problem = answer.json();
            assert_eq!(status, 422, "{pointer}: {problem}");
            let field = problem["field"].as_str().expect("a field");
            assert!(field.starts_with(pointer) && !problem["detail"].as_str().expect("why").is_empty(), "{problem}");
            true
        }
    }
}

async fn story(engine: attesta::db::Engine) {
    let sink = SmtpSink::start().await;
    let url = sink.url();
    let Some(app) = TestApp::start_with(engine, |config| config.smtp_url = Some(Secret::new(url))).await else {
        return;
    };
    let at_once = |shop: &mut Shop| {
        shop.policy = Policy { invite_after: Delay::hours(0), cap_days: 0, ..Policy::default() };
    };
    let shop = app.shop_with("bottega.example", at_once).await;
    let mut sent = 0;
    for (n, text) in CORPUS.iter().enumerate() {
        let mut taken: Vec<(&str, Value)> = Vec::new();
        let all = fields(text);
        // As long as something is refused, it is taken out; a full check is made of what is left, once.
        let mut left = all.clone();
        loop {
            let answer = app.send_as(&shop, "PUT", ONE, &body(&left)).await;
            if answer.status == 200 {
                taken.extend(left);
                break;
            }
            assert!(is_refused(&answer, ""), "{text:?}");
            if answer.status == 400 {
                break;
            }
            let field = answer.json()["field"].as_str().expect("a field").to_owned();
            let before = left.len();
            left.retain(|(pointer, _)| !field.starts_with(pointer));
            assert!(left.len() < before, "what is refused is one of them: {field} of {text:?}");
        }
        // One logo hides another in the same body: each is tried by itself too.
        for (pointer, value) in all.iter().filter(|(pointer, _)| *pointer == "/logo") {
            let answer = app.send_as(&shop, "PUT", ONE, &json!({ "logo": value })).await;
            let url = value["url"].as_str().expect("a url");
            assert!(
                is_refused(&answer, pointer)
                    || url == "https://bottega.example/l.png"
                    || !url.contains(char::is_whitespace),
                "{value}"
            );
        }
        if taken.is_empty() {
            continue;
        }
        app.send_as(&shop, "PUT", ONE, &body(&taken)).await.expect(200, "what was taken once");
        let to = format!("c{n}@example.com");
        app.post_event(&shop, &fulfilled(&format!("#{n}"), &to, app.now())).await.expect(202, "an order");
        app.run_jobs().await;
        sent += 1;
        let ledger = sink.ledger();
        assert_eq!(ledger.len(), sent, "one message for the server: {text:?}");
        let mail = ledger.last().expect("a mail");
        assert_eq!(mail.to, [to.as_str()], "{text:?}");
        check(&mail.data, "reviews@attesta.invalid", &to);
        let message = MessageParser::default().parse(&mail.data).expect("a mail");
        assert!(message.header("List-Unsubscribe").is_some(), "it can be ended: {text:?}");
        let (plain, html) = (message.body_text(0).expect("a text"), message.body_html(0).expect("HTML"));
        for part in [&plain, &html] {
            assert!(part.contains("/u/") && part.contains("Ti scriviamo per conto di"), "{text:?}: {part}");
        }
        assert_eq!(html.matches("<h1").count(), 1, "{text:?}: {html}");
    }
    let recipients = sink.commands().iter().filter(|line| line.starts_with("RCPT")).count();
    assert_eq!(recipients, sent, "nobody else, on {engine:?}");
    assert!(sent >= 10, "much of it is words like others: {sent}");
}

#[tokio::test]
async fn what_a_shop_writes_into_a_mail_stays_in_it() {
    for engine in ENGINES {
        story(engine).await;
    }
}
