//! DKIM: which domains this instance signs for, with which keys, and since when the world can check it.
//!
//! A sending domain has keys in pairs, RSA-2048 and Ed25519, made and kept here ([`keys`]: sealed by the keyring, never shown). A key
//! signs only once its record was found in the DNS ([`super::dns`] looks), so that no receiver ever meets a signature it cannot
//! check; a rotation makes a new pair under new names, and the old one signs until the new one's records stand. [`signer`] writes the
//! two `DKIM-Signature` fields of a composed message.
//!
//! The instance's own domain is one of them, and so is each domain that a shop wishes to write from: a shop's mail carries its own
//! address only while [`Signing::may`] says so.

mod canon;
mod keys;
pub(super) mod signer;
pub(super) mod store;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

pub use keys::{Algorithm, NoKey};
use signer::{Key, Signer};
use store::StoredKey;

use crate::context::Context;
use crate::db;
use crate::kernel::email::EmailAddress;

/// Why no key was made.
#[derive(Debug, thiserror::Error)]
pub enum DkimError {
    /// See [`NoKey`].
    #[error(transparent)]
    Key(#[from] NoKey),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// No such sending domain.
    #[error("{0} is no sending domain of this instance")]
    Unknown(String),
}

/// The keys in use, opened; shared by everything that composes.
#[derive(Debug, Default)]
pub(super) struct Signing {
    held: RwLock<Arc<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    /// The state of the database that this is.
    pulse: (i64, i64),
    signers: HashMap<String, Arc<Signer>>,
}

impl Signing {
    /// What signs for this domain.
    pub(super) fn of(&self, domain: &str) -> Option<Arc<Signer>> {
        self.held().signers.get(domain).map(Arc::clone)
    }

    /// Whether mail may carry an address of this domain: every receiver can check that we sign for it.
    pub(super) fn may(&self, domain: &str) -> bool {
        self.held().signers.get(domain).is_some_and(|signer| signer.is_universal())
    }

    fn held(&self) -> Arc<Held> {
        Arc::clone(&self.held.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the keys again where they changed, here or by another process.
    pub(super) async fn refresh(&self, ctx: &Context) -> db::Result<()> {
        let held = self.held();
        let pulse = ctx.db().read(store::pulse).await?;
        if pulse == held.pulse {
            return Ok(());
        }
        let mut signers: HashMap<String, Signer> = HashMap::new();
        for stored in ctx.db().read(store::signing).await? {
            let known = held.signers.get(&stored.domain).and_then(|signer| known(signer, &stored.selector));
            let Some(key) = known.or_else(|| keys::open(ctx.keyring(), &stored).map(Arc::new)) else {
                tracing::error!(domain = stored.domain, selector = stored.selector, "a DKIM key does not open");
                continue;
            };
            let signer = signers.entry(stored.domain.clone());
            let signer = signer.or_insert_with(|| Signer { domain: stored.domain, keys: Vec::new() });
            // The newest of each kind.
            if signer.keys.iter().all(|other| other.algorithm() != key.algorithm()) {
                signer.keys.push(key);
            }
        }
        let signers = signers.into_iter().map(|(domain, signer)| (domain, Arc::new(signer))).collect();
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Held { pulse, signers });
        Ok(())
    }
}

fn known(signer: &Signer, selector: &str) -> Option<Arc<Key>> {
    signer.keys.iter().find(|key| key.selector == selector).map(Arc::clone)
}

async fn pair(ctx: &Context, domain: &str) -> Result<Vec<StoredKey>, DkimError> {
    let (ctx, domain) = (ctx.clone(), domain.to_owned());
    let made = tokio::task::spawn_blocking(move || keys::new_pair(ctx.keyring(), ctx.random(), &domain, ctx.now()));
    made.await.map_err(|ended| db::Error::Unavailable(ended.to_string()))?.map_err(DkimError::from)
}

/// Makes the keys of a domain that has none; true when it had none.
///
/// # Errors
/// [`DkimError`].
pub async fn ensure(ctx: &Context, domain: &str) -> Result<bool, DkimError> {
    let name = domain.to_owned();
    if ctx.db().read(move |conn| store::domain(conn, &name)).await?.is_some() {
        return Ok(false);
    }
    let (keys, name, now) = (pair(ctx, domain).await?, domain.to_owned(), ctx.now());
    Ok(ctx.db().write(move |tx| store::add_domain(tx, &name, &keys, now)).await?)
}

/// Makes the keys that are missing: those of the instance's own domain, and of each domain a shop wishes to write from. Called by a
/// tick; tells how many domains got theirs.
///
/// # Errors
/// [`DkimError`].
pub async fn ensure_wished(ctx: &Context, own: &str) -> Result<usize, DkimError> {
    let wished = ctx.db().read(store::wished).await?;
    let known: BTreeSet<String> = ctx.db().read(store::domains).await?.into_iter().map(|(domain, _)| domain).collect();
    let domains = wished.iter().filter_map(|text| EmailAddress::parse(text).ok()).map(|a| a.domain().to_owned());
    let mut wanted: BTreeSet<String> = domains.collect();
    // What only this machine knows has no records.
    if own.contains('.') && !own.ends_with(".invalid") && !own.ends_with(".localhost") {
        wanted.insert(own.to_owned());
    }
    let mut made = 0;
    for domain in wanted.difference(&known) {
        made += usize::from(ensure(ctx, domain).await?);
    }
    Ok(made)
}

/// Makes a new pair for each of these domains, or for all; the keys before sign on until the records of the new ones are found.
///
/// # Errors
/// [`DkimError::Unknown`] for a domain that has no keys.
pub async fn rotate(ctx: &Context, only: Option<&str>) -> Result<Vec<String>, DkimError> {
    let known = ctx.db().read(store::domains).await?.into_iter().map(|(domain, _)| domain);
    let domains: Vec<String> = known.filter(|domain| only.is_none_or(|only| only == domain)).collect();
    if let (Some(only), true) = (only, domains.is_empty()) {
        return Err(DkimError::Unknown(only.to_owned()));
    }
    for domain in &domains {
        let (keys, domain) = (pair(ctx, domain).await?, domain.clone());
        ctx.db()
            .write(move |tx| {
                store::add_keys(tx, &keys)?;
                store::touch(tx, &domain)
            })
            .await?;
    }
    Ok(domains)
}
