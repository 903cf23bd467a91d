//! German words for closed codes: reasons, restrictions, findings, faults, notices, languages.

use super::super::glossary::{
    Faults, Findings, FindingsMore, Languages, Notices, PhotoFaults, PhotoNotices, Reasons, Restrictions,
};

pub(super) const REASONS: Reasons = Reasons {
    not_triggered: "Versand steht noch aus",
    partly_shipped: "Nur teilweise versandt",
    shop_paused: "Einladungen pausieren",
    no_public_url: "Dienst ohne öffentliche Adresse",
    no_mail_server: "Dienst ohne Mailserver",
    transport_held: "E-Mail-Versand ruht zurzeit",
    sending_paused: "Versand pausiert: zu viele E-Mails des Shops kamen zurück",
    sending_stopped: "Versand gestoppt: zu viele E-Mails des Shops kamen zurück",
    stopped_by_operator: "Versand des Shops vom Betreiber gestoppt",
    instance_paused: "Versand vom Betreiber angehalten",
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
    unsubscribed: "E-Mails abbestellt",
    address_bounced: "Adresse gibt es nicht",
    complained: "E-Mails als unerwünscht gemeldet",
    suppressed_by_operator: "Adresse vom Betreiber ausgeschlossen",
    frequency_cap: "Erst kürzlich eingeladen",
    cancelled_by_shop: "Einladung vom Shop abgesagt",
    shop_closed: "Shop geschlossen",
    shop_suspended: "Shop gesperrt",
    window_closed: "Zeit zum Schreiben vorbei",
    hard_bounce: "Postfach existiert nicht",
    mail_refused: "E-Mail vom Mailserver abgelehnt",
    mail_delayed: "Vom Mailserver aufgeschoben",
    soft_bounces: "Postfach nimmt nichts an",
    unknown_outcome: "Unklar, ob zugestellt",
    mail_not_built: "E-Mail nicht erstellt",
};

pub(super) const RESTRICTIONS: Restrictions = Restrictions {
    illegal_content: "rechtswidriger Inhalt",
    personal_data: "persönliche Daten von jemandem",
    hate_or_threat: "Hass oder Drohungen",
    not_about_the_purchase: "kein Bezug zum Kauf",
    conflict_of_interest: "Interessenkonflikt",
    court_order: "gerichtliche Anordnung",
};

pub(super) const FINDINGS: Findings = Findings {
    stands: "Das Zertifikat ist echt",
    edited_since: "Das Zertifikat ist echt, die Bewertung wurde geändert",
    words_dropped: "Das Zertifikat ist echt, der Text ist nicht mehr da",
    words_differ: "Die Bewertung passt nicht zum Zertifikat",
    restricted: "Das Zertifikat ist echt, die Bewertung ist ausgeblendet",
    erased: "Das Zertifikat ist echt, die Bewertung wurde gelöscht",
    review_missing: "Das Zertifikat ist echt, die Bewertung fehlt",
    not_a_certificate: "Das ist kein Zertifikat",
    other_algorithm: "Das ist nicht wie ein Zertifikat signiert",
    other_type: "Das ist nicht das Zertifikat einer Bewertung",
    foreign_issuer: "Dieses Zertifikat ist nicht von uns",
    unknown_key: "Der Schlüssel ist nicht unserer",
    bad_signature: "Gefälschtes oder verändertes Zertifikat",
    unreadable_claims: "Unlesbares Zertifikat",
    not_yet_valid: "Das Zertifikat ist noch nicht gültig",
    expired: "Das Zertifikat ist abgelaufen",
};

pub(super) const FINDINGS_MORE: FindingsMore = FindingsMore {
    stands: "Wir haben es ausgestellt, niemand hat es verändert, und die heute veröffentlichte Bewertung ist die bescheinigte.",
    edited_since: "Nach der Ausstellung wurde die Bewertung von der Person, die sie schrieb, geändert. Die bescheinigte Fassung ist unter den früheren noch zu lesen und stimmt überein.",
    words_dropped: "Nach der Ausstellung wurde die Bewertung von der Person, die sie schrieb, geändert und der bescheinigte Text entfernt: Er lässt sich nicht mehr vergleichen.",
    words_differ: "Wir haben es ausgestellt und niemand hat es verändert, aber was heute veröffentlicht ist, ist nicht das Bescheinigte. Der Betreiber dieses Dienstes muss erklären, warum.",
    restricted: "Wir haben es ausgestellt und niemand hat es verändert. Der Betreiber hat die Bewertung später ausgeblendet; sie ist nicht lesbar.",
    erased: "Wir haben es ausgestellt und niemand hat es verändert. Die Bewertung wurde später von der Person, die sie schrieb, gelöscht; das ist ihr Recht.",
    review_missing: "Wir haben es ausgestellt und niemand hat es verändert, aber die Bewertung ist nicht hier. Der Betreiber dieses Dienstes muss erklären, warum.",
    not_a_certificate: "Ein Zertifikat ist ein Text aus drei durch Punkte getrennten Teilen, der mit eyJ beginnt. Kopieren Sie es vollständig von der Seite der Bewertung.",
    other_algorithm: "Zertifikate werden nur auf eine Weise signiert (EdDSA). Dieser Text gibt eine andere an oder gar keine: Er beweist nichts.",
    other_type: "Der Text wurde für einen anderen Zweck signiert: Hier beweist er nichts.",
    foreign_issuer: "Es nennt einen anderen Dienst als Aussteller. Nur dieser kann sagen, ob es echt ist: Prüfen Sie es dort.",
    unknown_key: "Es wurde nicht mit einem unserer Schlüssel signiert, oder dieser wurde zurückgezogen: Es beweist nichts.",
    bad_signature: "Die Signatur passt nicht zum Inhalt: Jemand hat ihn erfunden oder geändert. Er beweist nichts.",
    unreadable_claims: "Der Inhalt hat nicht die Form eines Zertifikats: Er beweist nichts.",
    not_yet_valid: "Es gilt nach eigener Angabe erst ab einem künftigen Zeitpunkt: Noch beweist es nichts.",
    expired: "Es gilt nach eigener Angabe nicht mehr.",
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

pub(super) const PHOTO_FAULTS: PhotoFaults = PhotoFaults {
    none: "Es wurde kein Foto ausgewählt.",
    unknown: "Eine der Dateien ist kein Foto in JPEG, PNG oder WebP.",
    broken: "Eines der Fotos ist beschädigt oder kam nicht ganz an.",
    animated: "Bewegte Bilder können nicht hinzugefügt werden.",
    too_large: "Eines der Fotos hat mehr als 40 Megapixel.",
    too_heavy: "Die Fotos sind zu groß für eine Sendung. Schicken Sie sie einzeln.",
    too_many: "Eine Bewertung kann fünf Fotos haben: Nicht alle ausgewählten wurden hinzugefügt.",
};

pub(super) const PHOTO_NOTICES: PhotoNotices = PhotoNotices {
    added: "Die Fotos sind öffentlich.",
    removed: "Das Foto ist entfernt.",
    described: "Die Beschreibung ist öffentlich.",
};
