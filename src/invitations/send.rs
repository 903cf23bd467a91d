//! The first mail about an order: drafted from what is true when it leaves, and what its fate means for the order.

use super::asked::{self, Asked};
use super::letter::{Subject, star_links};
use super::model::{INVITATION, Reach, Suppression, SuppressionReason};
use super::replan::reckon;
use super::returned;
use super::suppress::suppress;
use super::{sent, store};
use crate::context::Context;
use crate::db::{self, Connection};
use crate::jobs;
use crate::kernel::id::OrderId;
use crate::kernel::time::Timestamp;
use crate::mail::context::{Invitation, MailContext};
use crate::mail::letter::{Draft, Fate, Letter, Owner, Settled};
use crate::mail::returned::Back;
use crate::orders::{self, Actor, Move, Reason, State};

/// The letter of kind [`INVITATION`]; its subject is the invitation.
#[derive(Clone, Copy, Debug, Default)]
pub struct InvitationLetter;

impl Letter for InvitationLetter {
    fn kind(&self) -> &'static str {
        INVITATION
    }

    fn owner(&self) -> Option<Owner> {
        Some(store::SUBJECTS)
    }

    fn draft(&self, conn: &mut Connection, ctx: &Context, subject: jobs::Subject) -> db::Result<Draft> {
        Ok(asked::only(self.drafts(conn, ctx, &[subject])?))
    }

    fn drafts(&self, conn: &mut Connection, ctx: &Context, subjects: &[jobs::Subject]) -> db::Result<Vec<Draft>> {
        let (now, mut asked) = (ctx.now(), asked::read_all(conn, ctx, subjects)?);
        // Reviewed already: its reader was faster than the record of an earlier attempt.
        asked.retain(|_, Asked { subject: Subject { row, .. }, .. }| row.is_pending());
        let capped = asked::capped(conn, &asked.values().collect::<Vec<_>>(), now)?;
        asked::each(subjects, &asked, |one| {
            let subject = &one.subject;
            let capped = || capped.contains(&subject.row.id).then_some(Reason::FrequencyCap);
            match one.refusal(now).or_else(capped) {
                Some(reason) => Ok(subject.dropped(reason)),
                None if subject.shop.paused => {
                    Ok(Draft::Hold(subject.stop(Reason::ShopPaused.code(), subject.row.edition)))
                }
                None => write(ctx, subject),
            }
        })
    }

    fn settle(&self, tx: &mut Connection, ctx: &Context, subject: jobs::Subject, what: &Settled) -> db::Result<()> {
        let Some(subject) = Subject::hold(tx, ctx, subject.id())? else { return Ok(()) };
        // The order was turned to another address meanwhile.
        if !subject.row.is_current(INVITATION, what.edition) {
            return Ok(());
        }
        if matches!(what.fate, Fate::Bounced(_)) {
            returned::bounced(tx, &subject, what.at)?;
        }
        match what.fate {
            Fate::Sent | Fate::Captured => sent::all(tx, ctx, &[(subject.row.id.into(), what.clone())]),
            // Cancelled or reviewed while the server was asked: what was decided since stands.
            _ if !subject.row.is_pending() => Ok(()),
            Fate::Held(reason, _) => turn(tx, &subject, State::Held(reason_of(reason)), what.at),
            Fate::Waiting(reason, at) | Fate::Parked(reason, at) => {
                turn(tx, &subject, State::Failed(reason_of(reason), Some(at)), what.at)
            }
            Fate::Bounced(_) => bounced(tx, ctx, &subject, what.at),
            Fate::Failed(reason) => ended(tx, ctx, &subject, State::Failed(reason_of(reason), None), what.at),
            Fate::Dropped(reason) => {
                // Its day has come, also where parts were waited for until now.
                reckon(tx, &subject.shop, &subject.order, what.at)?;
                ended(tx, ctx, &subject, State::Skipped(reason_of(reason)), what.at)
            }
        }
    }

    fn settle_left(&self, tx: &mut Connection, ctx: &Context, left: &[(jobs::Subject, Settled)]) -> db::Result<()> {
        sent::all(tx, ctx, left)
    }

    fn order(&self, conn: &mut Connection, subject: jobs::Subject) -> db::Result<Option<OrderId>> {
        returned::order(conn, subject)
    }

    fn returned(&self, tx: &mut Connection, ctx: &Context, subject: jobs::Subject, what: &Back) -> db::Result<bool> {
        returned::invitation(tx, ctx, subject.id(), what)
    }
}

fn write(ctx: &Context, subject: &Subject) -> db::Result<Draft> {
    let Some(contact) = &subject.contact else { return Ok(subject.dropped(Reason::AddressGone)) };
    let tokens = subject.links(ctx)?;
    let context = MailContext::Invitation(Invitation {
        frame: subject.frame(ctx, contact),
        order: subject.purchase(),
        stars: star_links(ctx, &tokens),
        write_until: subject.write_until(),
        unsubscribe_url: ctx.links().unsubscribe(&tokens.unsubscribe),
    });
    Ok(subject.mail(contact, subject.row.edition, context))
}

/// The mailbox does not exist: nobody on this instance writes there again.
fn bounced(tx: &mut Connection, ctx: &Context, subject: &Subject, at: Timestamp) -> db::Result<()> {
    ended(tx, ctx, subject, State::Failed(Reason::HardBounce, None), at)?;
    suppress_bounced(tx, subject, at)
}

/// Writes the suppression that a bounce means, of whatever mail.
pub(super) fn suppress_bounced(tx: &mut Connection, subject: &Subject, at: Timestamp) -> db::Result<()> {
    let Some(person) = subject.person else { return Ok(()) };
    let wish = Suppression { person, reach: Reach::Instance, reason: SuppressionReason::HardBounce, at };
    suppress(tx, subject.shop.id, &wish, Actor::Attesta)
}

/// Nothing is sent any more.
fn ended(tx: &mut Connection, ctx: &Context, subject: &Subject, state: State, at: Timestamp) -> db::Result<()> {
    store::drop_many(tx, &[subject.row.id], at)?;
    turn(tx, subject, state, at)?;
    let until = at.plus_ms(ctx.config().contact_keep_ms());
    orders::keep_contact_until(tx, subject.shop.id, subject.row.order_id, Some(until))
}

fn turn(tx: &mut Connection, subject: &Subject, state: State, at: Timestamp) -> db::Result<()> {
    if subject.order.state == state {
        return Ok(());
    }
    orders::move_to(tx, subject.shop.id, subject.order.id, state, &Move { actor: Actor::Attesta, at, note: None })
}

/// The order's reason for a code of the outbox. A code of an order stands for itself.
pub(super) fn reason_of(code: &str) -> Reason {
    match code {
        "mailbox_full" => Reason::SoftBounces,
        "temporary_refusal" => Reason::MailDelayed,
        "refused_by_mail_server" => Reason::MailRefused,
        "mail_server_down" => Reason::TransportHeld,
        "cannot_compose" => Reason::MailNotBuilt,
        other => Reason::parse(other).unwrap_or(Reason::MailDelayed),
    }
}
