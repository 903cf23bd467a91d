//! A person says no, or their server does, while two nodes over one database have a thousand mails for them: what leaves
//! after the answer is at most what they had read before it.

use super::bench::{ADA, Bench, hard};
use crate::support::app::{TestApp, TestShop, fulfilled, link_in};
use crate::support::house::ENGINES;

/// A thousand orders of one person, a half in each of these shops.
async fn crowd(bench: &Bench, shops: [&TestShop; 2]) {
    let app = &bench.app;
    for (shop, first) in shops.into_iter().zip([0, 500]) {
        let posting = (first..first + 500).map(|n| {
            let event = fulfilled(&format!("#{n}"), ADA, app.now());
            async move { app.post_event(shop, &event).await.expect(202, "taken") }
        });
        futures_util::future::join_all(posting).await;
    }
}

/// Both nodes work while the person says no. `no` returns once that was acknowledged.
async fn meanwhile(bench: &Bench, second: &TestApp, no: impl Future<Output = ()>) {
    let run = async |app: &TestApp| while app.runner.run_due().await.expect("the queue works") > 0 {};
    let acknowledged = async {
        no.await;
        bench.sink.ledger().len()
    };
    let ((), (), acknowledged) = tokio::join!(run(&bench.app), run(second), acknowledged);
    // Time stands still here, so nothing that was read grows old; more than its jobs at once no node can have read.
    let (sent, read) = (bench.sink.ledger().len(), 2 * bench.app.ctx().config().jobs.parallel);
    assert!(sent - acknowledged <= read, "{sent} sent, {acknowledged} at the answer, {read} may have been read");
    assert!(sent < 1_000, "it came in time");
}

/// What did not leave was dropped for this reason.
async fn dropped(bench: &Bench, shop: &TestShop, orders: std::ops::Range<usize>, reason: &str) {
    let mut count = 0;
    for order in orders.step_by(9) {
        let (state, why) = bench.order(shop, &format!("#{order}")).await;
        if state != "sent" {
            assert_eq!((state.as_str(), why.as_str()), ("skipped", reason), "#{order}");
            count += 1;
        }
    }
    assert!(count > 0, "all of them have left");
}

#[tokio::test]
async fn no_mail_leaves_after_a_bounce_was_acknowledged() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let first = bench.sent(&bench.shop, "#first", ADA).await;
        let other = bench.app.shop("altra.example").await;
        crowd(&bench, [&bench.shop, &other]).await;
        let second = bench.app.neighbour(2);
        let bounce = async {
            // While both nodes write, the database may be too busy for a moment: mail servers try again.
            let mut answer = bench.hand_in(&first.from, &hard()).await.0;
            while answer == 451 {
                answer = bench.hand_in(&first.from, &hard()).await.0;
            }
            assert_eq!(answer, 250);
        };
        meanwhile(&bench, &second, bounce).await;
        dropped(&bench, &other, 500..1_000, "address_bounced").await;
    }
}

#[tokio::test]
async fn no_mail_leaves_after_an_unsubscription_was_acknowledged() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let first = bench.sent(&bench.shop, "#first", ADA).await;
        crowd(&bench, [&bench.shop, &bench.shop]).await;
        let second = bench.app.neighbour(2);
        let message = mail_parser::MessageParser::default().parse(&first.data).expect("a mail");
        let stop = link_in(&message.body_text(0).expect("a text"), "/u/");
        let token = stop.rsplit('/').next().expect("a token").to_owned();
        assert_eq!(bench.app.follow(&stop).await.status, 200, "a GET changes nothing: the mails below do leave");
        // By the other node than the one that answers the GET; as mail programs post it, without a cookie.
        let one_click = async {
            let url = second.url(&format!("/u/{token}"));
            loop {
                let answer = second.post_form(&url, &[("List-Unsubscribe", "One-Click")]).await;
                if answer.status != 503 {
                    assert_eq!((answer.status, answer.header("location"), answer.header("set-cookie")), (200, "", ""));
                    break;
                }
            }
        };
        meanwhile(&bench, &second, one_click).await;
        dropped(&bench, &bench.shop, 0..1_000, "unsubscribed").await;
    }
}
