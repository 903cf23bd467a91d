//! Pictures with reviews: well-formed and small whatever people wrote, and honest about what they leave out.

use std::io::Write as _;

use super::*;
use crate::kernel::locale::Language;
use crate::look::badge::tests::well_formed;
use crate::look::badge::{self, Fonts, Size, Theme};

const DAY: UtcDay = UtcDay::from_number(20_779);
const RATED: State = State::Rated { score: 4.3, stars: 4.5, count: 1_284 };
const ASK: (&str, &str) = (
    "Hai comprato da Bottega Verdi?",
    "L'invito a raccontare la tua esperienza arriva per e-mail dopo l'acquisto. Scrive solo chi lo riceve: così dietro ogni \
     recensione c'è un ordine.",
);
const FORMS: [Form<'_>; 4] = [Form::List, Form::Row, Form::Quote, Form::Ask(ASK.0, ASK.1)];

fn said<'a>(stars: i64, title: &'a str, text: &'a str, author: &'a str) -> Said<'a> {
    Said { stars, title, text, author, day: DAY }
}

fn some() -> Vec<Said<'static>> {
    let long = "Ordinato lunedì, arrivato mercoledì in una scatola di cartone riciclato, con un biglietto scritto a mano. La tazza \
                era intera e il colore è proprio quello della foto; la consiglierei a chiunque cerchi un regalo.";
    vec![
        said(5, "Tutto perfetto, anche il pacco", long, "Ada R."),
        said(2, "", "Perde dal manico dopo due settimane 😕", "Giovanni Battista P."),
        said(4, "Spedizione veloce", "", "Un cliente"),
    ]
}

fn stream<'a>(said: &'a [Said<'a>], state: State, fonts: Fonts) -> Stream<'a> {
    let badge = Badge {
        name: "Bottega Verdi",
        state,
        as_of: DAY,
        theme: Theme::Auto,
        size: Size::M,
        language: Language::It,
        fonts,
    };
    Stream { badge, shop: None, said, filter: None, none: "Nessuna recensione con questi filtri." }
}

const HOSTILE: [&str; 9] = [
    "</text><script>alert(1)</script>",
    "]]><!-- & \" ' <?xml?>",
    "\u{202e}evil \u{7} \u{1f}\u{0}\u{fffe}",
    "日本の陶器の店舗です。とても良いお店でした 🏺 ありがとうございました",
    "👍👍👍🏽 👨\u{200d}👩\u{200d}👧",
    "Отлично, спасибо — буду заказывать ещё",
    "خدمة ممتازة وسريعة جدا، شكرا لكم",
    "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
    "",
];

#[test]
fn well_formed_whatever_people_wrote() {
    for words in HOSTILE {
        let all = [said(1, words, words, words), said(5, "", words, ""), said(3, words, "", words)];
        let named = badge::clean(words);
        for form in FORMS.into_iter().chain([Form::Ask(&named, &named)]) {
            for state in [RATED, State::New, State::Closed, State::Suspended] {
                for fonts in [Fonts::Theirs, Fonts::Ours] {
                    let plain = stream(&all, state, fonts);
                    let badge = Badge { name: words, ..plain.badge };
                    let svg = draw(&Stream { badge, shop: Some(words), filter: Some(&named), ..plain }, form);
                    assert!(well_formed(&svg), "{svg}");
                    assert!(!svg.contains("<script") && svg.contains("22\u{a0}nov 2026"), "{svg}");
                }
            }
        }
    }
}

#[test]
fn a_shop_that_left_shows_that_and_no_reviews() {
    let all = some();
    for (state, words) in [(State::Closed, "Negozio chiuso"), (State::Suspended, "Negozio sospeso")] {
        for form in FORMS {
            let svg = draw(&stream(&all, state, Fonts::Theirs), form);
            assert!(svg.contains(words) && !svg.contains("class=\"s\"") && !svg.contains("Ada"), "{svg}");
        }
    }
}

#[test]
fn what_is_left_out_is_said() {
    let (all, filter) = (some(), "Solo recensioni da 4 e 5 stelle.");
    for form in [Form::List, Form::Row, Form::Quote] {
        let svg = draw(&Stream { filter: Some(filter), ..stream(&all, RATED, Fonts::Theirs) }, form);
        assert!(
            svg.contains(filter) && svg.contains("1284 recensioni certificate"),
            "the score of all beside it: {svg}"
        );
        let none = draw(&Stream { filter: Some(filter), ..stream(&[], RATED, Fonts::Theirs) }, form);
        assert!(none.contains(filter) && none.contains("Nessuna recensione con questi filtri."), "{none}");
    }
    let long = draw(&stream(&all, RATED, Fonts::Theirs), Form::List);
    assert!(long.contains("…</text>") && !long.contains("un regalo"), "texts are cut: {long}");
    let four = [all[0], all[1], all[2], said(1, "Quarta", "", "")];
    assert!(!draw(&stream(&four, RATED, Fonts::Theirs), Form::List).contains("Quarta"));
}

#[test]
fn a_quote_is_the_latest_that_says_something() {
    let all = [said(5, "", "", "Nessuno"), said(1, "", "Mai arrivato", "Ada"), said(5, "Bella", "", "Eva")];
    let svg = draw(&stream(&all, RATED, Fonts::Theirs), Form::Quote);
    assert!(svg.contains("«Mai arrivato»") && !svg.contains("Bella") && svg.contains("1 su 5"), "{svg}");
    let svg = draw(&stream(&all[..1], RATED, Fonts::Theirs), Form::Quote);
    assert!(!svg.contains('«') && svg.contains("4,3"), "without a voice the score speaks: {svg}");
}

#[cfg(feature = "cards")]
#[test]
fn what_our_fonts_cannot_write_is_not_in_a_png() {
    use crate::look::raster;
    for words in HOSTILE {
        let all = [said(5, words, words, words)];
        for form in [Form::List, Form::Row, Form::Quote] {
            let svg = draw(&stream(&all, RATED, Fonts::Ours), form);
            let shown = svg.split("<text").skip(1).filter_map(|text| text.split_once("</text>"));
            for c in shown.flat_map(|(text, _)| text.chars()) {
                assert!(raster::covers(c), "{c:?} of {words}: {svg}");
            }
            assert!(svg.contains("5 su 5") || form == Form::Quote && svg.contains("4,3"), "the stars speak: {svg}");
        }
    }
}

/// Texts that hardly compress, in every field, as long as a widget's data lets them be.
#[test]
fn under_four_kilobytes_compressed() {
    let noise = |seed: u32, most: u32| -> String {
        let letter = |n: u32| char::from_u32(0x4e00 + (n * 7_919 + seed * 104_729) % 20_000);
        (0..most).filter_map(letter).collect()
    };
    let texts: Vec<String> = (0..9).map(|n| noise(n, if n % 3 == 1 { 110 } else { 60 })).collect();
    let all: Vec<Said<'_>> = texts.chunks(3).map(|one| said(3, &one[0], &one[1], &one[2])).collect();
    let name = noise(99, 120);
    for form in FORMS.into_iter().chain([Form::Ask(&name, &name)]) {
        let plain = stream(&all, RATED, Fonts::Theirs);
        let svg = draw(&Stream { badge: Badge { name: &name, ..plain.badge }, filter: Some(&texts[0]), ..plain }, form);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(svg.as_bytes()).unwrap();
        let bytes = gzip.finish().unwrap().len();
        assert!((900..4_096).contains(&bytes), "{form:?}: {bytes}");
    }
}
