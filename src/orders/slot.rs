//! Last writer wins, field by field: each field remembers which event set it.
//!
//! A fold keeps the keys of the events that still count once, sorted, and each [`Slot`] holds the place of its own in that
//! list: two places compare as their keys do. Keys that set nothing any more are dropped, so that equal knowledge has
//! equal bytes, whatever the order in which it came.

use serde::{Deserialize, Serialize};

use super::event::Change;

/// Which event: its time, its rank among events of one time, its webhook id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Key {
    /// Time of the event, in milliseconds.
    pub(super) at: i64,
    /// Rank of its type.
    pub(super) rank: u8,
    /// Its webhook id.
    pub(super) id: String,
}

/// Place of a key in the list of its fold.
pub(super) type Place = u32;

/// A field and who set it. Unset: no event ever mentioned it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Slot<T>(Option<(Place, Option<T>)>);

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Slot<T> {
    /// Whether no event ever mentioned this field.
    pub(super) fn is_unset(&self) -> bool {
        self.0.is_none()
    }

    /// What the field holds; `None` when unset or cleared.
    pub(super) fn get(&self) -> Option<&T> {
        self.0.as_ref().and_then(|(_, value)| value.as_ref())
    }

    /// Takes what the event at `by` says, unless a later event spoke. True when it was taken.
    pub(super) fn take(&mut self, by: Place, change: Change<T>) -> bool {
        let value = match change {
            Change::Keep => return false,
            Change::Clear => None,
            Change::Set(value) => Some(value),
        };
        let newest = self.0.as_ref().is_none_or(|(held, _)| *held <= by);
        if newest {
            self.0 = Some((by, value));
        }
        newest
    }
}

/// What keeping the list of keys needs of a slot, whatever it holds.
pub(super) trait Placed {
    /// The place of the key that set it.
    fn place(&mut self) -> Option<&mut Place>;
}

impl<T> Placed for Slot<T> {
    fn place(&mut self) -> Option<&mut Place> {
        self.0.as_mut().map(|(place, _)| place)
    }
}

/// Puts `key` into the sorted list and moves the places behind it. Returns its place.
pub(super) fn admit(keys: &mut Vec<Key>, key: Key, slots: &mut [&mut dyn Placed]) -> Place {
    let found = keys.binary_search(&key);
    let (Ok(index) | Err(index)) = found;
    let place = Place::try_from(index).unwrap_or(Place::MAX);
    if found.is_err() {
        keys.insert(index, key);
        for held in slots.iter_mut().filter_map(|slot| slot.place()) {
            if *held >= place {
                *held += 1;
            }
        }
    }
    place
}

/// Drops keys that no slot uses.
pub(super) fn prune(keys: &mut Vec<Key>, slots: &mut [&mut dyn Placed]) {
    let mut used: Vec<Place> = slots.iter_mut().filter_map(|slot| slot.place().copied()).collect();
    used.sort_unstable();
    used.dedup();
    if used.len() == keys.len() {
        return;
    }
    for held in slots.iter_mut().filter_map(|slot| slot.place()) {
        let index = used.partition_point(|place| place < held);
        *held = Place::try_from(index).unwrap_or(Place::MAX);
    }
    let mut index: Place = 0;
    keys.retain(|_| {
        let keep = used.binary_search(&index).is_ok();
        index += 1;
        keep
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(at: i64) -> Key {
        Key { at, rank: 0, id: "a".to_owned() }
    }

    #[test]
    fn the_later_key_wins_whenever_it_comes() {
        let (mut keys, mut slot) = (Vec::new(), Slot::<i64>::default());
        for (at, taken) in [(5, true), (3, false), (9, true), (5, false), (9, true)] {
            let by = admit(&mut keys, key(at), &mut [&mut slot]);
            assert_eq!(slot.take(by, Change::Set(at)), taken, "{at}");
            prune(&mut keys, &mut [&mut slot]);
        }
        assert_eq!((slot.get(), keys), (Some(&9), vec![key(9)]));
    }

    #[test]
    fn null_clears_and_is_remembered() {
        let (mut keys, mut slot) = (Vec::new(), Slot::<i64>::default());
        let by = admit(&mut keys, key(5), &mut [&mut slot]);
        assert!(slot.take(by, Change::Clear));
        let by = admit(&mut keys, key(4), &mut [&mut slot]);
        assert!(!slot.take(by, Change::Set(4)));
        assert!(slot.get().is_none() && !slot.is_unset());
    }
}
