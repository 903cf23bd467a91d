//! The weekly mail: a shop's numbers of the last week (Monday to Sunday, UTC), to its own contact address.
//!
//! It goes out on Monday at eight on the shop's clock, to shops that have an e-mail address as their contact, do not say
//! otherwise (`weekly_mail`) and had an order in the last eight weeks; a shop's settings tell where it goes, or why it does
//! not ([`Shop::weekly_mail_to`]). [`tick`] notes the week and puts the mail into the
//! queue in one write, so that each week is written about once; what is said is read when the mail leaves. Its link ends
//! it without a key: a person confirms, or a mail program does with one click. A mailbox that does not exist and a complaint end
//! it too; the settings say so, and start it again, as does another contact address.

mod letter;
mod plot;
pub(crate) mod stop;
mod store;
#[cfg(test)]
mod tests;

pub(crate) use letter::WeeklyLetter;

use crate::context::Context;
use crate::db::{self, Connection};
use crate::jobs::{self, Subject};
use crate::kernel::time::{Timestamp, UtcDay};
use crate::mail;
use crate::merchants::{self, Shop};

use super::accounting::{self, Cohort};

/// Queue and outbox kind; the subject is the shop, the edition the number of the day after the week.
pub(crate) const WEEKLY_NUMBERS: &str = "weekly_numbers";

/// Why a mail that was held is sent no more where the next week's is due: a code.
const NEXT_WEEK: &str = "next_week";

/// When [`tick`] should run: every ten minutes.
pub(crate) const TICK: &str = "15 */10 * * * *";

/// Weeks in the mail's plot and its table.
const WEEKS: i64 = 8;
/// The hour of Monday at which it goes out, on the shop's clock.
const HOUR: u32 = 8;

/// The Monday on which a day's week began.
fn monday(day: UtcDay) -> UtcDay {
    // Day 0 was a Thursday.
    day.plus(-(day.number() + 3).rem_euclid(7))
}

/// The weeks before this Monday, oldest first, each its seven days.
fn weeks(conn: &mut Connection, shop: &Shop, monday: UtcDay) -> db::Result<Vec<Vec<Cohort>>> {
    let days = accounting::days(conn, shop.id, monday.plus(-7 * WEEKS), monday.plus(-1))?;
    Ok(days.chunks(7).map(<[Cohort]>::to_vec).collect())
}

/// Has the mails written that are due. Returns how many.
///
/// # Errors
/// The database's; the next tick tries again.
pub(crate) async fn tick(ctx: &Context) -> db::Result<usize> {
    let now = ctx.now();
    let due = ctx.db().read(move |conn| due(conn, now)).await?;
    if due.is_empty() {
        return Ok(0);
    }
    let week = monday(now.day());
    ctx.db()
        .write(move |tx| {
            let mut queued = 0;
            for shop in due {
                queued += usize::from(begin(tx, &shop, week, now)?);
            }
            Ok(queued)
        })
        .await
}

/// Has a shop's mail of this week written, once. One that still waits in the queue is not overtaken; one that is held until somebody lets go
/// is: its numbers are old.
fn begin(tx: &mut Connection, shop: &Shop, week: UtcDay, now: Timestamp) -> db::Result<bool> {
    let about = Subject::from(shop.id);
    let waits = jobs::due_of(tx, WEEKLY_NUMBERS, about)?.is_some();
    if waits || !store::begin_week(tx, shop.id, week)? {
        return Ok(false);
    }
    jobs::enqueue(tx, WEEKLY_NUMBERS, about, now)?;
    mail::call_off(tx, WEEKLY_NUMBERS, &[about], Some(NEXT_WEEK))?;
    Ok(true)
}

fn due(conn: &mut Connection, now: Timestamp) -> db::Result<Vec<Shop>> {
    let week = monday(now.day());
    let told = store::weeks_told(conn)?;
    let mut due = Vec::new();
    for shop in merchants::all(conn)? {
        let fresh = told.get(&shop.id).is_none_or(|last| *last < week);
        if fresh && shop.weekly_mail_to().is_ok() && now >= opening(&shop, week) && has_orders(conn, &shop, week)? {
            due.push(shop);
        }
    }
    Ok(due)
}

/// Eight o'clock of this Monday on the shop's clock.
fn opening(shop: &Shop, monday: UtcDay) -> Timestamp {
    let date = monday.start().utc().date_naive();
    date.and_hms_opt(HOUR, 0, 0).map_or(Timestamp::MAX, |local| shop.zone.instant(local))
}

fn has_orders(conn: &mut Connection, shop: &Shop, monday: UtcDay) -> db::Result<bool> {
    Ok(weeks(conn, shop, monday)?.iter().flatten().any(|cohort| cohort.numbers.orders > 0))
}
