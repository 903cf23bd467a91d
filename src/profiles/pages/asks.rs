//! When a shop asks its customers, as the page says it in words.

use serde::Serialize;

/// The policy: what usually holds, and what is otherwise for some orders.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Asks {
    /// What usually holds first, then for each exception what is otherwise there.
    pub(crate) lines: Vec<AskLine>,
    /// A person is asked once in so many days; 0: about every order.
    pub(crate) cap_days: i64,
}

/// What holds for some orders, as far as it is to be said. The first line names none: it is for all the others.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct AskLine {
    /// Orders from there, by its name.
    pub(crate) country: Option<String>,
    /// Orders of such goods, in the shop's words.
    pub(crate) category: Option<String>,
    /// The event that starts the clock.
    pub(crate) on: Option<&'static str>,
    /// So many hours after it; 0: at once.
    pub(crate) after_hours: i64,
    /// Only in these hours of the day.
    pub(crate) hours: Option<HourSpan>,
    /// At any hour, unlike usually.
    pub(crate) any_hour: bool,
    /// `least`: only from a minimum value on; `any_value`: whatever it is, unlike usually.
    pub(crate) value: Option<&'static str>,
    /// One reminder, so many hours later.
    pub(crate) remind_hours: Option<i64>,
    /// None, unlike usually.
    pub(crate) no_reminder: bool,
}

/// Full hours of a day.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct HourSpan {
    /// From this on.
    pub(crate) from: u8,
    /// Up to this.
    pub(crate) to: u8,
}

impl Asks {
    /// Every line that can be said.
    pub(super) fn sample() -> Self {
        let usual = AskLine {
            country: None,
            category: None,
            on: Some("fulfilled"),
            after_hours: 168,
            hours: Some(HourSpan { from: 9, to: 19 }),
            any_hour: false,
            value: Some("least"),
            remind_hours: Some(120),
            no_reminder: false,
        };
        let bare = AskLine { hours: None, value: None, remind_hours: None, ..usual.clone() };
        let there = AskLine { country: Some("Francia".into()), after_hours: 240, ..bare.clone() };
        let such = AskLine { category: Some("Vini > Passiti".into()), on: Some("delivered"), after_hours: 0, ..bare };
        let both = AskLine {
            category: such.category.clone(),
            on: None,
            any_hour: true,
            value: Some("any_value"),
            no_reminder: true,
            ..there.clone()
        };
        Self { lines: vec![usual, there, such, both], cap_days: 30 }
    }
}
