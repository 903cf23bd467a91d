//! The opened keys, by purpose and number.

use std::collections::BTreeMap;
use std::fmt;

use zeroize::Zeroizing;

use super::store::{self, Row};
use super::{KeyringError, MasterKey};
use crate::db::Db;
use crate::kernel::time::Timestamp;
use crate::sign::seal;

/// What a key is for. One key never serves two purposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Links in mails.
    Token,
    /// Sealed e-mail addresses.
    Address,
    /// Keyed hash of a person: cannot be rotated, or nobody would be found again.
    Lookup,
    /// Webhook secrets.
    Secret,
    /// Certificates.
    Certificate,
    /// Secret halves of DKIM keys.
    Dkim,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Token, Self::Address, Self::Lookup, Self::Secret, Self::Certificate, Self::Dkim];

    /// The name in the database and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Address => "address",
            Self::Lookup => "lookup",
            Self::Secret => "secret",
            Self::Certificate => "certificate",
            Self::Dkim => "dkim",
        }
    }

    /// The purpose of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == name)
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

type Key = Zeroizing<[u8; 32]>;

/// An opened key and since when it is there.
struct Held {
    key: Key,
    since: Timestamp,
}

/// Every usable key. A retired one is not among them: what it closed stays closed. Retired keys of links are kept apart,
/// to know an old link as one of ours.
pub(super) struct KeySet {
    pub(super) master: MasterKey,
    pub(super) generation: (i64, i64),
    keys: BTreeMap<(Purpose, i64), Held>,
    retired_tokens: BTreeMap<i64, Key>,
    lookup: Key,
}

impl KeySet {
    pub(super) fn load(db: &Db, master: MasterKey) -> Result<Self, KeyringError> {
        Self::open(db.read_now(store::load)?, master)
    }

    pub(super) fn open(rows: Vec<Row>, master: MasterKey) -> Result<Self, KeyringError> {
        let wrapping = master.wrapping();
        let generation = store::generation_of(&rows);
        let (mut keys, mut retired_tokens) = (BTreeMap::new(), BTreeMap::new());
        for row in rows {
            if row.retired_at.is_none() {
                let key = unwrap(&wrapping, &row)?;
                keys.insert((row.purpose, row.kid), Held { key, since: row.created_at });
            } else if row.purpose == Purpose::Token {
                retired_tokens.insert(row.kid, unwrap(&wrapping, &row)?);
            }
        }
        let lookup =
            keys.iter().find(|((purpose, _), _)| *purpose == Purpose::Lookup).map(|(_, held)| held.key.clone());
        let lookup = lookup.ok_or(KeyringError::NoKey(Purpose::Lookup))?;
        Ok(Self { master, generation, keys, retired_tokens, lookup })
    }

    /// The newest key of a purpose.
    pub(super) fn current(&self, purpose: Purpose) -> Option<(i64, &[u8; 32])> {
        self.all(purpose).next_back().map(|(kid, key, _)| (kid, key))
    }

    /// The keys of a purpose with their numbers and since when they are there, oldest first.
    pub(super) fn all(&self, purpose: Purpose) -> impl DoubleEndedIterator<Item = (i64, &[u8; 32], Timestamp)> {
        let of_purpose = (purpose, i64::MIN)..=(purpose, i64::MAX);
        self.keys.range(of_purpose).map(|((_, kid), held)| (*kid, &*held.key, held.since))
    }

    pub(super) fn find(&self, purpose: Purpose, kid: i64) -> Option<&[u8; 32]> {
        self.keys.get(&(purpose, kid)).map(|held| &*held.key)
    }

    /// A key that made links until it was retired.
    pub(super) fn retired_token(&self, kid: i64) -> Option<&[u8; 32]> {
        self.retired_tokens.get(&kid).map(|key| &**key)
    }

    pub(super) fn lookup(&self) -> &[u8; 32] {
        &self.lookup
    }
}

/// The place a wrapped key is bound to: it opens under no other number or purpose.
pub(super) fn place(purpose: Purpose, kid: i64) -> Vec<u8> {
    format!("attesta/keyring/{purpose}/{kid}").into_bytes()
}

/// Opens one wrapped key.
pub(super) fn unwrap(wrapping: &[u8; 32], row: &Row) -> Result<Key, KeyringError> {
    let damaged = || KeyringError::Damaged(row.kid);
    let plain =
        Zeroizing::new(seal::open(wrapping, &place(row.purpose, row.kid), &row.wrapped).map_err(|_refused| damaged())?);
    let key = <[u8; 32]>::try_from(plain.as_slice()).map_err(|_length| damaged())?;
    Ok(Zeroizing::new(key))
}
