//! Every query on what was counted against limits, and on domains that asked for patience.

use diesel::prelude::*;

use super::super::pace::{Ask, Turn, Window, asked_again};
use crate::db::schema::{send_windows, slow_domains};
use crate::db::{self, Connection, each};
use crate::kernel::pace::Rate;
use crate::kernel::time::Timestamp;

/// What is known of the limits that hold for every mail.
pub(in crate::mail) type OfAll = Vec<(Rate, Window)>;

struct Counted {
    ask: Ask,
    began: Timestamp,
    window: Window,
}

/// Counts one mail against all of these, or against none. `asks` are sorted by key: whoever counts first is waited for.
pub(in crate::mail) fn take(tx: &mut Connection, asks: &[Ask], now: Timestamp) -> db::Result<(Turn, OfAll)> {
    let mut counted = Vec::with_capacity(asks.len());
    for ask in asks {
        counted.push(hold(tx, ask, now)?);
    }
    let free = |one: &Counted| one.ask.rate_at(one.began, now).map_or(now, |rate| one.window.free_at(rate, now));
    let last = counted.iter().max_by_key(|one| free(one)).map(|one| (free(one), one.ask.clone(), one.began));
    let turn = match last {
        Some((free, ask, began)) if free > now => Turn::At { free, ask, began },
        _ => {
            for one in &mut counted {
                one.window.take(one.ask.rate.per, now);
                let row = send_windows::table.find(&one.ask.key);
                diesel::update(row).set(send_windows::parts.eq(one.window.text())).execute(tx)?;
            }
            Turn::Now
        }
    };
    let all = counted.into_iter().filter(|one| one.ask.is_of_all()).map(|one| (one.ask.rate, one.window)).collect();
    Ok((turn, all))
}

/// The count behind an ask, which nobody else changes until the end of the transaction.
fn hold(tx: &mut Connection, ask: &Ask, now: Timestamp) -> db::Result<Counted> {
    let row = if let Some(row) = held(tx, &ask.key)? {
        row
    } else {
        let fresh = (send_windows::key.eq(&ask.key), send_windows::began_at.eq(now), send_windows::parts.eq(""));
        each!(tx, |c| diesel::insert_into(send_windows::table).values(fresh).on_conflict_do_nothing().execute(c)?);
        held(tx, &ask.key)?.ok_or_else(|| db::Error::corrupt("send_windows"))?
    };
    let window = Window::parse(&row.1).ok_or_else(|| db::Error::corrupt("send_windows.parts"))?;
    Ok(Counted { ask: ask.clone(), began: row.0, window })
}

fn held(tx: &mut Connection, key: &str) -> db::Result<Option<(Timestamp, String)>> {
    let row = send_windows::table.find(key).select((send_windows::began_at, send_windows::parts));
    Ok(match tx {
        Connection::Pg(pg) => row.for_update().first(pg).optional()?,
        Connection::Sqlite(sqlite) => row.first(sqlite).optional()?,
    })
}

/// When what is counted under this key began, and how many there were lately.
pub(in crate::mail) fn seen(conn: &mut Connection, key: &str) -> db::Result<Option<(Timestamp, Window)>> {
    let row = send_windows::table.find(key).select((send_windows::began_at, send_windows::parts));
    let Some((began, parts)) = row.first::<(Timestamp, String)>(conn).optional()? else { return Ok(None) };
    Ok(Some((began, Window::parse(&parts).ok_or_else(|| db::Error::corrupt("send_windows.parts"))?)))
}

/// Every sender whose first mail is remembered.
pub(in crate::mail) fn senders(conn: &mut Connection) -> db::Result<Vec<String>> {
    let rows: Vec<String> = send_windows::table
        .filter(send_windows::key.like("from:%"))
        .order(send_windows::key)
        .select(send_windows::key)
        .load(conn)?;
    let sender = |key: &String| key.strip_prefix("from:")?.split(' ').next().map(str::to_owned);
    Ok(rows.iter().filter_map(sender).collect())
}

/// Every domain that asked for patience lately: how often, and until when it is slower.
pub(in crate::mail) fn slow(conn: &mut Connection, now: Timestamp) -> db::Result<Vec<(String, i64, Timestamp)>> {
    Ok(slow_domains::table
        .filter(slow_domains::until.gt(now))
        .order(slow_domains::domain)
        .select((slow_domains::domain, slow_domains::refusals, slow_domains::until))
        .load(conn)?)
}

/// A domain asked for patience.
pub(in crate::mail) fn slow_down(tx: &mut Connection, domain: &str, now: Timestamp) -> db::Result<()> {
    let before = slow_domains::table
        .find(domain)
        .select((slow_domains::refusals, slow_domains::until))
        .first::<(i64, Timestamp)>(tx)
        .optional()?;
    let (refusals, until) = asked_again(before, now);
    let moves = (slow_domains::refusals.eq(refusals), slow_domains::until.eq(until));
    each!(tx, |c| diesel::insert_into(slow_domains::table)
        .values((slow_domains::domain.eq(domain), moves))
        .on_conflict(slow_domains::domain)
        .do_update()
        .set(moves)
        .execute(c)?);
    Ok(())
}

/// Forgets domains whose time is over.
pub(in crate::mail) fn forget(tx: &mut Connection, now: Timestamp) -> db::Result<()> {
    diesel::delete(slow_domains::table.filter(slow_domains::until.le(now))).execute(tx)?;
    Ok(())
}
