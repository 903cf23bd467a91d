//! Numbers as people write them in each language: thousands, decimals, per cent, euros. Pure. A blank inside a number never
//! breaks over two lines.

use super::cldr;
use crate::kernel::locale::Language;

/// Stands between number and unit.
const BLANK: char = '\u{a0}';

/// A whole number with its thousands set apart where the language does: `12.345`, `12,345`.
pub(crate) fn number(language: Language, n: i64) -> String {
    written(language, n.to_string())
}

/// A score with one decimal: `4,3`, `4.3`.
pub(crate) fn score(language: Language, score: f64) -> String {
    written(language, format!("{score:.1}"))
}

/// Stars as said: `4`, `4,5`.
pub(super) fn stars(language: Language, stars: f64) -> String {
    written(language, format!("{stars:.1}").trim_end_matches(".0").to_owned())
}

/// Plain digits as the language writes them.
fn written(language: Language, digits: String) -> String {
    cldr::number(language, &digits).unwrap_or(digits)
}

/// An amount of euro cents: `24,90 €`, `€24.90`.
pub(crate) fn euros(language: Language, cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let amount = written(language, format!("{}.{:02}", cents.unsigned_abs() / 100, cents.unsigned_abs() % 100));
    match language {
        Language::En => format!("{sign}€{amount}"),
        Language::It | Language::De | Language::Fr | Language::Es => format!("{sign}{amount}{BLANK}€"),
    }
}

/// Whole per cent; something that rounds to nothing is "less than 1 %".
pub(crate) fn percent(language: Language, share: i64, part: i64) -> String {
    let blank = match language {
        Language::It | Language::En => "",
        Language::De | Language::Es => "\u{a0}",
        Language::Fr => "\u{202f}",
    };
    if share == 0 && part > 0 { format!("<{BLANK}1{blank}%") } else { format!("{share}{blank}%") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{De, En, Es, Fr, It};

    fn everywhere(say: impl Fn(Language) -> String) -> [String; 5] {
        [It, En, De, Fr, Es].map(say)
    }

    #[test]
    fn numbers_as_people_write_them() {
        let thousand = ["1000", "1,000", "1.000", "1\u{202f}000", "1000"];
        assert_eq!(everywhere(|language| number(language, 1_000)), thousand);
        let more = ["12.345", "12,345", "12.345", "12\u{202f}345", "12.345"];
        assert_eq!(everywhere(|language| number(language, 12_345)), more);
        let millions = ["-1.234.567", "-1,234,567", "-1.234.567", "-1\u{202f}234\u{202f}567", "-1.234.567"];
        assert_eq!(everywhere(|language| number(language, -1_234_567)), millions);
        assert_eq!(everywhere(|language| number(language, 999)), ["999"; 5]);
    }

    #[test]
    fn scores_and_stars_as_people_write_them() {
        assert_eq!(everywhere(|language| score(language, 4.0)), ["4,0", "4.0", "4,0", "4,0", "4,0"]);
        assert_eq!(everywhere(|language| stars(language, 4.5)), ["4,5", "4.5", "4,5", "4,5", "4,5"]);
        assert_eq!(everywhere(|language| stars(language, 4.0)), ["4"; 5]);
    }

    #[test]
    fn euros_as_people_write_them() {
        let price = ["24,90\u{a0}€", "€24.90", "24,90\u{a0}€", "24,90\u{a0}€", "24,90\u{a0}€"];
        assert_eq!(everywhere(|language| euros(language, 2_490)), price);
        let dear = ["1234,05\u{a0}€", "€1,234.05", "1.234,05\u{a0}€", "1\u{202f}234,05\u{a0}€", "1234,05\u{a0}€"];
        assert_eq!(everywhere(|language| euros(language, 123_405)), dear);
    }

    #[test]
    fn shares_as_people_write_them() {
        assert_eq!(
            everywhere(|language| percent(language, 12, 1)),
            ["12%", "12%", "12\u{a0}%", "12\u{202f}%", "12\u{a0}%"]
        );
        assert_eq!(percent(Fr, 0, 1), "<\u{a0}1\u{202f}%");
        assert_eq!(percent(It, 0, 0), "0%");
    }
}
