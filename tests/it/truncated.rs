//! Bodies that end too early, over a bare connection: a clear answer, nothing half-written, and the same request can be sent
//! again whole.

use attesta::db::Engine;
use attesta::sign::webhook;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::app::{TestApp, TestShop, fulfilled};
use crate::support::house::ENGINES;

/// Sends these bytes, then nothing more, and reads what comes back to its end.
async fn exchange(app: &TestApp, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(app.ctx().config().listen).await.expect("the server listens");
    stream.write_all(bytes).await.expect("the server reads");
    stream.shutdown().await.expect("our side is closed");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("the server closes");
    String::from_utf8(answer).expect("text")
}

/// The head of a signed event, its length told in one way or the other.
fn head(app: &TestApp, shop: &TestShop, body: &[u8], length: &str) -> String {
    let (id, now) = ("msg_cut", app.now());
    format!(
        "POST /v1/shops/{}/events HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{length}\r\nwebhook-id: {id}\r\n\
         webhook-timestamp: {}\r\nwebhook-signature: {}\r\n\r\n",
        shop.domain,
        now.seconds(),
        webhook::sign(&shop.secret, id, now, body),
    )
}

async fn cut(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let body = fulfilled("#1", "ada@example.com", app.now()).to_string().into_bytes();
    let told = format!("content-length: {}", body.len());
    let chunk = |part: &[u8]| [format!("{:x}\r\n", part.len()).as_bytes(), part, b"\r\n"].concat();
    let chunked = "transfer-encoding: chunked";
    let half = &body[..body.len() / 2];
    let cuts: [(&str, &str, Vec<u8>); 5] = [
        ("half of it", &told, half.to_vec()),
        ("all but a byte", &told, body[..body.len() - 1].to_vec()),
        ("nothing", &told, Vec::new()),
        ("a chunk and no end", chunked, chunk(half)),
        ("all chunks and no end", chunked, chunk(&body)),
    ];
    for (what, length, sent) in cuts {
        let answer = exchange(&app, &[head(&app, &shop, &body, length).as_bytes(), &sent].concat()).await;
        let (head, problem) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{what}: an answer: {answer:?}"));
        assert!(head.starts_with("HTTP/1.1 400 ") && head.contains("application/problem+json"), "{what}: {head}");
        let problem: Value = serde_json::from_str(problem).expect("a problem");
        assert_eq!(problem["code"], "truncated_body", "{what} on {engine:?}: {problem}");
    }
    let orders = app.get_as(&shop, "/orders").await.expect(200, "orders are listed");
    assert_eq!(orders["data"], Value::Array(Vec::new()), "nothing of them is kept");
    let whole = app.post_event_as(&shop, "msg_cut", &body).await.expect(202, "the same event, whole");
    assert_eq!(whole["duplicate"], false, "is the first of its id");
}

#[tokio::test]
async fn a_body_that_ends_too_early_leaves_nothing_behind() {
    for engine in ENGINES {
        cut(engine).await;
    }
}

/// The customer's connection breaks while the form is sent: the review can still be written.
async fn form_cut(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let link = app.invited(&shop, "#1", "ada@example.com").await;
    let path = link.strip_prefix(&app.url("")).expect("a link of ours");
    let form = "stars=5&text=La+moka+funziona.";
    for accept in ["*/*", "text/html"] {
        let cut = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\naccept: {accept}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n\r\n{}",
            form.len(),
            &form[..12],
        );
        let answer = exchange(&app, cut.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        assert!(
            answer.contains("no-store") && answer.contains("no-referrer"),
            "like every answer behind a link: {answer}"
        );
    }
    let list = app.get(&format!("/v1/shops/{}/reviews", shop.domain)).await.expect(200, "reviews are public");
    assert_eq!(list["data"], Value::Array(Vec::new()), "half a form is no review, on {engine:?}");
    assert_eq!(app.post_form(&link, &[("stars", "5"), ("text", "La moka funziona.")]).await.status, 201);
}

#[tokio::test]
async fn half_a_form_is_no_review() {
    for engine in ENGINES {
        form_cut(engine).await;
    }
}
