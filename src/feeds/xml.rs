//! Text and attributes of XML: escaped, and without the characters that no XML may hold.

/// `<name>text</name>`.
pub(super) fn element(out: &mut String, name: &str, text: &str) {
    open(out, name);
    escape(out, text);
    close(out, name);
}

/// `<name>`; what stands in it follows.
pub(super) fn open(out: &mut String, name: &str) {
    out.push('<');
    out.push_str(name);
    out.push('>');
}

/// `</name>`. Attributes that `name` carries are left aside.
pub(super) fn close(out: &mut String, name: &str) {
    out.push_str("</");
    out.push_str(name.split(' ').next().unwrap_or_default());
    out.push('>');
}

/// A text as it may stand in an element or between double quotes.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    escape(&mut out, text);
    out
}

fn escape(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // A bare one would be read as a line feed.
            '\r' => out.push_str("&#13;"),
            _ if is_allowed(letter) => out.push(letter),
            _ => {}
        }
    }
}

/// XML 1.0, production 2.
const fn is_allowed(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_its_element() {
        let hostile = "]]></title><script>alert(\"1\")</script>&amp; '\u{0}\u{B}\u{FFFE}\u{1F600}\r\n";
        let text = escaped(hostile);
        assert!(!text.contains(['<', '>', '"', '\'', '\u{0}', '\u{B}', '\u{FFFE}']), "{text}");
        assert!(text.contains("&amp;amp;") && text.contains("😀&#13;\n"));
        let mut out = String::new();
        element(&mut out, "name a=\"b\"", "<");
        assert_eq!(out, "<name a=\"b\">&lt;</name>");
    }
}
