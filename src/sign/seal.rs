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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_known_answer_of_the_draft() {
        // draft-irtf-cfrg-xchacha-03, A.3.1.
        let key: [u8; 32] = std::array::from_fn(|at| 0x80 + u8::try_from(at).unwrap());
        let nonce: [u8; 24] = std::array::from_fn(|at| 0x40 + u8::try_from(at).unwrap());
        let aad = [0x50, 0x51, 0x52, 0x53, 0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7];
        let plain = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, \
            sunscreen would be it.";
        let sealed = seal(&key, &nonce, &aad, plain).unwrap();
        let (secret, tag) = sealed[25..].split_at(plain.len());
        assert_eq!((sealed[0], &sealed[1..25]), (1, &nonce[..]));
        assert_eq!(secret[..8], [0xBD, 0x6D, 0x17, 0x9D, 0x3E, 0x83, 0xD4, 0x3B]);
        let expected = [0xC0, 0x87, 0x59, 0x24, 0xC1, 0xC7, 0x98, 0x79, 0x47, 0xDE, 0xAF, 0xD8, 0x78, 0x0A, 0xCF, 0x49];
        assert_eq!(tag, expected);
        assert_eq!(open(&key, &aad, &sealed).unwrap(), plain);
    }

    #[test]
    fn any_change_keeps_it_closed() {
        let sealed = seal(&[1; 32], &[2; 24], b"contact:1", b"anna@example.com").unwrap();
        for bit in 0..sealed.len() * 8 {
            let mut forged = sealed.clone();
            forged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(&[1; 32], b"contact:1", &forged), Err(SealError::Closed), "bit {bit}");
        }
        for end in 0..sealed.len() {
            assert_eq!(open(&[1; 32], b"contact:1", &sealed[..end]), Err(SealError::Closed));
        }
        assert_eq!(open(&[1; 32], b"contact:2", &sealed), Err(SealError::Closed));
        assert_eq!(open(&[3; 32], b"contact:1", &sealed), Err(SealError::Closed));
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens(key: [u8; 32], nonce: [u8; 24], aad: Vec<u8>, plain: Vec<u8>) {
            let sealed = seal(&key, &nonce, &aad, &plain).unwrap();
            prop_assert_eq!(sealed.len(), plain.len() + 41);
            prop_assert_eq!(open(&key, &aad, &sealed), Ok(plain));
        }
    }
}
