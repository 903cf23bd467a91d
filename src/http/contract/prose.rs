//! The little markup of descriptions: paragraphs, `code`, **weight**. Pure; the page escapes every part.

use serde::Serialize;

/// A paragraph, in parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Line {
    /// Its parts in order.
    pub(crate) parts: Vec<Part>,
}

/// A piece of text of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Part {
    /// The text.
    pub(crate) text: String,
    /// Code.
    pub(crate) code: bool,
    /// Weight.
    pub(crate) strong: bool,
}

/// Reads a description: paragraphs are parted by empty lines.
pub(super) fn prose(text: &str) -> Vec<Line> {
    let paragraphs = text.split("\n\n").map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "));
    paragraphs.filter(|paragraph| !paragraph.is_empty()).map(|paragraph| Line { parts: parts(&paragraph) }).collect()
}

fn parts(paragraph: &str) -> Vec<Part> {
    let mut all = Vec::new();
    // What stands between backticks is code, whatever else is in it.
    for (n, piece) in paragraph.split('`').enumerate() {
        if n % 2 == 1 {
            all.push(Part { text: piece.to_owned(), code: true, strong: false });
            continue;
        }
        let pieces = piece.split("**").enumerate();
        all.extend(pieces.map(|(n, text)| Part { text: text.to_owned(), code: false, strong: n % 2 == 1 }));
    }
    all.retain(|part| !part.text.is_empty());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_weight_are_told_apart() {
        let lines = prose("**Start** with `a ** b`.\nGo on.\n\nThen <b>.\n");
        let told = |line: &Line| line.parts.iter().map(|p| (p.text.clone(), p.code, p.strong)).collect::<Vec<_>>();
        let part = |text: &str, code, strong| (text.to_owned(), code, strong);
        let first = [
            part("Start", false, true),
            part(" with ", false, false),
            part("a ** b", true, false),
            part(". Go on.", false, false),
        ];
        assert_eq!(told(&lines[0]), first);
        assert_eq!(told(&lines[1]), [part("Then <b>.", false, false)]);
    }
}
