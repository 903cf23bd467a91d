//! Invitations whose mail a server took, one or many in one write: the links they carried, the order's move, the reminder, the time until
//! which the address is kept. Mails of one moment mostly belong to a few shops; each is read once.

use std::collections::HashMap;

use super::letter::{key_of, link_life, no_key, orders_of, shops_of};
use super::model::{INVITATION, Invitation, REMINDER};
use super::policy;
use super::store::{self, Carried, Gone};
use crate::context::Context;
use crate::db::{self, Connection};
use crate::jobs;
use crate::kernel::id::{InvitationId, OrderId, ShopId};
use crate::kernel::time::Timestamp;
use crate::mail::letter::Settled;
use crate::merchants::Shop;
use crate::orders::{self, Actor, Move, Moving, Order, State, decide};

/// Everything one write stores of them.
#[derive(Default)]
struct Batch {
    carried: Vec<Gone>,
    moved: Vec<Moving<'static>>,
    reminders: Vec<(jobs::Subject, Timestamp)>,
    kept: Vec<(ShopId, OrderId, Timestamp)>,
}

/// Stores that these mails left. `left` is sorted by subject, none twice; invitations that are gone, were sent before, or
/// were turned to another address meanwhile stay as they are.
pub(super) fn all(tx: &mut Connection, ctx: &Context, left: &[(jobs::Subject, Settled)]) -> db::Result<()> {
    let ids: Vec<InvitationId> = left.iter().map(|(subject, _)| subject.id()).collect();
    let when: HashMap<InvitationId, &Settled> = left.iter().map(|(subject, what)| (subject.id(), what)).collect();
    let mut rows = store::hold_all(tx, &ids)?;
    let current = |row: &Invitation| when.get(&row.id).is_some_and(|what| row.is_current(INVITATION, what.edition));
    rows.retain(|row| row.sent_at.is_none() && current(row));
    let shops = shops_of(tx, &rows)?;
    // What was bought and where decides only about the reminder; most shops send none.
    let reminds = |row: &&Invitation| shops.get(&row.shop_id).is_some_and(|shop| shop.policy.may_remind());
    let orders = orders_of(tx, &rows.iter().filter(reminds).map(key_of).collect::<Vec<_>>())?;
    let mut batch = Batch::default();
    for row in &rows {
        let (Some(what), Some(shop)) = (when.get(&row.id), shops.get(&row.shop_id)) else { continue };
        batch.take(ctx, row, (shop, orders.get(&row.order_id)), what.at)?;
    }
    batch.store(tx)
}

impl Batch {
    /// `order`: where the shop may send a reminder about it.
    fn take(
        &mut self,
        ctx: &Context,
        row: &Invitation,
        (shop, order): (&Shop, Option<&Order>),
        at: Timestamp,
    ) -> db::Result<()> {
        let tokens = row.tokens(ctx.keyring(), link_life(ctx, row.due_at)).ok_or_else(no_key)?;
        self.carried.push((shop.id, row.id, Carried { kid: tokens.kid, expires: tokens.expires }, at));
        if row.reviewed_at.is_some() {
            // The customer was faster than the record: the order is reviewed, and stays so.
            return Ok(());
        }
        // Withdrawn while the server took it: the timeline keeps both, and says which was first.
        let late = row.dropped_at.is_some().then_some("The mail had left before the order was withdrawn.");
        let how = Move { actor: Actor::Attesta, at, note: late };
        self.moved.push(Moving { shop: shop.id, order: row.order_id, how });
        let mut last = at;
        let reminder =
            |order: &Order| policy::remind_at(&decide::moment(shop, &order.fold), decide::zone(shop, &order.fold), at);
        if let Some(due) = order.and_then(reminder) {
            last = due;
            self.reminders.push((row.id.into(), due));
        }
        self.kept.push((shop.id, row.order_id, last.plus_ms(ctx.config().contact_keep_ms())));
        Ok(())
    }

    fn store(&self, tx: &mut Connection) -> db::Result<()> {
        store::mark_all_sent(tx, &self.carried)?;
        orders::move_all(tx, State::Sent, &self.moved)?;
        if !self.reminders.is_empty() {
            jobs::enqueue_many(tx, REMINDER, &self.reminders)?;
        }
        orders::keep_contacts_until(tx, &self.kept)
    }
}
