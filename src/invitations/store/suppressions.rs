//! Every query on `suppressions`: who gets no more mail, by hash, of one shop or of the whole instance.
//!
//! One place holds one reason, the gravest. Only a person's own word is never lost to what others say: where both stand, it
//! stands beside, in a place of its own, so that lifting the other does not lift it.

use diesel::prelude::*;

use super::person_of;
use crate::db::schema::suppressions;
use crate::db::{self, Connection, each};
use crate::invitations::model::{Reach, Suppression, SuppressionReason};
use crate::kernel::id::ShopId;
use crate::kernel::time::Timestamp;
use crate::keyring::PersonHash;

/// Stands in the shop's place where the reach is the whole instance.
const EVERY_SHOP: [u8; 16] = [0; 16];
/// In the first byte of a place: the one beside it.
const BESIDE: u8 = 0x80;

fn place(reach: Reach) -> Vec<u8> {
    match reach {
        Reach::Shop(shop) => shop.as_bytes().to_vec(),
        Reach::Instance => EVERY_SHOP.to_vec(),
    }
}

/// The place beside, for a person's own word. Ids begin with a time that leaves this bit free for thousands of years.
fn beside(reach: Reach) -> Vec<u8> {
    let mut place = place(reach);
    place.iter_mut().take(1).for_each(|byte| *byte |= BESIDE);
    place
}

/// Writes a suppression. One that stands already keeps its time and reason, unless the new one is graver; a person's own word and what
/// others say do not replace each other.
pub(crate) fn suppress(tx: &mut Connection, new: &Suppression) -> db::Result<()> {
    let shop = place(new.reach);
    let standing = row(&new.person, &shop)
        .select((suppressions::person, suppressions::shop_id, suppressions::reason, suppressions::at))
        .first(tx)
        .optional()?;
    match standing.map(read).transpose()? {
        Some(old) if old.reason.is_own() && !new.reason.is_own() => {
            write(tx, &old, &beside(old.reach))?;
            clear(tx, &old)?;
            write(tx, new, &shop)
        }
        Some(old) if new.reason.is_own() && !old.reason.is_own() => write(tx, new, &beside(new.reach)),
        _ => write(tx, new, &shop),
    }
}

fn write(tx: &mut Connection, new: &Suppression, shop: &[u8]) -> db::Result<()> {
    let person = new.person.to_vec();
    let standing = row(&person, shop).select(suppressions::reason).first::<String>(tx).optional()?;
    if standing.as_deref().and_then(SuppressionReason::parse).is_some_and(|reason| reason >= new.reason) {
        return Ok(());
    }
    each!(tx, |c| {
        diesel::insert_into(suppressions::table)
            .values((
                suppressions::person.eq(&person),
                suppressions::shop_id.eq(shop),
                suppressions::reason.eq(new.reason.as_str()),
                suppressions::at.eq(new.at),
            ))
            .on_conflict((suppressions::person, suppressions::shop_id))
            .do_update()
            .set((suppressions::reason.eq(new.reason.as_str()), suppressions::at.eq(new.at)))
            .execute(c)?
    });
    Ok(())
}

#[diesel::dsl::auto_type(no_type_alias)]
fn row<'a>(person: &'a [u8], shop: &'a [u8]) -> _ {
    suppressions::table.filter(suppressions::person.eq(person)).filter(suppressions::shop_id.eq(shop))
}

/// Takes back an unsubscription that the person made; other reasons stay.
pub(crate) fn lift(tx: &mut Connection, person: &PersonHash, reach: Reach) -> db::Result<bool> {
    let mut lifted = 0;
    for shop in [place(reach), beside(reach)] {
        let mine = row(person, &shop).filter(suppressions::reason.eq(SuppressionReason::Unsubscribed.as_str()));
        lifted += diesel::delete(mine).execute(tx)?;
    }
    Ok(lifted > 0)
}

/// Takes away what others than the person said; their own word, where it stood beside, takes its place.
pub(crate) fn take_away(tx: &mut Connection, wish: &Suppression) -> db::Result<()> {
    if clear(tx, wish)? {
        let (shop, beside) = (place(wish.reach), beside(wish.reach));
        diesel::update(row(&wish.person, &beside)).set(suppressions::shop_id.eq(shop)).execute(tx)?;
    }
    Ok(())
}

/// Empties a place, if this still stands there.
fn clear(tx: &mut Connection, wish: &Suppression) -> db::Result<bool> {
    let shop = place(wish.reach);
    let standing = row(&wish.person, &shop).filter(suppressions::reason.eq(wish.reason.as_str()));
    Ok(diesel::delete(standing).execute(tx)? > 0)
}

/// Why this shop may not write to this person, the gravest reason first; `None`: it may.
pub(crate) fn suppression(
    conn: &mut Connection,
    shop: ShopId,
    person: &PersonHash,
) -> db::Result<Option<SuppressionReason>> {
    let found = suppressed(conn, &[(shop, *person)])?.into_iter();
    let reaching = found.filter(|wish| wish.reach == Reach::Instance || wish.reach == Reach::Shop(shop));
    Ok(reaching.map(|wish| wish.reason).max())
}

/// Every suppression of these people, also those that reach other shops only.
pub(crate) fn suppressed(conn: &mut Connection, keys: &[(ShopId, PersonHash)]) -> db::Result<Vec<Suppression>> {
    let columns = (suppressions::person, suppressions::shop_id, suppressions::reason, suppressions::at);
    let mut rows: Vec<(Vec<u8>, Vec<u8>, String, Timestamp)> = Vec::new();
    match conn {
        _ if keys.is_empty() => {}
        Connection::Pg(pg) => {
            let people: Vec<Vec<u8>> = keys.iter().map(|(_, person)| person.to_vec()).collect();
            let named = suppressions::table.filter(suppressions::person.eq_any(people));
            rows = named.select(columns).load(pg)?;
        }
        Connection::Sqlite(sqlite) => {
            for (_, person) in keys {
                rows.extend(
                    suppressions::table
                        .filter(suppressions::person.eq(person.to_vec()))
                        .select(columns)
                        .load(sqlite)?,
                );
            }
        }
    }
    rows.into_iter().map(read).collect()
}

/// Every suppression of one person, for the person's own door.
pub(crate) fn of_person(conn: &mut Connection, person: &PersonHash) -> db::Result<Vec<Suppression>> {
    let rows = suppressions::table
        .filter(suppressions::person.eq(person.to_vec()))
        .order((suppressions::shop_id, suppressions::reason))
        .select((suppressions::person, suppressions::shop_id, suppressions::reason, suppressions::at))
        .load(conn)?;
    rows.into_iter().map(read).collect()
}

fn read((person, mut shop, reason, at): (Vec<u8>, Vec<u8>, String, Timestamp)) -> db::Result<Suppression> {
    shop.iter_mut().take(1).for_each(|byte| *byte &= !BESIDE);
    let reach = if shop == EVERY_SHOP {
        Reach::Instance
    } else {
        Reach::Shop(ShopId::from_slice(&shop).ok_or_else(|| db::Error::corrupt("suppressions.shop_id"))?)
    };
    let reason = SuppressionReason::parse(&reason).ok_or_else(|| db::Error::corrupt("suppressions.reason"))?;
    Ok(Suppression { person: person_of(person)?, reach, reason, at })
}
