//! What the Unicode CLDR knows of our five languages: dates, numbers, plurals, by ICU4X with its data compiled in. The only user of
//! those crates; whatever it cannot say is `None`, and the caller writes it plainly.

use std::sync::LazyLock;

use icu_calendar::{Date, Gregorian};
use icu_datetime::FixedCalendarDateTimeFormatter;
use icu_datetime::fieldsets::{YM, YMD};
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_locale_core::{Locale, locale};
use icu_plurals::{PluralCategory, PluralRules};

use crate::kernel::locale::Language;

type Days = FixedCalendarDateTimeFormatter<Gregorian, YMD>;
type Months = FixedCalendarDateTimeFormatter<Gregorian, YM>;

/// What formats one language.
struct Cldr {
    long: Option<Days>,
    short: Option<Days>,
    months: Option<Months>,
    numbers: Option<DecimalFormatter>,
    plurals: Option<PluralRules>,
}

impl Cldr {
    fn new(locale: &Locale) -> Self {
        Self {
            long: Days::try_new(locale.into(), YMD::long()).ok(),
            short: Days::try_new(locale.into(), YMD::medium()).ok(),
            months: Months::try_new(locale.into(), YM::long()).ok(),
            numbers: DecimalFormatter::try_new(locale.into(), icu_decimal::options::DecimalFormatterOptions::default())
                .ok(),
            plurals: PluralRules::try_new_cardinal(locale.into()).ok(),
        }
    }
}

macro_rules! languages {
    ($($language:ident $tag:literal)*) => {
        fn cldr(language: Language) -> &'static Cldr {
            match language {
                $(Language::$language => {
                    static CLDR: LazyLock<Cldr> = LazyLock::new(|| Cldr::new(&locale!($tag)));
                    &CLDR
                })*
            }
        }
    };
}

// English is British-neutral: the day stands before the month.
languages! { It "it" En "en-GB" De "de" Fr "fr" Es "es" }

/// The day at the start of an RFC 3339 text.
pub(super) fn day(iso: &str) -> Option<Date<Gregorian>> {
    let mut parts = iso.get(..10)?.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    Date::try_new_gregorian(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// `22 novembre 2026`.
pub(super) fn date(language: Language, day: Date<Gregorian>) -> Option<String> {
    cldr(language).long.as_ref().map(|format| format.format(&day).to_string())
}

/// `22 nov 2026`.
pub(super) fn short_date(language: Language, day: Date<Gregorian>) -> Option<String> {
    cldr(language).short.as_ref().map(|format| format.format(&day).to_string())
}

/// `novembre 2026`.
pub(super) fn month(language: Language, day: Date<Gregorian>) -> Option<String> {
    cldr(language).months.as_ref().map(|format| format.format(&day).to_string())
}

/// Plain digits, with or without sign and decimals, as the language writes them.
pub(super) fn number(language: Language, digits: &str) -> Option<String> {
    let number: Decimal = digits.parse().ok()?;
    cldr(language).numbers.as_ref().map(|format| format.format(&number).to_string())
}

/// Whether the language speaks of `n` things as of one.
pub(crate) fn is_one(language: Language, n: i64) -> bool {
    let category = cldr(language).plurals.as_ref().map(|rules| rules.category_for(n));
    category.map_or(n == 1, |category| category == PluralCategory::One)
}
