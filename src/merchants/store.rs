//! Every query of the room about merchants and shops; keys and rejections have a `store.rs` of their own.
//!
//! The shop comes first wherever a row belongs to one. Rows become domain types here; a row that cannot be read is
//! `Error::Corrupt`, never a guess.

use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool};

use super::model::{LegalBasis, Merchant, Policy, Sector, Shop, ShopStatus, Trigger, WeeklyEnd, WeeklyStop};
use super::settings::plain;
use crate::db::schema::{merchants, shops};
use crate::db::{Connection, Error, Result, each};
use crate::kernel::country::Country;
use crate::kernel::delay::Delay;
use crate::kernel::domain::{ShopDomain, ShopRef};
use crate::kernel::email::EmailAddress;
use crate::kernel::id::{MerchantId, ShopId};
use crate::kernel::locale::Locale;
use crate::kernel::short::ShortCode;
use crate::kernel::time::Timestamp;
use crate::kernel::zone::Zone;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = shops, treat_none_as_null = true)]
struct ShopRow {
    id: ShopId,
    merchant_id: MerchantId,
    domain: String,
    name: String,
    locale: String,
    time_zone: String,
    country: Option<String>,
    category: Option<String>,
    contact: Option<String>,
    sector: String,
    legal_basis: String,
    status: String,
    paused: i64,
    invite_on: String,
    invite_after: String,
    hour_from: Option<i64>,
    hour_to: Option<i64>,
    cap_days: i64,
    min_total: Option<i64>,
    remind_after: Option<String>,
    mail_name: Option<String>,
    mail_from: Option<String>,
    settings_version: i64,
    public_version: i64,
    created_at: Timestamp,
    exceptions: String,
    weekly_mail: i64,
    weekly_stop: Option<String>,
    weekly_stop_at: Option<Timestamp>,
}

impl ShopRow {
    fn of(shop: &Shop) -> Self {
        let policy = &shop.policy;
        Self {
            id: shop.id,
            merchant_id: shop.merchant_id,
            domain: shop.domain.to_string(),
            name: shop.name.clone(),
            locale: shop.locale.to_string(),
            time_zone: shop.zone.name().to_owned(),
            country: shop.country.as_ref().map(ToString::to_string),
            category: shop.category.clone(),
            contact: shop.contact.clone(),
            sector: shop.sector.to_string(),
            legal_basis: shop.legal_basis.to_string(),
            status: shop.status.to_string(),
            paused: i64::from(shop.paused),
            invite_on: policy.invite_on.to_string(),
            invite_after: policy.invite_after.to_string(),
            hour_from: policy.hours.map(|(from, _)| i64::from(from)),
            hour_to: policy.hours.map(|(_, to)| i64::from(to)),
            cap_days: policy.cap_days,
            min_total: policy.min_total,
            remind_after: policy.remind_after.as_ref().map(ToString::to_string),
            mail_name: shop.mail_name.clone(),
            mail_from: shop.mail_from.as_ref().map(plain),
            settings_version: shop.settings_version,
            public_version: shop.public_version,
            created_at: shop.created_at,
            // Plain structs of words always serialise; there is nothing else to say.
            exceptions: serde_json::to_string(&policy.exceptions).unwrap_or_else(|_never| "[]".to_owned()),
            weekly_mail: i64::from(shop.weekly_mail),
            weekly_stop: shop.weekly_stop.map(|stop| stop.reason.to_string()),
            weekly_stop_at: shop.weekly_stop.map(|stop| stop.at),
        }
    }

    fn read(self) -> Result<Shop> {
        let policy = Policy {
            invite_on: need(Trigger::parse(&self.invite_on), "invite_on of a shop")?,
            invite_after: need(Delay::parse(&self.invite_after).ok(), "invite_after of a shop")?,
            hours: hours(self.hour_from, self.hour_to)?,
            cap_days: self.cap_days,
            min_total: self.min_total,
            remind_after: maybe(self.remind_after, |t| Delay::parse(t).ok(), "remind_after of a shop")?,
            exceptions: need(serde_json::from_str(&self.exceptions).ok(), "exceptions of a shop")?,
        };
        Ok(Shop {
            id: self.id,
            merchant_id: self.merchant_id,
            domain: need(ShopDomain::parse(&self.domain).ok(), "domain of a shop")?,
            name: self.name,
            locale: need(Locale::parse(&self.locale).ok(), "locale of a shop")?,
            zone: need(Zone::parse(&self.time_zone).ok(), "time_zone of a shop")?,
            country: maybe(self.country, |t| Country::parse(t).ok(), "country of a shop")?,
            category: self.category,
            contact: self.contact,
            mail_name: self.mail_name,
            mail_from: maybe(self.mail_from, |t| EmailAddress::parse(t).ok(), "mail_from of a shop")?,
            sector: need(Sector::parse(&self.sector), "sector of a shop")?,
            legal_basis: need(LegalBasis::parse(&self.legal_basis), "legal_basis of a shop")?,
            status: need(ShopStatus::parse(&self.status), "status of a shop")?,
            paused: self.paused != 0,
            policy,
            settings_version: self.settings_version,
            public_version: self.public_version,
            created_at: self.created_at,
            weekly_mail: self.weekly_mail != 0,
            weekly_stop: maybe(self.weekly_stop, WeeklyEnd::parse, "weekly_stop of a shop")?
                .zip(self.weekly_stop_at)
                .map(|(reason, at)| WeeklyStop { reason, at }),
        })
    }
}

pub(super) fn need<T>(value: Option<T>, what: &str) -> Result<T> {
    value.ok_or_else(|| Error::corrupt(what))
}

fn maybe<T>(text: Option<String>, read: impl Fn(&str) -> Option<T>, what: &str) -> Result<Option<T>> {
    text.map(|text| need(read(&text), what)).transpose()
}

fn hours(from: Option<i64>, to: Option<i64>) -> Result<Option<(u8, u8)>> {
    let (Some(from), Some(to)) = (from, to) else { return Ok(None) };
    let hour = |n: i64| need(u8::try_from(n).ok(), "hours of a shop");
    Ok(Some((hour(from)?, hour(to)?)))
}

/// Stores a new merchant.
pub(super) fn insert_merchant(conn: &mut Connection, merchant: &Merchant) -> Result<()> {
    let row = (
        merchants::id.eq(merchant.id),
        merchants::name.eq(&merchant.name),
        merchants::created_at.eq(merchant.created_at),
    );
    diesel::insert_into(merchants::table).values(row).execute(conn)?;
    Ok(())
}

/// The merchant with this id.
pub(super) fn merchant(conn: &mut Connection, id: MerchantId) -> Result<Option<Merchant>> {
    let row: Option<(MerchantId, String, Timestamp)> = merchants::table.find(id).first(conn).optional()?;
    Ok(row.map(|(id, name, created_at)| Merchant { id, name, created_at }))
}

/// Whether another shop than this one has its domain.
pub(super) fn domain_taken(conn: &mut Connection, shop: &Shop) -> Result<bool> {
    Ok(load_by_domain(conn, &shop.domain)?.is_some_and(|other| other.id != shop.id))
}

/// Stores a new shop. Should another take its domain in this very moment, the engine refuses the statement.
pub(super) fn insert_shop(conn: &mut Connection, shop: &Shop) -> Result<()> {
    diesel::insert_into(shops::table).values(&ShopRow::of(shop)).execute(conn)?;
    Ok(())
}

/// Writes a shop back whole, if nobody changed its settings since it was read at `shop.settings_version`. Both
/// versions grow. False when somebody did.
pub(super) fn save_shop(conn: &mut Connection, shop: &Shop) -> Result<bool> {
    let same = shops::table.filter(shops::id.eq(shop.id)).filter(shops::settings_version.eq(shop.settings_version));
    let next =
        (shops::settings_version.eq(shops::settings_version + 1), shops::public_version.eq(shops::public_version + 1));
    let versions = (shops::settings_version, shops::public_version);
    let moved: Option<(i64, i64)> = diesel::update(same).set(next).returning(versions).get_result(conn).optional()?;
    let Some((settings_version, public_version)) = moved else { return Ok(false) };
    let row = ShopRow { settings_version, public_version, ..ShopRow::of(shop) };
    diesel::update(shops::table.find(shop.id)).set(&row).execute(conn)?;
    Ok(true)
}

/// The shop with this id.
pub fn load(conn: &mut Connection, shop: ShopId) -> Result<Option<Shop>> {
    let row = each!(conn, |c| shops::table.find(shop).select(ShopRow::as_select()).first(c).optional()?);
    row.map(ShopRow::read).transpose()
}

/// The shop with this domain.
fn load_by_domain(conn: &mut Connection, domain: &ShopDomain) -> Result<Option<Shop>> {
    let row = shops::table
        .filter(shops::domain.eq(domain.to_string()))
        .select(ShopRow::as_select())
        .first(conn)
        .optional()?;
    row.map(ShopRow::read).transpose()
}

/// The shop of this id or domain.
pub fn find(conn: &mut Connection, shop: &ShopRef) -> Result<Option<Shop>> {
    match shop {
        ShopRef::Id(id) => load(conn, *id),
        ShopRef::Domain(domain) => load_by_domain(conn, domain),
    }
}

/// The shop with this short code.
pub fn find_by_code(conn: &mut Connection, code: &ShortCode) -> Result<Option<Shop>> {
    let ends = sql::<Bool>("substr(id, 12) = ").bind::<Binary, _>(code.bytes().to_vec());
    let row = shops::table.filter(ends).select(ShopRow::as_select()).first(conn).optional()?;
    row.map(ShopRow::read).transpose()
}

/// The ids of shops from one to another, both included.
pub fn ids_between(conn: &mut Connection, first: ShopId, last: ShopId) -> Result<Vec<ShopId>> {
    let within = shops::table.filter(shops::id.ge(first)).filter(shops::id.le(last));
    Ok(within.select(shops::id).load(conn)?)
}

/// All shops of the instance, oldest first: for the operator.
pub fn all(conn: &mut Connection) -> Result<Vec<Shop>> {
    let rows = shops::table.order(shops::id).select(ShopRow::as_select()).load(conn)?;
    rows.into_iter().map(ShopRow::read).collect()
}

/// The oldest shop that is open: the one to show where none is named.
pub fn first_open(conn: &mut Connection) -> Result<Option<Shop>> {
    let open = shops::table.filter(shops::status.eq(ShopStatus::Open.as_str())).order(shops::id);
    open.select(ShopRow::as_select()).first(conn).optional()?.map(ShopRow::read).transpose()
}

/// The clock that most open shops keep: the one to go by where no shop is named.
pub fn usual_zone(conn: &mut Connection) -> Result<Zone> {
    let zones: Vec<String> = shops::table
        .filter(shops::status.eq(ShopStatus::Open.as_str()))
        .group_by(shops::time_zone)
        .order((count_star().desc(), shops::time_zone))
        .select(shops::time_zone)
        .limit(1)
        .load(conn)?;
    Ok(zones.first().and_then(|name| Zone::parse(name).ok()).unwrap_or(Zone::UTC))
}

/// The settings version, which grows with every change of settings, policy, keys or standing.
pub(super) fn settings_version(conn: &mut Connection, shop: ShopId) -> Result<Option<i64>> {
    Ok(shops::table.find(shop).select(shops::settings_version).first(conn).optional()?)
}

/// The settings version of every shop, for whoever follows them.
pub fn settings_versions(conn: &mut Connection) -> Result<Vec<(ShopId, i64)>> {
    Ok(shops::table.select((shops::id, shops::settings_version)).load(conn)?)
}

/// Says that settings, policy, keys or standing changed: caches read the shop again.
pub fn bump_settings(conn: &mut Connection, shop: ShopId) -> Result<()> {
    let next = shops::settings_version.eq(shops::settings_version + 1);
    diesel::update(shops::table.find(shop)).set(next).execute(conn)?;
    Ok(())
}

/// Says that public bytes of this shop changed.
pub(super) fn bump_public(conn: &mut Connection, shop: ShopId) -> Result<()> {
    let next = shops::public_version.eq(shops::public_version + 1);
    diesel::update(shops::table.find(shop)).set(next).execute(conn)?;
    Ok(())
}

/// The public version of a shop.
pub(super) fn public_version(conn: &mut Connection, shop: ShopId) -> Result<Option<i64>> {
    Ok(shops::table.find(shop).select(shops::public_version).first(conn).optional()?)
}

/// The public versions of several shops at once, for a cache that polls.
pub(super) fn public_versions(conn: &mut Connection, ids: &[ShopId]) -> Result<Vec<(ShopId, i64)>> {
    let ids: Vec<Vec<u8>> = ids.iter().map(|id| id.as_bytes().to_vec()).collect();
    Ok(shops::table.filter(shops::id.eq_any(ids)).select((shops::id, shops::public_version)).load(conn)?)
}

/// The public version of every shop, for whoever follows them.
pub fn all_public_versions(conn: &mut Connection) -> Result<Vec<(ShopId, i64)>> {
    Ok(shops::table.select((shops::id, shops::public_version)).load(conn)?)
}

/// How many shops there are, and the sum of their public versions: it moves when anything public does, and never back.
pub fn public_pulse(conn: &mut Connection) -> Result<(i64, i64)> {
    let sum = sql::<BigInt>("CAST(COALESCE(SUM(public_version), 0) AS BIGINT)");
    Ok(shops::table.select((count_star(), sum)).first(conn)?)
}
