//! What the room looks for by itself, in bounded steps: mails whose job is missing, shops whose settings moved, and the
//! numbers that a profile tells about the shop's hands.

use diesel::dsl::{count, exists, not, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable};

use super::Row;
use crate::db::schema::{invitations, jobs, replans};
use crate::db::{self, Connection, each};
use crate::invitations::model::{INVITATION, Invitation};
use crate::kernel::id::{InvitationId, OrderId, ShopId};
use crate::kernel::time::Timestamp;

/// Where a look for missing jobs stands: the last row it saw.
pub(crate) type Seen = (Timestamp, InvitationId);

/// Invitations due before `before` that nothing in the queue would send, oldest first, after `seen`.
pub(crate) fn without_job(
    conn: &mut Connection,
    before: Timestamp,
    seen: Option<Seen>,
    limit: i64,
) -> db::Result<Vec<Invitation>> {
    let queued = jobs::table.filter(jobs::kind.eq(INVITATION)).filter(jobs::subject.eq(invitations::id));
    let mut query = invitations::table
        .filter(invitations::sent_at.is_null())
        .filter(invitations::dropped_at.is_null())
        .filter(invitations::due_at.lt(before))
        .filter(not(exists(queued)))
        .order((invitations::due_at, invitations::id))
        .limit(limit)
        .into_boxed();
    if let Some((due, id)) = seen {
        query = query.filter(invitations::due_at.gt(due).or(invitations::due_at.eq(due).and(invitations::id.gt(id))));
    }
    let rows: Vec<Row> = query.load(conn)?;
    rows.into_iter().map(Row::invitation).collect()
}

/// The settings version under which each of these shops was last planned; shops that never were are missing.
pub(crate) fn planned_versions(conn: &mut Connection) -> db::Result<Vec<(ShopId, i64)>> {
    Ok(replans::table.select((replans::shop_id, replans::settings_version)).load(conn)?)
}

/// Notes that a shop's waiting orders were planned under this settings version.
pub(crate) fn set_planned_version(tx: &mut Connection, shop: ShopId, version: i64) -> db::Result<()> {
    each!(tx, |c| {
        diesel::insert_into(replans::table)
            .values((replans::shop_id.eq(shop), replans::settings_version.eq(version)))
            .on_conflict(replans::shop_id)
            .do_update()
            .set(replans::settings_version.eq(version))
            .execute(c)?
    });
    Ok(())
}

/// How often the shop's hand was in: what a profile tells the public.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HandCounts {
    /// Invitations it cancelled.
    pub cancelled: i64,
    /// Postponements, of whatever length.
    pub postponed: i64,
    /// Invitations it sent before their time.
    pub hastened: i64,
}

impl HandCounts {
    /// Both together.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            cancelled: self.cancelled.saturating_add(other.cancelled),
            postponed: self.postponed.saturating_add(other.postponed),
            hastened: self.hastened.saturating_add(other.hastened),
        }
    }
}

/// Where the shop's hand was in. Spelled as the partial index spells it: only then do the engines know that it holds all
/// there is to count.
const TOUCHED: &str = "(cancelled_at IS NOT NULL OR hastened_at IS NOT NULL OR postponements > 0)";

/// Counts the shop's interventions in invitations that name somebody: those of test orders never do.
pub(crate) fn named_hands(conn: &mut Connection, shop: ShopId) -> db::Result<HandCounts> {
    let postponed = sql::<Nullable<BigInt>>("CAST(SUM(postponements) AS BIGINT)");
    let (cancelled, hastened, postponed): (i64, i64, Option<i64>) = invitations::table
        .filter(invitations::shop_id.eq(shop))
        .filter(invitations::person.is_not_null())
        .filter(sql::<Bool>(TOUCHED))
        .select((count(invitations::cancelled_at), count(invitations::hastened_at), postponed))
        .first(conn)?;
    Ok(HandCounts { cancelled, postponed: postponed.unwrap_or(0), hastened })
}

/// Order, cancelled, hastened, postponements.
type HandRow = (OrderId, Option<Timestamp>, Option<Timestamp>, i64);

/// The shop's interventions in invitations that name nobody, by order: of tests, of people who were erased, and of orders
/// that were cancelled before they had anybody to ask.
pub(crate) fn nameless_hands(conn: &mut Connection, shop: ShopId) -> db::Result<Vec<(OrderId, HandCounts)>> {
    let rows: Vec<HandRow> = invitations::table
        .filter(invitations::shop_id.eq(shop))
        .filter(invitations::person.is_null())
        .filter(sql::<Bool>(TOUCHED))
        .select((
            invitations::order_id,
            invitations::cancelled_at,
            invitations::hastened_at,
            invitations::postponements,
        ))
        .load(conn)?;
    let one = |at: Option<Timestamp>| i64::from(at.is_some());
    let counts = |(order, cancelled, hastened, postponed): HandRow| {
        (order, HandCounts { cancelled: one(cancelled), postponed, hastened: one(hastened) })
    };
    Ok(rows.into_iter().map(counts).collect())
}

/// A page of a shop's invitations, newest first, before `before`.
pub(crate) fn page(
    conn: &mut Connection,
    shop: ShopId,
    filter: Filter,
    before: Option<InvitationId>,
    limit: i64,
) -> db::Result<Vec<Invitation>> {
    let mut query = invitations::table
        .filter(invitations::shop_id.eq(shop))
        .order(invitations::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(invitations::id.lt(before));
    }
    query = match filter {
        Filter::All => query,
        Filter::Pending => query.filter(invitations::sent_at.is_null()).filter(invitations::dropped_at.is_null()),
        Filter::Sent => query.filter(invitations::sent_at.is_not_null()).filter(invitations::reviewed_at.is_null()),
        Filter::Reviewed => query.filter(invitations::reviewed_at.is_not_null()),
        Filter::Dropped => query.filter(invitations::dropped_at.is_not_null()),
    };
    let rows: Vec<Row> = query.load(conn)?;
    rows.into_iter().map(Row::invitation).collect()
}

/// Which invitations a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// Every one.
    #[default]
    All,
    /// Still to be sent.
    Pending,
    /// Sent, without a review so far.
    Sent,
    /// With a review.
    Reviewed,
    /// Ended before it was sent.
    Dropped,
}
