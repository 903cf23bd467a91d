//! The badge: a small picture of a profile, drawn from plain values. Pure; reads nothing. Well-formed whatever the shop
//! is called; no script, nothing loaded, under 1 KB compressed. It always says the day it speaks of, and a closed or
//! suspended shop shows that instead of its score.

mod sheet;
mod text;

use super::words::{self, fill};
use super::{seal, stars};
use crate::kernel::locale::Language;
use crate::kernel::time::UtcDay;
pub(crate) use text::{Fonts, capital, clean, escape};
use text::{shorten, squeeze};

/// What a badge says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Badge<'a> {
    /// The shop's name, as the merchant wrote it.
    pub(crate) name: &'a str,
    /// What there is to say about it.
    pub(crate) state: State,
    /// The day it speaks of.
    pub(crate) as_of: UtcDay,
    /// Colours.
    pub(crate) theme: Theme,
    /// How large.
    pub(crate) size: Size,
    /// Language of the words.
    pub(crate) language: Language,
    /// Whose fonts write it.
    pub(crate) fonts: Fonts,
}

impl Badge<'_> {
    fn palette(&self) -> &'static Palette {
        self.theme.palette()
    }
}

/// What there is to say about a shop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum State {
    /// It has reviews.
    Rated {
        /// One decimal, 1.0 to 5.0.
        score: f64,
        /// In halves, 1.0 to 5.0.
        stars: f64,
        /// Published reviews of the shop.
        count: i64,
    },
    /// No review yet.
    New,
    /// It left Attesta.
    Closed,
    /// The operator suspended it.
    Suspended,
}

/// Colours of a badge; `auto` follows the reader's system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Theme {
    /// Ink on paper.
    Light,
    /// Paper on ink.
    Dark,
    /// As the reader's system says.
    Auto,
}

impl Theme {
    /// `light`, `dark` or `auto`.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            "auto" => Some(Self::Auto),
            _ => None,
        }
    }

    /// `auto` has the light colours, and [`night`] for the others.
    fn palette(self) -> &'static Palette {
        if self == Self::Dark { &DARK } else { &LIGHT }
    }
}

/// How large a badge is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// 232 × 56, without the shop's name.
    S,
    /// 264 × 104.
    M,
    /// 344 × 136.
    L,
}

impl Size {
    /// `s`, `m` or `l`.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "s" => Some(Self::S),
            "m" => Some(Self::M),
            "l" => Some(Self::L),
            _ => None,
        }
    }
}

/// The colours of a picture.
pub(super) struct Palette {
    pub(super) paper: &'static str,
    pub(super) ink: &'static str,
    pub(super) quiet: &'static str,
    pub(super) accent: &'static str,
    pub(super) star: &'static str,
    pub(super) line: &'static str,
}

/// Ink on paper.
pub(super) const LIGHT: Palette =
    Palette { paper: "#fbfaf6", ink: "#16211c", quiet: "#5a665f", accent: "#0b6b4f", star: "#b86e00", line: "#d9d3c4" };
const DARK: Palette =
    Palette { paper: "#121a17", ink: "#e8eee9", quiet: "#9aa8a0", accent: "#55c79a", star: "#f0b347", line: "#33433b" };

/// Where things stand in one size, in pixels; widths of texts in average characters.
struct Plan {
    width: u16,
    height: u16,
    name: Option<(u16, u16)>,
    fits: u32,
    stars: (u16, &'static str),
    figure: (u16, u16, u16),
    verdict: Option<(u16, u16)>,
    foot: (u16, u16),
    seal: u16,
}

impl Plan {
    /// For a line of the lower half: up to the mark, or in the smallest badge below it.
    fn room(&self) -> u16 {
        self.width - if self.verdict.is_some() { 54 } else { 24 }
    }
}

const S: Plan = Plan {
    width: 232,
    height: 56,
    name: None,
    fits: 0,
    stars: (10, ".75"),
    figure: (114, 26, 17),
    verdict: None,
    foot: (45, 11),
    seal: 10,
};
const M: Plan = Plan {
    width: 264,
    height: 104,
    name: Some((27, 14)),
    fits: 25,
    stars: (37, ".85"),
    figure: (127, 55, 20),
    verdict: Some((75, 13)),
    foot: (93, 11),
    seal: 70,
};
const L: Plan = Plan {
    width: 344,
    height: 136,
    name: Some((35, 18)),
    fits: 26,
    stars: (48, "1.1"),
    figure: (158, 71, 26),
    verdict: Some((98, 16)),
    foot: (121, 13),
    seal: 102,
};

/// Draws a badge: a whole SVG document.
pub(crate) fn draw(badge: &Badge<'_>) -> String {
    let plan = match badge.size {
        Size::S => &S,
        Size::M => &M,
        Size::L => &L,
    };
    let palette = badge.palette();
    let name = clean(badge.name);
    let Plan { width, height, .. } = *plan;
    let label = escape(&label(badge.language, badge.state, Some(badge.as_of), &name));
    let about = escape(words::of(badge.language).badge.description);
    let mut svg = vec![format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" xml:lang=\"{}\" font-family=\"system-ui,sans-serif\" fill=\"{}\"><title>{label}</title><desc>{about}</desc>",
        badge.language, palette.ink
    )];
    if badge.theme == Theme::Auto {
        svg.push(night());
    }
    svg.push(format!(
        "<rect class=\"p\" x=\".5\" y=\".5\" width=\"{}\" height=\"{}\" rx=\"6\" fill=\"{}\" stroke=\"{}\"/>",
        width - 1,
        height - 1,
        palette.paper,
        palette.line
    ));
    body(&mut svg, badge, plan, palette, &name);
    svg.push("</svg>".to_owned());
    svg.concat()
}

/// The dark colours for who asked for them. Where a policy blocks style, the light ones stay.
fn night() -> String {
    let Palette { paper, ink, quiet, accent, star, line } = DARK;
    format!(
        "<style>@media(prefers-color-scheme:dark){{text{{fill:{ink}}}.q{{fill:{quiet}}}.a{{fill:{accent}}}.p{{fill:{paper};stroke:{line}}}.s{{fill:{star};stroke:{star}}}.o{{stroke:{quiet}}}.r{{fill:{line}}}}}</style>"
    )
}

fn body(svg: &mut Vec<String>, badge: &Badge<'_>, plan: &Plan, palette: &Palette, name: &str) {
    let words = words::of(badge.language);
    if let Some((y, size)) = plan.name {
        write(svg, y, (size, 600), &escape(&shorten(name, plan.fits)));
    }
    let (x, y, size) = plan.figure;
    let (line, count) = match badge.state {
        State::Rated { score, stars: shown, count } => {
            svg.push(five(shown, plan.stars, palette));
            let figure = words::score(badge.language, score);
            svg.push(format!("<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" font-weight=\"700\">{figure}</text>"));
            let count =
                fill(words.badge.reviews.of(badge.language, count), &[("n", &words::number(badge.language, count))]);
            (format!("{} · {count}", capital(words::verdict(badge.language, shown))), Some(count))
        }
        State::New => {
            svg.push(five(0.0, plan.stars, palette));
            let none = fill(words.badge.reviews.of(badge.language, 0), &[("n", "0")]);
            (capital(words.badge.none), Some(none))
        }
        State::Closed | State::Suspended => {
            let gone = if badge.state == State::Closed { words.badge.closed } else { words.badge.suspended };
            write(svg, y, (size * 4 / 5, 600), &capital(gone));
            (String::new(), None)
        }
    };
    if let Some((y, size)) = plan.verdict.filter(|_| !line.is_empty()) {
        let squeeze = squeeze(&line, size, plan.room());
        svg.push(format!("<text x=\"16\" y=\"{y}\" font-size=\"{size}\"{squeeze}>{line}</text>"));
    }
    let first = count.filter(|_| plan.verdict.is_none()).unwrap_or_else(|| "Attesta".to_owned());
    footer(svg, badge, plan, palette, &first);
}

/// One line of text at the left edge; `text` is escaped already.
fn write(svg: &mut Vec<String>, y: u16, (size, weight): (u16, u16), text: &str) {
    svg.push(format!("<text x=\"16\" y=\"{y}\" font-size=\"{size}\" font-weight=\"{weight}\">{text}</text>"));
}

/// The last line: whose word this is (or how many reviews), and the day; the mark in the corner.
fn footer(svg: &mut Vec<String>, badge: &Badge<'_>, plan: &Plan, palette: &Palette, first: &str) {
    let (y, size) = plan.foot;
    let day = words::short_date(badge.language, &badge.as_of.to_string()).unwrap_or_default();
    let line = format!("{first} · {}", as_of(badge.language, &day));
    let squeeze = squeeze(&line, size, plan.room());
    svg.push(format!(
        "<text class=\"q\" x=\"16\" y=\"{y}\" font-size=\"{size}\" fill=\"{}\"{squeeze}>{line}</text>",
        palette.quiet
    ));
    svg.push(format!(
        "<path class=\"a\" transform=\"translate({} {}) scale(.75)\" fill=\"{}\" fill-rule=\"evenodd\" d=\"{}\"/>",
        plan.width - 36,
        plan.seal,
        palette.accent,
        seal::PATH
    ));
}

fn five(shown: f64, (top, scale): (u16, &str), palette: &Palette) -> String {
    five_at(shown, &format!("translate(14 {top}) scale({scale})"), palette)
}

fn five_at(shown: f64, place: &str, palette: &Palette) -> String {
    let halves = stars::halves(shown);
    let (on, off) = (stars::filled(halves), stars::outlined(halves));
    let part = |class: &str, paint: &str, path: &str| {
        if path.is_empty() { String::new() } else { format!("<path class=\"{class}\" {paint} d=\"{path}\"/>") }
    };
    let open = format!("<g transform=\"{place}\" stroke-width=\"1.4\" stroke-linejoin=\"round\">");
    let off = part("o", &format!("fill=\"none\" stroke=\"{}\"", palette.quiet), &off);
    let on = part("s", &format!("fill=\"{0}\" stroke=\"{0}\"", palette.star), &on);
    [&open, &off, &on, "</g>"].concat()
}

/// The whole picture in one sentence, for who hears it.
pub(super) fn label(language: Language, state: State, day: Option<UtcDay>, name: &str) -> String {
    let words = words::of(language);
    let said = match state {
        State::Rated { score, stars, count } => {
            let figure = fill(words.common.out_of_five, &[("n", &words::score(language, score))]);
            let count = counted(language, count);
            format!("{figure}, {}, {count}", words::verdict(language, stars))
        }
        State::New => words.badge.none.to_owned(),
        State::Closed => words.badge.closed.to_owned(),
        State::Suspended => words.badge.suspended.to_owned(),
    };
    let Some(day) = day.and_then(|day| words::date(language, &day.to_string())) else {
        return format!("{name}: {said}");
    };
    format!("{name}: {said}, {}", as_of(language, &day))
}

/// `128 reviews`.
pub(super) fn counted(language: Language, count: i64) -> String {
    fill(words::of(language).badge.reviews.of(language, count), &[("n", &words::number(language, count))])
}

/// `as of 3 March 2026`.
pub(crate) fn as_of(language: Language, day: &str) -> String {
    let around = words::around_date(language, words::of(language).badge.as_of, day);
    around.map_or_else(String::new, |(before, after)| format!("{before}{day}{after}"))
}

pub(crate) mod shapes;
pub(crate) mod stream;
#[cfg(test)]
mod tests;
