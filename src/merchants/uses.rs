//! When keys were last used: noted in memory, written at most once a minute, so that using a key costs no write.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::keys::{self, Used};
use crate::context::Context;
use crate::db;
use crate::kernel::id::ShopId;
use crate::kernel::time::{MINUTE, Timestamp};

/// Notes that wait for the next writing.
#[derive(Default)]
pub(super) struct Uses {
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    notes: HashMap<(ShopId, Used), Timestamp>,
    written_at: Option<Timestamp>,
}

impl Uses {
    /// Remembers that a key of `shop` was used at `at`. Only keys that fitted come here, so there are few.
    pub(super) fn note(&self, shop: ShopId, used: Used, at: Timestamp) {
        self.lock().notes.insert((shop, used), at);
    }

    /// Writes the notes, if a minute has passed since the last writing or the server stops.
    pub(super) async fn flush(&self, ctx: &Context, stopping: bool) -> db::Result<()> {
        let notes = self.take(ctx.now(), stopping);
        if notes.is_empty() {
            return Ok(());
        }
        let again = notes.clone();
        let written = ctx
            .db()
            .write(move |tx| notes.iter().try_for_each(|((shop, used), at)| keys::note_use(tx, *shop, *used, *at)))
            .await;
        if written.is_err() {
            let mut waiting = self.lock();
            for (key, at) in again {
                waiting.notes.entry(key).or_insert(at);
            }
        }
        written
    }

    /// Sorted, so that two nodes that write the same keys never wait for each other in a circle.
    fn take(&self, now: Timestamp, stopping: bool) -> Vec<((ShopId, Used), Timestamp)> {
        let mut waiting = self.lock();
        let due = waiting.written_at.is_none_or(|at| now.since(at) >= MINUTE);
        if !(due || stopping) || waiting.notes.is_empty() {
            return Vec::new();
        }
        waiting.written_at = Some(now);
        let mut notes: Vec<_> = waiting.notes.drain().collect();
        notes.sort_unstable();
        notes
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::id::KeyId;

    #[test]
    fn notes_are_taken_once_a_minute_with_the_last_time_of_each_key() {
        let (uses, shop) = (Uses::default(), ShopId::from_bytes([1; 16]));
        let at = Timestamp::from_millis;
        let key = Used::Webhook(KeyId::from_bytes([2; 16]));
        uses.note(shop, key, at(1));
        uses.note(shop, key, at(2));
        assert_eq!(uses.take(at(10), false), [((shop, key), at(2))]);
        uses.note(shop, key, at(3));
        assert!(uses.take(at(10 + MINUTE - 1), false).is_empty());
        assert_eq!(uses.take(at(10 + MINUTE), false).len(), 1);
        uses.note(shop, Used::Api([0; 32]), at(4));
        assert_eq!(uses.take(at(11 + MINUTE), true).len(), 1);
    }
}
