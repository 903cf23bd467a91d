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
}

impl Purpose {
    const fn byte(self) -> u8 {
        match self {
            Self::Review => 1,
            Self::Unsubscribe => 2,
        }
    }

    const fn of(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Review),
            2 => Some(Self::Unsubscribe),
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
