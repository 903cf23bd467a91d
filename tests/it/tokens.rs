//! Links in mails over time and in wrong hands, on both engines.

use attesta::app;
use attesta::db::Engine;
use attesta::kernel::random::SeededRandom;
use attesta::kernel::time::{DAY, MINUTE, SECOND, Timestamp};
use attesta::keyring::{self, Link, Purpose as KeyPurpose};
use attesta::sign::token::Purpose;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::support::app::{Answer, TestApp, TestShop, fulfilled, link_in};
use crate::support::dump::{dump, holding, holding_bytes};
use crate::support::house::ENGINES;

const ADA: &str = "ada@example.com";
const EVA: &str = "eva@example.com";
const FORM: [(&str, &str); 2] = [("stars", "4"), ("text", "La moka funziona.")];

fn token(link: &str) -> &str {
    link.rsplit('/').next().expect("a link ends with its token")
}

fn opened(app: &TestApp, link: &str) -> Link {
    app.ctx().keyring().check(token(link), app.now()).expect("a token of ours")
}

/// What the operator's command does, and what every running process does within a second.
async fn rotate(app: &TestApp, retire: bool) {
    let ctx = app.ctx().clone();
    let done = tokio::task::spawn_blocking(move || {
        let random = SeededRandom::new(77);
        let master = app::master_source(ctx.config())?.obtain(ctx.db(), &random)?;
        keyring::rotate(ctx.db(), &master, KeyPurpose::Token, retire, (ctx.now(), &random))
    });
    done.await.expect("the rotation ends").expect("the key is rotated");
    app.ctx().keyring().refresh(app.ctx().db()).await.expect("the keys are read again");
}

async fn expiry(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let link = app.invited(&shop, "#1", ADA).await;
    let stop = app.unsubscribe_link(ADA);
    assert_eq!(app.post_form(&link, &FORM).await.status, 201, "a review stands behind the link");
    let ends = opened(&app, &link).expires;
    assert_eq!(opened(&app, &stop).expires, ends, "both links of a mail end together");
    for (skew, alive) in [(-SECOND, true), (-1, true), (0, false), (SECOND, false), (DAY, false)] {
        app.clock().set(ends.plus_ms(skew));
        for url in [&link, &format!("{link}/5"), &format!("{link}/erase"), &stop] {
            let status = app.follow(url).await.status;
            assert_eq!(status, if alive { 200 } else { 404 }, "{skew} ms around the expiry, on {engine:?}: {url}");
        }
        app.advance(MINUTE);
    }
    for (url, fields) in [(format!("{link}/edit"), &FORM[..]), (format!("{link}/erase"), &[]), (stop, &[])] {
        app.advance(MINUTE);
        assert_eq!(app.post_form(&url, fields).await.status, 404, "nothing is done by an expired link: {url}");
    }
    let list = app.get(&format!("/v1/shops/{}/reviews", shop.domain)).await.expect(200, "reviews are public");
    assert_eq!(list["data"][0]["stars"], 4, "the review stands as it was");
}

async fn rotation(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let first = app.invited(&shop, "#1", ADA).await;
    rotate(&app, false).await;
    let second = app.invited(&shop, "#2", EVA).await;
    assert_ne!(token(&first)[..16], token(&second)[..16], "new links carry the number of the new key");
    for link in [&first, &second] {
        assert_eq!(app.follow(link).await.status, 200, "links made before and after a rotation live");
    }
    assert_eq!(app.post_form(&first, &FORM).await.status, 201, "and do all they did, on {engine:?}");
    app.clock().set(opened(&app, &first).expires);
    assert_eq!(app.follow(&first).await.status, 404, "each until its own time");
}

/// The switch for the day on which a key leaked.
async fn kill_switch(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let first = app.invited(&shop, "#1", ADA).await;
    rotate(&app, false).await;
    let second = app.invited(&shop, "#2", EVA).await;
    let stop = app.unsubscribe_link(EVA);
    rotate(&app, true).await;
    for url in [&first, &second, &stop] {
        assert_eq!(app.follow(url).await.status, 404, "no link made so far opens anything, on {engine:?}");
        assert_eq!(app.post_form(url, &FORM).await.status, 404, "or does anything");
    }
    let third = app.invited(&shop, "#3", "leo@example.com").await;
    assert_eq!(app.post_form(&third, &FORM).await.status, 201, "links made since work");
    app.run_jobs().await;
    let mails = app.mails().len();
    assert_eq!(app.post_form(&format!("{first}/fresh"), &[]).await.status, 200);
    app.run_jobs().await;
    assert_eq!(app.mails().len(), mails + 1, "who held a dead link is mailed a fresh one");
    assert_eq!(app.post_form(&app.review_link(ADA), &FORM).await.status, 201, "and it works");
}

/// A face of an answer: all that a stranger could tell one from another by, its own token aside.
fn face(answer: &Answer, token: &str) -> (u16, Vec<(String, String)>, String) {
    let told = |name: &str| !matches!(name, "date" | "ratelimit" | "ratelimit-policy");
    let headers = answer.headers.iter().filter(|(name, _)| told(name.as_str()));
    let mut headers: Vec<_> =
        headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("?").to_owned())).collect();
    headers.sort();
    (answer.status, headers, answer.text.replace(token, "TOKEN"))
}

/// Tokens that open nothing, each for another reason, all of one length.
async fn dead_tokens(app: &TestApp, shop: &TestShop, purpose: Purpose) -> Vec<(&'static str, String)> {
    let (part, other) = match purpose {
        Purpose::Review => ("/r/", "/u/"),
        Purpose::Unsubscribe => ("/u/", "/r/"),
        Purpose::WeeklyMail => panic!("no customer gets such a link"),
    };
    let mailed = |address: &str, part: &str| {
        let link = link_in(&app.mail_to(address).text, part);
        link.split(part).nth(1).expect("a token").split('/').next().expect("a token").to_owned()
    };
    app.invited(shop, "#dead", ADA).await;
    rotate(app, true).await;
    let retired = mailed(ADA, part);
    app.invited(shop, "#live", EVA).await;
    let live = mailed(EVA, part);
    let link = app.ctx().keyring().check(&live, app.now()).expect("a live one");
    let mint = |link: Link| app.ctx().keyring().mint(&link, None).expect("a token").0;
    let abroad = TestApp::start(Engine::Sqlite).await.expect("another instance");
    let other_shop = abroad.shop("altra.example").await;
    abroad.invited(&other_shop, "#1", ADA).await;
    let theirs = abroad.ctx().keyring().mint(&link, None).expect("a token").0;
    let mut flipped = live.clone();
    let last = if flipped.pop() == Some('A') { 'Q' } else { 'A' };
    flipped.push(last);
    vec![
        ("noise", "A".repeat(live.len())),
        ("a changed character", flipped),
        ("expired", mint(Link { expires: app.now(), ..link })),
        ("no such invitation", mint(Link { invitation: app.ctx().ids().next(), ..link })),
        ("made by another instance", theirs),
        ("for another purpose", mailed(EVA, other)),
        ("of a retired key", retired),
    ]
}

async fn indistinguishable(engine: Engine) {
    for purpose in [Purpose::Review, Purpose::Unsubscribe] {
        let Some(app) = TestApp::start(engine).await else { return };
        let shop = app.shop("bottega.example").await;
        let part = if purpose == Purpose::Review { "r" } else { "u" };
        let dead = dead_tokens(&app, &shop, purpose).await;
        for method in ["GET", "POST"] {
            app.advance(2 * MINUTE);
            let mut faces = Vec::new();
            for (why, token) in &dead {
                let url = app.url(&format!("/{part}/{token}"));
                let answer = if method == "GET" { app.follow(&url).await } else { app.post_form(&url, &FORM).await };
                faces.push((why, face(&answer, token)));
            }
            assert_eq!(faces[0].1.0, 404, "{}", faces[0].1.2);
            for (why, face) in &faces {
                assert_eq!(*face, faces[0].1, "{method} /{part}: {why} looks like any other, on {engine:?}");
            }
        }
    }
}

async fn asking_for_a_fresh_link_tells_nothing(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let dead = dead_tokens(&app, &shop, Purpose::Review).await;
    let live = token(&app.review_link(EVA)).to_owned();
    let mut faces = Vec::new();
    for (why, token) in dead.iter().map(|(why, token)| (*why, token)).chain([("a live one", &live)]) {
        let answer = app.post_form(&app.url(&format!("/r/{token}/fresh")), &[]).await;
        faces.push((why, face(&answer, token)));
    }
    for (why, face) in &faces {
        assert_eq!(*face, faces[0].1, "{why} is answered like any other, on {engine:?}");
    }
}

/// The holder of one mail, at another's review.
async fn strange_hands(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let ada = app.invited(&shop, "#1", ADA).await;
    let eva = app.invited(&shop, "#2", EVA).await;
    let both = [("token", token(&eva)), ("review", "5"), ("stars", "4"), ("text", "La moka funziona.")];
    let two = format!("{ada}?token={}&lang=it", token(&eva));
    assert_eq!(app.post_form(&two, &both).await.status, 201, "of two tokens the one in the path counts");
    assert_eq!(app.order(&shop, "#2").await["state"], "sent", "nobody wrote for Eva, on {engine:?}");
    assert_eq!(app.post_form(&eva, &[("stars", "5"), ("text", "Ottima.")]).await.status, 201);
    let list = app.get(&format!("/v1/shops/{}/reviews", shop.domain)).await.expect(200, "reviews are public");
    let reviews = list["data"].as_array().expect("a list");
    let theirs = reviews.iter().find(|review| review["stars"] == 5).expect("Eva's review");
    let id = theirs["id"].as_str().expect("an id");
    let reply = format!("/reviews/{id}/reply");
    app.send_as(&shop, "PUT", &reply, &serde_json::json!({ "text": "Grazie." })).await;
    let before = app.get(&format!("/v1/reviews/{id}")).await.expect(200, "it is public");
    for (verb, fields) in [
        ("edit", &[("stars", "1"), ("text", "Pessima.")][..]),
        ("answer", &[("text", "Prego.")]),
        ("drop", &[]),
        ("erase", &[]),
    ] {
        let status = app.post_form(&format!("{ada}/{verb}?review={id}&reply=1&version=1"), fields).await.status;
        assert!((400..500).contains(&status), "{verb} with another's link: {status}");
    }
    let after = app.get(&format!("/v1/reviews/{id}")).await.expect(200, "it is still public");
    assert_eq!(after, before, "another's link changes nothing, on {engine:?}");
    assert_ne!(after["text"], Value::Null);
}

async fn guessing(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let link = app.invited(&shop, "#1", ADA).await;
    let length = token(&link).len();
    let mut statuses = Vec::new();
    for n in 0..23 {
        let guess = format!("{n:0>length$}");
        let page = if n % 2 == 0 { "r" } else { "u" };
        statuses.push(app.follow(&app.url(&format!("/{page}/{guess}"))).await.status);
    }
    assert_eq!(statuses[..20], [404; 20], "twenty guesses a minute are answered, on {engine:?}");
    assert_eq!(statuses[20..], [429; 3], "and no more, whichever page is guessed at");
    let told = app.follow(&app.url(&format!("/r/{}", "z".repeat(length)))).await;
    assert!(told.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds <= 60), "with the time to wait");
    assert_eq!(app.follow(&link).await.status, 200, "whoever holds a link is not locked out");
    app.advance(MINUTE);
    assert_eq!(app.follow(&app.url("/r/guess")).await.status, 404);
}

async fn scheduled_mails_survive_the_switch(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app
        .shop_with("bottega.example", |shop| {
            shop.policy.remind_after = attesta::kernel::delay::Delay::parse("10d").ok()
        })
        .await;
    app.post_event(&shop, &fulfilled("#1", ADA, app.now())).await.expect(202, "the order is taken");
    app.run_jobs().await;
    rotate(&app, true).await;
    app.advance(11 * DAY);
    app.run_jobs().await;
    assert_eq!(app.mails().len(), 2, "the reminder goes out, on {engine:?}");
    assert_eq!(app.post_form(&app.review_link(ADA), &FORM).await.status, 201, "with a link of the new key");
}

/// The link that ends a shop's weekly mail, mailed, followed and used.
async fn weekly_link_unstored(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    app.clock().set(Timestamp::parse("2026-07-01T10:00:00.000Z").expect("a Wednesday"));
    let shop = app.shop_with("bottega.example", |shop| shop.contact = Some("ciao@bottega.example".to_owned())).await;
    app.invited(&shop, "#1", ADA).await;
    app.rooms.count_what_moved().await.expect("the week is counted");
    app.rooms.account_for_what_moved().await.expect("and accounted for");
    app.clock().set(Timestamp::parse("2026-07-06T06:00:00.000Z").expect("the Monday after, at eight in Rome"));
    assert_eq!(app.rooms.write_weekly_mails().await.expect("the database's"), 1, "the mail is written");
    let waiting = dump(app.ctx()).await;
    app.run_jobs().await;
    let link = link_in(&app.mail_to("ciao@bottega.example").text, "/weekly/");
    let sent = dump(app.ctx()).await;
    assert_eq!(app.follow(&link).await.status, 200, "it opens, on {engine:?}");
    assert_eq!(app.post_form(&link, &[("List-Unsubscribe", "One-Click")]).await.status, 200, "and ends the mail");
    let used = dump(app.ctx()).await;
    assert!(!holding(&used, "ciao@bottega.example").is_empty(), "the dump is a full one");
    let whole = URL_SAFE_NO_PAD.decode(token(&link)).expect("base64url");
    let (_, proof) = whole.split_last_chunk::<32>().expect("a token ends with its proof");
    for (when, rows) in [("while it waits", waiting), ("once it was sent", sent), ("once it was used", used)] {
        assert_eq!(holding(&rows, token(&link)), [""; 0], "as text, {when}, on {engine:?}");
        assert_eq!(holding_bytes(&rows, &whole), [""; 0], "as bytes, {when}, on {engine:?}");
        assert_eq!(holding_bytes(&rows, proof), [""; 0], "its proof, {when}, on {engine:?}");
    }
}

/// Runs one story on every engine.
macro_rules! on_every_engine {
    ($($test:ident: $story:ident;)+) => {$(
        #[tokio::test]
        async fn $test() {
            for engine in ENGINES {
                $story(engine).await;
            }
        }
    )+};
}

on_every_engine! {
    a_link_ends_with_its_second: expiry;
    links_live_on_when_keys_are_rotated: rotation;
    a_leaked_key_is_switched_off_with_all_its_links: kill_switch;
    mails_to_come_survive_the_switch: scheduled_mails_survive_the_switch;
    the_link_that_ends_the_weekly_mail_is_stored_nowhere: weekly_link_unstored;
    dead_links_look_alike: indistinguishable;
    a_fresh_link_is_promised_to_everybody_alike: asking_for_a_fresh_link_tells_nothing;
    a_link_opens_nothing_of_anybody_else: strange_hands;
    guessing_is_slowed_down: guessing;
}
