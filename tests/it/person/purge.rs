//! What goes by itself, at each boundary, by the settings that the page about privacy tells.

use attesta::db::Engine;
use attesta::kernel::time::{DAY, Timestamp};

use super::{ADA, hash, mine, review, stories};
use crate::support::app::{TestApp, fulfilled};
use crate::support::dump::{dump, holding_bytes};

/// Tables that hold the person's hash, and whether something is sealed.
async fn left(app: &TestApp) -> (Vec<String>, bool) {
    app.rooms.let_people_go().await.expect("the tick works");
    let rows = dump(app.ctx()).await;
    let tables = holding_bytes(&rows, &hash(app, ADA)).into_iter();
    let tables: Vec<String> = tables.map(|row| row.split(' ').next().unwrap_or_default().to_owned()).collect();
    let (keyring, person) = (app.ctx().keyring().clone(), hash(app, ADA));
    let records = app.ctx().db().read(move |conn| attesta::orders::personal::records(conn, &keyring, None, &person));
    let sealed = records.await.expect("records are read").iter().any(|record| record.personal.email.is_some());
    (tables, sealed)
}

const BOTH: [&str; 2] = ["contacts", "invitations"];

async fn go(app: &TestApp, to: Timestamp, expected: (&[&str], bool), why: &str) {
    app.clock().set(to);
    let (tables, sealed) = left(app).await;
    assert_eq!(
        (tables.iter().map(String::as_str).collect::<Vec<_>>(), sealed),
        (expected.0.to_vec(), expected.1),
        "{why}"
    );
}

/// Asked, never answered: the address goes after its days, the hash with the link.
async fn silent(engine: Engine) {
    let Some(app) = TestApp::start_with(engine, |config| config.contact_days_after_last_mail = 20).await else {
        return;
    };
    let shop = app.shop("bottega.example").await;
    let link = app.invited(&shop, "1", ADA).await;
    let sent = app.now();
    let token = app.ctx().keyring().check(link.rsplit('/').next().expect("a token"), sent).expect("ours");
    go(&app, sent.plus_ms(20 * DAY - 1), (&BOTH, true), "a moment before its days are over").await;
    go(&app, sent.plus_ms(20 * DAY), (&BOTH, false), "and as they are").await;
    assert_eq!(app.follow(&mine(&link)).await.status, 200, "the link still finds its order");
    let stop = app.unsubscribe_link(ADA);
    go(&app, token.expires.minus_ms(1), (&BOTH, false), "a moment before the link ends").await;
    assert_eq!(app.post_form(&stop, &[]).await.status, 200, "one may leave to the end");
    go(&app, token.expires, (&["suppressions"], false), "the wish is all that stays").await;
}

/// Reviewed: the address stays as long as the link, the hash as long as the review.
async fn written(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let link = app.invited(&shop, "1", ADA).await;
    review(&app, &link).await;
    let token = app.ctx().keyring().check(link.rsplit('/').next().expect("a token"), app.now()).expect("ours");
    go(&app, token.expires.minus_ms(1), (&BOTH, true), "the shop's reply still reaches its author").await;
    go(&app, token.expires, (&BOTH, false), "the address ends with the link").await;
    go(&app, token.expires.plus_ms(800 * DAY), (&BOTH, false), "a review stands: an erasure must find it").await;
}

/// Reviewed and taken back: the days after the last mail begin, then the link's.
async fn taken_back(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let link = app.invited(&shop, "1", ADA).await;
    assert_eq!(app.post_form(&link, &[("stars", "4")]).await.status, 201);
    let token = app.ctx().keyring().check(link.rsplit('/').next().expect("a token"), app.now()).expect("ours");
    app.advance(DAY);
    assert_eq!(app.post_form(&format!("{link}/erase"), &[]).await.status, 200);
    let erased = app.now();
    go(&app, erased.plus_ms(30 * DAY - 1), (&BOTH, true), "thirty days, a moment before").await;
    go(&app, erased.plus_ms(30 * DAY), (&BOTH, false), "and as they are").await;
    go(&app, token.expires.plus_ms(1), (&[], false), "nothing is left").await;
}

/// Never asked: name, address and hash go together, after the days since the last event.
async fn unasked(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop_with("bottega.example", |shop| shop.policy.min_total = Some(1_000_000)).await;
    app.post_event(&shop, &fulfilled("1", ADA, app.now())).await.expect(202, "too small to ask about");
    let came = app.now();
    go(&app, came.plus_ms(30 * DAY - 1), (&BOTH[..1], true), "a moment before").await;
    go(&app, came.plus_ms(30 * DAY), (&[], false), "all at once").await;
}

/// Webhook ids protect for their days; then the order's number does.
async fn events(engine: Engine) {
    let Some(app) = TestApp::start_with(engine, |config| config.event_keep_days = 45).await else { return };
    let shop = app.shop("bottega.example").await;
    let body = fulfilled("1", ADA, app.now()).to_string();
    app.post_event_as(&shop, "msg_once", body.as_bytes()).await.expect(202, "taken");
    let came = app.now();
    for (moment, kept) in [(45 * DAY, 1), (45 * DAY + 1, 0)] {
        app.clock().set(came.plus_ms(moment));
        app.rooms.let_people_go().await.expect("the tick works");
        let rows = dump(app.ctx()).await;
        assert_eq!(rows.iter().filter(|row| row.starts_with("order_events ")).count(), kept, "on {engine:?}");
    }
}

/// Many at once go in bounded steps, and none is forgotten.
async fn many(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop_with("bottega.example", |shop| shop.policy.min_total = Some(1_000_000)).await;
    for number in 0..250 {
        let event = fulfilled(&format!("#{number}"), ADA, app.now());
        app.post_event(&shop, &event).await.expect(202, "taken");
    }
    app.advance(30 * DAY);
    assert_eq!(left(&app).await, (Vec::new(), false), "on {engine:?}");
}

stories! {
    who_never_answered_is_forgotten_with_the_link: silent;
    an_authors_hash_stays_with_the_review: written;
    what_was_taken_back_starts_the_days: taken_back;
    who_was_never_asked_goes_at_once: unasked;
    webhook_ids_go_after_their_days: events;
    many_go_in_steps: many;
}
