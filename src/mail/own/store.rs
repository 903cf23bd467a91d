//! Every query about shops' own words. Each version stays, so that any of them can be compared and restored; the last of a mail and
//! language is what is sent, and one that says nothing is the house's own again.

use diesel::prelude::*;

use super::model::{MAILS, Own};
use crate::db::schema::shop_templates;
use crate::db::{self, Connection, each};
use crate::kernel::id::ShopId;
use crate::kernel::locale::Language;
use crate::kernel::time::Timestamp;

/// Most versions kept of one mail in one language; the oldest go first.
const KEPT: i64 = 200;

/// A version as it was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    /// From 1.
    pub(crate) version: i64,
    /// When.
    pub(crate) at: Timestamp,
    /// What it says.
    pub(crate) own: Own,
}

/// What a shop says in one mail and language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InUse {
    /// Which mail.
    pub(crate) mail: &'static str,
    /// In which language.
    pub(crate) language: Language,
    /// The words.
    pub(crate) kept: Kept,
}

/// Everything that a shop says in its own words, mail by mail; what it gave back to the house is not among it.
///
/// # Errors
/// The database's.
pub(crate) fn in_use(conn: &mut Connection, shop: ShopId) -> db::Result<Vec<InUse>> {
    let changed = overview(conn, shop)?;
    let mut found = Vec::new();
    for mail in MAILS {
        for language in
            Language::ALL.iter().filter(|l| changed.iter().any(|(of, tag, ..)| of == mail && tag == l.tag()))
        {
            let kept = current(conn, shop, mail, *language)?.filter(|kept| !kept.own.is_empty());
            found.extend(kept.map(|kept| InUse { mail, language: *language, kept }));
        }
    }
    Ok(found)
}

/// The words of a shop that are in use; `None` where the house's own are.
///
/// # Errors
/// The database's.
pub(crate) fn current(conn: &mut Connection, shop: ShopId, mail: &str, language: Language) -> db::Result<Option<Kept>> {
    let of = shop_templates::table
        .filter(shop_templates::shop_id.eq(shop))
        .filter(shop_templates::mail.eq(mail))
        .filter(shop_templates::language.eq(language.tag()));
    let latest = of.order(shop_templates::version.desc()).select((
        shop_templates::version,
        shop_templates::created_at,
        shop_templates::body,
    ));
    let row = each!(conn, |c| latest.first::<Row>(c).optional()?);
    row.map(kept).transpose()
}

type Row = (i64, Timestamp, String);

fn kept((version, at, body): Row) -> db::Result<Kept> {
    let own = serde_json::from_str(&body).map_err(|_error| db::Error::corrupt("shop_templates.body"))?;
    Ok(Kept { version, at, own })
}

/// One version.
///
/// # Errors
/// The database's.
pub(crate) fn version(
    conn: &mut Connection,
    shop: ShopId,
    (mail, language): (&str, Language),
    number: i64,
) -> db::Result<Option<Kept>> {
    let row = shop_templates::table
        .find((shop, mail, language.tag(), number))
        .select((shop_templates::version, shop_templates::created_at, shop_templates::body))
        .first::<Row>(conn)
        .optional()?;
    row.map(kept).transpose()
}

/// Every version of a mail in a language, newest first.
///
/// # Errors
/// The database's.
pub(crate) fn versions(conn: &mut Connection, shop: ShopId, mail: &str, language: Language) -> db::Result<Vec<Kept>> {
    let rows: Vec<Row> = shop_templates::table
        .filter(shop_templates::shop_id.eq(shop))
        .filter(shop_templates::mail.eq(mail))
        .filter(shop_templates::language.eq(language.tag()))
        .order(shop_templates::version.desc())
        .limit(KEPT)
        .select((shop_templates::version, shop_templates::created_at, shop_templates::body))
        .load(conn)?;
    rows.into_iter().map(kept).collect()
}

/// Of each mail and language that a shop ever changed: the newest version's number and time.
///
/// # Errors
/// The database's.
pub(crate) fn overview(conn: &mut Connection, shop: ShopId) -> db::Result<Vec<(String, String, i64, Timestamp)>> {
    let rows: Vec<(String, String, Option<i64>, Option<i64>)> = shop_templates::table
        .filter(shop_templates::shop_id.eq(shop))
        .group_by((shop_templates::mail, shop_templates::language))
        .select((
            shop_templates::mail,
            shop_templates::language,
            diesel::dsl::max(shop_templates::version),
            diesel::dsl::max(shop_templates::created_at),
        ))
        .load(conn)?;
    let row = |(mail, language, version, at): (String, String, Option<i64>, Option<i64>)| {
        (mail, language, version.unwrap_or(0), Timestamp::from_millis(at.unwrap_or(0)))
    };
    Ok(rows.into_iter().map(row).collect())
}

/// Stores the next version, unless what is in use says the same, and answers what is in use then. `None`: somebody else stored this
/// version at the same moment.
///
/// # Errors
/// The database's.
pub(crate) fn put(
    tx: &mut Connection,
    shop: ShopId,
    (mail, language): (&str, Language),
    own: &Own,
    now: Timestamp,
) -> db::Result<Option<Kept>> {
    let last = current(tx, shop, mail, language)?;
    if let Some(same) = last.as_ref().filter(|last| last.own == *own) {
        return Ok(Some(same.clone()));
    }
    let number = last.map_or(0, |last| last.version) + 1;
    let body = serde_json::to_string(own).map_err(|_error| db::Error::corrupt("shop_templates.body"))?;
    let row = (
        shop_templates::shop_id.eq(shop),
        shop_templates::mail.eq(mail),
        shop_templates::language.eq(language.tag()),
        shop_templates::version.eq(number),
        shop_templates::created_at.eq(now),
        shop_templates::body.eq(body),
    );
    let stored =
        each!(tx, |c| diesel::insert_into(shop_templates::table).values(row).on_conflict_do_nothing().execute(c)?);
    if stored == 0 {
        return Ok(None);
    }
    let old = shop_templates::table
        .filter(shop_templates::shop_id.eq(shop))
        .filter(shop_templates::mail.eq(mail))
        .filter(shop_templates::language.eq(language.tag()))
        .filter(shop_templates::version.le(number - KEPT));
    diesel::delete(old).execute(tx)?;
    Ok(Some(Kept { version: number, at: now, own: own.clone() }))
}
