//! What one link shows of a person: its shop's part, whole; of other shops and other people nothing.

use attesta::db::Engine;
use attesta::kernel::time::DAY;
use serde_json::{Value, json};

use super::{ADA, NAME, WORD, exported, hash, mine, review, stories};
use crate::support::app::{TestApp, event, fulfilled};
use crate::support::dump::{dump, holding, holding_bytes};

fn numbers(copy: &Value) -> Vec<String> {
    let shops = copy["shops"].as_array().expect("shops");
    let orders = shops.iter().flat_map(|shop| shop["orders"].as_array().expect("orders"));
    orders.map(|order| order["number"].as_str().expect("a number").to_owned()).collect()
}

async fn whole(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let (shop, other) = (app.shop("bottega.example").await, app.shop("altrove.example").await);
    app.invited(&shop, "#0", ADA).await;
    let link = app.invited(&shop, "#1", ADA).await;
    let elsewhere = app.invited(&other, "#secret", ADA).await;
    app.invited(&shop, "#eva", "eva@posta.example").await;
    review(&app, &link).await;
    let copy = exported(&app, &link).await;
    assert_eq!((&copy["extent"], numbers(&copy)), (&json!("shop"), vec!["#0".to_owned(), "#1".to_owned()]));
    let order = &copy["shops"][0]["orders"][1];
    assert_eq!(order["customer_name"], "Ada Bianchi");
    assert_eq!(order["customer"]["email"], "a•••@posta.example", "masked, also here");
    assert_eq!(order["items"][0]["name"], "Moka tre tazze");
    assert_eq!(order["mails"][0]["state"], "captured");
    assert_eq!(order["reviews"].as_array().map(Vec::len), Some(2), "of the shop and of the moka");
    let written = &order["reviews"][0]["review"];
    assert_eq!((&written["text"], &written["author"]), (&json!(WORD), &json!(NAME)));
    let text = copy.to_string();
    for hidden in [ADA, "altrove", "#secret", "eva", "#eva"] {
        assert!(!text.contains(hidden), "{hidden} is nobody's business here");
    }
    for (lang, heading) in [
        ("it", "I dati memorizzati su di te"),
        ("en", "What is stored about you"),
        ("de", "Was über Sie gespeichert ist"),
        ("fr", "Ce qui est enregistré sur vous"),
        ("es", "Qué datos tuyos se guardan"),
    ] {
        let page = app.follow(&format!("{}?lang={lang}", mine(&link))).await;
        assert_eq!((page.status, page.header("cache-control")), (200, "no-store"));
        for shown in [heading, "#0", "#1", "Ada Bianchi", "a•••@posta.example", "Moka tre tazze", WORD] {
            assert!(page.text.contains(shown), "{lang}: {shown}");
        }
        assert!(!page.text.contains("altrove") && !page.text.contains("<script"), "{lang}");
    }
    assert_eq!(numbers(&exported(&app, &elsewhere).await), ["#secret"], "its own link opens the other shop's part");
}

/// The link that unsubscribes, a cut one and one of another purpose open nothing; guessing is slowed down.
async fn keys(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let link = app.invited(&shop, "1", ADA).await;
    let stop = app.unsubscribe_link(ADA);
    let stop = stop.rsplit('/').next().expect("a token");
    for token in [stop, "x", &stop[1..]] {
        for path in ["", "/data.json", "/erase"] {
            assert_eq!(app.get(&format!("/me/{token}{path}")).await.status, 404, "{path}");
        }
        assert_eq!(app.post_form(&app.url(&format!("/me/{token}/erase")), &[]).await.status, 404);
    }
    app.advance(DAY);
    assert_eq!(app.follow(&mine(&link)).await.status, 200);
    app.advance(3 * 365 * DAY);
    assert_eq!(app.follow(&mine(&link)).await.status, 404, "expired is unknown");
}

/// Expired, it shows what every link shows that opens nothing: the offer of a fresh one, which leads there again.
async fn expired(engine: Engine) {
    let Some(app) = TestApp::start_with(engine, |config| {
        config.token_years = 1;
        config.contact_days_after_last_mail = 2_000;
    })
    .await
    else {
        return;
    };
    let shop = app.shop("bottega.example").await;
    let link = app.invited(&shop, "1", ADA).await;
    app.advance(366 * DAY);
    let me = mine(&link);
    let token = link.rsplit('/').next().expect("a token");
    let wish = app.url(&format!("/r/{token}/fresh"));
    for (lang, go) in [
        ("it", "Mandami un nuovo link"),
        ("en", "Send me a fresh link"),
        ("de", "Neuen Link schicken"),
        ("fr", "M’envoyer un nouveau lien"),
        ("es", "Enviarme un enlace nuevo"),
    ] {
        for path in ["", "/erase"] {
            let page = app.follow(&format!("{me}{path}?lang={lang}")).await;
            assert_eq!((page.status, page.header("cache-control")), (404, "no-store"), "expired is unknown");
            assert!(page.text.contains(go) && page.text.contains(&format!("/r/{token}/fresh\"")), "{}", page.text);
        }
    }
    assert_eq!(app.post_form(&format!("{me}/erase"), &[]).await.status, 404, "nothing is erased by it");
    let asked = app.http.get(format!("{me}/data.json"));
    let page = app.answer(asked.try_clone().expect("a request").header("accept", "text/html,*/*;q=0.8")).await;
    assert_eq!((page.status, page.text.contains("<form")), (404, true), "a person is helped");
    let told = app.answer(asked.header("accept", "application/json")).await.expect(404, "a program is told");
    assert_eq!(told["code"], "link_unknown");
    let first = app.post_form(&wish, &[]).await;
    let again = app.post_form(&wish, &[]).await;
    assert_eq!((first.status, &first.text), (200, &again.text), "always the same answer");
    assert_eq!(app.post_form(&app.url("/r/x/fresh"), &[]).await.status, 200, "whatever the link was");
    app.run_jobs().await;
    assert_eq!(app.mails().len(), 2, "one a day, to the address that got the order");
    let fresh = app.review_link(ADA);
    assert!(fresh != link && app.follow(&mine(&fresh)).await.status == 200, "the fresh link leads there again");
}

/// A shop that changes the address of an order gives its link into two hands: neither sees the other.
async fn two_hands(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let link = app.invited(&shop, "#1", ADA).await;
    app.invited(&shop, "#2", "eva@posta.example").await;
    let mut changed = event("order.updated", "#1", "eva@posta.example", app.now().plus_ms(1));
    changed["data"]["customer"]["name"] = json!("Eva Neri");
    app.post_event(&shop, &changed).await.expect(202, "the shop names somebody else");
    let copy = exported(&app, &link).await;
    assert_eq!((&copy["extent"], numbers(&copy)), (&json!("order"), vec!["#1".to_owned()]));
    let text = copy.to_string() + &app.follow(&mine(&link)).await.text;
    for hidden in ["Eva Neri", "e•••@", "#2", "Ada Bianchi"] {
        assert!(!text.contains(hidden), "{hidden} does not show");
    }
    review(&app, &link).await;
    let erased = app.post_form(&format!("{}/erase", mine(&link)), &[]).await;
    assert_eq!(erased.status, 200);
    let rows = dump(app.ctx()).await;
    assert_eq!(holding(&rows, WORD), Vec::<&String>::new(), "what was written by this link goes");
    let left: Vec<_> = holding_bytes(&rows, &hash(&app, ADA)).into_iter().map(|row| &row[..12]).collect();
    assert_eq!(left, ["suppressions"], "of whom the mail went to, the wish not to be written to");
    let other = app.review_link("eva@posta.example");
    assert_eq!(numbers(&exported(&app, &other).await), ["#1", "#2"], "the other person's data is theirs");
}

/// What somebody wrote about an order that names another since is theirs to see, as it is theirs to erase: of the other nothing shows.
async fn written_before(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    review(&app, &app.invited(&shop, "#1", ADA).await).await;
    let mut changed = event("order.updated", "#1", "eva@posta.example", app.now().plus_ms(1));
    changed["data"]["customer"] =
        json!({ "email": "eva@posta.example", "name": "Eva Neri", "locale": "de-AT", "country": "AT" });
    app.post_event(&shop, &changed).await.expect(202, "the shop names somebody else");
    let link = app.invited(&shop, "#2", ADA).await;
    let copy = exported(&app, &link).await;
    assert_eq!(numbers(&copy), ["#2", "#1"], "what the order names, then what they were asked about, on {engine:?}");
    let text = copy.to_string() + &app.follow(&mine(&link)).await.text;
    assert!(text.contains(WORD) && text.contains(NAME), "{text}");
    for hidden in ["Eva Neri", "e•••@", "de-AT", "\"AT\""] {
        assert!(!text.contains(hidden), "{hidden} does not show on {engine:?}");
    }
    let other = app.invited(&shop, "#3", "eva@posta.example").await;
    assert_eq!(numbers(&exported(&app, &other).await), ["#1", "#3"], "each order once");
    let erased = app.post_form(&format!("{}/erase?lang=en", mine(&link)), &[]).await;
    assert!(erased.text.contains("2 reviews"), "what showed goes: {}", erased.text);
}

/// The mail of a test order was read by whoever runs the instance, which proves nothing about the mailbox.
async fn tests(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    app.invited(&shop, "#real", ADA).await;
    let mut test = fulfilled("#test", ADA, app.now());
    test["data"]["test"] = json!(true);
    app.post_event(&shop, &test).await.expect(202, "taken");
    app.run_jobs().await;
    let link = app.review_link(ADA);
    let copy = exported(&app, &link).await;
    assert_eq!((&copy["extent"], numbers(&copy)), (&json!("order"), vec!["#test".to_owned()]), "on {engine:?}");
    app.post_form(&format!("{}/erase", mine(&link)), &[]).await.text.clear();
    let again = app.post_event(&shop, &fulfilled("#more", ADA, app.now())).await.expect(202, "taken");
    assert_eq!(again["state"], "scheduled", "the real customer said nothing");
}

async fn privacy(engine: Engine) {
    let Some(app) = TestApp::start_with(engine, |config| {
        config.contact_days_after_last_mail = 12;
        config.event_keep_days = 45;
        config.token_years = 2;
        config.contact = Some("mailto:aiuto@reviews.example".to_owned());
    })
    .await
    else {
        return;
    };
    for (lang, says) in [
        ("it", ["12 giorni dopo l'ultima e-mail", "2 anni", "45 giorni"]),
        ("en", ["12 days after the last e-mail", "2 years", "45 days"]),
        ("de", ["12 Tage nach der letzten E-Mail", "2 Jahre", "45 Tage"]),
        ("fr", ["12 jours après le dernier e-mail", "2 ans", "45 jours"]),
        ("es", ["12 días después del último correo", "2 años", "45 días"]),
    ] {
        let page = app.get(&format!("/privacy?lang={lang}")).await;
        assert_eq!(page.status, 200);
        let text = page.text.replace("&#x27;", "'");
        for said in says {
            assert!(text.contains(said), "{lang}: {said}: {text}");
        }
        let reached = "<a href=\"mailto:aiuto@reviews.example\">aiuto@reviews.example</a>";
        assert!(text.contains(reached), "{lang}: who answers for the data: {text}");
    }
    assert!(app.get("/shops").await.text.contains("/privacy\""), "every page leads there");
}

stories! {
    a_link_shows_its_shops_part_whole_and_nothing_else: whole;
    no_other_link_opens_it: keys;
    an_expired_link_offers_a_fresh_one: expired;
    a_link_in_two_hands_shows_neither_the_other: two_hands;
    what_was_written_before_an_order_named_another_shows_to_who_wrote_it: written_before;
    a_test_proves_nothing_about_the_mailbox: tests;
    the_page_about_privacy_says_what_is_set: privacy;
}
