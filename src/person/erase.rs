//! Erasing a person over the rooms: name and address, what they wrote, what was planned; in one transaction a shop. What stays
//! names nobody, and the report says what and why. Mails that were captured on this machine go when the transaction has ended.
//!
//! Twice is once. An erasure also stops mail: whoever wants to be forgotten is not asked again, and the hash that remembers so
//! is all that is left of them.

use serde::Serialize;

use super::scope::Scope;
use super::stored::{messages_about, shops_of};
use crate::context::Context;
use crate::db::{self, Connection};
use crate::invitations::{self, Reach, Suppression, SuppressionReason};
use crate::kernel::id::{MessageId, OrderId, ShopId};
use crate::kernel::time::Timestamp;
use crate::keyring::{Keyring, PersonHash};
use crate::merchants;
use crate::orders::{self, Actor, hashes, personal};
use crate::reviews::model::Operator;
use crate::reviews::{self, Gone, Word};

/// What one shop had, room by room, and what went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Erased {
    /// Which shop.
    pub(crate) shop: String,
    /// Orders of this person.
    pub(crate) orders: usize,
    /// Of these, the ones whose name and address were dropped.
    pub(crate) addresses: usize,
    /// Invitations that went to them; their hash was dropped.
    pub(crate) invitations: usize,
    /// Of these, the ones that were still to be sent.
    pub(crate) stopped: usize,
    /// What was written.
    #[serde(flatten)]
    pub(crate) gone: Gone,
    /// The mails about all of it.
    #[serde(skip)]
    pub(super) mails: Vec<MessageId>,
}

impl Erased {
    fn nothing(shop: String) -> Self {
        Self { shop, orders: 0, addresses: 0, invitations: 0, stopped: 0, gone: Gone::default(), mails: Vec::new() }
    }

    fn add(&mut self, more: Gone) {
        self.gone.reviews += more.reviews;
        self.gone.photos += more.photos;
    }
}

/// What is left after an erasure, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stays {
    /// Orders without name and address: the shop's numbers, of which each must be accounted for.
    Orders,
    /// That a review stood there and was erased by its author, with date and stars gone from the score.
    Tombstones,
    /// What mail servers said, with addresses masked.
    MailLog,
    /// Hashes that keep the address from coming back and from being written to.
    Marks,
}

impl Stays {
    /// All of it.
    pub(crate) const ALL: [Self; 4] = [Self::Orders, Self::Tombstones, Self::MailLog, Self::Marks];
}

/// Erases what a link opens.
pub(super) fn behind(tx: &mut Connection, ctx: &Context, scope: &Scope, now: Timestamp) -> db::Result<Erased> {
    let (shop, word) = (scope.bearer.shop_id, Word::Link(&scope.bearer));
    match &scope.person {
        Some(person) => of_person(tx, ctx.keyring(), &Request { shop, person, word, now }),
        None => own_order(tx, scope, word, now),
    }
}

/// Erases a person in every shop that knows them, at their request to the operator.
pub(crate) fn everywhere(ctx: &Context, person: PersonHash, by: Operator) -> db::Result<Vec<Erased>> {
    let mut done = Vec::new();
    for shop in ctx.db().read_now(move |conn| shops_of(conn, &person))? {
        let (keyring, now) = (ctx.keyring().clone(), ctx.now());
        let one = ctx.db().write_now(move |tx| {
            of_person(tx, &keyring, &Request { shop, person: &person, word: Word::Operator(by), now })
        })?;
        done.push(one);
    }
    Ok(done)
}

/// Whom to erase where, on whose word.
struct Request<'a> {
    shop: ShopId,
    person: &'a PersonHash,
    word: Word<'a>,
    now: Timestamp,
}

fn of_person(tx: &mut Connection, keyring: &Keyring, request: &Request<'_>) -> db::Result<Erased> {
    let Request { shop, person, word, now } = *request;
    let records = personal::records(tx, keyring, Some(shop), person)?;
    let asked = invitations::personal(tx, Some(shop), person)?.invitations;
    let own: Vec<OrderId> = records.iter().map(|record| record.order).collect();
    let mut erased = Erased {
        orders: own.len(),
        addresses: records.iter().filter(|record| record.personal != orders::model::Personal::default()).count(),
        invitations: asked.len(),
        stopped: asked.iter().filter(|row| row.is_pending()).count(),
        ..Erased::nothing(domain(tx, shop)?)
    };
    personal::forget(tx, shop, person, now, now)?;
    // Also what they wrote about orders that name somebody else since.
    let mut written: Vec<OrderId> = own.iter().copied().chain(asked.iter().map(|row| row.order_id)).collect();
    written.sort_unstable();
    written.dedup();
    for order in &written {
        erased.mails.extend(messages_about(tx, shop, *order)?);
        erased.add(reviews::erase_of_order(tx, word, shop, *order, now)?);
    }
    invitations::forget(tx, shop, &own, now)?;
    let ids: Vec<_> = asked.iter().map(|row| row.id).collect();
    invitations::forget_addressee(tx, shop, &ids)?;
    leave_alone(tx, shop, person, now)?;
    for order in own {
        hashes::drop_hash(tx, shop, order)?;
    }
    Ok(erased)
}

/// The one order of a link whose holder may not be the person that the order names.
fn own_order(tx: &mut Connection, scope: &Scope, word: Word<'_>, now: Timestamp) -> db::Result<Erased> {
    let (shop, order) = (scope.bearer.shop_id, scope.bearer.order_id);
    let mut erased = Erased { orders: 1, ..Erased::nothing(domain(tx, shop)?) };
    erased.mails = messages_about(tx, shop, order)?;
    erased.add(reviews::erase_of_order(tx, word, shop, order, now)?);
    if scope.own_order {
        personal::forget_order(tx, shop, order, now)?;
        invitations::forget(tx, shop, &[order], now)?;
        hashes::drop_hash(tx, shop, order)?;
    }
    if let Some(addressee) = &scope.addressee {
        invitations::forget_addressee(tx, shop, &[scope.bearer.invitation])?;
        leave_alone(tx, shop, addressee, now)?;
    }
    Ok(erased)
}

fn leave_alone(tx: &mut Connection, shop: ShopId, person: &PersonHash, now: Timestamp) -> db::Result<()> {
    let (person, reach) = (*person, Reach::Shop(shop));
    let wish = Suppression { person, reach, reason: SuppressionReason::Erased, at: now };
    invitations::suppress(tx, shop, &wish, Actor::Customer)
}

fn domain(conn: &mut Connection, shop: ShopId) -> db::Result<String> {
    Ok(merchants::load(conn, shop)?.map(|shop| shop.domain.to_string()).unwrap_or_default())
}
