//! Planning: when, whether, and again.

use super::house::{House, at, event};
use crate::invitations::jobs;
use crate::kernel::delay::Delay;
use crate::kernel::time::{DAY, HOUR, MINUTE, Timestamp};
use crate::merchants::{LegalBasis, Sector};
use crate::orders::event::{Change, EventKind, OrderEvent};
use crate::orders::{Reason, State};

#[tokio::test]
async fn an_order_waits_for_its_trigger_and_is_then_scheduled() {
    let house = House::new();
    let order = house.push(EventKind::Created, "#1", "ada@example.com").await;
    assert_eq!(house.state(order).await, State::Waiting(Reason::NotTriggered));
    assert_eq!(house.row(order).await, None, "nothing is planned yet");
    let fulfilled = house.push(EventKind::Fulfilled, "#1", "").await;
    assert_eq!(fulfilled, order);
    assert_eq!(house.state(order).await, State::Scheduled(at("2026-07-08T10:00:00.000Z")));
    let row = house.row(order).await.unwrap();
    assert_eq!(row.submit_until, at("2026-12-28T10:00:00.000Z"), "180 days from the trigger");
    house.clock.advance(HOUR);
    house.push(EventKind::Delivered, "#1", "").await;
    assert_eq!(house.row(order).await.unwrap(), row, "a later event of the same purchase moves nothing");
}

#[tokio::test]
async fn each_reason_for_not_asking_is_the_orders_state() {
    let house = House::new();
    let cases: [(&str, &str, Reason); 2] = [("#1", "", Reason::NoEmail), ("#2", "nobody", Reason::InvalidEmail)];
    for (number, email, reason) in cases {
        let order = house.push(EventKind::Fulfilled, number, email).await;
        assert_eq!(house.state(order).await, State::Skipped(reason));
    }
    let order =
        house.take(event(EventKind::Fulfilled, "#3", "a@example.com", house.ctx.now().minus_ms(91 * DAY))).await;
    assert_eq!(house.state(order).await, State::Skipped(Reason::TooOld));
    let order = house.push(EventKind::Fulfilled, "#4", "b@example.com").await;
    house.push(EventKind::Cancelled, "#4", "").await;
    assert_eq!(house.state(order).await, State::Skipped(Reason::OrderCancelled));
    let order = house.push(EventKind::Fulfilled, "#5", "c@example.com").await;
    house.push(EventKind::Refunded, "#5", "").await;
    assert_eq!(house.state(order).await, State::Skipped(Reason::OrderRefunded));
    let strict = House::with(|shop| {
        shop.legal_basis = LegalBasis::None;
        shop.policy.min_total = Some(1000);
        shop.sector = Sector::TourismIt;
    });
    let order = strict.push(EventKind::Fulfilled, "#1", "a@example.com").await;
    assert_eq!(strict.state(order).await, State::Skipped(Reason::NoLegalBasis));
    let mut cheap = event(EventKind::Fulfilled, "#2", "b@example.com", strict.ctx.now());
    (cheap.legal_basis, cheap.total) = (Change::Set(LegalBasis::Consent), Change::Set(999));
    let order = strict.take(cheap.clone()).await;
    assert_eq!(strict.state(order).await, State::Skipped(Reason::BelowMinimum));
    let mut late = event(EventKind::Fulfilled, "#3", "c@example.com", strict.ctx.now().minus_ms(31 * DAY));
    late.legal_basis = cheap.legal_basis.clone();
    let order = strict.take(late).await;
    assert_eq!(strict.state(order).await, State::Skipped(Reason::WindowClosed));
}

#[tokio::test]
async fn the_cap_counts_what_is_sent_and_what_is_scheduled() {
    let house = House::new();
    let first = house.push(EventKind::Fulfilled, "#1", "ada@example.com").await;
    let second = house.push(EventKind::Fulfilled, "#2", "ADA@Example.com").await;
    assert_eq!(house.state(second).await, State::Skipped(Reason::FrequencyCap));
    let other = house.push(EventKind::Fulfilled, "#3", "bob@example.com").await;
    assert!(matches!(house.state(other).await, State::Scheduled(_)));
    house.push(EventKind::Cancelled, "#1", "").await;
    assert_eq!(house.state(first).await, State::Skipped(Reason::OrderCancelled));
    house.push(EventKind::Updated, "#2", "").await;
    assert!(matches!(house.state(second).await, State::Scheduled(_)), "the way is free again");
    house.at("2026-07-08T10:00:00.000Z").await;
    assert_eq!(house.state(second).await, State::Sent);
    house.clock.set(at("2026-07-31T09:00:00.000Z"));
    let early = house.push(EventKind::Fulfilled, "#4", "ada@example.com").await;
    assert_eq!(house.state(early).await, State::Skipped(Reason::FrequencyCap), "an hour less than 30 days");
}

#[tokio::test]
async fn a_cap_that_is_raised_leaves_each_person_one_mail() {
    let house = House::with(|shop| shop.policy.cap_days = 0);
    let mut orders = Vec::new();
    for number in ["#1", "#2", "#3"] {
        orders.push(house.push(EventKind::Fulfilled, number, "ada@example.com").await);
        house.clock.advance(HOUR);
    }
    house.change(|shop| shop.policy.cap_days = 30).await;
    house.work().await;
    let mut asked = 0;
    for order in orders {
        match house.state(order).await {
            State::Scheduled(_) => asked += 1,
            state => assert_eq!(state, State::Skipped(Reason::FrequencyCap)),
        }
    }
    assert_eq!(asked, 1, "whoever is dropped stands in nobody's way");
}

#[tokio::test]
async fn a_cap_that_is_raised_drops_only_what_is_too_close_to_a_mail_that_leaves() {
    let house = House::with(|shop| shop.policy.cap_days = 0);
    house.change(|shop| shop.policy.invite_after = Delay::days(60)).await;
    let mut orders = Vec::new();
    for (number, days) in [("#1", 20), ("#2", 20), ("#3", 0)] {
        orders.push(house.push(EventKind::Fulfilled, number, "ada@example.com").await);
        house.clock.advance(days * DAY);
    }
    house.change(|shop| shop.policy.cap_days = 30).await;
    house.work().await;
    assert!(matches!(house.state(orders[0]).await, State::Scheduled(_)), "the earliest");
    assert_eq!(house.state(orders[1]).await, State::Skipped(Reason::FrequencyCap), "twenty days after it");
    assert!(matches!(house.state(orders[2]).await, State::Scheduled(_)), "forty days after the mail that leaves");
}

#[tokio::test]
async fn a_cap_that_is_raised_keeps_the_earliest_mail_wherever_its_order_stands() {
    let house = House::with(|shop| shop.policy.cap_days = 0);
    // Orders are planned again by their numbers, so many at a time.
    let earlier = [
        house.push(EventKind::Fulfilled, "#000", "ada@x.example").await,
        house.push(EventKind::Fulfilled, "#999", "bea@x.example").await,
    ];
    house.clock.advance(HOUR);
    let later = [
        house.push(EventKind::Fulfilled, "#998", "ada@x.example").await,
        house.push(EventKind::Fulfilled, "#001", "bea@x.example").await,
    ];
    for n in 100..310 {
        house.push(EventKind::Fulfilled, &format!("#{n}"), &format!("cliente{n}@example.com")).await;
    }
    house.change(|shop| shop.policy.cap_days = 30).await;
    house.work().await;
    for (earlier, later) in earlier.into_iter().zip(later) {
        assert!(matches!(house.state(earlier).await, State::Scheduled(_)), "the earliest stays");
        assert_eq!(house.state(later).await, State::Skipped(Reason::FrequencyCap), "an hour after it");
    }
}

#[tokio::test]
async fn mails_that_could_not_leave_in_time_do_not_leave_together() {
    let house = House::with(|shop| shop.policy.cap_days = 2);
    let first = house.push(EventKind::Fulfilled, "#1", "ada@example.com").await;
    house.clock.advance(3 * DAY);
    let second = house.push(EventKind::Fulfilled, "#2", "ada@example.com").await;
    assert!(matches!(house.state(second).await, State::Scheduled(_)), "three days apart");
    // Nothing ran for a month; both are due since long.
    house.clock.advance(30 * DAY);
    let third =
        house.take(event(EventKind::Fulfilled, "#3", "ada@example.com", house.ctx.now().minus_ms(7 * DAY))).await;
    assert_eq!(house.state(third).await, State::Skipped(Reason::FrequencyCap), "the others leave at any moment");
    house.work().await;
    assert_eq!(house.mails().len(), 1);
    assert_eq!(house.state(first).await, State::Sent);
    assert_eq!(house.state(second).await, State::Skipped(Reason::FrequencyCap));
}

#[tokio::test]
async fn what_cannot_leave_any_more_stands_in_nobodys_way() {
    let house = House::with(|shop| shop.policy.cap_days = 2);
    let first = house.push(EventKind::Fulfilled, "#1", "ada@example.com").await;
    // Nothing ran until the time to write about the first was over.
    house.clock.advance(175 * DAY);
    let second = house.push(EventKind::Fulfilled, "#2", "ada@example.com").await;
    house.clock.advance(8 * DAY);
    house.work().await;
    assert_eq!(house.state(first).await, State::Skipped(Reason::WindowClosed));
    assert_eq!(house.state(second).await, State::Sent);
}

#[tokio::test]
async fn the_cap_ends_to_the_millisecond_and_counts_what_is_planned() {
    let house = House::new();
    house.push(EventKind::Fulfilled, "#1", "ada@example.com").await;
    house.at("2026-07-08T10:00:00.000Z").await;
    house.clock.set(at("2026-07-31T10:00:00.000Z"));
    let order = house.push(EventKind::Fulfilled, "#2", "ada@example.com").await;
    assert_eq!(house.state(order).await, State::Scheduled(at("2026-08-07T10:00:00.000Z")));
    house.clock.set(at("2026-08-01T10:00:00.000Z"));
    let third = house.push(EventKind::Fulfilled, "#3", "ada@example.com").await;
    assert_eq!(house.state(third).await, State::Skipped(Reason::FrequencyCap), "the one of the 7th counts already");
}

#[tokio::test]
async fn a_new_address_is_planned_for_and_test_orders_never_count() {
    let house = House::new();
    let order = house.push(EventKind::Fulfilled, "#1", "ada@example.com").await;
    let before = house.row(order).await.unwrap();
    house.clock.advance(MINUTE);
    house.push(EventKind::Updated, "#1", "bob@example.com").await;
    let after = house.row(order).await.unwrap();
    assert_eq!((after.id, after.due_at), (before.id, before.due_at));
    assert_ne!(after.person, before.person);
    for number in ["T1", "T2"] {
        let mut test = event(EventKind::Fulfilled, number, "bob@example.com", house.ctx.now());
        test.test = Some(true);
        let order = house.take(test).await;
        assert!(matches!(house.state(order).await, State::Scheduled(_)), "no cap on tests");
    }
    let real = house.push(EventKind::Fulfilled, "#2", "carol@example.com").await;
    assert!(matches!(house.state(real).await, State::Scheduled(_)));
}

#[tokio::test]
async fn a_changed_policy_plans_again_what_waits() {
    let house = House::new();
    let planned = house.push(EventKind::Fulfilled, "#1", "ada@example.com").await;
    let waiting = house.push(EventKind::Created, "#2", "bob@example.com").await;
    house.work().await;
    house.change(|shop| shop.policy.invite_after = Delay::days(3)).await;
    house.work().await;
    assert_eq!(house.state(planned).await, State::Scheduled(at("2026-07-04T10:00:00.000Z")));
    house
        .change(|shop| {
            shop.policy.invite_on = crate::merchants::Trigger::Created;
            shop.policy.hours = Some((14, 16));
        })
        .await;
    house.work().await;
    assert_eq!(house.state(waiting).await, State::Scheduled(at("2026-07-04T12:00:00.000Z")), "14:00 in Rome");
    house.change(|shop| shop.legal_basis = LegalBasis::None).await;
    house.work().await;
    assert_eq!(house.state(planned).await, State::Skipped(Reason::NoLegalBasis));
    house.clock.advance(30 * DAY);
    house.work().await;
    assert_eq!(house.mails(), Vec::<String>::new());
}

#[tokio::test]
async fn a_missing_job_is_found_by_state() {
    let house = House::new();
    let order = house.push(EventKind::Fulfilled, "#1", "ada@example.com").await;
    let row = house.row(order).await.unwrap();
    let subject = crate::jobs::Subject::from(row.id);
    house.ctx.db().write(move |tx| crate::jobs::cancel(tx, "invitation", subject)).await.unwrap();
    house.clock.advance(8 * DAY);
    house.work().await;
    assert!(matches!(house.state(order).await, State::Scheduled(_)), "nothing sends it");
    assert_eq!(jobs::heal(&house.ctx).await.unwrap(), 1);
    house.work().await;
    assert_eq!(house.state(order).await, State::Sent);
    assert_eq!(jobs::heal(&house.ctx).await.unwrap(), 0);
}

/// Every order in which `n` events may arrive.
fn arrivals(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let shorter = arrivals(n - 1);
    let with_last = |rest: &Vec<usize>, place: usize| {
        let mut all = rest.clone();
        all.insert(place, n - 1);
        all
    };
    shorter.iter().flat_map(|rest| (0..n).map(move |place| with_last(rest, place))).collect()
}

/// An event of a story; only one of them knows the customer.
fn told(kind: EventKind, number: i64, now: Timestamp) -> OrderEvent {
    let email = if kind == EventKind::Created { format!("c{number}@example.com") } else { String::new() };
    let ago = if kind == EventKind::Fulfilled { HOUR / 2 } else { HOUR };
    event(kind, &format!("#{number}"), &email, now.minus_ms(ago))
}

#[tokio::test]
async fn events_in_any_order_and_twice_end_in_one_state() {
    let house = House::new();
    let (now, mut number) = (house.ctx.now(), 0);
    let stories: [(&[EventKind], State); 3] = [
        (
            &[EventKind::Created, EventKind::Paid, EventKind::Fulfilled, EventKind::Updated],
            State::Scheduled(at("2026-07-08T09:30:00.000Z")),
        ),
        (
            &[EventKind::Created, EventKind::Fulfilled, EventKind::Updated, EventKind::Cancelled],
            State::Skipped(Reason::OrderCancelled),
        ),
        (&[EventKind::Created, EventKind::Delivered, EventKind::Refunded], State::Skipped(Reason::OrderRefunded)),
    ];
    for (kinds, expected) in stories {
        for arrival in arrivals(kinds.len()) {
            number += 1;
            let mut last = None;
            for place in arrival.iter().chain(&arrival) {
                let kind = kinds[*place];
                last = Some(house.take(told(kind, number, now)).await);
            }
            let order = last.unwrap();
            assert_eq!(house.state(order).await, expected, "{kinds:?} as {arrival:?}");
            let pending = house.row(order).await.is_some_and(|row| row.is_pending());
            assert_eq!(pending, matches!(expected, State::Scheduled(_)), "{kinds:?} as {arrival:?}");
        }
    }
}
