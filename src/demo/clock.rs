//! The demo's clock: stands in the past while the seed is played through the real doors, then lets go and runs with the
//! machine's.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::kernel::time::{Clock, SystemClock, Timestamp};

/// No step is set: the machine's time.
const RELEASED: i64 = i64::MIN;

/// A clock that is stepped first and real later.
pub struct DemoClock(AtomicI64);

impl DemoClock {
    /// A clock that runs with the machine's.
    pub fn released() -> Self {
        Self(AtomicI64::new(RELEASED))
    }

    /// Stands at `at` until the next step.
    pub(super) fn step_to(&self, at: Timestamp) {
        self.0.store(at.millis(), Ordering::SeqCst);
    }

    /// Runs with the machine's clock from now on.
    pub(super) fn release(&self) {
        self.0.store(RELEASED, Ordering::SeqCst);
    }
}

impl Clock for DemoClock {
    fn now(&self) -> Timestamp {
        match self.0.load(Ordering::SeqCst) {
            RELEASED => SystemClock.now(),
            stepped => Timestamp::from_millis(stepped),
        }
    }
}
