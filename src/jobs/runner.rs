//! Claims due jobs, runs them side by side, records how they ended. One per process; several processes may share a
//! database.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::{FutureExt, StreamExt, stream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use super::store::{self, Lease};
use super::{Claim, Job, MAX_ATTEMPTS, Outcome, Ran, delay_ms};
use crate::context::Context;
use crate::db;
use crate::kernel::time::SECOND;

/// Runs the jobs that rooms brought.
pub struct Runner {
    ctx: Context,
    jobs: Vec<Arc<dyn Job>>,
}

impl Runner {
    /// A runner for these kinds of job.
    pub fn new(ctx: Context, jobs: Vec<Arc<dyn Job>>) -> Self {
        Self { ctx, jobs }
    }

    /// Claims and runs everything that is due now; returns how many claims it worked on. Tests step this.
    ///
    /// # Errors
    /// The database's, while claiming or recording; what was claimed comes back when its lease ends.
    pub async fn run_due(&self) -> db::Result<usize> {
        self.run_until(&watch::channel(false).1).await
    }

    async fn run_until(&self, stop: &watch::Receiver<bool>) -> db::Result<usize> {
        let mut worked = 0;
        for job in &self.jobs {
            while !*stop.borrow() {
                let claims = self.claim(job.kind()).await?;
                let count = claims.len();
                worked += count;
                self.work(job, claims).await?;
                if count < usize::try_from(self.ctx.config().jobs.batch).unwrap_or(1) {
                    break;
                }
            }
        }
        Ok(worked)
    }

    async fn claim(&self, kind: &'static str) -> db::Result<Vec<Claim>> {
        let now = self.ctx.now();
        let settings = &self.ctx.config().jobs;
        let until = now.plus_ms(settings.lease_seconds.saturating_mul(SECOND));
        let lease = Lease { from: now, until, limit: settings.batch };
        // Looking first keeps an idle tick from taking the writer.
        if !self.ctx.db().read(move |conn| store::any_due(conn, kind, now)).await? {
            return Ok(Vec::new());
        }
        let mut claims = self.ctx.db().write(move |tx| store::claim(tx, kind, &lease)).await?;
        for claim in &mut claims {
            claim.retry_at = now.plus_ms(delay_ms(claim.attempts, self.ctx.random()));
        }
        Ok(claims)
    }

    async fn work(&self, job: &Arc<dyn Job>, claims: Vec<Claim>) -> db::Result<()> {
        let side_by_side = self.ctx.config().jobs.parallel;
        let mut ended = stream::iter(claims)
            .map(|claim| async { self.contained(job, claim).await })
            .buffer_unordered(side_by_side)
            .ready_chunks(side_by_side);
        while let Some(chunk) = ended.next().await {
            let reports: Vec<(Claim, Outcome)> = chunk.into_iter().flatten().collect();
            if !reports.is_empty() {
                self.record(reports).await?;
            }
        }
        Ok(())
    }

    /// A panic in a job is a failure of that job.
    async fn contained(&self, job: &Arc<dyn Job>, claim: Claim) -> Option<(Claim, Outcome)> {
        if claim.attempts > MAX_ATTEMPTS {
            let why = format!("claimed {MAX_ATTEMPTS} times and never finished");
            return Some((claim, Outcome::Failed(why)));
        }
        let ran = AssertUnwindSafe(job.run(&self.ctx, &claim)).catch_unwind().await;
        match ran {
            Ok(Ran::Finished) => None,
            Ok(Ran::Report(outcome)) => Some((claim, outcome)),
            Err(_panic) => Some((claim, Outcome::Retry("the job panicked; the log says where".to_owned()))),
        }
    }

    async fn record(&self, reports: Vec<(Claim, Outcome)>) -> db::Result<()> {
        for (claim, outcome) in &reports {
            match outcome {
                Outcome::Failed(why) => tracing::error!(kind = claim.kind, why, "a job was parked"),
                Outcome::Retry(why) => {
                    tracing::warn!(kind = claim.kind, attempt = claim.attempts, why, "a job will be tried again");
                }
                Outcome::Done | Outcome::RetryAt(..) => {}
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

    /// Starts working in the background until [`Handle::drain`].
    pub fn spawn(self) -> Handle {
        let wake = Arc::new(Notify::new());
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(work_until_stopped(self, Arc::clone(&wake), stopped));
        Handle { wake, stop, task }
    }
}

async fn work_until_stopped(runner: Runner, wake: Arc<Notify>, mut stopped: watch::Receiver<bool>) {
    loop {
        if let Err(error) = runner.run_until(&stopped).await {
            tracing::error!(%error, "the queue could not be worked on; trying again at the next tick");
        }
        tokio::select! {
            () = wake.notified() => {}
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
