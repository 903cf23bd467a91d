//! HMAC-SHA256, and one key for each purpose out of a master key.
//!
//! Used by the keyring and by its neighbours here. Callers give every purpose its own label; a derived key never
//! serves two purposes, and the master key never serves any other.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// HMAC-SHA256 over the parts, one after the other. What the parts are must be plain from their lengths or marks:
/// this function puts nothing between them.
pub fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut hmac = Hmac::<Sha256>::new(&(*key_block(key)).into());
    for part in parts {
        hmac.update(part);
    }
    hmac.finalize().into_bytes().into()
}

/// RFC 2104: a key longer than a block is hashed, a shorter one is filled up with zeros.
fn key_block(key: &[u8]) -> Zeroizing<[u8; 64]> {
    let mut block = Zeroizing::new([0; 64]);
    if key.len() > 64 {
        copy(&Sha256::digest(key), &mut block[..]);
    } else {
        copy(key, &mut block[..]);
    }
    block
}

fn copy(from: &[u8], to: &mut [u8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}

/// The key for a purpose: HKDF-Expand (RFC 5869 2.3) of one block, `HMAC(master, "attesta/derive/v1/" label 0x01)`.
pub fn derive(master: &[u8; 32], label: &str) -> [u8; 32] {
    mac(master, &[b"attesta/derive/v1/", label.as_bytes(), &[1]])
}
