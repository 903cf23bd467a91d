//! Cards as crawlers fetch them, of a build that draws them.

use attesta::db::Engine;

use super::{oembed, reviewed};
use crate::reviews::operate;
use crate::support::app::TestApp;
use crate::support::house::ENGINES;

/// The bytes of a picture, which must be a PNG of this size.
pub(super) async fn png(app: &TestApp, path: &str, size: (u32, u32)) -> Vec<u8> {
    assert_eq!(app.get(path).await.status, 200, "{path}");
    let response = app.http.get(app.url(path)).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "image/png", "{path}");
    let bytes = response.bytes().await.unwrap().to_vec();
    assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"), "{path}");
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    assert_eq!((number(16), number(20)), size, "{path}");
    assert!(bytes.len() < 100_000, "{path}: {} bytes", bytes.len());
    bytes
}

const CARD: (u32, u32) = (1200, 630);

async fn cards(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let (shop, id, link) = reviewed(
        &app,
        "bottega.example",
        &[("stars", "5"), ("title", "Perfetto"), ("text", "Tutto <b>bene</b> & in tempo"), ("stars.moka-3", "4")],
    )
    .await;
    let at = format!("/shops/{}/card.png", shop.domain);
    let first = png(&app, &at, CARD).await;
    assert_eq!(png(&app, &format!("/shops/{}/card.png?v=9", shop.id), CARD).await, first);
    assert_ne!(png(&app, &format!("{at}?lang=en"), CARD).await, first);
    let product = png(&app, &format!("/shops/{}/products/moka-3/card.png", shop.domain), CARD).await;
    assert_ne!(product, first);
    let one = format!("/reviews/{id}/card.png");
    let said = png(&app, &one, CARD).await;
    let tag = app.get(&one).await.header("etag").to_owned();
    let held = app.http.get(app.url(&one)).header("if-none-match", &tag).send().await.unwrap();
    assert_eq!(held.status(), 304);
    for nothing in [
        "/shops/nobody.example/card.png".to_owned(),
        format!("/shops/{}/products/NONE/card.png", shop.domain),
        "/reviews/rev_x/card.png".to_owned(),
        format!("/reviews/{}/card.png", shop.id.to_string().replace("shp_", "rev_")),
    ] {
        assert_eq!(app.get(&nothing).await.status, 404, "{nothing}");
    }
    // An edit shows at once, and so does the end.
    app.post_form(&format!("{link}/edit?review={id}"), &[("stars", "2"), ("text", "Meno bene")]).await;
    assert_ne!(png(&app, &one, CARD).await, said);
    app.post_form(&format!("{link}/erase?review={id}"), &[]).await;
    let gone = app.get(&one).await;
    assert_eq!((gone.status, gone.header("cache-control")), (410, "no-cache"));
    assert_eq!(app.get(&format!("/embed/reviews/{id}")).await.status, 410);
    assert_eq!(oembed(&app, &format!("/reviews/{id}"), "").await.status, 404);
}

#[tokio::test]
async fn a_link_has_a_card_until_there_is_nothing_to_show() {
    for engine in ENGINES {
        cards(engine).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restricted_review_has_no_card() {
    let app = TestApp::start(Engine::Sqlite).await.expect("SQLite is built in");
    let (_, id, _) = reviewed(&app, "bottega.example", &[("stars", "1"), ("text", "No")]).await;
    let path = format!("/reviews/{id}/card.png");
    png(&app, &path, CARD).await;
    let why = ["review", "restrict", &id, "--reason", "court_order", "--statement", "Order 1/26."];
    assert_eq!(operate(&app, &why).await.0, 0);
    assert_eq!(app.get(&path).await.status, 410);
    assert_eq!(oembed(&app, &format!("/reviews/{id}"), "").await.status, 404);
    let frame = app.get(&format!("/embed/reviews/{id}?lang=en")).await;
    assert!(frame.status == 410 && frame.text.contains("restricted by the operator"), "{}", frame.text);
}
