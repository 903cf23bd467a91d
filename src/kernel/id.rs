//! Ids: `UUIDv7` of 16 bytes, each with the kind of thing it names.
//!
//! Shown as TypeID text, `shp_01jd8q5v3gf2rs7k0t9w4e6xam`: a prefix that says what it is and 26 characters of
//! Crockford's base32. There is exactly one spelling of each. A [`ShopId`] can never be passed where an [`OrderId`]
//! is wanted; nobody makes an id but [`Ids`].

use super::random::{self, Random};
use super::time::{Clock, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

/// What an id names.
pub trait Kind: 'static {
    /// The three letters before the underscore.
    const PREFIX: &'static str;
}

/// The id of a `K`: sixteen bytes, sorted by the time they were made.
pub struct Id<K> {
    bytes: [u8; 16],
    kind: PhantomData<fn() -> K>,
}

/// Why a text is no id of the wanted kind.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum IdError {
    /// Does not start with this prefix and an underscore.
    #[error("an id of this kind starts with {expected}_")]
    Prefix {
        /// The prefix that was wanted.
        expected: &'static str,
    },
    /// What follows the prefix is not 26 characters of lower-case base32 for 128 bits.
    #[error("not an id: 26 characters of 0-9 and a-z (without i, l, o, u) follow the prefix")]
    Malformed,
}

/// Crockford's alphabet in lower case.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl<K> Id<K> {
    /// The id with these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self { bytes, kind: PhantomData }
    }

    /// The id with these bytes, if they are sixteen.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::from_bytes)
    }

    /// Its bytes, as stored.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.bytes
    }

    /// When it was made, as it says itself: the clock of its process, which in ids never goes back.
    pub fn made_at(&self) -> Timestamp {
        let ms = u128::from_be_bytes(self.bytes) >> 80;
        i64::try_from(ms).map_or(Timestamp::MAX, Timestamp::from_millis)
    }

    /// No id made at this instant or later is smaller, none made before is as great: a bound for lists of ids.
    pub fn lowest_at(at: Timestamp) -> Self {
        let ms = u128::try_from(at.millis()).unwrap_or(0);
        Self::from_bytes((ms << 80).to_be_bytes())
    }
}

impl<K: Kind> Id<K> {
    /// Reads the one text of an id.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let digits = text.strip_prefix(K::PREFIX).and_then(|rest| rest.strip_prefix('_'));
        let digits = digits.ok_or(IdError::Prefix { expected: K::PREFIX })?;
        base32_decode(digits).map(Self::from_bytes).ok_or(IdError::Malformed)
    }
}

fn base32_decode(digits: &str) -> Option<[u8; 16]> {
    if digits.len() != 26 {
        return None;
    }
    let mut value = 0_u128;
    for (at, byte) in digits.bytes().enumerate() {
        let digit = ALPHABET.iter().position(|&letter| letter == byte)?;
        // 26 digits hold 130 bits: the first may only carry three.
        if at == 0 && digit > 7 {
            return None;
        }
        value = (value << 5) | u128::try_from(digit).ok()?;
    }
    Some(value.to_be_bytes())
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = u128::from_be_bytes(self.bytes);
        let mut text = String::with_capacity(K::PREFIX.len() + 27);
        text.push_str(K::PREFIX);
        text.push('_');
        for at in 0_u32..26 {
            let digit = usize::try_from((value >> (125 - 5 * at)) & 31).unwrap_or(0);
            text.push(ALPHABET.get(digit).map_or('0', |&letter| char::from(letter)));
        }
        f.pad(&text)
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<K: Kind> FromStr for Id<K> {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::parse(text)
    }
}

impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

// By hand, because derives would ask the same of `K`, which is only a mark.
impl<K> Copy for Id<K> {}
impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bytes.cmp(&other.bytes)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bytes.hash(state);
    }
}

macro_rules! kinds {
    ($($kind:ident $id:ident $prefix:literal $what:literal;)*) => {$(
        #[doc = concat!("Marks the id of ", $what, ".")]
        #[derive(Debug)]
        pub enum $kind {}
        impl Kind for $kind {
            const PREFIX: &'static str = $prefix;
        }
        #[doc = concat!("The id of ", $what, ": `", $prefix, "_...`.")]
        pub type $id = Id<$kind>;
    )*};
}

kinds! {
    MerchantKind MerchantId "mer" "a merchant";
    ShopKind ShopId "shp" "a shop";
    OrderKind OrderId "ord" "an order";
    EventKind EventId "evt" "a received event";
    InvitationKind InvitationId "inv" "an invitation";
    MessageKind MessageId "eml" "one e-mail of any kind";
    ReviewKind ReviewId "rev" "a review";
    ReplyKind ReplyId "rep" "a shop's reply to a review";
    RestrictionKind RestrictionId "rst" "an operator's restriction of a review";
    PhotoKind PhotoId "pho" "a photo of a review";
    KeyKind KeyId "key" "a shop's key";
    RejectionKind RejectionId "rej" "a refused webhook";
}

/// Makes ids: each greater than the one before within a process, also when the clock stands still or goes back.
#[derive(Clone)]
pub struct Ids {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    last: Arc<Mutex<Last>>,
}

/// The instant (48 bits) and the tail (74 bits) of the last id.
#[derive(Copy, Clone, Default)]
struct Last {
    ms: u128,
    tail: u128,
}

const TAIL_BITS: u32 = 74;
const TAIL_MASK: u128 = (1 << TAIL_BITS) - 1;

impl Ids {
    /// A generator on this clock and this randomness. Clones share one sequence.
    pub fn new(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { clock, random, last: Arc::default() }
    }

    /// Begins again at what the clock says, though greater ids were made: for a past that is played afterwards, whose ids
    /// shall lie in it. Nothing that runs with the machine's clock may call this.
    pub fn go_back_to_the_clock(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Last::default();
    }

    /// A new id.
    pub fn next<K: Kind>(&self) -> Id<K> {
        let now = u128::try_from(self.clock.now().millis()).unwrap_or(0);
        let noise = u128::from_be_bytes(random::bytes::<16>(&*self.random));
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = last.step(now, noise);
        Id::from_bytes(last.layout())
    }
}

impl Last {
    /// A later instant starts from fresh randomness; within one instant the tail grows by a random step.
    fn step(self, now: u128, noise: u128) -> Self {
        if now > self.ms {
            return Self { ms: now, tail: noise & TAIL_MASK };
        }
        let tail = self.tail + 1 + (noise & 0xFFFF_FFFF);
        if tail > TAIL_MASK {
            return Self { ms: self.ms + 1, tail: noise & TAIL_MASK };
        }
        Self { ms: self.ms, tail }
    }

    /// RFC 9562 section 5.7: 48 bits of milliseconds, version 7, 12 bits, variant 10, 62 bits.
    fn layout(self) -> [u8; 16] {
        let high = (self.tail >> 62) & 0xFFF;
        let low = self.tail & ((1 << 62) - 1);
        ((self.ms << 80) | (7 << 76) | (high << 64) | (2 << 62) | low).to_be_bytes()
    }
}

impl fmt::Debug for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ids")
    }
}

#[cfg(test)]
mod tests;
