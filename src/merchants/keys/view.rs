//! What may be told about the keys of a shop: when they were made and used, and their last four characters. Never a key.

use serde::Serialize;

use super::{ApiKey, SealedKey, live, store};
use crate::db::{self, Connection};
use crate::kernel::id::{KeyId, ShopId};
use crate::kernel::time::Timestamp;

/// What may be told about a key: everything but the key.
#[derive(Debug, Serialize)]
pub struct KeyView {
    /// `key_...` of a webhook key; API keys have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<KeyId>,
    /// `v1`, `v1a`; absent for API keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<&'static str>,
    /// Its last four characters.
    pub hint: String,
    /// When it was made or registered.
    pub created_at: Timestamp,
    /// From then on it opens nothing; null: no end.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute; null: never.
    pub last_used_at: Option<Timestamp>,
}

/// The live keys of a shop.
#[derive(Debug, Serialize)]
pub struct KeysView {
    /// Webhook secrets and Ed25519 keys, oldest first.
    pub webhook: Vec<KeyView>,
    /// API keys, oldest first.
    pub api: Vec<KeyView>,
}

/// The live keys of a shop, as far as they may be told.
pub fn list(conn: &mut Connection, shop: ShopId, now: Timestamp) -> db::Result<KeysView> {
    let mut webhook = store::webhook_keys(conn, shop)?;
    webhook.retain(|key| live(key.expires_at, now));
    let mut api = store::api_keys(conn, shop)?;
    api.retain(|key| live(key.expires_at, now));
    Ok(KeysView {
        webhook: webhook.into_iter().map(KeyView::of_webhook).collect(),
        api: api.into_iter().map(KeyView::of_api).collect(),
    })
}

impl KeyView {
    fn of_webhook(key: SealedKey) -> Self {
        Self {
            id: Some(key.id),
            scheme: Some(key.material.scheme()),
            hint: key.hint,
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
        }
    }

    fn of_api(key: ApiKey) -> Self {
        Self {
            id: None,
            scheme: None,
            hint: key.hint,
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
        }
    }
}
