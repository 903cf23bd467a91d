//! What an order knows of its customer: sealed, opened for the moment of use, and dropped in time.
//!
//! Name and address stand in `contacts` and nowhere else. They go when their time is over ([`purge`]) or when the customer
//! asks ([`forget`]); the keyed hash stays beside them, so that a later request still finds the order. Nothing here logs,
//! and nothing returns an address that is not asked for by its order.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::decide;
use super::model::{Actor, Contact, Order, Personal};
use super::reason::Reason;
use super::state::State;
use super::store::fetch::sealed_contacts;
use super::store::moved::{Move, move_to};
use super::store::personal as store;
use super::store::{SealedContact, sealed_contact};
use crate::db::{self, Connection};
use crate::kernel::email::EmailAddress;
use crate::kernel::id::{OrderId, ShopId};
use crate::kernel::order_number::OrderNumber;
use crate::kernel::time::Timestamp;
use crate::keyring::{Keyring, PersonHash, Sealed};

/// What is inside the seal.
#[derive(Serialize, Deserialize)]
struct Plain {
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// Binds a seal to its order.
fn place(shop: ShopId, order: OrderId) -> [u8; 32] {
    let mut place = [0; 32];
    let (first, second) = place.split_at_mut(16);
    first.copy_from_slice(shop.as_bytes());
    second.copy_from_slice(order.as_bytes());
    place
}

/// Seals what is known of a person; `None` when nothing is.
pub(super) fn seal(keyring: &Keyring, shop: ShopId, order: OrderId, personal: &Personal) -> db::Result<Option<Sealed>> {
    if personal.email.is_none() && personal.name.is_none() {
        return Ok(None);
    }
    let plain =
        Plain { email: personal.email.as_ref().map(|email| email.expose().to_owned()), name: personal.name.clone() };
    let plain = serde_json::to_vec(&plain).map_err(|_error| db::Error::corrupt("a contact about to be sealed"))?;
    let sealed =
        keyring.seal_address(&place(shop, order), &plain).map_err(|error| db::Error::Unavailable(error.to_string()))?;
    Ok(Some(sealed))
}

/// Opens a seal. Nothing is inside when its time was over, its key is gone or it belongs elsewhere.
pub(super) fn open(keyring: &Keyring, shop: ShopId, order: OrderId, contact: &SealedContact) -> Personal {
    let (Some(kid), Some(bytes)) = (contact.kid, &contact.sealed) else { return Personal::default() };
    let plain = keyring.open_address(&place(shop, order), kid, bytes);
    let plain = plain.and_then(|plain| serde_json::from_slice::<Plain>(&plain).ok());
    plain.map_or_else(Personal::default, |plain| Personal {
        email: plain.email.and_then(|email| EmailAddress::parse(&email).ok()),
        name: plain.name,
    })
}

/// Whom a mail about this order goes to, while that is kept.
///
/// # Errors
/// The database's.
pub fn contact(conn: &mut Connection, keyring: &Keyring, shop: ShopId, order: OrderId) -> db::Result<Option<Contact>> {
    Ok(sealed_contact(conn, shop, order)?.and_then(|sealed| opened(keyring, shop, order, &sealed)))
}

/// Whom mails about an order go to, and the hash of that person, which stays longer.
pub type Addressee = (Option<Contact>, Option<PersonHash>);

/// Whom mails about these orders go to; orders of which nothing is kept are left out.
///
/// # Errors
/// The database's.
pub fn addressees(
    conn: &mut Connection,
    keyring: &Keyring,
    orders: &[(ShopId, OrderId)],
) -> db::Result<HashMap<OrderId, Addressee>> {
    let sealed = sealed_contacts(conn, orders)?.into_iter();
    let opened = sealed.map(|((shop, order), one)| (order, (opened(keyring, shop, order, &one), one.person)));
    Ok(opened.collect())
}

fn opened(keyring: &Keyring, shop: ShopId, order: OrderId, sealed: &SealedContact) -> Option<Contact> {
    let personal = open(keyring, shop, order, sealed);
    personal.email.map(|email| Contact { email, name: personal.name })
}

/// The customer asked to be erased at `at`: the orders that began no later lose their name and address and are not asked
/// about, and whatever comes in late for them is dropped too. What was published stays. Returns those orders.
///
/// # Errors
/// The database's.
pub fn forget(
    tx: &mut Connection,
    shop: ShopId,
    person: &PersonHash,
    at: Timestamp,
    now: Timestamp,
) -> db::Result<Vec<OrderId>> {
    store::mark_erased(tx, shop, person, at)?;
    store::lock_orders_of(tx, shop, person)?;
    let mut forgotten = Vec::new();
    for (order, _) in store::of_person(tx, Some(shop), person)? {
        let id = order.id;
        if forget_one(tx, order, at, now)? {
            forgotten.push(id);
        }
    }
    Ok(forgotten)
}

/// The holder of the one link about an order asks that it be forgotten: name and address go, whatever comes later is dropped
/// too, and nobody is asked about it. Says nothing about other orders of the same person.
///
/// # Errors
/// The database's.
pub(crate) fn forget_order(tx: &mut Connection, shop: ShopId, order: OrderId, now: Timestamp) -> db::Result<()> {
    let Some(order) = store::hold(tx, shop, order)? else { return Ok(()) };
    forget_one(tx, order, now, now).map(drop)
}

/// Whether the order began no later than `at` and had not forgotten before.
fn forget_one(tx: &mut Connection, mut order: Order, at: Timestamp, now: Timestamp) -> db::Result<bool> {
    let before = order.fold.clone();
    order.fold.erase(at, &mut Personal::default());
    if order.fold == before {
        return Ok(false);
    }
    order.changed_at = now;
    let fold = serde_json::to_string(&order.fold).map_err(|_error| db::Error::corrupt("a fold about to be kept"))?;
    store::save_fold(tx, &order, &fold)?;
    if !order.fold.is_erased() {
        return Ok(false);
    }
    store::drop_sealed(tx, order.shop, order.id)?;
    let ended = State::Skipped(decide::ended(&order.fold).unwrap_or(Reason::CustomerErased));
    // What the shop withdrew stays withdrawn, as it would for any later event.
    let withdrawn = order.state == State::Skipped(Reason::CancelledByShop);
    if !order.state.is_out() && !withdrawn && order.state != ended {
        move_to(tx, order.shop, order.id, ended, &Move { actor: Actor::Customer, at: now, note: None })?;
    }
    Ok(true)
}

/// What one order knows of a person, for that person's own eyes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Whose order.
    pub shop: ShopId,
    /// Which.
    pub order: OrderId,
    /// Its number there.
    pub number: OrderNumber,
    /// When we first heard of it.
    pub first_at: Timestamp,
    /// Name and address, while they are kept.
    pub personal: Personal,
    /// Until when, if that is known.
    pub kept_until: Option<Timestamp>,
}

/// Everything the orders know of a person, in one shop or in all.
///
/// # Errors
/// The database's.
pub fn records(
    conn: &mut Connection,
    keyring: &Keyring,
    shop: Option<ShopId>,
    person: &PersonHash,
) -> db::Result<Vec<Record>> {
    let found = store::of_person(conn, shop, person)?.into_iter();
    Ok(found
        .map(|(order, sealed)| Record {
            shop: order.shop,
            order: order.id,
            personal: open(keyring, order.shop, order.id, &sealed),
            number: order.number,
            first_at: order.first_at,
            kept_until: sealed.purge_at,
        })
        .collect())
}

/// Drops name and address of up to `limit` orders whose time is over. Returns how many there were.
///
/// # Errors
/// The database's.
pub fn purge(tx: &mut Connection, now: Timestamp, limit: i64) -> db::Result<usize> {
    store::purge(tx, now, limit)
}

/// Forgets up to `limit` webhook ids received before `before`, with their lines in timelines. Returns how many there were.
///
/// # Errors
/// The database's.
pub fn purge_events(tx: &mut Connection, before: Timestamp, limit: i64) -> db::Result<usize> {
    store::purge_events(tx, before, limit)
}

/// Seals up to `limit` contacts of older keys again with the key in use. Returns how many it looked at.
///
/// # Errors
/// The database's; [`db::Error::Unavailable`] when no key is in use.
pub fn reseal(tx: &mut Connection, keyring: &Keyring, limit: i64) -> db::Result<usize> {
    let old = store::sealed_before(tx, current_key(keyring)?, limit)?;
    for (shop, order, contact) in &old {
        let personal = open(keyring, *shop, *order, contact);
        match seal(keyring, *shop, *order, &personal)? {
            Some(new) => store::reseal(tx, *shop, *order, contact, &new)?,
            // The key that could open it was retired: it can never be read again.
            None => store::drop_sealed(tx, *shop, *order)?,
        }
    }
    Ok(old.len())
}

/// How many contacts are sealed with older keys than the one in use.
///
/// # Errors
/// The database's; [`db::Error::Unavailable`] when no key is in use.
pub fn to_reseal(conn: &mut Connection, keyring: &Keyring) -> db::Result<i64> {
    super::store::hashes::count_sealed_before(conn, current_key(keyring)?)
}

/// The key that addresses are sealed with now.
fn current_key(keyring: &Keyring) -> db::Result<i64> {
    let sealed = keyring.seal_address(&[], &[]);
    sealed.map(|sealed| sealed.kid).map_err(|error| db::Error::Unavailable(error.to_string()))
}
