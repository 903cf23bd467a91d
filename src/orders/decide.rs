//! What the events of an order mean for asking about it: whether its clock runs, since when, and what ends it for good.
//!
//! Pure. Whether the policy then asks, and when the mail is due, is the business of invitations: this file says only what
//! follows from the order itself.

use super::fold::Fold;
use super::model::{Address, Refunded};
use super::moves::{Mark, earlier};
use super::reason::Reason;
use crate::kernel::time::Timestamp;
use crate::kernel::zone::Zone;
use crate::merchants::{Moment, Shop, Trigger};

/// How far an order is on its way to an invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// When the clock starts or started. In the future where parts are missing: 14 days after the first.
    pub reached_at: Option<Timestamp>,
    /// When the event that started it arrived here; age is judged against this once.
    pub heard_at: Option<Timestamp>,
    /// The clock runs only because the missing parts are not waited for any longer than 14 days.
    pub partly: bool,
    /// The customer's clock, as far as the order tells where they are; `None`: the shop's.
    pub zone: Option<Zone>,
    /// What ends it whatever the clock says: cancelled, refunded, erased, no address.
    pub blocked: Option<Reason>,
}

/// What the shop's policy says of an order: by the customer's country, else the shop's, and by the goods in it.
pub fn moment(shop: &Shop, fold: &Fold) -> Moment {
    if shop.policy.exceptions.is_empty() {
        return shop.policy.base();
    }
    let country = fold.country().or(shop.country);
    let lines = fold.lines();
    let categories: Vec<&str> = lines.iter().filter_map(|item| item.category.as_deref()).collect();
    shop.policy.moment(country.as_ref(), &categories)
}

/// What follows from `fold` for a shop that asks after `on`. `kept`: the address is still stored.
pub fn readiness(fold: &Fold, on: Trigger, kept: bool) -> Readiness {
    let clock = clock(fold, on);
    Readiness {
        reached_at: clock.map(|(mark, _)| Timestamp::from_millis(mark.0)),
        heard_at: clock.map(|(mark, _)| Timestamp::from_millis(mark.1)),
        partly: clock.is_some_and(|(_, partly)| partly),
        zone: fold.clock(),
        blocked: ended(fold).or_else(|| unreachable_by(fold.address(kept))),
    }
}

/// On whose clock days and hours of an order are read: the customer's, else the shop's.
pub fn zone(shop: &Shop, fold: &Fold) -> Zone {
    fold.clock().unwrap_or(shop.zone)
}

/// Whether it belongs to the public denominator: it is no test, and when its trigger was reached it was neither cancelled nor
/// wholly refunded. Whatever came later takes it out no more. Only the times count that the events are about, never the order
/// in which they arrived; of one moment, the trigger comes first, as in the fold. An order of which parts are missing has not
/// reached its trigger before the day at `now` on which they are not waited for any longer.
pub fn is_eligible(fold: &Fold, on: Trigger, test: bool, now: Timestamp) -> bool {
    let Some((Mark(at, _), partly)) = clock(fold, on).filter(|_| !test) else { return false };
    let reached = Timestamp::from_millis(at);
    (!partly || reached <= now) && fold.undone_at().is_none_or(|undone| undone >= reached)
}

/// What ended the purchase for good: cancelled, wholly refunded, or its customer erased.
pub fn ended(fold: &Fold) -> Option<Reason> {
    if fold.is_cancelled() {
        return Some(Reason::OrderCancelled);
    }
    if fold.refunded() == Refunded::Wholly {
        return Some(Reason::OrderRefunded);
    }
    (fold.address(true) == Address::Erased).then_some(Reason::CustomerErased)
}

fn unreachable_by(address: Address) -> Option<Reason> {
    match address {
        Address::Given => None,
        Address::Missing => Some(Reason::NoEmail),
        Address::Invalid => Some(Reason::InvalidEmail),
        Address::Erased => Some(Reason::CustomerErased),
        Address::Gone => Some(Reason::AddressGone),
    }
}

/// The first event whose rank is at least the policy's; for shipped and delivered goods, the one that completes the lines.
fn clock(fold: &Fold, on: Trigger) -> Option<(Mark, bool)> {
    let steps = fold.steps();
    let lines = fold.lines();
    let ids: Vec<&str> = lines.iter().map(|item| item.line.as_str()).collect();
    let any_part = || earlier(steps.shipped.first(), steps.delivered.first());
    let plain = |mark: Option<Mark>| mark.map(|mark| (mark, false));
    match on {
        Trigger::Created => plain(earlier(earlier(steps.created, steps.paid), any_part())),
        Trigger::Paid => plain(earlier(steps.paid, any_part())),
        Trigger::Fulfilled => steps.shipped.with(steps.delivered).clock(&ids),
        Trigger::Delivered => steps.delivered.clock(&ids),
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::{Change, EventKind, Mailbox, OrderEvent, RefundScope};
    use super::super::fold::Stamp;
    use super::super::model::{Item, Personal};
    use super::super::moves::PARTS_WAIT_MS;
    use super::*;
    use crate::kernel::email::EmailAddress;
    use crate::kernel::order_number::OrderNumber;
    use crate::sign::webhook::Scheme;

    fn event(kind: EventKind, at: i64) -> OrderEvent {
        let mut event = OrderEvent::bare(kind, OrderNumber::parse("#1").unwrap(), Timestamp::from_millis(at));
        event.email = Change::Set(Mailbox::Valid(EmailAddress::parse("ada@example.com").unwrap()));
        event
    }

    fn item(line: &str) -> Item {
        Item {
            line: line.to_owned(),
            sku: None,
            gtin: None,
            mpn: None,
            brand: None,
            name: None,
            category: None,
            url: None,
            image: None,
            quantity: 1,
            price: None,
        }
    }

    fn fold(events: &[OrderEvent]) -> Fold {
        let mut fold = Fold::default();
        for (n, event) in events.iter().enumerate() {
            let stamp = Stamp {
                webhook_id: format!("msg_{n}"),
                received: event.at.plus_ms(5),
                checked: Scheme::V1,
                erased: None,
            };
            fold.apply(event, &stamp, &mut Personal::default());
        }
        fold
    }

    #[test]
    fn the_trigger_is_the_first_event_of_at_least_its_rank() {
        let fold = fold(&[
            event(EventKind::Delivered, 9_000),
            event(EventKind::Created, 1_000),
            event(EventKind::Updated, 10_000),
        ]);
        for (on, at) in [
            (Trigger::Created, 1_000),
            (Trigger::Paid, 9_000),
            (Trigger::Fulfilled, 9_000),
            (Trigger::Delivered, 9_000),
        ] {
            let ready = readiness(&fold, on, true);
            assert_eq!((ready.reached_at, ready.blocked), (Some(Timestamp::from_millis(at)), None), "{on}");
            assert_eq!(ready.heard_at, Some(Timestamp::from_millis(at + 5)));
            let counts = |test| is_eligible(&fold, on, test, Timestamp::from_millis(at + 5));
            assert!(counts(false) && !counts(true));
        }
    }

    #[test]
    fn a_part_starts_the_clock_fourteen_days_later() {
        let mut created = event(EventKind::Created, 1_000);
        created.items = Some(vec![item("1"), item("2")]);
        let mut part = event(EventKind::Fulfilled, 2_000);
        part.items = Some(vec![item("2")]);
        let ready = readiness(&fold(&[part.clone(), created.clone()]), Trigger::Fulfilled, true);
        assert_eq!((ready.reached_at, ready.partly), (Some(Timestamp::from_millis(2_000 + PARTS_WAIT_MS)), true));
        let mut rest = event(EventKind::Delivered, 3_000);
        rest.items = Some(vec![item("1")]);
        let both = fold(&[part, created, rest]);
        let ready = readiness(&both, Trigger::Fulfilled, true);
        assert_eq!((ready.reached_at, ready.partly), (Some(Timestamp::from_millis(3_000)), false));
        assert!(readiness(&both, Trigger::Delivered, true).partly);
        let on_day = |day: i64| is_eligible(&both, Trigger::Delivered, false, Timestamp::from_millis(3_000 + day));
        assert!(!on_day(PARTS_WAIT_MS - 1) && on_day(PARTS_WAIT_MS), "when the missing part is waited for no longer");
        assert!(is_eligible(&both, Trigger::Fulfilled, false, Timestamp::from_millis(3_000)));
    }

    #[test]
    fn what_came_after_the_trigger_takes_nothing_out_whenever_it_arrived() {
        let counts = |events: &[OrderEvent], on| is_eligible(&fold(events), on, false, Timestamp::MAX);
        let (created, shipped) = (event(EventKind::Created, 1_000), event(EventKind::Fulfilled, 2_000));
        for kind in [EventKind::Cancelled, EventKind::Refunded] {
            for (at, after_shipping) in [(1_999, false), (2_000, true), (2_001, true)] {
                let end = event(kind, at);
                for events in [
                    [created.clone(), shipped.clone(), end.clone()],
                    [end.clone(), shipped.clone(), created.clone()],
                    [shipped.clone(), end.clone(), created.clone()],
                ] {
                    assert_eq!(counts(&events, Trigger::Fulfilled), after_shipping, "{kind:?} at {at}");
                    assert!(counts(&events, Trigger::Created), "placed before");
                }
            }
        }
        let mut part = event(EventKind::Refunded, 1_500);
        part.refund = Some(RefundScope::Lines(vec![("1".to_owned(), None)]));
        let mut whole = created.clone();
        whole.items = Some(vec![item("1"), item("2")]);
        assert!(counts(&[whole.clone(), part.clone(), shipped.clone()], Trigger::Fulfilled), "something was left");
        let mut rest = event(EventKind::Refunded, 1_600);
        rest.refund = Some(RefundScope::Lines(vec![("2".to_owned(), Some(1))]));
        assert!(!counts(&[rest.clone(), shipped.clone(), part.clone(), whole.clone()], Trigger::Fulfilled));
        rest.at = Timestamp::from_millis(2_500);
        assert!(counts(&[part, rest, shipped, whole], Trigger::Fulfilled), "the last piece came back later");
    }

    #[test]
    fn cancelled_refunded_and_unreachable_orders_are_blocked() {
        let fulfilled = event(EventKind::Fulfilled, 2_000);
        for (kind, reason) in
            [(EventKind::Cancelled, Reason::OrderCancelled), (EventKind::Refunded, Reason::OrderRefunded)]
        {
            let fold = fold(&[event(kind, 1_000), fulfilled.clone()]);
            assert_eq!(readiness(&fold, Trigger::Created, true).blocked, Some(reason));
            assert!(!is_eligible(&fold, Trigger::Created, false, Timestamp::MAX), "it was over before it began");
        }
        for (change, reason) in [
            (Change::Clear, Reason::NoEmail),
            (Change::Set(Mailbox::Invalid), Reason::InvalidEmail),
            (Change::Keep, Reason::NoEmail),
        ] {
            let mut event = fulfilled.clone();
            event.email = change;
            assert_eq!(readiness(&fold(&[event]), Trigger::Created, true).blocked, Some(reason));
        }
        assert_eq!(readiness(&fold(&[fulfilled]), Trigger::Created, false).blocked, Some(Reason::AddressGone));
    }
}
