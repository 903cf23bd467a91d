//! What can happen to the orders of two shops of one instance, and who the customers are. Facts only: what follows from a step is told by
//! the [`model`](super::model).

use proptest::prelude::*;
use serde_json::{Value, json};

/// Orders of a history.
pub(super) const ORDERS: usize = 12;
/// Shops of a history.
pub(super) const SHOPS: usize = 2;
/// From here on orders are the second shop's.
const OF_THE_SECOND: usize = 10;

pub(super) fn shop_of(order: usize) -> usize {
    usize::from(order >= OF_THE_SECOND)
}

/// Who ordered: the first two people came back, also to the other shop. Nobody, where there is no address to write to.
pub(super) fn person_of(order: usize) -> Option<usize> {
    [Some(0), Some(1), Some(0), None, Some(2), Some(0), Some(3), Some(1), None, Some(2), Some(0), Some(1)][order]
}

/// Of those without a person, some have an address that nobody can mean.
pub(super) fn has_nonsense(order: usize) -> bool {
    order == 8
}

pub(super) fn is_test(order: usize) -> bool {
    order == 5
}

/// The mailbox of this person does not exist.
pub(super) fn bounces_at_once(person: usize) -> bool {
    person == 3
}

/// Where nobody may be asked whose order does not carry the ground for it.
pub(super) fn is_german(order: usize) -> bool {
    order == 9
}

pub(super) fn total_of(order: usize) -> i64 {
    if order.is_multiple_of(2) { 4_990 } else { 1_990 }
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

/// What starts the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum On {
    Created,
    Shipped,
}

/// A shop's policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Terms {
    pub(super) on: On,
    pub(super) after_hours: i64,
    pub(super) cap_days: i64,
    pub(super) min_total: Option<i64>,
}

impl Default for Terms {
    fn default() -> Self {
        Self { on: On::Shipped, after_hours: 48, cap_days: 0, min_total: None }
    }
}

/// What changes of it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change {
    On(On),
    AfterHours(i64),
    CapDays(i64),
    MinTotal(Option<i64>),
}

impl Terms {
    pub(super) fn with(self, change: Change) -> Self {
        match change {
            Change::On(on) => Self { on, ..self },
            Change::AfterHours(after_hours) => Self { after_hours, ..self },
            Change::CapDays(cap_days) => Self { cap_days, ..self },
            Change::MinTotal(min_total) => Self { min_total, ..self },
        }
    }

    /// As the API takes it.
    pub(super) fn body(&self) -> Value {
        let on = if self.on == On::Created { "created" } else { "fulfilled" };
        let mut body = json!({ "invite_on": on, "invite_after": format!("{}h", self.after_hours) });
        body["cap_days"] = json!(self.cap_days);
        body["min_total"] = json!(self.min_total);
        body
    }
}

/// Something that happens. Orders and shops go by their number.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// An event about an order, about something so many hours ago.
    Event(usize, Kind, i64),
    /// The customer of an order asked its shop so many hours ago to be erased.
    Erase(usize, i64),
    /// The last event once more.
    Again,
    /// What is due leaves.
    Run,
    /// Its mail comes back: for good, or for now.
    Bounce(usize, bool),
    /// Its mail is called unwanted.
    Complain(usize),
    /// Its customer posts the form: whole, or without what is needed.
    Post(usize, bool),
    /// Its customer wants no more mail: of this shop, or of any.
    Leave(usize, bool),
    /// Its customer takes that back.
    Return(usize),
    /// Its customer wants to be asked in a week.
    Later(usize),
    /// The shop withdraws the question.
    Withdraw(usize),
    /// The shop asks so many days later.
    Postpone(usize, i64),
    /// The shop asks at once.
    Hasten(usize),
    /// A shop pauses, or goes on.
    Pause(usize, bool),
    /// The operator holds all mail of the instance, or lets it go.
    Hold(bool),
    /// A shop changes its policy.
    Policy(usize, Change),
    /// Time passes.
    Hours(i64),
}

impl Step {
    /// The order it is about; `None`: all of a shop, or all.
    pub(super) fn order(self) -> Option<usize> {
        match self {
            Self::Event(order, ..)
            | Self::Erase(order, _)
            | Self::Bounce(order, _)
            | Self::Complain(order)
            | Self::Post(order, _)
            | Self::Leave(order, _)
            | Self::Return(order)
            | Self::Later(order)
            | Self::Withdraw(order)
            | Self::Postpone(order, _)
            | Self::Hasten(order) => Some(order),
            Self::Again | Self::Run | Self::Pause(..) | Self::Hold(_) | Self::Policy(..) | Self::Hours(_) => None,
        }
    }

    /// Whether it may have moved an order: its own, one of the same customer, or whatever befalls all.
    pub(super) fn concerns(self, order: usize) -> bool {
        match (self.order(), self) {
            (Some(other), _) => other == order || person_of(order).is_some_and(|who| person_of(other) == Some(who)),
            (None, Self::Pause(shop, _) | Self::Policy(shop, _)) => shop == shop_of(order),
            (None, _) => true,
        }
    }
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        2 => prop_oneof![Just(On::Created), Just(On::Shipped)].prop_map(Change::On),
        3 => prop_oneof![Just(1_i64), Just(48), Just(200)].prop_map(Change::AfterHours),
        4 => prop_oneof![Just(0_i64), Just(2), Just(30)].prop_map(Change::CapDays),
        1 => prop_oneof![Just(None), Just(Some(3_000_i64))].prop_map(Change::MinTotal),
    ]
}

/// How many hours ago something was that is told now.
fn age() -> impl Strategy<Value = i64> {
    prop_oneof![6 => Just(0_i64), 5 => 1_i64..72, 1 => Just(80 * 24), 1 => Just(100 * 24)]
}

fn event() -> impl Strategy<Value = Step> {
    let kind = prop_oneof![
        2 => Just(Kind::Created),
        7 => Just(Kind::Shipped),
        1 => Just(Kind::Cancelled),
        1 => Just(Kind::Refunded),
        2 => (0_usize..2).prop_map(Kind::Returned),
    ];
    (0..ORDERS, kind, age()).prop_map(|(order, kind, hours)| Step::Event(order, kind, hours))
}

fn by_person() -> impl Strategy<Value = Step> {
    let order = || 0..ORDERS;
    prop_oneof![
        3 => (order(), any::<bool>()).prop_map(|(order, whole)| Step::Post(order, whole)),
        2 => (order(), any::<bool>()).prop_map(|(order, everywhere)| Step::Leave(order, everywhere)),
        2 => order().prop_map(Step::Return),
        3 => order().prop_map(Step::Later),
        4 => (order(), prop_oneof![1 => Just(true), 4 => Just(false)]).prop_map(|(order, hard)| Step::Bounce(order, hard)),
        1 => order().prop_map(Step::Complain),
    ]
}

fn by_shop() -> impl Strategy<Value = Step> {
    let order = || 0..ORDERS;
    prop_oneof![
        1 => order().prop_map(Step::Withdraw),
        3 => (order(), 1_i64..20).prop_map(|(order, days)| Step::Postpone(order, days)),
        1 => order().prop_map(Step::Hasten),
        3 => (0..SHOPS, any::<bool>()).prop_map(|(shop, on)| Step::Pause(shop, on)),
        4 => (0..SHOPS, change()).prop_map(|(shop, change)| Step::Policy(shop, change)),
    ]
}

/// Any step.
pub(super) fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        30 => event(),
        2 => (0..ORDERS, age()).prop_map(|(order, hours)| Step::Erase(order, hours)),
        1 => Just(Step::Again),
        8 => Just(Step::Run),
        15 => by_person(),
        9 => by_shop(),
        2 => any::<bool>().prop_map(Step::Hold),
        8 => prop_oneof![12 => 1_i64..60, 1 => Just(35 * 24_i64), 1 => Just(110 * 24)].prop_map(Step::Hours),
    ]
}
