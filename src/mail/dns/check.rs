//! A look at everything that belongs to a sending domain, what was found last, and what follows from it: a key signs from the moment its
//! record is found, and no longer once the record is gone; when a new key signs, the old one of its kind is retired.

use std::net::IpAddr;

use super::super::dkim::store::{self, StoredKey};
use super::super::dkim::{self, DkimError};
use super::super::mailer::Mailer;
use super::report::{GRACE_MS, Looked, Report, report};
use super::spf::Expected;
use super::{Answer, Resolver, Verdict, alignment, dkim as key_record, dmarc, mx, spf};
use crate::context::Context;
use crate::kernel::time::{HOUR, MINUTE};

/// How often a domain is looked at that is not set up yet, in the first day and later; and one that is.
const WAITING_MS: i64 = 5 * MINUTE;
const SETTLED_MS: i64 = 6 * HOUR;
/// Domains looked at in one go.
const AT_ONCE: usize = 20;

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
        // Receivers look SPF up at the domain of the envelope (RFC 7208 2.4), and answers to it must find a way back.
        let place = mailer.return_domain();
        records.push(spf::look(resolver, place, &expected(resolver, mailer).await).await);
        if let Some(way_back) = mailer.way_back() {
            records.push(mx::look(resolver, place, way_back).await);
        }
    }
    let policy = dmarc::look(resolver, domain).await;
    let alignment = alignment::look(resolver, domain, mailer.return_domain(), &policy).await;
    records.push(policy);
    let looked = Looked { records, alignment: Some(alignment.clone()) };
    let keys = settle(ctx, domain, keys, &verdicts, &looked).await?;
    mailer.refresh_signing(ctx).await?;
    let mut report = report(domain, Some(ctx.now()), (looked.records, alignment), &keys);
    let gone = &report.retired;
    report.records.retain(|record| gone.iter().all(|one| one.name != record.name));
    Ok(report)
}

/// What must stand in the SPF record of the return address's domain.
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
    looked: &Looked,
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
    let text = serde_json::to_string(looked).unwrap_or_else(|_not_text| "[]".to_owned());
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
