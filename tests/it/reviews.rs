//! Reviews over real HTTP, as customer, shop, operator and stranger meet them, on both engines.

use std::collections::BTreeMap;

use attesta::config::{Config, Environment};
use attesta::db::Engine;
use attesta::kernel::time::{DAY, HOUR};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::app::{Answer, TestApp, TestShop, event, fulfilled, link_in};
use crate::support::house::ENGINES;

const ADA: &str = "ada@example.com";

/// A running instance, a shop, and the link in the mail about one order of Ada's.
async fn start(engine: Engine) -> Option<(TestApp, TestShop, String)> {
    let reached = |config: &mut Config| config.contact = Some("mailto:reclami@reviews.example".to_owned());
    let app = TestApp::start_with(engine, reached).await?;
    let shop = app.shop("bottega.example").await;
    let link = app.invited(&shop, "#1", ADA).await;
    Some((app, shop, link))
}

/// Publishes from a link; the review as everybody reads it.
async fn publish(app: &TestApp, link: &str, shop: &TestShop, stars: &str) -> Value {
    let fields = [("stars", stars), ("title", "Così"), ("text", "La moka funziona."), ("name", "Ada B.")];
    let done = app.post_form(link, &fields).await;
    assert_eq!(done.status, 201, "the review is live: {}", done.text);
    newest(app, shop).await
}

async fn newest(app: &TestApp, shop: &TestShop) -> Value {
    let list = app.get(&format!("/v1/shops/{}/reviews", shop.domain)).await.expect(200, "reviews are public");
    list["data"][0].clone()
}

async fn read(app: &TestApp, review: &Value) -> Answer {
    app.get(&format!("/v1/reviews/{}", review["id"].as_str().unwrap())).await
}

/// The tally of the shop's own reviews: stars to count.
async fn tally(app: &TestApp, shop: &TestShop) -> Value {
    app.get(&format!("/v1/shops/{}", shop.domain)).await.expect(200, "the profile is public")["tally"].clone()
}

/// The operator's command line, beside the running server.
pub(crate) async fn operate(app: &TestApp, args: &[&str]) -> (u8, String) {
    let config = app.ctx().config();
    let mut all = vec!["attesta".to_owned(), "--json".to_owned()];
    all.extend(["--data-dir".to_owned(), config.data_dir.display().to_string()]);
    all.extend(["--database-url".to_owned(), config.database_url.to_string()]);
    all.extend(args.iter().map(ToString::to_string));
    let run = move || {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let all = all.into_iter().map(std::ffi::OsString::from);
        let code = attesta::cli::run(all, Environment::empty(), &mut out, &mut err);
        (code, String::from_utf8([out, err].concat()).unwrap())
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

async fn fifty(engine: Engine) {
    let Some((app, shop, link)) = start(engine).await else { return };
    let text: Vec<String> = (0..50).map(|n| format!("Numero {n}")).collect();
    let fields: Vec<_> = text.iter().map(|text| [("stars", "5"), ("text", text.as_str())]).collect();
    let answers = join_all(fields.iter().map(|fields| app.post_form(&link, fields))).await;
    let mut statuses: BTreeMap<u16, usize> = BTreeMap::new();
    for answer in &answers {
        *statuses.entry(answer.status).or_default() += 1;
    }
    assert_eq!(statuses, BTreeMap::from([(200, 49), (201, 1)]), "one is published, 49 are shown it on {engine:?}");
    let list = app.get(&format!("/v1/shops/{}/reviews", shop.domain)).await.expect(200, "public");
    assert_eq!(list["data"].as_array().map(Vec::len), Some(1));
    let live = list["data"][0]["text"].as_str().unwrap().to_owned();
    assert!(answers.iter().all(|answer| answer.text.contains(&live)), "everybody is shown the one that stands");
    assert_eq!(tally(&app, &shop).await["5"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_parallel_posts_are_one_review() {
    for engine in ENGINES {
        fifty(engine).await;
    }
}

async fn scanners(engine: Engine) {
    let Some((app, shop, link)) = start(engine).await else { return };
    let mail = app.mail_to(ADA);
    let links: Vec<String> =
        mail.text.split_whitespace().filter(|word| word.starts_with("http")).map(str::to_owned).collect();
    assert!(links.iter().filter(|word| word.contains("/r/")).count() >= 5, "five star links: {links:?}");
    for url in links.iter().chain([&link]) {
        for method in [reqwest::Method::HEAD, reqwest::Method::GET, reqwest::Method::GET, reqwest::Method::OPTIONS] {
            app.http.request(method, url).send().await.expect("the server answers");
        }
    }
    let list = app.get(&format!("/v1/shops/{}/reviews", shop.domain)).await.expect(200, "public");
    assert_eq!(list["data"], json!([]), "no scanner publishes on {engine:?}");
    assert_eq!(app.order(&shop, "#1").await["state"], "sent");
    publish(&app, &link, &shop, "4").await;
}

#[tokio::test]
async fn scanners_open_every_link_and_nothing_happens() {
    for engine in ENGINES {
        scanners(engine).await;
    }
}

async fn tied_hands(engine: Engine) {
    let Some((app, shop, link)) = start(engine).await else { return };
    let before = publish(&app, &link, &shop, "1").await;
    let tally_before = tally(&app, &shop).await;
    app.advance(HOUR);
    for kind in ["order.cancelled", "order.refunded", "order.updated"] {
        let mut body = event(kind, "#1", ADA, app.now());
        if kind == "order.refunded" {
            body["data"]["refund"] = json!({ "all": true });
        }
        app.post_event(&shop, &body).await.expect(202, "the shop may say what it likes");
        app.advance(HOUR);
    }
    assert_eq!(read(&app, &before).await.expect(200, "it stands")["text"], before["text"], "on {engine:?}");
    let erased = json!({ "type": "customer.erased", "timestamp": app.now(), "data": { "customer": { "email": ADA } } });
    app.post_event(&shop, &erased).await.expect(202, "the customer is erased");
    app.run_jobs().await;
    let after = newest(&app, &shop).await;
    assert_eq!(after["author"], Value::Null, "the display name goes");
    for kept in ["id", "stars", "title", "text", "published_at", "version"] {
        assert_eq!(after[kept], before[kept], "{kept} stays on {engine:?}");
    }
    assert_eq!(tally(&app, &shop).await, tally_before, "its weight stays");
    assert_eq!(app.order(&shop, "#1").await["state"], "reviewed");
    let edited = app.post_form(&format!("{link}/edit"), &[("stars", "2"), ("text", "Ancora mia.")]).await;
    assert_eq!(edited.status, 200, "the author's link lives on");
}

#[tokio::test]
async fn no_later_event_of_the_shop_changes_a_review() {
    for engine in ENGINES {
        tied_hands(engine).await;
    }
}

async fn dialogue(engine: Engine) {
    let Some((app, shop, link)) = start(engine).await else { return };
    let review = publish(&app, &link, &shop, "2").await;
    let id = review["id"].as_str().unwrap();
    let reply = format!("/reviews/{id}/reply");
    app.run_jobs().await;
    app.advance(2 * HOUR);
    let text = json!({ "text": "Ci dispiace: ti mandiamo una guarnizione." });
    app.send_as(&shop, "PUT", &reply, &text).await.expect(201, "the shop replies");
    app.run_jobs().await;
    let notice = app.mail_to(ADA);
    assert!(notice.text.contains("guarnizione"), "the customer reads the reply: {}", notice.text);
    let mails = app.mails().len();
    app.advance(HOUR);
    app.send_as(&shop, "PUT", &reply, &json!({ "text": "Ci dispiace: è partita." })).await.expect(200, "an edit");
    app.run_jobs().await;
    assert_eq!(app.mails().len(), mails, "news of one review come at most once a day on {engine:?}");
    app.advance(DAY);
    app.run_jobs().await;
    assert_eq!(app.mails().len(), mails + 1, "the edit is told a day later");

    let own = link_in(&app.mail_to(ADA).text, "/r/");
    assert_eq!(own, link, "the notice carries the same link");
    let page = app.follow(&own).await;
    let start = page.text.find("/answer?").expect("an answer can be posted");
    let action = page.text[start..].split('"').next().unwrap().replace("&amp;", "&").replace("&#x3D;", "=");
    let post = format!("{own}{action}");
    assert_eq!(app.post_form(&post, &[("text", "Arrivata, grazie.")]).await.status, 200);
    assert_eq!(app.post_form(&post, &[("text", "Due volte.")]).await.status, 200, "a repeat shows the first");
    let public = read(&app, &review).await.expect(200, "public");
    assert_eq!(public["answers"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&public["answers"][0]["text"], &public["answers"][0]["reply_version"]),
        (&json!("Arrivata, grazie."), &json!(2))
    );
    assert_eq!(public["reply"]["earlier"][0]["version"], 1, "what the shop said before can be read");
    let replies = app.get(&format!("/v1/shops/{}", shop.domain)).await.expect(200, "public")["replies"].clone();
    assert_eq!(replies["median_hours"], 2, "{replies}");

    app.send_as(&shop, "DELETE", &reply, &Value::Null).await.expect(200, "the shop withdraws");
    let public = read(&app, &review).await.expect(200, "public");
    assert_eq!(public["reply"]["text"], Value::Null, "its words are gone");
    assert_eq!(public["answers"][0]["text"], "Arrivata, grazie.", "the customer's stay");
    for (method, path) in [("DELETE", format!("/reviews/{id}")), ("PATCH", format!("/reviews/{id}"))] {
        let refused = app.send_as(&shop, method, &path, &json!({ "stars": 5 })).await;
        assert!(
            refused.status == 404 || refused.status == 405,
            "no key of a shop touches a review: {}",
            refused.status
        );
    }
}

#[tokio::test]
async fn reply_news_answer_and_withdrawal() {
    for engine in ENGINES {
        dialogue(engine).await;
    }
}

async fn restriction(engine: Engine) {
    let Some((app, shop, link)) = start(engine).await else { return };
    let review = publish(&app, &link, &shop, "1").await;
    let id = review["id"].as_str().unwrap();
    let why = ["--reason", "personal_data", "--statement", "It names a neighbour. You may object within six months."];
    let (code, said) = operate(&app, &[&["review", "restrict", id][..], &why[..]].concat()).await;
    assert_eq!(code, 0, "{said}");
    assert_ne!(
        operate(&app, &[&["review", "restrict", id][..], &why[..]].concat()).await.0,
        0,
        "one in force at a time"
    );
    let gone = read(&app, &review).await;
    let body = gone.expect(410, "it is out of view");
    assert_eq!((&body["reason"], &body["by"]), (&json!("personal_data"), &json!("operator")));
    assert!(body["date"].is_string() && !body.to_string().contains("moka"), "{body}");
    let stone = newest(&app, &shop).await;
    assert_eq!(
        (&stone["id"], &stone["status"]),
        (&review["id"], &json!("restricted")),
        "the tombstone keeps its place"
    );
    assert_eq!(tally(&app, &shop).await["1"], 0);
    let edit = app.post_form(&format!("{link}/edit?review={id}"), &[("stars", "5"), ("text", "Innocua.")]).await;
    assert_eq!(edit.status, 409, "the author cannot edit it back into view");
    assert!(edit.text.contains("It names a neighbour."), "but reads why");
    let (code, said) = operate(&app, &["review", "restore", id]).await;
    assert_eq!(code, 0, "{said}");
    let back = read(&app, &review).await.expect(200, "it is back");
    assert_eq!(back["published_at"], review["published_at"], "where it stood, on {engine:?}");
    assert_eq!(tally(&app, &shop).await["1"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_restricts_with_a_tombstone_and_restores() {
    for engine in ENGINES {
        restriction(engine).await;
    }
}

async fn statement(engine: Engine) {
    let Some((app, shop, link)) = start(engine).await else { return };
    let review = publish(&app, &link, &shop, "1").await;
    let id = review["id"].as_str().unwrap();
    let args = ["review", "restrict", id, "--reason", "hate_or_threat", "--statement", "Names a person with contempt."];
    assert_eq!(operate(&app, &args).await.0, 0);
    // The command line runs on the real clock: what it made due is due after that.
    app.advance(300 * DAY);
    app.run_jobs().await;
    let mail = app.mail_to(ADA);
    for said in ["Names a person with contempt.", "reclami@reviews.example"] {
        assert!(mail.text.contains(said), "the author is told why, and where to object, on {engine:?}: {}", mail.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_author_gets_a_statement_of_reasons() {
    for engine in ENGINES {
        statement(engine).await;
    }
}

async fn erasure(engine: Engine) {
    let Some((app, shop, link)) = start(engine).await else { return };
    let review = publish(&app, &link, &shop, "3").await;
    app.post_form(&format!("{link}/edit"), &[("stars", "4"), ("text", "Ripensandoci."), ("name", "Ada B.")]).await;
    let asked = app.follow(&format!("{link}/erase")).await;
    assert!(asked.status == 200 && read(&app, &review).await.status == 200, "a question erases nothing");
    assert_eq!(app.post_form(&format!("{link}/erase"), &[]).await.status, 200);
    let body = read(&app, &review).await.expect(410, "its place says so");
    assert_eq!((&body["reason"], &body["by"]), (&json!("erased_by_author"), &json!("author")));
    assert_eq!(tally(&app, &shop).await, json!({ "1": 0, "2": 0, "3": 0, "4": 0, "5": 0 }), "on {engine:?}");
    let list = app.get(&format!("/v1/shops/{}/reviews", shop.domain)).await;
    assert!(
        !list.text.contains("moka") && !list.text.contains("Ripensandoci") && !list.text.contains("Ada"),
        "{}",
        list.text
    );
    assert_eq!(app.post_form(&link, &[("stars", "5")]).await.status, 200, "one review per invitation");
    assert_eq!(newest(&app, &shop).await["status"], "erased");
}

#[tokio::test]
async fn the_author_erases_and_only_a_date_stays() {
    for engine in ENGINES {
        erasure(engine).await;
    }
}

async fn bad_input(engine: Engine) {
    let Some((app, shop, link)) = start(engine).await else { return };
    let long = "x".repeat(5001);
    for (fields, what) in [
        (vec![("stars", "")], "no stars"),
        (vec![("stars", "0")], "0"),
        (vec![("stars", "6")], "6"),
        (vec![("stars", "99999999999999999999")], "a long number"),
        (vec![("stars", "5"), ("text", "a\0b")], "NUL"),
        (vec![("stars", "5"), ("text", long.as_str())], "too long"),
        (vec![("stars", "5"), ("stars", "1")], "twice"),
        (vec![("stars", "5"), ("stars.other", "5")], "a foreign product"),
    ] {
        let back = app.post_form(&link, &fields).await;
        assert_eq!(back.status, 422, "{what} on {engine:?}");
        assert!(back.text.contains("<form") && back.text.contains("role=\"alert\""), "{what}: the form comes back");
    }
    let raw =
        |kind: &'static str, body: &'static [u8]| app.http.post(&link).header("content-type", kind).body(body).send();
    assert_eq!(raw("application/x-www-form-urlencoded", b"stars=5&text=%ED%A0%80").await.unwrap().status(), 422);
    assert_eq!(raw("application/json", b"{\"stars\":5}").await.unwrap().status(), 415);
    let put = app.http.put(&link).send().await.unwrap();
    assert_eq!(put.status(), 405);
    assert_eq!(app.get(&format!("/v1/shops/{}/reviews", shop.domain)).await.json()["data"], json!([]));
    for query in ["stars=6", "limit=0", "sort=best", "from=yesterday", "cursor=AAAA", "replied=maybe", "language=%00"] {
        let refused = app.get(&format!("/v1/shops/{}/reviews?{query}", shop.domain)).await;
        assert_eq!(refused.status, 400, "{query}: {}", refused.text);
    }
}

#[tokio::test]
async fn bad_forms_come_back_and_bad_queries_are_named() {
    for engine in ENGINES {
        bad_input(engine).await;
    }
}

async fn products(engine: Engine) {
    let Some((app, shop, link)) = start(engine).await else { return };
    let fields = [("stars", "5"), ("stars.moka-3", "2"), ("text.moka-3", "Il manico scotta.")];
    assert_eq!(app.post_form(&link, &fields).await.status, 201);
    let of_product = format!("/v1/shops/{}/reviews?sku=moka-3", shop.domain);
    let list = app.get(&of_product).await.expect(200, "reviews of a product");
    assert_eq!((&list["data"][0]["stars"], &list["data"][0]["product"]["name"]), (&json!(2), &json!("Moka tre tazze")));
    assert_eq!(tally(&app, &shop).await["5"], 1, "a product's stars are no stars of the shop on {engine:?}");
    assert_eq!(newest(&app, &shop).await["product"], Value::Null);
}

#[tokio::test]
async fn a_product_is_reviewed_beside_its_shop() {
    for engine in ENGINES {
        products(engine).await;
    }
}

async fn window(engine: Engine) {
    let Some((app, shop, link)) = start(engine).await else { return };
    let second = {
        app.post_event(&shop, &fulfilled("#2", "eva@example.com", app.now())).await.expect(202, "taken");
        app.run_jobs().await;
        app.review_link("eva@example.com")
    };
    publish(&app, &link, &shop, "4").await;
    app.advance(181 * DAY);
    let late = app.post_form(&second, &[("stars", "5")]).await;
    assert_eq!(late.status, 422, "the time to write is over: {}", late.text);
    assert!(!app.follow(&second).await.text.contains("name=\"stars\""), "the page says so");
    let edit = app.post_form(&format!("{link}/edit"), &[("stars", "3"), ("text", "Dopo mesi.")]).await;
    assert_eq!(edit.status, 200, "what stands can be edited as long as the link lives, on {engine:?}");
    app.advance(3 * 365 * DAY);
    assert_eq!(app.follow(&link).await.status, 404);
}

#[tokio::test]
async fn the_window_closes_writing_not_the_authors_rights() {
    for engine in ENGINES {
        window(engine).await;
    }
}
