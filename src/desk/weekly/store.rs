//! Which week each shop was last written to about. The shop comes first.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::db::schema::weekly_mails;
use crate::db::{self, Connection, each};
use crate::kernel::id::ShopId;
use crate::kernel::time::UtcDay;
use crate::mail::Owner;

/// Where the subjects of the weekly mail stand: they are the shops.
pub(super) const SUBJECTS: Owner = Owner::shops("shops");

/// The Monday of the last mail of every shop that ever got one.
pub(super) fn weeks_told(conn: &mut Connection) -> db::Result<HashMap<ShopId, UtcDay>> {
    let rows: Vec<(ShopId, i64)> = weekly_mails::table.load(conn)?;
    Ok(rows.into_iter().map(|(shop, week)| (shop, UtcDay::from_number(week))).collect())
}

/// The Monday of a shop's last mail.
pub(super) fn week_told(conn: &mut Connection, shop: ShopId) -> db::Result<Option<UtcDay>> {
    let row = weekly_mails::table.filter(weekly_mails::shop_id.eq(shop)).select(weekly_mails::week);
    Ok(row.first::<i64>(conn).optional()?.map(UtcDay::from_number))
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
