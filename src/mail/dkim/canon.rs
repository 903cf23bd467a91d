//! RFC 6376 3.4: header fields and bodies in the one form that survives the way, `relaxed`. Pure.

/// A header field as it stands in a message: its name, and all that follows the colon, line breaks included.
pub(super) type Field<'a> = (&'a [u8], &'a [u8]);

/// The header fields of a message in order, and its body.
pub(super) fn take_apart(message: &[u8]) -> (Vec<Field<'_>>, &[u8]) {
    let mut fields = Vec::new();
    let mut rest = message;
    while let Some((field, after)) = next_field(rest) {
        rest = after;
        match field.iter().position(|byte| *byte == b':') {
            Some(colon) => {
                let (name, value) = field.split_at(colon);
                fields.push((name, value.get(1..).unwrap_or_default()));
            }
            // The empty line: what follows is the body.
            None => return (fields, rest),
        }
    }
    (fields, rest)
}

/// Up to the end of a line after which no blank follows. The empty line is a field of its own.
fn next_field(text: &[u8]) -> Option<(&[u8], &[u8])> {
    if text.starts_with(b"\r\n") {
        return Some(text.split_at(2));
    }
    let mut ends = text.windows(2).enumerate().filter(|(_, pair)| *pair == b"\r\n").map(|(at, _)| at + 2);
    let end = ends.find(|end| !matches!(text.get(*end), Some(b' ' | b'\t')))?;
    text.split_at_checked(end)
}

/// A header field: name in small letters, unfolded, blanks made one, none around the colon or at the end. Without its line break.
pub(super) fn header((name, value): Field<'_>) -> Vec<u8> {
    let mut out: Vec<u8> = name.trim_ascii().to_ascii_lowercase();
    out.push(b':');
    let unfolded: Vec<u8> = value.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    squeeze(unfolded.trim_ascii(), &mut out);
    out
}

/// The body: blanks made one, none at the end of a line, no empty lines at the end.
pub(super) fn body(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        squeeze(line.strip_suffix(b"\r").unwrap_or(line).trim_ascii_end(), &mut out);
        out.extend_from_slice(b"\r\n");
    }
    while out.ends_with(b"\r\n\r\n") {
        out.truncate(out.len().saturating_sub(2));
    }
    if out == b"\r\n" { Vec::new() } else { out }
}

fn squeeze(text: &[u8], out: &mut Vec<u8>) {
    let mut blank = false;
    for byte in text {
        if matches!(byte, b' ' | b'\t') {
            blank = true;
            continue;
        }
        if std::mem::take(&mut blank) {
            out.push(b' ');
        }
        out.push(*byte);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6376 3.4.5, example 1.
    const EXAMPLE: &[u8] = b"A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";

    #[test]
    fn the_example_of_the_standard() {
        let (fields, rest) = take_apart(EXAMPLE);
        let headers: Vec<_> = fields.into_iter().map(|field| String::from_utf8(header(field)).unwrap()).collect();
        assert_eq!(headers, ["a:X", "b:Y Z"]);
        assert_eq!(body(rest), b" C\r\nD E\r\n");
    }

    #[test]
    fn bodies_that_are_empty_or_unfinished() {
        let table: [(&[u8], &[u8]); 6] = [
            (b"", b""),
            (b"\r\n", b""),
            (b" \r\n\t\r\n", b""),
            (b"a", b"a\r\n"),
            (b"\r\na\r\n", b"\r\na\r\n"),
            (b" a \t b \r\n", b" a b\r\n"),
        ];
        for (given, expected) in table {
            assert_eq!(body(given), expected, "{given:?}");
        }
    }

    #[test]
    fn a_message_without_a_body_has_its_headers() {
        let (fields, rest) = take_apart(b"A: 1\r\nB: 2\r\n\r\n");
        assert_eq!((fields.len(), rest), (2, &b""[..]));
        let (fields, rest) = take_apart(b"A: 1\r\n");
        assert_eq!((fields.len(), rest), (1, &b""[..]));
    }
}
