//! Other spellings of the same JSON, to recognise "you signed a re-serialised body".
//!
//! A common mistake of senders: they sign what their JSON library prints and post what their HTTP library prints. This
//! spells a body the ways those libraries do, so that the rejection can say so. One pass without recursion, so depth
//! costs nothing; it judges nothing, and whatever is no JSON simply matches no signature.

/// The largest body looked at: four times what Standard Webhooks advises. Bounds what a forged request can cost.
const LARGEST: usize = 64 * 1024;

/// How a library spells JSON.
#[derive(Copy, Clone)]
struct Style {
    comma: &'static str,
    colon: &'static str,
    /// Letters beyond ASCII as `\u00e8`.
    ascii: bool,
    /// `/` as `\/`.
    slashes: bool,
}

const STYLES: [Style; 5] = [
    // JavaScript, Go, Rust; Python with separators given.
    Style { comma: ",", colon: ":", ascii: false, slashes: false },
    // Python's json.dumps as it comes.
    Style { comma: ", ", colon: ": ", ascii: true, slashes: false },
    // Python with ensure_ascii=False.
    Style { comma: ", ", colon: ": ", ascii: false, slashes: false },
    // Python with separators given, letters escaped.
    Style { comma: ",", colon: ":", ascii: true, slashes: false },
    // PHP's json_encode as it comes.
    Style { comma: ",", colon: ":", ascii: true, slashes: true },
];

/// The other spellings of a body that are worth a try. Key order and the digits of numbers stay as they are.
pub(crate) fn spellings(body: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let text = std::str::from_utf8(body).ok().filter(|text| text.len() <= LARGEST);
    text.into_iter()
        .flat_map(|text| STYLES.iter().map(move |style| style.spell(text).into_bytes()))
        .filter(move |spelling| spelling != body)
}

impl Style {
    fn spell(self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + text.len() / 8);
        let mut rest = text.chars();
        while let Some(letter) = rest.next() {
            match letter {
                ' ' | '\t' | '\n' | '\r' => {}
                ',' => out.push_str(self.comma),
                ':' => out.push_str(self.colon),
                '"' => self.string(&mut rest, &mut out),
                other => out.push(other),
            }
        }
        out
    }

    /// From after the opening quote to after the closing one.
    fn string(self, rest: &mut std::str::Chars<'_>, out: &mut String) {
        out.push('"');
        while let Some(letter) = rest.next() {
            match letter {
                '"' => break,
                '\\' => self.escaped(rest, out),
                other => self.letter(u32::from(other), out),
            }
        }
        out.push('"');
    }

    fn escaped(self, rest: &mut std::str::Chars<'_>, out: &mut String) {
        let code = match rest.next() {
            Some('u') => return self.unicode(rest, out),
            Some('n') => 0x0A,
            Some('r') => 0x0D,
            Some('t') => 0x09,
            Some('b') => 0x08,
            Some('f') => 0x0C,
            Some(other) => u32::from(other),
            None => return,
        };
        self.letter(code, out);
    }

    /// After `\u`: one code unit, or two that make a pair.
    fn unicode(self, rest: &mut std::str::Chars<'_>, out: &mut String) {
        let Some(high) = unit(rest) else { return };
        if !(0xD800..0xDC00).contains(&high) {
            return self.letter(high, out);
        }
        let mut ahead = rest.clone();
        let low = (ahead.next() == Some('\\') && ahead.next() == Some('u')).then(|| unit(&mut ahead)).flatten();
        match low.filter(|low| (0xDC00..0xE000).contains(low)) {
            Some(low) => {
                *rest = ahead;
                self.letter(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00), out);
            }
            None => self.letter(high, out),
        }
    }

    fn letter(self, code: u32, out: &mut String) {
        match (code, char::from_u32(code)) {
            (0x22, _) => out.push_str("\\\""),
            (0x5C, _) => out.push_str("\\\\"),
            (0x0A, _) => out.push_str("\\n"),
            (0x0D, _) => out.push_str("\\r"),
            (0x09, _) => out.push_str("\\t"),
            (0x08, _) => out.push_str("\\b"),
            (0x0C, _) => out.push_str("\\f"),
            (0x2F, _) if self.slashes => out.push_str("\\/"),
            (0x20..=0x7E, Some(letter)) => out.push(letter),
            (0x7F.., Some(letter)) if !self.ascii || code == 0x7F => out.push(letter),
            (_, Some(letter)) => {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    push_unit(u32::from(*unit), out);
                }
            }
            // Half a pair.
            (_, None) => push_unit(code, out),
        }
    }
}

fn push_unit(unit: u32, out: &mut String) {
    out.push_str("\\u");
    out.extend([12, 8, 4, 0].map(|shift| char::from_digit((unit >> shift) & 15, 16).unwrap_or('0')));
}

fn unit(rest: &mut std::str::Chars<'_>) -> Option<u32> {
    let mut code = 0;
    for _ in 0..4 {
        code = code * 16 + rest.next()?.to_digit(16)?;
    }
    Some(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(body: &str) -> Vec<String> {
        spellings(body.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap()).collect()
    }

    #[test]
    fn the_spellings_of_common_libraries() {
        let body = r#"{ "name" : "Caffè \u20ac \/ \ud83d\ude00 a\"b\\", "n": [1.50, -2e3, true,null ],"o":{}}"#;
        let found = all(body);
        for expected in [
            // JSON.stringify, JSON_UNESCAPED_*, json.dumps(separators=(",", ":"), ensure_ascii=False)
            r#"{"name":"Caffè € / 😀 a\"b\\","n":[1.50,-2e3,true,null],"o":{}}"#,
            // json.dumps
            r#"{"name": "Caff\u00e8 \u20ac / \ud83d\ude00 a\"b\\", "n": [1.50, -2e3, true, null], "o": {}}"#,
            // json_encode
            r#"{"name":"Caff\u00e8 \u20ac \/ \ud83d\ude00 a\"b\\","n":[1.50,-2e3,true,null],"o":{}}"#,
        ] {
            assert!(found.iter().any(|text| text == expected), "{expected}\n{found:#?}");
        }
    }

    #[test]
    fn a_body_is_not_its_own_other_spelling() {
        assert!(!all(r#"{"a":1,"b":"x, y: z"}"#).contains(&r#"{"a":1,"b":"x, y: z"}"#.to_owned()));
        assert_eq!(all("1"), Vec::<String>::new());
    }

    #[test]
    fn what_is_broken_or_huge_ends() {
        assert_eq!(spellings(&[0xFF, 0xFE]).count(), 0);
        assert_eq!(spellings(&vec![b' '; LARGEST + 1]).count(), 0);
        for broken in ["\"", "\"\\", "\"\\u12", "\"\\ud800", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\u{1}\u{7f}"] {
            let _ = all(broken);
        }
        assert!(all("\"\\ud800\\u0041\" ").contains(&"\"\\ud800A\"".to_owned()));
        assert_eq!(all(&"[ ".repeat(30_000)).len(), 5);
    }

    proptest! {
        #[test]
        fn spellings_mean_the_same(text in "\\PC{0,20}", number: i64) {
            let value = serde_json::json!({ "text": text, "list": [number, null, { "a": text }] });
            for spelling in spellings(serde_json::to_string_pretty(&value).unwrap().as_bytes()) {
                prop_assert_eq!(&serde_json::from_slice::<serde_json::Value>(&spelling).unwrap(), &value);
            }
        }
    }
}
