//! The badge in the shapes of the widgets: lines of text for a signature, a band and a tall card for a newsletter. The
//! same words, colours and care as the badge itself: well-formed whatever the shop is called, and never without its day.

use super::sheet::{Ink, Pen, Sheet};
use super::{Badge, Fonts, State, Theme, as_of, capital, clean, counted, escape, label, night};
use crate::kernel::locale::Language;
use crate::look::raster::Face;
use crate::look::words;

/// Which shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The verdict and five stars.
    Stars,
    /// The score.
    Score,
    /// How many reviews.
    Count,
    /// Stars, score and count.
    Combo,
    /// As a button.
    Button,
    /// A band.
    Horizontal,
    /// A tall card with the share of each number of stars.
    Vertical,
    /// A line that opens the reviews, closed.
    Dropdown,
    /// The button of the corner, closed.
    Floating,
}

const SAID: Pen = Pen(Face::Plain, 14, Ink::Plain);
const BOLD: Pen = Pen(Face::Strong, 14, Ink::Plain);
const NAME: Pen = Pen(Face::Strong, 15, Ink::Plain);
const PLAIN: Pen = Pen(Face::Plain, 13, Ink::Plain);
const DATED: Pen = Pen(Face::Plain, 11, Ink::Quiet);

/// Draws a shape: a whole SVG document. `tally` is how many of 1, 2, 3, 4 and 5 stars.
pub(crate) fn draw(badge: &Badge<'_>, shape: Shape, tally: [i64; 5]) -> String {
    let mut sheet = Sheet::new(badge.palette(), badge.fonts);
    let size = match shape {
        Shape::Horizontal => band(&mut sheet, badge),
        Shape::Vertical => tall(&mut sheet, badge, tally),
        Shape::Dropdown | Shape::Floating => opener(&mut sheet, badge, shape == Shape::Dropdown),
        _ => line(&mut sheet, badge, shape),
    };
    framed(badge, matches!(shape, Shape::Button | Shape::Floating), size, &sheet.drawn())
}

/// A whole document around what was drawn; its edge is stressed where it is a button.
pub(super) fn framed(badge: &Badge<'_>, pressed: bool, size: (u32, u32), body: &str) -> String {
    let said = label(badge.language, badge.state, Some(badge.as_of), &clean(badge.name));
    let about = format!("<desc>{}</desc>", escape(words::of(badge.language).badge.description));
    let palette = badge.palette();
    let edge = if pressed { palette.accent } else { palette.line };
    document((badge.theme, badge.language), &said, size, edge, &(about + body))
}

fn document(
    (theme, language): (Theme, Language),
    said: &str,
    (width, height): (u32, u32),
    edge: &str,
    body: &str,
) -> String {
    let palette = theme.palette();
    let night = if theme == Theme::Auto { night() } else { String::new() };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" xml:lang=\"{language}\" font-family=\"system-ui,sans-serif\" fill=\"{}\"><title>{}</title>{night}<rect class=\"p\" x=\".5\" y=\".5\" width=\"{}\" height=\"{}\" rx=\"6\" fill=\"{}\" stroke=\"{edge}\"/>{body}</svg>",
        palette.ink,
        escape(said),
        width - 1,
        height - 1,
        palette.paper,
    )
}

/// What stands in the place of a picture of what is not here: a sentence, and whose it is.
pub(crate) fn note((theme, language): (Theme, Language), fonts: Fonts, said: &str) -> String {
    let palette = theme.palette();
    let mut sheet = Sheet::new(palette, fonts);
    let end = sheet.run((16, 25), &[(said, BOLD)]);
    sheet.write((16, 43), DATED, "Attesta");
    document((theme, language), said, ((end + 16).max(264), 56), palette.line, &sheet.drawn())
}

/// A line as wide as its words, stars or the mark before them.
fn line(sheet: &mut Sheet, badge: &Badge<'_>, shape: Shape) -> (u32, u32) {
    let words = words::of(badge.language);
    let dated = dated(badge);
    let State::Rated { score, stars, count } = badge.state else {
        sheet.seal((10, 6), 20);
        let end = sheet.run((38, 21), &[(&gone(badge), BOLD), (&dated, DATED)]);
        return (end + 12, 32);
    };
    let figure = words::score(badge.language, score);
    let counted =
        words::fill(words.widget.count.of(badge.language, count), &[("n", &words::number(badge.language, count))]);
    let verdict = capital(words::verdict(badge.language, stars));
    let out_of = words::fill(words.common.out_of_five, &[("n", &figure)]);
    let mut parts: Vec<(&str, Pen)> = match shape {
        Shape::Stars => vec![(&verdict, BOLD)],
        Shape::Score => vec![(&out_of, BOLD)],
        Shape::Count => vec![(&counted, SAID)],
        Shape::Button => vec![(words.widget.read, BOLD)],
        _ => vec![(&figure, BOLD), (&counted, SAID)],
    };
    parts.push((&dated, DATED));
    let x = if matches!(shape, Shape::Stars | Shape::Combo) {
        sheet.stars((12, 9), 14, stars);
        114
    } else {
        sheet.seal((10, 6), 20);
        38
    };
    (sheet.run((x, 21), &parts) + 12, 32)
}

/// What opens the reviews over a page, as it stands there before anybody opens it.
fn opener(sheet: &mut Sheet, badge: &Badge<'_>, drops: bool) -> (u32, u32) {
    sheet.seal((14, 12), 20);
    let (said, x) = match badge.state {
        State::Rated { score, stars, .. } => {
            sheet.stars((44, 15), 14, stars);
            (words::score(badge.language, score), 146)
        }
        _ => (gone(badge), 42),
    };
    let end = sheet.run((x, 27), &[(&said, BOLD), (&dated(badge), DATED)]);
    if drops {
        sheet.chevron((end + 10, 20));
    }
    (end + if drops { 34 } else { 16 }, 44)
}

fn dated(badge: &Badge<'_>) -> String {
    let day = words::short_date(badge.language, &badge.as_of.to_string()).unwrap_or_default();
    as_of(badge.language, &day)
}

/// What stands in the place of a score.
pub(super) fn gone(badge: &Badge<'_>) -> String {
    let words = &words::of(badge.language).badge;
    capital(match badge.state {
        State::Closed => words.closed,
        State::Suspended => words.suspended,
        State::New | State::Rated { .. } => words.none,
    })
}

fn band(sheet: &mut Sheet, badge: &Badge<'_>) -> (u32, u32) {
    let name = clean(badge.name);
    if let State::Rated { score, stars, count } = badge.state {
        sheet.write((18, 48), Pen(Face::Strong, 36, Ink::Plain), &words::score(badge.language, score));
        sheet.stars((95, 17), 16, stars);
        let said = format!("{} · {}", capital(words::verdict(badge.language, stars)), counted(badge.language, count));
        sheet.write((214, 31), NAME, &said);
        let name = sheet.cut(&name, PLAIN, 250.0);
        sheet.write((95, 56), PLAIN, &name);
    } else {
        sheet.write((18, 33), Pen(Face::Strong, 18, Ink::Plain), &gone(badge));
        let name = sheet.cut(&name, PLAIN, 320.0);
        sheet.write((18, 56), PLAIN, &name);
    }
    sheet.write_end((542, 56), DATED, &format!("Attesta · {}", dated(badge)));
    sheet.seal((522, 14), 20);
    (560, 72)
}

fn tall(sheet: &mut Sheet, badge: &Badge<'_>, tally: [i64; 5]) -> (u32, u32) {
    let name = sheet.cut(&clean(badge.name), NAME, 200.0);
    sheet.write((16, 30), NAME, &name);
    if let State::Rated { score, stars, count } = badge.state {
        sheet.write((16, 80), Pen(Face::Strong, 36, Ink::Plain), &words::score(badge.language, score));
        sheet.stars((95, 58), 17, stars);
        let said = format!("{} · {}", capital(words::verdict(badge.language, stars)), counted(badge.language, count));
        sheet.write((16, 108), PLAIN, &said);
        let most = count.max(1);
        for (y, (stars, n)) in (136..).step_by(20).zip([5, 4, 3, 2, 1].into_iter().zip(tally.into_iter().rev())) {
            let figure = Pen(Face::Plain, 12, Ink::Plain);
            sheet.write((16, y), figure, &stars.to_string());
            sheet.bar((40, y - 8), 120, 120 * n.clamp(0, most) / most);
            sheet.write((170, y), figure, &words::number(badge.language, n));
        }
    } else {
        let lines = sheet.fold(&gone(badge), Pen(Face::Strong, 18, Ink::Plain), 3, 200.0);
        sheet.block((16, 82), Pen(Face::Strong, 18, Ink::Plain), 25, &lines);
    }
    sheet.write((16, 246), DATED, &format!("Attesta · {}", dated(badge)));
    sheet.seal((198, 230), 20);
    (232, 260)
}
