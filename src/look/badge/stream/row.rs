//! The latest reviews side by side, each on a leaf of its own.

use super::{BOLD, LEFT, MOST, RIGHT, SAID, SMALL, Said, Stream, author, day, head, narrow, out_of};
use crate::look::badge::capital;
use crate::look::badge::sheet::{Ink, Pen, Sheet};
use crate::look::raster::Face;
use crate::look::words;

/// Leaves beside each other, all of one height.
pub(super) fn row(sheet: &mut Sheet, stream: &Stream<'_>) -> u32 {
    let top = head(sheet, stream);
    let said = stream.said.get(..MOST).unwrap_or(stream.said);
    let leaves = u32::try_from(said.len()).unwrap_or(1).max(1);
    let width = (RIGHT - LEFT + 10 - 10 * leaves) / leaves;
    for (said, at) in said.iter().zip(0..leaves) {
        let x = LEFT + at * (width + 10);
        sheet.leaf((x, top), (width - 1, 201));
        leaf(sheet, stream, said, (x + 13, top), width - 26);
    }
    top + 218
}

fn leaf(sheet: &mut Sheet, stream: &Stream<'_>, said: &Said<'_>, (x, top): (u32, u32), width: u32) {
    let room = f32::from(narrow(width));
    sheet.stars((narrow(x), narrow(top + 17)), 11, f64::from(narrow(said.stars)));
    sheet.write((x + 82, top + 27), SMALL, &out_of(stream, said));
    let [title, text] = [said.title, said.text].map(|text| sheet.shown(text));
    let (mut at, mut left) = (top + 50, 6);
    if let Some(title) = title {
        let lines = sheet.fold(&title, BOLD, 2, room);
        at = sheet.block((x, at), BOLD, 17, &lines) + 19;
        left -= lines.len().min(2);
    }
    if let Some(text) = text {
        let pen = Pen(Face::Plain, 12, Ink::Plain);
        let lines = sheet.fold(&text, pen, left, room);
        sheet.block((x, at), pen, 17, &lines);
    } else if at == top + 50 {
        sheet.write((x, at), SAID, &capital(words::experience(stream.badge.language, said.stars)));
    }
    let pen = Pen(Face::Strong, 12, Ink::Plain);
    let author = sheet.cut(&author(sheet, stream, said), pen, room);
    sheet.write((x, top + 174), pen, &author);
    sheet.write((x, top + 190), SMALL, &day(stream, said));
}
