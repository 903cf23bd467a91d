//! Every order is accounted for, whatever happens: random histories of a shop, told to a running instance over HTTP and SMTP and
//! beside it to the [`model`], which knows nothing of how the instance counts. The numbers must agree in the accounting, in its table
//! and in the public collection. The histories are the same in every run; a failure prints its own.

mod model;

use std::collections::BTreeMap;

use attesta::db::Engine;
use attesta::invitations::jobs::watch_settings;
use attesta::kernel::delay::Delay;
use attesta::kernel::time::{HOUR, Timestamp};
use attesta::merchants::Policy;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use self::model::{Kind, Model, ORDERS, Step};
use crate::returns::bench::{Bench, hard, soft};
use crate::support::app::{TestShop, event, link_in};
use crate::support::house::ENGINES;
use crate::support::smtp_sink::Received;

/// Histories an engine lives through.
const HISTORIES: usize = 2;

fn step() -> impl Strategy<Value = Step> {
    let kind = prop_oneof![
        2 => Just(Kind::Created),
        6 => Just(Kind::Shipped),
        3 => Just(Kind::Cancelled),
        2 => Just(Kind::Refunded),
        4 => (0_usize..2).prop_map(Kind::Returned),
    ];
    let age = prop_oneof![4 => Just(0_i64), 4 => 1_i64..72, 1 => Just(100 * 24)];
    let order = || 0..ORDERS;
    prop_oneof![
        16 => (order(), kind, age).prop_map(|(order, kind, hours)| Step::Event(order, kind, hours)),
        1 => Just(Step::Again),
        5 => Just(Step::Run),
        3 => (order(), any::<bool>()).prop_map(|(order, hard)| Step::Bounce(order, hard)),
        3 => (order(), any::<bool>()).prop_map(|(order, whole)| Step::Post(order, whole)),
        1 => any::<bool>().prop_map(Step::Pause),
        5 => (1_i64..60).prop_map(Step::Hours),
    ]
}

/// One history at work.
struct Life<'a> {
    bench: &'a Bench,
    shop: TestShop,
    nth: usize,
    last: Option<(String, Vec<u8>)>,
    events: usize,
}

impl Life<'_> {
    fn address(&self, order: usize) -> String {
        let name = if model::bounces_at_once(order) { "hard" } else { "ok" };
        format!("{name}-{}-{order}@example.com", self.nth)
    }

    async fn play(&mut self, step: Step) {
        let app = &self.bench.app;
        match step {
            Step::Event(order, kind, hours) => self.tell(order, kind, hours).await,
            Step::Again => {
                if let Some((id, body)) = &self.last {
                    app.post_event_as(&self.shop, id, body).await.expect(202, "a duplicate is known");
                }
            }
            Step::Run => app.run_jobs().await,
            Step::Bounce(order, for_good) => {
                if let Some(from) = self.mail(order).map(|(from, _)| from) {
                    self.bench.hand_in(&from, &if for_good { hard() } else { soft() }).await;
                }
            }
            Step::Post(order, whole) => {
                if let Some(link) = self.mail(order).map(|(_, link)| link) {
                    let posted = app.post_form(&link, &[("stars", if whole { "4" } else { "9" })]).await;
                    assert!([200, 201, 422].contains(&posted.status), "{}", posted.text);
                }
            }
            Step::Pause(on) => {
                let path = if on { "/pause" } else { "/resume" };
                app.send_as(&self.shop, "POST", path, &Value::Null).await.expect(200, "paused or not");
                watch_settings(app.ctx()).await.expect("the tick works");
                app.run_jobs().await;
            }
            Step::Hours(hours) => app.advance(hours * HOUR),
        }
    }

    async fn tell(&mut self, order: usize, kind: Kind, hours: i64) {
        let app = &self.bench.app;
        let word = match kind {
            Kind::Created => "order.created",
            Kind::Shipped => "order.fulfilled",
            Kind::Cancelled => "order.cancelled",
            Kind::Refunded | Kind::Returned(_) => "order.refunded",
        };
        let mut told = event(word, &format!("#{order}"), &self.address(order), app.now().minus_ms(hours * HOUR));
        told["data"]["items"] = json!([{ "line": "0", "quantity": 1 }, { "line": "1", "quantity": 1 }]);
        match kind {
            Kind::Refunded => told["data"]["refund"] = json!({ "all": true }),
            Kind::Returned(line) => {
                told["data"]["refund"] = json!({ "items": [{ "line": line.to_string(), "quantity": 1 }] })
            }
            Kind::Created | Kind::Shipped | Kind::Cancelled => {}
        }
        if !model::has_address(order) {
            told["data"]["customer"] = json!({});
        }
        told["data"]["test"] = json!(model::is_test(order));
        self.events += 1;
        let (id, body) = (format!("msg_{}_{}", self.nth, self.events), told.to_string().into_bytes());
        app.post_event_as(&self.shop, &id, &body).await.expect(202, "the event is taken");
        self.last = Some((id, body));
    }

    /// Return address and link of the invitation of an order, where a server took it.
    fn mail(&self, order: usize) -> Option<(String, String)> {
        let to = [self.address(order)];
        let asked = |mail: &Received| {
            let text = String::from_utf8_lossy(&mail.data).replace("=\r\n", "").replace("=3D", "=");
            let star = link_in(&text, "/r/");
            let (link, stars) = star.rsplit_once('/')?;
            // Later mails about a review carry its link without stars.
            (stars.len() == 1).then(|| (mail.from.clone(), link.to_owned()))
        };
        self.bench.sink.ledger().iter().filter(|mail| mail.to == to).find_map(asked)
    }
}

/// What the instance says of these days, without the times at which it counted.
async fn counted(bench: &Bench, shop: &TestShop, from: Timestamp) -> BTreeMap<String, Value> {
    bench.app.rooms.count_what_moved().await.expect("counted");
    bench.app.rooms.account_for_what_moved().await.expect("counted");
    let query = format!("from={}&to={}", from.day(), bench.app.now().day());
    let seen = bench.app.get_as(shop, &format!("/accounting?{query}")).await.expect(200, "the accounting");
    let table = bench.app.get_as(shop, &format!("/accounting.csv?{query}")).await;
    let mut reader = csv::Reader::from_reader(table.text.trim_start_matches('\u{feff}').as_bytes());
    let names = reader.headers().expect("names").clone();
    let rows = reader.records().map(|row| row.expect("a row"));
    let mut days = BTreeMap::new();
    for (day, row) in seen["data"].as_array().expect("days").iter().zip(rows) {
        let cells: BTreeMap<&str, &str> = names.iter().zip(row.iter()).collect();
        let mut numbers = day.clone();
        let fields = numbers.as_object_mut().expect("numbers");
        let (day, _) = (fields.remove("day").expect("a day"), fields.remove("as_of"));
        assert_eq!(day, cells["day"]);
        for (name, n) in fields.iter().filter(|(name, _)| *name != "reasons") {
            assert_eq!(n.to_string(), cells[name.as_str()], "{name} in the table");
        }
        for (state, by) in fields["reasons"].as_object().expect("states") {
            for (code, n) in by.as_object().expect("reasons") {
                assert_eq!(n.to_string(), cells[format!("{state}_{code}").as_str()], "{state} {code} in the table");
            }
        }
        days.insert(day.as_str().expect("a day").to_owned(), numbers);
    }
    days
}

async fn histories(engine: Engine) {
    let Some(bench) = Bench::start(engine).await else { return };
    let mut runner = TestRunner::deterministic();
    let histories = proptest::collection::vec(step(), 50..70);
    bench.app.clock().set(Timestamp::parse("2026-06-01T10:00:00.000Z").expect("a time"));
    for nth in 0..HISTORIES {
        let policy = Policy { invite_after: Delay::hours(model::DELAY_HOURS), cap_days: 0, ..Policy::default() };
        let shop = bench.app.shop_with(&format!("history-{nth}.example"), |shop| shop.policy = policy).await;
        let (from, mut model) = (bench.app.now(), Model::default());
        let mut life = Life { bench: &bench, shop: shop.clone(), nth, last: None, events: 0 };
        let steps = histories.new_tree(&mut runner).expect("a history").current();
        for step in &steps {
            life.play(*step).await;
            model.play(*step, bench.app.now());
        }
        for last in [None, Some(Step::Run)] {
            if let Some(step) = last {
                life.play(step).await;
                model.play(step, bench.app.now());
            }
            for (day, numbers) in &counted(&bench, &shop, from).await {
                assert_eq!(*numbers, model.numbers(Some(day.as_str())), "history {nth}, {day}: {steps:#?}");
            }
        }
        // Nothing else is due within these ten seconds: whatever was, has left.
        bench.app.advance(10_000);
        bench.app.run_jobs().await;
        let public = bench.app.get(&format!("/v1/shops/{}", shop.domain)).await.expect(200, "the profile");
        for name in ["orders", "eligible", "invited", "waiting", "scheduled", "held", "sent", "reviewed"] {
            let expected = &model.numbers(None)[name];
            assert_eq!(public["collection"][name], *expected, "history {nth}, {name} in public: {steps:#?}");
        }
    }
}

#[tokio::test]
async fn whatever_happens_every_order_is_accounted_for() {
    for engine in ENGINES {
        histories(engine).await;
    }
}
