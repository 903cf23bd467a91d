//! Sends one letter: reads the draft, composes, hands over, and stores in one write how it ended: the message, its attempt, the room's
//! rows, the end of the claim. Nothing is sent inside a transaction; a mail that left is never sent again because storing it failed.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::context::Context;
use crate::db;
use crate::jobs::{Claim, Job, Outcome, Ran};
use crate::kernel::id::MessageId;
use crate::kernel::time::Timestamp;

use super::compose::message_id;
use super::conclude::{Attempted, Conclusion, Judge};
use super::hold::spread_ms;
use super::letter::{Draft, Fate, Letter, Mail, Stop};
use super::mailer::{Carrier, Mailer};
use super::store::{self, Hold, Standing};

/// Pauses between the tries to store a result, in ms: a database that restarts is back before they end.
const PAUSES: [u64; 5] = [100, 500, 2_000, 8_000, 20_000];

/// The job of one kind of letter.
pub struct LetterJob {
    letter: Arc<dyn Letter>,
    mailer: Arc<Mailer>,
}

/// What is known before anything is sent.
struct Known {
    draft: Draft,
    standing: Option<Standing>,
    hold: Option<Hold>,
}

impl LetterJob {
    /// The job that sends this letter.
    pub fn new(letter: Arc<dyn Letter>, mailer: Arc<Mailer>) -> Self {
        Self { letter, mailer }
    }

    async fn work(&self, ctx: &Context, claim: &Claim) -> Ran {
        let known = match self.look(ctx, claim).await {
            Ok(known) => known,
            Err(error) => return Ran::Report(Outcome::Retry(error.to_string())),
        };
        if is_over(known.standing.as_ref()) {
            return Ran::Report(Outcome::Done);
        }
        match known.draft {
            Draft::Gone => Ran::Report(Outcome::Done),
            Draft::Drop(stop) => self.stop(ctx, claim, &stop, Fate::Dropped(stop.reason)).await,
            Draft::Hold(stop) if is_held_for(known.standing.as_ref(), stop.reason) => Ran::Report(Outcome::Done),
            Draft::Hold(stop) => self.stop(ctx, claim, &stop, Fate::Held(stop.reason, None)).await,
            Draft::Send(mail) => self.send(ctx, claim, &mail, known.standing, known.hold).await,
        }
    }

    /// One read: the letter as it stands now, its message, and whether the transport is held.
    async fn look(&self, ctx: &Context, claim: &Claim) -> db::Result<Known> {
        let (letter, mailer, ctx_in, subject) =
            (Arc::clone(&self.letter), Arc::clone(&self.mailer), ctx.clone(), claim.subject);
        let kind = claim.kind;
        ctx.db()
            .read(move |conn| {
                let draft = letter.draft(conn, &ctx_in, subject)?;
                let (edition, transport) = match &draft {
                    Draft::Send(mail) => (mail.edition, mailer.carrier(mail).ok().map(|carrier| carrier.name())),
                    Draft::Drop(stop) | Draft::Hold(stop) => (stop.edition, None),
                    Draft::Gone => return Ok(Known { draft, standing: None, hold: None }),
                };
                let standing = store::standing(conn, message_id(kind, subject, edition))?;
                let hold = transport.map(|transport| store::hold(conn, &transport)).transpose()?.flatten();
                Ok(Known { draft, standing, hold })
            })
            .await
    }

    /// The letter itself says that nothing is sent.
    async fn stop(&self, ctx: &Context, claim: &Claim, stop: &Stop, fate: Fate) -> Ran {
        let id = message_id(claim.kind, claim.subject, stop.edition);
        let conclusion = Conclusion::unsent(claim, stop.shop_id, (id, stop.edition), fate, ctx.now());
        self.conclude(ctx, claim, conclusion).await
    }

    async fn send(
        &self,
        ctx: &Context,
        claim: &Claim,
        mail: &Mail,
        standing: Option<Standing>,
        hold: Option<Hold>,
    ) -> Ran {
        let id = message_id(claim.kind, claim.subject, mail.edition);
        let now = ctx.now();
        let carrier = match self.mailer.carrier(mail) {
            Ok(carrier) => carrier,
            Err(reason) if is_held_for(standing.as_ref(), reason) => return Ran::Report(Outcome::Done),
            Err(reason) => {
                let held = Conclusion::unsent(claim, mail.shop_id, (id, mail.edition), Fate::Held(reason, None), now);
                return self.conclude(ctx, claim, held).await;
            }
        };
        if let Some(hold) = hold.as_ref().filter(|hold| hold.until > now) {
            return self.wait(ctx, claim, mail, standing.as_ref(), hold.until).await;
        }
        let turn = self.mailer.turn(now);
        if turn > now {
            return Ran::Report(Outcome::RetryAt(
                after(ctx, turn),
                "as many mails a minute as the settings allow".to_owned(),
            ));
        }
        let attempted = self.attempt(mail, id, standing.as_ref().map_or(now, |row| row.created_at), &carrier).await;
        let judge = Judge { ctx, claim, mail, id, started: now, standing, hold, streak: &self.mailer.streak };
        self.conclude(ctx, claim, judge.conclude(attempted)).await
    }

    /// The transport is held: the message is shown as held once, and its job waits.
    async fn wait(
        &self,
        ctx: &Context,
        claim: &Claim,
        mail: &Mail,
        standing: Option<&Standing>,
        until: Timestamp,
    ) -> Ran {
        let (reason, at) = ("mail_server_down", after(ctx, until));
        if is_held_for(standing, reason) {
            return Ran::Report(Outcome::RetryAt(at, reason.to_owned()));
        }
        let id = message_id(claim.kind, claim.subject, mail.edition);
        let attempts = standing.map_or(0, |row| row.attempts);
        let held = Conclusion::unsent(claim, mail.shop_id, (id, mail.edition), Fate::Held(reason, Some(at)), ctx.now());
        self.conclude(ctx, claim, held.with_attempts(attempts)).await
    }

    async fn attempt(&self, mail: &Mail, id: MessageId, date: Timestamp, carrier: &Carrier<'_>) -> Attempted {
        let transport = carrier.name();
        let ended = match self.mailer.composer().compose(mail, id, date) {
            Ok(composed) => carrier.send(&composed).await,
            Err(fault) => Err(fault),
        };
        Attempted { transport, success: carrier.success(), ended }
    }

    /// Stores the result. What left must be stored: a busy database is waited for, and should the room's own rows refuse, the message is
    /// stored without them and the job parked, rather than the mail sent twice.
    async fn conclude(&self, ctx: &Context, claim: &Claim, conclusion: Conclusion) -> Ran {
        let conclusion = Arc::new(conclusion);
        let mut pauses = PAUSES.iter();
        loop {
            let error = match self.store(ctx, claim, &conclusion, true).await {
                Ok(()) | Err(db::Error::LeaseLost) => return Ran::Finished,
                Err(error) => error,
            };
            let passing = matches!(error, db::Error::Busy | db::Error::Unavailable(_));
            match pauses.next().filter(|_| passing) {
                Some(pause) => tokio::time::sleep(Duration::from_millis(*pause)).await,
                None if conclusion.left() && !passing => {
                    return self.store_without_room(ctx, claim, &conclusion, &error).await;
                }
                None => return Ran::Report(Outcome::Retry(error.to_string())),
            }
        }
    }

    async fn store_without_room(
        &self,
        ctx: &Context,
        claim: &Claim,
        conclusion: &Arc<Conclusion>,
        error: &db::Error,
    ) -> Ran {
        tracing::error!(kind = claim.kind, %error, "a mail left, but its result could not be stored in full");
        match self.store(ctx, claim, conclusion, false).await {
            Ok(()) | Err(db::Error::LeaseLost) => Ran::Finished,
            Err(again) => Ran::Report(Outcome::Failed(format!("the mail left, but: {error}; {again}"))),
        }
    }

    async fn store(
        &self,
        ctx: &Context,
        claim: &Claim,
        conclusion: &Arc<Conclusion>,
        with_room: bool,
    ) -> db::Result<()> {
        let (letter, conclusion) = (Arc::clone(&self.letter), Arc::clone(conclusion));
        let (ctx_in, claim) = (ctx.clone(), claim.clone());
        ctx.db()
            .write(move |tx| {
                // First of all the fence: who lost the lease stores nothing.
                claim.finish(tx, &conclusion.job(with_room))?;
                conclusion.store(tx)?;
                if with_room { letter.settle(tx, &ctx_in, claim.subject, &conclusion.settled()) } else { Ok(()) }
            })
            .await
    }
}

impl Job for LetterJob {
    fn kind(&self) -> &'static str {
        self.letter.kind()
    }

    fn run<'a>(&'a self, ctx: &'a Context, claim: &'a Claim) -> BoxFuture<'a, Ran> {
        Box::pin(self.work(ctx, claim))
    }
}

/// A mail that left is never sent again, whatever asks for it: another mail about the same subject has another edition.
fn is_over(standing: Option<&Standing>) -> bool {
    standing.is_some_and(|row| matches!(row.state.as_str(), "sent" | "captured"))
}

fn is_held_for(standing: Option<&Standing>, reason: &str) -> bool {
    standing.is_some_and(|row| row.state == "held" && row.reason.as_deref() == Some(reason))
}

/// A little after `at`, so that a crowd that waits for one moment does not come in one.
fn after(ctx: &Context, at: Timestamp) -> Timestamp {
    at.plus_ms(spread_ms(ctx.random()))
}
