//! French: when a shop asks its customers.

use crate::look::words::glossary::{Asks, Counted};

pub(super) const ASKS: Asks = Asks {
    title: "Quand cette boutique demande un avis",
    usual: "En général",
    created: "la commande",
    paid: "le paiement",
    fulfilled: "l’expédition",
    delivered: "la livraison",
    at_once: "juste après {on}",
    after: "{delay} après {on}",
    between: "seulement entre {from}\u{a0}h et {to}\u{a0}h",
    least: "seulement à partir d’un montant minimum",
    remind: "un rappel {delay} plus tard",
    any_hour: "à toute heure",
    any_value: "quel que soit le montant",
    no_reminder: "pas de rappel",
    cap: Counted {
        one: "La même personne au plus une fois par jour.",
        many: "La même personne au plus une fois tous les {n} jours.",
    },
};
