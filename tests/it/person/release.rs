//! The operator stops mail to an address, and lifts what stops it wrongly; what the person said themselves stays.

use std::ffi::OsString;

use attesta::cli;
use attesta::config::Environment;
use attesta::db::Engine;
use attesta::invitations::{Reach, Suppression, SuppressionReason, suppress};
use attesta::kernel::time::{Clock as _, SystemClock};
use attesta::orders::Actor;
use serde_json::{Value, json};

use super::{ADA, hash, stories};
use crate::support::app::{TestApp, TestShop, fulfilled};

const EVA: &str = "eva.neri@posta.example";

/// A command beside the running server, as a person reads it; no address may be in what it says.
async fn said(app: &TestApp, line: &[&str]) -> String {
    // Commands live in real time.
    app.clock().set(SystemClock.now());
    let config = app.ctx().config();
    let (dir, url) = (config.data_dir.display().to_string(), config.database_url.to_string());
    let place = ["--data-dir", &dir, "--database-url", &url];
    let all: Vec<OsString> = ["attesta", "mail"].iter().chain(line).chain(&place).map(OsString::from).collect();
    let run = move || {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = cli::run(all, Environment::empty(), &mut out, &mut err);
        (code, String::from_utf8([out, err].concat()).expect("text"))
    };
    let (code, text) = tokio::task::spawn_blocking(run).await.expect("the command ends");
    assert_eq!(code, 0, "{line:?}: {text}");
    assert!(!text.contains(ADA) && !text.contains(EVA), "the address is masked: {text}");
    text
}

/// The same, as a program reads it.
async fn done(app: &TestApp, line: &[&str]) -> Value {
    serde_json::from_str(&said(app, &[line, &["--json"]].concat()).await).expect("one document")
}

/// Reason and reach of each.
fn reasons(list: &Value) -> Vec<(&str, &str)> {
    let all = list.as_array().expect("a list").iter();
    all.map(|one| (one["reason"].as_str().expect("a reason"), one["reach"].as_str().expect("a reach"))).collect()
}

async fn start(engine: Engine) -> Option<(TestApp, TestShop, TestShop)> {
    drop(rustls::crypto::ring::default_provider().install_default());
    let app = TestApp::start(engine).await?;
    app.clock().set(SystemClock.now());
    let (shop, other) = (app.shop("bottega.example").await, app.shop("altrove.example").await);
    Some((app, shop, other))
}

async fn ordered(app: &TestApp, shop: &TestShop, number: &str, email: &str) {
    app.post_event(shop, &fulfilled(number, email, app.now())).await.expect(202, "taken");
}

async fn state(app: &TestApp, shop: &TestShop, number: &str) -> (String, String) {
    app.run_jobs().await;
    let order = app.order(shop, number).await;
    let text = |field: &str| order[field].as_str().unwrap_or_default().to_owned();
    (text("state"), text("reason"))
}

fn skipped(reason: &str) -> (String, String) {
    ("skipped".to_owned(), reason.to_owned())
}

async fn befalls(app: &TestApp, shop: &TestShop, address: &str, (reach, reason): (Reach, SuppressionReason)) {
    let (id, wish) = (shop.id, Suppression { person: hash(app, address), reach, reason, at: app.now() });
    app.ctx().db().write(move |tx| suppress(tx, id, &wish, Actor::Attesta)).await.expect("it is written");
}

async fn stopped(engine: Engine) {
    let Some((app, shop, other)) = start(engine).await else { return };
    ordered(&app, &shop, "#1", ADA).await;
    ordered(&app, &other, "#2", ADA).await;
    ordered(&app, &shop, "#eva", EVA).await;
    let one = done(&app, &["suppress", "Ada.Bianchi@POSTA.example", "--shop", "bottega.example"]).await;
    assert_eq!((&one["shop"], &one["changed"], &one["ended"]), (&json!(shop.id), &json!(true), &json!(1)), "{one}");
    assert_eq!((&one["address"], &one["stands"][0]["domain"]), (&json!("a•••@posta.example"), &json!(shop.domain)));
    let all = said(&app, &["suppress", ADA]).await;
    assert!(
        all.starts_with("Mail to a•••@posta.example from any shop is stopped. The invitation that waited"),
        "{all}"
    );
    assert!(all.contains("(every shop)") && all.contains("(bottega.example)"), "{all}");
    let again = done(&app, &["suppress", ADA]).await;
    assert_eq!((&again["changed"], &again["ended"]), (&json!(false), &json!(0)), "twice is once");
    for (shop, number) in [(&shop, "#1"), (&other, "#2")] {
        assert_eq!(state(&app, shop, number).await, skipped("suppressed_by_operator"), "{engine:?}");
    }
    ordered(&app, &shop, "#3", ADA).await;
    assert_eq!(state(&app, &shop, "#3").await, skipped("suppressed_by_operator"), "nor what comes later");
    assert_eq!(state(&app, &shop, "#eva").await.0, "sent", "others are asked");
    let free = done(&app, &["release", ADA]).await;
    assert_eq!(reasons(&free["lifted"]), [("operator", "instance"), ("operator", "shop")], "wherever it reached");
    assert_eq!(free["stands"], json!([]));
    assert_eq!(said(&app, &["release", ADA]).await.trim(), "Nothing stops mail to a•••@posta.example from any shop.");
    ordered(&app, &shop, "#4", ADA).await;
    assert_eq!(state(&app, &shop, "#4").await.0, "sent", "{engine:?}");
    assert_eq!(state(&app, &shop, "#1").await, skipped("suppressed_by_operator"), "what was dropped stays dropped");
}

async fn wrong(engine: Engine) {
    let Some((app, shop, other)) = start(engine).await else { return };
    befalls(&app, &shop, ADA, (Reach::Instance, SuppressionReason::HardBounce)).await;
    befalls(&app, &shop, ADA, (Reach::Shop(shop.id), SuppressionReason::Complaint)).await;
    ordered(&app, &other, "#1", ADA).await;
    assert_eq!(state(&app, &other, "#1").await, skipped("address_bounced"));
    let here = said(&app, &["release", ADA, "--shop", "bottega.example"]).await;
    assert!(here.contains("Lifted for a•••@posta.example:\n  a complaint, on "), "{here}");
    assert!(
        here.contains("leave --shop out:\n  a hard bounce, on ") && here.contains("Where nothing stands"),
        "{here}"
    );
    let all = done(&app, &["release", ADA]).await;
    assert_eq!((reasons(&all["lifted"]), &all["stands"]), (vec![("hard_bounce", "instance")], &json!([])));
    for (shop, number) in [(&shop, "#2"), (&other, "#3")] {
        ordered(&app, shop, number, ADA).await;
        assert_eq!(state(&app, shop, number).await.0, "sent", "{engine:?}");
    }
}

/// Whichever came first, a person's own word is not lost to what others said meanwhile.
async fn own(engine: Engine) {
    let Some((app, shop, _other)) = start(engine).await else { return };
    for (address, first) in [(ADA, true), (EVA, false)] {
        app.invited(&shop, &format!("#1 {address}"), address).await;
        let leave = app.unsubscribe_link(address);
        if !first {
            done(&app, &["suppress", address, "--shop", "bottega.example"]).await;
        }
        let left = app.post_form(&leave, &[("List-Unsubscribe", "One-Click")]).await;
        assert!(left.status < 300, "{}", left.text);
        befalls(&app, &shop, address, (Reach::Shop(shop.id), SuppressionReason::Complaint)).await;
        if first {
            done(&app, &["suppress", address, "--shop", "bottega.example"]).await;
        }
        let free = done(&app, &["release", address]).await;
        assert_eq!(reasons(&free["lifted"]), [("operator", "shop")], "{free}");
        assert_eq!(reasons(&free["stands"]), [("unsubscribed", "shop")], "{free}");
        let text = said(&app, &["release", address]).await;
        assert!(text.starts_with("Nothing was lifted for "), "{text}");
        assert!(text.contains("which you cannot take back:\n  they unsubscribed, on "), "{text}");
        let number = format!("#2 {address}");
        ordered(&app, &shop, &number, address).await;
        assert_eq!(state(&app, &shop, &number).await, skipped("unsubscribed"), "{engine:?}");
    }
}

stories! {
    the_operator_stops_mail_to_an_address_and_lets_it_go: stopped;
    a_wrong_bounce_and_a_wrong_complaint_are_lifted: wrong;
    an_unsubscription_is_the_persons_own: own;
}
