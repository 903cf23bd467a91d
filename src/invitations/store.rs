//! Every query on `invitations` and `replans`. What one shop may see or change takes the shop first; the ways in by a
//! token and by due time are the exceptions, and return the shop with the row.
//!
//! Statements for a batch are bounded in number on PostgreSQL; on SQLite, in the same process, a prepared statement per
//! key is cheaper than a fresh text per batch.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Nullable};

mod find;
mod marks;
mod suppressions;
mod watch;

pub(crate) use find::{by_id, by_ids, hold, hold_all, of_order, of_orders};
pub(crate) use marks::{
    Carried, Gone, Mark, mark_all_sent, mark_bounced, mark_cancelled, mark_deferred, mark_form_started,
    mark_fresh_link, mark_hastened, mark_not_reminded, mark_postponed, mark_reminded, mark_reviewed, mark_unsent,
    marked, renew_links, turn_to_another,
};
pub(crate) use suppressions::{lift, of_person as suppressions_of, suppress, suppressed, suppression, take_away};
pub use watch::{Filter, HandCounts};
pub(crate) use watch::{Seen, named_hands, nameless_hands, page, planned_versions, set_planned_version, without_job};

use super::model::Invitation;
use crate::db::schema::invitations;
use crate::db::{self, Connection, column, prepared};
use crate::kernel::id::{InvitationId, OrderId, ShopId};
use crate::kernel::time::Timestamp;
use crate::keyring::PersonHash;
use crate::mail::Owner;

/// Where the subjects of this room's mails stand.
pub(crate) const SUBJECTS: Owner = Owner::of("invitations");

/// The columns, in the order of the table.
#[derive(Queryable, Insertable)]
#[diesel(table_name = invitations)]
struct Row {
    shop_id: ShopId,
    id: InvitationId,
    order_id: OrderId,
    person: Option<Vec<u8>>,
    trigger_at: Timestamp,
    due_at: Timestamp,
    submit_until: Timestamp,
    token_kid: Option<i64>,
    token_expires_at: Option<Timestamp>,
    sent_at: Option<Timestamp>,
    reminded_at: Option<Timestamp>,
    fresh_link_at: Option<Timestamp>,
    postponed_ms: i64,
    postponements: i64,
    hastened_at: Option<Timestamp>,
    cancelled_at: Option<Timestamp>,
    dropped_at: Option<Timestamp>,
    reviewed_at: Option<Timestamp>,
    created_at: Timestamp,
    deferred_at: Option<Timestamp>,
    form_started_at: Option<Timestamp>,
    bounced_at: Option<Timestamp>,
    edition: i64,
    links_after: Option<Timestamp>,
}

impl Row {
    fn invitation(self) -> db::Result<Invitation> {
        Ok(Invitation {
            id: self.id,
            shop_id: self.shop_id,
            order_id: self.order_id,
            person: self.person.map(person_of).transpose()?,
            trigger_at: self.trigger_at,
            due_at: self.due_at,
            submit_until: self.submit_until,
            token_kid: self.token_kid,
            token_expires_at: self.token_expires_at,
            sent_at: self.sent_at,
            reminded_at: self.reminded_at,
            fresh_link_at: self.fresh_link_at,
            postponed_ms: self.postponed_ms,
            postponements: self.postponements,
            hastened_at: self.hastened_at,
            cancelled_at: self.cancelled_at,
            dropped_at: self.dropped_at,
            reviewed_at: self.reviewed_at,
            created_at: self.created_at,
            deferred_at: self.deferred_at,
            form_started_at: self.form_started_at,
            bounced_at: self.bounced_at,
            edition: self.edition,
            links_after: self.links_after,
        })
    }
}

/// A stored hash of a person.
pub(super) fn person_of(bytes: Vec<u8>) -> db::Result<PersonHash> {
    PersonHash::try_from(bytes).map_err(|_bytes| db::Error::corrupt("person"))
}

/// Writes invitations that are planned for the first time. Sorted by the caller.
pub(crate) fn insert_plans(tx: &mut Connection, plans: &[Invitation]) -> db::Result<()> {
    match tx {
        _ if plans.is_empty() => {}
        Connection::Pg(pg) => save_plans_at_once(pg, plans)?,
        Connection::Sqlite(sqlite) => {
            for plan in plans {
                // Kept prepared between events, which diesel does for no upsert.
                diesel::insert_into(invitations::table).values(planned(plan)).execute(sqlite)?;
            }
        }
    }
    Ok(())
}

/// What planning decides about an invitation, with its keys.
#[derive(Insertable)]
#[diesel(table_name = invitations, treat_none_as_default_value = false)]
struct PlannedRow {
    shop_id: ShopId,
    id: InvitationId,
    order_id: OrderId,
    person: Option<Vec<u8>>,
    trigger_at: Timestamp,
    due_at: Timestamp,
    submit_until: Timestamp,
    postponed_ms: i64,
    postponements: i64,
    created_at: Timestamp,
}

fn planned(plan: &Invitation) -> PlannedRow {
    PlannedRow {
        shop_id: plan.shop_id,
        id: plan.id,
        order_id: plan.order_id,
        person: plan.person.map(Vec::from),
        trigger_at: plan.trigger_at,
        due_at: plan.due_at,
        submit_until: plan.submit_until,
        postponed_ms: plan.postponed_ms,
        postponements: plan.postponements,
        created_at: plan.created_at,
    }
}

/// Writes planned invitations: new ones whole, known ones as far as planning decides. Sorted by the caller; never called
/// for one that was sent.
pub(crate) fn save_plans(tx: &mut Connection, plans: &[Invitation]) -> db::Result<()> {
    if plans.is_empty() {
        return Ok(());
    }
    match tx {
        Connection::Pg(pg) => save_plans_at_once(pg, plans),
        Connection::Sqlite(sqlite) => {
            for plan in plans {
                diesel::insert_into(invitations::table)
                    .values(planned(plan))
                    .on_conflict((invitations::shop_id, invitations::order_id))
                    .do_update()
                    .set((
                        invitations::person.eq(plan.person.map(Vec::from)),
                        invitations::trigger_at.eq(plan.trigger_at),
                        invitations::due_at.eq(plan.due_at),
                        invitations::submit_until.eq(plan.submit_until),
                        invitations::dropped_at.eq(None::<Timestamp>),
                    ))
                    .execute(sqlite)?;
            }
            Ok(())
        }
    }
}

fn save_plans_at_once(pg: &mut PgConnection, plans: &[Invitation]) -> db::Result<()> {
    prepared(
        "INSERT INTO invitations (shop_id, id, order_id, person, trigger_at, due_at, submit_until, postponed_ms, \
         postponements, created_at) SELECT * FROM UNNEST(?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
         ON CONFLICT (shop_id, order_id) DO UPDATE SET person = excluded.person, trigger_at = excluded.trigger_at, \
         due_at = excluded.due_at, submit_until = excluded.submit_until, dropped_at = NULL",
    )
    .bind::<Array<Binary>, _>(column(plans, |plan| plan.shop_id.as_bytes().to_vec()))
    .bind::<Array<Binary>, _>(column(plans, |plan| plan.id.as_bytes().to_vec()))
    .bind::<Array<Binary>, _>(column(plans, |plan| plan.order_id.as_bytes().to_vec()))
    .bind::<Array<Nullable<Binary>>, _>(column(plans, |plan| plan.person.map(Vec::from)))
    .bind::<Array<BigInt>, _>(column(plans, |plan| plan.trigger_at.millis()))
    .bind::<Array<BigInt>, _>(column(plans, |plan| plan.due_at.millis()))
    .bind::<Array<BigInt>, _>(column(plans, |plan| plan.submit_until.millis()))
    .bind::<Array<BigInt>, _>(column(plans, |plan| plan.postponed_ms))
    .bind::<Array<BigInt>, _>(column(plans, |plan| plan.postponements))
    .bind::<Array<BigInt>, _>(column(plans, |plan| plan.created_at.millis()))
    .execute(pg)?;
    Ok(())
}

/// Ends these intents before they were sent; their orders say why.
pub(crate) fn drop_many(tx: &mut Connection, ids: &[InvitationId], now: Timestamp) -> db::Result<()> {
    for chunk in ids.chunks(500) {
        let pending = invitations::table
            .filter(invitations::id.eq_any(chunk.to_vec()))
            .filter(invitations::sent_at.is_null())
            .filter(invitations::dropped_at.is_null());
        diesel::update(pending).set(invitations::dropped_at.eq(Some(now))).execute(tx)?;
    }
    Ok(())
}

/// What counts against the cap: an invitation of a person that was sent or is pending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    /// By which shop.
    pub(crate) shop_id: ShopId,
    /// About which order.
    pub(crate) order_id: OrderId,
    /// To whom.
    pub(crate) person: PersonHash,
    /// When it was sent, or reviewed though it came back; else when it is due.
    pub(crate) at: Timestamp,
    /// Whether it arrived, as far as is known.
    pub(crate) sent: bool,
    /// From when on it cannot leave any more.
    pub(crate) until: Timestamp,
}

impl Counted {
    /// When it was sent, or is at the soonest; `None` where the time to write was over before it could leave.
    pub(crate) fn leaves_at(&self, now: Timestamp) -> Option<Timestamp> {
        if self.sent { Some(self.at) } else { Some(self.at.max(now)).filter(|_| now < self.until) }
    }

    /// Whether it leaves before this order's mail, which was due then: it was sent, or has been due for longer.
    pub(crate) fn is_before(&self, (due, order): (Timestamp, OrderId)) -> bool {
        self.sent || (self.at, self.order_id) < (due, order)
    }
}

/// The columns of which it is made.
#[derive(Queryable, Selectable, QueryableByName)]
#[diesel(table_name = invitations)]
struct CountedRow {
    shop_id: ShopId,
    order_id: OrderId,
    person: Option<Vec<u8>>,
    due_at: Timestamp,
    submit_until: Timestamp,
    sent_at: Option<Timestamp>,
    reviewed_at: Option<Timestamp>,
}

impl CountedRow {
    /// `None` where the person was forgotten.
    fn counted(self) -> Option<db::Result<Counted>> {
        let arrived = self.sent_at.or(self.reviewed_at);
        let of = |person| Counted {
            shop_id: self.shop_id,
            order_id: self.order_id,
            person,
            at: arrived.unwrap_or(self.due_at),
            sent: arrived.is_some(),
            until: self.submit_until,
        };
        self.person.map(|person| person_of(person).map(of))
    }
}

/// What counts against the cap for these people, sent after `since` or pending.
pub(crate) fn counted(
    conn: &mut Connection,
    keys: &[(ShopId, PersonHash)],
    since: Timestamp,
) -> db::Result<Vec<Counted>> {
    let mut rows: Vec<CountedRow> = Vec::new();
    match conn {
        _ if keys.is_empty() => {}
        Connection::Pg(pg) => {
            // Key by key even while the table is new: whoever looks for an array may read all of a small one.
            let found = prepared(
                "SELECT i.* FROM UNNEST(?, ?) AS t (s, p), LATERAL (SELECT shop_id, order_id, person, due_at, \
                 submit_until, sent_at, reviewed_at FROM invitations WHERE shop_id = t.s AND person = t.p AND person IS NOT NULL \
                 AND (sent_at > ? OR (sent_at IS NULL AND dropped_at IS NULL)) OFFSET 0) AS i",
            )
            .bind::<Array<Binary>, _>(column(keys, |(shop, _)| shop.as_bytes().to_vec()))
            .bind::<Array<Binary>, _>(column(keys, |(_, person)| person.to_vec()))
            .bind::<BigInt, _>(since.millis())
            .load::<CountedRow>(pg)?;
            rows.extend(found);
        }
        Connection::Sqlite(sqlite) => {
            let live = invitations::sent_at
                .gt(since)
                .or(invitations::sent_at.is_null().and(invitations::dropped_at.is_null()));
            for (shop, person) in keys {
                let of = invitations::table.filter(invitations::shop_id.eq(shop));
                let of = of.filter(invitations::person.eq(person.to_vec())).filter(live);
                rows.extend(of.select(CountedRow::as_select()).load(sqlite)?);
            }
        }
    }
    rows.into_iter().filter_map(CountedRow::counted).collect()
}

/// The invitations of one person, of one shop or of all.
pub(crate) fn of_person(
    conn: &mut Connection,
    shop: Option<ShopId>,
    person: &PersonHash,
) -> db::Result<Vec<Invitation>> {
    let mut query =
        invitations::table.filter(invitations::person.eq(person.to_vec())).order(invitations::id).into_boxed();
    if let Some(shop) = shop {
        query = query.filter(invitations::shop_id.eq(shop));
    }
    let rows: Vec<Row> = query.load(conn)?;
    rows.into_iter().map(Row::invitation).collect()
}

/// Takes the person's hash off an invitation.
pub(crate) fn forget_person(tx: &mut Connection, shop: ShopId, id: InvitationId) -> db::Result<()> {
    let row = invitations::table.filter(invitations::shop_id.eq(shop)).filter(invitations::id.eq(id));
    diesel::update(row).set(invitations::person.eq(None::<Vec<u8>>)).execute(tx)?;
    Ok(())
}

/// From now on nothing can be submitted by this invitation's link.
pub(crate) fn close_form(tx: &mut Connection, shop: ShopId, id: InvitationId, now: Timestamp) -> db::Result<()> {
    let open = invitations::table
        .filter(invitations::shop_id.eq(shop))
        .filter(invitations::id.eq(id))
        .filter(invitations::submit_until.gt(now));
    diesel::update(open).set(invitations::submit_until.eq(now)).execute(tx)?;
    Ok(())
}
