//! All rows behind all scores, as a stranger reads them.

use attesta::db::Engine;
use attesta::kernel::time::DAY;
use serde_json::json;

use crate::profiles::recomputed;
use crate::support::app::{TestApp, fulfilled};
use crate::support::house::ENGINES;

async fn all_rows(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let skus = ["Zeta", "a b", "moka-3", "è/1", "'; --"];
    for (n, sku) in skus.iter().enumerate() {
        let mut event = fulfilled(&format!("#{n}"), &format!("c{n}@example.com"), app.now());
        event["data"]["items"][0]["sku"] = json!(sku);
        app.post_event(&shop, &event).await.expect(202, "the order is taken");
        app.run_jobs().await;
        let link = app.review_link(&format!("c{n}@example.com"));
        let form = app.follow(&link).await.text;
        let field = form.split("name=\"stars.").nth(1).and_then(|rest| rest.split('"').next()).expect("an item");
        let stars = (n % 5 + 1).to_string();
        let posted = app.post_form(&link, &[("stars", "4"), (&format!("stars.{field}"), &stars)]).await;
        assert_eq!(posted.status, 201, "{}", posted.text);
        app.advance(DAY);
    }
    let base = format!("/v1/shops/{}/tally?products=true", shop.domain);
    let whole = app.get(&base).await;
    assert!(whole.header("etag").starts_with('"') && whole.header("cache-control").starts_with("public"));
    let whole = whole.expect(200, "every row in one answer");
    assert_eq!(whole["days"].as_array().map(Vec::len), Some(5), "the shop's own rows stand beside");
    let (mut found, mut url, mut pages) = (Vec::new(), format!("{base}&limit=2"), 0);
    loop {
        let answer = app.get(&url).await;
        let page = answer.expect(200, "a page of products");
        found.extend(page["products"].as_array().expect("products").clone());
        pages += 1;
        let Some(next) = page["next"].as_str() else { break };
        url = format!("{base}&limit=2&cursor={next}");
    }
    assert_eq!((pages, &json!(found)), (3, &whole["products"]), "page by page the same on {engine:?}");
    let mut seen: Vec<_> = found.iter().map(|product| product["sku"].as_str().expect("a SKU")).collect();
    seen.sort_unstable();
    let mut all = skus.to_vec();
    all.sort_unstable();
    assert_eq!(seen, all, "every product is there");
    for product in &found {
        let model = &whole["model"];
        let alone = json!({ "model": { "prior_reviews": model["prior_reviews"], "prior_stars": model["prior_stars"],
            "half_life_days": model["half_life_days"], "newest_day": product["newest_day"] }, "days": product["days"] });
        assert_eq!(product["score"]["exact"].as_f64(), Some(recomputed(&alone)), "{product}");
    }
    for wrong in ["sku=a&products=true", "products=yes", "products=true&limit=0", "products=true&cursor=AXt9"] {
        let refused = app.get(&format!("/v1/shops/{}/tally?{wrong}", shop.domain)).await.expect(400, wrong);
        assert!(refused["detail"].as_str().is_some_and(|detail| detail.len() > 20), "{refused}");
    }
}

#[tokio::test]
async fn every_row_behind_every_score_is_public() {
    for engine in ENGINES {
        all_rows(engine).await;
    }
}
