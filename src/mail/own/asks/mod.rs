//! Finds where a text asks for stars, praise or kindness, in five languages at once. A shop may ask for the experience, good or bad; it
//! may not ask for five stars, for a positive review, for mercy, only those who are happy, or pay for praise.
//!
//! A text is read sentence by sentence as folded words. Each language brings word lists ([`Lexicon`]); the rules over them are one and the
//! same. A sentence that names both sides ("positive or negative"), a range ("one to five stars") or a house ("Hotel Cinque Stelle") is
//! innocent. `tests/data/asks/` holds what it is measured with.

mod de;
mod en;
mod es;
mod fr;
mod it;
mod rules;
mod words;

use words::Sentence;

/// An ask that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    /// The byte where its sentence begins.
    pub(crate) at: usize,
    /// The sentence, cut where it is long.
    pub(crate) words: String,
}

/// The words of one language. Entries stand apart by blanks; `lasci*` means every word that begins so. In phrases, which stand apart by
/// `|`, `~` means up to six words of any kind.
struct Lexicon {
    /// A star.
    star: &'static str,
    /// Five, or the fifth.
    five: &'static str,
    /// One to four.
    fewer: &'static str,
    /// What stands between the ends of a range.
    to: &'static str,
    /// The low end of a range.
    one: &'static str,
    /// Between the two numbers of "5 out of 5".
    out_of: &'static str,
    /// What has stars of its own: hotels, cognacs, films, labels.
    starred: &'static str,
    /// A review or its grade.
    review: &'static str,
    /// To write one.
    tell: &'static str,
    /// What makes a review good.
    good: &'static str,
    /// What makes it bad.
    bad: &'static str,
    /// Verbs and turns by which one asks, hopes or thanks beforehand.
    asking: &'static str,
    /// Us and you: who speaks to a customer of a grade, speaks of the one they want.
    person: &'static str,
    /// Not, or only.
    not: &'static str,
    /// The best grade.
    top: &'static str,
    /// Less than what follows.
    below: &'static str,
    /// To fail.
    fail: &'static str,
    /// On the condition that.
    if_: &'static str,
    /// Content.
    happy: &'static str,
    /// Not content.
    unhappy: &'static str,
    /// Or not: both sides are named.
    either: &'static str,
    /// Write to us rather.
    contact: &'static str,
    /// Before or instead of a review.
    instead: &'static str,
    /// What is given for it.
    reward: &'static str,
    /// Asks that need nothing beside them.
    plain: &'static str,
}

const LANGUAGES: [&Lexicon; 5] = [&it::LEXICON, &en::LEXICON, &de::LEXICON, &fr::LEXICON, &es::LEXICON];

/// The first ask in a text.
pub(crate) fn find(text: &str) -> Option<Ask> {
    let sentences = words::sentences(text);
    let mut before: Option<&Sentence> = None;
    for sentence in &sentences {
        if LANGUAGES.iter().any(|language| rules::is_ask(language, before, sentence)) {
            let said = text.get(sentence.at..sentence.end).unwrap_or_default();
            let words: String = said.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(160).collect();
            return Some(Ask { at: sentence.at, words });
        }
        before = Some(sentence);
    }
    None
}

/// A source as its reader reads it, byte for byte in the same places: a value is one word, `plural` keeps its phrases, other tags and
/// markup leave nothing behind.
pub(crate) fn readable(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(at) = rest.find(['{', '<']) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let tag = ["{{", "<"].into_iter().zip(["}}", ">"]).find_map(|(open, close)| {
            let inside = from.strip_prefix(open)?;
            inside.find(close).map(|end| (open, end + open.len() + close.len()))
        });
        let (open, end) = tag.unwrap_or(("", 1));
        let (tag, after) = from.split_at_checked(end).unwrap_or((from, ""));
        match open {
            "{{" => said(tag, &mut out),
            "<" => {
                // Bold words belong to their sentence; paragraphs end it.
                out.push(if tag.contains("b>") { ' ' } else { '\n' });
                out.push_str(&" ".repeat(tag.len() - 1));
            }
            _ => out.push(' '),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn said(tag: &str, out: &mut String) {
    if !tag.starts_with("{{plural") {
        let value = !tag.starts_with("{{#") && !tag.starts_with("{{/") && !tag.starts_with("{{else");
        out.push_str(if value { "x" } else { " " });
        out.push_str(&" ".repeat(tag.len() - 1));
        return;
    }
    for (at, part) in tag.split('"').enumerate() {
        if at > 0 {
            out.push('\n');
        }
        if at % 2 == 1 { out.push_str(part) } else { out.push_str(&" ".repeat(part.len())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_keeps_its_place() {
        for (source, read) in [
            ("Ciao {{customer_name}},", "Ciao x                ,"),
            ("<p>a</p>", "\n  a\n   "),
            ("{{#if a}}b{{else}}c{{/if}}", "         b        c       "),
            ("{{plural n one=\"# a\" other=\"b\"}}", "               \n# a\n       \nb\n  "),
            ("è { <", "è    "),
        ] {
            assert_eq!(readable(source), read);
            assert_eq!(readable(source).len(), source.len());
        }
    }

    #[test]
    fn an_ask_is_found_where_it_stands() {
        let ask = find("Ciao.\nLasciaci 5 stelle, ti va? Grazie.").unwrap();
        assert_eq!((ask.at, ask.words.as_str()), (6, "Lasciaci 5 stelle, ti va"));
        assert_eq!(find(""), None);
        assert_eq!(find(&"a ".repeat(20_000)), None);
    }
}
