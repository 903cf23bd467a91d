//! Every query of the keyring: the instance's row and the wrapped keys.

use diesel::prelude::*;

use super::set::{self, Purpose};
use super::{KeyringError, MasterKey};
use crate::db::schema::{instance, keyring};
use crate::db::{self, Connection, Db};
use crate::kernel::random::Random;
use crate::kernel::time::Timestamp;
use crate::sign::seal;

/// A wrapped key.
pub(super) struct Row {
    pub(super) kid: i64,
    pub(super) purpose: Purpose,
    pub(super) wrapped: Vec<u8>,
    pub(super) created_at: Timestamp,
    pub(super) retired_at: Option<i64>,
}

/// Makes the instance's keys in an empty database, and those of purposes that came later in an older one; elsewhere checks that the
/// master key is the right one.
pub(super) fn prepare(db: &Db, master: &MasterKey, random: &dyn Random, now: Timestamp) -> Result<(), KeyringError> {
    let rows = db.read_now(load)?;
    let missing = Purpose::ALL.into_iter().filter(|purpose| rows.iter().all(|row| row.purpose != *purpose));
    let mut fresh = Vec::new();
    for (kid, purpose) in (generation_of(&rows).0 + 1..).zip(missing) {
        fresh.push((kid, purpose, wrap_new(master, purpose, kid, random)?));
    }
    let mine = master.fingerprint();
    let known = db.write_now(move |tx| {
        let known = instance::table.select(instance::master_fingerprint).first::<Vec<u8>>(tx).optional()?;
        if known.is_none() {
            diesel::insert_into(instance::table)
                .values((
                    instance::id.eq(1),
                    instance::master_fingerprint.eq(mine.to_vec()),
                    instance::created_at.eq(now.millis()),
                ))
                .execute(tx)?;
        }
        if known.as_ref().is_none_or(|known| *known == mine) {
            // Another node may have made them meanwhile.
            let there: Vec<Purpose> = load(tx)?.into_iter().map(|row| row.purpose).collect();
            for (kid, purpose, wrapped) in fresh.into_iter().filter(|(_, purpose, _)| !there.contains(purpose)) {
                insert(tx, kid, purpose, wrapped, now)?;
            }
        }
        Ok(known)
    })?;
    match known {
        Some(known) if known != mine => Err(KeyringError::OtherMaster),
        Some(_) | None => Ok(()),
    }
}

/// Whether the database has its keys already (then a missing master key must not be replaced by a new one).
pub(super) fn is_prepared(conn: &mut Connection) -> db::Result<bool> {
    Ok(instance::table.select(instance::id).first::<i64>(conn).optional()?.is_some())
}

/// A new random key, wrapped.
pub(super) fn wrap_new(
    master: &MasterKey,
    purpose: Purpose,
    kid: i64,
    random: &dyn Random,
) -> Result<Vec<u8>, KeyringError> {
    let mut key = zeroize::Zeroizing::new([0_u8; 32]);
    random.fill(key.as_mut());
    wrap(master, purpose, kid, &key, random)
}

/// A key, wrapped under `master`.
pub(super) fn wrap(
    master: &MasterKey,
    purpose: Purpose,
    kid: i64,
    key: &[u8; 32],
    random: &dyn Random,
) -> Result<Vec<u8>, KeyringError> {
    let mut nonce = [0; 24];
    random.fill(&mut nonce);
    seal::seal(&master.wrapping(), &nonce, &set::place(purpose, kid), key)
        .map_err(|_refused| KeyringError::Damaged(kid))
}

pub(super) fn insert(
    tx: &mut Connection,
    kid: i64,
    purpose: Purpose,
    wrapped: Vec<u8>,
    now: Timestamp,
) -> db::Result<()> {
    diesel::insert_into(keyring::table)
        .values((
            keyring::kid.eq(kid),
            keyring::purpose.eq(purpose.as_str()),
            keyring::wrapped.eq(wrapped),
            keyring::created_at.eq(now.millis()),
        ))
        .execute(tx)?;
    Ok(())
}

type Columns = (i64, String, Vec<u8>, Timestamp, Option<i64>);

pub(super) fn load(conn: &mut Connection) -> db::Result<Vec<Row>> {
    let columns = (keyring::kid, keyring::purpose, keyring::wrapped, keyring::created_at, keyring::retired_at);
    let rows: Vec<Columns> = keyring::table.order(keyring::kid).select(columns).load(conn)?;
    rows.into_iter()
        .map(|(kid, purpose, wrapped, created_at, retired_at)| {
            let purpose = Purpose::parse(&purpose).ok_or_else(|| db::Error::corrupt("keyring.purpose"))?;
            Ok(Row { kid, purpose, wrapped, created_at, retired_at })
        })
        .collect()
}

/// Moves with every change of the keys: the highest number, and how many are retired.
pub(super) fn generation(conn: &mut Connection) -> db::Result<(i64, i64)> {
    Ok(generation_of(&load(conn)?))
}

pub(super) fn generation_of(rows: &[Row]) -> (i64, i64) {
    let highest = rows.iter().map(|row| row.kid).max().unwrap_or(0);
    let retired = rows.iter().filter(|row| row.retired_at.is_some()).count();
    (highest, i64::try_from(retired).unwrap_or(i64::MAX))
}

/// Takes the keys of a purpose that are older than `kid` out of use for good.
pub(super) fn retire_before(tx: &mut Connection, purpose: Purpose, kid: i64, now: Timestamp) -> db::Result<()> {
    let live = keyring::table
        .filter(keyring::purpose.eq(purpose.as_str()))
        .filter(keyring::kid.lt(kid))
        .filter(keyring::retired_at.is_null());
    diesel::update(live).set(keyring::retired_at.eq(Some(now.millis()))).execute(tx)?;
    Ok(())
}

/// Puts every key under a new master key, and the new fingerprint beside them.
pub(super) fn rewrap(
    tx: &mut Connection,
    rows: Vec<(i64, Vec<u8>)>,
    from: &[u8; 32],
    to: &[u8; 32],
) -> db::Result<bool> {
    let mine = instance::table.filter(instance::master_fingerprint.eq(from.to_vec()));
    if diesel::update(mine).set(instance::master_fingerprint.eq(to.to_vec())).execute(tx)? != 1 {
        return Ok(false);
    }
    for (kid, wrapped) in rows {
        diesel::update(keyring::table.filter(keyring::kid.eq(kid))).set(keyring::wrapped.eq(wrapped)).execute(tx)?;
    }
    Ok(true)
}
