//! Cells that no spreadsheet takes for a formula, and that give back the text they were made of.
//!
//! A text that begins with a character that starts a formula, in its plain or its wide form, or with an apostrophe, gets an
//! apostrophe in front. So no cell begins with such a character, and who takes one apostrophe off the front of each cell
//! that has one reads every text as it was written.

use std::borrow::Cow;

/// The text as a cell.
pub(super) fn cell(text: &str) -> Cow<'_, str> {
    if text.starts_with(is_risky) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Rows of safe cells as RFC 4180, every cell in quotes.
pub(super) fn rows_of<R: AsRef<[String]>>(rows: impl Iterator<Item = R>) -> Result<Vec<u8>, String> {
    let mut writer = csv::WriterBuilder::new()
        .quote_style(csv::QuoteStyle::Always)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        let cells = row.as_ref().iter().map(|text| cell(text).into_owned());
        writer.write_record(cells).map_err(|error| error.to_string())?;
    }
    writer.into_inner().map_err(|error| error.to_string())
}

/// The same with a mark in front by which spreadsheets know UTF-8: the beginning of a file, or all of it.
pub(crate) fn sheet<R: AsRef<[String]>>(rows: impl Iterator<Item = R>) -> Result<Vec<u8>, String> {
    let mut bytes = "\u{FEFF}".as_bytes().to_vec();
    bytes.extend(rows_of(rows)?);
    Ok(bytes)
}

const fn is_risky(letter: char) -> bool {
    matches!(
        letter,
        '\'' | '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '|' | '%'
        // Wide, small and mathematical forms that some programs fold into the plain ones before they look.
        | '＝' | '＋' | '－' | '＠' | '｜' | '％' | '﹦' | '﹢' | '﹣' | '﹫' | '−' | '＇'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What docs/export.md tells readers to do.
    fn back(cell: &str) -> &str {
        cell.strip_prefix('\'').unwrap_or(cell)
    }

    #[test]
    fn formulas_are_text() {
        for start in ["=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠", "﹦", "−"] {
            let text = format!("{start}HYPERLINK(\"http://x.example\")");
            let made = cell(&text);
            assert!(made.starts_with('\''), "{text:?}");
            assert_eq!(back(&made), text);
        }
        for plain in ["", "Bene.", "5 = ottimo", " =", "è -20 %", "«=»"] {
            assert_eq!(cell(plain), plain);
        }
        assert_eq!(cell("'t Koffiehuis"), "''t Koffiehuis");
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in r"['=+\-@\t\r\nａ＝ a]{0,8}") {
            let made = cell(&text);
            prop_assert_eq!(back(&made), text.as_str());
            prop_assert!(!made.starts_with(|letter| is_risky(letter) && letter != '\''));
        }
    }
}
