//! The search for asks, measured: 40 asks and 40 innocent sentences a language. Every second one was held back while the word lists were
//! written; both halves must reach the bar.

use super::*;

/// Sentences of one kind: `+ ` asks, `- ` innocents.
fn sentences(language: Language, mark: &str) -> Vec<String> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/asks");
    let text = std::fs::read_to_string(root.join(format!("{}.txt", language.tag()))).unwrap();
    text.lines().filter_map(|line| line.strip_prefix(mark)).map(str::to_owned).collect()
}

/// Those found, and those not, of one half.
fn halves(language: Language, mark: &str, held_back: bool) -> (Vec<String>, Vec<String>) {
    let all = sentences(language, mark);
    assert_eq!(all.len(), 40, "{language}");
    let half = all.into_iter().enumerate().filter(|(at, _)| (at % 2 == 1) == held_back).map(|(_, text)| text);
    half.partition(|text| asks::find(text).is_some())
}

fn measure(held_back: bool) {
    let (mut caught, mut missed, mut accused, mut innocent) = (0, Vec::new(), Vec::new(), 0);
    for language in Language::ALL {
        let (found, not) = halves(*language, "+ ", held_back);
        caught += found.len();
        missed.extend(not);
        let (found, not) = halves(*language, "- ", held_back);
        innocent += not.len();
        accused.extend(found);
    }
    let said = format!(
        "caught {caught} of 100, accused {} of 100\nmissed: {missed:#?}\naccused: {accused:#?}",
        100 - innocent
    );
    println!("{said}");
    assert!(caught >= 95 && accused.len() <= 2, "{said}");
}

#[test]
fn asks_are_found_among_the_sentences_that_were_looked_at() {
    measure(false);
}

#[test]
fn asks_are_found_among_the_sentences_that_were_held_back() {
    measure(true);
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
