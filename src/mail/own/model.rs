//! What a shop may say of a mail, and why it is not accepted. Every field may be absent: then the house's own stands.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::check::leads_to;
use crate::mail::template::dress::{Dress, Logo};

/// The mails that a shop may change. The statement of reasons is the operator's.
pub(crate) const MAILS: [&str; 6] =
    ["invitation", "reminder", "review_received", "reply_notice", "answer_shown", "fresh_link"];

/// The mail of this name, if a shop may change it.
pub(crate) fn is_mail(name: &str) -> Option<&'static str> {
    MAILS.into_iter().find(|mail| *mail == name)
}

/// A mail in a shop's own words, in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Own {
    /// The subject line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subject: Option<String>,
    /// The heading of the HTML part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) heading: Option<String>,
    /// What mail programs show beside the subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) preheader: Option<String>,
    /// The text part.
    #[serde(skip_serializing_if = "Blocks::is_empty")]
    pub(crate) text: Blocks,
    /// The HTML part; made of the text where it is absent.
    #[serde(skip_serializing_if = "Blocks::is_empty")]
    pub(crate) html: Blocks,
    /// Colours.
    #[serde(skip_serializing_if = "Colours::is_empty")]
    pub(crate) colours: Colours,
    /// A logo in the place of the shop's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) logo: Option<OwnLogo>,
}

/// The two places for a shop's words: before and after what the mail is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Blocks {
    /// In the place of the house's opening.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) opening: Option<String>,
    /// Before who asks and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) closing: Option<String>,
}

impl Blocks {
    fn is_empty(&self) -> bool {
        self.opening.is_none() && self.closing.is_none()
    }
}

/// Colours as `#rrggbb`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Colours {
    /// Links and buttons on white.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) accent: Option<String>,
    /// The same in the dark; made of `accent` where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) accent_dark: Option<String>,
    /// Around the sheet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) paper: Option<String>,
}

impl Colours {
    fn is_empty(&self) -> bool {
        self.accent.is_none() && self.accent_dark.is_none() && self.paper.is_none()
    }
}

/// A logo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnLogo {
    /// Its `https` address.
    pub(crate) url: String,
    /// What it says where pictures are off.
    pub(crate) alt: String,
    /// In CSS pixels, 32 to 320.
    pub(crate) width: i64,
}

/// How a part is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// One line of text.
    Line,
    /// Lines of text.
    Text,
    /// Prose with markup.
    Html,
}

/// One part of a shop's words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    /// Where it stands in the body, as a JSON pointer.
    pub(super) pointer: &'static str,
    /// How it is written.
    pub(super) manner: Manner,
    /// Longest, in characters.
    pub(super) longest: usize,
    /// What it says.
    pub(super) source: &'a str,
}

impl Own {
    /// Whether it says nothing: the house's own mail.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Line breaks as one character, whatever wrote them.
    #[must_use]
    pub(crate) fn tidied(mut self) -> Self {
        let blocks = [&mut self.text.opening, &mut self.text.closing, &mut self.html.opening, &mut self.html.closing];
        for block in blocks.into_iter().flatten() {
            *block = block.replace("\r\n", "\n");
        }
        self
    }

    /// The parts it has.
    pub(super) fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        [
            ("/subject", Manner::Line, 200, &self.subject),
            ("/heading", Manner::Line, 120, &self.heading),
            ("/preheader", Manner::Line, 200, &self.preheader),
            ("/text/opening", Manner::Text, 6_000, &self.text.opening),
            ("/text/closing", Manner::Text, 3_000, &self.text.closing),
            ("/html/opening", Manner::Html, 8_000, &self.html.opening),
            ("/html/closing", Manner::Html, 4_000, &self.html.closing),
        ]
        .into_iter()
        .filter_map(|(pointer, manner, longest, source)| {
            source.as_deref().map(|source| Part { pointer, manner, longest, source })
        })
    }

    /// Its colours and logo, the house's where it says nothing. A logo is shown from the shop's own domain alone, also where an older
    /// release took another: else a third party would learn who opens a mail.
    pub(in crate::mail) fn dress(&self, domain: &str) -> Dress {
        let house = Dress::default();
        let accent_dark = match (&self.colours.accent_dark, &self.colours.accent) {
            (Some(dark), _) => dark.clone(),
            (None, Some(accent)) => super::colours::lightened(accent).unwrap_or(house.accent_dark),
            (None, None) => house.accent_dark,
        };
        Dress {
            accent: self.colours.accent.clone().unwrap_or(house.accent),
            accent_dark,
            paper: self.colours.paper.clone().unwrap_or(house.paper),
            logo: self.logo.as_ref().filter(|logo| leads_to(&logo.url, domain)).map(|logo| Logo {
                url: logo.url.clone(),
                alt: logo.alt.clone(),
                width: logo.width,
            }),
        }
    }
}

/// What a mail program loads when it shows a mail in these words: the logo, from the shop.
pub(crate) fn loads<'a>(own: &'a Own, domain: &str) -> Option<&'a str> {
    own.logo.as_ref().map(|logo| logo.url.as_str()).filter(|url| leads_to(url, domain))
}

/// Which rule a proposal breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// It cannot be used as it stands.
    Usable,
    /// It asks for stars, praise or kindness.
    NoAsk,
}

/// Why a shop's words are not accepted, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flaw {
    /// The part, as a JSON pointer.
    pub(crate) pointer: String,
    /// Line and column, from 1, where there is one place.
    pub(crate) place: Option<(usize, usize)>,
    /// A sentence.
    pub(crate) what: String,
    /// The variable that may have been meant, or that is to blame.
    pub(crate) nearest: Option<String>,
    /// The case that it failed with.
    pub(crate) case: Option<&'static str>,
    /// The rule.
    pub(crate) rule: Rule,
}

impl Flaw {
    /// A flaw of a part as a whole.
    pub(super) fn of(pointer: &str, what: impl Into<String>) -> Self {
        Self {
            pointer: pointer.to_owned(),
            place: None,
            what: what.into(),
            nearest: None,
            case: None,
            rule: Rule::Usable,
        }
    }

    /// There is no such language.
    pub(in crate::mail) fn language(tag: &str) -> Self {
        Self::of("", format!("There is no mail in the language `{tag}`."))
    }

    /// A flaw at a byte of a part.
    pub(super) fn at(part: Part<'_>, at: usize, what: impl Into<String>) -> Self {
        Self { place: Some(place(part.source, at)), ..Self::of(part.pointer, what) }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.pointer)?;
        if let Some((line, column)) = self.place {
            write!(f, ", line {line}, column {column}")?;
        }
        write!(f, ": {}", self.what)
    }
}

/// Line and column of a byte, counted in characters from 1.
pub(super) fn place(source: &str, at: usize) -> (usize, usize) {
    let mut end = at.min(source.len());
    while !source.is_char_boundary(end) {
        end -= 1;
    }
    let before = source.get(..end).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |tail| tail.chars().count()) + 1;
    (line, column)
}
