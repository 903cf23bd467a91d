//! Who signed these bytes: the first thing asked, before a byte of the body is read.
//!
//! A refusal names the check that failed, the server's time and the digest of what was received, so that a developer can
//! find out alone. An unknown shop and a foreign secret get the same answer after the same work. Never says what would have
//! been right.

use std::fmt::Write as _;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::kernel::id::KeyId;
use crate::kernel::time::Timestamp;
use crate::merchants::{Rejection, ShopEntry};
use crate::problem::{Code, Problem};
use crate::sign::webhook::{self, Failure, Scheme, Secret, SignatureHeaders, VerifyingKey};

/// The three headers as they came; `None` where one is missing or stands there twice.
#[derive(Clone, Copy, Debug)]
pub(super) struct RawHeaders<'a> {
    pub(super) id: Option<&'a [u8]>,
    pub(super) timestamp: Option<&'a [u8]>,
    pub(super) signature: Option<&'a [u8]>,
}

/// Bytes that a shop signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Signed {
    pub(super) webhook_id: String,
    pub(super) scheme: Scheme,
    /// The key that fitted.
    pub(super) key: Option<KeyId>,
}

/// What arrived, for refusals of every kind.
pub(super) struct Arrived {
    /// When.
    pub(super) now: Timestamp,
    /// SHA-256 of the body.
    pub(super) digest: [u8; 32],
    bytes: usize,
    webhook_id: Option<String>,
    skew_ms: Option<i64>,
}

impl Arrived {
    /// Notes what is told in a refusal.
    pub(super) fn new(headers: RawHeaders<'_>, body: &[u8], now: Timestamp) -> Self {
        let text = |value: Option<&[u8]>| value.and_then(|bytes| std::str::from_utf8(bytes).ok()).map(str::to_owned);
        let seconds = text(headers.timestamp).and_then(|text| text.parse::<i64>().ok());
        Self {
            now,
            digest: Sha256::digest(body).into(),
            bytes: body.len(),
            webhook_id: text(headers.id).filter(|id| id.len() <= 100 && !id.chars().any(char::is_control)),
            skew_ms: seconds.map(|seconds| seconds.saturating_mul(1_000).saturating_sub(now.millis())),
        }
    }

    /// Adds to a problem what helps to find out.
    pub(super) fn explain(&self, problem: Problem) -> Problem {
        let problem = problem
            .with("server_time", self.now.to_string())
            .with("body_bytes", self.bytes)
            .with("body_sha256", hex(&self.digest));
        match self.skew_ms {
            Some(skew) => problem.with("skew_ms", skew),
            None => problem.with("skew_ms", serde_json::Value::Null),
        }
    }

    /// The refusal as the shop can read it later.
    pub(super) fn rejection(&self, problem: &Problem) -> Rejection {
        Rejection {
            at: self.now,
            code: problem.code().name().to_owned(),
            detail: problem.detail().to_owned(),
            webhook_id: self.webhook_id.clone(),
            skew_ms: self.skew_ms,
            body_bytes: i64::try_from(self.bytes).unwrap_or(i64::MAX),
            body_sha256: hex(&self.digest),
        }
    }
}

/// Checks the signature under the keys of the shop; without a shop, under a key that nobody has.
pub(super) fn verify(
    shop: Option<&Arc<ShopEntry>>,
    headers: RawHeaders<'_>,
    body: &[u8],
    now: Timestamp,
) -> Result<Signed, Problem> {
    let headers = SignatureHeaders::from_values(headers.id, headers.timestamp, headers.signature).map_err(refusal)?;
    let (ids, keys) = match shop {
        Some(entry) => entry.verifying(now),
        None => (Vec::new(), nobodys_keys()),
    };
    let found = webhook::verify(&keys, &headers, body, now).map_err(refusal)?;
    match shop {
        Some(_) => {
            Ok(Signed { webhook_id: headers.id().to_owned(), scheme: found.scheme, key: ids.get(found.key).copied() })
        }
        None => Err(refusal(Failure::SignatureMismatch { reserialised: false })),
    }
}

/// A key for shops that do not exist, so that they cost what others cost.
fn nobodys_keys() -> Vec<VerifyingKey> {
    Secret::from_bytes(&[0x5a; 32]).map(VerifyingKey::Hmac).into_iter().collect()
}

fn refusal(failure: Failure) -> Problem {
    let (code, detail) = match failure {
        Failure::MissingHeader(name) => (Code::MissingHeader, format!("The header {name} is missing, or stands there more than once.")),
        Failure::BadHeader(name) => (Code::InvalidRequest, format!("The header {name} is malformed.")),
        Failure::BadTimestamp => (
            Code::BadTimestamp,
            "webhook-timestamp has to be a whole number of seconds since 1970 UTC; milliseconds are refused.".to_owned(),
        ),
        Failure::TimestampOutOfWindow { .. } => (
            Code::TimestampOutOfWindow,
            "webhook-timestamp is more than 300 seconds away from the server's time; compare skew_ms with your clock.".to_owned(),
        ),
        Failure::SignatureMismatch { reserialised: true } => (
            Code::SignatureMismatch,
            "You signed a re-serialised body: the signature fits the same JSON spelled in another way. Sign the very bytes you send."
                .to_owned(),
        ),
        Failure::SignatureMismatch { reserialised: false } => (
            Code::UnknownShopOrSignature,
            "There is no such shop, or none of the signatures fits these bytes under one of its keys. Signed is \
             webhook-id.webhook-timestamp.body, with the shop's own secret; compare body_sha256 with the body you sent."
                .to_owned(),
        ),
    };
    Problem::new(code, detail).with("check", failure.code())
}

/// Lower-case hexadecimal.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
