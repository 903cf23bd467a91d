//! Invitations, over HTTP: every reason for not asking, when mails leave, what a link may do, and the hands of shop and person.

use attesta::db::Engine;
use attesta::kernel::delay::Delay;
use attesta::kernel::time::{DAY, HOUR, MINUTE, Timestamp};
use attesta::mail::Mailer;
use attesta::merchants::{LegalBasis, Sector, Shop, Trigger};
use serde_json::{Value, json};

use crate::support::app::{TestApp, TestShop, event, fulfilled};
use crate::support::house::ENGINES;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("a time")
}

/// State and reason of an order, as its shop finds it by number.
async fn state(app: &TestApp, shop: &TestShop, number: &str) -> String {
    let order = app.order(shop, number).await;
    let word = order["state"].as_str().unwrap_or("nowhere");
    order["reason"].as_str().map_or_else(|| word.to_owned(), |reason| format!("{word}({reason})"))
}

async fn push(app: &TestApp, shop: &TestShop, event: &Value) -> Value {
    app.post_event(shop, event).await.expect(202, "the event is taken")
}

/// The ticks that look for changed settings, then everything that is due.
async fn work(app: &TestApp) {
    attesta::invitations::jobs::watch_settings(app.ctx()).await.expect("the tick works");
    app.run_jobs().await;
}

/// An event with changed data.
fn with(mut event: Value, key: &str, value: Value) -> Value {
    event["data"][key] = value;
    event
}

async fn reasons(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop =
        app.shop_with("reasons.example", |shop| (shop.policy.cap_days, shop.policy.min_total) = (30, Some(1000))).await;
    let now = app.now();
    let order = |number: &str| fulfilled(number, &format!("c{number}@example.com"), now);
    push(&app, &shop, &event("order.created", "1", "c1@example.com", now)).await;
    push(&app, &shop, &with(order("2"), "customer", json!({ "name": "Ada" }))).await;
    push(&app, &shop, &fulfilled("3", "not an address", now)).await;
    push(&app, &shop, &fulfilled("4", "c4@example.com", now.minus_ms(91 * DAY))).await;
    push(&app, &shop, &with(order("5"), "total", json!(999))).await;
    push(&app, &shop, &with(order("6"), "customer", json!({ "email": "c6@example.com", "country": "DE" }))).await;
    push(&app, &shop, &order("7")).await;
    push(&app, &shop, &event("order.cancelled", "7", "c7@example.com", now)).await;
    push(&app, &shop, &order("8")).await;
    push(&app, &shop, &with(event("order.refunded", "8", "c8@example.com", now), "refund", json!({ "all": true })))
        .await;
    push(&app, &shop, &order("9")).await;
    push(&app, &shop, &fulfilled("10", "c9@example.com", now)).await;
    push(&app, &shop, &order("11")).await;
    let erased =
        json!({ "type": "customer.erased", "timestamp": now, "data": { "customer": { "email": "c11@example.com" } } });
    push(&app, &shop, &erased).await;
    let expected = [
        ("1", "waiting(not_triggered)"),
        ("2", "skipped(no_email)"),
        ("3", "skipped(invalid_email)"),
        ("4", "skipped(too_old)"),
        ("5", "skipped(below_minimum)"),
        ("6", "skipped(no_legal_basis)"),
        ("7", "skipped(order_cancelled)"),
        ("8", "skipped(order_refunded)"),
        ("9", "scheduled"),
        ("10", "skipped(frequency_cap)"),
        ("11", "skipped(customer_erased)"),
    ];
    for (number, expected) in expected {
        assert_eq!(state(&app, &shop, number).await, expected, "order {number}");
    }
    app.run_jobs().await;
    assert_eq!(app.mails().len(), 1, "only order 9 is asked about");
    let tourism = app
        .shop_with("trattoria.example", |shop: &mut Shop| {
            shop.sector = Sector::TourismIt;
            shop.legal_basis = LegalBasis::None;
        })
        .await;
    push(&app, &tourism, &fulfilled("1", "a@example.com", now)).await;
    assert_eq!(state(&app, &tourism, "1").await, "skipped(no_legal_basis)");
    let consent = |number: &str, at| with(fulfilled(number, "a@example.com", at), "legal_basis", json!("consent"));
    push(&app, &tourism, &consent("2", now.minus_ms(31 * DAY))).await;
    assert_eq!(state(&app, &tourism, "2").await, "skipped(window_closed)");
    push(&app, &tourism, &consent("3", now.minus_ms(29 * DAY))).await;
    assert_eq!(state(&app, &tourism, "3").await, "scheduled");
}

async fn time(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app
        .shop_with("time.example", |shop| {
            shop.policy.invite_after = Delay::days(7);
            shop.policy.hours = Some((9, 20));
            shop.policy.remind_after = Some(Delay::days(10));
        })
        .await;
    // Clocks in Rome go forward on 2026-03-29: seven days after a Wednesday evening is the same wall clock.
    app.clock().set(at("2026-03-25T18:30:00.000Z"));
    let answer = push(&app, &shop, &fulfilled("1", "ada@example.com", app.now())).await;
    assert_eq!(answer["at"], "2026-04-01T17:30:00.000Z", "19:30 in Rome, before and after: {answer}");
    let late = push(&app, &shop, &fulfilled("2", "bob@example.com", at("2026-03-25T18:29:00.000Z"))).await;
    assert_eq!(late["at"], "2026-04-01T17:29:00.000Z");
    let away = json!({ "email": "eve@example.com", "time_zone": "Asia/Tokyo" });
    let tokyo = push(&app, &shop, &with(fulfilled("3", "", app.now()), "customer", away)).await;
    assert_eq!(tokyo["at"], "2026-04-02T00:00:00.000Z", "3:30 in Tokyo waits for nine: {tokyo}");
    for (moment, mails) in
        [("2026-04-01T17:28:59.999Z", 0), ("2026-04-01T17:29:00.000Z", 1), ("2026-04-01T17:30:00.000Z", 2)]
    {
        app.clock().set(at(moment));
        app.run_jobs().await;
        assert_eq!(app.mails().len(), mails, "at {moment}");
    }
    let link = app.review_link("ada@example.com");
    for moment in ["2026-04-02T00:00:00.000Z", "2026-04-11T17:30:00.000Z"] {
        app.clock().set(at(moment));
        app.run_jobs().await;
    }
    assert_eq!(app.mails().len(), 5, "Tokyo's mail and two reminders; Tokyo's own comes a day later");
    assert_eq!(app.review_link("ada@example.com"), link, "a reminder carries the same link");
    app.advance(30 * DAY);
    app.run_jobs().await;
    assert_eq!(app.mails().len(), 6, "one reminder each, and no more");
}

/// Where an order names a country and no zone, hours are those of its capital: of the invitation and of the reminder, also of one that
/// a pause held.
async fn abroad(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app
        .shop_with("abroad.example", |shop| {
            shop.policy.invite_after = Delay::days(7);
            shop.policy.hours = Some((9, 20));
            shop.policy.remind_after = Some(Delay::days(10));
        })
        .await;
    let order = async |number: &str, customer: Value| {
        let answer = push(&app, &shop, &with(fulfilled(number, "", app.now()), "customer", customer)).await;
        answer["at"].as_str().expect("scheduled").to_owned()
    };
    let from = |country: &str| json!({ "email": format!("{country}@example.com").to_lowercase(), "country": country });
    // Clocks in Rome go forward on 2026-03-29, in New York they did on the 8th; those of Samoa and Tokyo stay.
    app.clock().set(at("2026-03-24T18:30:00.000Z"));
    assert_eq!(order("1", from("IT")).await, "2026-03-31T17:30:00.000Z", "19:30 in Rome");
    assert_eq!(order("2", from("JP")).await, "2026-04-01T00:00:00.000Z", "3:30 in Tokyo waits for nine");
    assert_eq!(order("3", from("US")).await, "2026-03-31T18:30:00.000Z", "14:30 in New York");
    assert_eq!(order("4", from("AU")).await, "2026-03-31T22:00:00.000Z", "5:30 in Sydney waits for nine");
    assert_eq!(order("5", from("WS")).await, "2026-03-31T20:00:00.000Z", "7:30 in Apia, a day ahead, waits for nine");
    assert_eq!(order("6", from("AS")).await, "2026-03-31T20:00:00.000Z", "7:30 in Pago Pago, a day behind, waits too");
    assert_eq!(order("7", json!({ "email": "x@example.com" })).await, "2026-03-31T17:30:00.000Z", "the shop's clock");
    let told = json!({ "email": "y@example.com", "country": "JP", "time_zone": "Europe/Rome" });
    assert_eq!(order("8", told).await, "2026-03-31T17:30:00.000Z", "what the order says counts more");
    for (moment, mails) in
        [("2026-03-31T17:30:00.000Z", 3), ("2026-03-31T18:30:00.000Z", 4), ("2026-04-01T00:00:00.000Z", 8)]
    {
        app.clock().set(at(moment));
        app.run_jobs().await;
        assert_eq!(app.mails().len(), mails, "at {moment}");
    }
    // Held by a pause over its time, the reminder for Tokyo leaves when it is nine there, that for Rome at once.
    app.send_as(&shop, "POST", "/pause", &Value::Null).await.expect(200, "paused");
    app.clock().set(at("2026-04-13T17:00:00.000Z"));
    work(&app).await;
    assert_eq!(app.mails().len(), 8, "held");
    app.send_as(&shop, "POST", "/resume", &Value::Null).await.expect(200, "on again");
    for (moment, mails, why) in [
        ("2026-04-13T17:00:00.000Z", 12, "19:00 in Rome, 13:00 in New York"),
        ("2026-04-13T23:00:00.000Z", 15, "nine in Sydney, noon on both sides of the date line"),
        ("2026-04-13T23:59:59.999Z", 15, "before nine in Tokyo"),
        ("2026-04-14T00:00:00.000Z", 16, "at nine"),
    ] {
        app.clock().set(at(moment));
        work(&app).await;
        assert_eq!(app.mails().len(), mails, "{why}");
    }
}

#[tokio::test]
async fn a_country_has_its_own_hours() {
    for engine in ENGINES {
        abroad(engine).await;
    }
}

async fn scanners(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("scanned.example").await;
    let link = app.invited(&shop, "1", "ada@example.com").await;
    let stop = app.unsubscribe_link("ada@example.com");
    let mut links = vec![link.clone(), stop.clone(), format!("{stop}/undo")];
    links.extend((1..=5).map(|stars| format!("{link}/{stars}")));
    for url in &links {
        for method in ["HEAD", "GET", "GET", "OPTIONS"] {
            let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
            let request = app.http.request(method, url).header("user-agent", "Mozilla/5.0 (compatible; LinkScanner)");
            let answer = request.header("purpose", "prefetch").send().await.expect("the server answers");
            assert!(answer.status().as_u16() < 500, "{url}");
        }
    }
    assert_eq!(state(&app, &shop, "1").await, "sent", "nobody reviewed");
    let again = push(&app, &shop, &fulfilled("2", "ada@example.com", app.now())).await;
    assert_eq!(again["state"], "scheduled", "nobody unsubscribed: {again}");
    let posted = app.post_form(&link, &[("stars", "5"), ("title", ""), ("text", "Bene."), ("name", "Ada")]).await;
    assert!(posted.status < 400, "the human comes afterwards: {} {}", posted.status, posted.text);
    assert_eq!(state(&app, &shop, "1").await, "reviewed");
}

async fn one_click(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("leave.example").await;
    let other = app.shop("stay.example").await;
    let bodies: [(&str, &str, &str); 4] = [
        ("a@example.com", "application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
        ("b@example.com", "text/plain", ""),
        ("c@example.com", "multipart/form-data; boundary=x", "--x\r\n\r\nList-Unsubscribe=One-Click\r\n--x--"),
        ("d@example.com", "application/json", "{\"reach\":\"instance\"}"),
    ];
    let mut first = None;
    for (number, (email, content_type, body)) in bodies.into_iter().enumerate() {
        app.invited(&shop, &format!("A{number}"), email).await;
        let stop = app.unsubscribe_link(email);
        first = first.or_else(|| Some(stop.clone()));
        let page = app.follow(&stop).await;
        assert!(page.status == 200 && page.text.contains("Bottega Verdi"), "the page asks first: {}", page.text);
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        let request = app.http.post(&stop).header("content-type", content_type).body(body);
        let answer = request.send().await.expect("the server answers");
        assert_eq!(answer.status().as_u16(), 200, "{content_type}");
        let next = push(&app, &shop, &fulfilled(&format!("B{number}"), email, app.now())).await;
        assert_eq!((&next["state"], &next["reason"]), (&json!("skipped"), &json!("unsubscribed")), "{content_type}");
        let elsewhere = push(&app, &other, &fulfilled(&format!("C{number}"), email, app.now())).await;
        assert_eq!(elsewhere["state"], "scheduled", "another shop may still ask");
    }
    let stop = first.expect("the first one's link");
    assert_eq!(app.post_form(&format!("{stop}/undo"), &[]).await.status, 200);
    let back = push(&app, &shop, &fulfilled("D", "a@example.com", app.now())).await;
    assert_eq!(back["state"], "scheduled", "taken back: {back}");
    assert_eq!(state(&app, &other, "C0").await, "sent", "a word against one shop stopped no other");
    push(&app, &other, &fulfilled("E", "a@example.com", app.now())).await;
    assert_eq!(app.post_form(&stop, &[("reach", "instance")]).await.status, 200);
    assert_eq!(state(&app, &shop, "D").await, "skipped(unsubscribed)", "what waited ends at once");
    app.run_jobs().await;
    assert_eq!(
        state(&app, &other, "E").await,
        "skipped(unsubscribed)",
        "the other shop's mail ends when it would leave"
    );
}

async fn wrong_tokens(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("tokens.example").await;
    let link = app.invited(&shop, "1", "ada@example.com").await;
    let stop = app.unsubscribe_link("ada@example.com");
    let (review, token) = (link.rsplit('/').next().expect("a token"), stop.rsplit('/').next().expect("a token"));
    let base = stop.strip_suffix(token).expect("the token ends the link");
    let cut = &token[..token.len() - 1];
    let wrong = [format!("{base}{review}"), format!("{base}{cut}"), format!("{base}{token}A"), format!("{base}x")];
    let mut faces = Vec::new();
    for url in &wrong {
        let answer = app.follow(url).await;
        faces.push((answer.status, answer.text.len()));
    }
    assert!(faces.iter().all(|face| *face == faces[0] && face.0 == 404), "one face for all: {faces:?}");
    for _ in 0..16 {
        app.follow(&wrong[0]).await;
    }
    let told = app.follow(&wrong[0]).await;
    assert_eq!(told.status, 429, "twenty wrong ones a minute");
    assert_eq!(app.follow(&stop).await.status, 200, "a true one still opens");
    app.advance(3 * 365 * DAY + MINUTE);
    assert_eq!(app.follow(&stop).await.status, 404, "expired is unknown");
}

async fn hands(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop_with("hands.example", |shop| shop.policy.invite_after = Delay::days(7)).await;
    for number in ["1", "2", "3", "4"] {
        push(&app, &shop, &fulfilled(number, &format!("c{number}@example.com"), app.now())).await;
    }
    let page = app.get_as(&shop, "/invitations?state=pending").await.expect(200, "the list of invitations");
    let id = |number: &str| {
        let all = page["data"].as_array().expect("a list");
        let one = all.iter().find(|one| one["number"] == number).expect("it is listed");
        one["id"].as_str().expect("an id").to_owned()
    };
    let post = |number: &str, verb: &str, body: Value| {
        let (app, shop, path) = (&app, &shop, format!("/invitations/{}/{verb}", id(number)));
        async move { app.send_as(shop, "POST", &path, &body).await }
    };
    post("1", "cancel", Value::Null).await.expect(200, "cancelled");
    assert_eq!(state(&app, &shop, "1").await, "skipped(cancelled_by_shop)");
    post("2", "postpone", json!({ "by": "20d" })).await.expect(200, "postponed");
    post("2", "postpone", json!({ "by": "10d" })).await.expect(200, "postponed to the limit");
    let refused = post("2", "postpone", json!({ "by": "1h" })).await.expect(422, "30 days in all");
    assert_eq!(refused["code"], "postpone_limit");
    post("3", "send", Value::Null).await.expect(200, "sent before its time");
    app.run_jobs().await;
    assert_eq!(state(&app, &shop, "3").await, "sent");
    let gone = post("3", "cancel", Value::Null).await.expect(409, "what has left stays");
    assert_eq!(gone["code"], "already_sent");
    app.send_as(&shop, "POST", "/pause", &Value::Null).await;
    app.advance(8 * DAY);
    work(&app).await;
    assert_eq!(state(&app, &shop, "4").await, "held(shop_paused)");
    app.send_as(&shop, "POST", "/resume", &Value::Null).await;
    work(&app).await;
    assert_eq!(state(&app, &shop, "4").await, "sent");
    assert_eq!(state(&app, &shop, "2").await, "scheduled");
    app.advance(29 * DAY);
    work(&app).await;
    assert_eq!(state(&app, &shop, "2").await, "sent");
    hands_on_tests(&app, &shop).await;
    let id = shop.id;
    let counts = app.ctx().db().read(move |conn| attesta::invitations::hand_counts(conn, id)).await.expect("a count");
    assert_eq!((counts.cancelled, counts.postponed, counts.hastened), (2, 2, 1), "test orders never count");
}

/// The shop tries every verb on test orders, and cancels a real one that had nobody to ask yet.
async fn hands_on_tests(app: &TestApp, shop: &TestShop) {
    for number in ["t1", "t2", "t3"] {
        let test = with(fulfilled(number, "test@example.com", app.now()), "test", json!(true));
        push(app, shop, &test).await;
    }
    push(app, shop, &event("order.created", "5", "c5@example.com", app.now())).await;
    let page = app.get_as(shop, "/invitations?state=pending").await.expect(200, "the list of invitations");
    let tests = page["data"].as_array().expect("a list").iter().filter(|one| one["test"] == true);
    for (one, (verb, body)) in
        tests.zip([("cancel", Value::Null), ("postpone", json!({ "by": "3d" })), ("send", Value::Null)])
    {
        let path = format!("/invitations/{}/{verb}", one["id"].as_str().expect("an id"));
        app.send_as(shop, "POST", &path, &body).await.expect(200, "tests can be handled");
    }
    let waiting = app.order(shop, "5").await;
    let path = format!("/invitations/{}/cancel", waiting["id"].as_str().expect("an id"));
    app.send_as(shop, "POST", &path, &Value::Null).await.expect(200, "cancelled before its trigger");
}

async fn held(engine: Engine) {
    let Some(app) = TestApp::start_with(engine, |config| {
        config.public_url = Some(config.base());
    })
    .await
    else {
        return;
    };
    let shop = app.shop("held.example").await;
    push(&app, &shop, &fulfilled("1", "ada@example.com", app.now())).await;
    app.run_jobs().await;
    assert_eq!(state(&app, &shop, "1").await, "held(no_mail_server)", "held, never skipped");
    app.advance(HOUR);
    assert_eq!(attesta::invitations::jobs::heal(app.ctx()).await.expect("the tick works"), 0);
    // The operator sets a mail server and starts again.
    let mut config = app.ctx().config().clone();
    config.public_url = None;
    let house = crate::support::house::House::with(config, app.house.dir.clone());
    house.clock.set(app.now());
    let mailer = Mailer::new(house.ctx.config(), house.ctx.clock()).expect("a mailer");
    mailer.release_held(&house.ctx, &["invitation"]).await.expect("released");
    let rooms = attesta::app::House::new(house.ctx.clone()).expect("the house stands");
    while rooms.runner().run_due().await.expect("the queue works") > 0 {}
    assert_eq!(state(&app, &shop, "1").await, "sent");
    assert_eq!(app.mails().len(), 1);
}

async fn policy(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop_with("policy.example", |shop| shop.policy.invite_after = Delay::days(7)).await;
    push(&app, &shop, &fulfilled("1", "ada@example.com", app.now())).await;
    push(&app, &shop, &event("order.created", "2", "bob@example.com", app.now())).await;
    work(&app).await;
    let id = shop.id;
    let change = |shop: &mut Shop| {
        shop.policy.invite_after = Delay::days(2);
        shop.policy.invite_on = Trigger::Created;
        Ok(())
    };
    let done = app.ctx().db().write(move |tx| attesta::merchants::change(tx, id, change)).await.expect("changed");
    assert!(matches!(done, attesta::merchants::Changed::Done(_)));
    work(&app).await;
    let due = app.now().plus_ms(2 * DAY).to_string();
    for number in ["1", "2"] {
        let order = app.order(&shop, number).await;
        assert_eq!((&order["state"], &order["due_at"]), (&json!("scheduled"), &json!(due)), "planned again: {order}");
    }
}

/// Runs one story on every engine.
macro_rules! on_every_engine {
    ($($test:ident: $story:ident;)+) => {$(
        #[tokio::test]
        async fn $test() {
            for engine in ENGINES {
                $story(engine).await;
            }
        }
    )+};
}

on_every_engine! {
    every_reason_for_not_asking_is_shown: reasons;
    mails_leave_at_their_hour_across_a_clock_change: time;
    a_fleet_of_scanners_changes_nothing: scanners;
    one_click_of_any_body_unsubscribes: one_click;
    wrong_links_have_one_face_and_a_limit: wrong_tokens;
    the_shop_cancels_postpones_hastens_and_pauses: hands;
    a_mail_without_a_server_is_held_and_released: held;
    a_changed_policy_plans_again: policy;
}
