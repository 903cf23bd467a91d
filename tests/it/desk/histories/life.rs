//! One history at work: every step told to a running instance, over HTTP and SMTP, as shops, customers and mail servers tell it.

use std::collections::BTreeMap;

use attesta::db::Engine;
use attesta::invitations::jobs::watch_settings;
use attesta::kernel::delay::Delay;
use attesta::kernel::time::{HOUR, MINUTE, Timestamp};
use attesta::mail::brake;
use attesta::merchants::Policy;
use serde_json::{Value, json};

use super::steps::{
    Kind, SHOPS, Step, Terms, bounces_at_once, has_nonsense, is_german, is_test, person_of, shop_of, total_of,
};
use crate::returns::bench::{Bench, complaint, hard, soft};
use crate::support::app::{TestShop, event, link_in};
use crate::support::smtp_sink::Received;

/// Two shops of an instance of their own.
pub(super) struct Life {
    pub(super) bench: Bench,
    pub(super) shops: Vec<TestShop>,
    terms: [Terms; SHOPS],
    last: Option<(usize, String, Vec<u8>)>,
    events: usize,
}

/// What a customer or a mail server holds of a mail that left.
struct Held {
    from: String,
    form: String,
    stop: String,
}

/// The number of an order, as no other text of a mail has it.
pub(super) fn number(order: usize) -> String {
    format!("HX{order:02}")
}

fn address(order: usize) -> Option<String> {
    let name = |who: usize| if bounces_at_once(who) { "hard" } else { "ok" };
    let nonsense = || has_nonsense(order).then(|| "nobody at all".to_owned());
    person_of(order).map(|who| format!("{}-{who}@example.com", name(who))).or_else(nonsense)
}

impl Life {
    /// `None` where the engine is not installed.
    pub(super) async fn start(engine: Engine) -> Option<Self> {
        let bench = Bench::start(engine).await?;
        bench.app.clock().set(Timestamp::parse("2026-06-01T10:00:00.000Z").expect("a time"));
        let after = u16::try_from(Terms::default().after_hours).expect("hours");
        let mut shops = Vec::new();
        for domain in ["history.example", "elsewhere.example"] {
            let policy = Policy { invite_after: Delay::hours(after), cap_days: 0, ..Policy::default() };
            shops.push(bench.app.shop_with(domain, |shop| shop.policy = policy).await);
        }
        Some(Self { bench, shops, terms: Default::default(), last: None, events: 0 })
    }

    pub(super) fn now(&self) -> Timestamp {
        self.bench.app.now()
    }

    /// No two things happen at once.
    pub(super) fn breathe(&self) {
        self.bench.app.advance(MINUTE);
    }

    pub(super) async fn play(&mut self, step: Step) {
        let app = &self.bench.app;
        match step {
            Step::Event(order, kind, hours) => self.tell(order, kind, hours).await,
            Step::Erase(order, hours) => self.erase(order, hours).await,
            Step::Again => {
                if let Some((shop, id, body)) = &self.last {
                    app.post_event_as(&self.shops[*shop], id, body).await.expect(202, "a duplicate is known");
                }
            }
            Step::Run => app.run_jobs().await,
            Step::Pause(shop, on) => {
                let path = if on { "/pause" } else { "/resume" };
                self.set(shop, ("POST", path), &Value::Null).await;
            }
            Step::Hold(on) => self.hold(on).await,
            Step::Policy(shop, change) => {
                self.terms[shop] = self.terms[shop].with(change);
                self.set(shop, ("PUT", "/policy"), &self.terms[shop].body()).await;
            }
            Step::Hours(hours) => app.advance(hours * HOUR),
            Step::Withdraw(order) => self.handle(order, "cancel", &Value::Null).await,
            Step::Postpone(order, days) => self.handle(order, "postpone", &json!({ "by": format!("{days}d") })).await,
            Step::Hasten(order) => self.handle(order, "send", &Value::Null).await,
            _ => self.reply(step).await,
        }
    }

    /// A setting of a shop, which holds for what is planned within seconds; what was due before has left.
    async fn set(&self, shop: usize, (method, path): (&str, &str), body: &Value) {
        let app = &self.bench.app;
        app.run_jobs().await;
        app.send_as(&self.shops[shop], method, path, body).await.expect(200, "the setting is taken");
        watch_settings(app.ctx()).await.expect("the tick works");
        app.run_jobs().await;
    }

    /// The operator's hand on all mail; what was due before has left.
    async fn hold(&self, on: bool) {
        let (app, now) = (&self.bench.app, self.now());
        app.run_jobs().await;
        let note = on.then_some("moving");
        app.ctx().db().write(move |tx| brake::set_pause(tx, note, now)).await.expect("the operator's word is kept");
        app.rooms.watch_returns().await.expect("the tick works");
        app.run_jobs().await;
    }

    async fn tell(&mut self, order: usize, kind: Kind, hours: i64) {
        let app = &self.bench.app;
        let word = match kind {
            Kind::Created => "order.created",
            Kind::Shipped => "order.fulfilled",
            Kind::Cancelled => "order.cancelled",
            Kind::Refunded | Kind::Returned(_) => "order.refunded",
        };
        let mut told = event(word, &number(order), "", app.now().minus_ms(hours * HOUR));
        told["data"]["items"] = json!([{ "line": "0", "quantity": 1 }, { "line": "1", "quantity": 1 }]);
        match kind {
            Kind::Refunded => told["data"]["refund"] = json!({ "all": true }),
            Kind::Returned(line) => {
                told["data"]["refund"] = json!({ "items": [{ "line": line.to_string(), "quantity": 1 }] })
            }
            Kind::Created | Kind::Shipped | Kind::Cancelled => {}
        }
        // Where clocks never change: a week is seven days.
        told["data"]["customer"] = json!({ "country": if is_german(order) { "DE" } else { "IS" }, "locale": "it-IT" });
        if let Some(address) = address(order) {
            told["data"]["customer"]["email"] = json!(address);
        }
        told["data"]["total"] = json!(total_of(order));
        told["data"]["test"] = json!(is_test(order));
        self.send(shop_of(order), told.to_string().into_bytes()).await;
    }

    /// The shop passes on that the customer of an order asked to be erased.
    async fn erase(&mut self, order: usize, hours: i64) {
        let Some(address) = person_of(order).and_then(|_| address(order)) else { return };
        let at = self.now().minus_ms(hours * HOUR);
        let told = json!({ "type": "customer.erased", "timestamp": at, "data": { "email": address } });
        self.send(shop_of(order), told.to_string().into_bytes()).await;
    }

    /// An event of a shop.
    async fn send(&mut self, shop: usize, body: Vec<u8>) {
        self.events += 1;
        let id = format!("msg_{}", self.events);
        self.bench.app.post_event_as(&self.shops[shop], &id, &body).await.expect(202, "the event is taken");
        self.last = Some((shop, id, body));
    }

    /// What a customer or their server does with the mail about an order, where one left.
    async fn reply(&self, step: Step) {
        let Some(mail) = step.order().and_then(|order| self.mail(order)) else { return };
        let (app, bench) = (&self.bench.app, &self.bench);
        let (url, field) = match step {
            Step::Bounce(_, for_good) => {
                return drop(bench.hand_in(&mail.from, &if for_good { hard() } else { soft() }).await);
            }
            Step::Complain(_) => return drop(bench.hand_in(&mail.from, &complaint(&mail.from)).await),
            Step::Post(_, whole) => (mail.form, ("stars", if whole { "4" } else { "9" })),
            Step::Leave(_, true) => (mail.stop, ("reach", "instance")),
            Step::Leave(_, false) => (mail.stop, ("List-Unsubscribe", "One-Click")),
            Step::Return(_) => (format!("{}/undo", mail.stop), ("", "")),
            _ => (format!("{}/later", mail.stop), ("", "")),
        };
        let posted = app.post_form(&url, &[field]).await;
        assert!([200, 201, 409, 410, 422].contains(&posted.status), "{step:?}: {} {}", posted.status, posted.text);
    }

    /// The shop's hand on the invitation of an order that it knows.
    async fn handle(&self, order: usize, what: &str, body: &Value) {
        let (app, shop) = (&self.bench.app, &self.shops[shop_of(order)]);
        if let Some(id) = app.order(shop, &number(order)).await["id"].as_str() {
            let path = format!("/invitations/{id}/{what}");
            let answer = app.send_as(shop, "POST", &path, body).await;
            assert!([200, 404, 409, 422].contains(&answer.status), "{what}: {}", answer.text);
        }
    }

    /// The invitation of an order, where a server took it.
    fn mail(&self, order: usize) -> Option<Held> {
        let (to, number) = ([address(order)?], number(order));
        let held = |mail: &Received| {
            let text = String::from_utf8_lossy(&mail.data).replace("=\r\n", "").replace("=3D", "=");
            let star = text.contains(&number).then(|| link_in(&text, "/r/"))?;
            let (form, stars) = star.rsplit_once('/')?;
            // Later mails about a review carry its link without stars.
            let (from, stop) = (mail.from.clone(), link_in(&text, "/u/"));
            (stars.len() == 1).then(|| Held { from, form: form.to_owned(), stop })
        };
        self.bench.sink.ledger().iter().filter(|mail| mail.to == to).find_map(held)
    }

    /// What the instance says of a shop's days, without the times at which it counted; JSON and table must say the same.
    pub(super) async fn counted(&self, shop: usize, (from, to): (&str, &str)) -> BTreeMap<String, Value> {
        let (bench, shop) = (&self.bench, &self.shops[shop]);
        let query = format!("from={from}&to={to}");
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
            for (name, n) in flat(&numbers) {
                let column = name.strip_prefix("reasons_").unwrap_or(&name);
                assert_eq!(n.to_string(), cells[column], "{name} in the table");
            }
            days.insert(day.as_str().expect("a day").to_owned(), numbers);
        }
        days
    }

    /// How many questions about an order are still to be sent, as the lives of its mails tell.
    pub(super) async fn to_come(&self, order: usize) -> usize {
        let (app, shop) = (&self.bench.app, &self.shops[shop_of(order)]);
        let id = app.order(shop, &number(order)).await["id"].clone();
        let path = format!("/orders/{}", id.as_str().expect("an order"));
        let order = app.get_as(shop, &path).await.expect(200, "one order");
        let mails = order["messages"].as_array().expect("mails");
        let state = |mail: &&Value| matches!(mail["state"].as_str(), Some("scheduled" | "queued" | "held" | "parked"));
        mails.iter().filter(|mail| mail["kind"] == "invitation").filter(state).count()
    }

    /// What anybody is told of a shop's orders.
    pub(super) async fn public(&self, shop: usize) -> Value {
        let path = format!("/v1/shops/{}", self.shops[shop].domain);
        self.bench.app.get(&path).await.expect(200, "the profile")["collection"].clone()
    }
}

/// Every number with its name, as the table spells it.
pub(super) fn flat(numbers: &Value) -> BTreeMap<String, i64> {
    let mut all = BTreeMap::new();
    for (name, value) in numbers.as_object().expect("numbers") {
        match value.as_i64() {
            Some(n) => drop(all.insert(name.clone(), n)),
            None => all.extend(flat(value).into_iter().map(|(inner, n)| (format!("{name}_{inner}"), n))),
        }
    }
    all
}
