//! Which words mean the same: `concepts.txt`. A concept is a line per language of words; `lasci*` means every word that begins so,
//! `*sterne` every word that ends so, `per_favore` two words in a row.

use std::collections::HashMap;

/// The table.
const TABLE: &str = include_str!("concepts.txt");

/// No word of the table is longer, in letters: what is longer is looked up no further.
const LONGEST: usize = 40;

/// The concepts in one language.
#[derive(Debug, Default)]
pub(super) struct Concepts {
    whole: HashMap<&'static str, Vec<Entry>>,
    begins: HashMap<&'static str, Vec<Entry>>,
    ends: HashMap<&'static str, Vec<Entry>>,
}

/// What follows a first word, and what all of it means.
#[derive(Debug)]
struct Entry {
    rest: Vec<&'static str>,
    concept: u8,
}

impl Concepts {
    /// The concepts of a language, by its tag.
    pub(super) fn of(language: &str) -> Self {
        let mut concepts = Self::default();
        for Row { concept, tag, entries } in rows() {
            if tag == language {
                entries.split_whitespace().for_each(|entry| concepts.add(entry, concept));
            }
        }
        concepts
    }

    fn add(&mut self, entry: &'static str, concept: u8) {
        let mut words = entry.split('_');
        let first = words.next().unwrap_or_default();
        let entry = Entry { rest: words.collect(), concept };
        let (map, first) = match (first.strip_suffix('*'), first.strip_prefix('*')) {
            (Some(stem), _) => (&mut self.begins, stem),
            (_, Some(ending)) => (&mut self.ends, ending),
            _ => (&mut self.whole, first),
        };
        map.entry(first).or_default().push(entry);
    }

    /// What each word means.
    pub(super) fn meant(&self, words: &[String]) -> Vec<Vec<u8>> {
        (0..words.len()).map(|at| self.meant_at(words.get(at..).unwrap_or_default())).collect()
    }

    fn meant_at(&self, words: &[String]) -> Vec<u8> {
        let [first, rest @ ..] = words else { return Vec::new() };
        let cuts = first.char_indices().map(|(at, _)| first.split_at_checked(at).unwrap_or((first, "")));
        let cuts = cuts.skip(1).take(LONGEST).chain([(first.as_str(), "")]);
        let parts = cuts.flat_map(|(front, back)| [self.begins.get(front), self.ends.get(back)]);
        let entries = parts.chain([self.whole.get(first.as_str())]).flatten().flatten();
        let mut meant: Vec<u8> =
            entries.filter(|entry| follows(&entry.rest, rest)).map(|entry| entry.concept).collect();
        meant.sort_unstable();
        meant.dedup();
        meant
    }
}

fn follows(wanted: &[&str], words: &[String]) -> bool {
    let same = |(wanted, word): (&&str, &String)| match wanted.strip_suffix('*') {
        Some(stem) => word.starts_with(stem),
        None => word == wanted,
    };
    wanted.len() <= words.len() && wanted.iter().zip(words).all(same)
}

/// The words of a concept in one language.
struct Row {
    concept: u8,
    tag: &'static str,
    entries: &'static str,
}

/// Every row of the table.
fn rows() -> impl Iterator<Item = Row> {
    let mut concept = 0_u8;
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(move |line| {
        if line.starts_with('[') {
            concept = concept.saturating_add(1);
            return None;
        }
        let (tag, entries) = line.split_once(' ')?;
        Some(Row { concept, tag, entries })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_looked_up_whole_by_beginning_by_ending_and_in_rows() {
        let mut concepts = Concepts::default();
        for (entry, concept) in [("voto", 1), ("stell*", 2), ("*sterne", 3), ("per_fav*", 4)] {
            concepts.add(entry, concept);
        }
        let words =
            "voto voti stella ⭐ funfsterne per favore per voto".split(' ').map(str::to_owned).collect::<Vec<_>>();
        let meant = concepts.meant(&words);
        assert_eq!(meant, [vec![1], vec![], vec![2], vec![], vec![3], vec![4], vec![], vec![], vec![1]]);
    }

    #[test]
    fn every_concept_stands_in_every_language_in_folded_words() {
        let last = rows().last().unwrap().concept;
        assert!(last < u8::MAX, "a concept has a number of its own");
        for concept in 1..=last {
            for language in super::super::corpus::LANGUAGES {
                let found = rows().filter(|row| row.concept == concept && row.tag == language).count();
                assert_eq!(found, 1, "concept {concept} in {language}");
            }
        }
        for Row { tag, entries, .. } in rows() {
            for entry in entries.split(' ') {
                let plain = entry.replace(['_', '*', '★'], "");
                assert_eq!(attesta_fold::words(&plain).concat(), plain, "{tag}: {entry}");
            }
        }
    }
}
