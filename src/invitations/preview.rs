//! What a policy would have done with a shop's latest orders: their past played again, under the policy that stands and
//! under another. Reads only.
//!
//! Each order is judged as when its clock started, or now where it has not: with its events as they are known today, with
//! what people had wished by the day the mail would have left, and with the cap, counted over the mails that the same
//! policy would have planned; an order outside of those looked at counts with the mail it really has. What the shop's hand
//! did to single invitations, and that an address was deleted since, is left out: no policy decides that.

use std::collections::HashMap;

use super::model::{Reach, Suppression};
use super::policy::{self, Ask, Case, Decision};
use super::store::{self, Counted};
use crate::context::Context;
use crate::db::{self, Connection};
use crate::kernel::id::OrderId;
use crate::kernel::time::{DAY, Timestamp};
use crate::keyring::PersonHash;
use crate::merchants::{Policy, Shop};
use crate::orders::decide::{self, readiness};
use crate::orders::{self, Order, Reason, State};

/// How far back the orders go that are looked at.
pub(crate) const PREVIEW_DAYS: i64 = 30;

/// One order, and what becomes of it.
#[derive(Clone, Debug)]
pub(crate) struct Previewed {
    /// The order.
    pub(crate) order: Order,
    /// Under the policy that stands: waiting, scheduled or skipped.
    pub(crate) present: State,
    /// Under the other.
    pub(crate) proposed: State,
}

/// Orders from this instant on, newest first, before `before`; at most `limit`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    /// From when.
    pub(crate) since: Timestamp,
    /// Where the page before ended.
    pub(crate) before: Option<OrderId>,
    /// How many.
    pub(crate) limit: i64,
}

/// Plays a shop's orders under both policies.
pub(crate) fn preview(
    conn: &mut Connection,
    ctx: &Context,
    shop: &Shop,
    proposed: Policy,
    window: Window,
) -> db::Result<Vec<Previewed>> {
    let played: Vec<(Order, Option<PersonHash>)> =
        orders::recent(conn, shop.id, window.since, window.before, window.limit)?;
    let proposed = Shop { policy: proposed, ..shop.clone() };
    let longest = shop.policy.cap_days.max(proposed.policy.cap_days);
    let others = Others::read(conn, shop, &played, window.since.minus_ms(longest.saturating_mul(DAY)))?;
    let (now, submit_days) = (ctx.now(), ctx.config().submit_days);
    let present = Play { shop, others: &others, submit_days, now }.all(&played);
    let proposed = Play { shop: &proposed, others: &others, submit_days, now }.all(&played);
    let both = present.into_iter().zip(proposed);
    let previewed = |((order, _), (present, proposed))| Previewed { order, present, proposed };
    Ok(played.into_iter().zip(both).map(previewed).collect())
}

/// What other orders and earlier wishes of the same people say.
struct Others {
    wishes: HashMap<PersonHash, Vec<Suppression>>,
    mails: HashMap<PersonHash, Vec<Timestamp>>,
}

impl Others {
    fn read(
        conn: &mut Connection,
        shop: &Shop,
        played: &[(Order, Option<PersonHash>)],
        since: Timestamp,
    ) -> db::Result<Self> {
        let mut keys: Vec<_> = played.iter().filter_map(|(_, person)| Some((shop.id, (*person)?))).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut wishes: HashMap<_, Vec<Suppression>> = HashMap::new();
        let reaches = |wish: &Suppression| wish.reach == Reach::Instance || wish.reach == Reach::Shop(shop.id);
        for wish in store::suppressed(conn, &keys)?.into_iter().filter(reaches) {
            wishes.entry(wish.person).or_default().push(wish);
        }
        let inside: std::collections::HashSet<OrderId> = played.iter().map(|(order, _)| order.id).collect();
        let mut mails: HashMap<_, Vec<Timestamp>> = HashMap::new();
        let outside = |mail: &Counted| !inside.contains(&mail.order_id);
        for mail in store::counted(conn, &keys, since)?.into_iter().filter(outside) {
            mails.entry(mail.person).or_default().push(mail.at);
        }
        Ok(Self { wishes, mails })
    }
}

/// One policy at play.
struct Play<'a> {
    shop: &'a Shop,
    others: &'a Others,
    submit_days: i64,
    now: Timestamp,
}

impl Play<'_> {
    /// Where each order ends, in the order given; judged in the order in which their clocks started.
    fn all(&self, played: &[(Order, Option<PersonHash>)]) -> Vec<State> {
        let mut cases: Vec<(usize, Timestamp, Case)> =
            played.iter().enumerate().map(|(place, (order, _))| self.case(place, order)).collect();
        cases.sort_by_key(|(place, judged_at, _)| (*judged_at, std::cmp::Reverse(*place)));
        let mut mails: HashMap<PersonHash, Vec<Timestamp>> = HashMap::new();
        let mut states: Vec<(usize, State)> = Vec::with_capacity(cases.len());
        for (place, judged_at, case) in cases {
            let person = played.get(place).and_then(|(_, person)| *person);
            states.push((place, self.judge(&case, judged_at, person, &mut mails)));
        }
        states.sort_by_key(|(place, _)| *place);
        states.into_iter().map(|(_, state)| state).collect()
    }

    fn case(&self, place: usize, order: &Order) -> (usize, Timestamp, Case) {
        let fold = &order.fold;
        let moment = decide::moment(self.shop, fold);
        let ready = readiness(fold, moment.invite_on, true);
        let judged_at = ready.heard_at.unwrap_or(self.now);
        let (legal_basis, country, total) = (fold.legal_basis(), fold.country(), fold.total());
        (place, judged_at, Case { ready, moment, legal_basis, country, total, postponed_ms: 0 })
    }

    fn judge(
        &self,
        case: &Case,
        judged_at: Timestamp,
        person: Option<PersonHash>,
        mails: &mut HashMap<PersonHash, Vec<Timestamp>>,
    ) -> State {
        let ask = match policy::decide(self.shop, case, self.submit_days, judged_at) {
            Decision::Wait(reason) => return State::Waiting(reason),
            Decision::Skip(reason) => return State::Skipped(reason),
            Decision::Ask(ask) => ask,
        };
        if let Some(reason) = person.and_then(|person| self.against(&person, &ask, mails.get(&person))) {
            return State::Skipped(reason);
        }
        if let Some(person) = person {
            mails.entry(person).or_default().push(ask.due_at);
        }
        if case.ready.partly && ask.trigger_at > self.now {
            return State::Waiting(Reason::PartlyShipped);
        }
        State::Scheduled(ask.due_at)
    }

    /// What the person had said by then, and whether they are written to too often.
    fn against(&self, person: &PersonHash, ask: &Ask, planned: Option<&Vec<Timestamp>>) -> Option<Reason> {
        let wishes = self.others.wishes.get(person).into_iter().flatten();
        if let Some(wish) = wishes.filter(|wish| wish.at <= ask.due_at).max_by_key(|wish| wish.reason) {
            return Some(wish.reason.skips_with());
        }
        let real = self.others.mails.get(person).into_iter().flatten();
        let mails = real.chain(planned.into_iter().flatten()).copied();
        policy::is_capped(self.shop.policy.cap_days, ask.due_at, mails).then_some(Reason::FrequencyCap)
    }
}
