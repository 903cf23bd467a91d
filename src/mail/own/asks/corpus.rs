//! The sentences to learn from, one a line: `+ ` asks for stars, praise or kindness, `- ` does not.

/// The languages, by tag.
pub(super) const LANGUAGES: [&str; 5] = ["it", "en", "de", "fr", "es"];

const TEXTS: [&str; 5] = [
    include_str!("corpus/it.txt"),
    include_str!("corpus/en.txt"),
    include_str!("corpus/de.txt"),
    include_str!("corpus/fr.txt"),
    include_str!("corpus/es.txt"),
];

/// A sentence, or two that belong together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    /// The place of its language in [`LANGUAGES`].
    pub(super) language: usize,
    /// Whether it asks.
    pub(super) asks: bool,
    /// What it says.
    pub(super) text: &'static str,
}

/// All of them.
pub(super) fn all() -> impl Iterator<Item = Line> {
    TEXTS.into_iter().enumerate().flat_map(|(language, text)| text.lines().filter_map(move |line| read(language, line)))
}

fn read(language: usize, line: &'static str) -> Option<Line> {
    let ask = line.strip_prefix("+ ").map(|text| Line { language, asks: true, text });
    ask.or_else(|| line.strip_prefix("- ").map(|text| Line { language, asks: false, text }))
}
