//! One batch of events in one transaction: everything they mean, or nothing.
//!
//! Repeats are answered as before; fresh events are folded into their orders one after the other, what follows is planned
//! once for all of them, and every row is written once. A request for erasure comes last, so that it covers the events it
//! arrived with.

use std::collections::{BTreeMap, HashMap};

use super::answer::{Answer, ERASED, IGNORED, Outcome};
use super::receive::Arrival;
use crate::context::Context;
use crate::db::{self, Connection};
use crate::invitations::{self, PlanItem, Purge};
use crate::kernel::id::{OrderId, ShopId};
use crate::kernel::time::Timestamp;
use crate::orders::event::Event;
use crate::orders::personal;
use crate::orders::workbench::{self, Folded, Keep, NewEvent, Touched, Work, Workbench};
use crate::reviews;

/// Takes the events in, in their order. One outcome for each.
pub(super) fn run(tx: &mut Connection, ctx: &Context, arrivals: &[Arrival]) -> db::Result<Vec<Outcome>> {
    let mut batch =
        Batch { ctx, arrivals, outcomes: vec![None; arrivals.len()], repeats: Vec::new(), fresh: Vec::new() };
    batch.lock(tx)?;
    batch.sort_out_repeats(tx)?;
    batch.fold(tx)?;
    batch.others(tx)?;
    batch.keep_events(tx)?;
    Ok(batch.finish())
}

struct Batch<'a> {
    ctx: &'a Context,
    arrivals: &'a [Arrival],
    outcomes: Vec<Option<Outcome>>,
    /// Places of events whose webhook id stands earlier in this batch, with that place.
    repeats: Vec<(usize, usize)>,
    /// Places of events that come for the first time.
    fresh: Vec<usize>,
}

impl<'a> Batch<'a> {
    fn lock(&self, tx: &mut Connection) -> db::Result<()> {
        let of = |arrival: &Arrival| arrival.shop.shop.id;
        let touched = Touched {
            orders: self.arrivals.iter().filter_map(|arrival| Some((of(arrival), number(arrival)?))).collect(),
            events: self.ids(),
            people: self.arrivals.iter().filter_map(|arrival| Some((of(arrival), arrival.person?))).collect(),
        };
        workbench::lock(tx, &touched)
    }

    fn ids(&self) -> Vec<(ShopId, &'a str)> {
        self.arrivals.iter().map(key).collect()
    }

    /// Answers what came before, and finds what comes twice here.
    fn sort_out_repeats(&mut self, tx: &mut Connection) -> db::Result<()> {
        let before = workbench::answered(tx, &self.ids())?;
        let mut first: HashMap<(ShopId, &str), usize> = HashMap::new();
        for (place, arrival) in self.arrivals.iter().enumerate() {
            let key = key(arrival);
            if let Some(answered) = before.get(&(key.0, key.1.to_owned())) {
                let same = answered.body_hash == arrival.body_hash;
                let outcome = if same { Outcome::Kept(stored(&answered.answer)?.again()) } else { Outcome::Reused };
                self.set(place, outcome);
            } else if let Some(earlier) = first.get(&key) {
                self.repeats.push((place, *earlier));
            } else {
                first.insert(key, place);
                self.fresh.push(place);
            }
        }
        Ok(())
    }

    /// Folds the fresh events about orders, plans, and puts the orders back.
    fn fold(&mut self, tx: &mut Connection) -> db::Result<()> {
        let fresh = self.fresh.iter().filter_map(|place| self.arrivals.get(*place).map(|arrival| (*place, arrival)));
        let work: Vec<(usize, Work<'a>)> = fresh.filter_map(|(place, arrival)| Some((place, work(arrival)?))).collect();
        if work.is_empty() {
            return Ok(());
        }
        let all: Vec<Work<'a>> = work.iter().map(|(_, work)| *work).collect();
        let mut bench = Workbench::fetch(tx, self.ctx.keyring(), &all)?;
        let folded: Vec<(usize, Folded)> =
            work.iter().map(|(place, work)| (*place, bench.fold(self.ctx, work))).collect();
        plan(tx, self.ctx, &mut bench)?;
        bench.put_back(tx, self.ctx.keyring())?;
        forget_late(tx, &bench, self.ctx.now())?;
        for (place, folded) in folded {
            let Some(arrival) = self.arrivals.get(place) else { continue };
            match folded {
                Folded::TestMismatch { test } => self.set(place, Outcome::TestMismatch { test }),
                Folded::In(piece) => {
                    let order = bench.order(piece).ok_or_else(|| db::Error::corrupt("a batch's own order"))?;
                    self.set(place, Outcome::Kept(Answer::about(arrival.id, order, &arrival.warnings)));
                }
            }
        }
        Ok(())
    }

    /// Erasures, and types that mean nothing here.
    fn others(&mut self, tx: &mut Connection) -> db::Result<()> {
        for place in self.fresh.clone() {
            let Some(arrival) = self.arrivals.get(place) else { continue };
            match &arrival.event {
                Event::Order(_) => {}
                Event::CustomerErased { at, .. } => {
                    erase(tx, arrival, *at, self.ctx.now())?;
                    self.set(place, Outcome::Kept(Answer::plain(arrival.id, ERASED, &arrival.warnings)));
                }
                Event::Other { .. } => {
                    self.set(place, Outcome::Kept(Answer::plain(arrival.id, IGNORED, &arrival.warnings)));
                }
            }
        }
        Ok(())
    }

    fn keep_events(&self, tx: &mut Connection) -> db::Result<()> {
        let mut events = Vec::with_capacity(self.fresh.len());
        for place in &self.fresh {
            if let (Some(arrival), Some(Some(Outcome::Kept(answer)))) =
                (self.arrivals.get(*place), self.outcomes.get(*place))
            {
                events.push(row(arrival, answer)?);
            }
        }
        workbench::keep_events(tx, events)
    }

    fn finish(mut self) -> Vec<Outcome> {
        for (place, earlier) in std::mem::take(&mut self.repeats) {
            let pair = (self.arrivals.get(place), self.arrivals.get(earlier));
            let same = matches!(pair, (Some(again), Some(first)) if again.body_hash == first.body_hash);
            let outcome = match self.outcomes.get(earlier) {
                Some(Some(Outcome::Kept(answer))) if same => Outcome::Kept(answer.again()),
                Some(Some(outcome)) if same => outcome.clone(),
                _ => Outcome::Reused,
            };
            self.set(place, outcome);
        }
        // Every place was set above; a missing one could only be a webhook id that two bodies share.
        self.outcomes.into_iter().map(|outcome| outcome.unwrap_or(Outcome::Reused)).collect()
    }

    fn set(&mut self, place: usize, outcome: Outcome) {
        if let Some(slot) = self.outcomes.get_mut(place) {
            *slot = Some(outcome);
        }
    }
}

/// Decides about every order that changed.
fn plan(tx: &mut Connection, ctx: &Context, bench: &mut Workbench<'_>) -> db::Result<()> {
    let items: Vec<PlanItem<'_>> = bench
        .pieces()
        .map(|piece| PlanItem {
            shop: piece.shop,
            order: &piece.order,
            kept: piece.kept(),
            person: piece.person,
            known: piece.known,
        })
        .collect();
    if items.is_empty() {
        return Ok(());
    }
    let planned = invitations::plan_batch(tx, ctx, &items, ctx.now())?;
    for plan in planned {
        let keep = match plan.purge {
            Purge::Unchanged => Keep::AsBefore,
            Purge::NotYet => Keep::Open,
            Purge::At(until) => Keep::Until(until),
        };
        bench.settle(plan.order, plan.state, keep);
    }
    Ok(())
}

/// The customer asked to be erased: mail stops, orders forget. What they published is theirs and stays.
fn erase(tx: &mut Connection, arrival: &Arrival, at: Timestamp, now: Timestamp) -> db::Result<()> {
    let (shop, Some(person)) = (arrival.shop.shop.id, arrival.person) else { return Ok(()) };
    let orders = personal::forget(tx, shop, &person, at, now)?;
    forget(tx, shop, &orders, now)
}

/// Orders of which it only shows now that they began before their customer asked to be erased.
fn forget_late(tx: &mut Connection, bench: &Workbench<'_>, now: Timestamp) -> db::Result<()> {
    let mut by_shop: BTreeMap<ShopId, Vec<OrderId>> = BTreeMap::new();
    for piece in bench.pieces().filter(|piece| piece.forgets()) {
        by_shop.entry(piece.shop.id).or_default().push(piece.order.id);
    }
    by_shop.into_iter().try_for_each(|(shop, orders)| forget(tx, shop, &orders, now))
}

/// What follows in the other rooms where orders forgot their customer.
fn forget(tx: &mut Connection, shop: ShopId, orders: &[OrderId], now: Timestamp) -> db::Result<()> {
    invitations::forget(tx, shop, orders, now)?;
    reviews::forget(tx, shop, orders)?;
    Ok(())
}

fn key(arrival: &Arrival) -> (ShopId, &str) {
    (arrival.shop.shop.id, arrival.signed.webhook_id.as_str())
}

fn number(arrival: &Arrival) -> Option<&str> {
    match &arrival.event {
        Event::Order(event) => Some(event.number.as_str()),
        Event::CustomerErased { .. } | Event::Other { .. } => None,
    }
}

fn work(arrival: &Arrival) -> Option<Work<'_>> {
    let Event::Order(event) = &arrival.event else { return None };
    Some(Work {
        shop: &arrival.shop.shop,
        event,
        webhook_id: &arrival.signed.webhook_id,
        received: arrival.received,
        checked: arrival.signed.scheme,
        person: arrival.person,
    })
}

fn row<'a>(arrival: &'a Arrival, answer: &Answer) -> db::Result<NewEvent<'a>> {
    let occurred_at = match &arrival.event {
        Event::Order(event) => event.at,
        Event::CustomerErased { at, .. } => *at,
        Event::Other { at, .. } => at.unwrap_or(arrival.received),
    };
    Ok(NewEvent {
        shop: arrival.shop.shop.id,
        webhook_id: &arrival.signed.webhook_id,
        id: arrival.id,
        order: answer.order(),
        kind: arrival.event.kind(),
        body_hash: &arrival.body_hash,
        occurred_at,
        received_at: arrival.received,
        checked: arrival.signed.scheme,
        answer: serde_json::to_string(answer).map_err(|_error| db::Error::corrupt("an answer about to be kept"))?,
    })
}

fn stored(answer: &str) -> db::Result<Answer> {
    serde_json::from_str(answer).map_err(|_error| db::Error::corrupt("order_events.answer"))
}
