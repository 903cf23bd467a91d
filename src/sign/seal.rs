//! Sealing: XChaCha20-Poly1305 for what is stored and must be read again.
//!
//! A sealed value is `0x01`, a nonce of 24 bytes, ciphertext and tag. The nonce comes from the injected `Random` and
//! is never used twice under a key; the additional data ties a value to the row it stands in, so that it cannot be
//! moved to another.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

/// The first byte of what this version seals.
const VERSION: u8 = 1;

/// Why nothing was sealed or opened.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SealError {
    /// More than the cipher takes: 256 GiB.
    #[error("too long to be sealed")]
    TooLong,
    /// Another key, another place, a changed byte or no sealed value at all: which one cannot be told.
    #[error("the sealed value does not open with this key at this place")]
    Closed,
}

/// Seals `plain` under `key` for the place that `aad` names.
pub fn seal(key: &[u8; 32], nonce: &[u8; 24], aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
    let cipher = XChaCha20Poly1305::new(key.into());
    let secret = cipher.encrypt(&XNonce::from(*nonce), Payload { msg: plain, aad }).or(Err(SealError::TooLong))?;
    let mut sealed = Vec::with_capacity(1 + nonce.len() + secret.len());
    sealed.push(VERSION);
    sealed.extend_from_slice(nonce);
    sealed.extend_from_slice(&secret);
    Ok(sealed)
}

/// Opens what [`seal`] made with the same key and the same `aad`.
pub fn open(key: &[u8; 32], aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
    let (&VERSION, rest) = sealed.split_first().ok_or(SealError::Closed)? else { return Err(SealError::Closed) };
    let (nonce, secret) = rest.split_first_chunk::<24>().ok_or(SealError::Closed)?;
    let cipher = XChaCha20Poly1305::new(key.into());
    cipher.decrypt(&XNonce::from(*nonce), Payload { msg: secret, aad }).or(Err(SealError::Closed))
}
