//! The texts of a badge: cleaned, measured and made to fit, mostly without knowing the font. Pure.

use crate::look::lines;
use crate::look::raster::{self, Face};

/// Whose fonts write a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fonts {
    /// Those of whoever reads it: they write every script, and how wide is guessed generously.
    Theirs,
    /// The embedded ones, for a PNG: what they cannot write is left out, so that nothing becomes boxes.
    Ours,
}

impl Fonts {
    /// What of somebody's text can be shown, on one line; none where nothing can.
    pub(crate) fn shown(self, text: &str) -> Option<String> {
        match self {
            Self::Theirs => Some(clean(text)).filter(|text| !text.is_empty()),
            Self::Ours => lines::shown(text),
        }
    }

    /// Width of a text in pixels; of theirs as wide as the widest of the usual ones make it.
    pub(super) fn width(self, text: &str, face: Face, size: u16) -> f32 {
        if self == Self::Ours {
            return raster::width(text, face, f32::from(size));
        }
        // Digits are wide where all of them are as wide as the widest.
        let tenths: u32 = text.chars().map(|c| width(c) + u32::from(c.is_ascii_digit())).sum();
        let average = if face == Face::Plain { 0.058 } else { 0.063 };
        u16::try_from(tenths).map_or(f32::INFINITY, f32::from) * average * f32::from(size)
    }
}

/// Text that XML 1.0 allows and that stays on its line: no controls, no direction overrides, single blanks.
pub(crate) fn clean(text: &str) -> String {
    let kept = text.chars().take(400).map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| {
        let direction =
            matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        !c.is_control() && !direction && !matches!(c, '\u{fffe}' | '\u{ffff}')
    });
    let kept: String = kept.collect();
    kept.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Cuts a text to so many average characters, with an ellipsis.
pub(super) fn shorten(text: &str, fits: u32) -> String {
    let (mut room, mut shown) = (fits * 10, String::new());
    for c in text.chars() {
        let width = width(c);
        if width > room {
            return format!("{}…", shown.trim_end());
        }
        room -= width;
        shown.push(c);
    }
    shown
}

/// For a line that would leave the badge: makes it as wide as there is room. Only for counts in the millions.
pub(super) fn squeeze(line: &str, size: u16, room: u16) -> String {
    // An average character is a little wider than half its height.
    let wide = line.chars().map(width).sum::<u32>() * u32::from(size) * 55 / 1_000;
    let fits = wide <= u32::from(room);
    if fits { String::new() } else { format!(" textLength=\"{room}\" lengthAdjust=\"spacingAndGlyphs\"") }
}

/// Tenths of an average character, taken generously.
pub(super) fn width(c: char) -> u32 {
    match c {
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | 'I' | '.' | ',' | '\'' | ' ' | '\u{a0}' | ':' | ';' | '!' | '|' => 6,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '—' => 16,
        'A'..='Z' | '&' => 13,
        '\u{300}'..='\u{36f}' => 1,
        c if u32::from(c) >= 0x1100 => 20,
        _ => 10,
    }
}

/// With a capital at the start.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

/// For the text of an element.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
