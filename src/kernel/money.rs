//! Currencies: ISO 4217, a closed list, with the digits of their minor unit.
//!
//! Amounts are integers in minor units everywhere (4990 EUR is 49.90) and are never converted.

use super::{Parsed, serde_as_text};
use std::fmt;

/// A currency: `EUR`.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Currency(&'static str);

/// The text is no currency code.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a currency code of ISO 4217, like EUR")]
pub struct CurrencyError;

/// Currencies with two digits after the point.
const TWO: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BMD", "BND",
    "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CNY", "COP", "CRC", "CUP", "CVE", "CZK",
    "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GTQ", "GYD",
    "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IRR", "JMD", "KES", "KGS", "KHR", "KPW", "KYD", "KZT", "LAK",
    "LBP", "LKR", "LRD", "LSL", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN",
    "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "QAR", "RON",
    "RSD", "RUB", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP",
    "SZL", "THB", "TJS", "TMT", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "USD", "UYU", "UZS", "VED", "VES", "WST",
    "XCD", "XCG", "YER", "ZAR", "ZMW", "ZWG",
];
/// Currencies without a minor unit.
const NONE: &[&str] =
    &["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"];
/// Currencies with three digits after the point.
const THREE: &[&str] = &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

impl Currency {
    /// Reads a code; small letters are taken too.
    pub fn parse(text: &str) -> Result<Self, CurrencyError> {
        let mut known = TWO.iter().chain(NONE).chain(THREE);
        known.find(|code| code.eq_ignore_ascii_case(text)).map(|code| Self(code)).ok_or(CurrencyError)
    }

    /// The code, in capitals.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// How many digits the minor unit has: 2 for cents.
    pub fn digits(self) -> usize {
        match self.0 {
            code if NONE.contains(&code) => 0,
            code if THREE.contains(&code) => 3,
            _ => 2,
        }
    }

    /// An amount in minor units, for people: 4990 is `49.90 EUR`.
    pub fn show(self, minor: i64) -> String {
        let digits = self.digits();
        let sign = if minor < 0 { "-" } else { "" };
        let text = format!("{:0>1$}", minor.unsigned_abs(), digits + 1);
        match text.split_at_checked(text.len().saturating_sub(digits)) {
            Some((whole, fraction)) if digits > 0 => format!("{sign}{whole}.{fraction} {}", self.0),
            _ => format!("{sign}{text} {}", self.0),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl Parsed for Currency {
    type Error = CurrencyError;
}
serde_as_text!(Currency);

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn a_closed_list() {
        for list in [TWO, NONE, THREE] {
            assert!(list.is_sorted_by(|one, next| one < next));
        }
        assert_eq!(Currency::parse("eur").unwrap().as_str(), "EUR");
        for bad in ["", "EU", "EURO", "XXX", "DEM", "€"] {
            assert_eq!(Currency::parse(bad), Err(CurrencyError), "{bad}");
        }
    }

    #[test]
    fn amounts_for_people() {
        for (code, minor, shown) in [
            ("EUR", 4990, "49.90 EUR"),
            ("EUR", 5, "0.05 EUR"),
            ("EUR", -120, "-1.20 EUR"),
            ("JPY", 500, "500 JPY"),
            ("KWD", 1, "0.001 KWD"),
            ("EUR", i64::MIN, "-92233720368547758.08 EUR"),
        ] {
            assert_eq!(Currency::parse(code).unwrap().show(minor), shown);
        }
    }
}
