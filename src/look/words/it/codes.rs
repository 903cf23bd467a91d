//! Italian words for closed codes: reasons, restrictions, findings, faults, notices, languages.

use super::super::glossary::{
    Faults, Findings, FindingsMore, Languages, Notices, PhotoFaults, PhotoNotices, Reasons, Restrictions,
};

pub(super) const REASONS: Reasons = Reasons {
    not_triggered: "In attesa della spedizione",
    partly_shipped: "Spedito solo in parte",
    shop_paused: "Inviti in pausa",
    no_public_url: "Servizio senza indirizzo pubblico",
    no_mail_server: "Servizio senza server di posta",
    transport_held: "Invio di e-mail sospeso per ora",
    sending_paused: "Invio in pausa: troppe e-mail del negozio sono tornate indietro",
    sending_stopped: "Invio fermato: troppe e-mail del negozio sono tornate indietro",
    stopped_by_operator: "Invio del negozio fermato da chi gestisce il servizio",
    instance_paused: "Invio sospeso da chi gestisce il servizio",
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
    unsubscribed: "Il cliente non vuole queste e-mail",
    address_bounced: "Indirizzo inesistente",
    complained: "Il cliente ha segnalato queste e-mail come indesiderate",
    suppressed_by_operator: "Indirizzo escluso da chi gestisce il servizio",
    frequency_cap: "Cliente già invitato di recente",
    cancelled_by_shop: "Invito annullato dal negozio",
    shop_closed: "Negozio chiuso",
    shop_suspended: "Negozio sospeso",
    window_closed: "Tempo per scrivere scaduto",
    hard_bounce: "Casella di posta inesistente",
    mail_refused: "E-mail rifiutata dal server di posta",
    mail_delayed: "Invio rimandato dal server di posta",
    soft_bounces: "Casella di posta che non riceve",
    unknown_outcome: "Esito dell'invio incerto",
    mail_not_built: "E-mail non composta",
};

pub(super) const RESTRICTIONS: Restrictions = Restrictions {
    illegal_content: "contenuto illecito",
    personal_data: "dati personali di qualcuno",
    hate_or_threat: "odio o minacce",
    not_about_the_purchase: "non riguarda l'acquisto",
    conflict_of_interest: "conflitto di interessi",
    court_order: "ordine di un giudice",
};

pub(super) const FINDINGS: Findings = Findings {
    stands: "Il certificato è autentico",
    edited_since: "Il certificato è autentico, la recensione è stata modificata",
    words_dropped: "Il certificato è autentico, il testo non c'è più",
    words_differ: "La recensione non corrisponde al certificato",
    restricted: "Il certificato è autentico, la recensione è stata oscurata",
    erased: "Il certificato è autentico, la recensione è stata cancellata",
    review_missing: "Il certificato è autentico, la recensione manca",
    not_a_certificate: "Questo non è un certificato",
    other_algorithm: "Questo non è firmato come un certificato",
    other_type: "Questo non è il certificato di una recensione",
    foreign_issuer: "Questo certificato non è nostro",
    unknown_key: "La chiave non è nostra",
    bad_signature: "Certificato falso o alterato",
    unreadable_claims: "Certificato illeggibile",
    not_yet_valid: "Certificato non ancora valido",
    expired: "Certificato scaduto",
};

pub(super) const FINDINGS_MORE: FindingsMore = FindingsMore {
    stands: "L'abbiamo emesso noi, nessuno l'ha alterato, e la recensione pubblicata oggi è proprio quella certificata.",
    edited_since: "Dopo l'emissione chi l'ha scritta l'ha modificata. La versione certificata si legge ancora, tra quelle precedenti, ed è uguale.",
    words_dropped: "Dopo l'emissione chi l'ha scritta l'ha modificata e ha tolto il testo certificato: non si può più confrontare.",
    words_differ: "L'abbiamo emesso noi e nessuno l'ha alterato, ma quello che oggi è pubblicato non è quello che fu certificato. Chi gestisce questo servizio deve spiegare perché.",
    restricted: "L'abbiamo emesso noi e nessuno l'ha alterato. Chi gestisce il servizio ha poi oscurato la recensione, che non si può leggere.",
    erased: "L'abbiamo emesso noi e nessuno l'ha alterato. Chi l'ha scritta ha poi cancellato la recensione, com'è suo diritto.",
    review_missing: "L'abbiamo emesso noi e nessuno l'ha alterato, ma la recensione non è qui. Chi gestisce questo servizio deve spiegare perché.",
    not_a_certificate: "Un certificato è un testo di tre parti separate da punti, che comincia con eyJ. Copialo intero dalla pagina della recensione.",
    other_algorithm: "I certificati sono firmati in un solo modo (EdDSA). Questo dice di essere firmato in un altro modo, o di non esserlo affatto: non dimostra nulla.",
    other_type: "È un testo firmato per un altro scopo: qui non dimostra nulla.",
    foreign_issuer: "Indica un altro servizio come emittente. Solo quel servizio può dire se è autentico: verificalo lì.",
    unknown_key: "Non è stato firmato con una delle nostre chiavi, oppure quella chiave è stata ritirata: non dimostra nulla.",
    bad_signature: "La firma non corrisponde al contenuto: qualcuno l'ha inventato o cambiato. Non dimostra nulla.",
    unreadable_claims: "Il contenuto non ha la forma di un certificato: non dimostra nulla.",
    not_yet_valid: "Dice di valere da una data futura: per ora non dimostra nulla.",
    expired: "La sua scadenza è già passata.",
};

pub(super) const FAULTS: Faults = Faults {
    stars_missing: "Scegli com'è andata: è l'unica cosa necessaria.",
    stars_invalid: "Scegli da 1 a 5 stelle.",
    too_long: "È troppo lungo: accorcialo un po'.",
    item_stars_missing: "Hai scritto di questo prodotto: scegli anche un giudizio.",
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

pub(super) const PHOTO_FAULTS: PhotoFaults = PhotoFaults {
    none: "Non hai scelto nessuna foto.",
    unknown: "Uno dei file non è una foto in JPEG, PNG o WebP.",
    broken: "Una delle foto è danneggiata o non è arrivata intera.",
    animated: "Le immagini animate non si possono aggiungere.",
    too_large: "Una delle foto supera i 40 megapixel.",
    too_heavy: "Le foto sono troppo pesanti per un solo invio. Mandale una alla volta.",
    too_many: "Una recensione può avere cinque foto: non tutte quelle scelte sono state aggiunte.",
};

pub(super) const PHOTO_NOTICES: PhotoNotices = PhotoNotices {
    added: "Le foto sono pubbliche.",
    removed: "La foto è stata tolta.",
    described: "La descrizione è pubblica.",
};
