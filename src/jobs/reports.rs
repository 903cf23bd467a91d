//! What the runner has yet to record. Where a job only comes again much later, nobody waits for its record: such ones gather for a moment
//! and are written together, so that a crowd that is sent away costs no write each. Until then their leases keep them from everybody else.

use std::time::Duration;

use super::{Claim, Outcome};
use crate::kernel::time::{SECOND, Timestamp};

/// How long the first of those that gather waits at most.
const GATHER: Duration = Duration::from_millis(100);
/// So many are enough.
const MANY: usize = 32;
/// What comes again so late may wait for others, in ms.
const LATE_MS: i64 = SECOND;

/// Outcomes on their way into the database.
#[derive(Default)]
pub(super) struct Reports {
    gathered: Vec<(Claim, Outcome)>,
    /// One of them is waited for.
    urgent: bool,
    /// When they have gathered long enough.
    ripe: Option<tokio::time::Instant>,
}

impl Reports {
    pub(super) fn add(&mut self, claim: Claim, outcome: Outcome, now: Timestamp) {
        self.urgent |= !matches!(&outcome, Outcome::RetryAt(at, _) if at.since(now) >= LATE_MS);
        self.gathered.push((claim, outcome));
    }

    /// Comes to its end when what gathers has waited long enough; never while nothing does.
    pub(super) async fn ripen(&mut self) {
        if self.gathered.is_empty() {
            return std::future::pending().await;
        }
        let from_now = || tokio::time::sleep(GATHER).deadline();
        tokio::time::sleep_until(*self.ripe.get_or_insert_with(from_now)).await;
        self.urgent = true;
    }

    /// What shall be written now.
    pub(super) fn take(&mut self) -> Vec<(Claim, Outcome)> {
        if self.urgent || self.gathered.len() >= MANY { self.take_all() } else { Vec::new() }
    }

    /// All of it.
    pub(super) fn take_all(&mut self) -> Vec<(Claim, Outcome)> {
        std::mem::take(self).gathered
    }
}

#[cfg(test)]
mod tests {
    use super::super::Subject;
    use super::*;

    fn claim() -> Claim {
        let (kind, subject) = ("test", Subject::from_bytes([7; 16]));
        Claim { kind, subject, fence: 1, attempts: 1, retry_at: Timestamp::EPOCH, until: Timestamp::EPOCH }
    }

    fn again(ms: i64) -> Outcome {
        Outcome::RetryAt(Timestamp::EPOCH.plus_ms(ms), "not yet".to_owned())
    }

    #[tokio::test(start_paused = true)]
    async fn what_comes_again_late_is_written_with_others_or_after_a_moment() {
        let mut reports = Reports::default();
        reports.add(claim(), again(LATE_MS), Timestamp::EPOCH);
        reports.add(claim(), again(LATE_MS), Timestamp::EPOCH);
        assert_eq!(reports.take().len(), 0, "nobody waits for these");
        reports.ripen().await;
        assert_eq!(reports.take().len(), 2);
        for _ in 0..MANY {
            assert_eq!(reports.take().len(), 0);
            reports.add(claim(), again(LATE_MS), Timestamp::EPOCH);
        }
        assert_eq!(reports.take().len(), MANY);
    }

    #[test]
    fn what_somebody_waits_for_is_written_at_once_with_what_gathered() {
        for urgent in [again(LATE_MS - 1), Outcome::Done, Outcome::Failed(String::new())] {
            let mut reports = Reports::default();
            reports.add(claim(), again(LATE_MS), Timestamp::EPOCH);
            reports.add(claim(), urgent, Timestamp::EPOCH);
            assert_eq!(reports.take().len(), 2);
            assert_eq!(reports.take_all().len(), 0);
        }
    }
}
