//! The choice of moment: which event starts the clock of an order, how long after it and in which hours its customer is
//! asked, from which amount on, and whether once more.
//!
//! A shop says this once, and otherwise for some countries and categories of goods. For each field the most specific
//! exception that sets it wins: country and category, then category, then country, then the policy itself; between equally
//! specific ones the earlier in the list. The cap is one for all: it protects a person, wherever they buy whatever.
//! Pure; nothing here can ask how satisfied a customer may be, because an order does not say so.

use serde::{Deserialize, Serialize};

use super::model::{Policy, Trigger};
use crate::kernel::country::Country;
use crate::kernel::delay::Delay;

/// What holds for one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The event that starts the clock: the first one whose rank is at least this.
    pub invite_on: Trigger,
    /// How long after it.
    pub invite_after: Delay,
    /// Local hours in which mails leave; `None`: any hour.
    pub hours: Option<(u8, u8)>,
    /// Below this total nobody is asked.
    pub min_total: Option<i64>,
    /// One reminder, this long after the invitation.
    pub remind_after: Option<Delay>,
}

/// What is otherwise for orders from a country, with goods of a category, or both. A field that is `None` stays as it is;
/// `Some(None)` is "none at all".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PolicyException {
    /// Only for customers there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// Only for orders with such goods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// See [`Moment::invite_on`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invite_on: Option<Trigger>,
    /// See [`Moment::invite_after`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invite_after: Option<Delay>,
    /// See [`Moment::hours`].
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub hours: Option<Option<(u8, u8)>>,
    /// See [`Moment::min_total`].
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub min_total: Option<Option<i64>>,
    /// See [`Moment::remind_after`].
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub remind_after: Option<Option<Delay>>,
}

/// A field that is there, though it may be null.
#[expect(clippy::option_option, reason = "absent, null and a value are three things")]
fn given<'de, D, T>(reader: D) -> Result<Option<Option<T>>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::<T>::deserialize(reader).map(Some)
}

impl PolicyException {
    /// How specific it is, if it is for such an order: 3 by country and category, 2 by category, 1 by country.
    fn rank(&self, country: Option<&Country>, categories: &[&str]) -> Option<std::cmp::Reverse<u8>> {
        let here = self.country.as_ref().is_none_or(|only| country == Some(only));
        let lies = |only: &String| categories.iter().any(|category| lies_in(category, only));
        let such = self.category.as_ref().is_none_or(lies);
        let rank = u8::from(self.country.is_some()) + 2 * u8::from(self.category.is_some());
        (here && such).then_some(std::cmp::Reverse(rank))
    }

    /// Whether two are for the same orders.
    pub fn same_place(&self, other: &Self) -> bool {
        let fold = |category: &Option<String>| category.as_ref().map(|text| text.to_lowercase());
        self.country == other.country && fold(&self.category) == fold(&other.category)
    }
}

/// Whether a category is this one or below it: `Food > Wine` lies in `food`. Case means nothing.
fn lies_in(category: &str, of: &str) -> bool {
    let (category, of) = (category.trim().to_lowercase(), of.trim().to_lowercase());
    let rest = category.strip_prefix(&of).map(str::trim_start);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('>'))
}

impl Policy {
    /// What holds where no exception does.
    pub fn base(&self) -> Moment {
        Moment {
            invite_on: self.invite_on,
            invite_after: self.invite_after,
            hours: self.hours,
            min_total: self.min_total,
            remind_after: self.remind_after,
        }
    }

    /// Whether any order may be reminded of.
    pub fn may_remind(&self) -> bool {
        self.remind_after.is_some() || self.exceptions.iter().any(|one| one.remind_after.flatten().is_some())
    }

    /// What holds for an order from `country` with goods of these categories.
    pub fn moment(&self, country: Option<&Country>, categories: &[&str]) -> Moment {
        let mut moment = self.base();
        let ranked = self.exceptions.iter().filter_map(|one| Some((one.rank(country, categories)?, one)));
        let mut here: Vec<_> = ranked.collect();
        // Stable: the earlier of two equally specific ones stays before the later, and is laid on last.
        here.sort_by_key(|(rank, _)| *rank);
        for (_, one) in here.into_iter().rev() {
            moment.invite_on = one.invite_on.unwrap_or(moment.invite_on);
            moment.invite_after = one.invite_after.unwrap_or(moment.invite_after);
            moment.hours = one.hours.unwrap_or(moment.hours);
            moment.min_total = one.min_total.unwrap_or(moment.min_total);
            moment.remind_after = one.remind_after.unwrap_or(moment.remind_after);
        }
        moment
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(country: Option<&str>, category: Option<&str>, after: u16) -> PolicyException {
        PolicyException {
            country: country.map(|text| Country::parse(text).unwrap()),
            category: category.map(str::to_owned),
            invite_after: Some(Delay::days(after)),
            ..PolicyException::default()
        }
    }

    fn after(policy: &Policy, country: &str, categories: &[&str]) -> Delay {
        let country = Country::parse(country).unwrap();
        policy.moment(Some(&country), categories).invite_after
    }

    #[test]
    fn the_most_specific_exception_wins() {
        let exceptions = vec![
            only(Some("DE"), None, 1),
            only(None, Some("Wine"), 2),
            only(Some("DE"), Some("Wine"), 3),
            only(None, Some("Books"), 4),
        ];
        let policy = Policy { exceptions, ..Policy::default() };
        assert_eq!(after(&policy, "IT", &[]), Delay::days(7));
        assert_eq!(after(&policy, "DE", &[]), Delay::days(1));
        assert_eq!(after(&policy, "IT", &["wine"]), Delay::days(2));
        assert_eq!(after(&policy, "DE", &["books"]), Delay::days(4), "goods before places");
        assert_eq!(after(&policy, "DE", &["books", "Wine"]), Delay::days(3));
        assert_eq!(after(&policy, "IT", &["Books", "Wine"]), Delay::days(2), "of equals the earlier in the list");
        assert_eq!(policy.moment(None, &[]).invite_after, Delay::days(7));
    }

    #[test]
    fn each_field_is_decided_for_itself() {
        let wine = PolicyException {
            remind_after: Some(Some(Delay::days(5))),
            min_total: Some(None),
            ..only(None, Some("Wine"), 20)
        };
        let germany = PolicyException { hours: Some(Some((8, 18))), ..only(Some("DE"), None, 3) };
        let policy = Policy { min_total: Some(1000), exceptions: vec![germany, wine], ..Policy::default() };
        let moment = policy.moment(Some(&Country::parse("DE").unwrap()), &["Wine"]);
        assert_eq!((moment.hours, moment.invite_after), (Some((8, 18)), Delay::days(20)));
        assert_eq!((moment.min_total, moment.remind_after), (None, Some(Delay::days(5))));
        assert!(policy.may_remind() && !Policy::default().may_remind());
        assert_eq!(moment.invite_on, Trigger::Fulfilled);
    }

    #[test]
    fn a_category_holds_what_lies_below_it() {
        assert!(lies_in("Food > Wine > Red", "food") && lies_in(" Food > Wine", "Food > wine"));
        assert!(lies_in("Wine", "wine") && lies_in("WINE > Red", "Wine"));
        assert!(!lies_in("Wineglasses", "Wine") && !lies_in("Red > Wine", "Wine"));
    }

    #[test]
    fn what_is_cleared_comes_back_from_its_row() {
        let one = PolicyException { hours: Some(None), remind_after: Some(None), ..only(Some("IT"), None, 2) };
        let text = serde_json::to_string(&one).unwrap();
        assert_eq!(text, r#"{"country":"IT","invite_after":"2d","hours":null,"remind_after":null}"#);
        assert_eq!(serde_json::from_str::<PolicyException>(&text).unwrap(), one);
    }
}
