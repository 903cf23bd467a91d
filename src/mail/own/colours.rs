//! Colours that everybody can read: WCAG 2.2 contrast, computed, with a sentence that names both colours where it is too low.

/// Least contrast of text (WCAG 2.2, 1.4.3).
const LEAST: f64 = 4.5;
/// What links and buttons stand on.
const SHEET: &str = "#ffffff";
/// The same in the dark.
const SHEET_DARK: &str = "#18221e";
/// On a button in the dark.
const BUTTON_INK_DARK: &str = "#0d1512";
/// The small print on the paper.
const QUIET: &str = "#5a665f";

/// Red, green and blue of `#rrggbb`.
fn parse(colour: &str) -> Option<[u8; 3]> {
    let digits =
        colour.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    let part = |from: usize| u8::from_str_radix(digits.get(from..from + 2)?, 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

/// Relative luminance (WCAG 2.2).
fn luminance(colour: [u8; 3]) -> f64 {
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    let [red, green, blue] = colour.map(linear);
    0.2126f64.mul_add(red, 0.7152f64.mul_add(green, 0.0722 * blue))
}

fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Refuses a colour that does not parse, or stands out too little from what it meets.
fn meets(colour: &str, others: &[(&str, &str)]) -> Result<(), String> {
    let parsed = parse(colour).ok_or_else(|| "A colour is written #rrggbb, such as #0b6b4f.".to_owned())?;
    for (what, other) in others {
        let found = parse(other).map_or(1.0, |other| contrast(parsed, other));
        if found < LEAST {
            return Err(format!(
                "{colour} and {other} ({what}) have a contrast of {found:.1} to 1; people need {LEAST} (WCAG 2.2 AA)."
            ));
        }
    }
    Ok(())
}

/// Whether links and buttons can be read in it on white.
pub(super) fn check_accent(colour: &str) -> Result<(), String> {
    meets(colour, &[("the sheet, and the words on a button", SHEET)])
}

/// Whether links and buttons can be read in it in the dark.
pub(super) fn check_accent_dark(colour: &str) -> Result<(), String> {
    meets(colour, &[("the sheet in the dark", SHEET_DARK), ("the words on a button in the dark", BUTTON_INK_DARK)])
}

/// Whether the small print can be read on it.
pub(super) fn check_paper(colour: &str) -> Result<(), String> {
    meets(colour, &[("the small print", QUIET)])
}

/// A colour brought towards white until it can be read in the dark.
pub(super) fn lightened(colour: &str) -> Option<String> {
    let [red, green, blue] = parse(colour)?;
    (0..=20_u16).find_map(|step| {
        let towards = |part: u8| {
            let part = u16::from(part);
            u8::try_from(part + (255 - part) * step / 20).unwrap_or(u8::MAX)
        };
        let lighter = format!("#{:02x}{:02x}{:02x}", towards(red), towards(green), towards(blue));
        check_accent_dark(&lighter).is_ok().then_some(lighter)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::template::dress::Dress;

    #[test]
    fn contrast_is_that_of_the_norm() {
        let of = |one: &str, other: &str| contrast(parse(one).unwrap(), parse(other).unwrap());
        assert!((of("#000000", "#ffffff") - 21.0).abs() < 1e-9);
        assert!((of("#777777", "#ffffff") - 4.48).abs() < 0.01, "the grey that just fails");
        assert!((of("#767676", "#ffffff") - 4.54).abs() < 0.01, "the grey that just passes");
    }

    #[test]
    fn the_house_obeys_its_own_rules() {
        let house = Dress::default();
        assert_eq!(check_accent(&house.accent), Ok(()));
        assert_eq!(check_accent_dark(&house.accent_dark), Ok(()));
        assert_eq!(check_paper(&house.paper), Ok(()));
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_figures() {
        let said = check_accent("#ffcc00").unwrap_err();
        assert!(said.contains("#ffcc00 and #ffffff") && said.contains("1.5 to 1"), "{said}");
        assert!(check_accent_dark("#112233").is_err() && check_paper("#333333").is_err());
        for no_colour in ["red", "#fff", "#12345g", "#ééé", "", "#1234567", "url(x)"] {
            assert!(check_accent(no_colour).is_err(), "{no_colour}");
        }
    }

    #[test]
    fn every_accent_has_one_for_the_dark() {
        for accent in ["#000000", "#0b6b4f", "#7a1020", "#1a1a8c", "#ffffff"] {
            let dark = lightened(accent).unwrap();
            assert_eq!(check_accent_dark(&dark), Ok(()), "{accent} {dark}");
        }
        assert_eq!(lightened("#ffffff").as_deref(), Some("#ffffff"));
    }
}
