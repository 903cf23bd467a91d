//! The operator's hand on who gets mail: stopping it for a person, and taking back what stops it wrongly.
//!
//! Called by the command line only. What the operator, a bounce or a complaint put there can be lifted; a person's own word
//! (an unsubscription, an erasure) never. What was dropped stays dropped: only later orders are asked about again.

use std::collections::BTreeSet;

use super::model::{Invitation, Reach, Suppression, SuppressionReason};
use super::store;
use super::suppress::suppress;
use crate::db::{self, Connection};
use crate::kernel::id::ShopId;
use crate::kernel::time::Timestamp;
use crate::keyring::PersonHash;
use crate::orders::Actor;

/// What stopping mail to a person came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LeftAlone {
    /// Whether it was not so before.
    pub(crate) changed: bool,
    /// How many invitations were still to be sent, and are not.
    pub(crate) ended: usize,
    /// Everything that stops mail now, as far as was asked.
    pub(crate) stands: Vec<Suppression>,
}

/// What was lifted, and what was not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Released {
    /// It stops no mail any more.
    pub(crate) lifted: Vec<Suppression>,
    /// It still does: the person's own words, and, where one shop was asked about, what holds for every shop.
    pub(crate) stands: Vec<Suppression>,
}

/// No more invitations, reminders and notices to this person, on the operator's word. What is planned ends, in every shop it reaches.
pub(crate) fn leave_alone(
    tx: &mut Connection,
    person: &PersonHash,
    reach: Reach,
    now: Timestamp,
) -> db::Result<LeftAlone> {
    let before = standing(tx, person, reach)?;
    let asked = store::of_person(tx, shop_of(reach), person)?;
    let wish = Suppression { person: *person, reach, reason: SuppressionReason::Operator, at: now };
    store::suppress(tx, &wish)?;
    let shops: BTreeSet<ShopId> = asked.iter().map(|row| row.shop_id).collect();
    for shop in shops {
        suppress(tx, shop, &wish, Actor::Operator)?;
    }
    let stands = standing(tx, person, reach)?;
    let ended = asked.iter().filter(|row| Invitation::is_pending(row)).count();
    Ok(LeftAlone { changed: stands != before, ended, stands })
}

/// Lifts what others than the person put there: of one shop, or, for the whole instance, all of it wherever it reaches.
pub(crate) fn release(tx: &mut Connection, person: &PersonHash, reach: Reach) -> db::Result<Released> {
    let others = |wish: &Suppression| !wish.reason.is_own() && (reach == Reach::Instance || wish.reach == reach);
    let (lifted, stands): (Vec<Suppression>, _) = standing(tx, person, reach)?.into_iter().partition(others);
    for wish in &lifted {
        store::take_away(tx, (&wish.person, wish.reach), wish.reason)?;
    }
    Ok(Released { lifted, stands })
}

/// What stops mail to a person: everything, or what reaches one shop.
fn standing(conn: &mut Connection, person: &PersonHash, reach: Reach) -> db::Result<Vec<Suppression>> {
    let mut found = store::suppressions_of(conn, person)?;
    found.retain(|wish| reach == Reach::Instance || wish.reach == Reach::Instance || wish.reach == reach);
    Ok(found)
}

fn shop_of(reach: Reach) -> Option<ShopId> {
    match reach {
        Reach::Shop(shop) => Some(shop),
        Reach::Instance => None,
    }
}
