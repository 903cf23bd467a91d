//! In which language a review is written, for the reader's filter.
//!
//! A guess from the text where it is long and clear enough, else the language of the order. Pure.

use whatlang::{Lang, detect};

use crate::kernel::locale::Locale;

/// Texts shorter than this (in letters) say too little: "Ottimo" is a word in three languages.
const ENOUGH: usize = 24;

/// ISO 639-1 of `text`, else the order's language.
pub(crate) fn of(text: &str, order: &Locale) -> String {
    guess(text).map_or_else(|| primary(order), str::to_owned)
}

/// The primary subtag of a locale, lower-case: `it` of `it-CH`.
pub(crate) fn primary(locale: &Locale) -> String {
    let tag = locale.to_string();
    tag.split(['-', '_']).next().unwrap_or("en").to_ascii_lowercase()
}

fn guess(text: &str) -> Option<&'static str> {
    if text.chars().filter(|letter| letter.is_alphabetic()).count() < ENOUGH {
        return None;
    }
    let info = detect(text)?;
    if !info.is_reliable() {
        return None;
    }
    code(info.lang())
}

/// The two-letter code of the languages shops write in; the rarest fall back to the order's.
fn code(lang: Lang) -> Option<&'static str> {
    const CODES: &[(Lang, &str)] = &[
        (Lang::Ita, "it"),
        (Lang::Eng, "en"),
        (Lang::Deu, "de"),
        (Lang::Fra, "fr"),
        (Lang::Spa, "es"),
        (Lang::Por, "pt"),
        (Lang::Nld, "nl"),
        (Lang::Cat, "ca"),
        (Lang::Ron, "ro"),
        (Lang::Pol, "pl"),
        (Lang::Ces, "cs"),
        (Lang::Slk, "sk"),
        (Lang::Slv, "sl"),
        (Lang::Hrv, "hr"),
        (Lang::Srp, "sr"),
        (Lang::Hun, "hu"),
        (Lang::Bul, "bg"),
        (Lang::Mkd, "mk"),
        (Lang::Ell, "el"),
        (Lang::Dan, "da"),
        (Lang::Swe, "sv"),
        (Lang::Nob, "nb"),
        (Lang::Fin, "fi"),
        (Lang::Est, "et"),
        (Lang::Lav, "lv"),
        (Lang::Lit, "lt"),
        (Lang::Ukr, "uk"),
        (Lang::Rus, "ru"),
        (Lang::Bel, "be"),
        (Lang::Tur, "tr"),
        (Lang::Ara, "ar"),
        (Lang::Heb, "he"),
        (Lang::Pes, "fa"),
        (Lang::Hin, "hi"),
        (Lang::Cmn, "zh"),
        (Lang::Jpn, "ja"),
        (Lang::Kor, "ko"),
        (Lang::Tha, "th"),
        (Lang::Vie, "vi"),
        (Lang::Ind, "id"),
    ];
    CODES.iter().find(|pair| pair.0 == lang).map(|pair| pair.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_speak_for_themselves_and_short_ones_for_the_order() {
        let order = Locale::parse("it-CH").unwrap();
        let of = |text| of(text, &order);
        assert_eq!(of("The parcel arrived on the second day and everything works as promised."), "en");
        assert_eq!(of("Das Paket war am zweiten Tag da, und alles funktioniert wie versprochen."), "de");
        assert_eq!(of("Il pacco è arrivato il secondo giorno e tutto funziona come promesso."), "it");
        for short in ["", "Ottimo", "Top!", "5/5", "👍👍👍", "ok ok ok ok"] {
            assert_eq!(of(short), "it", "{short}");
        }
    }
}
