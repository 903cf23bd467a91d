//! Who gathers while somebody writes, and what one that fails means for the others.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::config::Config;
use crate::context::Parts;
use crate::db::{Db, migrate};
use crate::jobs::{Job, Ran, Runner, enqueue};
use crate::kernel::id::{Ids, ShopId};
use crate::kernel::random::{Random, SeededRandom};
use crate::kernel::time::{Clock, SteppedClock, Timestamp};
use crate::keyring::{Keyring, MasterKey};
use crate::links::Links;
use crate::mail::compose::message_id;
use crate::mail::conclude::left_at_once;
use crate::mail::letter::Draft;
use futures_util::future::{BoxFuture, join_all};

const KIND: &str = "crowd";

fn subject(n: u8) -> Subject {
    Subject::from_bytes([n; 16])
}

/// Remembers who was told together.
#[derive(Default)]
struct Crowd {
    told: Mutex<Vec<Vec<Subject>>>,
    broken: AtomicBool,
}

impl Letter for Crowd {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn draft(&self, _conn: &mut Connection, _ctx: &Context, _subject: Subject) -> db::Result<Draft> {
        Ok(Draft::Gone)
    }

    fn settle(&self, _tx: &mut Connection, _ctx: &Context, _subject: Subject, _what: &Settled) -> db::Result<()> {
        Err(db::Error::corrupt("nobody comes alone"))
    }

    fn settle_left(&self, _tx: &mut Connection, _ctx: &Context, left: &[(Subject, Settled)]) -> db::Result<()> {
        if self.broken.load(Ordering::Relaxed) {
            return Err(db::Error::corrupt("on purpose"));
        }
        self.told.lock().unwrap().push(left.iter().map(|(subject, _)| *subject).collect());
        Ok(())
    }
}

/// Takes every claim, and gives it to whoever looks.
#[derive(Default)]
struct Claims(Mutex<Vec<Claim>>);

impl Job for Claims {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn run<'a>(&'a self, _ctx: &'a Context, claim: &'a Claim) -> BoxFuture<'a, Ran> {
        Box::pin(async {
            self.0.lock().unwrap().push(claim.clone());
            Ran::Finished
        })
    }
}

pub(in crate::mail) fn context() -> (Context, tempfile::TempDir) {
    context_with(clock(), |_| {})
}

pub(in crate::mail) fn clock() -> Arc<SteppedClock> {
    Arc::new(SteppedClock::new(Timestamp::parse("2026-11-22T09:00:00Z").unwrap()))
}

pub(in crate::mail) fn context_with(
    clock: Arc<dyn Clock>,
    change: impl FnOnce(&mut Config),
) -> (Context, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let mut config = Config::for_tests().in_dir(dir.path());
    change(&mut config);
    let db = Db::open(&config.database_url, config.db_sizes()).unwrap();
    migrate::run(&db).unwrap();
    let random: Arc<dyn Random> = Arc::new(SeededRandom::new(1));
    let keyring = Keyring::open(&db, MasterKey::generate(&*random), Arc::clone(&random), clock.now()).unwrap();
    let (ids, links) = (Ids::new(Arc::clone(&clock), Arc::clone(&random)), Links::new(config.base()));
    (Context::new(Parts { config, db, clock, random, keyring, links, ids }), dir)
}

/// So many mails that left, each with its claim.
pub(in crate::mail) async fn claims(ctx: &Context, many: u8) -> Vec<Claim> {
    let now = ctx.now();
    let enqueued = ctx.db().write(move |tx| (0..many).try_for_each(|n| enqueue(tx, KIND, subject(n), now))).await;
    enqueued.unwrap();
    let taker = Arc::new(Claims::default());
    Runner::new(ctx.clone(), vec![taker.clone()]).run_due().await.unwrap();
    let mut claims = std::mem::take(&mut *taker.0.lock().unwrap());
    claims.sort_unstable_by_key(|claim| claim.subject);
    assert_eq!(claims.len(), usize::from(many));
    claims
}

/// All of them at once, while somebody else still writes; how each ended.
async fn crowd(ctx: &Context, crowd: &Arc<Crowd>, claims: &[Claim]) -> Vec<db::Result<()>> {
    let (together, letter): (Together, Arc<dyn Letter>) = (Together::default(), crowd.clone());
    let left: Vec<_> =
        claims.iter().map(|claim| Arc::new(left_at_once(claim, ShopId::from_bytes([9; 16]), ctx.now()))).collect();
    let somebody = together.0.closed().await;
    let all =
        join_all(claims.iter().zip(&left).map(|(claim, conclusion)| together.store((ctx, &letter), claim, conclusion)));
    let opened = async {
        tokio::task::yield_now().await;
        assert_eq!(together.0.waiting(), claims.len(), "they gather");
        drop(somebody);
    };
    tokio::join!(all, opened).0
}

async fn states(ctx: &Context, many: u8) -> Vec<Option<String>> {
    let ids: Vec<_> = (0..many).map(|n| message_id(KIND, subject(n), 0)).collect();
    let known = ids.clone();
    let mut rows = ctx.db().read(move |conn| store::standings(conn, &known)).await.unwrap();
    ids.iter().map(|id| rows.remove(id).map(|row| row.state)).collect()
}

#[tokio::test]
async fn who_waits_is_written_by_who_comes_first() {
    let (ctx, _dir) = std::thread::spawn(context).join().unwrap();
    let (letter, claims) = (Arc::new(Crowd::default()), claims(&ctx, 70).await);
    let ends = crowd(&ctx, &letter, &claims).await;
    assert!(ends.iter().all(Result::is_ok), "{ends:?}");
    let told = letter.told.lock().unwrap().clone();
    assert_eq!(told.iter().map(Vec::len).collect::<Vec<_>>(), [MOST, 70 - MOST], "two writes for seventy mails");
    assert_eq!(states(&ctx, 70).await, vec![Some("sent".to_owned()); 70]);
    assert_eq!(claims_left(&ctx).await, 0, "and no job is left");
}

#[tokio::test]
async fn who_lost_the_claim_is_told_so_and_takes_nobody_along() {
    let (ctx, _dir) = std::thread::spawn(context).join().unwrap();
    let (letter, claims) = (Arc::new(Crowd::default()), claims(&ctx, 5).await);
    let now = ctx.now();
    ctx.db().write(move |tx| enqueue(tx, KIND, subject(3), now)).await.unwrap();
    let ends = crowd(&ctx, &letter, &claims).await;
    let lost: Vec<bool> = ends.iter().map(|end| matches!(end, Err(db::Error::LeaseLost))).collect();
    assert_eq!(lost, [false, false, false, true, false]);
    assert!(ends.iter().enumerate().all(|(n, end)| n == 3 || end.is_ok()), "{ends:?}");
    assert_eq!(*letter.told.lock().unwrap(), [[0, 1, 2, 4].map(subject)]);
    assert_eq!(states(&ctx, 5).await[3], None, "its own way stores it");
}

#[tokio::test]
async fn a_room_that_refuses_leaves_everything_as_it_was() {
    let (ctx, _dir) = std::thread::spawn(context).join().unwrap();
    let (letter, claims) = (Arc::new(Crowd::default()), claims(&ctx, 5).await);
    letter.broken.store(true, Ordering::Relaxed);
    let ends = crowd(&ctx, &letter, &claims).await;
    assert!(ends.iter().all(|end| matches!(end, Err(error) if !matches!(error, db::Error::LeaseLost))), "{ends:?}");
    assert_eq!((states(&ctx, 5).await, claims_left(&ctx).await), (vec![None; 5], 5), "each tries again by itself");
}

/// Jobs that are still in the queue.
async fn claims_left(ctx: &Context) -> usize {
    let due = |conn: &mut Connection| {
        let dues =
            (0..=u8::MAX).map(|n| crate::jobs::due_of(conn, KIND, subject(n))).collect::<db::Result<Vec<_>>>()?;
        Ok(dues.into_iter().flatten().count())
    };
    ctx.db().read(due).await.unwrap()
}
