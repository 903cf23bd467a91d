//! What stands before a call is made: a shop with orders in every state that calls need, made through the real doors.

use std::collections::BTreeMap;

use attesta::kernel::id::InvitationId;
use attesta::kernel::random::SeededRandom;
use attesta::kernel::short::ShortCode;
use attesta::kernel::time::DAY;
use attesta::keyring::Link;
use attesta::merchants::{self, ShopStatus};
use attesta::sign::token::Purpose;
use attesta::sign::webhook::SigningKey;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::file::{Operation, operations};
use crate::support::app::{TestApp, TestShop, fulfilled};

/// A shop and what fills the parameters of calls about it.
pub(super) struct Scene {
    pub(super) shop: TestShop,
    /// By operation and parameter, `*` for every operation.
    values: BTreeMap<(&'static str, &'static str), String>,
}

/// The product of every order here.
pub(super) const SKU: &str = "moka-3";

/// Operations about a review that has no reply yet.
const UNANSWERED: [&str; 1] = ["put_reply"];
/// Operations behind the link of somebody who has reviewed.
const AUTHORS: [&str; 9] = [
    "edit_review",
    "confirm_erase_review",
    "erase_review",
    "answer_reply",
    "drop_review_version",
    "show_photos",
    "add_photos",
    "describe_photo",
    "remove_photo",
];
/// Operations about a photo.
const PHOTOS: [&str; 2] = ["read_photo", "read_small_photo"];
/// Operations on an invitation that is still to be sent.
const PENDING: [&str; 3] = ["cancel_invitation", "postpone_invitation", "send_invitation"];
/// Operations behind the link that unsubscribes.
const LEAVING: [&str; 4] = ["show_unsubscribe", "unsubscribe", "resubscribe", "ask_later"];

/// Operations behind the link that ends a shop's weekly mail.
const WEEKLY: [&str; 2] = ["show_weekly_stop", "stop_weekly_mail"];

impl Scene {
    /// A shop that has just been opened: enough for settings, keys and events.
    pub(super) async fn bare(app: &TestApp, domain: &str) -> Self {
        forget_mails(app);
        let shop = app.shop(domain).await;
        let mut scene = Self { values: BTreeMap::new(), shop };
        scene.set("*", "shop", &scene.shop.domain.clone());
        scene.set("*", "domain", &scene.shop.domain.clone());
        scene.set("*", "businessUnitId", &scene.shop.domain.clone());
        scene.set("compat_find_business_unit", "name", &scene.shop.domain.clone());
        scene.set("*", "provider", "mailgun");
        scene.set("*", "reviewId", "nothing");
        scene.set("*", "sku", SKU);
        scene.set("*", "stars", "5");
        scene.set("compat_draw_stars_png", "size", "256x48");
        scene.set("*", "code", &ShortCode::of(scene.shop.id).to_string());
        scene.set("read_oembed", "url", &app.url(&format!("/shops/{}", scene.shop.domain)));
        scene.set("*", "kind", "mini");
        scene.set("*", "mail", "invitation");
        scene.set("*", "language", "it");
        scene.set("*", "list", "reviews");
        scene.set("read_sitemap", "from", "first");
        scene
    }

    /// A shop beside another, with two reviews, one of them edited and replied to, an open invitation, one still to be sent, a refused
    /// webhook and an Ed25519 key.
    pub(super) async fn full(app: &TestApp, domain: &str) -> Self {
        let mut scene = Self::bare(app, domain).await;
        scene.reviewed(app, "ada", "4").await;
        scene.reviewed(app, "bea", "2").await;
        scene.answered(app).await;
        let open = scene.invited(app, "cleo").await;
        scene.set("*", "token", token(&open));
        let leave = app.unsubscribe_link(&scene.address("cleo"));
        scene.set_all(&LEAVING, "token", token(&leave));
        scene.set_all(&WEEKLY, "token", &weekly_token(app, &scene.shop));
        scene.pending(app).await;
        let sent = app.order(&scene.shop, "#cleo").await;
        scene.set("read_order", "id", sent["id"].as_str().expect("an id"));
        let key = SigningKey::generate(&SeededRandom::new(7)).public();
        let registered =
            app.send_as(&scene.shop, "PUT", "/keys/ed25519", &json!({ "public_key": key.to_string() })).await;
        registered.expect(200, "the key is registered");
        scene.refused(app).await;
        let page = app.get("/docs").await.text;
        let style =
            page.split("/assets/").nth(1).and_then(|rest| rest.split('"').next()).expect("pages have a stylesheet");
        scene.set("*", "file", style);
        scene.set("read_widget_file", "file", "v1.js");
        app.shop(&format!("n-{domain}")).await;
        app.rooms.list_what_moved().await.expect("the directory follows");
        scene
    }

    /// What an operation needs, under a domain of its own.
    pub(super) async fn of(app: &TestApp, operation: &Operation, domain: &str) -> Self {
        let tags = operation.at.must("tags");
        let alone = ["Settings", "Keys", "Events"].iter().any(|tag| tags.node[0] == *tag);
        if alone && operation.id != "remove_public_key" {
            Self::bare(app, domain).await
        } else {
            Self::full(app, domain).await
        }
    }

    /// What fills a parameter of an operation.
    pub(super) fn value(&self, operation: &'static str, parameter: &str) -> Option<&str> {
        let find = |whose: &str| self.values.iter().find(|((by, name), _)| *by == whose && *name == parameter);
        find(operation).or_else(|| find("*")).map(|(_, value)| value.as_str())
    }

    pub(super) fn set(&mut self, operation: &'static str, parameter: &'static str, value: &str) {
        self.values.insert((operation, parameter), value.to_owned());
    }

    fn set_all(&mut self, operations: &[&'static str], parameter: &'static str, value: &str) {
        for operation in operations {
            self.set(operation, parameter, value);
        }
    }

    /// A customer's address, one of a kind on the instance.
    pub(super) fn address(&self, name: &str) -> String {
        format!("{name}@{}", self.shop.domain)
    }

    /// The operator ends the shop's part.
    pub(super) async fn stop(&self, app: &TestApp, status: ShopStatus) {
        let id = self.shop.id;
        let set = move |shop: &mut merchants::Shop| {
            shop.status = status;
            Ok(())
        };
        app.ctx().db().write(move |tx| merchants::change(tx, id, set)).await.expect("the shop is changed");
        // Nodes look for changes once a second.
        app.advance(2_000);
    }

    async fn invited(&self, app: &TestApp, name: &str) -> String {
        app.invited(&self.shop, &format!("#{name}"), &self.address(name)).await
    }

    async fn reviewed(&mut self, app: &TestApp, name: &str, stars: &str) {
        let address = self.address(name);
        let mut event = fulfilled(&format!("#{name}"), &address, app.now());
        let cup = json!({ "line": "2", "sku": "tazza", "name": "Tazza", "quantity": 2, "price": 900 });
        event["data"]["items"].as_array_mut().expect("items").push(cup);
        app.post_event(&self.shop, &event).await.expect(202, "the order is taken");
        app.run_jobs().await;
        let link = app.review_link(&address);
        let item = format!("stars.{SKU}");
        let text = format!("La moka di {name} funziona come promesso e il pacco era ben chiuso.");
        let both = [(item.as_str(), stars), ("stars.tazza", stars)];
        let fields = [[("stars", stars), ("title", "Bella")], [("text", &text), ("name", name)], both].concat();
        let posted = app.post_form(&link, &fields).await;
        assert_eq!(posted.status, 201, "the review is published: {}", posted.text);
        self.set_all(&AUTHORS, "token", token(&link));
    }

    /// The second review is edited and replied to; the first waits for its reply.
    async fn answered(&mut self, app: &TestApp) {
        let list = app.get(&format!("/v1/shops/{}/reviews", self.shop.domain)).await.expect(200, "reviews are public");
        let id = |stars: i64| {
            let found = list["data"].as_array().expect("a list").iter().find(|review| review["stars"] == stars);
            found.and_then(|review| review["id"].as_str()).expect("a review with these stars").to_owned()
        };
        let (first, second) = (id(4), id(2));
        let reply = json!({ "text": "Grazie, rimediamo subito." });
        let replied = app.send_as(&self.shop, "PUT", &format!("/reviews/{second}/reply"), &reply).await;
        replied.expect(201, "the shop replies");
        self.set("*", "id", &second);
        self.set("*", "reviewId", &second);
        self.set_all(&AUTHORS, "review", &second);
        self.set_all(&UNANSWERED, "id", &first);
        self.set("show_verify", "review", &second);
        let link = self.value("edit_review", "token").expect("an author's token").to_owned();
        let edited =
            app.post_form(&app.url(&format!("/r/{link}/edit")), &[("stars", "2"), ("text", "Ora meglio.")]).await;
        assert_eq!(edited.status, 200, "the author edits: {}", edited.text);
        self.photographed(app, &link, &second).await;
    }

    /// The author of a review adds the photo of the file's own example.
    async fn photographed(&mut self, app: &TestApp, link: &str, review: &str) {
        let adding = operations().iter().find(|operation| operation.id == "add_photos").expect("photos can be added");
        let (_, media) = &adding.bodies()[0];
        let example = media.examples()[0].1["photo"].as_str().expect("base64").to_owned();
        let photo = STANDARD.decode(example).expect("base64");
        let url = app.url(&format!("/r/{link}/photos?review={review}"));
        let added = app.post_photos(&url, &[photo]).await;
        assert_eq!(added.status, 200, "the photo is added: {}", added.text);
        let shown = app.get(&format!("/v1/reviews/{review}")).await.json();
        let id = shown["photos"][0]["id"].as_str().expect("a photo");
        self.set("*", "photo", id);
        self.set_all(&PHOTOS, "id", id);
    }

    /// An order whose invitation is due and has not been sent.
    async fn pending(&mut self, app: &TestApp) {
        let event = fulfilled("#dora", &self.address("dora"), app.now());
        app.post_event(&self.shop, &event).await.expect(202, "the order is taken");
        let list = app.get_as(&self.shop, "/invitations?state=pending").await.expect(200, "invitations are listed");
        let id = list["data"][0]["id"].as_str().expect("the invitation is planned").to_owned();
        self.set_all(&PENDING, "id", &id);
    }

    async fn refused(&self, app: &TestApp) {
        let headers = [
            ("webhook-id", "msg_1".to_owned()),
            ("webhook-timestamp", "1".to_owned()),
            ("webhook-signature", "v1,AA==".to_owned()),
        ];
        let url = app.url(&format!("/v1/shops/{}/events", self.shop.domain));
        app.post_raw(&url, &headers, b"{}").await.expect(401, "an old signature is refused");
        app.rooms.flush().await;
    }
}

/// Mails of scenes before are read by nobody; without them the mailbox is quick.
fn forget_mails(app: &TestApp) {
    let folder = std::fs::read_dir(app.ctx().config().data_dir.join("captured"));
    folder.into_iter().flatten().flatten().for_each(|mail| drop(std::fs::remove_file(mail.path())));
}

/// The token of a shop's weekly mail.
fn weekly_token(app: &TestApp, shop: &TestShop) -> String {
    let (invitation, purpose) = (InvitationId::from_bytes(*shop.id.as_bytes()), Purpose::WeeklyMail);
    let link = Link { invitation, purpose, expires: app.now().plus_ms(DAY) };
    app.ctx().keyring().mint(&link, None).expect("a token").0
}

/// The token of a mailed link.
fn token(link: &str) -> &str {
    link.rsplit('/').next().unwrap_or_default()
}

/// A review as everybody reads it.
pub(super) async fn review(app: &TestApp, id: &str) -> Value {
    app.get(&format!("/v1/reviews/{id}")).await.json()
}
