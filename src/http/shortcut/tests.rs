//! What comes the short way, told by a handler that says how often it was asked.
use actix_web::test::TestRequest;
use actix_web::{test as served, web};

use super::*;
use crate::config::{Config, Environment, Flags};
use crate::http::stored::Manner;
use crate::http::{Audience, Edge, EdgeParts, Metrics, RouteTable, health, worker};
use crate::kernel::time::SteppedClock;

const POLL: i64 = 1_000;
const START: Timestamp = Timestamp::from_millis(1_700_000_000_000);

/// Bytes that say how often they were made.
struct Asked(std::sync::atomic::AtomicUsize, Arc<dyn Clock>);

async fn count(req: HttpRequest, asked: web::Data<Asked>) -> HttpResponse {
    let n = asked.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
    let manner = Manner {
        content_type: "text/plain",
        cache_control: "public, max-age=10",
        vary: "Accept-Encoding, Accept-Language",
        language: None,
        policy: None,
    };
    let bytes = format!("asked {n} times, {}", "x".repeat(500)).into_bytes();
    Fresh::new(Arc::new(Stored::new(bytes, &manner)), within(asked.1.now(), POLL, false)).answer(&req)
}

async fn always(req: HttpRequest, asked: web::Data<Asked>) -> HttpResponse {
    let n = asked.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
    Fresh::once(Stored::new(
        format!("asked {n} times").into_bytes(),
        &Manner {
            content_type: "text/plain",
            cache_control: "no-cache",
            vary: "Accept-Encoding",
            language: None,
            policy: None,
        },
    ))
    .answer(&req)
}

fn edge(clock: &Arc<SteppedClock>) -> Arc<Edge> {
    let config = Config::load(&Flags::none(), &Environment::empty()).unwrap();
    let mut table = RouteTable::new();
    table.add(Method::GET, "/count", "count", Audience::Cached, || web::get().to(count));
    table.add(Method::GET, "/page", "page", Audience::Page, || web::get().to(count));
    table.add(Method::GET, "/always", "always", Audience::Cached, || web::get().to(always));
    let shared: Arc<dyn Clock> = clock.clone();
    Edge::new(EdgeParts {
        config: &config,
        clock: shared,
        table,
        metrics: Metrics::new().unwrap(),
        ready: health::always(),
    })
}

struct Given {
    status: u16,
    headers: Vec<(String, String)>,
    body: Bytes,
}

macro_rules! ask {
    ($app:expr, $path:expr, $headers:expr) => {{
        let headers: &[(&str, &str)] = &$headers;
        let request = headers.iter().fold(TestRequest::get().uri($path), |request, pair| request.append_header(*pair));
        let response = served::call_service($app, request.to_request()).await;
        let status = response.status().as_u16();
        let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
        let mut headers: Vec<_> =
            response.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        headers.sort();
        Given { status, headers, body: served::read_body(response).await }
    }};
}

macro_rules! stage {
    ($clock:expr, $edge:expr) => {{
        let asked = web::Data::new(Asked(0.into(), $clock.clone()));
        served::init_service(worker(
            $edge,
            Arc::new(move |cfg: &mut web::ServiceConfig| {
                cfg.app_data(asked.clone());
            }),
        ))
        .await
    }};
}

#[actix_web::test]
async fn the_same_answer_is_given_again_until_its_time_is_over() {
    let clock = Arc::new(SteppedClock::new(START));
    let edge = edge(&clock);
    let app = stage!(clock, Arc::clone(&edge));
    for path in ["/count?a=1", "/page?a=1"] {
        let long = ask!(&app, path, []);
        let short = ask!(&app, path, []);
        assert_eq!((short.status, &short.body), (200, &long.body), "{path}: the handler was asked once");
        assert_eq!(short.headers, long.headers, "{path}: header for header");
        assert!(short.headers.iter().any(|(name, _)| name == "x-content-type-options"), "{path}");
        clock.advance(POLL - 1);
        assert_eq!(ask!(&app, path, []).body, long.body, "{path}: still within its time");
        clock.advance(1);
        assert_ne!(ask!(&app, path, []).body, long.body, "{path}: its time is over");
    }
    let figures = edge.metrics().text().unwrap();
    assert!(figures.contains("operation=\"count\",status=\"200\"} 4"), "every answer counts:\n{figures}");
}

#[actix_web::test]
async fn whatever_the_bytes_depend_on_tells_answers_apart() {
    let clock = Arc::new(SteppedClock::new(START));
    let app = stage!(clock, edge(&clock));
    let asks: [(&str, &[(&str, &str)]); 6] = [
        ("/count", &[]),
        ("/count?a=1", &[]),
        ("/count?a=2", &[]),
        ("/count", &[("accept-encoding", "gzip")]),
        ("/count", &[("accept-encoding", "br, gzip"), ("accept-language", "it")]),
        ("/count", &[("accept-language", "de")]),
    ];
    let mut bodies = Vec::new();
    for _ in 0..2 {
        for (path, headers) in asks {
            bodies.push(ask!(&app, path, *headers).body);
        }
    }
    let (first, second) = bodies.split_at(asks.len());
    assert_eq!(first, second);
    let different: std::collections::HashSet<_> = first.iter().collect();
    assert_eq!(different.len(), asks.len());
}

#[actix_web::test]
async fn who_asks_for_more_or_may_not_be_answered_again_takes_the_long_way() {
    let clock = Arc::new(SteppedClock::new(START));
    let app = stage!(clock, edge(&clock));
    let first = ask!(&app, "/count", []);
    let tag = &first.headers.iter().find(|(name, _)| name == "etag").unwrap().1;
    assert_ne!(ask!(&app, "/count", [("if-none-match", "\"other\"")]).body, first.body);
    assert_eq!(ask!(&app, "/count", [("if-none-match", tag.as_str())]).status, 200, "the handler made other bytes");
    assert_ne!(ask!(&app, "/always", []).body, ask!(&app, "/always", []).body);
}

#[actix_web::test]
async fn memory_is_bounded() {
    let clock = Arc::new(SteppedClock::new(START));
    let shortcut = Shortcut::new(clock.clone());
    let metrics = Metrics::new().unwrap();
    let held = |languages: Option<&'static str>| Held {
        coding: Coding::Plain,
        languages: languages.map(HeaderValue::from_static),
        within: within(START, POLL, false),
        head: Vec::new(),
        body: Bytes::new(),
        count: metrics.operation("count"),
    };
    for n in 0..3 * PATHS {
        shortcut.put(&format!("/{n}"), held(None));
        assert!(shortcut.held.borrow().len() <= PATHS);
    }
    for language in ["it", "en", "de", "fr", "es", "nl", "pt", "el", "pl", "cs"] {
        shortcut.put("/", held(Some(language)));
        assert!(shortcut.held.borrow()["/"].len() <= FORMS);
    }
}

#[test]
fn bytes_that_say_the_day_end_with_it() {
    let evening = Timestamp::parse("2026-03-01T23:59:59.500Z").unwrap();
    assert_eq!(within(evening, 1_000, false).end, evening.plus_ms(1_000));
    assert_eq!(within(evening, 1_000, true).end, Timestamp::parse("2026-03-02T00:00:00Z").unwrap());
}
