//! Standard Webhooks 1.0.0: what shops sign and the intake checks.
//!
//! Signed is `id.timestamp.body`, raw bytes as they came: with HMAC-SHA256 (`v1`) under a shared secret, or with
//! Ed25519 (`v1a`) under a key of which only the shop has the secret half. [`verify`] says which key matched, or which
//! check failed and nothing else; it never sees the shop. Repeats are recognised by the intake, not here.

pub use super::keys::{KeyError, PublicKey, Secret, SigningKey};

use super::keys::BASE64;
use super::respell::spellings;
use crate::kernel::time::{SECOND, Timestamp};
use base64::Engine;
use subtle::ConstantTimeEq;

/// The header with the id of the message.
pub const ID_HEADER: &str = "webhook-id";
/// The header with the time of signing, in whole seconds.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
/// The header with the signatures, separated by blanks.
pub const SIGNATURE_HEADER: &str = "webhook-signature";

/// How far the sender's clock may be off, both ways, in milliseconds; exactly that far is still good.
pub const TOLERANCE_MS: i64 = 300 * SECOND;

/// Signatures looked at in one header.
const MOST_SIGNATURES: usize = 100;
/// Ed25519 signatures tried per key: unlike a MAC, each costs a computation of its own. Rotation needs two.
const MOST_ED25519: usize = 4;

/// A key that a shop's messages may be signed with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum VerifyingKey {
    /// A shared secret: `v1`.
    Hmac(Secret),
    /// A registered public key: `v1a`.
    Ed25519(PublicKey),
}

/// How a message was signed.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Scheme {
    /// HMAC-SHA256 under a shared secret: the operator could have signed it too.
    V1,
    /// Ed25519: only the shop could have signed it.
    V1a,
}

impl Scheme {
    /// As in the signature header: `v1` or `v1a`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V1a => "v1a",
        }
    }

    /// The scheme of this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::V1, Self::V1a].into_iter().find(|scheme| scheme.as_str() == text)
    }
}

/// What a message was found to be signed with.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Match {
    /// The place of the key in the slice given to [`verify`].
    pub key: usize,
    /// How it was signed.
    pub scheme: Scheme,
}

/// The check that failed.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Failure {
    /// One of the three headers is not there.
    #[error("the header {0} is missing")]
    MissingHeader(&'static str),
    /// The id is not 1 to 100 visible ASCII characters without a dot, or the signature header is empty or no text.
    #[error("the header {0} is malformed")]
    BadHeader(&'static str),
    /// Not whole seconds since 1970.
    #[error("the header webhook-timestamp is not a whole number of seconds since 1970 (not milliseconds)")]
    BadTimestamp,
    /// Signed too long ago, or in the future.
    #[error("the message was signed more than 300 seconds away from the server's time")]
    TimestampOutOfWindow {
        /// Server time less the sender's, in milliseconds: negative when the sender's clock is ahead.
        skew_ms: i64,
    },
    /// None of the signatures is of these bytes under a key of the shop.
    #[error("no signature matches")]
    SignatureMismatch {
        /// One would match if the body were spelled as JSON libraries do: the sender signed other bytes than it sent.
        reserialised: bool,
    },
}

impl Failure {
    /// The name of the failed check, as rejections list it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::MissingHeader(_) => "missing_header",
            Self::BadHeader(_) => "bad_header",
            Self::BadTimestamp => "bad_timestamp",
            Self::TimestampOutOfWindow { .. } => "timestamp_out_of_window",
            Self::SignatureMismatch { .. } => "signature_mismatch",
        }
    }
}

/// The three headers of a signed message, each well-formed in itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignatureHeaders {
    id: String,
    /// As sent, because it is signed as sent.
    timestamp: String,
    seconds: i64,
    v1: Vec<[u8; 32]>,
    v1a: Vec<[u8; 64]>,
}

impl SignatureHeaders {
    /// Reads the values of the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`.
    pub fn from_values(id: Option<&[u8]>, timestamp: Option<&[u8]>, signature: Option<&[u8]>) -> Result<Self, Failure> {
        let id = parse_id(id.ok_or(Failure::MissingHeader(ID_HEADER))?)?;
        let (timestamp, seconds) = parse_seconds(timestamp.ok_or(Failure::MissingHeader(TIMESTAMP_HEADER))?)?;
        let signature = signature.ok_or(Failure::MissingHeader(SIGNATURE_HEADER))?;
        let bad = Failure::BadHeader(SIGNATURE_HEADER);
        let signature = std::str::from_utf8(signature).ok().filter(|text| !text.trim().is_empty()).ok_or(bad)?;
        let mut headers = Self { id, timestamp, seconds, v1: Vec::new(), v1a: Vec::new() };
        for signature in signature.split_ascii_whitespace().take(MOST_SIGNATURES) {
            headers.keep(signature);
        }
        Ok(headers)
    }

    /// Keeps a signature of a version we know; what is malformed or unknown can match nothing.
    fn keep(&mut self, signature: &str) {
        let Some((version, digits)) = signature.split_once(',') else { return };
        // A signature of 64 bytes is the longest, 88 characters.
        let Some(bytes) = Some(digits).filter(|digits| digits.len() <= 88).and_then(|it| BASE64.decode(it).ok()) else {
            return;
        };
        match Scheme::parse(version) {
            Some(Scheme::V1) => self.v1.extend(<[u8; 32]>::try_from(bytes).ok()),
            Some(Scheme::V1a) if self.v1a.len() < MOST_ED25519 => self.v1a.extend(<[u8; 64]>::try_from(bytes).ok()),
            _ => {}
        }
    }

    /// The id of the message: the same on every try.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When it was signed.
    pub fn signed_at(&self) -> Timestamp {
        Timestamp::from_seconds(self.seconds)
    }
}

/// A dot would shift the boundary between id and timestamp, so ids have none.
fn parse_id(value: &[u8]) -> Result<String, Failure> {
    let good = (1..=100).contains(&value.len()) && value.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'.');
    let text = std::str::from_utf8(value).ok().filter(|_| good);
    text.map(str::to_owned).ok_or(Failure::BadHeader(ID_HEADER))
}

/// Plain digits without a leading zero, within the years 1970 to 9999: milliseconds of today lie far beyond.
fn parse_seconds(value: &[u8]) -> Result<(String, i64), Failure> {
    let text = std::str::from_utf8(value).or(Err(Failure::BadTimestamp))?;
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    let seconds = text.parse::<i64>().ok().filter(|seconds| plain && *seconds <= Timestamp::MAX.seconds());
    Ok((text.to_owned(), seconds.ok_or(Failure::BadTimestamp)?))
}

/// Checks a message against every key a shop may sign with, at the server's time `now`.
///
/// Costs the same for one signature and for a hundred: each key's MAC is computed once. A message that matches under
/// several keys is reported with the first of them.
pub fn verify(
    keys: &[VerifyingKey],
    headers: &SignatureHeaders,
    body: &[u8],
    now: Timestamp,
) -> Result<Match, Failure> {
    let skew_ms = now.millis() - headers.seconds * SECOND;
    if skew_ms.abs() > TOLERANCE_MS {
        return Err(Failure::TimestampOutOfWindow { skew_ms });
    }
    if let Some(found) = find(keys, headers, body) {
        return Ok(found);
    }
    let reserialised = spellings(body).any(|spelling| find(keys, headers, &spelling).is_some());
    Err(Failure::SignatureMismatch { reserialised })
}

fn find(keys: &[VerifyingKey], headers: &SignatureHeaders, body: &[u8]) -> Option<Match> {
    let mut found = None;
    for (key, candidate) in keys.iter().enumerate() {
        let scheme = match candidate {
            VerifyingKey::Hmac(secret) if matches_mac(secret, headers, body) => Scheme::V1,
            VerifyingKey::Ed25519(public) if matches_ed25519(public, headers, body) => Scheme::V1a,
            _ => continue,
        };
        found = found.or(Some(Match { key, scheme }));
    }
    found
}

fn matches_mac(secret: &Secret, headers: &SignatureHeaders, body: &[u8]) -> bool {
    let expected = secret.mac(&[headers.id.as_bytes(), b".", headers.timestamp.as_bytes(), b".", body]);
    // Every signature is compared, without a way out in between.
    headers.v1.iter().fold(subtle::Choice::from(0), |any, signature| any | expected.ct_eq(signature)).into()
}

fn matches_ed25519(public: &PublicKey, headers: &SignatureHeaders, body: &[u8]) -> bool {
    if headers.v1a.is_empty() {
        return false;
    }
    let message = signed_bytes(&headers.id, &headers.timestamp, body);
    headers.v1a.iter().any(|signature| public.verifies(&message, signature))
}

fn signed_bytes(id: &str, timestamp: &str, body: &[u8]) -> Vec<u8> {
    [id.as_bytes(), b".", timestamp.as_bytes(), b".", body].concat()
}

/// Signs a message with a shared secret: the value of the signature header, `v1,...`.
pub fn sign(secret: &Secret, id: &str, at: Timestamp, body: &[u8]) -> String {
    let tag = secret.mac(&[id.as_bytes(), b".", at.seconds().to_string().as_bytes(), b".", body]);
    format!("v1,{}", BASE64.encode(tag))
}

/// Signs a message with an Ed25519 key: the value of the signature header, `v1a,...`.
pub fn sign_ed25519(key: &SigningKey, id: &str, at: Timestamp, body: &[u8]) -> String {
    format!("v1a,{}", BASE64.encode(key.sign(&signed_bytes(id, &at.seconds().to_string(), body))))
}

#[cfg(test)]
mod tests;
