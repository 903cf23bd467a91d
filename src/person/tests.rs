//! What must hold of this door whatever is stored.

use super::retention::{self, Until, What};
use crate::config::Config;
use crate::kernel::locale::Language;

#[test]
fn the_table_follows_the_settings() {
    let mut config = Config::for_tests();
    (config.contact_days_after_last_mail, config.token_years, config.event_keep_days) = (1, 1, 17);
    config.closed_shop_days = 12;
    let all = retention::all(&config);
    let find = |what| all.iter().find(|kept| kept.what == what).map(|kept| (kept.until, kept.number));
    assert_eq!(find(What::Address), Some((Until::DaysAfterLastMail, Some(1))));
    assert_eq!(find(What::Hash), Some((Until::ReviewAndYearsOfTheLink, Some(1))));
    assert_eq!(find(What::EventIds), Some((Until::DaysAfterArrival, Some(17))));
    for what in [What::Order, What::MailLog] {
        assert_eq!(find(what), Some((Until::WithTheShop, Some(12))), "what the tick goes by");
    }
    let said: Vec<String> = all.iter().map(|kept| retention::said(Language::En, kept).until).collect();
    assert!(said.iter().any(|line| line.starts_with("1 day after the last e-mail")), "{said:?}");
    assert!(said.iter().any(|line| line.ends_with("the link in the e-mail works: 1 year")), "{said:?}");
    assert!(said.iter().any(|line| line.ends_with("uses this service, and 12 days after that")), "{said:?}");
    assert!(said.iter().all(|line| !line.contains(['{', '}'])), "{said:?}");
}
