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
    let usual = line((None, None), &policy.base());
    let exceptions = policy.exceptions.iter().map(|one| {
        let categories: Vec<&str> = one.category.as_deref().into_iter().collect();
        let place = (one.country.map(|country| name(language, country)), one.category.clone());
        line(place, &policy.moment(one.country.as_ref(), &categories))
    });
    Asks { lines: std::iter::once(usual).chain(exceptions).collect(), cap_days: policy.cap_days }
}

fn line((country, category): (Option<String>, Option<String>), moment: &Moment) -> AskLine {
    AskLine {
        country,
        category,
        on: moment.invite_on.as_str(),
        after_hours: hours(moment.invite_after),
        hours: moment.hours.map(|(from, to)| HourSpan { from, to }),
        least: moment.min_total.is_some_and(|least| least > 0),
        remind_hours: moment.remind_after.map(hours),
    }
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
            .map(|line| (line.country, line.on, line.after_hours, line.hours.is_some(), line.least, line.remind_hours))
            .collect();
        let france = || Some("Francia".to_owned());
        assert_eq!(
            said,
            [
                (None, "fulfilled", 168, false, true, None),
                (france(), "delivered", 168, true, true, None),
                (None, "fulfilled", 480, false, false, None),
                (france(), "delivered", 480, true, false, Some(120)),
                (Some("VU".to_owned()), "fulfilled", 480, false, false, Some(120)),
            ],
            "the last two take what the broader ones say"
        );
    }
}
