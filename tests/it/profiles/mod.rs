//! Profiles over HTTP on both engines: numbers that a stranger can recompute, bytes that are kept and renewed, a page that
//! works without scripts.

use attesta::db::Engine;
use attesta::kernel::time::{DAY, HOUR, UtcDay};
use attesta::merchants::{self, ShopStatus};
use serde_json::Value;

use crate::support::app::{Answer, TestApp, TestShop, event, fulfilled};
use crate::support::house::ENGINES;

mod hostile;
mod pages;
mod search;

/// Asks with these request headers.
async fn ask(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = app.http.get(app.url(path));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.expect("the server answers");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, text: String::from_utf8_lossy(&response.bytes().await.expect("a body")).into_owned() }
}

async fn profile(app: &TestApp, shop: &TestShop) -> Value {
    app.get(&format!("/v1/shops/{}", shop.domain)).await.expect(200, "the profile is public")
}

/// A customer buys, is asked and answers; gives the link.
async fn reviewed(app: &TestApp, shop: &TestShop, n: u32, stars: &str, title: &str) -> String {
    let link = app.invited(shop, &format!("#{n}"), &format!("c{n}@example.com")).await;
    let fields = [("stars", stars), ("title", title), ("text", "Una tazza al giorno."), ("name", "Ada")];
    let posted = app.post_form(&link, &fields).await;
    assert!(posted.status < 400, "{}: {}", posted.status, posted.text);
    link
}

/// The published formula, written down from the published parameters.
pub(crate) fn recomputed(tally: &Value) -> f64 {
    let model = &tally["model"];
    let number = |name: &str| model[name].as_f64().expect("a parameter");
    let day = |text: &Value| UtcDay::parse(text.as_str().expect("a day")).expect("a day").number();
    let mut weighted = number("prior_reviews") * number("prior_stars");
    let mut weights = number("prior_reviews");
    for row in tally["days"].as_array().expect("rows") {
        let counts: Vec<f64> = row["counts"].as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect();
        let age = (day(&model["newest_day"]) - day(&row["day"])) as f64;
        let weight = (-age / number("half_life_days")).exp2();
        weighted += weight * counts.iter().zip([1.0, 2.0, 3.0, 4.0, 5.0]).map(|(n, stars)| n * stars).sum::<f64>();
        weights += weight * counts.iter().sum::<f64>();
    }
    (weighted / weights * 1e9 + 0.5).floor() / 1e9
}

async fn numbers(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let before = profile(&app, &shop).await;
    assert_eq!((before["score"].as_f64(), before["review_count"].as_i64()), (Some(0.0), Some(0)), "{before}");
    let mut links = Vec::new();
    for (n, (stars, days)) in [("5", 0), ("4", 30), ("1", 0), ("5", 200), ("3", 1)].into_iter().enumerate() {
        app.advance(days * DAY);
        links.push(reviewed(&app, &shop, n as u32, stars, "Bene").await);
    }
    let full = profile(&app, &shop).await;
    let tally = app.get(&format!("/v1/shops/{}/tally", shop.id)).await.expect(200, "the tally is public");
    let exact = recomputed(&tally);
    assert_eq!(tally["score"]["exact"].as_f64(), Some(exact), "a stranger gets the same: {tally}");
    assert_eq!(full["score"].as_f64(), Some((10.0 * exact + 0.5).floor() / 10.0));
    assert_eq!(full["stars"].as_f64(), Some((2.0 * exact + 0.5).floor() / 2.0));
    assert_eq!((full["review_count"].as_i64(), full["tally"]["5"].as_i64()), (Some(5), Some(2)));
    // An edit moves stars on the day of first publication; an erasure leaves.
    app.advance(HOUR);
    let edited =
        app.post_form(&format!("{}/edit", links[0]), &[("stars", "1"), ("title", "Peggio"), ("text", "Rotta.")]).await;
    assert!(edited.status < 400, "{}", edited.text);
    assert_eq!(profile(&app, &shop).await["tally"]["1"], 2, "an edit counts at once");
    let erased = app.post_form(&format!("{}/erase", links[4]), &[]).await;
    assert!(erased.status < 400, "{}", erased.text);
    let tally = app.get(&format!("/v1/shops/{}/tally", shop.id)).await.expect(200, "the tally is public");
    assert_eq!(tally["score"]["exact"].as_f64(), Some(recomputed(&tally)));
    assert_eq!(profile(&app, &shop).await["review_count"], 4, "an erasure counts at once");
}

#[tokio::test]
async fn a_stranger_can_recompute_the_score() {
    for engine in ENGINES {
        numbers(engine).await;
    }
}

async fn collection(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let other = app.shop("altra.example").await;
    let counted = async || {
        app.rooms.count_what_moved().await.unwrap();
        app.advance(10_000);
        app.run_jobs().await;
        profile(&app, &shop).await["collection"].clone()
    };
    assert_eq!(counted().await["orders"], 0);
    for n in 0..3 {
        app.post_event(&shop, &fulfilled(&format!("#{n}"), &format!("c{n}@example.com"), app.now()))
            .await
            .expect(202, "taken");
    }
    app.post_event(&other, &fulfilled("#1", "x@example.com", app.now())).await.expect(202, "another shop's order");
    app.run_jobs().await;
    let posted = app.post_form(&app.review_link("c1@example.com"), &[("stars", "2")]).await;
    assert!(posted.status < 400, "{}", posted.text);
    app.post_event(&shop, &event("order.created", "#w", "w@example.com", app.now())).await.expect(202, "waits");
    app.post_event(&shop, &fulfilled("#n", "", app.now())).await.expect(202, "nobody to ask");
    let mut test = fulfilled("#t", "t@example.com", app.now());
    test["data"]["test"] = true.into();
    app.post_event(&shop, &test).await.expect(202, "a test order");
    let version = profile(&app, &shop).await;
    let found = counted().await;
    assert_eq!(version["collection"]["orders"], 0, "counted by a tick, never on a read");
    let n = |name: &str| found[name].as_i64().unwrap_or_else(|| panic!("{name} in {found}"));
    let all = |name: &str| found[name].as_object().unwrap().values().map(|n| n.as_i64().unwrap()).sum::<i64>();
    assert_eq!((n("orders"), n("waiting"), n("sent"), n("reviewed")), (5, 1, 2, 1), "{found}");
    assert_eq!(found["skipped"], serde_json::json!({"no_email": 1}));
    let places = n("waiting") + n("scheduled") + n("held") + n("sent") + n("reviewed") + all("skipped") + all("failed");
    assert_eq!(places, n("orders"), "every order is accounted for");
    assert_eq!(n("invited"), 3);
    assert!(n("invited") <= n("eligible") && n("eligible") <= n("orders"));
    let as_of = found["as_of"].clone();
    assert_eq!(counted().await["as_of"], as_of, "nothing moved, nothing is written");
}

#[tokio::test]
async fn collection_numbers_add_up_to_the_orders() {
    for engine in ENGINES {
        collection(engine).await;
    }
}

async fn bytes(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let node = app.neighbour(2);
    let shop = app.shop("bottega.example").await;
    let path = format!("/v1/shops/{}", shop.domain);
    let first = app.get(&path).await;
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.len() > 10, "a strong tag: {tag}");
    assert!(
        first.header("cache-control").contains("stale-while-revalidate")
            && first.header("cache-control").starts_with("public")
    );
    assert_eq!((first.header("access-control-allow-origin"), first.header("vary")), ("*", "Accept-Encoding"));
    assert_eq!((first.header("set-cookie"), first.header("x-content-type-options")), ("", "nosniff"));
    assert_eq!(ask(&app, &path, &[("if-none-match", &tag)]).await.status, 304);
    let list = format!("W/\"x\", W/{tag}");
    let unchanged = ask(&app, &path, &[("if-none-match", &list)]).await;
    assert_eq!((unchanged.status, unchanged.header("etag"), unchanged.text.len()), (304, tag.as_str(), 0));
    // But for the address, which here is each node's own.
    let (ours, theirs) = (app.url(""), node.url(""));
    assert_eq!(node.get(&path).await.text.replace(&theirs, &ours), first.text, "every node has the same bytes");
    let gzip = ask(&app, &path, &[("accept-encoding", "gzip")]).await;
    assert_eq!(gzip.header("content-encoding"), "gzip");
    assert_ne!(gzip.header("etag"), tag, "each coding has its own tag");
    assert_eq!(ask(&app, &path, &[("accept-encoding", "br, gzip")]).await.header("content-encoding"), "br");
    let head = app.http.head(app.url(&path)).send().await.unwrap();
    assert_eq!(head.headers().get("etag").unwrap().to_str().unwrap(), tag);
    reviewed(&app, &shop, 1, "5", "Bene").await;
    for node in [&app, &node] {
        let renewed = ask(node, &path, &[("if-none-match", &tag)]).await;
        assert_eq!(renewed.status, 200, "a review is seen at once");
        assert_eq!(renewed.json()["review_count"], 1);
    }
}

#[tokio::test]
async fn bytes_are_kept_and_renewed_on_every_node() {
    for engine in ENGINES {
        bytes(engine).await;
    }
}

async fn page(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let here = format!("/shops/{}", shop.domain);
    let empty = ask(&app, &here, &[("accept-language", "it")]).await;
    assert!(empty.status == 200 && !empty.text.contains("aggregateRating"), "{}", empty.text);
    for n in 0..23 {
        reviewed(&app, &shop, n, ["5", "2"][n as usize % 2], &format!("Titolo {n}.")).await;
        app.advance(HOUR);
    }
    let first = ask(&app, &here, &[("accept-language", "nl, en;q=0.5")]).await;
    assert_eq!((first.status, first.header("content-language")), (200, "en"));
    assert!(first.header("vary").contains("Accept-Language") && first.header("content-type").starts_with("text/html"));
    assert!(first.text.contains("\"aggregateRating\"") && first.text.contains("rel=\"canonical\""));
    assert_eq!(
        ask(&app, &here, &[("if-none-match", first.header("etag")), ("accept-language", "en")]).await.status,
        304
    );
    assert!(
        ask(&app, &format!("{here}?lang=it"), &[("accept-language", "en")]).await.text.contains("<html lang=\"it\"")
    );
    assert!(ask(&app, &here, &[]).await.text.contains("<html lang=\"it\""), "the shop's own language");
    // Twenty on the first page, the rest behind a link; and back.
    assert!(first.text.contains("Titolo 22.") && !first.text.contains("Titolo 2."));
    let older = link(&first.text, "next");
    let second = app.get(&older).await;
    assert!(
        second.status == 200 && second.text.contains("Titolo 2.") && second.text.contains("Titolo 0."),
        "{}",
        second.text
    );
    assert!(second.text.contains("<html lang=\"en\"") && second.text.contains("noindex"));
    assert!(app.get(&link(&second.text, "prev")).await.text.contains("Titolo 22."));
    let bad = app.get(&format!("{here}?stars=2&language=&replied=no&lang=it")).await.text;
    assert!(bad.contains("Titolo 21.") && !bad.contains("Titolo 22."), "only two stars");
    assert_eq!(app.get(&format!("{here}?stars=9")).await.status, 400);
    assert_eq!(app.get(&format!("{here}?cursor=no+cursor")).await.status, 400);
    let nobody = ask(&app, "/shops/nobody.example", &[("accept", "text/html")]).await;
    assert!(nobody.status == 404 && nobody.text.contains("<html"), "{}", nobody.text);
    // A closed shop keeps its page, which says so.
    let id = shop.id;
    app.ctx()
        .db()
        .write(move |tx| {
            merchants::change(tx, id, |shop| {
                shop.status = ShopStatus::Closed;
                Ok(())
            })
        })
        .await
        .unwrap();
    assert_eq!(profile(&app, &shop).await["status"], "closed");
    let closed = app.get(&format!("{here}?lang=en")).await;
    assert!(closed.text.contains("Shop closed") && closed.text.contains("Titolo 22."));
}

/// The path and query of the link with this relation.
fn link(html: &str, relation: &str) -> String {
    let (_, rest) = html
        .split_once(&format!("rel=\"{relation}\" href=\""))
        .unwrap_or_else(|| panic!("a {relation} link in {html}"));
    let (url, _) = rest.split_once('"').unwrap();
    let url = url.replace("&amp;", "&").replace("&#x3D;", "=");
    let path = url.split_once("/shops/").map(|(_, path)| format!("/shops/{path}")).unwrap();
    path.split('#').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_page_is_complete_without_scripts() {
    for engine in ENGINES {
        page(engine).await;
    }
}

async fn products(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let base = format!("/v1/shops/{}/products", shop.domain);
    assert_eq!(app.get(&format!("{base}/moka-3")).await.status, 404, "nobody reviewed it");
    let link = app.invited(&shop, "#1", "ada@example.com").await;
    let form = app.follow(&link).await.text;
    let key = form
        .split("name=\"stars.")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("the form asks about the item");
    let field = format!("stars.{key}");
    let posted = app.post_form(&link, &[("stars", "5"), (&field, "3")]).await;
    assert!(posted.status < 400, "{}", posted.text);
    let product = app.get(&format!("{base}/moka-3")).await.expect(200, "a product has a score of its own");
    assert_eq!((product["review_count"].as_i64(), product["tally"]["3"].as_i64()), (Some(1), Some(1)), "{product}");
    assert_eq!((product["score"].as_f64(), product["name"].as_str()), (Some(3.4), Some("Moka tre tazze")));
    let list = app.get(&format!("{base}/moka-3/reviews")).await.expect(200, "and its reviews");
    assert_eq!(list["data"][0]["product"]["sku"], "moka-3", "{list}");
    let tally = app.get(&format!("/v1/shops/{}/tally?sku=moka-3", shop.domain)).await.expect(200, "and its tally");
    assert_eq!(tally["score"]["exact"].as_f64(), Some(recomputed(&tally)));
    let etag = app.get(&format!("/v1/shops/{}/tally?sku=moka-3", shop.domain)).await.header("etag").to_owned();
    assert!(etag.starts_with('"'), "with a strong tag: {etag}");
    let again =
        app.http.get(app.url(&format!("/v1/shops/{}/tally?sku=moka-3", shop.domain))).header("if-none-match", &etag);
    assert_eq!(app.answer(again).await.status, 304, "whoever has the rows is told so");
    for path in ["moka-3%00", "other", "%20"] {
        assert_eq!(app.get(&format!("{base}/{path}")).await.status, 404, "{path}");
    }
    assert_eq!(profile(&app, &shop).await["score"], 3.7, "a product's stars are not the shop's");
}

#[tokio::test]
async fn products_have_scores_of_their_own() {
    for engine in ENGINES {
        products(engine).await;
    }
}
