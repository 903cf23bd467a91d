//! Spanish: when a shop asks its customers.

use crate::look::words::glossary::{Asks, Counted};

pub(super) const ASKS: Asks = Asks {
    title: "Cuándo pregunta esta tienda",
    usual: "Por lo general",
    created: "del pedido",
    paid: "del pago",
    fulfilled: "del envío",
    delivered: "de la entrega",
    at_once: "justo después {on}",
    after: "{delay} después {on}",
    between: "solo entre las {from} y las {to} horas",
    least: "solo a partir de un importe mínimo",
    remind: "un recordatorio {delay} más tarde",
    any_hour: "a cualquier hora",
    any_value: "sea cual sea el importe",
    no_reminder: "sin recordatorio",
    cap: Counted {
        one: "La misma persona como máximo una vez al día.",
        many: "La misma persona como máximo una vez cada {n} días.",
    },
};
