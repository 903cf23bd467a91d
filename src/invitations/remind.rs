//! The one optional second question, with the links of the first. It moves nothing but its own mark: the order stays sent.

use super::asked::{self, Asked};
use super::letter::{Subject, star_links};
use super::model::REMINDER;
use super::returned;
use super::send::suppress_bounced;
use super::store::{self, Carried};
use crate::context::Context;
use crate::db::{self, Connection};
use crate::jobs;
use crate::kernel::id::OrderId;
use crate::mail::context::{MailContext, Reminder};
use crate::mail::letter::{Draft, Fate, Letter, Owner, Settled};
use crate::mail::returned::Back;
use crate::orders::{self, Reason, decide};

/// The letter of kind [`REMINDER`]; its subject is the invitation.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReminderLetter;

impl Letter for ReminderLetter {
    fn kind(&self) -> &'static str {
        REMINDER
    }

    fn owner(&self) -> Option<Owner> {
        Some(store::SUBJECTS)
    }

    fn draft(&self, conn: &mut Connection, ctx: &Context, subject: jobs::Subject) -> db::Result<Draft> {
        Ok(asked::only(self.drafts(conn, ctx, &[subject])?))
    }

    fn drafts(&self, conn: &mut Connection, ctx: &Context, subjects: &[jobs::Subject]) -> db::Result<Vec<Draft>> {
        let asked = asked::read_all(conn, ctx, subjects)?;
        asked::each(subjects, &asked, |one| draft(ctx, one))
    }

    fn settle(&self, tx: &mut Connection, ctx: &Context, subject: jobs::Subject, what: &Settled) -> db::Result<()> {
        let Some(subject) = Subject::hold(tx, ctx, subject.id())? else { return Ok(()) };
        match what.fate {
            // The order was turned to another address meanwhile.
            _ if !subject.row.is_current(REMINDER, what.edition) => Ok(()),
            Fate::Sent | Fate::Captured => {
                let (row, shop) = (&subject.row, &subject.shop);
                let tokens = subject.links(ctx)?;
                let carried = Carried { kid: tokens.kid, expires: tokens.expires };
                store::mark_reminded(tx, shop.id, row.id, carried, what.at)?;
                if row.reviewed_at.is_some() {
                    return Ok(());
                }
                let until = what.at.plus_ms(ctx.config().contact_keep_ms());
                orders::keep_contact_until(tx, shop.id, row.order_id, Some(until))
            }
            Fate::Bounced(_) => {
                returned::bounced(tx, &subject, what.at)?;
                suppress_bounced(tx, &subject, what.at)
            }
            Fate::Waiting(..) | Fate::Parked(..) | Fate::Held(..) | Fate::Failed(_) | Fate::Dropped(_) => Ok(()),
        }
    }

    fn order(&self, conn: &mut Connection, subject: jobs::Subject) -> db::Result<Option<OrderId>> {
        returned::order(conn, subject)
    }

    fn returned(&self, tx: &mut Connection, ctx: &Context, subject: jobs::Subject, what: &Back) -> db::Result<bool> {
        returned::reminder(tx, ctx, subject.id(), what)
    }
}

/// What is asked a second time, if anything still is.
fn draft(ctx: &Context, asked: &Asked) -> db::Result<Draft> {
    let subject = &asked.subject;
    let (row, shop) = (&subject.row, &subject.shop);
    let Some(asked_at) = row.sent_at.filter(|_| row.reminded_at.is_none()) else { return Ok(Draft::Gone) };
    // What the customer asked for themselves is no policy of the shop's.
    let wanted = decide::moment(shop, &subject.order.fold).remind_after.is_some() || row.deferred_at.is_some();
    if row.reviewed_at.is_some() || !wanted {
        return Ok(Draft::Gone);
    }
    if let Some(reason) = asked.refusal(ctx.now()) {
        return Ok(subject.dropped(reason));
    }
    if shop.paused {
        return Ok(Draft::Hold(subject.stop(Reason::ShopPaused.code(), row.edition)));
    }
    let Some(contact) = &subject.contact else { return Ok(subject.dropped(Reason::AddressGone)) };
    let tokens = subject.links(ctx)?;
    let context = MailContext::Reminder(Reminder {
        frame: subject.frame(ctx, contact),
        order: subject.purchase(),
        stars: star_links(ctx, &tokens),
        first_asked: subject.day(asked_at),
        write_until: subject.write_until(),
        unsubscribe_url: ctx.links().unsubscribe(&tokens.unsubscribe),
    });
    Ok(subject.mail(contact, row.edition, context))
}
