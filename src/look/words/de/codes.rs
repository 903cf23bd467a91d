//! German words for closed codes: reasons, restrictions, faults, notices, languages.

use super::super::glossary::{Faults, Languages, Notices, Reasons, Restrictions};

pub(super) const REASONS: Reasons = Reasons {
    not_triggered: "Versand steht noch aus",
    partly_shipped: "Nur teilweise versandt",
    shop_paused: "Einladungen pausieren",
    no_public_url: "Dienst ohne öffentliche Adresse",
    no_mail_server: "Dienst ohne Mailserver",
    transport_held: "E-Mail-Versand ruht zurzeit",
    no_email: "Keine E-Mail-Adresse",
    invalid_email: "Ungültige E-Mail-Adresse",
    address_gone: "Adresse bereits gelöscht",
    order_cancelled: "Bestellung storniert",
    order_refunded: "Bestellung erstattet",
    customer_erased: "Löschung der persönlichen Daten verlangt",
    too_old: "Bestellung zu spät gemeldet",
    no_legal_basis: "Keine Rechtsgrundlage, um zu schreiben",
    below_minimum: "Unter dem Mindestbetrag des Shops",
    nothing_to_review: "Nichts zu bewerten",
    unsubscribed: "Einladungen abbestellt",
    address_bounced: "Adresse gibt es nicht",
    complained: "E-Mails als unerwünscht gemeldet",
    suppressed_by_operator: "Adresse vom Betreiber ausgeschlossen",
    frequency_cap: "Erst kürzlich eingeladen",
    cancelled_by_shop: "Einladung vom Shop abgesagt",
    shop_closed: "Shop geschlossen",
    shop_suspended: "Shop gesperrt",
    window_closed: "Zeit zum Schreiben vorbei",
};

pub(super) const RESTRICTIONS: Restrictions = Restrictions {
    illegal_content: "rechtswidriger Inhalt",
    personal_data: "persönliche Daten von jemandem",
    hate_or_threat: "Hass oder Drohungen",
    not_about_the_purchase: "kein Bezug zum Kauf",
    conflict_of_interest: "Interessenkonflikt",
    court_order: "gerichtliche Anordnung",
};

pub(super) const FAULTS: Faults = Faults {
    stars_missing: "Wählen Sie aus, wie es war: Mehr ist nicht nötig.",
    stars_invalid: "Wählen Sie 1 bis 5 Sterne.",
    too_long: "Das ist zu lang: Bitte kürzen Sie es ein wenig.",
    item_stars_missing: "Sie haben etwas zu diesem Produkt geschrieben: Wählen Sie auch aus, wie es ist.",
    empty: "Schreiben Sie etwas, bevor Sie veröffentlichen.",
    unreadable: "Dieser Text enthält Zeichen, die wir nicht speichern können: Bitte schreiben Sie ihn neu.",
};

pub(super) const NOTICES: Notices = Notices {
    edited: "Die Änderungen sind veröffentlicht.",
    version_dropped: "Der Text dieser Fassung ist entfernt.",
    answered: "Ihre Erwiderung ist öffentlich.",
    erased: "Die Bewertung ist gelöscht.",
};

pub(super) const LANGUAGES: Languages = Languages {
    it: "Italienisch",
    en: "Englisch",
    de: "Deutsch",
    fr: "Französisch",
    es: "Spanisch",
    pt: "Portugiesisch",
    nl: "Niederländisch",
    pl: "Polnisch",
    und: "andere Sprache",
};
