//! A whole instance behind a real port, with a stepped clock: what a story test drives. Shops push to it, mails are
//! captured, links are followed.

use std::sync::Arc;

use attesta::app::House as Rooms;
use attesta::config::Config;
use attesta::context::Context;
use attesta::db::Engine;
use attesta::http;
use attesta::jobs::Runner;
use attesta::kernel::delay::Delay;
use attesta::kernel::domain::ShopDomain;
use attesta::kernel::id::{EventId, ShopId};
use attesta::kernel::locale::Locale;
use attesta::kernel::time::{SteppedClock, Timestamp};
use attesta::kernel::zone::Zone;
use attesta::links::Base;
use attesta::mail::transport::capture::{Mailbox, Opened};
use attesta::merchants::{self, LegalBasis, Merchant, NewShop, Opened as OpenedShop, Policy, Sector, Shop, ShopStatus};
use attesta::sign::webhook::{self, Secret};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::house::{self, House};
use crate::contract;

/// A running instance.
pub(crate) struct TestApp {
    pub(crate) house: House,
    pub(crate) rooms: Rooms,
    pub(crate) runner: Runner,
    pub(crate) http: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
}

/// A shop of a test, with the keys its own server holds.
#[derive(Clone)]
pub(crate) struct TestShop {
    pub(crate) id: ShopId,
    pub(crate) domain: String,
    pub(crate) secret: Secret,
    pub(crate) api_key: String,
}

/// An answer: status, headers, body.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("JSON was expected ({error}): {}", self.text))
    }

    /// The body as JSON, of an answer that must have this status.
    pub(crate) fn expect(self, status: u16, why: &str) -> Value {
        assert_eq!(self.status, status, "{why}: {}", self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    /// A header's text, empty where it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl TestApp {
    /// A fresh instance on this engine; `None` where it is not installed.
    pub(crate) async fn start(engine: Engine) -> Option<Self> {
        Self::start_with(engine, |_| {}).await
    }

    /// A fresh instance with changed settings. The port is bound before: `config.listen` is where it will answer.
    pub(crate) async fn start_with(engine: Engine, change: impl FnOnce(&mut Config)) -> Option<Self> {
        Self::start_as(engine, change, |rooms| rooms).await
    }

    /// The same, with something of the house exchanged.
    pub(crate) async fn start_as(
        engine: Engine,
        change: impl FnOnce(&mut Config),
        exchange: impl FnOnce(Rooms) -> Rooms,
    ) -> Option<Self> {
        let dir = Arc::new(tempfile::tempdir().expect("a temporary folder"));
        let mut config = house::settings(dir.path(), engine)?;
        let (listener, address) = http::bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
        config.listen = address;
        change(&mut config);
        Some(Self::over(House::with(config, dir), listener, exchange))
    }

    /// Another process over the same database and clock, on a port of its own.
    pub(crate) fn neighbour(&self, seed: u64) -> Self {
        let (listener, _) = http::bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
        let address = listener.local_addr().expect("its address");
        Self::over(self.house.neighbour_at(seed, address), listener, |rooms| rooms)
    }

    fn over(house: House, listener: std::net::TcpListener, exchange: impl FnOnce(Rooms) -> Rooms) -> Self {
        let rooms = exchange(Rooms::new(house.ctx.clone()).expect("the house stands"));
        let runner = rooms.runner();
        let edge = rooms.edge().expect("the edge stands");
        let configure = rooms.configure();
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(http::serve(edge, listener, configure, async { drop(stopped.await) }, async {}));
        // The first one counts; later ones find it there.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        Self { house, rooms, runner, http, stop: Some(stop) }
    }

    pub(crate) fn ctx(&self) -> &Context {
        &self.house.ctx
    }

    pub(crate) fn clock(&self) -> &SteppedClock {
        &self.house.clock
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.house.ctx.now()
    }

    /// Steps the clock.
    pub(crate) fn advance(&self, ms: i64) {
        self.house.clock.advance(ms);
    }

    /// The address of a path of the API or a page.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base())
    }

    fn base(&self) -> Base {
        self.house.ctx.config().base()
    }

    /// Opens a shop that invites at once after the parcel left.
    pub(crate) async fn shop(&self, domain: &str) -> TestShop {
        self.shop_with(domain, |_| {}).await
    }

    /// Opens a shop with changed settings.
    pub(crate) async fn shop_with(&self, domain: &str, change: impl FnOnce(&mut Shop)) -> TestShop {
        let ctx = self.ctx();
        let merchant = Merchant { id: ctx.ids().next(), name: "Merchant".to_owned(), created_at: ctx.now() };
        let domain = ShopDomain::parse(domain).expect("a domain");
        let mut shop = Shop {
            id: ctx.ids().next(),
            merchant_id: merchant.id,
            domain,
            name: "Bottega Verdi".to_owned(),
            locale: Locale::parse("it-IT").expect("a locale"),
            zone: Zone::parse("Europe/Rome").expect("a zone"),
            country: None,
            category: None,
            contact: None,
            sector: Sector::General,
            mail_name: None,
            mail_from: None,
            legal_basis: LegalBasis::SoftOptIn,
            status: ShopStatus::Open,
            paused: false,
            policy: Policy { invite_after: Delay::hours(0), cap_days: 0, ..Policy::default() },
            settings_version: 1,
            public_version: 1,
            created_at: ctx.now(),
            weekly_mail: true,
            weekly_stop: None,
        };
        change(&mut shop);
        let (id, domain) = (shop.id, shop.domain.to_string());
        let new = NewShop::new(ctx, shop, Some(merchant)).expect("keys can be sealed");
        let opened = ctx.db().write(move |tx| merchants::open_shop(tx, new)).await.expect("the shop is written");
        let OpenedShop::Open { webhook_secret, api_key } = opened else { panic!("the shop's domain is free") };
        let secret = Secret::parse(&webhook_secret.text).expect("a secret");
        TestShop { id, domain, secret, api_key: api_key.text }
    }

    /// Signs an event of this shop and posts it.
    pub(crate) async fn post_event(&self, shop: &TestShop, event: &Value) -> Answer {
        let id = EventId::to_string(&self.ctx().ids().next()).replace("evt_", "msg_");
        self.post_event_as(shop, &id, event.to_string().as_bytes()).await
    }

    /// Signs these bytes under this webhook-id and posts them.
    pub(crate) async fn post_event_as(&self, shop: &TestShop, id: &str, body: &[u8]) -> Answer {
        let signature = webhook::sign(&shop.secret, id, self.now(), body);
        let headers = [
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", self.now().seconds().to_string()),
            ("webhook-signature", signature),
        ];
        self.post_raw(&self.url(&format!("/v1/shops/{}/events", shop.id)), &headers, body).await
    }

    /// Posts JSON bytes with these headers.
    pub(crate) async fn post_raw(&self, url: &str, headers: &[(&str, String)], body: &[u8]) -> Answer {
        let mut request = self.http.post(url).header("content-type", "application/json").body(body.to_vec());
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        self.answer(request).await
    }

    /// GET of a path.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.answer(self.http.get(self.url(path))).await
    }

    /// GET of a whole address, as a link in a mail is followed.
    pub(crate) async fn follow(&self, url: &str) -> Answer {
        self.answer(self.http.get(url)).await
    }

    /// GET with the shop's API key; `path` begins after `/v1/shops/{shop}`.
    pub(crate) async fn get_as(&self, shop: &TestShop, path: &str) -> Answer {
        self.answer(self.http.get(self.url(&format!("/v1/shops/{}{path}", shop.id))).bearer_auth(&shop.api_key)).await
    }

    /// A request with the shop's API key and a JSON body; `path` begins after `/v1/shops/{shop}`.
    pub(crate) async fn send_as(&self, shop: &TestShop, method: &str, path: &str, body: &Value) -> Answer {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let request =
            self.http.request(method, self.url(&format!("/v1/shops/{}{path}", shop.id))).bearer_auth(&shop.api_key);
        self.answer(if body.is_null() { request } else { request.json(body) }).await
    }

    /// Sends a request; whatever comes back must be an answer that the contract promises.
    pub(crate) async fn answer(&self, request: reqwest::RequestBuilder) -> Answer {
        let request = request.build().expect("a request");
        let (method, path) = (request.method().to_string(), request.url().path().to_owned());
        let response = self.http.execute(request).await.expect("the server answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let answer = Answer { status, headers, text: response.text().await.expect("a body") };
        contract::check(&method, path.strip_prefix(self.base().prefix()).unwrap_or(&path), &answer);
        answer
    }

    /// Posts a form as a browser does.
    pub(crate) async fn post_form(&self, url: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_urlencoded::to_string(fields).expect("a form");
        self.answer(self.http.post(url).header("content-type", "application/x-www-form-urlencoded").body(body)).await
    }

    /// Posts files to a form, each under `photo`.
    pub(crate) async fn post_photos(&self, url: &str, files: &[Vec<u8>]) -> Answer {
        let (kind, body) = multipart(&files.iter().map(|bytes| ("photo", bytes.clone())).collect::<Vec<_>>());
        self.answer(self.http.post(url).header("content-type", kind).body(body)).await
    }

    /// Runs every job that is due.
    pub(crate) async fn run_jobs(&self) {
        while self.runner.run_due().await.expect("the queue works") > 0 {}
    }

    /// Captured mails, newest first.
    pub(crate) fn mails(&self) -> Vec<Opened> {
        let mailbox = Mailbox::new(&self.ctx().config().data_dir);
        let list = mailbox.list().expect("the mailbox can be read");
        list.into_iter()
            .map(|entry| mailbox.read(entry.id).expect("a mail can be read").expect("it is there"))
            .collect()
    }

    /// The newest captured mail to an address.
    pub(crate) fn mail_to(&self, address: &str) -> Opened {
        self.mails()
            .into_iter()
            .find(|mail| mail.headers.iter().any(|(name, value)| name == "To" && value.contains(address)))
            .unwrap_or_else(|| panic!("a mail to {address} was expected"))
    }

    /// The link of the review form in the newest mail to an address.
    pub(crate) fn review_link(&self, address: &str) -> String {
        let star = link_in(&self.mail_to(address).text, "/r/");
        star.rsplit_once('/').filter(|(_, last)| last.len() == 1).map_or(star.clone(), |(link, _)| link.to_owned())
    }

    /// The one-click unsubscribe link in the newest mail to an address.
    pub(crate) fn unsubscribe_link(&self, address: &str) -> String {
        link_in(&self.mail_to(address).text, "/u/")
    }

    /// An order goes in, its invitation comes out: the link to the form.
    pub(crate) async fn invited(&self, shop: &TestShop, number: &str, email: &str) -> String {
        self.post_event(shop, &fulfilled(number, email, self.now())).await.expect(202, "the order is taken");
        self.run_jobs().await;
        self.review_link(email)
    }

    /// The state code of an order, found by number as the shop would.
    pub(crate) async fn order(&self, shop: &TestShop, number: &str) -> Value {
        let query = serde_urlencoded::to_string([("number", number)]).expect("a query");
        let page = self.get_as(shop, &format!("/orders?{query}")).await.expect(200, "orders are found by number");
        page["data"][0].clone()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _gone = stop.send(());
        }
    }
}

/// The first link with this part in a text.
pub(crate) fn link_in(text: &str, part: &str) -> String {
    let mut words = text.split(|c: char| c.is_whitespace() || "<>()".contains(c));
    words
        .find(|word| word.starts_with("http") && word.contains(part))
        .unwrap_or_else(|| panic!("a link with {part} was expected in:\n{text}"))
        .to_owned()
}

/// A parcel left: an order of one moka.
pub(crate) fn fulfilled(number: &str, email: &str, at: Timestamp) -> Value {
    event("order.fulfilled", number, email, at)
}

/// An event of a plain order.
pub(crate) fn event(kind: &str, number: &str, email: &str, at: Timestamp) -> Value {
    json!({
        "type": kind, "timestamp": at,
        "data": {
            "number": number, "placed_at": at,
            "customer": { "email": email, "name": "Ada Bianchi", "locale": "it-IT", "country": "IT" },
            "currency": "EUR", "total": 4990,
            "items": [{ "line": "1", "sku": "moka-3", "name": "Moka tre tazze", "quantity": 1, "price": 4990 }],
        },
    })
}

/// A form with files as a browser sends it: its content type and its body.
pub(crate) fn multipart(files: &[(&str, Vec<u8>)]) -> (String, Vec<u8>) {
    let boundary = "----a boundary of ours".replace(' ', "-");
    let mut body = Vec::new();
    for (name, bytes) in files {
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"x.jpg\"\r\n\
             Content-Type: image/jpeg\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}
