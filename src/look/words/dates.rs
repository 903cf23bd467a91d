//! Dates as people write them in each language, and how a phrase meets its date. Pure; instants come in as RFC 3339. A day
//! never stands on another line than its month.

use super::{cldr, fill, of};
use crate::kernel::locale::Language;

/// `2026-11-22…` as `22 novembre 2026`; None for anything else.
pub(crate) fn date(language: Language, iso: &str) -> Option<String> {
    cldr::date(language, cldr::day(iso)?).map(|text| set(language, &text))
}

/// `2026-11-22…` as `22 nov 2026`, for places that are narrow.
pub(crate) fn short_date(language: Language, iso: &str) -> Option<String> {
    cldr::short_date(language, cldr::day(iso)?).map(|text| set(language, &text))
}

/// The CLDR leaves two things to us: what the first day of a month is called, and the blank behind the day.
fn set(language: Language, text: &str) -> String {
    let first = match language {
        Language::It => "1º ",
        Language::Fr => "1er ",
        Language::En | Language::De | Language::Es => "1 ",
    };
    let text = text.strip_prefix("1 ").map_or_else(|| text.to_owned(), |rest| [first, rest].concat());
    text.replacen(' ', "\u{a0}", 1)
}

/// A month of a year: `marzo 2026`; None for what is no month.
pub(crate) fn month(language: Language, year: i64, month: i64) -> Option<String> {
    cldr::month(language, cldr::day(&format!("{year:04}-{month:02}-01"))?)
}

/// An instant with its time of day: `22 novembre 2026, 05:00 UTC`.
pub(crate) fn moment(language: Language, iso: &str) -> Option<String> {
    Some(fill(of(language).common.moment, &[("date", &date(language, iso)?), ("time", iso.get(11..16)?)]))
}

/// What stands before and after the `{date}` of a phrase. Italian joins it to the word before: `dal 7`, but `dall'8`.
pub(crate) fn around_date<'a>(language: Language, phrase: &'a str, date: &str) -> Option<(String, &'a str)> {
    let (before, after) = phrase.split_once("{date}")?;
    let vowel = ["8\u{a0}", "11\u{a0}"].iter().any(|day| date.starts_with(day));
    let joined = match before.strip_suffix("l ") {
        Some("i") => "l'".to_owned(),
        Some(article) if article.ends_with(" i") => format!("{}l'", article.trim_end_matches('i')),
        Some(preposition) => format!("{preposition}ll'"),
        None => before.to_owned(),
    };
    Some((if vowel && language == Language::It { joined } else { before.to_owned() }, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{De, En, Es, Fr, It};

    #[test]
    fn months_as_people_write_them() {
        let said = [It, En, De, Fr, Es].map(|language| month(language, 2026, 3).unwrap());
        assert_eq!(said, ["marzo 2026", "March 2026", "März 2026", "mars 2026", "marzo de 2026"]);
        assert_eq!((month(It, 2026, 0), month(It, 2026, 13)), (None, None));
    }

    #[test]
    fn dates_as_people_write_them() {
        let said = |iso: &str| [It, En, De, Fr, Es].map(|language| date(language, iso).unwrap().replace('\u{a0}', " "));
        assert_eq!(
            said("2026-11-22T05:00:00.000Z"),
            [
                "22 novembre 2026",
                "22 November 2026",
                "22. November 2026",
                "22 novembre 2026",
                "22 de noviembre de 2026"
            ]
        );
        assert_eq!(
            said("2026-05-01"),
            ["1º maggio 2026", "1 May 2026", "1. Mai 2026", "1er mai 2026", "1 de mayo de 2026"]
        );
        for no_date in ["soon", "2026-13-01", "2026-00-01", "2026", ""] {
            assert_eq!((date(En, no_date), short_date(De, no_date), moment(It, no_date)), (None, None, None));
        }
    }

    #[test]
    fn short_dates_stay_readable() {
        let said =
            |iso: &str| [It, En, De, Fr, Es].map(|language| short_date(language, iso).unwrap().replace('\u{a0}', " "));
        assert_eq!(said("2026-11-22"), ["22 nov 2026", "22 Nov 2026", "22.11.2026", "22 nov. 2026", "22 nov 2026"]);
        assert_eq!(said("2026-06-01"), ["1º giu 2026", "1 Jun 2026", "01.06.2026", "1er juin 2026", "1 jun 2026"]);
    }

    #[test]
    fn moments_say_whose_clock() {
        let said = [It, En, De, Fr, Es]
            .map(|language| moment(language, "2026-01-02T05:06:00.000Z").unwrap().replace('\u{a0}', " "));
        assert_eq!(
            said,
            [
                "2 gennaio 2026, ore 05:06 UTC",
                "2 January 2026, 05:06 UTC",
                "2. Januar 2026, 05:06 Uhr UTC",
                "2 janvier 2026 à 05:06 UTC",
                "2 de enero de 2026, 05:06 UTC"
            ]
        );
    }

    #[test]
    fn a_phrase_meets_its_date() {
        let said = |language, phrase, iso| {
            let date = date(language, iso).unwrap();
            let (before, after) = around_date(language, phrase, &date).unwrap();
            format!("{before}{date}{after}").replace('\u{a0}', " ")
        };
        for (phrase, seventh, eighth) in [
            ("dal {date}:", "dal 7 marzo 2026:", "dall'8 marzo 2026:"),
            ("Ordine del {date}.", "Ordine del 7 marzo 2026.", "Ordine dell'8 marzo 2026."),
            ("Scritta il {date}", "Scritta il 7 marzo 2026", "Scritta l'8 marzo 2026"),
            ("il {date}", "il 7 marzo 2026", "l'8 marzo 2026"),
            ("{date}", "7 marzo 2026", "8 marzo 2026"),
            ("Scritta: {date}", "Scritta: 7 marzo 2026", "Scritta: 8 marzo 2026"),
        ] {
            assert_eq!(said(It, phrase, "2026-03-07"), seventh);
            assert_eq!(said(It, phrase, "2026-03-08"), eighth);
            assert_eq!(said(It, phrase, "2026-03-18"), seventh.replace('7', "18"));
        }
        assert_eq!(said(It, "al {date}", "2026-03-11"), "all'11 marzo 2026");
        assert_eq!(said(Fr, "Le {date}", "2026-03-08"), "Le 8 mars 2026");
        assert_eq!(said(Es, "El {date}", "2026-03-11"), "El 11 de marzo de 2026");
        assert_eq!(around_date(It, "nothing here", "8 marzo 2026"), None);
        assert_eq!(date(It, "2026-03-08").as_deref(), Some("8\u{a0}marzo 2026"), "a day stands with its month");
    }
}
