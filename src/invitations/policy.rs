//! Whether an order is asked about, and when. Pure: one order's facts and one shop's policy in, one decision out.
//!
//! Nothing here looks at the expected sentiment, and nothing looks at other orders: suppressions and the cap per person are
//! looked up by [`plan`](super::plan) for those that this decision would ask. Choices that a reader may question:
//! - An order without a total passes the minimum: a shop that sends no amounts still asks every customer. Amounts are
//!   compared as they come, in minor units of the order's own currency, never converted.
//! - A recipient is in Germany when the order says so, or when it names no country and the shop is there; then the order
//!   itself must carry the legal basis.
//! - Age is judged once, by when the trigger arrived: waiting in a queue makes nobody too old. Nobody is asked after the
//!   time to submit is over, which in Italian tourism comes sooner.

use super::model::{TOO_OLD_MS, TOURISM_IT_MS};
use crate::kernel::country::Country;
use crate::kernel::time::{DAY, Timestamp};
use crate::merchants::{LegalBasis, Sector, Shop};
use crate::orders::Reason;
use crate::orders::decide::Readiness;

/// What the decision needs to know of an order.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// What follows from the order itself: its clock, and what ends it.
    pub(crate) ready: Readiness,
    /// The basis this order carries.
    pub(crate) legal_basis: Option<LegalBasis>,
    /// Where the customer is.
    pub(crate) country: Option<Country>,
    /// Order total in minor units.
    pub(crate) total: Option<i64>,
    /// What the shop postponed so far, in ms.
    pub(crate) postponed_ms: i64,
}

/// When an order is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    /// The event that started the clock.
    pub(crate) trigger_at: Timestamp,
    /// When the mail is due.
    pub(crate) due_at: Timestamp,
    /// Until when a review may be submitted.
    pub(crate) submit_until: Timestamp,
}

/// What follows from an order's facts alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// The clock has not started.
    Wait(Reason),
    /// Not asked, for this reason.
    Skip(Reason),
    /// Asked then, unless a suppression or the cap says otherwise.
    Ask(Ask),
}

/// Decides about one order under its shop's policy.
pub(crate) fn decide(shop: &Shop, case: &Case, submit_days: i64, now: Timestamp) -> Decision {
    if let Some(reason) = never(shop, case) {
        return Decision::Skip(reason);
    }
    let Some(trigger_at) = case.ready.reached_at else { return Decision::Wait(Reason::NotTriggered) };
    let heard_at = case.ready.heard_at.unwrap_or(now);
    let submit_until = trigger_at.plus_ms(submit_ms(shop, submit_days));
    if heard_at.since(trigger_at) > TOO_OLD_MS {
        return Decision::Skip(Reason::TooOld);
    }
    if submit_until <= now {
        return Decision::Skip(Reason::WindowClosed);
    }
    Decision::Ask(Ask { trigger_at, due_at: due(shop, case, trigger_at, now), submit_until })
}

/// What speaks against asking whatever the clock says.
pub(crate) fn never(shop: &Shop, case: &Case) -> Option<Reason> {
    if case.ready.blocked.is_some() {
        return case.ready.blocked;
    }
    if !has_basis(shop, case) {
        return Some(Reason::NoLegalBasis);
    }
    let below = matches!((shop.policy.min_total, case.total), (Some(min), Some(total)) if total < min);
    below.then_some(Reason::BelowMinimum)
}

/// `max(trigger + delay + postponement, now)`, moved into the shop's hours on the customer's clock.
fn due(shop: &Shop, case: &Case, trigger_at: Timestamp, now: Timestamp) -> Timestamp {
    let zone = case.ready.zone.as_ref().unwrap_or(&shop.zone);
    let at = shop.policy.invite_after.after(trigger_at, zone).plus_ms(case.postponed_ms).max(now);
    shop.policy.hours.map_or(at, |(from, to)| zone.next_hour_window(at, from, to))
}

/// Whether writing to this customer about this order has a ground.
fn has_basis(shop: &Shop, case: &Case) -> bool {
    let germany = case.country.as_ref().or(shop.country.as_ref()).is_some_and(|country| country.as_str() == "DE");
    let declared = if germany { None } else { Some(shop.legal_basis) };
    case.legal_basis.or(declared).is_some_and(|basis| basis != LegalBasis::None)
}

/// For how long after the trigger a review may be submitted, in ms.
fn submit_ms(shop: &Shop, submit_days: i64) -> i64 {
    let days = submit_days.saturating_mul(DAY);
    match shop.sector {
        Sector::General => days,
        Sector::TourismIt => days.min(TOURISM_IT_MS),
    }
}

/// Whether a mail at `at` would come within `cap_days` of another to the same person, sent or planned.
pub(crate) fn is_capped(cap_days: i64, at: Timestamp, others: impl Iterator<Item = Timestamp>) -> bool {
    let span = cap_days.saturating_mul(DAY);
    let mut others = others;
    others.any(|other| at.since(other).abs() < span)
}

#[cfg(test)]
mod tests {
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
            },
            settings_version: 1,
            public_version: 1,
            created_at: at("2026-01-01T00:00:00.000Z"),
        }
    }

    fn case(trigger: &str) -> Case {
        Case {
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
        let mut case = case("2026-07-01T23:30:00.000Z");
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
        let blocked =
            Case { ready: Readiness { blocked: Some(Reason::NoEmail), ..base.ready.clone() }, ..base.clone() };
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
}
