//! What an edit changed, word by word, so that a reader sees it without comparing two texts. Plain parts: the page marks
//! what went and what came with more than a colour.

use serde::Serialize;
use similar::{Algorithm, DiffOp, capture_diff_slices};
use unicode_segmentation::UnicodeSegmentation;

/// Pairs of words compared at most; two texts that differ in more are shown one after the other.
const PAIRS: usize = 250_000;

/// What became of a stretch of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fate {
    /// Said before and after.
    Kept,
    /// Said before only.
    Gone,
    /// Said after only.
    New,
}

/// A stretch of text and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Part {
    /// Kept, gone or new.
    pub(crate) fate: Fate,
    /// The words.
    pub(crate) text: String,
}

/// The parts of both texts in reading order; what went stands before what came in its place.
pub(crate) fn changes(before: &str, after: &str) -> Vec<Part> {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (before.split_word_bounds().collect(), after.split_word_bounds().collect());
    let mut parts = Parts::default();
    if differing(&old, &new) > PAIRS {
        parts.change(&old, &new);
    } else {
        let ops = capture_diff_slices(Algorithm::Myers, &old, &new);
        for (at, op) in ops.iter().enumerate() {
            let (was, is) = (old.get(op.old_range()).unwrap_or_default(), new.get(op.new_range()).unwrap_or_default());
            match op {
                DiffOp::Equal { .. } => parts.keep(was, at + 1 < ops.len()),
                _ => parts.change(was, is),
            }
        }
    }
    parts.done()
}

/// What there is to compare once the same beginning and end are set aside.
fn differing(old: &[&str], new: &[&str]) -> usize {
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old, new) = (old.get(start..).unwrap_or_default(), new.get(start..).unwrap_or_default());
    let end = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    (old.len() - end) * (new.len() - end)
}

#[derive(Default)]
struct Parts {
    all: Vec<Part>,
    gone: String,
    new: String,
}

impl Parts {
    fn change(&mut self, was: &[&str], is: &[&str]) {
        self.gone.extend(was.iter().copied());
        self.new.extend(is.iter().copied());
    }

    /// A blank between two changes belongs to both: they read as one.
    fn keep(&mut self, words: &[&str], more: bool) {
        let blank = words.iter().all(|word| word.chars().all(|letter| letter == ' '));
        if blank && more && !(self.gone.is_empty() && self.new.is_empty()) {
            return self.change(words, words);
        }
        self.flush();
        self.all.push(Part { fate: Fate::Kept, text: words.concat() });
    }

    fn flush(&mut self) {
        for (fate, text) in [(Fate::Gone, &mut self.gone), (Fate::New, &mut self.new)] {
            if !text.is_empty() {
                self.all.push(Part { fate, text: std::mem::take(text) });
            }
        }
    }

    fn done(mut self) -> Vec<Part> {
        self.flush();
        self.all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As a reader sees it: `[-gone-]` and `{+new+}`.
    fn seen(before: &str, after: &str) -> String {
        let parts: Vec<String> = changes(before, after)
            .into_iter()
            .map(|Part { fate, text }| match fate {
                Fate::Kept => text,
                Fate::Gone => format!("[-{text}-]"),
                Fate::New => format!("{{+{text}+}}"),
            })
            .collect();
        parts.concat()
    }

    #[test]
    fn words_that_went_and_came() {
        for (before, after, shown) in [
            ("", "", ""),
            ("Bello", "Bello", "Bello"),
            ("", "Bello", "{+Bello+}"),
            ("Bello", "", "[-Bello-]"),
            ("Arrivato rotto.", "Arrivato intero.", "Arrivato [-rotto-]{+intero+}."),
            ("molto bello e utile", "poco utile", "[-molto bello e-]{+poco+} utile"),
            ("una tazza verde scuro", "una ciotola blu scuro", "una [-tazza verde-]{+ciotola blu+} scuro"),
            ("日本茶", "日本酒", "日本[-茶-]{+酒+}"),
        ] {
            assert_eq!(seen(before, after), shown);
        }
    }

    #[test]
    fn long_texts_are_not_compared_for_ever() {
        let word = |n: usize, of: &str| (0..n).map(|at| format!("{of}{at} ")).collect::<Vec<_>>().concat();
        let (before, after) = (word(600, "a"), word(600, "b"));
        assert_eq!(changes(&before, &after).len(), 2);
        let (before, after) = (word(2_000, "a"), word(2_000, "a") + "e basta");
        assert_eq!(
            changes(&before, &after).last().unwrap().text,
            "e basta",
            "an end is found however long the rest is"
        );
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read(before in "[ab ,.\n]{0,30}", after in "[ab ,.\n]{0,30}") {
            let parts = changes(&before, &after);
            let read = |without: Fate| parts.iter().filter(|part| part.fate != without).map(|part| part.text.as_str()).collect::<String>();
            prop_assert_eq!(read(Fate::New), before);
            prop_assert_eq!(read(Fate::Gone), after);
        }
    }
}
