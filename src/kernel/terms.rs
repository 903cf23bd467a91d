//! Text as it is searched: cut into words in any script, and folded to what a person would type.
//!
//! Both engines are given exactly these terms, to store and to look for, so that the same question has the same answer on
//! either. A term is lower case without accents, and holds letters and digits only. Scripts that set no blanks (Chinese,
//! Japanese, Thai) are cut into single characters and neighbouring pairs. Pure and linear in the length of the text: there is
//! no pattern, so none can explode.

use std::collections::BTreeSet;

use unicode_segmentation::UnicodeSegmentation;

use super::fold;

/// Characters of a term that count; what two longer words share up to here, they share.
const LONGEST: usize = 40;

/// The shortest last word that is taken for a beginning: of fewer letters it would begin too much.
const BEGINNING: usize = 3;

/// What a person looks for: every one of these terms, in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sought {
    /// Terms as they stand.
    pub whole: Vec<String>,
    /// The beginning of a term: the last word, which may not be typed to its end.
    pub beginning: Option<String>,
    /// How many words were typed.
    pub words: usize,
}

/// The terms of a text, each once. Umlauts count twice, so that `schön` is found by `schon` and by `schoen`.
pub fn of_text(text: &str) -> BTreeSet<String> {
    let mut terms = BTreeSet::new();
    for word in words(text) {
        match word {
            Word::Spelled(word) => {
                terms.extend(spelled_out(&word));
                terms.insert(term(&word));
            }
            Word::Unspaced(signs) => {
                terms.extend(signs.windows(2).map(|pair| term(&pair.concat())));
                terms.extend(signs.iter().map(|sign| term(sign)));
            }
        }
    }
    terms.remove("");
    terms
}

/// The terms that a question asks for.
pub fn of_question(text: &str) -> Sought {
    let words = words(text);
    let mut sought = Sought { words: words.len(), ..Sought::default() };
    let mut ends_open = false;
    for word in words {
        ends_open = matches!(word, Word::Spelled(_));
        match word {
            Word::Spelled(word) => sought.whole.push(term(&word)),
            Word::Unspaced(signs) if signs.len() == 1 => sought.whole.extend(signs.iter().map(|sign| term(sign))),
            Word::Unspaced(signs) => sought.whole.extend(signs.windows(2).map(|pair| term(&pair.concat()))),
        }
    }
    sought.whole.retain(|term| !term.is_empty());
    if ends_open && sought.whole.last().is_some_and(|last| letters(last) >= BEGINNING) {
        sought.beginning = sought.whole.pop();
    }
    sought.whole.sort_unstable();
    sought.whole.dedup();
    sought
}

/// How many letters were typed: a syllable of Hangul holds two or three.
fn letters(term: &str) -> usize {
    term.chars().map(|letter| if matches!(letter, '\u{AC00}'..='\u{D7A3}') { 2 } else { 1 }).sum()
}

/// A word of the text, in lower case and with its accents taken apart.
enum Word {
    /// Set off by blanks or signs.
    Spelled(String),
    /// A run of characters of a script without blanks.
    Unspaced(Vec<String>),
}

/// Cuts by Unicode's word boundaries (UAX 29), and again at apostrophes, hyphens, points and underscores.
fn words(text: &str) -> Vec<Word> {
    let apart = fold::apart(text);
    let mut words = Vec::new();
    let mut end = 0;
    for (at, segment) in apart.unicode_word_indices() {
        if segment.chars().next().is_some_and(is_unspaced) {
            match words.last_mut() {
                Some(Word::Unspaced(run)) if at == end => run.push(segment.to_owned()),
                _ => words.push(Word::Unspaced(vec![segment.to_owned()])),
            }
        } else {
            words.extend(pieces(segment).map(|piece| Word::Spelled(piece.to_owned())));
        }
        end = at + segment.len();
    }
    words
}

/// The parts of a segment between its signs; a short part before an apostrophe is an elided article (`l'ordine`,
/// `qu'il`), which belongs to no word.
fn pieces(segment: &str) -> impl Iterator<Item = &str> {
    segment.split_inclusive(is_joint).filter_map(|piece| {
        let bare = piece.trim_end_matches(is_joint);
        let elided = piece.ends_with(is_apostrophe) && bare.chars().count() <= 2;
        (!bare.is_empty() && !elided).then_some(bare)
    })
}

const fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '’' | '‘' | 'ʼ')
}

const fn is_joint(letter: char) -> bool {
    letter.is_ascii_punctuation() || is_apostrophe(letter) || matches!(letter, '·' | '‧' | '‐' | '‑' | '‿' | '⁀')
}

/// Hiragana, Han, Thai, Lao, Myanmar, Khmer: a word's end cannot be seen. Katakana runs are cut by Unicode as words are.
const fn is_unspaced(letter: char) -> bool {
    matches!(letter, '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3040}'..='\u{309F}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// A word with its umlauts written out as two letters; none for a word without.
fn spelled_out(word: &str) -> Option<String> {
    let out = word.replace("a\u{308}", "ae").replace("o\u{308}", "oe").replace("u\u{308}", "ue");
    (out != word).then(|| term(&out))
}

/// The letters that stay: folded, without signs, at most [`LONGEST`].
fn term(word: &str) -> String {
    let mut folded = fold::bare(word);
    folded.retain(|letter| letter.is_alphanumeric() || !letter.is_ascii());
    if let Some((cut, _)) = folded.char_indices().nth(LONGEST) {
        folded.truncate(cut);
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn terms(text: &str) -> Vec<String> {
        of_text(text).into_iter().collect()
    }

    /// Whether a question finds a text, as an engine decides it.
    fn finds(question: &str, text: &str) -> bool {
        let (sought, terms) = (of_question(question), of_text(text));
        sought.whole.iter().all(|term| terms.contains(term))
            && sought.beginning.is_none_or(|start| terms.iter().any(|term| term.starts_with(&start)))
    }

    #[test]
    fn italian() {
        assert_eq!(terms("L'ordine è arrivato all’alba."), ["alba", "all", "arrivato", "e", "ordine"]);
        for (question, text) in [
            ("l'ordine", "Un ordine perfetto"),
            ("ordine", "Dell'ordine manca un pezzo"),
            ("PERCHE", "Non so perché"),
            ("perché", "non so PERCHE'"),
            ("qualita prez", "Qualità e prezzo"),
            ("c'è", "C’è tutto"),
        ] {
            assert!(finds(question, text), "{question} in {text}");
        }
        assert!(!finds("prezzo", "prezzemolo") && finds("prezz", "prezzemolo") && !finds("tè", "tempo"));
    }

    #[test]
    fn german() {
        assert_eq!(terms("Größe schön"), ["groesse", "grosse", "schoen", "schon"]);
        for (question, text) in [
            ("größe", "Die GRÖSSE passt"),
            ("groesse", "Die Größe passt"),
            ("grosse", "Die Größe passt"),
            ("STRASSE", "Straße"),
            ("straße", "STRASSE"),
            ("schoen", "Sehr schön"),
            ("überraschung", "Ueberraschung? Nein: ÜBERRASCHUNG"),
            ("verpack", "Sorgfältig verpackt"),
        ] {
            assert!(finds(question, text), "{question} in {text}");
        }
    }

    #[test]
    fn french() {
        assert_eq!(
            terms("Qu'il l'a reçu aujourd'hui, cœur sur la main"),
            ["a", "aujourd", "coeur", "hui", "il", "la", "main", "recu", "sur"]
        );
        for (question, text) in [
            ("d'été", "Un été sans pluie"),
            ("reçu", "RECU en deux jours"),
            ("cœur", "COEUR"),
            ("l'œuvre", "Une oeuvre"),
            ("aujourd'hui", "Arrivé aujourd’hui"),
        ] {
            assert!(finds(question, text), "{question} in {text}");
        }
    }

    #[test]
    fn spanish_and_english() {
        assert!(finds("nino", "El niño feliz") && finds("¿Dónde?", "donde siempre") && finds("corazon", "¡Corazón!"));
        assert!(finds("don't", "I don’t know") && finds("o'neill", "James O'Neill") && finds("e-mail", "one E-Mail"));
        assert!(finds("well-made", "a well made cup") && finds("3.5", "3,5 cm") && !finds("35", "3,5 cm"));
        assert_eq!(terms("snake_case www.shop.example 12:30"), ["12", "30", "case", "example", "shop", "snake", "www"]);
    }

    #[test]
    fn scripts_without_blanks() {
        assert_eq!(terms("日本茶"), ["日", "日本", "本", "本茶", "茶"]);
        assert!(finds("日本", "これは日本茶です") && finds("茶", "日本茶") && !finds("本日", "日本茶"));
        assert!(finds("ショップ", "このショップは早い") && finds("ｼｮｯﾌﾟ", "ショップ") && finds("ｔｅａ", "TEA"));
        assert!(finds("สวย", "ถ้วยสวยมาก"));
        // Korean sets blanks, and its endings are found by the beginning.
        assert!(finds("배송", "배송이 빨라요") && !finds("송배", "배송이 빨라요"));
        assert_eq!(of_question("日本茶").words, 1);
    }

    #[test]
    fn other_scripts() {
        assert!(
            finds("ελλαδα", "Ελλάδα") && finds("λογος", "ΛΌΓΟΣ") && finds("ёлка", "ЕЛКА") && finds("шалом", "Шалом")
        );
        assert!(finds("שלום", "שָׁלוֹם") && finds("سلام", "سَلام") && finds("istanbul", "İSTANBUL") && finds("isik", "ışık"));
    }

    #[test]
    fn what_is_no_word_is_no_term() {
        for text in ["", " ", "!!! ... ---", "😀🎉", "\u{200B}", "'", "’’"] {
            assert_eq!((terms(text), of_question(text)), (Vec::<String>::new(), Sought::default()), "{text:?}");
        }
        assert_eq!(of_question("a b").whole, ["a", "b"]);
        assert_eq!(
            of_question("tazza tazza verde"),
            Sought { whole: vec!["tazza".into()], beginning: Some("verde".into()), words: 3 }
        );
        let long = "x".repeat(5_000);
        assert_eq!(terms(&long), ["x".repeat(LONGEST)]);
        assert!(finds(&long, &long));
    }

    proptest! {
        #[test]
        fn terms_are_letters_and_digits(text in "\\PC{0,60}") {
            for term in of_text(&text) {
                prop_assert!(!term.is_empty() && term.chars().count() <= LONGEST);
                prop_assert!(term.chars().all(|letter| !letter.is_ascii() || letter.is_ascii_lowercase() || letter.is_ascii_digit()), "{term}");
            }
        }

        #[test]
        fn a_text_is_found_by_its_own_words(text in "[a-zA-Zäöüßéèçñœ'’ 日本ひらก-ฮ0-9.-]{0,40}") {
            prop_assert!(finds(&text, &text), "{:?} in {:?}", of_question(&text), of_text(&text));
        }
    }
}
