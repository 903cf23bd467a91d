//! What the three mails of this room share: everything read again when a mail is about to leave, and the words and links
//! that go into it.
//!
//! Reads only. Whether a mail may still leave is asked here in one place, for invitation and reminder alike.

use chrono::Datelike;

use super::bearer::{self, Tokens};
use super::model::Invitation;
use super::plan::{PlanItem, case};
use super::{policy, store};
use crate::context::Context;
use crate::db::{self, Connection};
use crate::kernel::id::InvitationId;
use crate::kernel::time::{DAY, SECOND, Timestamp};
use crate::kernel::zone::Zone;
use crate::keyring::PersonHash;
use crate::mail::context::{Day, Frame, MailContext, Purchase, StarLinks};
use crate::mail::letter::{Draft, Mail, Stop};
use crate::merchants::{self, Shop, ShopStatus};
use crate::orders::{self, Contact, Order, Reason};

/// An invitation with its shop and its order, as they stand now.
pub(super) struct Subject {
    pub(super) row: Invitation,
    pub(super) shop: Shop,
    pub(super) order: Order,
    pub(super) contact: Option<Contact>,
    pub(super) person: Option<PersonHash>,
}

impl Subject {
    /// Reads them; `None` when one of them is gone.
    pub(super) fn read(conn: &mut Connection, ctx: &Context, id: InvitationId) -> db::Result<Option<Self>> {
        let Some(row) = store::by_id(conn, id)? else { return Ok(None) };
        Self::of(conn, ctx, row)
    }

    /// Reads them to change them: nobody else does until the end of the transaction.
    pub(super) fn hold(tx: &mut Connection, ctx: &Context, id: InvitationId) -> db::Result<Option<Self>> {
        let Some(row) = store::hold(tx, id)? else { return Ok(None) };
        Self::of(tx, ctx, row)
    }

    fn of(conn: &mut Connection, ctx: &Context, row: Invitation) -> db::Result<Option<Self>> {
        let Some(shop) = merchants::load(conn, row.shop_id)? else { return Ok(None) };
        let Some(order) = orders::find(conn, row.shop_id, row.order_id)? else { return Ok(None) };
        let (contact, person) = orders::addressee(conn, ctx.keyring(), row.shop_id, row.order_id)?;
        Ok(Some(Self { row, shop, order, contact, person }))
    }

    /// Why nobody may be asked any more about this order: the last check before a mail leaves.
    pub(super) fn refusal(&self, conn: &mut Connection, now: Timestamp) -> db::Result<Option<Reason>> {
        match self.shop.status {
            ShopStatus::Open => {}
            ShopStatus::Closed => return Ok(Some(Reason::ShopClosed)),
            ShopStatus::Suspended => return Ok(Some(Reason::ShopSuspended)),
        }
        let item =
            PlanItem { shop: &self.shop, order: &self.order, kept: self.contact.is_some(), person: None, known: true };
        if let Some(reason) = policy::never(&self.shop, &case(&item, Some(&self.row))) {
            return Ok(Some(reason));
        }
        if let Some(person) = &self.person
            && let Some(wish) = store::suppression(conn, self.shop.id, person)?
        {
            return Ok(Some(wish.skips_with()));
        }
        Ok((self.row.submit_until <= now).then_some(Reason::WindowClosed))
    }

    /// Whether another invitation went to this person within the shop's cap.
    pub(super) fn is_capped(&self, conn: &mut Connection, now: Timestamp) -> db::Result<bool> {
        let (Some(person), days) = (self.row.person, self.shop.policy.cap_days) else { return Ok(false) };
        if days == 0 {
            return Ok(false);
        }
        let others = store::counted(conn, &[(self.shop.id, person)], now.minus_ms(days.saturating_mul(DAY)))?;
        let sent =
            others.into_iter().filter(|other| other.sent && other.order_id != self.order.id).map(|other| other.at);
        Ok(policy::is_capped(days, now, sent))
    }

    /// Nothing is sent, for this reason.
    pub(super) fn dropped(&self, reason: Reason) -> Draft {
        Draft::Drop(self.stop(reason.code(), 0))
    }

    /// Why a mail of this subject does not leave.
    pub(super) fn stop(&self, reason: &'static str, edition: i64) -> Stop {
        Stop { shop_id: self.shop.id, edition, reason }
    }

    /// The mail itself.
    pub(super) fn mail(&self, to: &Contact, edition: i64, context: MailContext) -> Draft {
        let locale = self.order.fold.locale();
        let language = locale.as_ref().unwrap_or(&self.shop.locale).language();
        Draft::Send(Box::new(Mail {
            shop_id: self.shop.id,
            edition,
            to: to.email.clone(),
            identity: self.shop.identity(),
            reply_to: self.shop.reply_to(),
            language,
            zone: self.zone(),
            context,
        }))
    }

    /// Who writes to whom.
    pub(super) fn frame(&self, ctx: &Context, to: &Contact) -> Frame {
        let shop = (self.shop.name.as_str(), self.shop.domain.as_str());
        Frame::new(ctx.links(), shop, to.name.as_deref(), self.order.test)
    }

    /// What was bought.
    pub(super) fn purchase(&self) -> Purchase {
        let facts = self.order.facts();
        let names = facts.items.into_iter().filter_map(|item| item.name).collect();
        Purchase::new(self.order.number.to_string(), facts.placed_at.map(|at| self.day(at)), names)
    }

    /// The last day on which a review can be written.
    pub(super) fn write_until(&self) -> Day {
        self.day(self.row.submit_until.minus_ms(1))
    }

    /// A calendar day on the customer's clock, else the shop's.
    pub(super) fn day(&self, at: Timestamp) -> Day {
        let date = self.zone().local(at).date();
        Day { day: date.day(), month: date.month(), year: date.year() }
    }

    /// The customer's clock, else the shop's.
    pub(super) fn zone(&self) -> Zone {
        self.order.fold.zone().unwrap_or(self.shop.zone)
    }

    /// The links of the invitation's mail. Their expiry follows from the row, so that every attempt carries the same ones.
    pub(super) fn links(&self, ctx: &Context) -> db::Result<Tokens> {
        self.row.tokens(ctx.keyring(), link_life(ctx, self.row.due_at)).ok_or_else(no_key)
    }
}

/// Until when links work that a mail due at `from` carries, in whole seconds as tokens keep it.
pub(super) fn link_life(ctx: &Context, from: Timestamp) -> Timestamp {
    let years = ctx.config().token_years.saturating_mul(365 * DAY);
    let until = from.plus_ms(years);
    until.minus_ms(until.millis().rem_euclid(SECOND))
}

/// The five links that preselect a number of stars, and the one that does not.
pub(super) fn star_links(ctx: &Context, tokens: &Tokens) -> StarLinks {
    let star = |n: u8| ctx.links().star(&tokens.review, n);
    StarLinks {
        form: ctx.links().review_form(&tokens.review),
        one: star(1),
        two: star(2),
        three: star(3),
        four: star(4),
        five: star(5),
    }
}

/// The links that the last mail about an invitation carried, for later mails about its review; `None` for an unknown one.
///
/// # Errors
/// The database's, and that no token key is in use.
pub fn last_links(conn: &mut Connection, ctx: &Context, id: InvitationId) -> db::Result<Option<Tokens>> {
    let Some(row) = store::by_id(conn, id)? else { return Ok(None) };
    row.tokens(ctx.keyring(), link_life(ctx, row.due_at)).map(Some).ok_or_else(no_key)
}

/// The links of a fresh mail that was asked for at `asked_at`.
pub(super) fn fresh_tokens(ctx: &Context, id: InvitationId, asked_at: Timestamp) -> db::Result<Tokens> {
    bearer::tokens(ctx.keyring(), id, link_life(ctx, asked_at), None).ok_or_else(no_key)
}

/// A keyring without a token key mends itself only by the operator's hand: the job is tried again meanwhile.
pub(super) fn no_key() -> db::Error {
    db::Error::Unavailable("no token key is in use".to_owned())
}
