//! Finds where a text asks for stars, praise or kindness, in five languages at once. A shop may ask for the experience, good or bad; it
//! may not ask for five stars, for a positive review, for mercy, only those who are happy, or pay for praise.
//!
//! Nobody can list how people ask, so the linter learns it. `corpus/` holds some six thousand sentences in each language, asks and innocents;
//! `concepts.txt` says which words mean the same ([`concepts`]). At first use the [`judge`] weighs words and concepts by these examples,
//! in a second or two; nothing is stored. Who finds a sentence judged wrongly adds it to the corpus. `tests/data/asks/` holds
//! what is never learned from, to measure with. A package of its own, because debug builds optimise it: learning takes ten times as long
//! without.

mod concepts;
mod corpus;
mod judge;
mod marks;
mod words;

use std::sync::LazyLock;

use judge::Judge;
use marks::Reader;
use words::Sentence;

/// An ask that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The byte where its sentence begins.
    pub at: usize,
    /// The sentence, cut where it is long.
    pub words: String,
}

/// What was learned from all sentences.
static LINTER: LazyLock<Linter> = LazyLock::new(|| {
    let reader = Reader::new();
    let examples = corpus::all().map(|line| (reader.line(line.text), line.asks)).collect();
    Linter { judge: Judge::learn(&examples), reader }
});

struct Linter {
    reader: Reader,
    judge: Judge,
}

/// A sentence of more words than this is read in pieces, lest an ask hides in its length.
const LONG: usize = 24;
/// How many words a piece has; the next begins half a piece further.
const PIECE: usize = 16;
/// A sentence of so few words is also read together with its neighbour.
const SHORT: usize = 3;

/// What a sentence must weigh to count as an ask. An innocent who is accused loses more than an ask that slips through.
const ACCUSED: f32 = 1.4;
/// What two sentences must weigh together.
const BOTH_ACCUSED: f32 = 1.6;

/// The first ask in a text.
pub fn find(text: &str) -> Option<Ask> {
    let sentences = words::sentences(text);
    LINTER.first(&sentences).map(|(from, to)| {
        let said = text.get(from.at..to.end).unwrap_or_default();
        let words: String = said.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(160).collect();
        Ask { at: from.at, words }
    })
}

impl Linter {
    /// The first ask: from which sentence to which.
    fn first<'a>(&self, sentences: &'a [Sentence]) -> Option<(&'a Sentence, &'a Sentence)> {
        let mut before: Option<&Sentence> = None;
        for sentence in sentences {
            if self.asks(sentence) {
                return Some((sentence, sentence));
            }
            if let Some(before) = before.filter(|before| belong_together(before, sentence))
                && self.weighs(&before.followed_by(sentence)) > BOTH_ACCUSED
            {
                return Some((before, sentence));
            }
            before = Some(sentence);
        }
        None
    }

    /// Whether a sentence asks, or a piece of it.
    fn asks(&self, sentence: &Sentence) -> bool {
        if sentence.words.len() <= LONG {
            return self.weighs(sentence) > ACCUSED;
        }
        let starts = (0..sentence.words.len()).step_by(PIECE / 2);
        starts.into_iter().any(|start| self.weighs(&sentence.piece(start, PIECE)) > ACCUSED)
    }

    fn weighs(&self, sentence: &Sentence) -> f32 {
        let marks = self.reader.marks(sentence);
        if marks.is_empty() { f32::MIN } else { self.judge.sum(&marks) }
    }
}

/// A question and what is said to it, a broken line, a word or two: the meaning stands in both.
fn belong_together(one: &Sentence, other: &Sentence) -> bool {
    let short = one.words.len() <= SHORT || other.words.len() <= SHORT;
    (one.question || one.broken || short) && one.words.len() + other.words.len() <= LONG
}

/// A source as its reader reads it, byte for byte in the same places: a value is one word, `plural` keeps its phrases, other tags and
/// markup leave nothing behind.
pub fn readable(source: &str) -> String {
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
mod tests;
