//! Claims due jobs, runs them side by side, records how they ended. One per process; several processes may share a
//! database.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::{JoinError, JoinHandle, JoinSet};

use super::reports::Reports;
use super::waiting::{Claimed, Waiting};
use super::{Claim, Job, MAX_ATTEMPTS, Outcome, Ran};
use crate::context::Context;
use crate::db;
use crate::kernel::time::{SECOND, Timestamp};

/// Runs the jobs that rooms brought.
pub struct Runner {
    ctx: Context,
    jobs: Vec<Arc<dyn Job>>,
    /// Jobs that run at once, of all kinds.
    turns: Arc<Semaphore>,
    /// When something comes again that the next tick would be late for.
    soon: Mutex<Option<Timestamp>>,
}

/// How often a claim is begun again that waits for others of its kind.
const BEGUN_AGAIN: u8 = 3;
/// How long it waits then, in ms.
const AGAIN_MS: i64 = 2 * SECOND;

/// What happens next to the jobs of one kind.
enum Next {
    Ended(Result<Ended, JoinError>),
    Claimed(Result<db::Result<Claimed>, JoinError>),
    /// What gathered to be recorded has waited long enough.
    Ripe,
    Nothing,
}

/// How a job that was begun ended.
enum Ended {
    /// The runner has to record it.
    Report(Claim, Outcome),
    /// It was begun so many times and waits for others.
    Soon(Claim, u8),
    /// It is recorded.
    Over,
}

impl Runner {
    /// A runner for these kinds of job.
    pub fn new(ctx: Context, jobs: Vec<Arc<dyn Job>>) -> Self {
        let turns = Arc::new(Semaphore::new(ctx.config().jobs.parallel.max(1)));
        Self { ctx, jobs, turns, soon: Mutex::default() }
    }

    /// Claims and runs everything that is due now; returns how many claims it worked on. Tests step this.
    ///
    /// # Errors
    /// The database's, while claiming or recording; what was claimed comes back when its lease ends.
    pub async fn run_due(&self) -> db::Result<usize> {
        self.run_until(&watch::channel(false).1).await
    }

    /// All kinds beside each other, so that one of which much is due does not keep the others waiting.
    async fn run_until(&self, stop: &watch::Receiver<bool>) -> db::Result<usize> {
        let kinds = join_all(self.jobs.iter().map(|job| self.run_kind(job, stop))).await;
        kinds.into_iter().sum()
    }

    /// Claims while it works: a job that takes long keeps its own turn and no others waiting.
    async fn run_kind(&self, job: &Arc<dyn Job>, stop: &watch::Receiver<bool>) -> db::Result<usize> {
        let (mut waiting, mut running, mut reports) = (Waiting::default(), JoinSet::new(), Reports::default());
        let mut failed = None;
        loop {
            if failed.is_none() && !*stop.borrow() {
                waiting.ask(&self.ctx, job);
            }
            self.begin(job, (&mut waiting, &mut reports), &mut running, stop).await;
            if *stop.borrow() {
                self.give_back(&mut waiting).await;
            }
            // What has begun is waited for, whatever failed beside it.
            match next(&mut waiting, &mut running, &mut reports).await {
                Next::Ended(first) => {
                    self.sort(first, &mut waiting, &mut reports);
                    while let Some(next) = running.try_join_next() {
                        self.sort(next, &mut waiting, &mut reports);
                    }
                }
                Next::Claimed(claimed) => failed = self.take(claimed, &mut waiting).err().or(failed),
                Next::Ripe => {}
                Next::Nothing => break,
            }
            failed = self.record(reports.take()).await.err().or(failed);
        }
        failed = self.record(reports.take_all()).await.err().or(failed);
        failed.map_or(Ok(waiting.claimed), Err)
    }

    /// What was claimed and will not be begun is due at once for whoever works next.
    async fn give_back(&self, waiting: &mut Waiting) {
        let now = self.ctx.now();
        let again = || Outcome::RetryAt(now, "the server was asked to stop".to_owned());
        let left = waiting.claims.drain(..).chain(waiting.blocked.drain(..)).map(|(claim, _)| (claim, again()));
        if let Err(error) = self.record(left.collect()).await {
            tracing::warn!(%error, "claimed jobs were not given back; they come again when their lease ends");
        }
    }

    /// What a task that ended leaves to do. One that broke off leaves its claim to the end of its lease.
    fn sort(&self, task: Result<Ended, JoinError>, waiting: &mut Waiting, reports: &mut Reports) {
        let now = self.ctx.now();
        match task {
            Ok(Ended::Soon(claim, times)) if times < BEGUN_AGAIN => return waiting.blocked.push((claim, times)),
            Ok(Ended::Soon(claim, _)) => {
                let again = Outcome::RetryAt(now.plus_ms(AGAIN_MS), "waits for others".to_owned());
                return reports.add(claim, again, now);
            }
            Ok(Ended::Report(claim, outcome)) => reports.add(claim, outcome, now),
            Ok(Ended::Over) | Err(_) => {}
        }
        waiting.claims.extend(waiting.blocked.drain(..));
    }

    fn take(&self, claimed: Result<db::Result<Claimed>, JoinError>, waiting: &mut Waiting) -> db::Result<()> {
        if let Some(from) = waiting.take(claimed)? {
            self.come_again(from);
        }
        Ok(())
    }

    /// Gives every free turn a claim.
    async fn begin(
        &self,
        job: &Arc<dyn Job>,
        (waiting, reports): (&mut Waiting, &mut Reports),
        running: &mut JoinSet<Ended>,
        stop: &watch::Receiver<bool>,
    ) {
        let side_by_side = self.ctx.config().jobs.parallel.max(1);
        while running.len() < side_by_side && !*stop.borrow() {
            if running.is_empty() && waiting.claims.is_empty() && waiting.coming.is_none() {
                waiting.claims.extend(waiting.blocked.drain(..));
            }
            let Some((claim, times)) = waiting.claims.pop_front() else { break };
            // Too late for this one: its lease may end before it does. It has not failed, and is given back.
            let now = self.ctx.now();
            if now >= claim.until {
                reports.add(claim, Outcome::RetryAt(now, "no turn came while it was claimed".to_owned()), now);
                continue;
            }
            let turn = if running.is_empty() {
                Arc::clone(&self.turns).acquire_owned().await.ok()
            } else {
                Arc::clone(&self.turns).try_acquire_owned().ok()
            };
            let Some(turn) = turn else {
                waiting.claims.push_front((claim, times));
                break;
            };
            running.spawn(work(Arc::clone(job), self.ctx.clone(), (claim, times), turn));
        }
    }

    async fn record(&self, reports: Vec<(Claim, Outcome)>) -> db::Result<()> {
        if reports.is_empty() {
            return Ok(());
        }
        for (claim, outcome) in &reports {
            match outcome {
                Outcome::Failed(why) => tracing::error!(kind = claim.kind, why, "a job was parked"),
                Outcome::Retry(why) => {
                    tracing::warn!(kind = claim.kind, attempt = claim.attempts, why, "a job will be tried again");
                }
                Outcome::RetryAt(at, _) => self.come_again(*at),
                Outcome::Done => {}
            }
        }
        self.ctx
            .db()
            .write(move |tx| {
                for (claim, outcome) in &reports {
                    match claim.finish(tx, outcome) {
                        // Moved or cancelled meanwhile: whoever did that has the last word.
                        Ok(()) | Err(db::Error::LeaseLost) => {}
                        Err(error) => return Err(error),
                    }
                }
                Ok(())
            })
            .await
    }

    /// Notes that something is due then.
    fn come_again(&self, at: Timestamp) {
        let mut soon = self.soon.lock().unwrap_or_else(PoisonError::into_inner);
        *soon = Some(soon.map_or(at, |before| before.min(at)));
    }

    /// How long until something is due that the next tick would be late for.
    fn pause(&self) -> Duration {
        let soon = self.soon.lock().unwrap_or_else(PoisonError::into_inner).take();
        let ms = soon.map_or(SECOND, |at| at.since(self.ctx.now())).clamp(1, SECOND);
        Duration::from_millis(u64::try_from(ms).unwrap_or(1))
    }

    /// Starts working in the background until [`Handle::drain`].
    pub fn spawn(self) -> Handle {
        let wake = Arc::new(Notify::new());
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(work_until_stopped(self, Arc::clone(&wake), stopped));
        Handle { wake, stop, task }
    }
}

/// Waits for a job to end, for claims to come, or for what gathers to be recorded.
async fn next(waiting: &mut Waiting, running: &mut JoinSet<Ended>, reports: &mut Reports) -> Next {
    if running.is_empty() && waiting.coming.is_none() {
        return Next::Nothing;
    }
    tokio::select! {
        Some(ended) = running.join_next() => Next::Ended(ended),
        claimed = waiting.come() => Next::Claimed(claimed),
        () = reports.ripen() => Next::Ripe,
    }
}

/// Does the work of one claim in a task of its own, which nothing but the end of the process breaks off.
async fn work(job: Arc<dyn Job>, ctx: Context, (claim, times): (Claim, u8), turn: OwnedSemaphorePermit) -> Ended {
    if claim.attempts > MAX_ATTEMPTS {
        let why = format!("claimed {MAX_ATTEMPTS} times and never finished");
        return Ended::Report(claim, Outcome::Failed(why));
    }
    let doing = {
        let (job, ctx, claim) = (Arc::clone(&job), ctx.clone(), claim.clone());
        tokio::spawn(async move { job.run(&ctx, &claim).await })
    };
    let ran = doing.await;
    drop(turn);
    match ran {
        Ok(Ran::Finished) => Ended::Over,
        Ok(Ran::Report(outcome)) => Ended::Report(claim, outcome),
        Ok(Ran::Soon) => Ended::Soon(claim, times.saturating_add(1)),
        // A panic in a job is a failure of that job.
        Err(_panic) => Ended::Report(claim, Outcome::Retry("the job panicked; the log says where".to_owned())),
    }
}

async fn work_until_stopped(runner: Runner, wake: Arc<Notify>, mut stopped: watch::Receiver<bool>) {
    loop {
        if let Err(error) = runner.run_until(&stopped).await {
            tracing::error!(%error, "the queue could not be worked on; trying again at the next tick");
        }
        tokio::select! {
            () = wake.notified() => {}
            () = tokio::time::sleep(runner.pause()) => {}
            _ = stopped.changed() => return,
        }
    }
}

/// A running [`Runner`].
pub struct Handle {
    wake: Arc<Notify>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Handle {
    /// What a tick calls: looks for due work soon. Never blocks.
    pub fn waker(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }

    /// Claims nothing more, waits for what is under way.
    pub async fn drain(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the queue's worker did not end in order");
        }
    }
}
