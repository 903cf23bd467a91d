//! The past that is played: the orders with what either policy says of each by itself, and what their people said, got and
//! wrote.

use std::collections::HashMap;

use crate::db::{self, Connection};
use crate::invitations::model::{Invitation, Reach, Suppression};
use crate::invitations::plan::{PlanItem, case};
use crate::invitations::policy::{self, Decision};
use crate::invitations::store::{self, Counted};
use crate::kernel::id::OrderId;
use crate::kernel::order_number::OrderNumber;
use crate::kernel::time::{DAY, Timestamp};
use crate::keyring::PersonHash;
use crate::merchants::Shop;
use crate::orders::{self, Order, decide};

/// Orders in one read.
const PAGE: i64 = 500;

/// The two policies, each in its shop.
pub(super) struct Policies<'a> {
    pub(super) present: &'a Shop,
    pub(super) proposed: &'a Shop,
    pub(super) submit_days: i64,
    pub(super) now: Timestamp,
}

impl Policies<'_> {
    /// What one policy says of an order, whatever other orders there are: through the code that plans real ones.
    fn outlook(&self, shop: &Shop, order: &Order) -> Outlook {
        let item = PlanItem { shop, order, kept: true, person: None, known: true };
        let case = case(&item, None);
        let judged_at = case.ready.heard_at.unwrap_or(self.now);
        let decision = policy::decide(shop, &case, self.submit_days, judged_at);
        let remind_at = match decision {
            Decision::Ask(ask) => policy::remind_at(&case.moment, decide::zone(shop, &order.fold), ask.due_at),
            Decision::Wait(_) | Decision::Skip(_) => None,
        };
        Outlook { judged_at, decision, partly: case.ready.partly, remind_at }
    }
}

/// What one policy says of one order.
pub(super) struct Outlook {
    /// When it is judged: when its clock started, else now.
    pub(super) judged_at: Timestamp,
    pub(super) decision: Decision,
    /// Parts are missing.
    pub(super) partly: bool,
    /// When the reminder is due, where one is wanted.
    pub(super) remind_at: Option<Timestamp>,
}

/// One order, as far as the play needs it.
pub(super) struct Known {
    pub(super) id: OrderId,
    pub(super) number: OrderNumber,
    pub(super) first_at: Timestamp,
    pub(super) person: Option<PersonHash>,
    /// How long after its invitation its customer wrote, in ms.
    pub(super) wrote_after: Option<i64>,
    pub(super) present: Outlook,
    pub(super) proposed: Outlook,
}

/// Everything that is played.
#[derive(Default)]
pub(super) struct Past {
    /// Newest first.
    pub(super) orders: Vec<Known>,
    /// What their people said, as far as it reaches this shop.
    pub(super) wishes: HashMap<PersonHash, Vec<Suppression>>,
    /// When mails about earlier orders left, or will.
    pub(super) mails: HashMap<PersonHash, Vec<Timestamp>>,
}

impl Past {
    /// Reads it, page by page.
    pub(super) fn read(conn: &mut Connection, policies: &Policies<'_>, since: Timestamp) -> db::Result<Self> {
        let shop = policies.present;
        let (mut past, mut before) = (Self::default(), None);
        loop {
            let page = orders::recent(conn, shop.id, since, before, PAGE)?;
            let keys: Vec<_> = page.iter().map(|(order, _)| (shop.id, order.id)).collect();
            let asked = store::of_orders(conn, &keys)?;
            let asked: HashMap<OrderId, &Invitation> = asked.iter().map(|row| (row.order_id, row)).collect();
            past.meet(conn, policies, since, page.iter().filter_map(|(_, person)| *person))?;
            let full = i64::try_from(page.len()).is_ok_and(|count| count == PAGE);
            before = page.last().map(|(order, _)| order.id);
            past.orders.extend(page.into_iter().map(|(order, person)| Known {
                id: order.id,
                first_at: order.first_at,
                person,
                wrote_after: asked.get(&order.id).and_then(|row| wrote_after(row)),
                present: policies.outlook(policies.present, &order),
                proposed: policies.outlook(policies.proposed, &order),
                number: order.number,
            }));
            if !full {
                return Ok(past);
            }
        }
    }

    /// Looks up those of these people who are not known yet.
    fn meet(
        &mut self,
        conn: &mut Connection,
        policies: &Policies<'_>,
        since: Timestamp,
        people: impl Iterator<Item = PersonHash>,
    ) -> db::Result<()> {
        let shop = policies.present.id;
        let mut keys: Vec<_> =
            people.filter(|person| !self.wishes.contains_key(person)).map(|person| (shop, person)).collect();
        keys.sort_unstable();
        keys.dedup();
        self.wishes.extend(keys.iter().map(|(_, person)| (*person, Vec::new())));
        let reaches = |wish: &Suppression| wish.reach == Reach::Instance || wish.reach == Reach::Shop(shop);
        for wish in store::suppressed(conn, &keys)?.into_iter().filter(reaches) {
            self.wishes.entry(wish.person).or_default().push(wish);
        }
        let cap_days = policies.present.policy.cap_days.max(policies.proposed.policy.cap_days);
        let earlier = |mail: &Counted| mail.order_id < OrderId::lowest_at(since);
        let counted = store::counted(conn, &keys, since.minus_ms(cap_days.saturating_mul(DAY)))?;
        for mail in counted.into_iter().filter(earlier) {
            self.mails.entry(mail.person).or_default().push(mail.at);
        }
        Ok(())
    }
}

fn wrote_after(row: &Invitation) -> Option<i64> {
    Some(row.reviewed_at?.since(row.sent_at.unwrap_or(row.due_at)).max(0))
}
