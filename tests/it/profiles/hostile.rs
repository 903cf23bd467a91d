//! Text of people stays text: polyglots in every field, and no tag or attribute on any page that is not ours.

use attesta::db::Engine;
use serde_json::{Value, json};

use crate::support::app::{TestApp, fulfilled};
use crate::support::house::ENGINES;

const POLYGLOTS: [&str; 12] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'-alert(1)-'",
    "</script><svg/onload=alert(1)>",
    "jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk=alert() )//",
    "</title></style></textarea></noscript></template><svg onload=alert(1)>",
    "{{constructor.constructor('alert(1)')()}} {{{this}}}",
    "<a href=\"javascript:alert(1)\">x</a>",
    "--><!-- --!> <iframe srcdoc='<script>alert(1)</script>'>",
    "]]><x xmlns='http://www.w3.org/1999/xhtml'><script>1</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#x3c;img&#x3e;",
    "\" autofocus onfocus=alert(1) x=\"",
];

/// Tags and attributes that our templates write.
const TAGS: &str = "html head meta title link script body a header div span nav svg path main section h1 h2 h3 p b br table \
    caption thead tbody tr th td time ul ol li dl dt dd form label input button details summary article code ins del i g \
    circle rect text footer small img";
const ATTRIBUTES: &str = "lang charset name content http-equiv rel href hreflang type class id tabindex viewbox width height \
    role aria-label aria-labelledby aria-hidden aria-current aria-describedby aria-invalid d cx cy r x y text-anchor fill-rule scope \
    datetime dir for value placeholder autocomplete method action open preserveaspectratio property src defer title crossorigin \
    sizes media as colspan target alt loading readonly hidden data-share data-url data-title data-system data-copy data-told";

/// Name and attributes of every tag, as a browser reads them.
fn tags(html: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        if after.starts_with('!') || after.starts_with('/') {
            rest = after;
            continue;
        }
        let name: String = after.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
        let mut inside = &after[name.len()..];
        let mut attributes = Vec::new();
        loop {
            inside = inside.trim_start_matches([' ', '\n', '/']);
            if inside.is_empty() || inside.starts_with('>') {
                break;
            }
            let key: String = inside.chars().take_while(|c| !" \n=>/".contains(*c)).collect();
            inside = &inside[key.len()..];
            let mut value = String::new();
            if let Some(quoted) = inside.strip_prefix("=\"") {
                let (inner, tail) = quoted.split_once('"').unwrap_or((quoted, ""));
                (value, inside) = (inner.to_owned(), tail);
            } else {
                assert!(!inside.starts_with('='), "every value is quoted: {key} in <{name}");
            }
            attributes.push((key.to_ascii_lowercase(), value));
        }
        // A script's own text is no markup.
        rest = if name == "script" { inside.split_once("</script>").map_or("", |(_, tail)| tail) } else { inside };
        found.push((name.to_ascii_lowercase(), attributes));
    }
    found
}

fn harmless(html: &str, path: &str) {
    let (known_tags, known_attributes): (Vec<_>, Vec<_>) =
        (TAGS.split_whitespace().collect(), ATTRIBUTES.split_whitespace().collect());
    for (tag, attributes) in tags(html) {
        assert!(known_tags.contains(&tag.as_str()), "{path}: <{tag}> is none of ours");
        for (name, value) in attributes {
            assert!(known_attributes.contains(&name.as_str()), "{path}: {name}=\"{value}\" in <{tag}> is none of ours");
            let address = ["href", "src", "action"].contains(&name.as_str());
            let ours = value.starts_with("http")
                || value.starts_with('/')
                || value.starts_with('#')
                || value.starts_with("mailto:?");
            assert!(!address || ours, "{path}: {name} leads to {value}");
        }
    }
    assert_eq!(html.matches("<script").count(), html.matches("</script>").count(), "{path}");
    for (_, data) in html.match_indices("ld+json\">").map(|(at, found)| html.split_at(at + found.len())) {
        let (data, _) = data.split_once("</script>").unwrap();
        serde_json::from_str::<Value>(data).unwrap_or_else(|error| panic!("{path}: {error} in {data}"));
    }
}

#[test]
fn the_reader_of_tags_sees_what_a_browser_sees() {
    let found = tags("<p class=\"a > b\">1 < 2 &lt;b&gt;<br><img src=\"x\" onerror=\"y\"></p>");
    assert_eq!(found[0], ("p".to_owned(), vec![("class".to_owned(), "a > b".to_owned())]));
    assert!(found.iter().any(|(tag, attributes)| tag == "img" && attributes[1].0 == "onerror"));
}

async fn story(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app
        .shop_with("bottega.example", |shop| {
            shop.name = POLYGLOTS[1].to_owned();
            shop.category = Some(POLYGLOTS[3].to_owned());
            shop.contact = Some(POLYGLOTS[4].to_owned());
        })
        .await;
    for (n, polyglot) in POLYGLOTS.into_iter().enumerate() {
        let mail = format!("c{n}@example.com");
        let mut event = fulfilled(&format!("#{n}"), &mail, app.now());
        event["data"]["items"] = json!([{ "line": "1", "sku": polyglot, "name": polyglot, "quantity": 1, "price": 1 }]);
        app.post_event(&shop, &event).await.expect(202, "taken");
        app.run_jobs().await;
        let link = app.review_link(&mail);
        let form = app.follow(&link).await.text;
        let key = form.split("name=\"stars.").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        let (stars, text) = (format!("stars.{key}"), format!("text.{key}"));
        let name: String = polyglot.chars().take(60).collect();
        let said = [
            ("stars", "2"),
            ("title", polyglot),
            ("text", polyglot),
            ("name", &name),
            (&stars, "3"),
            (&text, polyglot),
        ];
        let posted = app.post_form(&link, &said).await;
        assert!(posted.status < 400, "{}", posted.text);
        app.advance(60_000);
        app.post_form(
            &format!("{link}/edit"),
            &[("stars", "3"), ("title", polyglot), ("text", &format!("{polyglot} x {polyglot}")), ("name", &name)],
        )
        .await;
        let list = app.get("/v1/shops/bottega.example/reviews?limit=1").await.expect(200, "the newest");
        let id = list["data"][0]["id"].as_str().unwrap().to_owned();
        for text in [polyglot, "x"] {
            let reply = app
                .send_as(
                    &shop,
                    "PUT",
                    &format!("/reviews/{id}/reply"),
                    &json!({ "text": format!("{text} {polyglot}") }),
                )
                .await;
            assert!(reply.status < 400, "{}", reply.text);
        }
        app.post_form(&format!("{link}/answer"), &[("text", polyglot)]).await;
        let page = app.get(&format!("/reviews/{id}?lang=de")).await;
        harmless(&page.text, "the review");
    }
    app.rooms.count_what_moved().await.unwrap();
    app.advance(10_000);
    app.run_jobs().await;
    let first = app.get("/shops/bottega.example?lang=it").await.text;
    assert!(
        first.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && first.contains("<ins>"),
        "text is shown as text"
    );
    harmless(&first, "the profile");
    for polyglot in POLYGLOTS {
        let word = serde_urlencoded::to_string([("lang", "en"), ("q", polyglot)]).unwrap();
        let path = format!("/shops/bottega.example?{word}");
        harmless(&app.get(&path).await.text, &path);
        let product = app.ctx().links().product("bottega.example", polyglot);
        let page = app.follow(&product).await;
        assert_eq!(page.status, 200, "{product}");
        harmless(&page.text, &product);
        let sku = serde_urlencoded::to_string([("sku", polyglot), ("back", polyglot)]).unwrap();
        harmless(&app.get(&format!("/shops/bottega.example?{sku}")).await.text, &sku);
    }
}

#[tokio::test]
async fn no_text_becomes_markup_on_any_page() {
    for engine in ENGINES {
        story(engine).await;
    }
}
