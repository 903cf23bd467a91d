//! Stores together what became of mails that left at about the same time: whoever comes first writes for all who wait, and while it commits
//! the next ones gather by themselves. Nobody waits for company. Knows only mails that left at their first attempt; everything else is
//! stored by itself, by [`super::job`], as is what fails here.

use std::sync::Arc;

use crate::context::Context;
use crate::db::{self, Connection};
use crate::jobs::{Claim, Subject, finish_done};

use super::conclude::Conclusion;
use super::gather::Gather;
use super::letter::{Letter, Settled};
use super::store;

/// Mails in one write at most.
const MOST: usize = 64;

/// One mail that left.
type Left = (Claim, Arc<Conclusion>);

/// Where outcomes of one kind of letter gather.
#[derive(Default)]
pub(super) struct Together(Gather<Left, db::Result<()>>);

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
        let left = (claim.clone(), Arc::clone(conclusion));
        let stored = self.0.join(left, MOST, |left| write(ctx, letter, left)).await;
        stored.unwrap_or_else(|| Err(db::Error::Unavailable("the write did not end".to_owned())))
    }
}

async fn write(ctx: &Context, letter: &Arc<dyn Letter>, left: Vec<Left>) -> Vec<db::Result<()>> {
    let (many, inner, letter) = (left.len(), ctx.clone(), Arc::clone(letter));
    let stored = ctx.db().write(move |tx| store_all(tx, (&inner, &*letter), &left)).await;
    match stored {
        Ok(held) => held.into_iter().map(|held| if held { Ok(()) } else { Err(db::Error::LeaseLost) }).collect(),
        Err(error) => (0..many).map(|_| Err(error.echo())).collect(),
    }
}

/// Stores what claims still hold, and says which those were.
fn store_all(tx: &mut Connection, (ctx, letter): (&Context, &dyn Letter), left: &[Left]) -> db::Result<Vec<bool>> {
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
pub(super) mod tests;
