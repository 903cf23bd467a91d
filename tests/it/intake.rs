//! Signed events over HTTP, on both engines: repeats, order of arrival, clocks, forgeries and bad input.

use attesta::db::Engine;
use attesta::kernel::time::{SECOND, Timestamp};
use attesta::sign::webhook::{self, Secret};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::app::{Answer, TestApp, TestShop, event, fulfilled};
use crate::support::house::ENGINES;

const ADA: &str = "ada@example.com";

/// The headers of a body signed by this secret at this time.
fn signed(secret: &Secret, id: &str, at: Timestamp, body: &[u8]) -> Vec<(&'static str, String)> {
    vec![
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", at.seconds().to_string()),
        ("webhook-signature", webhook::sign(secret, id, at, body)),
    ]
}

fn events_url(app: &TestApp, shop: &str) -> String {
    app.url(&format!("/v1/shops/{shop}/events"))
}

async fn post(app: &TestApp, shop: &TestShop, headers: &[(&str, String)], body: &[u8]) -> Answer {
    app.post_raw(&events_url(app, &shop.domain), headers, body).await
}

async fn orders(app: &TestApp, shop: &TestShop) -> Vec<Value> {
    app.get_as(shop, "/orders?limit=100").await.expect(200, "orders are listed")["data"].as_array().unwrap().clone()
}

async fn repeats(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let other = app.neighbour(2);
    let shop = app.shop("bottega.example").await;
    let body = fulfilled("#1 / A", ADA, app.now()).to_string();
    let nodes = [&app, &other];
    let posts = (0..50).map(|n| nodes[n % 2].post_event_as(&shop, "msg_1", body.as_bytes()));
    let answers: Vec<Value> =
        join_all(posts).await.into_iter().map(|answer| answer.expect(202, "a repeat is taken")).collect();
    let first = answers.iter().filter(|answer| answer["duplicate"] == false).count();
    assert_eq!(first, 1, "one of fifty came first");
    for answer in &answers {
        let mut same = answer.clone();
        same["duplicate"] = answers[0]["duplicate"].clone();
        assert_eq!(same, answers[0], "all are told the same");
    }
    let changed = fulfilled("#2", ADA, app.now()).to_string();
    let refused = app.post_event_as(&shop, "msg_1", changed.as_bytes()).await.expect(409, "another body is refused");
    assert_eq!(refused["code"], "webhook_id_reused");
    let again = app.post_event_as(&shop, "msg_2", body.as_bytes()).await.expect(202, "the same order under a new id");
    assert_eq!(
        (&again["order"], &again["state"], &again["duplicate"]),
        (&answers[0]["order"], &json!("scheduled"), &json!(false))
    );
    assert_eq!(orders(&app, &shop).await.len(), 1, "one order in all");
    app.run_jobs().await;
    assert_eq!(app.mails().len(), 1, "one invitation in all");
}

#[tokio::test]
async fn a_repeat_gets_the_first_answer_on_every_node() {
    for engine in ENGINES {
        repeats(engine).await;
    }
}

/// All orders of these.
fn permutations(kinds: &[&'static str]) -> Vec<Vec<&'static str>> {
    if kinds.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (place, kind) in kinds.iter().enumerate() {
        let rest: Vec<_> =
            kinds.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, kind)| *kind).collect();
        all.extend(permutations(&rest).into_iter().map(|mut one| {
            one.insert(0, *kind);
            one
        }));
    }
    all
}

async fn any_order(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let begin = app.now();
    let kinds = ["order.created", "order.paid", "order.fulfilled", "order.refunded"];
    app.advance(60 * SECOND);
    for (n, permutation) in permutations(&kinds).into_iter().enumerate() {
        let number = format!("#{n}");
        for kind in permutation {
            let place = kinds.iter().position(|other| *other == kind).unwrap();
            let mut event = event(
                kind,
                &number,
                &format!("c{n}@example.com"),
                begin.plus_ms(i64::try_from(place).unwrap() * SECOND),
            );
            event["data"]["placed_at"] = json!(begin);
            event["data"]["refund"] = json!({"all": true});
            app.post_event(&shop, &event).await.expect(202, "an event is taken");
        }
    }
    app.run_jobs().await;
    let orders = orders(&app, &shop).await;
    assert_eq!(orders.len(), 24);
    let told = |order: &Value| {
        let mut told = order.clone();
        for own in ["id", "number", "customer", "first_at", "changed_at"] {
            told.as_object_mut().unwrap().remove(own);
        }
        told
    };
    for order in &orders {
        assert_eq!((&order["state"], &order["reason"]), (&json!("skipped"), &json!("order_refunded")), "{order}");
        assert_eq!(told(order), told(&orders[0]), "every order of arrival ends alike");
    }
    assert!(app.mails().is_empty(), "nobody is asked about a refunded order");
}

#[tokio::test]
async fn events_may_come_in_any_order() {
    for engine in ENGINES {
        any_order(engine).await;
    }
}

async fn clocks(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let body = fulfilled("#1", ADA, app.now()).to_string().into_bytes();
    let now = app.now();
    for (skew, status) in [(-301, 401), (-300, 202), (-299, 202), (0, 202), (299, 202), (300, 202), (301, 401)] {
        let headers = signed(&shop.secret, &format!("msg_{status}{skew}"), now.plus_ms(skew * SECOND), &body);
        let answer = post(&app, &shop, &headers, &body).await;
        assert_eq!(answer.status, status, "{skew}: {}", answer.text);
        if status == 401 {
            let problem = answer.json();
            assert_eq!(
                (&problem["code"], &problem["skew_ms"]),
                (&json!("timestamp_out_of_window"), &json!(skew * SECOND))
            );
            assert_eq!(problem["server_time"], json!(now.to_string()));
        }
    }
    for bad in ["", "soon", "1.5", "-1", &now.millis().to_string(), " 1"] {
        let mut headers = signed(&shop.secret, "msg_bad", now, &body);
        headers[1].1 = bad.to_owned();
        let answer = post(&app, &shop, &headers, &body).await;
        assert_eq!(answer.status, 401, "{bad:?}: {}", answer.text);
    }
    for missing in 0..3 {
        let mut headers = signed(&shop.secret, "msg_bad", now, &body);
        let name = headers.remove(missing).0;
        let problem = post(&app, &shop, &headers, &body).await.expect(401, "all three headers are needed");
        assert!(problem["detail"].as_str().unwrap().contains(name), "{problem}");
    }
    let again = app.post_event_as(&shop, "msg_2020", &body).await.expect(202, "a replay inside the window");
    assert_eq!(again["duplicate"], true, "has no further effect");
}

#[tokio::test]
async fn the_time_of_signing_is_checked_both_ways() {
    for engine in ENGINES {
        clocks(engine).await;
    }
}

async fn forgeries(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let foreign = app.shop("altra.example").await;
    let body = br#"{"b":1,"a":{"number":"1"}}"#.to_vec();
    let now = app.now();
    let good = webhook::sign(&shop.secret, "msg_1", now, &body);
    let digits = good.strip_prefix("v1,").unwrap();
    let mut corpus = vec![
        "v1,".to_owned(),
        ",".to_owned(),
        "v1".to_owned(),
        format!("v1,{}", &digits[..digits.len() / 2]),
        format!("v1,{}", &digits[..4]),
        format!("v1,{}", digits.to_uppercase()),
        format!("v2,{digits}"),
        format!("v1a,{digits}"),
        digits.to_owned(),
        format!("v1,{digits}="),
        webhook::sign(&foreign.secret, "msg_1", now, &body),
        webhook::sign(&shop.secret, "msg_2", now, &body),
        vec!["v1,AAAA"; 100].join(" "),
    ];
    corpus.extend((0..digits.len()).map(|place| {
        let mut forged: Vec<char> = digits.chars().collect();
        forged[place] = if forged[place] == 'A' { 'B' } else { 'A' };
        format!("v1,{}", forged.into_iter().collect::<String>())
    }));
    for forged in corpus {
        let mut headers = signed(&shop.secret, "msg_1", now, &body);
        headers[2].1.clone_from(&forged);
        let answer = post(&app, &shop, &headers, &body).await;
        assert_eq!(answer.status, 401, "{forged}: {}", answer.text);
    }
    let mut flipped = body.clone();
    flipped[5] ^= 1;
    assert_eq!(post(&app, &shop, &signed(&shop.secret, "msg_1", now, &body), &flipped).await.status, 401);
    let other_words = br#"{"a": {"number": "1"}, "b": 1}"#;
    let spaced = br#"{"b": 1, "a": {"number": "1"}}"#;
    assert_eq!(post(&app, &shop, &signed(&shop.secret, "msg_1", now, other_words), &body).await.status, 401);
    let hint =
        post(&app, &shop, &signed(&shop.secret, "msg_1", now, spaced), &body).await.expect(401, "the very bytes count");
    assert!(hint["detail"].as_str().unwrap().contains("re-serialised"), "{hint}");
    let twice: Vec<_> = signed(&shop.secret, "msg_1", now, &body);
    let mut doubled =
        app.http.post(events_url(&app, &shop.domain)).header("content-type", "application/json").body(body.clone());
    for (name, value) in twice.iter().chain(&twice[2..]) {
        doubled = doubled.header(*name, value);
    }
    assert_eq!(doubled.send().await.unwrap().status().as_u16(), 401, "a doubled header proves nothing");
    assert!(orders(&app, &shop).await.is_empty(), "no forgery left a trace");
}

#[tokio::test]
async fn no_forgery_is_taken() {
    for engine in ENGINES {
        forgeries(engine).await;
    }
}

async fn strangers(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let foreign = app.shop("altra.example").await;
    let body = fulfilled("#1", ADA, app.now()).to_string().into_bytes();
    let headers = signed(&foreign.secret, "msg_1", app.now(), &body);
    let mut answers = Vec::new();
    for name in [
        shop.id.to_string(),
        shop.domain.clone(),
        "nobody.example".to_owned(),
        "shp_01jd8q5v3gf2rs7k0t9w4e6xam".to_owned(),
        "%00".to_owned(),
    ] {
        let answer = app.post_raw(&events_url(&app, &name), &headers, &body).await;
        answers.push((answer.status, answer.text.len(), answer.json()));
    }
    for answer in &answers {
        assert_eq!(*answer, answers[0], "an unknown shop and a foreign secret look alike");
    }
    assert_eq!(answers[0].0, 401);
    assert_eq!(answers[0].2["body_bytes"], json!(body.len()));
    app.rooms.flush().await;
    let rejected = app.get_as(&shop, "/rejected-webhooks").await.expect(200, "the shop reads what was refused");
    assert!(rejected.to_string().contains("unknown_shop_or_signature"), "{rejected}");
}

#[tokio::test]
async fn unknown_shops_and_foreign_secrets_look_alike() {
    for engine in ENGINES {
        strangers(engine).await;
    }
}

async fn rotation(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let ctx = app.ctx().clone();
    let new = attesta::merchants::keys::new_secret(&ctx, shop.id).unwrap();
    let id = shop.id;
    let overlap = 24 * 3_600 * SECOND;
    let issued = ctx.db().write(move |tx| attesta::merchants::keys::rotate_secret(tx, id, new, overlap)).await.unwrap();
    let newer = TestShop { secret: Secret::parse(&issued.text).unwrap(), ..shop.clone() };
    for (n, holder) in [&shop, &newer].into_iter().enumerate() {
        app.post_event(holder, &fulfilled(&format!("#{n}"), ADA, app.now()))
            .await
            .expect(202, "both secrets live in the overlap");
    }
    app.advance(overlap + SECOND);
    assert_eq!(app.post_event(&shop, &fulfilled("#3", ADA, app.now())).await.status, 401, "the old one ends");
    app.post_event(&newer, &fulfilled("#4", ADA, app.now())).await.expect(202, "the new one lives on");
}

#[tokio::test]
async fn two_secrets_live_while_they_overlap() {
    for engine in ENGINES {
        rotation(engine).await;
    }
}

/// Bodies that are refused, with the status and code of the refusal.
fn bad_bodies(now: Timestamp) -> Vec<(Vec<u8>, u16, &'static str)> {
    let plain = fulfilled("#1", ADA, now);
    let text = plain.to_string();
    let with = |path: &str, value: Value| {
        let mut body = plain.clone();
        *body.pointer_mut(path).unwrap() = value;
        body.to_string().into_bytes()
    };
    let raw = |from: &str, to: &str| text.replace(from, to).into_bytes();
    vec![
        (Vec::new(), 400, "invalid_json"),
        (b"{".to_vec(), 400, "invalid_json"),
        (b"\xff\xfe".to_vec(), 400, "invalid_json"),
        (vec![b'['; 100_000], 400, "invalid_json"),
        (raw("\"#1\"", "\"#1\\u0000\""), 400, "invalid_text"),
        (raw("\"#1\"", "\"\\ud800\""), 400, "invalid_text"),
        (raw("4990", "1e400"), 400, "number_out_of_range"),
        (raw("\"currency\"", "\"total\":1,\"currency\""), 400, "duplicate_key"),
        (raw("4990", "-4990"), 422, "negative_amount"),
        (raw("4990", "99999999999999999999"), 422, "invalid_field"),
        (raw("4990", "49.90"), 422, "invalid_field"),
        (with("/data/currency", json!("XXZ")), 422, "unknown_currency"),
        (with("/data/number", json!("")), 422, "invalid_field"),
        (with("/data/number", json!("x".repeat(101))), 422, "invalid_field"),
        (with("/timestamp", json!(now.plus_ms(301 * SECOND))), 422, "event_in_future"),
        (with("/timestamp", json!("yesterday")), 422, "invalid_field"),
        (with("/data", json!([])), 422, "invalid_field"),
        (with("/data/items", json!([{"quantity": "many"}])), 422, "invalid_field"),
        (b"[]".to_vec(), 422, "invalid_field"),
        (b"{}".to_vec(), 422, "missing_field"),
    ]
}

async fn bad_input(engine: Engine) -> Vec<Value> {
    let Some(app) = TestApp::start(engine).await else { return Vec::new() };
    let shop = app.shop("bottega.example").await;
    let mut problems = Vec::new();
    for (n, (body, status, code)) in bad_bodies(app.now()).into_iter().enumerate() {
        let answer = app.post_event_as(&shop, &format!("msg_{n}"), &body).await;
        let said = String::from_utf8_lossy(&body[..body.len().min(120)]).into_owned();
        assert_eq!(answer.header("content-type"), "application/problem+json", "{said}");
        let mut problem = answer.expect(status, &said);
        problem.as_object_mut().unwrap().remove("type");
        assert_eq!(problem["code"], code, "{said}: {problem}");
        problems.push(problem);
    }
    let body = fulfilled("#1", ADA, app.now()).to_string().into_bytes();
    let url = events_url(&app, &shop.domain);
    assert_eq!(app.http.get(&url).send().await.unwrap().status().as_u16(), 405, "the wrong method");
    for (name, value) in [("content-type", "text/plain"), ("content-encoding", "gzip")] {
        let mut request = app.http.post(&url).body(body.clone()).header(name, value);
        for (name, value) in signed(&shop.secret, "msg_t", app.now(), &body) {
            request = request.header(name, value);
        }
        let request = if name == "content-type" { request } else { request.header("content-type", "application/json") };
        assert_eq!(request.send().await.unwrap().status().as_u16(), 415, "{name}: {value}");
    }
    let big = vec![b' '; 1_048_577];
    assert_eq!(app.post_event_as(&shop, "msg_big", &big).await.status, 413, "more than a mebibyte");
    assert!(orders(&app, &shop).await.is_empty(), "nothing of the refused is kept");
    app.post_event_as(&shop, "msg_0", &body).await.expect(202, "and the ids of the refused are free");
    problems
}

#[tokio::test]
async fn bad_input_is_refused_alike_on_both_engines() {
    let told = [bad_input(ENGINES[0]).await, bad_input(ENGINES[1]).await];
    assert!(told[1].is_empty() || told[0] == told[1], "both engines say the same");
}

async fn untidy(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let mut event = fulfilled("#17/b c", ADA, app.now());
    event["data"]["customer"]["locale"] = json!("tlh-Qaak");
    event["data"]["customer"]["time_zone"] = json!("Middle/Earth");
    event["data"]["customer"]["name"] = json!("Ada\r\nBianchi\u{7}");
    event["data"]["items"][0]["sku"] = Value::Null;
    event["data"]["items"][0]["name"] = json!("Caff&egrave; &amp; t\u{e8}");
    let answer = app.post_event(&shop, &event).await.expect(202, "an untidy order is taken");
    let warned: Vec<_> =
        answer["warnings"].as_array().unwrap().iter().map(|warning| warning["field"].as_str().unwrap()).collect();
    let fields = ["/data/items/0/name", "/data/customer/name", "/data/customer/locale", "/data/customer/time_zone"];
    assert_eq!(warned, fields, "{answer}");
    let order = app.order(&shop, "#17/b c").await;
    assert_eq!(order["items"][0]["name"], "Caff\u{e8} & t\u{e8}");
    for (number, email, reason) in [("#2", "", "no_email"), ("#3", "ada at home", "invalid_email")] {
        let answer = app
            .post_event(&shop, &fulfilled(number, email, app.now()))
            .await
            .expect(202, "an order without an address");
        assert_eq!((&answer["state"], &answer["reason"]), (&json!("skipped"), &json!(reason)));
    }
    let ignored =
        app.post_event(&shop, &json!({"type": "cart.abandoned", "data": 5})).await.expect(202, "an unknown type");
    assert_eq!((&ignored["state"], &ignored["order"]), (&json!("ignored"), &Value::Null));
}

#[tokio::test]
async fn untidy_orders_are_taken() {
    for engine in ENGINES {
        untidy(engine).await;
    }
}
