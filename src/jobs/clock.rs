//! Ticks: cron entries of tokio-cron-scheduler that wake workers. What is due lives in the database; a tick that is
//! missed costs a moment, never a mail. Only cron-type entries: repeated ones stop for good when they fall behind.

use futures_util::future::BoxFuture;
use tokio_cron_scheduler::{Job as Entry, JobScheduler, JobSchedulerError};

/// One thing to do regularly.
pub struct Tick {
    /// Name in logs.
    pub name: &'static str,
    /// Six-field cron expression, UTC.
    pub cron: &'static str,
    /// What to do; a tick whose predecessor still runs is left out.
    pub act: Box<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>,
}

/// The running ticks.
pub struct Ticks {
    scheduler: JobScheduler,
}

impl Ticks {
    /// Starts all ticks.
    ///
    /// # Errors
    /// The scheduler's, for an expression that does not parse.
    pub async fn start(ticks: Vec<Tick>) -> Result<Self, JobSchedulerError> {
        let scheduler = JobScheduler::new().await?;
        for tick in ticks {
            scheduler.add(entry(tick)?).await?;
        }
        scheduler.start().await?;
        Ok(Self { scheduler })
    }

    /// Stops ticking.
    pub async fn stop(mut self) {
        if let Err(error) = self.scheduler.shutdown().await {
            tracing::warn!(%error, "the ticks did not stop in order");
        }
    }
}

fn entry(tick: Tick) -> Result<Entry, JobSchedulerError> {
    let busy = std::sync::Arc::new(tokio::sync::Semaphore::new(1));
    Entry::new_async(tick.cron, move |_id, _scheduler| {
        let name = tick.name;
        let turn = std::sync::Arc::clone(&busy).try_acquire_owned().ok();
        let act = turn.is_some().then(|| (tick.act)());
        Box::pin(async move {
            let _turn = turn;
            if let Some(act) = act {
                tracing::trace!(name, "tick");
                act.await;
            }
        })
    })
}
