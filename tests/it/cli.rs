//! The command line as scripts use it: JSON in one document, exit codes, keys shown once, and a running server that sees
//! what was changed beside it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use attesta::cli;
use attesta::config::Environment;
use attesta::db::{Connection, Engine};
use attesta::kernel::time::{Clock as _, SystemClock};
use diesel::connection::SimpleConnection as _;
use serde_json::{Value, json};

use crate::support::app::{TestApp, TestShop};
use crate::support::dns::{Dns, Record};

/// One command over a data folder: exit code, what it said, what it complained about.
fn attesta(dir: &Path, line: &[&str]) -> (u8, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let folder = dir.display().to_string();
    let args = ["attesta"].iter().chain(line).chain(&["--data-dir", &folder]).map(OsString::from).collect::<Vec<_>>();
    let code = cli::run(args, Environment::empty(), &mut out, &mut err);
    (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

/// A command that must succeed, as JSON.
fn done(dir: &Path, line: &[&str]) -> Value {
    let (code, out, err) = attesta(dir, &[line, &["--json"]].concat());
    assert_eq!(code, 0, "{line:?}: {err}{out}");
    serde_json::from_str(&out).unwrap_or_else(|error| panic!("one JSON document was expected ({error}): {out}"))
}

const CREATE: [&str; 12] = [
    "shop",
    "create",
    "--domain",
    "www.Bottega.example",
    "--name",
    "Bottega",
    "--locale",
    "it",
    "--invite-on",
    "fulfilled",
    "--invite-after",
    "7d",
];

#[test]
fn a_shop_is_created_listed_changed_and_closed() {
    let dir = tempfile::tempdir().unwrap();
    let made = done(dir.path(), &CREATE);
    let mut names: Vec<_> = made.as_object().unwrap().keys().cloned().collect();
    names.sort();
    assert_eq!(names, ["api_key", "domain", "shop", "webhook_secret"], "scripts rely on these four");
    assert_eq!(made["domain"], "bottega.example");
    let (secret, key) = (made["webhook_secret"].as_str().unwrap(), made["api_key"].as_str().unwrap());
    assert!(secret.starts_with("whsec_") && key.starts_with("atk_"));
    let listed = done(dir.path(), &["shop", "list"]);
    assert_eq!(listed["shops"][0]["shop"], made["shop"]);
    assert_eq!(listed["shops"][0]["policy"]["invite_after"], "7d");
    assert!(!listed.to_string().contains(secret) && !listed.to_string().contains(key), "keys are shown once");
    let line = ["shop", "set", "bottega.example", "--country", "IT", "--hours", "9-20", "--paused", "true"];
    let set = done(dir.path(), &line);
    assert_eq!(
        (&set["country"], &set["policy"]["hours"], &set["paused"]),
        (&json!("IT"), &json!({"from": 9, "to": 20}), &json!(true))
    );
    for (contact, silent) in [("https://bottega.example/contact", true), ("ciao@bottega.example", false)] {
        let (_, said, _) = attesta(dir.path(), &["shop", "set", "bottega.example", "--contact", contact]);
        assert_eq!(said.contains("No weekly mail is sent: it goes to `contact`"), silent, "{said}");
    }
    let cleared =
        done(dir.path(), &["shop", "set", "--shop", "bottega.example", "--clear", "country", "--clear", "hours"]);
    assert_eq!((&cleared["country"], &cleared["policy"]["hours"]), (&Value::Null, &Value::Null));
    for (verb, status) in [("close", "closed"), ("suspend", "suspended"), ("reopen", "open")] {
        assert_eq!(done(dir.path(), &["shop", verb, "bottega.example"])["status"], status);
    }
}

#[test]
fn what_is_not_accepted_is_named_by_its_option_and_nothing_is_written() {
    let dir = tempfile::tempdir().unwrap();
    done(dir.path(), &CREATE);
    for (line, code, says) in [
        (&["shop", "create", "--name", "B", "--locale", "it"][..], 2, "--domain is needed"),
        (
            &["shop", "create", "--domain", "b.example", "--name", "B", "--locale", "it", "--time-zone", "Rome"],
            2,
            "--time-zone: ",
        ),
        (
            &["shop", "create", "--domain", "b.example", "--name", "B", "--locale", "it", "--invite-on", "shipped"],
            2,
            "--invite-on: ",
        ),
        (
            &["shop", "create", "--domain", "b.example", "--name", "B", "--locale", "it", "--hours", "20-9"],
            2,
            "--hours: ",
        ),
        (&CREATE, 1, "Another shop has the domain bottega.example"),
        (&["shop", "set", "nobody.example", "--name", "X"], 1, "There is no shop nobody.example"),
        (&["shop", "set", "bottega.example"], 2, "Nothing to change"),
        (&["shop", "set", "bottega.example", "--merchant", "mer_00000000000000000000000000"], 2, "no such merchant"),
        (&["shop", "set", "bottega.example", "--clear", "name"], 2, "--name: "),
        (&["key", "rotate", "webhook", "--shop", "bottega.example", "--overlap", "31d"], 2, "--overlap: "),
        (&["event", "send", "order.shipped", "--shop", "bottega.example"], 2, "is no event type"),
        (&["review", "restrict", "rev_x", "--reason", "spam", "--statement", "x"], 2, "rev_x"),
        (&["review", "restore", "rev_00000000000000000000000000"], 1, "There is no review"),
    ] {
        let (got, out, err) = attesta(dir.path(), line);
        assert_eq!(got, code, "{line:?}: {out}{err}");
        assert!(err.contains(says), "{line:?}: {err}");
    }
    assert_eq!(done(dir.path(), &["shop", "list"])["shops"].as_array().unwrap().len(), 1);
}

#[test]
fn every_key_rotates_and_what_it_closed_still_opens() {
    // What main does first; another test of this binary may have done it.
    drop(rustls::crypto::ring::default_provider().install_default());
    let dir = tempfile::tempdir().unwrap();
    let made = done(dir.path(), &CREATE);
    let secret = done(dir.path(), &["key", "rotate", "webhook", "--shop", "bottega.example"]);
    assert_ne!(secret["webhook_secret"], made["webhook_secret"]);
    assert!(secret["previous_until"].is_string(), "the old secret lives on for a day");
    let key = done(dir.path(), &["key", "rotate", "api", "--shop", "bottega.example", "--overlap", "0h"]);
    assert!(key["api_key"].as_str().unwrap().starts_with("atk_") && key["previous_until"].is_null());
    for purpose in ["token", "certificate", "address"] {
        let done = done(dir.path(), &["key", "rotate", purpose]);
        assert!(done["key"].as_i64() > done["previous"].as_i64(), "{done}");
    }
    let leaked = done(dir.path(), &["key", "rotate", "certificate", "--retire"]);
    assert_eq!(leaked["retired"], true, "after a leak: {leaked}");
    let before = std::fs::read(dir.path().join("master.key")).unwrap();
    assert!(done(dir.path(), &["key", "rotate", "master"])["keys"].as_i64() > Some(4));
    assert_ne!(std::fs::read(dir.path().join("master.key")).unwrap(), before);
    // Needs the shop's secret, sealed under a key that the new master key wraps; fails only at the absent server.
    let line = ["event", "send", "order.fulfilled", "--shop", "bottega.example", "--url", "http://127.0.0.1:9"];
    let (code, _, err) = attesta(dir.path(), &line);
    assert_eq!(code, 1);
    assert!(err.contains("does not answer"), "{err}");
}

/// The same beside a running server: commands bring their own runtime, so they run on a thread of their own.
/// A command beside a resolver that runs on this runtime.
async fn with_dns(dir: &Path, line: Vec<String>) -> (u8, String, String) {
    let dir = dir.to_path_buf();
    let work = move || attesta(&dir, &line.iter().map(String::as_str).collect::<Vec<_>>());
    tokio::task::spawn_blocking(work).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_are_printed_verified_and_rotated() {
    let (dir, dns) = (tempfile::tempdir().unwrap(), Dns::start().await);
    let line = |words: &str| {
        let resolver = format!("dns.resolver={}", dns.address());
        let own = ["--public-url", "https://reviews.example", "--set", &resolver];
        words.split(' ').chain(own).map(str::to_owned).collect::<Vec<_>>()
    };
    let (code, out, err) = with_dns(dir.path(), line("mail records --json")).await;
    assert_eq!(code, 0, "{err}");
    let records: Value = serde_json::from_str(&out).unwrap();
    let (code, zone, _) = with_dns(dir.path(), line("mail records --zone")).await;
    assert!(code == 0 && zone.lines().count() == 4, "the same keys again: {zone}");
    assert!(zone.lines().all(|line| line.split('"').skip(1).step_by(2).all(|text| text.len() <= 255)), "{zone}");
    let (code, out, _) = with_dns(dir.path(), line("mail verify")).await;
    assert!(
        code == 1 && out.contains("missing: There is no TXT record") && out.contains("publish: v=DKIM1; k=rsa"),
        "{out}"
    );
    for record in records["records"].as_array().unwrap() {
        let (name, text) = (record["name"].as_str().unwrap(), record["publish"].as_str().unwrap());
        assert!(zone.contains(name), "{zone}");
        dns.txt(name, text);
    }
    let (code, out, err) = with_dns(dir.path(), line("mail verify")).await;
    assert!(code == 0 && out.contains("mail is signed"), "{out}{err}");
    let (code, out, err) = with_dns(dir.path(), line("key rotate dkim --json")).await;
    assert_eq!(code, 0, "{err}");
    let rotated: Value = serde_json::from_str(&out).unwrap();
    let after = rotated["domains"][0]["records"].as_array().unwrap();
    assert_eq!((after.len(), rotated["domains"][0]["state"].as_str()), (6, Some("signing")), "{rotated}");
    let (code, out, _) = with_dns(dir.path(), line("mail verify")).await;
    assert_eq!(code, 1, "the new records are missing: {out}");
    for (words, said) in [
        ("mail records -x.example", "unexpected argument"),
        ("mail records exa_mple", "not a domain name"),
        ("key rotate dkim --domain nowhere.example", "no sending domain"),
        ("mail test -x@example.com", "may not start with a hyphen"),
        ("mail test a@example.com --shop nowhere.example", "There is no shop"),
        ("mail test a@example.com --language xx", "--language"),
    ] {
        let (code, _, err) = with_dns(dir.path(), line(words)).await;
        assert!(code != 0 && err.contains(said), "{words}: {code} {err}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_records_of_the_return_address_are_printed_and_verified() {
    let (dir, dns) = (tempfile::tempdir().unwrap(), Dns::start().await);
    let line = |words: &str| {
        let settings = [
            format!("dns.resolver={}", dns.address()),
            "returns.mailbox=returns@bounces.reviews.example".to_owned(),
            "returns.listen=0.0.0.0:25".to_owned(),
            "returns.exchanger=mx.reviews.example".to_owned(),
        ];
        let own = ["--public-url", "https://reviews.example", "--smtp-url", "smtp://127.0.0.1:9"].map(str::to_owned);
        let set = settings.into_iter().flat_map(|setting| ["--set".to_owned(), setting]);
        words.split(' ').map(str::to_owned).chain(own).chain(set).collect::<Vec<_>>()
    };
    let (code, zone, err) = with_dns(dir.path(), line("mail records --zone")).await;
    assert_eq!(code, 0, "{err}");
    assert!(zone.contains("bounces.reviews.example. 3600 IN MX 10 mx.reviews.example."), "{zone}");
    assert!(zone.contains("bounces.reviews.example. 3600 IN TXT \"v=spf1 a:reviews.example ~all\""), "{zone}");
    let (_, out, _) = with_dns(dir.path(), line("mail records")).await;
    assert!(out.contains("MX     bounces.reviews.example  MX\n       publish: 10 mx.reviews.example"), "{out}");
    assert!(out.contains("DMARC is met by DKIM and by SPF"), "{out}");
    dns.set("mx.reviews.example", &[Record::Address("192.0.2.7".parse().unwrap())]);
    dns.set("bounces.reviews.example", &[Record::Exchanger("mx.reviews.example")]);
    let (code, out, _) = with_dns(dir.path(), line("mail verify")).await;
    assert!(code == 1 && out.contains("right: Bounces come back by mx.reviews.example to the listener."), "{out}");
    assert!(out.contains("SPF    bounces.reviews.example  TXT\n       missing:"), "{out}");
}

#[test]
fn mails_are_looked_over_and_a_test_tells_its_steps() {
    let dir = tempfile::tempdir().unwrap();
    done(dir.path(), &CREATE);
    let looked = done(dir.path(), &["mail", "check"]);
    assert!(looked["mails"].as_array().unwrap().len() >= 25, "every mail in every language: {looked}");
    assert!(attesta(dir.path(), &["mail", "check"]).1.contains("An HTML part may have 61440 bytes."));
    let samples = dir.path().join("samples");
    let line = ["mail", "check", "--public-url", "https://voices.example/a", "--out", samples.to_str().unwrap()];
    assert_eq!(attesta(dir.path(), &line).0, 0, "at home where the settings say");
    let invitation = std::fs::read_to_string(samples.join("invitation.it.1.html")).unwrap();
    assert!(
        invitation.contains("https://voices.example/a/r/") && !invitation.contains("reviews.example"),
        "{invitation}"
    );
    assert_eq!(looked["one_click"], json!(true), "nothing is said of it where no mail leaves: {looked}");
    let plain = ["mail", "check", "--public-url", "http://voices.example"];
    let (code, out, _) = attesta(dir.path(), &plain);
    assert!(code == 1 && out.contains("set public_url to its https:// address"), "{out}");
    let looked = attesta(dir.path(), &[&plain[..], &["--json"]].concat()).1;
    assert!(looked.contains("\"one_click\":false") || looked.contains("\"one_click\": false"), "{looked}");
    let (code, out, _) = attesta(dir.path(), &["mail", "test", "ada@example.com", "--shop", "bottega.example"]);
    assert!(code == 1 && out.contains("Next: To send it, set smtp_url"), "{out}");
    assert!(out.contains("From \"Bottega (via Attesta)\" <reviews@attesta.invalid>"), "{out}");
    for hold in [&["mail", "pause", "--shop", "bottega.example"][..], &["mail", "pause"]] {
        done(dir.path(), hold);
        let again = attesta(dir.path(), &["mail", "test", "ada@example.com", "--shop", "bottega.example"]).1;
        assert!(again.contains("Next: To send it, set smtp_url"), "no hold stops the operator's own test: {again}");
    }
    let (code, out, _) =
        attesta(dir.path(), &["mail", "test", "ada@example.com", "--smtp-url", "smtp://u:geheim@127.0.0.1:1"]);
    assert!(code == 1 && out.contains("Nobody listens at the mail server's port.") && !out.contains("geheim"), "{out}");
    let set =
        ["shop", "set", "bottega.example", "--mail-name", "Bottega Ligure", "--mail-from", "ciao@elsewhere.example"];
    let changed = done(dir.path(), &set);
    assert_eq!(
        (&changed["mail_name"], &changed["mail_from"]),
        (&json!("Bottega Ligure"), &json!("ciao@elsewhere.example"))
    );
    for (option, value) in [
        ("--mail-name", "a\r\nBcc: b"),
        ("--mail-name", "=?utf-8?q?x?="),
        ("--mail-name", "Lasciaci 5 stelle"),
        ("--name", "Lasciaci 5 stelle"),
        ("--mail-from", "x@y@z"),
    ] {
        let (code, _, err) = attesta(dir.path(), &["shop", "set", "bottega.example", option, value]);
        assert!(code == 2 && err.contains(option), "{option}: {err}");
    }
}

async fn beside(dir: PathBuf, line: &'static str, more: Vec<String>) -> (u8, Value) {
    let run = move || {
        let words: Vec<&str> = line.split(' ').chain(more.iter().map(String::as_str)).chain(["--json"]).collect();
        let (code, out, err) = attesta(&dir, &words);
        (code, serde_json::from_str(if out.is_empty() { &err } else { &out }).unwrap_or(Value::Null))
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

#[tokio::test]
async fn what_the_operator_does_beside_a_running_server_is_seen_there() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let app = TestApp::start(Engine::Sqlite).await.expect("SQLite is always there");
    // Commands live in real time.
    app.clock().set(SystemClock.now());
    let dir = app.house.dir.path().to_owned();
    let run = |line: &'static str| beside(dir.clone(), line, Vec::new());
    let send = |line: &'static str| beside(dir.clone(), line, vec!["--url".to_owned(), app.url("")]);
    let (code, made) = run("shop create --domain bottega.example --name Bottega --locale it --invite-after 0h").await;
    assert_eq!(code, 0, "{made}");
    let (code, sent) =
        send("event send order.fulfilled --shop bottega.example --number A1 --email ada@example.com").await;
    assert_eq!((code, &sent["status"]), (0, &json!(202)), "{sent}");
    let mut shop = TestShop {
        id: made["shop"].as_str().unwrap().parse().unwrap(),
        domain: "bottega.example".to_owned(),
        secret: attesta::sign::webhook::Secret::parse(made["webhook_secret"].as_str().unwrap()).unwrap(),
        api_key: made["api_key"].as_str().unwrap().to_owned(),
    };
    app.clock().set(SystemClock.now());
    app.run_jobs().await;
    assert_eq!(app.order(&shop, "A1").await["state"], "sent");
    let link = app.review_link("ada@example.com");
    app.post_form(&link, &[("stars", "1"), ("text", "Non è arrivata."), ("name", "Ada")]).await;
    let reviews = app.get("/v1/shops/bottega.example/reviews").await.expect(200, "it is public");
    let id = reviews["data"][0]["id"].as_str().unwrap().to_owned();
    let review = format!("/v1/reviews/{id}");
    let because =
        |id: &str| [id, "--reason", "personal_data", "--statement", "A phone number."].map(str::to_owned).to_vec();
    assert_eq!(beside(dir.clone(), "review restrict", because(&id)).await.0, 0);
    assert_eq!(app.get(&review).await.expect(410, "restricted")["reason"], "personal_data");
    assert_eq!(beside(dir.clone(), "review restrict", because(&id)).await.0, 1, "once is enough");
    assert_eq!(beside(dir.clone(), "review restore", vec![id]).await.0, 0);
    assert_eq!(app.get(&review).await.expect(200, "restored")["stars"], 1);
    let (_, key) = run("key rotate api --shop bottega.example --overlap 0h").await;
    app.get_as(&shop, "/settings").await.expect(401, "the old key ended");
    key["api_key"].as_str().unwrap().clone_into(&mut shop.api_key);
    let (_, address) = run("key rotate address").await;
    assert_eq!(address["resealed"], 1, "{address}");
    run("shop suspend bottega.example").await;
    assert_eq!(app.get_as(&shop, "/settings").await.expect(200, "it still reads")["status"], "suspended");
    let (code, refused) = send("event send order.created --shop bottega.example").await;
    assert_eq!((code, &refused["status"], &refused["answer"]["code"]), (1, &json!(403), &json!("shop_suspended")));
}

#[tokio::test]
async fn mails_that_a_shop_changed_are_looked_over_too() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let app = TestApp::start(Engine::Sqlite).await.expect("SQLite is always there");
    let shop = app.shop("bottega.example").await;
    app.shop("orto.example").await;
    let dir = app.house.dir.path().to_owned();
    let look = async |more: &[&str]| {
        let more: Vec<String> = more.iter().map(|word| (*word).to_owned()).collect();
        let line = ["mail", "check"].iter().map(|word| (*word).to_owned()).chain(more).collect();
        with_dns(&dir, line).await
    };
    let own = json!({ "subject": "Ordine {{order.number}}", "text": { "opening": "Ciao." } });
    app.send_as(&shop, "PUT", "/templates/invitation/it", &own).await.expect(200, "stored");
    app.send_as(&shop, "PUT", "/templates/reminder/de", &own).await.expect(200, "stored");
    app.send_as(&shop, "PUT", "/templates/reminder/de", &json!({})).await.expect(200, "given back to the house");

    let (code, out, err) = look(&["--json"]).await;
    assert_eq!(code, 0, "{err}{out}");
    let all: Value = serde_json::from_str(&out).unwrap();
    let of = |shop: &Value| {
        let mails = all["mails"].as_array().unwrap().iter().filter(|mail| mail["shop"] == *shop);
        mails.map(|mail| (mail["mail"].clone(), mail["language"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(of(&Value::Null).len(), 40, "the house's own");
    assert_eq!(of(&json!("bottega.example")), [(json!("invitation"), json!("it"))]);
    assert!(of(&json!("orto.example")).is_empty(), "it changed nothing");
    let (code, out, _) = look(&["--shop", "bottega.example"]).await;
    assert!(code == 0 && out.starts_with("In the words of bottega.example:\n"), "{out}");
    assert_eq!(out.matches("invitation ").count(), 1, "{out}");
    let (code, out, _) = look(&["--shop", "orto.example"]).await;
    assert!(code == 0 && out.contains("This shop changed no mail"), "{out}");
    assert_eq!(look(&["--shop", "nowhere.example"]).await.0, 1);

    // As an older release may have stored it.
    let spoil = "UPDATE shop_templates SET body = '{\"text\":{\"opening\":\"Dacci 5 stelle, {{nessuno}}\"}}' WHERE mail = 'invitation'";
    let write = move |tx: &mut Connection| match tx {
        Connection::Sqlite(c) => Ok(c.batch_execute(spoil)?),
        Connection::Pg(c) => Ok(c.batch_execute(spoil)?),
    };
    app.ctx().db().write(write).await.unwrap();
    let (code, out, _) = look(&[]).await;
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("it would be refused today: /text/opening, line 1"), "{out}");
    assert!(out.contains("the house's words are sent in their place (many_items)"), "{out}");
}
