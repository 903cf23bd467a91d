//! What a shop is told about an event, and what is kept of that for its repeats.

use serde::{Deserialize, Serialize};

use crate::kernel::id::{EventId, OrderId};
use crate::kernel::time::Timestamp;
use crate::orders::read::Warning;
use crate::orders::{Order, Reason};

/// State of an event whose type means nothing here.
pub(super) const IGNORED: &str = "ignored";
/// State of a request for erasure that was carried out.
pub(super) const ERASED: &str = "erased";

/// The body of a 202, and the column `answer`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Answer {
    event: EventId,
    order: Option<OrderId>,
    state: String,
    reason: Option<Reason>,
    at: Option<Timestamp>,
    pub(super) duplicate: bool,
    warnings: Vec<Warning>,
}

impl Answer {
    /// About an event that changed nothing that has a state of its own.
    pub(super) fn plain(event: EventId, state: &str, warnings: &[Warning]) -> Self {
        Self {
            event,
            order: None,
            state: state.to_owned(),
            reason: None,
            at: None,
            duplicate: false,
            warnings: warnings.to_vec(),
        }
    }

    /// About an event of an order, as that stands now.
    pub(super) fn about(event: EventId, order: &Order, warnings: &[Warning]) -> Self {
        Self {
            event,
            order: Some(order.id),
            state: order.state.word().to_owned(),
            reason: order.state.reason(),
            at: order.state.at(),
            duplicate: false,
            warnings: warnings.to_vec(),
        }
    }

    /// The order it is about.
    pub(super) fn order(&self) -> Option<OrderId> {
        self.order
    }

    /// The same, to one who asks again.
    pub(super) fn again(&self) -> Self {
        Self { duplicate: true, ..self.clone() }
    }
}

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is kept, now or since it first came.
    Kept(Answer),
    /// Its webhook id came before, with another body.
    Reused,
    /// The order is a test and the event is not, or the other way round.
    TestMismatch {
        /// What the order is.
        test: bool,
    },
}
