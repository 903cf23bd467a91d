//! The pages for people: every filter is a link, every filter goes again, histories tell what changed, products stand alone.

use attesta::db::Engine;
use attesta::kernel::time::{DAY, HOUR};
use serde_json::{Value, json};

use super::{link, reviewed};
use crate::support::app::{TestApp, TestShop, fulfilled};
use crate::support::house::ENGINES;

/// The path and query of the link that holds this text.
fn link_saying(html: &str, text: &str) -> String {
    let (before, _) = html.split_once(text).unwrap_or_else(|| panic!("{text} in {html}"));
    let (_, url) = before.rsplit_once("href=\"").unwrap();
    let url = url.split('"').next().unwrap().replace("&amp;", "&").replace("&#x3D;", "=");
    let path = url.split_once("/shops/").map(|(_, path)| format!("/shops/{path}")).unwrap();
    path.split('#').next().unwrap().to_owned()
}

async fn page(app: &TestApp, path: &str) -> String {
    let answer = app.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.text
}

async fn filters(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    for n in 0..27_usize {
        reviewed(&app, &shop, n as u32, ["5", "2", "4"][n % 3], &format!("Titolo {n}.")).await;
        app.advance(HOUR);
    }
    let first = page(&app, "/shops/bottega.example?lang=it").await;
    assert!(first.contains("27 recensioni") && first.contains("Negli ultimi 24 mesi") && first.contains("marzo 2026"));
    assert!(first.contains("<svg class=\"trend\"") && first.contains("role=\"img\""));
    // A bar narrows; the page says so and how many; the bar and the chip let go.
    let two = page(&app, &link_saying(&first, "2 stelle</a>")).await;
    assert!(
        two.contains("9 recensioni con questi filtri") && two.contains("Titolo 25.") && !two.contains("Titolo 26.")
    );
    assert!(two.contains("aria-current=\"true\">2 stelle</a>") && two.contains("noindex"));
    assert!(page(&app, &link_saying(&two, ">2 stelle</a>")).await.contains("Titolo 26."), "the bar lets go");
    // A second filter keeps the first; the first goes alone.
    let both = page(&app, &link_saying(&two, "Senza risposta</a>")).await;
    assert!(
        both.contains("9 recensioni con questi filtri") && both.matches("class=\"vh\">Togli il filtro").count() == 2
    );
    let chips = both.split("class=\"held\"").nth(1).expect("chips");
    let without_stars = page(&app, &link_saying(chips, "2 stelle <span")).await;
    assert!(without_stars.contains("Più di 20 recensioni con questi filtri") && without_stars.contains("Titolo 26."));
    // Pages keep filters and order, and lead back.
    let lowest = page(&app, &link_saying(&without_stars, "Meno stelle</a>")).await;
    let older = page(&app, &link(&lowest, "next")).await;
    assert!(older.contains("Titolo 0.") && older.contains("Senza risposta <span"), "{older}");
    assert!(page(&app, &link(&older, "prev")).await.contains("Titolo 25."));
    let english = page(&app, &link_saying(&older, "English</a>")).await;
    assert!(
        english.contains("<html lang=\"en\"") && english.contains("Titolo 0.") && english.contains("Without a reply")
    );
    assert!(page(&app, &link_saying(&older, "Togli tutti i filtri</a>")).await.contains("Titolo 1."));
    // Tagged like stored bytes, in each coding.
    let here = "/shops/bottega.example?stars=2&lang=it";
    let mut tags = std::collections::BTreeSet::new();
    for coding in ["identity", "gzip", "br"] {
        let answer = super::ask(&app, here, &[("accept-encoding", coding)]).await;
        let tag = answer.header("etag").to_owned();
        assert_eq!(super::ask(&app, here, &[("accept-encoding", coding), ("if-none-match", &tag)]).await.status, 304);
        tags.insert(tag);
    }
    assert_eq!(tags.len(), 3);
}

#[tokio::test]
async fn every_filter_is_a_link_and_goes_again() {
    for engine in ENGINES {
        filters(engine).await;
    }
}

async fn history(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let link = reviewed(&app, &shop, 1, "1", "Vaso rotto").await;
    let list = app.get("/v1/shops/bottega.example/reviews").await.expect(200, "the list");
    let id = list["data"][0]["id"].as_str().unwrap().to_owned();
    let edit = async |stars: &str, text: &str| {
        app.advance(DAY);
        let done =
            app.post_form(&format!("{link}/edit"), &[("stars", stars), ("title", "Vaso rotto"), ("text", text)]).await;
        assert!(done.status < 400, "{}", done.text);
    };
    edit("2", "Una tazza al mese.").await;
    app.advance(DAY);
    for text in ["Ci dispiace.", "Ci dispiace molto."] {
        app.send_as(&shop, "PUT", &format!("/reviews/{id}/reply"), &json!({ "text": text })).await;
        app.advance(HOUR);
    }
    for path in ["/shops/bottega.example?lang=it", &format!("/reviews/{id}?lang=it")] {
        let html = page(&app, path).await;
        assert!(html.contains("Una tazza al ") && html.contains("tolto: </span>giorno</del><ins>"), "{path}: {html}");
        assert!(
            html.contains("aggiunto: </span>mese</ins>.")
                && html.contains("Pessima</del>")
                && html.contains("Scarsa</ins>")
        );
        assert!(html.contains("Ci dispiace<ins><span class=\"vh\">aggiunto: </span> molto</ins>."), "the reply's too");
    }
    // What the author dropped keeps its date and stars, and no word.
    let dropped = app.post_form(&format!("{link}/drop?review={id}&version=1"), &[]).await;
    assert!(dropped.status < 400, "{}", dropped.text);
    for path in ["/shops/bottega.example?lang=it", &format!("/reviews/{id}?lang=it")] {
        let html = page(&app, path).await;
        assert!(!html.contains("giorno</del>") && html.contains("è stato tolto da chi l&#x27;ha scritto"), "{html}");
    }
    // A list shows the last changes, the review's own page all.
    for n in 0..4 {
        edit("2", &format!("Versione {n}.")).await;
    }
    let (short, whole) =
        (page(&app, "/shops/bottega.example?lang=it").await, page(&app, &format!("/reviews/{id}?lang=it")).await);
    let changes = |html: &str| html.matches("Modifica del").count();
    assert_eq!((changes(&short), changes(&whole)), (4, 6), "three of the review and one of the reply; five and one");
    assert!(short.contains("Tutte le modifiche"));
    app.send_as(&shop, "DELETE", &format!("/reviews/{id}/reply"), &Value::Null).await;
    assert!(page(&app, "/shops/bottega.example?lang=it").await.contains("Il negozio ha ritirato la sua risposta il"));
}

#[tokio::test]
async fn edits_show_what_they_changed() {
    for engine in ENGINES {
        history(engine).await;
    }
}

/// Buys two things and gives stars to both.
async fn reviewed_both(app: &TestApp, shop: &TestShop, n: u32, skus: [&str; 2], stars: [&str; 2]) {
    let mut event = fulfilled(&format!("#{n}"), &format!("c{n}@example.com"), app.now());
    event["data"]["items"] = json!([
        { "line": "1", "sku": skus[0], "name": format!("Nome di {}", skus[0]), "quantity": 1, "price": 100 },
        { "line": "2", "sku": skus[1], "quantity": 1, "price": 100 },
    ]);
    app.post_event(shop, &event).await.expect(202, "taken");
    app.run_jobs().await;
    let link = app.review_link(&format!("c{n}@example.com"));
    let form = app.follow(&link).await.text;
    let keys: Vec<&str> = form.split("name=\"stars.").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let (mut names, mut fields) = (Vec::new(), vec![("stars".to_owned(), "4".to_owned())]);
    for key in keys {
        if !names.contains(&key) {
            names.push(key);
        }
    }
    for (key, stars) in names.iter().zip(stars) {
        fields.push((format!("stars.{key}"), stars.to_owned()));
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let posted = app.post_form(&link, &fields).await;
    assert!(posted.status < 400, "{}", posted.text);
}

async fn products(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let odd = "caffè/50% \"oro\"?#";
    for n in 0..3 {
        reviewed_both(&app, &shop, n, ["cup", odd], [["5", "1"], ["4", "2"], ["5", "1"]][n as usize]).await;
        app.advance(HOUR);
    }
    app.rooms.count_what_moved().await.unwrap();
    app.advance(10_000);
    app.run_jobs().await;
    let shop_page = page(&app, "/shops/bottega.example?lang=it").await;
    let cup = page(&app, &link_saying(&shop_page, "Nome di cup</a> <span>")).await;
    assert!(cup.contains("3 recensioni di chi l&#x27;ha comprato") && cup.contains("Nome di cup</h1>"), "{cup}");
    assert!(
        cup.contains("\"@type\":\"Product\"") && cup.contains("\"reviewCount\":3") && cup.contains("\"sku\":\"cup\"")
    );
    assert!(!cup.contains("OnlineStore") && cup.contains("rel=\"canonical\""));
    let json = app.get("/v1/shops/bottega.example/products/cup").await.expect(200, "the same in JSON");
    assert!(cup.contains(&format!("\"ratingValue\":{}", json["score"])), "{json}");
    let five = page(&app, &link_saying(&cup, "5 stelle</a>")).await;
    assert!(five.contains("2 recensioni con questi filtri") && five.contains("/shops/bottega.example/products/cup?"));
    // A name that is hard to write in an address, and has no name but its SKU.
    let other = page(&app, &link_saying(&shop_page, "caff\u{e8}/50% &quot;oro&quot;?#</a> <span>")).await;
    assert!(
        other.contains("3 recensioni di chi") && other.contains("caff\u{e8}/50% &quot;oro&quot;?#</h1>"),
        "{other}"
    );
    assert_eq!(app.get("/shops/bottega.example/products/none").await.status, 404);
    assert_eq!(app.get("/shops/nobody.example/products/cup").await.status, 404);
    // On the shop's page: the list of one product, said in a chip, without data that would take it for the shop's.
    let narrowed = page(&app, "/shops/bottega.example?sku=cup&lang=it").await;
    assert!(narrowed.contains("Nome di cup <span aria-hidden") && narrowed.contains("3 recensioni con questi filtri"));
    assert!(narrowed.contains("\"@type\":\"OnlineStore\"") && !narrowed.contains("\"review\":"));
}

#[tokio::test]
async fn products_have_pages_of_their_own() {
    for engine in ENGINES {
        products(engine).await;
    }
}

async fn replies(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    for (n, stars) in ["5", "1", "2", "1"].into_iter().enumerate() {
        reviewed(&app, &shop, n as u32, stars, "Bene").await;
    }
    let list = app.get("/v1/shops/bottega.example/reviews?stars=1,2&sort=oldest").await.expect(200, "the low ones");
    for (n, review) in list["data"].as_array().unwrap()[..2].iter().enumerate() {
        app.advance([3, 4][n] * HOUR);
        let path = format!("/reviews/{}/reply", review["id"].as_str().unwrap());
        app.send_as(&shop, "PUT", &path, &json!({ "text": "Ci dispiace." })).await;
    }
    let replies = app.get("/v1/shops/bottega.example").await.expect(200, "the profile")["replies"].clone();
    assert_eq!(
        replies,
        json!({"share": 0.5, "median_hours": 3, "low": {"reviews": 3, "answered": 2, "share": 0.667, "median_hours": 3}})
    );
    let html = page(&app, "/shops/bottega.example?lang=it").await;
    assert!(html.contains("<b>2 su 3</b> in genere dopo 3 ore"), "{html}");
    assert!(page(&app, &link_saying(&html, "Leggile</a>")).await.contains("3 recensioni con questi filtri"));
}

#[tokio::test]
async fn the_page_tells_how_low_reviews_are_answered() {
    for engine in ENGINES {
        replies(engine).await;
    }
}
