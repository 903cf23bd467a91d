//! Orders as their shop reads them: found by number, filtered, paged, with a timeline; and the test flag and erasure over HTTP.

use attesta::db::Engine;
use attesta::kernel::time::DAY;
use serde_json::{Value, json};

use crate::support::app::{TestApp, event, fulfilled};
use crate::support::house::ENGINES;

async fn listed(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let other = app.shop("altra.example").await;
    for n in 0..5 {
        app.post_event(&shop, &event("order.created", &format!("#{n}"), &format!("c{n}@example.com"), app.now()))
            .await
            .expect(202, "taken");
    }
    app.post_event(&shop, &fulfilled("#1", "c1@example.com", app.now())).await.expect(202, "taken");
    app.post_event(&other, &fulfilled("#1", "c1@example.com", app.now())).await.expect(202, "taken");
    let mut seen = Vec::new();
    let mut path = "/orders?limit=2".to_owned();
    loop {
        let answer = app.get_as(&shop, &path).await;
        let link = answer.header("link").to_owned();
        assert_eq!(answer.header("cache-control"), "no-store");
        let page = answer.expect(200, "a page of orders");
        seen.extend(page["data"].as_array().unwrap().iter().map(|order| order["number"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        assert!(link.contains("rel=\"next\"") && link.contains("limit=2"), "{link}");
        path = format!("/orders?limit=2&cursor={next}");
    }
    assert_eq!(seen, ["#4", "#3", "#2", "#1", "#0"], "newest first, none twice, none of another shop");
    for (query, count) in [
        ("state=scheduled", 1),
        ("state=waiting&reason=not_triggered", 4),
        ("reason=too_old", 0),
        ("email=C2%40example.com", 1),
        ("email=nobody%40example.com", 0),
        ("number=%233", 1),
        ("number=3", 0),
        ("from=2026-03-01T11:00:00Z", 5),
        ("to=2026-03-01T11:00:00Z", 0),
    ] {
        let page = app.get_as(&shop, &format!("/orders?{query}")).await.expect(200, query);
        assert_eq!(page["data"].as_array().unwrap().len(), count, "{query}");
    }
    for (query, code) in [
        ("state=gone", "invalid_filter"),
        ("reason=x", "invalid_filter"),
        ("from=x", "invalid_filter"),
        ("limit=0", "invalid_filter"),
        ("cursor=x", "invalid_cursor"),
        ("number=", "invalid_filter"),
    ] {
        assert_eq!(app.get_as(&shop, &format!("/orders?{query}")).await.expect(400, query)["code"], code, "{query}");
    }
    let id = app.order(&shop, "#1").await["id"].as_str().unwrap().to_owned();
    assert_eq!(
        app.get_as(&other, &format!("/orders/{id}")).await.status,
        404,
        "another shop's order does not exist here"
    );
    assert_eq!(app.get_as(&shop, "/orders/ord_x").await.status, 404);
    assert_eq!(app.get(&format!("/v1/shops/{}/orders", shop.domain)).await.status, 401);
}

#[tokio::test]
async fn a_shop_finds_its_orders_and_only_its_own() {
    for engine in ENGINES {
        listed(engine).await;
    }
}

async fn timeline(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    app.post_event(&shop, &event("order.created", "#1", "ada@example.com", app.now())).await.expect(202, "taken");
    app.advance(DAY);
    app.post_event(&shop, &fulfilled("#1", "ada@example.com", app.now())).await.expect(202, "taken");
    app.advance(1_000);
    app.run_jobs().await;
    let id = app.order(&shop, "#1").await["id"].as_str().unwrap().to_owned();
    let order = app.get_as(&shop, &format!("/orders/{id}")).await.expect(200, "the order");
    let lines: Vec<_> = order["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            let what = if line["kind"] == "mail" { &line["step"] } else { &line["state"] };
            format!("{} {what}", line["kind"]).replace('"', "")
        })
        .collect();
    assert_eq!(lines, ["event waiting", "event scheduled", "move sent", "mail captured"], "{order}");
    assert_eq!(
        (&order["timeline"][0]["reason"], &order["timeline"][2]["actor"]),
        (&json!("not_triggered"), &json!("attesta"))
    );
    assert_eq!((&order["state"], &order["invited"], &order["eligible"]), (&json!("sent"), &json!(true), &json!(true)));
    let email = order["customer"]["email"].as_str().unwrap();
    assert!(email.ends_with("@example.com") && !order.to_string().contains("ada@"), "the address is masked: {order}");
}

#[tokio::test]
async fn a_timeline_tells_what_happened() {
    for engine in ENGINES {
        timeline(engine).await;
    }
}

async fn erased(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop_with("bottega.example", |shop| shop.policy.invite_after = "7d".parse().unwrap()).await;
    app.post_event(&shop, &fulfilled("#1", "ada@example.com", app.now())).await.expect(202, "taken");
    app.advance(DAY);
    let erasure =
        json!({"type": "customer.erased", "timestamp": app.now(), "data": {"customer": {"email": "Ada@example.com"}}});
    let answer = app.post_event(&shop, &erasure).await.expect(202, "an erasure is taken");
    assert_eq!((&answer["state"], &answer["order"]), (&json!("erased"), &Value::Null));
    let late =
        app.post_event(&shop, &event("order.delivered", "#1", "ada@example.com", app.now())).await.expect(202, "taken");
    assert_eq!((&late["state"], &late["reason"]), (&json!("skipped"), &json!("customer_erased")));
    app.advance(30 * DAY);
    app.run_jobs().await;
    assert!(app.mails().is_empty(), "nobody writes to an erased customer");
    let order = app.order(&shop, "#1").await;
    assert_eq!((&order["customer"]["address"], &order["customer"]["email"]), (&json!("erased"), &Value::Null));
    let again =
        app.post_event(&shop, &fulfilled("#2", "ada@example.com", app.now())).await.expect(202, "a new purchase");
    assert_eq!(again["state"], "scheduled", "a later purchase is a new one");
}

#[tokio::test]
async fn an_erasure_stops_mail_and_hides_the_person() {
    for engine in ENGINES {
        erased(engine).await;
    }
}

async fn test_orders(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let mut test = fulfilled("#1", "ada@example.com", app.now());
    test["data"]["test"] = json!(true);
    app.post_event(&shop, &test).await.expect(202, "a test order is taken");
    test["data"]["test"] = json!(false);
    let refused = app.post_event(&shop, &test).await.expect(422, "test belongs to the order");
    assert_eq!((&refused["code"], &refused["field"]), (&json!("test_mismatch"), &json!("/data/test")));
    let order = app.order(&shop, "#1").await;
    assert_eq!((&order["test"], &order["eligible"]), (&json!(true), &json!(false)), "a test never counts");
}

#[tokio::test]
async fn test_orders_stay_tests() {
    for engine in ENGINES {
        test_orders(engine).await;
    }
}
