//! What is decided in the instant in which a mail leaves: the mail server has it, nobody has written that down yet. What is
//! stored afterwards is what happened.

use std::time::Duration;

use attesta::db::Engine;
use attesta::invitations::jobs::watch_settings;
use attesta::invitations::{InvitationLetter, about};
use attesta::kernel::delay::Delay;
use attesta::kernel::email::EmailAddress;
use attesta::kernel::id::OrderId;
use attesta::kernel::time::{DAY, HOUR};
use attesta::links::Base;
use attesta::mail::{Fate, Letter as _, Settled};
use attesta::{jobs, orders};
use serde_json::{Value, json};

use crate::support::app::{TestApp, TestShop, event, fulfilled, link_in};
use crate::support::house::ENGINES;
use crate::support::smtp_sink::{Mood, SmtpSink};

const ADA: &str = "ada@example.com";

struct Scene {
    app: TestApp,
    shop: TestShop,
    sink: SmtpSink,
}

/// An instance with a real mail server, and an order whose invitation is due.
async fn scene(engine: Engine) -> Option<Scene> {
    let sink = SmtpSink::start().await;
    let url = attesta::config::Secret::new(sink.url());
    let app = TestApp::start_with(engine, |config| {
        config.public_url = Some(Base::listening(config.listen));
        config.smtp_url = Some(url);
    })
    .await?;
    let shop = app.shop("bottega.example").await;
    app.post_event(&shop, &fulfilled("#1", ADA, app.now())).await.expect(202, "the order is taken");
    sink.set(Mood::Silent);
    Some(Scene { app, shop, sink })
}

impl Scene {
    /// Sends what is due; `meanwhile` happens after the server has the mail and before it says so.
    async fn send(&self, meanwhile: impl Future<Output = ()>) {
        let between = async {
            self.sink.heard().await;
            meanwhile.await;
            self.sink.speak();
        };
        let (ran, ()) = tokio::join!(self.app.runner.run_due(), between);
        ran.expect("the queue works");
    }

    async fn invitation(&self) -> Value {
        self.app.get_as(&self.shop, "/invitations").await.expect(200, "invitations are listed")["data"][0].clone()
    }

    /// One mail, recorded as sent once; its link works; nothing follows.
    async fn judge(&self, engine: Engine) {
        let order = self.app.order(&self.shop, "#1").await;
        assert_eq!(
            (&order["state"], &order["reason"]),
            (&json!("sent"), &Value::Null),
            "the mail went out on {engine:?}"
        );
        let mails = self.app.get_as(&self.shop, "/messages").await.expect(200, "mails are listed");
        assert_eq!(mails["data"][0]["state"], "sent", "{mails}");
        assert_eq!(mails["data"][0]["attempts"].as_array().map(Vec::len), Some(1), "{mails}");
        self.app.advance(40 * DAY);
        self.sink.set(Mood::Good);
        self.app.run_jobs().await;
        let ledger = self.sink.ledger();
        assert_eq!(ledger.len(), 1, "nobody is asked twice");
        let star = link_in(&String::from_utf8_lossy(&ledger[0].data).replace("=\r\n", ""), "/r/");
        let (link, _stars) = star.rsplit_once('/').expect("a star's link");
        assert_eq!(self.app.post_form(link, &[("stars", "4")]).await.status, 201, "and the link works");
    }
}

async fn cancelled(engine: Engine) {
    let Some(scene) = scene(engine).await else { return };
    let id = scene.invitation().await["id"].as_str().expect("an id").to_owned();
    scene
        .send(async {
            let done = scene.app.send_as(&scene.shop, "POST", &format!("/invitations/{id}/cancel"), &Value::Null).await;
            assert_eq!(done.expect(200, "nobody knows yet")["state"], "skipped");
        })
        .await;
    let order = scene.app.order(&scene.shop, "#1").await;
    let order = scene.app.get_as(&scene.shop, &format!("/orders/{}", order["id"].as_str().expect("an id"))).await;
    let order = order.expect(200, "the order is there");
    let mut lines = order["timeline"].as_array().expect("a timeline").iter().rev();
    let line = lines.find(|line| line["kind"] == "move").expect("moves").clone();
    assert_eq!(line["state"], "sent", "{order}");
    assert!(line["note"].as_str().expect("a note").contains("had left"), "the timeline says so: {line}");
    let id = scene.shop.id;
    let counts =
        scene.app.ctx().db().read(move |conn| attesta::invitations::hand_counts(conn, id)).await.expect("counts");
    assert_eq!(counts.cancelled, 0, "what was sent was not cancelled");
    scene.judge(engine).await;
}

async fn order_cancelled(engine: Engine) {
    let Some(scene) = scene(engine).await else { return };
    scene
        .send(async {
            let told = event("order.cancelled", "#1", ADA, scene.app.now());
            let told = scene.app.post_event(&scene.shop, &told).await.expect(202, "the event is taken");
            assert_eq!((&told["state"], &told["reason"]), (&json!("skipped"), &json!("order_cancelled")));
        })
        .await;
    scene.judge(engine).await;
}

async fn postponed(engine: Engine) {
    let Some(scene) = scene(engine).await else { return };
    let id = scene.invitation().await["id"].as_str().expect("an id").to_owned();
    scene
        .send(async {
            let path = format!("/invitations/{id}/postpone");
            scene
                .app
                .send_as(&scene.shop, "POST", &path, &json!({ "by": "20d" }))
                .await
                .expect(200, "nobody knows yet");
        })
        .await;
    scene.judge(engine).await;
}

/// The lease ran out while the server was silent, and another process took the mail up and failed.
async fn taken_up(engine: Engine) {
    let Some(scene) = scene(engine).await else { return };
    let other = scene.app.neighbour(2);
    scene
        .send(async {
            scene.app.advance(HOUR);
            scene.sink.set(Mood::Mail("450 4.2.0 try later"));
            other.run_jobs().await;
            scene.sink.set(Mood::Silent);
        })
        .await;
    let order = scene.app.order(&scene.shop, "#1").await;
    assert_eq!(order["state"], "sent", "what left has left, whoever failed since, on {engine:?}: {order}");
    let mails = scene.app.get_as(&scene.shop, "/messages").await.expect(200, "mails are listed");
    assert_eq!(mails["data"][0]["state"], "sent", "{mails}");
    scene.app.advance(DAY);
    scene.sink.set(Mood::Good);
    scene.app.run_jobs().await;
    assert_eq!(scene.sink.ledger().len(), 1, "and it is not sent again");
}

#[tokio::test]
async fn what_was_withdrawn_while_it_left_has_left() {
    for engine in ENGINES {
        cancelled(engine).await;
        order_cancelled(engine).await;
        postponed(engine).await;
        taken_up(engine).await;
    }
}

/// Many mails leave in one moment: what is stored together tells each order its own story.
#[tokio::test]
async fn a_crowd_that_leaves_together_is_recorded_one_by_one() {
    for engine in ENGINES {
        let Some(scene) = scene(engine).await else { continue };
        for n in 2..=40 {
            let told = fulfilled(&format!("#{n}"), &format!("person{n}@example.com"), scene.app.now());
            scene.app.post_event(&scene.shop, &told).await.expect(202, "the order is taken");
        }
        scene.sink.set(Mood::Good);
        scene.app.run_jobs().await;
        assert_eq!(scene.sink.ledger().len(), 40, "everybody was asked once on {engine:?}");
        for n in 1..=40 {
            let order = scene.app.order(&scene.shop, &format!("#{n}")).await;
            assert_eq!((&order["state"], &order["invited"]), (&json!("sent"), &json!(true)), "{order}");
            let path = format!("/orders/{}", order["id"].as_str().expect("an id"));
            let order = scene.app.get_as(&scene.shop, &path).await.expect(200, "the order is there");
            let lines = order["timeline"].as_array().expect("a timeline");
            let moves: Vec<_> = lines.iter().filter(|line| line["kind"] == "move").map(|line| &line["state"]).collect();
            assert_eq!(moves, ["sent"], "one move: {order}");
        }
        let mails = scene.app.get_as(&scene.shop, "/messages?limit=100").await.expect(200, "mails are listed");
        let mails = mails["data"].as_array().expect("a list").clone();
        let once = |mail: &Value| mail["state"] == "sent" && mail["attempts"].as_array().map(Vec::len) == Some(1);
        assert!(mails.iter().all(once), "one attempt each: {mails:?}");
        assert_eq!(mails.len(), 40, "one message for each");
    }
}

/// A worker stores that an invitation left. The write ends only after others had time to look.
async fn stored_slowly(app: &TestApp, shop: &TestShop, order: OrderId) {
    let (ctx, shop) = (app.ctx().clone(), shop.id);
    let stored = app.ctx().db().write(move |tx| {
        let id = about(tx, shop, order)?.expect("it is planned").id;
        jobs::cancel(tx, "invitation", id.into())?;
        let what = Settled { message: ctx.ids().next(), edition: 0, at: ctx.now(), fate: Fate::Sent };
        InvitationLetter.settle(tx, &ctx, id.into(), &what)?;
        std::thread::sleep(Duration::from_millis(700));
        Ok(())
    });
    stored.await.expect("it is stored");
}

/// The shop's orders are planned again while a worker stores that one of them was asked about.
async fn planned_again(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop_with("bottega.example", |shop| shop.policy.invite_after = Delay::days(1)).await;
    app.post_event(&shop, &fulfilled("#1", ADA, app.now())).await.expect(202, "the order is taken");
    let order = app.order(&shop, "#1").await["id"].as_str().and_then(|id| OrderId::parse(id).ok()).expect("an id");
    app.send_as(&shop, "PUT", "/policy", &json!({ "invite_after": "72h" })).await.expect(200, "the policy is taken");
    let planned = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        watch_settings(app.ctx()).await.expect("the tick works");
        app.run_jobs().await;
    };
    tokio::join!(stored_slowly(&app, &shop, order), planned);
    assert_eq!(app.order(&shop, "#1").await["state"], "sent", "what left is not planned anew on {engine:?}");
    let (keyring, id) = (app.ctx().keyring().clone(), shop.id);
    let ada = keyring.person(&EmailAddress::parse(ADA).expect("an address"));
    let kept = app.ctx().db().read(move |conn| orders::personal::records(conn, &keyring, Some(id), &ada));
    let kept = kept.await.expect("records are read")[0].kept_until;
    assert!(kept.is_some(), "the address goes in its time on {engine:?}");
}

#[tokio::test]
async fn what_left_while_its_shop_was_planned_again_has_left() {
    for engine in ENGINES {
        planned_again(engine).await;
    }
}

/// The shop corrects a slip in its reply while the mail server has the news of it.
async fn corrected_reply(engine: Engine) {
    let Some(scene) = scene(engine).await else { return };
    let (app, sink) = (&scene.app, &scene.sink);
    let reply = async |text: &str, status: u16, id: &str| {
        let said = app.send_as(&scene.shop, "PUT", &format!("/reviews/{id}/reply"), &json!({ "text": text })).await;
        said.expect(status, "the shop replies");
    };
    sink.set(Mood::Good);
    app.run_jobs().await;
    let star = link_in(&String::from_utf8_lossy(&sink.ledger()[0].data).replace("=\r\n", ""), "/r/");
    let (link, _stars) = star.rsplit_once('/').expect("a star's link");
    assert_eq!(app.post_form(link, &[("stars", "2")]).await.status, 201);
    app.run_jobs().await;
    let before = sink.ledger().len();
    let list = app.get(&format!("/v1/shops/{}/reviews", scene.shop.domain)).await.expect(200, "it is public");
    let id = list["data"][0]["id"].as_str().expect("an id");
    reply("Ci dispace.", 201, id).await;
    sink.set(Mood::Silent);
    let other = app.neighbour(2);
    scene
        .send(async {
            reply("Ci dispiace.", 200, id).await;
            sink.set(Mood::Good);
            other.run_jobs().await;
        })
        .await;
    let told = || sink.ledger().len() - before;
    app.run_jobs().await;
    assert_eq!(told(), 1, "the news of the first words are news enough for a day on {engine:?}");
    for (wait, expected) in [(HOUR, 1), (DAY - 2 * HOUR, 1), (HOUR, 2), (3 * DAY, 2)] {
        app.advance(wait);
        app.run_jobs().await;
        assert_eq!(told(), expected, "one a review and day on {engine:?}");
    }
}

#[tokio::test]
async fn a_reply_that_is_corrected_while_its_news_leave_is_told_a_day_later() {
    for engine in ENGINES {
        corrected_reply(engine).await;
    }
}
