//! Italian: when a shop asks its customers.

use crate::look::words::glossary::{Asks, Counted};

pub(super) const ASKS: Asks = Asks {
    title: "Quando questo negozio chiede un parere",
    usual: "Di norma",
    created: "l'ordine",
    paid: "il pagamento",
    fulfilled: "la spedizione",
    delivered: "la consegna",
    at_once: "subito dopo {on}",
    after: "{delay} dopo {on}",
    between: "solo tra le ore {from} e le {to}",
    least: "solo da un importo minimo in su",
    remind: "un promemoria dopo {delay}",
    any_hour: "a qualsiasi ora",
    any_value: "con qualsiasi importo",
    no_reminder: "nessun promemoria",
    cap: Counted {
        one: "La stessa persona al massimo una volta al giorno.",
        many: "La stessa persona al massimo una volta ogni {n} giorni.",
    },
};
