//! Badges over HTTP: well-formed whatever the shop is called, small, cached, and never a broken image.

use attesta::db::Engine;
use attesta::kernel::time::DAY;
use attesta::merchants::{self, ShopStatus};

use crate::support::app::{Answer, TestApp, TestShop};
use crate::support::house::ENGINES;

const NAMES: [&str; 7] = [
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
fn well_formed(svg: &str) -> bool {
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
    assert!(empty.text.contains("1º marzo 2026"), "as of today: {}", empty.text);
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
    assert!(badge(&app, &shop, "").await.text.contains("2 marzo 2026"), "the day goes on");
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
