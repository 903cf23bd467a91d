//! The badge in the shapes of the widgets: lines of text for a signature, a band and a tall card for a newsletter. The
//! same words, colours and care as the badge itself: well-formed whatever the shop is called, and never without its day.

use super::{Badge, Palette, State, Theme, as_of, capital, clean, escape, five, label, night, shorten, width};
use crate::kernel::locale::Language;
use crate::look::seal;
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

/// A part of a line: its text, how it is written, and whether it stands back.
type Part = (String, u16, bool);

/// Draws a shape: a whole SVG document. `tally` is how many of 1, 2, 3, 4 and 5 stars.
pub(crate) fn draw(badge: &Badge<'_>, shape: Shape, tally: [i64; 5]) -> String {
    let palette = badge.palette();
    let (size, body) = match shape {
        Shape::Horizontal => ((560, 72), band(badge, palette)),
        Shape::Vertical => ((232, 260), tall(badge, palette, tally)),
        Shape::Dropdown | Shape::Floating => opener(badge, shape == Shape::Dropdown, palette),
        _ => line(badge, shape, palette),
    };
    framed(badge, matches!(shape, Shape::Button | Shape::Floating), size, &body)
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
pub(crate) fn note(theme: Theme, language: Language, said: &str) -> String {
    let palette = theme.palette();
    let width = (room(said, 14, 600) + 32).max(264);
    let whose =
        format!("<text class=\"q\" x=\"16\" y=\"43\" font-size=\"11\" fill=\"{}\">Attesta</text>", palette.quiet);
    let body = [text(16, 25, (14, 600), said), whose].concat();
    document((theme, language), said, (width, 56), palette.line, &body)
}

/// A line as wide as its words: its picture, then one text whose parts follow each other by themselves.
fn line(badge: &Badge<'_>, shape: Shape, palette: &Palette) -> ((u32, u32), String) {
    let words = words::of(badge.language);
    let State::Rated { score, stars, count } = badge.state else {
        let (end, text) = written(palette, (38, 21), &[(gone(badge), 600, false), dated(badge)]);
        return ((end + 6, 32), seal_at(10, 6, palette) + &text);
    };
    let figure = words::score(badge.language, score);
    let counted =
        words::fill(words.widget.count.of(badge.language, count), &[("n", &words::number(badge.language, count))]);
    let mut parts: Vec<Part> = match shape {
        Shape::Stars => vec![(capital(words::verdict(badge.language, stars)), 600, false)],
        Shape::Score => vec![(words::fill(words.common.out_of_five, &[("n", &figure)]), 600, false)],
        Shape::Count => vec![(counted, 400, false)],
        Shape::Button => vec![(words.widget.read.to_owned(), 600, false)],
        _ => vec![(figure, 700, false), (counted, 400, false)],
    };
    parts.push(dated(badge));
    let starred = matches!(shape, Shape::Stars | Shape::Combo);
    let picture = if starred { five(stars, (6, ".8"), palette) } else { seal_at(10, 6, palette) };
    let (end, text) = written(palette, (if starred { 118 } else { 38 }, 21), &parts);
    ((end + 6, 32), picture + &text)
}

/// What opens the reviews over a page, as it stands there before anybody opens it.
fn opener(badge: &Badge<'_>, drops: bool, palette: &Palette) -> ((u32, u32), String) {
    let mut body = vec![seal_at(14, 12, palette)];
    let (said, x) = match badge.state {
        State::Rated { score, stars, .. } => {
            body.push(format!("<g transform=\"translate(28 0)\">{}</g>", five(stars, (11, ".85"), palette)));
            (words::score(badge.language, score), 152)
        }
        _ => (gone(badge), 46),
    };
    let (end, text) = written(palette, (x, 27), &[(said, 700, false), dated(badge)]);
    body.push(text);
    if drops {
        let paint = format!("fill=\"none\" stroke=\"{}\" stroke-width=\"1.6\"", palette.quiet);
        body.push(format!("<path class=\"o\" {paint} d=\"M{} 19.5l5 5 5-5\"/>", end + 4));
    }
    ((end + if drops { 26 } else { 12 }, 44), body.concat())
}

fn dated(badge: &Badge<'_>) -> Part {
    let day = words::short_date(badge.language, &badge.as_of.to_string()).unwrap_or_default();
    (as_of(badge.language, &day), 400, true)
}

/// A text of several parts, and where it ends at most.
fn written(palette: &Palette, (x, y): (u32, u32), parts: &[Part]) -> (u32, String) {
    let wide: u32 = parts.iter().map(|(text, weight, back)| room(text, if *back { 11 } else { 14 }, *weight) + 8).sum();
    (x + wide, flowing(palette, x, y, 14, parts))
}

/// Pixels that a text takes at most, in the widest of the usual fonts.
fn room(text: &str, size: u32, weight: u16) -> u32 {
    let tenths: u32 = text.chars().map(width).sum();
    tenths * size * if weight > 400 { 60 } else { 56 } / 1_000
}

/// One text of several parts.
fn flowing(palette: &Palette, x: u32, y: u32, size: u16, parts: &[Part]) -> String {
    let one = |(at, (text, weight, back)): (usize, &Part)| {
        let gap = if at == 0 { "" } else { " dx=\"8\"" };
        let paint =
            if *back { format!(" class=\"q\" font-size=\"11\" fill=\"{}\"", palette.quiet) } else { String::new() };
        format!("<tspan{gap} font-weight=\"{weight}\"{paint}>{}</tspan>", escape(text))
    };
    let spans: String = parts.iter().enumerate().map(one).collect();
    format!("<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\">{spans}</text>")
}

fn seal_at(x: u32, y: u32, palette: &Palette) -> String {
    format!(
        "<path class=\"a\" transform=\"translate({x} {y}) scale(.625)\" fill=\"{}\" fill-rule=\"evenodd\" d=\"{}\"/>",
        palette.accent,
        seal::PATH
    )
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

fn text(x: u32, y: u32, (size, weight): (u16, u16), words: &str) -> String {
    format!("<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" font-weight=\"{weight}\">{}</text>", escape(words))
}

/// Whose word it is, and of which day.
fn foot(badge: &Badge<'_>, palette: &Palette, x: u32, y: u32) -> String {
    let day = words::short_date(badge.language, &badge.as_of.to_string()).unwrap_or_default();
    let said = format!("Attesta · {}", as_of(badge.language, &day));
    format!(
        "<text class=\"q\" x=\"{x}\" y=\"{y}\" font-size=\"11\" fill=\"{}\">{}</text>",
        palette.quiet,
        escape(&said)
    )
}

fn band(badge: &Badge<'_>, palette: &Palette) -> String {
    let name = shorten(&clean(badge.name), 30);
    let shown = match badge.state {
        State::Rated { score, stars, count } => {
            let verdict = capital(words::verdict(badge.language, stars));
            let said = format!("{verdict} · {}", super::counted(badge.language, count));
            let figure = words::score(badge.language, score);
            [
                text(18, 48, (36, 700), &figure),
                format!("<g transform=\"translate(78 0)\">{}</g>", five(stars, (14, ".9"), palette)),
                text(214, 32, (15, 600), &said),
            ]
            .concat()
        }
        _ => text(18, 44, (20, 600), &gone(badge)) + &text(214, 32, (15, 600), ""),
    };
    let rated = matches!(badge.state, State::Rated { .. });
    let place = if rated { 94 } else { 214 };
    [shown, text(place, 56, (13, 400), &name), foot(badge, palette, 380, 56), seal_at(524, 14, palette)].concat()
}

fn tall(badge: &Badge<'_>, palette: &Palette, tally: [i64; 5]) -> String {
    let mut body = vec![text(16, 30, (15, 600), &shorten(&clean(badge.name), 22))];
    if let State::Rated { score, stars, count } = badge.state {
        body.push(text(16, 82, (42, 700), &words::score(badge.language, score)));
        body.push(format!("<g transform=\"translate(78 0)\">{}</g>", five(stars, (54, ".95"), palette)));
        let said =
            format!("{} · {}", capital(words::verdict(badge.language, stars)), super::counted(badge.language, count));
        body.push(text(16, 108, (13, 400), &said));
        let most = count.max(1);
        for (row, (stars, n)) in (0_u32..).zip([5, 4, 3, 2, 1].into_iter().zip(tally.into_iter().rev())) {
            body.push(bar(palette, 136 + row * 20, stars, (n, most), &words::number(badge.language, n)));
        }
    } else {
        body.push(text(16, 82, (18, 600), &gone(badge)));
    }
    body.extend([foot(badge, palette, 16, 246), seal_at(198, 230, palette)]);
    body.concat()
}

/// A number of stars, its share, its count.
fn bar(palette: &Palette, y: u32, stars: i64, (n, most): (i64, i64), count: &str) -> String {
    let long = 120 * n.clamp(0, most) / most;
    format!(
        "{}<rect class=\"r\" x=\"40\" y=\"{}\" width=\"120\" height=\"7\" rx=\"3.5\" fill=\"{}\"/><rect class=\"s\" x=\"40\" y=\"{}\" width=\"{long}\" height=\"7\" rx=\"3.5\" fill=\"{}\"/>{}",
        text(16, y, (12, 400), &stars.to_string()),
        y - 8,
        palette.line,
        y - 8,
        palette.star,
        text(170, y, (12, 400), count),
    )
}
