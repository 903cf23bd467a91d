//! A picture as far as it is drawn: texts, stars and lines at their places, in the colours of a theme, measured by the fonts
//! that will write it. What people wrote goes through [`Sheet::shown`] first. Pure.

use super::text::{Fonts, escape};
use super::{Palette, five_at};
use crate::look::raster::Face;
use crate::look::{lines, seal};

/// What a text is written with.
#[derive(Clone, Copy)]
pub(super) enum Ink {
    /// What is said.
    Plain,
    /// What stands back.
    Quiet,
    /// What leads on.
    Accent,
}

/// How a text is written.
#[derive(Clone, Copy)]
pub(super) struct Pen(pub(super) Face, pub(super) u16, pub(super) Ink);

/// The picture. Everything drawn comes after what was drawn before.
pub(super) struct Sheet {
    parts: Vec<String>,
    palette: &'static Palette,
    fonts: Fonts,
}

impl Sheet {
    /// With nothing on it.
    pub(super) fn new(palette: &'static Palette, fonts: Fonts) -> Self {
        Self { parts: Vec::new(), palette, fonts }
    }

    /// All that was drawn.
    pub(super) fn drawn(self) -> String {
        self.parts.concat()
    }

    /// What can be shown of somebody's text; none where nothing can.
    pub(super) fn shown(&self, text: &str) -> Option<String> {
        self.fonts.shown(text)
    }

    /// As much of a text as fits, to a whole word.
    pub(super) fn cut(&self, text: &str, pen: Pen, room: f32) -> String {
        lines::cut(text, room, &|text| self.width(text, pen))
    }

    /// A text in so many lines at most.
    pub(super) fn fold(&self, text: &str, pen: Pen, most: usize, room: f32) -> Vec<String> {
        lines::fold(text, most, room, &|text| self.width(text, pen))
    }

    /// How wide a text becomes.
    pub(super) fn width(&self, text: &str, Pen(face, size, _): Pen) -> f32 {
        self.fonts.width(text, face, size)
    }

    /// One line; at `x` its baseline begins.
    pub(super) fn write(&mut self, at: (u32, u32), pen: Pen, text: &str) {
        self.put(at, "", pen, text);
    }

    /// One line that ends at `x`.
    pub(super) fn write_end(&mut self, at: (u32, u32), pen: Pen, text: &str) {
        self.put(at, " text-anchor=\"end\"", pen, text);
    }

    fn put(&mut self, (x, y): (u32, u32), more: &str, pen: Pen, text: &str) {
        let text = escape(text);
        self.parts.push(format!("<text x=\"{x}\" y=\"{y}\"{more}{}>{text}</text>", self.style(pen)));
    }

    /// Lines below each other; the baseline of the last.
    pub(super) fn block(&mut self, (x, y): (u32, u32), pen: Pen, leading: u32, lines: &[String]) -> u32 {
        let mut last = y;
        for (line, at) in lines.iter().zip((y..).step_by(usize::try_from(leading).unwrap_or(1).max(1))) {
            self.write((x, at), pen, line);
            last = at;
        }
        last
    }

    /// Parts of one line, each after the one before wherever that ends.
    pub(super) fn flow(&mut self, (x, y): (u32, u32), parts: &[(&str, Pen)]) {
        let part = |(at, (text, pen)): (usize, &(&str, Pen))| {
            let gap = if at == 0 { "" } else { " dx=\"8\"" };
            format!("<tspan{gap}{}>{}</tspan>", self.style(*pen), escape(text))
        };
        let spans: String = parts.iter().enumerate().map(part).collect();
        self.parts.push(format!("<text x=\"{x}\" y=\"{y}\">{spans}</text>"));
    }

    /// The same, and where the line ends at most.
    pub(super) fn run(&mut self, (x, y): (u32, u32), parts: &[(&str, Pen)]) -> u32 {
        self.flow((x, y), parts);
        let wide: f32 = parts.iter().map(|(text, pen)| self.width(text, *pen) + 8.0).sum::<f32>() - 8.0;
        x + (0..1_000_u16).find(|whole| f32::from(*whole) >= wide).map_or(1_000, u32::from)
    }

    fn style(&self, Pen(face, size, ink): Pen) -> String {
        let face = match face {
            Face::Plain => "",
            Face::Strong => " font-weight=\"600\"",
            Face::Serif => " font-family=\"ui-serif,Georgia,serif\" font-weight=\"600\"",
        };
        let ink = match ink {
            Ink::Plain => String::new(),
            Ink::Quiet => format!(" class=\"q\" fill=\"{}\"", self.palette.quiet),
            Ink::Accent => format!(" class=\"a\" fill=\"{}\"", self.palette.accent),
        };
        format!(" font-size=\"{size}\"{face}{ink}")
    }

    /// Five stars whose ink begins at this corner and is so high.
    pub(super) fn stars(&mut self, (x, y): (u16, u16), height: u16, shown: f64) {
        // In their own box of 120 by 24 the ink begins at 2.9, 3.1 and is 17.2 high.
        let scale = f32::from(height) / 17.2;
        let (x, y) = (f32::from(x) - 2.9 * scale, f32::from(y) - 3.1 * scale);
        self.parts.push(five_at(shown, &format!("translate({x:.1} {y:.1}) scale({scale:.3})"), self.palette));
    }

    /// The mark, so many pixels wide.
    pub(super) fn seal(&mut self, (x, y): (u32, u32), width: u16) {
        let scale = f32::from(width) / 32.0;
        self.parts.push(format!(
            "<path class=\"a\" transform=\"translate({x} {y}) scale({scale})\" fill=\"{}\" fill-rule=\"evenodd\" d=\"{}\"/>",
            self.palette.accent,
            seal::PATH
        ));
    }

    /// A line across.
    pub(super) fn rule(&mut self, (x, y): (u32, u32), width: u32) {
        self.parts.push(format!(
            "<rect class=\"r\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"1\" fill=\"{}\"/>",
            self.palette.line
        ));
    }

    /// A part of a whole.
    pub(super) fn bar(&mut self, (x, y): (u32, u32), whole: i64, part: i64) {
        let one = |class: &str, width: i64, fill: &str| {
            let place = format!("x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"7\" rx=\"3.5\"");
            format!("<rect class=\"{class}\" {place} fill=\"{fill}\"/>")
        };
        self.parts.push(one("r", whole, self.palette.line) + &one("s", part, self.palette.star));
    }

    /// That something opens below.
    pub(super) fn chevron(&mut self, (x, y): (u32, u32)) {
        self.parts.push(format!(
            "<path class=\"o\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.6\" d=\"M{x} {y}l5 5 5-5\"/>",
            self.palette.quiet
        ));
    }

    /// A leaf of its own within the picture.
    pub(super) fn leaf(&mut self, (x, y): (u32, u32), (width, height): (u32, u32)) {
        self.parts.push(format!(
            "<rect class=\"p\" x=\"{x}.5\" y=\"{y}.5\" width=\"{width}\" height=\"{height}\" rx=\"6\" fill=\"{}\" stroke=\"{}\"/>",
            self.palette.paper, self.palette.line
        ));
    }
}
