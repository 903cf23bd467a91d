//! What DMARC rests on (RFC 7489 3.1): receivers want DKIM or SPF of the domain in From. Every signature of ours is of exactly that domain;
//! SPF is looked up at the domain of the return address (RFC 7208 2.4), which may be another. More is never said than every receiver finds,
//! whether it knows domains that belong together from a list of public suffixes or from the records up the tree.

use serde::{Deserialize, Serialize};

use super::{Answer, Finding, Resolver, dmarc, tags};

/// By what a receiver finds the domain in From confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Proof {
    /// By the signature.
    Dkim,
    /// By the machine that sends.
    Spf,
}

/// What proves to receivers that mail in a domain's name is its own, once its records are right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alignment {
    /// The domain of the return address, where SPF is looked up.
    pub return_domain: String,
    /// What counts for DMARC.
    pub by: Vec<Proof>,
    /// The same in a sentence.
    pub detail: String,
}

/// How the two domains stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kinship {
    Same,
    /// One lies below the other.
    Line,
    /// Both lie below a domain whose record holds for them.
    Siblings,
    Strangers,
}

/// What follows from a look at the domain's policy.
pub(super) async fn look(resolver: &Resolver, domain: &str, return_domain: &str, policy: &Finding) -> Alignment {
    let kinship = match kinship(domain, return_domain) {
        Kinship::Strangers if above_both(resolver, domain, return_domain).await => Kinship::Siblings,
        kinship => kinship,
    };
    judge(domain, return_domain, kinship, is_strict(&policy.found))
}

/// What is known without a look: what the last one said, if mails still come back to the same place.
pub(super) fn last(domain: &str, return_domain: &str, found: Option<Alignment>) -> Alignment {
    let found = found.filter(|found| found.return_domain == return_domain);
    found.unwrap_or_else(|| judge(domain, return_domain, kinship(domain, return_domain), false))
}

fn kinship(domain: &str, return_domain: &str) -> Kinship {
    let below = |one: &str, other: &str| one.strip_suffix(other).is_some_and(|rest| rest.ends_with('.'));
    if domain == return_domain {
        Kinship::Same
    } else if below(domain, return_domain) || below(return_domain, domain) {
        Kinship::Line
    } else {
        Kinship::Strangers
    }
}

/// Whether a domain above both has a DMARC record and so is no public suffix.
async fn above_both(resolver: &Resolver, domain: &str, return_domain: &str) -> bool {
    let (mut one, mut other) = (domain.rsplit('.'), return_domain.rsplit('.'));
    let mut shared: Vec<&str> = Vec::new();
    while let (Some(label), Some(same)) = (one.next(), other.next())
        && label == same
    {
        shared.insert(0, label);
    }
    // From the closest to the highest; a top-level domain has no record of its own.
    while shared.len() >= dmarc::SMALLEST {
        let Answer::Found(found) = resolver.txt(&format!("_dmarc.{}", shared.join("."))).await else {
            shared.remove(0);
            continue;
        };
        let records: Vec<_> = found.iter().filter(|text| dmarc::is_dmarc(text)).collect();
        if let [record] = records.as_slice() {
            return tag(record, "psd").is_none_or(|psd| !psd.eq_ignore_ascii_case("y"));
        }
        shared.remove(0);
    }
    false
}

fn tag(record: &str, name: &str) -> Option<String> {
    tags::parse(record).and_then(|tags| tags::get(&tags, name).map(str::to_owned))
}

/// Whether the record wants SPF of the very same domain.
fn is_strict(records: &[String]) -> bool {
    records.iter().any(|record| tag(record, "aspf").is_some_and(|mode| mode.eq_ignore_ascii_case("s")))
}

fn judge(domain: &str, return_domain: &str, kinship: Kinship, strict: bool) -> Alignment {
    let spf = match kinship {
        Kinship::Same => true,
        Kinship::Line | Kinship::Siblings => !strict,
        Kinship::Strangers => false,
    };
    let why = if kinship == Kinship::Strangers {
        format!("which does not count for {domain}")
    } else {
        "which the DMARC record does not count because it wants the very same domain (aspf=s)".to_owned()
    };
    let detail = if spf {
        format!("DMARC is met by DKIM and by SPF: signatures are of {domain}, and SPF is looked up at {return_domain}.")
    } else {
        format!(
            "DMARC is met by DKIM alone: SPF is looked up at {return_domain}, the domain of the return address, {why}."
        )
    };
    let by = if spf { vec![Proof::Dkim, Proof::Spf] } else { vec![Proof::Dkim] };
    Alignment { return_domain: return_domain.to_owned(), by, detail }
}

#[cfg(test)]
mod tests {
    use super::super::ask::Zone;
    use super::*;

    async fn by(domain: &str, return_domain: &str, zone: &[(&'static str, &'static str)]) -> Vec<Proof> {
        let zone: Zone = zone.iter().map(|(name, line)| (*name, vec![*line])).collect();
        let resolver = Resolver::of_zone(zone);
        let policy = dmarc::look(&resolver, domain).await;
        look(&resolver, domain, return_domain, &policy).await.by
    }

    #[tokio::test]
    async fn spf_counts_where_the_domains_belong_together() {
        let (both, alone) = (vec![Proof::Dkim, Proof::Spf], vec![Proof::Dkim]);
        let at = |record| [("_dmarc.shop.example", record)];
        let (none, strict) = (at("TXT v=DMARC1; p=none"), at("TXT v=DMARC1; p=none; aspf=s"));
        let suffix = at("TXT v=DMARC1; p=none; psd=y");
        assert_eq!(by("shop.example", "shop.example", &strict).await, both);
        assert_eq!(by("shop.example", "bounces.shop.example", &[]).await, both);
        assert_eq!(by("reviews.shop.example", "shop.example", &none).await, both);
        assert_eq!(by("shop.example", "bounces.shop.example", &strict).await, alone);
        assert_eq!(by("reviews.shop.example", "bounces.shop.example", &none).await, both, "siblings");
        assert_eq!(by("reviews.shop.example", "bounces.shop.example", &strict).await, alone);
        assert_eq!(by("reviews.shop.example", "bounces.shop.example", &suffix).await, alone, "neighbours by chance");
        assert_eq!(
            by("reviews.shop.example", "bounces.shop.example", &[]).await,
            alone,
            "nobody says they belong together"
        );
        assert_eq!(by("orto.example", "reviews.example", &[]).await, alone);
        assert_eq!(by("noshop.example", "shop.example", &none).await, alone, "the end of a word is no domain");
    }

    #[test]
    fn what_was_said_of_another_return_address_is_not_kept() {
        let old = judge("a.example", "b.example", Kinship::Strangers, false);
        assert_eq!(last("a.example", "b.example", Some(old.clone())), old);
        let moved = last("a.example", "bounces.a.example", Some(old));
        assert_eq!((moved.return_domain.as_str(), moved.by.len()), ("bounces.a.example", 2));
    }
}
