//! Words of people on a card: which can be shown at all, and how they break into lines. Pure.

use crate::look::badge::clean;
use crate::look::raster::{self, Face};

/// Pixels from edge to edge of the text.
pub(super) const ROOM: f32 = 1056.0;

/// Lines of one size.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block {
    /// In pixels.
    pub(super) size: u16,
    /// At least one.
    pub(super) lines: Vec<String>,
}

impl Block {
    /// From baseline to baseline.
    pub(super) fn leading(&self) -> u16 {
        self.size * 13 / 10
    }
}

/// What the fonts can write of a text, on one line. Emoji and other signs are left out. A text with a single letter or
/// digit that cannot be written is not shown at all: part of a sentence is another sentence. Nor is one without letters.
pub(super) fn shown(text: &str) -> Option<String> {
    let mut kept = String::new();
    for c in clean(text).chars() {
        if raster::covers(c) {
            kept.push(c);
        } else if c.is_alphanumeric() && !is_picture(c) {
            return None;
        }
    }
    let kept = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    kept.chars().any(char::is_alphanumeric).then_some(kept)
}

/// Letters in circles and squares count as letters; to a reader they are pictures.
fn is_picture(c: char) -> bool {
    matches!(c, '\u{2460}'..='\u{24ff}' | '\u{1f100}'..='\u{1f1ff}')
}

/// The text in the largest of these sizes that holds it in so many lines; cut in the last of them.
pub(super) fn fit(text: &str, face: Face, sizes: &[u16], most: usize) -> Block {
    let mut last = Block { size: sizes.last().copied().unwrap_or(30), lines: Vec::new() };
    for size in sizes {
        let lines = wrap(text, face, *size);
        if lines.len() <= most {
            return Block { size: *size, lines };
        }
        last = Block { size: *size, lines };
    }
    let rest = last.lines.split_off(most.saturating_sub(1)).join(" ");
    last.lines.push(cut(&rest, face, last.size, ROOM));
    last
}

/// The text, or as many whole words of it as fit, with an ellipsis.
pub(super) fn cut(text: &str, face: Face, size: u16, room: f32) -> String {
    let width = |text: &str| raster::width(text, face, f32::from(size));
    if width(text) <= room {
        return text.to_owned();
    }
    let room = room - width("…");
    let mut kept = String::new();
    for word in text.split(' ') {
        let longer = if kept.is_empty() { word.to_owned() } else { format!("{kept} {word}") };
        if width(&longer) > room {
            break;
        }
        kept = longer;
    }
    if kept.is_empty() {
        kept = head(text, face, size, room).0;
    }
    format!("{}…", kept.trim_end_matches([',', ';', ':', '.', '-', '–', '—', '(', ' ']))
}

/// Greedy lines; a word longer than a line is broken.
fn wrap(text: &str, face: Face, size: u16) -> Vec<String> {
    let width = |text: &str| raster::width(text, face, f32::from(size));
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut rest = word.to_owned();
        while let Some(line) = lines.last_mut() {
            let longer = if line.is_empty() { rest.clone() } else { format!("{line} {rest}") };
            if width(&longer) <= ROOM {
                *line = longer;
                break;
            }
            if line.is_empty() {
                let (first, more) = head(&rest, face, size, ROOM);
                *line = first;
                rest = more;
            }
            lines.push(String::new());
        }
    }
    lines
}

/// As many characters as fit, at least one, and what is left.
fn head(word: &str, face: Face, size: u16, room: f32) -> (String, String) {
    let (mut first, mut left) = (String::new(), room);
    let mut letters = word.chars();
    for c in letters.by_ref() {
        left -= raster::width(c.encode_utf8(&mut [0; 4]), face, f32::from(size));
        if left < 0.0 && !first.is_empty() {
            return (first, std::iter::once(c).chain(letters).collect());
        }
        first.push(c);
    }
    (first, String::new())
}

#[cfg(test)]
#[cfg(feature = "cards")]
mod tests {
    use super::*;

    #[test]
    fn what_the_fonts_cannot_write_is_left_out_or_leaves_nothing() {
        let shown = |text: &str| shown(text);
        for (text, expected) in [
            ("Tutto perfetto", Some("Tutto perfetto")),
            ("Tutto  perfetto 😀👍🏽 grazie", Some("Tutto perfetto grazie")),
            ("Отлично, спасибо", Some("Отлично, спасибо")),
            ("Άριστη εξυπηρέτηση", Some("Άριστη εξυπηρέτηση")),
            ("Świetny sklep, łatwy zwrot", Some("Świetny sklep, łatwy zwrot")),
            ("cafe\u{301} 5/5", Some("cafe\u{301} 5/5")),
            ("a\u{202e}b\u{7}c", Some("abc")),
            ("🅰 ok", Some("ok")),
            ("とても良い", None),
            ("很好 very good", None),
            ("ممتاز", None),
            ("Il tè 抹茶 è buono", None),
            ("😀😀", None),
            ("!!! …", None),
            ("", None),
        ] {
            assert_eq!(shown(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn lines_stay_within_the_edges() {
        let long = "Ordinato lunedì, arrivato mercoledì in una scatola di cartone riciclato. ".repeat(9);
        for text in [long.as_str(), &"W".repeat(900), "uno", "a b c d e f g"] {
            for (sizes, most) in [(&[60_u16, 52, 44][..], 3), (&[30][..], 2), (&[72, 50][..], 1)] {
                let block = fit(text.trim(), Face::Serif, sizes, most);
                assert!((1..=most).contains(&block.lines.len()), "{block:?}");
                for line in &block.lines {
                    assert!(raster::width(line, Face::Serif, f32::from(block.size)) <= ROOM, "{line}");
                }
            }
        }
        assert_eq!(fit("uno due", Face::Serif, &[60, 44], 3), Block { size: 60, lines: vec!["uno due".to_owned()] });
    }

    #[test]
    fn a_cut_ends_at_a_word() {
        let text = "Il pacco è arrivato in tempo, ben chiuso, e la tazza era intera";
        for room in [200.0, 300.0, 412.0, 555.0] {
            let cut = cut(text, Face::Plain, 30, room);
            let kept = cut.strip_suffix('…').unwrap();
            let next = text.strip_prefix(kept).unwrap().chars().next();
            assert!(next.is_some_and(|c| !c.is_alphanumeric()), "{cut}");
            assert!(raster::width(&cut, Face::Plain, 30.0) <= room);
        }
        assert_eq!(cut(text, Face::Plain, 30, 5000.0), text);
        assert_eq!(cut(&"W".repeat(50), Face::Plain, 30, 100.0).chars().last(), Some('…'));
    }
}
