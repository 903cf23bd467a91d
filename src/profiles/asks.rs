//! When a shop asks, for its page: the policy and its exceptions, each as it comes out for the orders it names.

use crate::kernel::country::Country;
use crate::kernel::delay::Delay;
use crate::kernel::locale::Language;
use crate::kernel::time::HOUR;
use crate::look::words;
use crate::merchants::{Moment, Policy};

use super::pages::{AskLine, Asks, HourSpan};

/// The policy in the page's terms.
pub(super) fn asks(language: Language, policy: &Policy) -> Asks {
    let base = policy.base();
    let exceptions = policy.exceptions.iter().map(|one| {
        let categories: Vec<&str> = one.category.as_deref().into_iter().collect();
        let moment = policy.moment(one.country.as_ref(), &categories);
        let country = one.country.map(|country| name(language, country));
        AskLine { country, category: one.category.clone(), ..otherwise(&base, &moment) }
    });
    Asks { lines: std::iter::once(usual(&base)).chain(exceptions).collect(), cap_days: policy.cap_days }
}

fn usual(moment: &Moment) -> AskLine {
    AskLine {
        country: None,
        category: None,
        on: Some(moment.invite_on.as_str()),
        after_hours: hours(moment.invite_after),
        hours: moment.hours.map(|(from, to)| HourSpan { from, to }),
        any_hour: false,
        value: has_least(moment).then_some("least"),
        remind_hours: moment.remind_after.map(hours),
        no_reminder: false,
    }
}

/// Only what is otherwise; the time of asking always, where nothing else is.
fn otherwise(base: &Moment, moment: &Moment) -> AskLine {
    let whole = usual(moment);
    let timed = (base.invite_on, base.invite_after) != (moment.invite_on, moment.invite_after);
    let (hours, value) = (base.hours != moment.hours, base.min_total != moment.min_total);
    let reminder = base.remind_after != moment.remind_after;
    AskLine {
        on: whole.on.filter(|_| timed || !(hours || value || reminder)),
        hours: whole.hours.filter(|_| hours),
        any_hour: hours && moment.hours.is_none(),
        value: value.then(|| whole.value.unwrap_or("any_value")),
        remind_hours: whole.remind_hours.filter(|_| reminder),
        no_reminder: reminder && moment.remind_after.is_none(),
        ..whole
    }
}

fn has_least(moment: &Moment) -> bool {
    moment.min_total.is_some_and(|least| least > 0)
}

fn hours(delay: Delay) -> i64 {
    delay.nominal_ms() / HOUR
}

/// A country's name; its code where we have no word for it.
fn name(language: Language, country: Country) -> String {
    let code = country.to_string();
    let named = words::phrase_for(language, &format!("countries.{}", code.to_lowercase()), None);
    named.map_or(code, str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merchants::{PolicyException, Trigger};

    #[test]
    fn every_exception_is_said_as_it_comes_out() {
        let country = |code: &str| Some(Country::parse(code).expect("a country"));
        let france = PolicyException {
            country: country("FR"),
            invite_on: Some(Trigger::Delivered),
            hours: Some(Some((9, 18))),
            ..PolicyException::default()
        };
        let wine = PolicyException {
            category: Some("Vini".to_owned()),
            invite_after: Some(Delay::days(20)),
            min_total: Some(None),
            ..PolicyException::default()
        };
        let both = PolicyException {
            country: country("FR"),
            category: Some("Vini".to_owned()),
            remind_after: Some(Some(Delay::days(5))),
            ..PolicyException::default()
        };
        let far = PolicyException { country: country("VU"), ..both.clone() };
        let policy = Policy { min_total: Some(2_000), exceptions: vec![france, wine, both, far], ..Policy::default() };
        let said: Vec<_> = asks(Language::It, &policy)
            .lines
            .into_iter()
            .map(|line| (line.country, line.on, line.hours.map(|span| span.to), line.value, line.remind_hours))
            .collect();
        let france = || Some("Francia".to_owned());
        assert_eq!(
            said,
            [
                (None, Some("fulfilled"), None, Some("least"), None),
                (france(), Some("delivered"), Some(18), None, None),
                (None, Some("fulfilled"), None, Some("any_value"), None),
                (france(), Some("delivered"), Some(18), Some("any_value"), Some(120)),
                (Some("VU".to_owned()), Some("fulfilled"), None, Some("any_value"), Some(120)),
            ],
            "the last two take what the broader ones say"
        );
    }

    #[test]
    fn what_an_exception_takes_away_is_said() {
        let plain = PolicyException {
            category: Some("Vini".to_owned()),
            hours: Some(None),
            remind_after: Some(None),
            ..PolicyException::default()
        };
        let base = Policy { hours: Some((9, 18)), remind_after: Some(Delay::days(3)), ..Policy::default() };
        let same =
            PolicyException { invite_after: Some(base.invite_after), remind_after: None, hours: None, ..plain.clone() };
        let policy = Policy { exceptions: vec![plain, same], ..base };
        let lines = asks(Language::En, &policy).lines;
        assert_eq!((lines[1].on, lines[1].any_hour, lines[1].no_reminder), (None, true, true));
        assert_eq!((lines[0].any_hour, lines[0].no_reminder), (false, false));
        let alone = Policy { exceptions: policy.exceptions[1..].to_vec(), ..policy };
        assert_eq!(asks(Language::En, &alone).lines[1].on, Some("fulfilled"), "a line that says nothing new says when");
    }
}
