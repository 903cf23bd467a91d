//! What the judge looks at in a sentence: its words, stems and the letters within them, pairs of neighbours and of stems near each other, the
//! concepts it names, which of them stand together and which stand near each other, in their order. Each is a mark, a number below
//! [`MARKS`].

use std::collections::HashMap;

use super::concepts::Concepts;
use super::corpus::{self, LANGUAGES};
use super::words::{self, Sentence};

/// So many marks are told apart; there are a fifth as many, and the few that fall together do little harm. The first third are words, the
/// second concepts, the last letters.
pub(super) const MARKS: u32 = 3 * KIND;
const KIND: u32 = 1 << 20;
/// How much more a concept pulls than a word: other shops have other words for it.
const CONCEPT: f32 = 1.8;
/// How much less a few letters pull: they stand in many words, and there are more of them.
const LETTERS: f32 = 0.4;
/// So many letters in a row are looked at.
const IN_A_ROW: std::ops::RangeInclusive<usize> = 3..=5;
/// Letters of a stem.
const STEM: usize = 5;
/// Letters of a stem in a pair: a pair is rarer than a word, so it is cut shorter.
const STEM_OF_TWO: usize = 4;
/// How near two concepts or two stems stand together, in words.
const NEAR: usize = 4;

/// Reads sentences of any of the languages.
pub(super) struct Reader {
    concepts: [Concepts; 5],
    /// How often a word stands in the corpus of each language.
    known: HashMap<String, [u16; 5]>,
}

impl Reader {
    /// Learns which words belong to which language.
    pub(super) fn new() -> Self {
        let mut known: HashMap<String, [u16; 5]> = HashMap::new();
        for line in corpus::all() {
            for word in words::sentences(line.text).into_iter().flat_map(|sentence| sentence.words) {
                if let Some(count) = known.entry(word).or_default().get_mut(line.language) {
                    *count = count.saturating_add(1);
                }
            }
        }
        Self { concepts: LANGUAGES.map(Concepts::of), known }
    }

    /// The marks of a line of the corpus: all it says as one.
    pub(super) fn line(&self, text: &str) -> Vec<u32> {
        let sentences = words::sentences(text);
        let whole = sentences.into_iter().reduce(|all, next| all.followed_by(&next));
        self.marks(&whole.unwrap_or_default())
    }

    /// The marks of a sentence, in order, each once.
    pub(super) fn marks(&self, sentence: &Sentence) -> Vec<u32> {
        let mut marks = Vec::new();
        let Some((language, concepts)) = self.language_of(&sentence.words) else { return marks };
        mark_words(sentence, language, &mut marks);
        mark_concepts(&concepts.meant(&sentence.words), &mut marks);
        marks.sort_unstable();
        marks.dedup();
        marks
    }

    /// The language whose words these are most likely, and its concepts.
    fn language_of(&self, words: &[String]) -> Option<(u8, &Concepts)> {
        let mut likely = [0.0_f32; 5];
        for counts in words.iter().filter_map(|word| self.known.get(word)) {
            let all: f32 = counts.iter().map(|count| f32::from(*count) + 0.5).sum();
            for (sum, count) in likely.iter_mut().zip(counts) {
                *sum += ((f32::from(*count) + 0.5) / all).ln();
            }
        }
        let all = likely.iter().zip((0..).zip(&self.concepts));
        all.max_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, language)| language)
    }
}

fn mark_words(sentence: &Sentence, language: u8, marks: &mut Vec<u32>) {
    let asked = sentence.question.then_some("?");
    let words: Vec<&str> = sentence.words.iter().map(String::as_str).chain(asked).collect();
    let mut before = "";
    for (at, word) in words.iter().enumerate() {
        marks.push(mark(b'w', word.bytes()));
        marks.push(mark(b'n', pair(before, word)));
        let stem = stem(word, STEM);
        if stem.len() < word.len() {
            marks.push(mark(b's', stem.bytes()));
        }
        mark_letters(word, language, marks);
        mark_near(word, words.get(at + 1..).unwrap_or_default(), marks);
        before = word;
    }
}

/// Letters in a row, with the edges of the word. Whole words may be shared by languages, a few letters mean something in one.
fn mark_letters(word: &str, language: u8, marks: &mut Vec<u32>) {
    let word = format!(" {word} ");
    let cuts: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
    for count in IN_A_ROW {
        let rows = cuts.iter().zip(cuts.iter().skip(count)).filter_map(|(from, to)| word.get(*from..*to));
        marks.extend(rows.map(|row| 2 * KIND + mark(b'k', [language].into_iter().chain(row.bytes()))));
    }
}

fn mark_near(word: &str, after: &[&str], marks: &mut Vec<u32>) {
    let stem_of_two = |word| stem(word, STEM_OF_TWO);
    marks.extend(after.iter().take(NEAR).map(|next| mark(b'b', pair(stem_of_two(word), stem_of_two(next)))));
}

fn stem(word: &str, letters: usize) -> &str {
    let cut = word.char_indices().nth(letters).and_then(|(at, _)| word.split_at_checked(at));
    cut.map_or(word, |(stem, _)| stem)
}

fn pair(one: &str, other: &str) -> impl Iterator<Item = u8> {
    one.bytes().chain([b' ']).chain(other.bytes())
}

fn mark_concepts(meant: &[Vec<u8>], marks: &mut Vec<u32>) {
    let mut all: Vec<u8> = meant.iter().flatten().copied().collect();
    all.sort_unstable();
    all.dedup();
    for (at, one) in all.iter().enumerate() {
        marks.push(KIND + mark(b'c', [*one]));
        marks.extend(all.iter().skip(at + 1).map(|other| KIND + mark(b'p', [*one, *other])));
    }
    for (at, here) in meant.iter().enumerate() {
        for near in meant.iter().skip(at + 1).take(NEAR) {
            marks.extend(here.iter().flat_map(|one| near.iter().map(|other| KIND + mark(b'o', [*one, *other]))));
        }
    }
}

/// How much a mark pulls.
pub(super) const fn pull(mark: u32) -> f32 {
    match mark / KIND {
        0 => 1.0,
        1 => CONCEPT,
        _ => LETTERS,
    }
}

/// The number of a mark among those of its kind: FNV-1a of its kind and bytes.
fn mark(kind: u8, bytes: impl IntoIterator<Item = u8>) -> u32 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    let hash = [kind].into_iter().chain(bytes).fold(0xCBF2_9CE4_8422_2325, step);
    u32::try_from((hash ^ (hash >> 32)) & 0xF_FFFF).unwrap_or_default()
}
