//! What must become of orders, as the documentation says it, in the fewest words: a place per order and a handful of rules. Uses nothing
//! of the instance but its times.

use std::collections::BTreeMap;

use attesta::kernel::time::{DAY, HOUR, Timestamp};
use serde_json::{Value, json};

/// Orders of a history; each has a customer of its own.
pub(super) const ORDERS: usize = 8;
/// From shipping to the invitation.
pub(super) const DELAY_HOURS: u16 = 48;

pub(super) fn has_address(order: usize) -> bool {
    order != 3
}

pub(super) fn is_test(order: usize) -> bool {
    order == 5
}

pub(super) fn bounces_at_once(order: usize) -> bool {
    order == 6
}

/// What an event says.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Created,
    Shipped,
    Cancelled,
    /// All of it.
    Refunded,
    /// One of the two lines.
    Returned(usize),
}

/// Something that happens.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// An event about an order, about something so many hours ago.
    Event(usize, Kind, i64),
    /// The last event once more.
    Again,
    /// What is due leaves.
    Run,
    /// Its mail comes back: for good, or for now.
    Bounce(usize, bool),
    /// Its customer posts the form: whole, or without what is needed.
    Post(usize, bool),
    /// The shop pauses, or goes on.
    Pause(bool),
    /// Time passes.
    Hours(i64),
}

/// Where an order stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Place {
    #[default]
    Waiting,
    Scheduled(Timestamp),
    Held,
    Sent,
    Reviewed,
    Skipped(&'static str),
    Failed(&'static str, Option<Timestamp>),
}

impl Place {
    /// Something is still to be sent, at this time or when a pause ends.
    fn is_pending(self) -> bool {
        matches!(self, Self::Scheduled(_) | Self::Held | Self::Failed(_, Some(_)))
    }

    fn words(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Waiting => ("waiting", Some("not_triggered")),
            Self::Scheduled(_) => ("scheduled", None),
            Self::Held => ("held", Some("shop_paused")),
            Self::Sent => ("sent", None),
            Self::Reviewed => ("reviewed", None),
            Self::Skipped(why) => ("skipped", Some(why)),
            Self::Failed(why, _) => ("failed", Some(why)),
        }
    }
}

#[derive(Debug, Default)]
struct Order {
    /// The day of its first event.
    day: String,
    place: Place,
    /// The earliest news of each kind: when it happened. Of shipping also when that was heard.
    shipped: Option<(Timestamp, Timestamp)>,
    cancelled: Option<Timestamp>,
    refunded: Option<Timestamp>,
    returned: [Option<Timestamp>; 2],
    /// An event told its lines.
    listed: bool,
    /// For which shipping it is planned.
    planned: Option<Timestamp>,
    /// When its mail last left, and what came back of it since.
    left: Option<Timestamp>,
    told: Vec<bool>,
    /// How often it came back for now.
    soft: usize,
    asked: bool,
    bounced: bool,
    started: bool,
}

fn earliest<T: Ord + Copy>(held: &mut Option<T>, news: T) {
    *held = Some(held.map_or(news, |held| held.min(news)));
}

impl Order {
    /// Since when everything was given back.
    fn given_back(&self) -> Option<Timestamp> {
        let [first, second] = self.returned;
        let by_lines = first.zip(second).filter(|_| self.listed).map(|(a, b)| a.max(b));
        self.refunded.into_iter().chain(by_lines).min()
    }

    fn event(&mut self, kind: Kind, at: Timestamp, now: Timestamp) {
        self.listed |= matches!(kind, Kind::Created | Kind::Shipped);
        match kind {
            Kind::Created => {}
            Kind::Shipped => earliest(&mut self.shipped, (at, now)),
            Kind::Cancelled => earliest(&mut self.cancelled, at),
            Kind::Refunded => earliest(&mut self.refunded, at),
            Kind::Returned(line) => earliest(&mut self.returned[line], at),
        }
    }

    fn plan(&mut self, has_address: bool, now: Timestamp) {
        if matches!(self.place, Place::Sent | Place::Reviewed | Place::Failed(_, None)) {
            return;
        }
        self.place = match self.shipped {
            _ if self.cancelled.is_some() => Place::Skipped("order_cancelled"),
            _ if self.given_back().is_some() => Place::Skipped("order_refunded"),
            _ if !has_address => Place::Skipped("no_email"),
            None => Place::Waiting,
            Some((at, heard)) if heard.since(at) > 90 * DAY => Place::Skipped("too_old"),
            Some((at, _)) if self.place.is_pending() && self.planned == Some(at) => self.place,
            Some((at, _)) => {
                self.planned = Some(at);
                Place::Scheduled(at.plus_ms(i64::from(DELAY_HOURS) * HOUR).max(now))
            }
        };
    }

    fn run(&mut self, bounces: bool, paused: bool, now: Timestamp) {
        let (Place::Scheduled(due) | Place::Failed(_, Some(due))) = self.place else { return };
        if due > now {
            return;
        }
        if paused {
            self.place = Place::Held;
        } else if bounces {
            (self.place, self.bounced) = (Place::Failed("hard_bounce", None), true);
        } else {
            (self.place, self.asked, self.left) = (Place::Sent, true, Some(now));
            self.told.clear();
        }
    }

    /// Each piece of news counts once for every time the mail left, for 90 days.
    fn bounce(&mut self, for_good: bool, now: Timestamp) {
        let Some(left) = self.left.filter(|left| now.since(*left) <= 90 * DAY) else { return };
        if self.told.contains(&for_good) {
            return;
        }
        self.told.push(for_good);
        self.bounced |= for_good;
        self.soft += usize::from(!for_good);
        match self.place {
            Place::Reviewed | Place::Skipped(_) => {}
            _ if for_good => self.place = Place::Failed("hard_bounce", None),
            Place::Failed(_, None) => {}
            _ => {
                // A day later, then three, at its hour but not within half a day; then never.
                let days = [1, 3].get(self.soft - 1);
                let again = days.map(|days| {
                    let at = |n: i64| left.plus_ms((days + n) * DAY);
                    (0..).map(at).find(|at| at.since(now) >= 12 * HOUR).expect("a later day")
                });
                self.place = Place::Failed("soft_bounces", again);
            }
        }
    }

    fn post(&mut self, whole: bool) {
        if self.left.is_none() || self.place == Place::Reviewed {
            return;
        }
        if whole {
            self.place = Place::Reviewed;
        } else {
            self.started = true;
        }
    }

    /// Its trigger was reached while it was neither cancelled nor refunded, or its customer was asked.
    fn is_eligible(&self) -> bool {
        let stood = |at: Timestamp, end: Option<Timestamp>| end.is_none_or(|end| end >= at);
        let by_events = |at| stood(at, self.cancelled) && stood(at, self.given_back());
        self.asked || self.shipped.is_some_and(|(at, _)| by_events(at))
    }
}

/// A shop's orders.
#[derive(Debug, Default)]
pub(super) struct Model {
    orders: BTreeMap<usize, Order>,
    paused: bool,
}

impl Model {
    /// One step, at the time that the clock shows after it.
    pub(super) fn play(&mut self, step: Step, now: Timestamp) {
        match step {
            Step::Event(order, kind, hours) => {
                let fresh = || Order { day: now.day().to_string(), ..Order::default() };
                let known = self.orders.entry(order).or_insert_with(fresh);
                known.event(kind, now.minus_ms(hours * HOUR), now);
                known.plan(has_address(order), now);
            }
            Step::Run => self.run(now),
            Step::Pause(on) => {
                self.paused = on;
                for known in self.orders.values_mut().filter(|known| !on && known.place == Place::Held) {
                    known.place = Place::Scheduled(now);
                }
                self.run(now);
            }
            Step::Bounce(order, for_good) => {
                if let Some(known) = self.orders.get_mut(&order) {
                    known.bounce(for_good, now);
                }
            }
            Step::Post(order, whole) => {
                if let Some(known) = self.orders.get_mut(&order) {
                    known.post(whole);
                }
            }
            Step::Again | Step::Hours(_) => {}
        }
    }

    fn run(&mut self, now: Timestamp) {
        for (order, known) in &mut self.orders {
            known.run(bounces_at_once(*order), self.paused, now);
        }
    }

    /// The numbers of a day, or of all, as the API shows them; test orders are in none.
    pub(super) fn numbers(&self, day: Option<&str>) -> Value {
        let real =
            self.orders.iter().filter(|(order, known)| !is_test(**order) && day.is_none_or(|day| known.day == day));
        let orders: Vec<&Order> = real.map(|(_, known)| known).collect();
        let count = |counts: &dyn Fn(&Order) -> bool| orders.iter().filter(|order| counts(order)).count();
        let mut numbers = json!({
            "orders": orders.len(),
            "eligible": count(&Order::is_eligible),
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
}
