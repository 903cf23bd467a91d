//! What the room does by itself: plans again where settings moved, and puts back into the queue what is missing there.
//!
//! Both pull by state: a tick that was missed costs a moment, never a mail. The three letters run in the outbox's own jobs.

use std::collections::HashMap;

use futures_util::future::BoxFuture;

use super::letter::{key_of, orders_of};
use super::model::{INVITATION, Invitation, REMINDER};
use super::policy;
use super::replan;
use super::store::{self, Seen};
use crate::context::Context;
use crate::db::{self, Connection};
use crate::jobs::{self, Claim, Job, Outcome, Ran, Subject};
use crate::kernel::id::{InvitationId, ShopId};
use crate::kernel::time::{MINUTE, Timestamp};
use crate::mail::{self, Release};
use crate::merchants::{self, Shop};
use crate::orders::{self, Reason, State, decide};

/// Queue kind of planning a shop's waiting orders again.
pub const REPLAN: &str = "replan";

/// How long an invitation may be due before its job is missed, in ms: longer than any lease.
const MISSED_AFTER_MS: i64 = 15 * MINUTE;
/// How many missing jobs are looked at in one go.
const HEAL_PAGE: i64 = 500;
/// Held reminders that are released in one write.
pub(super) const RELEASED: i64 = 200;

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
    let read = ctx.db().read(move |conn| merchants::load(conn, shop)).await?;
    let mut after = None;
    loop {
        let ctx_inside = ctx.clone();
        after = ctx.db().write(move |tx| replan::page(tx, &ctx_inside, shop, after.as_ref())).await?;
        if after.is_none() {
            break;
        }
    }
    if let Some(shop) = read.as_ref().filter(|shop| !shop.paused) {
        let now = ctx.now();
        let page = |shop: Shop| {
            move |tx: &mut Connection| {
                // Paused again meanwhile: what is held stays, and would be held again.
                let paused = merchants::load(tx, shop.id)?.is_none_or(|today| today.paused);
                Ok(!paused && release_reminders(tx, &shop, now)?)
            }
        };
        while ctx.db().write(page(shop.clone())).await? {}
    }
    let claim = claim.clone();
    ctx.db()
        .write(move |tx| {
            if let Some(shop) = read {
                store::set_planned_version(tx, shop.id, shop.settings_version)?;
            }
            claim.finish(tx, &Outcome::Done)
        })
        .await
}

/// A page of the reminders that a pause held go out again, each within the shop's hours on its customer's clock. False: none is left.
pub(super) fn release_reminders(tx: &mut Connection, shop: &Shop, now: Timestamp) -> db::Result<bool> {
    let what = Release { kind: REMINDER, reasons: &[Reason::ShopPaused.code()], shop: Some(shop.id) };
    let about = mail::held_about(tx, what, RELEASED)?;
    let ids: Vec<InvitationId> = about.iter().map(|subject| subject.id()).collect();
    let rows = store::by_ids(tx, &ids)?;
    let orders = orders_of(tx, &rows.iter().map(key_of).collect::<Vec<_>>())?;
    let rows: HashMap<InvitationId, &Invitation> = rows.iter().map(|row| (row.id, row)).collect();
    for (subject, id) in about.into_iter().zip(&ids) {
        let order = rows.get(id).and_then(|row| orders.get(&row.order_id));
        let due = order.map_or(now, |order| {
            let (moment, zone) = (decide::moment(shop, &order.fold), decide::zone(shop, &order.fold));
            policy::within_hours(&moment, zone, now)
        });
        mail::release_one(tx, REMINDER, subject, due)?;
    }
    Ok(!ids.is_empty())
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
    let planned: HashMap<_, _> = store::planned_versions(conn)?.into_iter().collect();
    let now = merchants::settings_versions(conn)?;
    Ok(now.into_iter().filter(|(shop, version)| planned.get(shop) != Some(version)).map(|(shop, _)| shop).collect())
}

/// Puts invitations back into the queue that are long due and that nothing there would send. What is held is not missed:
/// whoever holds it releases it. A tick of some minutes.
///
/// # Errors
/// The database's; the next tick tries again.
pub async fn heal(ctx: &Context) -> db::Result<usize> {
    let now = ctx.now();
    let (mut healed, mut seen) = (0, None);
    loop {
        let look = ctx.db().read(move |conn| missing(conn, now, seen)).await?;
        if !look.lost.is_empty() {
            healed += look.lost.len();
            ctx.db().write(move |tx| look.lost.iter().try_for_each(|row| put_back(tx, row, now))).await?;
        }
        seen = look.seen;
        if seen.is_none() {
            break;
        }
    }
    if healed > 0 {
        tracing::warn!(healed, "invitations were due without a job; they are in the queue again");
    }
    Ok(healed)
}

/// One page of a look for missing jobs.
struct Look {
    lost: Vec<Invitation>,
    /// Where the next page begins; `None` at the end.
    seen: Option<Seen>,
}

fn missing(conn: &mut Connection, now: Timestamp, seen: Option<Seen>) -> db::Result<Look> {
    let rows = store::without_job(conn, now.minus_ms(MISSED_AFTER_MS), seen, HEAL_PAGE)?;
    let full = i64::try_from(rows.len()).is_ok_and(|count| count == HEAL_PAGE);
    let seen = rows.last().filter(|_| full).map(|row| (row.due_at, row.id));
    let mut lost = Vec::new();
    for row in rows {
        let order = orders::find(conn, row.shop_id, row.order_id)?;
        if !order.is_some_and(|order| matches!(order.state, State::Held(_))) {
            lost.push(row);
        }
    }
    Ok(Look { lost, seen })
}

fn put_back(tx: &mut Connection, row: &Invitation, now: Timestamp) -> db::Result<()> {
    let state = orders::find(tx, row.shop_id, row.order_id)?.map(|order| order.state);
    let waits = matches!(state, Some(State::Scheduled(_) | State::Failed(_, Some(_))));
    if waits { jobs::enqueue(tx, INVITATION, Subject::from(row.id), now) } else { store::drop_many(tx, &[row.id], now) }
}
