//! The keys that certificates are signed with. The newest signs; all that were not withdrawn are published, so that a
//! certificate outlives the key's time in use. Secret halves never leave this file.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Keyring, KeyringError, Purpose};
use crate::kernel::time::Timestamp;
use crate::sign::jws::{self, Fault, PublicKey};

/// A key of certificates as everybody may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateKey {
    /// The public half.
    pub public: PublicKey,
    /// Since when it is there: nothing was signed with it before.
    pub since: Timestamp,
}

impl Keyring {
    /// Every key that a certificate may be signed with, the newest first.
    pub fn certificate_keys(&self) -> Vec<CertificateKey> {
        let keys = self.keys();
        let public = |(_, secret, since)| CertificateKey { public: PublicKey::of(secret), since };
        keys.all(Purpose::Certificate).rev().map(public).collect()
    }

    /// Signs what `claims` makes for the key in use: it is told since when that key is there.
    ///
    /// # Errors
    /// [`KeyringError::NoKey`] when no certificate key is in use.
    pub fn sign_certificate<T: Serialize>(
        &self,
        typ: &str,
        claims: impl FnOnce(Timestamp) -> T,
    ) -> Result<String, KeyringError> {
        let keys = self.keys();
        let no_key = || KeyringError::NoKey(Purpose::Certificate);
        let (_, secret, since) = keys.all(Purpose::Certificate).next_back().ok_or_else(no_key)?;
        jws::sign(secret, typ, &claims(since)).map_err(|_refused| no_key())
    }

    /// Opens a certificate that one of our keys has signed. Times are the caller's to compare.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn open_certificate<T: DeserializeOwned>(&self, typ: &str, text: &str) -> Result<T, Fault> {
        let known = |kid: &str| self.certificate_keys().into_iter().map(|key| key.public).find(|key| key.kid == kid);
        jws::open(text, typ, known)
    }
}
