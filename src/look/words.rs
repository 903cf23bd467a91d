//! The glossary: one word for one thing in every language, and how numbers, dates and durations are said.
//!
//! Each language is one typed struct: a phrase that is missing does not compile, and a template that asks for one
//! that does not exist stops the start. Phrases are text with `{placeholders}`; they never hold markup.

mod en;
mod glossary;
mod it;

use crate::kernel::locale::Language;
pub(crate) use glossary::{Phrase, Words};

/// Everything we say in a language.
pub(crate) fn of(language: Language) -> &'static Words {
    match language {
        Language::It => &it::WORDS,
        Language::En => &en::WORDS,
    }
}

/// The phrase with this `section.name`.
pub(crate) fn phrase(language: Language, key: &str) -> Option<Phrase> {
    let (section, name) = key.split_once('.')?;
    of(language).find(section, name)
}

/// The phrase for a count; `None` is taken for many where the phrase counts.
pub(crate) fn phrase_for(language: Language, key: &str, n: Option<i64>) -> Option<&'static str> {
    phrase(language, key).map(|phrase| phrase.of(n.unwrap_or(0)))
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

/// A whole number with its thousands set apart: `12.345`, `12,345`.
pub(crate) fn number(language: Language, n: i64) -> String {
    let mark = match language {
        Language::It => '.',
        Language::En => ',',
    };
    let digits = n.unsigned_abs().to_string();
    let mut out = if n < 0 { String::from("-") } else { String::new() };
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(mark);
        }
        out.push(digit);
    }
    out
}

fn decimal(language: Language, text: &str) -> String {
    match language {
        Language::It => text.replace('.', ","),
        Language::En => text.to_owned(),
    }
}

/// A score with one decimal: `4,3`, `4.3`.
pub(crate) fn score(language: Language, score: f64) -> String {
    decimal(language, &format!("{score:.1}"))
}

/// Stars as said: `4`, `4,5`.
fn stars(language: Language, stars: f64) -> String {
    decimal(language, format!("{stars:.1}").trim_end_matches(".0"))
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

/// An amount of euro cents: `24,90 €`, `€24.90`.
pub(crate) fn euros(language: Language, cents: i64) -> String {
    let (whole, part) = (number(language, cents / 100), (cents % 100).unsigned_abs());
    match language {
        Language::It => format!("{whole},{part:02} €"),
        Language::En => format!("€{whole}.{part:02}"),
    }
}

/// Whole per cent; something that rounds to nothing is "less than 1 %".
pub(crate) fn percent(_: Language, share: i64, part: i64) -> String {
    if share == 0 && part > 0 { "< 1%".to_owned() } else { format!("{share}%") }
}

/// Hours in the unit a person would use.
pub(crate) fn duration(language: Language, hours: i64) -> String {
    let common = &of(language).common;
    let (phrase, n) = if hours < 48 { (&common.hours, hours.max(1)) } else { (&common.days, (hours + 12) / 24) };
    fill(phrase.of(n), &[("n", &number(language, n))])
}

/// `2026-11-22…` as `22 novembre 2026`; None for anything else.
pub(crate) fn date(language: Language, iso: &str) -> Option<String> {
    let mut parts = iso.get(..10)?.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let month = month.parse::<usize>().ok()?.checked_sub(1)?;
    let name = of(language).months.get(month)?;
    Some(format!("{} {name} {year}", day.parse::<u8>().ok()?))
}

/// `2026-11-22…` as `22 nov 2026`, for places that are narrow.
pub(crate) fn short_date(language: Language, iso: &str) -> Option<String> {
    let full = date(language, iso)?;
    let mut words = full.split(' ');
    let (day, month, year) = (words.next()?, words.next()?, words.next()?);
    Some(format!("{day} {} {year}", month.chars().take(3).collect::<String>()))
}

/// An instant with its time of day: `22 novembre 2026, 05:00 UTC`.
pub(crate) fn moment(language: Language, iso: &str) -> Option<String> {
    Some(format!("{}, {} UTC", date(language, iso)?, iso.get(11..16)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{En, It};

    #[test]
    fn numbers_as_people_write_them() {
        assert_eq!(
            (number(It, 1_234_567), number(En, -999), number(En, 1000)),
            ("1.234.567".into(), "-999".into(), "1,000".into())
        );
        assert_eq!((score(It, 4.3), score(En, 4.0)), ("4,3".into(), "4.0".into()));
        assert_eq!((euros(It, 123_405), euros(En, 990)), ("1.234,05 €".into(), "€9.90".into()));
    }

    #[test]
    fn dates_and_durations() {
        assert_eq!(date(It, "2026-11-22T05:00:00.000Z").as_deref(), Some("22 novembre 2026"));
        assert_eq!(moment(En, "2026-01-02T05:06:00.000Z").as_deref(), Some("2 January 2026, 05:06 UTC"));
        assert_eq!((date(En, "soon"), date(En, "2026-13-01")), (None, None));
        assert_eq!(
            (duration(It, 0), duration(It, 5), duration(En, 60)),
            ("1 ora".into(), "5 ore".into(), "3 days".into())
        );
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

    #[test]
    fn all_languages_have_places_for_the_same_values() {
        for (section, name) in glossary::KEYS {
            let named = |language: &Language| {
                let phrase = of(*language).find(section, name).expect("every key is found");
                let mut names: Vec<&str> = placeholders(phrase.of(2)).collect();
                names.sort_unstable();
                names
            };
            let mut languages = Language::ALL.iter().map(named);
            let first = languages.next();
            assert!(languages.all(|other| Some(other) == first), "{section}.{name}");
        }
    }
}
