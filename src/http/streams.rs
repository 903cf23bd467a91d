//! Places for long answers: exports and feeds that read a whole shop, made while they are sent.
//!
//! Such an answer costs reads as long as somebody takes it, so each address gets a few at a time and all together get a
//! bounded number; who comes too many is told to come back. Of those under way few read at the same moment, so that the
//! pages of everybody else find the database free. A place is given back when the answer ends, however it ends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::HttpRequest;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::address::client_address;
use super::edge::Edge;
use super::limits::address_key;
use crate::problem::{Code, Problem};

/// Long answers to one address at once.
const PER_ADDRESS: usize = 3;
/// Long answers in all at once.
const IN_ALL: usize = 48;
/// Long answers that read at the same moment.
const READING: usize = 2;
/// Seconds after which another try makes sense.
const PATIENCE: u64 = 10;

/// All places of the process.
pub(super) struct Streams {
    taken: Mutex<HashMap<u64, usize>>,
    reading: Semaphore,
}

impl Default for Streams {
    fn default() -> Self {
        Self { taken: Mutex::default(), reading: Semaphore::new(READING) }
    }
}

/// One place; dropped, it is free again.
pub(crate) struct Place {
    streams: Arc<Streams>,
    key: u64,
}

impl Streams {
    fn take(self: &Arc<Self>, key: u64) -> Option<Place> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let own = taken.get(&key).copied().unwrap_or_default();
        if own >= PER_ADDRESS || taken.values().sum::<usize>() >= IN_ALL {
            return None;
        }
        taken.insert(key, own + 1);
        Some(Place { streams: Arc::clone(self), key })
    }
}

impl Place {
    /// Waits for a turn to read the next part of the answer; it ends when it is dropped.
    pub(crate) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        // Nobody closes it; were it closed, nobody would have to wait.
        self.streams.reading.acquire().await.ok()
    }

    /// A place where nobody else is.
    #[cfg(test)]
    pub(crate) fn alone() -> Self {
        Self { streams: Arc::default(), key: 0 }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.streams.taken.lock().unwrap_or_else(PoisonError::into_inner);
        match taken.get_mut(&self.key) {
            Some(own) if *own > 1 => *own -= 1,
            _ => drop(taken.remove(&self.key)),
        }
    }
}

/// A place for the answer to this request.
///
/// # Errors
/// `busy`, with Retry-After.
pub(crate) fn place(req: &HttpRequest) -> Result<Place, Problem> {
    let streams = Edge::of(req)?.streams();
    streams.take(address_key(client_address(req))).ok_or_else(|| {
        let detail = "Other long answers are still being read. Read one after the other, and try again in 10 seconds.";
        Problem::new(Code::Busy, detail).retry_after(PATIENCE)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_for_each_and_a_bound_for_all() {
        let streams = Arc::new(Streams::default());
        let mut held: Vec<Place> = (0..PER_ADDRESS).map(|_| streams.take(1).unwrap()).collect();
        assert!(streams.take(1).is_none(), "one address, so many and no more");
        held.extend((2..).map_while(|key| streams.take(key)));
        assert_eq!(held.len(), IN_ALL, "and so many in all");
        held.remove(0);
        held.push(streams.take(1).expect("a place that is given back is free"));
        held.clear();
        assert!(streams.taken.lock().unwrap().is_empty(), "nobody is remembered");
    }
}
