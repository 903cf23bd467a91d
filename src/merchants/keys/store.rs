//! Every query about the keys of a shop: webhook keys (secrets stay sealed here) and API keys (digests only).

use diesel::prelude::*;

use super::{ApiKey, Material, SealedKey};
use crate::db::schema::{api_keys, webhook_keys};
use crate::db::{Connection, Result};
use crate::kernel::id::{KeyId, ShopId};
use crate::kernel::time::Timestamp;
use crate::merchants::store::need;

type WebhookRow = (KeyId, String, Vec<u8>, String, Timestamp, Option<Timestamp>, Option<Timestamp>);

/// The webhook keys of a shop, oldest first, expired ones included, secrets still sealed.
pub(super) fn webhook_keys(conn: &mut Connection, shop: ShopId) -> Result<Vec<SealedKey>> {
    use webhook_keys::{created_at, expires_at, hint, id, last_used_at, material, scheme, shop_id, table};
    let columns = (id, scheme, material, hint, created_at, expires_at, last_used_at);
    let rows: Vec<WebhookRow> = table.filter(shop_id.eq(shop)).order(id).select(columns).load(conn)?;
    rows.into_iter().map(read_webhook_key).collect()
}

fn read_webhook_key(row: WebhookRow) -> Result<SealedKey> {
    let (id, scheme, bytes, hint, created_at, expires_at, last_used_at) = row;
    let material = need(Material::read(&scheme, bytes), "scheme of a webhook key")?;
    Ok(SealedKey { id, material, hint, created_at, expires_at, last_used_at })
}

/// Stores a webhook key.
pub(super) fn insert_webhook_key(conn: &mut Connection, shop: ShopId, key: &SealedKey) -> Result<()> {
    let row = (
        webhook_keys::shop_id.eq(shop),
        webhook_keys::id.eq(key.id),
        webhook_keys::scheme.eq(key.material.scheme()),
        webhook_keys::material.eq(key.material.bytes()),
        webhook_keys::hint.eq(&key.hint),
        webhook_keys::created_at.eq(key.created_at),
        webhook_keys::expires_at.eq(key.expires_at),
    );
    diesel::insert_into(webhook_keys::table).values(row).execute(conn)?;
    Ok(())
}

/// From `at` on this webhook key opens nothing.
pub(super) fn expire_webhook_key(conn: &mut Connection, shop: ShopId, key: KeyId, at: Timestamp) -> Result<()> {
    let row = webhook_keys::table.find((shop, key));
    diesel::update(row).set(webhook_keys::expires_at.eq(Some(at))).execute(conn)?;
    Ok(())
}

/// Removes one webhook key; false when the shop has no such key.
pub(super) fn delete_webhook_key(conn: &mut Connection, shop: ShopId, key: KeyId) -> Result<bool> {
    Ok(diesel::delete(webhook_keys::table.find((shop, key))).execute(conn)? == 1)
}

/// The key signed something at `at`.
pub(super) fn webhook_key_used(conn: &mut Connection, shop: ShopId, key: KeyId, at: Timestamp) -> Result<()> {
    let row = webhook_keys::table.find((shop, key));
    diesel::update(row).set(webhook_keys::last_used_at.eq(Some(at))).execute(conn)?;
    Ok(())
}

type ApiRow = (Vec<u8>, String, Timestamp, Option<Timestamp>, Option<Timestamp>);

/// The API keys of a shop, oldest first, expired ones included.
pub(super) fn api_keys(conn: &mut Connection, shop: ShopId) -> Result<Vec<ApiKey>> {
    use api_keys::{created_at, digest, expires_at, hint, last_used_at, shop_id, table};
    let columns = (digest, hint, created_at, expires_at, last_used_at);
    let rows: Vec<ApiRow> = table.filter(shop_id.eq(shop)).order((created_at, digest)).select(columns).load(conn)?;
    rows.into_iter().map(read_api_key).collect()
}

fn read_api_key(row: ApiRow) -> Result<ApiKey> {
    let (bytes, hint, created_at, expires_at, last_used_at) = row;
    let digest = need(bytes.try_into().ok(), "digest of an API key")?;
    Ok(ApiKey { digest, hint, created_at, expires_at, last_used_at })
}

/// Stores an API key.
pub(super) fn insert_api_key(conn: &mut Connection, shop: ShopId, key: &ApiKey) -> Result<()> {
    let row = (
        api_keys::digest.eq(key.digest.as_slice()),
        api_keys::shop_id.eq(shop),
        api_keys::hint.eq(&key.hint),
        api_keys::created_at.eq(key.created_at),
        api_keys::expires_at.eq(key.expires_at),
    );
    diesel::insert_into(api_keys::table).values(row).execute(conn)?;
    Ok(())
}

/// From `at` on this API key opens nothing.
pub(super) fn expire_api_key(conn: &mut Connection, shop: ShopId, digest: &[u8; 32], at: Timestamp) -> Result<()> {
    let row = api_keys::table.filter(api_keys::shop_id.eq(shop)).filter(api_keys::digest.eq(digest.as_slice()));
    diesel::update(row).set(api_keys::expires_at.eq(Some(at))).execute(conn)?;
    Ok(())
}

/// Removes one API key.
pub(super) fn delete_api_key(conn: &mut Connection, shop: ShopId, digest: &[u8; 32]) -> Result<()> {
    let row = api_keys::table.filter(api_keys::shop_id.eq(shop)).filter(api_keys::digest.eq(digest.as_slice()));
    diesel::delete(row).execute(conn)?;
    Ok(())
}

/// The API key opened a door at `at`.
pub(super) fn api_key_used(conn: &mut Connection, shop: ShopId, digest: &[u8; 32], at: Timestamp) -> Result<()> {
    let row = api_keys::table.filter(api_keys::shop_id.eq(shop)).filter(api_keys::digest.eq(digest.as_slice()));
    diesel::update(row).set(api_keys::last_used_at.eq(Some(at))).execute(conn)?;
    Ok(())
}

/// The shop of an API key and until when it opens it.
pub(super) fn shop_of_api_key(conn: &mut Connection, digest: &[u8; 32]) -> Result<Option<(ShopId, Option<Timestamp>)>> {
    let row = api_keys::table.find(digest.to_vec()).select((api_keys::shop_id, api_keys::expires_at));
    Ok(row.first(conn).optional()?)
}
