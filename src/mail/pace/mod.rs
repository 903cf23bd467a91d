//! When a mail may leave: the limits of the operator, of the shop and of its domain's patience, the ceiling of a sender that nobody knows
//! yet, and how many dialogues a domain may hold.
//!
//! What may leave in a time is counted in the database, in the moment before a mail leaves: however many processes there are, and
//! however often they start again, they share it. Who finds no room is told when there will be; nobody waits for somebody
//! else's domain. Connections are counted by each process.

mod lanes;
mod long;
mod shops;
mod window;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::config::Mail as Settings;
use crate::context::Context;
use crate::db;
use crate::kernel::id::ShopId;
use crate::kernel::pace::{Bound, Limit, Per, QuietHours, Rate, WarmUp};
use crate::kernel::time::{MINUTE, SECOND, Timestamp};

use super::store::pace as store;

use lanes::Lanes;
pub(super) use lanes::{MOST_MS, Pass, Wait};
pub(super) use long::Progress;
use shops::Shops;
pub(super) use window::Window;

/// Why a mail waits for its domain, in words for the queue.
pub(super) const SENT_AWAY: &str = "the domain has all the dialogues it may hold";
/// How long a domain that asked for patience is slower, in ms.
pub(super) const PATIENCE_MS: i64 = 10 * MINUTE;
/// Refusals that come so close together are one, in ms: they answer mails that were under way together.
const TOGETHER_MS: i64 = 30 * SECOND;

/// What is counted, and how much of it may leave.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ask {
    /// What is counted.
    pub(super) key: String,
    /// How much.
    pub(super) rate: Rate,
    /// Instead of the rate, where the sender is new: the rule of its growth.
    pub(super) growth: Option<Growth>,
}

/// A ceiling that grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Growth {
    first: i64,
    days: i64,
    /// Counted, but not stopped.
    awaited: bool,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// It was counted: it leaves now.
    Now,
    /// Not before then, for this one, which began to be counted then.
    At { free: Timestamp, ask: Ask, began: Timestamp },
}

/// What of a mail its limits depend on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leaving<'a> {
    pub(super) shop: ShopId,
    /// The recipient's.
    pub(super) domain: &'a str,
    /// The sender's.
    pub(super) sender: &'a str,
    /// Somebody waits for it.
    pub(super) awaited: bool,
    /// The limits of this shop alone.
    pub(super) own: &'a [Limit],
    /// How often the domain asked for patience, if it did lately.
    pub(super) refusals: Option<i64>,
}

/// The pace of an instance.
pub(super) struct Pace {
    limits: Vec<Limit>,
    warm_up: Option<WarmUp>,
    quiet: Option<QuietHours>,
    lanes: Lanes,
    shops: Shops,
    /// When the next mail that waits for a limit shall come again, by what is counted.
    queues: Mutex<HashMap<String, Timestamp>>,
    /// What was last seen of the limits that hold for every mail.
    seen: Mutex<Vec<(Rate, Window)>>,
}

impl Pace {
    /// `parallel`: mails worked on at once.
    pub(super) fn new(settings: &Settings, parallel: usize) -> Self {
        let connections = connections(settings);
        Self {
            limits: settings.limits.clone(),
            warm_up: settings.warm_up,
            quiet: settings.quiet_hours,
            lanes: Lanes::new(&settings.limits, connections, connections.min(parallel)),
            shops: Shops::default(),
            queues: Mutex::default(),
            seen: Mutex::default(),
        }
    }

    /// The limits of the operator.
    pub(super) fn limits(&self) -> &[Limit] {
        &self.limits
    }

    /// How a new sender grows.
    pub(super) fn warm_up(&self) -> Option<WarmUp> {
        self.warm_up
    }

    /// The hours in which nothing leaves that nobody waits for.
    pub(super) fn quiet(&self) -> Option<QuietHours> {
        self.quiet
    }

    /// How many mails the limits that hold for every mail have room for, as far as was last seen, and from when on for one.
    pub(super) fn room(&self, now: Timestamp) -> (i64, Timestamp) {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let room = seen.iter().map(|(rate, window)| rate.mails - window.count(rate.per, now)).min();
        let free = seen.iter().map(|(rate, window)| window.free_at(*rate, now)).max();
        (room.unwrap_or(i64::MAX).max(0), free.unwrap_or(now))
    }

    /// Whether a domain is quick again that mails were sent away from because it was slow ([`SENT_AWAY`]); says so once.
    pub(super) fn is_quick_again(&self) -> bool {
        self.lanes.are_quick_again()
    }

    /// A dialogue of this shop with this domain, or when to ask again: either has as many as it may, or those of the domain take long.
    pub(super) fn enter(&self, of: (ShopId, &str), own: &[Limit], now: Timestamp) -> Result<Pass<'_>, Wait> {
        let held = self.shops.enter(of, own, now).map_err(|(at, limit)| Wait::Own(at, limit))?;
        Ok(self.lanes.enter(of.1, now)?.of_shop(held))
    }

    /// Counts a mail against everything that limits it, or says when it may come again and for which limit, in plain words. Nothing is
    /// asked where nothing limits it.
    pub(super) async fn turn(&self, ctx: &Context, leaving: Leaving<'_>) -> db::Result<Option<(Timestamp, String)>> {
        let asks = self.asks(leaving);
        if asks.is_empty() {
            return Ok(None);
        }
        let now = ctx.now();
        let (turn, all) = ctx.db().write(move |tx| store::take(tx, &asks, now)).await?;
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = all;
        Ok(match turn {
            Turn::Now => None,
            // Everybody waits for these: the queue itself keeps the order.
            Turn::At { free, ask, began } if ask.is_of_all() => Some((free, ask.words(began, now))),
            Turn::At { free, ask, began } => Some((self.line_up(&ask, began, free), ask.words(began, now))),
        })
    }

    /// Those who wait for the same limit come one after the other, at its pace.
    fn line_up(&self, ask: &Ask, began: Timestamp, free: Timestamp) -> Timestamp {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let next = queues.get(&ask.key).copied().unwrap_or(free).max(free);
        let gap = ask.rate_at(began, next).map_or(1, |rate| rate.per.ms() / rate.mails.max(1));
        queues.insert(ask.key.clone(), next.plus_ms(gap.max(1)));
        next
    }

    fn asks(&self, of: Leaving<'_>) -> Vec<Ask> {
        let mut asks: Vec<Ask> = rates(&self.limits, of.domain).map(|(rate, to)| Ask::new("", to, rate)).collect();
        let shop = format!("shop:{} ", of.shop);
        asks.extend(rates(of.own, of.domain).map(|(rate, to)| Ask::new(&shop, to, rate)));
        if let Some(refusals) = of.refusals {
            asks.push(Ask::new("slow ", Some(of.domain), patient(refusals)));
        }
        if let Some(rule) = self.warm_up {
            let growth = Some(Growth { first: rule.first, days: rule.days, awaited: of.awaited });
            let rate = Rate { mails: rule.first, per: Per::Day };
            asks.push(Ask { growth, ..Ask::new(&format!("from:{} ", of.sender), None, rate) });
        }
        // In one order everywhere, so that two processes never wait for each other.
        asks.sort();
        asks.dedup_by(|a, b| a.key == b.key);
        asks
    }
}

impl Ask {
    fn new(whose: &str, to: Option<&str>, rate: Rate) -> Self {
        let to = to.map(|domain| format!("to:{domain} ")).unwrap_or_default();
        Self { key: format!("{whose}{to}{}", rate.per.word()), rate, growth: None }
    }

    /// Whether it holds for every mail of the instance.
    pub(super) fn is_of_all(&self) -> bool {
        !self.key.contains(' ')
    }

    /// The limit in plain words, for something that began to be counted at `began`.
    fn words(&self, began: Timestamp, now: Timestamp) -> String {
        let rate = self.rate_at(began, now).unwrap_or(self.rate).to_string();
        let of = |part: &str| match part.split_once(':') {
            Some(("to", domain)) => format!(" to {domain}"),
            Some(("from", sender)) => format!(" from {sender}, which is new"),
            Some(("shop", _)) => " of one shop".to_owned(),
            _ => String::new(),
        };
        let parts = self.key.split(' ').map(of);
        let patience = if self.key.starts_with("slow ") { ", which asked for patience" } else { "" };
        std::iter::once(rate).chain(parts).collect::<String>() + patience
    }

    /// The rate today, for something that began at `began`; none where there is no limit any more.
    pub(super) fn rate_at(&self, began: Timestamp, now: Timestamp) -> Option<Rate> {
        match self.growth {
            None => Some(self.rate),
            Some(Growth { awaited: true, .. }) => None,
            Some(Growth { first, days, .. }) => {
                let day = now.since(began).max(0) / Per::Day.ms();
                WarmUp { first, days }.ceiling(day).map(|mails| Rate { mails, per: Per::Day })
            }
        }
    }
}

/// The key under which a sender's first mail is remembered.
pub(super) fn sender_key(sender: &str) -> String {
    format!("from:{sender} {}", Per::Day.word())
}

/// The limits on mails in a time that touch this domain.
fn rates<'a>(limits: &'a [Limit], domain: &'a str) -> impl Iterator<Item = (Rate, Option<&'a str>)> {
    limits.iter().filter_map(move |limit| match (limit.bound, limit.to.as_deref()) {
        (Bound::Rate(rate), to) if to.is_none_or(|to| to == domain) => Some((rate, to)),
        _ => None,
    })
}

/// Dialogues at once, all together.
pub(super) fn connections(settings: &Settings) -> usize {
    let limits = settings.limits.iter().filter_map(|limit| match (limit.bound, &limit.to) {
        (Bound::Connections(many), None) => Some(many),
        _ => None,
    });
    limits.min().map_or(settings.connections, |most| most.min(settings.connections)).max(1)
}

/// What a domain is sent that asked for patience so many times.
pub(super) fn patient(refusals: i64) -> Rate {
    let (mails, per) = match refusals {
        ..=1 => (2, Per::Second),
        2 => (1, Per::Second),
        3 => (20, Per::Minute),
        4 => (6, Per::Minute),
        _ => (2, Per::Minute),
    };
    Rate { mails, per }
}

/// How often a domain has asked for patience by now, and until when it is slower, after it asked again.
pub(super) fn asked_again(before: Option<(i64, Timestamp)>, now: Timestamp) -> (i64, Timestamp) {
    let until = now.plus_ms(PATIENCE_MS);
    match before {
        Some((refusals, last)) if last > until.minus_ms(TOGETHER_MS) => (refusals, last),
        Some((refusals, last)) if last > now => (refusals.saturating_add(1), until),
        _ => (1, until),
    }
}

#[cfg(test)]
mod tests;
