//! The accounting as a table for spreadsheets: a row per day, a column per number, and one per reason code, which counts
//! the orders that stand in any place for that reason. Columns are known by their names; new reasons bring new ones.

use super::{Cohort, Numbers};
use crate::feeds;
use crate::orders::Reason;

/// The columns before those of the reasons.
const COLUMNS: [&str; 13] = [
    "day",
    "orders",
    "eligible",
    "invited",
    "waiting",
    "scheduled",
    "held",
    "sent",
    "reviewed",
    "skipped",
    "failed",
    "bounced",
    "form_started",
];

/// RFC 4180 with a mark by which spreadsheets know UTF-8, every cell in quotes and none a formula.
///
/// # Errors
/// Never in practice: writing to memory does not fail.
pub(crate) fn table(days: &[Cohort]) -> Result<Vec<u8>, String> {
    let reasons = Reason::ALL.iter().map(|reason| format!("reason_{}", reason.code()));
    let head = COLUMNS.iter().map(|name| (*name).to_owned()).chain(reasons).collect();
    feeds::sheet(std::iter::once(head).chain(days.iter().map(row)))
}

fn row(cohort: &Cohort) -> Vec<String> {
    let numbers = &cohort.numbers;
    let places = numbers.places().map(|(_, n)| n);
    let counts = [numbers.orders, numbers.eligible, numbers.invited].into_iter().chain(places);
    let counts = counts.chain([numbers.bounced, numbers.form_started]);
    let reasons = Reason::ALL.iter().map(|reason| of_reason(numbers, reason.code()));
    std::iter::once(cohort.day.to_string()).chain(counts.chain(reasons).map(|n| n.to_string())).collect()
}

fn of_reason(numbers: &Numbers, code: &str) -> i64 {
    [&numbers.waiting, &numbers.held, &numbers.skipped, &numbers.failed].iter().filter_map(|by| by.get(code)).sum()
}
