//! The accounting as a table for spreadsheets: a row per day, a column per number. Columns are known by their names; new
//! reasons bring new ones.
//!
//! A reason has two columns: `skipped_no_email` counts the orders that stand in that state for it, `reason_no_email` those
//! that stand in any. Every reason has a column in the state it belongs to; where one occurs in another state too, as when
//! a delayed mail is held, that pair has a column in that table.

use std::collections::BTreeSet;

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

/// Orders of one state and reason.
type Pair = (&'static str, String);

/// RFC 4180 with a mark by which spreadsheets know UTF-8, every cell in quotes and none a formula.
///
/// # Errors
/// Never in practice: writing to memory does not fail.
pub(crate) fn table(days: &[Cohort]) -> Result<Vec<u8>, String> {
    let pairs = pairs(days);
    let reasons = Reason::ALL.iter().map(|reason| format!("reason_{}", reason.code()));
    let by_state = pairs.iter().map(|(state, code)| format!("{state}_{code}"));
    let head = COLUMNS.iter().map(|name| (*name).to_owned()).chain(reasons).chain(by_state);
    let head = head.chain(std::iter::once("as_of".to_owned())).collect();
    feeds::sheet(std::iter::once(head).chain(days.iter().map(|cohort| row(cohort, &pairs))))
}

/// Every reason in its own state, then what occurs beside.
fn pairs(days: &[Cohort]) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Reason::ALL.iter().map(|reason| (state_of(*reason), reason.code().to_owned())).collect();
    let seen = days.iter().flat_map(|cohort| cohort.numbers.by_reason());
    let seen = seen.flat_map(|(state, by)| by.keys().map(move |code| (state, code.clone())));
    let beside: BTreeSet<Pair> = seen.filter(|pair| !pairs.contains(pair)).collect();
    pairs.extend(beside);
    pairs
}

fn row(cohort: &Cohort, pairs: &[Pair]) -> Vec<String> {
    let numbers = &cohort.numbers;
    let places = numbers.places().map(|(_, n)| n);
    let counts = [numbers.orders, numbers.eligible, numbers.invited].into_iter().chain(places);
    let counts = counts.chain([numbers.bounced, numbers.form_started]);
    let reasons = Reason::ALL.iter().map(|reason| of_reason(numbers, reason.code()));
    let by_state = pairs.iter().map(|(state, code)| of_pair(numbers, state, code));
    let counts = counts.chain(reasons).chain(by_state).map(|n| n.to_string());
    let as_of = cohort.as_of.map_or_else(String::new, |at| at.to_string());
    std::iter::once(cohort.day.to_string()).chain(counts).chain(std::iter::once(as_of)).collect()
}

fn of_reason(numbers: &Numbers, code: &str) -> i64 {
    numbers.by_reason().iter().filter_map(|(_, by)| by.get(code)).sum()
}

fn of_pair(numbers: &Numbers, state: &str, code: &str) -> i64 {
    let by = numbers.by_reason();
    by.iter().filter(|(word, _)| *word == state).filter_map(|(_, by)| by.get(code)).sum()
}

/// The state in which orders stand for a reason.
const fn state_of(reason: Reason) -> &'static str {
    use Reason as R;
    match reason {
        R::NotTriggered | R::PartlyShipped => "waiting",
        R::ShopPaused
        | R::NoPublicUrl
        | R::NoMailServer
        | R::TransportHeld
        | R::SendingPaused
        | R::SendingStopped
        | R::StoppedByOperator
        | R::InstancePaused => "held",
        R::HardBounce | R::MailRefused | R::MailDelayed | R::SoftBounces | R::UnknownOutcome | R::MailNotBuilt => {
            "failed"
        }
        R::NoEmail
        | R::InvalidEmail
        | R::AddressGone
        | R::OrderCancelled
        | R::OrderRefunded
        | R::CustomerErased
        | R::TooOld
        | R::NoLegalBasis
        | R::BelowMinimum
        | R::NothingToReview
        | R::Unsubscribed
        | R::AddressBounced
        | R::Complained
        | R::SuppressedByOperator
        | R::FrequencyCap
        | R::CancelledByShop
        | R::ShopClosed
        | R::ShopSuspended
        | R::WindowClosed => "skipped",
    }
}
