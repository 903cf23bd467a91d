//! Passing on: cards, share links, the short way, QR codes and frames, as crawlers, messengers and other sites ask for them.

use attesta::db::Engine;
use attesta::kernel::short::ShortCode;

use crate::support::app::{Answer, TestApp, TestShop};
use crate::support::house::ENGINES;

#[cfg(feature = "cards")]
mod cards;

/// A shop with one review; its id and the author's link.
async fn reviewed(app: &TestApp, domain: &str, fields: &[(&str, &str)]) -> (TestShop, String, String) {
    let shop = app.shop(domain).await;
    let link = app.invited(&shop, "#1", "ada@example.com").await;
    let done = app.post_form(&link, fields).await;
    assert_eq!(done.status, 201, "{}", done.text);
    let list = app.get(&format!("/v1/shops/{}/reviews", shop.domain)).await.json();
    let id = list["data"][0]["id"].as_str().unwrap().to_owned();
    (shop, id, link)
}

/// What stands between these in a page, unescaped.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split_once(start).and_then(|(_, rest)| rest.split_once(end)).map(|(found, _)| found).unwrap_or_default()
}

fn unescaped(text: &str) -> String {
    text.replace("&#x3D;", "=").replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn meta(page: &Answer, property: &str) -> String {
    unescaped(between(&page.text, &format!("<meta property=\"{property}\" content=\""), "\">"))
}

#[tokio::test]
async fn pages_say_what_a_link_shows() {
    let app = TestApp::start(Engine::Sqlite).await.expect("SQLite is built in");
    let fields = [("stars", "5"), ("title", "\"><script>alert(1)</script>")];
    let (shop, id, _) = reviewed(&app, "bottega.example", &fields).await;
    for (path, kind) in [(format!("/shops/{}", shop.domain), "website"), (format!("/reviews/{id}"), "article")] {
        let page = app.get(&format!("{path}?lang=en")).await;
        assert_eq!((meta(&page, "og:type"), meta(&page, "og:url")), (kind.to_owned(), app.url(&path)));
        assert_eq!((meta(&page, "og:locale"), meta(&page, "og:site_name")), ("en_GB".into(), "Attesta".into()));
        assert!(page.text.contains("<meta property=\"og:locale:alternate\" content=\"it_IT\">"));
        assert!(!meta(&page, "og:title").is_empty() && !meta(&page, "og:description").is_empty());
        assert!(!page.text.contains("<script>"), "text is text");
        if cfg!(feature = "cards") {
            let image = meta(&page, "og:image");
            assert!(image.starts_with(&format!("{}/card.png?lang=en&v=", app.url(&path))), "{image}");
            assert_eq!(app.follow(&image).await.status, 200);
            assert_eq!((meta(&page, "og:image:width"), meta(&page, "og:image:height")), ("1200".into(), "630".into()));
            assert!(meta(&page, "og:image:alt").contains("Bottega Verdi"));
        } else {
            assert!(!page.text.contains("og:image"));
        }
        // Passing on asks nobody: no script, picture or frame of another host.
        for attribute in ["src=\"", "<iframe"] {
            let others = page.text.split(attribute).skip(1).filter(|rest| {
                let address = unescaped(rest.split('"').next().unwrap_or_default());
                !address.starts_with('/') && !address.starts_with(&app.url(""))
            });
            assert_eq!(others.count(), 0, "{path}");
        }
        for network in ["wa.me", "t.me", "facebook.com", "x.com", "linkedin.com", "joinmastodon.org", "mailto:"] {
            assert!(page.text.contains(network), "{network}");
        }
        let address = app.url(&path);
        assert!(page.text.contains(&format!("readonly value=\"{address}\"")), "{}", page.text);
    }
}

#[tokio::test]
async fn the_author_is_offered_to_pass_it_on() {
    let app = TestApp::start(Engine::Sqlite).await.expect("SQLite is built in");
    let shop = app.shop("bottega.example").await;
    let link = app.invited(&shop, "#1", "ada@example.com").await;
    let thanks = app.post_form(&link, &[("stars", "5")]).await;
    let token = link.rsplit('/').next().unwrap();
    assert!(thanks.text.contains("Condividi la tua recensione") && thanks.text.contains("/reviews/rev_"));
    let chips = between(&thanks.text, "class=\"chips\"", "</ul>");
    assert!(chips.contains("wa.me") && !chips.contains(token), "the author's own link is never passed on");
    assert!(!thanks.text.contains("<script"), "a personal page runs no script");
}

async fn short_way(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    app.shop("other.example").await;
    let code = ShortCode::of(shop.id).to_string();
    for spelling in [code.clone(), code.to_uppercase()] {
        let answer = app.get(&format!("/s/{spelling}")).await;
        assert_eq!((answer.status, answer.header("location")), (302, app.url("/shops/bottega.example").as_str()));
    }
    for unknown in ["00000000", "x", "zzzzzzzzz", "%00%00%00%00%00%00%00%00"] {
        assert_eq!(app.get(&format!("/s/{unknown}")).await.status, 404, "{unknown}");
    }
    let svg = app.get(&format!("/shops/{}/qr.svg", shop.domain)).await;
    assert!(svg.text.contains(&format!("<title>{}</title>", app.url(&format!("/s/{code}")))), "{}", svg.text);
    assert_eq!(app.get(&format!("/shops/{}/qr.svg", shop.id)).await.text, svg.text);
    assert_eq!(app.get("/shops/nobody.example/qr.svg").await.status, 404);
}

#[tokio::test]
async fn the_short_way_leads_to_the_profile() {
    for engine in ENGINES {
        short_way(engine).await;
    }
}

/// Whether a module of the code is dark, read from the picture's own path.
fn dark(svg: &str, side: usize) -> Vec<Vec<bool>> {
    let mut grid = vec![vec![false; side]; side];
    for run in between(svg, " d=\"", "\"").split('M').skip(1) {
        let (x, rest) = run.split_once(' ').unwrap();
        let (y, rest) = rest.split_once('h').unwrap();
        let long = rest.split('v').next().unwrap();
        let [x, y, long] = [x, y, long].map(|number| number.parse::<usize>().unwrap());
        grid[y][x..x + long].fill(true);
    }
    grid
}

#[tokio::test]
async fn a_stranger_reads_the_qr_code() {
    let app = TestApp::start(Engine::Sqlite).await.expect("SQLite is built in");
    let shop = app.shop("bottega.example").await;
    let svg = app.get(&format!("/shops/{}/qr.svg?size=500", shop.domain)).await;
    let side: usize = between(&svg.text, "viewBox=\"0 0 ", " ").parse().unwrap();
    let grid = dark(&svg.text, side);
    let mut image =
        rqrr::PreparedImage::prepare_from_greyscale(
            side * 4,
            side * 4,
            |x, y| if grid[y / 4][x / 4] { 0 } else { 255 },
        );
    let found = image.detect_grids();
    let (about, text) = found.first().expect("there is a code").decode().expect("it can be read");
    assert_eq!(text, app.url(&format!("/s/{}", ShortCode::of(shop.id))));
    // The two bits of level M in the format information are 0.
    assert_eq!(about.ecc_level, 0);
    let quiet = grid.iter().enumerate().all(|(y, row)| {
        row.iter().enumerate().all(|(x, dark)| !dark || (4..side - 4).contains(&x) && (4..side - 4).contains(&y))
    });
    assert!(quiet, "four light modules around");
    #[cfg(feature = "cards")]
    {
        use cards::png;
        let whole = u32::try_from(500 / side * side).unwrap();
        png(&app, &format!("/shops/{}/qr.png?size=500", shop.domain), (whole, whole)).await;
        let most = u32::try_from(1024 / side * side).unwrap();
        png(&app, &format!("/shops/{}/qr.png?size=4000", shop.domain), (most, most)).await;
    }
}

async fn oembed(app: &TestApp, path: &str, more: &str) -> Answer {
    let url = serde_urlencoded::to_string([("url", app.url(path))]).unwrap();
    app.get(&format!("/oembed?{url}{more}")).await
}

#[tokio::test]
async fn other_sites_learn_how_to_embed() {
    let app = TestApp::start(Engine::Sqlite).await.expect("SQLite is built in");
    let shop = app.shop_with("bottega.example", |shop| "A & <b>\u{7}\"".clone_into(&mut shop.name)).await;
    let link = app.invited(&shop, "#1", "ada@example.com").await;
    app.post_form(&link, &[("stars", "3"), ("text", "Così così")]).await;
    let list = app.get(&format!("/v1/shops/{}/reviews", shop.domain)).await.json();
    let review = format!("/reviews/{}", list["data"][0]["id"].as_str().unwrap());
    let profile = format!("/shops/{}", shop.domain);
    for page in [&profile, &review, &format!("/s/{}", ShortCode::of(shop.id))] {
        let answer = oembed(&app, page, "&maxwidth=320&maxheight=200").await;
        let embed = answer.expect(200, page);
        assert!(embed["width"].as_u64().unwrap() <= 320 && embed["height"].as_u64().unwrap() <= 200, "{embed}");
        assert!(embed.get("thumbnail_url").is_none(), "a thumbnail has room or is not there");
        let src = unescaped(between(embed["html"].as_str().unwrap(), "<iframe src=\"", "\""));
        let frame = app.follow(&src).await;
        assert_eq!(frame.status, 200);
        let policy = frame.header("content-security-policy");
        assert!(policy.contains("frame-ancestors *") && policy.contains("default-src 'none'"), "{policy}");
        assert!(!frame.text.contains("<script") && !frame.text.contains("<b>\u{7}"), "{}", frame.text);
    }
    if cfg!(feature = "cards") {
        let thumbnail = oembed(&app, &review, "").await.json()["thumbnail_url"].as_str().unwrap().to_owned();
        assert_eq!(app.follow(&thumbnail).await.status, 200);
    }
    let xml = oembed(&app, &profile, "&format=xml").await;
    assert_eq!(xml.header("content-type"), "text/xml; charset=utf-8");
    assert!(xml.text.contains("<author_name>A &amp; &lt;b&gt;&quot;</author_name>"), "{}", xml.text);
    assert_eq!(oembed(&app, &profile, "&format=yaml").await.status, 501);
    assert_eq!(app.get("/oembed").await.status, 404);
    for foreign in ["/docs", "/shops/nobody.example", "/reviews/rev_1"] {
        assert_eq!(oembed(&app, foreign, "").await.status, 404, "{foreign}");
    }
    assert_eq!(app.get("/oembed?url=https%3A%2F%2Felse.example%2Fshops%2Fbottega.example").await.status, 404);
    // The pages themselves say where to ask.
    let page = app.get(&review).await;
    let asked = unescaped(between(&page.text, "type=\"application/json+oembed\" href=\"", "\""));
    assert_eq!(app.follow(&asked).await.json()["type"], "rich");
}
