//! What must become of orders, as the documentation says it, in the fewest words: a place per order and a handful of rules. Uses nothing
//! of the instance but its times. Test orders are in none of its numbers, and nobody else notices them.

use std::collections::{BTreeMap, BTreeSet};

use attesta::kernel::time::{DAY, HOUR, Timestamp};
use serde_json::{Value, json};

use super::order::{News, Order, Place, Plan};
use super::steps::{SHOPS, Step, Terms, bounces_at_once, is_test, person_of, shop_of};

/// How far a shop may move a question in all.
const MOVED_AT_MOST: i64 = 30 * DAY;

/// Why mail is held: by its shop, by the operator.
const SHOP_PAUSED: &str = "shop_paused";
const INSTANCE_PAUSED: &str = "instance_paused";

/// Who writes no more to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    Shop(usize),
    Every,
}

/// Why, from light to grave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Why {
    Unsubscribed,
    Complained,
    Bounced,
}

impl Why {
    fn reason(self) -> &'static str {
        match self {
            Self::Unsubscribed => "unsubscribed",
            Self::Complained => "complained",
            Self::Bounced => "address_bounced",
        }
    }
}

#[derive(Debug, Default)]
struct Shop {
    terms: Terms,
    paused: bool,
}

/// Two shops and their orders.
#[derive(Debug, Default)]
pub(super) struct Model {
    orders: BTreeMap<usize, Order>,
    shops: [Shop; SHOPS],
    /// The operator holds all mail.
    held: bool,
    wishes: BTreeSet<(usize, Reach, Why)>,
    /// Who asked a shop to be erased, and when.
    erased: BTreeMap<(usize, usize), Timestamp>,
}

impl Model {
    /// One step, at the time that the clock shows after it.
    pub(super) fn play(&mut self, step: Step, now: Timestamp) {
        match step {
            Step::Event(order, ..) if is_test(order) => {}
            Step::Event(order, kind, hours) => {
                let nth = self.orders.len();
                let known = self.orders.entry(order).or_insert_with(|| Order::first_heard_of(nth, now));
                let erased = person_of(order).and_then(|who| self.erased.get(&(shop_of(order), who)));
                known.erased = known.erased.max(erased.copied());
                known.hear(kind, now.minus_ms(hours * HOUR), now);
                known.reckon(self.shops[shop_of(order)].terms.on);
                self.plan(order, now, &|_| true);
            }
            Step::Erase(order, hours) => self.erase(order, now.minus_ms(hours * HOUR)),
            Step::Run => self.run(now),
            Step::Pause(shop, on) => {
                self.run(now);
                let resumed = self.shops[shop].paused && !on;
                if self.shops[shop].paused != on {
                    self.shops[shop].paused = on;
                    self.plan_all(shop, resumed, now);
                }
                self.run(now);
            }
            Step::Hold(on) => {
                self.run(now);
                self.held = on;
                if !on {
                    self.let_go(now);
                }
                self.run(now);
            }
            Step::Policy(shop, change) => {
                self.run(now);
                let terms = self.shops[shop].terms.with(change);
                if terms != self.shops[shop].terms {
                    self.shops[shop].terms = terms;
                    self.plan_all(shop, false, now);
                }
                self.run(now);
            }
            Step::Bounce(..) | Step::Complain(_) | Step::Post(..) | Step::Leave(..) | Step::Return(_) => {
                self.hear_person(step, now);
            }
            Step::Later(order) => self.ask_later(order, now),
            Step::Withdraw(_) | Step::Postpone(..) | Step::Hasten(_) => self.obey_shop(step, now),
            Step::Again | Step::Hours(_) => {}
        }
    }

    /// Why this shop may not write to the customer of an order.
    fn wish(&self, order: usize) -> Option<&'static str> {
        let person = person_of(order)?;
        let reaches = |reach: Reach| reach == Reach::Every || reach == Reach::Shop(shop_of(order));
        let mine = self.wishes.iter().filter(|(who, reach, _)| *who == person && reaches(*reach));
        mine.map(|(.., why)| *why).max().map(Why::reason)
    }

    /// Other orders of the same customer in the same shop; whoever was forgotten is nobody's customer.
    fn others(&self, order: usize) -> impl Iterator<Item = (usize, &Order)> {
        let same = move |other: usize| shop_of(other) == shop_of(order) && person_of(other) == person_of(order);
        self.orders
            .iter()
            .map(|(n, known)| (*n, known))
            .filter(move |(n, other)| *n != order && same(*n) && !other.forgotten)
    }

    /// Whether a mail at this time comes too close to another of these, at the times that these count from.
    fn is_capped(&self, order: usize, at: Timestamp, from: &dyn Fn(usize, &Order) -> Option<Timestamp>) -> bool {
        let cap = self.shops[shop_of(order)].terms.cap_days * DAY;
        self.others(order).filter_map(|(n, other)| from(n, other)).any(|other| at.since(other).abs() < cap)
    }

    /// Plans an order; of others that wait, these are counted.
    fn plan(&mut self, order: usize, now: Timestamp, counted: &dyn Fn(usize) -> bool) {
        let (known, terms) = (&self.orders[&order], self.shops[shop_of(order)].terms);
        if matches!(known.place, Place::Sent | Place::Reviewed | Place::Failed(_, None)) {
            return;
        }
        let decided = known.decide(order, &terms, now).and_then(|plan| {
            // What is planned already stands back only for what is due before it.
            let due = known.plan.filter(|_| known.is_planned(&plan, now)).map_or(plan.due, |held| held.due);
            let later = |other: &Plan, nth: usize| known.place.is_pending() && (other.due, nth) > (due, known.nth);
            let from = |n: usize, other: &Order| {
                let waits = || other.plan.filter(|plan| other.may_leave(now) && counted(n) && !later(plan, other.nth));
                asked_at(other).or_else(|| waits().map(|plan| plan.due.max(now)))
            };
            let capped = || self.is_capped(order, plan.due, &from).then_some("frequency_cap");
            let dropped = || known.dropped_for_good();
            self.wish(order).or_else(dropped).or_else(capped).map_or(Ok(plan), |why| Err(Place::Skipped(why)))
        });
        let known = self.orders.get_mut(&order).expect("a known order");
        match decided {
            Err(place) => known.place = place,
            Ok(plan) if known.is_planned(&plan, now) => {}
            Ok(plan) => (known.plan, known.place) = (Some(plan), Place::Scheduled(plan.due)),
        }
    }

    /// Plans again whatever waits, after a change of the settings. What came too close to another is judged in [`turn`].
    fn plan_all(&mut self, shop: usize, resumed: bool, now: Timestamp) {
        let terms = self.shops[shop].terms;
        let waits = |(n, known): &(&usize, &Order)| shop_of(**n) == shop && known.place.is_planned_again();
        let mut waiting: Vec<_> = self.orders.iter().filter(waits).map(|(n, known)| (turn(known), *n)).collect();
        waiting.sort_unstable();
        let mut judged: BTreeSet<usize> =
            self.orders.keys().copied().filter(|n| !waiting.iter().any(|(_, other)| other == n)).collect();
        for (_, order) in waiting {
            self.plan(order, now, &|other| judged.contains(&other));
            judged.insert(order);
            let known = self.orders.get_mut(&order).expect("a known order");
            if resumed && known.place == Place::Held(SHOP_PAUSED) {
                known.place = Place::Scheduled(now);
            }
            known.reckon(terms.on);
        }
    }

    /// What the operator held is due at once.
    fn let_go(&mut self, now: Timestamp) {
        for known in self.orders.values_mut().filter(|known| known.place == Place::Held(INSTANCE_PAUSED)) {
            known.place = Place::Scheduled(now);
        }
    }

    /// What is due leaves, the earliest first, unless something speaks against it by now.
    fn run(&mut self, now: Timestamp) {
        let since = |known: &Order| known.plan.map(|plan| (plan.due, known.nth));
        let mut due: Vec<_> = self.orders.iter().filter(|(_, known)| known.is_due(now).is_some()).collect();
        due.sort_unstable_by_key(|(_, known)| since(known));
        for order in due.into_iter().map(|(n, _)| *n).collect::<Vec<_>>() {
            let shop = &self.shops[shop_of(order)];
            let (known, terms, paused) = (&self.orders[&order], shop.terms, shop.paused);
            // An earlier one of this run may have ended it.
            if known.is_due(now).is_none() {
                continue;
            }
            let closed = || (!known.is_open(now)).then_some("window_closed");
            // What is held or tried again goes before whatever became due after it.
            let before = |other: &Order| (other.may_leave(now) && since(other) < since(known)).then_some(now);
            let from = |_, other: &Order| asked_at(other).or_else(|| before(other));
            let capped = || self.is_capped(order, now, &from).then_some("frequency_cap");
            let never = || known.never(order, &terms);
            let why = never().or_else(|| self.wish(order)).or_else(closed).or_else(capped);
            let gone = person_of(order).filter(|who| bounces_at_once(*who));
            let known = self.orders.get_mut(&order).expect("a known order");
            match (why, gone) {
                (Some(why), _) => {
                    known.place = Place::Skipped(why);
                    known.reckon(terms.on);
                }
                (None, _) if paused => known.place = Place::Held(SHOP_PAUSED),
                (None, _) if self.held => known.place = Place::Held(INSTANCE_PAUSED),
                (None, Some(_)) => {
                    (known.place, known.bounced) = (Place::Failed("hard_bounce", None), true);
                    self.leave_alone(order, Reach::Every, Why::Bounced);
                }
                (None, None) => known.leave(now),
            }
        }
    }

    /// The customer of an order is left alone: what its shop had planned for them ends.
    fn leave_alone(&mut self, order: usize, reach: Reach, why: Why) {
        let Some(person) = person_of(order) else { return };
        self.wishes.insert((person, reach, why));
        for (n, known) in &mut self.orders {
            if shop_of(*n) == shop_of(order) && person_of(*n) == Some(person) && known.place.is_pending() {
                known.place = Place::Skipped(why.reason());
            }
        }
    }

    /// The customer of an order asked its shop to be erased.
    fn erase(&mut self, order: usize, at: Timestamp) {
        let (shop, Some(person)) = (shop_of(order), person_of(order)) else { return };
        let mark = self.erased.entry((shop, person)).or_insert(at);
        *mark = at.max(*mark);
        let theirs = |n: usize| shop_of(n) == shop && person_of(n) == Some(person);
        self.orders.iter_mut().filter(|(n, _)| theirs(**n)).for_each(|(_, known)| known.erase(at));
    }

    /// What comes of the mail of an order; nothing where none left.
    fn hear_person(&mut self, step: Step, now: Timestamp) {
        let Some(order) = step.order() else { return };
        let Some(known) = self.orders.get_mut(&order).filter(|known| known.left.is_some()) else { return };
        let here = Reach::Shop(shop_of(order));
        match step {
            Step::Bounce(_, true) if known.is_new(News::ForGood, now) => {
                known.come_back(true, now);
                self.leave_alone(order, Reach::Every, Why::Bounced);
            }
            Step::Bounce(_, false) if known.is_new(News::ForNow, now) => known.come_back(false, now),
            Step::Complain(_) if known.is_new(News::Unwanted, now) => self.leave_alone(order, here, Why::Complained),
            Step::Post(_, whole) => known.post(whole, now),
            Step::Leave(_, everywhere) => {
                self.leave_alone(order, if everywhere { Reach::Every } else { here }, Why::Unsubscribed);
            }
            Step::Return(_) => {
                let back = |reach: Reach| reach == here || reach == Reach::Every;
                let mine = |who: usize| person_of(order) == Some(who);
                self.wishes.retain(|(who, reach, why)| !(mine(*who) && back(*reach) && *why == Why::Unsubscribed));
            }
            _ => {}
        }
    }

    /// Once, while something can still be sent, and in time.
    fn ask_later(&mut self, order: usize, now: Timestamp) {
        let wish = self.wish(order);
        let Some(known) = self.orders.get_mut(&order).filter(|known| known.left.is_some()) else { return };
        let due = now.plus_ms(7 * DAY);
        let over = matches!(known.place, Place::Reviewed | Place::Skipped(_) | Place::Waiting);
        let in_time = known.plan.is_some_and(|plan| due < plan.until);
        if known.deferred || over || known.ended().is_some() || wish.is_some() || !in_time {
            return;
        }
        known.deferred = true;
        if known.place.is_pending() {
            known.move_to(due);
        }
    }

    /// The shop's hand moves only what is still to be sent.
    fn obey_shop(&mut self, step: Step, now: Timestamp) {
        let Some(known) = step.order().and_then(|order| self.orders.get_mut(&order)) else { return };
        match (step, known.plan) {
            (Step::Withdraw(_), _) if known.place.is_pending() || known.place == Place::Waiting => {
                (known.withdrawn, known.place) = (true, Place::Skipped("cancelled_by_shop"));
            }
            (Step::Postpone(_, days), Some(plan)) if known.place.is_pending() => {
                let due = plan.due.max(now).plus_ms(days * DAY);
                let last = plan.due.minus_ms(known.moved).plus_ms(MOVED_AT_MOST);
                if due <= last && due < plan.until {
                    known.postponed += 1;
                    known.move_to(due);
                }
            }
            (Step::Hasten(_), Some(plan)) if known.place.is_pending() && !known.is_leaving(now) => {
                known.hastened = true;
                (known.plan, known.place) = (Some(Plan { due: now, ..plan }), Place::Scheduled(now));
            }
            _ => {}
        }
    }

    /// How many questions about an order are still to be sent.
    pub(super) fn to_come(&self, order: usize) -> Option<usize> {
        let known = self.orders.get(&order).filter(|_| !is_test(order))?;
        Some(usize::from(known.place.is_pending()))
    }

    /// Where an order stands, and whether it counts.
    pub(super) fn stand(&self, order: usize) -> Option<(&'static str, Option<&'static str>, bool)> {
        let known = self.orders.get(&order).filter(|_| !is_test(order))?;
        let (state, why) = known.place.words();
        Some((state, why, known.eligible))
    }

    /// The days on which orders came, the first and the last of each stretch that the API tells at once.
    pub(super) fn days(&self) -> Vec<(&str, &str)> {
        let days: BTreeSet<&str> = self.orders.values().map(|known| known.day.as_str()).collect();
        let start = |day: &str| Timestamp::parse(&format!("{day}T00:00:00.000Z")).expect("a day");
        let mut stretches: Vec<(&str, &str)> = Vec::new();
        for day in days {
            match stretches.last_mut() {
                Some((first, last)) if start(day).since(start(first)) < 366 * DAY => *last = day,
                _ => stretches.push((day, day)),
            }
        }
        stretches
    }

    /// The orders of a shop and a day.
    pub(super) fn of_day(&self, shop: usize, day: &str) -> Vec<usize> {
        self.orders.iter().filter(|(n, known)| shop_of(**n) == shop && known.day == day).map(|(n, _)| *n).collect()
    }

    /// The numbers of a shop on a day, or on all, as the API shows them.
    pub(super) fn numbers(&self, shop: usize, day: Option<&str>) -> Value {
        let mine = |(n, known): &(&usize, &Order)| shop_of(**n) == shop && day.is_none_or(|day| known.day == day);
        let orders: Vec<&Order> = self.orders.iter().filter(mine).map(|(_, known)| known).collect();
        let count = |counts: &dyn Fn(&Order) -> bool| orders.iter().filter(|order| counts(order)).count();
        let mut numbers = json!({
            "orders": orders.len(),
            "eligible": count(&|order| order.eligible),
            "invited": count(&|order| order.asked),
            "bounced": count(&|order| order.bounced),
            "form_started": count(&|order| order.started),
            "reasons": { "waiting": {}, "held": {}, "skipped": {}, "failed": {} },
        });
        for state in ["waiting", "scheduled", "held", "sent", "reviewed", "skipped", "failed"] {
            numbers[state] = json!(count(&|order| order.place.words().0 == state));
        }
        for order in &orders {
            if let (state, Some(why)) = order.place.words() {
                let n = numbers["reasons"][state][why].as_u64().unwrap_or(0);
                numbers["reasons"][state][why] = json!(n + 1);
            }
        }
        numbers
    }

    /// How often the shop's hand was in: withdrawn, postponed, hastened.
    pub(super) fn hands(&self, shop: usize) -> [usize; 3] {
        let mine = || self.orders.iter().filter(|(n, _)| shop_of(**n) == shop).map(|(_, known)| known);
        let postponed = mine().map(|known| known.postponed).sum();
        [mine().filter(|known| known.withdrawn).count(), postponed, mine().filter(|known| known.hastened).count()]
    }
}

/// Since when somebody was asked, as the cap counts: since the mail left, and where it came back, since they wrote all the same.
fn asked_at(order: &Order) -> Option<Timestamp> {
    match order.place {
        Place::Reviewed if order.again => order.wrote,
        Place::Sent | Place::Reviewed | Place::Failed(_, None) => order.left,
        _ => None,
    }
}

/// Who is planned first: what is planned already, and of that the earlier; else the older order.
fn turn(order: &Order) -> (bool, Option<Timestamp>, usize) {
    let standing = order.plan.filter(|_| order.place.is_pending());
    (standing.is_none(), standing.map(|plan| plan.due), order.nth)
}
