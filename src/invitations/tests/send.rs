//! Sending: what is true when the mail is about to leave, the reminder, the fresh link.

use super::house::{House, at};
use crate::db::Connection;
use crate::invitations::jobs::{RELEASED, release_reminders};
use crate::invitations::model::REMINDER;
use crate::invitations::{InvitationLetter, ask_fresh_link, bearer, mark_reviewed};
use crate::kernel::delay::Delay;
use crate::kernel::id::OrderId;
use crate::kernel::time::{DAY, HOUR};
use crate::mail::{Fate, Letter, Release, Settled, held_about};
use crate::merchants::ShopStatus;
use crate::orders::event::EventKind;
use crate::orders::{Reason, State};
use crate::sign::token::Purpose;

const DUE: &str = "2026-07-08T10:00:00.000Z";

#[tokio::test]
async fn a_mail_that_was_taken_makes_the_order_sent() {
    let house = House::new();
    let order = house.push(EventKind::Fulfilled, "#1", "ada@example.com").await;
    house.at("2026-07-08T09:59:59.999Z").await;
    assert_eq!(house.mails().len(), 0);
    house.at(DUE).await;
    assert_eq!(house.state(order).await, State::Sent);
    assert!(house.order(order).await.invited);
    assert_eq!(house.mails(), ["Bottega: how was your order #1?"]);
    let row = house.row(order).await.unwrap();
    assert_eq!(row.sent_at, Some(at(DUE)));
    assert_eq!(row.token_expires_at, Some(at(DUE).plus_ms(3 * 365 * DAY)));
    let token = house.token("/r/");
    let ctx = house.ctx.clone();
    let who = house.ctx.db().read(move |conn| bearer(conn, ctx.keyring(), &token, Purpose::Review, ctx.now())).await;
    let who = who.unwrap().expect("the link in the mail opens");
    assert_eq!((who.invitation, who.order_id, who.open), (row.id, order, true));
    house.push(EventKind::Cancelled, "#1", "").await;
    assert_eq!(house.state(order).await, State::Sent, "what was sent stays sent");
}

#[tokio::test]
async fn everything_is_read_again_when_the_mail_is_about_to_leave() {
    let house = House::new();
    let order = house.push(EventKind::Fulfilled, "#1", "ada@example.com").await;
    house.change(|shop| shop.status = ShopStatus::Suspended).await;
    house.clock.set(at(DUE));
    house.work().await;
    assert_eq!(house.state(order).await, State::Skipped(Reason::ShopSuspended));
    house.change(|shop| shop.status = ShopStatus::Open).await;
    let order = house.push(EventKind::Fulfilled, "#2", "bob@example.com").await;
    house.clock.advance(200 * DAY);
    house.work().await;
    assert_eq!(house.state(order).await, State::Skipped(Reason::WindowClosed), "the node slept for half a year");
    assert_eq!(house.mails().len(), 0);
}

#[tokio::test]
async fn a_pause_holds_and_its_end_releases() {
    let house = House::with(|shop| shop.policy.hours = Some((9, 20)));
    let order = house.push(EventKind::Fulfilled, "#1", "ada@example.com").await;
    house.change(|shop| shop.paused = true).await;
    house.at(DUE).await;
    assert_eq!(house.state(order).await, State::Held(Reason::ShopPaused));
    house.at("2026-07-10T20:00:00.000Z").await;
    assert_eq!(crate::invitations::jobs::heal(&house.ctx).await.unwrap(), 0, "held is not missed");
    house.change(|shop| shop.paused = false).await;
    house.work().await;
    assert_eq!(house.state(order).await, State::Scheduled(at("2026-07-11T07:00:00.000Z")), "within the shop's hours");
    house.change(|shop| shop.paused = true).await;
    house.at("2026-07-11T07:00:00.000Z").await;
    assert_eq!(house.state(order).await, State::Held(Reason::ShopPaused), "held a second time");
    house.change(|shop| shop.paused = false).await;
    house.work().await;
    assert_eq!(house.state(order).await, State::Sent);
    assert_eq!(house.mails().len(), 1);
}

#[tokio::test]
async fn one_reminder_with_the_same_link_and_none_after_a_review() {
    let house = House::with(|shop| shop.policy.remind_after = Some(Delay::days(5)));
    let order = house.push(EventKind::Fulfilled, "#1", "ada@example.com").await;
    let reviewed = house.push(EventKind::Fulfilled, "#2", "bob@example.com").await;
    house.at(DUE).await;
    assert_eq!(house.mails().len(), 2);
    let row = house.row(reviewed).await.unwrap();
    let ctx = house.ctx.clone();
    house
        .ctx
        .db()
        .write(move |tx| {
            let tokens = row.tokens(ctx.keyring(), ctx.now()).unwrap();
            let who = bearer(tx, ctx.keyring(), &tokens.review, Purpose::Review, ctx.now())?.unwrap();
            mark_reviewed(tx, &who, ctx.now())
        })
        .await
        .unwrap();
    assert_eq!(house.state(reviewed).await, State::Reviewed);
    let tokens = house.row(order).await.unwrap().tokens(house.ctx.keyring(), house.ctx.now()).unwrap();
    house.at("2026-07-13T10:00:00.000Z").await;
    assert_eq!(house.mails().len(), 3, "one reminder, for the one without a review");
    assert_eq!(house.token("/r/"), tokens.review);
    assert_eq!(house.token("/u/"), tokens.unsubscribe);
    assert!(house.row(order).await.unwrap().reminded_at.is_some());
    house.clock.advance(20 * DAY);
    house.work().await;
    assert_eq!(house.mails().len(), 3);
}

#[tokio::test]
async fn a_fresh_link_leaves_once_a_day_and_lives_longer() {
    let house = House::new();
    let order = house.push(EventKind::Fulfilled, "#1", "ada@example.com").await;
    house.at(DUE).await;
    let token = house.token("/r/");
    house.clock.advance(HOUR);
    for asked in ["nonsense", token.as_str(), token.as_str()] {
        ask_fresh_link(&house.ctx, asked).await.unwrap();
        house.work().await;
    }
    assert_eq!(house.mails().len(), 2, "once a day");
    let fresh = house.token("/r/");
    assert_ne!(fresh, token);
    assert_eq!(house.row(order).await.unwrap().token_expires_at, Some(at(DUE).plus_ms(HOUR + 3 * 365 * DAY)));
    house.clock.advance(DAY);
    ask_fresh_link(&house.ctx, &token).await.unwrap();
    house.work().await;
    assert_eq!(house.mails().len(), 3);
}

async fn settled(house: &House, order: OrderId, fate: Fate) {
    let (ctx, row) = (house.ctx.clone(), house.row(order).await.unwrap());
    let what = Settled { message: ctx.ids().next(), edition: row.edition, at: ctx.now(), fate };
    house.ctx.db().write(move |tx| InvitationLetter.settle(tx, &ctx, row.id.into(), &what)).await.unwrap();
}

#[tokio::test]
async fn what_the_server_said_is_the_orders_state() {
    let house = House::with(|shop| shop.policy.cap_days = 0);
    let order = house.push(EventKind::Fulfilled, "#1", "ada@example.com").await;
    let other = house.push(EventKind::Fulfilled, "#2", "ada@example.com").await;
    let next = at(DUE).plus_ms(HOUR);
    let fates = [
        (Fate::Waiting("temporary_refusal", next), State::Failed(Reason::MailDelayed, Some(next))),
        (Fate::Waiting("unknown_outcome", next), State::Failed(Reason::UnknownOutcome, Some(next))),
        (Fate::Parked("refused_by_mail_server", next), State::Failed(Reason::MailRefused, Some(next))),
        (Fate::Held("mail_server_down", Some(next)), State::Held(Reason::TransportHeld)),
        (Fate::Held("no_public_url", None), State::Held(Reason::NoPublicUrl)),
        (Fate::Held("no_mail_server", None), State::Held(Reason::NoMailServer)),
        (Fate::Bounced("hard_bounce"), State::Failed(Reason::HardBounce, None)),
    ];
    for (fate, state) in fates {
        settled(&house, order, fate).await;
        assert_eq!(house.state(order).await, state);
    }
    assert_eq!(house.state(other).await, State::Skipped(Reason::AddressBounced), "the same mailbox");
    house.push(EventKind::Delivered, "#1", "").await;
    assert_eq!(house.state(order).await, State::Failed(Reason::HardBounce, None), "an event does not undo it");
    house.push(EventKind::Updated, "#1", "ada@other.example").await;
    assert!(matches!(house.state(order).await, State::Scheduled(_)), "another address does");
    settled(&house, order, Fate::Failed("mailbox_full")).await;
    assert_eq!(house.state(order).await, State::Failed(Reason::SoftBounces, None));
    settled(&house, order, Fate::Sent).await;
    assert_eq!(house.state(order).await, State::Sent, "a mail that left is sent, whatever was thought before");
}

#[tokio::test]
async fn reminders_that_a_pause_held_are_released_page_by_page() {
    let house = House::with(|shop| (shop.policy.remind_after, shop.policy.cap_days) = (Some(Delay::days(5)), 0));
    for n in 0..=RELEASED {
        house.push(EventKind::Fulfilled, &format!("#{n}"), "ada@example.com").await;
    }
    house.at(DUE).await;
    house.change(|shop| shop.paused = true).await;
    house.at("2026-07-13T10:00:00.000Z").await;
    let (shop, now) = (house.shop(), house.ctx.now());
    let held = move |conn: &mut Connection| {
        let reasons = [Reason::ShopPaused.code()];
        held_about(conn, Release { kind: REMINDER, reasons: &reasons, shop: Some(shop.id) }, 1_000)
    };
    for (left, more) in [(1, true), (0, true), (0, false)] {
        let of = house.shop();
        let released = house.ctx.db().write(move |tx| release_reminders(tx, &of, now)).await.unwrap();
        let held = house.ctx.db().read(held).await.unwrap();
        assert_eq!((held.len(), released), (left, more), "one page a write");
    }
}
