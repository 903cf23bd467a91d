//! A shop's own words: written, refused, compared, restored, previewed and sent, with real orders.

use attesta::kernel::delay::Delay;
use attesta::merchants::Policy;
use serde_json::{Value, json};

use crate::support::app::{TestApp, TestShop, fulfilled};
use crate::support::house::ENGINES;

async fn on_each_engine<F: AsyncFn(TestApp, TestShop)>(story: F) {
    for engine in ENGINES {
        let Some(app) = TestApp::start(engine).await else { continue };
        let at_once = |shop: &mut attesta::merchants::Shop| {
            shop.policy = Policy { invite_after: Delay::hours(0), cap_days: 0, ..Policy::default() };
        };
        let shop = app.shop_with("bottega.example", at_once).await;
        story(app, shop).await;
    }
}

const ONE: &str = "/templates/invitation/it";

fn words() -> Value {
    json!({
        "subject": "Ordine {{order.number}}: raccontaci",
        "text": { "opening": "Ciao{{#if customer_name}} {{customer_name}}{{/if}},\n\nqui la bottega." },
        "colours": { "accent": "#7a1f3d" },
    })
}

#[tokio::test]
async fn a_shop_writes_its_own_words_and_they_are_sent() {
    on_each_engine(async |app, shop| {
        let list = app.get_as(&shop, "/templates").await.expect(200, "the list");
        assert_eq!(list["data"].as_array().unwrap().len(), 30, "six mails in five languages");
        let before = app.get_as(&shop, ONE).await.expect(200, "the house's own");
        assert_eq!((&before["version"], &before["own"]), (&json!(0), &json!({})));
        assert!(before["house"]["text"].as_str().unwrap().contains("{{shop.domain}}"), "{before}");
        assert!(
            before["variables"]
                .as_array()
                .unwrap()
                .iter()
                .any(|v| v["name"] == "customer_name" && v["optional"] == true)
        );

        let stored = app.send_as(&shop, "PUT", ONE, &words()).await.expect(200, "stored");
        assert_eq!((&stored["version"], &stored["own"]), (&json!(1), &words()));
        let same = app.send_as(&shop, "PUT", ONE, &words()).await.expect(200, "the same again");
        assert_eq!(same["version"], json!(1), "what is the same is no version");

        app.post_event(&shop, &fulfilled("A1", "ada@example.com", app.now())).await.expect(202, "an order");
        app.run_jobs().await;
        let mail = app.mail_to("ada@example.com");
        assert_eq!(mail.entry.subject, "Ordine A1: raccontaci");
        assert!(mail.text.contains("qui la bottega.") && mail.text.contains("5 stelle su 5, ottima"), "{}", mail.text);
        assert!(mail.text.contains("Ti scriviamo per conto di") && mail.text.contains("/u/"), "{}", mail.text);
    })
    .await;
}

#[tokio::test]
async fn versions_are_compared_and_restored() {
    on_each_engine(async |app, shop| {
        app.send_as(&shop, "PUT", ONE, &words()).await.expect(200, "one");
        app.send_as(&shop, "PUT", ONE, &json!({ "subject": "Ordine {{order.number}}: dicci" }))
            .await
            .expect(200, "two");
        let versions = app.get_as(&shop, &format!("{ONE}/versions")).await.expect(200, "both");
        let numbers: Vec<_> = versions["data"].as_array().unwrap().iter().map(|v| v["version"].clone()).collect();
        assert_eq!(numbers, [json!(2), json!(1)]);
        let first = app.get_as(&shop, &format!("{ONE}?version=1")).await.expect(200, "the first");
        assert_eq!(first["own"], words());

        let parts = app.get_as(&shop, &format!("{ONE}/difference?from=1&to=2")).await.expect(200, "the difference");
        let subject = &parts["parts"][0];
        assert_eq!(subject["field"], "subject");
        let gone: Vec<_> =
            subject["changes"].as_array().unwrap().iter().filter(|part| part["fate"] == "gone").collect();
        assert_eq!(gone[0]["text"], "raccontaci", "{parts}");
        let fields: Vec<_> = parts["parts"].as_array().unwrap().iter().map(|part| part["field"].clone()).collect();
        assert_eq!(fields, [json!("subject"), json!("text.opening"), json!("html.opening"), json!("colours.accent")]);

        let restored = app.send_as(&shop, "POST", &format!("{ONE}/restore"), &json!({ "version": 1 })).await;
        let restored = restored.expect(200, "the first is back");
        assert_eq!((&restored["version"], &restored["own"]), (&json!(3), &words()));
        let house = app.send_as(&shop, "POST", &format!("{ONE}/restore"), &json!({ "version": 0 })).await;
        assert_eq!(house.expect(200, "the house's own is back")["own"], json!({}));
        app.post_event(&shop, &fulfilled("A2", "bea@example.com", app.now())).await.expect(202, "an order");
        app.run_jobs().await;
        assert!(app.mail_to("bea@example.com").entry.subject.contains("com'è andato il tuo ordine A2?"));
        let never = app.send_as(&shop, "POST", &format!("{ONE}/restore"), &json!({ "version": 9 })).await;
        never.expect(404, "there never was one");
        for unknown in ["/templates/restriction_statement/it", "/templates/invitation/pt", "/templates/x/it"] {
            app.get_as(&shop, unknown).await.expect(404, "not a shop's to change");
        }
    })
    .await;
}

#[tokio::test]
async fn what_fails_is_refused_with_its_place_and_nothing_is_stored() {
    on_each_engine(async |app, shop| {
        let put = async |body: Value| app.send_as(&shop, "PUT", ONE, &body).await.expect(422, "refused");
        let typo = put(json!({ "text": { "opening": "Ciao,\n{{customer.name}}" } })).await;
        assert_eq!((&typo["code"], &typo["field"]), (&json!("template_refused"), &json!("/text/opening")));
        assert_eq!((&typo["line"], &typo["column"], &typo["nearest"]), (&json!(2), &json!(1), &json!("customer_name")));
        let case = put(json!({ "text": { "opening": "{{date order.placed}}" } })).await;
        assert_eq!((&case["case"], &case["line"]), (&json!("bare"), &json!(1)), "{case}");
        let unasked = put(json!({ "text": { "opening": "Ciao {{customer_name}},\n\ncome va?" } })).await;
        assert_eq!((&unasked["case"], &unasked["line"], &unasked["column"]), (&json!("no_name"), &json!(1), &json!(6)));
        let hint = unasked["detail"].as_str().unwrap();
        assert!(hint.contains("`{{#if customer_name}} {{customer_name}}{{/if}}`"), "{hint}");
        let stray = put(json!({ "text": { "opening": "ciao}}" } })).await;
        assert_eq!((&stray["line"], &stray["column"]), (&json!(1), &json!(5)), "{stray}");
        let long = put(json!({ "subject": "{{order.number}}, {{order.number}}" })).await;
        let found = (&long["field"], &long["line"], &long["column"], &long["nearest"], &long["case"]);
        let wanted = (&json!("/subject"), &json!(1), &json!(1), &json!("order.number"), &json!("longest"));
        assert_eq!(found, wanted, "{long}");
        let ask = put(json!({ "subject": "Dacci 5 stelle" })).await;
        assert_eq!((&ask["code"], &ask["field"]), (&json!("asks_for_praise"), &json!("/subject")));
        let deep = "{{#if customer_name}}".repeat(200) + &"{{/if}}".repeat(200);
        assert_eq!(put(json!({ "text": { "opening": deep } })).await["code"], "template_refused");
        assert_eq!(put(json!({ "subject": "A\r\nBcc: x@evil.example" })).await["code"], "template_refused");
        assert_eq!(put(json!({ "subject": "A".repeat(900_000) })).await["code"], "template_refused");
        assert_eq!(put(json!({ "subjct": "A" })).await["code"], "invalid_field");
        app.send_as(&shop, "PUT", ONE, &json!({ "subject": "A\u{0}" })).await.expect(400, "NUL");
        app.send_as(&shop, "PUT", ONE, &json!({ "subject": "A".repeat(2 << 20) })).await.expect(413, "too large");
        assert_eq!(app.get_as(&shop, ONE).await.expect(200, "untouched")["version"], json!(0));
    })
    .await;
}

#[tokio::test]
async fn a_preview_shows_every_case_and_the_last_orders() {
    on_each_engine(async |app, shop| {
        app.post_event(&shop, &fulfilled("A1", "ada@example.com", app.now())).await.expect(202, "an order");
        let path = format!("{ONE}/preview");
        let see = async |body: Value| app.send_as(&shop, "POST", &path, &body).await.expect(200, "seen");
        let plain = see(json!({})).await;
        let cases: Vec<String> = serde_json::from_value(plain["cases"].clone()).unwrap();
        assert_eq!(
            cases,
            ["plain", "no_name", "long_name", "many_items", "right_to_left", "emoji", "longest", "bare", "order:A1"]
        );
        for case in &cases {
            for (width, scheme) in [("phone", "dark"), ("desktop", "light")] {
                let body = json!({ "own": words(), "case": case, "width": width, "scheme": scheme });
                let seen = see(body).await;
                assert!(seen["subject"].as_str().unwrap().ends_with(": raccontaci"), "{case}");
                assert!(seen["html_bytes"].as_i64().unwrap() < 60 << 10, "{case}");
                assert!(!seen["html"].as_str().unwrap().contains("@media ("), "{case}");
            }
        }
        let order = see(json!({ "case": "order:A1" })).await;
        let read = |seen: &Value| seen["text"].as_str().unwrap().replace('\u{a0}', " ");
        let text = read(&order);
        assert!(text.contains("l'ordine A1 (1º marzo 2026)"), "{text}");
        assert!(text.contains("Ultimo giorno per scriverla: 28 agosto 2026."), "180 days from its trigger: {text}");
        let host = app.ctx().links().base().host().to_owned();
        let privacy = app.ctx().links().privacy();
        for seen in [&order, &plain] {
            let text = read(seen);
            assert!(text.contains(&format!("Questo servizio è gestito da {host}.")), "{text}");
            assert!(text.contains(&privacy) && !text.contains("reviews.example/privacy"), "{text}");
        }
        let mut undated = fulfilled("A2", "eva@example.com", app.now());
        undated["data"].as_object_mut().unwrap().remove("placed_at");
        app.post_event(&shop, &undated).await.expect(202, "an order without its day");
        let undated = see(json!({ "case": "order:A2" })).await;
        assert!(read(&undated).contains("perché hai fatto l'ordine A2. "), "{undated}");
        let waits = attesta::kernel::time::DAY;
        let waiting = crate::support::app::event("order.created", "A3", "ugo@example.com", app.now().minus_ms(waits));
        app.post_event(&shop, &waiting).await.expect(202, "its clock does not run");
        let waiting = see(json!({ "case": "order:A3" })).await;
        let text = read(&waiting);
        assert!(text.contains("(28 febbraio 2026)") && text.contains("28 agosto 2026"), "as if it started now: {text}");
        let again = app.send_as(&shop, "POST", "/templates/reminder/it/preview", &json!({ "case": "order:A1" })).await;
        let again = again.expect(200, "the reminder");
        assert!(read(&again).contains("1º marzo 2026"), "{again}");
        let refused = app.send_as(&shop, "POST", &path, &json!({ "own": { "subject": "{{x}}" } })).await;
        assert_eq!(refused.expect(422, "a bad draft")["field"], "/own/subject");
        app.send_as(&shop, "POST", &path, &json!({ "case": "order:Z" })).await.expect(422, "no such order");
        assert_eq!(app.get_as(&shop, ONE).await.expect(200, "nothing was stored")["version"], json!(0));
    })
    .await;
}

#[tokio::test]
async fn no_other_shop_sees_or_changes_them() {
    on_each_engine(async |app, shop| {
        app.send_as(&shop, "PUT", ONE, &words()).await.expect(200, "stored");
        let other = app.shop("altra.example").await;
        assert_eq!(app.get_as(&other, ONE).await.expect(200, "its own")["version"], json!(0));
        let swapped = TestShop { id: shop.id, ..other };
        app.get_as(&swapped, ONE).await.expect(401, "a key of another shop");
        app.send_as(&swapped, "PUT", ONE, &json!({})).await.expect(401, "a key of another shop");
    })
    .await;
}
