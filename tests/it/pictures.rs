//! Every kind of widget as a picture: for mails and newsletters, well-formed, small and honest whatever people wrote.

use attesta::db::Engine;
use attesta::kernel::time::DAY;
use attesta::merchants::ShopStatus;

#[cfg(feature = "cards")]
use crate::badges::png;
use crate::badges::{NAMES, well_formed};
use crate::support::app::{Answer, TestApp};
use crate::support::house::ENGINES;
use crate::widgets::{reviewed, stand};

const KINDS: [&str; 20] = [
    "stars",
    "score",
    "count",
    "combo",
    "button",
    "mini",
    "horizontal",
    "vertical",
    "list",
    "filtered",
    "grid",
    "slider",
    "carousel",
    "quote",
    "dropdown",
    "floating",
    "product-stars",
    "product-summary",
    "product-reviews",
    "collector",
];
const LANGUAGES: [&str; 5] = ["it", "en", "de", "fr", "es"];

async fn picture(app: &TestApp, query: &str) -> Answer {
    app.get(&format!("/badges/bottega.example.svg?{query}")).await
}

/// The text of a picture that must be there.
async fn drawn(app: &TestApp, query: &str) -> String {
    let answer = picture(app, query).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "image/svg+xml"), "{query}");
    assert!(well_formed(&answer.text), "{query}: {}", answer.text);
    answer.text
}

async fn every_kind(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let fields =
        [("stars", "5"), ("title", "Bella"), ("text", "Intera"), ("stars.moka-3", "2"), ("text.moka-3", "Perde")];
    reviewed(&app, &shop, "ada", &fields).await;
    let mut seen = std::collections::BTreeSet::new();
    for kind in KINDS {
        let sku = if kind.starts_with("product") { "&sku=moka-3" } else { "" };
        for language in LANGUAGES {
            let svg = drawn(&app, &format!("kind={kind}&locale={language}{sku}")).await;
            assert!(svg.contains(&format!("xml:lang=\"{language}\"")) && svg.contains("2026"), "{kind}: {svg}");
            seen.insert(svg);
        }
        let dark = drawn(&app, &format!("kind={kind}&theme=dark{sku}")).await;
        assert!(dark.contains("#121a17") && !dark.contains("<style>"), "{kind}: {dark}");
        let auto = picture(&app, &format!("kind={kind}&theme=auto{sku}")).await;
        let policy = auto.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
    }
    // The kinds that show the same in a mail are drawn alike: filtered as list, slider and carousel as grid, the product's
    // with the product in its place.
    assert_eq!(seen.len(), (KINDS.len() - 3) * LANGUAGES.len());
}

#[tokio::test]
async fn every_kind_has_a_picture_in_every_language() {
    for engine in ENGINES {
        every_kind(engine).await;
    }
}

async fn life(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    assert!(drawn(&app, "kind=list").await.contains("Ancora nessuna recensione"));
    let empty = picture(&app, "kind=quote").await;
    for (name, stars, title) in [("a", "5", "Prima"), ("b", "1", "Seconda"), ("c", "4", "Terza"), ("d", "5", "")] {
        reviewed(&app, &shop, name, &[("stars", stars), ("title", title)]).await;
    }
    let list = drawn(&app, "kind=list").await;
    assert!(list.contains("Terza") && list.contains("Seconda") && !list.contains("Prima"), "the latest three: {list}");
    assert!(list.contains("4 recensioni certificate") && list.contains("Bottega Verdi"), "{list}");
    let quote = picture(&app, "kind=quote").await;
    assert!(quote.text.contains("«Terza»"), "the latest that says something: {}", quote.text);
    assert_ne!(quote.header("etag"), empty.header("etag"), "new with the review");
    let good = drawn(&app, "kind=grid&stars=5,4&locale=it").await;
    assert!(
        good.contains("Solo recensioni da 4 e 5 stelle.") && !good.contains("Seconda"),
        "who narrows says so: {good}"
    );
    assert!(good.contains("4 recensioni certificate"), "the score stays that of all: {good}");
    let none = drawn(&app, "kind=list&stars=3&language=it").await;
    assert!(none.contains("Nessuna recensione con questi filtri."), "{none}");
    assert_eq!(drawn(&app, "kind=combo&stars=5").await, drawn(&app, "kind=combo").await, "a score is never filtered");
    let tag = picture(&app, "kind=list").await.header("etag").to_owned();
    let url = app.url("/badges/bottega.example.svg?kind=list");
    let again = app.http.get(url).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(again.status(), 304);
    app.advance(DAY);
    assert!(drawn(&app, "kind=collector").await.contains("al 2\u{a0}mar 2026"), "the day goes on");
    for (status, words) in [(ShopStatus::Suspended, "Negozio sospeso"), (ShopStatus::Closed, "Negozio chiuso")] {
        stand(&app, &shop, status).await;
        for kind in KINDS.iter().filter(|kind| !kind.starts_with("product")) {
            let svg = drawn(&app, &format!("kind={kind}")).await;
            assert!(svg.contains(words) && !svg.contains("Terza"), "{kind}: {svg}");
        }
    }
}

#[tokio::test]
async fn a_picture_follows_its_shop() {
    for engine in ENGINES {
        life(engine).await;
    }
}

async fn product(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    for query in
        ["kind=product-stars&sku=moka-3", "kind=product-reviews", "kind=product-summary&sku=%00", "kind=list&sku=x"]
    {
        let unknown = picture(&app, &format!("{query}&locale=it")).await;
        assert_eq!((unknown.status, unknown.header("content-type")), (404, "image/svg+xml"), "{query}");
        assert!(unknown.text.contains("Questo prodotto non ha ancora recensioni"), "{}", unknown.text);
    }
    reviewed(&app, &shop, "ada", &[("stars", "5"), ("stars.moka-3", "2"), ("text.moka-3", "Perde")]).await;
    for kind in ["product-stars", "product-summary", "product-reviews"] {
        let svg = drawn(&app, &format!("kind={kind}&sku=moka-3")).await;
        assert!(svg.contains("Moka tre tazze") && svg.contains("3,3"), "never the shop instead: {svg}");
    }
    let svg = drawn(&app, "kind=product-reviews&sku=moka-3&locale=it").await;
    assert!(svg.contains("Perde") && svg.contains("Bottega Verdi"), "{svg}");
    assert!(!drawn(&app, "kind=list").await.contains("Perde"), "what is said of a product is not said of the shop");
}

#[tokio::test]
async fn a_product_has_pictures_once_it_was_reviewed() {
    for engine in ENGINES {
        product(engine).await;
    }
}

/// Names and texts that try to be more than text, in every field and every kind.
#[tokio::test]
async fn hostile_texts_make_plain_pictures() {
    let app = TestApp::start(Engine::Sqlite).await.expect("SQLite is built in");
    let long = "W".repeat(5_000);
    for (n, words) in NAMES.into_iter().chain([long.as_str()]).enumerate() {
        let domain = format!("s{n}.example");
        let shop = app.shop_with(&domain, |shop| words.clone_into(&mut shop.name)).await;
        let title: String = words.chars().take(120).collect();
        let name: String = words.chars().take(60).collect();
        let fields = [("stars", "3"), ("title", &title), ("text", words), ("name", &name), ("stars.moka-3", "1")];
        reviewed(&app, &shop, &format!("c{n}"), &fields).await;
        for kind in KINDS {
            let path = format!("/badges/{domain}.svg?kind={kind}&sku={}", if n % 2 == 0 { "moka-3" } else { "" });
            let svg = app.get(&path).await;
            assert!(well_formed(&svg.text), "{path}: {}", svg.text);
            assert!(!["<script", "<!", "<?"].iter().any(|bad| svg.text.contains(bad)), "{}", svg.text);
            let gzip = app.http.get(app.url(&path)).header("accept-encoding", "gzip").send().await.unwrap();
            let bytes = gzip.bytes().await.unwrap().len();
            assert!(bytes < 4_096, "{path}: {bytes} bytes");
        }
        #[cfg(feature = "cards")]
        for kind in ["list", "grid", "quote", "collector"] {
            assert_eq!(png(&app, &format!("/badges/{domain}.png?kind={kind}&scale=1")).await.0, 200, "{words:.20}");
        }
    }
}

#[cfg(feature = "cards")]
#[tokio::test]
async fn every_kind_is_drawn_for_mails() {
    let app = TestApp::start(Engine::Sqlite).await.expect("SQLite is built in");
    let shop = app.shop("bottega.example").await;
    let fields =
        [("stars", "4"), ("title", "とても良い"), ("text", "😀 Ottimo"), ("name", "Ада"), ("stars.moka-3", "5")];
    reviewed(&app, &shop, "ada", &fields).await;
    for kind in KINDS {
        for language in LANGUAGES {
            let query = format!("kind={kind}&locale={language}&sku=moka-3");
            let (status, bytes, (width, height)) =
                png(&app, &format!("/badges/bottega.example.png?{query}&scale=1")).await;
            assert_eq!(status, 200, "{query}");
            assert!((100..=560).contains(&width) && (32..=700).contains(&height), "{query}: {width} x {height}");
            assert!(bytes.len() < 60_000, "{query}: {} bytes", bytes.len());
        }
    }
    let (_, _, size) = png(&app, "/badges/bottega.example.png?kind=list").await;
    assert_eq!(size.0, 1_120, "two pixels to one of the drawing");
    let (status, _, _) = png(&app, "/badges/bottega.example.png?kind=product-stars&sku=none").await;
    assert_eq!(status, 404);
}
