//! Every public URL, built and taken apart in one place, so that the link in a mail and the route that receives it are
//! the same definition. Built once from `public_url` (which may have a path prefix) or, without it, from the listening
//! address. It does no I/O and knows no room: callers hand in ids, domains and tokens as they print.
//!
//! Served paths: a proxy may strip the prefix or pass it on. The server takes both: `http/` removes the prefix when a
//! path begins with it and serves every route at the root.
use std::fmt::{self, Display, Write as _};
use std::net::SocketAddr;

use crate::kernel::email::EmailAddress;

pub mod compat;
pub mod person;

/// Path patterns of all public routes, without the prefix; `{name}` is one segment.
pub mod path {
    /// Front page.
    pub const HOME: &str = "/";
    /// The directory of shops.
    pub const SHOPS: &str = "/shops";
    /// A shop's trust profile.
    pub const PROFILE: &str = "/shops/{domain}";
    /// One product of a shop.
    pub const PRODUCT: &str = "/shops/{domain}/products/{sku}";
    /// A shop's newest reviews as Atom.
    pub const FEED_ATOM: &str = "/shops/{domain}/reviews.atom";
    /// The same as JSON Feed.
    pub const FEED_JSON: &str = "/shops/{domain}/reviews.json";
    /// One review.
    pub const REVIEW: &str = "/reviews/{id}";
    /// The review form behind a mailed link.
    pub const FORM: &str = "/r/{token}";
    /// The same with stars preselected.
    pub const STAR: &str = "/r/{token}/{stars}";
    /// Unsubscribing, page and one-click POST.
    pub const UNSUBSCRIBE: &str = "/u/{token}";
    /// Taking an unsubscription back.
    pub const RESUBSCRIBE: &str = "/u/{token}/undo";
    /// Ending a shop's weekly mail, page and one-click POST.
    pub const WEEKLY_STOP: &str = "/weekly/{token}";
    /// A shop's badge.
    pub const BADGE: &str = "/badges/{shop}.svg";
    /// The same as PNG.
    pub const BADGE_PNG: &str = "/badges/{shop}.png";
    /// What is shown of a link to a profile.
    pub const SHOP_CARD: &str = "/shops/{domain}/card.png";
    /// What is shown of a link to a product.
    pub const PRODUCT_CARD: &str = "/shops/{domain}/products/{sku}/card.png";
    /// What is shown of a link to a review.
    pub const REVIEW_CARD: &str = "/reviews/{id}/card.png";
    /// A photo of a review.
    pub const PHOTO: &str = "/photos/{id}.jpg";
    /// The same, small.
    pub const PHOTO_SMALL: &str = "/photos/{id}/small.jpg";
    /// The short way to a profile.
    pub const SHORT: &str = "/s/{code}";
    /// The short way to a profile, as a QR code.
    pub const QR: &str = "/shops/{domain}/qr.svg";
    /// The same as PNG.
    pub const QR_PNG: &str = "/shops/{domain}/qr.png";
    /// How a profile or a review is embedded.
    pub const OEMBED: &str = "/oembed";
    /// A review in a frame of another site.
    pub const EMBED_REVIEW: &str = "/embed/reviews/{id}";
    /// The widgets, shown and explained.
    pub const WIDGETS: &str = "/widgets";
    /// A script of the widgets.
    pub const WIDGET_FILE: &str = "/w/{file}";
    /// What a widget says of a shop's score.
    pub const WIDGET_SUMMARY: &str = "/w/{shop}/summary.json";
    /// The same with the latest reviews.
    pub const WIDGET_REVIEWS: &str = "/w/{shop}/reviews.json";
    /// A widget as markup to include.
    pub const WIDGET_FRAGMENT: &str = "/w/{shop}/{kind}.html";
    /// A widget as a page to frame.
    pub const WIDGET_FRAME: &str = "/w/{shop}/{kind}/frame";
    /// Stylesheet and other files of ours.
    pub const ASSET: &str = "/assets/{file}";
    /// The API, explained.
    pub const DOCS: &str = "/docs";
    /// All errors, explained.
    pub const PROBLEMS: &str = "/problems";
    /// What robots may read.
    pub const ROBOTS: &str = "/robots.txt";
    /// The index of all sitemaps.
    pub const SITEMAPS: &str = "/sitemap.xml";
    /// One sitemap.
    pub const SITEMAP: &str = "/sitemaps/{list}/{from}.xml";
    /// What language models should know of this place.
    pub const LLMS: &str = "/llms.txt";
    /// Whom to tell about a hole.
    pub const SECURITY: &str = "/.well-known/security.txt";
    /// The contract.
    pub const OPENAPI: &str = "/v1/openapi.yaml";
    /// All errors, for programs.
    pub const V1_PROBLEMS: &str = "/v1/problems";
    /// The directory of shops, for programs.
    pub const V1_SHOPS: &str = "/v1/shops";
    /// A shop's profile, for programs.
    pub const V1_SHOP: &str = "/v1/shops/{shop}";
    /// What providers report of mails that came back.
    pub const V1_RETURNS: &str = "/v1/returns/{provider}";
    /// Order events in.
    pub const V1_EVENTS: &str = "/v1/shops/{shop}/events";
    /// A shop's orders.
    pub const V1_ORDERS: &str = "/v1/shops/{shop}/orders";
    /// One order.
    pub const V1_ORDER: &str = "/v1/shops/{shop}/orders/{id}";
    /// What another invitation policy would have done.
    pub const V1_PREVIEW: &str = "/v1/shops/{shop}/policy/preview";
    /// What became of a shop's orders, day by day.
    pub const V1_ACCOUNTING: &str = "/v1/shops/{shop}/accounting";
    /// The same as a table.
    pub const V1_ACCOUNTING_CSV: &str = "/v1/shops/{shop}/accounting.csv";
    /// A shop's published reviews.
    pub const V1_REVIEWS: &str = "/v1/shops/{shop}/reviews";
    /// One review, for programs.
    pub const V1_REVIEW: &str = "/v1/reviews/{id}";
    /// The certificate of one review.
    pub const V1_CERTIFICATE: &str = "/v1/reviews/{id}/certificate";
    /// Checking a certificate, for programs.
    pub const V1_VERIFY: &str = "/v1/certificates/verify";
    /// The keys that certificates are signed with.
    pub const KEY_SET: &str = "/.well-known/jwks.json";
    /// Checking a certificate, for people.
    pub const VERIFY: &str = "/verify";
    /// The rows behind every score of a shop.
    pub const V1_TALLY: &str = "/v1/shops/{shop}/tally";
    /// The scores of many products.
    pub const V1_RATINGS: &str = "/v1/shops/{shop}/ratings";
    /// All public reviews of a shop, a line each.
    pub const V1_EXPORT_NDJSON: &str = "/v1/shops/{shop}/export.ndjson";
    /// The same as a table.
    pub const V1_EXPORT_CSV: &str = "/v1/shops/{shop}/export.csv";
    /// A shop's product reviews for Google.
    pub const V1_GOOGLE: &str = "/v1/shops/{shop}/google-product-reviews.xml";
    /// One product of a shop.
    pub const V1_PRODUCT: &str = "/v1/shops/{shop}/products/{sku}";
    /// The reviews of one product.
    pub const V1_PRODUCT_REVIEWS: &str = "/v1/shops/{shop}/products/{sku}/reviews";
    /// Is the process alive.
    pub const LIVE: &str = "/health/live";
    /// Can it serve.
    pub const READY: &str = "/health/ready";
    /// Figures for Prometheus.
    pub const METRICS: &str = "/metrics";
}

/// Scheme, host, port and path prefix under which the world reaches this instance.
#[derive(Clone, PartialEq, Eq)]
pub struct Base {
    origin: String,
    host: String,
    prefix: String,
}

impl Base {
    /// Parses `http(s)://HOST[:PORT][/PREFIX]`; a slash at the end is dropped.
    ///
    /// # Errors
    /// A sentence that says what is accepted.
    pub fn parse(text: &str) -> Result<Self, String> {
        const ACCEPTED: &str =
            "expected http:// or https://, a host and perhaps a path prefix, such as https://reviews.example/a";
        let url = reqwest::Url::parse(text.trim()).map_err(|error| format!("{error}; {ACCEPTED}"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("the scheme is {}; {ACCEPTED}", url.scheme()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(format!("it names a user; {ACCEPTED}"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(format!("it has a query or a fragment; {ACCEPTED}"));
        }
        let Some(host) = url.host_str() else { return Err(ACCEPTED.to_owned()) };
        let prefix = url.path().trim_end_matches('/').to_owned();
        let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~".contains(c);
        if prefix.contains("//") || !prefix.chars().all(plain) {
            return Err(format!("the path prefix may have letters, digits, - . _ ~ and single slashes; {ACCEPTED}"));
        }
        Ok(Self { origin: url.origin().ascii_serialization(), host: host.to_owned(), prefix })
    }

    /// The base of an instance without `public_url`: where it listens; loopback where it listens everywhere.
    pub fn listening(address: SocketAddr) -> Self {
        let mut shown = address;
        if shown.ip().is_unspecified() {
            shown.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
        }
        Self { origin: format!("http://{shown}"), host: shown.ip().to_string(), prefix: String::new() }
    }

    /// Path prefix without a slash at the end; empty at the root.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Host name or address, without the port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether the world comes by TLS.
    pub fn is_https(&self) -> bool {
        self.origin.starts_with("https://")
    }
}

impl Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.prefix)
    }
}

impl fmt::Debug for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

/// Builder of public URLs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links {
    base: Base,
}

impl Links {
    /// Links under this base.
    pub fn new(base: Base) -> Self {
        Self { base }
    }

    /// The base itself.
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// The URL of a path pattern with its segments filled in, in order; each is percent-encoded.
    pub fn to(&self, pattern: &str, segments: &[&dyn Display]) -> String {
        format!("{}{}", self.base, fill(pattern, segments))
    }

    /// The same without scheme and host, for links inside our own pages.
    pub fn local(&self, pattern: &str, segments: &[&dyn Display]) -> String {
        format!("{}{}", self.base.prefix, fill(pattern, segments))
    }

    /// The path of a URL of ours, without prefix and query; none for a foreign one.
    pub fn path_of<'a>(&self, url: &'a str) -> Option<&'a str> {
        let rest = url.strip_prefix(self.base.origin.as_str())?.strip_prefix(self.base.prefix.as_str())?;
        let path = rest.split(['?', '#']).next().unwrap_or_default();
        match path {
            "" => Some("/"),
            _ => path.starts_with('/').then_some(path),
        }
    }

    /// Front page.
    pub fn home(&self) -> String {
        self.to(path::HOME, &[])
    }

    /// A shop's trust profile; `domain` as the shop has it.
    pub fn profile(&self, domain: impl Display) -> String {
        self.to(path::PROFILE, &[&domain])
    }

    /// One product of a shop; `domain` as the shop has it.
    pub fn product(&self, domain: impl Display, sku: impl Display) -> String {
        self.to(path::PRODUCT, &[&domain, &sku])
    }

    /// A shop's newest reviews as Atom.
    pub fn feed_atom(&self, domain: impl Display) -> String {
        self.to(path::FEED_ATOM, &[&domain])
    }

    /// A shop's newest reviews as JSON Feed.
    pub fn feed_json(&self, domain: impl Display) -> String {
        self.to(path::FEED_JSON, &[&domain])
    }

    /// One review.
    pub fn review(&self, id: impl Display) -> String {
        self.to(path::REVIEW, &[&id])
    }

    /// The review form of a token.
    pub fn review_form(&self, token: impl Display) -> String {
        self.to(path::FORM, &[&token])
    }

    /// The review form of a token with stars preselected.
    pub fn star(&self, token: impl Display, stars: impl Display) -> String {
        self.to(path::STAR, &[&token, &stars])
    }

    /// Unsubscribing with a token.
    pub fn unsubscribe(&self, token: impl Display) -> String {
        self.to(path::UNSUBSCRIBE, &[&token])
    }

    /// Taking an unsubscription back with a token.
    pub fn resubscribe(&self, token: impl Display) -> String {
        self.to(path::RESUBSCRIBE, &[&token])
    }

    /// Ending a shop's weekly mail with a token.
    pub fn weekly_stop(&self, token: impl Display) -> String {
        self.to(path::WEEKLY_STOP, &[&token])
    }

    /// A shop's badge; `shop` is its id or domain.
    pub fn badge(&self, shop: impl Display) -> String {
        self.to(path::BADGE, &[&shop])
    }

    /// What is shown of a link to a profile, in a language. `version` makes it another address when it says another thing:
    /// networks keep a picture as long as they like.
    pub fn shop_card(&self, domain: impl Display, language: impl Display, version: i64) -> String {
        format!("{}?lang={language}&v={version}", self.to(path::SHOP_CARD, &[&domain]))
    }

    /// What is shown of a link to a product, likewise.
    pub fn product_card(
        &self,
        domain: impl Display,
        sku: impl Display,
        language: impl Display,
        version: i64,
    ) -> String {
        format!("{}?lang={language}&v={version}", self.to(path::PRODUCT_CARD, &[&domain, &sku]))
    }

    /// What is shown of a link to a review, likewise.
    pub fn review_card(&self, id: impl Display, language: impl Display, version: i64) -> String {
        format!("{}?lang={language}&v={version}", self.to(path::REVIEW_CARD, &[&id]))
    }

    /// A photo of a review.
    pub fn photo(&self, id: impl Display) -> String {
        self.to(path::PHOTO, &[&id])
    }

    /// A photo of a review, small.
    pub fn photo_small(&self, id: impl Display) -> String {
        self.to(path::PHOTO_SMALL, &[&id])
    }

    /// The short way to a profile.
    pub fn short(&self, code: impl Display) -> String {
        self.to(path::SHORT, &[&code])
    }

    /// How a page of ours is embedded; `format` is `json` or `xml`.
    pub fn oembed(&self, page: &str, format: &str) -> String {
        let mut url = format!("{}?url=", self.to(path::OEMBED, &[]));
        encode(&mut url, page);
        format!("{url}&format={format}")
    }

    /// A file of ours, such as the stylesheet.
    pub fn asset(&self, file: impl Display) -> String {
        self.to(path::ASSET, &[&file])
    }

    /// The API, explained.
    pub fn docs(&self) -> String {
        self.to(path::DOCS, &[])
    }

    /// All errors, explained; `#code` points at one.
    pub fn problems(&self) -> String {
        self.to(path::PROBLEMS, &[])
    }

    /// The contract.
    pub fn openapi(&self) -> String {
        self.to(path::OPENAPI, &[])
    }

    /// A shop's profile, for programs.
    pub fn api_shop(&self, shop: impl Display) -> String {
        self.to(path::V1_SHOP, &[&shop])
    }

    /// Where a shop sends its order events.
    pub fn events(&self, shop: impl Display) -> String {
        self.to(path::V1_EVENTS, &[&shop])
    }

    /// A shop's published reviews, for programs.
    pub fn api_reviews(&self, shop: impl Display) -> String {
        self.to(path::V1_REVIEWS, &[&shop])
    }

    /// One review, for programs.
    pub fn api_review(&self, id: impl Display) -> String {
        self.to(path::V1_REVIEW, &[&id])
    }

    /// The certificate of one review.
    pub fn certificate(&self, id: impl Display) -> String {
        self.to(path::V1_CERTIFICATE, &[&id])
    }

    /// The keys that certificates are signed with.
    pub fn key_set(&self) -> String {
        self.to(path::KEY_SET, &[])
    }

    /// Checking a certificate, for people.
    pub fn verify(&self) -> String {
        self.to(path::VERIFY, &[])
    }

    /// The same with the certificate of a review filled in.
    pub fn verify_review(&self, id: impl Display) -> String {
        format!("{}?review={id}", self.verify())
    }

    /// The rows behind every score of a shop.
    pub fn tally(&self, shop: impl Display) -> String {
        self.to(path::V1_TALLY, &[&shop])
    }

    /// One product of a shop, for programs.
    pub fn api_product(&self, shop: impl Display, sku: impl Display) -> String {
        self.to(path::V1_PRODUCT, &[&shop, &sku])
    }
}

/// A mail with this subject to this address, as a URL (RFC 6068).
pub fn mailto(address: &EmailAddress, subject: &str) -> String {
    let mut url = "mailto:".to_owned();
    encode(&mut url, address.local_part());
    url.push('@');
    encode(&mut url, address.domain());
    url.push_str("?subject=");
    encode(&mut url, subject);
    url
}

/// Fills the `{…}` of a pattern in order.
fn fill(pattern: &str, segments: &[&dyn Display]) -> String {
    let mut path = String::with_capacity(pattern.len() + 32);
    let mut rest = pattern;
    let mut values = segments.iter();
    while let Some((before, after)) = rest.split_once('{') {
        path.push_str(before);
        let (_, tail) = after.split_once('}').unwrap_or((after, ""));
        if let Some(value) = values.next() {
            encode(&mut path, &value.to_string());
        }
        rest = tail;
    }
    path.push_str(rest);
    path
}

/// Percent-encodes one path segment: everything outside RFC 3986 `unreserved`.
fn encode(path: &mut String, segment: &str) {
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(path, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests;
