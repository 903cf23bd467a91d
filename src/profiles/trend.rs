//! How a shop's or a product's reviews went, month by month, from the tally alone. Pure: the last month is given.

use crate::kernel::time::UtcDay;
use crate::look::plot::Month;

use super::score::Day;

/// Months of a trend, the running one included.
pub(super) const MONTHS: usize = 24;

/// The last 24 months up to the one of `today`, each with the count and the sum of the stars of its reviews; empty where no
/// review falls into them.
pub(super) fn trend(days: &[Day], today: UtcDay) -> Vec<Month> {
    let (year, month) = today.year_and_month();
    let mut months: Vec<Month> = (0..MONTHS)
        .rev()
        .map(|back| {
            let number = year * 12 + month - 1 - i64::try_from(back).unwrap_or(0);
            Month { year: number.div_euclid(12), number: number.rem_euclid(12) + 1, count: 0, points: 0 }
        })
        .collect();
    for Day { day, counts } in days {
        let of = UtcDay::from_number(*day).year_and_month();
        if let Some(month) = months.iter_mut().find(|month| (month.year, month.number) == of) {
            for (stars, n) in (1..).zip(counts) {
                month.count += n;
                month.points += stars * n;
            }
        }
    }
    if months.iter().all(|month| month.count == 0) { Vec::new() } else { months }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> i64 {
        UtcDay::parse(text).unwrap().number()
    }

    #[test]
    fn months_end_with_the_running_one() {
        let days = [
            Day { day: day("2024-03-31"), counts: [0, 0, 0, 0, 9] },
            Day { day: day("2024-04-01"), counts: [1, 0, 0, 0, 0] },
            Day { day: day("2025-12-31"), counts: [0, 2, 0, 0, 0] },
            Day { day: day("2026-03-01"), counts: [0, 0, 0, 1, 1] },
            Day { day: day("2026-03-09"), counts: [0, 0, 1, 0, 0] },
        ];
        let months = trend(&days, UtcDay::parse("2026-03-09").unwrap());
        assert_eq!(months.len(), MONTHS);
        assert_eq!(months[0], Month { year: 2024, number: 4, count: 1, points: 1 });
        assert_eq!(months[20], Month { year: 2025, number: 12, count: 2, points: 4 });
        assert_eq!(months[23], Month { year: 2026, number: 3, count: 3, points: 12 });
        assert_eq!(months.iter().map(|month| month.count).sum::<i64>(), 6, "older ones are not in it");
        assert_eq!(trend(&days, UtcDay::parse("2029-01-01").unwrap()), []);
    }
}
