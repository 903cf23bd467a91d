//! The search for asks, in what the house itself says. `asks/tests.rs` measures it.

use super::*;

#[test]
fn the_house_asks_for_nothing() {
    for language in Language::ALL {
        for mail in MAILS {
            let house = Templates::house(language.tag(), mail).unwrap();
            for text in [house.subject, house.heading, house.preheader, house.text, house.html] {
                assert_eq!(asks::find(&asks::readable(&text)), None, "{language} {mail}");
            }
        }
    }
}
