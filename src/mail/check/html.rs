//! Takes the HTML of a mail apart as far as the checks need it: tags with their attributes, and declarations of CSS. Reads our own output and
//! that of shops' templates; whatever it is given, it ends and does not panic.

/// A tag that opens something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    /// In small letters.
    pub(super) name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    /// An attribute's text, with its entities resolved.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every declaration of its style.
    pub(super) fn style(&self) -> Vec<(String, String)> {
        declarations(self.get("style").unwrap_or_default())
    }
}

/// Every opening tag in order, and what stands inside `style` elements.
pub(super) fn take_apart(html: &str) -> (Vec<Tag>, Vec<String>) {
    let (mut tags, mut sheets) = (Vec::new(), Vec::new());
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let (inside, after) = split_tag(after);
        rest = after;
        let Some(tag) = tag(inside) else { continue };
        if tag.name == "style" {
            let end = rest.to_ascii_lowercase().find("</style").unwrap_or(rest.len());
            sheets.push(rest.get(..end).unwrap_or_default().to_owned());
        }
        tags.push(tag);
    }
    (tags, sheets)
}

/// Up to the `>` that is in no quotes.
fn split_tag(text: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (None, '>') => return (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default()),
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            _ => {}
        }
    }
    (text, "")
}

fn tag(inside: &str) -> Option<Tag> {
    let end = inside.find(|letter: char| letter.is_whitespace() || letter == '/').unwrap_or(inside.len());
    let (name, mut rest) = inside.split_at_checked(end)?;
    if !name.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
        return None;
    }
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '/');
        if rest.is_empty() {
            break;
        }
        let end = rest.find(|letter: char| letter.is_whitespace() || letter == '=').unwrap_or(rest.len());
        let (attribute, after) = rest.split_at_checked(end.max(1))?;
        let (value, after) = value(after.trim_start());
        attributes.push((attribute.to_ascii_lowercase(), resolved(value)));
        rest = after;
    }
    Some(Tag { name: name.to_ascii_lowercase(), attributes })
}

/// The value after a `=`, where there is one, and what follows it.
fn value(text: &str) -> (&str, &str) {
    let Some(text) = text.strip_prefix('=').map(str::trim_start) else { return ("", text) };
    let quoted = ['"', '\''].into_iter().find_map(|quote| Some((quote, text.strip_prefix(quote)?)));
    match quoted {
        Some((quote, inner)) => inner.split_once(quote).unwrap_or((inner, "")),
        None => text.split_at_checked(text.find(char::is_whitespace).unwrap_or(text.len())).unwrap_or((text, "")),
    }
}

fn resolved(text: &str) -> String {
    let named = [
        ("&#x3D;", "="),
        ("&#x27;", "'"),
        ("&#x60;", "`"),
        ("&quot;", "\""),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ];
    named.iter().fold(text.to_owned(), |text, (entity, letter)| text.replace(entity, letter))
}

/// The declarations of a style attribute or of the rules of a sheet: property and value in small letters.
pub(super) fn declarations(css: &str) -> Vec<(String, String)> {
    let pieces = css.split([';', '{', '}']).filter_map(|piece| piece.split_once(':'));
    pieces.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_ascii_lowercase())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tags_and_attributes_are_read() {
        let html = "<!DOCTYPE html><html lang=\"it\"><!-- <img> --><style>a > b { color: red }</style>\
            <a href='x?a=1&amp;b=2' title=\"a > b\">t</a><img src=y alt><br/>";
        let (tags, sheets) = take_apart(html);
        let names: Vec<_> = tags.iter().map(|tag| tag.name.as_str()).collect();
        assert_eq!(names, ["html", "style", "a", "img", "br"]);
        assert_eq!((tags[2].get("href"), tags[2].get("title")), (Some("x?a=1&b=2"), Some("a > b")));
        assert_eq!((tags[3].get("src"), tags[3].get("alt"), tags[3].get("width")), (Some("y"), Some(""), None));
        assert_eq!(declarations(&sheets[0]), [("color".to_owned(), "red".to_owned())]);
        let styled = take_apart("<p style=\"Color:RED;margin : 0\">").0;
        assert_eq!(styled[0].style(), [("color".to_owned(), "red".to_owned()), ("margin".to_owned(), "0".to_owned())]);
    }

    proptest! {
        #[test]
        fn anything_is_read_to_its_end(html in r#"[<>a-z="'/! \-éstyle]{0,80}"#) {
            let (tags, _) = take_apart(&html);
            prop_assert!(tags.len() <= html.len());
        }
    }
}
