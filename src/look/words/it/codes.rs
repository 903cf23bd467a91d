//! Italian words for closed codes: reasons, restrictions, faults, notices, languages.

use super::super::glossary::{Faults, Languages, Notices, Reasons, Restrictions};

pub(super) const REASONS: Reasons = Reasons {
    not_triggered: "In attesa della spedizione",
    partly_shipped: "Spedito solo in parte",
    shop_paused: "Inviti in pausa",
    no_public_url: "Servizio senza indirizzo pubblico",
    no_mail_server: "Servizio senza server di posta",
    transport_held: "Invio di e-mail sospeso per ora",
    no_email: "Senza indirizzo e-mail",
    invalid_email: "Indirizzo e-mail non valido",
    address_gone: "Indirizzo già cancellato",
    order_cancelled: "Ordine annullato",
    order_refunded: "Ordine rimborsato",
    customer_erased: "Il cliente ha chiesto la cancellazione dei dati",
    too_old: "Ordine comunicato troppo tardi",
    no_legal_basis: "Manca la base legale per scrivere",
    below_minimum: "Sotto l'importo minimo scelto dal negozio",
    nothing_to_review: "Nulla da recensire",
    unsubscribed: "Il cliente non vuole inviti",
    address_bounced: "Indirizzo inesistente",
    complained: "Il cliente ha segnalato queste e-mail come indesiderate",
    suppressed_by_operator: "Indirizzo escluso da chi gestisce il servizio",
    frequency_cap: "Cliente già invitato di recente",
    cancelled_by_shop: "Invito annullato dal negozio",
    shop_closed: "Negozio chiuso",
    shop_suspended: "Negozio sospeso",
    window_closed: "Tempo per scrivere scaduto",
};

pub(super) const RESTRICTIONS: Restrictions = Restrictions {
    illegal_content: "contenuto illecito",
    personal_data: "dati personali di qualcuno",
    hate_or_threat: "odio o minacce",
    not_about_the_purchase: "non riguarda l'acquisto",
    conflict_of_interest: "conflitto di interessi",
    court_order: "ordine di un giudice",
};

pub(super) const FAULTS: Faults = Faults {
    stars_missing: "Scegli com'è andata: è l'unica cosa necessaria.",
    stars_invalid: "Scegli da 1 a 5 stelle.",
    too_long: "È troppo lungo: accorcialo un po'.",
    item_stars_missing: "Hai scritto di questo prodotto: scegli anche com'è.",
    empty: "Scrivi qualcosa prima di pubblicare.",
    unreadable: "Questo testo contiene caratteri che non possiamo salvare: riscrivilo, per favore.",
};

pub(super) const NOTICES: Notices = Notices {
    edited: "Modifiche pubblicate.",
    version_dropped: "Il testo di quella versione è stato tolto.",
    answered: "La tua replica è pubblica.",
    erased: "La recensione è stata cancellata.",
};

pub(super) const LANGUAGES: Languages = Languages {
    it: "italiano",
    en: "inglese",
    de: "tedesco",
    fr: "francese",
    es: "spagnolo",
    pt: "portoghese",
    nl: "olandese",
    pl: "polacco",
    und: "altra lingua",
};
