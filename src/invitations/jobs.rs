//! What the room does by itself: plans again where settings moved, and puts back into the queue what is missing there.
//!
//! Both pull by state: a tick that was missed costs a moment, never a mail. The three letters run in the outbox's own jobs.

use futures_util::future::BoxFuture;

use super::model::INVITATION;
use super::{replan, store};
use crate::context::Context;
use crate::db::{self, Connection};
use crate::jobs::{self, Claim, Job, Outcome, Ran, Subject};
use crate::kernel::id::ShopId;
use crate::kernel::time::{MINUTE, Timestamp};
use crate::merchants;
use crate::orders::{self, State};

/// Queue kind of planning a shop's waiting orders again.
pub const REPLAN: &str = "replan";

/// How long an invitation may be due before its job is missed, in ms: longer than any lease.
const MISSED_AFTER_MS: i64 = 15 * MINUTE;
/// How many missing jobs are looked at in one go.
const HEAL_PAGE: i64 = 500;

/// Plans a shop's waiting orders again; its subject is the shop.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReplanJob;

impl Job for ReplanJob {
    fn kind(&self) -> &'static str {
        REPLAN
    }

    fn run<'a>(&'a self, ctx: &'a Context, claim: &'a Claim) -> BoxFuture<'a, Ran> {
        Box::pin(async move {
            match run(ctx, claim).await {
                Ok(()) => Ran::Finished,
                Err(error) => Ran::Report(Outcome::Retry(error.to_string())),
            }
        })
    }
}

async fn run(ctx: &Context, claim: &Claim) -> db::Result<()> {
    let shop: ShopId = claim.subject.id();
    // The version is read before the orders: what changes meanwhile is planned by the next run.
    let version = ctx.db().read(move |conn| Ok(merchants::load(conn, shop)?.map(|shop| shop.settings_version))).await?;
    let mut after = None;
    loop {
        let ctx_inside = ctx.clone();
        after = ctx.db().write(move |tx| replan::page(tx, &ctx_inside, shop, after.as_ref())).await?;
        if after.is_none() {
            break;
        }
    }
    let claim = claim.clone();
    ctx.db()
        .write(move |tx| {
            if let Some(version) = version {
                store::set_planned_version(tx, shop, version)?;
            }
            claim.finish(tx, &Outcome::Done)
        })
        .await
}

/// Finds shops whose settings moved since their orders were last planned, and has those planned again. A tick of a few seconds.
///
/// # Errors
/// The database's; the next tick tries again.
pub async fn watch_settings(ctx: &Context) -> db::Result<usize> {
    let moved = ctx.db().read(moved_shops).await?;
    if moved.is_empty() {
        return Ok(0);
    }
    let now = ctx.now();
    let count = moved.len();
    let due: Vec<_> = moved.into_iter().map(|shop| (Subject::from(shop), now)).collect();
    ctx.db()
        .write(move |tx| {
            for (shop, due) in due {
                // One that is in the queue or running already reads the newest settings, or is followed by another.
                if jobs::due_of(tx, REPLAN, shop)?.is_none() {
                    jobs::enqueue(tx, REPLAN, shop, due)?;
                }
            }
            Ok(())
        })
        .await?;
    Ok(count)
}

fn moved_shops(conn: &mut Connection) -> db::Result<Vec<ShopId>> {
    let planned: std::collections::HashMap<_, _> = store::planned_versions(conn)?.into_iter().collect();
    let now = merchants::settings_versions(conn)?;
    Ok(now.into_iter().filter(|(shop, version)| planned.get(shop) != Some(version)).map(|(shop, _)| shop).collect())
}

/// Puts invitations back into the queue that are long due and that nothing there would send. A tick of some minutes.
///
/// # Errors
/// The database's; the next tick tries again.
pub async fn heal(ctx: &Context) -> db::Result<usize> {
    let now = ctx.now();
    ctx.db().write(move |tx| heal_page(tx, now)).await
}

fn heal_page(tx: &mut Connection, now: Timestamp) -> db::Result<usize> {
    let mut healed = 0;
    for row in store::without_job(tx, now.minus_ms(MISSED_AFTER_MS), HEAL_PAGE)? {
        let order = orders::find(tx, row.shop_id, row.order_id)?;
        match order.map(|order| order.state) {
            // Whoever holds it releases it.
            Some(State::Held(_)) => {}
            Some(State::Scheduled(_) | State::Failed(_, Some(_))) => {
                jobs::enqueue(tx, INVITATION, Subject::from(row.id), now)?;
                healed += 1;
            }
            _ => store::drop_many(tx, &[row.id], now)?,
        }
    }
    if healed > 0 {
        tracing::warn!(healed, "invitations were due without a job and are in the queue again");
    }
    Ok(healed)
}
