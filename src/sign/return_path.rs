//! The signed part of a return address: what names the message that a bounce is about, and proves that we sent it.
//!
//! It stands behind the `+` of an envelope sender. Mail systems change the case of addresses and take at most 64 characters before the
//! `@`, so it is 45 characters of lower-case base32, read in any case, one spelling each: key id, message, and 80 bits of an HMAC-SHA256
//! under a domain of its own. Says nothing about time: whether the message may still come back is said by the database.

use subtle::ConstantTimeEq;

use super::derive::mac;

/// What is signed starts with this, so that no other message under the same key can pass for a return address.
const DOMAIN: &[u8] = b"\x16attesta/return-path/v1";
/// Key id and message.
const BODY: usize = 2 + 16;
/// Bytes of the tag.
const TAG: usize = 10;
/// Characters of the signed part.
pub const LENGTH: usize = ((BODY + TAG) * 8).div_ceil(5);
/// RFC 4648 in lower case.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// What a return address says.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Claims {
    /// The key it is signed with.
    pub kid: u16,
    /// The message whose envelope carries it.
    pub message: [u8; 16],
}

/// The signed part for these claims.
pub fn mint(key: &[u8; 32], claims: &Claims) -> String {
    let mut bytes = body(claims).to_vec();
    bytes.extend_from_slice(&tag(key, claims));
    encode(&bytes)
}

/// The id of the key that a signed part names, unverified: only to find the key for [`verify`].
pub fn peek(text: &str) -> Option<u16> {
    read(text).map(|(claims, _)| claims.kid)
}

/// The claims of a signed part, if it was signed with this key.
pub fn verify(key: &[u8; 32], text: &str) -> Option<Claims> {
    let (claims, shown) = read(text)?;
    bool::from(tag(key, &claims).ct_eq(&shown)).then_some(claims)
}

fn body(claims: &Claims) -> [u8; BODY] {
    let mut bytes = [0; BODY];
    for (to, from) in bytes.iter_mut().zip(claims.kid.to_be_bytes().into_iter().chain(claims.message)) {
        *to = from;
    }
    bytes
}

fn tag(key: &[u8; 32], claims: &Claims) -> [u8; TAG] {
    let mut short = [0; TAG];
    for (to, from) in short.iter_mut().zip(mac(key, &[DOMAIN, &body(claims)])) {
        *to = from;
    }
    short
}

fn read(text: &str) -> Option<(Claims, [u8; TAG])> {
    let bytes = decode(text)?;
    let (kid, rest) = bytes.split_first_chunk::<2>()?;
    let (message, rest) = rest.split_first_chunk::<16>()?;
    let tag = rest.try_into().ok()?;
    Some((Claims { kid: u16::from_be_bytes(*kid), message: *message }, tag))
}

fn encode(bytes: &[u8]) -> String {
    let (mut text, mut held, mut bits) = (String::with_capacity(LENGTH), 0_u32, 0);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            push(&mut text, held >> bits);
            held &= (1 << bits) - 1;
        }
    }
    if bits > 0 {
        push(&mut text, held << (5 - bits));
    }
    text
}

fn push(text: &mut String, digit: u32) {
    let at = usize::try_from(digit & 31).unwrap_or_default();
    text.extend(ALPHABET.get(at).map(|byte| char::from(*byte)));
}

/// The bytes of a text of exactly the length we write, with the spare bits empty.
fn decode(text: &str) -> Option<Vec<u8>> {
    if text.len() != LENGTH {
        return None;
    }
    let (mut bytes, mut held, mut bits) = (Vec::with_capacity(BODY + TAG), 0_u32, 0);
    for letter in text.bytes().map(|byte| byte.to_ascii_lowercase()) {
        let digit = ALPHABET.iter().position(|known| *known == letter)?;
        held = (held << 5) | u32::try_from(digit).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    (held == 0 && bytes.len() == BODY + TAG).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: [u8; 32] = [7; 32];

    fn claims() -> Claims {
        Claims { kid: 3, message: std::array::from_fn(|at| u8::try_from(at * 7).unwrap()) }
    }

    #[test]
    fn it_fits_into_an_address_and_survives_a_change_of_case() {
        let text = mint(&KEY, &claims());
        assert_eq!((text.len(), LENGTH), (45, 45));
        assert!(text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
        assert_eq!((verify(&KEY, &text), peek(&text)), (Some(claims()), Some(3)));
        assert_eq!(verify(&KEY, &text.to_ascii_uppercase()), Some(claims()));
        assert_eq!(verify(&[8; 32], &text), None);
    }

    #[test]
    fn no_changed_character_passes() {
        let text = mint(&KEY, &claims());
        for at in 0..text.len() {
            for letter in ALPHABET.iter().chain(b"018=+-") {
                let mut other = text.clone().into_bytes();
                if other[at] == *letter {
                    continue;
                }
                other[at] = *letter;
                assert_eq!(verify(&KEY, &String::from_utf8(other).unwrap()), None, "{at} {letter}");
            }
        }
        for text in
            ["", "a", text.strip_suffix(|_: char| true).unwrap(), &format!("{text}a"), &"é".repeat(22), &"a".repeat(45)]
        {
            assert_eq!(verify(&KEY, text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_minted_reads_back(kid: u16, message: [u8; 16], key: [u8; 32]) {
            let claims = Claims { kid, message };
            let text = mint(&key, &claims);
            prop_assert_eq!(verify(&key, &text), Some(claims));
        }

        #[test]
        fn nothing_else_is_read(text in "\\PC{0,60}") {
            prop_assert_eq!(verify(&KEY, &text), None);
        }
    }
}
