//! The commitment to one version of a review: a digest that gives nothing away, until whoever has the salt computes it
//! again. Certificates carry it, so that words changed behind the author's back are found out, and so that a certificate
//! holds no words that an author may want back: salt and words go together.
//!
//! `SHA-256(salt || document)`, where the document is the canonical JSON (RFC 8785) of what the version says. The display
//! name is not in it: it may be dropped by law without touching what the review says. Everything here is computed from
//! what [`super::public`] shows, so that strangers can do the same. Pure.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::public::PublicReview;

/// A digest, its salt, and how to compute it again.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Commitment {
    /// Name of the way it is computed, as certificates carry it.
    scheme: &'static str,
    /// The same in words.
    method: &'static str,
    /// What goes into the document, by the names of the review's JSON; `sku` is that of its product, or `null`.
    members: [&'static str; 8],
    /// 32 random bytes in base64url.
    salt: String,
    /// The digest in base64url.
    pub(crate) sha256: String,
}

/// Name of the only way there is. Another one would get another name.
pub(crate) const SCHEME: &str = "sha-256/salt+rfc8785";

const METHOD: &str =
    "base64url(SHA-256(salt || document)); document: an object of these members as canonical JSON (RFC 8785), in UTF-8";

/// What one version of a review says. Fields stand in the order that RFC 8785 wants: by name.
#[derive(Serialize)]
struct Document<'a> {
    id: String,
    published_at: String,
    shop: String,
    sku: Option<&'a str>,
    stars: i64,
    text: &'a str,
    title: &'a str,
    version: i64,
}

impl Document<'_> {
    const MEMBERS: [&'static str; 8] = ["id", "published_at", "shop", "sku", "stars", "text", "title", "version"];
}

/// What the commitment to a version turns out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Computed {
    /// Of the version that stands.
    Current(String),
    /// Of an earlier one, whose words can still be read.
    Earlier(String),
    /// That version's words and salt are gone, by its author.
    Dropped,
    /// The review never had that many versions.
    NoSuchVersion,
}

/// Bytes as they stand in JSON.
pub(super) fn spelled(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The commitment to the version that stands.
pub(super) fn of_current(review: &PublicReview, salt: &[u8]) -> Commitment {
    let document = document(review, review.version, (review.stars, &review.title, &review.text));
    let (salt, sha256) = (spelled(salt), digest(salt, &document));
    Commitment { scheme: SCHEME, method: METHOD, members: Document::MEMBERS, salt, sha256 }
}

/// The commitment to any version, from what is public of the review.
pub(crate) fn of_version(review: &PublicReview, version: i64) -> Computed {
    if version == review.version {
        let current = review.commitment.as_ref().map(|commitment| commitment.sha256.clone());
        return current.map_or(Computed::Dropped, Computed::Current);
    }
    let Some(past) = review.earlier.iter().flatten().find(|past| past.version == version) else {
        return Computed::NoSuchVersion;
    };
    let salt = past.salt.as_ref().and_then(|salt| URL_SAFE_NO_PAD.decode(salt).ok());
    match (&past.title, &past.text, salt) {
        (Some(title), Some(text), Some(salt)) => {
            Computed::Earlier(digest(&salt, &document(review, version, (past.stars, title, text))))
        }
        _ => Computed::Dropped,
    }
}

fn document<'a>(review: &'a PublicReview, version: i64, said: (i64, &'a str, &'a str)) -> Document<'a> {
    let (stars, title, text) = said;
    Document {
        id: review.id.to_string(),
        published_at: review.published_at.to_string(),
        shop: review.shop.to_string(),
        sku: review.product.as_ref().map(|product| product.sku.as_str()),
        stars,
        text,
        title,
        version,
    }
}

fn digest(salt: &[u8], document: &Document<'_>) -> String {
    // Texts, small whole numbers and null only: what `serde_json` writes of them is what RFC 8785 asks for.
    let canonical = serde_json::to_vec(document).unwrap_or_default();
    spelled(&Sha256::new().chain_update(salt).chain_update(canonical).finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(title: &'static str, text: &'static str, sku: Option<&'static str>) -> Document<'static> {
        let (id, shop) = ("rev_1".to_owned(), "shp_1".to_owned());
        let published_at = "2026-03-08T19:12:40.000Z".to_owned();
        Document { id, published_at, shop, sku, stars: 4, text, title, version: 2 }
    }

    #[test]
    fn documents_are_canonical_json() {
        let odd = "\u{8}\t\n\u{c}\r\"\\/\u{1f}\u{7f}€\u{2028}\u{1f980}<\u{e9}\u{65}\u{301}";
        let document = serde_json::to_string(&said(odd, "", None)).unwrap();
        let title = "\\b\\t\\n\\f\\r\\\"\\\\/\\u001f\u{7f}€\u{2028}\u{1f980}<\u{e9}\u{65}\u{301}";
        let rest = "{\"id\":\"rev_1\",\"published_at\":\"2026-03-08T19:12:40.000Z\",\"shop\":\"shp_1\",\"sku\":null,\"stars\":4,\"text\":\"\",\"title\":\"";
        assert_eq!(document, format!("{rest}{title}\",\"version\":2}}"));
        let names: Vec<_> = serde_json::from_str::<serde_json::Map<_, _>>(&document).unwrap().keys().cloned().collect();
        assert_eq!(names, Document::MEMBERS);
        assert!(names.is_sorted());
    }

    #[test]
    fn a_known_answer() {
        let digest = digest(&[7; 32], &said("Risolto", "Il coperchio nuovo è arrivato.", Some("moka-3")));
        assert_eq!(digest, "w71hnNX8VHt3MxSnqoetgiK50iZFcJSMHofcnhup4mk");
    }

    #[test]
    fn every_member_and_the_salt_count() {
        let base = || said("a", "b", None);
        let one = digest(&[1; 32], &base());
        let others = [
            digest(&[2; 32], &base()),
            digest(&[1; 32], &said("b", "a", None)),
            digest(&[1; 32], &said("a", "b", Some(""))),
            digest(&[1; 32], &Document { stars: 5, ..base() }),
            digest(&[1; 32], &Document { version: 1, ..base() }),
            digest(&[1; 32], &Document { id: "rev_2".to_owned(), ..base() }),
            digest(&[1; 32], &Document { shop: "shp_2".to_owned(), ..base() }),
        ];
        assert!(others.iter().all(|other| *other != one));
    }
}
