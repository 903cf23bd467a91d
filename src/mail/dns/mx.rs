//! Whether what is sent to the return address finds its way back (RFC 5321 5.1): an MX, else an address of the domain itself. Where the
//! listener of this instance takes that mail, the MX must lead to it.

use std::net::IpAddr;

use super::super::origin::{Taker, WayBack};
use super::{Answer, Finding, Kind, Resolver, Verdict};

/// Exchangers of a domain that are looked at.
const EXCHANGERS: usize = 10;

/// Where a machine was found.
enum Place {
    /// It has these addresses.
    At(Vec<IpAddr>),
    Nowhere,
    /// The resolver did not answer, and why.
    Silent(String),
}

/// The record to publish: priority and host.
pub(super) fn to_publish(way_back: &WayBack) -> String {
    let exchanger = way_back.exchanger.clone();
    format!("10 {}", exchanger.unwrap_or_else(|| format!("mx.{}", way_back.domain)))
}

pub(super) async fn look(resolver: &Resolver, domain: &str, way_back: &WayBack) -> Finding {
    let finding = |found: Vec<String>, (verdict, detail): (Verdict, String)| {
        let (name, publish) = (domain.to_owned(), to_publish(way_back));
        Finding { kind: Kind::Mx, name, publish, found, verdict, detail }
    };
    match resolver.exchangers(domain).await {
        Answer::Silent(why) => finding(Vec::new(), unknown(&why)),
        Answer::Found(names) => {
            let judged = judge(resolver, &names, way_back).await;
            finding(names, judged)
        }
        // Without an MX the domain itself is tried.
        Answer::Nothing => match place(resolver, domain).await {
            Place::Silent(why) => finding(Vec::new(), unknown(&why)),
            Place::Nowhere => finding(Vec::new(), missing(way_back.taker)),
            Place::At(_) => {
                let judged = judge(resolver, &[domain.to_owned()], way_back).await;
                finding(Vec::new(), judged)
            }
        },
    }
}

async fn place(resolver: &Resolver, name: &str) -> Place {
    match resolver.addresses(name).await {
        Answer::Found(addresses) => Place::At(addresses),
        Answer::Nothing => Place::Nowhere,
        Answer::Silent(why) => Place::Silent(why),
    }
}

fn unknown(why: &str) -> (Verdict, String) {
    (Verdict::Unknown, format!("Nothing is known: {why}."))
}

fn missing(taker: Taker) -> (Verdict, String) {
    let what = match taker {
        Taker::Listener => "publish it, so that they reach the listener of this instance",
        Taker::Relay => "publish it, with the name of the mail server that hands over to the listener",
        Taker::Unknown => "publish it, with the name of the mail server that takes them (here: returns.listen)",
    };
    let why =
        "There is neither an MX nor an address, so bounces find no way back and some mail servers refuse the sender";
    (Verdict::Missing, format!("{why}: {what}."))
}

/// One exchanger that leads there is enough: servers try them all.
async fn judge(resolver: &Resolver, names: &[String], way_back: &WayBack) -> (Verdict, String) {
    if names.iter().all(String::is_empty) {
        return (
            Verdict::Wrong,
            "The domain says that it takes no mail (RFC 7505): publish what is given here.".to_owned(),
        );
    }
    let wanted = way_back.exchanger.as_deref().filter(|_| way_back.taker == Taker::Listener);
    let here = match wanted {
        None => Vec::new(),
        Some(name) => match place(resolver, name).await {
            Place::At(addresses) => addresses,
            Place::Silent(why) => return unknown(&why),
            Place::Nowhere => {
                return (Verdict::Wrong, format!("{name} has no address: bounces cannot reach the listener."));
            }
        },
    };
    let mut lost = Vec::new();
    for name in names.iter().filter(|name| !name.is_empty()).take(EXCHANGERS) {
        match place(resolver, name).await {
            Place::Silent(why) => return unknown(&why),
            Place::Nowhere => lost.push(format!("{name}, which has no address")),
            Place::At(found) if wanted.is_none() || found.iter().any(|address| here.contains(address)) => {
                return (Verdict::Right, right(name, way_back.taker));
            }
            Place::At(_) => lost.push(name.clone()),
        }
    }
    let lost = lost.join(" and ");
    let detail = match wanted {
        Some(_) => format!(
            "Bounces go to {lost}, and not to the listener of this instance. Publish what is given here; if the listener is reached under \
             another name, set that as returns.exchanger."
        ),
        None => format!("Bounces go to {lost}: publish the name of a mail server that takes them."),
    };
    (Verdict::Wrong, detail)
}

fn right(name: &str, taker: Taker) -> String {
    match taker {
        Taker::Listener => format!("Bounces come back by {name} to the listener."),
        Taker::Relay => format!("Bounces come back by {name}, which must hand them over to the listener."),
        Taker::Unknown => {
            format!("Bounces go to {name}. The listener is off (returns.listen), so this instance does not read them.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ask::Zone;
    use super::*;

    /// A name and a record.
    type Line = (&'static str, &'static str);

    async fn said(taker: Taker, lines: &[Line]) -> (Verdict, String) {
        let mut zone = Zone::new();
        zone.insert("reviews.example", vec!["A 192.0.2.25"]);
        for (name, line) in lines {
            zone.entry(*name).or_default().push(*line);
        }
        let domain = "bounces.example".to_owned();
        let way_back = WayBack { domain, exchanger: Some("reviews.example".to_owned()), taker };
        let finding = look(&Resolver::of_zone(zone), "bounces.example", &way_back).await;
        assert_eq!(finding.publish, "10 reviews.example");
        (finding.verdict, finding.detail)
    }

    #[tokio::test]
    async fn the_exchanger_must_lead_to_the_listener() {
        use Verdict::{Missing, Right, Unknown, Wrong};
        let at = |line| ("bounces.example", line);
        let alias = ("mx.bounces.example", "A 192.0.2.25");
        let other = ("mx.other.example", "A 198.51.100.1");
        let table: [(&[Line], Verdict, Verdict); 9] = [
            (&[], Missing, Missing),
            (&[at("MX reviews.example.")], Right, Right),
            (&[at("MX mx.bounces.example."), alias], Right, Right),
            (&[at("MX mx.other.example."), at("MX reviews.example."), other], Right, Right),
            (&[at("A 192.0.2.25")], Right, Right),
            (&[at("MX mx.other.example."), other], Wrong, Right),
            (&[at("MX nowhere.example.")], Wrong, Wrong),
            (&[at("MX .")], Wrong, Wrong),
            (&[at("SILENT")], Unknown, Unknown),
        ];
        for (lines, to_listener, to_relay) in table {
            let (verdict, detail) = said(Taker::Listener, lines).await;
            assert_eq!(verdict, to_listener, "{lines:?} {detail}");
            for taker in [Taker::Relay, Taker::Unknown] {
                let (verdict, detail) = said(taker, lines).await;
                assert_eq!(verdict, to_relay, "{taker:?} {lines:?} {detail}");
            }
        }
    }
}
