//! The rows of the cohorts, and the weeks about which shops were written to. The shop comes first.

use diesel::prelude::*;

use super::{Cohort, Numbers};
use crate::db::schema::cohorts;
use crate::db::{self, Connection, each};
use crate::kernel::id::ShopId;
use crate::kernel::time::{Timestamp, UtcDay};

fn read(numbers: &str) -> db::Result<Numbers> {
    serde_json::from_str(numbers).map_err(|_error| db::Error::corrupt("cohorts.numbers"))
}

/// A cohort as it was last counted.
pub(super) fn cohort(conn: &mut Connection, shop: ShopId, day: UtcDay) -> db::Result<Option<(Timestamp, Numbers)>> {
    let row: Option<(Timestamp, String)> = cohorts::table
        .filter(cohorts::shop_id.eq(shop))
        .filter(cohorts::day.eq(day.number()))
        .select((cohorts::as_of, cohorts::numbers))
        .first(conn)
        .optional()?;
    row.map(|(as_of, numbers)| Ok((as_of, read(&numbers)?))).transpose()
}

/// The cohorts from one day to another, both included, oldest first.
pub(super) fn cohorts(conn: &mut Connection, shop: ShopId, from: UtcDay, to: UtcDay) -> db::Result<Vec<Cohort>> {
    let rows: Vec<(i64, Timestamp, String)> = cohorts::table
        .filter(cohorts::shop_id.eq(shop))
        .filter(cohorts::day.ge(from.number()))
        .filter(cohorts::day.le(to.number()))
        .order(cohorts::day)
        .select((cohorts::day, cohorts::as_of, cohorts::numbers))
        .load(conn)?;
    let cohort = |(day, as_of, numbers): (i64, Timestamp, String)| {
        Ok(Cohort { day: UtcDay::from_number(day), as_of: Some(as_of), numbers: read(&numbers)? })
    };
    rows.into_iter().map(cohort).collect()
}

/// Keeps what was counted.
pub(super) fn save(
    tx: &mut Connection,
    shop: ShopId,
    day: UtcDay,
    as_of: Timestamp,
    numbers: &Numbers,
) -> db::Result<()> {
    let text = serde_json::to_string(numbers).map_err(|_error| db::Error::corrupt("numbers about to be kept"))?;
    let values = (cohorts::as_of.eq(as_of), cohorts::numbers.eq(text));
    each!(tx, |c| {
        diesel::insert_into(cohorts::table)
            .values((cohorts::shop_id.eq(shop), cohorts::day.eq(day.number()), values.clone()))
            .on_conflict((cohorts::shop_id, cohorts::day))
            .do_update()
            .set(values)
            .execute(c)?
    });
    Ok(())
}
