//! Words of people in a picture: which can be shown at all, and how they break into lines. Pure; knows no font, but takes
//! a measure of one.

use super::badge::clean;
use super::raster;

/// What the embedded fonts can write of a text, on one line. Emoji and other signs are left out. A text with a single
/// letter or digit that cannot be written is not shown at all: part of a sentence is another sentence. Nor is one without
/// letters.
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

/// The text, or as many whole words of it as fit, with an ellipsis.
pub(super) fn cut(text: &str, room: f32, width: &impl Fn(&str) -> f32) -> String {
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
        kept = head(text, room, width).0;
    }
    format!("{}…", kept.trim_end_matches([',', ';', ':', '.', '-', '–', '—', '(', '…', ' ']))
}

/// At most so many lines of the text; cut in the last of them.
pub(super) fn fold(text: &str, most: usize, room: f32, width: &impl Fn(&str) -> f32) -> Vec<String> {
    let mut lines = wrap(text, room, width);
    if lines.len() > most {
        let rest = lines.split_off(most.saturating_sub(1)).join(" ");
        lines.push(cut(&rest, room, width));
    }
    lines
}

/// Greedy lines; a word longer than a line is broken.
pub(super) fn wrap(text: &str, room: f32, width: &impl Fn(&str) -> f32) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut rest = word.to_owned();
        while let Some(line) = lines.last_mut() {
            let longer = if line.is_empty() { rest.clone() } else { format!("{line} {rest}") };
            if width(&longer) <= room {
                *line = longer;
                break;
            }
            if line.is_empty() {
                let (first, more) = head(&rest, room, width);
                *line = first;
                rest = more;
                if rest.is_empty() {
                    break;
                }
            }
            lines.push(String::new());
        }
    }
    lines
}

/// As many characters as fit, at least one, and what is left.
fn head(word: &str, room: f32, width: &impl Fn(&str) -> f32) -> (String, String) {
    let (mut first, mut left) = (String::new(), room);
    let mut letters = word.chars();
    for c in letters.by_ref() {
        left -= width(c.encode_utf8(&mut [0; 4]));
        if left < 0.0 && !first.is_empty() {
            return (first, std::iter::once(c).chain(letters).collect());
        }
        first.push(c);
    }
    (first, String::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "cards")]
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

    /// Every character as wide as the others.
    fn typed(text: &str) -> f32 {
        f32::from(u16::try_from(text.chars().count()).unwrap())
    }

    #[test]
    fn lines_hold_all_words_or_say_that_they_do_not() {
        for (text, most, expected) in [
            ("uno due tre", 3, &["uno due", "tre"][..]),
            ("uno due tre quattro", 2, &["uno due", "tre…"]),
            ("parolalunga e", 3, &["parolal", "unga e"]),
            ("日本の陶器の店舗です", 2, &["日本の陶器の店", "舗です"]),
            ("uno due… tre", 1, &["uno…"]),
            ("", 2, &[""]),
        ] {
            assert_eq!(fold(text, most, 7.0, &typed), expected, "{text}");
        }
        assert_eq!(fold("ab", 9, 0.5, &typed), ["a", "b"], "no room holds one character");
    }
}
