//! Leaving a person alone: the suppression itself, and the end of what was planned for them.
//!
//! Called by the unsubscribe page, by an outcome of the mail server, by erasure and by the operator. A suppression is a
//! hash with a reach and a reason, and outlives address, order and review. What is planned by the shop at hand ends in the
//! same transaction; other shops' mails meet the suppression when they are about to be sent.

use super::model::{Bearer, INVITATION, Invitation, REMINDER, Reach, Suppression, SuppressionReason};
use super::store;
use crate::db::{self, Connection};
use crate::jobs::Subject;
use crate::kernel::id::{InvitationId, OrderId, ShopId};
use crate::kernel::time::Timestamp;
use crate::keyring::PersonHash;
use crate::mail;
use crate::orders::{self, Actor, Move, Reason, State};

/// Writes the suppression and ends what this shop had planned for the person.
pub fn suppress(tx: &mut Connection, shop: ShopId, wish: &Suppression, actor: Actor) -> db::Result<()> {
    store::suppress(tx, wish)?;
    end_planned(tx, shop, &wish.person, &End { reason: wish.reason.skips_with(), actor, now: wish.at })
}

/// Whether this shop may write to this person; the reason when not.
pub fn is_suppressed(
    conn: &mut Connection,
    shop: ShopId,
    person: &PersonHash,
) -> db::Result<Option<SuppressionReason>> {
    store::suppression(conn, shop, person)
}

/// How an unsubscription ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsubscribed {
    /// No more invitations, reminders and notices.
    Done,
    /// Nothing is known of the person any more, so nothing can be sent to them either.
    NobodyLeft,
}

/// Whose mailbox a link stands in, as far as that is known: whom the mail went to, and whom the order names since, who may
/// have got a later one with the same link.
fn readers(conn: &mut Connection, bearer: &Bearer) -> db::Result<Vec<PersonHash>> {
    let asked = store::by_id(conn, bearer.invitation)?.and_then(|row| row.person);
    let named = orders::person(conn, bearer.shop_id, bearer.order_id)?;
    let mut readers: Vec<PersonHash> = asked.into_iter().chain(named).collect();
    readers.dedup();
    Ok(readers)
}

/// The reader of a mail wants no more of them, from this shop or from the whole instance. Twice is once.
pub fn unsubscribe(tx: &mut Connection, bearer: &Bearer, everywhere: bool, now: Timestamp) -> db::Result<Unsubscribed> {
    let readers = readers(tx, bearer)?;
    for person in &readers {
        let reach = if everywhere { Reach::Instance } else { Reach::Shop(bearer.shop_id) };
        let wish = Suppression { person: *person, reach, reason: SuppressionReason::Unsubscribed, at: now };
        suppress(tx, bearer.shop_id, &wish, Actor::Customer)?;
    }
    Ok(if readers.is_empty() { Unsubscribed::NobodyLeft } else { Unsubscribed::Done })
}

/// The reader takes their unsubscription back. Mails that were dropped stay dropped; later orders are asked about again.
pub fn resubscribe(tx: &mut Connection, bearer: &Bearer) -> db::Result<bool> {
    let mut lifted = false;
    for person in readers(tx, bearer)? {
        let here = store::lift(tx, &person, Reach::Shop(bearer.shop_id))?;
        let everywhere = store::lift(tx, &person, Reach::Instance)?;
        lifted = lifted || here || everywhere;
    }
    Ok(lifted)
}

/// What the reader of a mail gets no more, by their own word or for another reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stopped {
    /// From this shop, as they said.
    pub here: bool,
    /// From every shop of this instance, as they said.
    pub everywhere: bool,
    /// For a reason that they cannot take back: it bounced, was reported as spam, they asked to be erased, or the operator
    /// decided so.
    pub for_good: bool,
}

/// What is stopped for the reader of a mail.
pub fn stopped(conn: &mut Connection, bearer: &Bearer) -> db::Result<Stopped> {
    let mut stopped = Stopped::default();
    for person in readers(conn, bearer)? {
        for wish in store::suppressions_of(conn, &person)? {
            match (wish.reason, wish.reach) {
                (SuppressionReason::Unsubscribed, Reach::Instance) => stopped.everywhere = true,
                (SuppressionReason::Unsubscribed, Reach::Shop(shop)) => stopped.here |= shop == bearer.shop_id,
                (_, Reach::Instance) => stopped.for_good = true,
                (_, Reach::Shop(shop)) => stopped.for_good |= shop == bearer.shop_id,
            }
        }
    }
    Ok(stopped)
}

/// The customers of these orders are forgotten: nothing more is sent about them, and their invitations no longer say who was
/// asked. Called after the orders themselves forgot, which is where their state moved. A wish never to be asked again is a
/// suppression of its own.
pub fn forget(tx: &mut Connection, shop: ShopId, orders: &[OrderId], now: Timestamp) -> db::Result<()> {
    let keys: Vec<_> = orders.iter().map(|order| (shop, *order)).collect();
    let mut rows = store::of_orders(tx, &keys)?;
    rows.sort_unstable_by_key(|row| row.id);
    let ids: Vec<InvitationId> = rows.iter().map(|row| row.id).collect();
    take_out(tx, &ids, Reason::CustomerErased)?;
    store::drop_many(tx, &ids, now)?;
    forget_addressee(tx, shop, &ids)
}

/// The hash of whoever these invitations went to is taken off, whatever their orders say of it: where a shop gave an order
/// another address since, the order is another person's.
pub fn forget_addressee(tx: &mut Connection, shop: ShopId, ids: &[InvitationId]) -> db::Result<()> {
    for id in ids {
        store::forget_person(tx, shop, *id)?;
    }
    Ok(())
}

/// What the room knows of a person, for their own eyes.
#[derive(Clone, Debug)]
pub struct Personal {
    /// Every invitation to them.
    pub invitations: Vec<Invitation>,
    /// Every wish or fact that stops mail to them.
    pub suppressions: Vec<Suppression>,
}

/// Collects what the room knows of a person, in one shop or in all.
pub fn personal(conn: &mut Connection, shop: Option<ShopId>, person: &PersonHash) -> db::Result<Personal> {
    let invitations = store::of_person(conn, shop, person)?;
    let mut suppressions = store::suppressions_of(conn, person)?;
    if let Some(shop) = shop {
        suppressions.retain(|wish| wish.reach == Reach::Instance || wish.reach == Reach::Shop(shop));
    }
    Ok(Personal { invitations, suppressions })
}

/// Why what was planned ends.
struct End {
    reason: Reason,
    actor: Actor,
    now: Timestamp,
}

/// Drops the person's pending invitations of one shop and the reminders of those that were sent.
fn end_planned(tx: &mut Connection, shop: ShopId, person: &PersonHash, end: &End) -> db::Result<()> {
    let ids: Vec<InvitationId> = store::of_person(tx, Some(shop), person)?.iter().map(|row| row.id).collect();
    take_out(tx, &ids, end.reason)?;
    // Read again: a mail of theirs may have left until the jobs were held.
    let pending: Vec<Invitation> = store::hold_all(tx, &ids)?.into_iter().filter(Invitation::is_pending).collect();
    store::drop_many(tx, &pending.iter().map(|row| row.id).collect::<Vec<_>>(), end.now)?;
    for row in &pending {
        let how = Move { actor: end.actor, at: end.now, note: None };
        orders::move_to(tx, shop, row.order_id, State::Skipped(end.reason), &how)?;
    }
    Ok(())
}

/// Takes a pending invitation out of the queue. The caller moves the order.
pub(super) fn stop(tx: &mut Connection, row: &Invitation, (why, now): (Reason, Timestamp)) -> db::Result<()> {
    take_out(tx, &[row.id], why)?;
    store::drop_many(tx, &[row.id], now)
}

/// Nothing about these is to be sent any more, be it a mail or its reminder. Jobs are taken hold of before the rows they are about, as by
/// whoever stores that mails left: otherwise both would wait for each other.
fn take_out(tx: &mut Connection, ids: &[InvitationId], why: Reason) -> db::Result<()> {
    let subjects: Vec<Subject> = ids.iter().map(|id| Subject::from(*id)).collect();
    mail::withdraw(tx, INVITATION, &subjects, why.code())?;
    mail::withdraw(tx, REMINDER, &subjects, why.code())
}
