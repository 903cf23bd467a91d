//! A mail server that comes back: what was held for it goes out, and what is on its way already is left to whoever carries it.

use attesta::kernel::time::Timestamp;
use attesta::mail::letter::Fate;

use super::bench::{Bench, KIND, benches, mail_to, public};
use crate::support::smtp_sink::{Mood, SmtpSink};

async fn due(bench: &Bench, n: u8) -> Timestamp {
    bench.due(n).await.expect("it is in the queue")
}

#[tokio::test]
async fn what_is_being_sent_when_the_hold_ends_is_not_let_go_to_another_worker() {
    for engine in 0..2 {
        let sink = SmtpSink::start().await;
        let Some(bench) = benches(public(Some(&sink.url()))).into_iter().nth(engine) else { continue };
        sink.set(Mood::Deaf);
        for (n, name) in [(1, "hang-1"), (2, "ok-2")] {
            bench.post_mail(n, mail_to(&format!("{name}@{name}.example"))).await;
        }
        bench.run().await;
        assert!(matches!(bench.fate(1), Fate::Held("mail_server_down", Some(_))));
        sink.set(Mood::Good);
        bench.clock.set(due(&bench, 1).await.max(due(&bench, 2).await));
        let meanwhile = async {
            let asked = |name: &str| sink.commands().iter().any(|line| line.starts_with(&format!("RCPT TO:<{name}")));
            while !asked("hang-1") || bench.due(2).await.is_some() {
                tokio::task::yield_now().await;
            }
            for _ in 0..2 {
                bench.mailer.ask_again(&bench.ctx, &[KIND]).await.expect("the database works");
            }
            let left = due(&bench, 1).await.since(bench.ctx.now());
            sink.free();
            left
        };
        let ((), left) = tokio::join!(bench.run(), meanwhile);
        assert!(left > 0, "it stays with whoever asks the server about it: due in {left} ms");
        assert_eq!((bench.fate(1), sink.ledger().len()), (Fate::Sent, 2));
    }
}
