//! Webhooks that were refused, so that a developer can read why: without bodies, the last hundred per shop.
//!
//! A refusal is free for the one who answers it: it goes to a bounded buffer in memory and is written at most once a
//! second. Unknown shops are not stored. What a flood does not let us keep is dropped, oldest first.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use crate::context::Context;
use crate::db::{self, Connection};
use crate::kernel::id::{RejectionId, ShopId};
use crate::kernel::time::Timestamp;

mod store;

/// How many rejections of one shop are kept, in the buffer and in the database.
pub const KEPT_PER_SHOP: usize = 100;
/// How many shops may wait in the buffer for the next flush.
const SHOPS_WAITING: usize = 256;

/// One refused webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rejection {
    /// When it came.
    pub at: Timestamp,
    /// Which check failed: the problem's code.
    pub code: String,
    /// The sentence the sender got.
    pub detail: String,
    /// Its `webhook-id`, if it had a readable one.
    pub webhook_id: Option<String>,
    /// Sender's clock minus ours, in milliseconds, where it gave a time.
    pub skew_ms: Option<i64>,
    /// How long the body was.
    pub body_bytes: i64,
    /// SHA-256 of the body, in hex: enough to find it in one's own log.
    pub body_sha256: String,
}

/// The buffer between refusing and writing.
#[derive(Default)]
pub struct Rejections {
    waiting: Mutex<HashMap<ShopId, VecDeque<Rejection>>>,
}

impl Rejections {
    /// Remembers a refusal for the next flush. Never blocks on the database.
    pub fn record(&self, shop: ShopId, rejection: Rejection) {
        let mut waiting = self.lock();
        if waiting.len() >= SHOPS_WAITING && !waiting.contains_key(&shop) {
            return;
        }
        let line = waiting.entry(shop).or_default();
        if line.len() >= KEPT_PER_SHOP {
            line.pop_front();
        }
        line.push_back(rejection);
    }

    /// Writes what waits, in one transaction: by a tick, at most once a second, and when the server stops.
    /// What could not be written waits on.
    pub async fn flush(&self, ctx: &Context) -> db::Result<usize> {
        let batch: Vec<_> = std::mem::take(&mut *self.lock()).into_iter().collect();
        if batch.is_empty() {
            return Ok(0);
        }
        let ids = batch.iter().flat_map(|(_, line)| line).map(|_| ctx.ids().next()).collect::<Vec<RejectionId>>();
        let again = batch.clone();
        let written = ctx.db().write(move |tx| write(tx, &batch, ids)).await;
        if written.is_err() {
            self.give_back(again);
        }
        written
    }

    fn give_back(&self, batch: Vec<(ShopId, VecDeque<Rejection>)>) {
        for (shop, older) in batch {
            let newer = self.lock().remove(&shop).unwrap_or_default();
            older.into_iter().chain(newer).for_each(|rejection| self.record(shop, rejection));
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ShopId, VecDeque<Rejection>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn write(tx: &mut Connection, batch: &[(ShopId, VecDeque<Rejection>)], ids: Vec<RejectionId>) -> db::Result<usize> {
    let total = ids.len();
    let mut ids = ids.into_iter();
    for (shop, line) in batch {
        for (rejection, id) in line.iter().zip(ids.by_ref()) {
            store::insert_rejection(tx, *shop, id, rejection)?;
        }
        store::trim_rejections(tx, *shop, KEPT_PER_SHOP)?;
    }
    Ok(total)
}

/// The rejections of a shop, newest first, as far as they are written.
pub fn list(conn: &mut Connection, shop: ShopId) -> db::Result<Vec<Rejection>> {
    store::rejections(conn, shop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejection(n: i64) -> Rejection {
        Rejection {
            at: Timestamp::from_millis(n),
            code: "signature_mismatch".to_owned(),
            detail: String::new(),
            webhook_id: None,
            skew_ms: None,
            body_bytes: 0,
            body_sha256: String::new(),
        }
    }

    #[test]
    fn the_buffer_is_bounded_and_keeps_the_newest() {
        let rejections = Rejections::default();
        let shop = ShopId::from_bytes([1; 16]);
        (0..250).for_each(|n| rejections.record(shop, rejection(n)));
        let kept = rejections.lock().remove(&shop).unwrap();
        assert_eq!(kept.len(), KEPT_PER_SHOP);
        assert_eq!(kept.back().unwrap().at.millis(), 249);
        for n in 0..=255u8 {
            (0..2u8).for_each(|m| {
                rejections.record(ShopId::from_bytes([n, m, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), rejection(0));
            });
        }
        assert_eq!(rejections.lock().len(), SHOPS_WAITING);
    }
}
