//! The brake for complaints, whole: a shop that has sent a thousand mails, complaints that come in by the listener, and what they hold.

use attesta::db::Connection;
use attesta::kernel::time::{DAY, HOUR};
use attesta::mail::brake::{self, Hand, Resumed};
use diesel::connection::SimpleConnection as _;
use serde_json::{Value, json};

use super::bench::{Bench, complaint};
use crate::support::app::fulfilled;
use crate::support::house::ENGINES;
use crate::support::smtp_sink::Received;

/// As if so many more mails of the shop had left together with its first.
async fn and_so_many_more(bench: &Bench, many: usize) {
    let one = "SELECT id FROM messages WHERE state = 'sent' ORDER BY id LIMIT 1";
    let columns = "id, shop_id, kind, subject, edition, state, attempts, sent_at, created_at";
    let copy = |id: &str, from: &str| {
        format!(
            "INSERT INTO messages ({columns}) SELECT {id}, shop_id, kind, {id}, 0, state, attempts, sent_at, created_at \
             FROM messages, {from} WHERE id = ({one})"
        )
    };
    let count =
        format!("(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {many}) SELECT i FROM n)");
    let sqlite = copy("randomblob(16)", &count);
    let postgres =
        copy("decode(md5(random()::text || i::text), 'hex')", &format!("generate_series(1, {many}) AS n(i)"));
    let write = move |tx: &mut Connection| match tx {
        Connection::Sqlite(c) => Ok(c.batch_execute(&sqlite)?),
        Connection::Pg(c) => Ok(c.batch_execute(&postgres)?),
    };
    bench.app.ctx().db().write(write).await.expect("they are copied");
}

/// What the shop reads of its brake, after the tick that looks at it.
async fn brake_of(bench: &Bench) -> Value {
    bench.app.rooms.watch_returns().await.expect("the tick works");
    bench.app.get_as(&bench.shop, "/mail/queue").await.expect(200, "the shop's queue")["brake"].clone()
}

/// The customer who got this mail reports it.
async fn complain(bench: &Bench, mail: &Received) {
    let (code, said) = bench.hand_in("returns@bounces.example", &complaint(&mail.from)).await;
    assert!(code == 250 && said.contains("taken"), "{said}");
}

/// An order that would be asked about now: where it stands.
async fn order(bench: &Bench, number: &str) -> (String, String) {
    let email = format!("c{}@example.com", number.trim_start_matches('#'));
    bench.app.post_event(&bench.shop, &fulfilled(number, &email, bench.app.now())).await.expect(202, "taken");
    bench.app.run_jobs().await;
    bench.order(&bench.shop, number).await
}

fn held(reason: &str) -> (String, String) {
    ("held".to_owned(), reason.to_owned())
}

#[tokio::test]
async fn one_complaint_in_a_thousand_pauses_a_shop_and_three_stop_it() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let mut mails = Vec::new();
        for n in 1..=4 {
            mails.push(bench.sent(&bench.shop, &format!("#{n}"), &format!("c{n}@example.com")).await);
        }
        and_so_many_more(&bench, 995).await;
        complain(&bench, &mails[0]).await;
        let seen = brake_of(&bench).await;
        assert_eq!(seen["state"], "off", "of 999 mails one says nothing yet");
        assert_eq!(seen["last_days"], json!({ "sent": 999, "hard_bounces": 0, "complaints": 1 }));

        assert_eq!(order(&bench, "#5").await.0, "sent");
        let seen = brake_of(&bench).await;
        assert_eq!((&seen["state"], &seen["cause"]), (&json!("paused"), &json!("complaints")));
        assert_eq!(seen["until"], json!(bench.app.now().plus_ms(DAY)));
        let other = bench.app.shop("altra.example").await;
        bench.sent(&other, "#1", "eva@example.com").await;
        assert_eq!(order(&bench, "#6").await, held("sending_paused"), "only this shop waits");

        for mail in &mails[1..3] {
            bench.app.advance(HOUR);
            complain(&bench, mail).await;
        }
        let seen = brake_of(&bench).await;
        assert_eq!((&seen["state"], &seen["last_days"]["complaints"]), (&json!("stopped"), &json!(3)));
        assert_eq!(order(&bench, "#7").await, held("sending_stopped"));
        bench.app.advance(DAY);
        assert_eq!(brake_of(&bench).await["state"], "stopped", "it does not end by itself");
        let refused = bench.app.send_as(&bench.shop, "POST", "/mail/resume", &Value::Null).await;
        assert_eq!(refused.expect(409, "nor by the shop")["code"], "sending_stopped");

        let (shop, now) = (bench.shop.id, bench.app.now());
        let resumed = bench.app.ctx().db().write(move |tx| brake::resume(tx, shop, Hand::Operator, now)).await;
        assert_eq!(resumed.expect("the operator lets go"), Resumed::Now);
        assert_eq!(brake_of(&bench).await["state"], "off", "and what came back before does not count again");
        bench.app.run_jobs().await;
        for number in ["#6", "#7"] {
            assert_eq!(bench.order(&bench.shop, number).await.0, "sent", "held, never lost");
        }
    }
}

#[tokio::test]
async fn complaints_of_more_than_seven_days_ago_hold_nothing() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(engine).await else { continue };
        let old = bench.sent(&bench.shop, "#1", "c1@example.com").await;
        complain(&bench, &old).await;
        bench.app.advance(7 * DAY + 1);
        let new = bench.sent(&bench.shop, "#2", "c2@example.com").await;
        and_so_many_more(&bench, 1_500).await;
        let seen = brake_of(&bench).await;
        assert_eq!((&seen["state"], &seen["last_days"]["complaints"]), (&json!("off"), &json!(0)), "{seen}");
        complain(&bench, &new).await;
        assert_eq!(brake_of(&bench).await["state"], "off", "too few of the last seven days' mails to judge");
    }
}
