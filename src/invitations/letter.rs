//! What the three mails of this room share: an invitation with its shop and its order as they stand now, and the words and links
//! that go into a mail about it. Reads only; whether a mail may still leave is asked in [`asked`](super::asked).

use std::collections::HashMap;
use std::sync::Arc;

use chrono::Datelike;

use super::bearer::{self, Tokens};
use super::model::Invitation;
use super::store;
use crate::context::Context;
use crate::db::{self, Connection};
use crate::kernel::id::{InvitationId, OrderId, ShopId};
use crate::kernel::time::{DAY, SECOND, Timestamp};
use crate::kernel::zone::Zone;
use crate::keyring::PersonHash;
use crate::mail::context::{Day, Frame, MailContext, Purchase, StarLinks};
use crate::mail::letter::{Draft, Mail, Stop};
use crate::merchants::{self, Shop};
use crate::orders::{self, Contact, Order, Reason, decide};

/// An invitation with its shop and its order, as they stand now.
pub(super) struct Subject {
    pub(super) row: Invitation,
    pub(super) shop: Arc<Shop>,
    pub(super) order: Order,
    pub(super) contact: Option<Contact>,
    pub(super) person: Option<PersonHash>,
}

impl Subject {
    /// Reads them; `None` when one of them is gone.
    pub(super) fn read(conn: &mut Connection, ctx: &Context, id: InvitationId) -> db::Result<Option<Self>> {
        Ok(Self::read_all(conn, ctx, &[id])?.pop())
    }

    /// Reads many, in no order; those of which something is gone are left out.
    pub(super) fn read_all(conn: &mut Connection, ctx: &Context, ids: &[InvitationId]) -> db::Result<Vec<Self>> {
        let rows = store::by_ids(conn, ids)?;
        Self::of(conn, ctx, rows)
    }

    /// Reads them to change them: nobody else does until the end of the transaction.
    pub(super) fn hold(tx: &mut Connection, ctx: &Context, id: InvitationId) -> db::Result<Option<Self>> {
        let held = store::hold(tx, id)?.into_iter().collect();
        Ok(Self::of(tx, ctx, held)?.pop())
    }

    fn of(conn: &mut Connection, ctx: &Context, rows: Vec<Invitation>) -> db::Result<Vec<Self>> {
        let keys: Vec<_> = rows.iter().map(key_of).collect();
        let (shops, mut orders) = (shops_of(conn, &rows)?, orders_of(conn, &keys)?);
        let mut addressees = orders::addressees(conn, ctx.keyring(), &keys)?;
        let subject = |row: Invitation| {
            let (shop, order) = (Arc::clone(shops.get(&row.shop_id)?), orders.remove(&row.order_id)?);
            let (contact, person) = addressees.remove(&row.order_id).unwrap_or_default();
            Some(Self { row, shop, order, contact, person })
        };
        Ok(rows.into_iter().filter_map(subject).collect())
    }

    /// Nothing is sent, for this reason.
    pub(super) fn dropped(&self, reason: Reason) -> Draft {
        Draft::Drop(self.stop(reason.code(), self.row.edition))
    }

    /// Why a mail of this subject does not leave.
    pub(super) fn stop(&self, reason: &'static str, edition: i64) -> Stop {
        Stop { shop_id: self.shop.id, edition, reason }
    }

    /// The mail itself.
    pub(super) fn mail(&self, to: &Contact, edition: i64, context: MailContext) -> Draft {
        let locale = self.order.fold.locale();
        let language = locale.as_ref().unwrap_or(&self.shop.locale).language();
        let hours = self.hours(&context);
        Draft::Send(Box::new(Mail {
            shop_id: self.shop.id,
            edition,
            to: to.email.clone(),
            identity: self.shop.identity(),
            reply_to: self.shop.reply_to(),
            language,
            zone: self.zone(),
            hours,
            context,
        }))
    }

    /// In which hours this mail leaves: the shop's, also where something else kept it beyond its time; an invitation that the shop itself
    /// sends at once leaves at any.
    fn hours(&self, context: &MailContext) -> Option<(u8, u8)> {
        let at_once = self.row.hastened_at.is_some() && matches!(context, MailContext::Invitation(_));
        if at_once { None } else { decide::moment(&self.shop, &self.order.fold).hours }
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
        decide::zone(&self.shop, &self.order.fold)
    }

    /// The links of the invitation's mail. Their expiry follows from the row, so that every attempt carries the same ones.
    pub(super) fn links(&self, ctx: &Context) -> db::Result<Tokens> {
        self.row.tokens(ctx.keyring(), link_life(ctx, self.row.due_at)).ok_or_else(no_key)
    }
}

/// The shops of these invitations. Mails of one moment mostly belong to a few; each is read once.
pub(super) fn shops_of(conn: &mut Connection, rows: &[Invitation]) -> db::Result<HashMap<ShopId, Arc<Shop>>> {
    let mut shops = HashMap::new();
    for row in rows {
        if !shops.contains_key(&row.shop_id)
            && let Some(shop) = merchants::load(conn, row.shop_id)?
        {
            shops.insert(row.shop_id, Arc::new(shop));
        }
    }
    Ok(shops)
}

/// The orders of these invitations.
pub(super) fn orders_of(conn: &mut Connection, keys: &[(ShopId, OrderId)]) -> db::Result<HashMap<OrderId, Order>> {
    Ok(orders::find_all(conn, keys)?.into_iter().map(|order| (order.id, order)).collect())
}

/// Which order an invitation is about.
pub(super) fn key_of(row: &Invitation) -> (ShopId, OrderId) {
    (row.shop_id, row.order_id)
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
pub(super) fn fresh_tokens(ctx: &Context, row: &Invitation, asked_at: Timestamp) -> db::Result<Tokens> {
    bearer::tokens(ctx.keyring(), row.id, row.life_of_links(link_life(ctx, asked_at)), None).ok_or_else(no_key)
}

/// A keyring without a token key mends itself only by the operator's hand: the job is tried again meanwhile.
pub(super) fn no_key() -> db::Error {
    db::Error::Unavailable("no token key is in use".to_owned())
}
