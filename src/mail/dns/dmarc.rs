//! Whether receivers know what to do with mail in the domain's name that proves nothing (RFC 7489; the walk up the tree of its successor, so
//! that no list of public suffixes is needed). Large receivers want a record from whoever sends much.

use super::{Answer, Finding, Kind, Resolver, Verdict, tags};

/// Labels of a name above which no domain has a record of its own.
pub(super) const SMALLEST: usize = 2;
/// Names asked at most.
const STEPS: usize = 8;

pub(super) async fn look(resolver: &Resolver, domain: &str) -> Finding {
    let finding = |found, verdict, detail: String| Finding {
        kind: Kind::Dmarc,
        name: format!("_dmarc.{domain}"),
        publish: "v=DMARC1; p=none".to_owned(),
        found,
        verdict,
        detail,
    };
    let mut place = domain;
    for _ in 0..STEPS {
        match resolver.txt(&format!("_dmarc.{place}")).await {
            Answer::Silent(why) => return finding(Vec::new(), Verdict::Unknown, format!("Nothing is known: {why}.")),
            Answer::Nothing => {}
            Answer::Found(found) => {
                let records: Vec<_> = found.iter().filter(|text| is_dmarc(text)).cloned().collect();
                if !records.is_empty() {
                    let (verdict, detail) = judge(&records, place, place == domain);
                    return finding(records, verdict, detail);
                }
            }
        }
        match place.split_once('.') {
            Some((_, above)) if above.split('.').count() >= SMALLEST => place = above,
            _ => break,
        }
    }
    let detail = "Neither the domain nor one above it has a DMARC record: publish it. p=none asks for nothing but to be known; \
                  quarantine or reject can follow once SPF and DKIM are right.";
    finding(Vec::new(), Verdict::Missing, detail.to_owned())
}

pub(super) fn is_dmarc(text: &str) -> bool {
    text.trim_start().to_ascii_lowercase().starts_with("v=dmarc1")
}

fn judge(records: &[String], place: &str, own: bool) -> (Verdict, String) {
    let [text] = records else {
        return (Verdict::Wrong, format!("_dmarc.{place} has several records, so receivers take none: keep one."));
    };
    let Some(tags) = tags::parse(text) else {
        return (Verdict::Wrong, format!("The record of _dmarc.{place} is no list of tags: v=DMARC1; p=none."));
    };
    let get = |name| tags::get(&tags, name);
    let policy = (if own { None } else { get("sp") }).or_else(|| get("p"));
    match policy {
        Some(policy) if matches!(policy.to_ascii_lowercase().as_str(), "none" | "quarantine" | "reject") => {
            let held = if own { String::new() } else { format!(", by the record of {place}") };
            (Verdict::Right, format!("Mail in this name that neither SPF nor DKIM proves: {policy}{held}."))
        }
        _ => (
            Verdict::Wrong,
            format!("The record of _dmarc.{place} has no policy that is known: p=none, quarantine or reject."),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::ask::Zone;
    use super::*;

    async fn said(zone: &[(&'static str, &[&'static str])], domain: &str) -> Verdict {
        let zone: Zone = zone.iter().map(|(name, lines)| (*name, lines.to_vec())).collect();
        look(&Resolver::of_zone(zone), domain).await.verdict
    }

    #[tokio::test]
    async fn a_policy_is_found_here_or_above() {
        let own: (&str, &[&str]) = ("_dmarc.mail.shop.example", &["TXT v=DMARC1; p=reject; adkim=s"]);
        let above: (&str, &[&str]) = ("_dmarc.shop.example", &["TXT other", "TXT v=DMARC1;p=none;sp=quarantine"]);
        assert_eq!(said(&[own], "mail.shop.example").await, Verdict::Right);
        assert_eq!(said(&[above], "mail.shop.example").await, Verdict::Right);
        assert_eq!(said(&[], "mail.shop.example").await, Verdict::Missing);
        assert_eq!(said(&[("_dmarc.example", &["TXT v=DMARC1; p=none"])], "shop.example").await, Verdict::Missing);
        for wrong in ["TXT v=DMARC1", "TXT v=DMARC1; p=never", "TXT v=DMARC1; nonsense"] {
            assert_eq!(said(&[("_dmarc.shop.example", &[wrong])], "shop.example").await, Verdict::Wrong, "{wrong}");
        }
        let twice: (&str, &[&str]) = ("_dmarc.shop.example", &["TXT v=DMARC1; p=none", "TXT v=DMARC1; p=reject"]);
        assert_eq!(said(&[twice], "shop.example").await, Verdict::Wrong);
        assert_eq!(said(&[("_dmarc.shop.example", &["SILENT"])], "shop.example").await, Verdict::Unknown);
    }
}
