//! Batches, from typed arrivals to what stands in the database. Over HTTP and on both engines: tests/it/intake.rs.

use std::sync::Arc;

use serde_json::{Value, json};

use super::answer::Outcome;
use super::batch;
use super::receive::{self, Arrival};
use super::sample::{customer_erased, order_event};
use super::verify::Signed;
use crate::config::Config;
use crate::context::{Context, Parts};
use crate::db::{Connection, DatabaseUrl, Db, Sizes, migrate};
use crate::kernel::domain::ShopRef;
use crate::kernel::id::{Ids, ShopId};
use crate::kernel::order_number::OrderNumber;
use crate::kernel::random::{Random, SeededRandom};
use crate::kernel::time::{Clock, DAY, SteppedClock, Timestamp};
use crate::keyring::{Keyring, MasterKey};
use crate::links::Links;
use crate::merchants::{self, LegalBasis, Merchant, NewShop, Policy, Sector, Shop, ShopEntry, ShopStatus, Shops};
use crate::orders::event::EventKind;
use crate::orders::{self, Order};
use crate::sign::webhook::Scheme;

const START: i64 = 1_795_305_600_000;
const ADA: &str = "ada@example.com";

struct House {
    ctx: Context,
    clock: Arc<SteppedClock>,
    shop: Arc<ShopEntry>,
    _dir: tempfile::TempDir,
}

fn context(url: &str, clock: &Arc<SteppedClock>) -> Context {
    let db = Db::open(&DatabaseUrl::parse(url).unwrap(), Sizes::default()).unwrap();
    migrate::run(&db).unwrap();
    let (clock, random): (Arc<dyn Clock>, Arc<dyn Random>) = (clock.clone(), Arc::new(SeededRandom::new(7)));
    let keyring = Keyring::open(&db, MasterKey::generate(&*random), Arc::clone(&random), clock.now()).unwrap();
    let config = Config::for_tests();
    let links = Links::new(config.base());
    let ids = Ids::new(Arc::clone(&clock), Arc::clone(&random));
    Context::new(Parts { config, db, clock, random, keyring, links, ids })
}

impl House {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(SteppedClock::new(Timestamp::from_millis(START)));
        let ctx = context(&format!("sqlite:{}", dir.path().join("a.db").display()), &clock);
        let id = open_shop(&ctx);
        let shop = Shops::new(ctx.clone()).find(&ShopRef::Id(id)).await.unwrap().unwrap();
        Self { ctx, clock, shop, _dir: dir }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn arrival(&self, webhook_id: &str, body: &Value) -> Arrival {
        let now = self.now();
        let (event, warnings) = receive::read(body.to_string().as_bytes(), now).unwrap();
        let mut body_hash = [0; 32];
        body.to_string()
            .bytes()
            .enumerate()
            .for_each(|(n, byte)| body_hash[n % 32] ^= byte.rotate_left(u32::try_from(n % 8).unwrap()));
        Arrival {
            shop: Arc::clone(&self.shop),
            id: self.ctx.ids().next(),
            signed: Signed { webhook_id: webhook_id.to_owned(), scheme: Scheme::V1, key: None },
            body_hash,
            received: now,
            person: receive::person(self.ctx.keyring(), &event),
            event,
            warnings,
        }
    }

    fn push(&self, bodies: &[(&str, Value)]) -> Vec<Value> {
        let arrivals: Vec<Arrival> = bodies.iter().map(|(id, body)| self.arrival(id, body)).collect();
        let ctx = self.ctx.clone();
        let outcomes = self.ctx.db().write_now(move |tx| batch::run(tx, &ctx, &arrivals)).unwrap();
        outcomes.into_iter().map(shown).collect()
    }

    fn order(&self, number: &str) -> Order {
        let (shop, number) = (self.shop.shop.id, OrderNumber::parse(number).unwrap());
        self.read(|c| orders::find_number(c, shop, &number).map(Option::unwrap))
    }

    fn read<T>(&self, f: impl FnOnce(&mut Connection) -> crate::db::Result<T>) -> T {
        self.ctx.db().read_now(f).unwrap()
    }

    fn address(&self, number: &str) -> Option<String> {
        let order = self.order(number);
        let contact = self.read(|c| orders::contact(c, self.ctx.keyring(), order.shop, order.id));
        contact.map(|contact| contact.email.expose().to_owned())
    }
}

fn open_shop(ctx: &Context) -> ShopId {
    let (id, merchant_id, now) = (ctx.ids().next(), ctx.ids().next(), ctx.now());
    let shop = Shop {
        id,
        merchant_id,
        domain: "bottega.example".parse().unwrap(),
        name: "Bottega".to_owned(),
        locale: "it-IT".parse().unwrap(),
        zone: "Europe/Rome".parse().unwrap(),
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
        created_at: now,
        weekly_mail: true,
        weekly_stop: None,
    };
    let merchant = Merchant { id: merchant_id, name: "m".to_owned(), created_at: now };
    let new = NewShop::new(ctx, shop, Some(merchant)).unwrap();
    ctx.db().write_now(move |tx| merchants::open_shop(tx, new).map(drop)).unwrap();
    id
}

fn shown(outcome: Outcome) -> Value {
    match outcome {
        Outcome::Kept(answer) => serde_json::to_value(answer).unwrap(),
        Outcome::Reused => json!("reused"),
        Outcome::TestMismatch { test } => json!({"mismatch": test}),
    }
}

fn states(answers: &[Value]) -> Vec<String> {
    let state =
        |answer: &Value| format!("{} {}", answer["state"].as_str().unwrap(), answer["reason"].as_str().unwrap_or("-"));
    answers.iter().map(state).collect()
}

#[tokio::test]
async fn an_order_is_opened_planned_and_cancelled() {
    let house = House::new().await;
    let now = house.now();
    let event = |kind, number| order_event(kind, number, ADA, now);
    let answers = house.push(&[("a", event(EventKind::Created, "#1")), ("b", event(EventKind::Created, "#2"))]);
    assert_eq!(states(&answers), ["waiting not_triggered", "waiting not_triggered"]);
    let answers = house.push(&[("c", event(EventKind::Fulfilled, "#1"))]);
    assert_eq!(states(&answers), ["scheduled -"]);
    assert!(answers[0]["at"].is_string() && answers[0]["event"].as_str().unwrap().starts_with("evt_"));
    let order = house.order("#1");
    assert_eq!((order.eligible, order.invited, order.facts().items.len()), (true, false, 2));
    assert_eq!(house.address("#1").as_deref(), Some(ADA));
    let answers = house.push(&[("d", event(EventKind::Cancelled, "#1"))]);
    assert_eq!(states(&answers), ["skipped order_cancelled"]);
    assert!(house.order("#1").eligible, "its trigger was reached before it was cancelled");
}

#[tokio::test]
async fn repeats_get_the_first_answer_and_other_bodies_are_refused() {
    let house = House::new().await;
    let now = house.now();
    let (first, other) =
        (order_event(EventKind::Fulfilled, "#1", ADA, now), order_event(EventKind::Paid, "#1", ADA, now));
    let answers = house.push(&[("a", first.clone()), ("a", first.clone()), ("a", other.clone())]);
    assert_eq!(
        (answers[0]["duplicate"].clone(), answers[1]["duplicate"].clone(), answers[2].clone()),
        (json!(false), json!(true), json!("reused"))
    );
    assert_eq!(answers[0]["event"], answers[1]["event"]);
    house.clock.advance(DAY);
    let later = house.push(&[("a", first.clone()), ("a", other), ("b", first)]);
    assert_eq!(later[0], answers[1]);
    assert_eq!(later[1], json!("reused"));
    assert_eq!(
        (later[2]["order"].clone(), later[2]["at"].clone()),
        (answers[0]["order"].clone(), answers[0]["at"].clone())
    );
}

#[tokio::test]
async fn test_belongs_to_the_order() {
    let house = House::new().await;
    let mut test = order_event(EventKind::Created, "#1", ADA, house.now());
    test["data"]["test"] = json!(true);
    let mut real = order_event(EventKind::Paid, "#1", ADA, house.now());
    real["data"]["test"] = json!(false);
    let silent = order_event(EventKind::Fulfilled, "#1", ADA, house.now());
    let answers = house.push(&[("a", test), ("b", real.clone()), ("c", silent)]);
    assert_eq!(answers[1], json!({"mismatch": true}));
    assert!(house.order("#1").test && !house.order("#1").eligible);
    assert_eq!(answers[2]["order"], answers[0]["order"]);
    // Nothing was kept of the refused one: its id is free.
    real["data"]["number"] = json!("#2");
    assert_eq!(house.push(&[("b", real)])[0]["duplicate"], json!(false));
}

#[tokio::test]
async fn an_erasure_stops_mail_and_covers_what_comes_late() {
    let house = House::new().await;
    let before = house.now();
    house.push(&[("a", order_event(EventKind::Fulfilled, "#1", ADA, before))]);
    house.clock.advance(DAY);
    let answers =
        house.push(&[("b", customer_erased("ADA@example.com", house.now())), ("i", json!({"type": "cart.left"}))]);
    assert_eq!(states(&answers), ["erased -", "ignored -"]);
    assert_eq!(
        (house.order("#1").state, house.address("#1")),
        (orders::State::Skipped(orders::Reason::CustomerErased), None)
    );
    house.clock.advance(DAY);
    let late = house.push(&[
        ("c", order_event(EventKind::Delivered, "#1", ADA, house.now())),
        ("d", order_event(EventKind::Fulfilled, "#2", ADA, before)),
        ("e", order_event(EventKind::Fulfilled, "#3", ADA, house.now())),
    ]);
    assert_eq!(states(&late), ["skipped customer_erased", "skipped customer_erased", "scheduled -"]);
    assert_eq!((house.address("#1"), house.address("#2"), house.address("#3").as_deref()), (None, None, Some(ADA)));
}

#[tokio::test]
async fn unreachable_orders_are_skipped_until_an_address_comes() {
    let house = House::new().await;
    let now = house.now();
    let answers = house.push(&[
        ("a", order_event(EventKind::Fulfilled, "#1", "", now)),
        ("b", order_event(EventKind::Fulfilled, "#2", "nobody", now)),
    ]);
    assert_eq!(states(&answers), ["skipped no_email", "skipped invalid_email"]);
    assert_eq!(answers[1]["warnings"][0]["code"], "invalid_email");
    house.clock.advance(1_000);
    let answers = house.push(&[("c", order_event(EventKind::Updated, "#1", ADA, house.now()))]);
    assert_eq!(states(&answers), ["scheduled -"]);
}

#[tokio::test]
async fn addresses_go_when_their_time_is_over() {
    let house = House::new().await;
    house.push(&[("a", order_event(EventKind::Created, "#1", ADA, house.now()))]);
    house.clock.advance(29 * DAY);
    let purge = || {
        house
            .ctx
            .db()
            .write_now({
                let now = house.now();
                move |tx| orders::personal::purge(tx, now, 10)
            })
            .unwrap()
    };
    assert_eq!((purge(), house.address("#1").as_deref()), (0, Some(ADA)));
    house.clock.advance(2 * DAY);
    assert_eq!((purge(), purge(), house.address("#1")), (1, 0, None));
    let mut shipped = order_event(EventKind::Fulfilled, "#1", ADA, house.now());
    shipped["data"].as_object_mut().unwrap().remove("customer");
    assert_eq!(states(&house.push(&[("b", shipped)])), ["skipped address_gone"]);
    let (now, ids) = (
        house.now(),
        house.ctx.db().write_now(move |tx| orders::personal::purge_events(tx, Timestamp::from_millis(START + DAY), 10)),
    );
    assert!(now > Timestamp::from_millis(START) && ids.unwrap() == 1);
}

#[tokio::test]
async fn an_order_shipped_in_part_waits_for_the_rest() {
    let house = House::new().await;
    let items = |lines: &[&str]| Value::from(lines.iter().map(|line| json!({"line": line})).collect::<Vec<_>>());
    let created = order_event(EventKind::Created, "#1", ADA, house.now());
    let mut part = order_event(EventKind::Fulfilled, "#1", ADA, house.now());
    part["data"]["items"] = items(&["2"]);
    let answers = house.push(&[("a", created), ("b", part)]);
    assert_eq!(states(&answers), ["waiting partly_shipped", "waiting partly_shipped"]);
    house.clock.advance(DAY);
    let mut rest = order_event(EventKind::Fulfilled, "#1", ADA, house.now());
    rest["data"]["items"] = items(&["1"]);
    assert_eq!(states(&house.push(&[("c", rest)])), ["scheduled -"]);
    let late = order_event(EventKind::Created, "#2", ADA, house.now());
    let mut part = order_event(EventKind::Fulfilled, "#2", "bruno@example.com", house.now());
    part["data"]["items"] = items(&["2"]);
    house.push(&[("d", late), ("e", part)]);
    house.clock.advance(15 * DAY);
    let paid = order_event(EventKind::Paid, "#2", "bruno@example.com", house.now());
    assert_eq!(states(&house.push(&[("f", paid)])), ["scheduled -"], "after fourteen days nobody waits for the rest");
}
