//! How a shop or a product stands, as the pages show it: score, histogram, trend.

use serde::Serialize;

use crate::look::plot::Month;

/// Score, histogram and trend.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Summary {
    /// None while there is no review.
    pub(crate) score: Option<ScoreFace>,
    /// Published reviews it is made of.
    pub(crate) count: i64,
    /// Five bars, five stars first.
    pub(crate) histogram: Vec<Bar>,
    /// Twenty-four months, the running one last; empty where none has a review.
    pub(crate) months: Vec<Month>,
}

/// The score as shown.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct ScoreFace {
    /// One decimal, 1.0 to 5.0.
    pub(crate) value: f64,
    /// In halves, 1.0 to 5.0.
    pub(crate) stars: f64,
}

/// One bar of the histogram: a link that narrows the list to it, or lets go of it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Bar {
    /// 1 to 5.
    pub(crate) stars: i64,
    /// Published reviews with that many stars.
    pub(crate) count: i64,
    /// Where the list is narrowed to it; where it is now, the list without that filter.
    pub(crate) url: String,
    /// The list is narrowed to it.
    pub(crate) on: bool,
}

/// How the shop answers.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Replies {
    /// Whole per cent of the reviews that the shop answered; None without reviews.
    pub(crate) share: Option<i64>,
    /// Median hours until the reply; None without replies.
    pub(crate) median_hours: Option<i64>,
    /// Reviews of one or two stars.
    pub(crate) low: i64,
    /// Of these, the answered ones.
    pub(crate) low_answered: i64,
    /// Median hours until the reply to these; None without such replies.
    pub(crate) low_median_hours: Option<i64>,
}

/// A reviewed product, in the shop's list of them.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ProductLine {
    /// As ordered, else the SKU.
    pub(crate) name: String,
    /// Its page.
    pub(crate) url: String,
    /// Score and stars of its own.
    pub(crate) score: ScoreFace,
    /// Its published reviews.
    pub(crate) count: i64,
}
