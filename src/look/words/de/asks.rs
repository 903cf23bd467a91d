//! German: when a shop asks its customers.

use crate::look::words::glossary::{Asks, Counted};

pub(super) const ASKS: Asks = Asks {
    title: "Wann dieser Shop fragt",
    usual: "In der Regel",
    created: "der Bestellung",
    paid: "der Zahlung",
    fulfilled: "dem Versand",
    delivered: "der Lieferung",
    at_once: "gleich nach {on}",
    after: "{delay} nach {on}",
    between: "nur zwischen {from} und {to} Uhr",
    least: "nur ab einem Mindestbestellwert",
    remind: "eine Erinnerung, {delay} später",
    any_hour: "zu jeder Uhrzeit",
    any_value: "unabhängig vom Bestellwert",
    no_reminder: "keine Erinnerung",
    cap: Counted {
        one: "Dieselbe Person höchstens einmal am Tag.",
        many: "Dieselbe Person höchstens einmal in {n} Tagen.",
    },
};
