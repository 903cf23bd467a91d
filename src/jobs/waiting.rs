//! What is claimed and not yet begun. More is asked for before the last claim is begun, so that nobody waits for the database meanwhile.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::task::{JoinError, JoinHandle};

use super::store::{self, Lease};
use super::{Claim, Job, delay_ms};
use crate::context::Context;
use crate::db;
use crate::kernel::time::{SECOND, Timestamp};

/// What is claimed and not yet begun, of one kind.
#[derive(Default)]
pub(super) struct Waiting {
    /// Each with how often it was begun already.
    pub(super) claims: VecDeque<(Claim, u8)>,
    /// Those that wait for one of the running ones.
    pub(super) blocked: Vec<(Claim, u8)>,
    /// More claims on their way: asked for before the last one is begun, so that nobody waits for them.
    pub(super) coming: Option<JoinHandle<db::Result<Claimed>>>,
    /// Nothing more is due, or may be claimed.
    drained: bool,
    /// How many were claimed in all.
    pub(super) claimed: usize,
}

/// What came of asking for claims.
pub(super) struct Claimed {
    claims: Vec<Claim>,
    drained: bool,
    /// When to ask again, where nothing may be claimed before.
    from: Option<Timestamp>,
}

impl Claimed {
    fn none(from: Option<Timestamp>) -> Self {
        Self { claims: Vec::new(), drained: true, from }
    }
}

impl Waiting {
    /// Asks for more claims where few are left. Where a limit says how many may be claimed, only once all of them are begun.
    pub(super) fn ask(&mut self, ctx: &Context, job: &Arc<dyn Job>) {
        let side_by_side = ctx.config().jobs.parallel.max(1);
        let few = if job.appetite(ctx.now()).most == i64::MAX { side_by_side } else { 0 };
        let hungry = self.claims.len() <= few && self.blocked.len() < side_by_side.saturating_mul(8);
        if hungry && !self.drained && self.coming.is_none() {
            self.coming = Some(tokio::spawn(claim(ctx.clone(), Arc::clone(job))));
        }
    }

    /// What came of asking; never, where nothing was asked for.
    pub(super) async fn come(&mut self) -> Result<db::Result<Claimed>, JoinError> {
        let Some(coming) = &mut self.coming else { return std::future::pending().await };
        let claimed = coming.await;
        self.coming = None;
        claimed
    }

    /// Takes what came; returns when to ask again where nothing may be claimed before.
    pub(super) fn take(&mut self, claimed: Result<db::Result<Claimed>, JoinError>) -> db::Result<Option<Timestamp>> {
        self.drained = true;
        let claimed = claimed.unwrap_or_else(|_broke| Ok(Claimed::none(None)))?;
        self.drained = claimed.drained;
        self.claimed += claimed.claims.len();
        self.claims.extend(claimed.claims.into_iter().map(|claim| (claim, 0)));
        Ok(claimed.from)
    }
}

/// Claims what is due of one kind.
async fn claim(ctx: Context, job: Arc<dyn Job>) -> db::Result<Claimed> {
    let (kind, now) = (job.kind(), ctx.now());
    let settings = &ctx.config().jobs;
    let appetite = job.appetite(now);
    if appetite.from > now {
        return Ok(Claimed::none(Some(appetite.from)));
    }
    // Looking first keeps an idle tick from taking the writer.
    if !ctx.db().read(move |conn| store::any_due(conn, kind, now)).await? {
        return Ok(Claimed::none(None));
    }
    let until = now.plus_ms(settings.lease_seconds.saturating_mul(SECOND));
    let lease = Lease { from: now, until, limit: settings.batch.min(appetite.most.max(1)) };
    let claims = ctx.db().write(move |tx| store::claim(tx, kind, &lease)).await?;
    let drained = i64::try_from(claims.len()).is_ok_and(|count| count < lease.limit);
    // Whoever begins in the last quarter of its lease might not end within it.
    let safe = until.minus_ms(settings.lease_seconds.saturating_mul(SECOND) / 4);
    let claims = claims.into_iter().map(|claim| {
        let retry_at = now.plus_ms(delay_ms(claim.attempts, ctx.random()));
        Claim { retry_at, until: safe, ..claim }
    });
    Ok(Claimed { claims: claims.collect(), drained, from: None })
}
