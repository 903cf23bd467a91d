//! How a shop answers its reviews, in two numbers. Pure.

use serde::Serialize;

use crate::reviews::ReplyHours;

/// Dialogue in numbers; only standing replies to published reviews of the shop count.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Replies {
    /// Part of the reviews that the shop answered, 0 to 1 in thousandths; `None` without reviews.
    pub(crate) share: Option<f64>,
    /// Whole hours from review to reply, the lower of the two in the middle; `None` without replies.
    pub(crate) median_hours: Option<i64>,
    /// The same of reviews of one or two stars, where it shows what a shop is like.
    pub(crate) low: LowReplies,
}

/// How a shop answers reviews of one or two stars.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct LowReplies {
    /// Published reviews of one or two stars.
    pub(crate) reviews: i64,
    /// Of these, the answered ones.
    pub(crate) answered: i64,
    /// The one in the other, 0 to 1 in thousandths; `None` without such reviews.
    pub(crate) share: Option<f64>,
    /// As for all; `None` without such replies.
    pub(crate) median_hours: Option<i64>,
}

/// From how many replies came after how many hours, shortest first, and how many reviews of 1, 2, 3, 4 and 5 stars stand.
pub(crate) fn replies(hours: &[ReplyHours], histogram: [i64; 5]) -> Replies {
    let [one, two, ..] = histogram;
    let all: Vec<(i64, i64)> = hours.iter().map(|row| (row.hours, row.n)).collect();
    let low: Vec<(i64, i64)> = hours.iter().map(|row| (row.hours, row.low)).collect();
    let (replied, answered) = (count(&all), count(&low));
    Replies {
        share: share(replied, histogram.iter().sum()),
        median_hours: median(&all, replied),
        low: LowReplies {
            reviews: one + two,
            answered,
            share: share(answered, one + two),
            median_hours: median(&low, answered),
        },
    }
}

fn count(rows: &[(i64, i64)]) -> i64 {
    rows.iter().map(|row| row.1).sum()
}

fn share(replied: i64, reviews: i64) -> Option<f64> {
    let thousandths = (replied.saturating_mul(1_000) + reviews / 2).checked_div(reviews)?;
    i32::try_from(thousandths.clamp(0, 1_000)).ok().map(|thousandths| f64::from(thousandths) / 1_000.0)
}

fn median(rows: &[(i64, i64)], replied: i64) -> Option<i64> {
    let (middle, mut passed) = ((replied + 1) / 2, 0);
    rows.iter()
        .find(|(_, n)| {
            passed += n;
            passed >= middle && middle > 0
        })
        .map(|(hours, _)| *hours)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(triples: &[(i64, i64, i64)]) -> Vec<ReplyHours> {
        triples.iter().map(|(hours, n, low)| ReplyHours { hours: *hours, n: *n, low: *low }).collect()
    }

    #[test]
    fn shares_and_medians() {
        for (triples, histogram, (share, median), (answered, low_share, low_median)) in [
            (vec![], [0, 0, 0, 0, 0], (None, None), (0, None, None)),
            (vec![], [0, 0, 4, 0, 5], (Some(0.0), None), (0, None, None)),
            (vec![(5, 1, 0)], [1, 0, 0, 0, 2], (Some(0.333), Some(5)), (0, Some(0.0), None)),
            (vec![(1, 1, 1), (9, 1, 1)], [1, 1, 0, 0, 0], (Some(1.0), Some(1)), (2, Some(1.0), Some(1))),
            (
                vec![(0, 2, 0), (4, 1, 0), (90, 2, 2)],
                [1, 2, 0, 0, 3],
                (Some(0.833), Some(4)),
                (2, Some(0.667), Some(90)),
            ),
        ] {
            let [one, two, ..] = histogram;
            let low = LowReplies { reviews: one + two, answered, share: low_share, median_hours: low_median };
            assert_eq!(
                replies(&rows(&triples), histogram),
                Replies { share, median_hours: median, low },
                "{triples:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn the_median_is_the_one_in_the_middle(mut all in proptest::collection::vec(0_i64..50, 1..60)) {
            all.sort_unstable();
            let mut triples: Vec<(i64, i64, i64)> = Vec::new();
            for hours in &all {
                match triples.last_mut() {
                    Some(last) if last.0 == *hours => *last = (*hours, last.1 + 1, last.2 + 1),
                    _ => triples.push((*hours, 1, 1)),
                }
            }
            let found = replies(&rows(&triples), [60, 0, 0, 0, 0]);
            prop_assert_eq!(found.median_hours, Some(all[(all.len() - 1) / 2]));
            prop_assert_eq!(found.low.median_hours, found.median_hours);
        }
    }
}
