//! Samples for this room's pages: both sides of every condition of their templates.

use super::{
    Asks, Bar, Chip, ChipKind, Choice, Collection, Kept, ListFace, ProductLine, ProductPage, ProfilePage, ReasonCount,
    Replies, ScoreFace, Search, SearchFault, ShopFace, Status, Summary,
};
use crate::kernel::locale::Language;
use crate::kernel::time::{DAY, Timestamp};
use crate::look::changes::changes;
use crate::look::page::{CardLink, EmbedLinks, Frame};
use crate::look::plot::Month;
use crate::look::review::{AnswerCard, Change, Entry, PhotoCard, ReplyCard, ReviewCard, StarsChange};
use crate::look::share::Share;

/// 22 November 2026, 05:00 UTC.
const NOW: Timestamp = Timestamp::from_seconds(1_795_323_600);
const HERE: &str = "https://attesta.example/shops/bottega-ligure.example";

fn ago(days: i64) -> Timestamp {
    NOW.minus_ms(days * DAY)
}

/// A full profile, one narrowed to nothing, a closed and an empty one.
pub(super) fn profile_pages() -> Vec<ProfilePage> {
    let full = full();
    let narrowed = ProfilePage {
        list: narrowed(&full.list),
        replies: Replies {
            share: Some(4),
            median_hours: None,
            low_answered: 0,
            low_median_hours: None,
            ..full.replies
        },
        summary: Summary { months: Vec::new(), ..full.summary.clone() },
        more_products: false,
        ..full.clone()
    };
    let closed = ProfilePage {
        shop: ShopFace { status: Status::Closed, category: None, contact: None, ..full.shop.clone() },
        products: Vec::new(),
        replies: Replies { share: None, low: 0, ..full.replies },
        ..full.clone()
    };
    let empty = ProfilePage {
        shop: ShopFace { status: Status::Suspended, ..full.shop.clone() },
        summary: summary(None, [0; 5]),
        collection: None,
        asks: Asks { cap_days: 0, ..full.asks.clone() },
        list: ListFace { any: false, entries: Vec::new(), older: None, ..full.list.clone() },
        ..full.clone()
    };
    vec![full, narrowed, closed, empty]
}

/// A product with reviews, and one whose reviews can no longer be read.
pub(super) fn product_pages() -> Vec<ProductPage> {
    let of = full();
    let full = ProductPage {
        frame: Frame::new(Language::It, "https://attesta.example", &format!("{HERE}/products/ciotola-18")),
        shop: of.shop,
        shop_url: HERE.into(),
        name: "Ciotola in gres, 18 cm".into(),
        sku: "ciotola-18".into(),
        summary: of.summary,
        share: Share::of(&format!("{HERE}/products/ciotola-18"), "Ciotola in gres, 18 cm"),
        list: ListFace { about: Vec::new(), languages: Vec::new(), ..of.list },
    };
    let empty = ProductPage {
        summary: summary(None, [0; 5]),
        list: ListFace { any: false, entries: Vec::new(), older: None, ..full.list.clone() },
        ..full.clone()
    };
    vec![full, empty]
}

fn summary(score: Option<ScoreFace>, counts: [i64; 5]) -> Summary {
    let bar = |(count, stars): (&i64, i64)| Bar {
        stars,
        count: *count,
        url: format!("{HERE}?stars={stars}"),
        on: stars == 4,
    };
    let months = (0..24).map(|n| {
        let count = [3, 5, 0, 4, 9, 14].get(n % 6).copied().unwrap_or(0);
        let at = 2024 * 12 + 11 + i64::try_from(n).unwrap_or(0);
        Month { year: at / 12, number: at % 12 + 1, count, points: count * 4 + i64::try_from(n % 3).unwrap_or(0) }
    });
    Summary {
        score,
        count: counts.iter().sum(),
        histogram: counts.iter().zip((1..=5).rev()).map(bar).collect(),
        months: months.collect(),
    }
}

fn choices(codes: &[&str], on: &str) -> Vec<Choice> {
    codes
        .iter()
        .map(|code| Choice { code: (*code).to_owned(), n: 3, url: format!("{HERE}?x={code}"), on: *code == on })
        .collect()
}

fn list() -> ListFace {
    ListFace {
        any: true,
        search: Search {
            action: HERE.into(),
            q: String::new(),
            fault: None,
            keep: vec![Kept { name: "lang", value: "it".into() }],
        },
        chips: Vec::new(),
        clear: HERE.into(),
        stars: choices(&["all", ""], "all"),
        languages: choices(&["all", "it", "en", "de"], "all"),
        replied: choices(&["all", "yes", "no"], "all"),
        text: choices(&["all", "yes"], "all"),
        about: choices(&["", "Ciotola in gres, 18 cm", "Tazza in gres verde"], ""),
        sorts: choices(&["newest", "oldest", "highest", "lowest"], "newest"),
        matching: None,
        more_than: None,
        entries: entries(),
        newer: None,
        older: Some(format!("{HERE}?cursor=eyJ4Ijox")),
    }
}

fn narrowed(list: &ListFace) -> ListFace {
    let chip = |kind, n, text: &str| Chip { kind, n, text: text.to_owned(), url: HERE.to_owned() };
    ListFace {
        search: Search { q: "tazza".into(), fault: Some(SearchFault::TooMany), ..list.search.clone() },
        chips: vec![
            chip(ChipKind::Search, 0, "tazza verde"),
            chip(ChipKind::Product, 0, "Tazza in gres verde"),
            chip(ChipKind::Stars, 1, ""),
            chip(ChipKind::Language, 0, "de"),
            chip(ChipKind::Replied, 0, ""),
            chip(ChipKind::Unreplied, 0, ""),
            chip(ChipKind::Text, 0, ""),
        ],
        matching: Some(0),
        more_than: Some(20),
        entries: Vec::new(),
        newer: Some(HERE.into()),
        older: None,
        ..list.clone()
    }
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
    let line = |name: &str, value, count| ProductLine {
        name: name.to_owned(),
        url: format!("{HERE}/products/x"),
        score: ScoreFace { value, stars: 4.0 },
        count,
    };
    ProfilePage {
        frame: Frame::new(Language::It, "https://attesta.example", HERE).with_card(card()),
        share: Share::of(HERE, "Bottega Ligure: recensioni certificate")
            .with_code("/shops/bottega-ligure.example/qr.svg".into(), "/shops/bottega-ligure.example/qr.png".into()),
        shop: ShopFace {
            name: "Bottega Ligure".into(),
            domain: "bottega-ligure.example".into(),
            category: Some("Ceramiche fatte a mano".into()),
            contact: Some("ciao@bottega-ligure.example".into()),
            status: Status::Open,
        },
        summary: summary(Some(ScoreFace { value: 4.3, stars: 4.5 }), [84, 26, 8, 3, 7]),
        replies: Replies {
            share: Some(86),
            median_hours: Some(5),
            low: 10,
            low_answered: 9,
            low_median_hours: Some(3),
        },
        low_url: format!("{HERE}?stars=1,2"),
        collection: Some(collection()),
        asks: Asks::sample(),
        products: vec![line("Ciotola in gres, 18 cm", 4.1, 21), line("Tazza in gres verde", 3.9, 1)],
        more_products: true,
        list: list(),
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
        history: Vec::new(),
        longer: false,
        photos: Vec::new(),
        item: None,
        item_url: None,
        ordered_at: Some(ago(20)),
        checked: "v1".into(),
        reply: None,
        withdrawn_at: None,
        answers: Vec::new(),
    }
}

/// Stars, title and text changed; before that, a version whose words its author dropped.
fn history() -> Vec<Change> {
    vec![
        Change {
            at: ago(4),
            before: ago(6),
            stars: Some(StarsChange { from: 1, to: 2 }),
            title: changes("Vaso rotto", "Vaso rotto, poi sostituito"),
            text: changes(
                "Arrivato rotto e nessuno risponde.",
                "Il primo vaso era in pezzi. Dopo due messaggi me ne hanno mandato un altro.",
            ),
            dropped: None,
        },
        Change { at: ago(6), before: ago(9), stars: None, title: Vec::new(), text: Vec::new(), dropped: Some(1) },
    ]
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
        history: history(),
        longer: true,
        reply: Some(ReplyCard {
            shop: "Bottega Ligure".into(),
            text: "Marco, ci dispiace: il corriere ha schiacciato la scatola. Il vaso nuovo è partito stamattina, senza spese.".into(),
            at: ago(8),
            edited_at: Some(ago(7)),
            history: vec![Change {
                stars: None,
                title: Vec::new(),
                text: changes("Marco, ci dispiace, controlliamo.", "Marco, ci dispiace: il corriere ha schiacciato la scatola."),
                at: ago(7),
                before: ago(8),
                dropped: None,
            }],
            longer: true,
        }),
        answers: vec![AnswerCard { text: "Arrivato ieri, intero. Grazie di averlo sistemato.".into(), at: ago(4) }],
        url: Some("https://attesta.example/reviews/rev_2".into()),
        ..review("rev_01kaamjsk0e8xv2f9b4d6h1j3m", 2, "Vaso rotto, poi sostituito", "Il primo vaso era in pezzi. Dopo due messaggi me ne hanno mandato un altro.", ("Marco", "it"))
    };
    let item = ReviewCard {
        item: Some("Ciotola in gres, 18 cm".into()),
        photos: vec![PhotoCard {
            url: "https://attesta.example/photos/pho_1.jpg".into(),
            small_url: "https://attesta.example/photos/pho_1/small.jpg".into(),
            width: 320,
            height: 240,
            alt: String::new(),
        }],
        item_url: Some(format!("{HERE}/products/ciotola-18")),
        ..review("rev_01kaamjsk0e8xv2f9b4d6h1j3n", 4, "", "Lovely glaze, slightly smaller than I expected.", ("", "en"))
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
        Entry::Review(Box::new(silent())),
    ]
}

/// No words, but a dialogue.
fn silent() -> ReviewCard {
    ReviewCard {
        reply: Some(ReplyCard {
            shop: "Bottega Ligure".into(),
            text: "Grazie.".into(),
            at: ago(2),
            edited_at: None,
            history: Vec::new(),
            longer: false,
        }),
        answers: vec![AnswerCard { text: "Prego.".into(), at: ago(1) }],
        withdrawn_at: Some(ago(1)),
        item: Some("Tazza".into()),
        edited_at: Some(ago(1)),
        ..review("rev_01kaamjsk0e8xv2f9b4d6h1j3p", 3, "", "", ("", "und"))
    }
}
