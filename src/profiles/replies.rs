//! How a shop answers its reviews, in two numbers. Pure.

use serde::Serialize;

use crate::reviews::ReplyHours;

/// Dialogue in two numbers; only standing replies to published reviews of the shop count.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Replies {
    /// Part of the reviews that the shop answered, 0 to 1 in thousandths; `None` without reviews.
    pub(crate) share: Option<f64>,
    /// Whole hours from review to reply, the lower of the two in the middle; `None` without replies.
    pub(crate) median_hours: Option<i64>,
}

/// From how many replies came after how many hours, shortest first.
pub(crate) fn replies(hours: &[ReplyHours], reviews: i64) -> Replies {
    let replied: i64 = hours.iter().map(|row| row.n).sum();
    Replies { share: share(replied, reviews), median_hours: median(hours, replied) }
}

fn share(replied: i64, reviews: i64) -> Option<f64> {
    let thousandths = (replied.saturating_mul(1_000) + reviews / 2).checked_div(reviews)?;
    i32::try_from(thousandths.clamp(0, 1_000)).ok().map(|thousandths| f64::from(thousandths) / 1_000.0)
}

fn median(hours: &[ReplyHours], replied: i64) -> Option<i64> {
    let (middle, mut passed) = ((replied + 1) / 2, 0);
    hours
        .iter()
        .find(|row| {
            passed += row.n;
            passed >= middle && middle > 0
        })
        .map(|row| row.hours)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(pairs: &[(i64, i64)]) -> Vec<ReplyHours> {
        pairs.iter().map(|(hours, n)| ReplyHours { hours: *hours, n: *n }).collect()
    }

    #[test]
    fn shares_and_medians() {
        for (pairs, reviews, share, median) in [
            (vec![], 0, None, None),
            (vec![], 9, Some(0.0), None),
            (vec![(5, 1)], 3, Some(0.333), Some(5)),
            (vec![(1, 1), (9, 1)], 2, Some(1.0), Some(1)),
            (vec![(0, 2), (4, 1), (90, 2)], 6, Some(0.833), Some(4)),
        ] {
            assert_eq!(replies(&rows(&pairs), reviews), Replies { share, median_hours: median }, "{pairs:?}");
        }
    }

    proptest! {
        #[test]
        fn the_median_is_the_one_in_the_middle(mut all in proptest::collection::vec(0_i64..50, 1..60)) {
            all.sort_unstable();
            let mut pairs: Vec<(i64, i64)> = Vec::new();
            for hours in &all {
                match pairs.last_mut() {
                    Some(last) if last.0 == *hours => last.1 += 1,
                    _ => pairs.push((*hours, 1)),
                }
            }
            let found = replies(&rows(&pairs), 60);
            prop_assert_eq!(found.median_hours, Some(all[(all.len() - 1) / 2]));
        }
    }
}
