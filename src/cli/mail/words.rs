//! How `attesta mail` says what it found, for people. Pure.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::mail::check::{HTML_MAX, Looked};
use crate::mail::dialogue::Dialogue;
use crate::mail::dns::{Finding, Kind, Report, State, Verdict};

/// Where links are plain `http`.
const NO_ONE_CLICK: &str = "No mail program offers to unsubscribe with one click: RFC 8058 asks for an https:// link, and public_url is http://. \
                            Put the instance behind TLS and set public_url to its https:// address.";

/// A domain with its records; `judged`: after a look at the DNS.
pub(crate) fn report(report: &Report, judged: bool) -> String {
    let mut out = format!("{}: {}.\n", report.domain, standing(report));
    for record in &report.records {
        out.push_str(&self::record(record, judged));
    }
    let _infallible = write!(out, "\n{}", report.alignment.detail);
    for gone in &report.retired {
        let _infallible = write!(out, "\n{} is needed no more: take it out after {}.", gone.name, gone.removable_at);
    }
    if !judged {
        out.push_str("\nLook whether they stand: attesta mail verify");
    }
    out
}

/// What signs and what does not. Each key signs from the moment its own record is found.
fn standing(report: &Report) -> String {
    let keys = || report.records.iter().filter(|record| record.kind == Kind::Dkim);
    let found = keys().find(|record| record.verdict == Verdict::Right);
    let lost = keys().find(|record| matches!(record.verdict, Verdict::Missing | Verdict::Wrong));
    let of = |record: &Finding| format!("the record of its {} key is {}", key_kind(record), record.verdict);
    match (report.state, found, lost) {
        (State::Preparing, ..) => "its keys are being made".to_owned(),
        (State::Waiting, None, _) => "mail is not signed yet: the records below are waited for".to_owned(),
        (State::Waiting, Some(found), lost) => {
            let why = lost.map_or_else(|| "the other is waited for".to_owned(), of);
            format!(
                "mail is signed with its {} key alone, which many mail servers cannot check; {why}",
                key_kind(found)
            )
        }
        (State::Signing, _, None) => "mail is signed".to_owned(),
        (State::Signing, None, Some(lost)) => format!("mail is signed; {}", of(lost)),
        (State::Signing, Some(found), Some(lost)) => {
            format!("mail is signed with its {} key; {}", key_kind(found), of(lost))
        }
    }
}

/// As its record names it.
fn key_kind(record: &Finding) -> &'static str {
    if record.publish.contains("k=ed25519;") { "Ed25519" } else { "RSA" }
}

fn record(record: &Finding, judged: bool) -> String {
    let Finding { kind, name, publish, found, verdict, detail } = record;
    let mut out = format!("\n{:<6} {name}  {}\n", kind.to_string(), kind.record_type());
    if judged {
        let _infallible = writeln!(out, "       {verdict}: {detail}");
    }
    for text in found.iter().filter(|text| judged && *verdict != Verdict::Right && *text != publish) {
        let _infallible = writeln!(out, "       there:   {text}");
    }
    if !judged || *verdict != Verdict::Right {
        let _infallible = writeln!(out, "       publish: {publish}");
    }
    out
}

/// The records as lines of a zone file: texts of more than 255 characters in several strings.
pub(crate) fn zone(report: &Report) -> String {
    let line = |record: &Finding| {
        if record.kind == Kind::Mx {
            return format!("{}. 3600 IN MX {}.", record.name, record.publish);
        }
        let letters: Vec<char> = record.publish.chars().collect();
        let strings: Vec<String> =
            letters.chunks(255).map(|part| format!("\"{}\"", part.iter().collect::<String>())).collect();
        format!("{}. 3600 IN TXT {}", record.name, strings.join(" "))
    };
    report.records.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A dialogue with a mail server.
pub(crate) fn dialogue(told: &Dialogue) -> String {
    let mut out = format!("From {}\n", told.from);
    match told.signatures.as_slice() {
        [] => out.push_str("Not signed (attesta mail records)\n"),
        some => {
            let names: Vec<_> = some.iter().map(|s| format!("{} ({})", s.domain, s.selector)).collect();
            let _infallible = writeln!(out, "Signed for {}", names.join(", "));
        }
    }
    out.push('\n');
    for step in &told.steps {
        let _infallible = writeln!(out, "{:<9} {}\n          {}", step.step, step.said, step.heard);
    }
    match (told.sent, told.cause, told.next) {
        (_, Some(cause), Some(next)) => {
            let _infallible = write!(out, "\n{cause}\nNext: {next}");
        }
        _ => {
            let _infallible = write!(out, "\nThe mail server {} took the mail.", told.server);
        }
    }
    out
}

/// Every mail, looked over: the house's, then shop by shop what it changed.
pub(crate) fn looked(all: &[Looked], one_click: bool) -> String {
    let mut out = String::new();
    let mut borne: BTreeMap<&str, &str> = BTreeMap::new();
    let mut of: Option<&Option<String>> = None;
    for one in all {
        if of != Some(&one.shop) {
            out.push_str(&head(one, of.is_some()));
            of = Some(&one.shop);
        }
        out.push_str(&row(one));
        let drops = one.remarks.iter().filter(|remark| !remark.fault);
        borne.extend(drops.filter_map(|remark| Some((remark.what.as_str(), remark.dropped_by?))));
    }
    if all.is_empty() {
        out.push_str("This shop changed no mail: the house's own are sent. Look them over: attesta mail check\n");
    }
    if !borne.is_empty() {
        out.push_str("\nDropped by some, and the mails are whole without:\n");
    }
    for (what, by) in borne {
        let _infallible = writeln!(out, "    {what} ({by})");
    }
    let _infallible = write!(out, "\nAn HTML part may have {HTML_MAX} bytes.");
    if !one_click {
        let _infallible = write!(out, "\n\n{NO_ONE_CLICK}");
    }
    out
}

fn head(one: &Looked, follows: bool) -> String {
    let columns = "mail                    language  samples     HTML     text  faults\n";
    let space = if follows { "\n" } else { "" };
    one.shop.as_ref().map_or_else(|| columns.to_owned(), |shop| format!("{space}In the words of {shop}:\n{columns}"))
}

fn row(one: &Looked) -> String {
    let faults = one.remarks.iter().filter(|remark| remark.fault);
    let mut out = format!(
        "{:<23} {:<8} {:>8} {:>8} {:>8} {:>7}\n",
        one.mail,
        one.language,
        one.samples,
        one.html_bytes,
        one.text_bytes,
        faults.clone().count()
    );
    for fault in faults {
        let by = fault.dropped_by.map(|by| format!(", dropped by {by}")).unwrap_or_default();
        let _infallible = writeln!(out, "    {}{by}", fault.what);
    }
    for note in one.remarks.iter().filter(|remark| !remark.fault && remark.dropped_by.is_none()) {
        let _infallible = writeln!(out, "    {} (no fault)", note.what);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::dns::{Alignment, Proof};

    fn said(state: State, rsa: Verdict, ed25519: Verdict) -> String {
        let record = |kind: &str, verdict| Finding {
            kind: Kind::Dkim,
            name: format!("{kind}._domainkey.a.example"),
            publish: format!("v=DKIM1; k={kind}; p=x"),
            found: Vec::new(),
            verdict,
            detail: String::new(),
        };
        let records = vec![record("rsa", rsa), record("ed25519", ed25519)];
        let domain = "a.example".to_owned();
        let alignment =
            Alignment { return_domain: domain.clone(), by: vec![Proof::Dkim, Proof::Spf], detail: "Both.".to_owned() };
        let told = Report { domain, state, checked_at: None, records, alignment, retired: Vec::new() };
        report(&told, true).lines().next().unwrap().to_owned()
    }

    #[test]
    fn what_signs_is_said_key_by_key() {
        use Verdict::{Missing, Right, Unknown, Wrong};
        for (state, rsa, ed25519, expected) in [
            (State::Waiting, Missing, Missing, "mail is not signed yet: the records below are waited for."),
            (State::Waiting, Unknown, Unknown, "mail is not signed yet: the records below are waited for."),
            (
                State::Waiting,
                Wrong,
                Right,
                "mail is signed with its Ed25519 key alone, which many mail servers cannot check; the record of its RSA key is wrong.",
            ),
            (State::Signing, Right, Right, "mail is signed."),
            (State::Signing, Right, Unknown, "mail is signed."),
            (
                State::Signing,
                Right,
                Missing,
                "mail is signed with its RSA key; the record of its Ed25519 key is missing.",
            ),
        ] {
            assert_eq!(said(state, rsa, ed25519), format!("a.example: {expected}"));
        }
    }
}
