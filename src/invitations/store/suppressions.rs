//! Every query on `suppressions`: who gets no more mail, by hash, of one shop or of the whole instance.
//!
//! A person's own word and what others say stand beside each other, so that neither is lost to the other and lifting one does
//! not lift the other. Of each, one place holds one reason, the gravest.

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

fn place(reach: Reach) -> Vec<u8> {
    match reach {
        Reach::Shop(shop) => shop.as_bytes().to_vec(),
        Reach::Instance => EVERY_SHOP.to_vec(),
    }
}

/// Writes a suppression. One that stands already keeps its time and reason, unless the new one is graver.
pub(crate) fn suppress(tx: &mut Connection, new: &Suppression) -> db::Result<()> {
    let (person, shop, own) = (new.person.to_vec(), place(new.reach), i64::from(new.reason.is_own()));
    let standing = row(&person, &shop, own).select(suppressions::reason).first::<String>(tx).optional()?;
    if standing.as_deref().and_then(SuppressionReason::parse).is_some_and(|reason| reason >= new.reason) {
        return Ok(());
    }
    each!(tx, |c| {
        diesel::insert_into(suppressions::table)
            .values((
                suppressions::person.eq(&person),
                suppressions::shop_id.eq(&shop),
                suppressions::own.eq(own),
                suppressions::reason.eq(new.reason.as_str()),
                suppressions::at.eq(new.at),
            ))
            .on_conflict((suppressions::person, suppressions::shop_id, suppressions::own))
            .do_update()
            .set((suppressions::reason.eq(new.reason.as_str()), suppressions::at.eq(new.at)))
            .execute(c)?
    });
    Ok(())
}

#[diesel::dsl::auto_type(no_type_alias)]
fn row<'a>(person: &'a [u8], shop: &'a [u8], own: i64) -> _ {
    let place = suppressions::table.filter(suppressions::person.eq(person)).filter(suppressions::shop_id.eq(shop));
    place.filter(suppressions::own.eq(own))
}

/// Takes back an unsubscription that the person made; other reasons stay.
pub(crate) fn lift(tx: &mut Connection, person: &PersonHash, reach: Reach) -> db::Result<bool> {
    take_away(tx, (person, reach), SuppressionReason::Unsubscribed)
}

/// Takes one reason away; what stands beside it stays.
pub(crate) fn take_away(
    tx: &mut Connection,
    (person, reach): (&PersonHash, Reach),
    reason: SuppressionReason,
) -> db::Result<bool> {
    let shop = place(reach);
    let standing = row(person, &shop, i64::from(reason.is_own())).filter(suppressions::reason.eq(reason.as_str()));
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

fn read((person, shop, reason, at): (Vec<u8>, Vec<u8>, String, Timestamp)) -> db::Result<Suppression> {
    let reach = if shop == EVERY_SHOP {
        Reach::Instance
    } else {
        Reach::Shop(ShopId::from_slice(&shop).ok_or_else(|| db::Error::corrupt("suppressions.shop_id"))?)
    };
    let reason = SuppressionReason::parse(&reason).ok_or_else(|| db::Error::corrupt("suppressions.reason"))?;
    Ok(Suppression { person: person_of(person)?, reach, reason, at })
}
