//! The badge is well-formed, small and honest, whatever the shop is called.

use std::io::Write;

use super::shapes::Shape;
use super::*;

const STATES: [State; 5] = [
    State::Rated { score: 4.3, stars: 4.5, count: 128 },
    State::Rated { score: 1.0, stars: 1.0, count: 1_234_567 },
    State::New,
    State::Closed,
    State::Suspended,
];
const SIZES: [Size; 3] = [Size::S, Size::M, Size::L];
const THEMES: [Theme; 3] = [Theme::Light, Theme::Dark, Theme::Auto];

fn badge(name: &str, state: State, size: Size, theme: Theme) -> String {
    spoken(name, state, size, theme, Language::It)
}

fn spoken(name: &str, state: State, size: Size, theme: Theme, language: Language) -> String {
    draw(&Badge { name, state, as_of: UtcDay::from_number(20_779), theme, size, language, fonts: Fonts::Theirs })
}

/// Tags open and close in order, and every `&` starts an entity of ours.
pub(super) fn well_formed(svg: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    for part in svg.split('<').skip(1) {
        let Some((tag, text)) = part.split_once('>') else { return false };
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        if tag.starts_with('/') {
            if open.pop() != Some(name) {
                return false;
            }
        } else if !tag.ends_with('/') {
            open.push(name);
        }
        let entities = ["&amp;", "&lt;", "&gt;", "&quot;"];
        let known: usize = entities.iter().map(|entity| text.matches(entity).count()).sum();
        if text.contains('>') || text.matches('&').count() != known {
            return false;
        }
    }
    open.is_empty() && svg.chars().all(|c| !c.is_control())
}

#[test]
fn well_formed_and_small_whatever_the_name() {
    let long = "W".repeat(5_000);
    let marks = format!("Z{}", "\u{301}".repeat(3_000));
    let names = [
        "Bottega Ligure",
        "</text><script>alert(1)</script>",
        "]]>&\"'\u{0}\u{1f}\u{fffe}",
        "\u{202e}evil",
        "日本の陶器の店舗です",
        "",
        &long,
        &marks,
    ];
    for name in names {
        for state in STATES {
            for size in SIZES {
                for theme in THEMES {
                    let svg = badge(name, state, size, theme);
                    assert!(well_formed(&svg), "{svg}");
                    assert!(!svg.contains("<script") && svg.contains("22\u{a0}novembre 2026"), "{svg}");
                }
            }
        }
    }
}

#[test]
fn under_one_kilobyte_compressed() {
    for state in STATES {
        for size in SIZES {
            let svg = badge("Bottega Ceramica Ligure di Giulia & Figli", state, size, Theme::Auto);
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            gzip.write_all(svg.as_bytes()).expect("memory");
            let bytes = gzip.finish().expect("memory").len();
            assert!(bytes < 1024, "{state:?} {size:?}: {bytes}");
        }
    }
}

#[test]
fn a_closed_shop_shows_no_stars() {
    for size in SIZES {
        for (state, words) in [(State::Closed, "Negozio chiuso"), (State::Suspended, "Negozio sospeso")] {
            let svg = badge("Bottega", state, size, Theme::Light);
            assert!(svg.contains(words) && !svg.contains("#b86e00"), "{svg}");
        }
    }
}

#[test]
fn long_names_are_shortened_by_characters() {
    assert_eq!(shorten("Bottega", 25), "Bottega");
    assert_eq!(shorten("aaaaaaaaaa", 5), "aaaaa…");
    assert_eq!(shorten("日本の陶器", 5), "日本…");
}

const SHAPES: [Shape; 9] = [
    Shape::Stars,
    Shape::Score,
    Shape::Count,
    Shape::Combo,
    Shape::Button,
    Shape::Horizontal,
    Shape::Vertical,
    Shape::Dropdown,
    Shape::Floating,
];

fn shaped(name: &str, shape: Shape, state: State, theme: Theme, language: Language) -> String {
    let as_of = UtcDay::from_number(20_779);
    let badge = Badge { name, state, as_of, theme, size: Size::M, language, fonts: Fonts::Theirs };
    shapes::draw(&badge, shape, [4, 3, 9, 30, 82])
}

#[test]
fn shapes_are_well_formed_and_say_their_day() {
    for name in ["Bottega Ligure", "</text><script>alert(1)</script>", "]]>&\"'\u{0}\u{fffe}", "", &"W".repeat(5_000)] {
        for shape in SHAPES {
            for state in STATES {
                for theme in THEMES {
                    let svg = shaped(name, shape, state, theme, Language::It);
                    assert!(well_formed(&svg), "{svg}");
                    assert!(!svg.contains("<script") && svg.contains("22\u{a0}nov 2026"), "{svg}");
                    let starred = svg.contains("#b86e00") || svg.contains("class=\"s\"");
                    assert!(!starred || matches!(state, State::Rated { .. }), "no stars without a score: {svg}");
                }
            }
        }
    }
}

#[test]
fn every_language_has_room() {
    let mut squeezed = 0;
    for language in Language::ALL {
        for score in [1.0, 2.0, 3.0, 4.0, 5.0] {
            for count in [1, 128, 9_999] {
                for size in SIZES {
                    let state = State::Rated { score, stars: score, count };
                    let svg = spoken("Bottega", state, size, Theme::Light, *language);
                    assert!(!svg.contains("textLength"), "{language}: {svg}");
                }
            }
        }
        for state in STATES {
            for size in SIZES {
                let svg = spoken("Bottega", state, size, Theme::Light, *language);
                squeezed += svg.matches("textLength=\"2").count();
            }
        }
    }
    assert!((1..=10).contains(&squeezed), "only what counts in millions: {squeezed}");
}

#[test]
fn for_the_eye() {
    let mut page = String::from("<meta charset=utf-8><body style='background:#888;margin:20px'>");
    for language in Language::ALL {
        for theme in THEMES {
            for state in STATES {
                for size in SIZES {
                    page.push_str(&spoken("Bottega Ceramica Ligure & Figli", state, size, theme, *language));
                    page.push(' ');
                }
            }
        }
        page.push_str("<hr>");
    }
    for language in Language::ALL {
        for shape in SHAPES {
            page.push_str(&shaped("Bottega Ceramica Ligure & Figli", shape, STATES[0], Theme::Light, *language));
            page.push(' ');
        }
    }
    for shape in SHAPES {
        page.push_str(&shaped("Bottega Ceramica Ligure & Figli", shape, STATES[3], Theme::Dark, Language::It));
        page.push(' ');
    }
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pages");
    std::fs::create_dir_all(folder.join("badges")).expect("target is writable");
    let one = badge("Bottega Ligure", STATES[0], Size::M, Theme::Auto);
    std::fs::write(folder.join("badges/bottega-ligure.example.svg"), one).expect("target is writable");
    std::fs::write(folder.join("badges.html"), page).expect("target is writable");
}
