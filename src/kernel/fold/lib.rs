//! Text folded for finding: without case, accents and punctuation, so that `CAFFÈ` finds `Caffè` and `straße` finds
//! `STRASSE`.
//!
//! Both engines store and compare what this file makes, and neither folds by itself: the same question has the same answer
//! on both. A folded text is for comparing only, never for showing. The kernel's `terms` cuts texts into words for a search
//! among reviews, and folds them here. A package of its own, because debug builds optimise it.

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// The words of a text, folded, in its order. A word is a run of letters and digits of any script.
pub fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    folded.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The words of a text with one blank between them: the key that texts are sorted and grouped by.
pub fn key(text: &str) -> String {
    words(text).join(" ")
}

fn fold(text: &str) -> String {
    // Most words of most languages: no letter of ASCII has an accent or another form.
    if text.is_ascii() { text.to_ascii_lowercase() } else { bare(&apart(text)) }
}

/// In small letters, with compatibility forms and accents taken apart.
pub fn apart(text: &str) -> String {
    DecomposingNormalizerBorrowed::new_nfkd().normalize(text).to_lowercase()
}

/// Drops the accents of a text that was taken apart, writes ligatures in two, and puts together again what is one letter in
/// other scripts.
pub fn bare(apart: &str) -> String {
    let mut folded = String::with_capacity(apart.len());
    for letter in apart.chars().filter(|letter| !is_accent(*letter)) {
        match plain(letter) {
            Some(plain) => folded.push_str(plain),
            None => folded.push(letter),
        }
    }
    ComposingNormalizerBorrowed::new_nfc().normalize(&folded).into_owned()
}

/// Accents of Latin, Greek and Cyrillic letters, and the vowel points that Hebrew and Arabic mostly leave out. Marks of other
/// scripts change the letter and stay.
const fn is_accent(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36F}' | '\u{591}'..='\u{5BD}' | '\u{5BF}' | '\u{5C1}' | '\u{5C2}' | '\u{5C4}' | '\u{5C5}' | '\u{5C7}'
        | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}'
        | '\u{FE20}'..='\u{FE2F}')
}

/// Letters that are not made of a plain one and a mark, as people type them who do not have them.
const fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'ħ' => "h",
        'ı' => "i",
        'ς' => "σ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_same_word_however_it_is_written() {
        for (one, other) in [
            ("CAFFÈ", "caffe"),
            ("Cafe\u{301}", "café"),
            ("Straße", "STRASSE"),
            ("ﬁore", "Fiore"),
            ("ＡＴＴＥＳＴＡ", "attesta"),
            ("İstanbul", "istanbul"),
            ("Łódź", "lodz"),
            ("ΟΔΟΣ", "οδός"),
            ("Ёлка", "елка"),
            ("Smørrebrød", "smorrebrod"),
        ] {
            assert_eq!(key(one), key(other), "{one} and {other}");
        }
        assert_ne!(key("が"), key("か"), "a mark that makes another letter stays");
    }

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        assert_eq!(words("  L'Angolo-del_tè & Co.  n° 7 "), ["l", "angolo", "del", "te", "co", "n", "7"]);
        assert_eq!(words("bottega.example"), ["bottega", "example"]);
        assert_eq!(words("100 % \0 %_\\"), ["100"], "what a pattern could mistake for its own is no word");
        assert_eq!(key("…"), "");
    }

    proptest! {
        #[test]
        fn plain_letters_are_folded_as_all_others(text in r"[\x00-\x7F]{0,30}") {
            prop_assert_eq!(fold(&text), bare(&apart(&text)));
        }

        #[test]
        fn folding_twice_is_folding_once(text in r"\PC{0,30}") {
            let once = key(&text);
            prop_assert_eq!(key(&once), once);
        }
    }
}
