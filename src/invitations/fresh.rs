//! "Send me a fresh link": once a day, to the address that got the order, with an answer that never tells anything.
//!
//! The link that asks may have expired, but must be one of ours: that names the invitation, and nothing more is taken from
//! it. The request only notes that it was made; whether a mail leaves is decided when it is due.

use super::bearer::invitation_behind;
use super::letter;
use super::model::{FRESH_LINK, FRESH_LINK_EVERY_MS, Invitation, SuppressionReason};
use super::returned;
use super::send::suppress_bounced;
use super::store::{self, Carried};
use crate::context::Context;
use crate::db::{self, Connection};
use crate::jobs::{self, Subject};
use crate::kernel::id::{InvitationId, OrderId};
use crate::kernel::time::Timestamp;
use crate::mail;
use crate::mail::context::{FreshLink, MailContext};
use crate::mail::letter::{Draft, Fate, Letter, Owner, Settled};
use crate::mail::returned::Back;
use crate::orders::{self, Reason};

/// Asks for a fresh link with the text of an old one. Returns nothing: the answer to the person is the same in every case.
///
/// # Errors
/// The database's.
pub async fn ask(ctx: &Context, token: &str) -> db::Result<()> {
    let now = ctx.now();
    let Some(invitation) = invitation_behind(ctx.keyring(), token, now) else { return Ok(()) };
    ctx.db().write(move |tx| request(tx, invitation, now)).await
}

/// Notes the wish, if the invitation's mail had left and none was noted in the last day.
fn request(tx: &mut Connection, invitation: InvitationId, now: Timestamp) -> db::Result<()> {
    let Some(row) = store::by_id(tx, invitation)?.filter(Invitation::had_left) else { return Ok(()) };
    if store::mark_fresh_link(tx, row.shop_id, row.id, now, now.minus_ms(FRESH_LINK_EVERY_MS))? {
        let about = Subject::from(row.id);
        // The one job is for the last wish.
        mail::call_off(tx, FRESH_LINK, &[about], Some(ASKED_AGAIN))?;
        jobs::enqueue(tx, FRESH_LINK, about, now)?;
    }
    Ok(())
}

/// Why a fresh link that waits for another attempt is sent no more where its holder asked for a later one: a code.
const ASKED_AGAIN: &str = "asked_again";

/// The letter of kind [`FRESH_LINK`]; its subject is the invitation, its edition the time of the wish.
#[derive(Clone, Copy, Debug, Default)]
pub struct FreshLinkLetter;

impl Letter for FreshLinkLetter {
    fn kind(&self) -> &'static str {
        FRESH_LINK
    }

    fn is_awaited(&self) -> bool {
        true
    }

    fn owner(&self) -> Option<Owner> {
        Some(store::SUBJECTS)
    }

    fn draft(&self, conn: &mut Connection, ctx: &Context, subject: Subject) -> db::Result<Draft> {
        let Some(about) = letter::Subject::read(conn, ctx, subject.id())? else { return Ok(Draft::Gone) };
        let Some(asked_at) = about.row.fresh_link_at else { return Ok(Draft::Gone) };
        let edition = asked_at.millis();
        let drop = |reason: Reason| Ok(Draft::Drop(about.stop(reason.code(), edition)));
        let Some(contact) = &about.contact else { return drop(Reason::AddressGone) };
        if let Some(person) = &about.person {
            // The person asked for it, so their wish to be left alone does not stop it; a mailbox that is not there does.
            if store::suppression(conn, about.shop.id, person)? == Some(SuppressionReason::HardBounce) {
                return drop(Reason::AddressBounced);
            }
        }
        let tokens = letter::fresh_tokens(ctx, &about.row, asked_at)?;
        let reviewed = about.row.reviewed_at.is_some();
        let context = MailContext::FreshLink(FreshLink {
            frame: about.frame(ctx, contact),
            order_number: about.order.number.to_string(),
            form_url: ctx.links().review_form(&tokens.review),
            reviewed,
            write_until: (!reviewed && about.row.is_open(ctx.now())).then(|| about.write_until()),
        });
        Ok(about.mail(contact, edition, context))
    }

    fn settle(&self, tx: &mut Connection, ctx: &Context, subject: Subject, what: &Settled) -> db::Result<()> {
        let Some(about) = letter::Subject::hold(tx, ctx, subject.id())? else { return Ok(()) };
        match what.fate {
            // The order was turned to another address meanwhile.
            _ if !about.row.is_current(FRESH_LINK, what.edition) => Ok(()),
            Fate::Sent | Fate::Captured => renewed(tx, ctx, &about, what),
            Fate::Bounced(_) => {
                returned::bounced(tx, &about, what.at)?;
                suppress_bounced(tx, &about, what.at)
            }
            Fate::Waiting(..) | Fate::Parked(..) | Fate::Held(..) | Fate::Failed(_) | Fate::Dropped(_) => Ok(()),
        }
    }

    fn order(&self, conn: &mut Connection, subject: Subject) -> db::Result<Option<OrderId>> {
        returned::order(conn, subject)
    }

    fn returned(&self, tx: &mut Connection, ctx: &Context, subject: Subject, what: &Back) -> db::Result<bool> {
        returned::fresh_link(tx, ctx, subject.id(), what)
    }
}

/// The new link is the invitation's link from now on, and the address is kept as long as it may be needed.
fn renewed(tx: &mut Connection, ctx: &Context, about: &letter::Subject, what: &Settled) -> db::Result<()> {
    let (row, shop) = (&about.row, &about.shop);
    let asked_at = Timestamp::from_millis(what.edition);
    let tokens = letter::fresh_tokens(ctx, row, asked_at)?;
    store::renew_links(tx, shop.id, row.id, Carried { kid: tokens.kid, expires: tokens.expires })?;
    let after_mail = what.at.plus_ms(ctx.config().contact_keep_ms());
    let until = if row.reviewed_at.is_some() { tokens.expires } else { after_mail };
    orders::keep_contact_until(tx, shop.id, row.order_id, Some(until))
}
