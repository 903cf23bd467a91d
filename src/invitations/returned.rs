//! A mail about an invitation that had left and came back: for good, for now, or as unwanted. What it means for the order; the person is
//! left alone by whoever brings the news.
//!
//! For good: nobody was asked, so the order failed. For now: it is still to be sent again, a few times; then the order failed. Somebody
//! who reviewed has got the mail, whatever a server says. A complaint moves nothing: the mail did arrive. A reminder and a fresh link
//! have the same patience, but move no order: the question itself had arrived. Where the order was turned to another address since, a mail to
//! the one before is counted, and moves nothing either.

use super::letter::Subject;
use super::model::{FRESH_LINK, INVITATION, REMINDER};
use super::{replan, store};
use crate::context::Context;
use crate::db::{self, Connection};
use crate::jobs;
use crate::kernel::id::{InvitationId, OrderId, ShopId};
use crate::kernel::time::{Timestamp, UtcDay};
use crate::mail::{
    self,
    returned::{Back, ReturnKind},
};
use crate::orders::{self, Actor, Move, Reason, State};

/// The order that an invitation asks about.
pub(super) fn order(conn: &mut Connection, subject: jobs::Subject) -> db::Result<Option<OrderId>> {
    Ok(store::by_id(conn, subject.id())?.map(|row| row.order_id))
}

/// Notes that a mail about an invitation came back for good, at once or later.
pub(super) fn bounced(tx: &mut Connection, subject: &Subject, at: Timestamp) -> db::Result<()> {
    let (shop, row) = (subject.shop.id, &subject.row);
    if store::mark_bounced(tx, shop, row.id, at)? { orders::touch(tx, shop, row.order_id) } else { Ok(()) }
}

/// The reminder came back. Says whether it is sent once more: not to somebody who wrote meanwhile, nor after the time to write.
pub(super) fn reminder(tx: &mut Connection, ctx: &Context, id: InvitationId, what: &Back) -> db::Result<bool> {
    let Some((subject, again)) = further(tx, ctx, (REMINDER, id), what)? else { return Ok(false) };
    let row = &subject.row;
    if row.sent_at.is_none() || row.reviewed_at.is_some() || row.submit_until <= again {
        return Ok(false);
    }
    store::mark_not_reminded(tx, subject.shop.id, id)?;
    keep(tx, ctx, &subject, again).map(|()| true)
}

/// A fresh link came back. Says whether it is sent once more: not where a later one was asked for since.
pub(super) fn fresh_link(tx: &mut Connection, ctx: &Context, id: InvitationId, what: &Back) -> db::Result<bool> {
    let Some((subject, again)) = further(tx, ctx, (FRESH_LINK, id), what)? else { return Ok(false) };
    let last = subject.row.fresh_link_at.is_some_and(|asked| asked <= what.sent_at);
    if !last || jobs::due_of(tx, FRESH_LINK, id.into())?.is_some() {
        return Ok(false);
    }
    // Where a review stands the address is kept with it.
    if subject.row.reviewed_at.is_some() {
        return Ok(true);
    }
    keep(tx, ctx, &subject, again).map(|()| true)
}

/// A mail after the invitation came back: with its subject and the time of the next attempt, where there is to be one.
fn further(
    tx: &mut Connection,
    ctx: &Context,
    (kind, id): (&str, InvitationId),
    what: &Back,
) -> db::Result<Option<(Subject, Timestamp)>> {
    let Some(subject) = Subject::hold(tx, ctx, id)? else { return Ok(None) };
    if what.returned.kind == ReturnKind::HardBounce {
        bounced(tx, &subject, what.returned.at)?;
    }
    let again = what.again.filter(|_| subject.row.is_current(kind, what.edition));
    Ok(again.map(|again| (subject, again)))
}

/// The orders of a cohort (a UTC day of first arrival) of whose invitation, reminder or fresh link one came back for good.
///
/// # Errors
/// The database's.
pub fn bounced_orders(conn: &mut Connection, shop: ShopId, day: UtcDay) -> db::Result<Vec<OrderId>> {
    store::marked(conn, shop, orders::cohort_bounds(day), store::Mark::Bounced)
}

/// The invitation itself came back. Says whether it is sent once more.
pub(super) fn invitation(tx: &mut Connection, ctx: &Context, id: InvitationId, what: &Back) -> db::Result<bool> {
    let Some(subject) = Subject::hold(tx, ctx, id)? else { return Ok(false) };
    if what.returned.kind == ReturnKind::HardBounce {
        bounced(tx, &subject, what.returned.at)?;
    }
    let current = subject.row.is_current(INVITATION, what.edition);
    if !current || subject.row.reviewed_at.is_some() || subject.row.dropped_at.is_some() {
        return Ok(false);
    }
    // What came back for good is over, whatever else is said of it.
    let over = matches!(subject.order.state, State::Failed(_, None));
    let at = what.returned.at;
    match (what.returned.kind, what.again) {
        (ReturnKind::Complaint, _) => Ok(false),
        (ReturnKind::SoftBounce, _) if over => Ok(false),
        (ReturnKind::HardBounce, _) => {
            mail::withdraw(tx, INVITATION, &[id.into()], Reason::HardBounce.code())?;
            ended(tx, ctx, &subject, (Reason::HardBounce, at)).map(|()| false)
        }
        (ReturnKind::SoftBounce, None) => ended(tx, ctx, &subject, (Reason::SoftBounces, at)).map(|()| false),
        (ReturnKind::SoftBounce, Some(again)) => {
            mail::withdraw(tx, REMINDER, &[id.into()], Reason::SoftBounces.code())?;
            store::mark_unsent(tx, subject.shop.id, id)?;
            turn(tx, &subject, State::Failed(Reason::SoftBounces, Some(again)), at)?;
            keep(tx, ctx, &subject, again).map(|()| true)
        }
    }
}

/// Nothing more is sent about this order, unless the shop has given it another address while the mail was under way.
fn ended(tx: &mut Connection, ctx: &Context, subject: &Subject, (why, at): (Reason, Timestamp)) -> db::Result<()> {
    mail::withdraw(tx, REMINDER, &[subject.row.id.into()], why.code())?;
    store::drop_many(tx, &[subject.row.id], at)?;
    let state = State::Failed(why, None);
    turn(tx, subject, state, at)?;
    keep(tx, ctx, subject, at)?;
    replan::after_return(tx, ctx, subject, (state, at))
}

fn turn(tx: &mut Connection, subject: &Subject, state: State, at: Timestamp) -> db::Result<()> {
    let how = Move { actor: Actor::Attesta, at, note: Some("The mail had left and came back.") };
    orders::move_to(tx, subject.shop.id, subject.order.id, state, &how)
}

fn keep(tx: &mut Connection, ctx: &Context, subject: &Subject, from: Timestamp) -> db::Result<()> {
    let until = from.plus_ms(ctx.config().contact_keep_ms());
    orders::keep_contact_until(tx, subject.shop.id, subject.order.id, Some(until))
}
