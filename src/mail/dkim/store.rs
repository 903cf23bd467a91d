//! Every query about sending domains and their keys. Secret halves stand there sealed.

use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::Algorithm;
use crate::db::schema::{dkim_keys, sending_domains, shops};
use crate::db::{self, Connection, each};
use crate::kernel::time::Timestamp;

/// A key as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct StoredKey {
    pub(in super::super) selector: String,
    pub(in super::super) domain: String,
    pub(in super::super) algorithm: Algorithm,
    /// The public half as the record carries it, in base64.
    pub(in super::super) public: String,
    pub(super) sealed: Vec<u8>,
    pub(in super::super) created_at: Timestamp,
    /// Since when the right record was found.
    pub(in super::super) published_at: Option<Timestamp>,
    /// Since when a newer key signs.
    pub(in super::super) retired_at: Option<Timestamp>,
}

/// A sending domain as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct StoredDomain {
    pub(in super::super) checked_at: Option<Timestamp>,
    /// What was found then, as JSON.
    pub(in super::super) report: Option<String>,
}

type Columns = (String, String, String, String, Vec<u8>, Timestamp, Option<Timestamp>, Option<Timestamp>);

fn read(row: Columns) -> db::Result<StoredKey> {
    let (selector, domain, algorithm, public, sealed, created_at, published_at, retired_at) = row;
    let algorithm = Algorithm::parse(&algorithm).ok_or_else(|| db::Error::corrupt("dkim_keys.algorithm"))?;
    Ok(StoredKey { selector, domain, algorithm, public, sealed, created_at, published_at, retired_at })
}

/// A domain with its first keys; false when it is there already.
pub(super) fn add_domain(tx: &mut Connection, domain: &str, keys: &[StoredKey], now: Timestamp) -> db::Result<bool> {
    let row = (
        sending_domains::domain.eq(domain),
        sending_domains::created_at.eq(now.millis()),
        sending_domains::version.eq(1_i64),
    );
    let added =
        each!(tx, |c| diesel::insert_into(sending_domains::table).values(row).on_conflict_do_nothing().execute(c))?;
    if added == 1 {
        add_keys(tx, keys)?;
    }
    Ok(added == 1)
}

/// Further keys of a domain.
pub(super) fn add_keys(tx: &mut Connection, keys: &[StoredKey]) -> db::Result<()> {
    for key in keys {
        let row = (
            dkim_keys::selector.eq(&key.selector),
            dkim_keys::domain.eq(&key.domain),
            dkim_keys::algorithm.eq(key.algorithm.as_str()),
            dkim_keys::public.eq(&key.public),
            dkim_keys::sealed.eq(&key.sealed),
            dkim_keys::created_at.eq(key.created_at.millis()),
        );
        diesel::insert_into(dkim_keys::table).values(row).execute(tx)?;
    }
    Ok(())
}

/// Whether the domain is known.
pub(in super::super) fn domain(conn: &mut Connection, domain: &str) -> db::Result<Option<StoredDomain>> {
    let columns = (sending_domains::checked_at, sending_domains::report);
    let row = sending_domains::table.find(domain).select(columns).first(conn).optional()?;
    Ok(row.map(|(checked_at, report)| StoredDomain { checked_at, report }))
}

/// Every known domain, with when it was last looked at.
pub(in super::super) fn domains(conn: &mut Connection) -> db::Result<Vec<(String, Option<Timestamp>)>> {
    let columns = (sending_domains::domain, sending_domains::checked_at);
    Ok(sending_domains::table.select(columns).order(sending_domains::domain).load(conn)?)
}

/// The addresses that shops wish to write from.
pub(super) fn wished(conn: &mut Connection) -> db::Result<Vec<String>> {
    let wished = shops::table.select(shops::mail_from.assume_not_null()).filter(shops::mail_from.is_not_null());
    Ok(wished.distinct().load(conn)?)
}

/// The keys of a domain, newest first; those that were retired before `since` are left out.
pub(in super::super) fn keys(conn: &mut Connection, domain: &str, since: Timestamp) -> db::Result<Vec<StoredKey>> {
    let rows: Vec<Columns> = dkim_keys::table
        .filter(dkim_keys::domain.eq(domain))
        .filter(dkim_keys::retired_at.is_null().or(dkim_keys::retired_at.ge(since.millis())))
        .order((dkim_keys::created_at.desc(), dkim_keys::algorithm.desc()))
        .load(conn)?;
    rows.into_iter().map(read).collect()
}

/// The keys that sign: found in the DNS, and not retired. Newest first.
pub(super) fn signing(conn: &mut Connection) -> db::Result<Vec<StoredKey>> {
    let rows: Vec<Columns> = dkim_keys::table
        .filter(dkim_keys::published_at.is_not_null())
        .filter(dkim_keys::retired_at.is_null())
        .order((dkim_keys::domain, dkim_keys::created_at.desc(), dkim_keys::algorithm.desc()))
        .load(conn)?;
    rows.into_iter().map(read).collect()
}

/// Moves with every change of domains and keys.
pub(super) fn pulse(conn: &mut Connection) -> db::Result<(i64, i64)> {
    let sum = sql::<BigInt>("CAST(COALESCE(SUM(version), 0) AS BIGINT)");
    Ok(sending_domains::table.select((count_star(), sum)).first(conn)?)
}

/// Says that a domain or its keys changed.
pub(super) fn touch(tx: &mut Connection, domain: &str) -> db::Result<()> {
    let next = sending_domains::version.eq(sending_domains::version + 1);
    diesel::update(sending_domains::table.find(domain)).set(next).execute(tx)?;
    Ok(())
}

/// What was found of a domain.
pub(in super::super) fn checked(tx: &mut Connection, domain: &str, report: &str, now: Timestamp) -> db::Result<()> {
    let found = (sending_domains::checked_at.eq(Some(now.millis())), sending_domains::report.eq(Some(report)));
    diesel::update(sending_domains::table.find(domain)).set(found).execute(tx)?;
    touch(tx, domain)
}

/// Whether the right record of a key was found. Keeps the time of the first finding.
pub(in super::super) fn set_published(tx: &mut Connection, selector: &str, at: Option<Timestamp>) -> db::Result<()> {
    let key = dkim_keys::table.find(selector);
    let at = at.map(Timestamp::millis);
    match at {
        Some(_) => {
            let fresh = key.filter(dkim_keys::published_at.is_null());
            diesel::update(fresh).set(dkim_keys::published_at.eq(at)).execute(tx)?
        }
        None => diesel::update(key).set(dkim_keys::published_at.eq(at)).execute(tx)?,
    };
    Ok(())
}

/// A newer key of the same kind signs from now on.
pub(in super::super) fn retire(tx: &mut Connection, selector: &str, now: Timestamp) -> db::Result<()> {
    diesel::update(dkim_keys::table.find(selector)).set(dkim_keys::retired_at.eq(Some(now.millis()))).execute(tx)?;
    Ok(())
}
