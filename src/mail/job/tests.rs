//! What was read too long ago is not what a letter does, and what is handed over is not broken off.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::config::Secret;
use crate::db::Connection;
use crate::jobs::Subject;
use crate::kernel::id::MessageId;
use crate::mail::letter::{Settled, Stop};
use crate::mail::store;
use crate::mail::together::tests::{claims, clock, context, context_with};

/// Has another reason not to be sent each time it is read.
#[derive(Default)]
struct Fickle {
    reads: AtomicUsize,
}

impl Letter for Fickle {
    fn kind(&self) -> &'static str {
        "crowd"
    }

    fn draft(&self, _conn: &mut Connection, _ctx: &Context, _subject: Subject) -> db::Result<Draft> {
        let reason = ["unsubscribed", "address_bounced"][self.reads.fetch_add(1, Ordering::SeqCst)];
        Ok(Draft::Drop(Stop { shop_id: ShopId::from_bytes([9; 16]), edition: 0, reason }))
    }

    fn settle(&self, _tx: &mut Connection, _ctx: &Context, _subject: Subject, _what: &Settled) -> db::Result<()> {
        Ok(())
    }
}

/// The reason that is stored of a letter which waited so long for its turn, in ms, once it had been read.
async fn reason_after(waited: i64) -> String {
    let clock = clock();
    let settings = |config: &mut crate::config::Config| {
        config.smtp_url = Some(Secret::new("smtp://127.0.0.1:1?tls=none".to_owned()));
        config.mail.connections = 1;
    };
    let time: Arc<dyn crate::kernel::time::Clock> = clock.clone();
    let (ctx, _dir) = std::thread::spawn(move || context_with(time, settings)).join().unwrap();
    let mailer = Arc::new(Mailer::new(ctx.config(), ctx.clock()).unwrap());
    let letter = Arc::new(Fickle::default());
    let (job, claim) = (LetterJob::new(letter.clone(), Arc::clone(&mailer)), claims(&ctx, 1).await.remove(0));
    let somebody = mailer.turn().await.expect("the only turn");
    let read = async {
        while letter.reads.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        clock.advance(waited);
        drop(somebody);
    };
    tokio::join!(job.run(&ctx, &claim), read);
    let id = message_id("crowd", claim.subject, 0);
    let mut stands = ctx.db().read(move |conn| store::standings(conn, &[id])).await.unwrap();
    stands.remove(&id).expect("the message says why it is not sent").reason.expect("a reason")
}

#[tokio::test]
async fn who_waited_long_for_a_turn_reads_again() {
    assert_eq!(reason_after(WAITED).await, "unsubscribed", "what was read a moment ago holds");
    assert_eq!(reason_after(WAITED + 1).await, "address_bounced", "what came meanwhile is heard");
}

#[tokio::test]
async fn a_mail_that_is_written_to_a_file_is_handed_over() {
    let (ctx, _dir) = std::thread::spawn(context).join().unwrap();
    let mailer = Mailer::new(ctx.config(), ctx.clock()).unwrap();
    let (from, to) = ("reviews@reviews.example".parse().unwrap(), "ada@example.com".parse().unwrap());
    let mail = Composed { id: MessageId::from_bytes([1; 16]), from, to, bytes: b"Subject: x\r\n\r\nx\r\n".to_vec() };
    let progress = Progress::default();
    mailer.way_out().expect("mail is captured").send(&mail, &progress).await.expect("a file");
    assert!(progress.is_given(), "a stop meanwhile would have it written twice");
}
