//! Known answers, and every forgery of the trade: none may be opened.

use serde::Deserialize;

use super::*;

/// RFC 8037, appendix A: the key of its examples.
const RFC_SECRET: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
const TYP: &str = "test+jwt";

#[derive(Debug, Deserialize, PartialEq)]
struct Claims {
    iss: String,
    sub: String,
    nbf: i64,
    exp: Option<i64>,
}

fn secret() -> [u8; 32] {
    URL_SAFE_NO_PAD.decode(RFC_SECRET).unwrap().try_into().unwrap()
}

fn claims() -> Value {
    json!({"iss": "https://x.example", "sub": "rev_1", "nbf": 1_700_000_000})
}

fn opened(text: &str) -> Result<Claims, Fault> {
    let key = PublicKey::of(&secret());
    open(text, TYP, |kid| (kid == key.kid).then(|| key.clone()))
}

/// A token of these parts, signed with our key whatever the header says.
fn signed(header: &Value, claims: &str) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims));
    let signature = SigningKey::from_bytes(&secret()).sign(message.as_bytes()).to_bytes();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn header() -> Value {
    json!({"alg": "EdDSA", "typ": TYP, "kid": PublicKey::of(&secret()).kid})
}

fn with(name: &str, value: Value) -> Value {
    let mut header = header();
    header[name] = value;
    header
}

#[test]
fn the_key_of_rfc_8037_has_its_public_half_and_thumbprint() {
    let key = PublicKey::of(&secret());
    assert_eq!(key.x, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    assert_eq!(key.kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    assert_eq!(key.jwk()["kty"], "OKP");
}

#[test]
fn the_signature_is_that_of_rfc_8037() {
    // Appendix A.4: over bytes of its own, through the same signer.
    let message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    ready();
    let key = EncodingKey::from_ed_der(&secret());
    let made = jsonwebtoken::crypto::sign(message, &key, Algorithm::EdDSA).unwrap();
    let known = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    assert_eq!(made, known);
}

#[test]
fn what_is_signed_opens_and_is_always_the_same() {
    let token = sign(&secret(), TYP, &claims()).unwrap();
    assert_eq!(token, sign(&secret(), TYP, &claims()).unwrap());
    assert_eq!(opened(&token).unwrap().sub, "rev_1");
    assert_eq!((part(&token, 0), unchecked_claims(&token)), (Some(header()), Some(claims())));
}

#[test]
fn other_algorithms_are_refused_before_any_key_is_tried() {
    let body = claims().to_string();
    for alg in ["none", "None", "NONE", "nOnE", "", "HS256", "RS256", "ES256", "eddsa", "Ed25519", "Ed448"] {
        assert_eq!(opened(&signed(&with("alg", alg.into()), &body)), Err(Fault::Algorithm), "{alg}");
    }
    for alg in [json!(null), json!(["EdDSA"]), json!(7)] {
        assert_eq!(opened(&signed(&with("alg", alg), &body)), Err(Fault::Algorithm));
    }
    // Unsigned, as `none` wants it.
    let none = URL_SAFE_NO_PAD.encode(with("alg", "none".into()).to_string());
    assert_eq!(opened(&format!("{none}.{}.", URL_SAFE_NO_PAD.encode(&body))), Err(Fault::Algorithm));
    // HMAC with the public key as the secret.
    let header = URL_SAFE_NO_PAD.encode(with("alg", "HS256".into()).to_string());
    let message = format!("{header}.{}", URL_SAFE_NO_PAD.encode(&body));
    let key = PublicKey::of(&secret());
    for as_key in [key.bytes.to_vec(), key.x.into_bytes()] {
        let mac = URL_SAFE_NO_PAD.encode(crate::sign::derive::mac(&as_key, &[message.as_bytes()]));
        assert_eq!(opened(&format!("{message}.{mac}")), Err(Fault::Algorithm));
    }
}

#[test]
fn keys_are_found_by_their_name_and_never_brought_along() {
    let body = claims().to_string();
    for kid in ["", "../../../../dev/null", "' OR 1=1 --", "x\0", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4"] {
        assert_eq!(opened(&signed(&with("kid", kid.into()), &body)), Err(Fault::UnknownKey), "{kid}");
    }
    assert_eq!(opened(&signed(&with("kid", json!({"a": 1})), &body)), Err(Fault::UnknownKey));
    // A stranger's signature, with the stranger's key in the header.
    let stranger = [7; 32];
    let mut own = with("jwk", PublicKey::of(&stranger).jwk());
    own["jku"] = "https://evil.example/jwks.json".into();
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(own.to_string()), URL_SAFE_NO_PAD.encode(&body));
    let signature = SigningKey::from_bytes(&stranger).sign(message.as_bytes()).to_bytes();
    assert_eq!(opened(&format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))), Err(Fault::Signature));
}

#[test]
fn whatever_is_cut_or_changed_is_refused() {
    let token = sign(&secret(), TYP, &claims()).unwrap();
    for at in 0..token.len() {
        let cut = token.get(..at).unwrap();
        assert!(opened(cut).is_err(), "cut at {at}");
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        assert!(opened(&String::from_utf8(changed).unwrap()).is_err(), "changed at {at}");
    }
    for odd in [format!("{token}="), format!("{token}."), format!(" {token}"), format!("{token}A"), "A".repeat(9_000)] {
        assert!(opened(&odd).is_err(), "{odd}");
    }
    for garbage in ["", ".", "..", "...", "a.b.c", "bnVsbA.bnVsbA.bnVsbA", "W10.W10.W10", "🦀.🦀.🦀"] {
        assert_eq!(opened(garbage), Err(Fault::Malformed), "{garbage}");
    }
    assert_eq!(opened(&signed(&with("crit", json!(["b64"])), &claims().to_string())), Err(Fault::Malformed));
    assert_eq!(opened(&signed(&with("typ", "JWT".into()), &claims().to_string())), Err(Fault::Type));
}

#[test]
fn claims_of_the_wrong_kind_are_refused_though_signed_by_us() {
    for (name, value) in [
        ("nbf", json!("1700000000")),
        ("nbf", json!(1.5)),
        ("nbf", json!(null)),
        ("exp", json!("1700000000")),
        ("exp", json!({})),
        ("iss", json!(["https://x.example"])),
        ("sub", json!(7)),
        ("aud", json!("somebody")),
        ("aud", json!(["somebody"])),
    ] {
        let mut body = claims();
        body[name] = value.clone();
        assert_eq!(opened(&signed(&header(), &body.to_string())), Err(Fault::Claims), "{name} {value}");
    }
    for gone in ["iss", "sub", "nbf"] {
        let mut body = claims();
        body.as_object_mut().unwrap().remove(gone);
        assert_eq!(opened(&signed(&header(), &body.to_string())), Err(Fault::Claims), "without {gone}");
    }
    for body in ["null", "[]", "7", "", "{", "{\"iss\":1,\"iss\":\"x\"}"] {
        assert_eq!(opened(&signed(&header(), body)), Err(Fault::Claims), "{body}");
    }
}
