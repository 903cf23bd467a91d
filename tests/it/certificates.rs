//! Certificates over real HTTP, on both engines: issued, kept, checked, forged, outlived.

use attesta::config::Environment;
use attesta::db::{Connection, Engine};
use attesta::kernel::time::{DAY, HOUR};
use attesta::keyring::{self, Purpose};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::connection::SimpleConnection as _;
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};

use crate::support::app::{Answer, TestApp, TestShop};
use crate::support::house::ENGINES;

const ADA: &str = "ada@example.com";

/// A running instance, a shop, Ada's link and the id of what she wrote.
async fn start(engine: Engine) -> Option<(TestApp, TestShop, String, String)> {
    let app = TestApp::start(engine).await?;
    let shop = app.shop("bottega.example").await;
    let link = app.invited(&shop, "#1001", ADA).await;
    app.advance(HOUR);
    let fields = [("stars", "4"), ("title", "Così"), ("text", "La moka funziona."), ("name", "Ada Bianchi")];
    assert_eq!(app.post_form(&link, &fields).await.status, 201, "it is published");
    let list = app.get(&format!("/v1/shops/{}/reviews", shop.domain)).await.expect(200, "public");
    let id = list["data"][0]["id"].as_str().unwrap().to_owned();
    Some((app, shop, link, id))
}

async fn certificate(app: &TestApp, id: &str) -> Answer {
    app.get(&format!("/v1/reviews/{id}/certificate")).await
}

async fn check(app: &TestApp, text: &str) -> Value {
    let body = json!({ "certificate": text }).to_string();
    app.post_raw(&app.url("/v1/certificates/verify"), &[], body.as_bytes()).await.expect(200, "it is looked at")
}

async fn finding(app: &TestApp, text: &str) -> String {
    let answer = check(app, text).await;
    let (genuine, claims) = (answer["genuine"].as_bool().unwrap(), &answer["claims"]);
    assert_eq!(genuine, claims.is_object(), "claims are shown of a genuine one only: {answer}");
    answer["finding"].as_str().unwrap().to_owned()
}

fn read(token: &str, at: usize) -> Value {
    let part = URL_SAFE_NO_PAD.decode(token.split('.').nth(at).unwrap()).unwrap();
    serde_json::from_slice(&part).unwrap()
}

async fn operate(app: &TestApp, args: &[&str]) {
    let config = app.ctx().config();
    let mut all: Vec<std::ffi::OsString> = vec!["attesta".into()];
    all.extend(args.iter().map(Into::into));
    all.extend(["--data-dir".into(), config.data_dir.clone().into()]);
    all.extend(["--database-url".into(), config.database_url.to_string().into()]);
    let run = move || {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = attesta::cli::run(all, Environment::empty(), &mut out, &mut err);
        (code, String::from_utf8([out, err].concat()).unwrap())
    };
    let (code, said) = tokio::task::spawn_blocking(run).await.unwrap();
    assert_eq!(code, 0, "{said}");
    seen(app).await;
}

async fn life(engine: Engine) {
    let Some((app, shop, link, id)) = start(engine).await else { return };
    let issued = certificate(&app, &id).await;
    assert_eq!((issued.status, issued.header("content-type")), (200, "application/jwt"), "{}", issued.text);
    assert_eq!(issued.header("cache-control"), "public, no-cache");
    assert_eq!(issued.header("access-control-allow-origin"), "*");
    assert!(issued.header("set-cookie").is_empty());
    let again = app.http.get(app.url(&format!("/v1/reviews/{id}/certificate")));
    let again = app.answer(again.header("if-none-match", issued.header("etag"))).await;
    assert_eq!((again.status, again.text.as_str()), (304, ""), "the same version, the same bytes");
    let first = issued.text;
    for private in ["Ada", "Bianchi", "1001", "@", "Così", "moka funziona"] {
        let claims = read(&first, 1).to_string();
        assert!(!claims.contains(private), "{private} is in {claims}");
    }
    assert_eq!(finding(&app, &first).await, "stands");
    assert_eq!(finding(&app, &format!(" {}\n{}\n", &first[..100], &first[100..])).await, "stands", "mails break lines");

    app.advance(DAY);
    let edited = app.post_form(&format!("{link}/edit"), &[("stars", "2"), ("text", "Si è rotta.")]).await;
    assert_eq!(edited.status, 200);
    let second = certificate(&app, &id).await.text;
    assert_ne!(first, second);
    assert_eq!(finding(&app, &first).await, "edited_since");
    assert_eq!(finding(&app, &second).await, "stands");
    let dropped = app.post_form(&format!("{link}/drop?version=1"), &[]).await;
    assert_eq!(dropped.status, 200, "{}", dropped.text);
    assert_eq!(finding(&app, &first).await, "words_dropped");

    operate(&app, &["review", "restrict", &id, "--reason", "court_order", "--statement", "Ordinanza 1/26."]).await;
    out_of_sight(&app, &shop, &id, "court_order").await;
    assert_eq!(finding(&app, &second).await, "restricted");
    operate(&app, &["review", "restore", &id]).await;
    assert_eq!(certificate(&app, &id).await.text, second, "back as it was on {engine:?}");
    let erased = app.post_form(&format!("{link}/erase"), &[]).await;
    assert_eq!(erased.status, 200);
    out_of_sight(&app, &shop, &id, "erased_by_author").await;
    assert_eq!((finding(&app, &first).await, finding(&app, &second).await), ("erased".into(), "erased".into()));
}

/// Gone wherever it stood, with its public reason, and a tombstone in the list.
async fn out_of_sight(app: &TestApp, shop: &TestShop, id: &str, reason: &str) {
    for path in [format!("/v1/reviews/{id}"), format!("/v1/reviews/{id}/certificate")] {
        let gone = app.get(&path).await;
        assert_eq!((gone.status, gone.header("cache-control")), (410, "no-cache"), "{path}");
        assert_eq!(gone.json()["reason"], reason);
    }
    let page = app.http.get(app.url(&format!("/reviews/{id}?lang=en"))).header("accept", "text/html");
    let page = app.answer(page).await;
    assert_eq!((page.status, page.header("cache-control")), (410, "no-cache"));
    let said = if reason == "court_order" { "court order" } else { "erased" };
    assert!(page.text.contains(said) && page.text.contains("noindex"), "the page says why: {}", page.text);
    assert!(!page.text.contains("/certificate"), "there is nothing to certify");
    let list = app.get(&format!("/v1/shops/{}/reviews", shop.domain)).await.expect(200, "public");
    let stone = &list["data"][0];
    assert_eq!((stone["id"].as_str(), stone["reason"].as_str()), (Some(id), Some(reason)), "a tombstone stands there");
    assert!(stone["date"].is_string() && stone.get("text").is_none());
}

#[tokio::test]
async fn a_certificate_outlives_edits_and_tells_of_restriction_and_erasure() {
    for engine in ENGINES {
        life(engine).await;
    }
}

async fn tampered(engine: Engine) {
    let Some((app, _, _, id)) = start(engine).await else { return };
    let token = certificate(&app, &id).await.text;
    for change in ["body = 'La moka funziona!'", "stars = 5", "title = ''", "published_at = published_at + 1"] {
        let name = change.split(' ').next().unwrap();
        let sql = format!("UPDATE reviews SET {change}");
        let keep = format!("CREATE TABLE kept AS SELECT {name} AS old FROM reviews");
        let undo = format!("UPDATE reviews SET {name} = (SELECT old FROM kept)");
        run(&app, &[&keep, &sql]).await;
        assert_eq!(finding(&app, &token).await, "words_differ", "{change} on {engine:?}");
        let page = app.get(&format!("/verify?lang=en&certificate={token}")).await;
        assert!(page.text.contains("does not match"), "people are told: {}", page.text);
        run(&app, &[&undo, "DROP TABLE kept"]).await;
        assert_eq!(finding(&app, &token).await, "stands");
    }
    run(&app, &["UPDATE reviews SET author = ''"]).await;
    assert_eq!(finding(&app, &token).await, "stands", "a dropped name is no change of what the review says");
}

async fn run(app: &TestApp, statements: &[&str]) {
    let all = statements.join(";");
    let write = move |tx: &mut Connection| match tx {
        Connection::Sqlite(c) => Ok(c.batch_execute(&all)?),
        Connection::Pg(c) => Ok(c.batch_execute(&all)?),
    };
    app.ctx().db().write(write).await.unwrap();
}

#[tokio::test]
async fn what_is_changed_behind_the_service_is_found_out() {
    for engine in ENGINES {
        tampered(engine).await;
    }
}

async fn rotated(engine: Engine) {
    let Some((app, _, _, id)) = start(engine).await else { return };
    let keys = || async {
        let set = app.get("/.well-known/jwks.json").await;
        assert_eq!(set.header("access-control-allow-origin"), "*");
        assert_eq!(set.header("cache-control"), "public, max-age=60");
        let kids = set.json()["keys"].as_array().unwrap().iter().map(|key| key["kid"].clone()).collect::<Vec<_>>();
        assert!(!set.text.contains("\"d\""), "public halves only");
        kids
    };
    let first = certificate(&app, &id).await.text;
    assert_eq!(keys().await, [read(&first, 0)["kid"].clone()]);
    app.advance(DAY);
    rotate(&app, false).await;
    let second = certificate(&app, &id).await.text;
    let (old, new) = (read(&first, 0)["kid"].clone(), read(&second, 0)["kid"].clone());
    assert_ne!(old, new);
    assert_eq!(keys().await, [new.clone(), old.clone()], "a replaced key stays published");
    assert_eq!((finding(&app, &first).await, finding(&app, &second).await), ("stands".into(), "stands".into()));
    assert!(read(&second, 1)["iat"].as_i64() > read(&first, 1)["iat"].as_i64(), "not before its key was there");
    assert_eq!(read(&second, 1)["commitment"], read(&first, 1)["commitment"]);
    rotate(&app, true).await;
    let third = certificate(&app, &id).await.text;
    assert_eq!(keys().await, [read(&third, 0)["kid"].clone()], "after a leak nothing before is published");
    assert_eq!(
        (finding(&app, &first).await, finding(&app, &second).await),
        ("unknown_key".into(), "unknown_key".into())
    );
    assert_eq!(finding(&app, &third).await, "stands", "on {engine:?}");
}

/// What the command line does, beside the running server.
async fn rotate(app: &TestApp, retire: bool) {
    let ctx = app.ctx().clone();
    let work = move || {
        let master = attesta::app::master_source(ctx.config()).unwrap().obtain(ctx.db(), ctx.random()).unwrap();
        keyring::rotate(ctx.db(), &master, Purpose::Certificate, retire, (ctx.now(), ctx.random())).unwrap()
    };
    tokio::task::spawn_blocking(work).await.unwrap();
    seen(app).await;
}

/// What a tick does every second.
async fn seen(app: &TestApp) {
    app.ctx().keyring().refresh(app.ctx().db()).await.unwrap();
    app.advance(2_000);
}

#[tokio::test]
async fn keys_rotate_under_a_running_server() {
    for engine in ENGINES {
        rotated(engine).await;
    }
}

/// Parts of a token, signed with a key of the attacker's choice.
fn token(header: &Value, claims: &Value, key: &SigningKey) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()).to_bytes());
    format!("{message}.{signature}")
}

/// None of these may be taken for genuine.
#[tokio::test]
async fn no_forgery_is_believed() {
    let (app, _, _, id) = start(Engine::Sqlite).await.expect("SQLite is built in");
    let real = certificate(&app, &id).await.text;
    let (header, claims) = (read(&real, 0), read(&real, 1));
    let mallory = SigningKey::from_bytes(&[7; 32]);
    let set = app.get("/.well-known/jwks.json").await.json();
    let x = set["keys"][0]["x"].as_str().unwrap();
    let parts: Vec<&str> = real.split('.').collect();
    let with = |name: &str, value: Value| {
        let mut header = header.clone();
        header[name] = value;
        header
    };
    let saying = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        token(&header, &claims, &mallory)
    };
    let none = |alg: &str| {
        let header = URL_SAFE_NO_PAD.encode(with("alg", alg.into()).to_string());
        [format!("{header}.{}.", parts[1]), format!("{header}.{}.{}", parts[1], parts[2])]
    };
    let hmac = |key: &[u8]| {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(with("alg", "HS256".into()).to_string()), parts[1]);
        let mac = attesta::sign::derive::mac(key, &[message.as_bytes()]);
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac))
    };
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(mallory.verifying_key().to_bytes())});
    let mut forgeries: Vec<String> = ["none", "None", "NONE"].iter().flat_map(|alg| none(alg)).collect();
    forgeries.extend([hmac(x.as_bytes()), hmac(&URL_SAFE_NO_PAD.decode(x).unwrap()), hmac(b"")]);
    for kid in ["../../../../etc/passwd", "/dev/null", "' OR '1'='1", "x'; DROP TABLE keyring; --", "", "\0"] {
        forgeries.push(token(&with("kid", kid.into()), &claims, &mallory));
    }
    forgeries.push(token(&with("jwk", jwk), &claims, &mallory));
    forgeries.push(token(&with("jku", "https://evil.example/jwks.json".into()), &claims, &mallory));
    forgeries.push(token(&with("x5u", "https://evil.example/".into()), &claims, &mallory));
    forgeries.extend([
        saying("exp", "9999999999".into()),
        saying("exp", 1.into()),
        saying("nbf", "0".into()),
        saying("nbf", json!(null)),
        saying("aud", "https://evil.example".into()),
        saying("iss", "https://evil.example".into()),
        saying("review", json!({"stars": 5})),
    ]);
    forgeries.extend([1, 2, 10, 85, 86].map(|n| real[..real.len() - n].to_owned()));
    forgeries.push(format!("{}.{}", parts[0], parts[1]));
    forgeries.push(format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(claims.to_string() + " "), parts[2]));
    forgeries.push(String::new());
    for forgery in &forgeries {
        let answer = check(&app, forgery).await;
        assert_eq!(answer["genuine"], false, "{forgery}: {answer}");
        assert_eq!((&answer["claims"], &answer["review"]), (&Value::Null, &Value::Null));
    }
    assert_eq!(finding(&app, &real).await, "stands", "and the real one still is");
}

#[tokio::test]
async fn people_are_told_in_plain_words_and_hostile_names_are_text() {
    let (app, _, _, id) = start(Engine::Sqlite).await.expect("SQLite is built in");
    let form = app.get("/verify?lang=en").await;
    assert!(form.text.contains("<textarea") && form.text.contains("What it does not prove"), "{}", form.text);
    let good = app.get(&format!("/verify?lang=it&review={id}")).await;
    assert!(good.text.contains("Il certificato è autentico") && good.text.contains("bottega.example"), "{}", good.text);
    let real = certificate(&app, &id).await.text;
    let pasted = app.post_form(&app.url("/verify"), &[("certificate", &real), ("lang", "en")]).await;
    assert!(pasted.text.contains("The certificate is genuine"), "{}", pasted.text);
    assert_eq!(app.post_form(&app.url("/verify"), &[("certificate", " ")]).await.status, 422);
    let mut claims = read(&real, 1);
    claims["iss"] = "\"><script>alert(1)</script>".into();
    let mut header = read(&real, 0);
    header["kid"] = "x".into();
    let hostile = token(&header, &claims, &SigningKey::from_bytes(&[7; 32]));
    let page = app.post_form(&app.url("/verify"), &[("certificate", &hostile), ("lang", "en")]).await;
    assert!(page.text.contains("not ours") && !page.text.contains("<script"), "{}", page.text);
    let page =
        app.post_form(&app.url("/verify"), &[("certificate", "<script>alert(1)</script>"), ("lang", "en")]).await;
    assert!(page.text.contains("This is not a certificate") && !page.text.contains("<script>"), "{}", page.text);
    let review = app.get(&format!("/reviews/{id}?lang=en")).await;
    for said in ["What was checked", "What was not checked", "The certificate", "application/jwt", "/verify?review"] {
        assert!(review.text.contains(said), "{said}: {}", review.text);
    }
}
