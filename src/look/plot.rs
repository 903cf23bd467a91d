//! Plots, drawn on the server as SVG. Every plot stands inside or beside a table with the same numbers, so it
//! is decoration for who cannot see it, and colour is never the only sign.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_and_never_overflow() {
        assert_eq!((permille(1, 3), permille(2, 3), permille(0, 0), permille(7, 3)), (333, 667, 0, 1000));
    }

    #[test]
    fn a_single_review_is_seen() {
        assert!(bar(1, 1_000_000).contains("width=\"12\" height"));
        assert!(!bar(0, 10).contains("fill\""));
    }
}
