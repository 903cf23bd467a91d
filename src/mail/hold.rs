//! When the mail server itself refuses: counts refusals over distinct recipient domains, and says how long nothing is tried. Keeps no rows (see
//! [`super::store`]) and sends nothing.

use std::sync::{Mutex, PoisonError};

use crate::kernel::random::{self, Random};
use crate::kernel::time::{DAY, HOUR, MINUTE};

use super::outcome::MAILBOX_FULL;

/// Distinct recipient domains in a row whose mails were refused before the fault is taken to be ours.
const DOMAINS: usize = 5;

/// Attempts at a message that is refused for now, all told.
const SOFT_ATTEMPTS: i64 = 5;
/// Of these, where the mailbox is full: three more after the first.
const FULL_ATTEMPTS: i64 = 4;
/// Attempts at a message that the server refuses as such, all told.
pub(super) const PARKED_ATTEMPTS: i64 = 10;

/// Attempts at a message that is refused for now for this reason, all told.
pub(super) fn soft_attempts(reason: &str) -> i64 {
    if reason == MAILBOX_FULL { FULL_ATTEMPTS } else { SOFT_ATTEMPTS }
}

/// Refusals in a row, on this node since it started.
#[derive(Debug, Default)]
pub(super) struct Streak {
    domains: Mutex<Vec<String>>,
}

impl Streak {
    /// A mail to this domain was refused; true when the transport must be held, and the count starts anew.
    pub(super) fn refused(&self, domain: &str) -> bool {
        let mut domains = self.domains.lock().unwrap_or_else(PoisonError::into_inner);
        if !domains.iter().any(|known| known == domain) {
            domains.push(domain.to_owned());
        }
        let full = domains.len() >= DOMAINS;
        if full {
            domains.clear();
        }
        full
    }

    /// The server took a mail, or spoke about a mailbox: it does work for us.
    pub(super) fn taken(&self) {
        self.domains.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// How long the transport is held after this many holds in a row, in ms: a minute, doubled each time, at most an hour.
pub(super) fn hold_ms(refusals: i64) -> i64 {
    growing(MINUTE, 2, refusals, HOUR)
}

/// Wait before the next attempt at a message that was refused for now, in ms: at least a minute, so that greylisting has passed.
pub(super) fn soft_ms(attempts: i64, random: &dyn Random) -> i64 {
    jittered(growing(MINUTE, 6, attempts, 6 * HOUR), random)
}

/// Wait before the next attempt at a message that the server refuses as such, in ms.
pub(super) fn parked_ms(attempts: i64, random: &dyn Random) -> i64 {
    jittered(growing(15 * MINUTE, 4, attempts, DAY), random)
}

/// `first`, then `factor` times as much for each further failure, at most `most`.
fn growing(first: i64, factor: i64, failures: i64, most: i64) -> i64 {
    let steps = u32::try_from(failures.saturating_sub(1).clamp(0, 30)).unwrap_or_default();
    first.saturating_mul(factor.saturating_pow(steps)).min(most)
}

/// A little longer than a moment for which many wait, in ms: up to a quarter of a minute.
pub(super) fn spread_ms(random: &dyn Random) -> i64 {
    jittered(MINUTE, random) - MINUTE
}

/// Up to a quarter more, so that what failed together does not come back together.
fn jittered(ms: i64, random: &dyn Random) -> i64 {
    let share = i64::from(u16::from_be_bytes(random::bytes::<2>(random)));
    ms + ms / 4 * share / i64::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::random::SeededRandom;

    #[test]
    fn five_distinct_domains_in_a_row_hold_the_transport() {
        let streak = Streak::default();
        for domain in ["a", "b", "a", "c", "b", "d", "d"] {
            assert!(!streak.refused(domain), "{domain}");
        }
        assert!(streak.refused("e"));
        assert!(!streak.refused("e"), "the count starts anew");
        for domain in ["a", "b", "c"] {
            assert!(!streak.refused(domain), "{domain}");
        }
        streak.taken();
        assert!(!streak.refused("d"), "a mail that was taken breaks the row");
    }

    #[test]
    fn waits_grow_and_end() {
        let holds: Vec<i64> = (1..=9).map(|n| hold_ms(n) / MINUTE).collect();
        assert_eq!(holds, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        let random = SeededRandom::new(3);
        for attempts in 1..SOFT_ATTEMPTS {
            let wait = soft_ms(attempts, &random);
            assert!(wait >= MINUTE && wait < soft_ms(attempts + 1, &random), "{attempts}: {wait}");
        }
        for attempts in 1..50 {
            assert!((15 * MINUTE..=DAY + DAY / 4).contains(&parked_ms(attempts, &random)), "{attempts}");
        }
        assert_ne!(soft_ms(1, &random), soft_ms(1, &random), "jitter");
    }
}
