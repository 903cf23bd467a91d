//! The queue: each job runs, once, whoever claims it; what fails waits longer and longer; what cannot work is parked and
//! blocks nobody.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use attesta::context::Context;
use attesta::db;
use attesta::jobs::{self, Claim, Job, MAX_ATTEMPTS, Outcome, Ran, Runner, Subject};
use attesta::kernel::time::{DAY, HOUR, MINUTE, SECOND};
use futures_util::future::BoxFuture;

use crate::support::house::{ENGINES, House, settings};

const KIND: &str = "story";

/// What to do with a claim of which subject.
type Act = dyn Fn(&Claim) -> Ran + Send + Sync;

struct Probe {
    act: Box<Act>,
    ran: Mutex<Vec<Subject>>,
}

impl Probe {
    fn new(act: impl Fn(&Claim) -> Ran + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { act: Box::new(act), ran: Mutex::default() })
    }

    fn count(&self) -> usize {
        self.ran.lock().unwrap().len()
    }
}

impl Job for Probe {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn run<'a>(&'a self, _ctx: &'a Context, claim: &'a Claim) -> BoxFuture<'a, Ran> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            self.ran.lock().unwrap().push(claim.subject);
            (self.act)(claim)
        })
    }
}

fn subject(n: usize) -> Subject {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&n.to_be_bytes());
    Subject::from_bytes(bytes)
}

fn runner(house: &House, probe: &Arc<Probe>) -> Runner {
    Runner::new(house.ctx.clone(), vec![probe.clone()])
}

async fn enqueue(house: &House, count: usize) {
    let now = house.ctx.now();
    let items: Vec<_> = (0..count).map(|n| (subject(n), now)).collect();
    house.ctx.db().write(move |tx| jobs::enqueue_many(tx, KIND, &items)).await.unwrap();
}

async fn due(house: &House, n: usize) -> Option<i64> {
    let due = house.ctx.db().read(move |conn| jobs::due_of(conn, KIND, subject(n))).await.unwrap();
    due.map(|at| at.since(house.ctx.now()))
}

#[tokio::test]
async fn two_processes_share_the_work_and_no_job_runs_twice() {
    for engine in ENGINES {
        let Some(house) = House::fresh(engine) else { continue };
        let other = house.neighbour(2);
        enqueue(&house, 300).await;
        let probe = Probe::new(|_| Ran::Report(Outcome::Done));
        let (here, there) = (runner(&house, &probe), runner(&other, &probe));
        let (a, b) = tokio::join!(here.run_due(), there.run_due());
        assert_eq!(a.unwrap() + b.unwrap(), 300, "every job is claimed by exactly one of the two on {engine:?}");
        assert_eq!(probe.count(), 300, "and runs once");
        assert_eq!(due(&house, 7).await, None, "a job that is done is gone");
    }
}

#[tokio::test]
async fn what_was_put_off_for_a_reason_is_called_back_and_nothing_else() {
    for engine in ENGINES {
        let Some(house) = House::fresh(engine) else { continue };
        enqueue(&house, 5).await;
        let now = house.ctx.now();
        // 0 and 1 for the reason, 2 for another, 3 for the reason but for long, 4 fails.
        let probe = Probe::new(move |claim| {
            let put_off = |ms: i64, why: &str| Ran::Report(Outcome::RetryAt(now.plus_ms(ms), why.to_owned()));
            match (0..5).find(|n| subject(*n) == claim.subject) {
                Some(0) => put_off(2 * MINUTE, "slow"),
                Some(1) => put_off(MINUTE, "slow"),
                Some(2) => put_off(MINUTE, "quiet hours"),
                Some(3) => put_off(HOUR, "slow"),
                _ => Ran::Report(Outcome::Retry("slow".to_owned())),
            }
        });
        runner(&house, &probe).run_due().await.unwrap();
        let span = (now, now.plus_ms(5 * MINUTE));
        let call = move |limit| move |tx: &mut db::Connection| jobs::hasten(tx, (KIND, "slow"), span, limit);
        assert_eq!(house.ctx.db().write(call(1)).await.unwrap(), 1, "as many as are asked for, on {engine:?}");
        let dues = [due(&house, 0).await, due(&house, 1).await];
        assert_eq!(dues, [Some(2 * MINUTE), Some(0)], "the next one first");
        assert_eq!(house.ctx.db().write(call(10)).await.unwrap(), 1, "the other one");
        assert_eq!(house.ctx.db().write(call(10)).await.unwrap(), 0, "nothing more on {engine:?}");
        assert_eq!([due(&house, 2).await, due(&house, 3).await], [Some(MINUTE), Some(HOUR)]);
        assert!(due(&house, 4).await > Some(0), "what failed keeps its wait");
    }
}

#[tokio::test]
async fn a_failing_job_waits_longer_each_time_and_is_parked_with_its_reason() {
    for engine in ENGINES {
        let Some(house) = House::fresh(engine) else { continue };
        enqueue(&house, 1).await;
        let probe = Probe::new(|_| Ran::Report(Outcome::Retry("the disk is made of cheese".to_owned())));
        let runner = runner(&house, &probe);
        let mut last = 0;
        for attempt in 1..MAX_ATTEMPTS {
            assert_eq!(
                runner.run_due().await.unwrap(),
                1,
                "attempt {attempt} runs when its time has come on {engine:?}"
            );
            let wait = due(&house, 0).await.expect("it waits for its next attempt");
            assert!(wait >= MINUTE && wait > last, "each wait is longer: {wait} ms after {last} ms");
            assert_eq!(runner.run_due().await.unwrap(), 0, "and nothing runs before");
            last = wait;
            house.clock.advance(wait);
        }
        runner.run_due().await.unwrap();
        house.clock.advance(30 * DAY);
        assert_eq!(runner.run_due().await.unwrap(), 0, "after {MAX_ATTEMPTS} attempts it is parked and blocks nobody");
        let parked = house.ctx.db().read(|conn| jobs::parked(conn, 10)).await.unwrap();
        assert_eq!(parked[0].2.as_deref(), Some("the disk is made of cheese"), "the operator reads why");
        enqueue(&house, 1).await;
        assert_eq!(runner.run_due().await.unwrap(), 1, "putting it in again gives it a new chance");
    }
}

#[tokio::test]
async fn who_was_claimed_and_never_begun_has_not_failed() {
    for engine in ENGINES {
        let dir = Arc::new(tempfile::tempdir().expect("a temporary folder"));
        let Some(mut config) = settings(dir.path(), engine) else { continue };
        config.jobs.parallel = 2;
        let house = House::with(config, dir);
        enqueue(&house, 200).await;
        let (clock, half_a_lease) = (house.clock.clone(), house.ctx.config().jobs.lease_seconds * SECOND / 2);
        // Each takes so long that of those that were claimed together a few are begun at most.
        let slow = Probe::new(move |_| {
            clock.advance(half_a_lease);
            Ran::Report(Outcome::Done)
        });
        let runner = runner(&house, &slow);
        for _ in 0..200 {
            runner.run_due().await.unwrap();
            house.clock.advance(2 * half_a_lease);
        }
        let parked = house.ctx.db().read(|conn| jobs::parked(conn, 10)).await.unwrap();
        assert_eq!((slow.count(), parked), (200, Vec::new()), "each has its turn on {engine:?}");
    }
}

/// The claim of a process that dies before it finishes.
async fn claim_and_die(house: &House) -> Claim {
    let taken: Arc<Mutex<Option<Claim>>> = Arc::default();
    let keep = taken.clone();
    let dying = Probe::new(move |claim| {
        *keep.lock().unwrap() = Some(claim.clone());
        Ran::Finished
    });
    runner(house, &dying).run_due().await.unwrap();
    let claim = taken.lock().unwrap().take();
    claim.expect("a job was due")
}

#[tokio::test]
async fn whoever_lost_the_lease_cannot_finish() {
    for engine in ENGINES {
        let Some(house) = House::fresh(engine) else { continue };
        enqueue(&house, 1).await;
        let stale = claim_and_die(&house).await;
        let healthy = Probe::new(|_| Ran::Report(Outcome::Done));
        assert_eq!(runner(&house, &healthy).run_due().await.unwrap(), 0, "while the lease holds nobody else takes it");
        house.clock.advance(HOUR);
        let retaken = Arc::new(AtomicUsize::new(0));
        let (count, db) = (retaken.clone(), house.ctx.db().clone());
        let successor = Probe::new(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
            let claim = stale.clone();
            let late = std::thread::scope(|scope| {
                scope.spawn(|| db.write_now(move |tx| claim.finish(tx, &Outcome::Done))).join().unwrap()
            });
            assert!(late.is_err(), "the process that lost its lease is told so");
            Ran::Report(Outcome::Done)
        });
        runner(&house, &successor).run_due().await.unwrap();
        assert_eq!(retaken.load(Ordering::Relaxed), 1, "after the lease the job is taken up again on {engine:?}");
        assert_eq!(due(&house, 0).await, None, "and its successor finishes it");
    }
}

#[tokio::test]
async fn whoever_worked_on_a_job_that_was_taken_back_does_not_end_the_one_made_anew() {
    for engine in ENGINES {
        let Some(house) = House::fresh(engine) else { continue };
        enqueue(&house, 1).await;
        let before = claim_and_die(&house).await;
        house.ctx.db().write(|tx| jobs::cancel(tx, KIND, subject(0))).await.unwrap();
        house.clock.advance(1);
        enqueue(&house, 1).await;
        let now = claim_and_die(&house).await;
        let end = |claim: Claim| house.ctx.db().write(move |tx| claim.finish(tx, &Outcome::Done));
        let late = end(before).await;
        assert!(
            matches!(late, Err(db::Error::LeaseLost)),
            "the first one has nothing left to end, on {engine:?}: {late:?}"
        );
        assert!(end(now).await.is_ok(), "whoever claimed the new one ends it, on {engine:?}");
    }
}

#[tokio::test]
async fn a_panicking_job_leaves_its_neighbours_alone() {
    for engine in ENGINES {
        let Some(house) = House::fresh(engine) else { continue };
        enqueue(&house, 20).await;
        let probe = Probe::new(|claim| {
            assert!(claim.subject != subject(13), "a bug in a job");
            Ran::Report(Outcome::Done)
        });
        assert_eq!(runner(&house, &probe).run_due().await.unwrap(), 20);
        assert_eq!(due(&house, 12).await, None, "the healthy ones are done on {engine:?}");
        assert!(due(&house, 13).await.is_some_and(|wait| wait >= MINUTE), "the broken one waits for another try");
    }
}
