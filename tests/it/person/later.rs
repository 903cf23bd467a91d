//! "Not arrived yet? Ask me in a week", and the page that stops mail, as it stands.

use attesta::db::Engine;
use attesta::kernel::delay::Delay;
use attesta::kernel::time::{DAY, Timestamp};
use attesta::keyring::Link;
use attesta::merchants::Sector;
use attesta::sign::token::Purpose;
use serde_json::json;

use super::{ADA, mine, stories};
use crate::support::app::{TestApp, TestShop, fulfilled};

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("a time")
}

/// A page without the tags around its dates.
async fn words(app: &TestApp, url: &str) -> String {
    let page = app.follow(url).await.text.replace('\u{a0}', " ").replace("</time>", "");
    let mut parts = page.split("<time ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.filter_map(|part| part.split_once('>')).fold(first, |kept, (_, rest)| kept + rest)
}

async fn later(app: &TestApp, stop: &str) -> String {
    let answer = app.post_form(&format!("{stop}/later?lang=en"), &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.text.replace('\u{a0}', " ")
}

/// Where no reminder was planned, one is sent because it was asked for: a week later, once.
async fn wished(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    app.clock().set(at("2026-03-25T18:30:00.000Z"));
    let form = app.invited(&shop, "1", ADA).await;
    let stop = app.unsubscribe_link(ADA);
    let page = app.follow(&format!("{stop}?lang=en")).await.text.replace('\u{a0}', " ");
    assert!(page.contains("1 April 2026") && page.contains(&format!("action=\"{stop}/later\"")), "{page}");
    assert!(later(&app, &stop).await.contains("1 April 2026"));
    assert!(later(&app, &stop).await.contains("already"), "once is the limit");
    let page = words(&app, &format!("{stop}?lang=en")).await;
    assert!(!page.contains("/later\""), "it is not offered again: {page}");
    let wished = "On 25 March 2026 you asked us to write again later.";
    let next = "The next e-mail about this order is sent on 1 April 2026.";
    assert!(page.contains(wished) && page.contains(next), "what was asked for is said: {page}");
    let stored = format!("{}?lang=en", mine(&form));
    let page = words(&app, &stored).await;
    assert!(page.contains(wished) && page.contains(next), "also where all is shown: {page}");
    // Clocks in Rome go forward in between: the same hour of the wall clock.
    for (moment, mails) in [("2026-04-01T17:29:59.999Z", 1), ("2026-04-01T17:30:00.000Z", 2)] {
        app.clock().set(at(moment));
        app.run_jobs().await;
        assert_eq!(app.mails().len(), mails, "at {moment} on {engine:?}");
    }
    assert_eq!(app.review_link(ADA), form, "with the link of the first");
    let page = words(&app, &stored).await;
    assert!(page.contains(wished) && !page.contains("next e-mail"), "nothing more is to come: {page}");
    assert!(later(&app, &stop).await.contains("already"));
    app.advance(60 * DAY);
    app.run_jobs().await;
    assert_eq!(app.mails().len(), 2, "and nothing follows");
    let listed = app.get_as(&shop, "/invitations").await.expect(200, "invitations are listed");
    assert_eq!(listed["data"][0]["postponements"], 0, "it is not the shop's hand");
    assert_eq!(listed["data"][0]["deferred_at"], "2026-03-25T18:30:00.000Z", "and the shop sees whose it was");
    assert_eq!(told(&app, &shop).await, [("sent".to_owned(), "2026-03-25T18:30:00.000Z".to_owned())]);
}

/// What the timeline of the first order tells of its customer: where the order stood then, and when.
async fn told(app: &TestApp, shop: &TestShop) -> Vec<(String, String)> {
    let id = app.order(shop, "1").await["id"].as_str().expect("an id").to_owned();
    let order = app.get_as(shop, &format!("/orders/{id}")).await.expect(200, "one order");
    let lines = order["timeline"].as_array().expect("a timeline").clone();
    let wishes = lines.iter().filter(|line| line["actor"] == "customer");
    wishes
        .map(|line| {
            assert!(line["note"].as_str().expect("a note").contains("asked to be asked later"), "{line}");
            (line["state"].as_str().expect("a state").to_owned(), line["at"].as_str().expect("a time").to_owned())
        })
        .collect()
}

/// A reminder that was planned moves, into the shop's hours, and is not sent twice.
async fn moved(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app
        .shop_with("bottega.example", |shop| {
            shop.policy.remind_after = Some(Delay::days(3));
            shop.policy.hours = Some((9, 18));
        })
        .await;
    app.clock().set(at("2026-05-04T10:00:00.000Z"));
    app.invited(&shop, "1", ADA).await;
    let stop = app.unsubscribe_link(ADA);
    app.clock().set(at("2026-05-05T20:00:00.000Z"));
    assert!(later(&app, &stop).await.contains("13 May 2026"), "22:00 in Rome waits for nine");
    for (moment, mails) in
        [("2026-05-07T10:00:00.000Z", 1), ("2026-05-13T06:59:59.999Z", 1), ("2026-05-13T07:00:00.000Z", 2)]
    {
        app.clock().set(at(moment));
        app.run_jobs().await;
        assert_eq!(app.mails().len(), mails, "at {moment} on {engine:?}");
    }
    assert!(later(&app, &stop).await.contains("already"));
}

/// Whoever holds the link of a mail that was never recorded as sent moves the invitation itself.
async fn pending(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop_with("bottega.example", |shop| shop.policy.invite_after = Delay::days(2)).await;
    let stop = unsent(&app, &shop, "1").await;
    app.advance(DAY);
    later(&app, &stop).await;
    let order = app.order(&shop, "1").await;
    assert_eq!(
        (&order["state"], &order["due_at"]),
        (&json!("scheduled"), &json!(app.now().plus_ms(7 * DAY))),
        "{order}"
    );
    assert_eq!(told(&app, &shop).await, [("scheduled".to_owned(), app.now().to_string())]);
    let listed = app.get_as(&shop, "/invitations").await.expect(200, "invitations are listed");
    assert_eq!(listed["data"][0]["deferred_at"], json!(app.now()));
    // Another policy plans again: what the customer moved stays moved.
    let mut policy = app.get_as(&shop, "/policy").await.expect(200, "the policy");
    policy["min_total"] = json!(10);
    app.send_as(&shop, "PUT", "/policy", &policy).await.expect(200, "another policy");
    attesta::invitations::jobs::watch_settings(app.ctx()).await.expect("the tick works");
    app.advance(7 * DAY - 1);
    app.run_jobs().await;
    assert_eq!(app.mails().len(), 0, "not before its time on {engine:?}");
    app.advance(1);
    app.run_jobs().await;
    assert_eq!(app.mails().len(), 1);
}

/// An order whose mail is still to come, and the link it will carry.
async fn unsent(app: &TestApp, shop: &TestShop, number: &str) -> String {
    app.post_event(shop, &fulfilled(number, ADA, app.now())).await.expect(202, "taken");
    let listed = app.get_as(shop, "/invitations").await.expect(200, "invitations are listed");
    let id = listed["data"][0]["id"].as_str().expect("an id");
    let invitation = attesta::kernel::id::InvitationId::parse(id).expect("an id");
    let link = Link { invitation, purpose: Purpose::Unsubscribe, expires: app.now().plus_ms(900 * DAY) };
    let (token, _) = app.ctx().keyring().mint(&link, None).expect("a key");
    app.url(&format!("/u/{token}"))
}

/// Where it would come too late, or nothing is planned any more, the page says so, and nothing is sent.
async fn refused(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let inn = app
        .shop_with("locanda.example", |shop| {
            shop.sector = Sector::TourismIt;
            shop.policy.remind_after = Some(Delay::days(28));
        })
        .await;
    app.invited(&inn, "1", ADA).await;
    let stop = app.unsubscribe_link(ADA);
    app.advance(24 * DAY);
    assert!(later(&app, &stop).await.contains("too late"), "on day 30 nobody can write any more");
    assert!(!app.follow(&stop).await.text.contains("/later\""));
    let shop = app.shop("bottega.example").await;
    let form = app.invited(&shop, "1", "eva@posta.example").await;
    let stop = app.unsubscribe_link("eva@posta.example");
    app.post_form(&form, &[("stars", "5")]).await.text.clear();
    assert!(later(&app, &stop).await.contains("No other e-mail"), "it is reviewed");
    app.invited(&shop, "2", "leo@posta.example").await;
    let stop = app.unsubscribe_link("leo@posta.example");
    app.post_form(&stop, &[]).await.text.clear();
    assert!(later(&app, &stop).await.contains("No other e-mail"), "they had enough");
    let before = app.mails().len();
    app.advance(40 * DAY);
    app.run_jobs().await;
    assert_eq!(app.mails().len(), before, "nothing more is sent, also not the inn's reminder of day 28 on day 64");
}

/// The page says what is stopped, widens it and takes it back; in every language.
async fn page(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    app.invited(&shop, "1", ADA).await;
    let stop = app.unsubscribe_link(ADA);
    let shown = |lang: &'static str| {
        let (app, url) = (&app, format!("{stop}?lang={lang}"));
        async move { app.follow(&url).await.text }
    };
    for (lang, heading) in [
        ("it", "Non vuoi più e-mail sulle recensioni?"),
        ("en", "No more e-mails about reviews?"),
        ("de", "Keine E-Mails mehr zu Bewertungen?"),
        ("fr", "Ne plus recevoir d’e-mails au sujet des avis\u{202f}?"),
        ("es", "¿No quieres más correos sobre reseñas?"),
    ] {
        let page = shown(lang).await;
        assert!(page.contains(heading) && page.contains(&format!("<html lang=\"{lang}\">")), "{lang}: {page}");
        assert!(!page.contains("<script") && !page.contains("style="), "it needs no script");
    }
    app.post_form(&stop, &[("List-Unsubscribe", "One-Click")]).await.text.clear();
    let page = shown("en").await;
    assert!(page.contains("no more e-mails about reviews of Bottega Verdi") && page.contains("/undo\""), "{page}");
    assert!(page.contains("Stop the other shops too"), "{page}");
    app.post_form(&stop, &[("reach", "instance")]).await.text.clear();
    assert!(shown("en").await.contains("from any shop"));
    app.post_form(&format!("{stop}/undo"), &[]).await.text.clear();
    assert!(shown("en").await.contains("No more e-mails about reviews?"));
    app.post_form(&format!("{}/erase", mine(&app.review_link(ADA))), &[]).await.text.clear();
    assert_eq!(app.follow(&stop).await.status, 200, "after an erasure the link still answers");
}

stories! {
    who_asks_for_it_is_asked_a_week_later_once: wished;
    a_planned_reminder_moves_into_the_hours: moved;
    what_was_not_sent_yet_moves_itself: pending;
    too_late_or_nothing_planned_is_said: refused;
    the_page_says_what_is_stopped: page;
}
