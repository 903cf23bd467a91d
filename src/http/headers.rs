//! The headers every answer gets, by audience. A handler's own value stands, except where it would weaken the policy of
//! private and personal answers. No audience allows inline scripts or styles.
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::table::Audience;

/// Pages: our own stylesheet and scripts, forms to ourselves, frames of our own only (the demo's mail).
const PAGE_CSP: &str = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; \
     frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// Personal pages: the same without any script.
const PERSONAL_CSP: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";
/// Everything that is no page, pictures included.
const DATA_CSP: &str = "default-src 'none'; base-uri 'none'; form-action 'none'";
const PERMISSIONS: &str = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), \
     payment=(), usb=(), browsing-topics=()";

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// Adds what the audience asks for.
pub(super) fn secure(headers: &mut HeaderMap, audience: Audience, https: bool) {
    let html = is_html(headers);
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(headers, header::CONTENT_SECURITY_POLICY, csp(audience, html));
    if html {
        default(headers, PERMISSIONS_POLICY, PERMISSIONS);
    }
    if https {
        default(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    match audience {
        Audience::Public | Audience::Cached => {
            default(headers, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
            default(headers, header::ACCESS_CONTROL_EXPOSE_HEADERS, "ETag, Link, Retry-After");
            default(headers, CORP, "cross-origin");
            default(headers, header::REFERRER_POLICY, "strict-origin-when-cross-origin");
        }
        Audience::Page => {
            default(headers, CORP, "same-origin");
            default(headers, header::REFERRER_POLICY, "strict-origin-when-cross-origin");
        }
        Audience::Private | Audience::Write | Audience::Ops => {
            set(headers, header::CACHE_CONTROL, "no-store");
            default(headers, header::REFERRER_POLICY, "no-referrer");
            default(headers, CORP, "same-origin");
        }
        Audience::Personal => {
            set(headers, header::CACHE_CONTROL, "no-store");
            set(headers, header::REFERRER_POLICY, "no-referrer");
            set(headers, ROBOTS, "noindex, nofollow");
            default(headers, CORP, "same-origin");
        }
    }
}

fn csp(audience: Audience, html: bool) -> &'static str {
    match (audience, html) {
        (Audience::Personal, _) => PERSONAL_CSP,
        (_, true) => PAGE_CSP,
        (_, false) => DATA_CSP,
    }
}

/// Whether the answer is a page.
pub(super) fn is_html(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/html"))
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

fn default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    if !headers.contains_key(&name) {
        set(headers, name, value);
    }
}
