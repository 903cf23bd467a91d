//! What the operator does with an address, by the command line: export, erase, seal anew.

use std::ffi::OsString;
use std::path::PathBuf;

use attesta::config::Environment;
use attesta::db::Engine;
use attesta::kernel::email::EmailAddress;
use attesta::kernel::random::SeededRandom;
use attesta::kernel::time::{Clock as _, SystemClock};
use attesta::keyring::{self, Keyring, Purpose};
use attesta::{app, cli, orders};
use serde_json::{Value, json};

use super::{ADA, NAME, WORD, hash, review, stories};
use crate::support::app::{TestApp, event, fulfilled};
use crate::support::dump::{dump, holding, holding_bytes};

/// A command over the data folder of an instance, beside it.
async fn attesta(app: &TestApp, line: &[&str]) -> (u8, String) {
    // Commands live in real time.
    app.clock().set(SystemClock.now());
    let dir: PathBuf = app.house.dir.path().to_owned();
    let folder = dir.display().to_string();
    let args = ["attesta"].iter().chain(line).chain(&["--data-dir", &folder]).map(OsString::from).collect::<Vec<_>>();
    let run = move || {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = cli::run(args, Environment::empty(), &mut out, &mut err);
        (code, String::from_utf8([out, err].concat()).expect("text"))
    };
    tokio::task::spawn_blocking(run).await.expect("the command ends")
}

async fn instance() -> TestApp {
    drop(rustls::crypto::ring::default_provider().install_default());
    let app = TestApp::start(Engine::Sqlite).await.expect("SQLite is always there");
    app.clock().set(SystemClock.now());
    app
}

#[tokio::test]
async fn an_address_is_exported_and_erased_in_every_shop() {
    let app = instance().await;
    let (shop, other) = (app.shop("bottega.example").await, app.shop("altrove.example").await);
    let link = app.invited(&shop, "#1", ADA).await;
    review(&app, &link).await;
    app.invited(&shop, "#eva", "eva@posta.example").await;
    app.post_event(&other, &fulfilled("#9", ADA, app.now())).await.expect(202, "waits");
    let spelled = "Ada.Bianchi@POSTA.example";
    let (code, text) = attesta(&app, &["gdpr", "export", spelled]).await;
    assert!(code == 0 && text.contains("#1") && text.contains("#9") && text.contains("altrove.example"), "{text}");
    assert!(text.contains(", 2 mails\n") && text.contains(", 0 mails\n"), "{text}");
    assert!(!text.contains("T00:") && !text.contains(".000Z"), "a day is enough for a person: {text}");
    assert!(
        text.contains("a•••@posta.example") && !text.to_lowercase().contains(ADA) && !text.contains("#eva"),
        "{text}"
    );
    let (_, copy) = attesta(&app, &["gdpr", "export", spelled, "--json"]).await;
    let copy: Value = serde_json::from_str(&copy).expect("one document");
    assert_eq!((&copy["address"], &copy["stored"]["extent"]), (&json!("a•••@posta.example"), &json!("instance")));
    assert_eq!(copy["stored"]["shops"].as_array().map(Vec::len), Some(2));
    assert!(copy.to_string().contains(WORD));

    let (code, done) = attesta(&app, &["gdpr", "erase", ADA, "--json"]).await;
    let done: Value = serde_json::from_str(&done).expect("one document");
    assert_eq!(code, 0);
    let one = done["shops"].as_array().expect("shops").iter().find(|one| one["shop"] == shop.domain).expect("it");
    let expected = json!({
        "shop": shop.domain, "orders": 1, "addresses": 1, "invitations": 1, "stopped": 0, "reviews": 2, "photos": 0,
    });
    assert_eq!(*one, expected);
    assert!(done["captured"].as_u64().is_some_and(|captured| captured > 0), "{done}");
    let to: Vec<String> = app.mails().into_iter().map(|mail| mail.entry.to).collect();
    assert!(to.iter().all(|to| !to.contains(ADA)) && to.iter().any(|to| to.contains("eva@")), "{to:?}");
    let folder = app.house.dir.path().join("captured");
    for file in std::fs::read_dir(folder).expect("the captured mails") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("a mail");
        assert!(!text.to_lowercase().contains(ADA), "{text}");
    }
    let two = done["shops"].as_array().expect("shops").iter().find(|one| one["shop"] == other.domain).expect("it");
    assert_eq!((&two["stopped"], &two["reviews"]), (&json!(1), &json!(0)), "the other shop had not asked yet");
    let rows = dump(app.ctx()).await;
    for gone in [ADA, NAME, WORD] {
        assert_eq!(holding(&rows, gone), Vec::<&String>::new(), "{gone}");
    }
    let left = holding_bytes(&rows, &hash(&app, ADA));
    assert!(left.iter().all(|row| row.starts_with("suppressions ") || row.starts_with("erased_people ")), "{left:#?}");
    assert_eq!(left.len(), 4, "two marks a shop");

    let (code, again) = attesta(&app, &["gdpr", "erase", ADA, "--json"]).await;
    let again: Value = serde_json::from_str(&again).expect("one document");
    assert!(code == 0 && again["shops"].as_array().expect("shops").iter().all(|one| one["orders"] == 0), "{again}");
    let (code, text) = attesta(&app, &["gdpr", "erase", "nobody@posta.example"]).await;
    assert_eq!((code, text.trim()), (0, "Nothing is stored about n•••@posta.example."));
    for (line, says) in [(["gdpr", "erase", "no address"], "ADDRESS: "), (["gdpr", "export", "-x@y.example"], "hyphen")]
    {
        let (code, text) = attesta(&app, &line).await;
        assert!(code == 2 && text.contains(says), "{text}");
    }
}

#[tokio::test]
async fn a_copy_holds_what_an_erasure_takes() {
    let app = instance().await;
    let shop = app.shop("bottega.example").await;
    review(&app, &app.invited(&shop, "#1", ADA).await).await;
    let corrected = event("order.updated", "#1", "eva@posta.example", app.now().plus_ms(1));
    app.post_event(&shop, &corrected).await.expect(202, "the shop names somebody else");
    let (code, copy) = attesta(&app, &["gdpr", "export", ADA, "--json"]).await;
    assert!(code == 0 && copy.contains(WORD) && !copy.contains("e•••@"), "{copy}");
    let (code, done) = attesta(&app, &["gdpr", "erase", ADA, "--json"]).await;
    let done: Value = serde_json::from_str(&done).expect("one document");
    assert_eq!((code, &done["shops"][0]["reviews"]), (0, &json!(2)), "{done}");
    let (code, copy) = attesta(&app, &["gdpr", "export", ADA, "--json"]).await;
    assert!(code == 0 && !copy.contains("#1"), "nobody is known to have been asked any more: {copy}");
}

/// Ten orders of ten people.
async fn ten(app: &TestApp) {
    let shop = app.shop("bottega.example").await;
    for number in 0..10 {
        let event = fulfilled(&format!("#{number}"), &format!("c{number}@posta.example"), app.now());
        app.post_event(&shop, &event).await.expect(202, "taken");
    }
}

/// How many of the ten can be read by a process with these keys.
async fn readable(app: &TestApp, keyring: &Keyring) -> usize {
    let keyring = keyring.clone();
    let people: Vec<_> = (0..10)
        .map(|number| keyring.person(&EmailAddress::parse(&format!("c{number}@posta.example")).expect("an address")))
        .collect();
    let read = app.ctx().db().read(move |conn| {
        let mut found = 0;
        for person in people {
            let records = orders::personal::records(conn, &keyring, None, &person)?;
            found += records.iter().filter(|record| record.personal.email.is_some()).count();
        }
        Ok(found)
    });
    read.await.expect("records are read")
}

/// A new key that no running process has heard of yet.
async fn new_key(app: &TestApp) -> Keyring {
    let ctx = app.ctx().clone();
    let made = tokio::task::spawn_blocking(move || {
        let random = std::sync::Arc::new(SeededRandom::new(77));
        let master = app::master_source(ctx.config())?.obtain(ctx.db(), &*random)?;
        keyring::rotate(ctx.db(), &master, Purpose::Address, false, (ctx.now(), &*random))?;
        Keyring::open(ctx.db(), master, random, ctx.now())
    });
    made.await.expect("the rotation ends").expect("the key is made")
}

#[tokio::test]
async fn a_rotation_that_was_stopped_goes_on_with_its_key() {
    let app = instance().await;
    ten(&app).await;
    let keyring = new_key(&app).await;
    let inner = keyring.clone();
    let done = app.ctx().db().write(move |tx| orders::personal::reseal(tx, &inner, 4)).await.expect("a first batch");
    assert_eq!(done, 4, "and then the power went");
    let (code, text) = attesta(&app, &["key", "rotate", "address", "--json"]).await;
    let said: Value = serde_json::from_str(&text).expect("one document");
    assert_eq!((code, &said["resealed"], &said["resumed"]), (0, &json!(6), &json!(true)), "{said}");
    assert_eq!(readable(&app, &keyring).await, 10, "the same key opens all of them");
    let (_, text) = attesta(&app, &["key", "rotate", "address"]).await;
    assert!(text.contains("10 of 10 addresses") && text.contains("10 stored ones were sealed again"), "{text}");
    app.ctx().keyring().refresh(app.ctx().db()).await.expect("the server reads its keys again");
    assert_eq!(readable(&app, app.ctx().keyring()).await, 10);
}

/// A server that has not heard of the new key yet leaves alone what is sealed with it.
async fn unaware(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    ten(&app).await;
    let keyring = new_key(&app).await;
    let inner = keyring.clone();
    app.ctx().db().write(move |tx| orders::personal::reseal(tx, &inner, 100)).await.expect("all of them");
    app.rooms.let_people_go().await.expect("the tick of the unaware server");
    assert_eq!(readable(&app, &keyring).await, 10, "nothing is lost on {engine:?}");
    let shop = app.shop("altra.example").await;
    app.post_event(&shop, &fulfilled("#0", "c0@posta.example", app.now())).await.expect(202, "sealed with the old key");
    app.ctx().keyring().refresh(app.ctx().db()).await.expect("a second later it knows");
    app.rooms.let_people_go().await.expect("its tick finishes the rotation");
    let inner = keyring.clone();
    let left = app.ctx().db().read(move |conn| orders::personal::to_reseal(conn, &inner)).await.expect("counted");
    assert_eq!((left, readable(&app, app.ctx().keyring()).await), (0, 11));
}

stories! {
    a_server_beside_a_rotation_loses_nothing: unaware;
}
