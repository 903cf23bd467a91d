//! Stores together what became of mails that left at about the same time: whoever comes first writes for all who wait, and while it commits
//! the next ones gather by themselves. Nobody waits for company. Knows only mails that left at their first attempt; everything else is
//! stored by itself, by [`super::job`], as is what fails here.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::context::Context;
use crate::db::{self, Connection};
use crate::jobs::{Claim, Subject, finish_done};

use super::conclude::Conclusion;
use super::letter::{Letter, Settled};
use super::store;

/// Mails in one write at most.
const MOST: usize = 64;

/// One mail that left, and who waits until that is stored.
struct Ticket {
    claim: Claim,
    conclusion: Arc<Conclusion>,
    answer: oneshot::Sender<db::Result<()>>,
}

/// Where outcomes of one kind of letter gather.
#[derive(Default)]
pub(super) struct Together {
    waiting: Mutex<VecDeque<Ticket>>,
    writing: tokio::sync::Mutex<()>,
}

impl Together {
    /// Stores the outcome with those of its neighbours.
    ///
    /// # Errors
    /// [`db::Error::LeaseLost`] where this claim did not hold any more: nothing of this mail is stored. Any other: nothing of the whole
    /// write is.
    pub(super) async fn store(
        &self,
        (ctx, letter): (&Context, &Arc<dyn Letter>),
        claim: &Claim,
        conclusion: &Arc<Conclusion>,
    ) -> db::Result<()> {
        let (answer, answered) = oneshot::channel();
        let ticket = Ticket { claim: claim.clone(), conclusion: Arc::clone(conclusion), answer };
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push_back(ticket);
        {
            // As many turns as tickets, and each takes the oldest: nobody is left over.
            let _writing = self.writing.lock().await;
            write(ctx, letter, self.take()).await;
        }
        answered.await.unwrap_or_else(|_closed| Err(db::Error::Unavailable("the write did not end".to_owned())))
    }

    fn take(&self) -> Vec<Ticket> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let many = waiting.len().min(MOST);
        waiting.drain(..many).collect()
    }
}

async fn write(ctx: &Context, letter: &Arc<dyn Letter>, tickets: Vec<Ticket>) {
    if tickets.is_empty() {
        return;
    }
    let (left, answers): (Vec<_>, Vec<_>) =
        tickets.into_iter().map(|ticket| ((ticket.claim, ticket.conclusion), ticket.answer)).unzip();
    let (inner, letter) = (ctx.clone(), Arc::clone(letter));
    let stored = ctx.db().write(move |tx| store_all(tx, (&inner, &*letter), &left)).await;
    for (place, answer) in answers.into_iter().enumerate() {
        let end = match &stored {
            Ok(held) if held.get(place).copied().unwrap_or_default() => Ok(()),
            Ok(_) => Err(db::Error::LeaseLost),
            Err(error) => Err(error.echo()),
        };
        // Whoever went away has nothing left to do.
        drop(answer.send(end));
    }
}

/// Stores what claims still hold, and says which those were.
fn store_all(
    tx: &mut Connection,
    (ctx, letter): (&Context, &dyn Letter),
    left: &[(Claim, Arc<Conclusion>)],
) -> db::Result<Vec<bool>> {
    let held = finish_done(tx, letter.kind(), &left.iter().map(|(claim, _)| claim).collect::<Vec<_>>())?;
    let mut mine: Vec<_> = left.iter().zip(&held).filter(|(_, held)| **held).map(|(one, _)| one).collect();
    // In one order everywhere, so that two processes never wait for each other.
    mine.sort_unstable_by_key(|(claim, _)| claim.subject);
    let rows: Vec<_> = mine.iter().filter_map(|(_, conclusion)| conclusion.first_that_left()).collect();
    store::left::put_left(tx, &rows)?;
    let settled: Vec<(Subject, Settled)> =
        mine.iter().map(|(claim, conclusion)| (claim.subject, conclusion.settled())).collect();
    letter.settle_left(tx, ctx, &settled)?;
    Ok(held)
}

#[cfg(test)]
mod tests;
