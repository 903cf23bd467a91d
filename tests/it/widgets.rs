//! Widgets over HTTP: small, honest, the same for everybody, and text whatever people wrote.

use attesta::db::Engine;
use attesta::kernel::time::DAY;
use attesta::merchants::{self, ShopStatus};
use serde_json::Value;

use crate::support::app::{TestApp, TestShop, fulfilled};
use crate::support::house::ENGINES;

async fn summary(app: &TestApp, query: &str) -> Value {
    app.get(&format!("/w/bottega.example/summary.json{query}")).await.expect(200, "the shop is there")
}

async fn latest(app: &TestApp, query: &str) -> Value {
    app.get(&format!("/w/bottega.example/reviews.json{query}")).await.expect(200, "the shop is there")
}

/// A review of the shop with these stars, and of its moka where `item` says so.
pub(crate) async fn reviewed(app: &TestApp, shop: &TestShop, name: &str, fields: &[(&str, &str)]) {
    let address = format!("{name}@example.com");
    app.post_event(shop, &fulfilled(&format!("#{name}"), &address, app.now())).await.expect(202, "the order is taken");
    app.run_jobs().await;
    let posted = app.post_form(&app.review_link(&address), fields).await;
    assert_eq!(posted.status, 201, "{}", posted.text);
    app.advance(2_000);
}

pub(crate) async fn stand(app: &TestApp, shop: &TestShop, status: ShopStatus) {
    let id = shop.id;
    let change = move |shop: &mut merchants::Shop| {
        shop.status = status;
        Ok(())
    };
    app.ctx().db().write(move |tx| merchants::change(tx, id, change)).await.unwrap();
    app.advance(2_000);
}

async fn life(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let empty = summary(&app, "").await;
    assert_eq!((&empty["review_count"], &empty["words"]["state"]), (&0.into(), &"Ancora nessuna recensione".into()));
    reviewed(
        &app,
        &shop,
        "ada",
        &[("stars", "5"), ("title", "Bella"), ("stars.moka-3", "2"), ("text.moka-3", "Perde")],
    )
    .await;
    let full = summary(&app, "?locale=it&stars=1&language=de").await;
    assert_eq!(full["words"]["out_of"], "3,7 su 5");
    assert_eq!(
        full["words"]["label"],
        "Bottega Verdi: 3,7 su 5, buono, 1 recensione certificata, al 1º\u{a0}marzo 2026"
    );
    assert_eq!((&full["tally"]["5"], &full["filter"]), (&1.into(), &Value::Null), "a score is never filtered");
    assert!(full.get("reviews").is_none() && full["words"].get("pause").is_none());
    assert!(full["verification"]["policy_url"].as_str().unwrap().ends_with("/shops/bottega.example#how"));
    assert_eq!(summary(&app, "?locale=en").await["words"]["count"], "1 certified review");
    assert_eq!(summary(&app, "?locale=tlh").await, full, "where we have no words, the shop's own language speaks");
    let product = latest(&app, "?sku=moka-3").await;
    assert_eq!((&product["product"]["name"], &product["score"]), (&"Moka tre tazze".into(), &3.3.into()));
    assert_eq!((&product["reviews"][0]["text"], &product["reviews"][0]["stars"]), (&"Perde".into(), &2.into()));
    let stranger = latest(&app, "?sku=%00").await;
    assert_eq!(
        (&stranger["review_count"], &stranger["reviews"]),
        (&0.into(), &Value::Array(vec![])),
        "never the shop instead"
    );
    app.advance(DAY);
    assert_eq!(summary(&app, "").await["as_of"], "2026-03-02", "the day goes on");
    for (status, words) in [(ShopStatus::Suspended, "Negozio sospeso"), (ShopStatus::Closed, "Negozio chiuso")] {
        stand(&app, &shop, status).await;
        assert_eq!(summary(&app, "").await["words"]["state"], words);
    }
    assert_eq!(app.get("/w/nobody.example/summary.json").await.status, 404);
}

#[tokio::test]
async fn a_widget_follows_its_shop() {
    for engine in ENGINES {
        life(engine).await;
    }
}

async fn narrowed(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    for (name, stars) in [("a", "5"), ("b", "4"), ("c", "1")] {
        reviewed(&app, &shop, name, &[("stars", stars)]).await;
    }
    let good = latest(&app, "?stars=5,4&locale=it").await;
    assert_eq!(good["words"]["filter"], "Solo recensioni da 4 e 5 stelle.", "who leaves some out says so");
    assert_eq!((good["reviews"].as_array().unwrap().len(), &good["review_count"]), (2, &3.into()));
    assert_eq!(
        latest(&app, "?stars=1&language=it").await["words"]["filter"],
        "Solo recensioni da 1 stella. Solo recensioni in italiano."
    );
    let all = latest(&app, "").await;
    assert_eq!(latest(&app, "?stars=1,2,3,4,5").await, all, "all stars together leave nothing out");
    assert_eq!((&all["words"]["filter"], &all["filter"]), (&Value::Null, &Value::Null));
    assert_eq!(all["reviews"][0]["author"], "Un cliente");
}

#[tokio::test]
async fn a_filter_by_stars_is_said() {
    for engine in ENGINES {
        narrowed(engine).await;
    }
}

/// The longest texts that hardly compress, in every field.
#[tokio::test]
async fn answers_stay_within_their_budgets_whatever_is_written() {
    let app = TestApp::start(Engine::Sqlite).await.expect("SQLite is built in");
    let long = |seed: usize, most: usize| -> String {
        (0..most)
            .map(|n| char::from_u32(0x4e00 + u32::try_from((n * 7_919 + seed * 104_729) % 20_000).unwrap()).unwrap())
            .collect()
    };
    let shop = app.shop_with("bottega.example", |shop| shop.name = long(0, 120)).await;
    for n in 0..12 {
        let (title, text, name) = (long(n * 3 + 1, 120), long(n * 3 + 2, 5_000), long(n * 3 + 3, 60));
        reviewed(&app, &shop, &format!("c{n}"), &[("stars", "5"), ("title", &title), ("text", &text), ("name", &name)])
            .await;
        let list = app.get("/v1/shops/bottega.example/reviews?limit=1").await.json();
        let path = format!("/reviews/{}/reply", list["data"][0]["id"].as_str().unwrap());
        app.send_as(&shop, "PUT", &path, &serde_json::json!({ "text": long(n + 90, 2_000) }))
            .await
            .expect(201, "a reply");
    }
    app.advance(2_000);
    for (path, most) in [("summary.json", 3 * 1024), ("reviews.json", 8 * 1024)] {
        let request = app.http.get(app.url(&format!("/w/bottega.example/{path}"))).header("accept-encoding", "gzip");
        let bytes = request.send().await.unwrap().bytes().await.unwrap().len();
        assert!(bytes > 500 && bytes <= most, "{path}: {bytes} bytes");
    }
    let all = latest(&app, "").await;
    assert_eq!(all["reviews"].as_array().unwrap().len(), 12);
    assert!(all["reviews"][0]["cut"] == true && all["reviews"][0]["reply"].as_str().unwrap().ends_with('…'));
}

#[tokio::test]
async fn files_and_answers_are_for_everybody_and_kept_as_they_may_be() {
    let app = TestApp::start(Engine::Sqlite).await.expect("SQLite is built in");
    app.shop("bottega.example").await;
    for (path, kept, content) in [
        ("/w/v1.js", "public, max-age=300, stale-while-revalidate=86400", "text/javascript; charset=utf-8"),
        ("/w/bottega.example/summary.json", "public, max-age=60, stale-while-revalidate=3600", "application/json"),
        ("/w/bottega.example/reviews.json", "public, max-age=60, stale-while-revalidate=3600", "application/json"),
    ] {
        let answer = app.get(path).await;
        assert_eq!(
            (answer.status, answer.header("cache-control"), answer.header("content-type")),
            (200, kept, content)
        );
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!((answer.header("set-cookie"), answer.header("cross-origin-resource-policy")), ("", "cross-origin"));
        let tag = answer.header("etag").to_owned();
        assert!(tag.starts_with('"'), "a strong tag: {tag}");
        let again = app.http.get(app.url(path)).header("if-none-match", tag).send().await.unwrap();
        assert_eq!(again.status(), 304);
    }
    assert_eq!(app.get("/w/more.js").await.status, 404);
}
