//! How far a long command is: a bar on a terminal, a plain line for each tenth elsewhere, nothing in JSON.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::shown::{Failure, Shown};

/// What the bar looks like.
const BAR: &str = "{bar:32} {pos}/{len} {msg}, {eta} left";

/// A long command on its way.
pub(crate) struct Progress {
    bar: ProgressBar,
    what: &'static str,
    total: u64,
    /// Tenths that were told in lines.
    told: u64,
}

impl Progress {
    /// Of `total` things; drawn on the terminal, if there is one and a person reads.
    pub(crate) fn new(what: &'static str, total: i64, quiet: bool) -> Self {
        let total = u64::try_from(total).unwrap_or(0);
        // Draws nothing where the error stream is no terminal.
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(total), target).with_message(what);
        if let Ok(style) = ProgressStyle::with_template(BAR) {
            bar.set_style(style);
        }
        Self { bar, what, total, told: 0 }
    }

    /// So many are done.
    pub(crate) fn reached(&mut self, done: usize, shown: &mut Shown<'_>) -> Result<(), Failure> {
        let done = u64::try_from(done).unwrap_or(u64::MAX);
        // More may have come meanwhile.
        self.total = self.total.max(done);
        self.bar.set_length(self.total);
        self.bar.set_position(done);
        let tenth = done.saturating_mul(10).checked_div(self.total).unwrap_or(10);
        if !self.bar.is_hidden() || tenth <= self.told {
            return Ok(());
        }
        self.told = tenth;
        shown.progress(&format!("{done} of {} {}", self.total, self.what))
    }

    /// All of it is done: the bar goes, the outcome says the rest.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_terminal_each_tenth_is_a_line() {
        let mut out = Vec::new();
        let mut shown = Shown::new(&mut out, false);
        let mut progress = Progress::new("addresses", 1000, true);
        for done in (0..=1000).step_by(50) {
            progress.reached(done, &mut shown).unwrap();
        }
        progress.reached(1200, &mut shown).unwrap();
        progress.end();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().count(), 10, "{text}");
        assert!(text.starts_with("100 of 1000 addresses\n") && text.ends_with("1000 of 1000 addresses\n"), "{text}");
        let mut none = Progress::new("addresses", 0, true);
        none.reached(0, &mut Shown::new(&mut Vec::new(), false)).unwrap();
    }
}
