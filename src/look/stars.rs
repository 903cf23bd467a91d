//! Five stars as SVG, with halves. A picture of stars never stands alone: it carries its words as label, and
//! pages put them beside it. A low score is drawn exactly as a high one.

use std::cmp::Ordering;

/// One star in a 24 × 24 box, from its top point.
const WHOLE: &str = "l2.5 6.2 6.6.4-5.1 4.3 1.6 6.5-5.6-3.6-5.6 3.6 1.6-6.5-5.1-4.3 6.6-.4z";
/// Its left half.
const LEFT: &str = "v13.8l-5.6 3.6 1.6-6.5-5.1-4.3 6.6-.4z";

/// How many half stars a score shows: 4.3 -> 9. Scores out of range are drawn at the nearest end.
pub(crate) fn halves(score: f64) -> usize {
    [0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75, 4.25, 4.75].iter().filter(|edge| score >= **edge).count()
}

/// Where each star's box starts, and how many halves stand before its middle.
const PLACES: [(u16, usize); 5] = [(12, 1), (36, 3), (60, 5), (84, 7), (108, 9)];

/// Path of the filled part of five stars, in a 120 × 24 box.
pub(crate) fn filled(halves: usize) -> String {
    let part = |(place, middle): (u16, usize)| match halves.cmp(&middle) {
        Ordering::Greater => format!("M{place} 3.1{WHOLE}"),
        Ordering::Equal => format!("M{place} 3.1{LEFT}"),
        Ordering::Less => String::new(),
    };
    PLACES.map(part).concat()
}

/// Path of the stars that are not wholly filled, drawn as outlines in the same box.
pub(crate) fn outlined(halves: usize) -> String {
    PLACES.map(|(place, middle)| if halves <= middle { format!("M{place} 3.1{WHOLE}") } else { String::new() }).concat()
}

/// Five stars as an inline picture. `label` must already be escaped; `class` is ours.
pub(crate) fn svg(score: f64, label: &str, class: &str) -> String {
    let halves = halves(score);
    let outline = outlined(halves);
    let rest = if outline.is_empty() { String::new() } else { format!("<path class=\"off\" d=\"{outline}\"/>") };
    format!(
        "<svg class=\"{class}\" viewBox=\"0 0 120 24\" width=\"100\" height=\"20\" role=\"img\" aria-label=\"{label}\">{rest}<path class=\"on\" d=\"{}\"/></svg>",
        filled(halves)
    )
}

/// Five stars that carry their colours, for pages that have no style of ours. `label` must already be escaped.
pub(crate) fn plain(score: f64, label: &str) -> String {
    let halves = halves(score);
    let (on, off) = (filled(halves), outlined(halves));
    format!(
        "<svg viewBox=\"0 0 120 24\" width=\"100\" height=\"20\" role=\"img\" aria-label=\"{label}\" stroke-width=\"1.4\" stroke-linejoin=\"round\"><path class=\"off\" fill=\"none\" stroke=\"#8b8574\" d=\"{off}\"/><path class=\"on\" fill=\"#b86e00\" stroke=\"#b86e00\" d=\"{on}\"/></svg>"
    )
}

/// One filled star, decoration only (`aria-hidden`).
pub(crate) fn one() -> String {
    format!(
        "<svg class=\"star\" viewBox=\"0 0 24 24\" width=\"20\" height=\"20\" aria-hidden=\"true\"><path d=\"M12 3.1{WHOLE}\"/></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_halves() {
        let shown: Vec<usize> =
            [0.0, 1.0, 1.2, 1.3, 2.74, 2.75, 4.3, 4.7, 4.75, 5.0, 9.0].iter().map(|s| halves(*s)).collect();
        assert_eq!(shown, [0, 2, 2, 3, 5, 6, 9, 9, 10, 10, 10]);
    }

    #[test]
    fn full_and_empty_stars_are_all_there() {
        assert_eq!(filled(9).matches('M').count(), 5);
        assert_eq!(outlined(9).matches('M').count(), 1);
        assert_eq!(outlined(0).matches('M').count(), 5);
        assert!(outlined(10).is_empty());
    }
}
