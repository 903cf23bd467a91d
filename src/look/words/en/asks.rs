//! English: when a shop asks its customers.

use crate::look::words::glossary::{Asks, Counted};

pub(super) const ASKS: Asks = Asks {
    title: "When this shop asks",
    usual: "Usually",
    created: "the order",
    paid: "payment",
    fulfilled: "shipping",
    delivered: "delivery",
    at_once: "right after {on}",
    after: "{delay} after {on}",
    between: "only between {from}:00 and {to}:00",
    least: "only from a minimum order value on",
    remind: "one reminder {delay} later",
    any_hour: "at any hour",
    any_value: "whatever the order value",
    no_reminder: "no reminder",
    cap: Counted { one: "The same person at most once a day.", many: "The same person at most once in {n} days." },
};
