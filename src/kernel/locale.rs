//! Locales as shops and browsers name them, and the languages we have words in.
//!
//! A [`Locale`] is kept as given (in its canonical spelling), whatever it is; a [`Language`] is one that pages and
//! mails exist in. A new language is one more line in the list below, its words and its mail folder.

use super::{Parsed, serde_as_text};
use std::fmt;

macro_rules! languages {
    ($($variant:ident $tag:literal $name:literal;)*) => {
        /// A language that pages and mails exist in.
        #[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Language {
            $(#[doc = $name] $variant,)*
        }

        impl Language {
            /// Every language, in the order of menus.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The BCP 47 tag: `it`.
            pub const fn tag(self) -> &'static str {
                match self { $(Self::$variant => $tag,)* }
            }

            /// Its own name for itself: `Italiano`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

languages! {
    It "it" "Italiano";
    En "en" "English";
    De "de" "Deutsch";
    Fr "fr" "Français";
    Es "es" "Español";
}

impl Language {
    /// What is spoken where nothing better is known.
    pub const FALLBACK: Self = Self::En;

    /// The language of a tag (`it`, `it-CH`, `IT_it`), if we have words in it.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?;
        Self::ALL.iter().copied().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The language that an `Accept-Language` header asks for most, or `None` when it asks for none of ours.
    /// `*` stands for the fallback. Weights as RFC 9110 12.4.2; the first of equals wins.
    pub fn negotiate(header: &str) -> Option<Self> {
        let mut best: Option<(u16, Self)> = None;
        for range in header.split(',').take(32) {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default();
            let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1_000, permille);
            let language = if tag == "*" { Some(Self::FALLBACK) } else { Self::of_tag(tag) };
            let Some(language) = language.filter(|_| weight > 0) else { continue };
            if best.is_none_or(|(top, _)| weight > top) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }

    /// Like [`Language::negotiate`], with the fallback for headers that ask for none of ours.
    pub fn from_header(header: &str) -> Self {
        Self::negotiate(header).unwrap_or(Self::FALLBACK)
    }
}

/// `0.85` in thousandths; what is no weight counts nothing.
fn permille(text: &str) -> u16 {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    if rest.len() > 3 || !rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    match whole {
        "1" if rest.bytes().all(|byte| byte == b'0') => 1_000,
        "0" => format!("{rest:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.tag())
    }
}

/// The text is no tag of a language we have words in.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a language of this instance")]
pub struct LanguageError;

impl Language {
    /// Reads the exact tag.
    pub fn parse(tag: &str) -> Result<Self, LanguageError> {
        Self::ALL.iter().copied().find(|language| language.tag() == tag).ok_or(LanguageError)
    }
}

impl Parsed for Language {
    type Error = LanguageError;
}
serde_as_text!(Language);

/// A BCP 47 tag: `it`, `it-IT`, `zh-Hans-CN`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Locale(String);

/// The text is no BCP 47 tag.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a language tag, like it or it-IT")]
pub struct LocaleError;

impl Locale {
    /// Reads a tag of at most 35 characters; underscores are taken for hyphens, upper and lower case are put right.
    pub fn parse(text: &str) -> Result<Self, LocaleError> {
        if text.len() > 35 {
            return Err(LocaleError);
        }
        let mut subtags = text.split(['-', '_']);
        let primary = subtags.next().filter(|tag| (2..=3).contains(&tag.len()) && is_alphabetic(tag));
        let mut out = primary.ok_or(LocaleError)?.to_ascii_lowercase();
        for (at, subtag) in subtags.enumerate() {
            if !(1..=8).contains(&subtag.len()) || !subtag.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return Err(LocaleError);
            }
            out.push('-');
            out.push_str(&spelled(subtag, at));
        }
        // A single letter announces an extension, which has to follow.
        let open = out.rsplit('-').next().is_some_and(|last| last.len() == 1);
        if open { Err(LocaleError) } else { Ok(Self(out)) }
    }

    /// The canonical spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language to speak to somebody with this locale: [`Language::FALLBACK`] where we have no words in theirs.
    pub fn language(&self) -> Language {
        Language::of_tag(&self.0).unwrap_or(Language::FALLBACK)
    }
}

fn is_alphabetic(tag: &str) -> bool {
    tag.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// RFC 5646 2.1.1: regions in capitals, scripts with one capital, the rest small.
fn spelled(subtag: &str, at: usize) -> String {
    let small = subtag.to_ascii_lowercase();
    match subtag.len() {
        2 if at <= 1 && is_alphabetic(subtag) => subtag.to_ascii_uppercase(),
        4 if at == 0 && is_alphabetic(subtag) => {
            let mut letters = small.chars();
            letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
        }
        _ => small,
    }
}

impl From<Language> for Locale {
    fn from(language: Language) -> Self {
        Self(language.tag().to_owned())
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Parsed for Locale {
    type Error = LocaleError;
}
serde_as_text!(Locale);

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn tags_get_their_canonical_spelling() {
        for (text, tag, language) in [
            ("it", "it", Language::It),
            ("IT-it", "it-IT", Language::It),
            ("pt_BR", "pt-BR", Language::En),
            ("zh-hans-cn", "zh-Hans-CN", Language::En),
            ("de_DE_formal", "de-DE-formal", Language::De),
            ("es-419", "es-419", Language::Es),
            ("it-CH-u-co-standard", "it-CH-u-co-standard", Language::It),
            ("EN", "en", Language::En),
        ] {
            let locale = Locale::parse(text).unwrap();
            assert_eq!((locale.as_str(), locale.language()), (tag, language));
            assert_eq!(Locale::parse(tag), Ok(locale));
        }
    }

    #[test]
    fn refuses_what_is_no_tag() {
        for text in
            ["", "i", "ital", "it-", "-it", "it--IT", "it IT", "it-ITALIANISSIMO", "it-u", "12", "it\0", "è", "*"]
        {
            assert_eq!(Locale::parse(text), Err(LocaleError), "{text:?}");
        }
        assert!(Locale::parse(&format!("it{}", "-aaaaaaa".repeat(5))).is_err());
    }

    #[test]
    fn browsers_get_what_they_ask_for_most() {
        for (header, language) in [
            ("it-IT,it;q=0.9,en;q=0.8", Some(Language::It)),
            ("en;q=0.8, it;q=0.81", Some(Language::It)),
            ("nl, it;q=0.3", Some(Language::It)),
            ("nl-NL,*;q=0.5", Some(Language::En)),
            ("fr-CA,en;q=0.5", Some(Language::Fr)),
            ("nl,de-AT;q=0.7,en;q=0.6", Some(Language::De)),
            ("en,it", Some(Language::En)),
            ("it;q=0", None),
            ("it;q=1.5,it;q=nonsense,it;q=0.1234", None),
            ("nl", None),
            ("", None),
        ] {
            assert_eq!(Language::negotiate(header), language, "{header}");
        }
        assert_eq!(Language::from_header("nl"), Language::En);
    }

    #[test]
    fn languages_are_listed_once() {
        for language in Language::ALL {
            assert_eq!(Language::parse(language.tag()), Ok(*language));
            assert_eq!(Locale::from(*language).language(), *language);
        }
        assert_eq!(Language::parse("nl"), Err(LanguageError));
        assert_eq!(Language::It.name(), "Italiano");
    }
}
