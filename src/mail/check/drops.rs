//! What mail programs drop: a small, closed table of HTML and CSS, each with who drops it and whether a mail bears that. A mail must be
//! whole in all of them, so that what is dropped may only ever be decoration.

use super::html::{Tag, declarations};

const EVERYBODY: &str = "all mail programs";
const GMAIL: &str = "Gmail";
const WEBMAIL: &str = "Gmail, Outlook.com, Yahoo";
const WORD: &str = "Outlook for Windows";
const GMAIL_AND_WORD: &str = "Gmail, Outlook for Windows";
const WEBMAIL_AND_WORD: &str = "Gmail, Outlook.com, Yahoo, Outlook for Windows";

/// How a feature is recognised.
#[derive(Clone, Copy, Debug)]
enum Mark {
    /// An element.
    Element(&'static str),
    /// A CSS property, with any value.
    Property(&'static str),
    /// A CSS property with a value that holds this.
    Value(&'static str, &'static str),
    /// Any CSS value that holds this.
    Within(&'static str),
    /// A rule of a style sheet.
    Rule(&'static str),
}

/// A feature that is dropped.
#[derive(Debug)]
pub(super) struct Drop {
    mark: Mark,
    /// Who drops it.
    pub(super) by: &'static str,
    /// A mail is whole without it.
    pub(super) borne: bool,
}

const fn breaks(mark: Mark, by: &'static str) -> Drop {
    Drop { mark, by, borne: false }
}

const fn borne(mark: Mark, by: &'static str) -> Drop {
    Drop { mark, by, borne: true }
}

/// The table.
const DROPS: &[Drop] = &[
    breaks(Mark::Element("script"), EVERYBODY),
    breaks(Mark::Element("iframe"), EVERYBODY),
    breaks(Mark::Element("object"), EVERYBODY),
    breaks(Mark::Element("embed"), EVERYBODY),
    breaks(Mark::Element("link"), WEBMAIL_AND_WORD),
    borne(Mark::Element("base"), WEBMAIL),
    breaks(Mark::Element("form"), GMAIL_AND_WORD),
    breaks(Mark::Element("input"), GMAIL_AND_WORD),
    breaks(Mark::Element("button"), GMAIL_AND_WORD),
    breaks(Mark::Element("select"), GMAIL_AND_WORD),
    breaks(Mark::Element("textarea"), GMAIL_AND_WORD),
    breaks(Mark::Element("video"), GMAIL_AND_WORD),
    breaks(Mark::Element("audio"), GMAIL_AND_WORD),
    breaks(Mark::Element("svg"), WEBMAIL_AND_WORD),
    breaks(Mark::Element("canvas"), EVERYBODY),
    breaks(Mark::Element("details"), WEBMAIL_AND_WORD),
    breaks(Mark::Property("position"), WEBMAIL_AND_WORD),
    breaks(Mark::Property("float"), WORD),
    breaks(Mark::Property("transform"), GMAIL_AND_WORD),
    breaks(Mark::Property("clip-path"), GMAIL_AND_WORD),
    breaks(Mark::Property("visibility"), GMAIL_AND_WORD),
    breaks(Mark::Value("display", "flex"), WORD),
    breaks(Mark::Value("display", "grid"), GMAIL_AND_WORD),
    breaks(Mark::Within("var("), WEBMAIL_AND_WORD),
    breaks(Mark::Within("calc("), GMAIL_AND_WORD),
    breaks(Mark::Within("url("), WORD),
    breaks(Mark::Within("data:"), WEBMAIL_AND_WORD),
    breaks(Mark::Within("expression("), EVERYBODY),
    breaks(Mark::Rule("@import"), WEBMAIL_AND_WORD),
    borne(Mark::Rule("@font-face"), WEBMAIL_AND_WORD),
    borne(Mark::Rule("@media"), WORD),
    borne(Mark::Rule("@keyframes"), GMAIL_AND_WORD),
    borne(Mark::Property("color-scheme"), GMAIL_AND_WORD),
    borne(Mark::Property("border-radius"), WORD),
    borne(Mark::Property("box-shadow"), GMAIL_AND_WORD),
    borne(Mark::Property("max-width"), WORD),
    borne(Mark::Property("opacity"), WORD),
    borne(Mark::Property("animation"), GMAIL_AND_WORD),
    borne(Mark::Property("transition"), GMAIL_AND_WORD),
    borne(Mark::Value("display", "inline-block"), WORD),
    borne(Mark::Property("mso-hide"), GMAIL),
];

impl Drop {
    /// The feature in words.
    pub(super) fn what(&self) -> String {
        match self.mark {
            Mark::Element(name) => format!("<{name}>"),
            Mark::Property(name) | Mark::Rule(name) => name.to_owned(),
            Mark::Value(name, value) => format!("{name}: {value}"),
            Mark::Within(part) => part.trim_end_matches('(').to_owned() + if part.ends_with('(') { "()" } else { "" },
        }
    }

    fn is_in(&self, tags: &[Tag], css: &[(String, String)], sheets: &[String]) -> bool {
        match self.mark {
            Mark::Element(element) => tags.iter().any(|tag| tag.name == element),
            Mark::Property(property) => css.iter().any(|(name, _)| name == property),
            Mark::Value(property, part) => css.iter().any(|(name, value)| name == property && value.contains(part)),
            Mark::Within(part) => css.iter().any(|(_, value)| value.contains(part)),
            Mark::Rule(rule) => sheets.iter().any(|sheet| sheet.to_ascii_lowercase().contains(rule)),
        }
    }
}

/// Whatever of the table a mail uses.
pub(super) fn found(tags: &[Tag], sheets: &[String]) -> Vec<&'static Drop> {
    let mut css: Vec<_> = tags.iter().flat_map(Tag::style).collect();
    css.extend(sheets.iter().flat_map(|sheet| declarations(sheet)));
    DROPS.iter().filter(|drop| drop.is_in(tags, &css, sheets)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::html::take_apart;
    use super::*;

    #[test]
    fn each_of_the_table_is_recognised() {
        for drop in DROPS {
            let html = match drop.mark {
                Mark::Element(name) => format!("<p><{name} x=\"1\">"),
                Mark::Property(name) => format!("<p style=\"{name}: 1\">"),
                Mark::Value(name, value) => format!("<p style=\"{name}:{value}\">"),
                Mark::Within(part) => format!("<style>p {{ width: {part}1) }}</style>"),
                Mark::Rule(name) => format!("<style>{name} x {{ }}</style>"),
            };
            let (tags, sheets) = take_apart(&html);
            let what: Vec<_> = found(&tags, &sheets).iter().map(|drop| drop.what()).collect();
            assert!(what.contains(&drop.what()), "{html}: {what:?}");
        }
        let (tags, sheets) = take_apart("<table style=\"color:#222;padding:8px\" width=\"100%\"><td>position: x</td>");
        assert!(found(&tags, &sheets).is_empty(), "words are no CSS");
    }
}
