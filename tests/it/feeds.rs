//! The directory and the feeds over HTTP on both engines: what machines read is what the pages show, and nothing more.

use attesta::config::Secret;
use attesta::kernel::country::Country;
use attesta::links::Base;
use attesta::merchants::{self, ShopStatus};
use serde_json::{Value, json};

use crate::support::app::{Answer, TestApp, TestShop, fulfilled};
use crate::support::house::ENGINES;

async fn on_both(story: impl AsyncFn(TestApp)) {
    for engine in ENGINES {
        if let Some(app) = TestApp::start(engine).await {
            story(app).await;
        }
    }
}

/// A customer buys, is asked and answers about the shop and the moka; gives the link.
async fn reviewed(app: &TestApp, shop: &TestShop, n: u32, title: &str) -> String {
    let email = format!("c{n}@example.com");
    let mut event = fulfilled(&format!("#{n}"), &email, app.now());
    let item = &mut event["data"]["items"][0];
    item["gtin"] = json!("8006363018432");
    item["brand"] = json!("Verdi & figli");
    item["mpn"] = json!("MK-3");
    item["url"] = json!("https://bottega.example/p/moka-3?a=1&b=2");
    app.post_event(shop, &event).await.expect(202, "the order is taken");
    app.run_jobs().await;
    let link = app.review_link(&email);
    let fields = [
        ("stars", "4"),
        ("title", title),
        ("text", "Una tazza al giorno."),
        ("name", "Ada"),
        ("stars.moka-3", "5"),
        ("text.moka-3", "Fa il caffè."),
    ];
    let posted = app.post_form(&link, &fields).await;
    assert_eq!(posted.status, 201, "{}", posted.text);
    link
}

async fn ask(app: &TestApp, path: &str, header: (&str, &str)) -> Answer {
    app.answer(app.http.get(app.url(path)).header(header.0, header.1)).await
}

async fn shops(app: &TestApp, query: &str) -> Vec<String> {
    let page = app.get(&format!("/v1/shops{query}")).await.expect(200, "the directory is public");
    page["data"].as_array().unwrap().iter().map(|shop| shop["domain"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_directory_follows_the_shops() {
    on_both(async |app| {
        let tea = app
            .shop_with("te.example", |shop| {
                shop.name = "Zen & Tè".to_owned();
                shop.category = Some("Tè e caffè".to_owned());
                shop.country = Country::parse("IT").ok();
            })
            .await;
        app.shop_with("bücher.example", |shop| {
            shop.name = "Ärger <b>Bücher</b>".to_owned();
            shop.category = Some("Libri".to_owned());
            shop.country = Country::parse("DE").ok();
        })
        .await;
        assert_eq!(shops(&app, "").await, Vec::<String>::new(), "nothing is read past the directory's own rows");
        app.rooms.list_what_moved().await.unwrap();
        assert_eq!(shops(&app, "").await, ["xn--bcher-kva.example", "te.example"], "folded: a before z");
        for (query, wanted) in [
            ("?q=BUCHER", vec!["xn--bcher-kva.example"]),
            ("?q=te+zen", vec!["te.example"]),
            ("?category=te%20E%20CAFFE", vec!["te.example"]),
            ("?country=de", vec!["xn--bcher-kva.example"]),
            ("?country=de&category=te", vec![]),
            ("?sort=newest", vec!["xn--bcher-kva.example", "te.example"]),
        ] {
            assert_eq!(shops(&app, query).await, wanted, "{query}");
        }
        reviewed(&app, &tea, 1, "Bene").await;
        let mut test = fulfilled("#t", "t@example.com", app.now());
        test["data"]["test"] = true.into();
        app.post_event(&tea, &test).await.expect(202, "a test order");
        app.run_jobs().await;
        app.post_form(&app.review_link("t@example.com"), &[("stars", "1")]).await;
        app.rooms.list_what_moved().await.unwrap();
        let page = app.get("/v1/shops?sort=reviews&limit=1").await.expect(200, "the busiest first");
        assert_eq!((&page["data"][0]["domain"], &page["data"][0]["review_count"]), (&json!("te.example"), &json!(1)));
        assert_eq!(page["data"][0]["score"], 3.6);
        let next = page["next"].as_str().unwrap();
        assert_eq!(shops(&app, &format!("?sort=reviews&cursor={next}")).await, ["xn--bcher-kva.example"]);
        assert_eq!(app.get(&format!("/v1/shops?cursor={next}")).await.status, 400, "a cursor belongs to its order");
        let html = app.get("/shops?lang=it").await.text;
        assert!(html.contains("bücher.example") && html.contains("Ärger &lt;b&gt;") && !html.contains("<b>Bücher"));
        assert!(html.contains("Ancora nessuna recensione") && html.contains("Nessuno paga"), "{html}");
        let kind = app.get("/shops?category=libri&lang=it").await.text;
        assert!(kind.contains("<h1>Libri</h1>") && !kind.contains("noindex"), "{kind}");
        assert!(app.get("/shops?q=libri").await.text.contains("noindex,follow"));
        assert!(app.get("/shops?category=niente").await.text.contains("noindex,follow"));
        let id = tea.id;
        let close = move |shop: &mut merchants::Shop| {
            shop.status = ShopStatus::Suspended;
            Ok(())
        };
        app.ctx().db().write(move |tx| merchants::change(tx, id, close)).await.unwrap();
        app.rooms.list_what_moved().await.unwrap();
        assert_eq!(shops(&app, "").await, ["xn--bcher-kva.example"], "a suspended shop is left out");
    })
    .await;
}

#[tokio::test]
async fn subscribers_see_every_change() {
    on_both(async |app| {
        let shop = app.shop("bottega.example").await;
        let link = reviewed(&app, &shop, 1, "<script>alert(1)</script>").await;
        let (atom, json) = ("/shops/bottega.example/reviews.atom", "/shops/bottega.example/reviews.json");
        let first = app.get(atom).await;
        assert!(first.text.contains("&lt;script&gt;") && !first.text.contains("<script"), "{}", first.text);
        assert_eq!(ask(&app, atom, ("if-none-match", first.header("etag"))).await.status, 304);
        assert_eq!(ask(&app, atom, ("if-modified-since", first.header("last-modified"))).await.status, 304);
        let feed = app.get(json).await.expect(200, "the same as JSON");
        let id = feed["items"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!((feed["items"].as_array().unwrap().len(), &feed["items"][0]["_attesta"]["stars"]), (1, &json!(4)));
        app.advance(5_000);
        let reply = json!({ "text": "Grazie & a presto" });
        app.send_as(&shop, "PUT", &format!("/reviews/{id}/reply"), &reply).await.expect(201, "the shop replies");
        let after = ask(&app, atom, ("if-none-match", first.header("etag"))).await;
        assert!(after.status == 200 && after.text.contains("Grazie &amp; a presto"), "{}", after.text);
        app.advance(5_000);
        app.post_form(&format!("{link}/erase"), &[]).await;
        let feed = app.get(json).await.expect(200, "a tombstone stands");
        let item = &feed["items"][0];
        assert_eq!((&item["id"], &item["_attesta"]["status"]), (&json!(id), &json!("erased")));
        assert!(!feed.to_string().contains("tazza") && !feed.to_string().contains("Grazie"), "{feed}");
        let page = app.get("/shops/bottega.example").await.text;
        for url in [atom, json] {
            let wanted = format!("href=\"{}\"", app.url(url).replace('=', "&#x3D;"));
            assert!(page.contains(&wanted), "the profile offers {url}: {page}");
        }
        assert_eq!(app.get("/shops/nobody.example/reviews.atom").await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn exports_and_feeds_hold_the_same_reviews() {
    on_both(async |app| {
        let shop = app.shop("bottega.example").await;
        for n in 0..3 {
            reviewed(&app, &shop, n, "=SUM(A1)").await;
            app.advance(1_000);
        }
        let erased = reviewed(&app, &shop, 3, "via").await;
        app.post_form(&format!("{erased}/erase"), &[]).await;
        let answer = app.get("/v1/shops/bottega.example/export.ndjson").await;
        let disposition = "attachment; filename=\"reviews-bottega.example.ndjson\"";
        assert_eq!((answer.status, answer.header("content-disposition")), (200, disposition));
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        let lines: Vec<Value> = answer.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let of = |status: &str| lines.iter().filter(|line| line["status"] == status).count();
        assert_eq!((lines.len(), of("published")), (8, 8 - of("erased")), "{lines:?}");
        assert!(of("erased") > 0 && lines.iter().all(|line| line["status"] == "erased" || line["earlier"].is_array()));
        let table = app.get("/v1/shops/bottega.example/export.csv").await.text;
        assert!(table.starts_with("\u{FEFF}\"id\",\"status\",") && table.contains("\"'=SUM(A1)\""), "{table}");
        assert!(!table.contains(",\"=") && !table.contains("via"), "{table}");
        let google = app.get("/v1/shops/bottega.example/google-product-reviews.xml").await.text;
        let published = lines.iter().filter(|line| line["product"].is_object()).count();
        assert_eq!(google.matches("<review>").count(), published, "{google}");
        for part in [
            "<gtin>8006363018432</gtin>",
            "<mpn>MK-3</mpn>",
            "<brand>Verdi &amp; figli</brand>",
            "<product_url>https://bottega.example/p/moka-3?a=1&amp;b=2</product_url>",
            "<name>Ada</name>",
            "<collection_method>post_fulfillment</collection_method>",
        ] {
            assert!(google.contains(part), "{part} in {google}");
        }
        for path in ["export.ndjson", "export.csv", "google-product-reviews.xml"] {
            assert_eq!(app.get(&format!("/v1/shops/nobody.example/{path}")).await.status, 404, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn many_products_in_one_call() {
    on_both(async |app| {
        let shop = app.shop("bottega.example").await;
        reviewed(&app, &shop, 1, "Bene").await;
        let url = "/v1/shops/bottega.example/ratings";
        let wanted = json!([
            { "sku": "none", "score": 0.0, "stars": 0.0, "review_count": 0 },
            { "sku": "moka-3", "score": 3.7, "stars": 3.5, "review_count": 1 },
        ]);
        let got = app.get(&format!("{url}?skus=none,moka-3,none")).await;
        assert!(got.header("cache-control").starts_with("public"), "{}", got.header("cache-control"));
        assert_eq!(got.json()["data"], wanted);
        let asked = json!({ "skus": ["none", "moka-3"] });
        let posted = app.answer(app.http.post(app.url(url)).json(&asked)).await;
        assert_eq!((posted.status, &posted.json()["data"]), (200, &wanted));
        let many = json!({ "skus": (0..101).map(|n| n.to_string()).collect::<Vec<_>>() });
        assert_eq!(app.answer(app.http.post(app.url(url)).json(&many)).await.status, 422);
        let preflight = app.http.request(reqwest::Method::OPTIONS, app.url(url)).send().await.unwrap();
        let methods = preflight.headers().get("access-control-allow-methods").unwrap();
        assert_eq!(methods, "GET, HEAD, POST, OPTIONS", "a shop's page may ask from its own origin");
    })
    .await;
}

#[tokio::test]
async fn robots_find_what_is_public_below_the_prefix() {
    for engine in ENGINES {
        let set = |config: &mut attesta::config::Config| {
            let url = format!("http://{}/a/b", config.listen);
            config.public_url = Some(Base::parse(&url).expect("a base"));
            config.smtp_url = Some(Secret::new("capture:"));
        };
        let Some(app) = TestApp::start_with(engine, set).await else { continue };
        let shop = app.shop("bottega.example").await;
        reviewed(&app, &shop, 1, "Bene").await;
        app.rooms.list_what_moved().await.unwrap();
        let robots = app.get("/robots.txt").await.text;
        assert!(robots.contains("Disallow: /a/b/r/\n") && robots.contains(&app.url("/sitemap.xml")), "{robots}");
        let index = app.get("/sitemap.xml").await;
        let parts: Vec<String> = locations(&index.text);
        assert_eq!(parts.len(), 3, "{parts:?}");
        let mut pages = Vec::new();
        for part in &parts {
            pages.extend(locations(&app.follow(part).await.text));
        }
        for (page, browser) in pages.iter().flat_map(|page| [(page, ""), (page, "de")]) {
            let answer = app.http.get(page).header("accept-language", browser).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{page}");
            let answer = answer.text().await.unwrap();
            let canonical = format!("<link rel=\"canonical\" href=\"{}\">", page.replace('=', "&#x3D;"));
            assert!(answer.contains(&canonical), "{page} is its own canonical address, whoever asks ({browser})");
            assert!(answer.contains("hreflang=\"x-default\""), "{page}");
        }
        let reviews = pages.iter().filter(|page| page.contains("/reviews/")).count();
        assert_eq!((reviews, pages.len()), (2, 2 + 3 + 1), "{pages:?}");
        assert!(app.get("/llms.txt").await.text.contains(&app.url("/v1/shops/{shop}/reviews")));
        assert_eq!(app.get("/.well-known/security.txt").await.status, 404, "no contact was set");
        // In another language a page is itself, and says so.
        for page in pages.iter().filter(|page| page.contains("/shops/bottega.example") || page.contains("/reviews/")) {
            let own = format!("{page}{}lang=en", if page.contains('?') { '&' } else { '?' });
            let other = app.follow(&own).await.text;
            let canonical = format!("<link rel=\"canonical\" href=\"{}\">", own.replace('=', "&#x3D;"));
            assert!(other.contains(&canonical), "{own}: {other}");
        }
    }
}

fn locations(text: &str) -> Vec<String> {
    text.split("<loc>").skip(1).map(|rest| rest.split('<').next().unwrap_or_default().to_owned()).collect()
}
