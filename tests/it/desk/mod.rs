//! The desk over HTTP: what a shop reads and changes with its key, and that no key opens another shop.

mod histories;
mod hostile;
mod moment;
mod preview;
mod sender;
mod stories;
mod templates;

use std::sync::{Arc, LazyLock};

use actix_web::http::Method;
use actix_web::{App, test as http_test, web};
use attesta::config::Config;
use attesta::desk;
use attesta::http::{Audience, Edge, EdgeParts, Metrics, RouteTable, health, mount};
use attesta::kernel::domain::ShopDomain;
use attesta::kernel::locale::Locale;
use attesta::kernel::random::SeededRandom;
use attesta::kernel::time::{Clock, HOUR, SteppedClock, Timestamp};
use attesta::kernel::zone::Zone;
use attesta::mail::{Letters, Mailer};
use attesta::merchants::{
    self, LegalBasis, Merchant, NewShop, Opened, Policy, Rejection, Rejections, Sector, Shop, ShopStatus, Shops,
};
use attesta::sign::webhook::SigningKey;
use serde_json::{Value, json};

use crate::support::house::{ENGINES, House};

/// A shop and the key that opens it.
struct Opener {
    shop: Shop,
    key: String,
}

fn open(house: &House, domain: &str) -> Opener {
    let ctx = &house.ctx;
    let merchant = Merchant { id: ctx.ids().next(), name: domain.to_owned(), created_at: ctx.now() };
    let shop = Shop {
        id: ctx.ids().next(),
        merchant_id: merchant.id,
        domain: ShopDomain::parse(domain).unwrap(),
        name: "Bottega".to_owned(),
        locale: Locale::parse("it").unwrap(),
        zone: Zone::parse("Europe/Rome").unwrap(),
        country: None,
        category: None,
        contact: None,
        sector: Sector::General,
        mail_name: None,
        mail_from: None,
        legal_basis: LegalBasis::SoftOptIn,
        status: ShopStatus::Open,
        paused: false,
        policy: Policy::default(),
        settings_version: 1,
        public_version: 1,
        created_at: ctx.now(),
        weekly_mail: true,
        weekly_stop: None,
    };
    let new = NewShop::new(ctx, shop.clone(), Some(merchant)).unwrap();
    match ctx.db().write_now(move |tx| merchants::open_shop(tx, new)).unwrap() {
        Opened::Open { api_key, .. } => Opener { shop, key: api_key.text },
        _ => panic!("{domain} must open"),
    }
}

/// One request and its answer.
struct Call<'a> {
    method: Method,
    path: String,
    key: Option<&'a str>,
    body: Option<Value>,
}

/// What composes mails; it checks every template when it is made, so one serves all.
static MAILER: LazyLock<Arc<Mailer>> = LazyLock::new(|| {
    let clock: Arc<dyn Clock> = Arc::new(SteppedClock::new(Timestamp::EPOCH));
    Arc::new(Mailer::new(&Config::for_tests(), &clock).unwrap())
});

async fn ask(house: &House, call: Call<'_>) -> (u16, Value) {
    let mut table = RouteTable::new();
    desk::routes(&mut table);
    let parts = EdgeParts {
        config: house.ctx.config(),
        clock: Arc::clone(house.ctx.clock()),
        table,
        metrics: Metrics::new().unwrap(),
        ready: health::always(),
    };
    let (edge, shops) = (Edge::new(parts), web::Data::new(Shops::new(house.ctx.clone())));
    let mailer = web::Data::from(Arc::clone(&MAILER));
    let ctx = web::Data::new(house.ctx.clone());
    let letters = web::Data::new(Letters::new([]));
    let app =
        App::new().app_data(ctx).app_data(shops).app_data(mailer).app_data(letters).configure(|cfg| mount(&edge, cfg));
    let app = http_test::init_service(app).await;
    let mut request =
        http_test::TestRequest::default().method(call.method).uri(&call.path).peer_addr("127.0.0.1:9".parse().unwrap());
    if let Some(key) = call.key {
        request = request.insert_header(("authorization", format!("Bearer {key}")));
    }
    if let Some(body) = call.body {
        request = request.set_json(body);
    }
    let response = http_test::call_service(&app, request.to_request()).await;
    let status = response.status().as_u16();
    let bytes = http_test::read_body(response).await;
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

impl Opener {
    fn path(&self, rest: &str) -> String {
        format!("/v1/shops/{}/{rest}", self.shop.domain)
    }

    async fn ask(&self, house: &House, method: Method, rest: &str, body: Option<Value>) -> (u16, Value) {
        ask(house, Call { method, path: self.path(rest), key: Some(&self.key), body }).await
    }

    async fn get(&self, house: &House, rest: &str) -> Value {
        let (status, body) = self.ask(house, Method::GET, rest, None).await;
        assert_eq!(status, 200, "{rest}: {body}");
        body
    }
}

/// Runs a story on each engine that is installed. Houses are built outside the runtime: opening one blocks.
fn on_each_engine<F: AsyncFn(&House)>(story: F) {
    for house in ENGINES.into_iter().filter_map(House::fresh) {
        actix_web::rt::System::new().block_on(story(&house));
    }
}

#[test]
fn settings_are_read_patched_and_refused_field_by_field() {
    on_each_engine(async |house| {
        let shop = open_outside(house, "bottega.example");
        let change =
            json!({ "name": "Bottega Nuova", "time_zone": "Europe/Paris", "country": "it", "category": "caffè" });
        let (status, after) = shop.ask(house, Method::PATCH, "settings", Some(change)).await;
        assert_eq!(
            (status, &after["name"], &after["country"]),
            (200, &json!("Bottega Nuova"), &json!("IT")),
            "{after}"
        );
        let (_, cleared) = shop.ask(house, Method::PATCH, "settings", Some(json!({ "category": null }))).await;
        assert_eq!(cleared["category"], Value::Null);
        assert_eq!(shop.get(house, "settings").await, cleared, "what was answered is what is stored");
        for (field, value) in [
            ("time_zone", json!("Rome")),
            ("sector", json!("wine")),
            ("name", json!("")),
            ("name", json!(null)),
            ("domain", json!("other.example")),
            ("status", json!("closed")),
            ("merchant", json!("mer_x")),
            ("public_version", json!(9)),
        ] {
            let (status, problem) = shop.ask(house, Method::PATCH, "settings", Some(json!({ field: value }))).await;
            assert_eq!(
                (status, &problem["code"], &problem["field"]),
                (422, &json!("invalid_field"), &json!(format!("/{field}")))
            );
        }
        assert_eq!(shop.get(house, "settings").await, cleared, "what was refused changed nothing");
    });
}

#[test]
fn a_policy_is_replaced_whole_and_a_pause_is_a_setting() {
    on_each_engine(async |house| {
        let shop = open_outside(house, "bottega.example");
        let body = json!({ "invite_on": "delivered", "invite_after": "3d", "hours": { "from": 9, "to": 20 },
            "cap_days": 0, "min_total": 1500, "remind_after": "1w",
            "exceptions": [{ "country": "DE", "hours": null }, { "category": "Wine", "invite_after": "3w" }] });
        let (status, after) = shop.ask(house, Method::PUT, "policy", Some(body.clone())).await;
        assert_eq!((status, &after), (200, &body));
        assert_eq!(shop.get(house, "policy").await, body);
        let (_, after) = shop.ask(house, Method::PUT, "policy", Some(json!({ "invite_after": "1d" }))).await;
        assert_eq!(
            (&after["invite_on"], &after["hours"], &after["cap_days"]),
            (&json!("fulfilled"), &Value::Null, &json!(30))
        );
        for paused in ["pause", "pause", "resume", "resume"] {
            let (status, after) = shop.ask(house, Method::POST, paused, None).await;
            assert_eq!((status, &after["paused"]), (200, &json!(paused == "pause")));
        }
    });
}

#[test]
fn keys_rotate_with_an_overlap_and_are_told_by_their_last_four() {
    on_each_engine(async |house| {
        let mut shop = open_outside(house, "bottega.example");
        let (status, secret) = shop.ask(house, Method::POST, "keys/webhook/rotate", None).await;
        assert_eq!(status, 200, "{secret}");
        assert!(secret["webhook_secret"].as_str().unwrap().starts_with("whsec_"));
        assert_eq!(secret["previous_until"], json!(house.ctx.now().plus_ms(24 * HOUR)));
        let public = SigningKey::generate(&SeededRandom::new(3)).public().to_string();
        let (status, keys) = shop.ask(house, Method::PUT, "keys/ed25519", Some(json!({ "public_key": public }))).await;
        assert_eq!((status, keys["webhook"].as_array().unwrap().len()), (200, 3));
        assert!(!keys.to_string().contains("whsec_") && !keys.to_string().contains("atk_"));
        let (status, _) = shop.ask(house, Method::DELETE, "keys/ed25519", None).await;
        assert_eq!(status, 204);
        let (status, problem) = shop.ask(house, Method::DELETE, "keys/ed25519", None).await;
        assert_eq!((status, &problem["code"]), (404, &json!("not_found")));
        for overlap in ["31d", "1", "-1h"] {
            let body = json!({ "overlap": overlap });
            let (status, problem) = shop.ask(house, Method::POST, "keys/api/rotate", Some(body)).await;
            assert_eq!((status, &problem["field"]), (422, &json!("/overlap")), "{overlap}");
        }
        let (_, issued) = shop.ask(house, Method::POST, "keys/api/rotate", Some(json!({ "overlap": "1h" }))).await;
        house.clock.advance(HOUR - 1);
        shop.get(house, "keys").await;
        house.clock.advance(1);
        let (status, _) = shop.ask(house, Method::GET, "keys", None).await;
        assert_eq!(status, 401, "the key before ends with the overlap");
        issued["api_key"].as_str().unwrap().clone_into(&mut shop.key);
        assert_eq!(shop.get(house, "keys").await["api"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn a_suspended_or_closed_shop_reads_and_changes_nothing() {
    on_each_engine(async |house| {
        let shop = open_outside(house, "bottega.example");
        for (status, code) in [(ShopStatus::Suspended, "shop_suspended"), (ShopStatus::Closed, "shop_closed")] {
            let id = shop.shop.id;
            let stand = move |shop: &mut Shop| {
                shop.status = status;
                Ok(())
            };
            house.ctx.db().write(move |tx| merchants::change(tx, id, stand)).await.unwrap();
            assert_eq!(shop.get(house, "settings").await["status"], json!(status.as_str()));
            for (method, path) in writes() {
                let call = Call {
                    method,
                    path: path.replace("{shop}", "bottega.example"),
                    key: Some(&shop.key),
                    body: Some(json!({})),
                };
                let (answer, problem) = ask(house, call).await;
                assert_eq!((answer, &problem["code"]), (403, &json!(code)), "{path}");
            }
        }
    });
}

fn writes() -> Vec<(Method, &'static str)> {
    of_audience(&[Audience::Write])
}

fn of_audience(audiences: &[Audience]) -> Vec<(Method, &'static str)> {
    let mut table = RouteTable::new();
    desk::routes(&mut table);
    let entries = table.entries().iter().filter(|entry| audiences.contains(&entry.audience));
    entries.map(|entry| (entry.method.clone(), entry.path)).collect()
}

#[test]
fn a_foreign_key_and_an_unknown_shop_are_answered_alike_on_every_route() {
    on_each_engine(async |house| {
        let (mine, other) = (open_outside(house, "mine.example"), open_outside(house, "other.example"));
        let routes = of_audience(&[Audience::Private, Audience::Write]);
        assert!(routes.len() >= 20, "every route of the desk asks for a key");
        for (method, pattern) in routes {
            let names = [
                "other.example".to_owned(),
                other.shop.id.to_string(),
                "nobody.example".to_owned(),
                "shp_x".to_owned(),
            ];
            let mut answers = Vec::new();
            for name in &names {
                let path = pattern.replace("{shop}", name).replace("{id}", "inv_00000000000000000000000000");
                let path = format!("{path}?limit=1&limit=2");
                let call = Call { method: method.clone(), path, key: Some(&mine.key), body: Some(json!({})) };
                answers.push(ask(house, call).await);
            }
            assert_eq!(answers[0].0, 401, "{method} {pattern}: {}", answers[0].1);
            assert!(answers.iter().all(|answer| *answer == answers[0]), "{method} {pattern}: {answers:?}");
            let path = pattern.replace("{shop}", "mine.example");
            let (status, _) = ask(house, Call { method, path, key: None, body: None }).await;
            assert_eq!(status, 401, "{pattern} without a key");
        }
    });
}

#[test]
fn lists_begin_empty_and_foreign_things_are_not_found() {
    on_each_engine(async |house| {
        let shop = open_outside(house, "bottega.example");
        for rest in ["invitations", "inbox", "messages"] {
            let page = shop.get(house, rest).await;
            assert_eq!((&page["data"], &page["next"]), (&json!([]), &Value::Null), "{rest}");
            for query in ["limit=0", "limit=101", "limit=x", "cursor=x"] {
                let (status, problem) = shop.ask(house, Method::GET, &format!("{rest}?{query}"), None).await;
                assert_eq!(status, 400, "{rest}?{query}: {problem}");
            }
        }
        let somebody = "inv_01jd8q5v3gf2rs7k0t9w4e6xam";
        for (verb, body) in [("cancel", None), ("send", None), ("postpone", Some(json!({ "by": "1d" })))] {
            for id in [somebody, &somebody.replace("inv_", "ord_"), "inv_x", "x"] {
                let (status, _) =
                    shop.ask(house, Method::POST, &format!("invitations/{id}/{verb}"), body.clone()).await;
                assert_eq!(status, 404, "{verb} {id}");
            }
        }
        let reply = format!("reviews/{}/reply", somebody.replace("inv_", "rev_"));
        let (status, _) = shop.ask(house, Method::PUT, &reply, Some(json!({ "text": "Grazie" }))).await;
        assert_eq!(status, 404);
        let (status, problem) = shop.ask(house, Method::PUT, &reply, Some(json!({ "text": " \n " }))).await;
        assert_eq!((status, &problem["field"]), (422, &json!("/text")));
    });
}

#[test]
fn refused_webhooks_are_listed_newest_first() {
    on_each_engine(async |house| {
        let shop = open_outside(house, "bottega.example");
        let rejections = Rejections::default();
        for n in 0..2 {
            rejections.record(
                shop.shop.id,
                Rejection {
                    at: house.ctx.now(),
                    code: "signature_mismatch".to_owned(),
                    detail: "No signature fits.".to_owned(),
                    webhook_id: Some(format!("msg_{n}")),
                    skew_ms: Some(12),
                    body_bytes: 20,
                    body_sha256: "00".repeat(32),
                },
            );
        }
        rejections.flush(&house.ctx).await.unwrap();
        let listed = shop.get(house, "rejected-webhooks").await;
        assert_eq!(listed["data"][0]["webhook_id"], json!("msg_1"));
        assert_eq!(listed["data"].as_array().unwrap().len(), 2);
    });
}

/// Opens a shop from within a runtime: opening writes, and writing blocks the thread.
fn open_outside(house: &House, domain: &str) -> Opener {
    std::thread::scope(|scope| scope.spawn(|| open(house, domain)).join().expect("the shop opens"))
}
