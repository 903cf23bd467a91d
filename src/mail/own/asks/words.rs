//! A text as sentences of folded words, and how word lists and phrases are looked up in them.

use crate::kernel::fold;

/// A sentence.
#[derive(Clone, Debug, Default)]
pub(super) struct Sentence {
    /// Its first byte.
    pub(super) at: usize,
    /// Behind its last.
    pub(super) end: usize,
    /// It ends with a question mark.
    pub(super) question: bool,
    /// Its words, folded. A row of five star signs is one word.
    pub(super) words: Vec<String>,
}

/// What a row of at least five full star signs reads as.
pub(super) const FIVE_SIGNS: &str = "★★★★★";

/// Takes a text apart.
pub(super) fn sentences(text: &str) -> Vec<Sentence> {
    let mut all = Vec::new();
    let mut now = Sentence::default();
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let end = at + letter.len_utf8();
        if letter.is_alphanumeric() || is_star(letter) {
            let star = is_star(letter);
            let mut word = String::from(letter);
            let mut upto = end;
            while let Some((next, more)) =
                letters.next_if(|(_, c)| if star { is_star(*c) } else { c.is_alphanumeric() })
            {
                word.push(more);
                upto = next + more.len_utf8();
            }
            if now.words.is_empty() {
                now.at = at;
            }
            now.end = upto;
            now.words.push(if star { signs(&word) } else { fold::words(&word).concat() });
            continue;
        }
        let inside_a_number = letter == '.' && letters.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        if matches!(letter, '.' | '!' | '?' | ';' | '…' | '\n') && !inside_a_number {
            now.question = letter == '?';
            finish(&mut all, &mut now);
        }
    }
    finish(&mut all, &mut now);
    all
}

fn finish(all: &mut Vec<Sentence>, now: &mut Sentence) {
    if !now.words.is_empty() {
        all.push(std::mem::take(now));
    }
}

fn is_star(letter: char) -> bool {
    matches!(letter, '★' | '⭐' | '🌟' | '✭' | '✮' | '✪' | '\u{fe0f}')
}

fn signs(row: &str) -> String {
    let count = row.chars().filter(|c| *c != '\u{fe0f}').count();
    if count >= 5 { FIVE_SIGNS.to_owned() } else { "★".repeat(count) }
}

/// Whether a list has this word.
pub(super) fn has(list: &str, word: &str) -> bool {
    list.split(' ').any(|entry| match entry.strip_suffix('*') {
        Some(stem) => word.starts_with(stem),
        None => word == entry,
    })
}

impl Sentence {
    /// Where the words of a list stand.
    pub(super) fn places<'a>(&'a self, list: &'a str) -> impl Iterator<Item = usize> + 'a {
        self.words.iter().enumerate().filter(|(_, word)| has(list, word)).map(|(at, _)| at)
    }

    /// Whether any word of a list stands in it.
    pub(super) fn any(&self, list: &str) -> bool {
        self.places(list).next().is_some()
    }

    /// Whether a word of one list stands at most `apart` words from one of another.
    pub(super) fn near(&self, one: &str, other: &str, apart: usize) -> bool {
        self.places(one).any(|at| self.places(other).any(|found| found != at && found.abs_diff(at) <= apart))
    }

    /// The word so many places further.
    pub(super) fn word(&self, at: Option<usize>) -> &str {
        at.and_then(|at| self.words.get(at)).map_or("", String::as_str)
    }

    /// Whether one of these phrases stands in it, at or after a place.
    pub(super) fn says(&self, phrases: &str) -> bool {
        let phrases = phrases.split('|').map(|phrase| phrase.split_whitespace().collect::<Vec<_>>());
        phrases.into_iter().any(|phrase| (0..self.words.len()).any(|at| self.matches(at, &phrase)))
    }

    fn matches(&self, at: usize, phrase: &[&str]) -> bool {
        match phrase {
            [] => true,
            ["~", rest @ ..] => (0..=6).any(|skipped| self.matches(at + skipped, rest)),
            [first, rest @ ..] => {
                self.words.get(at).is_some_and(|word| first.split('/').any(|one| has(one, word)))
                    && self.matches(at + 1, rest)
            }
        }
    }
}
