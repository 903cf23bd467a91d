//! The circuit breaker: what holds a shop's mail, what lets it go, and that nothing of it is lost.

use std::time::Duration;

use attesta::db::{self, Connection};
use attesta::kernel::pace::Limit;
use attesta::kernel::time::{Clock as _, DAY, HOUR};
use attesta::mail::brake::{self, Cause, Counts, Grip, Hand, Resumed};
use attesta::mail::returned::{ReturnKind, ReturnOf, ReturnSource, Returned, note_returned};
use attesta::mail::{Draft, Fate, Stop};

use super::bench::{Bench, KIND, benches, mail_to, public, shop};
use crate::support::smtp_sink::SmtpSink;

async fn tick(bench: &Bench) {
    brake::tick(&bench.ctx, &[KIND]).await.unwrap();
}

async fn brake_of(bench: &Bench) -> Option<brake::Brake> {
    bench.ctx.db().read(|conn| brake::standing(conn, shop())).await.unwrap().brake
}

async fn resume(bench: &Bench, hand: Hand) -> Resumed {
    let now = bench.clock.now();
    bench.ctx.db().write(move |tx| brake::resume(tx, shop(), hand, now)).await.unwrap()
}

/// Sends 200 mails of which so many bounce.
async fn two_hundred(bench: &Bench, bounces: u8) {
    for n in 0..200 {
        let box_of = if n < bounces { "hard" } else { "ok" };
        bench.post_mail(n, mail_to(&format!("{box_of}-{n}@a.example"))).await;
    }
    bench.run().await;
}

#[tokio::test]
async fn bounces_pause_a_shop_and_what_is_held_leaves_after_a_day() {
    let sink = SmtpSink::start().await;
    for bench in &benches(public(Some(&sink.url()))) {
        two_hundred(bench, 3).await;
        tick(bench).await;
        assert_eq!(brake_of(bench).await, None, "below two in a hundred");
        assert!(matches!(bench.send(200, "hard-200@a.example").await, Fate::Bounced(_)));
        bench.send(201, "hard-201@a.example").await;
        tick(bench).await;
        let on = brake_of(bench).await.expect("the brake is on");
        assert_eq!((on.cause, on.sent, on.counted), (Cause::Bounces, 202, 5));
        assert_eq!(on.grip, Grip::Paused(bench.clock.now().plus_ms(DAY)));
        assert_eq!(bench.send(202, "ok-202@a.example").await, Fate::Held("sending_paused", None));
        bench.clock.advance(DAY - HOUR);
        tick(bench).await;
        assert_eq!(bench.due(202).await, None, "held until then");
        bench.clock.advance(HOUR);
        tick(bench).await;
        assert_eq!(brake_of(bench).await, None);
        bench.run().await;
        assert_eq!(bench.fate(202), Fate::Sent, "held, never lost");
        tick(bench).await;
        assert_eq!(brake_of(bench).await, None, "what came back before counts once");
    }
}

#[tokio::test]
async fn the_shop_ends_a_pause_and_only_the_operator_a_stop() {
    let sink = SmtpSink::start().await;
    for bench in &benches(public(Some(&sink.url()))) {
        two_hundred(bench, 4).await;
        tick(bench).await;
        assert!(matches!(brake_of(bench).await.unwrap().grip, Grip::Paused(_)));
        bench.clock.advance(1);
        assert_eq!(resume(bench, Hand::Shop).await, Resumed::Now);
        for n in 200..206 {
            bench.send(n, &format!("hard-{n}@a.example")).await;
        }
        tick(bench).await;
        assert_eq!(brake_of(bench).await, None, "ten in 206, less than five in a hundred, and too few since the pause");
        bench.send(206, "hard-206@a.example").await;
        tick(bench).await;
        let on = brake_of(bench).await.unwrap();
        assert_eq!((on.grip, on.sent, on.counted), (Grip::Stopped, 207, 11));
        assert_eq!(bench.send(207, "ok-207@a.example").await, Fate::Held("sending_stopped", None));
        assert_eq!(resume(bench, Hand::Shop).await, Resumed::OnlyByOperator);
        bench.clock.advance(3 * DAY);
        tick(bench).await;
        assert!(brake_of(bench).await.is_some(), "a stop does not end by itself");
        assert_eq!(resume(bench, Hand::Operator).await, Resumed::Now);
        tick(bench).await;
        bench.run().await;
        assert_eq!(bench.fate(207), Fate::Sent);
        assert_eq!(resume(bench, Hand::Operator).await, Resumed::WasFree);
    }
}

#[tokio::test]
async fn what_is_longer_ago_than_seven_days_does_not_count() {
    let sink = SmtpSink::start().await;
    for bench in &benches(public(Some(&sink.url()))) {
        two_hundred(bench, 20).await;
        bench.clock.advance(7 * DAY + 1);
        tick(bench).await;
        assert_eq!(brake_of(bench).await, None);
        let since = bench.clock.now().minus_ms(7 * DAY);
        let counts = bench.ctx.db().read(move |conn| brake::counts(conn, shop(), since)).await.unwrap();
        assert_eq!(counts, Counts::default());
    }
}

#[tokio::test]
async fn the_operator_holds_all_mail_and_lets_it_go() {
    let sink = SmtpSink::start().await;
    for bench in &benches(public(Some(&sink.url()))) {
        let before = sink.ledger().len();
        let now = bench.clock.now();
        assert!(bench.ctx.db().write(move |tx| brake::set_pause(tx, Some("moving"), now)).await.unwrap());
        assert!(!bench.ctx.db().write(move |tx| brake::set_pause(tx, Some("again"), now)).await.unwrap());
        for n in 0..50 {
            bench.post_mail(n, mail_to(&format!("ok-{n}@a.example"))).await;
        }
        bench.post(50, Draft::Drop(Stop { shop_id: shop(), edition: 0, reason: "cancelled" })).await;
        bench.run().await;
        assert_eq!(bench.fate(7), Fate::Held("instance_paused", None));
        assert_eq!(bench.fate(50), Fate::Dropped("cancelled"), "what is withdrawn meanwhile stays so");
        tick(bench).await;
        bench.run().await;
        assert_eq!(sink.ledger().len(), before, "nothing leaves while it lasts");
        assert!(bench.ctx.db().write(move |tx| brake::set_pause(tx, None, now)).await.unwrap());
        tick(bench).await;
        bench.run().await;
        assert_eq!(sink.ledger().len(), before + 50, "and nothing is lost");
    }
}

#[tokio::test]
async fn bounces_that_come_back_days_later_count_like_those_at_once() {
    let sink = SmtpSink::start().await;
    for bench in &benches(public(Some(&sink.url()))) {
        two_hundred(bench, 0).await;
        bench.clock.advance(2 * DAY);
        for n in 0..4 {
            let mail = bench.message(n).await;
            let returned = Returned::new(bench.clock.now(), ReturnKind::HardBounce, ReturnSource::Mail);
            let what = ReturnOf { message: mail.id, shop: shop(), sent_at: mail.sent_at.unwrap(), returned };
            assert!(bench.ctx.db().write(move |tx| note_returned(tx, &what)).await.unwrap());
        }
        tick(bench).await;
        let on = brake_of(bench).await.expect("nothing was refused at once, and the brake is on");
        assert_eq!((on.cause, on.sent, on.counted), (Cause::Bounces, 200, 4));
    }
}

#[tokio::test]
async fn a_stop_by_hand_forgets_nothing_of_what_came_back() {
    let sink = SmtpSink::start().await;
    for bench in &benches(public(Some(&sink.url()))) {
        two_hundred(bench, 4).await;
        let now = bench.clock.now();
        assert!(bench.ctx.db().write(move |tx| brake::stop(tx, shop(), now)).await.unwrap());
        bench.clock.advance(HOUR);
        tick(bench).await;
        assert_eq!(brake_of(bench).await.map(|on| on.cause), Some(Cause::Operator));
        assert_eq!(resume(bench, Hand::Operator).await, Resumed::Now);
        tick(bench).await;
        let on = brake_of(bench).await.expect("what came back before still counts");
        assert_eq!((on.cause, on.sent, on.counted), (Cause::Bounces, 200, 4));
        assert!(matches!(on.grip, Grip::Paused(_)));
        bench.clock.advance(1);
        assert_eq!(resume(bench, Hand::Shop).await, Resumed::Now);
        tick(bench).await;
        assert_eq!(brake_of(bench).await, None, "and once only");
    }
}

/// Two who write about the shop's sending at once: what the first wrote is not stored before the second had time to look.
async fn at_once<T: Send + 'static>(
    bench: &Bench,
    first: impl FnOnce(&mut Connection) -> db::Result<T> + Send + 'static,
    second: impl Future<Output = ()>,
) {
    let first = bench.ctx.db().write(move |tx| {
        let done = first(tx)?;
        std::thread::sleep(Duration::from_millis(500));
        Ok(done)
    });
    let second = async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        second.await;
    };
    tokio::join!(first, second).0.unwrap();
}

#[tokio::test]
async fn of_two_who_write_at_once_neither_undoes_the_other() {
    let sink = SmtpSink::start().await;
    let limits = |text: &str| vec![Limit::parse(text).unwrap()];
    for bench in &benches(public(Some(&sink.url()))) {
        two_hundred(bench, 4).await;
        let now = bench.clock.now();
        at_once(bench, move |tx| brake::stop(tx, shop(), now), tick(bench)).await;
        assert_eq!(brake_of(bench).await.map(|on| on.cause), Some(Cause::Operator), "numbers loosen no hand");
        let imposed = limits("5 per hour");
        let impose = async {
            bench.ctx.db().write(move |tx| brake::impose_limits(tx, shop(), imposed)).await.unwrap();
        };
        let own = limits("9 per hour");
        at_once(bench, move |tx| brake::set_limits(tx, shop(), own), impose).await;
        let own = limits("8 per hour");
        let lets_go = async { assert_eq!(resume(bench, Hand::Operator).await, Resumed::Now) };
        at_once(bench, move |tx| brake::set_limits(tx, shop(), own), lets_go).await;
        let standing = bench.ctx.db().read(|conn| brake::standing(conn, shop())).await.unwrap();
        assert_eq!((standing.limits, standing.imposed), (limits("8 per hour"), limits("5 per hour")));
        assert_eq!(standing.brake, None);
    }
}
