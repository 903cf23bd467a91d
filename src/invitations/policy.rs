//! Whether an order is asked about, and when. Pure: one order's facts and one shop's policy in, one decision out.
//!
//! Nothing here looks at the expected sentiment, and nothing looks at other orders: suppressions and the cap per person are
//! looked up by [`plan`](super::plan) for those that this decision would ask. Choices that a reader may question:
//! - An order without a total passes the minimum: a shop that sends no amounts still asks every customer. Amounts are
//!   compared as they come, in minor units of the order's own currency, never converted.
//! - A recipient is in Germany when the order says so, or when it names no country and the shop is there; then the order
//!   itself must carry the legal basis.
//! - Age is judged once, by when the trigger arrived: waiting in a queue makes nobody too old. Nobody is asked after the
//!   time to submit is over, which in Italian tourism comes sooner.

use super::model::{SuppressionReason, TOO_OLD_MS, TOURISM_IT_MS};
use crate::kernel::country::Country;
use crate::kernel::time::{DAY, Timestamp};
use crate::kernel::zone::Zone;
use crate::merchants::{LegalBasis, Moment, Sector, Shop};
use crate::orders::Reason;
use crate::orders::decide::Readiness;

/// What the decision needs to know of an order.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// What follows from the order itself: its clock, and what ends it.
    pub(crate) ready: Readiness,
    /// What the shop's policy says of such an order.
    pub(crate) moment: Moment,
    /// The basis this order carries.
    pub(crate) legal_basis: Option<LegalBasis>,
    /// Where the customer is.
    pub(crate) country: Option<Country>,
    /// Order total in minor units.
    pub(crate) total: Option<i64>,
    /// What was postponed so far, in ms.
    pub(crate) postponed_ms: i64,
    /// Until when it was postponed.
    pub(crate) promised: Option<Timestamp>,
}

/// When an order is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    /// The event that started the clock.
    pub(crate) trigger_at: Timestamp,
    /// When the mail is due.
    pub(crate) due_at: Timestamp,
    /// Until when a review may be submitted.
    pub(crate) submit_until: Timestamp,
}

/// What follows from an order's facts alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// The clock has not started.
    Wait(Reason),
    /// Not asked, for this reason.
    Skip(Reason),
    /// Asked then, unless a suppression or the cap says otherwise.
    Ask(Ask),
}

/// Decides about one order under its shop's policy.
pub(crate) fn decide(shop: &Shop, case: &Case, submit_days: i64, now: Timestamp) -> Decision {
    if let Some(reason) = never(shop, case) {
        return Decision::Skip(reason);
    }
    let Some(trigger_at) = case.ready.reached_at else { return Decision::Wait(Reason::NotTriggered) };
    let heard_at = case.ready.heard_at.unwrap_or(now);
    let submit_until = trigger_at.plus_ms(submit_ms(shop, submit_days));
    if heard_at.since(trigger_at) > TOO_OLD_MS {
        return Decision::Skip(Reason::TooOld);
    }
    if submit_until <= now {
        return Decision::Skip(Reason::WindowClosed);
    }
    Decision::Ask(Ask { trigger_at, due_at: due(shop, case, trigger_at, now), submit_until })
}

/// What speaks against asking whatever the clock says.
pub(crate) fn never(shop: &Shop, case: &Case) -> Option<Reason> {
    if case.ready.blocked.is_some() {
        return case.ready.blocked;
    }
    if !has_basis(shop, case) {
        return Some(Reason::NoLegalBasis);
    }
    let below = matches!((case.moment.min_total, case.total), (Some(min), Some(total)) if total < min);
    below.then_some(Reason::BelowMinimum)
}

/// `max(trigger + delay + postponement, now)`, moved into the shop's hours on the customer's clock; never before what was promised to
/// whoever postponed it.
fn due(shop: &Shop, case: &Case, trigger_at: Timestamp, now: Timestamp) -> Timestamp {
    let zone = case.ready.zone.unwrap_or(shop.zone);
    let at = case.moment.invite_after.after(trigger_at, &zone).plus_ms(case.postponed_ms).max(now);
    within_hours(&case.moment, zone, case.promised.map_or(at, |promised| at.max(promised)))
}

/// When the one reminder is due of a mail that leaves at `asked_at`, on the customer's clock; `None`: none is wanted.
pub(crate) fn remind_at(moment: &Moment, zone: Zone, asked_at: Timestamp) -> Option<Timestamp> {
    Some(within_hours(moment, zone, moment.remind_after?.after(asked_at, &zone)))
}

/// The first moment from `at` on that lies in the shop's hours, on the customer's clock.
pub(crate) fn within_hours(moment: &Moment, zone: Zone, at: Timestamp) -> Timestamp {
    moment.hours.map_or(at, |(from, to)| zone.next_hour_window(at, from, to))
}

/// What speaks against a mail about an order whose own facts allow it: what the person said, or that the time to write is over.
pub(crate) fn objection(wish: Option<SuppressionReason>, submit_until: Timestamp, now: Timestamp) -> Option<Reason> {
    let closed = || (submit_until <= now).then_some(Reason::WindowClosed);
    wish.map(SuppressionReason::skips_with).or_else(closed)
}

/// Whether writing to this customer about this order has a ground.
fn has_basis(shop: &Shop, case: &Case) -> bool {
    let germany = case.country.as_ref().or(shop.country.as_ref()).is_some_and(|country| country.as_str() == "DE");
    let declared = if germany { None } else { Some(shop.legal_basis) };
    case.legal_basis.or(declared).is_some_and(|basis| basis != LegalBasis::None)
}

/// For how long after the trigger a review may be submitted, in ms.
pub(crate) fn submit_ms(shop: &Shop, submit_days: i64) -> i64 {
    let days = submit_days.saturating_mul(DAY);
    match shop.sector {
        Sector::General => days,
        Sector::TourismIt => days.min(TOURISM_IT_MS),
    }
}

/// Whether a mail at `at` would come within `cap_days` of another to the same person, sent or planned.
pub(crate) fn is_capped(cap_days: i64, at: Timestamp, others: impl Iterator<Item = Timestamp>) -> bool {
    let span = cap_days.saturating_mul(DAY);
    let mut others = others;
    others.any(|other| at.since(other).abs() < span)
}

#[cfg(test)]
mod tests;
