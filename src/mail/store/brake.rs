//! Every query on what is kept about a shop's sending, and on the operator's pause. States stand in the statements as literals: SQLite
//! uses a partial index only for what it can read there.

use diesel::dsl::{exists, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::super::brake::{Brake, Cause, Grip, Standing};
use crate::db::schema::{message_attempts, message_returns, messages, sending_pause, shop_sending, slow_domains};
use crate::db::{self, Connection, each};
use crate::kernel::id::ShopId;
use crate::kernel::pace::Limit;
use crate::kernel::time::Timestamp;

#[derive(Queryable, Selectable)]
#[diesel(table_name = shop_sending)]
struct Row {
    limits: String,
    brake: Option<String>,
    cause: Option<String>,
    sent: i64,
    counted: i64,
    braked_at: Option<i64>,
    until: Option<i64>,
    pauses_from: Timestamp,
    stops_from: Timestamp,
    imposed: String,
}

/// Limits as they are kept: with commas between.
fn read_limits(kept: &str) -> db::Result<Vec<Limit>> {
    let limits = kept.split(',').filter(|text| !text.is_empty()).map(Limit::parse).collect::<Result<_, _>>();
    limits.map_err(|_text| db::Error::corrupt("shop_sending.limits"))
}

fn written(limits: &[Limit]) -> String {
    limits.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

impl Row {
    fn read(self) -> db::Result<Standing> {
        Ok(Standing {
            limits: read_limits(&self.limits)?,
            imposed: read_limits(&self.imposed)?,
            brake: self.brake()?,
            pauses_from: self.pauses_from,
            stops_from: self.stops_from,
        })
    }

    fn brake(&self) -> db::Result<Option<Brake>> {
        let Some(word) = self.brake.as_deref() else { return Ok(None) };
        let grip = match (word, self.until) {
            ("stopped", _) => Some(Grip::Stopped),
            ("paused", Some(until)) => Some(Grip::Paused(Timestamp::from_millis(until))),
            _ => None,
        };
        let cause = Cause::ALL.into_iter().find(|cause| self.cause.as_deref() == Some(cause.as_str()));
        let brake = match (grip, cause, self.braked_at) {
            (Some(grip), Some(cause), Some(at)) => {
                Some(Brake { grip, cause, sent: self.sent, counted: self.counted, at: Timestamp::from_millis(at) })
            }
            _ => None,
        };
        brake.map(Some).ok_or_else(|| db::Error::corrupt("shop_sending.brake"))
    }
}

pub(in crate::mail) fn standing(conn: &mut Connection, shop: ShopId) -> db::Result<Option<Standing>> {
    let columns = (
        shop_sending::limits,
        shop_sending::brake,
        shop_sending::cause,
        shop_sending::sent,
        shop_sending::counted,
        shop_sending::braked_at,
        shop_sending::until,
        shop_sending::pauses_from,
        shop_sending::stops_from,
        shop_sending::imposed,
    );
    shop_sending::table.find(shop).select(columns).first::<Row>(conn).optional()?.map(Row::read).transpose()
}

/// What may stand in a mail's way: whether the operator holds all mail, how often the domain asked for patience, what is kept about the
/// shop. One statement, because every mail asks.
pub(in crate::mail) fn in_the_way(
    conn: &mut Connection,
    shop: ShopId,
    domain: &str,
    now: Timestamp,
) -> db::Result<(bool, Option<i64>, Standing)> {
    let paused = exists(sending_pause::table.select(sending_pause::id));
    let asked =
        slow_domains::table.filter(slow_domains::domain.eq(domain)).filter(slow_domains::until.gt(now.millis()));
    let known = exists(shop_sending::table.filter(shop_sending::shop_id.eq(shop)));
    let question = diesel::select((paused, asked.select(slow_domains::refusals).single_value(), known));
    let (paused, refusals, known) = each!(conn, |c| question.get_result::<(bool, Option<i64>, bool)>(c)?);
    let standing = if known { standing(conn, shop)? } else { None };
    Ok((paused, refusals, standing.unwrap_or_default()))
}

/// What is kept about a shop's sending, to change it: on PostgreSQL nobody else does until the end of the transaction. SQLite has one writer
/// anyway.
pub(in crate::mail) fn hold(tx: &mut Connection, shop: ShopId) -> db::Result<Standing> {
    if standing(tx, shop)?.is_none() {
        // There must be a row to be held.
        begin(tx, shop)?;
    }
    if let Connection::Pg(pg) = tx {
        shop_sending::table.find(shop).select(shop_sending::shop_id).for_update().first::<ShopId>(pg)?;
    }
    Ok(standing(tx, shop)?.unwrap_or_default())
}

/// Begins to keep something about a shop's sending, unless somebody else has.
fn begin(tx: &mut Connection, shop: ShopId) -> db::Result<()> {
    let Standing { pauses_from, stops_from, .. } = Standing::default();
    let row = (
        shop_sending::shop_id.eq(shop),
        shop_sending::limits.eq(""),
        shop_sending::sent.eq(0),
        shop_sending::counted.eq(0),
        shop_sending::pauses_from.eq(pauses_from),
        shop_sending::stops_from.eq(stops_from),
        shop_sending::imposed.eq(""),
    );
    each!(tx, |c| diesel::insert_into(shop_sending::table).values(row).on_conflict_do_nothing().execute(c)?);
    Ok(())
}

/// Writes what is kept about a shop's sending, which is [held](hold).
pub(in crate::mail) fn put(tx: &mut Connection, shop: ShopId, standing: &Standing) -> db::Result<()> {
    let brake = standing.brake.as_ref();
    let (word, until) = match brake.map(|brake| brake.grip) {
        Some(Grip::Stopped) => (Some("stopped"), None),
        Some(Grip::Paused(until)) => (Some("paused"), Some(until.millis())),
        None => (None, None),
    };
    let moves = (
        shop_sending::limits.eq(written(&standing.limits)),
        shop_sending::brake.eq(word),
        shop_sending::cause.eq(brake.map(|brake| brake.cause.as_str())),
        shop_sending::sent.eq(brake.map_or(0, |brake| brake.sent)),
        shop_sending::counted.eq(brake.map_or(0, |brake| brake.counted)),
        shop_sending::braked_at.eq(brake.map(|brake| brake.at.millis())),
        shop_sending::until.eq(until),
        shop_sending::pauses_from.eq(standing.pauses_from),
        shop_sending::stops_from.eq(standing.stops_from),
        shop_sending::imposed.eq(written(&standing.imposed)),
    );
    diesel::update(shop_sending::table.find(shop)).set(moves).execute(tx)?;
    Ok(())
}

/// Mails of a shop that left since then.
pub(in crate::mail) fn left(conn: &mut Connection, shop: ShopId, since: Timestamp) -> db::Result<i64> {
    let rows = messages::table
        .filter(messages::shop_id.eq(shop))
        .filter(sql::<Bool>("state = 'sent'"))
        .filter(messages::sent_at.ge(since.millis()));
    Ok(rows.count().get_result(conn)?)
}

/// Mails of a shop that a mail server refused at once since then, because the mailbox does not exist.
pub(in crate::mail) fn refused(conn: &mut Connection, shop: ShopId, since: Timestamp) -> db::Result<i64> {
    let rows = message_attempts::table
        .inner_join(messages::table.on(messages::id.eq(message_attempts::message_id)))
        .filter(sql::<Bool>("outcome = 'hard'"))
        .filter(message_attempts::at.ge(since))
        .filter(messages::shop_id.eq(shop));
    Ok(rows.count().get_result(conn)?)
}

/// Shops of which something came back since then, at once or later, or that a brake holds.
pub(in crate::mail) fn suspects(conn: &mut Connection, since: Timestamp) -> db::Result<Vec<ShopId>> {
    let mut shops: Vec<ShopId> = message_attempts::table
        .inner_join(messages::table.on(messages::id.eq(message_attempts::message_id)))
        .filter(sql::<Bool>("outcome = 'hard'"))
        .filter(message_attempts::at.ge(since))
        .select(messages::shop_id)
        .distinct()
        .load(conn)?;
    let held: Vec<ShopId> =
        shop_sending::table.filter(shop_sending::brake.is_not_null()).select(shop_sending::shop_id).load(conn)?;
    let later: Vec<ShopId> = message_returns::table
        .filter(message_returns::at.ge(since))
        .select(message_returns::shop_id)
        .distinct()
        .load(conn)?;
    shops.extend(held.into_iter().chain(later));
    shops.sort_unstable();
    shops.dedup();
    Ok(shops)
}

/// Shops that have messages held for one of these reasons.
pub(in crate::mail) fn holding(conn: &mut Connection, reasons: &[&str]) -> db::Result<Vec<ShopId>> {
    let rows = messages::table
        .filter(sql::<Bool>("state = 'held'"))
        .filter(messages::reason.eq_any(reasons.to_vec()))
        .select(messages::shop_id)
        .distinct();
    Ok(rows.load(conn)?)
}

pub(in crate::mail) fn pause(conn: &mut Connection) -> db::Result<Option<(Timestamp, String)>> {
    Ok(sending_pause::table.find(1).select((sending_pause::at, sending_pause::note)).first(conn).optional()?)
}

pub(in crate::mail) fn set_pause(tx: &mut Connection, note: &str, now: Timestamp) -> db::Result<bool> {
    let row = (sending_pause::id.eq(1), sending_pause::at.eq(now), sending_pause::note.eq(note));
    let new =
        each!(tx, |c| diesel::insert_into(sending_pause::table).values(row).on_conflict_do_nothing().execute(c)?);
    Ok(new == 1)
}

pub(in crate::mail) fn end_pause(tx: &mut Connection) -> db::Result<bool> {
    Ok(diesel::delete(sending_pause::table.find(1)).execute(tx)? == 1)
}
