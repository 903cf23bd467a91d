//! German: what a customer reads about their own data, and the page about privacy.

use crate::look::words::glossary::{Counted, Kept, MailKinds, MailStates, Mine, Privacy, Stays, Until, Wishes};

pub(super) const MINE: Mine = Mine {
    heading: "Was über Sie gespeichert ist",
    lead: "Hier steht alles, was {shop} in diesem Dienst zu der Adresse hat, an die Ihr Link ging.",
    lead_order: "Dieser Link öffnet eine einzige Bestellung bei {shop}. Name und Adresse erscheinen nicht: Sie sind nicht mehr gespeichert, oder die Bestellung nennt eine andere Adresse.",
    others: "Was andere Shops wissen, erscheint hier nicht: Das öffnen die Links in deren E-Mails.",
    order: "Bestellung {number}",
    placed: "Bestellt am",
    bought: "Was Sie gekauft haben",
    name: "Name",
    address: "E-Mail-Adresse",
    masked: "verschlüsselt gespeichert; hier teils verdeckt",
    gone: "Name und Adresse sind nicht mehr gespeichert.",
    kept: "Gespeichert bis",
    kept_open: "solange noch eine E-Mail zu dieser Bestellung ausstehen kann",
    mails: "E-Mails",
    written: "Was Sie geschrieben haben",
    written_on: "Bewertung vom {date}",
    written_gone: "Bewertung gelöscht",
    stops: "Was E-Mails stoppt",
    stops_here: "von {shop}",
    stops_everywhere: "von allen Shops, die diesen Dienst nutzen",
    since: "seit",
    take: "Nehmen Sie es mit",
    take_more: "All das, mit jedem Versandversuch und jeder Fassung, in einer Datei, die Programme lesen können.",
    download: "Herunterladen (JSON)",
    erase: "Alles löschen",
    erase_more: "Name, Adresse, Bewertungen und Fotos verschwinden, und {shop} schreibt Ihnen von hier nicht mehr. Vorher fragen wir nach.",
    erase_go: "Zur Bestätigung",
    your_review: "Ihre Bewertung",
    sure: "Alles löschen?",
    sure_lead: "Es geht um alles, was {shop} hier über Sie hat. Das lässt sich nicht rückgängig machen.",
    goes: "Was verschwindet",
    goes_name: "Name und E-Mail-Adresse",
    goes_words: "was Sie geschrieben haben, mit Fotos, früheren Fassungen, Antworten und dem Gewicht in der Gesamtwertung",
    goes_mail: "Einladungen und Erinnerungen, die noch ausstanden",
    remains: "Was bleibt, und warum",
    go: "Alles endgültig löschen",
    back: "Zurück",
    done: "Gelöscht",
    done_lead: "{shop} hat Ihren Namen und Ihre Adresse hier nicht mehr und schreibt Ihnen über diesen Dienst nicht mehr.",
    done_none: "Es gab nichts mehr zu löschen.",
    n_orders: Counted { one: "{n} Bestellung", many: "{n} Bestellungen" },
    n_reviews: Counted { one: "{n} Bewertung", many: "{n} Bewertungen" },
    n_photos: Counted { one: "{n} Foto", many: "{n} Fotos" },
    n_captured: Counted {
        one: "{n} auf diesem Rechner behaltene E-Mail",
        many: "{n} auf diesem Rechner behaltene E-Mails",
    },
};

pub(super) const STAYS: Stays = Stays {
    orders: "Die Bestellung ohne Name und Adresse: Ein Shop muss über jede Bestellung Rechenschaft ablegen.",
    tombstones: "Anstelle einer Bewertung der Hinweis, dass sie von der Person gelöscht wurde, die sie geschrieben hat, und wann: So verschwindet keine Bewertung unbemerkt.",
    mail_log: "Welche E-Mails verschickt wurden und was die Mailserver antworteten, mit verdeckten Adressen: Das erklärt Fehler.",
    marks: "Ein Fingerabdruck der Adresse, aus dem die Adresse nicht abzulesen ist: Er verhindert, dass wir Ihnen wieder schreiben oder Ihre Daten wieder aufnehmen, wenn der Shop sie erneut schickt.",
};

pub(super) const MAIL_KINDS: MailKinds = MailKinds {
    invitation: "Einladung",
    reminder: "Erinnerung",
    fresh_link: "Neuer Link",
    reply_notice: "Hinweis auf eine Antwort",
    review_received: "Bewertung eingegangen",
    answer_shown: "Antwort veröffentlicht",
    restriction_statement: "Gründe einer Einschränkung",
};

pub(super) const MAIL_STATES: MailStates = MailStates {
    queued: "in der Warteschlange",
    sent: "verschickt",
    captured: "auf diesem Rechner behalten",
    held: "angehalten",
    failed: "fehlgeschlagen",
    parked: "aufgeschoben",
    cancelled: "abgebrochen",
};

pub(super) const WISHES: Wishes = Wishes {
    unsubscribed: "Sie wollten keine E-Mails mehr zu Bewertungen",
    complaint: "Eine E-Mail wurde als unerwünscht gemeldet",
    erased: "Sie wollten gelöscht werden",
    operator: "Der Betreiber des Dienstes hat es entschieden",
    hard_bounce: "Die Adresse nimmt keine Post an",
};

pub(super) const KEPT: Kept = Kept {
    address: "Name und E-Mail-Adresse einer Bestellung ohne Bewertung",
    address_with_review: "Name und E-Mail-Adresse einer Bestellung mit Bewertung",
    hash: "Fingerabdruck der Adresse bei einer Bestellung",
    order: "Was wann bestellt wurde, ohne Name und Adresse",
    order_with_review: "Dasselbe bei einer Bestellung mit Bewertung",
    review: "Bewertungen, Fotos und Antworten darauf",
    mail_log: "Welche E-Mails verschickt wurden und was Mailserver antworteten, mit verdeckten Adressen",
    captured: "E-Mails, die diesen Rechner nicht verlassen haben, etwa zu Testbestellungen, mit ihrer Adresse",
    event_ids: "Kennungen der signierten Nachrichten von Shops, mit einem Fingerabdruck des Inhalts",
    refused: "Spuren abgelehnter Nachrichten von Shops, ohne den Inhalt",
    wishes: "Fingerabdrücke derer, die keine E-Mails mehr wollen oder gelöscht wurden",
};

pub(super) const UNTIL: Until = Until {
    days_after_last_mail: "{length} nach der letzten E-Mail, oder nach der letzten Nachricht des Shops, wenn keine verschickt wurde",
    years_of_the_link: "solange der Link in der E-Mail gilt: {length}",
    review_and_years_of_the_link: "solange die Bewertung besteht und solange der Link gilt: {length}",
    erased_by_author: "bis sie von der Person gelöscht werden, die sie geschrieben hat, jederzeit",
    days_after_arrival: "{length} nach dem Eingang",
    newest_of_shop: "die neuesten {n} jedes Shops",
    newest_here: "die neuesten {n}, und keine nach einer Löschung",
    with_the_shop: "solange der Shop diesen Dienst nutzt, und noch {length} danach",
    with_the_shop_and_review: "solange der Shop diesen Dienst nutzt und solange die Bewertung besteht",
    no_end: "unbefristet: Ohne sie würden wir wieder schreiben",
    years: Counted { one: "{n} Jahr", many: "{n} Jahre" },
    days: Counted { one: "{n} Tag", many: "{n} Tage" },
};

pub(super) const PRIVACY: Privacy = Privacy {
    title: "Datenschutz",
    lead: "Was dieser Dienst über Sie weiß, wozu, wann es verschwindet und was Sie tun können.",
    who: "Wer für Ihre Daten verantwortlich ist",
    who_more: "Der Shop, bei dem Sie gekauft haben. {operator} sammelt in seinem Auftrag Bewertungen und nutzt Ihre Daten für nichts anderes.",
    who_contact: "Wer {operator} betreibt, ist hier erreichbar:",
    what: "Was ankommt und wozu",
    what_order: "Der Shop meldet jede Bestellung: Nummer, Produkte, Zeitpunkte, Land, Ihren Namen und Ihre E-Mail-Adresse. Sie dienen dazu, Sie einmal nach Ihrer Erfahrung zu fragen, mit höchstens einer Erinnerung.",
    what_address: "Name und Adresse sind verschlüsselt gespeichert, und nur solange sie gebraucht werden. Bei der Bestellung bleibt ein Fingerabdruck der Adresse: Aus ihm lässt sich die Adresse nicht ablesen.",
    what_review: "Die Bewertung ist öffentlich, unter dem Namen, den Sie wählen, oder ohne Namen.",
    what_not: "Keine Cookies, keine Werbung, kein Zählen, wer E-Mails oder Links öffnet, keine Weitergabe von Daten.",
    how_long: "Wie lange es bleibt",
    what_column: "Was",
    until_column: "Bis wann",
    rights: "Was Sie tun können",
    right_stop: "Am Ende jeder Einladung steht ein Link, mit dem Sie keine E-Mails mehr bekommen, von diesem Shop oder von allen: ein Klick, ohne Konto. Dort lässt sich die nächste auch um eine Woche verschieben.",
    right_see: "Der Link zur Bewertung zeigt auch, was über Sie gespeichert ist, lässt es herunterladen und löscht es.",
    right_change: "Derselbe Link ändert oder löscht die Bewertung, wann immer Sie wollen.",
    right_lost: "Link verloren, oder geht es um andere Shops? Schreiben Sie dem Shop oder denen, die {operator} betreiben: Sie können Ihre Adresse suchen und löschen. Sie können sich auch an die Datenschutzbehörde wenden.",
    shops: "Für Shops: ein fertiger Absatz",
    shops_more: "Zum Übernehmen in die eigene Datenschutzerklärung. Zu jeder Bestellung gehört auch der Hinweis, vor dem Kauf, dass man widersprechen kann.",
    shops_text: "Nach Ihrem Kauf schreiben wir Ihnen einmal, mit höchstens einer Erinnerung, und fragen nach Ihrer Erfahrung. Dazu übermitteln wir {operator}, einem Dienst in unserem Auftrag, die Nummer der Bestellung, die Produkte, die Zeitpunkte, Ihren Namen und Ihre E-Mail-Adresse. Sie können schon jetzt widersprechen oder mit einem Klick in jeder E-Mail. Was gespeichert wird und wie lange: {url}",
};
