//! Whether the SPF record of a domain lets our mail server send for it (RFC 7208): the record is evaluated as a receiver would, with its
//! bound of ten questions. Macros are not expanded: a mechanism that has one is taken to match nothing of ours.

use std::net::IpAddr;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use ipnet::IpNet;

use super::{Answer, Finding, Kind, Resolver, Verdict};

/// Questions that a record may cost a receiver (RFC 7208 4.6.4).
const QUESTIONS: usize = 10;
/// Exchangers of a name that are looked at.
const EXCHANGERS: usize = 10;

/// What must be allowed to send.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Expected {
    /// The mechanism that the provider of the mail server asks for.
    pub(super) mechanism: Option<String>,
    /// The mechanism to publish where none stands there.
    pub(super) suggested: Option<String>,
    /// The addresses of the mail server, where they tell anything.
    pub(super) addresses: Vec<IpAddr>,
}

/// What a record says about an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Pass,
    Fail,
    SoftFail,
    Neutral,
}

/// Why a record says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fault {
    /// It is broken for every receiver: a sentence.
    Broken(String),
    /// The resolver did not answer.
    Silent(String),
}

/// One term of a record.
struct Term<'a> {
    said: Said,
    name: String,
    /// After `:` or `=`.
    value: &'a str,
    /// After `/`.
    prefix: Option<&'a str>,
}

pub(super) async fn look(resolver: &Resolver, domain: &str, expected: &Expected) -> Finding {
    let finding = |found: Vec<String>, (verdict, detail): (Verdict, String)| {
        let publish = publish(found.first().map(String::as_str), expected, verdict);
        Finding { kind: Kind::Spf, name: domain.to_owned(), publish, found, verdict, detail }
    };
    let records = match records(resolver, domain).await {
        Ok(records) => records,
        Err(why) => return finding(Vec::new(), (Verdict::Unknown, format!("Nothing is known: {why}."))),
    };
    let judged = match records.as_slice() {
        [] => (Verdict::Missing, "There is no SPF record: publish it.".to_owned()),
        [record] => judge(resolver, domain, record, expected).await,
        _ => (Verdict::Wrong, "There are several SPF records, so receivers take none: make them one.".to_owned()),
    };
    finding(records, judged)
}

/// The SPF records of a name.
async fn records(resolver: &Resolver, domain: &str) -> Result<Vec<String>, String> {
    match resolver.txt(domain).await {
        Answer::Found(found) => Ok(found.into_iter().filter(|text| is_spf(text)).collect()),
        Answer::Nothing => Ok(Vec::new()),
        Answer::Silent(why) => Err(why),
    }
}

fn is_spf(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text == "v=spf1" || text.starts_with("v=spf1 ")
}

async fn judge(resolver: &Resolver, domain: &str, record: &str, expected: &Expected) -> (Verdict, String) {
    if let Some(wanted) = &expected.mechanism
        && !record.split(' ').any(|term| term.trim_start_matches('+').eq_ignore_ascii_case(wanted))
    {
        return (
            Verdict::Wrong,
            format!("The record does not hold {wanted}, which the settings (mail.spf) ask for: add it."),
        );
    }
    // Without an address of ours, an address of documentation shows at least whether the record can be evaluated, and by whom it is open.
    let probe = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 99));
    let stranger = check_host(resolver, domain, probe).await;
    match stranger {
        Err(Fault::Silent(why)) => return (Verdict::Unknown, format!("Nothing is known: {why}.")),
        Err(Fault::Broken(why)) => return (Verdict::Wrong, format!("Receivers cannot use the record: {why}.")),
        Ok(Said::Pass) => {
            return (
                Verdict::Wrong,
                "The record lets the whole world send for this domain: end it with ~all or -all.".to_owned(),
            );
        }
        Ok(Said::Fail | Said::SoftFail | Said::Neutral) => {}
    }
    if expected.mechanism.is_some() {
        return (Verdict::Right, "The record holds what the mail server needs.".to_owned());
    }
    let mut refused = Vec::new();
    for address in &expected.addresses {
        match check_host(resolver, domain, *address).await {
            Ok(Said::Pass) => {
                return (Verdict::Right, format!("The mail server ({address}) may send for this domain."));
            }
            Ok(_) => refused.push(address.to_string()),
            Err(Fault::Silent(why)) => return (Verdict::Unknown, format!("Nothing is known: {why}.")),
            Err(Fault::Broken(why)) => return (Verdict::Wrong, format!("Receivers cannot use the record: {why}.")),
        }
    }
    if refused.is_empty() {
        let detail = "There is one record. Which addresses the mail server sends from is not known here: mail.spf says what to look for.";
        return (Verdict::Right, detail.to_owned());
    }
    let detail = format!(
        "The record does not let the mail server ({}) send for this domain. Add what is given here; if the server sends from other \
         addresses, its provider names the mechanism: set it as mail.spf.",
        refused.join(", ")
    );
    (Verdict::Wrong, detail)
}

/// The record to publish: the one that stands there with what it lacks.
fn publish(found: Option<&str>, expected: &Expected, verdict: Verdict) -> String {
    let Some(record) = found else {
        let mechanism = expected.mechanism.as_ref().or(expected.suggested.as_ref());
        return mechanism.map_or_else(|| "v=spf1 mx ~all".to_owned(), |mechanism| format!("v=spf1 {mechanism} ~all"));
    };
    let wanted = expected.mechanism.as_ref().or(expected.suggested.as_ref());
    match wanted.filter(|wanted| verdict == Verdict::Wrong && !record.split(' ').any(|term| term == wanted.as_str())) {
        Some(wanted) => {
            let rest = record.get("v=spf1".len()..).unwrap_or_default();
            format!("v=spf1 {wanted}{rest}").replace("+all", "~all")
        }
        None => record.replace("+all", "~all"),
    }
}

/// RFC 7208 4: what the domain says about this address.
async fn check_host(resolver: &Resolver, domain: &str, address: IpAddr) -> Result<Said, Fault> {
    Walk { resolver, address, questions: 0 }.check(domain.to_owned()).await
}

struct Walk<'a> {
    resolver: &'a Resolver,
    address: IpAddr,
    questions: usize,
}

impl Walk<'_> {
    fn check(&mut self, domain: String) -> BoxFuture<'_, Result<Said, Fault>> {
        async move {
            let found = records(self.resolver, &domain).await.map_err(Fault::Silent)?;
            let [record] = found.as_slice() else {
                return Err(Fault::Broken(format!("{domain} has {} SPF records instead of one", found.len())));
            };
            let mut redirect = None;
            for text in record.split(' ').skip(1).filter(|text| !text.is_empty()) {
                let term = term(text).ok_or_else(|| Fault::Broken(format!("it cannot be read at {text}")))?;
                if term.name == "redirect" {
                    redirect = Some(term.value.to_owned());
                } else if self.matches(&term, &domain).await? {
                    return Ok(term.said);
                }
            }
            match redirect {
                Some(target) => {
                    self.ask()?;
                    self.check(target).await
                }
                None => Ok(Said::Neutral),
            }
        }
        .boxed()
    }

    /// Counts a question that a receiver has to ask.
    fn ask(&mut self) -> Result<(), Fault> {
        self.questions += 1;
        if self.questions > QUESTIONS {
            let why = format!("it costs more than {QUESTIONS} look-ups: take out includes that are not needed");
            return Err(Fault::Broken(why));
        }
        Ok(())
    }

    async fn matches(&mut self, term: &Term<'_>, domain: &str) -> Result<bool, Fault> {
        let target = if term.value.is_empty() { domain } else { term.value };
        let asks = matches!(term.name.as_str(), "include" | "a" | "mx" | "ptr" | "exists");
        if asks {
            self.ask()?;
        }
        if asks && target.contains('%') {
            return Ok(false);
        }
        match term.name.as_str() {
            "all" => Ok(true),
            "include" => Ok(self.check(target.to_owned()).await? == Said::Pass),
            "ip4" | "ip6" => {
                let net = network(term.value, term.prefix);
                let net = net.ok_or_else(|| Fault::Broken(format!("{} is no network", term.value)))?;
                Ok(net.contains(&self.address))
            }
            "a" => self.is_at(target, term.prefix).await,
            "mx" => match self.resolver.exchangers(target).await {
                Answer::Silent(why) => Err(Fault::Silent(why)),
                Answer::Nothing => Ok(false),
                Answer::Found(names) => {
                    for name in names.iter().take(EXCHANGERS) {
                        if self.is_at(name, term.prefix).await? {
                            return Ok(true);
                        }
                    }
                    Ok(false)
                }
            },
            "exists" => match self.resolver.addresses(target).await {
                Answer::Silent(why) => Err(Fault::Silent(why)),
                found => Ok(matches!(found, Answer::Found(_))),
            },
            // Not to be used any more (RFC 7208 5.5), or a modifier that decides nothing.
            _ => Ok(false),
        }
    }

    /// Whether the address is one of this name, or of the networks around it.
    async fn is_at(&self, name: &str, prefix: Option<&str>) -> Result<bool, Fault> {
        let bits = |address: &IpAddr| {
            let (four, six) = prefix.unwrap_or_default().split_once('/').unwrap_or((prefix.unwrap_or_default(), ""));
            let (own, most) = if address.is_ipv4() { (four, 32) } else { (six.trim_start_matches('/'), 128) };
            own.parse::<u8>().unwrap_or(most).min(most)
        };
        match self.resolver.addresses(name).await {
            Answer::Silent(why) => Err(Fault::Silent(why)),
            Answer::Nothing => Ok(false),
            Answer::Found(found) => Ok(found
                .iter()
                .any(|address| IpNet::new(*address, bits(address)).is_ok_and(|net| net.contains(&self.address)))),
        }
    }
}

fn network(value: &str, prefix: Option<&str>) -> Option<IpNet> {
    let address: IpAddr = value.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = prefix.map_or(Some(most), |prefix| prefix.parse().ok())?;
    IpNet::new(address, bits).ok()
}

/// Takes a term apart; `None` for one that no receiver reads.
fn term(text: &str) -> Option<Term<'_>> {
    let first = text.chars().next()?;
    let (said, rest) = match first {
        '+' => (Said::Pass, text.get(1..)?),
        '-' => (Said::Fail, text.get(1..)?),
        '~' => (Said::SoftFail, text.get(1..)?),
        '?' => (Said::Neutral, text.get(1..)?),
        _ => (Said::Pass, text),
    };
    let end = rest.find([':', '=', '/']).unwrap_or(rest.len());
    let (name, rest) = rest.split_at_checked(end)?;
    let name = name.to_ascii_lowercase();
    let modifier = rest.starts_with('=');
    let value = rest.strip_prefix([':', '=']).unwrap_or("");
    let (value, prefix) = match (rest.strip_prefix('/'), value.split_once('/')) {
        (Some(prefix), _) => ("", Some(prefix)),
        (None, Some((value, prefix))) if !modifier => (value, Some(prefix)),
        (None, _) => (value, None),
    };
    let known = match name.as_str() {
        "all" => rest.is_empty(),
        "include" | "ip4" | "ip6" | "exists" => !value.is_empty() && !modifier,
        "a" | "mx" | "ptr" => !modifier,
        "redirect" => modifier && !value.is_empty(),
        _ => modifier && !name.is_empty(),
    };
    known.then_some(Term { said, name, value, prefix })
}

#[cfg(test)]
mod tests {
    use super::super::ask::Zone;
    use super::*;

    fn zone(lines: &[(&'static str, &'static str)]) -> Resolver {
        let mut zone = Zone::new();
        for (name, line) in lines {
            zone.entry(*name).or_default().push(*line);
        }
        Resolver::of_zone(zone)
    }

    async fn said(record: &'static str, address: &str) -> Result<Said, Fault> {
        let resolver = zone(&[
            ("shop.example", record),
            ("shop.example", "A 192.0.2.1"),
            ("shop.example", "AAAA 2001:db8::1"),
            ("shop.example", "MX mx.shop.example."),
            ("mx.shop.example", "A 192.0.2.25"),
            ("_spf.provider.example", "TXT v=spf1 ip4:198.51.100.0/24 ip6:2001:db8:1::/48 -all"),
            ("loop.example", "TXT v=spf1 include:loop.example -all"),
            ("two.example", "TXT v=spf1 -all"),
            ("two.example", "TXT v=spf1 +all"),
        ]);
        check_host(&resolver, "shop.example", address.parse().unwrap()).await
    }

    #[tokio::test]
    async fn a_record_is_evaluated_as_a_receiver_would() {
        let table = [
            ("TXT v=spf1 a -all", "192.0.2.1", Said::Pass),
            ("TXT v=spf1 a -all", "2001:db8::1", Said::Pass),
            ("TXT v=spf1 a -all", "192.0.2.2", Said::Fail),
            ("TXT v=spf1 a/24 -all", "192.0.2.2", Said::Pass),
            ("TXT v=spf1 a:shop.example/24//64 ~all", "2001:db8::9", Said::Pass),
            ("TXT v=spf1 mx ?all", "192.0.2.25", Said::Pass),
            ("TXT v=spf1 mx ~all", "192.0.2.26", Said::SoftFail),
            ("TXT v=spf1 ip4:203.0.113.7 -all", "203.0.113.7", Said::Pass),
            ("TXT v=spf1 -ip4:203.0.113.0/24 +all", "203.0.113.7", Said::Fail),
            ("TXT v=spf1 ip6:2001:db8:2::/48 -all", "2001:db8:2::5", Said::Pass),
            ("TXT v=spf1 include:_spf.provider.example -all", "198.51.100.9", Said::Pass),
            ("TXT v=spf1 INCLUDE:_spf.provider.example ~all", "198.51.101.9", Said::SoftFail),
            ("TXT v=spf1 redirect=_spf.provider.example", "198.51.101.9", Said::Fail),
            ("TXT v=spf1 exp=why.example a", "203.0.113.7", Said::Neutral),
            ("TXT v=spf1 exists:%{i}.shop.example exists:mx.shop.example -all", "203.0.113.7", Said::Pass),
            ("TXT v=spf1", "203.0.113.7", Said::Neutral),
        ];
        for (record, address, expected) in table {
            assert_eq!(said(record, address).await, Ok(expected), "{record} {address}");
        }
    }

    #[tokio::test]
    async fn what_receivers_cannot_use_is_said() {
        for record in [
            "TXT v=spf1 include:nowhere.example -all",
            "TXT v=spf1 include:loop.example -all",
            "TXT v=spf1 include:two.example -all",
            "TXT v=spf1 ip4:nonsense -all",
            "TXT v=spf1 ip4:192.0.2.1/99 -all",
            "TXT v=spf1 nonsense -all",
            "TXT v=spf1 a:x mx a a a a a a a a a -all",
        ] {
            assert!(matches!(said(record, "203.0.113.7").await, Err(Fault::Broken(_))), "{record}");
        }
    }

    fn expected(mechanism: Option<&str>, addresses: &[&str]) -> Expected {
        Expected {
            mechanism: mechanism.map(str::to_owned),
            suggested: Some("a:mx.shop.example".to_owned()),
            addresses: addresses.iter().map(|text| text.parse().unwrap()).collect(),
        }
    }

    #[tokio::test]
    async fn the_record_to_publish_is_the_one_there_with_what_it_lacks() {
        let table: [(Option<&'static str>, Expected, Verdict, &str); 8] = [
            (None, expected(None, &["192.0.2.25"]), Verdict::Missing, "v=spf1 a:mx.shop.example ~all"),
            (None, expected(Some("include:p.example"), &[]), Verdict::Missing, "v=spf1 include:p.example ~all"),
            (
                Some("TXT v=spf1 ip4:192.0.2.25 -all"),
                expected(None, &["192.0.2.25"]),
                Verdict::Right,
                "v=spf1 ip4:192.0.2.25 -all",
            ),
            (Some("TXT v=spf1 -all"), expected(None, &["192.0.2.25"]), Verdict::Wrong, "v=spf1 a:mx.shop.example -all"),
            (
                Some("TXT v=spf1 ip4:192.0.2.9 ~all"),
                expected(Some("include:p.example"), &[]),
                Verdict::Wrong,
                "v=spf1 include:p.example ip4:192.0.2.9 ~all",
            ),
            (
                Some("TXT v=spf1 include:p.example ~all"),
                expected(Some("include:p.example"), &[]),
                Verdict::Right,
                "v=spf1 include:p.example ~all",
            ),
            (Some("TXT v=spf1 +all"), expected(None, &["192.0.2.25"]), Verdict::Wrong, "v=spf1 a:mx.shop.example ~all"),
            (Some("SILENT"), expected(None, &[]), Verdict::Unknown, "v=spf1 a:mx.shop.example ~all"),
        ];
        for (record, expected, verdict, publish) in table {
            let mut lines =
                vec![("p.example", "TXT v=spf1 ip4:198.51.100.1 -all"), ("mx.shop.example", "A 192.0.2.25")];
            lines.extend(record.map(|record| ("shop.example", record)));
            let finding = look(&zone(&lines), "shop.example", &expected).await;
            assert_eq!(
                (finding.verdict, finding.publish.as_str()),
                (verdict, publish),
                "{record:?} {}",
                finding.detail
            );
        }
    }
}
