//! Says of a text whether it is a certificate of ours, whole and unaltered, and what has become of the review.
//!
//! The answer is one of a closed list ([`Finding`]). It is computed from our published keys and from what is public of the
//! review, so that whoever doubts it can do the same.

use serde::Serialize;

use crate::context::Context;
use crate::db;
use crate::kernel::id::ReviewId;
use crate::kernel::time::Timestamp;
use crate::reviews::commitment::{Computed, of_version};
use crate::reviews::public::{Tombstone, find};
use crate::reviews::{PublicEntry, PublicReview};
use crate::sign::jws::{self, Fault};

use super::claims::{Claims, TYPE};

/// Clocks of two machines may differ by this much.
const LEEWAY: i64 = 60;

/// Writes the list of findings with their words on the wire, so that none can be forgotten.
macro_rules! findings {
    ($($(#[$doc:meta])* $finding:ident = $word:literal, $genuine:literal, $detail:literal;)+) => {
        /// What a check found. The list only grows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub(crate) enum Finding { $($(#[$doc])* $finding,)+ }

        impl Finding {
            /// All of them.
            #[cfg(test)]
            pub(super) const ALL: &'static [Self] = &[$(Self::$finding,)+];

            /// The word in JSON and in the glossary.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$finding => $word,)+ }
            }

            /// Whether the certificate was issued here and not altered since, whatever became of the review.
            pub(crate) const fn genuine(self) -> bool {
                match self { $(Self::$finding => $genuine,)+ }
            }

            /// A sentence for programs' logs.
            pub(super) const fn detail(self) -> &'static str {
                match self { $(Self::$finding => $detail,)+ }
            }
        }
    };
}

findings! {
    /// All is as certified.
    Stands = "stands", true, "The certificate is genuine and the review stands as certified.";
    /// The version that was certified can still be read below the present one.
    EditedSince = "edited_since", true, "The certificate is genuine. The author has edited the review since; the certified version is still shown as an earlier one.";
    /// The author dropped the words of the certified version.
    WordsDropped = "words_dropped", true, "The certificate is genuine. The author has edited the review since and dropped the certified words, so they can no longer be compared.";
    /// Somebody changed what is published behind the certificate.
    WordsDiffer = "words_differ", true, "The certificate is genuine, but what is published is not what was certified.";
    /// Restricted by the operator.
    Restricted = "restricted", true, "The certificate is genuine. The operator has restricted the review.";
    /// Erased by its author.
    Erased = "erased", true, "The certificate is genuine. The author has erased the review.";
    /// The review is not known here.
    ReviewMissing = "review_missing", true, "The certificate is genuine, but the review it certifies is not here.";
    /// No token at all.
    NotACertificate = "not_a_certificate", false, "This is no certificate: not a compact JSON Web Signature.";
    /// `none` and its kin.
    OtherAlgorithm = "other_algorithm", false, "Certificates are signed with EdDSA. This says that it is signed in another way, or in none.";
    /// A token for something else.
    OtherType = "other_type", false, "This is a token for another purpose, not a certificate of a review.";
    /// Issued elsewhere.
    ForeignIssuer = "foreign_issuer", false, "This names another issuer. Ask there.";
    /// No key of ours.
    UnknownKey = "unknown_key", false, "The key it names is not one of this instance, or has been withdrawn.";
    /// Forged or altered.
    BadSignature = "bad_signature", false, "The signature does not fit: this was forged or altered.";
    /// Signed by us, and yet not of a certificate's shape.
    UnreadableClaims = "unreadable_claims", false, "What is signed does not have the shape of a certificate.";
    /// Not yet.
    NotYetValid = "not_yet_valid", false, "It begins to be valid in the future.";
    /// No longer.
    Expired = "expired", false, "It says itself that it is no longer valid.";
}

/// What was found, and what it rests on.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    pub(super) finding: Finding,
    /// Who issued it, by its own words: to be shown as text and believed only of a genuine one.
    pub(super) issuer: Option<String>,
    /// What it certifies; only of a genuine one.
    pub(super) claims: Option<Box<Claims>>,
    /// The version that stands now.
    pub(super) version: Option<i64>,
    /// What is left of a review that does not stand.
    pub(super) stone: Option<Tombstone>,
}

/// Checks a text.
///
/// # Errors
/// The database's.
pub(super) async fn verify(ctx: &Context, text: &str) -> db::Result<Verdict> {
    let claims = match genuine(ctx, text) {
        Ok(claims) => claims,
        Err(finding) => return Ok(refused(finding, issuer(text))),
    };
    let id = claims.sub;
    let entry = ctx.db().read(move |conn| find(conn, id)).await?;
    let (finding, version, stone) = match entry {
        None => (Finding::ReviewMissing, None, None),
        Some(PublicEntry::Review(review)) => (compared(&claims, &review), Some(review.version), None),
        Some(PublicEntry::Tombstone(stone)) if stone.restriction().is_some() => {
            (Finding::Restricted, None, Some(stone))
        }
        Some(PublicEntry::Tombstone(stone)) => (Finding::Erased, None, Some(stone)),
    };
    Ok(Verdict { finding, issuer: Some(claims.iss.clone()), claims: Some(claims), version, stone })
}

fn refused(finding: Finding, issuer: Option<String>) -> Verdict {
    Verdict { finding, issuer, claims: None, version: None, stone: None }
}

/// Who issued it, by its own words.
fn issuer(text: &str) -> Option<String> {
    let claims = jws::unchecked_claims(text)?;
    claims.get("iss")?.as_str().map(|text| text.chars().take(200).collect())
}

/// The claims of a certificate that we issued.
fn genuine(ctx: &Context, text: &str) -> Result<Box<Claims>, Finding> {
    let ours = ctx.links().base().to_string();
    let claims: Claims = ctx.keyring().open_certificate(TYPE, text).map_err(|fault| match fault {
        Fault::Malformed => Finding::NotACertificate,
        Fault::Algorithm => Finding::OtherAlgorithm,
        Fault::Type => Finding::OtherType,
        // A key that is not ours is to be expected of another issuer.
        Fault::UnknownKey if issuer(text).is_some_and(|said| said != ours) => Finding::ForeignIssuer,
        Fault::UnknownKey => Finding::UnknownKey,
        Fault::Signature => Finding::BadSignature,
        Fault::Claims => Finding::UnreadableClaims,
    })?;
    if claims.iss != ours {
        return Err(Finding::ForeignIssuer);
    }
    in_time(&claims, ctx.now())?;
    Ok(Box::new(claims))
}

fn in_time(claims: &Claims, now: Timestamp) -> Result<(), Finding> {
    let now = now.seconds();
    if claims.nbf > now.saturating_add(LEEWAY) {
        return Err(Finding::NotYetValid);
    }
    if claims.exp.is_some_and(|exp| exp <= now.saturating_sub(LEEWAY)) {
        return Err(Finding::Expired);
    }
    Ok(())
}

/// What is published beside what was certified.
fn compared(claims: &Claims, review: &PublicReview) -> Finding {
    let same = |sha256: &str| sha256 == claims.commitment.sha256;
    match of_version(review, claims.review.version) {
        Computed::Current(sha256) if same(&sha256) => Finding::Stands,
        Computed::Earlier(sha256) if same(&sha256) => Finding::EditedSince,
        Computed::Dropped => Finding::WordsDropped,
        Computed::Current(_) | Computed::Earlier(_) | Computed::NoSuchVersion => Finding::WordsDiffer,
    }
}

/// `POST /v1/certificates/verify`.
#[derive(Serialize)]
pub(super) struct Answer<'a> {
    /// Issued here, and not altered since.
    genuine: bool,
    /// What was found, in a word.
    finding: &'static str,
    /// The same in a sentence.
    detail: &'static str,
    /// Who issued it, by its own words.
    issuer: Option<&'a str>,
    /// What it certifies; only of a genuine one.
    claims: Option<&'a Claims>,
    /// What has become of the review; only of a genuine one.
    review: Option<Standing<'a>>,
}

/// What has become of a review.
#[derive(Serialize)]
struct Standing<'a> {
    id: ReviewId,
    /// Where it stands, or what is left of it.
    url: String,
    /// `published`, `restricted`, `erased`; `null`: not here.
    status: Option<&'static str>,
    /// The version that stands now.
    version: Option<i64>,
    /// Why it does not stand.
    reason: Option<&'a str>,
    /// Since when.
    since: Option<Timestamp>,
}

impl<'a> Answer<'a> {
    /// A verdict on the wire.
    pub(super) fn new(ctx: &Context, verdict: &'a Verdict) -> Self {
        let finding = verdict.finding;
        let claims = verdict.claims.as_deref();
        let stone = verdict.stone.as_ref();
        let published = verdict.version.map(|_| "published");
        let standing = |claims: &Claims| Standing {
            id: claims.sub,
            url: ctx.links().review(claims.sub),
            status: published.or_else(|| stone.map(|stone| stone.status.as_str())),
            version: verdict.version,
            reason: stone.map(|stone| stone.reason),
            since: stone.map(|stone| stone.date),
        };
        Self {
            genuine: finding.genuine(),
            finding: finding.as_str(),
            detail: finding.detail(),
            issuer: verdict.issuer.as_deref(),
            claims,
            review: claims.map(standing),
        }
    }
}
