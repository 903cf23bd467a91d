//! The search for asks, measured with `tests/data/asks/`, whose README says how its sentences came about.

use super::*;

/// Sentences of one kind: `+ ` asks, `- ` innocents.
fn sentences(language: Language, mark: &str) -> Vec<String> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/asks");
    let text = std::fs::read_to_string(root.join(format!("{}.txt", language.tag()))).unwrap();
    text.lines().filter_map(|line| line.strip_prefix(mark)).map(str::to_owned).collect()
}

#[test]
fn asks_are_found_and_innocents_left_alone() {
    for language in Language::ALL {
        let (asks, innocents) = (sentences(*language, "+ "), sentences(*language, "- "));
        assert!(asks.len() >= 40 && innocents.len() >= 40, "{language}");
        let missed: Vec<_> = asks.iter().filter(|text| asks::find(text.as_str()).is_none()).collect();
        let accused: Vec<_> = innocents.iter().filter(|text| asks::find(text.as_str()).is_some()).collect();
        assert!(missed.len() * 100 <= asks.len() * 5, "{language}: missed {missed:#?}");
        let house = accused.iter().chain(&missed).any(|text| text.contains("Hotel Cinque Stelle"));
        assert!(!house, "a house may be called so");
        assert!(accused.len() * 100 <= innocents.len() * 2, "{language}: accused {accused:#?}");
    }
}

#[test]
fn the_house_asks_for_nothing() {
    for language in Language::ALL {
        for mail in MAILS {
            let house = Templates::house(language.tag(), mail).unwrap();
            for text in [house.subject, house.heading, house.preheader, house.text, house.html] {
                assert_eq!(asks::find(&asks::readable(&text)), None, "{language} {mail}");
            }
        }
    }
}
