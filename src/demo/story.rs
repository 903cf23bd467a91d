//! The demo's past, as a list: who ordered what when, and what came of it. Only data; [`seed`](super::seed) plays it.

/// What a customer did with the invitation.
#[derive(Clone, Copy)]
pub(super) enum Deed {
    /// Wrote a review: stars, title, text, stars for the product.
    Review(i64, &'static str, &'static str, Option<i64>),
    /// Did not answer.
    Nothing,
    /// Unsubscribed by the mail client's one click.
    Unsubscribe,
}

/// One order of the past.
#[derive(Clone, Copy)]
pub(super) struct Chapter {
    /// Days before today.
    pub(super) days_ago: i64,
    /// The customer's name.
    pub(super) name: &'static str,
    /// The customer's address; all of example.com.
    pub(super) email: &'static str,
    /// BCP 47 tag.
    pub(super) locale: &'static str,
    /// ISO 3166 country.
    pub(super) country: &'static str,
    /// Index into [`PRODUCTS`].
    pub(super) product: usize,
    /// What came of it.
    pub(super) deed: Deed,
    /// The shop's public reply, and how many hours later.
    pub(super) reply: Option<(i64, &'static str)>,
}

/// What a customer did after the shop's reply: changed the review and answered.
#[derive(Clone, Copy)]
pub(super) struct Amend {
    /// The customer's name.
    pub(super) name: &'static str,
    /// Days after the reply.
    pub(super) days: i64,
    /// Stars, title and text as they are now.
    pub(super) review: (i64, &'static str, &'static str),
    /// The answer to the shop.
    pub(super) answer: &'static str,
}

/// Who came back.
pub(super) const AMENDS: [Amend; 1] = [Amend {
    name: "Marco Conti",
    days: 4,
    review: (
        3,
        "Scheggiato all'arrivo, poi sostituito",
        "Il vaso aveva una scheggia sul bordo. Ho scritto e per tre giorni non ha risposto nessuno; poi me ne hanno mandato uno nuovo, intero.",
    ),
    answer: "Il vaso nuovo è arrivato oggi, senza un graffio. Grazie.",
}];

/// A thing the demo shop sells: sku, name, a line about it, cents, picture.
pub(super) const PRODUCTS: [(&str, &str, &str, i64, &str); 4] = [
    ("tazza-verde", "Tazza da colazione", "Gres smaltato a mano, verde bosco, 35 cl", 2400, "cup"),
    ("ciotola-sale", "Ciotola grande", "Per l'insalata di tutti, bianco sale, 28 cm", 4900, "bowl"),
    ("vaso-alto", "Vaso alto", "Un fiore solo, ocra, 32 cm", 6200, "vase"),
    ("piatto-piano", "Piatto piano", "Bordo irregolare, grigio perla, 26 cm", 2900, "plate"),
];

use Deed::{Nothing, Review, Unsubscribe};

#[expect(clippy::too_many_arguments, reason = "one line of a table; each column is of another type")]
const fn chapter(
    days_ago: i64,
    who: (&'static str, &'static str),
    place: (&'static str, &'static str),
    product: usize,
    deed: Deed,
    reply: Option<(i64, &'static str)>,
) -> Chapter {
    Chapter { days_ago, name: who.0, email: who.1, locale: place.0, country: place.1, product, deed, reply }
}

const IT: (&str, &str) = ("it-IT", "IT");
const EN: (&str, &str) = ("en-GB", "GB");
const DE: (&str, &str) = ("de-DE", "DE");

/// The past, oldest first.
pub(super) const CHAPTERS: [Chapter; 24] = [
    chapter(
        178,
        ("Giulia Ferri", "giulia.ferri@example.com"),
        IT,
        0,
        Review(
            5,
            "La uso ogni mattina",
            "Arrivata in due giorni, imballata con cura. Il verde dal vivo è ancora più bello che in foto.",
            Some(5),
        ),
        None,
    ),
    chapter(
        171,
        ("Tom Ashworth", "tom.ashworth@example.com"),
        EN,
        1,
        Review(
            4,
            "Lovely, a little smaller than I thought",
            "Beautiful glaze and it feels solid. I misjudged the size, so check the diameter before ordering.",
            Some(4),
        ),
        None,
    ),
    chapter(
        165,
        ("Marco Conti", "marco.conti@example.com"),
        IT,
        2,
        Review(
            2,
            "Scheggiato all'arrivo",
            "Il vaso aveva una scheggia sul bordo. Ho scritto e per tre giorni non ha risposto nessuno.",
            Some(3),
        ),
        Some((
            20,
            "Ciao Marco, ci dispiace: il corriere ha trattato male il pacco e noi abbiamo risposto tardi. Il vaso nuovo è partito ieri, quello scheggiato puoi tenerlo.",
        )),
    ),
    chapter(
        158,
        ("Katharina Vogel", "katharina.vogel@example.com"),
        DE,
        0,
        Review(
            5,
            "Wunderschöne Tasse",
            "Sehr sorgfältig verpackt, die Glasur ist wunderbar ungleichmäßig. Ich bestelle wieder.",
            None,
        ),
        None,
    ),
    chapter(150, ("Paolo Riva", "paolo.riva@example.com"), IT, 3, Nothing, None),
    chapter(
        143,
        ("Elena Greco", "elena.greco@example.com"),
        IT,
        1,
        Review(
            5,
            "Regalo riuscito",
            "L'ho presa per mia madre: la tiene in mezzo al tavolo anche quando è vuota.",
            Some(5),
        ),
        None,
    ),
    chapter(
        136,
        ("Sarah Whitfield", "sarah.whitfield@example.com"),
        EN,
        3,
        Review(
            3,
            "Nice plates, slow delivery",
            "The plates are as described. Delivery to the UK took two weeks and the tracking never moved.",
            Some(4),
        ),
        Some((
            30,
            "Thank you, Sarah. Since May parcels to the UK go by a different carrier; two weeks is too long and we know it.",
        )),
    ),
    chapter(
        129,
        ("Luca Marchetti", "luca.marchetti@example.com"),
        IT,
        0,
        Review(
            4,
            "Bella e resistente",
            "Caduta una volta e non si è fatta niente. Avrei voluto anche il piattino.",
            Some(5),
        ),
        None,
    ),
    chapter(120, ("Anna Bassi", "anna.bassi@example.com"), IT, 2, Unsubscribe, None),
    chapter(
        113,
        ("Jonas Weber", "jonas.weber@example.com"),
        DE,
        2,
        Review(
            4,
            "Schöne Vase",
            "Die Farbe ist etwas dunkler als auf dem Bild, gefällt mir aber gut. Schnelle Lieferung.",
            Some(4),
        ),
        None,
    ),
    chapter(
        106,
        ("Chiara Lombardi", "chiara.lombardi@example.com"),
        IT,
        1,
        Review(
            5,
            "Artigianato vero",
            "Si vede la mano di chi l'ha fatta. Dentro c'era un biglietto scritto a penna.",
            Some(5),
        ),
        Some((6, "Grazie Chiara, i biglietti li scrive Irene: le abbiamo letto la tua recensione ad alta voce.")),
    ),
    chapter(
        99,
        ("Davide Fontana", "davide.fontana@example.com"),
        IT,
        3,
        Review(
            1,
            "Ordine sbagliato",
            "Ho ordinato quattro piatti grigi e ne ho ricevuti due bianchi. Il cambio è costato a me.",
            Some(1),
        ),
        Some((
            3,
            "Davide, hai ragione tu: l'errore è nostro e il ritorno non dovevi pagarlo. Ti abbiamo rimborsato la spedizione stamattina.",
        )),
    ),
    chapter(
        92,
        ("Emily Carter", "emily.carter@example.com"),
        EN,
        0,
        Review(
            5,
            "My favourite mug",
            "Perfect weight, keeps the tea hot. Customer care answered within the hour when I asked about the dishwasher.",
            Some(5),
        ),
        None,
    ),
    chapter(84, ("Roberto Galli", "roberto.galli@example.com"), IT, 2, Nothing, None),
    chapter(77, ("Silvia Moretti", "silvia.moretti@example.com"), IT, 0, Review(5, "", "Perfetta.", Some(5)), None),
    chapter(
        69,
        ("Martin Schäfer", "martin.schaefer@example.com"),
        DE,
        3,
        Review(3, "Ganz gut", "Die Teller sind schön, einer steht allerdings nicht ganz eben.", Some(3)),
        None,
    ),
    chapter(
        61,
        ("Francesca Villa", "francesca.villa@example.com"),
        IT,
        1,
        Review(4, "Molto bella", "Bella e capiente. Il pacco era enorme, si poteva usare meno carta.", Some(5)),
        None,
    ),
    chapter(
        54,
        ("James O'Neill", "james.oneill@example.com"),
        EN,
        2,
        Review(5, "Stunning", "One flower in it and the whole room looks tidier.", Some(5)),
        None,
    ),
    chapter(
        46,
        ("Alessandro Neri", "alessandro.neri@example.com"),
        IT,
        3,
        Review(4, "Consigliati", "Piatti solidi, bordo irregolare come promesso. Consegna in tre giorni.", Some(4)),
        None,
    ),
    chapter(
        38,
        ("Valentina Serra", "valentina.serra@example.com"),
        IT,
        0,
        Review(5, "Seconda tazza", "La prima me l'hanno rubata in ufficio, e non do torto a nessuno.", Some(5)),
        Some((12, "Valentina, la prossima la incidiamo col tuo nome: basta scriverlo nelle note dell'ordine.")),
    ),
    chapter(
        31,
        ("Oliver Bennett", "oliver.bennett@example.com"),
        EN,
        1,
        Review(
            2,
            "Not for me",
            "Heavier than expected and the glaze stains with tomato. Return was easy, which is why two and not one.",
            Some(2),
        ),
        None,
    ),
    chapter(
        24,
        ("Irene Fabbri", "irene.fabbri@example.com"),
        IT,
        2,
        Review(5, "Il vaso giusto", "Cercavo qualcosa di semplice da mesi. Trovato.", Some(5)),
        None,
    ),
    chapter(19, ("Giorgio Pace", "giorgio.pace@example.com"), IT, 0, Nothing, None),
    chapter(
        15,
        ("Laura Bianco", "laura.bianco@example.com"),
        IT,
        3,
        Review(4, "Ottimo servizio", "Avevo sbagliato indirizzo e l'hanno corretto al telefono in un minuto.", Some(4)),
        None,
    ),
];

/// The customer who cancels before the parcel leaves.
pub(super) const CANCELLED: Chapter = chapter(12, ("Pietro Sala", "pietro.sala@example.com"), IT, 1, Nothing, None);
