//! How fast mail leaves: limits of the operator, of the shop and of the recipients' domains, shared by all processes over one database.

use attesta::kernel::pace::{Limit, QuietHours, WarmUp};
use attesta::kernel::time::{Clock as _, DAY, HOUR, MINUTE, SECOND, Timestamp};
use attesta::mail::{Fate, Mail, brake};

use super::bench::{Bench, bench, benches, mail_to, public, shop};
use crate::support::smtp_sink::SmtpSink;

fn limits(texts: &[&str]) -> Vec<Limit> {
    texts.iter().map(|text| Limit::parse(text).unwrap()).collect()
}

async fn limited(texts: &'static [&'static str]) -> (SmtpSink, Vec<Bench>) {
    let sink = SmtpSink::start().await;
    let url = sink.url();
    let benches = benches(move |config| {
        public(Some(&url))(config);
        config.mail.limits = limits(texts);
    });
    (sink, benches)
}

async fn post_many(bench: &Bench, count: u8, domain: &str) {
    for n in 0..count {
        bench.post_mail(n, mail_to(&format!("ok-{n}@{domain}"))).await;
    }
}

/// Steps the clock and works until everything has left; returns when each mail left. While nothing does, the steps grow.
async fn until_empty(bench: &Bench, sink: &SmtpSink, goal: usize) -> Vec<Timestamp> {
    let (mut times, mut step) = (Vec::new(), 150);
    for _ in 0..5_000 {
        bench.run().await;
        let before = times.len();
        times.resize(sink.ledger().len().min(goal), bench.clock.now());
        if times.len() == goal {
            return times;
        }
        step = if times.len() > before { 150 } else { (step * 2).min(20 * SECOND) };
        bench.clock.advance(step);
    }
    panic!("{} of {goal} left", times.len());
}

fn fullest(times: &[Timestamp], window: i64) -> usize {
    times
        .iter()
        .map(|begin| times.iter().filter(|at| (0..window).contains(&at.since(*begin))).count())
        .max()
        .unwrap_or(0)
}

#[tokio::test]
async fn no_second_and_no_hour_ever_holds_more_than_the_limit() {
    let (sink, benches) = limited(&["5 per second", "30 per hour"]).await;
    let mut before = 0;
    for bench in &benches {
        post_many(bench, 70, "a.example").await;
        let times = until_empty(bench, &sink, before + 70).await[before..].to_vec();
        assert!(fullest(&times, SECOND) <= 5 && fullest(&times, HOUR) <= 30, "{times:?}");
        let all = times[69].since(times[0]);
        assert!((2 * HOUR..2 * HOUR + 15 * MINUTE).contains(&all), "and no much slower than it may: {all}");
        before += 70;
        bench.clock.advance(2 * HOUR);
    }
}

#[tokio::test]
async fn two_processes_share_what_may_leave_and_a_new_one_knows_it() {
    let (sink, benches) = limited(&["6 per minute"]).await;
    for bench in &benches {
        let before = sink.ledger().len();
        post_many(bench, 40, "a.example").await;
        let other = bench.neighbour();
        let (one, two) = tokio::join!(bench.runner.run_due(), other.run_due());
        one.unwrap();
        two.unwrap();
        assert_eq!(sink.ledger().len(), before + 6, "both together send what one may");
        let third = bench.neighbour();
        bench.clock.advance(30 * SECOND);
        third.run_due().await.unwrap();
        assert_eq!(sink.ledger().len(), before + 6, "a start does not begin a new count");
        bench.clock.advance(40 * SECOND);
        third.run_due().await.unwrap();
        bench.run().await;
        assert_eq!(sink.ledger().len(), before + 12);
    }
}

#[tokio::test]
async fn a_limited_domain_does_not_delay_the_others() {
    let (sink, benches) = limited(&["2 per hour to slow.example"]).await;
    for bench in &benches {
        let before = sink.ledger().len();
        post_many(bench, 60, "slow.example").await;
        for n in 60..120 {
            bench.post_mail(n, mail_to(&format!("ok-{n}@quick.example"))).await;
        }
        bench.run().await;
        let sent = sink.ledger()[before..].iter().filter(|mail| mail.to[0].ends_with("@quick.example")).count();
        assert_eq!((sent, sink.ledger().len() - before), (60, 62));
        let mut dues: Vec<i64> = Vec::new();
        for n in 0..60 {
            dues.extend(bench.due(n).await.map(|due| due.since(bench.clock.now())));
        }
        dues.sort_unstable();
        assert_eq!(dues.len(), 58);
        assert!(dues[0] <= HOUR + HOUR / 10 && dues[57] >= 28 * HOUR, "they come one after the other: {dues:?}");
    }
}

#[tokio::test]
async fn a_domain_that_asks_for_patience_is_slower_and_no_other() {
    let (sink, benches) = limited(&[]).await;
    for bench in &benches {
        let before = sink.ledger().len();
        assert!(matches!(bench.send(1, "bye-1@busy.example").await, Fate::Waiting("temporary_refusal", _)));
        for n in 10..40 {
            bench.post_mail(n, mail_to(&format!("ok-{n}@busy.example"))).await;
            bench.post_mail(100 + n, mail_to(&format!("ok-{n}@other.example"))).await;
        }
        bench.run().await;
        let to = |domain: &str| sink.ledger()[before..].iter().filter(|mail| mail.to[0].ends_with(domain)).count();
        assert_eq!((to("busy.example"), to("other.example")), (2, 30), "two a second there, no limit elsewhere");
        for _ in 0..40 {
            bench.clock.advance(SECOND);
            bench.run().await;
        }
        assert!((28..=30).contains(&to("busy.example")), "and all of them in time: {}", to("busy.example"));
    }
}

#[tokio::test]
async fn a_greylisted_mail_waits_alone() {
    let (sink, benches) = limited(&[]).await;
    for (number, bench) in benches.iter().enumerate() {
        let before = sink.ledger().len();
        bench.post_mail(1, mail_to(&format!("soft2-grey{number}@a.example"))).await;
        for n in 2..60 {
            bench.post_mail(n, mail_to(&format!("ok-{n}@a.example"))).await;
        }
        bench.run().await;
        assert_eq!(sink.ledger().len(), before + 58, "the others leave at once");
        let waited = bench.step(1).await;
        assert!(waited >= MINUTE, "{waited}");
        bench.step(1).await;
        assert_eq!(bench.fate(1), Fate::Sent);
    }
}

#[tokio::test]
async fn a_shop_may_be_slower_than_the_operator_allows() {
    let (sink, benches) = limited(&["100 per minute"]).await;
    for bench in &benches {
        let before = sink.ledger().len();
        bench.ctx.db().write(|tx| brake::set_limits(tx, shop(), limits(&["3 per minute"]))).await.unwrap();
        post_many(bench, 20, "a.example").await;
        bench.run().await;
        assert_eq!(sink.ledger().len(), before + 3);
        bench.ctx.db().write(|tx| brake::set_limits(tx, shop(), Vec::new())).await.unwrap();
        bench.clock.advance(HOUR);
        bench.run().await;
        assert_eq!(sink.ledger().len(), before + 20, "nothing of it is lost");
    }
}

#[tokio::test]
async fn a_new_sender_has_a_ceiling_that_doubles() {
    let sink = SmtpSink::start().await;
    let url = sink.url();
    let benches = benches(move |config| {
        public(Some(&url))(config);
        config.mail.warm_up = Some(WarmUp::parse("10 per day, doubling every day").unwrap());
    });
    for bench in &benches {
        let before = sink.ledger().len();
        post_many(bench, 60, "a.example").await;
        let mut by_day = Vec::new();
        for _ in 0..4 {
            for _ in 0..24 {
                bench.run().await;
                bench.clock.advance(HOUR);
            }
            by_day.push(sink.ledger().len() - before);
        }
        assert_eq!(by_day[0], 10, "{by_day:?}");
        assert!(by_day[1] <= 30 && by_day[1] > 10, "{by_day:?}");
        assert_eq!(by_day[3], 60, "{by_day:?}");
        bench.clock.advance(10 * DAY);
    }
}

#[tokio::test]
async fn nothing_leaves_in_quiet_hours_where_the_recipient_lives() {
    let sink = SmtpSink::start().await;
    let url = sink.url();
    let bench = bench(move |config| {
        public(Some(&url))(config);
        config.mail.quiet_hours = Some(QuietHours::parse("21 to 8").unwrap());
    });
    // Half past nine in the evening in Rome, half past five in the morning in Tokyo, half past noon in Los Angeles.
    bench.clock.set(Timestamp::parse("2026-11-24T20:30:00Z").unwrap());
    for (n, zone) in [(1, "Europe/Rome"), (2, "Asia/Tokyo"), (3, "America/Los_Angeles")] {
        let mut mail = mail_to(&format!("ok-{n}@a.example"));
        mail.zone = attesta::kernel::zone::Zone::parse(zone).unwrap();
        bench.post_mail(n, mail).await;
    }
    bench.run().await;
    let due = async |n| bench.due(n).await.map(|at| at.to_string());
    assert_eq!(due(1).await.as_deref(), Some("2026-11-25T07:00:00.000Z"));
    assert_eq!(due(2).await.as_deref(), Some("2026-11-24T23:00:00.000Z"));
    assert_eq!(bench.fate(3), Fate::Sent);
    bench.step(2).await;
    bench.step(1).await;
    assert_eq!(sink.ledger().len(), 3);
}

#[tokio::test]
async fn hours_that_open_in_quiet_hours_only_yield_to_them() {
    let sink = SmtpSink::start().await;
    let url = sink.url();
    let bench = bench(move |config| {
        public(Some(&url))(config);
        config.mail.quiet_hours = Some(QuietHours::parse("18 to 9").unwrap());
    });
    // Six in the evening in Rome.
    bench.clock.set(Timestamp::parse("2026-11-24T17:00:00Z").unwrap());
    for (n, hours) in [(1, (18, 20)), (2, (17, 20))] {
        bench.post_mail(n, Mail { hours: Some(hours), ..mail_to(&format!("ok-{n}@a.example")) }).await;
    }
    bench.run().await;
    for (n, opens) in [(1, "2026-11-25T08:00:00.000Z"), (2, "2026-11-25T16:00:00.000Z")] {
        while bench.due(n).await.is_some() {
            bench.step(n).await;
        }
        assert_eq!((bench.fate(n), bench.clock.now().to_string().as_str()), (Fate::Sent, opens), "mail {n}");
    }
}
