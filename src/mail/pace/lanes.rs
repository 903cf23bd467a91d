//! How many dialogues a domain holds in this process: as many as its limit says, and a quarter of the turns while it is slow to answer or
//! nobody knows yet how fast it is, so that no domain ever takes the turns of all the others.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::kernel::pace::{Bound, Limit};
use crate::kernel::time::{SECOND, Timestamp};

/// A dialogue that takes longer is slow, in ms.
const SLOW_MS: i64 = 2 * SECOND;
/// The least wait before a mail asks again, in ms.
const LEAST_MS: i64 = 50;
/// How long a mail that waits for a turn may be sent away at most, in ms.
const MOST_MS: i64 = 300 * SECOND;

/// Domains whose speed is remembered while nothing is sent there.
const KNOWN: usize = 1_000;

/// Why a mail does not get a dialogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::mail) enum Wait {
    /// The first dialogues with this domain will soon tell how fast it is.
    Soon,
    /// It shall ask again then.
    Until(Timestamp),
}

/// The dialogues of every domain.
pub(super) struct Lanes {
    limits: Vec<(String, usize)>,
    /// Dialogues at once of a domain that is slow or unknown.
    few: usize,
    open: Mutex<HashMap<String, Lane>>,
}

#[derive(Default)]
struct Lane {
    /// When the dialogues that run began.
    running: Vec<Timestamp>,
    /// How long one usually takes, in ms, once one has ended.
    usual_ms: Option<i64>,
    /// When the next one that waits may ask again.
    next: Option<Timestamp>,
}

/// The right to one dialogue; ends when dropped.
pub(in crate::mail) struct Pass<'a> {
    lanes: &'a Lanes,
    domain: String,
    began: Timestamp,
    ended: Option<Timestamp>,
}

impl Pass<'_> {
    /// When the dialogue ended, so that its length is known.
    pub(in crate::mail) fn end(mut self, now: Timestamp) {
        self.ended = Some(now);
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.lanes.leave(&self.domain, self.began, self.ended);
    }
}

impl Lanes {
    pub(super) fn new(limits: &[Limit], connections: usize) -> Self {
        let limits = limits.iter().filter_map(|limit| match (limit.bound, &limit.to) {
            (Bound::Connections(many), Some(domain)) => Some((domain.clone(), many)),
            _ => None,
        });
        Self { limits: limits.collect(), few: (connections / 4).max(1), open: Mutex::default() }
    }

    pub(super) fn enter(&self, domain: &str, now: Timestamp) -> Result<Pass<'_>, Wait> {
        let most = self.limits.iter().filter(|(to, _)| to == domain).map(|(_, many)| *many).min();
        let mut lanes = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let lane = lanes.entry(domain.to_owned()).or_default();
        let running = lane.running.len();
        let full = most.is_some_and(|most| running >= most);
        let slow = lane.running.iter().any(|began| now.since(*began) > SLOW_MS)
            || lane.usual_ms.is_some_and(|usual| usual > SLOW_MS);
        let unknown = lane.usual_ms.is_none();
        if !full && (running < self.few || !slow && !unknown) {
            lane.running.push(now);
            return Ok(Pass { lanes: self, domain: domain.to_owned(), began: now, ended: None });
        }
        if !full && !slow {
            return Err(Wait::Soon);
        }
        let width = if full { most.unwrap_or(1) } else { self.few };
        let usual = lane.usual_ms.unwrap_or(0).max(if slow { SLOW_MS } else { 1 });
        let gap = (usual / i64::try_from(width.max(1)).unwrap_or(1)).max(1);
        let next = lane.next.unwrap_or(now).max(now.plus_ms(LEAST_MS)).min(now.plus_ms(MOST_MS));
        lane.next = Some(next.plus_ms(gap));
        Err(Wait::Until(next))
    }

    fn leave(&self, domain: &str, began: Timestamp, ended: Option<Timestamp>) {
        let mut lanes = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(lane) = lanes.get_mut(domain) else { return };
        if let Some(place) = lane.running.iter().position(|at| *at == began) {
            lane.running.swap_remove(place);
        }
        if let Some(took) = ended.map(|ended| ended.since(began).max(0)) {
            lane.usual_ms = Some(lane.usual_ms.map_or(took, |usual| (usual * 7 + took) / 8));
        }
        // There are as many domains as people have.
        if lanes.len() > KNOWN {
            lanes.retain(|_, lane| !lane.running.is_empty());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(1_000_000 + ms)
    }

    #[test]
    fn a_domain_holds_as_many_dialogues_as_it_may() {
        let limits = [Limit::parse("2 connections to a.example").unwrap()];
        let lanes = Lanes::new(&limits, 8);
        let (one, _two) = (lanes.enter("a.example", at(0)).unwrap(), lanes.enter("a.example", at(0)).unwrap());
        let wait = |ms| lanes.enter("a.example", at(ms)).err();
        let (first, second) = (wait(0), wait(0));
        assert!(first > Some(Wait::Until(at(0))) && second > first, "one after the other: {first:?} {second:?}");
        assert!(lanes.enter("b.example", at(0)).is_ok(), "others are not touched");
        one.end(at(100));
        assert!(lanes.enter("a.example", at(100)).is_ok());
    }

    #[test]
    fn a_domain_shows_how_fast_it_is_before_it_gets_all_turns() {
        let lanes = Lanes::new(&[], 8);
        let first = lanes.enter("new.example", at(0)).unwrap();
        let _second = lanes.enter("new.example", at(0)).unwrap();
        assert_eq!(lanes.enter("new.example", at(0)).err(), Some(Wait::Soon));
        first.end(at(40));
        let running: Vec<_> = (0..7).map(|_| lanes.enter("new.example", at(50)).unwrap()).collect();
        assert_eq!(running.len(), 7);
    }

    #[test]
    fn a_slow_domain_holds_a_quarter_of_the_turns() {
        let lanes = Lanes::new(&[], 8);
        let running: Vec<_> = (0..2).map(|_| lanes.enter("tarpit.example", at(0)).unwrap()).collect();
        assert_eq!(lanes.enter("tarpit.example", at(SLOW_MS)).err(), Some(Wait::Soon));
        assert!(matches!(lanes.enter("tarpit.example", at(SLOW_MS + 1)).err(), Some(Wait::Until(_))));
        assert!(lanes.enter("quick.example", at(SLOW_MS + 1)).is_ok());
        for pass in running {
            pass.end(at(30_000));
        }
        let _few: Vec<_> = (0..2).map(|_| lanes.enter("tarpit.example", at(30_001)).unwrap()).collect();
        assert!(lanes.enter("tarpit.example", at(30_001)).is_err(), "what was slow is slow");
    }
}
