//! A text as sentences of folded words.

use attesta_fold as fold;

/// A sentence.
#[derive(Clone, Debug, Default)]
pub(super) struct Sentence {
    /// Its first byte.
    pub(super) at: usize,
    /// Behind its last.
    pub(super) end: usize,
    /// It ends with a question mark.
    pub(super) question: bool,
    /// It ends where a line ends, and may go on in the next.
    pub(super) broken: bool,
    /// Its words, folded. A row of star signs is one word.
    pub(super) words: Vec<String>,
}

/// What a row of at least five full star signs reads as.
pub(super) const FIVE_SIGNS: &str = "★★★★★";

/// What a link reads as: a value, whatever words it is made of.
const LINK: &str = "x";

/// Takes a text apart.
pub(super) fn sentences(text: &str) -> Vec<Sentence> {
    let mut all = Vec::new();
    let mut now = Sentence::default();
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let end = at + letter.len_utf8();
        if let Some(end) = link(text, at) {
            while letters.next_if(|(next, _)| *next < end).is_some() {}
            now.push(at, end, LINK.to_owned());
            continue;
        }
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
            now.push(at, upto, if star { signs(&word) } else { fold::words(&word).concat() });
            continue;
        }
        let inside_a_number = letter == '.' && letters.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        if matches!(letter, '.' | '!' | '?' | ';' | '…' | '\n') && !inside_a_number {
            now.question = letter == '?';
            now.broken = letter == '\n';
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

/// Where the link ends that begins here.
fn link(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    ["https://", "http://"].iter().find(|scheme| rest.starts_with(**scheme))?;
    let link = rest.split([' ', '\n', '\t', '"', '<', '>', ')']).next()?;
    Some(at + link.trim_end_matches(['.', ',', ';', ':', '!', '?']).len())
}

fn is_star(letter: char) -> bool {
    matches!(letter, '★' | '⭐' | '🌟' | '✭' | '✮' | '✪' | '\u{fe0f}')
}

fn signs(row: &str) -> String {
    let count = row.chars().filter(|c| *c != '\u{fe0f}').count();
    if count >= 5 { FIVE_SIGNS.to_owned() } else { "★".repeat(count) }
}

impl Sentence {
    fn push(&mut self, at: usize, end: usize, word: String) {
        if self.words.is_empty() {
            self.at = at;
        }
        self.end = end;
        self.words.push(word);
    }

    /// Both as one.
    pub(super) fn followed_by(&self, next: &Self) -> Self {
        let mut words = self.words.clone();
        if self.question {
            words.push("?".to_owned());
        }
        words.extend(next.words.iter().cloned());
        Self { at: self.at, words, ..next.clone() }
    }

    /// So many words of it, from one on.
    pub(super) fn piece(&self, start: usize, count: usize) -> Self {
        let words = self.words.iter().skip(start).take(count).cloned().collect();
        Self { words, ..Self { words: Vec::new(), ..*self } }
    }
}
