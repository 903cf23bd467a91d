//! The score of a shop or a product, from its tally alone: our own published model, which a stranger can recompute.
//!
//! ```text
//! T = (7 * 3.5 + Σ w·s) / (7 + Σ w)        w = 2^(-(d_newest - d) / 182.625)
//! ```
//! over every published review: `s` its current stars, `d` the UTC day of its first publication, `d_newest` the newest such
//! day. So that everyone gets the same number from `GET /v1/shops/{shop}/tally`, the sum has a fixed order and IEEE
//! doubles: days from the oldest to the newest; for each day first the whole numbers n = s1+s2+s3+s4+s5 and
//! p = 1·s1+2·s2+3·s3+4·s4+5·s5; then Σws += w·p and Σw += w·n, starting from 24.5 and 7. T is rounded to nine decimals,
//! floor(T·10⁹ + 0.5)/10⁹, which hides the last bits in which two machines' powers of two may differ. What is shown is
//! floor(10·T + 0.5)/10, the stars floor(2·T + 0.5)/2; both are 0 while there is no review.
//!
//! Pure: no clock. A score moves when a review does, never because a day went by.

use serde::Serialize;

/// Imaginary reviews that every score starts from.
pub(crate) const PRIOR_REVIEWS: f64 = 7.0;
/// The stars of those.
pub(crate) const PRIOR_STARS: f64 = 3.5;
/// Days after which a review weighs half: half of an average year.
pub(crate) const HALF_LIFE_DAYS: f64 = 182.625;

/// Published reviews first published on one UTC day, by stars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Day {
    /// Days since 1970-01-01.
    pub(crate) day: i64,
    /// How many of 1, 2, 3, 4 and 5 stars.
    pub(crate) counts: [i64; 5],
}

/// A score as computed and as shown.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Score {
    /// T, rounded to nine decimals; 0 with no review.
    pub(crate) exact: f64,
    /// One decimal; 0 with no review.
    pub(crate) shown: f64,
    /// In halves; 0 with no review.
    pub(crate) stars: f64,
    /// Reviews it is made of.
    pub(crate) count: i64,
}

/// The score of these days, in whatever order they come; a day may come once only.
pub(crate) fn score(days: &[Day]) -> Score {
    let mut days: Vec<&Day> = days.iter().filter(|day| day.counts.iter().any(|n| *n > 0)).collect();
    days.sort_by_key(|day| day.day);
    let Some(newest) = days.last().map(|day| day.day) else {
        return Score { exact: 0.0, shown: 0.0, stars: 0.0, count: 0 };
    };
    let (mut weighted, mut weights, mut count) = (PRIOR_REVIEWS * PRIOR_STARS, PRIOR_REVIEWS, 0_i64);
    for day in days {
        let (n, points) = sums(day);
        let weight = (-real(newest - day.day) / HALF_LIFE_DAYS).exp2();
        weighted += weight * real(points);
        weights += weight * real(n);
        count = count.saturating_add(n);
    }
    let exact = (weighted / weights * 1e9 + 0.5).floor() / 1e9;
    Score { exact, shown: (10.0 * exact + 0.5).floor() / 10.0, stars: (2.0 * exact + 0.5).floor() / 2.0, count }
}

/// How many reviews of 1, 2, 3, 4 and 5 stars stand in all.
pub(crate) fn histogram(days: &[Day]) -> [i64; 5] {
    let mut all = [0_i64; 5];
    for day in days {
        for (sum, n) in all.iter_mut().zip(day.counts) {
            *sum = sum.saturating_add(n);
        }
    }
    all
}

fn sums(day: &Day) -> (i64, i64) {
    let [s1, s2, s3, s4, s5] = day.counts;
    (s1 + s2 + s3 + s4 + s5, s1 + 2 * s2 + 3 * s3 + 4 * s4 + 5 * s5)
}

/// A count as a double: exact up to four thousand million, which no day has.
fn real(n: i64) -> f64 {
    f64::from(u32::try_from(n.max(0)).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(day: i64, counts: [i64; 5]) -> Day {
        Day { day, counts }
    }

    #[test]
    fn no_review_is_nought() {
        let none = Score { exact: 0.0, shown: 0.0, stars: 0.0, count: 0 };
        assert_eq!(score(&[]), none);
        assert_eq!(score(&[day(20_000, [0; 5])]), none);
    }

    #[test]
    fn known_answers() {
        for (days, exact, shown, stars) in [
            (vec![day(20_000, [0, 0, 0, 0, 1])], 3.6875, 3.7, 3.5),
            (vec![day(20_000, [1, 0, 0, 0, 0])], 3.1875, 3.2, 3.0),
            (vec![day(20_000, [0, 0, 0, 0, 93])], 4.895, 4.9, 5.0),
            (vec![day(20_000, [0, 0, 0, 7, 0])], 3.75, 3.8, 4.0),
            (vec![day(20_000, [0, 0, 7, 0, 0])], 3.25, 3.3, 3.5),
            // Computed in another language, with the powers of two of 60, 365 and 366 days.
            (
                vec![
                    day(19_634, [1, 0, 0, 0, 0]),
                    day(19_635, [0, 0, 0, 0, 2]),
                    day(19_940, [0, 1, 0, 3, 0]),
                    day(20_000, [0, 0, 0, 0, 4]),
                ],
                3.910_273_61,
                3.9,
                4.0,
            ),
        ] {
            let found = score(&days);
            assert_eq!((found.exact, found.shown, found.stars), (exact, shown, stars), "{days:?}");
        }
    }

    #[test]
    fn half_a_year_is_half_the_weight() {
        // 365.25 days are two half-lives: four old reviews weigh as one new one.
        let old = score(&[day(20_000, [0, 0, 0, 0, 4]), day(20_365, [0, 0, 0, 0, 1])]);
        let new = score(&[day(20_365, [0, 0, 0, 0, 2])]);
        assert!((old.exact - new.exact).abs() < 1e-3, "{old:?} {new:?}");
    }

    #[test]
    fn histograms_add_up() {
        assert_eq!(histogram(&[day(1, [1, 2, 3, 4, 5]), day(9, [0, 0, 0, 0, 7])]), [1, 2, 3, 4, 12]);
        assert_eq!(histogram(&[]), [0; 5]);
    }

    fn tallies() -> impl Strategy<Value = Vec<Day>> {
        proptest::collection::btree_map(18_000_i64..21_000, proptest::array::uniform5(0_i64..40), 1..60)
            .prop_map(|days| days.into_iter().map(|(day, counts)| Day { day, counts }).collect())
    }

    /// Review by review, as one would write it down first.
    fn naive(days: &[Day]) -> f64 {
        let newest = days.iter().filter(|d| d.counts != [0; 5]).map(|d| d.day).max().unwrap();
        let (mut top, mut bottom) = (24.5, 7.0);
        for d in days {
            let weight = 0.5_f64.powf(f64::from(i32::try_from(newest - d.day).unwrap()) / 182.625);
            for (n, stars) in d.counts.iter().zip([1.0, 2.0, 3.0, 4.0, 5.0]) {
                for _ in 0..*n {
                    top += weight * stars;
                    bottom += weight;
                }
            }
        }
        top / bottom
    }

    proptest! {
        #[test]
        fn it_is_the_published_formula(days in tallies()) {
            prop_assume!(days.iter().any(|d| d.counts != [0; 5]));
            let found = score(&days);
            prop_assert!((found.exact - naive(&days)).abs() < 2e-9, "{} {}", found.exact, naive(&days));
            prop_assert!((1.0..=5.0).contains(&found.exact));
            prop_assert!((found.shown - found.exact).abs() <= 0.05 + 1e-9 && (found.stars - found.exact).abs() <= 0.25 + 1e-9);
            prop_assert_eq!(found.count, histogram(&days).iter().sum::<i64>());
        }

        #[test]
        fn neither_the_order_of_rows_nor_the_calendar_matters(days in tallies(), by in 0_i64..3_000) {
            let mut turned: Vec<Day> = days.iter().map(|d| Day { day: d.day + by, counts: d.counts }).collect();
            turned.reverse();
            prop_assert_eq!(score(&turned), score(&days));
        }

        #[test]
        fn one_more_good_review_never_lowers_it(days in tallies(), at in 0_usize..60) {
            prop_assume!(days.iter().any(|d| d.counts != [0; 5]));
            let mut better = days.clone();
            let at = at % better.len();
            // On a day that counts already, so that the newest day stays where it is.
            prop_assume!(better[at].counts != [0; 5]);
            better[at].counts[4] += 1;
            prop_assert!(score(&better).exact >= score(&days).exact);
        }
    }
}
