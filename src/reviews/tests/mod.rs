//! The story of a review, told through this room's verbs; every surface over HTTP is told in `tests/it`.

use super::answer::{AnswerText, Answered, answer};
use super::edit::{Edit, Edited, edit};
use super::erase::{Erased, erase};
use super::house::House;
use super::model::{Operator, RestrictionReason};
use super::reply::{Replied, Withdrawn, reply, withdraw_reply};
use super::restrict::{Grounds, Restored, Restricted, restore, restrict};
use super::tally::tally_of;
use crate::invitations::Bearer;
use crate::kernel::id::ReviewId;
use crate::kernel::stars::Stars;
use crate::merchants::Shop;

mod author;
mod lists;
mod others;
mod search;
mod stories;

pub(super) fn words(stars: i64, text: &str) -> Edit {
    Edit {
        stars: Stars::new(stars).unwrap(),
        title: "Bene".to_owned(),
        text: text.to_owned(),
        name: "Ada L.".to_owned(),
    }
}

pub(super) fn edited(house: &House, bearer: &Bearer, id: ReviewId, new: Edit) -> Edited {
    let bearer = bearer.clone();
    house.write(move |tx, ctx| edit(tx, ctx, &bearer, id, &new))
}

pub(super) fn erased(house: &House, bearer: &Bearer, id: ReviewId) -> Erased {
    let bearer = bearer.clone();
    house.write(move |tx, ctx| erase(tx, ctx, &bearer, id))
}

pub(super) fn restricted(house: &House, id: ReviewId) -> Restricted {
    let grounds = Grounds { reason: RestrictionReason::PersonalData, statement: "It names a neighbour.".to_owned() };
    house.write(move |tx, ctx| restrict(tx, ctx, Operator::at_the_machine(), id, &grounds))
}

pub(super) fn restored(house: &House, id: ReviewId) -> Restored {
    house.write(move |tx, ctx| restore(tx, ctx, Operator::at_the_machine(), id))
}

pub(super) fn replied(house: &House, shop: &Shop, id: ReviewId, text: &'static str) -> Replied {
    let shop = shop.clone();
    house.write(move |tx, ctx| reply(tx, ctx, &shop, id, text))
}

pub(super) fn withdrawn(house: &House, shop: &Shop, id: ReviewId) -> Withdrawn {
    let shop = shop.clone();
    house.write(move |tx, ctx| withdraw_reply(tx, ctx, &shop, id))
}

pub(super) fn answered(house: &House, bearer: &Bearer, id: ReviewId, version: i64) -> Answered {
    let bearer = bearer.clone();
    let said = AnswerText { reply_version: Some(version), text: "Grazie".to_owned() };
    house.write(move |tx, ctx| answer(tx, ctx, &bearer, id, &said))
}

pub(super) fn counts(house: &House, shop: &Shop, sku: &str) -> Vec<[i64; 5]> {
    house.read(|conn| tally_of(conn, shop.id, sku)).into_iter().map(|row| row.counts).collect()
}
