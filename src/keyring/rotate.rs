//! Rotation: a new key for a purpose, and a new master key over all of them.

use super::set::{self, Purpose};
use super::{KeyringError, MasterKey, store};
use crate::db::Db;
use crate::kernel::random::Random;
use crate::kernel::time::Timestamp;

/// What a rotation did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The key in use from now on.
    pub new: i64,
    /// The key that was in use; it still opens what it closed, unless it was retired.
    pub old: i64,
}

/// Makes a new key for `purpose`. `retire`: every key before it stops working at once (a leak, and nobody can tell of
/// which), and with them every link or ciphertext they made.
///
/// # Errors
/// [`KeyringError::NoKey`] for the look-up key, which cannot be rotated.
pub fn rotate(
    db: &Db,
    master: &MasterKey,
    purpose: Purpose,
    retire: bool,
    at: (Timestamp, &dyn Random),
) -> Result<Rotation, KeyringError> {
    let (now, random) = at;
    if purpose == Purpose::Lookup {
        return Err(KeyringError::NoKey(purpose));
    }
    let rows = db.read_now(store::load)?;
    let new = store::generation_of(&rows).0 + 1;
    let live = rows.iter().rfind(|row| row.purpose == purpose && row.retired_at.is_none());
    let old = live.map_or(0, |row| row.kid);
    let wrapped = store::wrap_new(master, purpose, new, random)?;
    db.write_now(move |tx| {
        store::insert(tx, new, purpose, wrapped, now)?;
        if retire {
            store::retire_before(tx, purpose, new, now)?;
        }
        Ok(())
    })?;
    Ok(Rotation { new, old })
}

/// Puts every key under `new`. What was sealed stays readable; only the master key changes.
///
/// # Errors
/// [`KeyringError::OtherMaster`] when `old` is not the database's master key.
pub fn rotate_master(db: &Db, old: &MasterKey, new: &MasterKey, random: &dyn Random) -> Result<usize, KeyringError> {
    let wrapping = old.wrapping();
    let mut rewrapped = Vec::new();
    for row in db.read_now(store::load)? {
        let key = set::unwrap(&wrapping, &row)?;
        rewrapped.push((row.kid, store::wrap(new, row.purpose, row.kid, &key, random)?));
    }
    let count = rewrapped.len();
    let (from, to) = (old.fingerprint(), new.fingerprint());
    let done = db.write_now(move |tx| store::rewrap(tx, rewrapped, &from, &to))?;
    if done { Ok(count) } else { Err(KeyringError::OtherMaster) }
}
