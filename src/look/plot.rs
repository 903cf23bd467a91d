//! Plots, drawn on the server as SVG. Every plot stands inside or beside a table with the same numbers, so it
//! is decoration for who cannot see it, and colour is never the only sign.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// Share of `count` in `total` as tenths of a per cent; 0 without a total.
pub(crate) fn permille(count: i64, total: i64) -> i64 {
    if total <= 0 {
        0
    } else {
        i64::try_from((i128::from(count.clamp(0, total)) * 1000 + i128::from(total) / 2) / i128::from(total))
            .unwrap_or(0)
    }
}

/// One horizontal bar; something counted is never drawn as nothing.
pub(crate) fn bar(count: i64, total: i64) -> String {
    let share = permille(count, total);
    let width = if count > 0 { share.max(12) } else { 0 };
    let fill =
        if width > 0 { format!("<rect class=\"fill\" width=\"{width}\" height=\"12\"/>") } else { String::new() };
    format!(
        "<svg class=\"bar\" viewBox=\"0 0 1000 12\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"rail\" width=\"1000\" height=\"12\"/>{fill}</svg>"
    )
}

/// A month of a trend: how many reviews, and the sum of their stars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Month {
    /// Year.
    pub(crate) year: i64,
    /// 1 to 12.
    pub(crate) number: i64,
    /// Reviews first published in it.
    pub(crate) count: i64,
    /// The sum of their stars.
    pub(crate) points: i64,
}

impl Month {
    /// Mean stars in hundredths; none without a review.
    pub(crate) fn mean(&self) -> Option<i64> {
        (self.points * 200 + self.count).checked_div(self.count * 2)
    }
}

/// Where the plot of a trend lies in its picture, in hundredths: from the left, one month's width, the line of one star,
/// one star's height, the ground of the bars and the highest bar.
const LEFT: i64 = 2_000;
const MONTH: i64 = 1_040;
const ONE_STAR: i64 = 8_000;
const STAR: i64 = 1_650;
const GROUND: i64 = 12_600;
const HIGHEST: i64 = 2_600;

/// A coordinate: hundredths as a number with two decimals.
fn at(hundredths: i64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Where a mean in hundredths of a star stands.
fn height(mean: i64) -> i64 {
    ONE_STAR - (mean - 100) * STAR / 100
}

/// Monthly means as dots on a line, broken where a month has none, above monthly counts as bars. `label` and `ends` (the
/// names of the first and the last month) must already be escaped; `last` says the newest mean.
pub(crate) fn trend(months: &[Month], label: &str, ends: [&str; 2], last: &str) -> String {
    let most = months.iter().map(|month| month.count).max().unwrap_or(0).max(1);
    let (mut line, mut dots, mut bars) = (String::new(), String::new(), String::new());
    let (mut joined, mut newest, mut x) = (false, None, LEFT + MONTH / 2);
    for month in months {
        if let Some(mean) = month.mean() {
            let y = height(mean);
            let tall = (month.count * HIGHEST / most).max(150);
            // Writing to a String cannot fail.
            let _ = write!(line, "{}{} {}", if joined { 'L' } else { 'M' }, at(x), at(y));
            let _ = write!(dots, "<circle cx=\"{}\" cy=\"{}\" r=\"3\"/>", at(x), at(y));
            let _ = write!(bars, "M{} {}v-{}h6v{}z", at(x - 300), at(GROUND), at(tall), at(tall));
            newest = Some(y);
        }
        joined = month.count > 0;
        x += MONTH;
    }
    let right = LEFT + MONTH * i64::try_from(months.len()).unwrap_or(0);
    let scale = (1..=5).map(|stars| rule(stars, right)).collect::<String>();
    let said = newest.map_or(String::new(), |y| newest_label(right, y, last));
    let [first, end] = ends;
    format!(
        "<svg class=\"trend\" viewBox=\"0 0 300 146\" role=\"img\" aria-label=\"{label}\">{scale}<path class=\"base\" d=\"M{l} {g}H{r}\"/>\
         <path class=\"fill\" d=\"{bars}\"/><path class=\"line\" d=\"{line}\"/><g class=\"dots\">{dots}</g>{said}\
         <text x=\"{l}\" y=\"141\">{first}</text><text x=\"{r}\" y=\"141\" text-anchor=\"end\">{end}</text></svg>",
        l = at(LEFT),
        r = at(right),
        g = at(GROUND),
    )
}

/// The line of a number of stars, and its number.
fn rule(stars: i64, right: i64) -> String {
    let y = height(stars * 100);
    let number =
        if stars % 2 == 1 { format!("<text x=\"0\" y=\"{}\">{stars}</text>", at(y + 400)) } else { String::new() };
    format!("<path class=\"rule\" d=\"M{} {}H{}\"/>{number}", at(LEFT), at(y), at(right))
}

/// The newest mean in digits, to the right of everything, at the height of its dot.
fn newest_label(right: i64, y: i64, said: &str) -> String {
    format!("<text class=\"said\" x=\"{}\" y=\"{}\">{said}</text>", at(right + 500), at(y + 400))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_and_never_overflow() {
        assert_eq!((permille(1, 3), permille(2, 3), permille(0, 0), permille(7, 3)), (333, 667, 0, 1000));
    }

    fn month(month: i64, count: i64, points: i64) -> Month {
        Month { year: 2026, number: month, count, points }
    }

    #[test]
    fn means_are_rounded_half_up() {
        assert_eq!(
            (month(1, 3, 14).mean(), month(1, 8, 25).mean(), month(1, 0, 0).mean()),
            (Some(467), Some(313), None)
        );
    }

    #[test]
    fn a_trend_breaks_where_a_month_is_empty() {
        let svg =
            trend(&[month(1, 2, 9), month(2, 1, 5), month(3, 0, 0), month(4, 40, 60)], "all", ["gen", "apr"], "1,5");
        assert_eq!(svg.matches("<circle").count(), 3);
        let line = svg.split("class=\"line\" d=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        assert_eq!((line.matches('M').count(), line.matches('L').count()), (2, 1), "{line}");
        assert!(
            svg.contains(">gen<")
                && svg.contains(">apr<")
                && svg.contains(">1,5<")
                && svg.contains("aria-label=\"all\"")
        );
        assert!(trend(&[month(1, 0, 0)], "", ["", ""], "").contains("class=\"line\" d=\"\""));
    }

    #[test]
    fn a_single_review_is_seen() {
        assert!(bar(1, 1_000_000).contains("width=\"12\" height"));
        assert!(!bar(0, 10).contains("fill\""));
    }
}
