//! Which week each shop was last written to about. The shop comes first.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::db::schema::weekly_mails;
use crate::db::{self, Connection, each};
use crate::kernel::id::ShopId;
use crate::kernel::time::{Timestamp, UtcDay};
use crate::keyring::PersonHash;
use crate::mail::Owner;

/// Where the subjects of the weekly mail stand: they are the shops.
pub(super) const SUBJECTS: Owner = Owner::shops("shops");

/// The Monday of the last mail of every shop that ever got one.
pub(super) fn weeks_told(conn: &mut Connection) -> db::Result<HashMap<ShopId, UtcDay>> {
    let rows: Vec<(ShopId, i64)> =
        weekly_mails::table.select((weekly_mails::shop_id, weekly_mails::week)).load(conn)?;
    Ok(rows.into_iter().map(|(shop, week)| (shop, UtcDay::from_number(week))).collect())
}

/// The Monday of a shop's last mail.
pub(super) fn week_told(conn: &mut Connection, shop: ShopId) -> db::Result<Option<UtcDay>> {
    let row = weekly_mails::table.filter(weekly_mails::shop_id.eq(shop)).select(weekly_mails::week);
    Ok(row.first::<i64>(conn).optional()?.map(UtcDay::from_number))
}

/// Whom a shop's last mail went to, and since when they go there.
pub(super) fn reader(conn: &mut Connection, shop: ShopId) -> db::Result<Option<(PersonHash, Timestamp)>> {
    let row = weekly_mails::table.filter(weekly_mails::shop_id.eq(shop));
    let found: Option<(Option<Vec<u8>>, Option<Timestamp>)> =
        row.select((weekly_mails::person, weekly_mails::person_since)).first(conn).optional()?;
    Ok(found.and_then(|(person, since)| person.and_then(|bytes| bytes.try_into().ok()).zip(since)))
}

/// Notes whom a mail went to; the first time of the same one counts.
pub(super) fn note_reader(tx: &mut Connection, shop: ShopId, person: &PersonHash, at: Timestamp) -> db::Result<()> {
    if reader(tx, shop)?.is_some_and(|(known, _)| known == *person) {
        return Ok(());
    }
    let to = (weekly_mails::person.eq(Some(person.to_vec())), weekly_mails::person_since.eq(Some(at)));
    diesel::update(weekly_mails::table.filter(weekly_mails::shop_id.eq(shop))).set(to).execute(tx)?;
    Ok(())
}

/// Notes that a shop is written to on this Monday. False when it was already.
pub(super) fn begin_week(tx: &mut Connection, shop: ShopId, monday: UtcDay) -> db::Result<bool> {
    if week_told(tx, shop)?.is_some_and(|last| last >= monday) {
        return Ok(false);
    }
    let week = weekly_mails::week.eq(monday.number());
    each!(tx, |c| {
        diesel::insert_into(weekly_mails::table)
            .values((weekly_mails::shop_id.eq(shop), week))
            .on_conflict(weekly_mails::shop_id)
            .do_update()
            .set(week)
            .execute(c)?
    });
    Ok(true)
}
