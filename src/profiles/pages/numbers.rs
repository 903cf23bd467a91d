//! How every order ended, as the page shows it: what nobody else publishes.

use serde::Serialize;

use crate::kernel::time::Timestamp;

/// From order to review.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Collection {
    /// When these were counted.
    pub(crate) as_of: Timestamp,
    /// Orders received.
    pub(crate) orders: i64,
    /// Of these, orders whose customer could be asked.
    pub(crate) eligible: i64,
    /// Customers asked.
    pub(crate) invited: i64,
    /// Orders that became a review.
    pub(crate) reviewed: i64,
    /// Orders not asked about, by closed reason code, largest first.
    pub(crate) skipped: Vec<ReasonCount>,
    /// Invitations the shop cancelled by itself.
    pub(crate) cancelled_by_shop: i64,
    /// Invitations the shop postponed.
    pub(crate) postponed_by_shop: i64,
    /// Reviews restricted by the operator, by closed reason code.
    pub(crate) restricted: Vec<ReasonCount>,
    /// Reviews their authors erased.
    pub(crate) erased_by_author: i64,
}

/// A closed code and how often.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ReasonCount {
    /// Closed code: put into words by the glossary.
    pub(crate) code: String,
    /// How many.
    pub(crate) count: i64,
}
