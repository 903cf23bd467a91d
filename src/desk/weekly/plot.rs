//! The plot of the last weeks: for each its orders, of these those whose customer was asked, of these those reviewed, as
//! three bars. Drawn here, never loaded: the mail carries it, and says the same numbers in a table beside it.

use std::fmt::Write as _;

use crate::desk::accounting::Numbers;
use crate::kernel::locale::Language;
use crate::kernel::time::UtcDay;
use crate::look::badge::escape;
use crate::look::{raster, words};

/// The picture in pixels, and how many of those a screen of our time wants for one.
const WIDTH: i64 = 496;
const HEIGHT: i64 = 200;
const SCALE: u8 = 2;

/// Where the bars stand, and how high the highest is.
const LEFT: i64 = 16;
const GROUND: i64 = 136;
const HIGHEST: i64 = 104;
/// The width of one bar.
const BAR: i64 = 15;

/// The letters: a phone shows the picture at little more than half its width, and they must be read there too.
const LETTERS: i64 = 16;
/// The same where one of the numbers needs the room, from 100,000 on.
const SMALL: i64 = 12;
/// Longest number in [`LETTERS`], in signs.
const ROOM: usize = 6;

/// Ink and paper of the picture: it has its own paper, so that it is the same on dark ones.
const COLOURS: [&str; 3] = ["#948b76", "#5f9f88", "#0b6b4f"];

/// The picture; `None` where this build draws none, and the table says it all.
pub(super) fn png(language: Language, days: &[UtcDay], weeks: &[Numbers]) -> Option<Vec<u8>> {
    if !raster::BUILT {
        return None;
    }
    raster::png(&svg(language, days, weeks), SCALE)
        .inspect_err(|error| tracing::warn!(%error, "a plot is left out"))
        .ok()
}

/// The drawing.
pub(super) fn svg(language: Language, days: &[UtcDay], weeks: &[Numbers]) -> String {
    let most = weeks.iter().map(|week| week.orders).max().unwrap_or(0).max(1);
    let longest = words::number(language, most).chars().count();
    let size = if longest > ROOM { SMALL } else { LETTERS };
    let step = (WIDTH - 2 * LEFT) / i64::try_from(days.len().max(1)).unwrap_or(1);
    let mut drawn = String::new();
    let mut x = LEFT + (step - 3 * BAR) / 2;
    for (day, week) in days.iter().zip(weeks) {
        for ((n, colour), place) in [week.orders, week.invited, week.reviewed].into_iter().zip(COLOURS).zip(0..) {
            let height = if n > 0 { (n * HIGHEST / most).max(2) } else { 0 };
            // Writing to a String cannot fail.
            let _ = write!(
                drawn,
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{height}\" fill=\"{colour}\"/>",
                x + place * BAR,
                GROUND - height,
                BAR - 2
            );
        }
        let middle = x + 3 * BAR / 2 - 1;
        let tall = (week.orders * HIGHEST / most).max(0);
        drawn += &label((middle, GROUND - tall - 6), "middle", size, &words::number(language, week.orders));
        drawn += &label((middle, GROUND + 22), "middle", LETTERS, &short(language, *day));
        x += step;
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\">\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fbfaf6\"/>{drawn}\
         <rect x=\"{LEFT}\" y=\"{GROUND}\" width=\"{}\" height=\"1\" fill=\"#5a665f\"/>{}</svg>",
        WIDTH - 2 * LEFT,
        key(language),
    )
}

/// What the three colours mean.
fn key(language: Language) -> String {
    let words = &words::of(language).weekly;
    let mut drawn = String::new();
    let mut x = LEFT;
    for (word, colour) in [words.orders, words.invited, words.reviewed].into_iter().zip(COLOURS) {
        let _ = write!(drawn, "<rect x=\"{x}\" y=\"177\" width=\"13\" height=\"13\" rx=\"2\" fill=\"{colour}\"/>");
        drawn += &label((x + 20, 189), "start", LETTERS, word);
        x += 150;
    }
    drawn
}

/// Day and month of a Monday, in the fewest letters.
fn short(language: Language, day: UtcDay) -> String {
    let date = day.start().utc().date_naive();
    let shape = match language {
        Language::De => "%-d.%-m.",
        // Day and month in figures are read the other way round in some countries.
        Language::En => "%-d %b",
        Language::It | Language::Fr | Language::Es => "%-d/%-m",
    };
    date.format(shape).to_string()
}

fn label((x, y): (i64, i64), anchor: &str, size: i64, text: &str) -> String {
    format!(
        "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" font-family=\"sans-serif\" font-size=\"{size}\" fill=\"#16211c\">{}</text>",
        escape(text)
    )
}
