//! Work that is due: a queue in the database, with leases.
//!
//! A job is a (kind, subject): unique, without payload, deleted when done; what it is about stands in the subject's own
//! row. A claim moves the due time to the end of the lease and raises the fence; whoever finishes shows the fence, so
//! that a worker whose lease ran out cannot undo what its successor did. A job that keeps failing is parked with its
//! reason and never blocks the others. This ground knows the [`Job`] trait, not the jobs: rooms bring them, `app`
//! registers them, [`clock`](mod@clock) ticks wake the [`Runner`].

use futures_util::future::BoxFuture;

use crate::context::Context;
use crate::db;
use crate::kernel::id::{Id, Kind};
use crate::kernel::time::Timestamp;

mod backoff;
pub mod clock;
mod reports;
mod runner;
mod store;
mod waiting;

pub use backoff::{MAX_ATTEMPTS, delay_ms};
pub use runner::{Handle, Runner};
pub use store::{
    Parked, begun_until, cancel, cancel_many, due_of, enqueue, enqueue_many, enqueue_new, finish_done, hasten, hold,
    hold_many, parked,
};

/// What a job is about: the sixteen bytes of an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject([u8; 16]);

impl Subject {
    /// The subject with these bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The id this subject is.
    pub fn id<K: Kind>(self) -> Id<K> {
        Id::from_bytes(self.0)
    }
}

impl<K: Kind> From<Id<K>> for Subject {
    fn from(id: Id<K>) -> Self {
        Self(*id.as_bytes())
    }
}

/// The right to work on a job until its lease ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Which job.
    pub kind: &'static str,
    /// What it is about.
    pub subject: Subject,
    /// Grew with this claim; finishing needs it unchanged.
    pub fence: i64,
    /// How often it was claimed without success, this time included.
    pub attempts: i64,
    /// When it is tried again should it end in [`Outcome::Retry`].
    pub retry_at: Timestamp,
    /// Until when it may be begun; after that the lease might end before the work does.
    pub until: Timestamp,
}

impl Claim {
    /// Ends this claim inside the caller's transaction.
    ///
    /// # Errors
    /// [`db::Error::LeaseLost`] when another worker has it by now: the caller's transaction rolls back.
    pub fn finish(&self, tx: &mut db::Connection, outcome: &Outcome) -> db::Result<()> {
        store::finish(tx, self, outcome)
    }
}

/// How a job ended. Closed: whoever runs one says which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done: the row goes.
    Done,
    /// Not its time: again at this time, and the failures so far are forgiven.
    RetryAt(Timestamp, String),
    /// Failed for now: again after a growing, jittered wait; parked after [`MAX_ATTEMPTS`].
    Retry(String),
    /// Cannot succeed: parked with this reason.
    Failed(String),
}

/// What a run leaves to the runner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ran {
    /// The job finished its claim inside its own write.
    Finished,
    /// The runner records this outcome, with those of its neighbours.
    Report(Outcome),
    /// Nothing was done: it waits for others of its kind that run, and is begun again after one of them.
    Soon,
}

/// How much of a kind of job may be claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appetite {
    /// Not before then.
    pub from: Timestamp,
    /// At most so many in one go.
    pub most: i64,
}

/// Work of one kind. Implemented by rooms.
pub trait Job: Send + Sync {
    /// The name in the queue, in logs and metrics.
    fn kind(&self) -> &'static str;

    /// How much of it may be claimed now, and from when on. All that is due, by default.
    fn appetite(&self, now: Timestamp) -> Appetite {
        Appetite { from: now, most: i64::MAX }
    }

    /// Does the work of one claim. Must be safe to run again: a process may die at any point.
    fn run<'a>(&'a self, ctx: &'a Context, claim: &'a Claim) -> BoxFuture<'a, Ran>;
}
