//! The fold: many events, in any order and with repeats, become one knowledge of an order.
//!
//! Pure. Every field keeps the event that set it (time, rank, webhook id), so the last event by that key wins whenever it
//! arrives; an absent field keeps, `null` clears. What happened is kept as the earliest mark of its kind. Name and address
//! are handed in and out beside the fold and are never part of its JSON; whose event set them is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::event::{Change, EventKind, Mailbox, OrderEvent};
use super::model::{Address, Facts, Item, Personal, Refunded};
use super::moves::{Mark, Moves, Refunds, earlier};
use super::slot::{self, Key, Placed, Slot};
use crate::kernel::country::Country;
use crate::kernel::locale::Locale;
use crate::kernel::money::Currency;
use crate::kernel::time::Timestamp;
use crate::kernel::zone::Zone;
use crate::merchants::LegalBasis;
use crate::sign::webhook::Scheme;

/// What is known of an order's address, beside the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Standing {
    Given,
    Invalid,
}

/// How the weakest of the events was signed, from weak to strong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Weakest {
    V1,
    V1a,
}

/// What came with an event but is not in its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Its webhook id.
    pub webhook_id: String,
    /// When it arrived.
    pub received: Timestamp,
    /// How its signature was checked.
    pub checked: Scheme,
    /// When the person whose address it carries last asked to be erased, if they ever did.
    pub erased: Option<Timestamp>,
}

/// Everything the events of an order said, names and addresses excepted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fold {
    keys: Vec<Key>,
    /// The time of its earliest event.
    first: Option<i64>,
    #[serde(skip_serializing_if = "Slot::is_unset")]
    placed_at: Slot<i64>,
    #[serde(skip_serializing_if = "Slot::is_unset")]
    currency: Slot<String>,
    #[serde(skip_serializing_if = "Slot::is_unset")]
    total: Slot<i64>,
    #[serde(skip_serializing_if = "Slot::is_unset")]
    email: Slot<Standing>,
    #[serde(skip_serializing_if = "Slot::is_unset")]
    name: Slot<bool>,
    #[serde(skip_serializing_if = "Slot::is_unset")]
    locale: Slot<String>,
    #[serde(skip_serializing_if = "Slot::is_unset")]
    country: Slot<String>,
    #[serde(skip_serializing_if = "Slot::is_unset")]
    zone: Slot<String>,
    #[serde(skip_serializing_if = "Slot::is_unset")]
    legal_basis: Slot<LegalBasis>,
    #[serde(skip_serializing_if = "Slot::is_unset")]
    tags: Slot<Vec<String>>,
    #[serde(skip_serializing_if = "Slot::is_unset")]
    lines: Slot<Vec<Item>>,
    /// Lines known only from what moved, while no event told the whole order.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    parts: BTreeMap<String, Slot<Item>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<Mark>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paid: Option<Mark>,
    #[serde(skip_serializing_if = "Moves::is_empty")]
    shipped: Moves,
    #[serde(skip_serializing_if = "Moves::is_empty")]
    delivered: Moves,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled: Option<Mark>,
    /// When its person last asked to be erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    erased: Option<i64>,
    #[serde(skip_serializing_if = "Refunds::is_empty")]
    refunds: Refunds,
    #[serde(skip_serializing_if = "Option::is_none")]
    checked: Option<Weakest>,
}

impl Fold {
    /// Takes one event in. Events may come in any order and more than once: the result is the same.
    pub fn apply(&mut self, event: &OrderEvent, stamp: &Stamp, personal: &mut Personal) {
        let key = Key { at: event.at.millis(), rank: event.kind.rank(), id: stamp.webhook_id.clone() };
        let mut keys = std::mem::take(&mut self.keys);
        let by = slot::admit(&mut keys, key, &mut self.slots());
        self.take_fields(by, event);
        self.take_personal(by, event, personal);
        self.take_lines(by, event);
        slot::prune(&mut keys, &mut self.slots());
        self.keys = keys;
        self.happened(event, Mark(event.at.millis(), stamp.received.millis()));
        if matches!(event.email, Change::Set(Mailbox::Valid(_))) {
            self.erased = self.erased.max(stamp.erased.map(Timestamp::millis));
        }
        self.drop_erased(personal);
        let checked = if stamp.checked == Scheme::V1 { Weakest::V1 } else { Weakest::V1a };
        self.checked = Some(self.checked.map_or(checked, |held| held.min(checked)));
    }

    /// The order's person asked to be erased at `at`. An order that began no later keeps no name or address from then on,
    /// whatever its events say; one that began later is a new purchase.
    pub fn erase(&mut self, at: Timestamp, personal: &mut Personal) {
        self.erased = self.erased.max(Some(at.millis()));
        self.drop_erased(personal);
    }

    /// Whether its person asked to be erased after it began.
    pub fn is_erased(&self) -> bool {
        matches!((self.first, self.erased), (Some(first), Some(erased)) if first <= erased)
    }

    /// What is known of the address. `kept`: whether its ciphertext still stands.
    pub fn address(&self, kept: bool) -> Address {
        match self.email.get() {
            _ if self.is_erased() => Address::Erased,
            Some(Standing::Given) if kept => Address::Given,
            Some(Standing::Given) => Address::Gone,
            Some(Standing::Invalid) => Address::Invalid,
            None => Address::Missing,
        }
    }

    /// What is known of the order itself.
    pub fn facts(&self) -> Facts {
        let lines = self.lines();
        let ids: Vec<&str> = lines.iter().map(|item| item.line.as_str()).collect();
        Facts {
            placed_at: self.placed_at.get().copied().or(self.created.map(|mark| mark.0)).map(Timestamp::from_millis),
            currency: self.currency.get().and_then(|text| Currency::parse(text).ok()),
            total: self.total(),
            tags: self.tags.get().cloned().unwrap_or_default(),
            locale: self.locale(),
            country: self.country(),
            zone: self.zone(),
            legal_basis: self.legal_basis(),
            paid_at: self.paid.map(time),
            fulfilled_at: self.shipped.complete(&ids).map(time),
            delivered_at: self.delivered.complete(&ids).map(time),
            cancelled_at: self.cancelled.map(time),
            refund: self.refunds.of(&lines),
            checked: if self.checked == Some(Weakest::V1a) { Scheme::V1a } else { Scheme::V1 },
            items: lines.into_iter().cloned().collect(),
        }
    }

    /// The order's lines, in the shop's order where it told the whole order.
    pub fn lines(&self) -> Vec<&Item> {
        match self.lines.get() {
            Some(lines) => lines.iter().collect(),
            None => self.parts.values().filter_map(Slot::get).collect(),
        }
    }

    /// Order total in minor units.
    pub fn total(&self) -> Option<i64> {
        self.total.get().copied()
    }

    /// The customer's locale, where it was given and known.
    pub fn locale(&self) -> Option<Locale> {
        self.locale.get().and_then(|text| Locale::parse(text).ok())
    }

    /// Where the customer is.
    pub fn country(&self) -> Option<Country> {
        self.country.get().and_then(|text| Country::parse(text).ok())
    }

    /// The customer's clock, as the shop gave it.
    pub fn zone(&self) -> Option<Zone> {
        self.zone.get().and_then(|text| Zone::parse(text).ok())
    }

    /// The customer's clock: as given, else that of their country's capital.
    pub fn clock(&self) -> Option<Zone> {
        self.zone().or_else(|| self.country().and_then(Zone::of_country))
    }

    /// The basis that the order itself carries.
    pub fn legal_basis(&self) -> Option<LegalBasis> {
        self.legal_basis.get().copied()
    }

    /// Whether it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.is_some()
    }

    /// How much was given back.
    pub fn refunded(&self) -> Refunded {
        self.refunds.of(&self.lines())
    }

    /// Since when there is no purchase any more, by the shop's clock: cancelled or wholly refunded, whichever came first.
    pub fn undone_at(&self) -> Option<Timestamp> {
        let cancelled = self.cancelled.map(|mark| mark.0);
        let times = cancelled.into_iter().chain(self.refunds.whole_at(&self.lines()));
        times.min().map(Timestamp::from_millis)
    }

    /// The earliest mark of each of the four steps, for the decision about the trigger.
    pub(super) fn steps(&self) -> Steps<'_> {
        Steps { created: self.created, paid: self.paid, shipped: &self.shipped, delivered: &self.delivered }
    }

    fn take_fields(&mut self, by: slot::Place, event: &OrderEvent) {
        self.placed_at.take(by, event.placed_at.as_ref().map(|at| at.millis()));
        self.currency.take(by, event.currency.as_ref().map(|currency| currency.as_str().to_owned()));
        self.total.take(by, event.total.clone());
        self.locale.take(by, event.locale.as_ref().map(|locale| locale.as_str().to_owned()));
        self.country.take(by, event.country.as_ref().map(|country| country.as_str().to_owned()));
        self.zone.take(by, event.zone.as_ref().map(|zone| zone.name().to_owned()));
        self.legal_basis.take(by, event.legal_basis.clone());
        self.tags.take(by, event.tags.clone());
    }

    fn take_personal(&mut self, by: slot::Place, event: &OrderEvent, personal: &mut Personal) {
        let standing = event.email.as_ref().map(|mailbox| match mailbox {
            Mailbox::Valid(_) => Standing::Given,
            Mailbox::Invalid => Standing::Invalid,
        });
        if self.email.take(by, standing) {
            personal.email = match &event.email {
                Change::Set(Mailbox::Valid(email)) => Some(email.clone()),
                _ => None,
            };
        }
        if self.name.take(by, event.name.as_ref().map(|_| true)) {
            personal.name = event.name.clone().set();
        }
    }

    fn drop_erased(&self, personal: &mut Personal) {
        if self.is_erased() {
            *personal = Personal::default();
        }
    }

    fn take_lines(&mut self, by: slot::Place, event: &OrderEvent) {
        let Some(items) = &event.items else { return };
        if event.kind.names_moved_lines() {
            if self.lines.is_unset() {
                for item in items {
                    self.parts.entry(item.line.clone()).or_default().take(by, Change::Set(item.clone()));
                }
            }
        } else if !matches!(event.kind, EventKind::Refunded | EventKind::Cancelled) {
            self.lines.take(by, Change::Set(items.clone()));
            self.parts.clear();
        }
    }

    fn happened(&mut self, event: &OrderEvent, mark: Mark) {
        self.first = Some(self.first.map_or(mark.0, |first| first.min(mark.0)));
        match event.kind {
            EventKind::Created => self.created = earlier(self.created, Some(mark)),
            EventKind::Paid => self.paid = earlier(self.paid, Some(mark)),
            EventKind::Fulfilled => moved(&mut self.shipped, event, mark),
            EventKind::Delivered => moved(&mut self.delivered, event, mark),
            EventKind::Updated => {}
            EventKind::Refunded => drop(event.refund.as_ref().map(|scope| self.refunds.note(scope, mark))),
            EventKind::Cancelled => self.cancelled = earlier(self.cancelled, Some(mark)),
        }
    }

    fn slots(&mut self) -> Vec<&mut dyn Placed> {
        let mut slots: Vec<&mut dyn Placed> = vec![
            &mut self.placed_at,
            &mut self.currency,
            &mut self.total,
            &mut self.email,
            &mut self.name,
            &mut self.locale,
            &mut self.country,
            &mut self.zone,
            &mut self.legal_basis,
            &mut self.tags,
            &mut self.lines,
        ];
        slots.extend(self.parts.values_mut().map(|slot| -> &mut dyn Placed { slot }));
        slots
    }
}

/// What happened to an order, for the decision about the trigger.
pub(super) struct Steps<'a> {
    pub(super) created: Option<Mark>,
    pub(super) paid: Option<Mark>,
    pub(super) shipped: &'a Moves,
    pub(super) delivered: &'a Moves,
}

fn moved(moves: &mut Moves, event: &OrderEvent, mark: Mark) {
    match &event.items {
        Some(items) if !items.is_empty() => items.iter().for_each(|item| moves.note_line(&item.line, mark)),
        _ => moves.note_all(mark),
    }
}

fn time(mark: Mark) -> Timestamp {
    Timestamp::from_millis(mark.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::decide::{ended, readiness};
    use super::super::event::RefundScope;
    use super::*;
    use crate::kernel::email::EmailAddress;
    use crate::kernel::order_number::OrderNumber;
    use crate::merchants::Trigger;

    /// What happened on the wire: an event, or the customer's request to be erased.
    #[derive(Clone, Debug)]
    enum Wire {
        Event(Box<OrderEvent>, Stamp),
        Erased(Timestamp),
    }

    fn items(lines: &[u8]) -> Vec<Item> {
        let item = |n: &u8| Item {
            line: n.to_string(),
            sku: None,
            gtin: None,
            mpn: None,
            brand: None,
            name: Some(format!("thing {n}")),
            category: None,
            url: None,
            image: None,
            quantity: i64::from(*n % 3),
            price: None,
        };
        lines.iter().map(item).collect()
    }

    fn change<T: Clone + std::fmt::Debug + 'static>(
        value: impl Strategy<Value = T> + 'static,
    ) -> BoxedStrategy<Change<T>> {
        prop_oneof![Just(Change::Keep), Just(Change::Clear), value.prop_map(Change::Set)].boxed()
    }

    prop_compose! {
        fn event(n: usize)(
            kind in prop::sample::select(EventKind::ALL.to_vec()),
            at in 1_i64..6,
            total in change(0_i64..3),
            name in change("[ab]"),
            mailbox in change(prop_oneof![Just(Mailbox::Invalid), Just(Mailbox::Valid(EmailAddress::parse("ada@example.com").unwrap()))]),
            lines in prop::option::of(prop::sample::subsequence(vec![1_u8, 2, 4, 5], 0..4)),
            refund in prop_oneof![
                Just(RefundScope::All),
                prop::collection::vec((prop_oneof!["1", "2"], prop::option::of(0_i64..3)), 0..3).prop_map(|mut lines| {
                    lines.sort();
                    lines.dedup_by(|a, b| a.0 == b.0);
                    RefundScope::Lines(lines)
                }),
            ],
        ) -> Wire {
            let at = Timestamp::from_millis(at * crate::kernel::time::DAY);
            let mut event = OrderEvent::bare(kind, OrderNumber::parse("#1").unwrap(), at);
            event.total = total;
            event.name = name;
            event.email = mailbox;
            event.items = lines.map(|lines| items(&lines));
            event.refund = (kind == EventKind::Refunded).then_some(refund);
            let checked = if n.is_multiple_of(2) { Scheme::V1 } else { Scheme::V1a };
            Wire::Event(Box::new(event), Stamp { webhook_id: format!("msg_{n}"), received: at.plus_ms(7), checked, erased: None })
        }
    }

    fn wires() -> impl Strategy<Value = Vec<Wire>> {
        let erased = (1_i64..6).prop_map(|at| Wire::Erased(Timestamp::from_millis(at * crate::kernel::time::DAY)));
        let events = (event(0), event(1), event(2), event(3), event(4)).prop_map(|(a, b, c, d, e)| vec![a, b, c, d, e]);
        (events, prop::collection::vec(erased, 0..2)).prop_map(|(mut wires, erased)| {
            wires.extend(erased);
            wires
        })
    }

    /// What the intake does: marks of erasure are remembered for what comes later.
    fn run(wires: &[Wire]) -> (Fold, Personal) {
        let (mut fold, mut personal, mut mark, mut known) = (Fold::default(), Personal::default(), None, false);
        for wire in wires {
            match wire {
                Wire::Event(event, stamp) => {
                    known |= matches!(event.email, Change::Set(Mailbox::Valid(_)));
                    fold.apply(event, &Stamp { erased: mark, ..stamp.clone() }, &mut personal);
                }
                Wire::Erased(at) => {
                    mark = mark.max(Some(*at));
                    if known {
                        fold.erase(*at, &mut personal);
                    }
                }
            }
        }
        (fold, personal)
    }

    /// A multiset of events with a permutation and repeats of it.
    fn shuffled() -> impl Strategy<Value = (Vec<Wire>, Vec<Wire>)> {
        (wires(), prop::collection::vec(any::<prop::sample::Index>(), 0..4)).prop_flat_map(|(wires, again)| {
            let mut more = wires.clone();
            more.extend(again.iter().map(|index| index.get(&wires).clone()));
            (Just(wires), Just(more).prop_shuffle())
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_order_of_arrival_gives_one_state((wires, shuffled) in shuffled()) {
            prop_assert_eq!(run(&wires), run(&shuffled));
        }

        #[test]
        fn cancelled_and_refunded_orders_are_never_asked_about((_, wires) in shuffled()) {
            let (fold, personal) = run(&wires);
            let over = wires.iter().any(|wire| matches!(wire, Wire::Event(event, _)
                if event.kind == EventKind::Cancelled || event.refund == Some(RefundScope::All)));
            for on in Trigger::ALL {
                let ready = readiness(&fold, *on, personal.email.is_some());
                prop_assert!(!over || (ended(&fold).is_some() && ready.blocked.is_some()));
                prop_assert_eq!(ready.blocked.is_none(), ended(&fold).is_none() && personal.email.is_some());
            }
        }

        #[test]
        fn a_fold_reads_back_as_it_was_written((wires, _) in shuffled()) {
            let (fold, _) = run(&wires);
            let text = serde_json::to_string(&fold).unwrap();
            prop_assert!(!text.contains("ada@") && !text.contains("\"a\""), "{}", text);
            prop_assert_eq!(serde_json::from_str::<Fold>(&text).unwrap(), fold);
        }
    }
}
