//! Networks that fail at every stage of a dialogue: no mail is lost, none is sent twice but the one whose answer was cut off, and then it is the
//! same message.

use std::collections::HashSet;
use std::time::Duration;

use attesta::kernel::time::SECOND;
use attesta::mail::Fate;

use super::bench::{Bench, KIND, bench, benches, mail_to, public};
use crate::support::chaos::{Chaos, Weather};
use crate::support::smtp_front;
use crate::support::smtp_sink::SmtpSink;

async fn scene() -> (SmtpSink, Chaos, Bench) {
    patient_scene(Duration::from_secs(1)).await
}

/// As long as this each answer is waited for.
async fn patient_scene(timeout: Duration) -> (SmtpSink, Chaos, Bench) {
    let sink = SmtpSink::start().await;
    let chaos = Chaos::before(sink.address()).await;
    let bench = bench(|config| {
        public(Some(&chaos.url()))(config);
        config.mail.timeout = timeout;
    });
    (sink, chaos, bench)
}

/// A mail server as the world has them, which wants STARTTLS and a login first.
async fn guarded_scene() -> (SmtpSink, Chaos, Bench) {
    let sink = SmtpSink::start().await;
    let chaos = Chaos::before(smtp_front::before(sink.address()).await).await;
    let url = format!("{}?tls=opportunistic", chaos.url().replace("smtp://", "smtp://shop:secret@"));
    let bench = bench(|config| {
        public(Some(&url))(config);
        config.mail.timeout = Duration::from_secs(1);
    });
    (sink, chaos, bench)
}

/// A second passes: the server is asked whether it is back, where that is in doubt, and what is due is done.
async fn second(bench: &Bench) {
    bench.clock.advance(SECOND);
    bench.mailer.ask_again(&bench.ctx, &[KIND]).await.expect("the database works");
    bench.run().await;
}

/// One mail through this weather, then fair weather: it leaves within five seconds. How often it arrived.
async fn through(scene: &(SmtpSink, Chaos, Bench), n: u8, weather: Weather) -> usize {
    let (sink, chaos, bench) = scene;
    let address = format!("ok-{n}@a.example");
    chaos.set(weather);
    bench.post_mail(n, mail_to(&address)).await;
    bench.run().await;
    chaos.set(Weather::Fair);
    for _ in 0..5 {
        second(bench).await;
    }
    assert_eq!(bench.fate(n), Fate::Sent, "five seconds after {weather:?}");
    let copies: Vec<_> = sink.ledger().into_iter().filter(|mail| mail.to[0] == address).collect();
    assert!((1..=2).contains(&copies.len()), "{weather:?}: {}", copies.len());
    assert!(copies.iter().all(|copy| copy.data == copies[0].data), "{weather:?}: copies are the same message");
    copies.len()
}

/// Bytes from the client at which a dialogue is cut: before it speaks, within EHLO, MAIL, RCPT.
const BEFORE_DATA: [usize; 4] = [0, 3, 40, 75];
/// Within DATA, at the beginning of the mail, in its middle.
const LATER: [usize; 4] = [100, 112, 400, 3_000];

#[tokio::test]
async fn a_connection_that_is_reset_loses_nothing() {
    let scene = scene().await;
    for (n, bytes) in (1..).zip(BEFORE_DATA.into_iter().chain(LATER)) {
        assert_eq!(through(&scene, n, Weather::Reset(bytes)).await, 1, "cut before the end: {bytes}");
    }
}

#[tokio::test]
async fn a_server_that_hangs_up_loses_nothing() {
    let scene = scene().await;
    for (n, bytes) in (1..).zip(BEFORE_DATA.into_iter().chain(LATER)) {
        through(&scene, n, Weather::HalfClose(bytes)).await;
    }
}

#[tokio::test]
async fn a_line_that_is_cut_under_tls_or_within_the_login_loses_nothing() {
    for weather in [Weather::Reset as fn(usize) -> Weather, Weather::HalfClose] {
        let (scene, mut stages) = (guarded_scene().await, HashSet::new());
        for (n, bytes) in (1..).zip((3..900).step_by(27)) {
            // A new line each time: what waits would have its handshake behind it.
            scene.2.clock.advance(600 * SECOND);
            through(&scene, n, weather(bytes)).await;
            stages.insert(scene.2.message(n).await.attempts[0].stage.clone());
        }
        for stage in ["connect", "starttls", "auth", "mail", "rcpt", "data", "accept"] {
            assert!(stages.contains(stage), "{:?}: one was cut at {stage}: {stages:?}", weather(0));
        }
    }
}

/// Fifty mails in a minute of this weather; how many seconds of fair weather they all need, and the most attempts that one of them took.
async fn minute_of((sink, chaos, bench): (SmtpSink, Chaos, Bench), weather: Weather) -> (usize, usize) {
    chaos.set(weather);
    for n in 0..50 {
        bench.post_mail(n, mail_to(&format!("ok-{n}@a.example"))).await;
    }
    bench.run().await;
    for _ in 0..60 {
        second(&bench).await;
    }
    chaos.set(Weather::Fair);
    let all_left = |sink: &SmtpSink| sink.ledger().into_iter().map(|mail| mail.to).collect::<HashSet<_>>().len() == 50;
    let mut seconds = 0;
    while !all_left(&sink) {
        assert!(seconds < 3_600, "{weather:?}: only {} have left", sink.ledger().len());
        second(&bench).await;
        seconds += 1;
    }
    let mut most = 0;
    for n in 0..50 {
        most = most.max(bench.message(n).await.attempts.len());
    }
    (seconds, most)
}

#[tokio::test]
async fn after_a_minute_of_cuts_everything_leaves_within_five_seconds() {
    for bytes in BEFORE_DATA {
        for weather in [Weather::Reset as fn(usize) -> Weather, Weather::HalfClose] {
            let (seconds, _) = minute_of(scene().await, weather(bytes)).await;
            assert!(seconds <= 5, "{:?}: {seconds} s", weather(bytes));
        }
    }
}

#[tokio::test]
async fn after_a_minute_of_cuts_under_tls_or_within_the_login_everything_leaves_within_five_seconds() {
    for bytes in [30, 300, 500, 600] {
        let (seconds, _) = minute_of(guarded_scene().await, Weather::Reset(bytes)).await;
        assert!(seconds <= 5, "{bytes} bytes: {seconds} s");
    }
}

#[tokio::test]
async fn mails_that_may_have_arrived_are_not_sent_again_and_again() {
    let (seconds, most) = minute_of(scene().await, Weather::Reset(400)).await;
    assert!(seconds <= 120 && most <= 4, "cut off within the mail itself: {seconds} s, {most} attempts");
}

#[tokio::test]
async fn a_network_that_falls_silent_is_given_up_after_the_timeout() {
    let scene = scene().await;
    for (n, bytes) in (1..).zip(BEFORE_DATA) {
        assert_eq!(through(&scene, n, Weather::Silence(bytes)).await, 1, "silent after {bytes}");
    }
}

#[tokio::test]
async fn a_network_that_falls_silent_within_the_mail_is_given_up_after_a_minute() {
    let scene = scene().await;
    assert_eq!(through(&scene, 1, Weather::Silence(112)).await, 1);
    assert_eq!(scene.2.message(1).await.attempts[0].outcome, "unknown outcome", "it may have arrived");
}

#[tokio::test]
async fn a_network_that_takes_half_a_second_for_every_word_costs_nothing_but_time() {
    let scene = patient_scene(Duration::from_secs(5)).await;
    assert_eq!(through(&scene, 1, Weather::Late(Duration::from_millis(500))).await, 1);
    assert_eq!(scene.2.message(1).await.attempts.len(), 1, "within the timeout of each step");
}

#[tokio::test]
async fn a_waiting_connection_that_died_costs_no_attempt() {
    let (sink, chaos, bench) = scene().await;
    bench.send(1, "ok-1@a.example").await;
    // Whatever is said on the waiting connection from now on is cut off; a new one works.
    chaos.set(Weather::Reset(0));
    tokio::time::sleep(Duration::from_millis(60)).await;
    chaos.set(Weather::Fair);
    assert_eq!(bench.send(2, "ok-2@a.example").await, Fate::Sent);
    assert_eq!(bench.message(2).await.attempts.len(), 1);
    assert_eq!(sink.ledger().len(), 2);
}

#[tokio::test]
async fn recipients_that_keep_us_waiting_keep_no_others_of_their_domain_waiting() {
    for engine in 0..2 {
        let sink = SmtpSink::start().await;
        let Some(bench) = benches(public(Some(&sink.url()))).into_iter().nth(engine) else { continue };
        // One in ten, among the others: more than there are turns.
        let name = |n: u8| if n % 10 == 5 { "hang" } else { "ok" };
        for n in 0..200 {
            bench.post_mail(n, mail_to(&format!("{}-{n}@quick.example", name(n)))).await;
        }
        {
            let (mut work, mut steps) = (Box::pin(bench.run()), 0);
            while sink.ledger().len() < 180 {
                assert!(steps < 12_000, "five minutes have passed, and only {} have left", sink.ledger().len());
                tokio::select! {
                    // On a busy machine a healthy one may seem late, too: then it comes again a moment later.
                    () = &mut work => work = Box::pin(bench.run()),
                    () = tokio::time::sleep(Duration::from_millis(10)) => {
                        bench.clock.advance(25);
                        steps += 1;
                    }
                }
            }
            sink.free();
            work.await;
        }
        let asked = sink.commands().iter().filter(|line| line.starts_with("RCPT TO:<hang-")).count();
        assert!(asked < 60, "each comes again in its turn, in no storm: {asked}");
        for _ in 0..2_000 {
            if sink.ledger().len() == 200 {
                break;
            }
            bench.clock.advance(SECOND);
            bench.run().await;
        }
        let everybody: HashSet<String> = sink.ledger().into_iter().flat_map(|mail| mail.to).collect();
        assert_eq!((everybody.len(), sink.ledger().len()), (200, 200), "each of them once");
        assert!(bench.letter.settled.lock().unwrap().iter().all(|(_, what)| what.fate == Fate::Sent));
    }
}

#[tokio::test]
async fn a_domain_that_keeps_us_waiting_keeps_nobody_else_waiting() {
    let sink = SmtpSink::start().await;
    let bench = bench(|config| {
        public(Some(&sink.url()))(config);
        config.mail.timeout = Duration::from_secs(60);
    });
    for n in 0..30 {
        bench.post_mail(n, mail_to(&format!("hang-{n}@tarpit.example"))).await;
    }
    for n in 30..230 {
        bench.post_mail(n, mail_to(&format!("ok-{n}@other{}.example", n % 20))).await;
    }
    let work = bench.run();
    let others = async {
        while sink.ledger().len() < 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // No dialogue with the tarpit has ended by now: each waits for its answer.
        bench.letter.settled.lock().unwrap().iter().filter(|(_, what)| what.fate != Fate::Sent).count()
    };
    tokio::select! {
        () = work => panic!("the tarpit ended before the others had left"),
        slow = others => assert_eq!(slow, 0),
    }
}
