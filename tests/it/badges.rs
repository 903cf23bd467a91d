//! Badges over HTTP: well-formed whatever the shop is called, small, cached, and never a broken image.

use attesta::db::Engine;
use attesta::kernel::time::DAY;
use attesta::merchants::{self, ShopStatus};

use crate::support::app::{Answer, TestApp, TestShop};
use crate::support::house::ENGINES;

pub(crate) const NAMES: [&str; 7] = [
    "Bottega Ligure",
    "</text><script>alert(1)</script>",
    "]]><!-- & \" ' <?xml?>",
    "\u{202e}evil \u{7} \u{1f}",
    "日本の陶器の店舗です 🏺",
    "&lt;b&gt; &#0; %s {{name}}",
    "",
];

async fn badge(app: &TestApp, shop: &TestShop, query: &str) -> Answer {
    app.get(&format!("/badges/{}.svg{query}", shop.domain)).await
}

/// Tags open and close in order, and every `&` starts an entity.
pub(crate) fn well_formed(svg: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    for part in svg.split('<').skip(1) {
        let Some((tag, text)) = part.split_once('>') else { return false };
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        if tag.starts_with('/') {
            if open.pop() != Some(name) {
                return false;
            }
        } else if !tag.ends_with('/') {
            open.push(name);
        }
        let known: usize = ["&amp;", "&lt;", "&gt;", "&quot;"].iter().map(|entity| text.matches(entity).count()).sum();
        if text.matches('&').count() != known {
            return false;
        }
    }
    open.is_empty() && svg.chars().all(|c| !c.is_control())
}

async fn hostile(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let long = "W".repeat(5_000);
    for (n, name) in NAMES.into_iter().chain([long.as_str()]).enumerate() {
        let shop = app.shop_with(&format!("s{n}.example"), |shop| name.clone_into(&mut shop.name)).await;
        for query in ["", "?size=s&theme=dark", "?size=l&theme=light&locale=en"] {
            let svg = badge(&app, &shop, query).await;
            assert_eq!((svg.status, svg.header("content-type")), (200, "image/svg+xml"));
            assert!(well_formed(&svg.text), "{}", svg.text);
            assert!(
                !svg.text.contains("<script") && !svg.text.contains("<!") && !svg.text.contains("<?"),
                "{}",
                svg.text
            );
            assert!(svg.header("content-security-policy").starts_with("default-src 'none'"));
            assert_eq!(svg.header("x-content-type-options"), "nosniff");
            let gzip =
                app.http.get(app.url(&format!("/badges/{}.svg{query}", shop.domain))).header("accept-encoding", "gzip");
            let gzip = gzip.send().await.unwrap().bytes().await.unwrap().len();
            assert!(gzip < 1024, "{name:.20} {query}: {gzip} bytes");
        }
    }
}

#[tokio::test]
async fn hostile_names_make_plain_pictures() {
    for engine in ENGINES {
        hostile(engine).await;
    }
}

async fn life(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let empty = badge(&app, &shop, "").await;
    assert!(empty.text.contains("1º\u{a0}marzo 2026"), "as of today: {}", empty.text);
    let link = app.invited(&shop, "#1", "ada@example.com").await;
    app.post_form(&link, &[("stars", "5")]).await;
    let rated = badge(&app, &shop, "").await;
    assert!(
        rated.text.contains("3,7") && rated.header("etag") != empty.header("etag"),
        "new with the review: {}",
        rated.text
    );
    assert!(badge(&app, &shop, "?locale=en").await.text.contains("3.7"));
    // Unknown wishes are met as near as possible.
    for query in ["?theme=pink", "?size=xxl", "?locale=tlh", "?theme=&size=&utm=1"] {
        assert_eq!(badge(&app, &shop, query).await.text, rated.text, "{query}");
    }
    let tag = rated.header("etag").to_owned();
    let again =
        app.http.get(app.url(&format!("/badges/{}.svg", shop.id))).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(again.status(), 304, "by id it is the same picture");
    app.advance(DAY);
    assert!(badge(&app, &shop, "").await.text.contains("2\u{a0}marzo 2026"), "the day goes on");
    let id = shop.id;
    let close = move |tx: &mut attesta::db::Connection| {
        merchants::change(tx, id, |shop| {
            shop.status = ShopStatus::Suspended;
            Ok(())
        })
    };
    app.ctx().db().write(close).await.unwrap();
    let suspended = badge(&app, &shop, "?locale=it").await;
    assert!(suspended.text.contains("Negozio sospeso") && !suspended.text.contains("3,7"), "{}", suspended.text);
    let nobody = app.get("/badges/nobody.example.svg?locale=it").await;
    assert_eq!((nobody.status, nobody.header("content-type")), (404, "image/svg+xml"));
    assert!(nobody.text.starts_with("<svg") && nobody.text.contains("Nessun negozio"), "{}", nobody.text);
}

#[tokio::test]
async fn a_badge_follows_its_shop() {
    for engine in ENGINES {
        life(engine).await;
    }
}

/// The bytes of a picture, and its width and height as the header says.
#[cfg(feature = "cards")]
pub(crate) async fn png(app: &TestApp, path: &str) -> (u16, Vec<u8>, (u32, u32)) {
    let response = app.http.get(app.url(path)).send().await.unwrap();
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "image/png", "{path}");
    let bytes = response.bytes().await.unwrap().to_vec();
    assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"), "{path}");
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    let size = (number(16), number(20));
    (status, bytes, size)
}

#[cfg(feature = "cards")]
async fn drawn(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let path = format!("/badges/{}.png", shop.domain);
    assert_eq!(app.get(&path).await.status, 200, "as the contract says");
    let (_, first, size) = png(&app, &path).await;
    assert_eq!(size, (528, 208), "twice the SVG");
    assert!(first.len() < 30_000, "{} bytes", first.len());
    for (query, expected) in [("scale=1", (264, 104)), ("size=s&scale=3", (696, 168)), ("scale=99&size=l", (688, 272))]
    {
        assert_eq!(png(&app, &format!("{path}?{query}")).await.2, expected, "{query}");
    }
    assert_eq!(png(&app, &format!("{path}?theme=auto")).await.1, first, "auto is light");
    assert_ne!(png(&app, &format!("{path}?theme=dark")).await.1, first);
    let tag = app.get(&path).await.header("etag").to_owned();
    let again = app.http.get(app.url(&path)).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(again.status(), 304);
    let link = app.invited(&shop, "#1", "ada@example.com").await;
    app.post_form(&link, &[("stars", "5")]).await;
    assert_ne!(png(&app, &path).await.1, first, "new with the review");
    let (status, _, size) = png(&app, "/badges/nobody.example.png?scale=1").await;
    assert_eq!((status, size), (404, (264, 56)));
    for (n, name) in NAMES.into_iter().enumerate() {
        let shop = app.shop_with(&format!("n{n}.example"), |shop| name.clone_into(&mut shop.name)).await;
        assert_eq!(png(&app, &format!("/badges/{}.png", shop.domain)).await.0, 200, "{name}");
    }
}

#[cfg(feature = "cards")]
#[tokio::test]
async fn a_badge_is_drawn_for_mails() {
    for engine in ENGINES {
        drawn(engine).await;
    }
}
