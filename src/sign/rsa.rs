//! RSA-2048 for DKIM: keys made here, signatures by `ring`.
//!
//! `ring` signs in constant time and makes no keys; the crate `rsa` makes keys and signs in a time that tells about them
//! (RUSTSEC-2023-0071), and is not here. So two primes come from `crypto-primes`, the rest is the arithmetic of RFC 8017 3.2, done
//! once when a key is made; `ring` checks every key when it is opened, and a new one must sign and be believed before it is used.
//! Secret halves never print and are wiped when dropped.

use std::convert::Infallible;
use std::fmt;

use crypto_bigint::rand_core::{TryCryptoRng, TryRng};
use crypto_bigint::{NonZero, Odd, U1024, U2048};
use crypto_primes::hazmat::{SetBits, SmallFactorsSieveFactory};
use crypto_primes::{Flavor, is_prime, sieve_and_find};
use ring::rand::SystemRandom;
use ring::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey};
use zeroize::Zeroizing;

use super::der;
use crate::kernel::random::{self, Random};

/// Bits of each of the two primes.
const PRIME_BITS: u32 = 1024;
/// The public exponent.
const EXPONENT: u32 = 65_537;
/// The algorithm of a public key: `rsaEncryption` without parameters (RFC 8017 A.1).
const RSA_ENCRYPTION: [u8; 15] =
    [0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00];

/// These bytes are no usable key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are no usable RSA key")]
pub struct Unusable;

/// A key that signs.
pub struct SigningKey {
    pair: RsaKeyPair,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(•••)")
    }
}

impl SigningKey {
    /// Opens a key from its PKCS#1 form, and checks that the numbers it signs with belong together.
    pub fn open(pkcs1: &[u8]) -> Result<Self, Unusable> {
        RsaKeyPair::from_der(pkcs1).map(|pair| Self { pair }).or(Err(Unusable))
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256 over the message: the same bytes each time.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Unusable> {
        let mut signature = vec![0; self.pair.public().modulus_len()];
        // This padding has no randomness in it: the generator is asked for nothing.
        self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).or(Err(Unusable))?;
        Ok(signature)
    }

    /// The public half as others read it: `SubjectPublicKeyInfo`.
    pub fn public(&self) -> Vec<u8> {
        let mut bits = vec![0];
        bits.extend_from_slice(self.pair.public_key().as_ref());
        der::tagged(der::SEQUENCE, &[&RSA_ENCRYPTION[..], &der::tagged(0x03, &bits)].concat())
    }
}

/// A new key in its PKCS#1 form. Takes a good part of a second: never on a thread that answers requests.
pub fn generate(random: &dyn Random) -> Result<Zeroizing<Vec<u8>>, Unusable> {
    let mut chance = Chance(random);
    let (mut p, mut q) = (prime(&mut chance)?, prime(&mut chance)?);
    // FIPS 186-5 A.1.3 wants them apart in their first 100 bits; that they are not happens to nobody.
    while p.shr_vartime(PRIME_BITS - 100) == q.shr_vartime(PRIME_BITS - 100) {
        (p, q) = (prime(&mut chance)?, prime(&mut chance)?);
    }
    let key = Zeroizing::new(encode(&p, &q)?);
    let opened = SigningKey::open(&key)?;
    let probe: [u8; 32] = random::bytes(random);
    let signature = opened.sign(&probe)?;
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, opened.pair.public_key());
    public.verify(&probe, &signature).or(Err(Unusable))?;
    Ok(key)
}

/// A prime with its two highest bits set, so that the product of two has all its bits, and fit for the exponent.
fn prime(chance: &mut Chance<'_>) -> Result<U1024, Unusable> {
    let sieve = SmallFactorsSieveFactory::new(Flavor::Any, PRIME_BITS, SetBits::TwoMsb).or(Err(Unusable))?;
    let exponent = NonZero::new(U1024::from_u32(EXPONENT)).into_option().ok_or(Unusable)?;
    let fits = |candidate: &U1024| {
        is_prime(Flavor::Any, candidate) && candidate.wrapping_sub(&U1024::ONE).rem(&exponent) != U1024::ZERO
    };
    sieve_and_find(chance, sieve, |_, candidate| fits(candidate)).ok().flatten().ok_or(Unusable)
}

/// RFC 8017 A.1.2: all numbers of the key, in the order that readers expect.
fn encode(p: &U1024, q: &U1024) -> Result<Vec<u8>, Unusable> {
    let (p1, q1) = (p.wrapping_sub(&U1024::ONE), q.wrapping_sub(&U1024::ONE));
    let n: U2048 = p.concatenating_mul(q);
    let phi: U2048 = p1.concatenating_mul(&q1);
    let phi = NonZero::new(phi).into_option().ok_or(Unusable)?;
    let d = U2048::from_u32(EXPONENT).invert_mod(&phi).into_option().ok_or(Unusable)?;
    let within = |less_one: U1024| Some(d.rem(&NonZero::new(less_one).into_option()?));
    let (dp, dq) = (within(p1).ok_or(Unusable)?, within(q1).ok_or(Unusable)?);
    let odd = Odd::new(*p).into_option().ok_or(Unusable)?;
    let inverse = q.invert_odd_mod(&odd).into_option().ok_or(Unusable)?;
    let parts = [
        der::unsigned(&[0]),
        der::unsigned(n.to_be_bytes().as_ref()),
        der::unsigned(&EXPONENT.to_be_bytes()),
        der::unsigned(d.to_be_bytes().as_ref()),
        der::unsigned(p.to_be_bytes().as_ref()),
        der::unsigned(q.to_be_bytes().as_ref()),
        der::unsigned(dp.to_be_bytes().as_ref()),
        der::unsigned(dq.to_be_bytes().as_ref()),
        der::unsigned(inverse.to_be_bytes().as_ref()),
    ];
    let parts = Zeroizing::new(parts.concat());
    Ok(der::tagged(der::SEQUENCE, &parts))
}

/// Our chance, as the search for primes takes it.
struct Chance<'a>(&'a dyn Random);

impl TryRng for Chance<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_be_bytes(random::bytes(self.0)))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_be_bytes(random::bytes(self.0)))
    }

    fn try_fill_bytes(&mut self, buffer: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(buffer);
        Ok(())
    }
}

impl TryCryptoRng for Chance<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::random::SeededRandom;

    #[test]
    fn a_new_key_signs_and_strangers_believe_it() {
        let pkcs1 = generate(&SeededRandom::new(7)).unwrap();
        let key = SigningKey::open(&pkcs1).unwrap();
        let signature = key.sign(b"message").unwrap();
        assert_eq!(signature.len(), 256);
        assert_eq!(signature, key.sign(b"message").unwrap(), "no randomness in it");
        // SubjectPublicKeyInfo around the key that ring knows.
        let public = key.public();
        let mut info = der::Reader::new(&public).inside(der::SEQUENCE).unwrap();
        let (_, algorithm) = info.next().unwrap();
        assert_eq!(der::tagged(der::SEQUENCE, algorithm), RSA_ENCRYPTION);
        let (tag, bits) = info.next().unwrap();
        assert_eq!((tag, bits[0]), (3, 0));
        let judge = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &bits[1..]);
        judge.verify(b"message", &signature).unwrap();
        assert!(judge.verify(b"another", &signature).is_err());
        assert_eq!(format!("{key:?}"), "SigningKey(•••)");
    }

    #[test]
    fn two_keys_differ_and_damaged_ones_do_not_open() {
        let random = SeededRandom::new(8);
        let (one, two) = (generate(&random).unwrap(), generate(&random).unwrap());
        assert_ne!(*one, *two);
        // The modulus and its two primes: what is kept beside them to sign faster is not checked, and lies sealed like all keys.
        for at in [10, 100, 600, 700] {
            let mut damaged = one.to_vec();
            damaged[at] ^= 1;
            assert!(SigningKey::open(&damaged).is_err(), "byte {at}");
        }
        assert!(SigningKey::open(b"no key").is_err());
    }
}
