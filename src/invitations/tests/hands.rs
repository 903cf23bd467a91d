//! The shop's hands, and what is counted of them.

use super::house::{House, at, event};
use crate::invitations::{Asked, Handled, Later, cancel, hand_counts, list, postpone, send_now};
use crate::kernel::delay::Delay;
use crate::kernel::id::OrderId;
use crate::kernel::time::{DAY, HOUR};
use crate::orders::event::EventKind;
use crate::orders::{Reason, State};

async fn postponed(house: &House, order: OrderId, by: Delay) -> Handled {
    let (shop, now) = (house.shop(), house.ctx.now());
    house.ctx.db().write(move |tx| postpone(tx, &shop, order, Later::By(by), now)).await.unwrap()
}

async fn cancelled(house: &House, order: OrderId) -> Handled {
    let (ctx, shop, now) = (house.ctx.clone(), house.shop().id, house.ctx.now());
    house.ctx.db().write(move |tx| cancel(tx, &ctx, shop, order, now)).await.unwrap()
}

async fn hastened(house: &House, order: OrderId) -> Handled {
    let (shop, now) = (house.shop().id, house.ctx.now());
    house.ctx.db().write(move |tx| send_now(tx, shop, order, now)).await.unwrap()
}

#[tokio::test]
async fn postponing_ends_at_thirty_days_in_all() {
    let house = House::new();
    let order = house.push(EventKind::Fulfilled, "#1", "ada@example.com").await;
    assert_eq!(
        postponed(&house, order, Delay::days(20)).await,
        Handled::Done(State::Scheduled(at("2026-07-28T10:00:00.000Z")))
    );
    assert_eq!(postponed(&house, order, Delay::days(11)).await, Handled::Limit { left_ms: 10 * DAY });
    assert!(matches!(postponed(&house, order, Delay::days(10)).await, Handled::Done(_)));
    assert_eq!(postponed(&house, order, Delay::hours(1)).await, Handled::Limit { left_ms: 0 });
    house.push(EventKind::Delivered, "#1", "").await;
    assert_eq!(house.state(order).await, State::Scheduled(at("2026-08-07T10:00:00.000Z")), "an event keeps the wish");
    house.at("2026-08-07T10:00:00.000Z").await;
    assert_eq!(house.state(order).await, State::Sent);
    assert_eq!(postponed(&house, order, Delay::hours(1)).await, Handled::AlreadySent);
}

#[tokio::test]
async fn no_event_moves_a_mail_before_the_time_that_was_promised() {
    let house = House::new();
    // Heard of late: due at once.
    let late =
        house.take(event(EventKind::Fulfilled, "#1", "ada@example.com", house.ctx.now().minus_ms(20 * DAY))).await;
    let promised = State::Scheduled(house.ctx.now().plus_ms(7 * DAY));
    assert_eq!(postponed(&house, late, Delay::days(7)).await, Handled::Done(promised));
    house.push(EventKind::Delivered, "#1", "").await;
    assert_eq!(house.state(late).await, promised);
    house.change(|shop| shop.policy.invite_after = Delay::days(1)).await;
    house.work().await;
    assert_eq!(house.state(late).await, promised, "nor does another policy");
}

#[tokio::test]
async fn cancelling_is_final_also_before_the_trigger() {
    let house = House::new();
    let planned = house.push(EventKind::Fulfilled, "#1", "ada@example.com").await;
    let waiting = house.push(EventKind::Created, "#2", "bob@example.com").await;
    let gone = State::Skipped(Reason::CancelledByShop);
    for order in [planned, waiting] {
        assert_eq!(cancelled(&house, order).await, Handled::Done(gone));
        assert_eq!(cancelled(&house, order).await, Handled::Done(gone), "twice is once");
    }
    house.push(EventKind::Fulfilled, "#2", "").await;
    house.push(EventKind::Updated, "#1", "carol@example.com").await;
    assert_eq!((house.state(planned).await, house.state(waiting).await), (gone, gone));
    assert_eq!(hastened(&house, planned).await, Handled::Final(gone));
    house.clock.advance(30 * DAY);
    house.work().await;
    assert_eq!(house.mails().len(), 0);
    assert_eq!(cancelled(&house, house.ctx.ids().next()).await, Handled::NoOrder);
}

#[tokio::test]
async fn sending_now_skips_the_delay_and_no_check() {
    let house = House::new();
    let order = house.push(EventKind::Fulfilled, "#1", "ada@example.com").await;
    let waiting = house.push(EventKind::Created, "#2", "bob@example.com").await;
    assert!(matches!(hastened(&house, waiting).await, Handled::NotPlanned(State::Waiting(_))));
    assert_eq!(hastened(&house, order).await, Handled::Done(State::Scheduled(house.ctx.now())));
    house.push(EventKind::Delivered, "#1", "").await;
    house.work().await;
    assert_eq!(house.state(order).await, State::Sent);
    house.clock.advance(HOUR);
    postponed(&house, waiting, Delay::days(1)).await;
    let other = house.push(EventKind::Fulfilled, "#3", "carol@example.com").await;
    postponed(&house, other, Delay::days(1)).await;
    cancelled(&house, other).await;
    let shop = house.shop().id;
    let counts = house.ctx.db().read(move |conn| hand_counts(conn, shop)).await.unwrap();
    assert_eq!((counts.cancelled, counts.postponed, counts.hastened), (1, 1, 1));
    let page = house.ctx.db().read(move |conn| list(conn, shop, &Asked::default())).await.unwrap();
    let numbers: Vec<_> = page.invitations.iter().map(|one| (one.number.as_str(), one.state)).collect();
    assert_eq!(numbers, [("#3", "skipped"), ("#1", "sent")]);
    assert_eq!(page.next, None);
}
