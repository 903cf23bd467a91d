//! What the judge looks at in a sentence: its words, stems and pairs of neighbours, the concepts it names, which of them stand together
//! and which stand near each other, in their order. Each is a mark, a number below [`MARKS`].

use std::collections::HashMap;

use super::concepts::Concepts;
use super::corpus::{self, LANGUAGES};
use super::words::{self, Sentence};

/// So many marks are told apart; there are a fifth as many, and those that fall together do no harm. The upper half are concepts.
pub(super) const MARKS: usize = 2 * HALF;
const HALF: usize = 1 << 17;
/// How much more a concept pulls than a word: other shops have other words for it.
const CONCEPT: f32 = 1.8;
/// Letters of a stem.
const STEM: usize = 5;
/// How near two concepts stand together, in words.
const NEAR: usize = 3;

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
    pub(super) fn line(&self, text: &str) -> Vec<usize> {
        let sentences = words::sentences(text);
        let whole = sentences.into_iter().reduce(|all, next| all.followed_by(&next));
        self.marks(&whole.unwrap_or_default())
    }

    /// The marks of a sentence, in order, each once. One that names no subject of asks has none.
    pub(super) fn marks(&self, sentence: &Sentence) -> Vec<usize> {
        let mut marks = Vec::new();
        let Some(concepts) = self.concepts_for(&sentence.words) else { return marks };
        let meant = concepts.meant(&sentence.words);
        if !concepts.have_subject(&meant) {
            return marks;
        }
        mark_words(sentence, &mut marks);
        mark_concepts(&meant, &mut marks);
        marks.sort_unstable();
        marks.dedup();
        marks
    }

    /// The concepts of the language whose words these are most likely.
    fn concepts_for(&self, words: &[String]) -> Option<&Concepts> {
        let mut likely = [0.0_f32; 5];
        for counts in words.iter().filter_map(|word| self.known.get(word)) {
            let all: f32 = counts.iter().map(|count| f32::from(*count) + 0.5).sum();
            for (sum, count) in likely.iter_mut().zip(counts) {
                *sum += ((f32::from(*count) + 0.5) / all).ln();
            }
        }
        let best = likely.iter().zip(&self.concepts).max_by(|(one, _), (other, _)| one.total_cmp(other));
        best.map(|(_, concepts)| concepts)
    }
}

fn mark_words(sentence: &Sentence, marks: &mut Vec<usize>) {
    let mut before = "";
    let asked = sentence.question.then_some("?");
    for word in sentence.words.iter().map(String::as_str).chain(asked) {
        marks.push(mark(b'w', word.bytes()));
        marks.push(mark(b'n', before.bytes().chain([b' ']).chain(word.bytes())));
        if let Some((cut, _)) = word.char_indices().nth(STEM) {
            marks.push(mark(b's', word.bytes().take(cut)));
        }
        before = word;
    }
}

fn mark_concepts(meant: &[Vec<u8>], marks: &mut Vec<usize>) {
    let mut all: Vec<u8> = meant.iter().flatten().copied().collect();
    all.sort_unstable();
    all.dedup();
    for (at, one) in all.iter().enumerate() {
        marks.push(HALF + mark(b'c', [*one]));
        marks.extend(all.iter().skip(at + 1).map(|other| HALF + mark(b'p', [*one, *other])));
    }
    for (at, here) in meant.iter().enumerate() {
        for near in meant.iter().skip(at + 1).take(NEAR) {
            marks.extend(here.iter().flat_map(|one| near.iter().map(|other| HALF + mark(b'o', [*one, *other]))));
        }
    }
}

/// How much a mark pulls.
pub(super) const fn pull(mark: usize) -> f32 {
    if mark < HALF { 1.0 } else { CONCEPT }
}

/// The number of a mark in its half: FNV-1a of its kind and bytes.
fn mark(kind: u8, bytes: impl IntoIterator<Item = u8>) -> usize {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    let hash = [kind].into_iter().chain(bytes).fold(0xCBF2_9CE4_8422_2325, step);
    usize::try_from((hash ^ (hash >> 32)) & 0x1_FFFF).unwrap_or_default()
}
