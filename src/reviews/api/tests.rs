//! What happens behind a mailed link, as a browser meets it.

use std::sync::Arc;

use actix_web::http::{Method, header};
use actix_web::test::{self, TestRequest};
use actix_web::web;

use crate::http::{self, Edge, EdgeParts, Metrics, RouteTable, health};
use crate::invitations::{self, Bearer};
use crate::kernel::time::{Clock, DAY, SECOND};
use crate::merchants::{Shop, Shops};
use crate::reviews::house::{House, said};
use crate::reviews::model::{Operator, RestrictionReason, Review, Status};
use crate::reviews::reply::reply;
use crate::reviews::restrict::{Grounds, restrict};

const FORM: &str = "application/x-www-form-urlencoded";

struct Seen {
    status: u16,
    headers: header::HeaderMap,
    body: String,
}

impl Seen {
    fn has(&self, text: &str) -> bool {
        self.body.contains(text)
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

fn edge(house: &House) -> Arc<Edge> {
    let mut table = RouteTable::new();
    super::routes(&mut table);
    let clock: Arc<dyn Clock> = house.clock.clone();
    let (metrics, ready) = (Metrics::new().unwrap(), health::always());
    Edge::new(EdgeParts { config: house.ctx.config(), clock, table, metrics, ready })
}

macro_rules! served {
    ($house:expr) => {{
        let shops = web::Data::new(Shops::new($house.ctx.clone()));
        let configure = move |cfg: &mut web::ServiceConfig| {
            cfg.app_data(shops.clone());
        };
        test::init_service(http::worker(edge($house), Arc::new(configure))).await
    }};
}

macro_rules! ask {
    ($app:expr, $method:expr, $path:expr, $body:expr) => {{
        let path: &str = $path;
        let body: &str = $body;
        let request = TestRequest::with_uri(path).method($method).peer_addr("127.0.0.1:4000".parse().unwrap());
        let request = request.insert_header((header::CONTENT_TYPE, FORM)).set_payload(body.to_owned());
        let response = test::call_service($app, request.to_request()).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Seen {
            status,
            headers,
            body: String::from_utf8(test::read_body(response).await.to_vec()).unwrap().replace("&#x3D;", "="),
        }
    }};
}

macro_rules! get {
    ($app:expr, $($path:tt)*) => { ask!($app, Method::GET, &format!($($path)*), "") };
}

macro_rules! post {
    ($app:expr, $body:expr, $($path:tt)*) => { ask!($app, Method::POST, &format!($($path)*), $body) };
}

fn token(house: &House, bearer: &Bearer) -> String {
    let expires = bearer.expires.minus_ms(bearer.expires.millis().rem_euclid(SECOND));
    invitations::bearer::tokens(house.ctx.keyring(), bearer.invitation, expires, None).unwrap().review
}

fn asked(house: &House) -> (Shop, Bearer, String) {
    let shop = house.shop();
    let bearer = house.customer(&shop);
    let token = token(house, &bearer);
    (shop, bearer, token)
}

#[actix_web::test]
async fn reading_changes_nothing_and_stars_only_preselect() {
    let house = House::new();
    let app = served!(&house);
    let (_, bearer, token) = asked(&house);
    let form = get!(&app, "/r/{token}");
    assert_eq!(form.status, 200);
    assert!(form.has("lang=\"it\"") && form.has("Bottega &lt;Verde&gt;") && form.has("Tè verde"), "{}", form.body);
    assert!(form.body.len() < 30_000 && !form.has("<script"), "{} bytes", form.body.len());
    assert_eq!((form.header("cache-control"), form.header("referrer-policy")), ("no-store", "no-referrer"));
    assert!(get!(&app, "/r/{token}?lang=en").has("lang=\"en\""));
    let four = get!(&app, "/r/{token}/4");
    assert!(four.status == 200 && four.has("value=\"4\" required checked"), "{}", four.body);
    for bad in ["0", "6", "99999999999999999999", "five"] {
        let refused = get!(&app, "/r/{token}/{bad}");
        assert!(refused.status == 422 && refused.has("Scegli da 1 a 5 stelle."), "{bad}");
    }
    ask!(&app, Method::HEAD, &format!("/r/{token}/5"), "");
    get!(&app, "/r/{token}/erase");
    assert!(house.all(&bearer).is_empty(), "nothing was published by reading");
}

#[actix_web::test]
async fn a_form_with_errors_comes_back_filled() {
    let house = House::new();
    let app = served!(&house);
    let (_, bearer, token) = asked(&house);
    for (stars, words) in
        [("", "unica cosa necessaria"), ("0", "da 1 a 5"), ("6", "da 1 a 5"), ("99999999999999999999", "da 1 a 5")]
    {
        let back = post!(
            &app,
            &format!("stars={stars}&title=Il+titolo&text=Le+mie+parole&name=Ada&text.TEA-1=buono"),
            "/r/{token}"
        );
        assert_eq!(back.status, 422, "{stars}");
        for kept in ["Il titolo", "Le mie parole", "value=\"Ada\"", "buono", words] {
            assert!(back.has(kept), "{stars}: {kept}");
        }
    }
    assert_eq!(post!(&app, "stars=5&text=a%00b", "/r/{token}").status, 422);
    assert_eq!(post!(&app, &format!("stars=5&title={}", "x".repeat(121)), "/r/{token}").status, 422);
    let json = TestRequest::post().uri(&format!("/r/{token}")).peer_addr("127.0.0.1:1".parse().unwrap());
    let json = json.insert_header((header::CONTENT_TYPE, "application/json")).set_payload("{\"stars\":5}");
    assert_eq!(test::call_service(&app, json.to_request()).await.status(), 415);
    assert!(house.all(&bearer).is_empty());
}

#[actix_web::test]
async fn one_link_publishes_edits_answers_drops_and_erases() {
    let house = House::new();
    let app = served!(&house);
    let (shop, bearer, token) = asked(&house);
    let done = post!(&app, "stars=2&title=Cos%C3%AC&text=Uno&name=&stars.TEA-1=5", "/r/{token}");
    assert_eq!(done.status, 201, "{}", done.body);
    let again = post!(&app, "stars=5&text=Altro", "/r/{token}");
    assert!(again.status == 200 && again.has("Uno") && !again.has("Altro"), "a repeat shows what stands");
    let all = house.all(&bearer);
    assert_eq!(all.iter().map(|review| review.stars.value()).collect::<Vec<_>>(), [2, 5]);
    let id = all[0].id;

    assert_eq!(post!(&app, "stars=7&text=Due", "/r/{token}/edit?review={id}").status, 422);
    assert_eq!(post!(&app, "stars=3&text=Due", "/r/{token}/edit?review={id}").status, 200);
    assert_eq!((house.review(id).version, house.review(id).body.as_str()), (2, "Due"));
    assert_eq!(post!(&app, "", "/r/{token}/drop?review={id}&version=1").status, 200);
    let wire = get!(&app, "/v1/reviews/{id}").json();
    assert_eq!((&wire["earlier"][0]["stars"], &wire["earlier"][0]["text"]), (&2.into(), &serde_json::Value::Null));

    assert_eq!(post!(&app, "text=Grazie", "/r/{token}/answer?review={id}&reply=1").status, 422, "no reply yet");
    let (of, it) = (shop.clone(), id);
    house.write(move |tx, ctx| reply(tx, ctx, &of, it, "Ci dispiace"));
    assert!(get!(&app, "/r/{token}").has(&format!("/r/{token}/answer?review={id}&amp;reply=1")));
    assert_eq!(post!(&app, "text=++", "/r/{token}/answer?review={id}&reply=1").status, 422);
    assert_eq!(post!(&app, "text=Grazie", "/r/{token}/answer?review={id}&reply=1").status, 200);
    assert_eq!(get!(&app, "/v1/reviews/{id}").json()["answers"][0]["text"], "Grazie");

    let question = get!(&app, "/r/{token}/erase?review={id}");
    assert!(question.status == 200 && house.review(id).status == Status::Published);
    assert_eq!(post!(&app, "", "/r/{token}/erase?review={id}").status, 200);
    let gone = get!(&app, "/v1/reviews/{id}");
    assert_eq!(
        (gone.status, &gone.json()["by"], &gone.json()["reason"]),
        (410, &"author".into(), &"erased_by_author".into())
    );
    assert_eq!(post!(&app, "", "/r/{token}/erase?review={}", all[1].id).status, 200);
    let after = get!(&app, "/r/{token}");
    assert!(after.status == 200 && !after.has("<form"), "nothing is left to fill in");
    assert_eq!(post!(&app, "stars=5", "/r/{token}").status, 200);
    assert!(house.all(&bearer).iter().all(|review| review.status == Status::Erased), "one review per invitation");
}

#[actix_web::test]
async fn a_foreign_review_cannot_be_reached_with_this_link() {
    let house = House::new();
    let app = served!(&house);
    let (shop, bearer, token) = asked(&house);
    let other = house.publish(&house.customer(&shop), 5);
    house.publish(&bearer, 1);
    for (door, body) in [("edit", "stars=1"), ("erase", ""), ("answer", "text=x"), ("drop", "")] {
        assert_eq!(post!(&app, body, "/r/{token}/{door}?review={other}&version=1").status, 404, "{door}");
    }
    let Review { version, status, .. } = house.review(other);
    assert_eq!((version, status), (1, Status::Published));
}

#[actix_web::test]
async fn every_link_that_opens_nothing_looks_the_same_and_too_many_are_told_to_wait() {
    let house = House::new();
    let app = served!(&house);
    let (_, bearer, token) = asked(&house);
    let mut forged = token.clone().into_bytes();
    forged[40] = if forged[40] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    let links = invitations::bearer::tokens(
        house.ctx.keyring(),
        bearer.invitation,
        bearer.expires.minus_ms(bearer.expires.millis() % SECOND),
        None,
    )
    .unwrap();
    house.clock.advance(3 * 365 * DAY + 1000);
    let nothing = |seen: &Seen, link: &str| (seen.status, seen.body.replace(link, "TOKEN"));
    let expired = nothing(&get!(&app, "/r/{token}"), &token);
    assert_eq!(expired.0, 404);
    assert_eq!(nothing(&get!(&app, "/r/{forged}"), &forged), expired);
    let unknown = "x".repeat(token.len());
    assert_eq!(nothing(&get!(&app, "/r/{unknown}"), &unknown), expired);
    assert_eq!(nothing(&get!(&app, "/r/{}", links.unsubscribe), &links.unsubscribe), expired, "another purpose");
    let fresh = |seen: &Seen, link: &str| (seen.status, seen.body.replace(link, "TOKEN"));
    let asked = fresh(&post!(&app, "", "/r/{token}/fresh"), &token);
    assert_eq!(asked.0, 200);
    assert_eq!(fresh(&post!(&app, "", "/r/{unknown}/fresh"), &unknown), asked);
    let mut last = 0;
    for _ in 0..20 {
        last = get!(&app, "/r/{unknown}").status;
    }
    assert_eq!(last, 429);
}

#[actix_web::test]
async fn after_the_window_the_page_says_so() {
    let house = House::new();
    let app = served!(&house);
    let (_, bearer, token) = asked(&house);
    house.clock.advance(181 * DAY);
    let late = get!(&app, "/r/{token}");
    assert!(late.status == 200 && !late.has("name=\"stars\""), "{}", late.body);
    assert_eq!(post!(&app, "stars=5", "/r/{token}").status, 422);
    assert!(house.all(&bearer).is_empty());
}

#[actix_web::test]
async fn a_test_order_publishes_nothing() {
    let house = House::new();
    let app = served!(&house);
    let bearer = house.tester(&house.shop());
    let token = token(&house, &bearer);
    assert_eq!(get!(&app, "/r/{token}/5").status, 200);
    let done = post!(&app, "stars=5&text=Prova", "/r/{token}");
    assert!(done.status == 200 && done.has("Prova"), "{}", done.body);
    assert!(house.all(&bearer).is_empty());
}

#[actix_web::test]
async fn the_list_pages_with_links_and_keeps_tombstones() {
    let house = House::new();
    let app = served!(&house);
    let shop = house.shop();
    let mut ids = Vec::new();
    for n in 0..5 {
        ids.push(house.publish(&house.customer(&shop), 1 + n));
        house.clock.advance(DAY);
    }
    let grounds = Grounds { reason: RestrictionReason::CourtOrder, statement: "Order 1/26.".to_owned() };
    let id = ids[2];
    house.write(move |tx, ctx| restrict(tx, ctx, Operator::at_the_machine(), id, &grounds));
    let mut path = format!("/v1/shops/{}/reviews?limit=2", shop.domain);
    let mut seen = Vec::new();
    loop {
        let page = get!(&app, "{path}");
        assert_eq!(page.status, 200, "{}", page.body);
        seen.extend(
            page.json()["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| (one["id"].to_string(), one["status"].to_string())),
        );
        let Some(next) = page.header("link").strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\""))
        else {
            break;
        };
        path = house.ctx.links().path_of(next).unwrap().to_owned() + "?" + next.split_once('?').unwrap().1;
    }
    ids.reverse();
    assert_eq!(
        seen.iter().map(|one| one.0.trim_matches('"').to_owned()).collect::<Vec<_>>(),
        ids.iter().map(ToString::to_string).collect::<Vec<_>>()
    );
    assert_eq!(seen[2].1, "\"restricted\"");
    let gone = get!(&app, "/v1/reviews/{id}");
    assert_eq!(
        (gone.status, &gone.json()["reason"], &gone.json()["by"]),
        (410, &"court_order".into(), &"operator".into())
    );
    assert_eq!(get!(&app, "/v1/reviews/rev_nothing").status, 404);
    assert_eq!(get!(&app, "/v1/shops/nowhere.example/reviews").status, 404);
    let refused = get!(&app, "/v1/shops/{}/reviews?stars=6", shop.id);
    assert_eq!((refused.status, &refused.json()["code"]), (400, &"invalid_filter".into()));
    assert_eq!(get!(&app, "/v1/shops/{}/reviews?cursor=x", shop.id).json()["code"], "invalid_cursor");
    assert_eq!(said(5).stars.value(), 5);
}
