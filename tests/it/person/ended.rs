//! What goes when a shop has left: orders and the log of mails, some days later; and what stays.

use attesta::db::{Connection, Engine};
use attesta::kernel::time::DAY;
use attesta::merchants::{self, ShopStatus};
use serde_json::{Value, json};

use super::{ADA, WORD, hash, mine, stories};
use crate::support::app::{TestApp, TestShop, event, fulfilled};
use crate::support::dump::{dump, holding, holding_bytes};

/// A number of an order that stands nowhere else.
const NUMBER: &str = "ordine-zafferano-77";
const BEA: &str = "bea.verdi@posta.example";

async fn stand(app: &TestApp, shop: &TestShop, status: ShopStatus) {
    let (id, now) = (shop.id, app.now());
    let set = move |tx: &mut Connection| merchants::standing::stand(tx, id, status, now).map(drop);
    app.ctx().db().write(set).await.expect("the shop stands so");
}

async fn tick(app: &TestApp) -> Vec<String> {
    app.rooms.let_people_go().await.expect("the tick works");
    dump(app.ctx()).await
}

fn of_table(rows: &[String], table: &str) -> usize {
    rows.iter().filter(|row| row.starts_with(&format!("{table} "))).count()
}

async fn counted(app: &TestApp, shop: &TestShop) -> Value {
    let mut profile = app.get(&format!("/v1/shops/{}", shop.domain)).await.expect(200, "the profile stays");
    profile["collection"].as_object_mut().expect("numbers").remove("as_of");
    profile["collection"].take()
}

/// A shop with an order that was reviewed, one whose mail was not answered, one that was too small to ask about, and one that is not sent
/// yet; and the links of the first two.
async fn lived(app: &TestApp) -> (TestShop, [String; 2]) {
    let shop = app.shop_with("bottega.example", |shop| shop.policy.min_total = Some(1_000)).await;
    let link = app.invited(&shop, "1", ADA).await;
    let posted = app.post_form(&link, &[("stars", "4"), ("title", ""), ("text", WORD), ("name", "")]).await;
    assert_eq!(posted.status, 201, "it is published: {}", posted.text);
    let unanswered = app.invited(&shop, NUMBER, BEA).await;
    let mut small = fulfilled("3", BEA, app.now());
    small["data"]["total"] = json!({ "amount": 100, "currency": "EUR" });
    app.post_event(&shop, &small).await;
    app.post_event(&shop, &event("order.created", "4", "cleo@posta.example", app.now())).await.expect(202, "taken");
    app.run_jobs().await;
    app.rooms.count_what_moved().await.expect("counted");
    app.advance(60_000);
    app.run_jobs().await;
    (shop, [link, unanswered])
}

async fn closed(engine: Engine) {
    let Some(app) = TestApp::start_with(engine, |config| config.closed_shop_days = 40).await else { return };
    let (shop, [link, unanswered]) = lived(&app).await;
    let other = app.shop("altra.example").await;
    app.invited(&other, "other-1", BEA).await;
    stand(&app, &shop, ShopStatus::Closed).await;
    app.rooms.count_what_moved().await.expect("counted");
    app.run_jobs().await;
    let before = counted(&app, &shop).await;
    let mails = of_table(&dump(app.ctx()).await, "messages");

    app.advance(40 * DAY - 120_000);
    let rows = tick(&app).await;
    assert!(!holding(&rows, NUMBER).is_empty() && of_table(&rows, "messages") == mails, "a moment before");
    app.advance(120_001);
    let rows = tick(&app).await;
    assert_eq!(holding(&rows, NUMBER), Vec::<&String>::new(), "what was bought is gone, and its number");
    let bea = holding_bytes(&rows, &hash(&app, BEA));
    assert_eq!(bea.len(), 2, "only the other shop's order knows her: {bea:?}");
    assert_eq!((of_table(&rows, "messages"), of_table(&rows, "message_attempts")), (1, 1), "the other shop's mail");
    assert!(of_table(&rows, "orders") >= 3, "that there were orders stays");

    assert!(!holding(&rows, WORD).is_empty() && !holding_bytes(&rows, &hash(&app, ADA)).is_empty());
    app.rooms.count_what_moved().await.expect("counted");
    app.advance(60_000);
    app.run_jobs().await;
    let mut after = counted(&app, &shop).await;
    assert_eq!((&before["waiting"], &after["waiting"]), (&json!(1), &json!(0)), "{before} {after}");
    assert_eq!(after["skipped"].as_object_mut().expect("reasons").remove("shop_closed"), Some(json!(1)), "{after}");
    after["waiting"] = json!(1);
    assert_eq!(after, before, "but for what still waited, the public numbers stay");
    let list = app.get(&format!("/v1/shops/{}/reviews", shop.domain)).await.expect(200, "reviews stand");
    assert_eq!(list["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(app.follow(&mine(&link)).await.status, 200, "the author sees what is stored");
    assert_eq!(app.post_form(&format!("{link}/erase"), &[]).await.status, 200, "and may take it back");
    app.rooms.count_what_moved().await.expect("counted");
    app.advance(60_000);
    app.run_jobs().await;
    let rows = tick(&app).await;
    let ada = holding_bytes(&rows, &hash(&app, ADA));
    assert!(ada.iter().all(|row| !row.starts_with("contacts ")), "with the review goes its order: {ada:?}");
    assert_eq!(counted(&app, &shop).await["orders"], before["orders"]);

    stand(&app, &shop, ShopStatus::Open).await;
    assert_eq!(app.follow(&unanswered).await.status, 200, "the link says that it is too late");
    let late = app.post_form(&unanswered, &[("stars", "5")]).await;
    assert!((400..500).contains(&late.status), "what was let go is not asked about again: {}", late.text);
}

async fn taken_back(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let (shop, _) = lived(&app).await;
    for status in [ShopStatus::Closed, ShopStatus::Suspended] {
        stand(&app, &shop, status).await;
        app.advance(29 * DAY);
    }
    stand(&app, &shop, ShopStatus::Open).await;
    app.advance(29 * DAY);
    let rows = tick(&app).await;
    assert!(!holding(&rows, NUMBER).is_empty() && of_table(&rows, "message_attempts") > 0, "nothing of it is gone");
    stand(&app, &shop, ShopStatus::Closed).await;
    stand(&app, &shop, ShopStatus::Closed).await;
    app.advance(31 * DAY);
    assert!(holding(&tick(&app).await, NUMBER).is_empty(), "the days count from the closing");
}

async fn many(engine: Engine) {
    let Some(app) = TestApp::start_with(engine, |config| config.closed_shop_days = 0).await else { return };
    let shop = app.shop_with("bottega.example", |shop| shop.policy.min_total = Some(1_000_000)).await;
    for number in 0..230 {
        app.post_event(&shop, &fulfilled(&format!("zafferano-{number}"), ADA, app.now())).await.expect(202, "taken");
    }
    stand(&app, &shop, ShopStatus::Closed).await;
    app.advance(1);
    let rows = tick(&app).await;
    assert_eq!((holding(&rows, "zafferano").len(), of_table(&rows, "orders")), (0, 230));
    assert_eq!((of_table(&rows, "contacts"), of_table(&rows, "order_events")), (0, 0));
}

stories! {
    a_shop_that_left_takes_its_customers_with_it: closed;
    a_shop_that_is_taken_back_in_time_loses_nothing: taken_back;
    many_orders_go_in_steps: many;
}
