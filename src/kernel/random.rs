//! Where randomness comes from.
//!
//! Keys, nonces, secrets and ids take a [`Random`]. [`SystemRandom`] is the only place of the crate that asks the
//! operating system; [`SeededRandom`] repeats itself and must never make a secret outside tests and the demo.

use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicU64, Ordering};

/// A source of random bytes.
pub trait Random: Send + Sync {
    /// Fills the whole buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// `N` random bytes.
pub fn bytes<const N: usize>(random: &dyn Random) -> [u8; N] {
    let mut buffer = [0; N];
    random.fill(&mut buffer);
    buffer
}

/// The operating system's generator.
#[derive(Copy, Clone, Default, Debug)]
pub struct SystemRandom;

impl Random for SystemRandom {
    /// Ends the process when the system has no randomness: a predictable key would be worse than no service.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the operating system for randomness")]
    fn fill(&self, buffer: &mut [u8]) {
        if getrandom::fill(buffer).is_err() {
            tracing::error!("the operating system gives no randomness: stopping");
            std::process::abort();
        }
    }
}

/// The same bytes again for the same seed and the same order of calls: `SHA-256(seed, call, block)`.
#[derive(Debug)]
pub struct SeededRandom {
    seed: u64,
    calls: AtomicU64,
}

impl SeededRandom {
    /// A generator that starts over from `seed`.
    pub const fn new(seed: u64) -> Self {
        Self { seed, calls: AtomicU64::new(0) }
    }
}

impl Random for SeededRandom {
    fn fill(&self, buffer: &mut [u8]) {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        for (block, chunk) in (0_u64..).zip(buffer.chunks_mut(32)) {
            let mut hash = Sha256::new();
            for part in [self.seed, call, block] {
                hash.update(part.to_be_bytes());
            }
            for (to, from) in chunk.iter_mut().zip(hash.finalize()) {
                *to = from;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn the_same_seed_repeats_itself() {
        let (one, two, other) = (SeededRandom::new(7), SeededRandom::new(7), SeededRandom::new(8));
        for _ in 0..3 {
            let drawn = bytes::<40>(&one);
            assert_eq!(drawn, bytes::<40>(&two));
            assert_ne!(drawn, bytes::<40>(&other));
        }
        assert_ne!(bytes::<32>(&one), bytes::<32>(&one));
    }

    #[test]
    fn the_system_fills_the_whole_buffer() {
        let drawn = bytes::<64>(&SystemRandom);
        assert_ne!(drawn, bytes::<64>(&SystemRandom));
        assert!(drawn[56..].iter().any(|byte| *byte != 0));
        SystemRandom.fill(&mut []);
    }
}
