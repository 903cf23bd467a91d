//! The choice of moment and its accounting, with real orders, mails and reviews: exceptions by country and category, a look
//! at another policy, the days' numbers, the weekly mail, and how often a customer hears of a reply.

use attesta::invitations::jobs::watch_settings;
use attesta::kernel::delay::Delay;
use attesta::kernel::time::{DAY, HOUR, Timestamp};
use attesta::merchants::{Policy, Shop};
use serde_json::{Value, json};

use crate::support::app::{Answer, TestApp, TestShop, event, fulfilled, link_in};
use crate::support::house::ENGINES;

/// A Wednesday noon in Rome.
const START: &str = "2026-07-01T10:00:00.000Z";

/// Runs a story on each engine that is installed, in a shop that asks as `change` says.
async fn on_each_engine<F: AsyncFn(TestApp, TestShop)>(change: fn(&mut Shop), story: F) {
    for engine in ENGINES {
        let Some(app) = TestApp::start(engine).await else { continue };
        app.clock().set(Timestamp::parse(START).unwrap());
        let shop = app.shop_with("bottega.example", change).await;
        story(app, shop).await;
    }
}

fn a_week(shop: &mut Shop) {
    shop.policy = Policy { invite_after: Delay::days(7), ..Policy::default() };
}

/// A parcel for a customer in this country, of goods of this category.
async fn parcel(app: &TestApp, shop: &TestShop, number: &str, (country, category): (&str, &str)) {
    let mut event = fulfilled(number, &format!("c{}@example.com", number.trim_start_matches('#')), app.now());
    event["data"]["customer"]["country"] = json!(country);
    event["data"]["items"][0]["category"] = json!(category);
    app.post_event(shop, &event).await.expect(202, "the order is taken");
}

async fn due(app: &TestApp, shop: &TestShop, number: &str) -> String {
    let order = app.order(shop, number).await;
    order["due_at"].as_str().map_or_else(|| format!("not scheduled: {order}"), str::to_owned)
}

#[tokio::test]
async fn the_most_specific_exception_chooses_the_moment_and_a_change_replans() {
    on_each_engine(a_week, async |app, shop| {
        let policy = json!({ "invite_after": "7d", "hours": { "from": 8, "to": 21 }, "exceptions": [
            { "country": "FR", "invite_after": "1d" },
            { "category": "Wine", "invite_after": "20d", "min_total": 5000 },
            { "country": "FR", "category": "Wine", "invite_after": "30d", "min_total": null, "hours": { "from": 9, "to": 10 } },
        ] });
        let shown = app.send_as(&shop, "PUT", "/policy", &policy).await.expect(200, "the policy is kept");
        assert_eq!(shown["exceptions"], policy["exceptions"]);
        let public = app.get(&format!("/v1/shops/{}", shop.domain)).await.expect(200, "the profile");
        let said = &public["verification"]["invitations"];
        assert_eq!((&said["hours"], &said["exceptions"]), (&policy["hours"], &policy["exceptions"]), "what the page says");
        for (lang, says) in [
            ("it", ["Di norma", "7 giorni dopo la spedizione", "Francia", "24 ore dopo la spedizione"]),
            ("en", ["Usually", "20 days after shipping", "Wine", "only from a minimum order value"]),
            ("de", ["In der Regel", "30 Tage nach dem Versand", "Frankreich", "nur zwischen 9 und 10 Uhr"]),
            ("fr", ["En général", "20 jours après l’expédition", "France", "seulement entre 9 h et 10 h"]),
            ("es", ["Por lo general", "7 días después del envío", "Francia", "entre las 9 y las 10 horas"]),
        ] {
            let page = app.get(&format!("/shops/{}?lang={lang}", shop.domain)).await.text.replace('\u{a0}', " ");
            for said in says {
                assert!(page.contains(said), "what everybody may know, in words: {said}");
            }
        }
        let cases = [
            ("#1", ("IT", "Tea"), "2026-07-08T10:00:00.000Z"),
            ("#2", ("FR", "Tea"), "2026-07-02T10:00:00.000Z"),
            ("#3", ("FR", "wine > Red"), "2026-08-01T07:00:00.000Z"),
        ];
        for (number, what, at) in cases {
            parcel(&app, &shop, number, what).await;
            assert_eq!(due(&app, &shop, number).await, at, "{what:?}");
        }
        parcel(&app, &shop, "#4", ("IT", "Wine")).await;
        assert_eq!(app.order(&shop, "#4").await["reason"], "below_minimum");
        let plain = app.send_as(&shop, "PUT", "/policy", &json!({ "invite_after": "7d" })).await;
        assert_eq!(plain.expect(200, "all as it was")["exceptions"], json!([]));
        watch_settings(app.ctx()).await.unwrap();
        app.run_jobs().await;
        assert_eq!(due(&app, &shop, "#2").await, "2026-07-08T10:00:00.000Z");
    })
    .await;
}

#[tokio::test]
async fn a_preview_tells_what_would_have_been_and_changes_nothing() {
    on_each_engine(a_week, async |app, shop| {
        parcel(&app, &shop, "#old", ("IT", "Tea")).await;
        app.advance(31 * DAY);
        parcel(&app, &shop, "#1", ("IT", "Tea")).await;
        parcel(&app, &shop, "#2", ("FR", "Tea")).await;
        app.post_event(&shop, &event("order.created", "#3", "c3@example.com", app.now())).await.expect(202, "placed");
        let again = fulfilled("#4", "c1@example.com", app.now().plus_ms(1000));
        app.post_event(&shop, &again).await.expect(202, "the same customer again");
        let mut test = fulfilled("#test", "t@example.com", app.now());
        test["data"]["test"] = json!(true);
        app.post_event(&shop, &test).await.expect(202, "a test");
        let look = async |body: Value| app.send_as(&shop, "POST", "/policy/preview", &body).await;
        let changes =
            json!({ "changes": { "exceptions": [{ "country": "FR", "invite_after": "2w" }], "min_total": 4990 } });
        let seen = look(changes.clone()).await.expect(200, "a look");
        let numbers: Vec<_> =
            seen["data"].as_array().unwrap().iter().map(|one| one["number"].as_str().unwrap()).collect();
        assert_eq!(numbers, ["#4", "#3", "#2", "#1"], "newest first; neither the old one nor the test");
        let one = |n: usize| (&seen["data"][n]["present"], &seen["data"][n]["proposed"], &seen["data"][n]["changed"]);
        let (present, proposed, changed) = one(2);
        assert_eq!(
            (&present["due_at"], &proposed["due_at"]),
            (&json!("2026-08-08T10:00:00.000Z"), &json!("2026-08-15T10:00:00.000Z"))
        );
        assert_eq!(changed, true);
        assert_eq!(one(1).0["reason"], "not_triggered");
        assert_eq!((&one(0).0["reason"], &one(0).1["reason"]), (&json!("frequency_cap"), &json!("frequency_cap")));
        assert!(one(0).0["reason_text"].as_str().unwrap().contains("recently"));
        assert_eq!(
            seen["totals"],
            json!({ "orders": 4, "changed": 1,
            "present": { "scheduled": 2, "waiting": { "not_triggered": 1 }, "skipped": { "frequency_cap": 1 },
                "reminders": { "scheduled": 0, "skipped": { "not_invited": 2, "reminder_off": 2 } } },
            "proposed": { "scheduled": 2, "waiting": { "not_triggered": 1 }, "skipped": { "frequency_cap": 1 },
                "reminders": { "scheduled": 0, "skipped": { "not_invited": 2, "reminder_off": 2 } } } })
        );
        let whole = look(json!({ "policy": { "invite_on": "created", "cap_days": 0, "min_total": 5000 } })).await;
        let whole = whole.expect(200, "a whole policy");
        assert_eq!(
            whole["totals"]["proposed"],
            json!({ "scheduled": 0, "waiting": {}, "skipped": { "below_minimum": 4 },
                "reminders": { "scheduled": 0, "skipped": { "not_invited": 4 } } })
        );
        assert_eq!((&whole["policy"]["invite_after"], &whole["next"]), (&json!("7d"), &Value::Null));
        paged(&app, &shop, &seen).await;
        for (body, pointer) in [
            (json!({}), ""),
            (json!({ "policy": {}, "changes": {} }), "/policy"),
            (
                json!({ "changes": { "exceptions": [{ "country": "ZZ", "hours": null }] } }),
                "/changes/exceptions/0/country",
            ),
            (json!({ "policy": { "min_stars": 4 } }), "/policy/min_stars"),
            (json!({ "policy": [] }), "/policy"),
            (json!({ "changes": {}, "limit": 1001 }), "/limit"),
            (json!({ "changes": {}, "cursor": "x" }), "/cursor"),
        ] {
            let refused = look(body.clone()).await.expect(422, "what cannot be meant is refused");
            assert_eq!(
                (&refused["code"], refused["field"].as_str().unwrap_or("")),
                (&json!("invalid_field"), pointer),
                "{body}"
            );
        }
        let policy = app.get_as(&shop, "/policy").await.expect(200, "the policy");
        assert_eq!((&policy["exceptions"], &policy["min_total"]), (&json!([]), &Value::Null), "nothing was written");
        assert_eq!(due(&app, &shop, "#2").await, "2026-08-08T10:00:00.000Z");
    })
    .await;
}

/// A shop that reminds, and what happened to six of its customers: one wrote, one had enough, one came back too soon, one has only
/// ordered, one is in Japan, and one did nothing.
async fn six_customers(app: &TestApp, shop: &TestShop) {
    for (number, country) in [("#1", "IT"), ("#2", "IT"), ("#3", "IT"), ("#4", "JP")] {
        parcel(app, shop, number, (country, "Tea")).await;
    }
    let again = fulfilled("#5", "c3@example.com", app.now().plus_ms(1000));
    app.post_event(shop, &again).await.expect(202, "the same customer again");
    app.post_event(shop, &event("order.created", "#6", "c6@example.com", app.now())).await.expect(202, "placed");
    for hours in [7 * 24, 14] {
        app.advance(hours * HOUR);
        app.run_jobs().await;
    }
    let (link, stop) = (app.review_link("c1@example.com"), app.unsubscribe_link("c2@example.com"));
    app.advance(34 * HOUR);
    assert_eq!(app.post_form(&link, &[("stars", "5")]).await.status, 201);
    assert_eq!(app.post_form(&stop, &[("List-Unsubscribe", "One-Click")]).await.status, 200);
}

/// Reason or time of the reminder of each order, newest first.
fn reminders(seen: &Value, policy: &str) -> Vec<String> {
    let of = |one: &Value| {
        let reminder = &one[policy]["reminder"];
        let said = if reminder["state"] == "scheduled" { &reminder["due_at"] } else { &reminder["reason"] };
        said.as_str().expect("a time or a reason").to_owned()
    };
    seen["data"].as_array().unwrap().iter().map(of).collect()
}

fn reminding(shop: &mut Shop) {
    let (invite_after, remind_after) = (Delay::days(7), Some(Delay::days(5)));
    shop.policy = Policy { invite_after, remind_after, hours: Some((9, 18)), ..Policy::default() };
}

#[tokio::test]
async fn a_preview_tells_who_would_have_been_reminded_as_it_happened() {
    on_each_engine(reminding, async |app, shop| {
        six_customers(&app, &shop).await;
        let look = async |body: Value| app.send_as(&shop, "POST", "/policy/preview", &body).await.expect(200, "a look");
        let seen = look(json!({ "changes": { "remind_after": "1d", "cap_days": 0 } })).await;
        let (rome, tokyo) = ("2026-07-13T10:00:00.000Z", "2026-07-14T00:00:00.000Z");
        assert_eq!(
            reminders(&seen, "present"),
            ["not_invited", "not_invited", tokyo, rome, "unsubscribed", "already_reviewed"],
            "19:00 in Tokyo is too late, nine on the next day is not"
        );
        let (day, later) = ("2026-07-09T10:00:00.000Z", "2026-07-09T10:00:01.000Z");
        assert_eq!(
            reminders(&seen, "proposed"),
            ["not_invited", later, "2026-07-10T00:00:00.000Z", day, day, day],
            "a day after the invitation nobody had written or had enough"
        );
        let present =
            json!({ "scheduled": 2, "skipped": { "already_reviewed": 1, "not_invited": 2, "unsubscribed": 1 } });
        assert_eq!((&seen["totals"]["present"]["reminders"], &seen["totals"]["changed"]), (&present, &json!(5)));
        for (changes, reason) in
            [(json!({ "remind_after": null }), "reminder_off"), (json!({ "remind_after": "25w" }), "window_closed")]
        {
            let seen = look(json!({ "changes": changes, "limit": 1 })).await;
            assert_eq!(
                seen["totals"]["proposed"]["reminders"]["skipped"][reason],
                if reason == "reminder_off" { 4 } else { 2 }
            );
            assert_eq!((&seen["totals"]["orders"], seen["data"].as_array().unwrap().len()), (&json!(6), 1), "over all");
        }
        // What then happened is what the present policy was said to do.
        for at in [rome, tokyo] {
            app.clock().set(Timestamp::parse(at).unwrap());
            app.run_jobs().await;
        }
        app.advance(5 * DAY);
        app.run_jobs().await;
        let list = app.get_as(&shop, "/invitations").await.expect(200, "the invitations");
        let mut reminded: Vec<&str> =
            list["data"].as_array().unwrap().iter().filter_map(|one| one["reminded_at"].as_str()).collect();
        reminded.sort_unstable();
        assert_eq!(reminded, [rome, tokyo]);
        assert_eq!(reminders(&look(json!({ "changes": {} })).await, "present"), reminders(&seen, "present"));
    })
    .await;
}

/// A look in pages shows the same orders, and each page the sums of all.
async fn paged(app: &TestApp, shop: &TestShop, whole: &Value) {
    let (mut cursor, mut seen) = (Value::Null, Vec::new());
    for _ in 0..4 {
        let body = json!({ "changes": {}, "limit": 1, "cursor": cursor });
        let page = app.send_as(shop, "POST", "/policy/preview", &body).await.expect(200, "a page");
        seen.extend(page["data"].as_array().unwrap().iter().map(|one| one["id"].clone()));
        assert_eq!(page["totals"]["present"], whole["totals"]["present"]);
        cursor = page["next"].clone();
    }
    let all: Vec<_> = whole["data"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
    assert_eq!((seen, cursor), (all, Value::Null));
}

fn at_once(shop: &mut Shop) {
    shop.contact = Some("ciao@bottega.example".to_owned());
    shop.policy = Policy { invite_after: Delay::hours(0), cap_days: 0, ..Policy::default() };
}

/// The ticks that count.
async fn counted(app: &TestApp) {
    app.rooms.count_what_moved().await.unwrap();
    app.rooms.account_for_what_moved().await.unwrap();
}

fn adds_up(day: &Value) {
    let places = ["waiting", "scheduled", "held", "sent", "reviewed", "skipped", "failed"];
    let sum: i64 = places.iter().map(|place| day[place].as_i64().unwrap()).sum();
    assert_eq!(day["orders"], sum, "{day}");
}

/// Orders of two days, in every place they can be in.
async fn two_days(app: &TestApp, shop: &TestShop) {
    let written = app.invited(shop, "#1", "ada@example.com").await;
    app.get(&format!("/r/{}/5", written.rsplit('/').next().unwrap())).await;
    assert_eq!(app.post_form(&written, &[("stars", "9")]).await.status, 422, "a form that cannot be taken");
    assert_eq!(app.post_form(&written, &[("text", "senza stelle")]).await.status, 422, "and another");
    assert_eq!(app.post_form(&written, &[("stars", "5")]).await.status, 201);
    let opened = app.invited(shop, "#2", "bea@example.com").await;
    assert_eq!(app.follow(&opened).await.status, 200, "opening is no beginning");
    let mut bare = fulfilled("#3", "x", app.now());
    bare["data"]["customer"] = json!({});
    app.post_event(shop, &bare).await.expect(202, "without an address");
    app.post_event(shop, &event("order.created", "#4", "dan@example.com", app.now())).await.expect(202, "placed");
    let mut test = fulfilled("#t", "t@example.com", app.now());
    test["data"]["test"] = json!(true);
    app.post_event(shop, &test).await.expect(202, "a test");
    counted(app).await;
    app.advance(DAY);
    app.post_event(shop, &event("order.cancelled", "#4", "dan@example.com", app.now())).await.expect(202, "cancelled");
    app.send_as(shop, "POST", "/pause", &Value::Null).await.expect(200, "paused");
    app.post_event(shop, &fulfilled("#5", "eva@example.com", app.now())).await.expect(202, "held");
    app.run_jobs().await;
    counted(app).await;
}

#[tokio::test]
async fn every_order_is_accounted_for_by_the_day_it_arrived() {
    on_each_engine(at_once, async |app, shop| {
        two_days(&app, &shop).await;
        let seen = app.get_as(&shop, "/accounting?from=2026-06-30&to=2026-07-02").await.expect(200, "the accounting");
        let days = seen["data"].as_array().unwrap();
        assert_eq!(
            days.iter().map(|day| day["day"].as_str().unwrap()).collect::<Vec<_>>(),
            ["2026-06-30", "2026-07-01", "2026-07-02"]
        );
        days.iter().chain([&seen["total"]]).for_each(adds_up);
        assert_eq!((&days[0]["orders"], &days[0]["as_of"]), (&json!(0), &Value::Null));
        let (first, second) = (&days[1], &days[2]);
        assert_eq!((&first["orders"], &first["eligible"], &first["invited"]), (&json!(4), &json!(3), &json!(2)));
        assert_eq!((&first["reviewed"], &first["sent"], &first["skipped"]), (&json!(1), &json!(1), &json!(2)));
        withdrawn_later(&app, &shop).await;
        assert_eq!(first["reasons"]["skipped"], json!({ "no_email": 1, "order_cancelled": 1 }));
        assert_eq!(
            (&first["form_started"], &first["bounced"]),
            (&json!(1), &json!(0)),
            "a POST that failed, once an order"
        );
        assert_eq!((&second["orders"], &second["held"]), (&json!(1), &json!(1)));
        assert_eq!(second["reasons"]["held"], json!({ "shop_paused": 1 }));
        assert_eq!(seen["total"]["orders"], 5);
        as_table(&app, &shop).await;
        for wrong in ["from=2026-07-02&to=2026-07-01", "from=2025-07-01&to=2026-07-02", "from=1.7.2026", "to=x"] {
            let refused = app.get_as(&shop, &format!("/accounting?{wrong}")).await;
            assert_eq!(refused.expect(400, "no such days")["code"], "invalid_filter", "{wrong}");
        }
        let usual = app.get_as(&shop, "/accounting").await.expect(200, "the last 30 days");
        assert_eq!((&usual["from"], &usual["to"]), (&json!("2026-06-03"), &json!("2026-07-02")));
        assert_eq!(usual["data"].as_array().unwrap().len(), 30);
        let other = app.shop("altra.example").await;
        assert_eq!(app.get_as(&other, "/accounting").await.expect(200, "another shop")["total"]["orders"], 0);
    })
    .await;
}

/// An order that is cancelled after its trigger stays in the public denominator, whichever news comes first; one that was cancelled
/// before never enters it.
async fn withdrawn_later(app: &TestApp, shop: &TestShop) {
    let other = app.shop_with("dopo.example", |shop| shop.policy.invite_after = Delay::days(7)).await;
    let hour = |hours: i64| app.now().minus_ms(hours * HOUR);
    let (shipped, cancelled) = ("order.fulfilled", "order.cancelled");
    for (number, news) in [
        ("#1", [(shipped, 3), (cancelled, 2)]),
        ("#2", [(cancelled, 2), (shipped, 3)]),
        ("#3", [(shipped, 2), (cancelled, 3)]),
        ("#4", [(cancelled, 3), (shipped, 2)]),
        ("#5", [(shipped, 3), ("order.refunded", 2)]),
    ] {
        for (kind, hours) in news {
            let mut event = event(kind, number, &format!("d{}@example.com", &number[1..]), hour(hours));
            event["data"]["refund"] = json!({ "all": true });
            app.post_event(&other, &event).await.expect(202, "taken");
        }
        let order = app.order(&other, number).await;
        assert_eq!((&order["state"], &order["eligible"]), (&json!("skipped"), &json!(!["#3", "#4"].contains(&number))));
    }
    counted(app).await;
    let seen = app.get_as(&other, "/accounting").await.expect(200, "the accounting")["total"].clone();
    assert_eq!((&seen["orders"], &seen["eligible"], &seen["skipped"]), (&json!(5), &json!(3), &json!(5)));
    app.advance(10_000);
    app.run_jobs().await;
    let public = app.get("/v1/shops/dopo.example").await.expect(200, "the profile");
    assert_eq!(public["collection"]["eligible"], 3);
    // Back to the story: nothing of it moved.
    assert_eq!(app.get_as(shop, "/accounting").await.expect(200, "the accounting")["total"]["eligible"], 4);
}

/// The same days, for a spreadsheet.
async fn as_table(app: &TestApp, shop: &TestShop) {
    let query = "from=2026-06-30&to=2026-07-02";
    let file = app.get_as(shop, &format!("/accounting.csv?{query}")).await;
    let url = app.url(&format!("/v1/shops/{}/accounting?{query}", shop.domain));
    let asked = app.http.get(url).header("accept", "text/csv, application/json;q=0.5").bearer_auth(&shop.api_key);
    let same: Answer = app.answer(asked).await;
    for table in [file, same] {
        assert_eq!((table.status, table.header("content-type")), (200, "text/csv; charset=utf-8; header=present"));
        assert!(table.header("content-disposition").contains("accounting-bottega.example-2026-06-30-2026-07-02.csv"));
        assert!(table.header("cache-control").contains("no-store"));
        let mut reader = csv::Reader::from_reader(table.text.trim_start_matches('\u{feff}').as_bytes());
        let names = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let cell =
            |row: usize, name: &str| rows[row][names.iter().position(|column| column == name).unwrap()].to_owned();
        assert_eq!(rows.len(), 3);
        assert_eq!(
            ["day", "orders", "reason_no_email", "skipped_no_email", "form_started"].map(|name| cell(1, name)),
            ["2026-07-01", "4", "1", "1", "1"]
        );
        assert_eq!(
            ["reason_shop_paused", "held_shop_paused", "skipped_no_email"].map(|name| cell(2, name)),
            ["1", "1", "0"]
        );
        assert!(cell(0, "as_of").is_empty() && cell(1, "as_of").ends_with('Z'));
    }
}

#[tokio::test]
async fn a_shop_is_written_to_once_a_week_and_can_end_it() {
    on_each_engine(at_once, async |app, shop| {
        two_days(&app, &shop).await;
        let write = async || app.rooms.write_weekly_mails().await.unwrap();
        assert_eq!(write().await, 0, "the week is not over");
        app.clock().set(Timestamp::parse("2026-07-06T05:59:59.000Z").unwrap());
        assert_eq!(write().await, 0, "before eight on Monday");
        app.advance(1000);
        assert_eq!((write().await, write().await), (1, 0), "once");
        app.run_jobs().await;
        let mail = app.mail_to("ciao@bottega.example");
        assert_eq!(mail.entry.subject, "Bottega Verdi: i numeri della settimana, 29 giugno 2026 – 5 luglio 2026");
        assert!(
            mail.text.contains("Ordini arrivati: 5 (0)") && mail.text.contains("Recensiti: 1 (0)"),
            "{}",
            mail.text
        );
        assert!(
            mail.text.contains("- Senza indirizzo e-mail, ordini: 1")
                && mail.text.contains("- Inviti in pausa, ordini: 1"),
            "{}",
            mail.text
        );
        assert!(mail.html.contains("<img src=\"cid:plot@") && mail.html.len() < 60 * 1024);
        let raw = String::from_utf8_lossy(&mail.raw);
        assert!(raw.contains("Content-ID: <plot@") && raw.contains("multipart/related"));
        let header = |name: &str| mail.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        let link = link_in(&mail.text, "/weekly/");
        assert!(header("List-Unsubscribe").unwrap().contains(&link));
        assert_eq!(header("List-Unsubscribe-Post"), None, "over https only");
        let settings = async || app.get_as(&shop, "/settings").await.expect(200, "settings");
        let wanted = async || settings().await["weekly_mail"].clone();
        assert_eq!(
            (&settings().await["weekly_mail_to"], &settings().await["weekly_mail_note"]),
            (&json!("ciao@bottega.example"), &Value::Null)
        );
        assert_eq!((app.follow(&link).await.status, wanted().await), (200, json!(true)), "a GET ends nothing");
        assert_eq!(app.post_form(&link, &[("List-Unsubscribe", "One-Click")]).await.status, 200);
        assert_eq!(wanted().await, false);
        app.advance(7 * DAY);
        assert_eq!(write().await, 0, "it was ended");
        let page = json!({ "weekly_mail": true, "contact": "https://bottega.example/contact" });
        let told = app.send_as(&shop, "PATCH", "/settings", &page).await.expect(200, "wanted, but where to?");
        assert_eq!(told["weekly_mail_to"], Value::Null);
        assert!(
            told["weekly_mail_note"].as_str().unwrap().contains("`contact`, and that is not an e-mail address"),
            "{told}"
        );
        assert_eq!(write().await, 0, "and none is sent");
        let address = json!({ "contact": "ciao@bottega.example" });
        let told = app.send_as(&shop, "PATCH", "/settings", &address).await.expect(200, "wanted again");
        assert_eq!(told["weekly_mail_note"], Value::Null);
        assert_eq!(write().await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_customer_hears_of_replies_to_one_review_once_a_day() {
    on_each_engine(at_once, async |app, shop| {
        let link = app.invited(&shop, "#1", "ada@example.com").await;
        assert_eq!(app.post_form(&link, &[("stars", "2")]).await.status, 201);
        let list = app.get(&format!("/v1/shops/{}/reviews", shop.domain)).await.expect(200, "published");
        let path = format!("/reviews/{}/reply", list["data"][0]["id"].as_str().unwrap());
        let notices = || app.mails().iter().filter(|mail| mail.text.contains("alla tua recensione")).count();
        let say = async |text: &str| {
            let said = app.send_as(&shop, "PUT", &path, &json!({ "text": text })).await;
            assert!([200, 201].contains(&said.status), "{}", said.text);
            app.run_jobs().await;
        };
        say("Ci dispiace.").await;
        assert_eq!(notices(), 1);
        for (hours, text) in [(1, "Ci dispiace molto."), (2, "Rimediamo subito."), (20, "Rimediamo domani.")] {
            app.advance(hours * HOUR);
            say(text).await;
        }
        assert_eq!(notices(), 1, "however often it is changed within a day");
        app.advance(HOUR);
        app.run_jobs().await;
        assert_eq!(notices(), 2, "then the last word, once");
        assert!(app.mail_to("ada@example.com").text.contains("Rimediamo domani."));
        app.advance(3 * DAY);
        app.run_jobs().await;
        assert_eq!(notices(), 2);
    })
    .await;
}
