//! How many mails left within the last second, minute, hour or day: counted in twentieths of that time, so that no window of that
//! length, wherever it begins, ever holds more than the limit. Pure; the rows are somebody else's.

use crate::kernel::pace::{Per, Rate};
use crate::kernel::time::Timestamp;

/// Into how many parts a time is divided. A window touches at most one more.
const PARTS: i64 = 20;

/// The parts in which something left, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::mail) struct Window {
    parts: Vec<(i64, i64)>,
}

impl Window {
    /// Reads what [`Window::text`] wrote; nothing else is ever stored.
    pub(in crate::mail) fn parse(text: &str) -> Option<Self> {
        let part = |word: &str| {
            let (number, count) = word.split_once(':')?;
            Some((number.parse().ok()?, count.parse().ok()?))
        };
        Some(Self { parts: text.split_whitespace().map(part).collect::<Option<_>>()? })
    }

    /// The parts as stored.
    pub(in crate::mail) fn text(&self) -> String {
        self.parts.iter().map(|(number, count)| format!("{number}:{count}")).collect::<Vec<_>>().join(" ")
    }

    /// How many left in the window that ends now, and in the part in which it began.
    pub(in crate::mail) fn count(&self, per: Per, now: Timestamp) -> i64 {
        let first = part_of(per, now) - PARTS;
        self.parts.iter().filter(|(number, _)| *number >= first).map(|(_, count)| *count).sum()
    }

    /// The first moment from `now` on at which one more may leave.
    pub(in crate::mail) fn free_at(&self, rate: Rate, now: Timestamp) -> Timestamp {
        let mut over = self.count(rate.per, now) - rate.mails + 1;
        if over <= 0 {
            return now;
        }
        let first = part_of(rate.per, now) - PARTS;
        for (number, count) in self.parts.iter().filter(|(number, _)| *number >= first) {
            over -= count;
            if over <= 0 {
                return start_of(rate.per, number + PARTS + 1);
            }
        }
        now
    }

    /// Counts one mail, and forgets what is over.
    pub(in crate::mail) fn take(&mut self, per: Per, now: Timestamp) {
        let number = part_of(per, now);
        self.parts.retain(|(part, _)| *part >= number - PARTS);
        match self.parts.iter_mut().find(|(part, _)| *part == number) {
            Some((_, count)) => *count += 1,
            None => self.parts.push((number, 1)),
        }
        self.parts.sort_unstable();
    }
}

fn part_of(per: Per, at: Timestamp) -> i64 {
    at.millis().div_euclid(per.ms() / PARTS)
}

fn start_of(per: Per, part: i64) -> Timestamp {
    Timestamp::from_millis(part.saturating_mul(per.ms() / PARTS))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const UNITS: [Per; 4] = [Per::Second, Per::Minute, Per::Hour, Per::Day];

    /// The most that any window of this length holds.
    fn fullest(times: &[i64], per: Per) -> usize {
        let within = |begin: i64| times.iter().filter(|at| (begin..begin + per.ms()).contains(*at)).count();
        times.iter().map(|begin| within(*begin)).max().unwrap_or(0)
    }

    proptest! {
        /// Whatever the limits, in whatever order they are asked, and whenever: none is ever broken, and whoever waits as long as told
        /// gets through.
        #[test]
        fn no_window_ever_holds_more_than_the_limit(
            limits in prop::collection::vec((1_i64..30, 0_usize..4), 1..5),
            steps in prop::collection::vec(0_i64..400_000, 1..250),
            start in 0_i64..10_000_000,
        ) {
            let rates: Vec<Rate> = limits.iter().map(|(mails, unit)| Rate { mails: *mails, per: UNITS[*unit] }).collect();
            let mut windows = vec![Window::default(); rates.len()];
            let (mut now, mut sent) = (Timestamp::from_millis(start), Vec::new());
            for step in steps {
                now = now.plus_ms(step);
                let free = rates.iter().zip(&windows).map(|(rate, window)| window.free_at(*rate, now)).max().unwrap();
                if free > now && step % 3 != 0 {
                    continue;
                }
                now = free;
                for (rate, window) in rates.iter().zip(&mut windows) {
                    prop_assert_eq!(window.free_at(*rate, now), now, "told to come now");
                    window.take(rate.per, now);
                    *window = Window::parse(&window.text()).unwrap();
                }
                sent.push(now.millis());
            }
            for rate in rates {
                prop_assert!(fullest(&sent, rate.per) <= usize::try_from(rate.mails).unwrap(), "{}", rate);
            }
        }
    }

    #[test]
    fn a_limit_is_used_up_to_its_twentieth() {
        let rate = Rate { mails: 14, per: Per::Second };
        let (mut window, mut now, mut sent) = (Window::default(), Timestamp::from_millis(7), 0);
        while now.millis() < 60_000 {
            now = window.free_at(rate, now);
            window.take(rate.per, now);
            sent += 1;
        }
        assert!((14 * 57..=14 * 60).contains(&sent), "{sent} in a minute");
    }

    #[test]
    fn what_was_never_written_is_not_read() {
        assert_eq!(Window::parse(""), Some(Window::default()));
        for text in ["1", "a:1", "1:b", "1:2:3"] {
            assert_eq!(Window::parse(text), None, "{text}");
        }
    }
}
