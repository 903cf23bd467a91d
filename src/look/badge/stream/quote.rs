//! One voice alone; and the question to whoever bought, drawn as large.

use super::{
    BOLD, LEFT, QUIET, RIGHT, ROOM, SAID, State, Stream, counted, day, list, narrow, narrowed, rating, signed,
};
use crate::look::badge::sheet::{Ink, Pen, Sheet};
use crate::look::card::marks;
use crate::look::raster::Face;
use crate::look::words;

/// One voice, large; without one, the score alone.
pub(super) fn quote(sheet: &mut Sheet, stream: &Stream<'_>) -> u32 {
    let found = stream.said.iter().find_map(|said| {
        let [title, text] = [said.title, said.text].map(|text| sheet.shown(text));
        let (first, second) = if title.is_some() { (title, text) } else { (text, None) };
        Some((said, first?, second))
    });
    let Some((said, first, second)) = found else {
        return list(sheet, &Stream { said: &[], ..*stream }, false);
    };
    sheet.stars((20, 26), 16, f64::from(narrow(said.stars)));
    sheet.write((138, 39), SAID, &rating(stream, said));
    sheet.seal((RIGHT - 28, 18), 28);
    let (open, close) = marks(stream.badge.language);
    let serif = Pen(Face::Serif, if second.is_some() { 22 } else { 20 }, Ink::Plain);
    let mut lines = sheet.fold(&format!("{open}{first}{close}"), serif, if second.is_some() { 3 } else { 6 }, ROOM);
    // A cut takes the mark at the end along.
    if let Some(last) = lines.last_mut().filter(|last| last.ends_with('…')) {
        last.push_str(close);
    }
    let mut at = sheet.block((LEFT, 80), serif, 29, &lines);
    if let Some(second) = second {
        let pen = Pen(Face::Plain, 14, Ink::Plain);
        let lines = sheet.fold(&second, pen, 3, ROOM);
        at = sheet.block((LEFT, at + 27), pen, 21, &lines);
    }
    signed(sheet, stream, said, at + 29);
    sheet.write_end((RIGHT, at + 29), QUIET, &day(stream, said));
    at += 29;
    if let Some(filter) = stream.filter {
        at = narrowed(sheet, filter, at + 24);
    }
    whose(sheet, stream, at + 20)
}

/// Below a single voice: whom it is about, and the score of all.
fn whose(sheet: &mut Sheet, stream: &Stream<'_>, top: u32) -> u32 {
    sheet.rule((LEFT, top), RIGHT - LEFT);
    let name = sheet.shown(stream.badge.name).unwrap_or_default();
    let name = sheet.cut(&name, BOLD, 230.0);
    let score = match stream.badge.state {
        State::Rated { score, .. } => {
            format!("{} · {}", words::out_of_five(stream.badge.language, score), counted(stream))
        }
        State::New | State::Closed | State::Suspended => String::new(),
    };
    sheet.flow((LEFT, top + 27), &[(&name, BOLD), (&score, QUIET)]);
    top + 42
}

/// A question to whoever bought, and how it goes on.
pub(super) fn ask(sheet: &mut Sheet, question: &str, answer: &str) -> u32 {
    sheet.seal((LEFT, 22), 48);
    let (x, room) = (88, 452.0);
    let (serif, plain) = (Pen(Face::Serif, 19, Ink::Plain), Pen(Face::Plain, 14, Ink::Plain));
    let lines = sheet.fold(question, serif, 2, room);
    let at = sheet.block((x, 42), serif, 25, &lines);
    let lines = sheet.fold(answer, plain, 6, room);
    sheet.block((x, at + 27), plain, 21, &lines) + 20
}
