//! Compact JSON Web Signatures (RFC 7515, RFC 8037): `EdDSA` over Ed25519 and nothing else, as any JOSE library
//! reads them.
//!
//! The keyring signs and opens with these functions; keys come in as bytes and whoever calls compares times. The crate
//! `jsonwebtoken` reads and writes the format; the curve is the one that webhooks are checked with. What a token says of
//! its own key and algorithm decides nothing but which of our keys is tried: the algorithm is fixed here.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, EncodingKey, Header, Validation, signature};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Longest token that is looked at, in bytes; ours have about a thousand.
pub const LONGEST: usize = 8_192;

/// The one algorithm, as headers and keys name it.
const ALGORITHM: &str = "EdDSA";

/// The public half of a key, as a JSON Web Key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// RFC 7638 thumbprint: the same key has the same name everywhere.
    pub kid: String,
    /// The point, in base64url.
    pub x: String,
    bytes: [u8; 32],
}

impl PublicKey {
    /// The public half of a secret key.
    pub fn of(secret: &[u8; 32]) -> Self {
        let bytes = SigningKey::from_bytes(secret).verifying_key().to_bytes();
        let x = URL_SAFE_NO_PAD.encode(bytes);
        // RFC 7638 3.2, RFC 8037 2: the required members, in this order and without blanks.
        let canonical = format!("{{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"{x}\"}}");
        Self { kid: URL_SAFE_NO_PAD.encode(Sha256::digest(canonical)), x, bytes }
    }

    /// The key as it stands in a key set.
    pub fn jwk(&self) -> Value {
        json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": ALGORITHM, "kid": self.kid, "x": self.x})
    }
}

/// Why a text is no token of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not three parts of base64url around a JSON header.
    #[error("not a compact JSON Web Signature")]
    Malformed,
    /// Signed in another way, or in none.
    #[error("signed in another way than with EdDSA")]
    Algorithm,
    /// A token for another purpose.
    #[error("a token of another type")]
    Type,
    /// No key of this name.
    #[error("an unknown key")]
    UnknownKey,
    /// The signature does not fit the bytes.
    #[error("the signature does not fit")]
    Signature,
    /// The signature fits, but what is signed is not of the wanted shape.
    #[error("claims of another shape")]
    Claims,
}

/// Signs claims. The same claims and key give the same bytes.
///
/// # Errors
/// [`Fault::Claims`] for claims that are no JSON object.
pub fn sign(secret: &[u8; 32], typ: &str, claims: &impl Serialize) -> Result<String, Fault> {
    ready();
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(typ.to_owned());
    header.kid = Some(PublicKey::of(secret).kid);
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_ed_der(secret)).or(Err(Fault::Claims))
}

/// Checks a token against the key that `find` gives for its name, and reads its claims, among which `iss`, `sub` and
/// `nbf` must stand and `aud` must not. Times are the caller's to compare.
///
/// # Errors
/// [`Fault`].
pub fn open<T: DeserializeOwned>(
    text: &str,
    typ: &str,
    find: impl FnOnce(&str) -> Option<PublicKey>,
) -> Result<T, Fault> {
    ready();
    let header = part(text, 0).ok_or(Fault::Malformed)?;
    let said = |name: &str| header.get(name).and_then(Value::as_str).unwrap_or_default();
    if said("alg") != ALGORITHM {
        return Err(Fault::Algorithm);
    }
    if said("typ") != typ {
        return Err(Fault::Type);
    }
    // Extensions that have to be understood (RFC 7515 4.1.11): there is none that we know.
    if header.get("crit").is_some() {
        return Err(Fault::Malformed);
    }
    let key = find(said("kid")).ok_or(Fault::UnknownKey)?;
    let opened = jsonwebtoken::decode::<T>(text, &DecodingKey::from_ed_der(&key.bytes), &validation());
    opened.map(|opened| opened.claims).map_err(|error| fault(&error))
}

/// What a token says without any check: for the words in which it is refused, and for nothing else.
pub fn unchecked_claims(text: &str) -> Option<Value> {
    part(text, 1)
}

/// A part of a token as a JSON object.
fn part(text: &str, at: usize) -> Option<Value> {
    if text.len() > LONGEST || text.bytes().filter(|byte| *byte == b'.').count() != 2 {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(text.split('.').nth(at)?).ok()?;
    serde_json::from_slice(&bytes).ok().filter(Value::is_object)
}

/// No clock is read here: the crate's own would be the machine's.
fn validation() -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.required_spec_claims = HashSet::from(["iss", "sub", "nbf"].map(str::to_owned));
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation
}

fn fault(error: &Error) -> Fault {
    match error.kind() {
        ErrorKind::InvalidSignature => Fault::Signature,
        ErrorKind::InvalidAlgorithm => Fault::Algorithm,
        ErrorKind::InvalidToken | ErrorKind::Base64(_) => Fault::Malformed,
        _ => Fault::Claims,
    }
}

/// Hands our curve to the crate: once for the process, which it remembers.
fn ready() {
    let _held_already = PROVIDER.install_default();
}

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| {
        let secret = ours(*algorithm, key.family(), key.as_bytes())?;
        Ok(Box::new(Secret(SigningKey::from_bytes(&secret))))
    },
    verifier_factory: |algorithm, key| {
        let bytes = ours(*algorithm, key.family(), key.try_get_as_bytes()?)?;
        let key = VerifyingKey::from_bytes(&bytes).or(Err(Error::from(ErrorKind::InvalidEddsaKey)))?;
        Ok(Box::new(Public(key)))
    },
    // Key sets are written by hand, above.
    key_utils: KeyUtils::new_unimplemented(),
};

fn ours(algorithm: Algorithm, family: AlgorithmFamily, bytes: &[u8]) -> Result<[u8; 32], Error> {
    let fits = algorithm == Algorithm::EdDSA && family == AlgorithmFamily::Ed;
    let key = bytes.try_into().ok().filter(|_| fits);
    key.ok_or_else(|| ErrorKind::InvalidAlgorithm.into())
}

/// A secret key at work for the crate.
struct Secret(SigningKey);
/// A public key at work for the crate.
struct Public(VerifyingKey);

impl signature::Signer<Vec<u8>> for Secret {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(self.0.sign(message).to_bytes().to_vec())
    }
}

impl JwtSigner for Secret {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

impl signature::Verifier<Vec<u8>> for Public {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        let signature = ed25519_dalek::Signature::from_slice(signature).or(Err(signature::Error::new()))?;
        self.0.verify_strict(message, &signature).or(Err(signature::Error::new()))
    }
}

impl JwtVerifier for Public {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

#[cfg(test)]
mod tests;
