//! Erasing from the link: in two steps, for good, without a trace, and of nobody else.

use attesta::db::Engine;
use attesta::kernel::delay::Delay;
use attesta::kernel::time::{DAY, HOUR};
use serde_json::{Value, json};

use super::{ADA, NAME, WORD, exported, hash, mine, review, stories};
use crate::support::app::{TestApp, fulfilled};
use crate::support::dump::{dump, holding, holding_bytes};

async fn traces(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop_with("bottega.example", |shop| shop.policy.invite_after = Delay::hours(1)).await;
    let other = app.shop("altrove.example").await;
    app.post_event(&shop, &fulfilled("#1", ADA, app.now())).await.expect(202, "taken");
    app.advance(HOUR);
    app.run_jobs().await;
    let link = app.review_link(ADA);
    app.invited(&other, "#9", ADA).await;
    review(&app, &link).await;
    app.post_event(&shop, &fulfilled("#2", ADA, app.now())).await.expect(202, "waits for its hour");
    let list = format!("/v1/shops/{}/reviews", shop.domain);
    let id = app.get(&list).await.expect(200, "it is public")["data"][0]["id"].as_str().expect("an id").to_owned();
    let reply = json!({ "text": format!("Grazie {NAME}.") });
    app.send_as(&shop, "PUT", &format!("/reviews/{id}/reply"), &reply).await.expect(201, "the shop replies");
    app.run_jobs().await;
    let edit = app.post_form(&format!("{link}/edit"), &[("stars", "2"), ("text", "Meno bella."), ("name", NAME)]).await;
    assert_eq!(edit.status, 200, "{}", edit.text);
    let erase = format!("{}/erase", mine(&link));
    let asked = app.follow(&format!("{erase}?lang=en")).await;
    assert!(asked.text.contains("#1") && asked.text.contains("#2"));
    assert!(asked.text.contains("Erase everything for good"), "{}", asked.text);
    let rows = dump(app.ctx()).await;
    assert!(!holding(&rows, WORD).is_empty() && !holding(&rows, NAME).is_empty(), "a question erases nothing");

    let done = app.post_form(&format!("{erase}?lang=en"), &[]).await;
    assert!(done.status == 200 && done.text.contains("2 orders") && done.text.contains("2 reviews"), "{}", done.text);
    let to_ada = || app.mails().iter().filter(|mail| mail.entry.to.contains(ADA)).count();
    assert_eq!(to_ada(), 1, "what was captured goes too, except what the other shop wrote");
    let rows = dump(app.ctx()).await;
    for gone in [ADA, "posta.example", "Ada Bianchi", NAME, WORD, "Meno bella", "Grazie"] {
        assert_eq!(holding(&rows, gone), Vec::<&String>::new(), "{gone} on {engine:?}");
    }
    let left = holding_bytes(&rows, &hash(&app, ADA));
    let tables: Vec<&str> = left.iter().map(|row| row.split(' ').next().unwrap_or_default()).collect();
    assert_eq!(
        tables,
        ["contacts", "erased_people", "invitations", "suppressions"],
        "the other shop's part stays its own"
    );
    assert_eq!(app.order(&shop, "#2").await["reason"], "customer_erased", "what waited ends");
    assert_eq!(app.get(&format!("/v1/reviews/{id}")).await.status, 410);
    assert_eq!(app.get(&list).await.expect(200, "public")["data"][0]["status"], "erased", "a tombstone stands there");
    let profile = app.get(&format!("/v1/shops/{}", shop.domain)).await.text;
    assert!(!profile.contains(NAME), "{profile}");

    let again = app.post_form(&format!("{erase}?lang=en"), &[]).await;
    assert!(again.text.contains("nothing left to erase"), "twice is once: {}", again.text);
    assert_eq!(dump(app.ctx()).await.len(), rows.len());
    assert_eq!(exported(&app, &link).await["extent"], "order", "the link knows nobody any more");
}

/// What the shop sends again, late or anew, brings nothing back; nobody writes again.
async fn return_of(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let link = app.invited(&shop, "#1", ADA).await;
    app.post_form(&format!("{}/erase", mine(&link)), &[]).await.text.clear();
    for number in ["#1", "#late"] {
        app.post_event(&shop, &fulfilled(number, ADA, app.now().minus_ms(DAY))).await.expect(202, "a late event");
    }
    let new = app.post_event(&shop, &fulfilled("#new", ADA, app.now().plus_ms(1000))).await.expect(202, "a new order");
    assert_eq!((&new["state"], &new["reason"]), (&json!("skipped"), &json!("customer_erased")));
    let mails = app.mails().len();
    app.advance(40 * DAY);
    app.run_jobs().await;
    assert_eq!(app.mails().len(), mails);
    app.rooms.let_people_go().await.expect("the tick works");
    app.advance(DAY);
    app.rooms.let_people_go().await.expect("the tick works");
    let rows = dump(app.ctx()).await;
    assert_eq!(holding(&rows, "posta.example"), Vec::<&String>::new());
    let left = holding_bytes(&rows, &hash(&app, ADA));
    let tables: Vec<&str> = left.iter().map(|row| row.split(' ').next().unwrap_or_default()).collect();
    assert_eq!(tables, ["erased_people", "suppressions"], "on {engine:?}");
}

/// A customer whom the shop had erased may still take back what they wrote.
async fn after_the_shop(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let link = app.invited(&shop, "#1", ADA).await;
    review(&app, &link).await;
    let erased = json!({ "type": "customer.erased", "timestamp": app.now(), "data": { "customer": { "email": ADA } } });
    app.post_event(&shop, &erased).await.expect(202, "the shop forgets");
    assert!(!holding(&dump(app.ctx()).await, WORD).is_empty(), "what is published is the author's");
    assert!(!app.mails().is_empty());
    app.rooms.let_people_go().await.expect("the tick works");
    assert!(app.mails().is_empty(), "what was captured before goes too");
    app.post_form(&format!("{}/erase", mine(&link)), &[]).await.text.clear();
    assert_eq!(holding(&dump(app.ctx()).await, WORD), Vec::<&String>::new());
}

/// Of what a shop had withdrawn before, it is told the same as ever: whose hand it was.
async fn after_a_withdrawal(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop_with("bottega.example", |shop| shop.policy.invite_after = Delay::hours(1)).await;
    app.post_event(&shop, &fulfilled("#1", ADA, app.now())).await.expect(202, "waits for its hour");
    let id = app.order(&shop, "#1").await["id"].as_str().expect("an order").to_owned();
    let cancel = format!("/invitations/{id}/cancel");
    app.send_as(&shop, "POST", &cancel, &Value::Null).await.expect(200, "the shop withdraws");
    let erased = json!({ "type": "customer.erased", "timestamp": app.now(), "data": { "email": ADA } });
    app.post_event(&shop, &erased).await.expect(202, "the shop forgets");
    let order = app.order(&shop, "#1").await;
    assert_eq!((&order["state"], &order["reason"]), (&json!("skipped"), &json!("cancelled_by_shop")), "on {engine:?}");
    assert_eq!(holding(&dump(app.ctx()).await, ADA), Vec::<&String>::new(), "and forgotten all the same");
}

/// An order of which it shows late that it began before its customer asked to be erased is forgotten then: where it was asked
/// about, reviewed, or waits for its hour.
async fn shows_late(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let slow = app.shop_with("lenta.example", |shop| shop.policy.invite_after = Delay::hours(48)).await;
    app.invited(&shop, "#asked", ADA).await;
    let link = app.invited(&shop, "#reviewed", ADA).await;
    review(&app, &link).await;
    app.post_event(&slow, &fulfilled("#waits", ADA, app.now())).await.expect(202, "waits for its hour");
    let (asked, began) = (app.now().minus_ms(2 * DAY), app.now().minus_ms(3 * DAY));
    let erased = json!({ "type": "customer.erased", "timestamp": asked, "data": { "email": ADA } });
    for shop in [&shop, &slow] {
        app.post_event(shop, &erased).await.expect(202, "the shop forgets");
    }
    let of_people = |rows: &[String]| -> Vec<String> {
        let left = holding_bytes(rows, &hash(&app, ADA));
        left.iter().map(|row| row.split(' ').next().unwrap_or_default().to_owned()).collect()
    };
    let before = of_people(&dump(app.ctx()).await);
    assert_eq!(before.iter().filter(|table| *table == "invitations").count(), 3, "these began later: {before:?}");

    for (shop, number) in [(&shop, "#asked"), (&shop, "#reviewed"), (&slow, "#waits")] {
        app.post_event(shop, &fulfilled(number, ADA, began)).await.expect(202, "an event that was held up");
    }
    let rows = dump(app.ctx()).await;
    let left = of_people(&rows);
    assert!(!left.contains(&"invitations".to_owned()), "nobody is said to have been asked: {left:?} on {engine:?}");
    assert_eq!(holding(&rows, NAME), Vec::<&String>::new(), "nor who wrote, on {engine:?}");
    assert!(!holding(&rows, WORD).is_empty(), "what is published is the author's");
    let waits = app.order(&slow, "#waits").await;
    assert_eq!((&waits["state"], &waits["reason"]), (&json!("skipped"), &json!("customer_erased")));
}

/// The file of the embedded database holds no word of it either, once its journal is written back.
async fn file(_: Engine) {
    let Some(app) = TestApp::start(Engine::Sqlite).await else { return };
    let shop = app.shop("bottega.example").await;
    let link = app.invited(&shop, "#1", ADA).await;
    let long = [WORD, &"parola ".repeat(600)].join(" ");
    let posted = app.post_form(&link, &[("stars", "4"), ("text", &long), ("name", NAME)]).await;
    assert_eq!(posted.status, 201);
    let holds = |needle: &str| {
        let file = std::fs::read(app.ctx().config().data_dir.join("attesta.db")).expect("the file");
        file.windows(needle.len()).any(|at| at == needle.as_bytes())
    };
    checkpoint(&app);
    assert!(holds(WORD) && holds(NAME), "the test looks where it is");
    app.post_form(&format!("{}/erase", mine(&link)), &[]).await.text.clear();
    checkpoint(&app);
    assert!(!holds(WORD) && !holds(NAME) && !holds("parola parola"));
}

fn checkpoint(app: &TestApp) {
    use diesel::Connection as _;
    use diesel::connection::SimpleConnection as _;
    let file = app.ctx().config().data_dir.join("attesta.db").display().to_string();
    let mut conn = diesel::SqliteConnection::establish(&file).expect("a second connection");
    conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").expect("a checkpoint");
}

stories! {
    an_erasure_leaves_no_trace: traces;
    nothing_brings_it_back: return_of;
    the_author_may_erase_after_the_shop_did: after_the_shop;
    what_was_withdrawn_stays_withdrawn: after_a_withdrawal;
    an_order_that_shows_late_to_be_older_is_forgotten_then: shows_late;
    not_even_in_the_file: file;
}
