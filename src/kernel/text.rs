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
        value.truncate(value.trim_end().len());
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
            Fate::Blank => blank = true,
            Fate::Break if keep_breaks => breaks = breaks.saturating_add(1).min(2),
            Fate::Break => blank = true,
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
        // The second half of a Windows line break.
        '\n' if previous == '\r' => Fate::Drop,
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => Fate::Break,
        // Soft hyphens hold words together.
        '\u{AD}' => Fate::Drop,
        // Joiners are part of emoji families and of many scripts: they stay between two letters beyond ASCII.
        '\u{200C}' | '\u{200D}' if is_joined(previous) && is_joined(next) => Fate::Keep,
        _ if letter.is_control() || letter.is_whitespace() || is_invisible(letter) => Fate::Blank,
        _ => Fate::Keep,
    }
}

fn is_joined(letter: char) -> bool {
    !letter.is_ascii() && !letter.is_control() && !letter.is_whitespace() && !is_invisible(letter)
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
    let (name, tail) = after.split_once(';').filter(|(name, _)| name.len() <= 10)?;
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
