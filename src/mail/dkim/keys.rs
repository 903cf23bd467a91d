//! The keys of a sending domain: made in pairs, RSA and Ed25519, each under a name of its own. The name comes from the public half, so
//! that a new key never meets the record of an old one. Secret halves leave this file sealed, or opened to sign.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::signer::{Key, Secret};
use super::store::StoredKey;
use crate::kernel::random::{self, Random};
use crate::kernel::time::Timestamp;
use crate::keyring::Keyring;
use crate::sign::rsa;

/// How a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Algorithm {
    /// RSA-2048 with SHA-256: every receiver checks it.
    Rsa,
    /// Ed25519 with SHA-256 (RFC 8463): short, and not checked everywhere.
    Ed25519,
}

impl Algorithm {
    /// The word in the record, in the signature and in the column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rsa => "rsa",
            Self::Ed25519 => "ed25519",
        }
    }

    /// The algorithm of this name.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Rsa, Self::Ed25519].into_iter().find(|algorithm| algorithm.as_str() == word)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why there is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoKey {
    /// None could be made.
    #[error("no RSA key could be made")]
    Rsa(#[from] rsa::Unusable),
    /// It could not be sealed.
    #[error("no key of the keyring seals DKIM keys")]
    Keyring,
}

/// A new pair for a domain. Takes a good part of a second: never on a thread that answers requests.
pub(super) fn new_pair(
    keyring: &Keyring,
    random: &dyn Random,
    domain: &str,
    now: Timestamp,
) -> Result<Vec<StoredKey>, NoKey> {
    let pkcs1 = rsa::generate(random)?;
    let public = STANDARD.encode(rsa::SigningKey::open(&pkcs1)?.public());
    let rsa = sealed(keyring, (domain, now), Algorithm::Rsa, public, &pkcs1)?;
    let seed = Zeroizing::new(random::bytes::<32>(random));
    let public = STANDARD.encode(ed25519_dalek::SigningKey::from_bytes(&seed).verifying_key().as_bytes());
    let ed25519 = sealed(keyring, (domain, now), Algorithm::Ed25519, public, &*seed)?;
    Ok(vec![rsa, ed25519])
}

fn sealed(
    keyring: &Keyring,
    (domain, now): (&str, Timestamp),
    algorithm: Algorithm,
    public: String,
    secret: &[u8],
) -> Result<StoredKey, NoKey> {
    let selector = selector(&public);
    let sealed = keyring.seal_dkim(&place(domain, &selector), secret).or(Err(NoKey::Keyring))?;
    let domain = domain.to_owned();
    Ok(StoredKey { selector, domain, algorithm, public, sealed, created_at: now, published_at: None, retired_at: None })
}

/// Opens a stored key; `None` where the keyring does not know the key it is sealed with (yet), or the bytes are none of ours.
pub(super) fn open(keyring: &Keyring, stored: &StoredKey) -> Option<Key> {
    let plain = keyring.open_dkim(&place(&stored.domain, &stored.selector), &stored.sealed)?;
    let secret = match stored.algorithm {
        Algorithm::Rsa => Secret::Rsa(rsa::SigningKey::open(&plain).ok()?),
        Algorithm::Ed25519 => {
            let seed = Zeroizing::new(<[u8; 32]>::try_from(plain.as_slice()).ok()?);
            Secret::Ed25519(ed25519_dalek::SigningKey::from_bytes(&seed))
        }
    };
    Some(Key { selector: stored.selector.clone(), secret })
}

fn place(domain: &str, selector: &str) -> Vec<u8> {
    format!("attesta/dkim/{domain}/{selector}").into_bytes()
}

/// `attesta-` and eight digits of the public half.
fn selector(public: &str) -> String {
    let hash = Sha256::digest(public.as_bytes());
    let number = hash.iter().take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    format!("attesta-{number:08x}")
}
