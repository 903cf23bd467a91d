//! Where a cohort ends, what an old count may not settle, and the table. That the numbers are right for whatever happens to
//! a shop is proved from outside, against a model of its own (`tests/it/desk/histories.rs`).

use super::{Cohort, Numbers, count, keep, rest_ms, store, table};
use crate::kernel::order_number::OrderNumber;
use crate::kernel::time::{Timestamp, UtcDay};
use crate::merchants::Shop;
use crate::orders::event::{EventKind, OrderEvent};
use crate::orders::workbench::{Work, Workbench};
use crate::orders::{self, Actor, Move, Reason, State};
use crate::reviews::house::House;
use crate::sign::webhook::Scheme;

/// A shop with one order, taken in at this instant as the intake does it.
fn one_order(house: &House, at: &str) -> (Shop, UtcDay) {
    house.clock.set(Timestamp::parse(at).unwrap());
    let (shop, now) = (house.shop(), house.ctx.now());
    let event = OrderEvent::bare(EventKind::Created, OrderNumber::parse("#1").unwrap(), now);
    let whose = shop.clone();
    house.write(move |tx, ctx| {
        let checked = Scheme::V1;
        let work = Work { shop: &whose, event: &event, webhook_id: "msg_1", received: now, checked, person: None };
        let mut bench = Workbench::fetch(tx, ctx.keyring(), &[work])?;
        bench.fold(ctx, &work);
        bench.put_back(tx, ctx.keyring())
    });
    (shop, now.day())
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
    let mut numbers = Numbers { orders: 9, scheduled: 1, ..Numbers::default() };
    for (by, code, n) in [
        (&mut numbers.skipped, "no_email", 2),
        (&mut numbers.held, "mail_delayed", 1),
        (&mut numbers.failed, "mail_delayed", 5),
    ] {
        by.insert(code.to_owned(), n);
    }
    let (day, as_of) = (UtcDay::parse("2026-11-22").unwrap(), Timestamp::parse("2026-11-23T00:00:05Z").ok());
    let cohorts =
        [Cohort { day, as_of, numbers }, Cohort { day: day.plus(1), as_of: None, numbers: Numbers::default() }];
    let bytes = table(&cohorts).unwrap();
    let text = std::str::from_utf8(&bytes).unwrap().strip_prefix('\u{feff}').unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let cell = |row: usize, name: &str| &rows[row][head.iter().position(|column| column == name).unwrap()];
    // A reason has a column by itself and one in its state; that a delayed mail was held is a column more.
    assert_eq!((rows.len(), head.len()), (2, 13 + 2 * Reason::ALL.len() + 1 + 1));
    assert_eq!((cell(0, "day"), cell(0, "orders"), cell(0, "skipped")), ("2026-11-22", "9", "2"));
    assert_eq!((cell(0, "reason_no_email"), cell(0, "reason_too_old"), cell(1, "orders")), ("2", "0", "0"));
    assert_eq!(
        [
            "reason_mail_delayed",
            "held_mail_delayed",
            "failed_mail_delayed",
            "skipped_no_email",
            "waiting_not_triggered"
        ]
        .map(|name| cell(0, name)),
        ["6", "1", "5", "2", "0"],
        "what the JSON tells apart"
    );
    assert_eq!((cell(0, "as_of"), cell(1, "as_of")), ("2026-11-23T00:00:05.000Z", ""));
}
