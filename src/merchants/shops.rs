//! The cache of shops that every request goes through: a shop by id or domain, with its keys opened.
//!
//! An entry is trusted for one poll (`public_poll_ms`); then its settings version is asked again, and the entry is read anew if
//! that moved. So a change by another process is seen within a poll and a half, a change by this one at once
//! ([`Shops::forget`]). Names that lead to no shop are remembered just as shortly, and only so many of them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::keys::{self, ApiKey, Used, WebhookKey};
use super::model::Shop;
use super::store;
use super::uses::Uses;
use crate::context::Context;
use crate::db::{self, Connection};
use crate::kernel::domain::{ShopDomain, ShopRef};
use crate::kernel::id::{KeyId, ShopId};
use crate::kernel::time::Timestamp;
use crate::keyring::Keyring;
use crate::sign::webhook::VerifyingKey;

/// How many shops are held; one more clears the cache.
const SHOPS_HELD: usize = 10_000;
/// How many unknown names are remembered; one more clears them.
const ABSENT_HELD: usize = 1_024;

/// A shop with everything needed to check who comes in its name.
pub struct ShopEntry {
    /// The shop.
    pub shop: Shop,
    /// Its webhook keys, oldest first; some may have ended since they were read: see [`ShopEntry::verifying`].
    pub webhook_keys: Vec<WebhookKey>,
    api_keys: Vec<ApiKey>,
}

impl ShopEntry {
    /// The keys that may sign at `now`, newest first, each with its id: two lists of the same length.
    pub fn verifying(&self, now: Timestamp) -> (Vec<KeyId>, Vec<VerifyingKey>) {
        let live = self.webhook_keys.iter().rev().filter(|key| keys::live(key.expires_at, now));
        live.map(|key| (key.id, key.key.clone())).unzip()
    }

    /// Whether this API key opens the shop at `now`; tells which digest, for the note of its use.
    pub(super) fn opened_by(&self, key: &str, now: Timestamp) -> Option<[u8; 32]> {
        keys::find(&self.api_keys, &keys::digest(key), now).map(|key| key.digest)
    }
}

struct Held {
    entry: Arc<ShopEntry>,
    checked_at: AtomicI64,
    asking: AtomicBool,
}

#[derive(Default)]
struct Known {
    by_id: HashMap<ShopId, Held>,
    by_domain: HashMap<ShopDomain, ShopId>,
    absent: HashMap<ShopRef, Timestamp>,
}

enum Look {
    Fresh(Arc<ShopEntry>),
    Stale(Arc<ShopEntry>),
    Absent,
    Unknown,
}

/// The cache. Cheap to clone; every clone is the same cache.
#[derive(Clone)]
pub struct Shops {
    inner: Arc<Inner>,
}

struct Inner {
    ctx: Context,
    poll_ms: i64,
    known: RwLock<Known>,
    uses: Uses,
}

impl Shops {
    /// An empty cache that trusts an entry for the configured `public_poll_ms`.
    pub fn new(ctx: Context) -> Self {
        let poll_ms = ctx.config().public_poll_ms;
        Self { inner: Arc::new(Inner { ctx, poll_ms, known: RwLock::default(), uses: Uses::default() }) }
    }

    /// The shop of this id or domain; `None` when there is none.
    ///
    /// # Errors
    /// Those of the database, when it had to be asked.
    pub async fn find(&self, shop: &ShopRef) -> db::Result<Option<Arc<ShopEntry>>> {
        let now = self.inner.ctx.now();
        match self.look(shop, now) {
            Look::Fresh(entry) => Ok(Some(entry)),
            Look::Absent => Ok(None),
            Look::Stale(entry) => {
                let (id, seen) = (entry.shop.id, entry.shop.settings_version);
                let version = self.inner.ctx.db().read(move |c| store::settings_version(c, id)).await?;
                if version == Some(seen) {
                    self.checked(id, now);
                    return Ok(Some(entry));
                }
                self.forget(id);
                self.fetch(shop, now).await
            }
            Look::Unknown => self.fetch(shop, now).await,
        }
    }

    /// Drops what is held of a shop: after this process changed it.
    pub fn forget(&self, shop: ShopId) {
        let mut known = self.write();
        known.by_id.remove(&shop);
        known.absent.clear();
    }

    /// A webhook key of the shop checked a signature just now; written down lazily.
    pub fn webhook_key_used(&self, shop: ShopId, key: KeyId) {
        self.inner.uses.note(shop, Used::Webhook(key), self.inner.ctx.now());
    }

    pub(super) fn api_key_used(&self, shop: ShopId, digest: [u8; 32]) {
        self.inner.uses.note(shop, Used::Api(digest), self.inner.ctx.now());
    }

    /// Writes down when keys were last used, at most once a minute: by a tick; `stopping`: whatever waits.
    ///
    /// # Errors
    /// Those of the database; what was not written waits on.
    pub async fn flush_uses(&self, stopping: bool) -> db::Result<()> {
        self.inner.uses.flush(&self.inner.ctx, stopping).await
    }

    /// The context the cache was built with.
    pub fn context(&self) -> &Context {
        &self.inner.ctx
    }

    fn look(&self, shop: &ShopRef, now: Timestamp) -> Look {
        let known = self.read();
        let id = match shop {
            ShopRef::Id(id) => Some(*id),
            ShopRef::Domain(domain) => known.by_domain.get(domain).copied(),
        };
        let held = id.and_then(|id| known.by_id.get(&id)).filter(|held| answers(&held.entry.shop, shop));
        if let Some(held) = held {
            return if self.trusts(held, now) {
                Look::Fresh(Arc::clone(&held.entry))
            } else {
                Look::Stale(Arc::clone(&held.entry))
            };
        }
        match known.absent.get(shop) {
            Some(at) if (0..self.inner.poll_ms).contains(&now.since(*at)) => Look::Absent,
            _ => Look::Unknown,
        }
    }

    /// Young entries are trusted. When one comes of age, the first to notice asks the database and the others go on
    /// for half a poll, so that a busy shop is asked for once.
    fn trusts(&self, held: &Held, now: Timestamp) -> bool {
        let age = now.millis().saturating_sub(held.checked_at.load(Ordering::Relaxed));
        let (poll, grace) = (self.inner.poll_ms, self.inner.poll_ms / 2);
        (0..poll).contains(&age) || (poll..poll + grace).contains(&age) && held.asking.swap(true, Ordering::Relaxed)
    }

    fn checked(&self, shop: ShopId, now: Timestamp) {
        if let Some(held) = self.read().by_id.get(&shop) {
            held.checked_at.store(now.millis(), Ordering::Relaxed);
            held.asking.store(false, Ordering::Relaxed);
        }
    }

    async fn fetch(&self, shop: &ShopRef, now: Timestamp) -> db::Result<Option<Arc<ShopEntry>>> {
        let (wanted, keyring) = (shop.clone(), self.inner.ctx.keyring().clone());
        let entry = self.inner.ctx.db().read(move |c| read_entry(c, &keyring, &wanted)).await?;
        if entry.is_none() {
            self.hold_absent(shop, now);
        }
        Ok(entry.map(|entry| self.hold(entry, now)))
    }

    fn hold(&self, entry: ShopEntry, now: Timestamp) -> Arc<ShopEntry> {
        let entry = Arc::new(entry);
        let mut known = self.write();
        if known.by_id.len() >= SHOPS_HELD {
            *known = Known::default();
        }
        known.by_domain.insert(entry.shop.domain.clone(), entry.shop.id);
        let held = Held {
            entry: Arc::clone(&entry),
            checked_at: AtomicI64::new(now.millis()),
            asking: AtomicBool::new(false),
        };
        known.by_id.insert(entry.shop.id, held);
        entry
    }

    fn hold_absent(&self, shop: &ShopRef, now: Timestamp) {
        let mut known = self.write();
        if known.absent.len() >= ABSENT_HELD {
            known.absent.clear();
        }
        known.absent.insert(shop.clone(), now);
    }

    fn read(&self) -> RwLockReadGuard<'_, Known> {
        self.inner.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Known> {
        self.inner.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A shop that changed its domain does not answer to the old one.
fn answers(shop: &Shop, name: &ShopRef) -> bool {
    match name {
        ShopRef::Id(id) => shop.id == *id,
        ShopRef::Domain(domain) => shop.domain == *domain,
    }
}

fn read_entry(conn: &mut Connection, keyring: &Keyring, shop: &ShopRef) -> db::Result<Option<ShopEntry>> {
    let Some(shop) = store::find(conn, shop)? else { return Ok(None) };
    let webhook_keys = keys::open(conn, keyring, shop.id)?;
    let api_keys = keys::api_keys(conn, shop.id)?;
    Ok(Some(ShopEntry { shop, webhook_keys, api_keys }))
}
