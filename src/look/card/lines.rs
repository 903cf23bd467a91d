//! Words of people on a card: how large, and on which lines. Pure.

use crate::look::lines;
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

/// The text in the largest of these sizes that holds it in so many lines; cut in the last of them.
pub(super) fn fit(text: &str, face: Face, sizes: &[u16], most: usize) -> Block {
    let mut last = Block { size: sizes.last().copied().unwrap_or(30), lines: Vec::new() };
    for size in sizes {
        let lines = lines::wrap(text, ROOM, &measure(face, *size));
        if lines.len() <= most {
            return Block { size: *size, lines };
        }
        last = Block { size: *size, lines };
    }
    last.lines = lines::fold(text, most, ROOM, &measure(face, last.size));
    last
}

/// The text, or as many whole words of it as fit, with an ellipsis.
pub(super) fn cut(text: &str, face: Face, size: u16, room: f32) -> String {
    lines::cut(text, room, &measure(face, size))
}

fn measure(face: Face, size: u16) -> impl Fn(&str) -> f32 {
    move |text| raster::width(text, face, f32::from(size))
}

#[cfg(test)]
#[cfg(feature = "cards")]
mod tests {
    use super::*;

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
