//! When a shop asks its customers, as the page says it in words.

use serde::Serialize;

/// The policy: what usually holds, and what is otherwise for some orders.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Asks {
    /// What usually holds first, then each exception, as it comes out for its orders.
    pub(crate) lines: Vec<AskLine>,
    /// A person is asked once in so many days; 0: about every order.
    pub(crate) cap_days: i64,
}

/// What holds for some orders. The first line names none: it is for all the others.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct AskLine {
    /// Orders from there, by its name.
    pub(crate) country: Option<String>,
    /// Orders of such goods, in the shop's words.
    pub(crate) category: Option<String>,
    /// The event that starts the clock.
    pub(crate) on: &'static str,
    /// So many hours after it; 0: at once.
    pub(crate) after_hours: i64,
    /// Only in these hours of the day.
    pub(crate) hours: Option<HourSpan>,
    /// Only from a minimum value on.
    pub(crate) least: bool,
    /// One reminder, so many hours later.
    pub(crate) remind_hours: Option<i64>,
}

/// Full hours of a day.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct HourSpan {
    /// From this on.
    pub(crate) from: u8,
    /// Up to this.
    pub(crate) to: u8,
}
