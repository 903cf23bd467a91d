//! The server from outside: routes of every audience, answered in memory and over a real socket.
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use actix_web::http::header;
use actix_web::test::TestRequest;
use actix_web::{HttpRequest, HttpResponse, test as served, web};
use serde_json::{Value, json};

use super::*;
use crate::config::{Config, Environment, Flags};
use crate::kernel::time::{Clock, SteppedClock, Timestamp};
use crate::problem::{Code, Problem};

fn config(variables: &[(&str, &str)]) -> Config {
    let environment = variables.iter().fold(Environment::empty(), |all, (name, value)| all.with(name, value));
    Config::load(&Flags::none(), &environment).unwrap()
}

fn clock() -> Arc<SteppedClock> {
    Arc::new(SteppedClock::new(Timestamp::from_millis(1_700_000_000_000)))
}

async fn echo(body: StrictJson<Value>) -> HttpResponse {
    json(&body.0)
}

async fn raw(body: RawBody) -> HttpResponse {
    json(&json!({ "length": body.0.len() }))
}

async fn broken() -> HttpResponse {
    panic!("on purpose")
}

async fn refused() -> Result<HttpResponse, Problem> {
    Err(Problem::new(Code::InvalidField, "No.").at("/a"))
}

async fn token(req: HttpRequest, path: web::Path<String>) -> Result<HttpResponse, Problem> {
    if path.into_inner() == "good" {
        return Ok(page("<p>form</p>".to_owned()));
    }
    count_wrong_token(&req)?;
    Ok(page_status(404, "<p>unknown</p>".to_owned()))
}

async fn shop(req: HttpRequest) -> Result<HttpResponse, Problem> {
    count_shop(&req, b"shop")?;
    Ok(json(&json!({})))
}

/// An answer that never ends.
async fn endless(req: HttpRequest) -> Result<HttpResponse, Problem> {
    let place = streams::place(&req)?;
    let body = futures_util::stream::pending::<Result<web::Bytes, Problem>>();
    let body = futures_util::StreamExt::map(body, move |piece| {
        let _held = &place;
        piece
    });
    Ok(HttpResponse::Ok().streaming(body))
}

fn edge(config: &Config, clock: &Arc<SteppedClock>) -> Arc<Edge> {
    let mut table = RouteTable::new();
    routes(&mut table);
    table.add(Method::POST, "/v1/echo", "echo", Audience::Write, || web::post().to(echo));
    table.add(Method::POST, "/v1/raw", "raw", Audience::Write, || web::post().to(raw));
    table.add(Method::GET, "/v1/shop", "shop", Audience::Private, || web::get().to(shop));
    table.add(Method::GET, "/v1/broken", "broken", Audience::Public, || web::get().to(broken));
    table.add(Method::GET, "/v1/refused", "refused", Audience::Public, || web::get().to(refused));
    table.add(Method::GET, "/v1/endless", "endless", Audience::Public, || web::get().to(endless));
    table.add(Method::GET, "/page", "page", Audience::Page, || web::get().to(|| async { page("x".repeat(5000)) }));
    table.add(Method::GET, "/cached", "cached", Audience::Cached, || web::get().to(|| async { "y".repeat(5000) }));
    table.add(Method::GET, "/r/{token}", "token", Audience::Personal, || web::get().to(token));
    let clock: Arc<dyn Clock> = clock.clone();
    Edge::new(EdgeParts { config, clock, table, metrics: Metrics::new().unwrap(), ready: health::always() })
}

struct Answer {
    status: u16,
    headers: header::HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

macro_rules! ask {
    ($app:expr, $request:expr) => {{
        let request: TestRequest = $request;
        let request = request.peer_addr("127.0.0.1:4000".parse().unwrap());
        let response = served::call_service($app, request.to_request()).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, body: served::read_body(response).await.to_vec() }
    }};
}

macro_rules! app {
    ($edge:expr) => {
        served::init_service(worker($edge, Arc::new(|_: &mut web::ServiceConfig| {}))).await
    };
}

fn get(path: &str) -> TestRequest {
    TestRequest::get().uri(path)
}

fn post(path: &str, body: &str) -> TestRequest {
    TestRequest::post().uri(path).insert_header((header::CONTENT_TYPE, "application/json")).set_payload(body.to_owned())
}

#[actix_web::test]
async fn problems_are_json_for_programs_and_a_page_for_people() {
    let app = app!(edge(&config(&[]), &clock()));
    let missing = ask!(&app, get("/nothing"));
    assert_eq!((missing.status, missing.header("content-type")), (404, "application/problem+json"));
    assert_eq!(missing.json()["type"], "http://127.0.0.1:8080/problems#not_found");
    let wrong = ask!(&app, TestRequest::delete().uri("/v1/echo"));
    assert_eq!((wrong.status, wrong.header("allow")), (405, "POST, OPTIONS"));
    assert_eq!(wrong.json()["code"], "method_not_allowed");
    let refused = ask!(&app, get("/v1/refused").insert_header((header::ACCEPT, "text/html")));
    assert_eq!(refused.json()["field"], "/a");
    let browser =
        get("/nothing").insert_header((header::ACCEPT, "text/html")).insert_header((header::ACCEPT_LANGUAGE, "it"));
    let page = ask!(&app, browser);
    assert_eq!((page.status, page.header("content-type")), (404, "text/html; charset=utf-8"));
    assert!(String::from_utf8(page.body).unwrap().contains("<html lang=\"it\""));
}

#[actix_web::test]
async fn bodies_are_checked_before_they_are_read() {
    let app = app!(edge(&config(&[("ATTESTA_BODY_LIMIT", "2048")]), &clock()));
    assert_eq!(ask!(&app, post("/v1/echo", r#"{"a":1}"#)).json(), json!({"a": 1}));
    let code = |answer: Answer| (answer.status, answer.json()["code"].as_str().unwrap().to_owned());
    let text =
        TestRequest::post().uri("/v1/echo").insert_header((header::CONTENT_TYPE, "text/plain")).set_payload("{}");
    assert_eq!(code(ask!(&app, text)), (415, "unsupported_media_type".into()));
    assert_eq!(code(ask!(&app, post("/v1/echo", &"1".repeat(2049)))), (413, "payload_too_large".into()));
    assert_eq!(code(ask!(&app, post("/v1/raw", &"1".repeat(2049)))), (413, "payload_too_large".into()));
    assert_eq!(code(ask!(&app, post("/v1/echo", &"[".repeat(2000)))), (400, "invalid_json".into()));
    assert_eq!(code(ask!(&app, post("/v1/echo", ""))), (400, "invalid_json".into()));
    let zipped = post("/v1/raw", "x").insert_header((header::CONTENT_ENCODING, "gzip"));
    assert_eq!(code(ask!(&app, zipped)), (415, "unsupported_media_type".into()));
    assert_eq!(ask!(&app, post("/v1/raw", "123")).json(), json!({"length": 3}));
}

#[actix_web::test]
async fn a_panic_is_one_500_and_is_counted() {
    let edge = edge(&config(&[]), &clock());
    let app = app!(Arc::clone(&edge));
    let broken = ask!(&app, get("/v1/broken"));
    assert_eq!((broken.status, broken.json()["code"].as_str()), (500, Some("internal")));
    assert!(!broken.json().to_string().contains("purpose"), "the cause stays inside");
    assert_eq!(ask!(&app, get("/health/live")).status, 200);
    let figures = ask!(&app, get("/metrics"));
    let figures = String::from_utf8(figures.body).unwrap();
    assert!(figures.contains("attesta_http_panics_total 1"), "{figures}");
    assert!(figures.contains(r#"attesta_http_requests_total{operation="broken",status="500"} 1"#), "{figures}");
}

#[actix_web::test]
async fn headers_follow_the_audience() {
    let app = app!(edge(&config(&[("ATTESTA_PUBLIC_URL", "https://x.example")]), &clock()));
    let gzip = |path: &str| get(path).insert_header((header::ACCEPT_ENCODING, "gzip"));
    let personal = ask!(&app, gzip("/r/good"));
    assert_eq!((personal.header("cache-control"), personal.header("referrer-policy")), ("no-store", "no-referrer"));
    assert_eq!((personal.header("x-robots-tag"), personal.header("content-encoding")), ("noindex, nofollow", ""));
    assert!(!personal.header("content-security-policy").contains("unsafe"));
    assert!(!personal.header("content-security-policy").contains("script"));
    assert_eq!(personal.header("access-control-allow-origin"), "");
    assert!(personal.header("ratelimit-policy").starts_with("\"address\";q=600;w=60"));
    assert!(personal.header("ratelimit").starts_with("\"address\";r=599;t=1"));
    let page = ask!(&app, gzip("/page"));
    assert_eq!((page.header("content-encoding"), page.header("ratelimit")), ("gzip", ""));
    assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
    assert_eq!(page.header("strict-transport-security"), "max-age=31536000");
    let cached = ask!(&app, gzip("/cached"));
    assert_eq!((cached.header("content-encoding"), cached.header("access-control-allow-origin")), ("", "*"));
    assert_eq!((cached.header("x-content-type-options"), cached.body.len()), ("nosniff", 5000));
}

#[actix_web::test]
async fn preflights_open_only_what_is_public() {
    let app = app!(edge(&config(&[]), &clock()));
    let options = |path: &str| TestRequest::default().method(Method::OPTIONS).uri(path);
    let public = ask!(&app, options("/cached"));
    assert_eq!((public.status, public.header("access-control-allow-origin")), (204, "*"));
    assert_eq!(public.header("allow"), "GET, HEAD, OPTIONS");
    let shop = ask!(&app, options("/v1/echo"));
    assert_eq!((shop.status, shop.header("access-control-allow-origin")), (204, ""));
}

#[actix_web::test]
async fn wrong_tokens_are_limited_and_good_ones_go_on() {
    let stepped = clock();
    let app = app!(edge(&config(&[]), &stepped));
    for _ in 0..20 {
        assert_eq!(ask!(&app, get("/r/wrong")).status, 404);
    }
    let limited = ask!(&app, get("/r/wrong"));
    assert_eq!((limited.status, limited.header("retry-after")), (429, "3"));
    assert_eq!(ask!(&app, get("/r/good")).status, 200);
    stepped.advance(60_000);
    assert_eq!(ask!(&app, get("/r/wrong")).status, 404);
}

#[actix_web::test]
async fn shops_and_addresses_have_their_own_shares() {
    let limits = [("ATTESTA_LIMITS_PER_SHOP", "2"), ("ATTESTA_LIMITS_PER_ADDRESS", "5")];
    let app = app!(edge(&config(&limits), &clock()));
    let first = ask!(&app, get("/v1/shop"));
    assert_eq!(first.header("ratelimit"), "\"address\";r=4;t=12, \"shop\";r=1;t=30");
    assert_eq!(ask!(&app, get("/v1/shop")).status, 200);
    let third = ask!(&app, get("/v1/shop"));
    assert_eq!((third.status, third.header("ratelimit")), (429, "\"shop\";r=0;t=30"));
    assert_eq!(third.json()["limit"], "shop");
}

#[actix_web::test]
async fn the_prefix_may_be_there_or_stripped() {
    let app = app!(edge(&config(&[("ATTESTA_PUBLIC_URL", "https://x.example/a/b")]), &clock()));
    for path in ["/a/b/docs", "/docs", "/a/b/docs/", "/docs?x=1"] {
        assert_eq!(ask!(&app, get(path)).status, 200, "{path}");
    }
    assert_eq!(ask!(&app, get("/a/bdocs")).status, 404);
    let docs = ask!(&app, get("/docs"));
    let docs = String::from_utf8(docs.body).unwrap();
    assert!(
        docs.contains("href=\"https://x.example/a/b/v1/openapi.yaml\"") && docs.contains("read_readiness"),
        "{docs}"
    );
    assert!(!docs.contains("<script") && !docs.contains("style="), "no inline code");
}

#[actix_web::test]
async fn every_problem_has_its_anchor() {
    let app = app!(edge(&config(&[]), &clock()));
    let html = String::from_utf8(ask!(&app, get("/docs")).body).unwrap();
    let listed = ask!(&app, get("/v1/problems")).json();
    for problem in listed["data"].as_array().unwrap() {
        let code = problem["code"].as_str().unwrap();
        assert!(html.contains(&format!("id=\"{code}\"")), "{code}");
    }
    assert_eq!(ask!(&app, get("/problems")).header("location"), "http://127.0.0.1:8080/docs");
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(Code::ALL.len()));
    assert_eq!(ask!(&app, get("/v1/openapi.yaml")).header("content-type"), "application/yaml");
}

#[actix_web::test]
async fn a_draining_server_is_not_ready_but_alive() {
    let edge = edge(&config(&[]), &clock());
    let app = app!(Arc::clone(&edge));
    assert_eq!(ask!(&app, get("/health/ready")).json(), json!({"status": "ready"}));
    edge.start_draining();
    let draining = ask!(&app, get("/health/ready"));
    assert_eq!((draining.status, draining.header("retry-after")), (503, "5"));
    assert_eq!(ask!(&app, get("/health/live")).status, 200);
}

#[actix_web::test]
async fn figures_are_for_this_machine_or_the_token() {
    let app = app!(edge(&config(&[("ATTESTA_METRICS_TOKEN", "t0ken")]), &clock()));
    let through_a_proxy = || get("/metrics").insert_header(("x-forwarded-for", "1.2.3.4"));
    assert_eq!(ask!(&app, through_a_proxy()).status, 401);
    assert_eq!(ask!(&app, through_a_proxy().insert_header((header::AUTHORIZATION, "Bearer t0ken"))).status, 200);
    assert_eq!(ask!(&app, through_a_proxy().insert_header((header::AUTHORIZATION, "Bearer other"))).status, 401);
}

/// What a socket hears for the raw bytes it sent.
fn talk(address: std::net::SocketAddr, sent: &str, then_close: bool) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(sent.as_bytes()).unwrap();
    if then_close {
        stream.shutdown(std::net::Shutdown::Write).unwrap();
    }
    let mut heard = Vec::new();
    stream.read_to_end(&mut heard).unwrap();
    String::from_utf8(heard).unwrap()
}

#[test]
fn a_real_server_answers_and_stops_in_order() {
    let (listener, address) = bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let edge = edge(&config(&[]), &clock());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let (drained, was_drained) = std::sync::mpsc::channel();
    let server = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let configure: Configure = Arc::new(|_| {});
        let stop = async move { drop(stopped.await) };
        let drain = async move { drained.send(()).unwrap() };
        runtime.block_on(serve(edge, listener, configure, stop, drain))
    });
    let head = talk(address, "HEAD /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", false);
    assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"), "no body: {head}");
    let cut = "POST /v1/raw HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\nabc";
    let cut = talk(address, cut, true);
    assert!(cut.is_empty() || cut.starts_with("HTTP/1.1 400"), "{cut}");
    let mut idle = TcpStream::connect(address).unwrap();
    idle.write_all(b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    idle.read_exact(&mut [0; 12]).unwrap();
    stop.send(()).unwrap();
    server.join().unwrap().unwrap();
    was_drained.recv().unwrap();
    assert!(TcpStream::connect(address).is_err(), "nobody listens any more");
}

#[actix_web::test]
async fn a_reader_gets_a_few_long_answers_at_once() {
    let app = app!(edge(&config(&[]), &clock()));
    let ask = async |peer: &str| {
        let request = get("/v1/endless").peer_addr(peer.parse().unwrap()).to_request();
        served::call_service(&app, request).await
    };
    let mut open = Vec::new();
    for _ in 0..3 {
        open.push(ask("127.0.0.1:4000").await);
    }
    assert!(open.iter().all(|answer| answer.status() == 200));
    let refused = ask("127.0.0.1:4001").await;
    assert_eq!(
        (refused.status().as_u16(), refused.headers().get("retry-after").unwrap().to_str().unwrap()),
        (503, "10")
    );
    assert_eq!(ask("192.0.2.7:4000").await.status(), 200, "another reader has places of its own");
    open.clear();
    assert_eq!(ask("127.0.0.1:4000").await.status(), 200, "who goes away gives the place back");
}
