//! The keys of a shop: what it signs events with and what opens the API.
//!
//! A webhook secret is sealed under the master key and shown once; an Ed25519 key is public and stands as it is; of an API
//! key only the SHA-256 digest is kept. Of each sort at most two are live: rotation makes a new one and lets the one before live
//! on for the overlap. Every change raises the shop's settings version, so that every node sees it within its poll.
//! Random bytes and sealing happen before the transaction, never inside it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use super::store as shops;
use crate::context::Context;
use crate::db::{self, Connection};
use crate::kernel::id::{KeyId, ShopId};
use crate::kernel::random;
use crate::kernel::time::{HOUR, Timestamp};
use crate::keyring::{Keyring, KeyringError};
use crate::sign::webhook::{PublicKey, Secret, VerifyingKey};

mod store;
mod view;

pub use view::{KeyView, KeysView, list};

/// How long the key before lives on after a rotation, unless said otherwise: a day, in milliseconds.
pub const DEFAULT_OVERLAP_MS: i64 = 24 * HOUR;
/// The longest overlap: thirty days, in milliseconds.
pub const MAX_OVERLAP_MS: i64 = 30 * 24 * HOUR;
/// What every API key begins with.
pub const API_KEY_PREFIX: &str = "atk_";

/// What a webhook key is made of, as stored.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Material {
    /// An HMAC secret, sealed under the master key.
    Sealed(Vec<u8>),
    /// An Ed25519 public key.
    Public(Vec<u8>),
}

impl Material {
    fn read(scheme: &str, bytes: Vec<u8>) -> Option<Self> {
        match scheme {
            "v1" => Some(Self::Sealed(bytes)),
            "v1a" => Some(Self::Public(bytes)),
            _ => None,
        }
    }

    fn scheme(&self) -> &'static str {
        match self {
            Self::Sealed(_) => "v1",
            Self::Public(_) => "v1a",
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Sealed(bytes) | Self::Public(bytes) => bytes,
        }
    }
}

/// A webhook key as stored.
#[derive(Clone)]
pub(super) struct SealedKey {
    pub(super) id: KeyId,
    pub(super) material: Material,
    pub(super) hint: String,
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) last_used_at: Option<Timestamp>,
}

/// An API key as stored: its digest and what people recognise it by.
#[derive(Clone)]
pub(super) struct ApiKey {
    pub(super) digest: [u8; 32],
    pub(super) hint: String,
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) last_used_at: Option<Timestamp>,
}

/// A webhook key ready to check a signature with.
pub struct WebhookKey {
    /// Which key, for [`super::Shops::webhook_key_used`].
    pub id: KeyId,
    /// What checks.
    pub key: VerifyingKey,
    /// From then on it checks nothing.
    pub expires_at: Option<Timestamp>,
}

/// A key that was just made: the only moment at which it can be read.
pub struct Issued {
    /// `whsec_...` or `atk_...`: to be shown once, never logged, never stored.
    pub text: String,
    /// Until when the key before it works too; `None` when there was none.
    pub previous_until: Option<Timestamp>,
}

/// A webhook secret made, sealed, and not yet stored.
pub struct NewSecret {
    text: String,
    key: SealedKey,
}

/// An API key made and not yet stored.
pub struct NewApiKey {
    text: String,
    key: ApiKey,
}

pub(super) fn live(expires_at: Option<Timestamp>, now: Timestamp) -> bool {
    expires_at.is_none_or(|at| now < at)
}

/// The last four characters: enough to tell keys apart, too little to use.
fn hint(text: &str) -> String {
    let skip = text.chars().count().saturating_sub(4);
    text.chars().skip(skip).collect()
}

/// Binds a sealed secret to its row: copied to another shop it does not open.
fn place(shop: ShopId, key: KeyId) -> Vec<u8> {
    [b"webhook secret".as_slice(), shop.as_bytes(), key.as_bytes()].concat()
}

/// The digest under which an API key is kept.
pub(super) fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// Makes a webhook secret for `shop`: 32 random bytes, sealed.
pub fn new_secret(ctx: &Context, shop: ShopId) -> Result<NewSecret, KeyringError> {
    let (id, secret) = (ctx.ids().next(), Secret::generate(ctx.random()));
    let material = Material::Sealed(ctx.keyring().seal_secret(&place(shop, id), secret.as_bytes())?);
    let key =
        SealedKey { id, material, hint: secret.hint(), created_at: ctx.now(), expires_at: None, last_used_at: None };
    Ok(NewSecret { text: secret.reveal(), key })
}

/// Makes an API key: `atk_` and 32 random bytes.
pub fn new_api_key(ctx: &Context) -> NewApiKey {
    let text = format!("{API_KEY_PREFIX}{}", URL_SAFE_NO_PAD.encode(random::bytes::<32>(ctx.random())));
    let key = ApiKey {
        digest: digest(&text),
        hint: hint(&text),
        created_at: ctx.now(),
        expires_at: None,
        last_used_at: None,
    };
    NewApiKey { text, key }
}

/// Stores a new webhook secret; the one before works on for `overlap_ms`, any older one ends now.
pub fn rotate_secret(tx: &mut Connection, shop: ShopId, new: NewSecret, overlap_ms: i64) -> db::Result<Issued> {
    let now = new.key.created_at;
    let mut before = store::webhook_keys(tx, shop)?;
    before.retain(|key| matches!(key.material, Material::Sealed(_)));
    let current = before.iter().rposition(|key| live(key.expires_at, now) && overlap_ms > 0);
    let mut previous_until = None;
    for (at, key) in before.iter().enumerate() {
        if Some(at) == current {
            let until = now.plus_ms(overlap_ms).min(key.expires_at.unwrap_or(Timestamp::MAX));
            store::expire_webhook_key(tx, shop, key.id, until)?;
            previous_until = Some(until);
        } else {
            store::delete_webhook_key(tx, shop, key.id)?;
        }
    }
    store::insert_webhook_key(tx, shop, &new.key)?;
    shops::bump_settings(tx, shop)?;
    Ok(Issued { text: new.text, previous_until })
}

/// Stores a new API key; the one before works on for `overlap_ms`, any older one ends now.
pub fn rotate_api_key(tx: &mut Connection, shop: ShopId, new: NewApiKey, overlap_ms: i64) -> db::Result<Issued> {
    let now = new.key.created_at;
    let before = store::api_keys(tx, shop)?;
    let current = before.iter().rposition(|key| live(key.expires_at, now) && overlap_ms > 0);
    let mut previous_until = None;
    for (at, key) in before.iter().enumerate() {
        if Some(at) == current {
            let until = now.plus_ms(overlap_ms).min(key.expires_at.unwrap_or(Timestamp::MAX));
            store::expire_api_key(tx, shop, &key.digest, until)?;
            previous_until = Some(until);
        } else {
            store::delete_api_key(tx, shop, &key.digest)?;
        }
    }
    store::insert_api_key(tx, shop, &new.key)?;
    shops::bump_settings(tx, shop)?;
    Ok(Issued { text: new.text, previous_until })
}

/// Registers the shop's Ed25519 key in place of any other. Registering the same key again changes nothing.
pub fn set_public_key(tx: &mut Connection, shop: ShopId, key: &PublicKey, id: KeyId, now: Timestamp) -> db::Result<()> {
    let material = Material::Public(key.as_bytes().to_vec());
    let before = store::webhook_keys(tx, shop)?;
    if before.iter().any(|old| old.material == material) {
        return Ok(());
    }
    remove_public_keys(tx, shop, &before)?;
    let hint = hint(key.to_string().trim_end_matches('='));
    let key = SealedKey { id, material, hint, created_at: now, expires_at: None, last_used_at: None };
    store::insert_webhook_key(tx, shop, &key)?;
    shops::bump_settings(tx, shop)
}

/// Removes the shop's Ed25519 key at once; false when it had none.
pub fn remove_public_key(tx: &mut Connection, shop: ShopId) -> db::Result<bool> {
    let before = store::webhook_keys(tx, shop)?;
    let removed = remove_public_keys(tx, shop, &before)?;
    if removed {
        shops::bump_settings(tx, shop)?;
    }
    Ok(removed)
}

fn remove_public_keys(tx: &mut Connection, shop: ShopId, keys: &[SealedKey]) -> db::Result<bool> {
    let mut removed = false;
    for key in keys.iter().filter(|key| matches!(key.material, Material::Public(_))) {
        removed |= store::delete_webhook_key(tx, shop, key.id)?;
    }
    Ok(removed)
}

/// The webhook keys of a shop, opened, as far as they open: one sealed under a key we lack is logged and left out.
pub(super) fn open(conn: &mut Connection, keyring: &Keyring, shop: ShopId) -> db::Result<Vec<WebhookKey>> {
    let keys = store::webhook_keys(conn, shop)?;
    Ok(keys.into_iter().filter_map(|key| opened(keyring, shop, key)).collect())
}

fn opened(keyring: &Keyring, shop: ShopId, sealed: SealedKey) -> Option<WebhookKey> {
    let key = match &sealed.material {
        Material::Sealed(bytes) => keyring
            .open_secret(&place(shop, sealed.id), bytes)
            .and_then(|plain| Secret::from_bytes(&plain).ok())
            .map(VerifyingKey::Hmac),
        Material::Public(bytes) => PublicKey::from_bytes(bytes).ok().map(VerifyingKey::Ed25519),
    };
    if key.is_none() {
        tracing::error!(%shop, key = %sealed.id, "a webhook key does not open and is left out");
    }
    Some(WebhookKey { id: sealed.id, key: key?, expires_at: sealed.expires_at })
}

/// The API keys of a shop, as digests.
pub(super) fn api_keys(conn: &mut Connection, shop: ShopId) -> db::Result<Vec<ApiKey>> {
    store::api_keys(conn, shop)
}

/// Whether `presented` is the digest of one of the live keys. Looks at every key, however early one fits.
pub(super) fn find<'a>(keys: &'a [ApiKey], presented: &[u8; 32], now: Timestamp) -> Option<&'a ApiKey> {
    keys.iter().fold(None, |found, key| {
        let fits: Choice = key.digest.ct_eq(presented);
        if bool::from(fits) && live(key.expires_at, now) { Some(key) } else { found }
    })
}

/// The shop that a live API key opens, where a request does not name it.
pub fn shop_of(conn: &mut Connection, presented: &str, now: Timestamp) -> db::Result<Option<ShopId>> {
    let found = store::shop_of_api_key(conn, &digest(presented))?;
    Ok(found.filter(|(_, expires_at)| live(*expires_at, now)).map(|(shop, _)| shop))
}

/// The newest live webhook secret, for the operator who signs a sample beside the data.
pub fn newest_secret(
    conn: &mut Connection,
    keyring: &Keyring,
    shop: ShopId,
    now: Timestamp,
) -> db::Result<Option<Secret>> {
    let keys = open(conn, keyring, shop)?;
    Ok(keys.into_iter().rev().filter(|key| live(key.expires_at, now)).find_map(|key| match key.key {
        VerifyingKey::Hmac(secret) => Some(secret),
        VerifyingKey::Ed25519(_) => None,
    }))
}

/// A key that was used, for the lazy note of when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Used {
    /// A webhook key.
    Webhook(KeyId),
    /// An API key, by digest.
    Api([u8; 32]),
}

/// Writes when a key was last used.
pub(super) fn note_use(tx: &mut Connection, shop: ShopId, used: Used, at: Timestamp) -> db::Result<()> {
    match used {
        Used::Webhook(key) => store::webhook_key_used(tx, shop, key, at),
        Used::Api(digest) => store::api_key_used(tx, shop, &digest, at),
    }
}
