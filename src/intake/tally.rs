//! Figures of the intake, for the operator's metrics: how many events ended how. Labels are outcomes, never shops.

use prometheus::{IntCounterVec, Opts, Registry};

/// Counters of events by what became of them.
#[derive(Clone)]
pub struct Counts {
    events: IntCounterVec,
}

impl Counts {
    /// Registers the counters.
    ///
    /// # Errors
    /// Only when another figure has their name.
    pub fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let options = Opts::new(
            "attesta_events_total",
            "Order events received, by outcome: kept, duplicate, or the code of the refusal.",
        );
        let events = IntCounterVec::new(options, &["outcome"])?;
        registry.register(Box::new(events.clone()))?;
        Ok(Self { events })
    }

    /// One more event that ended so.
    pub(super) fn count(&self, outcome: &str) {
        self.events.with_label_values(&[outcome]).inc();
    }
}
