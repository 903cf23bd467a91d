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

#[cfg(test)]
mod tests {
    use super::*;
    fn hex(bytes: &[u8]) -> String {
        let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap();
        bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }

    #[test]
    fn known_answers_of_rfc_4231() {
        let cases: [(&[u8], &[u8], &str); 4] = [
            (&[0x0B; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (&[0xAA; 20], &[0xDD; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            (
                &[0xAA; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ];
        for (key, message, expected) in cases {
            assert_eq!(hex(&mac(key, &[message])), expected);
            let (head, tail) = message.split_at(5);
            assert_eq!(hex(&mac(key, &[head, b"", tail])), expected);
        }
    }

    #[test]
    fn every_label_and_master_has_its_own_key() {
        let keys =
            [derive(&[1; 32], "token"), derive(&[1; 32], "address"), derive(&[2; 32], "token"), derive(&[1; 32], "")];
        for (at, key) in keys.iter().enumerate() {
            assert!(keys.iter().skip(at + 1).all(|other| other != key));
        }
        assert_eq!(derive(&[1; 32], "token"), mac(&[1; 32], &[b"attesta/derive/v1/token\x01"]));
    }
}
