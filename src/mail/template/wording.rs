//! What every mail owes its readers: its own language and its own typography. Tests only.

use super::files::LOCALES;
use super::one_line;
use crate::kernel::locale::Language;
use crate::look::words::typography::faults;

/// The words of a template, line by line: a value reads `x`, conditions and markup are left out.
fn words(source: &str) -> Vec<String> {
    let attributes =
        ["words=\"", "title=\"", "one=\"", "other=\""].into_iter().flat_map(|name| source.split(name).skip(1));
    let attributes = attributes.filter_map(|rest| rest.split('"').next()).map(str::to_owned);
    let value = |tag: &str| if tag.starts_with(['#', '/']) || tag.starts_with("else") { "" } else { "x" };
    let text = without(&without(source, ("{{", "}}"), value), ("<", ">"), |_| "");
    let lines = text.lines().map(|line| line.trim_matches([' ', '-', '>']).to_owned());
    lines.filter(|line| !["", "x"].contains(&line.as_str())).chain(attributes).collect()
}

/// A text with something else in place of each stretch between two marks.
fn without(text: &str, (open, close): (&str, &str), instead: fn(&str) -> &'static str) -> String {
    let mut parts = text.split(open);
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.filter_map(|part| part.split_once(close));
    rest.fold(first, |kept, (inside, rest)| kept + instead(inside) + rest)
}

#[test]
fn every_mail_keeps_the_rules_of_its_language() {
    let mut found = Vec::new();
    for locale in LOCALES {
        let language = Language::parse(locale.tag).unwrap();
        let parts = locale.mails.iter().flat_map(|mail| [mail.subject, mail.text, mail.html]);
        let lines: Vec<String> = parts.flat_map(words).collect();
        assert!(lines.len() > 50, "{lines:?}");
        found.extend(lines.iter().flat_map(|line| faults(language, line)));
    }
    assert_eq!(found, Vec::<String>::new());
}

/// What reads the same in English by right.
const ALIKE: &[(&str, &str)] = &[("it", "Privacy: x")];

#[test]
fn no_mail_is_left_in_english() {
    let of = |tag: &str| {
        let locale = LOCALES.iter().find(|locale| locale.tag == tag).unwrap();
        let parts = locale.mails.iter().flat_map(|mail| [mail.subject, mail.text, mail.html]);
        parts.flat_map(words).filter(|line| line.chars().any(char::is_alphabetic)).collect::<Vec<_>>()
    };
    for locale in LOCALES.iter().filter(|locale| locale.tag != "en") {
        let mut left: Vec<_> = of(locale.tag).into_iter().filter(|line| of("en").contains(line)).collect();
        left.retain(|line| !ALIKE.contains(&(locale.tag, line.as_str())));
        assert_eq!(left, Vec::<String>::new(), "{}", locale.tag);
    }
}

#[test]
fn a_subject_keeps_the_blanks_that_must_not_break() {
    assert_eq!(one_line(" Orto\u{a0}: la\n commande\u{202f}? "), "Orto\u{a0}: la commande\u{202f}?");
}
