//! The rules of each language's typesetting, for the tests of glossary and mails. Tests only.

use crate::kernel::locale::Language;

/// Between a French word and `:` or inside « ».
const BLANK: char = '\u{a0}';
/// Between a French word and `;`, `?` or `%`.
const NARROW: char = '\u{202f}';

/// What is wrong with a text of ours (not of people) in a language.
pub(crate) fn faults(language: Language, text: &str) -> Vec<String> {
    let mut found = everywhere(text);
    found.extend(match language {
        Language::It => quotes(text, '«', '»', None),
        Language::En => quotes(text, '“', '”', None),
        Language::De => [quotes(text, '„', '“', None), before(text, '%', BLANK), before(text, '…', BLANK)].concat(),
        Language::Fr => french(text),
        Language::Es => [quotes(text, '«', '»', None), questions(text), before(text, '%', BLANK)].concat(),
    });
    found.into_iter().map(|what| format!("{what}: {text}")).collect()
}

fn everywhere(text: &str) -> Vec<String> {
    let unwanted = ["!", "...", "  ", "\"", "semplicemente", "simply", "einfach", "simplement", "simplemente"];
    let mut found: Vec<String> =
        unwanted.iter().filter(|word| text.contains(**word)).map(|word| format!("has `{word}`")).collect();
    if text.trim() != text || text.is_empty() {
        found.push("begins or ends with a blank".to_owned());
    }
    found
}

fn french(text: &str) -> Vec<String> {
    let mut found = quotes(text, '«', '»', Some(BLANK));
    for (mark, blank) in [(':', BLANK), (';', NARROW), ('?', NARROW), ('%', NARROW)] {
        found.extend(before(text, mark, blank));
    }
    let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    if neighbours(text).any(|(last, c, next)| c == '\'' && letter(last) && letter(next)) {
        found.push("has a straight apostrophe".to_owned());
    }
    // A name may begin with a vowel: d'Anna, qu'Anna.
    let names = ["shop", "author", "item", "product", "name"].iter().map(|name| format!("{{{name}}}"));
    for name in names {
        let words = [" de ", "De ", " que ", "Que "].map(|word| format!("{word}{name}"));
        found.extend(words.into_iter().filter(|word| text.contains(word.as_str())).map(|word| format!("has `{word}`")));
    }
    found
}

/// Each character between the one before it and the one after.
fn neighbours(text: &str) -> impl Iterator<Item = (Option<char>, char, Option<char>)> {
    let before = std::iter::once(None).chain(text.chars().map(Some));
    let after = text.chars().skip(1).map(Some).chain(std::iter::once(None));
    before.zip(text.chars()).zip(after).map(|((before, c), after)| (before, c, after))
}

/// Each mark at the end of a word stands behind a blank of this kind. Inside times, addresses and codes it has none.
fn before(text: &str, mark: char, blank: char) -> Vec<String> {
    let inside = |next: Option<char>| mark == ':' && next.is_some_and(|next| !next.is_whitespace());
    let bare = neighbours(text).filter(|(last, c, next)| *c == mark && !inside(*next) && *last != Some(blank));
    bare.map(|_| format!("no blank before `{mark}`")).collect()
}

/// Quotes come in pairs of the right kind, with the right blanks inside.
fn quotes(text: &str, open: char, close: char, blank: Option<char>) -> Vec<String> {
    let mut found = Vec::new();
    let mut outside = true;
    for (last, c, next) in neighbours(text).filter(|(_, c, _)| "«»„“”".contains(*c)) {
        if c != if outside { open } else { close } {
            found.push(format!("`{c}` where another quote belongs"));
        }
        let inner = if outside { next } else { last };
        if blank.map_or(inner.is_some_and(char::is_whitespace), |blank| inner != Some(blank)) {
            found.push(format!("wrong blank inside `{c}`"));
        }
        outside = !outside;
    }
    if !outside {
        found.push("a quote stays open".to_owned());
    }
    found
}

fn questions(text: &str) -> Vec<String> {
    let balanced = text.matches('¿').count() == text.matches('?').count();
    if balanced { Vec::new() } else { vec!["a question without ¿".to_owned()] }
}

#[test]
fn the_rules_find_faults() {
    for (language, good, bad) in [
        (Language::Fr, "Avis\u{a0}: «\u{a0}bon\u{a0}»\u{202f}? L’avis.", "Avis: « bon »? L'avis."),
        (Language::Fr, "12\u{202f}% à 05:00", "12 % à 05:00"),
        (Language::Fr, "chez {shop}", "avis de {shop}"),
        (Language::De, "„So“ …".replace(' ', "\u{a0}").leak(), "“So” …"),
        (Language::Es, "¿Qué tal?", "Qué tal?"),
        (Language::It, "«Un cliente»", "« Un cliente »"),
        (Language::En, "“A customer”", "“A customer"),
        (Language::En, "Well", "Well done!"),
    ] {
        assert_eq!(faults(language, good), Vec::<String>::new());
        assert!(!faults(language, bad).is_empty(), "{bad}");
    }
}
