//! The facade as clients of the other API meet it, on both engines: they know its names and nothing of ours.

use attesta::db::Engine;
use attesta::kernel::time::{DAY, HOUR};
use serde_json::{Value, json};

use crate::support::app::{TestApp, TestShop};
use crate::support::house::ENGINES;

const BASE: &str = "/compat/trustpilot/v1";

/// A shop with twelve reviews over four days, stars 1 to 5 in turn, the first one answered; product reviews beside them.
async fn start(engine: Engine) -> Option<(TestApp, TestShop)> {
    let app = TestApp::start(engine).await?;
    let shop = app.shop("bottega.example").await;
    for n in 0..12_i64 {
        let email = format!("c{n}@example.com");
        let link = app.invited(&shop, &format!("#{n}"), &email).await;
        app.advance(if n % 3 == 2 { DAY } else { HOUR });
        let stars = (1 + n % 5).to_string();
        let text = format!("Recensione numero {n}: la moka funziona come promesso dal negozio.");
        let name = if n == 0 { "" } else { "Ada B." };
        let fields =
            [("stars", stars.as_str()), ("title", "Così"), ("text", &text), ("name", name), ("stars.moka-3", "5")];
        assert_eq!(app.post_form(&link, &fields).await.status, 201);
    }
    let newest =
        app.get("/v1/shops/bottega.example/reviews").await.json()["data"][0]["id"].as_str().unwrap().to_owned();
    let reply = json!({ "text": "Grazie, Ada." });
    app.send_as(&shop, "PUT", &format!("/reviews/{newest}/reply"), &reply).await.expect(201, "the shop replies");
    app.advance(2_000);
    app.rooms.list_what_moved().await.expect("the directory follows");
    Some((app, shop))
}

async fn get(app: &TestApp, path: &str) -> Value {
    app.get(&format!("{BASE}{path}")).await.expect(200, path)
}

fn ids(list: &Value) -> Vec<&str> {
    list["reviews"].as_array().unwrap().iter().map(|review| review["id"].as_str().unwrap()).collect()
}

async fn reads(engine: Engine) {
    let Some((app, shop)) = start(engine).await else { return };
    let unit = get(&app, "/business-units/find?name=www.bottega.example&apikey=whatever").await;
    let id = unit["id"].as_str().unwrap();
    assert_eq!(id.len(), 24);
    assert_eq!(get(&app, &format!("/business-units/{id}")).await, unit, "found by its digits");
    assert_eq!(get(&app, &format!("/business-units/{}", shop.id)).await, unit, "and by our own id");
    let ours = app.get("/v1/shops/bottega.example").await.json();
    assert_eq!((&unit["score"]["trustScore"], &unit["score"]["stars"]), (&ours["score"], &ours["stars"]));
    let numbers = &unit["numberOfReviews"];
    assert_eq!((&numbers["total"], &numbers["usedForTrustScoreCalculation"]), (&json!(12), &json!(12)));
    assert_eq!((&numbers["oneStar"], &numbers["threeStars"]), (&json!(3), &json!(2)));

    let list = get(&app, &format!("/business-units/{id}/reviews")).await;
    let newest = &list["reviews"][0];
    let by_cursor = app.get("/v1/shops/bottega.example/reviews").await.json();
    for (theirs, ours) in list["reviews"].as_array().unwrap().iter().zip(by_cursor["data"].as_array().unwrap()) {
        assert_eq!((&theirs["text"], &theirs["createdAt"]), (&ours["text"], &ours["published_at"]), "the same list");
    }
    assert_eq!(newest["companyReply"]["text"], "Grazie, Ada.");
    assert_eq!((&newest["isVerified"], &newest["reviewVerificationLevel"]), (&json!(true), &json!("verified")));
    assert_eq!(newest["businessUnit"]["id"], id);
    let oldest = list["reviews"].as_array().unwrap().last().unwrap();
    assert_eq!(oldest["consumer"]["displayName"], "Un cliente", "who gave no name is a customer");
    let one = get(&app, &format!("/reviews/{}", newest["id"].as_str().unwrap())).await;
    assert_eq!(one, *newest, "the same review by its digits on {engine:?}");
    let star = one["links"].as_array().unwrap().iter().find(|link| link["rel"] == "stars-images").unwrap();
    let images = app.follow(star["href"].as_str().unwrap()).await.expect(200, "links lead somewhere");
    for (image, content) in [("starSvg", "image/svg+xml"), ("star256x48", "image/png")] {
        let picture = app.follow(&format!("http:{}", images[image]["url"].as_str().unwrap())).await;
        let drawn = picture.header("content-type") == content || cfg!(not(feature = "cards"));
        assert!(picture.status == 200 && drawn, "{image}: {}", picture.status);
    }
    app.get(&format!("{}/stars/4.5/64x12.png", BASE.trim_end_matches("/v1"))).await.expect(404, "no such size");
    assert_eq!(get(&app, "/resources/strings/stars/4.5?locale=it-IT").await["string"], "Eccellente");
    let links = get(&app, &format!("/business-units/{id}/web-links?locale=en-US")).await;
    assert!(links["profileUrl"].as_str().unwrap().ends_with("/shops/bottega.example?lang=en"));
    let info = get(&app, &format!("/business-units/{id}/profileinfo")).await;
    assert_eq!((&info["companyName"], &info["isIncentivisingUsers"]), (&json!("Bottega Verdi"), &json!(false)));
    let found = get(&app, "/business-units/search?query=verdi%20BOTTEGA&perpage=5").await;
    assert_eq!(found["businessUnits"][0]["id"], id);
    assert_eq!(get(&app, "/business-units/search?query=bottega&country=DK").await["businessUnits"], json!([]));
    assert_eq!(get(&app, "/business-units/search?query=bottega&page=2").await["businessUnits"], json!([]));
    app.get(&format!("{BASE}/business-units/search?query=bottega&page=11&perPage=100")).await.expect(400, "far enough");
}

#[tokio::test]
async fn a_client_that_knows_only_the_other_names_reads_everything() {
    for engine in ENGINES {
        reads(engine).await;
    }
}

async fn pages(engine: Engine) {
    let Some((app, _)) = start(engine).await else { return };
    let unit = "/business-units/bottega.example/reviews";
    for order in ["createdat.desc", "createdat.asc", "stars.desc", "stars.asc"] {
        let all = get(&app, &format!("{unit}?perPage=100&orderBy={order}")).await;
        let mut paged = Vec::new();
        for page in 1..=4 {
            let list = get(&app, &format!("{unit}?page={page}&perPage=5&orderBy={order}")).await;
            paged.extend(ids(&list).into_iter().map(str::to_owned));
            let next = list["links"].as_array().unwrap().iter().any(|link| link["rel"] == "next-page");
            assert_eq!(next, page < 3, "page {page}");
        }
        let first = get(&app, &format!("{unit}?perPage=5&orderBy={order}&apikey=secret")).await;
        let next = first["links"].as_array().unwrap().last().unwrap()["href"].as_str().unwrap();
        assert!(!next.contains("secret"), "no key is handed on: {next}");
        assert_eq!(ids(&app.follow(next).await.json()), paged[5..10], "the link keeps order and filters");
        assert_eq!(paged, ids(&all), "{order} on {engine:?}");
        let stars: Vec<_> = all["reviews"].as_array().unwrap().iter().map(|review| review["stars"].as_i64()).collect();
        match order {
            "stars.desc" => assert!(stars.is_sorted_by(|a, b| a >= b)),
            "stars.asc" => assert!(stars.is_sorted()),
            _ => {}
        }
    }
    for past in ["page=4&perPage=5", "page=2147483647&perPage=100", "page=2&stars=3&perPage=2"] {
        assert_eq!(get(&app, &format!("{unit}?{past}")).await["reviews"], json!([]), "{past}");
    }
    assert_eq!(ids(&get(&app, &format!("{unit}?stars=1&stars=5")).await).len(), 5);
    assert_eq!(ids(&get(&app, &format!("{unit}?stars=1,5")).await).len(), 5);
    assert_eq!(ids(&get(&app, &format!("{unit}?language=it&responded=true")).await).len(), 1);
    let deep = app.get(&format!("{BASE}{unit}?language=it&page=101&perPage=100")).await;
    assert_eq!((deep.status, &deep.json()["errorCode"]), (400, &json!(400)), "what nobody counts ends somewhere");
    for name in ["page=0", "perPage=101", "orderBy=best", "stars=6"] {
        let fault = app.get(&format!("{BASE}{unit}?{name}")).await.expect(400, name);
        assert!(fault["message"].is_string() && fault["details"].as_str().unwrap().contains('`'), "{fault}");
    }
    let missing = app.get(&format!("{BASE}/business-units/507f191e810c19729de860ea")).await.expect(404, "nobody's");
    assert_eq!(missing["errorCode"], 404);
}

#[tokio::test]
async fn every_page_can_be_asked_for_by_number() {
    for engine in ENGINES {
        pages(engine).await;
    }
}

async fn products(engine: Engine) {
    let Some((app, _)) = start(engine).await else { return };
    let unit = "/product-reviews/business-units/bottega.example";
    let summary = get(&app, &format!("{unit}?sku=moka-3")).await;
    assert_eq!((&summary["numberOfReviews"]["fiveStars"], &summary["starsAverage"]), (&json!(12), &json!(5.0)));
    let list = get(&app, &format!("{unit}/reviews?sku=moka-3&perPage=5")).await;
    assert_eq!(list["productReviews"].as_array().map(Vec::len), Some(5));
    assert_eq!(list["productReviews"][0]["product"]["sku"], "moka-3");
    let product = list["productReviews"][0]["id"].as_str().unwrap();
    assert_eq!(app.get(&format!("{BASE}/reviews/{product}")).await.status, 404, "it is no review of the shop");
    let body = json!({ "skus": ["moka-3", "nothing"] }).to_string();
    let batch = app.post_raw(&app.url(&format!("{BASE}{unit}/batch-summaries")), &[], body.as_bytes()).await;
    let batch = batch.expect(200, "many at once");
    assert_eq!(batch["summaries"][0]["numberOfReviews"]["total"], 12, "on {engine:?}");
    assert_eq!(
        (&batch["summaries"][1]["sku"], &batch["summaries"][1]["starsAverage"]),
        (&json!("nothing"), &json!(0.0))
    );
}

#[tokio::test]
async fn products_are_counted_and_listed() {
    for engine in ENGINES {
        products(engine).await;
    }
}

#[tokio::test]
async fn keys_are_taken_and_never_needed() {
    let (app, shop) = start(Engine::Sqlite).await.expect("SQLite is built in");
    let url = app.url(&format!("{BASE}/business-units/bottega.example"));
    for key in ["", "wrong", shop.api_key.as_str()] {
        let open = app.answer(app.http.get(&url).header("apikey", key).bearer_auth(key)).await;
        assert_eq!((open.status, open.header("access-control-allow-origin")), (200, "*"));
        assert!(!open.header("etag").is_empty() && open.header("set-cookie").is_empty());
    }
    let token = app.url(&format!("{BASE}/oauth/oauth-business-users-for-applications/accesstoken"));
    let granted =
        app.answer(app.http.post(&token).basic_auth(&shop.api_key, Some("secret"))).await.expect(200, "granted");
    let access = granted["access_token"].as_str().unwrap();
    let settings = app.http.get(app.url("/v1/shops/bottega.example/settings")).bearer_auth(access);
    app.answer(settings).await.expect(200, "the token is the key");
    app.answer(app.http.post(&token).basic_auth("old-key", Some("old-secret"))).await.expect(401, "no key of ours");
    let preflight = app.http.request(reqwest::Method::OPTIONS, &url).send().await.unwrap();
    let allowed = preflight.headers()["access-control-allow-headers"].to_str().unwrap().to_lowercase();
    assert!(allowed.contains("apikey") && allowed.contains("authorization"), "a browser may send a key along");
    let batch = app.url(&format!("{BASE}/product-reviews/business-units/bottega.example/batch-summaries"));
    let preflight = app.http.request(reqwest::Method::OPTIONS, batch).send().await.unwrap();
    assert!(preflight.headers()["access-control-allow-methods"].to_str().unwrap().contains("POST"));
}
