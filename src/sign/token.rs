//! Link tokens: what proves "holder of the mail for this invitation", for one purpose.
//!
//! Stateless: 72 bytes, 96 characters of `[A-Za-z0-9_-]`, one spelling each. Every field is preceded by its length, so
//! that no byte can be read as part of another field, and an HMAC-SHA256 covers all of them under a domain of its own.
//! Whether a token has expired is said by the caller's clock; what it may still do is said by the database. A token is
//! never stored and never logged.

use super::derive::mac;
use crate::kernel::time::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

/// What is signed starts with this, so that no other message under the same key can pass for a token.
const DOMAIN: &[u8] = b"\x10attesta/token/v1";
const VERSION: u8 = 1;
/// Version, key id, invitation, purpose, expiry, each with its length before it.
const BODY: usize = 2 + 9 + 17 + 2 + 9;
/// The body, and the tag with its length before it.
const WHOLE: usize = BODY + 33;

/// What a token is good for.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Purpose {
    /// Writing, editing and erasing the review, and answering the shop's reply.
    Review,
    /// Stopping mails.
    Unsubscribe,
    /// Ending a shop's weekly mail; in place of an invitation it names the shop.
    WeeklyMail,
}

impl Purpose {
    const fn byte(self) -> u8 {
        match self {
            Self::Review => 1,
            Self::Unsubscribe => 2,
            Self::WeeklyMail => 4,
        }
    }

    const fn of(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Review),
            2 => Some(Self::Unsubscribe),
            4 => Some(Self::WeeklyMail),
            _ => None,
        }
    }
}

/// What a token says.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Claims {
    /// The key it is signed with.
    pub kid: i64,
    /// The invitation whose mail it stands in.
    pub invitation: [u8; 16],
    /// What it is good for.
    pub purpose: Purpose,
    /// The first instant at which it is no longer good; whole seconds.
    pub expires: Timestamp,
}

impl Claims {
    /// True from the very second of expiry on.
    pub fn expired(&self, now: Timestamp) -> bool {
        now >= self.expires
    }
}

/// Why a text is no token.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TokenError {
    /// Not the one spelling of a token of this version.
    #[error("not a token")]
    Malformed,
    /// Not signed with this key.
    #[error("the token was not signed here")]
    Forged,
}

/// The token for these claims; the expiry is cut to whole seconds.
pub fn mint(key: &[u8; 32], claims: &Claims) -> String {
    let mut bytes = body(claims);
    let tag = mac(key, &[DOMAIN, &bytes]);
    push(&mut bytes, &tag);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The id of the key that a token names, unverified: only to find the key for [`verify`].
pub fn peek(text: &str) -> Option<i64> {
    read(text).map(|(claims, _)| claims.kid)
}

/// The claims of a token signed with this key. Says nothing about expiry.
pub fn verify(key: &[u8; 32], text: &str) -> Result<Claims, TokenError> {
    let (claims, tag) = read(text).ok_or(TokenError::Malformed)?;
    let expected = mac(key, &[DOMAIN, &body(&claims)]);
    if bool::from(expected.ct_eq(&tag)) { Ok(claims) } else { Err(TokenError::Forged) }
}

fn body(claims: &Claims) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(WHOLE);
    push(&mut bytes, &[VERSION]);
    push(&mut bytes, &claims.kid.to_be_bytes());
    push(&mut bytes, &claims.invitation);
    push(&mut bytes, &[claims.purpose.byte()]);
    push(&mut bytes, &claims.expires.seconds().to_be_bytes());
    bytes
}

fn push(bytes: &mut Vec<u8>, field: &[u8]) {
    // Fields are at most 32 bytes long.
    bytes.push(u8::try_from(field.len()).unwrap_or(u8::MAX));
    bytes.extend_from_slice(field);
}

fn read(text: &str) -> Option<(Claims, [u8; 32])> {
    // The length first: nothing long is ever decoded.
    if text.len() != WHOLE * 4 / 3 {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == WHOLE)?;
    let mut rest = bytes.as_slice();
    let [version] = take(&mut rest)?;
    let kid = i64::from_be_bytes(take(&mut rest)?);
    let invitation = take(&mut rest)?;
    let [purpose] = take(&mut rest)?;
    let seconds = i64::from_be_bytes(take(&mut rest)?);
    let tag = take(&mut rest)?;
    let claims = Claims { kid, invitation, purpose: Purpose::of(purpose)?, expires: Timestamp::from_seconds(seconds) };
    // What we would write ourselves is the only spelling there is.
    let mut again = body(&claims);
    push(&mut again, &tag);
    let canonical = version == VERSION && rest.is_empty() && again == bytes && URL_SAFE_NO_PAD.encode(&again) == text;
    canonical.then_some((claims, tag))
}

/// The next field, if it has exactly the length it should.
fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (&length, tail) = rest.split_first()?;
    let (field, tail) = tail.split_first_chunk::<N>()?;
    *rest = tail;
    (usize::from(length) == N).then_some(*field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: [u8; 32] = [9; 32];

    fn claims() -> Claims {
        let invitation = std::array::from_fn(|at| 0x10 + u8::try_from(at).unwrap());
        Claims { kid: 3, invitation, purpose: Purpose::Review, expires: Timestamp::from_seconds(1_890_000_000) }
    }

    /// True when some bytes pass as a token of our key.
    fn passes(bytes: &[u8]) -> bool {
        verify(&KEY, &URL_SAFE_NO_PAD.encode(bytes)).is_ok()
    }

    fn any_claims() -> impl Strategy<Value = Claims> {
        (any::<i64>(), any::<[u8; 16]>(), any::<bool>(), 0..=Timestamp::MAX.seconds()).prop_map(
            |(kid, invitation, review, seconds)| Claims {
                kid,
                invitation,
                purpose: if review { Purpose::Review } else { Purpose::Unsubscribe },
                expires: Timestamp::from_seconds(seconds),
            },
        )
    }

    #[test]
    fn a_token_is_short_and_safe_in_a_path() {
        let token = mint(&KEY, &claims());
        assert_eq!(token.len(), 96);
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
        assert_eq!((verify(&KEY, &token), peek(&token)), (Ok(claims()), Some(3)));
        assert_eq!(verify(&[8; 32], &token), Err(TokenError::Forged));
        assert_eq!(token, mint(&KEY, &claims()), "a reminder derives the same token");
    }

    #[test]
    fn it_expires_with_its_second() {
        let mut claims = claims();
        claims.expires = claims.expires.plus_ms(999);
        let read = verify(&KEY, &mint(&KEY, &claims)).unwrap();
        assert_eq!(read.expires.seconds(), 1_890_000_000);
        assert!(!read.expired(read.expires.minus_ms(1)));
        assert!(read.expired(read.expires));
        assert!(read.expired(read.expires.plus_ms(1)));
    }

    #[test]
    fn no_flipped_bit_passes() {
        let bytes = URL_SAFE_NO_PAD.decode(mint(&KEY, &claims())).unwrap();
        assert!(passes(&bytes));
        for bit in 0..bytes.len() * 8 {
            let mut forged = bytes.clone();
            forged[bit / 8] ^= 1 << (bit % 8);
            assert!(!passes(&forged), "bit {bit}");
        }
    }

    #[test]
    fn no_other_spelling_passes() {
        let token = mint(&KEY, &claims());
        for at in 0..token.len() {
            let (head, tail) = token.split_at(at);
            assert_eq!(verify(&KEY, head), Err(TokenError::Malformed), "cut at {at}");
            let mut rest = tail.chars();
            let here = rest.next().unwrap();
            for other in (0_u8..128).map(char::from).filter(|other| *other != here) {
                let forged = format!("{head}{other}{}", rest.as_str());
                assert!(verify(&KEY, &forged).is_err(), "{other:?} at {at}");
            }
        }
        for forged in
            [format!("{token}="), format!(" {token}"), format!("{token}A"), token.to_uppercase(), String::new()]
        {
            assert!(verify(&KEY, &forged).is_err());
        }
        let standard = base64::engine::general_purpose::STANDARD_NO_PAD;
        let high = Claims { invitation: [0xFF; 16], ..claims() };
        let respelled = standard.encode(URL_SAFE_NO_PAD.decode(mint(&KEY, &high)).unwrap());
        assert!(respelled.contains('/') && verify(&KEY, &respelled).is_err());
    }

    #[test]
    fn no_field_passes_for_another() {
        // Not `Review`, whose field reads the same as the version's.
        let claims = Claims { purpose: Purpose::Unsubscribe, ..claims() };
        let bytes = URL_SAFE_NO_PAD.decode(mint(&KEY, &claims)).unwrap();
        assert!(passes(&bytes));
        let fields = [0..2, 2..11, 11..28, 28..30, 30..39, 39..72];
        for (one, first) in fields.iter().enumerate() {
            for second in &fields[one + 1..] {
                let mut order: Vec<_> = fields.to_vec();
                order.swap(one, fields.iter().position(|field| field == second).unwrap());
                let swapped: Vec<u8> = order.iter().flat_map(|field| bytes[field.clone()].to_vec()).collect();
                assert!(!passes(&swapped), "{first:?} and {second:?}");
            }
        }
        // A field one byte longer and its neighbour one shorter.
        for (length, next) in [(0, 2), (2, 11), (11, 28), (28, 30), (30, 39)] {
            for (grow, shrink) in [(length, next), (next, length)] {
                let mut shifted = bytes.clone();
                shifted[grow] += 1;
                shifted[shrink] -= 1;
                assert!(!passes(&shifted));
            }
            let mut moved = bytes.clone();
            moved[length] += 1;
            moved.swap(next, next + 1);
            assert!(!passes(&moved));
        }
    }

    #[test]
    fn no_other_purpose_version_or_domain_passes() {
        let bytes = URL_SAFE_NO_PAD.decode(mint(&KEY, &claims())).unwrap();
        for purpose in (0..=255).filter(|byte| *byte != 1) {
            let mut forged = bytes.clone();
            forged[29] = purpose;
            assert!(!passes(&forged));
        }
        // Signed with the right key, but not as this version, not as a known purpose, or for another use of the key.
        for (at, byte, domain) in [(1, 2, DOMAIN), (29, 3, DOMAIN), (1, 1, b"\x10attesta/token/v2"), (1, 1, b"")] {
            let mut forged = bytes[..BODY].to_vec();
            forged[at] = byte;
            let tag = mac(&KEY, &[domain, &forged]);
            push(&mut forged, &tag);
            assert!(!passes(&forged));
        }
    }

    proptest! {
        #[test]
        fn what_is_minted_is_read(claims in any_claims(), key: [u8; 32]) {
            let token = mint(&key, &claims);
            prop_assert_eq!(verify(&key, &token), Ok(claims));
            prop_assert_eq!(peek(&token), Some(claims.kid));
        }

        #[test]
        fn no_tag_fits_other_claims(one in any_claims(), two in any_claims()) {
            prop_assume!(one != two);
            let tag = URL_SAFE_NO_PAD.decode(mint(&KEY, &one)).unwrap();
            let mut forged = body(&two);
            forged.extend_from_slice(&tag[BODY..]);
            prop_assert!(!passes(&forged));
        }

        #[test]
        fn noise_is_no_token(text in "[A-Za-z0-9_-]{96}", any in "\\PC{0,120}") {
            prop_assert!(verify(&KEY, &text).is_err() && verify(&KEY, &any).is_err());
        }
    }
}
