//! Certificates as they are made, and every state that a check can find.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::claims::{Claims, TYPE, certificate};
use super::pages::has_words;
use super::verify::{Finding, verify};
use crate::invitations::Bearer;
use crate::kernel::id::ReviewId;
use crate::kernel::locale::Language;
use crate::kernel::stars::Stars;
use crate::kernel::time::{DAY, HOUR};
use crate::merchants::Shop;
use crate::reviews::edit::{Edit, edit};
use crate::reviews::erase::erase;
use crate::reviews::house::House;
use crate::reviews::model::{Operator, RestrictionReason};
use crate::reviews::restrict::{Grounds, restrict};
use crate::reviews::version::drop_version;
use crate::reviews::{PublicEntry, PublicReview, public};
use crate::sign::jws;

fn shown(house: &House, id: ReviewId) -> Box<PublicReview> {
    match house.read(|conn| public::find(conn, id)) {
        Some(PublicEntry::Review(review)) => review,
        other => panic!("it stands: {other:?}"),
    }
}

fn issue(house: &House, shop: &Shop, id: ReviewId) -> String {
    certificate(&house.ctx, &shown(house, id), shop).unwrap().unwrap()
}

fn find(house: &House, text: &str) -> Finding {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(verify(&house.ctx, text)).unwrap().finding
}

fn read(token: &str, at: usize) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(at).unwrap()).unwrap()).unwrap()
}

/// A shop, its customer, and the review they wrote.
fn scene() -> (House, Shop, Bearer, ReviewId) {
    let house = House::new();
    let shop = house.shop();
    let bearer = house.customer(&shop);
    house.clock.advance(HOUR);
    let id = house.publish(&bearer, 4);
    (house, shop, bearer, id)
}

fn rewrite(house: &House, bearer: &Bearer, id: ReviewId, text: &str) {
    let (bearer, stars) = (bearer.clone(), Stars::new(2).unwrap());
    let new = Edit { stars, title: String::new(), text: text.to_owned(), name: String::new() };
    house.write(move |tx, ctx| edit(tx, ctx, &bearer, id, &new).map(drop));
}

#[test]
fn a_certificate_says_what_was_checked_and_names_nobody() {
    let (house, shop, bearer, id) = scene();
    let token = issue(&house, &shop, id);
    assert_eq!(token, issue(&house, &shop, id), "the same version and key give the same bytes");
    let (header, claims) = (read(&token, 0), read(&token, 1));
    assert_eq!((&header["alg"], &header["typ"]), (&json!("EdDSA"), &json!(TYPE)));
    assert_eq!(header["kid"], house.ctx.keyring().certificate_keys()[0].public.kid);
    assert_eq!(claims["iss"], house.ctx.links().base().to_string());
    assert_eq!(claims["sub"], id.to_string());
    assert_eq!((&claims["review"]["stars"], &claims["review"]["version"]), (&json!(4), &json!(1)));
    assert_eq!(claims["checked"]["by"], "operator");
    assert_eq!(claims["checked"]["signature"], "v1a");
    assert_eq!(claims["shop"]["domain"], shop.domain.to_string());
    let all = claims.to_string();
    let private =
        ["Ada", "Bene", "pacco", "ada@", "example.com", &bearer.order_id.to_string(), &bearer.invitation.to_string()];
    for word in private {
        assert!(!all.contains(word), "{word} in {all}");
    }
    let salt = shown(&house, id).commitment.map(|c| serde_json::to_value(c).unwrap()).unwrap()["salt"].clone();
    assert!(!all.contains(salt.as_str().unwrap()), "the salt stays beside the review");
}

#[test]
fn issued_is_when_it_was_written_and_never_before_its_key() {
    let (house, shop, ..) = scene();
    let id = house.publish(&house.customer(&shop), 5);
    let written = shown(&house, id).published_at.seconds();
    assert_eq!(read(&issue(&house, &shop, id), 1)["iat"], written);
    let since = house.ctx.keyring().certificate_keys()[0].since;
    assert!(since.seconds() <= written);
}

#[test]
fn what_becomes_of_a_review_is_found() {
    let (house, shop, bearer, id) = scene();
    let first = issue(&house, &shop, id);
    assert_eq!(find(&house, &first), Finding::Stands);
    house.clock.advance(DAY);
    rewrite(&house, &bearer, id, "Ora meno bene.");
    let second = issue(&house, &shop, id);
    assert_eq!((find(&house, &first), find(&house, &second)), (Finding::EditedSince, Finding::Stands));
    let author = bearer.clone();
    house.write(move |tx, ctx| drop_version(tx, ctx, &author, id, 1).map(drop));
    assert_eq!((find(&house, &first), find(&house, &second)), (Finding::WordsDropped, Finding::Stands));
    let (reason, statement) = (RestrictionReason::CourtOrder, "Ordinanza 1/26.".to_owned());
    let grounds = Grounds { reason, statement };
    house.write(move |tx, ctx| restrict(tx, ctx, Operator::at_the_machine(), id, &grounds).map(drop));
    assert_eq!(find(&house, &second), Finding::Restricted);
    house.write(move |tx, ctx| erase(tx, ctx, &bearer, id).map(drop));
    assert_eq!((find(&house, &first), find(&house, &second)), (Finding::Erased, Finding::Erased));
}

#[test]
fn each_version_has_its_own_salt() {
    let (house, _, bearer, id) = scene();
    let salt = |review: &PublicReview| serde_json::to_value(review.commitment.as_ref()).unwrap()["salt"].clone();
    let before = salt(&shown(&house, id));
    rewrite(&house, &bearer, id, "Ora meno bene.");
    let after = shown(&house, id);
    assert_ne!(salt(&after), before);
    assert_eq!(json!(after.earlier.as_ref().unwrap()[0].salt), before, "the old one stays with the old words");
    house.write(move |tx, ctx| drop_version(tx, ctx, &bearer, id, 1).map(drop));
    assert_eq!(shown(&house, id).earlier.as_ref().unwrap()[0].salt, None, "and goes with them");
}

/// A certificate with changed claims, signed with our own key.
fn forged(house: &House, token: &str, change: impl FnOnce(&mut Claims)) -> String {
    let mut claims: Claims = serde_json::from_value(read(token, 1)).unwrap();
    change(&mut claims);
    house.ctx.keyring().sign_certificate(TYPE, |_| claims).unwrap()
}

#[test]
fn what_our_key_signed_is_still_compared_with_what_is_published() {
    let (house, shop, _, id) = scene();
    let token = issue(&house, &shop, id);
    let now = house.ctx.now().seconds();
    let other: ReviewId = house.ctx.ids().next();
    let cases: [(Finding, String); 9] = [
        (Finding::Stands, forged(&house, &token, |_| {})),
        (Finding::Stands, forged(&house, &token, |claims| claims.nbf = now + 60)),
        (Finding::NotYetValid, forged(&house, &token, |claims| claims.nbf = now + 61)),
        (Finding::Expired, forged(&house, &token, |claims| claims.exp = Some(now - 60))),
        (Finding::ForeignIssuer, forged(&house, &token, |claims| claims.iss = "https://other.example".to_owned())),
        (Finding::WordsDiffer, forged(&house, &token, |claims| claims.review.version = 2)),
        (Finding::WordsDiffer, forged(&house, &token, |claims| claims.review.version = i64::MIN)),
        (Finding::WordsDiffer, forged(&house, &token, |claims| claims.commitment.sha256 = "AA".to_owned())),
        (Finding::ReviewMissing, forged(&house, &token, |claims| claims.sub = other)),
    ];
    for (finding, text) in cases {
        assert_eq!(find(&house, &text), finding);
    }
    let other = house.ctx.keyring().sign_certificate("JWT", |_| read(&token, 1)).unwrap();
    assert_eq!(find(&house, &other), Finding::OtherType);
    let odd = house.ctx.keyring().sign_certificate(TYPE, |_| json!({"iss": "x", "sub": "y", "nbf": 1})).unwrap();
    assert_eq!(find(&house, &odd), Finding::UnreadableClaims);
}

#[test]
fn another_instance_is_named_and_not_believed() {
    let (house, shop, _, id) = scene();
    let mut claims = read(&issue(&house, &shop, id), 1);
    let theirs = |claims: &Value| jws::sign(&[7; 32], TYPE, claims).unwrap();
    assert_eq!(find(&house, &theirs(&claims)), Finding::UnknownKey, "it claims to be ours");
    claims["iss"] = "https://reviews.example".into();
    assert_eq!(find(&house, &theirs(&claims)), Finding::ForeignIssuer);
    assert_eq!(find(&house, "Gentile cliente"), Finding::NotACertificate);
}

#[test]
fn there_are_words_for_every_finding() {
    for finding in Finding::ALL {
        assert!(Language::ALL.iter().all(|language| has_words(*language, *finding)), "{finding:?}");
        let word = serde_json::to_value(finding).unwrap();
        assert_eq!(word, finding.as_str());
    }
}

#[test]
fn every_sample_fits_its_template() {
    assert_eq!(super::pages::check_pages(), Ok(()));
    crate::look::gallery::hang::<super::pages::VerifyPage>("verify");
}
