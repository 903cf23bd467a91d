//! The keys of signed webhooks, in their printed forms.
//!
//! Re-exported by [`super::webhook`]. Secret halves are masked in `Debug`, have no `Display` and are wiped when
//! dropped; only `reveal` spells them out, once, to the shop they belong to.

use super::derive::mac;
use crate::kernel::random::{self, Random};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::GeneralPurpose;
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};
use ed25519_dalek::Signer;
use std::fmt;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Standard base64: written with padding, read with or without it.
pub(crate) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why a text is no key.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum KeyError {
    /// Does not start as keys of this kind do.
    #[error("a key of this kind starts with {expected}")]
    Prefix {
        /// The start that was wanted.
        expected: &'static str,
    },
    /// What follows is not base64.
    #[error("the key is not base64")]
    Base64,
    /// Too few or too many bytes.
    #[error("the key has {got} bytes instead of {wanted}")]
    Length {
        /// Bytes found.
        got: usize,
        /// Bytes wanted, in words.
        wanted: &'static str,
    },
    /// The bytes are no key of the curve, or one that anybody could sign for.
    #[error("the bytes are no usable Ed25519 key")]
    Curve,
}

fn decode(digits: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    BASE64.decode(digits).map(Zeroizing::new).or(Err(KeyError::Base64))
}

/// A secret shared with a shop: 24 to 64 bytes, printed as `whsec_` and base64.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// How its printed form starts.
    pub const PREFIX: &'static str = "whsec_";

    /// A new secret of 32 bytes.
    pub fn generate(random: &dyn Random) -> Self {
        Self(Zeroizing::new(random::bytes::<32>(random).to_vec()))
    }

    /// Reads the printed form; the prefix and the padding may be missing.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        Self::from_bytes(&decode(text.strip_prefix(Self::PREFIX).unwrap_or(text))?)
    }

    /// The secret with these bytes, 24 to 64 of them.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        if (24..=64).contains(&bytes.len()) {
            Ok(Self(Zeroizing::new(bytes.to_vec())))
        } else {
            Err(KeyError::Length { got: bytes.len(), wanted: "24 to 64" })
        }
    }

    /// Its bytes, for sealing.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The printed form: to be shown once.
    pub fn reveal(&self) -> String {
        format!("{}{}", Self::PREFIX, BASE64.encode(&*self.0))
    }

    /// The last four characters of the printed form, padding aside: enough to tell two secrets apart.
    pub fn hint(&self) -> String {
        let text = Zeroizing::new(self.reveal());
        let digits = text.trim_end_matches('=');
        digits.chars().skip(digits.chars().count().saturating_sub(4)).collect()
    }

    /// HMAC-SHA256 over the parts.
    pub(crate) fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        mac(&self.0, parts)
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}
impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("whsec_•••")
    }
}

/// The public half of a shop's Ed25519 key, printed as `whpk_` and base64.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublicKey(ed25519_dalek::VerifyingKey);

impl PublicKey {
    /// How its printed form starts.
    pub const PREFIX: &'static str = "whpk_";

    /// Reads the printed form; padding may be missing.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let digits = text.strip_prefix(Self::PREFIX).ok_or(KeyError::Prefix { expected: Self::PREFIX })?;
        Self::from_bytes(&decode(digits)?)
    }

    /// The key with these 32 bytes. Points of small order are refused: anybody could sign for them.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let wrong = KeyError::Length { got: bytes.len(), wanted: "32" };
        let bytes: &[u8; 32] = bytes.try_into().or(Err(wrong))?;
        let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).or(Err(KeyError::Curve))?;
        if key.is_weak() { Err(KeyError::Curve) } else { Ok(Self(key)) }
    }

    /// Its bytes, as stored.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Whether this signature is of this message (strict: no second spelling of a signature passes).
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.0.verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature)).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", Self::PREFIX, BASE64.encode(self.as_bytes()))
    }
}

/// The secret half of an Ed25519 key, printed as `whsk_` and base64 of seed and public key. The service never holds a
/// shop's: this is for the sender's side (`attesta event send`).
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// How its printed form starts.
    pub const PREFIX: &'static str = "whsk_";

    /// A new key.
    pub fn generate(random: &dyn Random) -> Self {
        let seed = Zeroizing::new(random::bytes::<32>(random));
        Self(ed25519_dalek::SigningKey::from_bytes(&seed))
    }

    /// Reads the printed form: 32 bytes of seed, or 64 of seed and public key, which must belong together.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let digits = text.strip_prefix(Self::PREFIX).ok_or(KeyError::Prefix { expected: Self::PREFIX })?;
        let bytes = decode(digits)?;
        if let Ok(seed) = <&[u8; 32]>::try_from(bytes.as_slice()) {
            return Ok(Self(ed25519_dalek::SigningKey::from_bytes(seed)));
        }
        let wrong = KeyError::Length { got: bytes.len(), wanted: "32 or 64" };
        let pair: &[u8; 64] = bytes.as_slice().try_into().or(Err(wrong))?;
        ed25519_dalek::SigningKey::from_keypair_bytes(pair).map(Self).or(Err(KeyError::Curve))
    }

    /// The printed form: to be shown once.
    pub fn reveal(&self) -> String {
        format!("{}{}", Self::PREFIX, BASE64.encode(*Zeroizing::new(self.0.to_keypair_bytes())))
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// The signature of a message.
    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("whsk_•••")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::random::SeededRandom;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn secrets_are_read_with_or_without_prefix_and_padding() {
        let secret = Secret::parse(SECRET).unwrap();
        assert_eq!(Secret::parse("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), Ok(secret.clone()));
        assert_eq!((secret.reveal(), secret.hint()), (SECRET.to_owned(), "LaSw".to_owned()));
        let drawn = Secret::generate(&SeededRandom::new(1));
        assert_eq!(drawn.as_bytes().len(), 32);
        assert!(drawn.reveal().ends_with('=') && !drawn.hint().contains('='));
        assert_eq!(Secret::parse(drawn.reveal().trim_end_matches('=')), Ok(drawn));
    }

    #[test]
    fn secrets_have_24_to_64_bytes() {
        for (length, good) in [(0, false), (23, false), (24, true), (64, true), (65, false)] {
            let text = BASE64.encode(vec![7; length]);
            assert_eq!(Secret::parse(&text).is_ok(), good, "{length}");
        }
        for bad in
            ["whsec_", "whsec_!!!!", "whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"]
        {
            assert!(Secret::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn secret_halves_print_masked() {
        let key = SigningKey::generate(&SeededRandom::new(1));
        assert_eq!(format!("{:?} {key:?}", Secret::parse(SECRET).unwrap()), "whsec_••• whsk_•••");
    }

    #[test]
    fn the_known_answer_of_rfc_8032() {
        // Section 7.1, test 1: the empty message.
        let seed = [
            0x9D, 0x61, 0xB1, 0x9D, 0xEF, 0xFD, 0x5A, 0x60, 0xBA, 0x84, 0x4A, 0xF4, 0x92, 0xEC, 0x2C, 0xC4, 0x44, 0x49,
            0xC5, 0x69, 0x7B, 0x32, 0x69, 0x19, 0x70, 0x3B, 0xAC, 0x03, 0x1C, 0xAE, 0x7F, 0x60,
        ];
        let key = SigningKey::parse(&format!("whsk_{}", BASE64.encode(seed))).unwrap();
        assert_eq!(key.public().as_bytes()[..4], [0xD7, 0x5A, 0x98, 0x01]);
        let signature = key.sign(b"");
        assert_eq!(signature[..4], [0xE5, 0x56, 0x43, 0x00]);
        assert!(key.public().verifies(b"", &signature));
        assert!(!key.public().verifies(b"x", &signature));
        assert_eq!(SigningKey::parse(&key.reveal()).unwrap().public(), key.public());
    }

    #[test]
    fn unusable_keys_are_refused() {
        let key = SigningKey::generate(&SeededRandom::new(1));
        let text = key.public().to_string();
        assert_eq!(PublicKey::parse(&text), Ok(key.public()));
        assert_eq!(PublicKey::parse(text.trim_end_matches('=')), Ok(key.public()));
        assert!(matches!(PublicKey::parse(&key.reveal()), Err(KeyError::Prefix { .. })));
        assert!(matches!(PublicKey::from_bytes(&[1; 31]), Err(KeyError::Length { got: 31, .. })));
        // The neutral point: every signature of nothing would do.
        let mut weak = [0; 32];
        weak[0] = 1;
        assert_eq!(PublicKey::from_bytes(&weak), Err(KeyError::Curve));
        let mixed = [[1; 32], *key.public().as_bytes()].concat();
        assert!(SigningKey::parse(&format!("whsk_{}", BASE64.encode(mixed))).is_err());
    }
}
