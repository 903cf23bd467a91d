//! Shipping and delivery, line by line: when everything is on its way, and when the clock starts.
//!
//! Pure and order-free: each line keeps its earliest event, and everything else is computed from those.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::event::RefundScope;
use super::model::{Item, Refunded};
use crate::kernel::time::DAY;

/// How long after the first part the clock starts even though the rest is missing, in ms.
pub const PARTS_WAIT_MS: i64 = 14 * DAY;

/// That something happened: when by the shop's clock, and when we heard of it. In milliseconds, on the wire `[at, heard]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mark(pub i64, pub i64);

/// The earlier of two marks that may be missing.
pub(super) fn earlier(a: Option<Mark>, b: Option<Mark>) -> Option<Mark> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}

/// Which lines moved, and when first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Moves {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    all: Option<Mark>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    lines: BTreeMap<String, Mark>,
}

impl Moves {
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_none() && self.lines.is_empty()
    }

    /// Everything moved.
    pub(super) fn note_all(&mut self, mark: Mark) {
        self.all = earlier(self.all, Some(mark));
    }

    /// This line moved.
    pub(super) fn note_line(&mut self, line: &str, mark: Mark) {
        match self.lines.get_mut(line) {
            Some(held) => *held = mark.min(*held),
            None => drop(self.lines.insert(line.to_owned(), mark)),
        }
    }

    /// The first part that moved.
    pub(super) fn first(&self) -> Option<Mark> {
        earlier(self.all, self.lines.values().min().copied())
    }

    /// Both together: what was delivered was shipped.
    pub(super) fn with(&self, other: &Self) -> Self {
        let mut sum = self.clone();
        sum.all = earlier(sum.all, other.all);
        for (line, mark) in &other.lines {
            sum.note_line(line, *mark);
        }
        sum
    }

    /// When the last of these lines moved; `None` while one is missing. An order without lines is complete with its first part.
    pub(super) fn complete(&self, lines: &[&str]) -> Option<Mark> {
        let mut last = None;
        for line in lines {
            let moved = earlier(self.all, self.lines.get(*line).copied())?;
            last = last.max(Some(moved));
        }
        last.or_else(|| self.first())
    }

    /// When the clock starts, and whether that is by waiting for parts that have not moved.
    pub(super) fn clock(&self, lines: &[&str]) -> Option<(Mark, bool)> {
        let first = self.first()?;
        let waited = Mark(first.0.saturating_add(PARTS_WAIT_MS), first.1);
        Some(match self.complete(lines) {
            Some(complete) => (if complete.0 <= waited.0 { complete } else { waited }, false),
            None => (waited, true),
        })
    }
}

/// What was given back. Two refunds of one moment with one content are one, whatever their webhook ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Refunds {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    all: Option<Mark>,
    /// By time: the lines of each refund, with quantities; -1 is the whole line.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    parts: BTreeMap<i64, Vec<BTreeMap<String, i64>>>,
}

impl Refunds {
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_none() && self.parts.is_empty()
    }

    /// Notes one refund.
    pub(super) fn note(&mut self, scope: &RefundScope, mark: Mark) {
        match scope {
            RefundScope::All => self.all = earlier(self.all, Some(mark)),
            RefundScope::Lines(lines) => {
                let part: BTreeMap<String, i64> =
                    lines.iter().map(|(line, n)| (line.clone(), n.unwrap_or(-1))).collect();
                let same_time = self.parts.entry(mark.0).or_default();
                if let Err(place) = same_time.binary_search(&part) {
                    same_time.insert(place, part);
                }
            }
        }
    }

    /// How much of these lines was given back.
    pub(super) fn of(&self, lines: &[&Item]) -> Refunded {
        match self.whole_at(lines) {
            Some(_) => Refunded::Wholly,
            None if self.parts.is_empty() => Refunded::None,
            None => Refunded::Partly,
        }
    }

    /// Since when nothing of these lines is left, in ms; `None` while something is.
    pub(super) fn whole_at(&self, lines: &[&Item]) -> Option<i64> {
        let at_once = self.all.map(|mark| mark.0);
        let bought = lines.iter().filter(|item| item.quantity > 0);
        let by_parts = bought.map(|item| self.covered_at(item)).collect::<Option<Vec<_>>>();
        let by_parts = by_parts.and_then(|times| times.into_iter().max());
        at_once.into_iter().chain(by_parts).min()
    }

    /// With which refund the whole line had been given back.
    fn covered_at(&self, item: &Item) -> Option<i64> {
        let mut sum = 0_i64;
        let given = self.parts.iter().flat_map(|(at, parts)| parts.iter().map(move |part| (at, part)));
        for (at, n) in given.filter_map(|(at, part)| Some((at, part.get(&item.line)?))) {
            sum = if *n < 0 { i64::MAX } else { sum.saturating_add(*n) };
            if sum >= item.quantity {
                return Some(*at);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(line: &str, quantity: i64) -> Item {
        Item {
            line: line.to_owned(),
            sku: None,
            gtin: None,
            mpn: None,
            brand: None,
            name: None,
            category: None,
            url: None,
            image: None,
            quantity,
            price: None,
        }
    }

    #[test]
    fn the_clock_starts_with_the_last_line_or_fourteen_days_after_the_first() {
        let mut moves = Moves::default();
        assert_eq!(moves.clock(&["1", "2"]), None);
        moves.note_line("2", Mark(100, 7));
        assert_eq!(moves.clock(&["1", "2"]), Some((Mark(100 + PARTS_WAIT_MS, 7), true)));
        moves.note_line("1", Mark(900, 8));
        assert_eq!(moves.clock(&["1", "2"]), Some((Mark(900, 8), false)));
        moves.note_line("3", Mark(PARTS_WAIT_MS * 2, 9));
        assert_eq!(moves.clock(&["1", "2", "3"]), Some((Mark(100 + PARTS_WAIT_MS, 7), false)));
        assert_eq!(moves.clock(&[]), Some((Mark(100, 7), false)));
        moves.note_all(Mark(50, 9));
        assert_eq!(moves.clock(&["1", "2", "3"]), Some((Mark(50, 9), false)));
    }

    #[test]
    fn all_quantities_are_a_whole_refund_and_a_repeat_counts_once() {
        let lines = [item("1", 2), item("2", 1), item("gift", 0)];
        let lines: Vec<&Item> = lines.iter().collect();
        let mut refunds = Refunds::default();
        let one = RefundScope::Lines(vec![("1".to_owned(), Some(1))]);
        refunds.note(&one, Mark(1, 1));
        refunds.note(&one, Mark(1, 2));
        refunds.note(&RefundScope::Lines(vec![("2".to_owned(), None)]), Mark(3, 3));
        assert_eq!(refunds.of(&lines), Refunded::Partly);
        assert_eq!(refunds.whole_at(&lines), None);
        refunds.note(&one, Mark(2, 2));
        assert_eq!(
            (refunds.of(&lines), refunds.whole_at(&lines)),
            (Refunded::Wholly, Some(3)),
            "with the last of them"
        );
        assert_eq!(refunds.of(&[]), Refunded::Partly);
        refunds.note(&RefundScope::All, Mark(9, 9));
        assert_eq!(refunds.whole_at(&lines), Some(3), "it was whole before");
        assert_eq!(Refunds::default().of(&lines), Refunded::None);
    }
}
