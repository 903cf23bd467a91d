//! What is known of a sending domain without asking anybody: where it stands, every record it needs with what was found last, and what
//! DMARC then rests on. Makes nothing, asks nobody.

use serde::{Deserialize, Serialize};

use super::super::dkim::Algorithm;
use super::super::dkim::store::{self, StoredKey};
use super::super::mailer::Mailer;
use super::alignment::{self, Alignment};
use super::{Finding, Kind, Verdict, dkim as key_record, mx};
use crate::context::Context;
use crate::db;
use crate::kernel::time::{DAY, Timestamp};

/// How long the record of a retired key must stay, for mails that are still on their way or are checked late.
pub(super) const GRACE_MS: i64 = 7 * DAY;

/// Where a sending domain stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Its keys are being made.
    Preparing,
    /// Its keys are there, the records not yet: nothing is signed with them.
    Waiting,
    /// Mail of this domain is signed.
    Signing,
}

/// What is known of a sending domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The domain.
    pub domain: String,
    /// Where it stands.
    pub state: State,
    /// When it was last looked at.
    pub checked_at: Option<Timestamp>,
    /// Every record it needs, and what stands there. Of the domain that this instance sends from also those of the return address.
    pub records: Vec<Finding>,
    /// What proves to receivers that mail in its name is its own.
    pub alignment: Alignment,
    /// Records of retired keys.
    pub retired: Vec<Retired>,
}

/// The record of a key that signs no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Retired {
    /// Where it stands.
    pub name: String,
    /// From then on nobody needs it.
    pub removable_at: Timestamp,
}

impl Report {
    /// Whether every record is right.
    pub fn is_right(&self) -> bool {
        self.state == State::Signing && self.records.iter().all(|record| record.verdict == Verdict::Right)
    }
}

/// What is stored of a look.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Looked {
    /// What was found.
    pub(super) records: Vec<Finding>,
    /// What followed for DMARC.
    pub(super) alignment: Option<Alignment>,
}

impl Looked {
    /// Reads what is stored; an earlier release stored the records alone.
    fn read(text: &str) -> Self {
        let records = || Ok::<_, serde_json::Error>(Self { records: serde_json::from_str(text)?, alignment: None });
        serde_json::from_str(text).or_else(|_no_look| records()).unwrap_or_default()
    }
}

/// What is known of a domain, without asking anybody: the records to publish, with what was found last. Makes nothing.
///
/// # Errors
/// The database's.
pub async fn known(ctx: &Context, mailer: &Mailer, domain: &str) -> db::Result<Report> {
    let (name, since) = (domain.to_owned(), ctx.now().minus_ms(GRACE_MS));
    let read = move |conn: &mut db::Connection| Ok((store::domain(conn, &name)?, store::keys(conn, &name, since)?));
    let (stored, keys) = ctx.db().read(read).await?;
    let at = stored.as_ref().and_then(|stored| stored.checked_at);
    let looked = stored.as_ref().and_then(|stored| stored.report.as_deref()).map(Looked::read).unwrap_or_default();
    let alignment = alignment::last(domain, mailer.return_domain(), looked.alignment);
    if stored.is_none() {
        let (domain, state, records, retired) = (domain.to_owned(), State::Preparing, Vec::new(), Vec::new());
        return Ok(Report { domain, state, checked_at: None, records, alignment, retired });
    }
    let found = looked.records;
    let mut records = Vec::new();
    for key in keys.iter().filter(|key| key.retired_at.is_none()) {
        let (name, publish) = key_record::record(key);
        records.push(last(&found, Kind::Dkim, name, publish));
    }
    if domain == mailer.own_domain() {
        let place = mailer.return_domain();
        records.push(last(&found, Kind::Spf, place.to_owned(), spf_to_publish(mailer)));
        if let Some(way_back) = mailer.way_back() {
            records.push(last(&found, Kind::Mx, place.to_owned(), mx::to_publish(way_back)));
        }
    }
    records.push(last(&found, Kind::Dmarc, format!("_dmarc.{domain}"), "v=DMARC1; p=none".to_owned()));
    Ok(report(domain, at, (records, alignment), &keys))
}

fn spf_to_publish(mailer: &Mailer) -> String {
    let origin = mailer.origin();
    let mechanism = origin.wanted().map(str::to_owned).or_else(|| origin.suggested());
    format!("v=spf1 {} ~all", mechanism.unwrap_or_else(|| "mx".to_owned()))
}

/// What was found of a record the last time.
fn last(found: &[Finding], kind: Kind, name: String, publish: String) -> Finding {
    let known = found.iter().find(|finding| finding.kind == kind && finding.name == name).cloned();
    let detail = "Nobody has looked yet.".to_owned();
    known.unwrap_or(Finding { kind, name, publish, found: Vec::new(), verdict: Verdict::Unknown, detail })
}

pub(super) fn report(
    domain: &str,
    checked_at: Option<Timestamp>,
    (records, alignment): (Vec<Finding>, Alignment),
    keys: &[StoredKey],
) -> Report {
    let signs =
        |key: &StoredKey| key.published_at.is_some() && key.retired_at.is_none() && key.algorithm == Algorithm::Rsa;
    let state = if keys.iter().any(signs) { State::Signing } else { State::Waiting };
    let gone = |key: &StoredKey| {
        Some(Retired { name: key_record::record(key).0, removable_at: key.retired_at?.plus_ms(GRACE_MS) })
    };
    let retired = keys.iter().filter_map(gone).collect();
    Report { domain: domain.to_owned(), state, checked_at, records, alignment, retired }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_earlier_release_stored_is_read() {
        let record = r#"{"kind":"spf","name":"a.example","publish":"x","found":[],"verdict":"missing","detail":"y"}"#;
        assert_eq!(Looked::read(&format!("[{record}]")).records.len(), 1);
        let now = Looked::read(&format!(r#"{{"records":[{record}],"alignment":null}}"#));
        assert_eq!((now.records.len(), now.alignment), (1, None));
        assert!(Looked::read("nonsense").records.is_empty());
    }
}
