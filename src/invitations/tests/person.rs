//! The person's say: unsubscribing, taking it back, being forgotten.

use super::house::House;
use crate::invitations::store;
use crate::invitations::{
    Bearer, Reach, Suppression, SuppressionReason, bearer, forget, is_suppressed, mark_reviewed, personal, resubscribe,
    suppress, unsubscribe,
};
use crate::kernel::email::EmailAddress;
use crate::kernel::time::DAY;
use crate::orders::event::EventKind;
use crate::orders::{Actor, Reason, State};
use crate::sign::token::Purpose;

async fn holder(house: &House) -> Bearer {
    let (ctx, token) = (house.ctx.clone(), house.token("/u/"));
    let who =
        house.ctx.db().read(move |conn| bearer(conn, ctx.keyring(), &token, Purpose::Unsubscribe, ctx.now())).await;
    who.unwrap().expect("the link in the mail opens")
}

#[tokio::test]
async fn unsubscribing_ends_what_is_planned_and_what_would_be() {
    let house = House::with(|shop| shop.policy.cap_days = 0);
    let sent = house.push(EventKind::Fulfilled, "#1", "ada@example.com").await;
    house.at("2026-07-08T10:00:00.000Z").await;
    let pending = house.push(EventKind::Fulfilled, "#2", "ada@example.com").await;
    let who = holder(&house).await;
    let (reader, now) = (who.clone(), house.ctx.now());
    house.ctx.db().write(move |tx| unsubscribe(tx, &reader, false, now).map(drop)).await.unwrap();
    assert_eq!(house.state(sent).await, State::Sent);
    assert_eq!(house.state(pending).await, State::Skipped(Reason::Unsubscribed));
    let later = house.push(EventKind::Fulfilled, "#3", "ada@example.com").await;
    assert_eq!(house.state(later).await, State::Skipped(Reason::Unsubscribed));
    house.clock.advance(30 * DAY);
    house.work().await;
    assert_eq!(house.mails().len(), 1);
    house.ctx.db().write(move |tx| resubscribe(tx, &who).map(drop)).await.unwrap();
    let again = house.push(EventKind::Fulfilled, "#4", "ada@example.com").await;
    assert!(matches!(house.state(again).await, State::Scheduled(_)));
}

#[tokio::test]
async fn whoever_reviewed_a_mail_that_came_back_stays_a_reviewer() {
    let house = House::new();
    let order = house.push(EventKind::Fulfilled, "#1", "ada@example.com").await;
    house.at("2026-07-08T10:00:00.000Z").await;
    let (who, id, shop, now) =
        (holder(&house).await, house.row(order).await.unwrap().id, house.shop().id, house.ctx.now());
    let reader = who.clone();
    house
        .ctx
        .db()
        .write(move |tx| {
            // A full mailbox, which some servers say of mails that they keep.
            store::mark_unsent(tx, shop, id)?;
            mark_reviewed(tx, &reader, now)?;
            unsubscribe(tx, &reader, false, now).map(drop)
        })
        .await
        .unwrap();
    assert_eq!(house.state(order).await, State::Reviewed);
    assert!(!house.row(order).await.unwrap().is_pending(), "nobody is asked who has answered");
}

#[tokio::test]
async fn a_review_of_a_mail_that_came_back_counts_for_the_cap_until_its_days_are_over() {
    let house = House::new();
    house.push(EventKind::Fulfilled, "#1", "ada@example.com").await;
    house.at("2026-07-08T10:00:00.000Z").await;
    let who = holder(&house).await;
    let (id, shop, now) = (who.invitation, house.shop().id, house.ctx.now());
    let come_back_and_review = house.ctx.db().write(move |tx| {
        store::mark_unsent(tx, shop, id)?;
        mark_reviewed(tx, &who, now)
    });
    come_back_and_review.await.unwrap();
    house.clock.advance(20 * DAY);
    let soon = house.push(EventKind::Fulfilled, "#2", "ada@example.com").await;
    assert_eq!(house.state(soon).await, State::Skipped(Reason::FrequencyCap), "27 days after the review");
    house.clock.advance(4 * DAY);
    let later = house.push(EventKind::Fulfilled, "#3", "ada@example.com").await;
    assert!(matches!(house.state(later).await, State::Scheduled(_)), "31 days after it");
    house.clock.advance(7 * DAY);
    house.work().await;
    assert_eq!(house.state(later).await, State::Sent);
}

#[tokio::test]
async fn a_token_opens_only_what_it_was_made_for() {
    let house = House::new();
    house.push(EventKind::Fulfilled, "#1", "ada@example.com").await;
    house.at("2026-07-08T10:00:00.000Z").await;
    let (review, stop) = (house.token("/r/"), house.token("/u/"));
    for (token, purpose) in
        [(review.clone(), Purpose::Unsubscribe), (stop, Purpose::Review), (format!("{review}A"), Purpose::Review)]
    {
        let ctx = house.ctx.clone();
        let who =
            house.ctx.db().read(move |conn| bearer(conn, ctx.keyring(), &token, purpose, ctx.now())).await.unwrap();
        assert_eq!(who, None);
    }
    house.clock.advance(3 * 365 * DAY);
    let ctx = house.ctx.clone();
    let who = house.ctx.db().read(move |conn| bearer(conn, ctx.keyring(), &review, Purpose::Review, ctx.now())).await;
    assert_eq!(who.unwrap(), None, "expired is unknown");
}

#[tokio::test]
async fn forgetting_stops_mail_and_takes_the_hash_off() {
    let house = House::new();
    let order = house.push(EventKind::Fulfilled, "#1", "ada@example.com").await;
    let person = house.ctx.keyring().person(&EmailAddress::parse("ada@example.com").unwrap());
    let (shop, now) = (house.shop().id, house.ctx.now());
    let known = house.ctx.db().read(move |conn| personal(conn, Some(shop), &person)).await.unwrap();
    assert_eq!((known.invitations.len(), known.suppressions.len()), (1, 0));
    house
        .ctx
        .db()
        .write(move |tx| {
            crate::orders::personal::forget(tx, shop, &person, now, now)?;
            forget(tx, shop, &[order], now)
        })
        .await
        .unwrap();
    assert_eq!(house.state(order).await, State::Skipped(Reason::CustomerErased));
    let row = house.row(order).await.unwrap();
    assert_eq!((row.person, row.is_pending()), (None, false));
    house.push(EventKind::Delivered, "#1", "").await;
    house.clock.advance(30 * DAY);
    house.work().await;
    assert_eq!(house.mails().len(), 0);
    assert_eq!(house.state(order).await, State::Skipped(Reason::CustomerErased));
}

#[tokio::test]
async fn a_graver_reason_stays_and_reaches_every_shop() {
    let house = House::new();
    let person = house.ctx.keyring().person(&EmailAddress::parse("ada@example.com").unwrap());
    let (shop, at) = (house.shop().id, house.ctx.now());
    let wishes = [
        (Reach::Shop(shop), SuppressionReason::Unsubscribed),
        (Reach::Instance, SuppressionReason::HardBounce),
        (Reach::Instance, SuppressionReason::Complaint),
    ];
    for (reach, reason) in wishes {
        let wish = Suppression { person, reach, reason, at };
        house.ctx.db().write(move |tx| suppress(tx, shop, &wish, Actor::Attesta)).await.unwrap();
    }
    let elsewhere = house.ctx.ids().next();
    let stands = house.ctx.db().read(move |conn| is_suppressed(conn, elsewhere, &person)).await.unwrap();
    assert_eq!(stands, Some(SuppressionReason::HardBounce));
    let order = house.push(EventKind::Fulfilled, "#1", "ada@example.com").await;
    assert_eq!(house.state(order).await, State::Skipped(Reason::AddressBounced));
}

#[tokio::test]
async fn a_word_against_one_shop_says_nothing_of_another() {
    let house = House::new();
    let person = house.ctx.keyring().person(&EmailAddress::parse("ada@example.com").unwrap());
    let (at, elsewhere) = (house.ctx.now(), house.ctx.ids().next());
    let wish = Suppression { person, reach: Reach::Shop(elsewhere), reason: SuppressionReason::Complaint, at };
    house.ctx.db().write(move |tx| suppress(tx, elsewhere, &wish, Actor::Attesta)).await.unwrap();
    let here = house.shop().id;
    for (shop, reason) in [(here, None), (elsewhere, Some(SuppressionReason::Complaint))] {
        let stands = house.ctx.db().read(move |conn| is_suppressed(conn, shop, &person)).await.unwrap();
        assert_eq!(stands, reason);
    }
}
