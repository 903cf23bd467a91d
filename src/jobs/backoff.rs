//! How long a failed job waits. Pure.

use crate::kernel::random::Random;
use crate::kernel::time::{HOUR, MINUTE};

/// Claims without success after which a job is parked.
pub const MAX_ATTEMPTS: i64 = 8;

/// Wait before the next attempt, in ms: one minute doubled per failure, at most six hours, plus up to a quarter so that
/// a crowd that failed together does not come back together.
pub fn delay_ms(attempts: i64, random: &dyn Random) -> i64 {
    let doublings = u32::try_from(attempts.clamp(1, 16) - 1).unwrap_or(0);
    let base = MINUTE.saturating_mul(2_i64.saturating_pow(doublings)).min(6 * HOUR);
    let mut bytes = [0; 2];
    random.fill(&mut bytes);
    base + base / 4 * i64::from(u16::from_be_bytes(bytes)) / i64::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::random::SeededRandom;

    #[test]
    fn waits_grow_are_jittered_and_end_somewhere() {
        let random = SeededRandom::new(7);
        let waits: Vec<i64> = (1..=MAX_ATTEMPTS + 4).map(|n| delay_ms(n, &random)).collect();
        assert!(waits[0] >= MINUTE, "a first wait of at least a minute keeps greylisting servers content");
        for pair in waits.windows(2).take(7) {
            assert!(pair[1] > pair[0], "each wait is longer than the one before: {waits:?}");
        }
        assert!(waits.iter().all(|wait| *wait <= 6 * HOUR + 6 * HOUR / 4), "no wait is endless: {waits:?}");
        let again = delay_ms(1, &random);
        assert_ne!(waits[0], again, "two failures at once do not come back at once");
    }
}
