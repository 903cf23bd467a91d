//! Plans a batch of orders inside the intake's transaction: what was decided for each, with its invitation row and its
//! place in the queue.
//!
//! Called by the intake after its fold, and by [`replan`](super::replan). Reads suppressions and what counts against the
//! cap for the whole batch, then decides order by order; the state of an order is returned, never written: the caller
//! writes it with the order. Nothing is planned again once it was sent, unless that mail came back and the order names
//! somebody else since. Where it names somebody else before a mail is known to have left, they are asked by another mail. An
//! unchanged plan leaves the queue alone, so that a repeated event never takes a mail out of the hands of the worker that
//! sends it.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::letter::link_life;
use super::model::{FRESH_LINK, INVITATION, Invitation, Reach, Suppression, SuppressionReason};
use super::policy::{self, Ask, Case, Decision};
use super::store::{self, Counted};
use crate::context::Context;
use crate::db::{self, Connection};
use crate::jobs::{self, Subject};
use crate::kernel::id::{InvitationId, OrderId, ShopId};
use crate::kernel::time::{DAY, Timestamp};
use crate::keyring::PersonHash;
use crate::mail;
use crate::merchants::Shop;
use crate::orders::decide::{self, readiness};
use crate::orders::{Order, Reason, State};

/// Why a mail to an address that the shop corrected since does not leave again: a code.
const ADDRESS_CORRECTED: &str = "address_corrected";

/// One order to plan: as its events stand now, with the state it had before.
#[derive(Clone, Copy, Debug)]
pub struct PlanItem<'a> {
    /// Whose order it is.
    pub shop: &'a Shop,
    /// The order, its fold up to date, its state as it was.
    pub order: &'a Order,
    /// Whether its address is still stored.
    pub kept: bool,
    /// Its person, where an address was given.
    pub person: Option<PersonHash>,
    /// Whether the order stood here before this batch.
    pub known: bool,
}

/// What was decided about one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Which.
    pub order: OrderId,
    /// Where it stands from now on.
    pub state: State,
    /// How long its address is kept.
    pub purge: Purge,
}

/// How long the address of an order is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purge {
    /// As it was.
    Unchanged,
    /// A mail is still to be sent: for now it stays.
    NotYet,
    /// Until then.
    At(Timestamp),
}

/// Plans these orders, of any number of shops, no order twice. Answers in their order.
pub fn plan_batch(
    tx: &mut Connection,
    ctx: &Context,
    items: &[PlanItem<'_>],
    now: Timestamp,
) -> db::Result<Vec<Planned>> {
    let standing = Standing::read(tx, items)?;
    let drafts: Vec<Draft<'_>> = items.iter().map(|item| standing.draft(item, ctx.config().submit_days, now)).collect();
    let people = People::read(tx, &drafts, now)?;
    let mut batch = Batch { ctx, now, people, changes: Changes::default() };
    let mut planned: Vec<(usize, Planned)> =
        in_turn(drafts).into_iter().map(|(nth, draft)| (nth, batch.settle(draft))).collect();
    batch.changes.write(tx, now)?;
    planned.sort_unstable_by_key(|(nth, _)| *nth);
    Ok(planned.into_iter().map(|(_, planned)| planned).collect())
}

/// What is planned already keeps its place before what is not, and the earlier mail its place before the later.
fn in_turn(drafts: Vec<Draft<'_>>) -> Vec<(usize, Draft<'_>)> {
    let mut drafts: Vec<_> = drafts.into_iter().enumerate().collect();
    drafts.sort_by_key(|(_, draft)| {
        let due = draft.row.as_ref().filter(|row| row.is_pending()).map(|row| row.due_at);
        (due.is_none(), due.map(|due| (due, draft.item.order.id)))
    });
    drafts
}

/// The invitations that these orders have already.
struct Standing {
    rows: HashMap<OrderId, Invitation>,
}

impl Standing {
    fn read(tx: &mut Connection, items: &[PlanItem<'_>]) -> db::Result<Self> {
        let keys: Vec<_> = items.iter().filter(|item| item.known).map(|item| (item.shop.id, item.order.id)).collect();
        let rows = store::of_orders(tx, &keys)?.into_iter().map(|row| (row.order_id, row)).collect();
        Ok(Self { rows })
    }

    /// What one order's facts lead to, before other orders are looked at.
    fn draft<'a>(&self, item: &'a PlanItem<'a>, submit_days: i64, now: Timestamp) -> Draft<'a> {
        let row = self.rows.get(&item.order.id).cloned();
        let person = item.person.filter(|_| !item.order.test);
        let anew = row.as_ref().is_some_and(|row| is_for_another(row, item, person));
        let decision = match row.as_ref() {
            _ if item.order.state.is_out() => None,
            Some(row) if row.sent_at.is_some() && !anew => None,
            // A mail that failed for good is over for this address.
            Some(row) if matches!(item.order.state, State::Failed(_, None)) && row.person == person => None,
            Some(row) if row.cancelled_at.is_some() => Some(Decision::Skip(Reason::CancelledByShop)),
            row => Some(policy::decide(item.shop, &case(item, row), submit_days, now)),
        };
        Draft { item, row, person, decision, anew }
    }
}

/// Whether the order names somebody else since its invitation was planned, and the mail had not left as far as is known, or came back for
/// good. What was tried may have arrived all the same, and what is on its way is recorded too late: neither may open what is about another.
fn is_for_another(row: &Invitation, item: &PlanItem<'_>, person: Option<PersonHash>) -> bool {
    let asks = row.reviewed_at.is_none() && !item.order.state.is_out();
    let open = asks && (row.sent_at.is_none() || matches!(item.order.state, State::Failed(_, None)));
    open && matches!((row.person, person), (Some(asked), Some(named)) if asked != named)
}

/// What the decision needs to know of an order.
pub(super) fn case(item: &PlanItem<'_>, row: Option<&Invitation>) -> Case {
    let fold = &item.order.fold;
    let moment = decide::moment(item.shop, fold);
    Case {
        ready: readiness(fold, moment.invite_on, item.kept),
        moment,
        legal_basis: fold.legal_basis(),
        country: fold.country(),
        total: fold.total(),
        postponed_ms: row.map_or(0, |row| row.postponed_ms),
        promised: row.filter(|row| row.postponed_ms > 0).map(|row| row.due_at),
    }
}

/// One order halfway through planning. Without a decision it stays as it is.
struct Draft<'a> {
    item: &'a PlanItem<'a>,
    row: Option<Invitation>,
    person: Option<PersonHash>,
    decision: Option<Decision>,
    /// Whoever is asked now is somebody else, by another mail.
    anew: bool,
}

impl Draft<'_> {
    fn order(&self) -> OrderId {
        self.item.order.id
    }

    /// What was dropped for a wish or an address stays dropped, also where the person took it back: later orders are asked about again.
    fn stays_dropped(&self) -> Option<Reason> {
        let (State::Skipped(why), Some(row)) = (self.item.order.state, &self.row) else { return None };
        let by_wish = SuppressionReason::ALL.iter().any(|wish| wish.skips_with() == why);
        (by_wish && row.dropped_at.is_some() && row.person == self.person).then_some(why)
    }

    fn asks(&self) -> bool {
        matches!(self.decision, Some(Decision::Ask(_)))
    }

    /// What the shop sees of a plan. While parts are missing the order waits for them, though its mail has a date already:
    /// nobody has to come back when they never arrive.
    fn planned(&self, ask: &Ask, due: Timestamp, now: Timestamp) -> State {
        let early = ask.trigger_at > now;
        let item = self.item;
        let on = || decide::moment(item.shop, &item.order.fold).invite_on;
        if early && readiness(&item.order.fold, on(), item.kept).partly {
            return State::Waiting(Reason::PartlyShipped);
        }
        State::Scheduled(due)
    }

    /// Whether what stands in the queue is this plan. One that is due already keeps its time: nothing pushes it back.
    fn unchanged(&self, row: &Invitation, ask: &Ask, now: Timestamp) -> bool {
        let same = row.is_pending() && row.person == self.person && row.trigger_at == ask.trigger_at;
        same && (row.due_at == ask.due_at || row.due_at <= now) && row.submit_until == ask.submit_until
    }
}

/// A batch at work: what is known of its people, and what will be written.
struct Batch<'c> {
    ctx: &'c Context,
    now: Timestamp,
    people: People,
    changes: Changes,
}

impl Batch<'_> {
    /// The end of planning one order: its state, and what has to be written.
    fn settle(&mut self, draft: Draft<'_>) -> Planned {
        let order = draft.item.order.id;
        let keep = Purge::At(self.now.plus_ms(self.ctx.config().contact_keep_ms()));
        let against = match draft.decision {
            Some(Decision::Ask(ask)) => self.people.against(&draft, &ask, self.now),
            _ => None,
        };
        let asks = draft.asks() && against.is_none();
        // Where nobody else is asked, what came back for now keeps its links.
        if let Some(row) = draft.row.as_ref().filter(|row| draft.anew && (asks || row.sent_at.is_some())) {
            self.turn_to_another(row);
        }
        let (state, purge) = match draft.decision {
            None => (draft.item.order.state, Purge::Unchanged),
            Some(Decision::Wait(reason)) => (self.ended(&draft, State::Waiting(reason)), keep),
            Some(Decision::Skip(reason)) => (self.ended(&draft, State::Skipped(reason)), keep),
            Some(Decision::Ask(ask)) => match against {
                Some(reason) => (self.ended(&draft, State::Skipped(reason)), keep),
                None => (self.asked(&draft, &ask), Purge::NotYet),
            },
        };
        Planned { order, state, purge }
    }

    /// Nobody is asked, for now or at all: what was planned is dropped.
    fn ended(&mut self, draft: &Draft<'_>, state: State) -> State {
        if let Some(row) = draft.row.as_ref().filter(|row| row.is_pending() || draft.anew) {
            self.changes.drops.extend(state.reason().map(|why| (why, row.id)));
        }
        state
    }

    /// What the mails so far carried opens nothing any more, also a fresh link that may be on its way.
    fn turn_to_another(&mut self, row: &Invitation) {
        let wished = row.fresh_link_at.map(|at| row.life_of_links(link_life(self.ctx, at)));
        // Of what was tried and not recorded as left nothing is kept: none of it was made later than now.
        let tried =
            row.token_expires_at.is_none().then(|| row.life_of_links(link_life(self.ctx, row.due_at.max(self.now))));
        let past = row.token_expires_at.max(wished).max(tried).max(row.links_after);
        self.changes.turned.push((row.shop_id, row.id, past));
    }

    fn asked(&mut self, draft: &Draft<'_>, ask: &Ask) -> State {
        let state = draft.item.order.state;
        if let Some(row) = draft.row.as_ref().filter(|row| draft.unchanged(row, ask, self.now)) {
            self.people.count(row);
            return match state {
                State::Scheduled(_) | State::Held(_) | State::Failed(..) => state,
                _ => draft.planned(ask, row.due_at, self.now),
            };
        }
        let plan = self.plan(draft, ask);
        self.people.count(&plan);
        let due = (Subject::from(plan.id), plan.due_at);
        if draft.row.is_none() {
            self.changes.fresh_jobs.push(due);
            self.changes.fresh.push(plan);
        } else {
            if draft.row.as_ref().is_some_and(|row| row.dropped_at.is_some()) && !draft.anew {
                self.changes.revived.push((due.0, plan.edition, due.1));
            }
            let held = matches!(state, State::Held(_));
            if held { &mut self.changes.released } else { &mut self.changes.jobs }.push(due);
            self.changes.plans.push(plan);
        }
        draft.planned(ask, ask.due_at, self.now)
    }

    fn plan(&self, draft: &Draft<'_>, ask: &Ask) -> Invitation {
        let (shop, order) = (draft.item.shop.id, draft.item.order.id);
        let row =
            draft.row.clone().unwrap_or_else(|| Invitation::planned(self.ctx.ids().next(), shop, order, self.now));
        Invitation {
            person: draft.person,
            trigger_at: ask.trigger_at,
            due_at: ask.due_at,
            submit_until: ask.submit_until,
            dropped_at: None,
            ..row
        }
    }
}

/// What other orders and earlier wishes of the same people say.
#[derive(Default)]
struct People {
    suppressed: HashMap<PersonHash, Vec<Suppression>>,
    counted: HashMap<(ShopId, PersonHash), Vec<Counted>>,
}

impl People {
    fn read(tx: &mut Connection, drafts: &[Draft<'_>], now: Timestamp) -> db::Result<Self> {
        let asking = || drafts.iter().filter(|draft| draft.asks());
        let mut keys: Vec<_> = asking().filter_map(|draft| Some((draft.item.shop.id, draft.item.person?))).collect();
        let mut capped: Vec<_> = asking().filter_map(|draft| Some((draft.item.shop.id, draft.person?))).collect();
        for keys in [&mut keys, &mut capped] {
            keys.sort_unstable();
            keys.dedup();
        }
        let longest = asking().map(|draft| draft.item.shop.policy.cap_days).max().unwrap_or(0);
        let mut people = Self::default();
        for found in store::suppressed(tx, &keys)? {
            people.suppressed.entry(found.person).or_default().push(found);
        }
        if longest > 0 {
            // What this batch decides about counts once it is decided.
            let open: HashSet<OrderId> =
                drafts.iter().filter(|draft| draft.decision.is_some()).map(Draft::order).collect();
            let mut counted = store::counted(tx, &capped, now.minus_ms(longest.saturating_mul(DAY)))?;
            counted.retain(|other| other.sent || !open.contains(&other.order_id));
            for found in counted {
                people.counted.entry((found.shop_id, found.person)).or_default().push(found);
            }
        }
        Ok(people)
    }

    /// What speaks against asking: the person's wish or address, or that they were asked lately.
    fn against(&self, draft: &Draft<'_>, ask: &Ask, now: Timestamp) -> Option<Reason> {
        let shop = draft.item.shop.id;
        let wishes = draft.item.person.and_then(|person| self.suppressed.get(&person));
        let reaches = |wish: &&Suppression| wish.reach == Reach::Instance || wish.reach == Reach::Shop(shop);
        if let Some(wish) = wishes.into_iter().flatten().filter(reaches).max_by_key(|wish| wish.reason) {
            return Some(wish.reason.skips_with());
        }
        if let Some(why) = draft.stays_dropped() {
            return Some(why);
        }
        // Of mails that are planned already the earlier one stays: the later one is judged in its turn, at the latest when it is due.
        let mine = draft.row.as_ref().filter(|row| row.is_pending()).map(|row| {
            let due = if draft.unchanged(row, ask, now) { row.due_at } else { ask.due_at };
            (due, draft.order())
        });
        let others = draft.person.and_then(|person| self.counted.get(&(shop, person)));
        let others = others.into_iter().flatten().filter(|other| other.order_id != draft.order());
        let others = others.filter(|other| mine.is_none_or(|mine| other.is_before(mine)));
        policy::is_capped(draft.item.shop.policy.cap_days, ask.due_at, others.filter_map(|other| other.leaves_at(now)))
            .then_some(Reason::FrequencyCap)
    }

    /// A plan counts for the orders after it in the same batch.
    fn count(&mut self, plan: &Invitation) {
        let Some(person) = plan.person else { return };
        let (shop_id, order_id) = (plan.shop_id, plan.order_id);
        let counted = Counted { shop_id, order_id, person, at: plan.due_at, sent: false, until: plan.submit_until };
        let all = self.counted.entry((plan.shop_id, person)).or_default();
        all.retain(|other| other.order_id != plan.order_id);
        all.push(counted);
    }
}

/// What a batch changes, written at its end in few statements.
#[derive(Default)]
struct Changes {
    /// Orders that were never planned before.
    fresh: Vec<Invitation>,
    fresh_jobs: Vec<(Subject, Timestamp)>,
    /// Known invitations, planned anew.
    plans: Vec<Invitation>,
    jobs: Vec<(Subject, Timestamp)>,
    /// Held until now: their messages must know that they are tried again.
    released: Vec<(Subject, Timestamp)>,
    /// Dropped before they left, and planned again: their mails shall say so.
    revived: Vec<(Subject, i64, Timestamp)>,
    drops: Vec<(Reason, InvitationId)>,
    /// For somebody else from now on; with the end of the links so far.
    turned: Vec<(ShopId, InvitationId, Option<Timestamp>)>,
}

impl Changes {
    fn write(mut self, tx: &mut Connection, now: Timestamp) -> db::Result<()> {
        for plans in [&mut self.fresh, &mut self.plans] {
            plans.sort_unstable_by_key(|plan| (plan.shop_id, plan.order_id));
        }
        for (shop, id, past) in self.turned {
            // The job of the invitation itself is moved or dropped below.
            mail::withdraw(tx, FRESH_LINK, &[Subject::from(id)], ADDRESS_CORRECTED)?;
            mail::call_off(tx, INVITATION, &[Subject::from(id)], Some(ADDRESS_CORRECTED))?;
            store::turn_to_another(tx, shop, id, past)?;
        }
        store::insert_plans(tx, &self.fresh)?;
        store::save_plans(tx, &self.plans)?;
        jobs::enqueue_new(tx, INVITATION, &self.fresh_jobs)?;
        jobs::enqueue_many(tx, INVITATION, &self.jobs)?;
        for (subject, due) in self.released {
            mail::release_one(tx, INVITATION, subject, due)?;
        }
        for (subject, edition, due) in self.revived {
            mail::revive(tx, INVITATION, (subject, edition), due)?;
        }
        drop_all(tx, &self.drops, now)
    }
}

fn drop_all(tx: &mut Connection, drops: &[(Reason, InvitationId)], now: Timestamp) -> db::Result<()> {
    let mut by_reason: BTreeMap<&'static str, Vec<Subject>> = BTreeMap::new();
    for (why, id) in drops {
        by_reason.entry(why.code()).or_default().push(Subject::from(*id));
    }
    by_reason.into_iter().try_for_each(|(why, about)| mail::withdraw(tx, INVITATION, &about, why))?;
    let mut ids: Vec<InvitationId> = drops.iter().map(|(_, id)| *id).collect();
    ids.sort_unstable();
    store::drop_many(tx, &ids, now)
}
