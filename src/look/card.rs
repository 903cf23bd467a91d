//! The share card: what messengers and social networks show of a link, 1200 × 630, drawn from plain values. Pure; reads
//! nothing. It says the same as the page it stands for: stars with words and number, a low score as plainly as a high one,
//! and the day it speaks of. Words of people are shown as they are, cut at a word, or not at all: what the fonts cannot
//! write never becomes boxes ([`shown`]), and a name that cannot be written gives way to the domain.

use super::badge::{self, LIGHT, State, capital, escape};
use super::lines::shown;
use super::raster::Face;
use super::words::{self, fill};
use super::{seal, stars};
use crate::kernel::domain::ShopDomain;
use crate::kernel::locale::Language;
use crate::kernel::time::UtcDay;

mod lines;

use lines::{Block, fit};

/// Width of every card, in pixels.
pub(crate) const WIDTH: u16 = 1200;
/// Height of every card, in pixels.
pub(crate) const HEIGHT: u16 = 630;

/// Where the text begins.
const LEFT: u16 = 72;
/// Where it ends.
const RIGHT: u16 = WIDTH - LEFT;
/// The baseline of the first line.
const TOP: u16 = 96;
/// The line above the foot.
const RULE: u16 = 530;

/// What a card says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Card<'a> {
    /// The shop's name, as the merchant wrote it.
    pub(crate) shop: &'a str,
    /// Its domain.
    pub(crate) domain: &'a ShopDomain,
    /// The day it speaks of; of a review, the day of its publication.
    pub(crate) day: UtcDay,
    /// Language of the words.
    pub(crate) language: Language,
    /// What it is about.
    pub(crate) subject: Subject<'a>,
}

/// What a card is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Subject<'a> {
    /// One review.
    Review(Quote<'a>),
    /// A shop.
    Shop(State),
    /// A product of a shop: its name, and what there is to say.
    Product(&'a str, State),
}

/// What a card shows of a review. Every text may be empty.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quote<'a> {
    /// 1 to 5.
    pub(crate) stars: i64,
    /// In one sentence.
    pub(crate) title: &'a str,
    /// The whole text.
    pub(crate) text: &'a str,
    /// Who wrote it.
    pub(crate) author: &'a str,
    /// Which product it is about.
    pub(crate) item: &'a str,
}

/// Draws a card: a whole SVG document.
pub(crate) fn draw(card: &Card<'_>) -> String {
    let mut sheet = Sheet(vec![format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\"><rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"{}\"/><path \
         transform=\"translate({LEFT} {}) scale(1.5)\" fill=\"{}\" fill-rule=\"evenodd\" d=\"{}\"/>",
        LIGHT.paper,
        TOP - 35,
        LIGHT.accent,
        seal::PATH
    )]);
    match card.subject {
        Subject::Review(quote) => review(&mut sheet, card, &quote),
        Subject::Shop(state) => score(&mut sheet, card, card.shop, state),
        Subject::Product(name, state) => score(&mut sheet, card, name, state),
    }
    sheet.0.push("</svg>".to_owned());
    sheet.0.concat()
}

/// How a line is written.
#[derive(Clone, Copy)]
struct Pen {
    face: Face,
    size: u16,
    ink: &'static str,
}

const STRONG: Pen = Pen { face: Face::Strong, size: 30, ink: LIGHT.ink };
const QUIET: Pen = Pen { face: Face::Plain, size: 28, ink: LIGHT.quiet };
const SURE: Pen = Pen { ink: LIGHT.accent, ..STRONG };

/// The card as far as it is drawn.
struct Sheet(Vec<String>);

impl Sheet {
    fn write(&mut self, (x, y): (u16, u16), pen: Pen, text: &str) {
        self.put((x, y), pen, "start", text);
    }

    /// A line that ends at the right edge.
    fn write_right(&mut self, y: u16, pen: Pen, text: &str) {
        self.put((RIGHT, y), pen, "end", text);
    }

    fn put(&mut self, (x, y): (u16, u16), pen: Pen, anchor: &str, text: &str) {
        let (family, weight) = match pen.face {
            Face::Plain => ("sans-serif", 400),
            Face::Strong => ("sans-serif", 600),
            Face::Serif => ("serif", 600),
        };
        let Pen { size, ink, .. } = pen;
        self.0.push(format!(
            "<text x=\"{x}\" y=\"{y}\" font-family=\"{family}\" font-weight=\"{weight}\" font-size=\"{size}\" \
             text-anchor=\"{anchor}\" fill=\"{ink}\">{}</text>",
            escape(text)
        ));
    }

    /// Lines of one size from this baseline on; the baseline after them.
    fn block(&mut self, (x, y): (u16, u16), pen: Pen, block: &Block) -> u16 {
        let pen = Pen { size: block.size, ..pen };
        let mut at = y;
        for line in &block.lines {
            self.write((x, at), pen, line);
            at += block.leading();
        }
        at
    }

    /// Five stars from this corner on, this many pixels high.
    fn stars(&mut self, (x, y): (u16, u16), height: u16, shown: f64) {
        let halves = stars::halves(shown);
        let scale = f32::from(height) / 24.0;
        self.0.push(format!(
            "<g transform=\"translate({x} {y}) scale({scale})\" stroke-width=\"1.2\" stroke-linejoin=\"round\"><path \
             fill=\"none\" stroke=\"{}\" d=\"{}\"/><path fill=\"{2}\" stroke=\"{2}\" d=\"{3}\"/></g>",
            LIGHT.quiet,
            stars::outlined(halves),
            LIGHT.star,
            stars::filled(halves)
        ));
    }

    /// The first line: that it is certified, and the day.
    fn head(&mut self, sure: &str, day: &str) {
        self.write((LEFT + 64, TOP), SURE, sure);
        self.write_right(TOP, Pen { size: 26, ..QUIET }, day);
    }

    /// The last line: whom it is about.
    fn foot(&mut self, left: &str, right: &str) {
        self.0.push(format!(
            "<path d=\"M{LEFT} {RULE}H{RIGHT}\" stroke=\"{}\" stroke-width=\"2\" fill=\"none\"/>",
            LIGHT.line
        ));
        self.write((LEFT, RULE + 56), Pen { size: 32, ..STRONG }, left);
        self.write_right(RULE + 56, QUIET, right);
    }
}

fn review(sheet: &mut Sheet, card: &Card<'_>, quote: &Quote<'_>) {
    let words = words::of(card.language);
    let day = words::date(card.language, &card.day.to_string()).unwrap_or_default();
    sheet.head(words.review.certified, &day);
    let said = [quote.title, quote.text].map(shown);
    let (first, second) = match said {
        [Some(title), text] => (Some(title), text),
        [None, text] => (text, None),
    };
    let rating = rating(card.language, quote.stars);
    if let Some(first) = first {
        sheet.stars((LEFT - 2, 146), 54, real(quote.stars));
        sheet.write((LEFT + 294, 186), Pen { size: 34, ..STRONG }, &rating);
        quoted(sheet, card, quote, &first, second.as_deref());
    } else {
        // Without words the stars speak.
        sheet.stars((LEFT - 4, 210), 104, real(quote.stars));
        sheet.write((LEFT, 402), Pen { face: Face::Serif, size: 60, ..STRONG }, &rating);
        sheet.write((LEFT, 470), QUIET, &by(card, quote));
    }
    let (shop, domain) = whom(card);
    sheet.foot(&cut_name(&shop), &domain);
}

/// The title large and the text below, or the text alone; then who said it.
fn quoted(sheet: &mut Sheet, card: &Card<'_>, quote: &Quote<'_>, first: &str, second: Option<&str>) {
    let (open, close) = marks(card.language);
    let quoted = format!("{open}{first}{close}");
    let (sizes, lines): (&[u16], usize) = if second.is_some() { (&[56, 46], 2) } else { (&[62, 54, 46], 3) };
    let serif = Pen { face: Face::Serif, ..STRONG };
    let mut block = fit(&quoted, Face::Serif, sizes, lines);
    // A cut takes the mark at the end along.
    if let Some(last) = block.lines.last_mut().filter(|last| last.ends_with('…')) {
        last.push_str(close);
    }
    let mut at = sheet.block((LEFT, 284), serif, &block);
    if let Some(second) = second {
        let (sizes, lines): (&[u16], usize) = if at > 370 { (&[30], 2) } else { (&[36, 32], 2) };
        at = sheet.block((LEFT, at - 8), Pen { ink: LIGHT.ink, ..QUIET }, &fit(second, Face::Plain, sizes, lines));
    }
    sheet.write((LEFT, (at + 16).min(RULE - 28)), QUIET, &by(card, quote));
}

/// A shop or a product with its score.
fn score(sheet: &mut Sheet, card: &Card<'_>, name: &str, state: State) {
    let words = words::of(card.language);
    let day = words::date(card.language, &card.day.to_string()).unwrap_or_default();
    sheet.head(words.badge.description, &badge::as_of(card.language, &day));
    let (shop, domain) = whom(card);
    let of_shop = matches!(card.subject, Subject::Shop(_));
    let name = Some(name).filter(|_| !of_shop).and_then(shown).unwrap_or_else(|| shop.clone());
    let serif = Pen { face: Face::Serif, ..STRONG };
    sheet.block((LEFT, 214), serif, &fit(&name, Face::Serif, &[72, 60, 50], 2));
    match state {
        State::Rated { score, stars, count } => {
            let figure = words::score(card.language, score);
            sheet.write((LEFT - 4, 470), Pen { size: 150, ..serif }, &figure);
            sheet.stars((LEFT + 272, 356), 64, stars);
            let count = badge::counted(card.language, count);
            let line = format!("{} · {count}", capital(words::verdict(card.language, stars)));
            sheet.write((LEFT + 276, 470), Pen { size: 38, ..STRONG }, &line);
        }
        State::New => {
            sheet.stars((LEFT - 2, 346), 72, 0.0);
            sheet.write((LEFT, 476), Pen { size: 38, ..STRONG }, &capital(words.badge.none));
        }
        State::Closed | State::Suspended => {
            let gone = if state == State::Closed { words.badge.closed } else { words.badge.suspended };
            sheet.write((LEFT, 440), Pen { size: 44, ink: LIGHT.quiet, ..STRONG }, &capital(gone));
        }
    }
    // The name of a shop stands above already.
    if of_shop { sheet.foot(&domain, "Attesta") } else { sheet.foot(&cut_name(&shop), &domain) }
}

/// The shop's name and its domain. Where the fonts cannot write the name, the domain stands alone; in ASCII it always can.
fn whom(card: &Card<'_>) -> (String, String) {
    let domain = shown(&card.domain.to_unicode()).unwrap_or_else(|| card.domain.to_string());
    let domain = |pen: Pen, room| lines::cut(&domain, pen.face, pen.size, room);
    match shown(card.shop) {
        Some(name) => (name, domain(QUIET, 400.0)),
        None => (domain(STRONG, 900.0), String::new()),
    }
}

/// A name beside a domain.
fn cut_name(name: &str) -> String {
    lines::cut(name, Face::Strong, 32, 620.0)
}

/// `Ada R., about Green tea`.
fn by(card: &Card<'_>, quote: &Quote<'_>) -> String {
    let words = words::of(card.language);
    let author = shown(quote.author).unwrap_or_else(|| words.review.a_customer.to_owned());
    let line = match shown(quote.item) {
        Some(item) => format!("{author}, {}", fill(words.review.about_item, &[("item", &item)])),
        None => author,
    };
    lines::cut(&line, QUIET.face, QUIET.size, lines::ROOM)
}

fn rating(language: Language, stars: i64) -> String {
    format!("{} · {}", words::out_of_five(language, real(stars)), words::experience(language, stars))
}

/// One to five as a number to draw.
fn real(stars: i64) -> f64 {
    f64::from(u8::try_from(stars).unwrap_or_default())
}

/// The marks around what somebody said.
pub(super) fn marks(language: Language) -> (&'static str, &'static str) {
    match language.tag() {
        "en" => ("“", "”"),
        "de" => ("„", "“"),
        "fr" => ("«\u{a0}", "\u{a0}»"),
        _ => ("«", "»"),
    }
}

/// The card of a shop or a product in one sentence, for who hears it.
pub(crate) fn told(language: Language, name: &str, state: State) -> String {
    badge::label(language, state, None, &badge::clean(name))
}

/// The card of a review in one sentence.
pub(crate) fn told_review(language: Language, shop: &str, stars: i64) -> String {
    format!("{}: {}, {}", badge::clean(shop), words::of(language).review.certified, rating(language, stars))
}

#[cfg(test)]
#[cfg(feature = "cards")]
mod tests;
