//! A shop's mails as they would be read: with its last real reviews, and as a folder of pages.

use serde_json::{Value, json};

use crate::reviews::operate;
use crate::support::app::{TestApp, TestShop};
use crate::support::house::ENGINES;

async fn see(app: &TestApp, shop: &TestShop, mail: &str, body: Value) -> Value {
    app.send_as(shop, "POST", &format!("/templates/{mail}/it/preview"), &body).await.expect(200, "seen")
}

fn real(seen: &Value) -> Vec<String> {
    let cases: Vec<String> = serde_json::from_value(seen["cases"].clone()).expect("cases");
    cases.into_iter().filter(|case| case.contains(':')).collect()
}

/// Two orders, one reviewed, replied to and answered.
async fn dialogue(app: &TestApp, shop: &TestShop) -> String {
    let link = app.invited(shop, "A1", "ada@example.com").await;
    let review = [("stars", "2"), ("title", "Manico storto"), ("text", "Si muove."), ("name", "Ada")];
    assert_eq!(app.post_form(&link, &review).await.status, 201);
    let list = app.get("/v1/shops/bottega.example/reviews").await.expect(200, "public");
    let id = list["data"][0]["id"].as_str().expect("an id").to_owned();
    let reply = json!({ "text": "Ce ne scusiamo.\n\nGliene mandiamo un altro." });
    app.send_as(shop, "PUT", &format!("/reviews/{id}/reply"), &reply).await.expect(201, "a reply");
    let answered = app.post_form(&format!("{link}/answer?review={id}"), &[("text", "Arrivato, grazie.")]).await;
    assert!(answered.status < 300, "{}", answered.text);
    app.run_jobs().await;
    id
}

/// No link of a preview opens a form, manages a review or ends mails.
fn lets_nobody_in(app: &TestApp, seen: &Value) {
    let base = app.ctx().links().base().to_string();
    for part in ["text", "html"] {
        let text = seen[part].as_str().expect(part);
        let doors = text.match_indices("/r/").chain(text.match_indices("/u/"));
        let mut found = 0;
        for (at, _) in doors {
            found += 1;
            let token = text[at + 3..].split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
            assert_eq!(token, "preview", "{}", &text[at..(at + 60).min(text.len())]);
        }
        assert!(found > 0 && text.contains(&base), "{text}");
        assert!(!text.contains("reviews.example"), "no address of the examples: {text}");
    }
}

#[tokio::test]
async fn mails_about_reviews_are_shown_with_the_last_real_ones() {
    for engine in ENGINES {
        let Some(app) = TestApp::start(engine).await else { continue };
        let shop = app.shop("bottega.example").await;
        for mail in ["review_received", "reply_notice", "answer_shown"] {
            assert_eq!(real(&see(&app, &shop, mail, json!({})).await), Vec::<String>::new(), "nothing to tell yet");
        }
        let id = dialogue(&app, &shop).await;
        let case = format!("review:{id}");
        let public = format!("/reviews/{id}");
        for (mail, said) in [
            ("review_received", "Manico storto"),
            ("reply_notice", "> Gliene mandiamo un altro."),
            ("answer_shown", "> Arrivato, grazie."),
        ] {
            let plain = see(&app, &shop, mail, json!({})).await;
            assert_eq!(real(&plain), [case.as_str()], "{mail}");
            lets_nobody_in(&app, &plain);
            let seen = see(&app, &shop, mail, json!({ "case": case })).await;
            lets_nobody_in(&app, &seen);
            let text = seen["text"].as_str().expect("text").replace('\u{a0}', " ");
            for part in [said, "Manico storto", public.as_str()] {
                assert!(text.contains(part), "{mail}: {part} in {text}");
            }
            assert!(!text.contains("Tutto bene"), "nothing of the examples: {text}");
        }
        for mail in ["invitation", "reminder", "fresh_link"] {
            let plain = see(&app, &shop, mail, json!({})).await;
            assert_eq!(real(&plain), ["order:A1"], "{mail}");
            let seen = see(&app, &shop, mail, json!({ "case": "order:A1" })).await;
            lets_nobody_in(&app, &seen);
            assert!(seen["text"].as_str().expect("text").contains("A1"), "{mail}: {seen}");
        }
        app.send_as(&shop, "DELETE", &format!("/reviews/{id}/reply"), &json!({})).await.expect(200, "withdrawn");
        assert_eq!(real(&see(&app, &shop, "reply_notice", json!({})).await), Vec::<String>::new());
        assert_eq!(real(&see(&app, &shop, "review_received", json!({})).await), [case.as_str()]);
        let other = app.shop("altra.example").await;
        let foreign = json!({ "case": case });
        let answer = app.send_as(&other, "POST", "/templates/review_received/it/preview", &foreign).await;
        answer.expect(422, "no other shop sees it");
    }
}

#[tokio::test]
async fn a_preview_says_what_a_mail_program_loads() {
    for engine in ENGINES {
        let Some(app) = TestApp::start(engine).await else { continue };
        let shop = app.shop("bottega.example").await;
        assert_eq!(see(&app, &shop, "invitation", json!({})).await["loads"], json!([]));
        let logo = |url: &str| json!({ "logo": { "url": url, "alt": "Bottega", "width": 140 } });
        let own = "https://img.bottega.example/l.png";
        let seen = see(&app, &shop, "invitation", json!({ "own": logo(own) })).await;
        assert_eq!(seen["loads"], json!([own]));
        assert_eq!(seen["html"].as_str().expect("HTML").matches("<img").count(), 1);
        let put =
            app.send_as(&shop, "PUT", "/templates/invitation/it", &logo("https://cdn.elsewhere.example/l.png")).await;
        let refused = put.expect(422, "somebody else would learn that a mail was opened");
        assert_eq!((&refused["field"], &refused["code"]), (&json!("/logo/url"), &json!("template_refused")));
    }
}

#[tokio::test]
async fn mails_are_written_out_as_pages_to_look_at() {
    for engine in ENGINES {
        let Some(app) = TestApp::start(engine).await else { continue };
        let shop = app.shop("bottega.example").await;
        let id = dialogue(&app, &shop).await;
        let one = "/templates/reply_notice/it";
        app.send_as(&shop, "PUT", one, &json!({ "subject": "Da {{shop.name}}" })).await.expect(200, "stored");
        app.send_as(&shop, "PUT", one, &json!({ "subject": "Una <risposta> per te" })).await.expect(200, "stored");
        let dir = tempfile::tempdir().expect("a folder");
        let out = dir.path().join("looked/at");
        let to = out.display().to_string();
        let line = ["mail", "preview", "--shop", "bottega.example", "--out", &to];
        let (code, said) = operate(&app, &line).await;
        assert_eq!(code, 0, "{said}");
        let answer: Value = serde_json::from_str(&said).expect("JSON");
        assert_eq!(answer["mails"].as_array().expect("mails").len(), 6, "{said}");
        let read = |name: &str| std::fs::read_to_string(out.join(name)).unwrap_or_else(|_| panic!("{name}"));
        let index = read("index.html");
        assert!(index.contains("Una &lt;risposta&gt; per te") && !index.contains("<risposta>"), "{index}");
        assert!(index.contains("Version 2") && index.contains("What it changes of version 1"), "{index}");
        assert!(index.contains(&format!("review:{id}")) && index.contains("order:A1"), "{index}");
        for case in ["plain", "longest", "right_to_left"] {
            for file in
                ["html", "txt", "phone-light.html", "phone-dark.html", "desktop-light.html", "desktop-dark.html"]
            {
                assert!(!read(&format!("reply_notice.it.{case}.{file}")).is_empty());
            }
        }
        let look = read("reply_notice.it.plain.html");
        assert_eq!(look.matches("<iframe sandbox=\"\"").count(), 4, "{look}");
        assert!(!look.contains("<script") && look.contains("default-src 'none'"), "{look}");
        let real = read("reply_notice.it.review-8.txt");
        assert!(real.contains("Gliene mandiamo un altro."), "{real}");

        let draft = dir.path().join("draft.json");
        std::fs::write(&draft, r#"{"subject":"Ordine {{order.nummer}}"}"#).expect("written");
        let from = draft.display().to_string();
        let with = |more: &[&str]| [&line[..], more].concat().iter().map(ToString::to_string).collect::<Vec<_>>();
        for (more, expected, of) in [
            (&["--mail", "invitation", "--draft", from.as_str()][..], 1, "/subject, line 1, column 8"),
            (&["--mail", "restriction_statement"], 2, "these are invitation"),
            (&["--mail", "invitation", "--case", "order:Z"], 2, "order:A1"),
            (&["--mail", "invitation", "--version", "7"], 1, "no such version"),
            (&["--language", "xx"], 2, "--language"),
        ] {
            let words = with(more);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let (code, said) = operate(&app, &words).await;
            assert!(code == expected && said.contains(of), "{more:?}: {code} {said}");
        }
        std::fs::write(&draft, r#"{"subject":"Ordine {{order.number}}"}"#).expect("written");
        let words = with(&["--kind", "invitation", "--lang", "de", "--case", "order:A1", "--draft", &from]);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (code, said) = operate(&app, &words).await;
        assert!(code == 0 && said.contains("Ordine A1"), "{said}");
        assert_eq!(app.get_as(&shop, "/templates/invitation/de").await.expect(200, "untouched")["version"], json!(0));
    }
}
