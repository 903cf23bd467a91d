//! What a mail server says, and what follows from it.

use attesta::kernel::time::{HOUR, MINUTE, SECOND};
use attesta::mail::{Draft, Fate, Stop};

use super::bench::{Bench, bench, benches, mail_to, public, shop};
use crate::support::smtp_sink::{Mood, SmtpSink};

async fn with_sink() -> (SmtpSink, Vec<Bench>) {
    let sink = SmtpSink::start().await;
    let benches = benches(public(Some(&sink.url())));
    (sink, benches)
}

async fn with_one_bench() -> (SmtpSink, Bench) {
    let sink = SmtpSink::start().await;
    let bench = bench(public(Some(&sink.url())));
    (sink, bench)
}

#[tokio::test]
async fn sent_means_that_the_server_said_250() {
    let (sink, benches) = with_sink().await;
    for bench in &benches {
        let before = sink.ledger().len();
        assert_eq!(bench.send(1, "ok-anna@example.com").await, Fate::Sent);
        let message = bench.message(1).await;
        assert_eq!((message.state.as_str(), message.reason, message.next_at), ("sent", None, None));
        assert_eq!(message.sent_at, Some(bench.ctx.now()));
        assert_eq!(message.attempts.len(), 1);
        assert_eq!((message.attempts[0].stage.as_str(), message.attempts[0].code), ("accept", Some(250)));
        assert_eq!(bench.due(1).await, None, "the job is done");
        let ledger = sink.ledger();
        assert_eq!(ledger.len(), before + 1);
        assert_eq!(ledger[before].from, "reviews@reviews.example");
        assert_eq!(ledger[before].to, ["ok-anna@example.com"]);
    }
}

#[tokio::test]
async fn replies_about_the_mailbox_suppress_and_no_others_do() {
    let (sink, benches) = with_sink().await;
    for bench in &benches {
        assert_eq!(bench.send(1, "hard-1@a.example").await, Fate::Bounced("hard_bounce"));
        assert_eq!(bench.send(2, "gone-1@a.example").await, Fate::Bounced("hard_bounce"));
        assert!(matches!(bench.send(3, "full-1@a.example").await, Fate::Waiting("mailbox_full", _)));
        assert!(matches!(bench.send(4, "policy-1@a.example").await, Fate::Parked("refused_by_mail_server", _)));
        assert!(matches!(bench.send(5, "spam-1@a.example").await, Fate::Parked("refused_by_mail_server", _)));
        assert!(matches!(bench.send(6, "bye-1@a.example").await, Fate::Waiting("temporary_refusal", _)));
        assert_eq!((bench.due(1).await, bench.due(2).await), (None, None), "a hard bounce is tried once");
        let attempt = &bench.message(1).await.attempts[0];
        assert_eq!((attempt.stage.as_str(), attempt.outcome.as_str(), attempt.code), ("rcpt", "hard", Some(550)));
        assert_eq!(attempt.reply, "5.1.1 <h•••@a.example>: no such user", "addresses in replies are masked");
    }
    assert!(sink.ledger().is_empty());
}

#[tokio::test]
async fn a_mail_that_is_refused_for_now_is_tried_with_growing_waits() {
    let (sink, benches) = with_sink().await;
    for (number, bench) in benches.iter().enumerate() {
        let before = sink.ledger().len();
        let address = format!("soft2-{number}@a.example");
        assert!(matches!(bench.send(1, &address).await, Fate::Waiting("temporary_refusal", _)));
        let (first, second) = (bench.step(1).await, bench.step(1).await);
        assert!(first >= MINUTE && second > 2 * first, "waits grow from a minute: {first}, {second}");
        assert_eq!(bench.fate(1), Fate::Sent);
        let outcomes: Vec<String> = bench.message(1).await.attempts.into_iter().map(|a| a.outcome).collect();
        assert_eq!(outcomes, ["soft", "soft", "sent"]);
        assert_eq!(sink.ledger().len(), before + 1);
    }
}

#[tokio::test]
async fn a_full_mailbox_is_tried_three_times_more_and_then_given_up() {
    let (_sink, bench) = with_one_bench().await;
    bench.send(1, "full-1@a.example").await;
    let mut waits = Vec::new();
    while bench.due(1).await.is_some() {
        waits.push(bench.step(1).await);
    }
    assert_eq!(bench.fate(1), Fate::Failed("mailbox_full"));
    assert_eq!(bench.message(1).await.attempts.len(), 4);
    assert!(waits[0] >= MINUTE && waits.windows(2).all(|pair| pair[1] > pair[0]), "{waits:?}");
    // Asked for again, it starts anew.
    bench.post_mail(1, mail_to("full-1@a.example")).await;
    bench.run().await;
    assert!(matches!(bench.fate(1), Fate::Waiting("mailbox_full", _)));
    assert_eq!(bench.message(1).await.attempts.len(), 5);
}

#[tokio::test]
async fn a_message_cut_off_before_the_answer_is_sent_again_as_the_same_message() {
    let (sink, benches) = with_sink().await;
    for (number, bench) in benches.iter().enumerate() {
        let before = sink.ledger().len();
        let address = format!("dropfirst-{number}@a.example");
        assert!(matches!(bench.send(1, &address).await, Fate::Waiting("unknown_outcome", _)));
        bench.step(1).await;
        assert_eq!(bench.fate(1), Fate::Sent);
        let ledger = sink.ledger();
        assert_eq!(ledger.len(), before + 2, "the server got it twice");
        assert_eq!(ledger[before].data, ledger[before + 1].data, "byte for byte the same");
        assert_eq!(bench.message(1).await.attempts[0].outcome, "unknown outcome");
    }
}

#[tokio::test]
async fn a_mail_that_left_is_never_sent_again() {
    let (sink, benches) = with_sink().await;
    for bench in &benches {
        let before = sink.ledger().len();
        bench.send(1, "ok-1@a.example").await;
        for _ in 0..3 {
            bench.post_mail(1, mail_to("ok-1@a.example")).await;
            bench.run().await;
        }
        assert_eq!(sink.ledger().len(), before + 1);
        // Another edition is another mail, with an id of its own.
        let mut second = mail_to("ok-1@a.example");
        second.edition = 1;
        bench.post_mail(1, second).await;
        bench.run().await;
        let ledger = sink.ledger();
        assert_eq!(ledger.len(), before + 2);
        assert_ne!(ledger[before].data, ledger[before + 1].data);
    }
}

#[tokio::test]
async fn a_mail_that_left_is_not_sent_again_because_the_room_could_not_store_it() {
    let (sink, benches) = with_sink().await;
    for bench in &benches {
        let before = sink.ledger().len();
        *bench.letter.broken.lock().unwrap() = true;
        bench.post_mail(1, mail_to("ok-1@a.example")).await;
        for _ in 0..4 {
            bench.run().await;
            bench.clock.advance(HOUR);
        }
        assert_eq!(sink.ledger().len(), before + 1);
        assert_eq!(bench.message(1).await.state, "sent");
        assert_eq!(bench.due(1).await, None, "the job is parked, for somebody to look");
    }
}

#[tokio::test]
async fn five_domains_in_a_row_hold_the_transport_and_nothing_is_lost() {
    let (sink, benches) = with_sink().await;
    for bench in &benches {
        let before = sink.ledger().len();
        sink.set(Mood::Mail("550 5.7.1 your address is on a list"));
        for (n, domain) in [(1, "a"), (2, "b"), (3, "b"), (4, "c"), (5, "d")] {
            let fate = bench.send(n, &format!("ok-{n}@{domain}.example")).await;
            assert!(matches!(fate, Fate::Parked("refused_by_mail_server", _)), "{n}: {fate:?}");
        }
        assert!(matches!(bench.send(6, "ok-6@e.example").await, Fate::Parked(..)), "the fifth domain");
        let asked = sink.commands().len();
        assert!(matches!(bench.send(7, "ok-7@f.example").await, Fate::Held("mail_server_down", Some(_))));
        assert_eq!(sink.commands().len(), asked, "while it is held the server is not asked");
        assert!(bench.message(7).await.attempts.is_empty());
        sink.set(Mood::Good);
        for n in 1..=7 {
            while bench.due(n).await.is_some() {
                bench.step(n).await;
            }
            assert_eq!(bench.fate(n), Fate::Sent, "{n}");
        }
        assert_eq!(sink.ledger().len(), before + 7);
    }
}

#[tokio::test]
async fn a_server_that_is_down_costs_no_attempt_and_is_left_alone_ever_longer() {
    let (sink, benches) = with_sink().await;
    for bench in &benches {
        sink.set(Mood::Deaf);
        assert!(matches!(bench.send(1, "ok-1@a.example").await, Fate::Held("mail_server_down", Some(_))));
        let waits = [bench.step(1).await, bench.step(1).await, bench.step(1).await, bench.step(1).await];
        assert!(waits[0] >= MINUTE && waits.windows(2).all(|pair| pair[1] > pair[0]), "{waits:?}");
        assert!(waits[3] <= HOUR + MINUTE, "{waits:?}");
        for _ in 0..8 {
            bench.step(1).await;
        }
        sink.set(Mood::Good);
        bench.step(1).await;
        assert_eq!(bench.fate(1), Fate::Sent, "after thirteen failures that were not its own");
        assert_eq!(bench.send(2, "ok-2@a.example").await, Fate::Sent, "the hold has ended");
        sink.set(Mood::Deaf);
        bench.clock.advance(2 * MINUTE);
        assert!(matches!(bench.send(3, "ok-3@a.example").await, Fate::Held(..)));
        let wait = bench.step(3).await;
        assert!(wait < 2 * MINUTE, "holds start anew after a success: {wait}");
        sink.set(Mood::Good);
    }
}

#[tokio::test]
async fn a_stop_waits_for_no_server_that_has_not_got_its_mail() {
    let engines = benches(|_| {}).len();
    for which in 0..engines {
        let sink = SmtpSink::start().await;
        let settings = public(Some(&sink.url()));
        let bench = benches(|config| {
            settings(config);
            config.mail.connections = 1;
        })
        .swap_remove(which);
        for n in 1..=2 {
            bench.post_mail(n, mail_to(&format!("hang-{n}@example.com"))).await;
        }
        let stop = async {
            while !sink.commands().iter().any(|line| line.starts_with("RCPT")) {
                tokio::task::yield_now().await;
            }
            bench.mailer.stop();
        };
        let (ran, ()) = tokio::join!(bench.runner.run_due(), stop);
        assert_eq!(ran.expect("the queue works"), 2, "one is asked about, one waits for the only connection");
        assert_eq!(sink.ledger().len(), 0, "nobody was answered, and nobody waited for it");
        sink.free();
        bench.neighbour().run_due().await.expect("the queue works");
        assert_eq!(sink.ledger().len(), 2, "both were due at once for whoever works next");
        for n in 1..=2 {
            let message = bench.message(n).await;
            assert_eq!(
                (message.state.as_str(), message.attempts.len()),
                ("sent", 1),
                "nothing was attempted before: {n}"
            );
        }
    }
}

#[tokio::test]
async fn a_refused_greeting_or_login_holds_the_transport() {
    let moods = [
        (Mood::Greets("554 5.7.1 no service for you"), "hello"),
        (Mood::Greets("421 4.3.2 too busy"), "hello"),
        (Mood::Ehlo(&["502 what"]), "hello"),
        (Mood::Auth("535 5.7.8 wrong password for u@example.com"), "auth"),
        (Mood::Ehlo(&["250 sink"]), "auth"),
    ];
    for (mood, stage) in moods {
        let sink = SmtpSink::start().await;
        sink.set(mood.clone());
        let bench = bench(public(Some(&sink.url().replace("smtp://", "smtp://u:geheim@"))));
        let fate = bench.send(1, "ok-1@a.example").await;
        assert!(matches!(fate, Fate::Held("mail_server_down", Some(_))), "{mood:?}: {fate:?}");
        let attempt = &bench.message(1).await.attempts[0];
        assert_eq!(attempt.stage, stage, "{mood:?}: {attempt:?}");
        assert!(!attempt.reply.contains("geheim") && !attempt.reply.contains("u@example.com"), "{attempt:?}");
    }
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_ends_the_connection_and_nothing_else() {
    for lines in [&["250-sink", "250-   ", "250 ok"] as &[&str], &["\u{0}\u{1}"], &["250"], &["999 x"], &["250-"]] {
        let sink = SmtpSink::start().await;
        sink.set(Mood::Ehlo(lines));
        let bench = bench(|config| {
            public(Some(&sink.url()))(config);
            config.mail.timeout = std::time::Duration::from_secs(1);
        });
        let fate = bench.send(1, "ok-1@a.example").await;
        assert!(matches!(fate, Fate::Held(..) | Fate::Sent), "{lines:?}: {fate:?}");
        sink.set(Mood::Good);
        while bench.due(1).await.is_some() {
            bench.step(1).await;
        }
        assert_eq!(bench.fate(1), Fate::Sent, "{lines:?}");
    }
}

#[tokio::test]
async fn a_server_that_falls_silent_is_given_up_after_the_timeout() {
    let sink = SmtpSink::start().await;
    let bench = bench(|config| {
        public(Some(&sink.url()))(config);
        config.mail.timeout = std::time::Duration::from_secs(1);
    });
    assert!(matches!(bench.send(1, "hang-1@a.example").await, Fate::Waiting("temporary_refusal", _)));
    assert_eq!(bench.message(1).await.attempts[0].reply, "no answer within 1 s");
    assert_eq!(bench.send(2, "ok-2@a.example").await, Fate::Sent, "others are not touched");
}

#[tokio::test]
async fn what_the_letter_withdraws_or_holds_is_stored_with_its_reason() {
    let (sink, benches) = with_sink().await;
    for bench in &benches {
        let stop = |reason| Stop { shop_id: shop(), edition: 0, reason };
        bench.post(1, Draft::Drop(stop("cancelled"))).await;
        bench.post(2, Draft::Hold(stop("paused"))).await;
        bench.post(3, Draft::Gone).await;
        bench.run().await;
        assert_eq!(bench.fate(1), Fate::Dropped("cancelled"));
        assert_eq!(bench.message(1).await.state, "cancelled");
        assert_eq!(bench.fate(2), Fate::Held("paused", None));
        assert_eq!(bench.message(2).await.state, "held");
        assert_eq!(bench.letter.settled.lock().unwrap().len(), 2);
        assert_eq!((bench.due(1).await, bench.due(2).await, bench.due(3).await), (None, None, None));
    }
    assert!(sink.ledger().is_empty());
}

#[tokio::test]
async fn a_poisoned_letter_fails_and_the_others_go() {
    let (sink, bench) = with_one_bench().await;
    let mut poison = mail_to("ok-1@a.example");
    if let attesta::mail::MailContext::Invitation(invitation) = &mut poison.context {
        invitation.unsubscribe_url = "https://reviews.example/u/\r\nBcc: x@y.example".to_owned();
    }
    bench.post_mail(1, poison).await;
    for n in 2..=40 {
        bench.post_mail(n, mail_to(&format!("ok-{n}@a.example"))).await;
    }
    bench.run().await;
    assert_eq!(bench.fate(1), Fate::Failed("cannot_compose"));
    assert_eq!(bench.due(1).await, None);
    assert_eq!(sink.ledger().len(), 39);
    assert!(sink.connections() <= 8, "connections are shared: {}", sink.connections());
}

#[tokio::test]
async fn two_nodes_send_each_mail_once() {
    let (sink, benches) = with_sink().await;
    for bench in &benches {
        let before = sink.ledger().len();
        for n in 0..200 {
            bench.post_mail(n, mail_to(&format!("ok-{n}@a.example"))).await;
        }
        let other = bench.neighbour();
        let (one, two) = tokio::join!(bench.runner.run_due(), other.run_due());
        assert_eq!(one.unwrap() + two.unwrap(), 200);
        let mut sent: Vec<String> = sink.ledger()[before..].iter().map(|mail| mail.to[0].clone()).collect();
        assert_eq!(sent.len(), 200, "none lost, none twice");
        sent.sort();
        sent.dedup();
        assert_eq!(sent.len(), 200);
    }
}

#[tokio::test]
async fn who_waits_for_a_turn_until_the_lease_nearly_ends_goes_back_into_the_queue() {
    let sink = SmtpSink::start().await;
    let settings = public(Some(&sink.url()));
    let bench = bench(|config| {
        settings(config);
        (config.mail.connections, config.jobs.parallel) = (1, 2);
    });
    sink.set(Mood::Silent);
    for n in 1..=2 {
        bench.post_mail(n, mail_to(&format!("ok-{n}@example.com"))).await;
    }
    let meanwhile = async {
        sink.heard().await;
        bench.clock.advance(100 * SECOND);
        sink.set(Mood::Good);
        sink.speak();
    };
    tokio::join!(bench.run(), meanwhile);
    assert_eq!(sink.ledger().len(), 1, "a lease of two minutes leaves no time for another mail");
    bench.run().await;
    assert_eq!(sink.ledger().len(), 2, "but it is due at once for whoever works next");
    for n in 1..=2 {
        let message = bench.message(n).await;
        assert_eq!((message.state.as_str(), message.attempts.len()), ("sent", 1), "{n}");
    }
}
