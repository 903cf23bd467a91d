//! Italian: what a customer reads about their own data, and the page about privacy.

use crate::look::words::glossary::{Counted, Kept, MailKinds, MailStates, Mine, Privacy, Stays, Until, Wishes};

pub(super) const MINE: Mine = Mine {
    heading: "I dati memorizzati su di te",
    lead: "Qui c'è tutto quello che {shop} conserva in questo servizio sull'indirizzo a cui è arrivata l'e-mail con il tuo link.",
    lead_order: "Questo link apre un solo ordine di {shop}. Nome e indirizzo non si vedono: non sono più memorizzati, oppure l'ordine indica un altro indirizzo.",
    others: "I dati di altri negozi qui non si vedono: si aprono con i link delle loro e-mail.",
    order: "Ordine {number}",
    placed: "Data dell'ordine",
    bought: "Che cosa hai comprato",
    name: "Nome",
    address: "Indirizzo e-mail",
    masked: "memorizzato in forma cifrata; qui in parte nascosto",
    gone: "Nome e indirizzo non sono più memorizzati.",
    kept: "Scadenza",
    kept_open: "quando non potranno più partire e-mail su questo ordine",
    mails: "E-mail",
    written: "Che cosa hai scritto",
    written_on: "Recensione del {date}",
    written_gone: "Recensione cancellata",
    stops: "Perché non arrivano più e-mail",
    stops_here: "da {shop}",
    stops_everywhere: "da tutti i negozi che usano questo servizio",
    since: "dal",
    take: "Portali con te",
    take_more: "Tutto questo, con ogni tentativo di invio e ogni versione, in un file leggibile da altri programmi.",
    download: "Scarica (JSON)",
    erase: "Cancella tutto",
    erase_more: "Nome, indirizzo, recensioni e foto spariscono, e {shop} non ti scrive più da qui. Prima ti chiediamo conferma.",
    erase_go: "Vai alla conferma",
    your_review: "La tua recensione",
    sure: "Vuoi cancellare tutto?",
    sure_lead: "Riguarda tutto quello che {shop} ha qui su di te. Non si può tornare indietro.",
    goes: "Che cosa sparisce",
    goes_name: "nome e indirizzo e-mail",
    goes_words: "quello che hai scritto, con le foto, le versioni di prima, le risposte e il peso nel punteggio",
    goes_mail: "gli inviti e i promemoria che dovevano ancora partire",
    remains: "Che cosa resta, e perché",
    go: "Cancella tutto per sempre",
    back: "Torna indietro",
    done: "Cancellato",
    done_lead: "{shop} non ha più qui il tuo nome né il tuo indirizzo, e non ti scrive più da questo servizio.",
    done_none: "Non c'era più nulla da cancellare.",
    n_orders: Counted { one: "{n} ordine", many: "{n} ordini" },
    n_reviews: Counted { one: "{n} recensione", many: "{n} recensioni" },
    n_photos: Counted { one: "{n} foto", many: "{n} foto" },
    n_captured: Counted {
        one: "{n} e-mail trattenuta su questa macchina",
        many: "{n} e-mail trattenute su questa macchina",
    },
};

pub(super) const STAYS: Stays = Stays {
    orders: "L'ordine senza nome né indirizzo: il negozio deve poter rendere conto di ogni ordine.",
    tombstones: "Al posto di una recensione, l'indicazione che chi l'aveva scritta l'ha cancellata e quando: così nessuna recensione sparisce di nascosto.",
    mail_log: "Quali e-mail sono partite e che cosa hanno risposto i server, con gli indirizzi nascosti: serve a chiarire gli errori di invio.",
    marks: "Un'impronta dell'indirizzo, da cui l'indirizzo non si può ricavare: serve a non scriverti più e a non riprendere i tuoi dati se il negozio li manda di nuovo.",
};

pub(super) const MAIL_KINDS: MailKinds = MailKinds {
    invitation: "Invito",
    reminder: "Promemoria",
    fresh_link: "Nuovo link",
    reply_notice: "Avviso di risposta",
    review_received: "Recensione ricevuta",
    answer_shown: "Replica pubblicata",
    restriction_statement: "Motivi di una limitazione",
};

pub(super) const MAIL_STATES: MailStates = MailStates {
    queued: "in coda",
    sent: "invio riuscito",
    captured: "resta su questa macchina",
    held: "invio sospeso",
    failed: "invio non riuscito",
    parked: "invio rimandato",
    cancelled: "invio annullato",
};

pub(super) const WISHES: Wishes = Wishes {
    unsubscribed: "Hai chiesto di non ricevere più e-mail sulle recensioni",
    complaint: "Un'e-mail è stata segnalata come indesiderata",
    erased: "Hai chiesto di cancellare i tuoi dati",
    operator: "L'ha deciso chi gestisce il servizio",
    hard_bounce: "L'indirizzo non riceve posta",
};

pub(super) const KEPT: Kept = Kept {
    address: "Nome e indirizzo e-mail di un ordine senza recensione",
    address_with_review: "Nome e indirizzo e-mail di un ordine con recensione",
    hash: "Impronta dell'indirizzo accanto a un ordine",
    order: "Che cosa è stato ordinato e quando, senza nome né indirizzo",
    order_with_review: "Lo stesso per un ordine con recensione",
    review: "Recensioni, foto e repliche",
    mail_log: "Quali e-mail sono partite e che cosa hanno risposto i server, con gli indirizzi nascosti",
    captured: "E-mail che non sono uscite da questa macchina, come quelle degli ordini di prova, con il loro indirizzo",
    event_ids: "Identificativi dei messaggi firmati dai negozi, con un'impronta del contenuto",
    refused: "Tracce dei messaggi respinti, senza il contenuto",
    wishes: "Impronte di chi non vuole più e-mail o è stato cancellato",
};

pub(super) const UNTIL: Until = Until {
    days_after_last_mail: "{length} dopo l'ultima e-mail, o dopo l'ultima notizia dal negozio se non ne è partita nessuna",
    years_of_the_link: "finché vale il link nell'e-mail: {length}",
    review_and_years_of_the_link: "finché c'è la recensione, e finché vale il link: {length}",
    erased_by_author: "finché non le cancella chi le ha scritte, in qualsiasi momento",
    days_after_arrival: "{length} dopo l'arrivo",
    newest_of_shop: "le ultime {n} di ogni negozio",
    newest_here: "le ultime {n}, e nessuna dopo una cancellazione",
    with_the_shop: "finché il negozio usa questo servizio, e {length} dopo",
    with_the_shop_and_review: "finché il negozio usa questo servizio, e finché c'è la recensione",
    no_end: "senza scadenza: se sparissero, torneremmo a scrivere",
    years: Counted { one: "{n} anno", many: "{n} anni" },
    days: Counted { one: "{n} giorno", many: "{n} giorni" },
};

pub(super) const PRIVACY: Privacy = Privacy {
    title: "Privacy",
    lead: "Che cosa sa di te questo servizio, a che cosa serve, quando sparisce e che cosa puoi fare tu.",
    who: "Chi risponde dei tuoi dati",
    who_more: "Il negozio da cui hai comprato. {operator} raccoglie le recensioni per suo conto e non usa i tuoi dati per nient'altro.",
    who_contact: "Per scrivere a chi gestisce {operator}:",
    what: "Che cosa arriva e a che cosa serve",
    what_order: "Il negozio comunica ogni ordine: numero, prodotti, date, paese, il tuo nome e il tuo indirizzo e-mail. Servono a chiederti una sola volta com'è andata, con al massimo un promemoria.",
    what_address: "Nome e indirizzo sono memorizzati cifrati, e solo per il tempo necessario. Accanto all'ordine resta un'impronta dell'indirizzo: chi la legge non può ricavarlo.",
    what_review: "La recensione è pubblica, con il nome che scegli tu o senza nome.",
    what_not: "Niente cookie, niente pubblicità, nessun conteggio di chi apre le e-mail o i link, nessun dato ceduto ad altri.",
    how_long: "Per quanto tempo",
    what_column: "Che cosa",
    until_column: "Fino a quando",
    rights: "Che cosa puoi fare",
    right_stop: "In fondo a ogni invito c'è un link per non ricevere più e-mail, da quel negozio o da tutti: basta un clic, senza accedere a nulla. Da lì si può anche rimandare la prossima di una settimana.",
    right_see: "Dal link alla recensione vedi anche quali dati sono memorizzati su di te, e puoi scaricarli o cancellarli.",
    right_change: "Dallo stesso link la recensione si modifica o si cancella, quando vuoi.",
    right_lost: "Hai perso il link, o riguarda altri negozi? Scrivi al negozio, o a chi gestisce {operator}: possono cercare e cancellare il tuo indirizzo. Puoi anche rivolgerti all'autorità per la protezione dei dati.",
    shops: "Per i negozi: un testo pronto",
    shops_more: "Da copiare nella propria informativa. Di ogni ordine fa parte anche l'avviso, prima dell'acquisto, che ci si può opporre.",
    shops_text: "Dopo l'acquisto ti scriviamo una volta, con al massimo un promemoria, per chiederti della tua esperienza. Per farlo comunichiamo a {operator}, che lavora per nostro conto, il numero dell'ordine, i prodotti, le date, il tuo nome e il tuo indirizzo e-mail. Puoi opporti già ora o con un clic in ogni e-mail. Che cosa è conservato e per quanto: {url}",
};
