//! How many dialogues a shop holds in this process: as many as its own limits say, all together or with one domain. A shop that limits none
//! is not counted.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::kernel::id::ShopId;
use crate::kernel::pace::{Bound, Limit};
use crate::kernel::time::Timestamp;

use super::lanes::line_up;
use super::long::Lengths;

/// Limits whose dialogues are remembered while nothing is sent under them.
const KNOWN: usize = 1_000;

/// What is counted: a shop's dialogues, all of them or those with one domain.
type Key = (ShopId, Option<String>);

/// The dialogues of every shop that limits them.
#[derive(Default)]
pub(super) struct Shops(Mutex<HashMap<Key, Count>>);

#[derive(Default)]
struct Count {
    running: usize,
    /// How long the last ones took.
    lengths: Lengths,
    /// When the next one that waits may ask again.
    next: Option<Timestamp>,
}

/// The right to one dialogue under a shop's own limits; ends when dropped.
pub(super) struct Held<'a> {
    shops: &'a Shops,
    keys: Vec<Key>,
    began: Timestamp,
    ended: Option<Timestamp>,
}

impl Shops {
    fn counts(&self) -> MutexGuard<'_, HashMap<Key, Count>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A dialogue of this shop with this domain; else when to ask again, and for which limit. `None` where none of its limits counts them.
    pub(super) fn enter(
        &self,
        (shop, domain): (ShopId, &str),
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Option<Held<'_>>, (Timestamp, Limit)> {
        let most = most(limits, domain);
        if most.is_empty() {
            return Ok(None);
        }
        let mut counts = self.counts();
        for (to, most) in &most {
            let full = counts.get_mut(&(shop, to.clone())).filter(|count| count.running >= *most);
            if let Some(count) = full {
                let gap = count.lengths.usual().unwrap_or(0) / i64::try_from(*most).unwrap_or(1);
                let limit = Limit { bound: Bound::Connections(*most), to: to.clone() };
                return Err((line_up(&mut count.next, gap, now), limit));
            }
        }
        let keys: Vec<Key> = most.into_keys().map(|to| (shop, to)).collect();
        for key in &keys {
            counts.entry(key.clone()).or_default().running += 1;
        }
        Ok(Some(Held { shops: self, keys, began: now, ended: None }))
    }
}

/// How many dialogues with this domain these limits allow, by what each counts: the lowest where there are several.
fn most(limits: &[Limit], domain: &str) -> BTreeMap<Option<String>, usize> {
    let mut all = BTreeMap::new();
    for limit in limits.iter().filter(|limit| limit.to.as_deref().is_none_or(|to| to == domain)) {
        if let Bound::Connections(many) = limit.bound {
            let most = all.entry(limit.to.clone()).or_insert(many);
            *most = many.min(*most);
        }
    }
    all
}

impl Held<'_> {
    /// When the dialogue ended, so that its length is known.
    pub(super) fn end(mut self, now: Timestamp) {
        self.ended = Some(now);
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let mut counts = self.shops.counts();
        for key in &self.keys {
            let Some(count) = counts.get_mut(key) else { continue };
            count.running = count.running.saturating_sub(1);
            if let Some(ended) = self.ended {
                count.lengths.add(ended.since(self.began).max(0));
            }
        }
        if counts.len() > KNOWN {
            counts.retain(|_, count| count.running > 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: ShopId = ShopId::from_bytes([1; 16]);
    const OTHER: ShopId = ShopId::from_bytes([2; 16]);

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(1_000_000 + ms)
    }

    fn limits(texts: &[&str]) -> Vec<Limit> {
        texts.iter().map(|text| Limit::parse(text).unwrap()).collect()
    }

    #[test]
    fn a_shop_holds_as_many_dialogues_as_its_own_limits_say() {
        let shops = Shops::default();
        let own = limits(&["3 connections", "2 connections", "1 connection to a.example", "9 per second"]);
        let enter =
            |shop, domain, ms| shops.enter((shop, domain), &own, at(ms)).map_err(|(at, limit)| (at, limit.to_string()));
        let one = enter(SHOP, "a.example", 0).unwrap().expect("it is counted");
        let (first, limit) = enter(SHOP, "a.example", 0).err().expect("one with this domain");
        assert_eq!(limit, "1 connection to a.example");
        let _two = enter(SHOP, "b.example", 0).unwrap();
        let (_, limit) = enter(SHOP, "c.example", 0).err().expect("two of all");
        assert_eq!(limit, "2 connections");
        assert!(enter(OTHER, "a.example", 0).is_ok(), "another shop is not touched");
        one.end(at(100));
        let again = enter(SHOP, "a.example", 100).unwrap();
        assert!(again.is_some(), "there is room again");
        let (second, _) = enter(SHOP, "a.example", 100).err().expect("it is held again");
        let (third, _) = enter(SHOP, "a.example", 100).err().expect("still");
        assert!(first > at(0) && second > at(100), "later than now");
        assert_eq!(third.since(second), 50, "one after the other: two at once, each for 100 ms");
    }

    #[test]
    fn a_shop_that_limits_no_dialogues_is_not_counted() {
        let shops = Shops::default();
        let own = limits(&["2 per hour", "1 connection to a.example"]);
        assert!(shops.enter((SHOP, "b.example"), &own, at(0)).unwrap().is_none());
        assert!(shops.enter((SHOP, "b.example"), &[], at(0)).unwrap().is_none());
        assert!(shops.counts().is_empty());
    }

    #[test]
    fn limits_that_nobody_uses_are_forgotten() {
        let (shops, own) = (Shops::default(), limits(&["1 connection"]));
        for n in 0..=KNOWN {
            let shop = ShopId::from_bytes([n.to_be_bytes(), [0; 8]].concat().try_into().unwrap());
            drop(shops.enter((shop, "a.example"), &own, at(0)).unwrap());
        }
        assert!(shops.counts().len() <= KNOWN, "as many as are remembered");
    }
}
