//! The same look at what a shop changed: the words in use, with the cases that a proposal is tried with, in the shop's own name. Words that
//! were accepted long ago are held to the rules of today.

use std::collections::BTreeSet;

use super::super::context::ShopFace;
use super::super::own::{self, Flaw, InUse, Place, Proposal, Reals};
use super::super::samples;
use super::super::template::Templates;
use super::{Homes, Looked, Remark, base_of, fault, home};
use crate::links::{Base, Links};

/// What a shop says in one mail and language, on an instance at this base. Its links are those of the samples: they open nothing.
pub(crate) fn of_shop(templates: &Templates, shop: &ShopFace, used: &InUse, home: Option<&Base>) -> Looked {
    let InUse { mail, language, kept } = used;
    let Some(samples) = sample_place() else { return Looked::of(mail, language.tag()) };
    let away = base_of(&samples.shop.profile_url).to_owned();
    let base = home.map_or_else(|| away.clone(), ToString::to_string);
    let mut place = home.map_or(samples, |base| Place::new(&Links::new(base.clone()), (&shop.name, &shop.domain)));
    let shop = ShopFace { profile_url: format!("{base}/shops/{}", shop.domain), ..shop.clone() };
    place.shop = shop.clone();
    let homes = Homes { base: &base, shop: Some(&shop.domain) };
    let mut one = Looked::of(mail, language.tag());
    one.shop = Some(shop.domain.clone());
    one.version = Some(kept.version);
    let mut remarks = BTreeSet::new();
    let proposal = Proposal { mail, language: *language, domain: &shop.domain, own: &kept.own };
    remarks.extend(own::check(templates, proposal).err().map(|flaw| refused(&flaw)));
    for (case, context) in own::preview_cases(mail, &place, &Reals::default()) {
        // What a place does not know stays as in the samples, and moves with them.
        let context = home::moved_from(&away, context, home);
        match templates.render_own(language.tag(), &context, Some(&kept.own)) {
            Ok(rendered) => one.saw(&rendered, homes, &mut remarks),
            Err(broken) => {
                remarks
                    .insert(fault(format!("the house's words are sent in their place ({case}): {}", broken.message)));
            }
        }
        one.samples += 1;
    }
    remarks.extend(own::loads(&kept.own, &shop.domain).map(|url| Remark {
        fault: false,
        what: format!("loaded from the shop when a mail is opened: {url}"),
        dropped_by: None,
    }));
    one.remarks = remarks.into_iter().collect();
    one
}

/// Where the samples are at home.
fn sample_place() -> Option<Place> {
    let first = samples::all().into_iter().flat_map(|(_, contexts)| contexts).next()?;
    Some(Place::of_samples(first.frame()))
}

fn refused(flaw: &Flaw) -> Remark {
    let case = flaw.case.map(|case| format!(" ({case})")).unwrap_or_default();
    fault(format!("it would be refused today: {flaw}{case}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::locale::Language;
    use crate::kernel::time::Timestamp;
    use crate::mail::own::{Kept, Own};
    use serde_json::{Value, json};

    fn looked(own: Value) -> Looked {
        let own: Own = serde_json::from_value(own).unwrap();
        let kept = Kept { version: 3, at: Timestamp::from_millis(0), own };
        let shop = ShopFace {
            name: "Bottega".to_owned(),
            domain: "bottega.example".to_owned(),
            profile_url: "https://elsewhere.example/shops/bottega.example".to_owned(),
        };
        let used = InUse { mail: "invitation", language: Language::It, kept };
        let at = Base::parse("https://voices.example/a").unwrap();
        let moved = of_shop(&Templates::load().unwrap(), &shop, &used, Some(&at));
        let there = of_shop(&Templates::load().unwrap(), &shop, &used, None);
        let told = |looked: &Looked| faults(looked).into_iter().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(told(&moved), told(&there), "the same wherever the instance is at home");
        there
    }

    fn faults(looked: &Looked) -> Vec<&str> {
        looked.remarks.iter().filter(|remark| remark.fault).map(|remark| remark.what.as_str()).collect()
    }

    #[test]
    fn what_was_accepted_is_good() {
        let looked = looked(json!({
            "subject": "Ordine {{order.number}}",
            "text": { "opening": "Ciao, vedi https://www.bottega.example/chi-siamo." },
            "html": { "opening": "<p>Ciao, <a href=\"https://www.bottega.example/chi-siamo\">chi siamo</a>.</p>" },
            "colours": { "accent": "#7a1f3d" },
            "logo": { "url": "https://cdn.bottega.example/logo.png", "alt": "Bottega", "width": 140 },
        }));
        assert_eq!(faults(&looked), Vec::<&str>::new());
        assert!(looked.is_good() && looked.samples == 8 && looked.html_bytes > 5_000, "{looked:?}");
        assert_eq!((looked.shop.as_deref(), looked.version), (Some("bottega.example"), Some(3)));
        assert!(looked.remarks.iter().any(|remark| remark.what == "border-radius"), "what is borne is listed");
        let loaded = "loaded from the shop when a mail is opened: https://cdn.bottega.example/logo.png";
        assert!(looked.remarks.iter().any(|remark| remark.what == loaded && !remark.fault), "{looked:?}");
    }

    #[test]
    fn a_logo_of_a_third_party_is_neither_good_nor_shown() {
        let looked =
            looked(json!({"logo": {"url": "https://cdn.elsewhere.example/l.png", "alt": "Bottega", "width": 140}}));
        let found = faults(&looked);
        assert!(matches!(found.as_slice(), [one] if one.contains("refused today: /logo/url")), "{found:?}");
        assert!(looked.remarks.iter().all(|remark| !remark.what.starts_with("loaded from")), "{looked:?}");
    }

    #[test]
    fn what_would_be_refused_today_is_a_fault_and_so_is_what_comes_out_wrong() {
        let table = [
            (json!({"subject": "Ordine {{nessuno}}"}), "would be refused today: /subject, line 1, column"),
            (json!({"subject": "Ordine {{nessuno}}"}), "the house's words are sent in their place (plain)"),
            (json!({"text": {"opening": "Dacci 5 stelle!"}}), "No mail may ask for stars"),
            (
                json!({"text": {"opening": "Visita http://evil.example/x"}}),
                "a link leads elsewhere: http://evil.example/x",
            ),
            (json!({"colours": {"accent": "#ffcc00"}}), "have a contrast of 1.5 to 1"),
            (json!({"text": {"opening": "{{#each order.items}}{{this}}{{/each}} {{date order.placed}}"}}), "(bare)"),
            (
                json!({"text": {"opening": "Ciao {{customer_name}},"}}),
                "/text/opening, line 1, column 6: `customer_name` is",
            ),
            (json!({"text": {"opening": "Ciao }}"}}), "/text/opening, line 1, column 6: `}}` ends a tag"),
        ];
        for (own, expected) in table {
            let looked = looked(own);
            let found = faults(&looked);
            assert!(found.iter().any(|what| what.contains(expected)), "{expected}: {found:?}");
            assert!(!looked.is_good());
        }
    }
}
