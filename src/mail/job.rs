//! Sends one letter: reads the draft, composes, hands over, and stores in one write how it ended: the message, its attempt, the room's
//! rows, the end of the claim. Nothing is sent inside a transaction; a mail that left is never sent again because storing it failed.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::SemaphorePermit;

use crate::context::Context;
use crate::db;
use crate::jobs::{Appetite, Claim, Job, Outcome, Ran};
use crate::kernel::id::ShopId;
use crate::kernel::time::{SECOND, Timestamp};

use super::compose::{Composed, message_id};
use super::conclude::{Attempted, Conclusion, Judge};
use super::gate::{self, Leave};
use super::hold::spread_ms;
use super::letter::{Draft, Fate, Letter, Mail};
use super::look::{Eyes, Look, Looks, Seen};
use super::mailer::{Carrier, Mailer};
use super::outcome::{Fault, MAIL_SERVER_DOWN};
use super::pace::{Pass, Progress};
use super::return_path;
use super::store;
use super::together::Together;
use super::transport::Receipt;

/// Pauses between the tries to store a result, in ms: a database that restarts is back before they end.
const PAUSES: [u64; 5] = [100, 500, 2_000, 8_000, 20_000];
/// Who waited longer than this for a turn reads again before it takes it, in ms.
const WAITED: i64 = 200;
/// What was read longer ago begins no dialogue, in ms.
const STALE: i64 = SECOND;
/// Why a dialogue was broken off, in words for the queue.
const LONG: &str = "the mail server took long about this recipient, as about enough others";
const STOPPED: &str = "the server was asked to stop";
/// Why a letter comes again that may not leave yet, in words for the queue.
const EARLY: &str = "another mail about the same left a short time ago";

/// The job of one kind of letter.
pub struct LetterJob {
    letter: Arc<dyn Letter>,
    mailer: Arc<Mailer>,
    looks: Looks,
    together: Together,
}

impl LetterJob {
    /// The job that sends this letter.
    pub fn new(letter: Arc<dyn Letter>, mailer: Arc<Mailer>) -> Self {
        Self { letter, mailer, looks: Looks::default(), together: Together::default() }
    }
}

impl Job for LetterJob {
    fn kind(&self) -> &'static str {
        self.letter.kind()
    }

    /// No more than the limits that hold for every mail have room for: the rest keeps its place in the queue.
    fn appetite(&self, now: Timestamp) -> Appetite {
        let (most, from) = self.mailer.pace().room(now);
        Appetite { from, most }
    }

    fn run<'a>(&'a self, ctx: &'a Context, claim: &'a Claim) -> BoxFuture<'a, Ran> {
        Box::pin(Run { job: self, letter: &self.letter, mailer: &self.mailer, ctx, claim }.work())
    }
}

/// The work on one claim.
struct Run<'a> {
    job: &'a LetterJob,
    letter: &'a Arc<dyn Letter>,
    mailer: &'a Arc<Mailer>,
    ctx: &'a Context,
    claim: &'a Claim,
}

/// The right to a dialogue, for a letter as it was read at this moment.
struct Turn<'a> {
    permit: Option<SemaphorePermit<'a>>,
    read_at: Timestamp,
}

/// What of a result is stored.
#[derive(Clone, Copy)]
struct Extent {
    /// The end of the claim; not where the claim is lost.
    claim: bool,
    /// The room's rows; not where they refuse.
    room: bool,
}

impl Run<'_> {
    async fn work(self) -> Ran {
        let (looked, turn) = self.look_and_wait().await;
        if self.mailer.halt.is_called() {
            return Ran::Report(Outcome::RetryAt(self.ctx.now(), STOPPED.to_owned()));
        }
        // Whoever waited too long for a turn might not end within its lease.
        if self.ctx.now() >= self.claim.until {
            return Ran::Report(Outcome::RetryAt(self.ctx.now(), "waited long for a turn".to_owned()));
        }
        let (draft, seen) = match looked {
            Ok(looked) => looked,
            Err(error) => return Ran::Report(Outcome::Retry(error.to_string())),
        };
        if seen.is_over() {
            return Ran::Report(Outcome::Done);
        }
        match draft {
            Draft::Gone => self.gone().await,
            Draft::Drop(stop) => self.unsent((stop.shop_id, stop.edition), Fate::Dropped(stop.reason), &seen).await,
            Draft::Hold(stop) => self.unsent((stop.shop_id, stop.edition), Fate::Held(stop.reason, None), &seen).await,
            Draft::SendFrom(at, _) if at > self.ctx.now() => Ran::Report(Outcome::RetryAt(at, EARLY.to_owned())),
            Draft::Send(mail) | Draft::SendFrom(_, mail) => self.send(&mail, seen, turn).await,
        }
    }

    /// Reads while others speak; who waited long for a turn reads again.
    async fn look_and_wait(&self) -> (db::Result<Look>, Turn<'_>) {
        let read_at = self.ctx.now();
        let looked = self.look().await;
        let permit = self.mailer.turn().await;
        let now = self.ctx.now();
        if now.since(read_at) <= WAITED {
            return (looked, Turn { permit, read_at });
        }
        (self.look().await, Turn { permit, read_at: now })
    }

    async fn look(&self) -> db::Result<Look> {
        let (ctx, letter, mailer) = (self.ctx.clone(), Arc::clone(self.letter), Arc::clone(self.mailer));
        self.job.looks.look(&Eyes { ctx, letter, mailer }, self.claim.subject).await
    }

    /// Nothing is to be said any more, nor waits to be said again.
    async fn gone(&self) -> Ran {
        let claim = self.claim.clone();
        let stored = self.ctx.db().write(move |tx| {
            claim.finish(tx, &Outcome::Done)?;
            store::call_off(tx, claim.kind, &[claim.subject], None)
        });
        match stored.await {
            Ok(()) | Err(db::Error::LeaseLost) => Ran::Finished,
            Err(error) => Ran::Report(Outcome::Retry(error.to_string())),
        }
    }

    /// Nothing is attempted: the message shows why, once.
    async fn unsent(&self, (shop, edition): (ShopId, i64), fate: Fate, seen: &Seen) -> Ran {
        let id = message_id(self.claim.kind, self.claim.subject, edition);
        let conclusion = Conclusion::unsent(self.claim, shop, (id, edition), fate, self.ctx.now());
        match fate {
            Fate::Held(reason, _) if seen.is_held_for(reason) => Ran::Report(conclusion.job(true)),
            _ => self.conclude(conclusion.with_attempts(seen.attempts())).await,
        }
    }

    async fn send(&self, mail: &Mail, seen: Seen, turn: Turn<'_>) -> Ran {
        let (whose, now) = ((mail.shop_id, mail.edition), self.ctx.now());
        let carrier = match self.mailer.carrier(mail) {
            Ok(carrier) => carrier,
            Err(reason) => return self.unsent(whose, Fate::Held(reason, None), &seen).await,
        };
        if let Some(hold) = seen.hold.as_ref().filter(|hold| hold.until > now) {
            return self.unsent(whose, Fate::Held(MAIL_SERVER_DOWN, Some(self.after(hold.until))), &seen).await;
        }
        let pass = match self.gate(mail, &seen).await {
            Ok(Some(Leave::Now(pass))) => Some(pass),
            Ok(None) => None,
            Ok(Some(Leave::Soon)) => return Ran::Soon,
            Ok(Some(Leave::Later(at, why))) => return Ran::Report(Outcome::RetryAt(at, why)),
            Ok(Some(Leave::Held(reason))) => return self.unsent(whose, Fate::Held(reason, None), &seen).await,
            Err(error) => return Ran::Report(Outcome::Retry(error.to_string())),
        };
        let id = message_id(self.claim.kind, self.claim.subject, mail.edition);
        // The same date on every attempt, so that the message stays the same.
        let date = seen.standing.as_ref().map_or(now, |row| row.created_at);
        let composed = self.mailer.composer().compose_own(mail, seen.own.as_deref(), id, date);
        // Kept until the result is stored.
        let _unsettled = self.mailer.unsettled().await;
        if self.ctx.now().since(turn.read_at) > STALE {
            return Ran::Report(Outcome::RetryAt(self.ctx.now(), "others took long to be stored".to_owned()));
        }
        let ended = match composed {
            Ok(composed) => self.hand_over(&carrier, return_path::returnable(self.ctx, composed), pass).await,
            Err(fault) => Ok(Err(fault)),
        };
        // The next one speaks while this one is stored.
        drop(turn.permit);
        let ended = match ended {
            Ok(ended) => ended,
            Err((again, why)) => return Ran::Report(Outcome::RetryAt(again, why.to_owned())),
        };
        let attempted = Attempted { transport: carrier.name(), success: carrier.success(), ended };
        let Seen { standing, hold, .. } = seen;
        let (ctx, claim, streaks) = (self.ctx, self.claim, &self.mailer.streaks);
        self.conclude(Judge { ctx, claim, mail, id, started: now, standing, hold, streaks }.conclude(attempted)).await
    }

    /// The dialogue. Broken off where it takes long and enough others do, or the server was asked to stop: nothing was attempted then, and
    /// it comes again.
    async fn hand_over(
        &self,
        carrier: &Carrier<'_>,
        mail: Composed,
        pass: Option<Pass<'_>>,
    ) -> Result<Result<Receipt, Fault>, (Timestamp, &'static str)> {
        let progress = Progress::about(self.claim.subject);
        let dialogue = carrier.send(&mail, &progress);
        let followed = async {
            let Some(mut pass) = pass else { return Ok(dialogue.await) };
            let ended = pass.follow(&**self.ctx.clock(), &progress, dialogue).await;
            pass.end(self.ctx.now());
            ended.map_err(|again| (again, LONG))
        };
        tokio::select! {
            biased;
            ended = followed => ended,
            () = self.mailer.halt.before(&progress) => Err((self.ctx.now(), STOPPED)),
        }
    }

    /// Whether a mail that leaves the instance may do so now.
    async fn gate(&self, mail: &Mail, seen: &Seen) -> db::Result<Option<Leave<'_>>> {
        if !self.mailer.limits_hold_for(mail) {
            return Ok(None);
        }
        let sender = self.mailer.composer().author(&mail.identity).domain();
        gate::leave(self.mailer.pace(), self.ctx, (mail, sender, self.letter.is_awaited()), &seen.gate).await.map(Some)
    }

    /// A little after `at`, so that a crowd that waits for one moment does not come in one.
    fn after(&self, at: Timestamp) -> Timestamp {
        at.plus_ms(spread_ms(self.ctx.random()))
    }

    /// Stores the result. What left must be stored: a busy database is waited for; where the claim was lost meanwhile (the letter was
    /// withdrawn, or somebody else has it) the record is made without it; and should the room's own rows refuse, the message is stored
    /// without them and the job parked, rather than the mail sent twice.
    async fn conclude(&self, conclusion: Conclusion) -> Ran {
        let conclusion = Arc::new(conclusion);
        let mut pauses = PAUSES.iter();
        let mut extent = Extent { claim: true, room: true };
        if conclusion.first_that_left().is_some() {
            match self.job.together.store((self.ctx, self.letter), self.claim, &conclusion).await {
                Ok(()) => return Ran::Finished,
                Err(db::Error::LeaseLost) => extent.claim = false,
                Err(error) => tracing::warn!(%error, "outcomes were not stored together; trying this one by itself"),
            }
        }
        loop {
            let error = match self.store(&conclusion, extent).await {
                Err(db::Error::LeaseLost) if extent.claim && conclusion.left() => {
                    extent.claim = false;
                    continue;
                }
                Ok(()) | Err(db::Error::LeaseLost) => return Ran::Finished,
                Err(error) => error,
            };
            let passing = matches!(error, db::Error::Busy | db::Error::Unavailable(_));
            match pauses.next().filter(|_| passing) {
                Some(pause) => tokio::time::sleep(Duration::from_millis(*pause)).await,
                None if conclusion.left() && !passing => {
                    return self.store_without_room(&conclusion, extent, &error).await;
                }
                None => return Ran::Report(Outcome::Retry(error.to_string())),
            }
        }
    }

    async fn store_without_room(&self, conclusion: &Arc<Conclusion>, extent: Extent, error: &db::Error) -> Ran {
        tracing::error!(kind = self.claim.kind, %error, "a mail left, but its result could not be stored in full");
        match self.store(conclusion, Extent { room: false, ..extent }).await {
            Ok(()) | Err(db::Error::LeaseLost) => Ran::Finished,
            Err(again) => Ran::Report(Outcome::Failed(format!("the mail left, but: {error}; {again}"))),
        }
    }

    async fn store(&self, conclusion: &Arc<Conclusion>, extent: Extent) -> db::Result<()> {
        let (letter, conclusion) = (Arc::clone(self.letter), Arc::clone(conclusion));
        let (ctx, claim) = (self.ctx.clone(), self.claim.clone());
        self.ctx
            .db()
            .write(move |tx| {
                // First of all the fence: who lost the lease stores nothing but that a mail left.
                if extent.claim {
                    claim.finish(tx, &conclusion.job(extent.room))?;
                }
                conclusion.store(tx)?;
                if extent.room { letter.settle(tx, &ctx, claim.subject, &conclusion.settled()) } else { Ok(()) }
            })
            .await
    }
}

#[cfg(test)]
mod tests;
