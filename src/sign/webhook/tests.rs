//! Standard Webhooks against the official known answer, composed vectors, and what forgers try.

use super::*;
use crate::kernel::random::SeededRandom;
use serde_json::Value;

const VECTORS: &str = include_str!("../../../tests/data/standardwebhooks/vectors.json");
const BODY: &[u8] = br#"{"test": 2432232314}"#;

fn secret(seed: u64) -> Secret {
    Secret::generate(&SeededRandom::new(seed))
}

fn now() -> Timestamp {
    Timestamp::from_seconds(1_795_305_600)
}

fn headers(signature: &str) -> SignatureHeaders {
    let at = now().seconds().to_string();
    SignatureHeaders::from_values(Some(b"msg_1"), Some(at.as_bytes()), Some(signature.as_bytes())).unwrap()
}

/// Checks `BODY` under one secret.
fn check(key: &Secret, signature: &str) -> Result<Match, Failure> {
    verify(&[VerifyingKey::Hmac(key.clone())], &headers(signature), BODY, now())
}

fn mismatch<T>(reserialised: bool) -> Result<T, Failure> {
    Err(Failure::SignatureMismatch { reserialised })
}

#[test]
fn every_vector_is_judged_as_it_says() {
    let vectors: Vec<Value> = serde_json::from_str(VECTORS).unwrap();
    assert!(vectors.len() >= 11);
    for vector in vectors {
        let header = |name: &str| vector["headers"][name].as_str().map(str::as_bytes);
        let key = VerifyingKey::Hmac(Secret::parse(vector["secret"].as_str().unwrap()).unwrap());
        let body = BASE64.decode(vector["body_b64"].as_str().unwrap()).unwrap();
        let at = Timestamp::from_seconds(vector["now"].as_i64().unwrap());
        let verdict =
            SignatureHeaders::from_values(header(ID_HEADER), header(TIMESTAMP_HEADER), header(SIGNATURE_HEADER))
                .and_then(|headers| verify(&[key], &headers, &body, at));
        assert_eq!(verdict.is_ok(), vector["verdict"] == "accept", "{}: {verdict:?}", vector["name"]);
    }
}

#[test]
fn signing_gives_the_official_known_answer() {
    let key = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let signature = sign(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", Timestamp::from_seconds(1_614_265_330), BODY);
    assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

#[test]
fn the_matching_key_is_named() {
    let keys = [1, 2, 3].map(|seed| VerifyingKey::Hmac(secret(seed)));
    let both = format!("{} {}", sign(&secret(9), "msg_1", now(), BODY), sign(&secret(2), "msg_1", now(), BODY));
    assert_eq!(verify(&keys, &headers(&both), BODY, now()), Ok(Match { key: 1, scheme: Scheme::V1 }));
    assert_eq!(verify(&[], &headers(&both), BODY, now()), mismatch(false));
    let twice = format!("{} {}", sign(&secret(3), "msg_1", now(), BODY), sign(&secret(1), "msg_1", now(), BODY));
    assert_eq!(verify(&keys, &headers(&twice), BODY, now()).unwrap().key, 0);
}

#[test]
fn ed25519_is_told_from_hmac() {
    let signing = SigningKey::generate(&SeededRandom::new(5));
    let keys = [VerifyingKey::Hmac(secret(1)), VerifyingKey::Ed25519(signing.public())];
    let signature = sign_ed25519(&signing, "msg_1", now(), BODY);
    assert!(signature.starts_with("v1a,"));
    assert_eq!(verify(&keys, &headers(&signature), BODY, now()), Ok(Match { key: 1, scheme: Scheme::V1a }));
    assert_eq!(verify(&keys, &headers(&signature), b"{}", now()), mismatch(false));
    assert_eq!(verify(&keys, &headers(&signature.replace("v1a,", "v1,")), BODY, now()), mismatch(false));
    let mac = sign(&secret(1), "msg_1", now(), BODY).replace("v1,", "v1a,");
    assert_eq!(verify(&keys, &headers(&mac), BODY, now()), mismatch(false));
    assert_eq!(Scheme::parse("v1a").map(Scheme::as_str), Some("v1a"));
}

#[test]
fn the_window_is_300_seconds_both_ways() {
    let key = secret(1);
    let (signed, keys) = (headers(&sign(&key, "msg_1", now(), BODY)), [VerifyingKey::Hmac(key)]);
    for skew_ms in [0, 299_000, 300_000, -299_000, -300_000] {
        assert!(verify(&keys, &signed, BODY, now().plus_ms(skew_ms)).is_ok(), "{skew_ms}");
    }
    for skew_ms in [300_001, 301_000, -300_001, -301_000] {
        let refused = Err(Failure::TimestampOutOfWindow { skew_ms });
        assert_eq!(verify(&keys, &signed, BODY, now().plus_ms(skew_ms)), refused);
    }
    assert_eq!((signed.id(), signed.signed_at()), ("msg_1", now()));
}

#[test]
fn timestamps_are_whole_seconds() {
    let max = Timestamp::MAX.seconds().to_string();
    for good in ["0", "1795305600", &max] {
        assert!(SignatureHeaders::from_values(Some(b"m"), Some(good.as_bytes()), Some(b"v1,x")).is_ok(), "{good}");
    }
    for bad in [
        "",
        "hello",
        "1795305600000",
        "1795305600.0",
        "+1795305600",
        "-1",
        " 1",
        "01",
        "1e9",
        "٣",
        "99999999999999999999",
    ] {
        let read = SignatureHeaders::from_values(Some(b"m"), Some(bad.as_bytes()), Some(b"v1,x"));
        assert_eq!(read, Err(Failure::BadTimestamp), "{bad:?}");
    }
}

#[test]
fn headers_that_are_missing_or_malformed_are_named() {
    let value = |value: &'static [u8]| Some(value);
    let good = (value(b"m"), value(b"1"), value(b"v1,x"));
    let read = |(id, at, signature)| SignatureHeaders::from_values(id, at, signature).map(|_| ());
    assert_eq!(read((None, good.1, good.2)), Err(Failure::MissingHeader(ID_HEADER)));
    assert_eq!(read((good.0, None, good.2)), Err(Failure::MissingHeader(TIMESTAMP_HEADER)));
    assert_eq!(read((good.0, good.1, None)), Err(Failure::MissingHeader(SIGNATURE_HEADER)));
    let long = [b'a'; 101];
    for id in [&b""[..], b"msg.1", b"msg 1", b"msg\n", b"msg\0", "è".as_bytes(), b"\xFF", &long] {
        assert_eq!(read((Some(id), good.1, good.2)), Err(Failure::BadHeader(ID_HEADER)), "{id:?}");
    }
    assert_eq!(read((Some(&long[1..]), good.1, good.2)), Ok(()));
    for signature in [&b""[..], b"  ", b"\xFF"] {
        assert_eq!(read((good.0, good.1, Some(signature))), Err(Failure::BadHeader(SIGNATURE_HEADER)));
    }
}

#[test]
fn the_boundary_between_fields_cannot_move() {
    let key = secret(1);
    let signature = sign(&key, "msg", Timestamp::from_seconds(1_795_305_600), b"1.x");
    for (id, at, body) in
        [("msg", "1795305600", &b"1.x"[..]), ("ms", "1795305600", b"g1.x"), ("msg", "1795305601", b".x")]
    {
        let headers =
            SignatureHeaders::from_values(Some(id.as_bytes()), Some(at.as_bytes()), Some(signature.as_bytes()))
                .unwrap();
        let accepted = verify(&[VerifyingKey::Hmac(key.clone())], &headers, body, now()).is_ok();
        assert_eq!(accepted, body == b"1.x", "{id} {at}");
    }
}

#[test]
fn no_near_miss_passes() {
    let key = secret(1);
    let good = sign(&key, "msg_1", now(), BODY);
    assert!(check(&key, &good).is_ok());
    assert!(check(&key, good.trim_end_matches('=')).is_ok());
    assert!(check(&key, &format!("v1,AAAA v1 v2,x , v1,,{} {good}", "A".repeat(500))).is_ok());
    let tag = BASE64.decode(good.trim_start_matches("v1,")).unwrap();
    for bit in 0..256 {
        let mut forged = tag.clone();
        forged[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(check(&key, &format!("v1,{}", BASE64.encode(forged))), mismatch(false));
    }
    for length in (0..32).chain([33, 64]) {
        let mut forged = tag.clone();
        forged.resize(length, 0);
        assert_eq!(check(&key, &format!("v1,{}", BASE64.encode(forged))), mismatch(false), "{length}");
    }
    for forged in
        [good.replace("v1,", "V1,"), good.replace(',', ";"), good.replace("v1,", "v1, "), good.replace("v1", "v2")]
    {
        assert_eq!(check(&key, &forged), mismatch(false), "{forged}");
    }
}

#[test]
fn only_the_first_hundred_signatures_count() {
    let key = secret(1);
    let good = sign(&key, "msg_1", now(), BODY);
    assert!(check(&key, &format!("{}{good}", "v1,AAAA ".repeat(99))).is_ok());
    assert_eq!(check(&key, &format!("{}{good}", "v1,AAAA ".repeat(100))), mismatch(false));
    let signing = SigningKey::generate(&SeededRandom::new(5));
    let foreign = sign_ed25519(&SigningKey::generate(&SeededRandom::new(6)), "msg_1", now(), BODY);
    let own = sign_ed25519(&signing, "msg_1", now(), BODY);
    for (before, good) in [(MOST_ED25519 - 1, true), (MOST_ED25519, false)] {
        let headers = headers(&format!("{}{own}", format!("{foreign} ").repeat(before)));
        assert_eq!(verify(&[VerifyingKey::Ed25519(signing.public())], &headers, BODY, now()).is_ok(), good);
    }
}

#[test]
fn signing_another_spelling_is_recognised() {
    let key = secret(1);
    let compact = br#"{"test":2432232314}"#;
    assert_eq!(check(&key, &sign(&key, "msg_1", now(), compact)), mismatch(true));
    let keys = [VerifyingKey::Hmac(key.clone())];
    let spaced = headers(&sign(&key, "msg_1", now(), BODY));
    assert_eq!(verify(&keys, &spaced, compact, now()), mismatch(true));
    assert_eq!(verify(&keys, &spaced, b"{\n  \"test\": 2432232314\n}\n", now()), mismatch(true));
    assert_eq!(verify(&keys, &spaced, br#"{"test":2432232315}"#, now()), mismatch(false));
    assert_eq!(verify(&keys, &spaced, &b"[".repeat(100_000), now()), mismatch(false));
    let signing = SigningKey::generate(&SeededRandom::new(5));
    let signed = headers(&sign_ed25519(&signing, "msg_1", now(), compact));
    assert_eq!(verify(&[VerifyingKey::Ed25519(signing.public())], &signed, BODY, now()), mismatch(true));
}

#[test]
fn failures_have_closed_codes() {
    let codes = [
        Failure::MissingHeader(ID_HEADER),
        Failure::BadHeader(ID_HEADER),
        Failure::BadTimestamp,
        Failure::TimestampOutOfWindow { skew_ms: 1 },
        Failure::SignatureMismatch { reserialised: false },
    ]
    .map(Failure::code);
    assert_eq!(
        codes,
        ["missing_header", "bad_header", "bad_timestamp", "timestamp_out_of_window", "signature_mismatch"]
    );
}
