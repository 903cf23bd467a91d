//! Gathers events that arrive together and keeps them in one transaction.
//!
//! A bounded queue stands before a few workers (one on SQLite, which has one writer; several on PostgreSQL). A worker takes
//! what is there, up to a batch, and answers each caller after the commit; while it commits, the next batch gathers by
//! itself, so nothing ever waits for company. A full queue is an answer too: come back in a second.

use std::sync::Arc;

use tokio::sync::{Mutex, mpsc, oneshot};

use super::answer::Outcome;
use super::batch;
use super::receive::Arrival;
use crate::context::Context;
use crate::db::{self, Engine};

/// Events in one transaction at most.
const BATCH: usize = 64;
/// Events that may wait.
const QUEUE: usize = 1_024;
/// Batches under way at once on PostgreSQL.
const WORKERS: usize = 4;

struct Ticket {
    arrival: Arrival,
    answer: oneshot::Sender<db::Result<Outcome>>,
}

/// Where events go in. Cheap to clone; the workers end when the last clone is gone and everything is answered.
#[derive(Clone)]
pub struct Collector {
    queue: mpsc::Sender<Ticket>,
}

impl Collector {
    /// Starts the workers on the runtime at hand.
    pub fn start(ctx: &Context) -> Self {
        let (queue, tickets) = mpsc::channel(QUEUE);
        let tickets = Arc::new(Mutex::new(tickets));
        let workers = if ctx.db().engine() == Engine::Sqlite { 1 } else { WORKERS };
        for _ in 0..workers {
            tokio::spawn(work(ctx.clone(), Arc::clone(&tickets)));
        }
        Self { queue }
    }

    /// Keeps an event; answers when it is durable.
    pub(super) async fn keep(&self, arrival: Arrival) -> db::Result<Outcome> {
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(Ticket { arrival, answer }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => db::Error::Busy,
            mpsc::error::TrySendError::Closed(_) => stopped(),
        })?;
        answered.await.unwrap_or_else(|_closed| Err(stopped()))
    }
}

fn stopped() -> db::Error {
    db::Error::Unavailable("the intake has stopped".to_owned())
}

async fn work(ctx: Context, tickets: Arc<Mutex<mpsc::Receiver<Ticket>>>) {
    loop {
        let mut taken = Vec::with_capacity(BATCH);
        if tickets.lock().await.recv_many(&mut taken, BATCH).await == 0 {
            return;
        }
        let (arrivals, answers): (Vec<Arrival>, Vec<_>) =
            taken.into_iter().map(|ticket| (ticket.arrival, ticket.answer)).unzip();
        let outcomes = keep(&ctx, Arc::new(arrivals)).await;
        for (answer, outcome) in answers.into_iter().zip(outcomes) {
            // A caller that went away does not undo what is kept.
            drop(answer.send(outcome));
        }
    }
}

/// Keeps a batch; one that fails is tried event by event, so that a poisoned one fails alone.
async fn keep(ctx: &Context, arrivals: Arc<Vec<Arrival>>) -> Vec<db::Result<Outcome>> {
    let count = arrivals.len();
    match together(ctx, &arrivals, 0..count).await {
        Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
        Err(error @ db::Error::Busy) => echo(&error, count),
        Err(error) => {
            tracing::warn!(%error, events = count, "a batch of events failed; trying them one by one");
            one_by_one(ctx, &arrivals).await
        }
    }
}

async fn one_by_one(ctx: &Context, arrivals: &Arc<Vec<Arrival>>) -> Vec<db::Result<Outcome>> {
    let mut outcomes = Vec::with_capacity(arrivals.len());
    let mut lost = 0;
    for place in 0..arrivals.len() {
        // A database that is gone stays gone for the rest of the batch: nobody waits for it in line.
        if lost >= 2 {
            outcomes.push(Err(db::Error::Unavailable("the database did not answer".to_owned())));
            continue;
        }
        let outcome = together(ctx, arrivals, place..place + 1).await.and_then(only);
        lost = if matches!(outcome, Err(db::Error::Unavailable(_))) { lost + 1 } else { 0 };
        outcomes.push(outcome);
    }
    outcomes
}

fn only(mut outcomes: Vec<Outcome>) -> db::Result<Outcome> {
    outcomes.pop().ok_or_else(|| db::Error::corrupt("the outcome of an event"))
}

async fn together(
    ctx: &Context,
    arrivals: &Arc<Vec<Arrival>>,
    places: std::ops::Range<usize>,
) -> db::Result<Vec<Outcome>> {
    let (inner, arrivals) = (ctx.clone(), Arc::clone(arrivals));
    ctx.db().write(move |tx| batch::run(tx, &inner, arrivals.get(places).unwrap_or_default())).await
}

fn echo(error: &db::Error, count: usize) -> Vec<db::Result<Outcome>> {
    (0..count).map(|_| Err(error.echo())).collect()
}
