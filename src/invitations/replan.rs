//! Planning again what waits, after a shop changed its policy, its basis or its pause. Page by page, so that a shop with many
//! orders never holds the writer for long; what was sent, skipped or failed for good is not touched. Of mails to one person that came too
//! close to each other the one due first stays. An order whose mail came back for good is planned again by itself. A mail that leaves
//! meanwhile has left: what is planned is held until it is stored.

use super::letter::Subject;
use super::model::INVITATION;
use super::plan::{PlanItem, Planned, Purge, plan_batch};
use super::{policy, store};
use crate::context::Context;
use crate::db::{self, Connection};
use crate::jobs;
use crate::kernel::id::{InvitationId, ShopId};
use crate::kernel::order_number::OrderNumber;
use crate::kernel::time::Timestamp;
use crate::mail;
use crate::merchants::{self, Shop};
use crate::orders::workbench::{self, Touched};
use crate::orders::{self, Actor, Move, Order, Reason, State, Unsent, decide};

/// Orders planned in one write.
const PAGE: i64 = 200;

/// Plans one page of a shop's waiting orders. Answers where the next page begins; `None` at the end.
pub(super) fn page(
    tx: &mut Connection,
    ctx: &Context,
    shop: ShopId,
    after: Option<&OrderNumber>,
) -> db::Result<Option<OrderNumber>> {
    let Some(shop) = merchants::load(tx, shop)? else { return Ok(None) };
    let now = ctx.now();
    let seen = orders::unsent(tx, shop.id, after, PAGE)?;
    let full = i64::try_from(seen.len()).is_ok_and(|count| count == PAGE);
    let last = seen.last().filter(|_| full).map(|last| last.order.number.clone());
    let mut unsent = hold(tx, shop.id, seen)?;
    // Of two orders that are too close to each other, the older one is asked about.
    unsent.sort_unstable_by_key(|unsent| unsent.order.id);
    let items: Vec<_> = unsent.iter().map(|unsent| item(&shop, unsent)).collect();
    let planned = plan_batch(tx, ctx, &items, now)?;
    for (unsent, planned) in unsent.iter().zip(planned) {
        apply(tx, &shop, unsent, planned, now)?;
    }
    Ok(last)
}

/// What of these still waits, held until the end of the transaction: what a worker, the intake or a customer does with it meanwhile is
/// done before, or comes after. In the order in which they take hold themselves, so that none waits for another in a circle.
fn hold(tx: &mut Connection, shop: ShopId, seen: Vec<Unsent>) -> db::Result<Vec<Unsent>> {
    let numbers = seen.iter().map(|one| (shop, one.order.number.as_str())).collect();
    workbench::lock(tx, &Touched { orders: numbers, ..Touched::default() })?;
    let keys: Vec<_> = seen.iter().map(|one| (shop, one.order.id)).collect();
    let asked: Vec<InvitationId> = store::of_orders(tx, &keys)?.into_iter().map(|row| row.id).collect();
    jobs::hold_many(tx, INVITATION, &asked.iter().map(|id| jobs::Subject::from(*id)).collect::<Vec<_>>())?;
    store::hold_all(tx, &asked)?;
    orders::hold_unsent(tx, shop, seen)
}

fn item<'a>(shop: &'a Shop, unsent: &'a Unsent) -> PlanItem<'a> {
    PlanItem { shop, order: &unsent.order, kept: unsent.kept, person: unsent.person, known: true }
}

fn apply(tx: &mut Connection, shop: &Shop, unsent: &Unsent, planned: Planned, now: Timestamp) -> db::Result<()> {
    let released = planned.state == State::Held(Reason::ShopPaused) && !shop.paused;
    let state = if released { release(tx, shop, unsent, now)?.unwrap_or(planned.state) } else { planned.state };
    if state != unsent.order.state {
        let how = Move { actor: Actor::Attesta, at: now, note: None };
        orders::move_to(tx, shop.id, unsent.order.id, state, &how)?;
    }
    reckon(tx, shop, &unsent.order, now)?;
    match planned.purge {
        Purge::Unchanged => Ok(()),
        Purge::NotYet => orders::keep_contact_until(tx, shop.id, unsent.order.id, None),
        // Waiting on is no news: only what ended starts the time after which the address goes.
        Purge::At(_) if state == unsent.order.state => Ok(()),
        Purge::At(until) => orders::keep_contact_until(tx, shop.id, unsent.order.id, Some(until)),
    }
}

/// Plans an order whose mail had left and came back for good: it may name somebody else since.
pub(super) fn after_return(
    tx: &mut Connection,
    ctx: &Context,
    subject: &Subject,
    (state, now): (State, Timestamp),
) -> db::Result<()> {
    let order = Order { state, ..subject.order.clone() };
    let unsent = Unsent { order, kept: subject.contact.is_some(), person: subject.person };
    let planned = plan_batch(tx, ctx, &[item(&subject.shop, &unsent)], now)?;
    planned.into_iter().try_for_each(|planned| apply(tx, &subject.shop, &unsent, planned, now))
}

/// Whether the order counts for coverage, by the policy that stands and the events known today.
pub(super) fn reckon(tx: &mut Connection, shop: &Shop, order: &Order, now: Timestamp) -> db::Result<()> {
    let on = decide::moment(shop, &order.fold).invite_on;
    let eligible = order.invited || decide::is_eligible(&order.fold, on, order.test, now);
    if eligible == order.eligible { Ok(()) } else { orders::set_eligible(tx, shop.id, order.id, eligible) }
}

/// What was held by a pause that is over goes out again, within the shop's hours.
fn release(tx: &mut Connection, shop: &Shop, unsent: &Unsent, now: Timestamp) -> db::Result<Option<State>> {
    let Some(row) = store::of_order(tx, shop.id, unsent.order.id)?.filter(super::model::Invitation::is_pending) else {
        return Ok(None);
    };
    let fold = &unsent.order.fold;
    let due = policy::within_hours(&decide::moment(shop, fold), decide::zone(shop, fold), now);
    mail::release_one(tx, INVITATION, jobs::Subject::from(row.id), due)?;
    Ok(Some(State::Scheduled(due)))
}
