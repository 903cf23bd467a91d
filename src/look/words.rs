//! The glossary: one word for one thing in every language, and how numbers, dates and durations are said.
//!
//! Each language is one typed struct: a phrase that is missing does not compile, and a template that asks for one
//! that does not exist stops the start. Phrases are text with `{placeholders}`; they never hold markup.

mod cldr;
mod dates;
mod de;
mod en;
mod es;
mod fr;
mod glossary;
mod it;
mod numbers;
#[cfg(test)]
pub(crate) mod typography;

use crate::kernel::locale::Language;
pub(crate) use cldr::is_one;
pub(crate) use dates::{around_date, date, moment, month, short_date};
pub(crate) use glossary::{Counted, Phrase, Words};
use numbers::stars;
pub(crate) use numbers::{euros, number, percent, score};

/// Everything we say in a language.
pub(crate) fn of(language: Language) -> &'static Words {
    match language {
        Language::It => &it::WORDS,
        Language::En => &en::WORDS,
        Language::De => &de::WORDS,
        Language::Fr => &fr::WORDS,
        Language::Es => &es::WORDS,
    }
}

/// The phrase with this `section.name`.
pub(crate) fn phrase(language: Language, key: &str) -> Option<Phrase> {
    let (section, name) = key.split_once('.')?;
    of(language).find(section, name)
}

/// The phrase for a count; `None` is taken for many where the phrase counts.
pub(crate) fn phrase_for(language: Language, key: &str, n: Option<i64>) -> Option<&'static str> {
    phrase(language, key).map(|phrase| phrase.of(language, n.unwrap_or(0)))
}

/// A closed code in words; one without words is shown as it is, with blanks.
pub(crate) fn word(language: Language, section: &str, code: &str) -> String {
    match of(language).find(section, code) {
        Some(Phrase::Plain(text)) => text.to_owned(),
        _ => code.replace('_', " "),
    }
}

/// Puts values in the place of `{names}`, once each: a value is never searched again.
pub(crate) fn fill(phrase: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(phrase.len() + 32);
    let mut rest = phrase;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => filled.push_str(value),
            None => filled.extend(["{", name, "}"]),
        }
        rest = tail;
    }
    filled.push_str(rest);
    filled
}

/// The names a phrase has places for.
pub(crate) fn placeholders(phrase: &str) -> impl Iterator<Item = &str> {
    phrase.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

/// `4,5 su 5`.
pub(crate) fn out_of_five(language: Language, shown: f64) -> String {
    fill(of(language).common.out_of_five, &[("n", &stars(language, shown))])
}

/// The word for a score: the same five steps as its half stars.
pub(crate) fn verdict(language: Language, score: f64) -> &'static str {
    let words = &of(language).verdicts;
    match super::stars::halves(score) {
        0..=2 => words.v1,
        3..=4 => words.v2,
        5..=6 => words.v3,
        7..=8 => words.v4,
        _ => words.v5,
    }
}

/// The word for one experience of 1 to 5 stars.
pub(crate) fn experience(language: Language, stars: i64) -> &'static str {
    let words = &of(language).experiences;
    match stars {
        ..=1 => words.e1,
        2 => words.e2,
        3 => words.e3,
        4 => words.e4,
        _ => words.e5,
    }
}

/// Hours in the unit a person would use.
pub(crate) fn duration(language: Language, hours: i64) -> String {
    let common = &of(language).common;
    let (phrase, n) = if hours < 48 { (&common.hours, hours.max(1)) } else { (&common.days, (hours + 12) / 24) };
    fill(phrase.of(language, n), &[("n", &number(language, n))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{De, En, Es, Fr, It};

    #[test]
    fn durations_in_the_unit_a_person_would_use() {
        assert_eq!(
            (duration(It, 0), duration(It, 5), duration(En, 60)),
            ("1 ora".into(), "5 ore".into(), "3 days".into())
        );
        assert_eq!(
            (duration(De, 1), duration(Fr, 48), duration(Es, 24)),
            ("1 Stunde".into(), "2 jours".into(), "24 horas".into())
        );
    }

    #[test]
    fn the_french_count_none_as_one() {
        let none = |language| phrase_for(language, "profile.n_stars", Some(0));
        assert_eq!((none(Fr), none(It)), (Some("{n} étoile"), Some("{n} stelle")));
        assert_eq!(phrase_for(Fr, "profile.n_stars", Some(2)), Some("{n} étoiles"));
    }

    #[test]
    fn verdicts_follow_the_half_stars() {
        let said: Vec<&str> = [1.2, 1.3, 2.3, 3.3, 4.2, 4.3].iter().map(|s| verdict(It, *s)).collect();
        assert_eq!(said, ["pessimo", "scarso", "discreto", "buono", "buono", "eccellente"]);
    }

    #[test]
    fn a_value_is_never_searched_again() {
        assert_eq!(fill("{a} e {b} {", &[("a", "{b}"), ("b", "B")]), "{b} e B {");
    }

    /// Every key with both its forms.
    fn everything(language: Language) -> impl Iterator<Item = (String, &'static str)> {
        glossary::KEYS.iter().flat_map(move |(section, name)| {
            let phrase = of(language).find(section, name).expect("every key is found");
            [1, 2].map(|n| (format!("{section}.{name}"), phrase.of(language, n)))
        })
    }

    #[test]
    fn all_languages_have_places_for_the_same_values() {
        let places = |language: &Language| {
            let sorted = everything(*language).map(|(key, text)| {
                let mut names: Vec<&str> = placeholders(text).collect();
                names.sort_unstable();
                (key, names)
            });
            sorted.collect::<Vec<_>>()
        };
        for language in Language::ALL {
            assert_eq!(places(language), places(&En), "{language}");
        }
    }

    /// What reads the same in English by right.
    const ALIKE: &[(Language, &str)] = &[
        (It, "layout.privacy"),
        (It, "gallery.tag"),
        (It, "gallery.policy"),
        (It, "demo.email"),
        (It, "privacy.title"),
        (De, "layout.shops"),
        (De, "list.text"),
        (De, "gallery.title"),
        (De, "gallery.tag"),
        (De, "gallery.policy"),
        (De, "verify.shop"),
        (De, "demo.name"),
        (De, "mine.name"),
        (De, "directory.heading"),
        (Fr, "verdicts.v5"),
        (Fr, "profile.contact"),
        (Fr, "profile.paging"),
        (Fr, "gallery.title"),
        (Fr, "gallery.options"),
        (Fr, "gallery.policy"),
        (Fr, "demo.email"),
        (Fr, "home.docs"),
        (Fr, "mine.mails"),
        (Fr, "mine.n_photos"),
        (Fr, "mail_kinds.invitation"),
        (Fr, "docs.title"),
        (Fr, "docs.heading"),
        (Fr, "docs.routes"),
        (Es, "common.moment"),
        (Es, "gallery.title"),
        (Es, "gallery.policy"),
    ];

    #[test]
    fn nothing_is_left_in_english() {
        let mut same = Vec::new();
        for language in Language::ALL.iter().filter(|language| **language != En) {
            let pairs = everything(*language).zip(everything(En));
            // Many countries are called alike everywhere.
            let pairs = pairs.filter(|(here, _)| !here.0.starts_with("countries."));
            same.extend(pairs.filter(|(here, english)| here.1 == english.1).map(|(here, _)| (*language, here.0)));
        }
        same.dedup();
        same.retain(|(language, key)| !ALIKE.contains(&(*language, key.as_str())));
        assert_eq!(same, [], "either translate it, or say that it is alike");
    }

    #[test]
    fn every_phrase_can_be_drawn_on_a_card() {
        let drawn = |c: char| crate::look::raster::covers(c);
        for language in Language::ALL {
            let numbers = [number(*language, 1_234_567), percent(*language, 12, 1), euros(*language, 2_490)];
            let texts = everything(*language).map(|(_, text)| text.to_owned()).chain(numbers);
            let missing: std::collections::BTreeSet<char> =
                texts.flat_map(|text| text.chars().filter(|c| !drawn(*c)).collect::<Vec<_>>()).collect();
            assert_eq!(missing, [].into(), "{language}");
        }
    }

    #[test]
    fn every_phrase_keeps_the_rules_of_its_language() {
        let found = Language::ALL.iter().flat_map(|language| {
            everything(*language).flat_map(move |(key, text)| {
                typography::faults(*language, text).into_iter().map(move |fault| format!("{language} {key} {fault}"))
            })
        });
        assert_eq!(found.collect::<Vec<_>>(), Vec::<String>::new());
    }
}
