//! Domain names, and how a path names a shop.
//!
//! One spelling for each domain: lower case, IDNA in ASCII, `www.` dropped for shops. Never looks anything up.

use super::id::{IdError, Kind, ShopId, ShopKind};
use super::{Parsed, serde_as_text};
use std::fmt;

/// Why a text is no domain name.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DomainError {
    /// Nothing there.
    #[error("the domain is empty")]
    Empty,
    /// More than 253 characters, or a label of more than 63.
    #[error("the domain is too long")]
    TooLong,
    /// Not letters, digits, hyphens and dots, or not valid under IDNA.
    #[error("not a domain name, like shop.example (no scheme, path, port or address)")]
    Malformed,
    /// No dot in it.
    #[error("the domain has no dot")]
    NoDot,
}

/// The ASCII spelling of a host name: lower case, punycode, no dot at the end. `localhost` is the one name that needs
/// no dot. Addresses (`127.0.0.1`, `[::1]`) are no names.
pub(crate) fn ascii_host(text: &str) -> Result<String, DomainError> {
    if text.is_empty() {
        return Err(DomainError::Empty);
    }
    // Bounds the work on text that is hopeless anyway.
    if text.len() > 1_000 {
        return Err(DomainError::TooLong);
    }
    let Ok(host) = idna::domain_to_ascii(text) else { return Err(DomainError::Malformed) };
    let host = host.strip_suffix('.').unwrap_or(&host);
    if host.len() > 253 || host.split('.').any(|label| label.len() > 63) {
        return Err(DomainError::TooLong);
    }
    if !host.split('.').all(is_label) {
        return Err(DomainError::Malformed);
    }
    if !host.contains('.') && host != "localhost" {
        return Err(DomainError::NoDot);
    }
    // No top-level domain is a number: this is what is left of an IPv4 address.
    if host.rsplit('.').next().is_some_and(|top| top.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(DomainError::Malformed);
    }
    Ok(host.to_owned())
}

fn is_label(label: &str) -> bool {
    let inside = label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    inside && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
}

/// The domain a shop is known by: unique in an instance.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ShopDomain(String);

impl ShopDomain {
    /// Reads a domain: lower-cased, IDNA to ASCII, one `www.` dropped.
    pub fn parse(text: &str) -> Result<Self, DomainError> {
        let host = ascii_host(text)?;
        let bare = host.strip_prefix("www.").filter(|rest| rest.contains('.')).unwrap_or(&host);
        Ok(Self(bare.to_owned()))
    }

    /// The ASCII spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The spelling for people, with the letters of their script: `münchen.example`. Falls back to ASCII.
    pub fn to_unicode(&self) -> String {
        let (text, outcome) = idna::domain_to_unicode(&self.0);
        if outcome.is_ok() { text } else { self.0.clone() }
    }
}

impl fmt::Display for ShopDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Parsed for ShopDomain {
    type Error = DomainError;
}
serde_as_text!(ShopDomain);

/// How a path names a shop: by id or by domain.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ShopRef {
    /// `shp_...`
    Id(ShopId),
    /// `shop.example`
    Domain(ShopDomain),
}

/// Why a path segment names no shop.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ShopRefError {
    /// Starts like an id and is none.
    #[error(transparent)]
    Id(#[from] IdError),
    /// No domain.
    #[error(transparent)]
    Domain(#[from] DomainError),
}

impl ShopRef {
    /// Reads a path segment (already percent-decoded). `shp_` can start no domain, so there is no doubt.
    pub fn parse(segment: &str) -> Result<Self, ShopRefError> {
        let is_id = segment.strip_prefix(ShopKind::PREFIX).is_some_and(|rest| rest.starts_with('_'));
        if is_id { Ok(Self::Id(ShopId::parse(segment)?)) } else { Ok(Self::Domain(ShopDomain::parse(segment)?)) }
    }
}

impl fmt::Display for ShopRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Domain(domain) => domain.fmt(f),
        }
    }
}

impl From<ShopId> for ShopRef {
    fn from(id: ShopId) -> Self {
        Self::Id(id)
    }
}

impl From<ShopDomain> for ShopRef {
    fn from(domain: ShopDomain) -> Self {
        Self::Domain(domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn one_spelling_for_each_shop() {
        for (text, domain) in [
            ("Shop.Example", "shop.example"),
            ("www.shop.example", "shop.example"),
            ("WWW.shop.example.", "shop.example"),
            ("www.example", "www.example"),
            ("münchen.example", "xn--mnchen-3ya.example"),
            ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
            ("caffè。example", "xn--caff-8oa.example"),
            ("localhost", "localhost"),
            ("a-b.c1.example", "a-b.c1.example"),
        ] {
            assert_eq!(ShopDomain::parse(text).unwrap().as_str(), domain, "{text}");
        }
        assert_eq!(ShopDomain::parse("xn--mnchen-3ya.example").unwrap().to_unicode(), "münchen.example");
    }

    #[test]
    fn refuses_what_is_no_domain() {
        for (text, error) in [
            ("", DomainError::Empty),
            (".", DomainError::Malformed),
            ("shop", DomainError::NoDot),
            ("https://shop.example", DomainError::Malformed),
            ("shop.example/x", DomainError::Malformed),
            ("shop.example:80", DomainError::Malformed),
            ("shop..example", DomainError::Malformed),
            ("-shop.example", DomainError::Malformed),
            ("shop-.example", DomainError::Malformed),
            ("sh op.example", DomainError::Malformed),
            ("shop_a.example", DomainError::Malformed),
            ("127.0.0.1", DomainError::Malformed),
            ("[::1]", DomainError::Malformed),
            ("shop.example\0", DomainError::Malformed),
            ("xn--\u{1F4A9}.example", DomainError::Malformed),
        ] {
            assert_eq!(ShopDomain::parse(text), Err(error), "{text:?}");
        }
        assert_eq!(ShopDomain::parse(&format!("{}.example", "a".repeat(64))), Err(DomainError::TooLong));
        assert_eq!(ShopDomain::parse(&"a.".repeat(200)), Err(DomainError::TooLong));
        assert_eq!(ShopDomain::parse(&"ä".repeat(900)), Err(DomainError::TooLong));
    }

    #[test]
    fn a_path_names_a_shop_by_id_or_domain() {
        let id = ShopId::from_bytes([7; 16]);
        assert_eq!(ShopRef::parse(&id.to_string()), Ok(ShopRef::Id(id)));
        let domain = ShopDomain::parse("shop.example").unwrap();
        assert_eq!(ShopRef::parse("WWW.Shop.example"), Ok(domain.into()));
        assert!(matches!(ShopRef::parse("shp_nonsense"), Err(ShopRefError::Id(_))));
        assert!(matches!(ShopRef::parse("ord_01h455vb4pex5vsknk084sn02q"), Err(ShopRefError::Domain(_))));
        assert_eq!(ShopRef::parse("shp.example").unwrap().to_string(), "shp.example");
    }
}
