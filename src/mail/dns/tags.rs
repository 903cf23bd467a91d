//! Lists of tags (RFC 6376 3.2), as DKIM and DMARC records are written: `v=DKIM1; k=rsa; p=...`. Pure.

/// The tags of a record in order; `None` where it is no such list or names a tag twice.
pub(super) fn parse(text: &str) -> Option<Vec<(String, String)>> {
    let mut tags: Vec<(String, String)> = Vec::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=')?;
        let (name, value) = (name.trim(), value.trim());
        if name.is_empty() || tags.iter().any(|(known, _)| known == name) {
            return None;
        }
        tags.push((name.to_owned(), value.to_owned()));
    }
    Some(tags)
}

/// The value of a tag.
pub(super) fn get<'a>(tags: &'a [(String, String)], name: &str) -> Option<&'a str> {
    tags.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_with_their_blanks() {
        let tags = parse(" v = DKIM1 ;k=rsa; p=AB CD; ").unwrap();
        assert_eq!((get(&tags, "v"), get(&tags, "p"), get(&tags, "x")), (Some("DKIM1"), Some("AB CD"), None));
        assert_eq!(parse(""), Some(Vec::new()));
        for text in ["v", "v=1; v=2", "=1", "v=1; x"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
