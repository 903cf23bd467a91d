//! From an attempt to what is stored of it: applies the verdict to the message, the transport and the job. Decides and writes, never sends.

use crate::context::Context;
use crate::db;
use crate::jobs::{Claim, Outcome};
use crate::kernel::id::{MessageId, ShopId};
use crate::kernel::time::Timestamp;

use super::hold::{Line, PARKED_ATTEMPTS, Streaks, cut_ms, parked_ms, soft_attempts, soft_ms, spread_ms};
use super::letter::{Fate, Mail, Settled};
use super::outcome::{Fault, MAIL_SERVER_DOWN, Trouble, Verdict, asks_for_patience, enhanced, judge};
use super::returned::{self, ReturnKind, ReturnOf, ReturnSource, Returned};
use super::store::{self, Attempt, Hold, Row, Standing};
use super::transport::Receipt;

/// How an attempt ended.
pub(super) struct Attempted {
    /// The transport's name.
    pub(super) transport: String,
    /// What a success is called on it.
    pub(super) success: Fate,
    /// What came of it.
    pub(super) ended: Result<Receipt, Fault>,
}

/// What happens to the hold of a transport.
enum HoldMove {
    Keep,
    End(String),
    Set(String, Hold, String),
}

/// Everything one write stores.
pub(super) struct Conclusion {
    row: Row,
    /// The attempt, and whether it is the message's first.
    attempt: Option<(Attempt, bool)>,
    hold: HoldMove,
    /// The recipient's domain, where it asked for patience.
    slow: Option<String>,
}

impl Conclusion {
    /// Nothing was attempted. `attempts` is the count so far.
    pub(super) fn unsent(
        claim: &Claim,
        shop: ShopId,
        (id, edition): (MessageId, i64),
        fate: Fate,
        at: Timestamp,
    ) -> Self {
        let row = Row { id, shop, kind: claim.kind, subject: claim.subject, edition, fate, attempts: 0, at };
        Self { row, attempt: None, hold: HoldMove::Keep, slow: None }
    }

    /// Keeps the count of attempts so far.
    pub(super) fn with_attempts(mut self, attempts: i64) -> Self {
        self.row.attempts = attempts;
        self
    }

    /// Whether a mail left.
    pub(super) fn left(&self) -> bool {
        matches!(self.row.fate, Fate::Sent | Fate::Captured)
    }

    /// The rows of a mail that left at its first attempt and changed nothing else.
    pub(super) fn first_that_left(&self) -> Option<(&Row, &Attempt)> {
        match (&self.attempt, &self.hold) {
            (Some((attempt, true)), HoldMove::Keep) if self.left() => Some((&self.row, attempt)),
            _ => None,
        }
    }

    /// How the job ends. A room that could not be told leaves it parked, for somebody to look.
    pub(super) fn job(&self, with_room: bool) -> Outcome {
        match (self.row.fate, with_room) {
            (_, false) => Outcome::Failed("the mail left, but its result could not be stored in full".to_owned()),
            (Fate::Waiting(reason, at) | Fate::Parked(reason, at) | Fate::Held(reason, Some(at)), true) => {
                Outcome::RetryAt(at, reason.to_owned())
            }
            // Held without a time: whoever ends the reason puts it back into the queue.
            (
                Fate::Held(_, None)
                | Fate::Sent
                | Fate::Captured
                | Fate::Bounced(_)
                | Fate::Failed(_)
                | Fate::Dropped(_),
                true,
            ) => Outcome::Done,
        }
    }

    /// What the room is told.
    pub(super) fn settled(&self) -> Settled {
        Settled { message: self.row.id, edition: self.row.edition, at: self.row.at, fate: self.row.fate }
    }

    /// Writes the message, its attempt and the hold.
    pub(super) fn store(&self, tx: &mut db::Connection) -> db::Result<()> {
        store::put(tx, &self.row)?;
        if let Some((attempt, first)) = &self.attempt {
            store::log(tx, self.row.id, attempt, *first)?;
            self.note_refusal(tx, attempt)?;
        }
        if let Some(domain) = &self.slow {
            store::pace::slow_down(tx, domain, self.row.at)?;
        }
        match &self.hold {
            HoldMove::Keep => Ok(()),
            HoldMove::End(transport) => store::end_hold(tx, transport),
            HoldMove::Set(transport, hold, reason) => store::put_hold(tx, transport, hold, reason),
        }
    }
}

impl Conclusion {
    /// A mailbox that does not exist, said at once: counted with the bounces that come later.
    fn note_refusal(&self, tx: &mut db::Connection, attempt: &Attempt) -> db::Result<()> {
        let Fate::Bounced(_) = self.row.fate else { return Ok(()) };
        let (message, shop, at) = (self.row.id, self.row.shop, self.row.at);
        let status = enhanced(&attempt.reply).map(|(class, subject, detail)| format!("{class}.{subject}.{detail}"));
        let said = match attempt.code {
            Some(code) => format!("{code} {}", attempt.reply),
            None => attempt.reply.clone(),
        };
        let returned = Returned::new(at, ReturnKind::HardBounce, ReturnSource::Smtp).saying(status.as_deref(), &said);
        returned::note_returned(tx, &ReturnOf { message, shop, sent_at: at, returned }).map(drop)
    }
}

/// A mail that left at its first attempt, for the tests of those who store it.
#[cfg(test)]
pub(super) fn left_at_once(claim: &Claim, shop: ShopId, at: Timestamp) -> Conclusion {
    let id = super::compose::message_id(claim.kind, claim.subject, 0);
    let row = Row { id, shop, kind: claim.kind, subject: claim.subject, edition: 0, fate: Fate::Sent, attempts: 1, at };
    let receipt = Receipt { stage: super::outcome::Stage::Accept, reply: None };
    let attempt = Some((logged(&Ok(receipt), Fate::Sent, at), true));
    Conclusion { row, attempt, hold: HoldMove::Keep, slow: None }
}

/// What a verdict is applied with.
pub(super) struct Judge<'a> {
    pub(super) ctx: &'a Context,
    pub(super) claim: &'a Claim,
    pub(super) mail: &'a Mail,
    pub(super) id: MessageId,
    /// When the attempt began.
    pub(super) started: Timestamp,
    pub(super) standing: Option<Standing>,
    pub(super) hold: Option<Hold>,
    pub(super) streaks: &'a Streaks,
}

impl Judge<'_> {
    /// Applies the verdict.
    pub(super) fn conclude(&self, attempted: Attempted) -> Conclusion {
        let now = self.ctx.now();
        let before = self.attempts_before();
        let (fate, attempts, hold) = match &attempted.ended {
            Ok(_) => (attempted.success, before + 1, self.after_success(&attempted.transport)),
            Err(fault) => self.after_fault(fault, &attempted.transport, before, now),
        };
        let (shop, edition) = (self.mail.shop_id, self.mail.edition);
        let row = Row {
            id: self.id,
            shop,
            kind: self.claim.kind,
            subject: self.claim.subject,
            edition,
            fate,
            attempts,
            at: now,
        };
        let attempt = Some((logged(&attempted.ended, fate, now), self.standing.is_none()));
        let slow = attempted.ended.as_ref().err().filter(|fault| asks_for_patience(fault));
        Conclusion { row, attempt, hold, slow: slow.map(|_fault| self.mail.to.domain().to_owned()) }
    }

    /// Attempts since the message last became worth trying: one that was given up and asked for again starts anew.
    fn attempts_before(&self) -> i64 {
        match &self.standing {
            Some(row) if matches!(row.state.as_str(), "failed" | "cancelled") => 0,
            Some(row) => row.attempts,
            None => 0,
        }
    }

    fn after_success(&self, transport: &str) -> HoldMove {
        self.streaks.taken();
        if self.hold.is_some() { HoldMove::End(transport.to_owned()) } else { HoldMove::Keep }
    }

    fn after_fault(&self, fault: &Fault, transport: &str, before: i64, now: Timestamp) -> (Fate, i64, HoldMove) {
        let (verdict, random) = (judge(fault), self.ctx.random());
        let (reason, attempts) = (verdict.reason(fault), before + 1);
        match verdict {
            Verdict::Soft | Verdict::Unknown if matches!(fault.trouble, Trouble::Cut(_) | Trouble::Silence(_)) => {
                self.after_cut((fault, verdict), transport, before, now)
            }
            Verdict::Soft | Verdict::Unknown => {
                self.streaks.put_off();
                let again = now.plus_ms(soft_ms(attempts, random));
                (until(soft_attempts(reason), attempts, Fate::Waiting(reason, again)), attempts, HoldMove::Keep)
            }
            Verdict::Suppress => {
                self.streaks.taken();
                (Fate::Bounced(reason), attempts, HoldMove::Keep)
            }
            Verdict::Hopeless => (Fate::Failed(reason), attempts, HoldMove::Keep),
            Verdict::Park => {
                let hold = if self.streaks.refused(self.mail.to.domain()) {
                    self.set_hold(transport, fault, now)
                } else {
                    HoldMove::Keep
                };
                let again = now.plus_ms(parked_ms(attempts, random));
                (until(PARKED_ATTEMPTS, attempts, Fate::Parked(reason, again)), attempts, hold)
            }
            Verdict::HoldTransport => self.held(fault, transport, before, now),
        }
    }

    /// Not this message's fault: it loses no attempt.
    fn held(&self, fault: &Fault, transport: &str, before: i64, now: Timestamp) -> (Fate, i64, HoldMove) {
        let hold = self.next_hold(transport, fault, now);
        let again = hold.until.plus_ms(spread_ms(self.ctx.random()));
        let set = HoldMove::Set(transport.to_owned(), hold, fault.to_string());
        (Fate::Held(MAIL_SERVER_DOWN, Some(again)), before, set)
    }

    /// The dialogue broke off. One mail may have done that; where three in a row are cut off, or one while the line is on trial, it is the
    /// line.
    fn after_cut(
        &self,
        (fault, verdict): (&Fault, Verdict),
        transport: &str,
        before: i64,
        now: Timestamp,
    ) -> (Fate, i64, HoldMove) {
        let (cut, on_trial) = (Line::of(fault) == Line::Cut, self.hold.is_some());
        if cut && on_trial && verdict == Verdict::Soft {
            return self.held(fault, transport, before, now);
        }
        let (reason, attempts) = (verdict.reason(fault), before + 1);
        let hold = if cut && (self.streaks.cut(self.id) || on_trial) {
            self.set_hold(transport, fault, now)
        } else {
            HoldMove::Keep
        };
        let again = now.plus_ms(cut_ms(attempts, self.ctx.random()));
        (until(soft_attempts(reason), attempts, Fate::Waiting(reason, again)), attempts, hold)
    }

    /// The next hold in a row.
    fn next_hold(&self, transport: &str, fault: &Fault, now: Timestamp) -> Hold {
        let refusals = self.hold.as_ref().map_or(0, |hold| hold.refusals) + 1;
        tracing::warn!(transport, refusals, %fault, "the mail server cannot be used; mail is held");
        let line = Line::of(fault);
        Hold { until: now.plus_ms(line.hold_ms(refusals)), at: self.started, refusals, line }
    }

    fn set_hold(&self, transport: &str, fault: &Fault, now: Timestamp) -> HoldMove {
        HoldMove::Set(transport.to_owned(), self.next_hold(transport, fault, now), fault.to_string())
    }
}

/// This fate, until as many attempts were made as there may be.
fn until(most: i64, attempts: i64, fate: Fate) -> Fate {
    match fate {
        Fate::Waiting(reason, _) | Fate::Parked(reason, _) if attempts >= most => Fate::Failed(reason),
        _ => fate,
    }
}

fn logged(ended: &Result<Receipt, Fault>, fate: Fate, at: Timestamp) -> Attempt {
    match ended {
        Ok(receipt) => Attempt {
            at,
            stage: receipt.stage.as_str().to_owned(),
            outcome: fate.state().to_owned(),
            code: receipt.reply.as_ref().map(|reply| i64::from(reply.code)),
            reply: receipt.reply.as_ref().map(|reply| reply.text.clone()).unwrap_or_default(),
        },
        Err(fault) => Attempt {
            at,
            stage: fault.stage.as_str().to_owned(),
            outcome: judge(fault).as_str().to_owned(),
            code: fault.code().map(i64::from),
            reply: fault.text(),
        },
    }
}
