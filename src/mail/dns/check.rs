//! A look at everything that belongs to a sending domain, what was found last, and what follows from it: a key signs from the moment its
//! record is found, and no longer once the record is gone; when a new key signs, the old one of its kind is retired.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::super::dkim::store::{self, StoredKey};
use super::super::dkim::{self, Algorithm, DkimError};
use super::super::mailer::Mailer;
use super::spf::Expected;
use super::{Answer, Finding, Kind, Resolver, Verdict, dkim as key_record, dmarc, spf};
use crate::context::Context;
use crate::db;
use crate::kernel::time::{DAY, HOUR, MINUTE, Timestamp};

/// How long the record of a retired key must stay, for mails that are still on their way or are checked late.
const GRACE_MS: i64 = 7 * DAY;
/// How often a domain is looked at that is not set up yet, in the first day and later; and one that is.
const WAITING_MS: i64 = 5 * MINUTE;
const SETTLED_MS: i64 = 6 * HOUR;
/// Domains looked at in one go.
const AT_ONCE: usize = 20;

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
    /// Every record it needs, and what stands there.
    pub records: Vec<Finding>,
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

/// What is known of a domain, without asking anybody: the records to publish, with what was found last. Makes nothing.
///
/// # Errors
/// The database's.
pub async fn known(ctx: &Context, mailer: &Mailer, domain: &str) -> db::Result<Report> {
    let (name, since) = (domain.to_owned(), ctx.now().minus_ms(GRACE_MS));
    let read = move |conn: &mut db::Connection| Ok((store::domain(conn, &name)?, store::keys(conn, &name, since)?));
    let (stored, keys) = ctx.db().read(read).await?;
    let Some(stored) = stored else {
        return Ok(Report {
            domain: domain.to_owned(),
            state: State::Preparing,
            checked_at: None,
            records: Vec::new(),
            retired: Vec::new(),
        });
    };
    let found: Vec<Finding> =
        stored.report.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let mut records = Vec::new();
    for key in keys.iter().filter(|key| key.retired_at.is_none()) {
        let (name, publish) = key_record::record(key);
        records.push(last(&found, Kind::Dkim, name, publish));
    }
    if domain == mailer.own_domain() {
        records.push(last(&found, Kind::Spf, domain.to_owned(), spf_to_publish(mailer)));
    }
    records.push(last(&found, Kind::Dmarc, format!("_dmarc.{domain}"), "v=DMARC1; p=none".to_owned()));
    Ok(report(domain, stored.checked_at, records, &keys))
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

fn report(domain: &str, checked_at: Option<Timestamp>, records: Vec<Finding>, keys: &[StoredKey]) -> Report {
    let signs =
        |key: &StoredKey| key.published_at.is_some() && key.retired_at.is_none() && key.algorithm == Algorithm::Rsa;
    let state = if keys.iter().any(signs) { State::Signing } else { State::Waiting };
    let gone = |key: &StoredKey| {
        Some(Retired { name: key_record::record(key).0, removable_at: key.retired_at?.plus_ms(GRACE_MS) })
    };
    let retired = keys.iter().filter_map(gone).collect();
    Report { domain: domain.to_owned(), state, checked_at, records, retired }
}

/// Looks at everything a domain needs, making its keys where it has none, stores what was found, and lets keys sign accordingly.
///
/// # Errors
/// [`DkimError`].
pub async fn check(ctx: &Context, mailer: &Mailer, resolver: &Resolver, domain: &str) -> Result<Report, DkimError> {
    dkim::ensure(ctx, domain).await?;
    let (name, since) = (domain.to_owned(), ctx.now().minus_ms(GRACE_MS));
    let keys = ctx.db().read(move |conn| store::keys(conn, &name, since)).await?;
    let mut records = Vec::new();
    for key in keys.iter().filter(|key| key.retired_at.is_none()) {
        records.push(key_record::look(resolver, key).await);
    }
    let verdicts: Vec<Verdict> = records.iter().map(|record| record.verdict).collect();
    if domain == mailer.own_domain() {
        records.push(spf::look(resolver, domain, &expected(resolver, mailer).await).await);
    }
    records.push(dmarc::look(resolver, domain).await);
    let keys = settle(ctx, domain, keys, &verdicts, &records).await?;
    mailer.refresh_signing(ctx).await?;
    let mut report = report(domain, Some(ctx.now()), records, &keys);
    let gone = &report.retired;
    report.records.retain(|record| gone.iter().all(|one| one.name != record.name));
    Ok(report)
}

/// What must stand in the SPF record of our own domain.
async fn expected(resolver: &Resolver, mailer: &Mailer) -> Expected {
    let origin = mailer.origin();
    let addresses = match origin.host().map(|host| (host, host.parse::<IpAddr>())) {
        Some((_, Ok(address))) => vec![address],
        Some((name, Err(_))) => match resolver.addresses(name).await {
            Answer::Found(found) => found,
            Answer::Nothing | Answer::Silent(_) => Vec::new(),
        },
        None => Vec::new(),
    };
    Expected { mechanism: origin.wanted().map(str::to_owned), suggested: origin.suggested(), addresses }
}

/// Stores what was found of the keys, in their order. A resolver that was silent changes nothing. The answer is how they stand then.
async fn settle(
    ctx: &Context,
    domain: &str,
    mut keys: Vec<StoredKey>,
    verdicts: &[Verdict],
    records: &[Finding],
) -> Result<Vec<StoredKey>, DkimError> {
    let now = ctx.now();
    let live = keys.iter_mut().filter(|key| key.retired_at.is_none());
    for (key, verdict) in live.zip(verdicts) {
        match verdict {
            Verdict::Right => key.published_at = key.published_at.or(Some(now)),
            Verdict::Missing | Verdict::Wrong => key.published_at = None,
            Verdict::Unknown => {}
        }
    }
    // Newest first: what comes after a key that signs, of the same kind, is retired.
    let mut newer = Vec::new();
    for key in keys.iter_mut().filter(|key| key.retired_at.is_none()) {
        if newer.contains(&key.algorithm) {
            key.retired_at = Some(now);
        } else if key.published_at.is_some() {
            newer.push(key.algorithm);
        }
    }
    let text = serde_json::to_string(records).unwrap_or_else(|_not_text| "[]".to_owned());
    let (name, stored) = (domain.to_owned(), keys.clone());
    ctx.db()
        .write(move |tx| {
            for key in &stored {
                store::set_published(tx, &key.selector, key.published_at)?;
                if key.retired_at == Some(now) {
                    store::retire(tx, &key.selector, now)?;
                }
            }
            store::checked(tx, &name, &text, now)
        })
        .await?;
    Ok(keys)
}

/// Makes the keys that are missing and looks again at domains whose time has come: a tick. Tells how many were looked at.
///
/// # Errors
/// [`DkimError`].
pub async fn look_again(ctx: &Context, mailer: &Mailer, resolver: &Resolver) -> Result<usize, DkimError> {
    dkim::ensure_wished(ctx, mailer.own_domain()).await?;
    let now = ctx.now();
    let mut looked = 0;
    for (domain, checked_at) in ctx.db().read(store::domains).await? {
        let wait = if mailer.signs_for(&domain) { SETTLED_MS } else { WAITING_MS };
        if checked_at.is_some_and(|at| now.since(at) < wait) {
            continue;
        }
        check(ctx, mailer, resolver, &domain).await?;
        looked += 1;
        if looked >= AT_ONCE {
            break;
        }
    }
    Ok(looked)
}
