//! What somebody wrote, as a mail shows it: paragraph by paragraph. Pure.

/// Most paragraphs of a text that a mail sets apart: each costs markup, and a mail has an end.
const PARAGRAPHS: usize = 60;

/// What somebody wrote, one entry a paragraph. The last of very many holds what is left, with its line breaks.
pub(crate) fn paragraphs(text: &str) -> Vec<String> {
    let whole: Vec<&str> = text.split("\n\n").map(str::trim).filter(|text| !text.is_empty()).collect();
    let (apart, rest) = whole.split_at(whole.len().min(PARAGRAPHS - 1));
    let rest = Some(rest.join("\n\n")).filter(|rest| !rest.is_empty());
    apart.iter().map(|text| (*text).to_owned()).chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_paragraphs_are_all_said_and_few_are_set_apart() {
        assert_eq!(paragraphs("a\n\n b\nc \n\n\n\n"), ["a", "b\nc"]);
        assert_eq!(paragraphs(" \n\n "), Vec::<String>::new());
        let many = paragraphs(&"a\n\n".repeat(1_666));
        assert_eq!((many.len(), many.last().unwrap().matches('a').count()), (PARAGRAPHS, 1_666 - PARAGRAPHS + 1));
        assert_eq!(paragraphs(&"a\n\n".repeat(PARAGRAPHS)).len(), PARAGRAPHS);
    }
}
