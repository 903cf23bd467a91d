//! Samples for the profile page: both sides of every condition of its template.

use super::{Bar, Collection, Filter, ProfilePage, ReasonCount, Replies, ScoreFace, ShopFace, Standing};
use crate::kernel::locale::Language;
use crate::kernel::time::{DAY, Timestamp};
use crate::look::page::{CardLink, EmbedLinks, Frame};
use crate::look::review::{AnswerCard, Entry, ReplyCard, ReviewCard, Version};
use crate::look::share::Share;

/// 22 November 2026, 05:00 UTC.
const NOW: Timestamp = Timestamp::from_seconds(1_795_323_600);

fn ago(days: i64) -> Timestamp {
    NOW.minus_ms(days * DAY)
}

/// A full profile, one narrowed to nothing, an empty one, a closed and a suspended one.
pub(super) fn profile_pages() -> Vec<ProfilePage> {
    let full = full();
    let narrowed = ProfilePage {
        filter: Filter { stars: Some(1), language: Some("de".into()), replied: Some(false), ..full.filter.clone() },
        reviews: Vec::new(),
        newer: Some("https://attesta.example/shops/bottega-ligure.example?before=x".into()),
        older: None,
        replies: Replies { share: Some(4), median_hours: None },
        ..full.clone()
    };
    let closed = ProfilePage {
        shop: ShopFace { status: Standing::Closed, category: None, contact: None, ..full.shop.clone() },
        product_reviews: 0,
        ..full.clone()
    };
    let empty = ProfilePage {
        shop: ShopFace { status: Standing::Suspended, ..full.shop.clone() },
        score: None,
        review_count: 0,
        histogram: histogram([0; 5]),
        collection: None,
        replies: Replies { share: None, median_hours: None },
        filter: Filter::default(),
        reviews: Vec::new(),
        older: None,
        ..full.clone()
    };
    vec![full, narrowed, closed, empty]
}

fn histogram(counts: [i64; 5]) -> Vec<Bar> {
    counts.iter().zip((1..=5).rev()).map(|(count, stars)| Bar { stars, count: *count }).collect()
}

fn card() -> CardLink {
    let embed = EmbedLinks {
        json: "https://attesta.example/oembed?format=json".into(),
        xml: "https://attesta.example/oembed?format=xml".into(),
    };
    CardLink {
        kind: "website",
        image: Some("https://attesta.example/card.png".into()),
        alt: "Bottega Ligure: 4,3 su 5".into(),
        embed: Some(embed),
    }
}

fn full() -> ProfilePage {
    let here = "https://attesta.example/shops/bottega-ligure.example";
    ProfilePage {
        frame: Frame::new(Language::It, "https://attesta.example", here).with_card(card()),
        share: Share::of(here, "Bottega Ligure: recensioni certificate")
            .with_code("/shops/bottega-ligure.example/qr.svg".into(), "/shops/bottega-ligure.example/qr.png".into()),
        shop: ShopFace {
            name: "Bottega Ligure".into(),
            domain: "bottega-ligure.example".into(),
            category: Some("Ceramiche fatte a mano".into()),
            contact: Some("ciao@bottega-ligure.example".into()),
            status: Standing::Open,
        },
        score: Some(ScoreFace { value: 4.3, stars: 4.5 }),
        review_count: 128,
        histogram: histogram([84, 26, 8, 3, 7]),
        product_reviews: 31,
        collection: Some(collection()),
        replies: Replies { share: Some(86), median_hours: Some(5) },
        filter: Filter { languages: vec!["it".into(), "en".into(), "de".into()], ..Filter::default() },
        reviews: entries(),
        newer: None,
        older: Some(format!("{here}?after=eyJ4Ijox")),
    }
}

fn collection() -> Collection {
    let count = |code: &str, count| ReasonCount { code: code.into(), count };
    Collection {
        as_of: NOW,
        orders: 1_412,
        eligible: 1_268,
        invited: 1_231,
        reviewed: 128,
        skipped: vec![
            count("order_cancelled", 61),
            count("frequency_cap", 48),
            count("no_email", 35),
            count("new_code", 1),
        ],
        cancelled_by_shop: 2,
        postponed_by_shop: 14,
        restricted: vec![count("personal_data", 1)],
        erased_by_author: 3,
    }
}

fn review(id: &str, stars: i64, title: &str, text: &str, (author, language): (&str, &str)) -> ReviewCard {
    ReviewCard {
        id: id.into(),
        url: None,
        stars,
        title: title.into(),
        text: text.into(),
        author: author.into(),
        language: language.into(),
        published_at: ago(3),
        edited_at: None,
        versions: Vec::new(),
        item: None,
        ordered_at: Some(ago(20)),
        checked: "v1".into(),
        reply: None,
        answers: Vec::new(),
    }
}

fn entries() -> Vec<Entry> {
    let kept = review(
        "rev_01kaamjsk0e8xv2f9b4d6h1j3k",
        5,
        "Imballo perfetto, tazze bellissime",
        "Ordine arrivato in tre giorni, ogni pezzo avvolto nella carta con un biglietto scritto a mano.\n\nLe tazze sono più leggere di quanto pensassi e il verde è proprio quello della foto.",
        ("Giulia R.", "it"),
    );
    let edited = ReviewCard {
        published_at: ago(9),
        edited_at: Some(ago(4)),
        versions: vec![
            Version { at: ago(6), stars: 1, title: Some("Vaso rotto".into()), text: Some("Arrivato rotto e nessuno risponde.".into()) },
            Version { at: ago(9), stars: 1, title: None, text: None },
        ],
        reply: Some(ReplyCard {
            shop: "Bottega Ligure".into(),
            text: "Marco, ci dispiace: il corriere ha schiacciato la scatola. Il vaso nuovo è partito stamattina, senza spese.".into(),
            at: ago(8),
            edited_at: Some(ago(7)),
            versions: vec![AnswerCard { text: "Ci dispiace, controlliamo.".into(), at: ago(8) }],
        }),
        answers: vec![AnswerCard { text: "Arrivato ieri, intero. Grazie di averlo sistemato.".into(), at: ago(4) }],
        url: Some("https://attesta.example/reviews/rev_2".into()),
        ..review("rev_01kaamjsk0e8xv2f9b4d6h1j3m", 2, "Vaso rotto, poi sostituito", "Il primo vaso era in pezzi. Dopo due messaggi me ne hanno mandato un altro.", ("Marco", "it"))
    };
    let item = ReviewCard {
        item: Some("Ciotola in gres, 18 cm".into()),
        ..review("rev_01kaamjsk0e8xv2f9b4d6h1j3n", 4, "", "Lovely glaze, slightly smaller than I expected.", ("", "en"))
    };
    let silent = ReviewCard {
        reply: Some(ReplyCard {
            shop: "Bottega Ligure".into(),
            text: "Grazie.".into(),
            at: ago(2),
            edited_at: None,
            versions: Vec::new(),
        }),
        answers: vec![AnswerCard { text: "Prego.".into(), at: ago(1) }],
        ..review("rev_01kaamjsk0e8xv2f9b4d6h1j3p", 3, "", "", ("", "und"))
    };
    vec![
        Entry::Review(Box::new(kept)),
        Entry::Review(Box::new(edited)),
        Entry::Restricted {
            id: "rev_01kaamjsk0e8xv2f9b4d6h1j3q".into(),
            published_at: ago(40),
            at: ago(38),
            reason: "personal_data".into(),
        },
        Entry::Review(Box::new(item)),
        Entry::Erased { id: "rev_01kaamjsk0e8xv2f9b4d6h1j3r".into(), at: ago(60) },
        Entry::Review(Box::new(silent)),
    ]
}
