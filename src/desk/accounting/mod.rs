//! Accounting: what became of every order, by the day on which it arrived first.
//!
//! A cohort is a UTC day's orders of one shop, as their ids say when they came; each order is in one cohort for ever, and
//! in one place of it: `orders = waiting + scheduled + held + sent + reviewed + skipped + failed`. Test orders are in none.
//!
//! Nothing is counted on a read. Whoever changes an order notes its cohort; [`tick`] counts the noted ones, each from one
//! view of the data over the index of ids, and keeps the numbers a row per cohort. What moved again meanwhile stays
//! noted, so a count that dies or comes late is made good by the next. A cohort of very many orders rests long between two
//! counts, so that a rush never keeps a reader busy.

mod numbers;
mod store;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use numbers::Numbers;
pub(super) use table::table;

use crate::context::Context;
use crate::db::{self, Connection};
use crate::invitations;
use crate::kernel::id::{OrderId, ShopId};
use crate::kernel::time::{Timestamp, UtcDay};
use crate::orders::{self, MovedCohort};

/// When [`tick`] should run: every ten seconds, between the ticks that pass the noted cohorts on.
pub(crate) const TICK: &str = "5/10 * * * * *";

/// Noted cohorts looked at in one tick.
const LOOK: i64 = 1000;
/// Cohorts counted in one tick.
const COUNT: usize = 50;
/// Up to so many orders a cohort is counted whenever it moved; each beyond is worth a millisecond of rest.
const SMALL: i64 = 10_000;

/// One day of one shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cohort {
    /// The UTC day on which its orders arrived first.
    pub(crate) day: UtcDay,
    /// When it was counted; `None` where nothing ever arrived.
    pub(crate) as_of: Option<Timestamp>,
    /// What became of them.
    pub(crate) numbers: Numbers,
}

/// Counts what moved. Returns how many cohorts.
///
/// # Errors
/// The database's; the next tick tries again.
pub(crate) async fn tick(ctx: &Context) -> db::Result<usize> {
    let now = ctx.now();
    let due = ctx.db().read(move |conn| due(conn, now)).await?;
    let mut counted = 0;
    for cohort in due {
        let numbers = ctx.db().read(move |conn| count(conn, cohort.shop, cohort.day)).await?;
        let kept = ctx.db().write(move |tx| keep(tx, &cohort, now, &numbers)).await?;
        counted += usize::from(kept);
    }
    Ok(counted)
}

fn due(conn: &mut Connection, now: Timestamp) -> db::Result<Vec<MovedCohort>> {
    let mut due = Vec::new();
    for moved in orders::moved_cohorts(conn, LOOK)? {
        let rested = match store::cohort(conn, moved.shop, moved.day)? {
            Some((as_of, numbers)) => now.since(as_of) >= rest_ms(numbers.orders),
            None => true,
        };
        if rested {
            due.push(moved);
        }
        if due.len() == COUNT {
            break;
        }
    }
    Ok(due)
}

/// How long a cohort of so many orders rests between two counts, in ms.
const fn rest_ms(orders: i64) -> i64 {
    let beyond = orders.saturating_sub(SMALL);
    if beyond > 0 { beyond } else { 0 }
}

/// Keeps what was counted, unless it is old by now.
fn keep(tx: &mut Connection, cohort: &MovedCohort, now: Timestamp, numbers: &Numbers) -> db::Result<bool> {
    let current = orders::settle_cohort(tx, cohort)?;
    if current {
        store::save(tx, cohort.shop, cohort.day, now, numbers)?;
    }
    Ok(current)
}

/// The numbers of a cohort in one view of the data.
pub(crate) fn count(conn: &mut Connection, shop: ShopId, day: UtcDay) -> db::Result<Numbers> {
    let mut numbers = Numbers::default();
    for row in orders::census_of_day(conn, shop, day)? {
        numbers.add(&row);
    }
    let started = invitations::forms_started(conn, shop, day)?;
    numbers.form_started = real(conn, shop, &started)?;
    let bounced = invitations::bounced_orders(conn, shop, day)?;
    numbers.bounced = real(conn, shop, &bounced)?;
    Ok(numbers)
}

/// How many of these orders are no tests.
fn real(conn: &mut Connection, shop: ShopId, among: &[OrderId]) -> db::Result<i64> {
    let tests = orders::tests_among(conn, shop, among)?;
    let real = among.iter().filter(|order| !tests.contains(order));
    Ok(i64::try_from(real.count()).unwrap_or(i64::MAX))
}

/// Every day from `from` to `to`, both included; days on which nothing arrived are all zero.
pub(crate) fn days(conn: &mut Connection, shop: ShopId, from: UtcDay, to: UtcDay) -> db::Result<Vec<Cohort>> {
    let mut kept = store::cohorts(conn, shop, from, to)?.into_iter().peekable();
    let mut days = Vec::new();
    let mut day = from;
    while day <= to {
        days.push(match kept.next_if(|cohort| cohort.day == day) {
            Some(cohort) => cohort,
            None => Cohort { day, as_of: None, numbers: Numbers::default() },
        });
        if day.plus(1) == day {
            break;
        }
        day = day.plus(1);
    }
    Ok(days)
}

/// The sum over days.
pub(crate) fn total(days: &[Cohort]) -> Numbers {
    days.iter().fold(Numbers::default(), |sum, cohort| sum.plus(&cohort.numbers))
}
