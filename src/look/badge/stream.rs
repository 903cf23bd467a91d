//! The pictures with reviews, and the one that says how to leave one: as wide as a newsletter's column and as high as their
//! words need. They say what the widgets say: the score of all, what a list is narrowed to, the day. A shop that closed or was
//! suspended shows that and no reviews. Texts of people are cut at a word; what cannot be written is not shown, and
//! then the stars and their words speak.

mod quote;
mod row;

use super::sheet::{Ink, Pen, Sheet};
use super::{Badge, State, as_of, capital, shapes};
use crate::kernel::time::UtcDay;
use crate::look::raster::Face;
use crate::look::words::{self, fill};

/// Width of every one of them.
pub(crate) const WIDTH: u32 = 560;
/// Reviews shown at most.
pub(crate) const MOST: usize = 3;

/// Where texts begin, and where they end.
const LEFT: u32 = 20;
const RIGHT: u32 = WIDTH - LEFT;
/// Between them.
const ROOM: f32 = 520.0;

/// What is drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stream<'a> {
    /// Whose score: the shop, or the product by its name.
    pub(crate) badge: Badge<'a>,
    /// The shop, where the name above is a product's.
    pub(crate) shop: Option<&'a str>,
    /// The latest reviews, newest first.
    pub(crate) said: &'a [Said<'a>],
    /// What they are narrowed to, as a sentence.
    pub(crate) filter: Option<&'a str>,
    /// Where there is none to show.
    pub(crate) none: &'a str,
}

/// One review. Every text may be empty.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said<'a> {
    /// 1 to 5.
    pub(crate) stars: i64,
    /// In one sentence.
    pub(crate) title: &'a str,
    /// As much of it as there may be room for.
    pub(crate) text: &'a str,
    /// Who wrote it.
    pub(crate) author: &'a str,
    /// When it was published.
    pub(crate) day: UtcDay,
}

/// How it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form<'a> {
    /// One below the other.
    List,
    /// Side by side.
    Row,
    /// The latest that says something.
    Quote,
    /// How to leave one: a question and its answer.
    Ask(&'a str, &'a str),
}

const NAME: Pen = Pen(Face::Strong, 17, Ink::Plain);
const SAID: Pen = Pen(Face::Plain, 13, Ink::Plain);
const BOLD: Pen = Pen(Face::Strong, 13, Ink::Plain);
const QUIET: Pen = Pen(Face::Plain, 12, Ink::Quiet);
const SMALL: Pen = Pen(Face::Plain, 11, Ink::Quiet);
const LINK: Pen = Pen(Face::Strong, 12, Ink::Accent);

/// Draws it: a whole SVG document.
pub(crate) fn draw(stream: &Stream<'_>, form: Form<'_>) -> String {
    let mut sheet = Sheet::new(stream.badge.palette(), stream.badge.fonts);
    let gone = matches!(stream.badge.state, State::Closed | State::Suspended);
    let end = match form {
        Form::Ask(question, answer) if !gone => quote::ask(&mut sheet, question, answer),
        Form::Quote if !gone => quote::quote(&mut sheet, stream),
        Form::Row if !gone && !stream.said.is_empty() => row::row(&mut sheet, stream),
        _ => list(&mut sheet, stream, gone),
    };
    let height = foot(&mut sheet, stream, end, matches!(form, Form::Ask(..)));
    shapes::framed(&stream.badge, false, (WIDTH, height), &sheet.drawn())
}

/// Whom it is about, the score of all, and what the reviews below are narrowed to. Returns where it ends.
fn head(sheet: &mut Sheet, stream: &Stream<'_>) -> u32 {
    let language = stream.badge.language;
    let name = sheet.shown(stream.badge.name).unwrap_or_default();
    let name = sheet.cut(&name, NAME, 470.0);
    sheet.write((LEFT, 38), NAME, &name);
    sheet.seal((RIGHT - 28, 18), 28);
    match stream.badge.state {
        State::Rated { score, stars, .. } => {
            sheet.stars((20, 53), 15, stars);
            let figure = words::score(language, score);
            let more = format!("{} · {}", capital(words::verdict(language, stars)), counted(stream));
            sheet.flow((130, 66), &[(&figure, Pen(Face::Strong, 15, Ink::Plain)), (&more, SAID)]);
        }
        State::New => {
            sheet.stars((20, 53), 15, 0.0);
            sheet.write((130, 66), SAID, &capital(words::of(language).badge.none));
        }
        State::Closed | State::Suspended => {
            sheet.write((LEFT, 66), Pen(Face::Strong, 15, Ink::Quiet), &shapes::gone(&stream.badge));
            return 86;
        }
    }
    stream.filter.map_or(86, |filter| narrowed(sheet, filter, 90) + 14)
}

/// What a list is narrowed to, from this baseline on; the baseline of its last line.
fn narrowed(sheet: &mut Sheet, filter: &str, y: u32) -> u32 {
    let pen = Pen(Face::Strong, 12, Ink::Plain);
    let lines = sheet.fold(filter, pen, 2, ROOM);
    sheet.block((LEFT, y), pen, 17, &lines)
}

/// `128 certified reviews`
fn counted(stream: &Stream<'_>) -> String {
    let language = stream.badge.language;
    let count = match stream.badge.state {
        State::Rated { count, .. } => count,
        State::New | State::Closed | State::Suspended => 0,
    };
    fill(words::of(language).widget.count.of(language, count), &[("n", &words::number(language, count))])
}

fn list(sheet: &mut Sheet, stream: &Stream<'_>, gone: bool) -> u32 {
    let mut at = head(sheet, stream);
    if gone {
        return at;
    }
    for said in stream.said.iter().take(MOST) {
        sheet.rule((LEFT, at), RIGHT - LEFT);
        at = entry(sheet, stream, said, at);
    }
    // Where there is no review at all the head has said so.
    if stream.said.is_empty() && stream.badge.state != State::New {
        sheet.write((LEFT, at + 14), SAID, stream.none);
        at += 32;
    }
    at
}

/// A review across the whole width, from this line on; where it ends.
fn entry(sheet: &mut Sheet, stream: &Stream<'_>, said: &Said<'_>, top: u32) -> u32 {
    let mut at = top + 30;
    sheet.stars((20, narrow(top + 19)), 12, f64::from(narrow(said.stars)));
    sheet.write((108, at), QUIET, &rating(stream, said));
    sheet.write_end((RIGHT, at), QUIET, &day(stream, said));
    let [title, text] = [said.title, said.text].map(|text| sheet.shown(text));
    if let Some(title) = &title {
        at += 24;
        let pen = Pen(Face::Strong, 15, Ink::Plain);
        let title = sheet.cut(title, pen, ROOM);
        sheet.write((LEFT, at), pen, &title);
    }
    if let Some(text) = text {
        let lines = sheet.fold(&text, SAID, if title.is_some() { 2 } else { 3 }, ROOM);
        at = sheet.block((LEFT, at + 22), SAID, 19, &lines);
    }
    at += 23;
    signed(sheet, stream, said, at);
    at + 18
}

/// Who wrote it.
fn signed(sheet: &mut Sheet, stream: &Stream<'_>, said: &Said<'_>, y: u32) {
    let pen = Pen(Face::Strong, 12, Ink::Plain);
    let author = sheet.cut(&author(sheet, stream, said), pen, 360.0);
    sheet.write((LEFT, y), pen, &author);
}

fn author(sheet: &Sheet, stream: &Stream<'_>, said: &Said<'_>) -> String {
    sheet.shown(said.author).unwrap_or_else(|| words::of(stream.badge.language).review.a_customer.to_owned())
}

fn day(stream: &Stream<'_>, said: &Said<'_>) -> String {
    words::short_date(stream.badge.language, &said.day.to_string()).unwrap_or_default()
}

/// `5 out of 5 · Excellent`
fn rating(stream: &Stream<'_>, said: &Said<'_>) -> String {
    let language = stream.badge.language;
    format!("{} · {}", out_of(stream, said), words::experience(language, said.stars))
}

fn out_of(stream: &Stream<'_>, said: &Said<'_>) -> String {
    fill(words::of(stream.badge.language).common.out_of_five, &[("n", &said.stars.to_string())])
}

/// A number that is small for sure.
fn narrow(number: impl TryInto<u16>) -> u16 {
    number.try_into().unwrap_or_default()
}

/// Whose word it is, of which day, and where the rest is; how high the picture became.
fn foot(sheet: &mut Sheet, stream: &Stream<'_>, top: u32, asks: bool) -> u32 {
    let language = stream.badge.language;
    sheet.rule((LEFT, top), RIGHT - LEFT);
    let day = words::short_date(language, &stream.badge.as_of.to_string()).unwrap_or_default();
    let whose = format!("Attesta · {}", as_of(language, &day));
    let shop = stream.shop.and_then(|shop| sheet.shown(shop)).map(|shop| sheet.cut(&shop, SMALL, 190.0));
    let line = shop.map_or_else(|| whose.clone(), |shop| format!("{shop} · {whose}"));
    sheet.write((LEFT, top + 24), SMALL, &line);
    if stream.badge.state != State::New {
        let widget = &words::of(language).widget;
        sheet.write_end((RIGHT, top + 24), LINK, if asks { widget.read } else { widget.all_reviews });
    }
    top + 40
}

#[cfg(test)]
mod tests;
