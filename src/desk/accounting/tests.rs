//! Every order is accounted for: random histories of a shop, counted as the ticks do and beside it by hand.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{Cohort, Numbers, count, days, keep, rest_ms, store, table, tick, total};
use crate::invitations::{self, Bearer, InvitationLetter, PlanItem, Purge, ReminderLetter, plan_batch};
use crate::kernel::email::EmailAddress;
use crate::kernel::id::OrderId;
use crate::kernel::order_number::OrderNumber;
use crate::kernel::time::{DAY, Timestamp, UtcDay};
use crate::mail::Letter;
use crate::mail::returned::{Back, ReturnKind, ReturnSource, Returned};
use crate::merchants::Shop;
use crate::orders::event::{Change, EventKind, Mailbox, OrderEvent};
use crate::orders::workbench::{Folded, Keep, Piece, Work, Workbench};
use crate::orders::{self, Actor, Move, Reason, State};
use crate::reviews::house::House;
use crate::sign::token::Purpose;
use crate::sign::webhook::Scheme;

/// Something that happens to a shop.
#[derive(Clone, Debug)]
enum Step {
    /// An event about one of a few orders; every fifth of them is a test order.
    Event(u8, EventKind, bool),
    /// A later room moves it.
    Move(u8, usize),
    /// A mail about it comes back for good.
    Bounce(u8, bool),
    /// Its customer posts a form that cannot be taken.
    Form(u8),
    /// Hours pass.
    Hours(u8),
    /// The ticks run.
    Count,
}

const KINDS: [EventKind; 7] = [
    EventKind::Created,
    EventKind::Paid,
    EventKind::Fulfilled,
    EventKind::Delivered,
    EventKind::Updated,
    EventKind::Refunded,
    EventKind::Cancelled,
];

fn places(now: Timestamp) -> Vec<State> {
    let held = [Reason::ShopPaused, Reason::NoMailServer].map(State::Held);
    let skipped = [Reason::Unsubscribed, Reason::FrequencyCap, Reason::CancelledByShop].map(State::Skipped);
    let failed = [Reason::MailRefused, Reason::SoftBounces].map(|reason| State::Failed(reason, None));
    let late = State::Failed(Reason::MailDelayed, Some(now));
    let plain = [State::Scheduled(now), State::Sent, State::Reviewed, late, State::Waiting(Reason::NotTriggered)];
    plain.into_iter().chain(held).chain(skipped).chain(failed).collect()
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0_u8..10, 0..KINDS.len(), any::<bool>()).prop_map(|(order, kind, mail)| Step::Event(order, KINDS[kind], mail)),
        4 => (0_u8..10, 0_usize..12).prop_map(|(order, place)| Step::Move(order, place)),
        2 => (0_u8..10, any::<bool>()).prop_map(|(order, first)| Step::Bounce(order, first)),
        2 => (0_u8..10).prop_map(Step::Form),
        2 => (1_u8..40).prop_map(Step::Hours),
        1 => Just(Step::Count),
    ]
}

/// A shop, what happened to it, the orders about which a form was started, and those whose mail came back.
struct Past<'a> {
    house: &'a House,
    shop: Shop,
    events: u32,
    started: BTreeSet<OrderId>,
    bounced: BTreeSet<OrderId>,
}

impl Past<'_> {
    fn number(order: u8) -> OrderNumber {
        OrderNumber::parse(&format!("#{order}")).unwrap()
    }

    fn find(&self, order: u8) -> Option<orders::Order> {
        self.house.read(|conn| orders::find_number(conn, self.shop.id, &Self::number(order)))
    }

    fn play(&mut self, step: &Step) {
        match step {
            Step::Event(order, kind, mail) => self.event(*order, *kind, *mail),
            Step::Move(order, place) => {
                let (Some(found), now, shop) = (self.find(*order), self.house.ctx.now(), self.shop.id) else { return };
                let state = places(now)[*place];
                // What was sent never waits again.
                if found.invited && matches!(state, State::Waiting(_)) {
                    return;
                }
                let how = Move { actor: Actor::Attesta, at: now, note: None };
                self.house.write(move |tx, _| orders::move_to(tx, shop, found.id, state, &how));
            }
            Step::Bounce(order, first) => self.bounce(*order, *first),
            Step::Form(order) => self.form(*order),
            Step::Hours(hours) => self.house.clock.advance(i64::from(*hours) * DAY / 24),
            Step::Count => self.count(),
        }
    }

    /// As the intake takes it in.
    fn event(&mut self, order: u8, kind: EventKind, mail: bool) {
        self.events += 1;
        let (shop, id, now) = (self.shop.clone(), format!("msg_{}", self.events), self.house.ctx.now());
        let mut event = OrderEvent::bare(kind, Self::number(order), now);
        event.test = Some(order.is_multiple_of(5));
        let email = EmailAddress::parse(&format!("c{}@example.com", order % 4)).unwrap();
        if mail {
            event.email = Change::Set(Mailbox::Valid(email.clone()));
        }
        self.house.write(move |tx, ctx| {
            let person = mail.then(|| ctx.keyring().person(&email));
            let work = Work { shop: &shop, event: &event, webhook_id: &id, received: now, checked: Scheme::V1, person };
            let mut bench = Workbench::fetch(tx, ctx.keyring(), &[work])?;
            let Folded::In(_) = bench.fold(ctx, &work) else { panic!("the order is of the other kind") };
            let item = |piece: &Piece<'_>| (piece.order.clone(), piece.kept(), piece.person, piece.known);
            let pieces: Vec<_> = bench.pieces().map(item).collect();
            let items: Vec<PlanItem<'_>> = pieces
                .iter()
                .map(|(order, kept, person, known)| PlanItem {
                    shop: &shop,
                    order,
                    kept: *kept,
                    person: *person,
                    known: *known,
                })
                .collect();
            for one in plan_batch(tx, ctx, &items, now)? {
                let keep = if one.purge == Purge::NotYet { Keep::Open } else { Keep::AsBefore };
                bench.settle(one.order, one.state, keep);
            }
            bench.put_back(tx, ctx.keyring())
        });
    }

    /// As the returns take it in, of the invitation or of its reminder.
    fn bounce(&mut self, order: u8, first: bool) {
        let Some(found) = self.find(order) else { return };
        let (shop, now) = (self.shop.id, self.house.ctx.now());
        let view = self.house.read(|conn| invitations::of_order(conn, shop, found.id));
        let Some(view) = view else { return };
        let returned = Returned::new(now, ReturnKind::HardBounce, ReturnSource::Mail);
        let back = Back { returned, sent_at: now, again: None };
        self.house.write(move |tx, ctx| {
            let letter: &dyn Letter = if first { &InvitationLetter } else { &ReminderLetter };
            letter.returned(tx, ctx, view.id.into(), &back)
        });
        if !found.test {
            self.bounced.insert(found.id);
        }
    }

    fn form(&mut self, order: u8) {
        let Some(found) = self.find(order) else { return };
        let shop = self.shop.id;
        let view = self.house.read(|conn| invitations::of_order(conn, shop, found.id));
        let Some(view) = view else { return };
        let now = self.house.ctx.now();
        let bearer = Bearer {
            invitation: view.id,
            order_id: found.id,
            shop_id: shop,
            purpose: Purpose::Review,
            submit_until: now,
            open: true,
            reviewed_at: None,
            expires: now,
        };
        self.house.write(move |tx, _| invitations::mark_form_started(tx, &bearer, now));
        if !found.test {
            self.started.insert(found.id);
        }
    }

    /// As the ticks do.
    fn count(&self) {
        self.house.write(|tx, _| orders::take_dirty(tx).map(drop));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(tick(&self.house.ctx)).unwrap();
    }

    /// What stands, counted order by order.
    fn by_hand(&self) -> BTreeMap<UtcDay, Numbers> {
        let all = self.house.read(|conn| orders::recent(conn, self.shop.id, Timestamp::EPOCH, None, 1000));
        let mut days: BTreeMap<UtcDay, Numbers> = BTreeMap::new();
        for (order, _) in all {
            let numbers = days.entry(order.first_at.day()).or_default();
            numbers.add(&orders::Census {
                state: order.state.word().to_owned(),
                reason: order.state.reason().map(|reason| reason.code().to_owned()),
                orders: 1,
                eligible: i64::from(order.eligible),
                invited: i64::from(order.invited),
            });
            numbers.form_started += i64::from(self.started.contains(&order.id));
            numbers.bounced += i64::from(self.bounced.contains(&order.id));
        }
        days
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn every_order_is_in_one_cohort_and_in_one_place_of_it(steps in proptest::collection::vec(step(), 1..40)) {
        let house = House::new();
        let shop = house.shop();
        let mut past = Past { house: &house, shop: shop.clone(), events: 0, started: BTreeSet::new(), bounced: BTreeSet::new() };
        let first = house.ctx.now().day();
        for step in &steps {
            past.play(step);
        }
        past.count();
        let counted = house.read(|conn| days(conn, shop.id, first, house.ctx.now().day()));
        let expected = past.by_hand();
        for Cohort { day, numbers, .. } in &counted {
            prop_assert_eq!(numbers, &expected.get(day).cloned().unwrap_or_default());
            prop_assert_eq!(numbers.orders, numbers.places().iter().map(|(_, n)| n).sum::<i64>());
            prop_assert!(numbers.invited <= numbers.eligible && numbers.eligible <= numbers.orders);
            prop_assert!(numbers.sent + numbers.reviewed <= numbers.invited);
        }
        let all: i64 = expected.values().map(|numbers| numbers.orders).sum();
        prop_assert_eq!(total(&counted).orders, all, "no order is outside of the days");
    }
}

/// A shop with one order, taken in at this instant.
fn one_order(house: &House, at: &str) -> (Shop, UtcDay) {
    let shop = house.shop();
    house.clock.set(Timestamp::parse(at).unwrap());
    let mut past = Past { house, shop: shop.clone(), events: 0, started: BTreeSet::new(), bounced: BTreeSet::new() };
    past.event(1, EventKind::Created, true);
    (shop, house.ctx.now().day())
}

#[test]
fn the_day_ends_with_its_last_millisecond() {
    let house = House::new();
    let (shop, day) = one_order(&house, "2026-12-31T23:59:59.999Z");
    let on = |day| house.read(|conn| count(conn, shop.id, day)).orders;
    assert_eq!((on(day.plus(-1)), on(day), on(day.plus(1))), (0, 1, 0));
    let (next, day) = one_order(&house, "2027-01-01T00:00:00.000Z");
    let on = |day| house.read(|conn| count(conn, next.id, day)).orders;
    assert_eq!((on(day.plus(-1)), on(day), on(day.plus(1))), (0, 1, 0));
}

#[test]
fn what_moved_again_meanwhile_is_not_settled_by_an_old_count() {
    let house = House::new();
    let (shop, day) = one_order(&house, "2026-12-01T10:00:00.000Z");
    house.write(|tx, _| orders::take_dirty(tx).map(drop));
    let moved = house.read(|conn| orders::moved_cohorts(conn, 10));
    let mine = *moved.iter().find(|cohort| cohort.shop == shop.id).unwrap();
    let (old, now) = (house.read(|conn| count(conn, shop.id, day)), house.ctx.now());
    let order = house.read(|conn| orders::recent(conn, shop.id, Timestamp::EPOCH, None, 1))[0].0.id;
    house.write(move |tx, _| {
        let how = Move { actor: Actor::Attesta, at: now, note: None };
        orders::move_to(tx, shop.id, order, State::Skipped(Reason::NoEmail), &how)?;
        orders::take_dirty(tx).map(drop)
    });
    assert!(!house.write(move |tx, _| keep(tx, &mine, now, &old)));
    assert_eq!(house.read(|conn| store::cohort(conn, mine.shop, day)), None);
    let again = house.read(|conn| orders::moved_cohorts(conn, 10));
    let (again, numbers) = (again[0], house.read(|conn| count(conn, mine.shop, day)));
    assert!(house.write(move |tx, _| keep(tx, &again, now, &numbers)));
    assert_eq!(house.read(|conn| store::cohort(conn, mine.shop, day)).unwrap().1.skipped["no_email"], 1);
}

#[test]
fn a_rush_is_counted_less_often() {
    assert_eq!((rest_ms(0), rest_ms(10_000), rest_ms(60_000), rest_ms(1_010_000)), (0, 0, 50_000, 1_000_000));
}

#[test]
fn the_table_has_a_row_a_day_and_a_column_a_reason() {
    let mut numbers = Numbers { orders: 3, scheduled: 1, ..Numbers::default() };
    numbers.skipped.insert("no_email".to_owned(), 2);
    let day = UtcDay::parse("2026-11-22").unwrap();
    let cohorts =
        [Cohort { day, as_of: None, numbers }, Cohort { day: day.plus(1), as_of: None, numbers: Numbers::default() }];
    let bytes = table(&cohorts).unwrap();
    let text = std::str::from_utf8(&bytes).unwrap().strip_prefix('\u{feff}').unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let cell = |row: usize, name: &str| &rows[row][head.iter().position(|column| column == name).unwrap()];
    assert_eq!((rows.len(), head.len()), (2, 13 + Reason::ALL.len()));
    assert_eq!((cell(0, "day"), cell(0, "orders"), cell(0, "skipped")), ("2026-11-22", "3", "2"));
    assert_eq!((cell(0, "reason_no_email"), cell(0, "reason_too_old"), cell(1, "orders")), ("2", "0", "0"));
}
