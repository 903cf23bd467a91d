//! Whether and when, at the edges of calendars and limits.

use super::*;
use crate::kernel::delay::Delay;
use crate::kernel::domain::ShopDomain;
use crate::kernel::id::Id;
use crate::kernel::locale::Locale;
use crate::kernel::zone::Zone;
use crate::merchants::{Policy, ShopStatus, Trigger};

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn shop() -> Shop {
    Shop {
        id: Id::from_bytes([1; 16]),
        merchant_id: Id::from_bytes([2; 16]),
        domain: ShopDomain::parse("bottega.example").unwrap(),
        name: "Bottega".to_owned(),
        locale: Locale::parse("it-IT").unwrap(),
        zone: Zone::parse("Europe/Rome").unwrap(),
        country: None,
        category: None,
        contact: None,
        sector: Sector::General,
        mail_name: None,
        mail_from: None,
        legal_basis: LegalBasis::SoftOptIn,
        status: ShopStatus::Open,
        paused: false,
        policy: Policy {
            invite_on: Trigger::Fulfilled,
            invite_after: Delay::days(7),
            hours: None,
            cap_days: 30,
            min_total: None,
            remind_after: None,
            exceptions: Vec::new(),
        },
        settings_version: 1,
        public_version: 1,
        created_at: at("2026-01-01T00:00:00.000Z"),
        weekly_mail: true,
        weekly_stop: None,
    }
}

fn case_of(shop: &Shop, trigger: &str) -> Case {
    Case { moment: shop.policy.base(), ..case(trigger) }
}

fn case(trigger: &str) -> Case {
    Case {
        moment: Policy::default().base(),
        ready: Readiness {
            reached_at: Some(at(trigger)),
            heard_at: Some(at(trigger)),
            partly: false,
            zone: None,
            blocked: None,
        },
        legal_basis: None,
        country: None,
        total: Some(4990),
        postponed_ms: 0,
        promised: None,
    }
}

fn due_at(shop: &Shop, case: &Case, now: &str) -> String {
    match decide(shop, case, 180, at(now)) {
        Decision::Ask(ask) => ask.due_at.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn days_are_calendar_units_and_nothing_is_due_in_the_past() {
    // Clocks in Rome go back on 2026-10-25: seven days later is the same hour of the wall clock.
    let case = case("2026-10-20T08:00:00.000Z");
    assert_eq!(due_at(&shop(), &case, "2026-10-20T08:00:01.000Z"), "2026-10-27T09:00:00.000Z");
    assert_eq!(due_at(&shop(), &case, "2026-11-20T08:00:00.000Z"), "2026-11-20T08:00:00.000Z");
}

#[test]
fn hours_are_those_of_the_customer() {
    let mut shop = shop();
    shop.policy.hours = Some((9, 20));
    let mut case = case_of(&shop, "2026-07-01T23:30:00.000Z");
    assert_eq!(due_at(&shop, &case, "2026-07-02T00:00:00.000Z"), "2026-07-09T07:00:00.000Z");
    case.ready.zone = Some(Zone::parse("America/New_York").unwrap());
    assert_eq!(due_at(&shop, &case, "2026-07-02T00:00:00.000Z"), "2026-07-08T23:30:00.000Z");
    case.ready.zone = Some(Zone::parse("Asia/Tokyo").unwrap());
    assert_eq!(due_at(&shop, &case, "2026-07-02T00:00:00.000Z"), "2026-07-09T00:00:00.000Z");
}

#[test]
fn what_speaks_against_asking_has_a_reason() {
    let now = at("2026-07-01T10:00:00.000Z");
    let decided = |shop: &Shop, case: &Case| decide(shop, case, 180, now);
    let base = case("2026-07-01T09:00:00.000Z");
    let waiting = Case { ready: Readiness { reached_at: None, ..base.ready.clone() }, ..base.clone() };
    assert_eq!(decided(&shop(), &waiting), Decision::Wait(Reason::NotTriggered));
    let blocked = Case { ready: Readiness { blocked: Some(Reason::NoEmail), ..base.ready.clone() }, ..base.clone() };
    assert_eq!(decided(&shop(), &blocked), Decision::Skip(Reason::NoEmail));
    let old = case("2026-04-02T09:59:59.999Z");
    let late = Case { ready: Readiness { heard_at: Some(now), ..old.ready.clone() }, ..old.clone() };
    assert_eq!(decided(&shop(), &late), Decision::Skip(Reason::TooOld), "90 days and a little");
    assert!(matches!(decided(&shop(), &old), Decision::Ask(_)), "heard of in time, however long ago");
    let mut tourism = shop();
    tourism.sector = Sector::TourismIt;
    assert_eq!(decided(&tourism, &case("2026-06-01T10:00:00.000Z")), Decision::Skip(Reason::WindowClosed));
    let mut dear = shop();
    dear.policy.min_total = Some(5000);
    let base = Case { moment: dear.policy.base(), ..base };
    assert_eq!(decided(&dear, &base), Decision::Skip(Reason::BelowMinimum));
    assert!(matches!(decided(&dear, &Case { total: None, ..base.clone() }), Decision::Ask(_)));
}

#[test]
fn a_basis_is_needed_and_in_germany_it_comes_with_the_order() {
    let now = at("2026-07-01T10:00:00.000Z");
    let base = case("2026-07-01T09:00:00.000Z");
    let german = Some(Country::parse("DE").unwrap());
    let none = Decision::Skip(Reason::NoLegalBasis);
    let mut silent = shop();
    silent.legal_basis = LegalBasis::None;
    assert_eq!(decide(&silent, &base, 180, now), none);
    let consent = Case { legal_basis: Some(LegalBasis::Consent), ..base.clone() };
    assert!(matches!(decide(&silent, &consent, 180, now), Decision::Ask(_)));
    assert_eq!(decide(&shop(), &Case { country: german, ..base.clone() }, 180, now), none);
    assert!(matches!(decide(&shop(), &Case { country: german, ..consent }, 180, now), Decision::Ask(_)));
    let in_germany = Shop { country: german, ..shop() };
    assert_eq!(decide(&in_germany, &base, 180, now), none, "no country with the order: the shop's");
    let italian = Case { country: Some(Country::parse("IT").unwrap()), ..base };
    assert!(matches!(decide(&in_germany, &italian, 180, now), Decision::Ask(_)));
    let refused = Case { legal_basis: Some(LegalBasis::None), ..italian };
    assert_eq!(decide(&shop(), &refused, 180, now), none, "the order's word counts more than the shop's");
}

#[test]
fn the_cap_looks_both_ways_and_ends_to_the_millisecond() {
    let due = at("2026-07-31T10:00:00.000Z");
    let capped = |other: &str| is_capped(30, due, std::iter::once(at(other)));
    assert!(capped("2026-07-01T10:00:00.001Z") && capped("2026-08-30T09:59:59.999Z"));
    assert!(!capped("2026-07-01T10:00:00.000Z") && !capped("2026-08-30T10:00:00.000Z"));
    assert!(!is_capped(0, due, std::iter::once(due)), "no cap at all");
}

/// When an order of a shop in Rome is asked about, whose trigger is known at once: as the wall clock of `zone` says it.
fn on_the_wall(after: &str, hours: Option<(u8, u8)>, zone: &str, trigger: &str) -> String {
    let mut shop = shop();
    shop.policy.invite_after = Delay::parse(after).unwrap();
    shop.policy.hours = hours;
    let zone = Zone::parse(zone).unwrap();
    let mut case = case_of(&shop, trigger);
    case.ready.zone = Some(zone);
    let Decision::Ask(ask) = decide(&shop, &case, 180, at(trigger)) else { panic!("asked") };
    format!("{} {}", zone.local(ask.due_at).format("%F %T"), ask.due_at)
}

#[test]
fn when_the_clocks_of_rome_go_forward() {
    // 2026-03-29, 02:00 becomes 03:00. Days are those of the wall, hours are exact.
    let due = |after, hours, trigger| on_the_wall(after, hours, "Europe/Rome", trigger);
    assert_eq!(due("7d", None, "2026-03-24T18:00:00+01:00"), "2026-03-31 18:00:00 2026-03-31T16:00:00.000Z");
    assert_eq!(due("168h", None, "2026-03-24T18:00:00+01:00"), "2026-03-31 19:00:00 2026-03-31T17:00:00.000Z");
    assert_eq!(due("1d", None, "2026-03-28T02:30:00+01:00"), "2026-03-29 03:30:00 2026-03-29T01:30:00.000Z");
    assert_eq!(due("12h", None, "2026-03-28T14:30:00+01:00"), "2026-03-29 03:30:00 2026-03-29T01:30:00.000Z");
    // The hour from two to three does not come; the next day's does.
    let night = Some((2, 3));
    assert_eq!(due("1d", night, "2026-03-28T02:30:00+01:00"), "2026-03-30 02:00:00 2026-03-30T00:00:00.000Z");
    assert_eq!(due("0h", night, "2026-03-28T23:30:00+01:00"), "2026-03-30 02:00:00 2026-03-30T00:00:00.000Z");
    let morning = Some((9, 20));
    assert_eq!(due("8h", morning, "2026-03-28T20:00:00+01:00"), "2026-03-29 09:00:00 2026-03-29T07:00:00.000Z");
    assert_eq!(due("2w", morning, "2026-03-15T19:59:59+01:00"), "2026-03-29 19:59:59 2026-03-29T17:59:59.000Z");
    assert_eq!(due("2w", morning, "2026-03-15T20:00:00+01:00"), "2026-03-30 09:00:00 2026-03-30T07:00:00.000Z");
}

#[test]
fn when_the_clocks_of_rome_go_back() {
    // 2026-10-25, 03:00 becomes 02:00. An hour that comes twice means its first time; a mail due in its second keeps it.
    let due = |after, hours, trigger| on_the_wall(after, hours, "Europe/Rome", trigger);
    assert_eq!(due("7d", None, "2026-10-20T18:00:00+02:00"), "2026-10-27 18:00:00 2026-10-27T17:00:00.000Z");
    assert_eq!(due("168h", None, "2026-10-20T18:00:00+02:00"), "2026-10-27 17:00:00 2026-10-27T16:00:00.000Z");
    assert_eq!(due("1d", None, "2026-10-24T02:30:00+02:00"), "2026-10-25 02:30:00 2026-10-25T00:30:00.000Z");
    assert_eq!(due("24h", None, "2026-10-24T03:30:00+02:00"), "2026-10-25 02:30:00 2026-10-25T01:30:00.000Z");
    let night = Some((2, 3));
    assert_eq!(due("1d", night, "2026-10-24T02:30:00+02:00"), "2026-10-25 02:30:00 2026-10-25T00:30:00.000Z");
    assert_eq!(due("24h", night, "2026-10-24T03:30:00+02:00"), "2026-10-25 02:30:00 2026-10-25T01:30:00.000Z");
    assert_eq!(due("1d", night, "2026-10-24T03:00:00+02:00"), "2026-10-26 02:00:00 2026-10-26T01:00:00.000Z");
    let morning = Some((9, 20));
    assert_eq!(due("1w", morning, "2026-10-18T07:00:00+02:00"), "2026-10-25 09:00:00 2026-10-25T08:00:00.000Z");
    assert_eq!(due("12h", morning, "2026-10-24T20:00:00+02:00"), "2026-10-25 09:00:00 2026-10-25T08:00:00.000Z");
}

#[test]
fn on_both_sides_of_the_date_line() {
    let morning = Some((9, 20));
    // One instant, two days: Kiritimati is 25 hours ahead of Pago Pago.
    let trigger = "2026-07-01T10:30:00Z";
    assert_eq!(
        on_the_wall("1d", morning, "Pacific/Kiritimati", trigger),
        "2026-07-03 09:00:00 2026-07-02T19:00:00.000Z"
    );
    assert_eq!(
        on_the_wall("1d", morning, "Pacific/Pago_Pago", trigger),
        "2026-07-02 09:00:00 2026-07-02T20:00:00.000Z"
    );
    // Samoa went from 29 to 31 December 2011: a mail due on the day that never was goes out on the next.
    let trigger = "2011-12-28T10:00:00-10:00";
    assert_eq!(on_the_wall("1d", None, "Pacific/Apia", trigger), "2011-12-29 10:00:00 2011-12-29T20:00:00.000Z");
    assert_eq!(on_the_wall("2d", None, "Pacific/Apia", trigger), "2011-12-31 10:00:00 2011-12-30T20:00:00.000Z");
    assert_eq!(on_the_wall("48h", None, "Pacific/Apia", trigger), "2011-12-31 10:00:00 2011-12-30T20:00:00.000Z");
    assert_eq!(
        on_the_wall("1d", Some((8, 10)), "Pacific/Apia", trigger),
        "2011-12-31 08:00:00 2011-12-30T18:00:00.000Z"
    );
}

#[test]
fn an_exception_moves_the_whole_moment() {
    let mut shop = shop();
    shop.policy.exceptions = vec![crate::merchants::PolicyException {
        category: Some("Wine".to_owned()),
        invite_after: Some(Delay::days(20)),
        hours: Some(Some((18, 20))),
        min_total: Some(Some(5000)),
        ..Default::default()
    }];
    let moment = shop.policy.moment(None, &["Wine > Red"]);
    let case = Case { moment, total: Some(5000), ..case("2026-07-01T10:00:00.000Z") };
    assert_eq!(due_at(&shop, &case, "2026-07-01T10:00:00.000Z"), "2026-07-21T16:00:00.000Z");
    let cheap = Case { total: Some(4999), ..case };
    assert_eq!(decide(&shop, &cheap, 180, at("2026-07-01T10:00:00.000Z")), Decision::Skip(Reason::BelowMinimum));
}
