//! Text from people and shops, made fit to be stored and shown.
//!
//! Text stays text: nothing here escapes (each surface escapes for itself) and nothing interprets markup. What goes is
//! what cannot be seen and can do harm: control characters, invisible characters, overrides of the writing direction.

use std::borrow::Cow;

/// A cleaned text, and whether that changed it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cleaned {
    /// The text to keep.
    pub value: String,
    /// Whether it differs from what came.
    pub changed: bool,
}

/// True when the text holds U+0000, which no text of ours may (PostgreSQL cannot store it).
pub fn has_nul(text: &str) -> bool {
    text.contains('\0')
}

/// One line: breaks, control and invisible characters become one blank, blanks are collapsed and trimmed, and at most
/// `max_chars` characters stay.
pub fn clean_line(text: &str, max_chars: usize) -> Cleaned {
    finish(text, squeeze(text, false), max_chars)
}

/// Like [`clean_line`], but line breaks stay, at most two in a row.
pub fn clean_paragraphs(text: &str, max_chars: usize) -> Cleaned {
    finish(text, squeeze(text, true), max_chars)
}

fn finish(before: &str, mut value: String, max_chars: usize) -> Cleaned {
    if let Some((cut, _)) = value.char_indices().nth(max_chars) {
        value.truncate(cut);
        value.truncate(value.trim_end_matches(|letter| letter == ' ' || letter == '\n' || is_joiner(letter)).len());
    }
    let changed = value != before;
    Cleaned { value, changed }
}

/// What a character becomes.
enum Fate {
    Keep,
    Drop,
    Blank,
    Break,
}

fn squeeze(text: &str, keep_breaks: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut blank, mut breaks) = (false, 0_u8);
    let mut previous = ' ';
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied().unwrap_or(' ');
        match fate(previous, letter, next) {
            Fate::Drop => {}
            Fate::Break if keep_breaks => breaks = breaks.saturating_add(1).min(2),
            Fate::Break | Fate::Blank => blank = true,
            Fate::Keep => {
                push_gap(&mut out, blank, breaks);
                (blank, breaks) = (false, 0);
                out.push(letter);
            }
        }
        previous = letter;
    }
    out
}

fn push_gap(out: &mut String, blank: bool, breaks: u8) {
    if out.is_empty() {
        return;
    }
    match breaks {
        0 if blank => out.push(' '),
        0 => {}
        1 => out.push('\n'),
        _ => out.push_str("\n\n"),
    }
}

fn fate(previous: char, letter: char, next: char) -> Fate {
    match letter {
        // Soft hyphens hold words together; a line feed after a carriage return is the same line break.
        '\u{AD}' => Fate::Drop,
        '\n' if previous == '\r' => Fate::Drop,
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => Fate::Break,
        // Joiners are part of emoji families and of many scripts: they stay between two letters beyond ASCII.
        _ if is_joiner(letter) && is_joined(previous) && is_joined(next) => Fate::Keep,
        _ if letter.is_control() || letter.is_whitespace() || is_invisible(letter) => Fate::Blank,
        _ => Fate::Keep,
    }
}

const fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{200C}' | '\u{200D}')
}

fn is_joined(letter: char) -> bool {
    !letter.is_ascii() && letter != '\u{AD}' && !letter.is_control() && !letter.is_whitespace() && !is_invisible(letter)
}

/// Zero-width and direction-changing characters, tags, annotations and the places Unicode promises never to fill.
fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FDD0}'..='\u{FDEF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
        || u32::from(letter) & 0xFFFE == 0xFFFE
}

/// The named entities that shop systems leave in names.
const ENTITIES: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{A0}'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("hellip", '…'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("euro", '€'),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("deg", '°'),
    ("agrave", 'à'),
    ("egrave", 'è'),
    ("eacute", 'é'),
    ("igrave", 'ì'),
    ("ograve", 'ò'),
    ("ugrave", 'ù'),
    ("auml", 'ä'),
    ("ouml", 'ö'),
    ("uuml", 'ü'),
    ("Auml", 'Ä'),
    ("Ouml", 'Ö'),
    ("Uuml", 'Ü'),
    ("szlig", 'ß'),
    ("ccedil", 'ç'),
    ("ntilde", 'ñ'),
];

/// Decodes HTML entities once: `Caff&egrave; &amp;amp; Co` gives `Caffè &amp; Co`. What is no entity we know stays as
/// written. For names of products and persons only; clean the result, not the input.
pub fn decode_entities(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        if let Some((letter, tail)) = entity(after) {
            out.push(letter);
            rest = tail;
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn entity(after: &str) -> Option<(char, &str)> {
    // Looks no further than the longest entity, so that a text full of ampersands costs no more than another.
    let end = after.bytes().take(11).position(|byte| byte == b';')?;
    let (name, tail) = (after.get(..end)?, after.get(end + 1..)?);
    let Some(number) = name.strip_prefix('#') else {
        let (_, letter) = ENTITIES.iter().find(|(known, _)| *known == name)?;
        return Some((*letter, tail));
    };
    let (digits, radix) = match number.strip_prefix(['x', 'X']) {
        Some(hex) => (hex, 16),
        None => (number, 10),
    };
    if !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    // A NUL must not come in by this door; lone surrogates are no characters and stay as written.
    let code = u32::from_str_radix(digits, radix).ok().filter(|code| *code != 0)?;
    Some((char::from_u32(code)?, tail))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(text: &str) -> String {
        clean_line(text, 200).value
    }

    #[test]
    fn a_line_keeps_what_can_be_seen() {
        assert_eq!(
            clean_line("Caffè «Roma» 100 %", 200),
            Cleaned { value: "Caffè «Roma» 100 %".into(), changed: false }
        );
        assert_eq!(
            clean_line(" Anna\r\nBcc: x@y.example\t", 200),
            Cleaned { value: "Anna Bcc: x@y.example".into(), changed: true }
        );
        assert_eq!(line("a\0b\u{7F}c\u{85}d\u{1B}[31m"), "a b c d [31m");
        assert_eq!(line("evil\u{202E}gpj.exe"), "evil gpj.exe");
        assert_eq!(line("a\u{200B}\u{FEFF}b\u{A0}\u{3000}c"), "a b c");
        assert_eq!(line("Donau\u{AD}dampf"), "Donaudampf");
        assert_eq!(line("\u{200D}\u{2066}\u{2069}"), "");
    }

    #[test]
    fn joiners_stay_where_they_join() {
        let family = "👨\u{200D}👩\u{200D}👧 می\u{200C}خواهم";
        assert_eq!(clean_line(family, 200), Cleaned { value: family.into(), changed: false });
        assert_eq!(line("pay\u{200D}pal"), "pay pal");
    }

    #[test]
    fn the_cut_counts_characters() {
        assert_eq!(clean_line("èèèè", 3).value, "èèè");
        assert_eq!(clean_line("ab cd", 3).value, "ab");
        assert_eq!(clean_line("👨\u{200D}👩", 2).value, "👨");
        assert_eq!(clean_line("abc", 3), Cleaned { value: "abc".into(), changed: false });
        assert_eq!(clean_line("abc", 0).value, "");
    }

    #[test]
    fn paragraphs_keep_two_breaks() {
        let text = "  Bello.\r\n\r\n\r\n\r\nMolto \t bello. \n fine\n";
        assert_eq!(clean_paragraphs(text, 200).value, "Bello.\n\nMolto bello.\nfine");
        assert!(!clean_paragraphs("a\n\nb\nc", 200).changed);
        assert_eq!(clean_paragraphs("a\u{2028}b\rc", 200).value, "a\nb\nc");
    }

    #[test]
    fn entities_are_decoded_once() {
        assert_eq!(decode_entities("Caff&egrave; &amp;amp; Co &#8211; &#x27;oggi&#X27;"), "Caffè &amp; Co – 'oggi'");
        for kept in
            ["AT&T", "a & b; c", "&unknown;", "&#0;", "&#xD800;", "&#+65;", "&#;", "&#x;", "&amp", "&", "&;", "&è;"]
        {
            assert_eq!(decode_entities(kept), kept);
        }
        assert_eq!(decode_entities("&&amp;&"), "&&&");
        assert!(matches!(decode_entities("plain"), Cow::Borrowed(_)));
        assert_eq!(decode_entities(&"&".repeat(1_000_000)).len(), 1_000_000);
    }

    #[test]
    fn nul_is_seen() {
        assert!(has_nul("a\0"));
        assert!(!has_nul("a"));
    }

    proptest! {
        #[test]
        fn cleaning_twice_is_cleaning_once(text in r"[\PC\r\n\t\u{AD}\u{200B}-\u{200F}\u{202E}😀éa ]{0,40}", max in 0_usize..30) {
            for clean in [clean_line, clean_paragraphs] {
                let once = clean(&text, max).value;
                prop_assert!(once.chars().count() <= max);
                prop_assert_eq!(once.trim(), &once);
                prop_assert_eq!(clean(&once, max), Cleaned { value: once, changed: false });
            }
            prop_assert!(!clean_line(&text, max).value.chars().any(char::is_control));
        }
    }
}
