//! Answers made once and given many times: the bytes plain, gzipped and in Brotli, each with a strong tag of its own and
//! headers ready to copy. Giving one copies no body, compresses nothing and touches no database; a reader who has the
//! bytes already gets a 304. Which bytes, and until when they are fresh, is the business of the rooms' caches.

use std::io::Write as _;
use std::time::{Duration, UNIX_EPOCH};

use actix_web::body::BoxBody;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue, HttpDate};
use actix_web::http::{StatusCode, header::ACCEPT_ENCODING};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::kernel::time::Timestamp;

/// What goes along with the bytes.
#[derive(Clone, Debug)]
pub(crate) struct Manner {
    /// Media type.
    pub(crate) content_type: &'static str,
    /// How long others may keep it.
    pub(crate) cache_control: &'static str,
    /// Request headers that chose these bytes, `Accept-Encoding` included; empty where none did.
    pub(crate) vary: &'static str,
    /// Language of a page.
    pub(crate) language: Option<&'static str>,
    /// A content security policy other than that of the audience.
    pub(crate) policy: Option<String>,
}

/// One coding of the bytes.
struct Form {
    bytes: Bytes,
    etag: HeaderValue,
}

/// An answer, ready to give.
pub(crate) struct Stored {
    status: StatusCode,
    plain: Form,
    gzip: Option<Form>,
    brotli: Option<Form>,
    headers: Vec<(HeaderName, HeaderValue)>,
    cache_control: HeaderValue,
    vary: HeaderValue,
    modified: Option<HttpDate>,
}

/// The codings we have, as a reader ranks them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// None.
    Plain,
    /// gzip.
    Gzip,
    /// Brotli.
    Brotli,
}

const GZIP: HeaderValue = HeaderValue::from_static("gzip");
const BROTLI: HeaderValue = HeaderValue::from_static("br");

impl Stored {
    /// Compresses and tags the bytes. A coding that saves nothing is left out.
    pub(crate) fn new(bytes: Vec<u8>, manner: &Manner) -> Self {
        Self::coded(bytes, manner, |_any| true)
    }

    /// The answer to one request whose bytes are kept by nobody: only the coding it takes is made.
    pub(crate) fn once(req: &HttpRequest, bytes: Vec<u8>, manner: &Manner) -> HttpResponse {
        let wanted = wanted(req.headers());
        Self::coded(bytes, manner, |coding| coding == wanted).answer(req)
    }

    fn coded(bytes: Vec<u8>, manner: &Manner, make: impl Fn(Coding) -> bool) -> Self {
        let smaller = |coded: Option<Vec<u8>>| coded.filter(|coded| coded.len() < bytes.len()).map(Form::new);
        let gzip = smaller(make(Coding::Gzip).then(|| gzipped(&bytes)).flatten());
        let brotli = smaller(make(Coding::Brotli).then(|| brotlied(&bytes)).flatten());
        Self { gzip, brotli, ..Self::packed(bytes, manner) }
    }

    /// Tags bytes that are compressed in their own way: pictures.
    pub(crate) fn packed(bytes: Vec<u8>, manner: &Manner) -> Self {
        let mut headers = vec![(header::CONTENT_TYPE, HeaderValue::from_static(manner.content_type))];
        if let Some(language) = manner.language {
            headers.push((header::CONTENT_LANGUAGE, HeaderValue::from_static(language)));
        }
        if let Some(policy) = manner.policy.as_deref().and_then(|policy| HeaderValue::from_str(policy).ok()) {
            headers.push((header::CONTENT_SECURITY_POLICY, policy));
        }
        Self {
            status: StatusCode::OK,
            plain: Form::new(bytes),
            gzip: None,
            brotli: None,
            headers,
            cache_control: HeaderValue::from_static(manner.cache_control),
            vary: HeaderValue::from_static(manner.vary),
            modified: None,
        }
    }

    /// The same bytes with `Last-Modified`, for readers who know no tags: when they were made, in whole seconds.
    #[must_use]
    pub(crate) fn made_at(self, now: Timestamp) -> Self {
        let since = Duration::from_secs(u64::try_from(now.seconds()).unwrap_or_default());
        Self { modified: UNIX_EPOCH.checked_add(since).map(HttpDate::from), ..self }
    }

    /// The same bytes under another status.
    #[must_use]
    pub(crate) fn with_status(self, status: u16) -> Self {
        Self { status: StatusCode::from_u16(status).unwrap_or(StatusCode::OK), ..self }
    }

    /// Bytes held, all codings together.
    pub(crate) fn size(&self) -> usize {
        let coded = [&self.gzip, &self.brotli].into_iter().flatten().map(|form| form.bytes.len()).sum::<usize>();
        self.plain.bytes.len() + coded
    }

    /// Its status.
    pub(crate) fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// The tag of the plain bytes: the same tag, the same bytes.
    pub(crate) fn tag(&self) -> &str {
        // A tag is made of letters only.
        self.plain.etag.to_str().unwrap_or_default()
    }

    /// The plain bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.plain.bytes
    }

    /// The answer to a request: the best coding it takes, or 304 where it has just those bytes.
    pub(crate) fn answer(&self, req: &HttpRequest) -> HttpResponse {
        let (form, coding) = self.form(req.headers());
        let known = self.status == StatusCode::OK && (holds(req.headers(), &form.etag) || self.is_old_news(req));
        let mut response = if known {
            HttpResponse::new(StatusCode::NOT_MODIFIED)
        } else {
            HttpResponse::with_body(self.status, BoxBody::new(form.bytes.clone()))
        };
        let headers = response.headers_mut();
        headers.insert(header::ETAG, form.etag.clone());
        headers.insert(header::CACHE_CONTROL, self.cache_control.clone());
        if !self.vary.is_empty() {
            headers.insert(header::VARY, self.vary.clone());
        }
        if let Some(date) = self.modified.and_then(|date| HeaderValue::from_str(&date.to_string()).ok()) {
            headers.insert(header::LAST_MODIFIED, date);
        }
        if !known {
            for (name, value) in &self.headers {
                headers.insert(name.clone(), value.clone());
            }
            if let Some(coding) = coding {
                headers.insert(header::CONTENT_ENCODING, coding);
            }
        }
        response
    }

    /// What a request is given: the bytes, and their coding where they have one.
    pub(super) fn given(&self, headers: &HeaderMap) -> (Bytes, Option<HeaderValue>) {
        let (form, coding) = self.form(headers);
        (form.bytes.clone(), coding)
    }

    /// Whether the reader has these bytes by its date: asked only where it sends no tag (RFC 9110 13.1.3).
    fn is_old_news(&self, req: &HttpRequest) -> bool {
        let (Some(modified), false) = (self.modified, req.headers().contains_key(header::IF_NONE_MATCH)) else {
            return false;
        };
        let since = req.headers().get(header::IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
        since.and_then(|text| text.parse::<HttpDate>().ok()).is_some_and(|since| since >= modified)
    }

    fn form(&self, headers: &HeaderMap) -> (&Form, Option<HeaderValue>) {
        match (wanted(headers), &self.gzip, &self.brotli) {
            (Coding::Brotli, _, Some(form)) => (form, Some(BROTLI)),
            (Coding::Gzip, Some(form), _) => (form, Some(GZIP)),
            _ => (&self.plain, None),
        }
    }
}

impl Form {
    fn new(bytes: Vec<u8>) -> Self {
        let etag = tag(&bytes, Coding::Plain);
        Self { bytes: Bytes::from(bytes), etag }
    }
}

/// The strong tag of these bytes; with a coding, of what they become in it.
pub(super) fn tag(bytes: &[u8], coding: Coding) -> HeaderValue {
    let digest = Sha256::digest(bytes);
    let coded = match coding {
        Coding::Plain => "",
        Coding::Gzip => "-g",
        Coding::Brotli => "-b",
    };
    let tag = format!("\"{}{coded}\"", URL_SAFE_NO_PAD.encode(digest.get(..12).unwrap_or_default()));
    // Letters, digits, - and _ only: always a header value.
    HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""))
}

fn gzipped(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::with_capacity(bytes.len() / 3), flate2::Compression::best());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}

fn brotlied(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut coded = Vec::with_capacity(bytes.len() / 3);
    {
        // Window 2^18: pages are smaller; quality 6 costs about a millisecond a page.
        let mut encoder = brotli::CompressorWriter::new(&mut coded, 4096, 6, 18);
        encoder.write_all(bytes).ok()?;
    }
    Some(coded)
}

/// The coding to answer in (RFC 9110 12.5.3): Brotli before gzip where the reader ranks them alike.
pub(super) fn wanted(headers: &HeaderMap) -> Coding {
    let Some(value) = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()) else { return Coding::Plain };
    let (mut gzip, mut brotli, mut others) = (None, None, None);
    for part in value.split(',') {
        let (name, weight) = weighed(part);
        match name {
            "br" => brotli = Some(weight),
            "gzip" | "x-gzip" => gzip = Some(weight),
            "*" => others = Some(weight),
            _ => {}
        }
    }
    let of = |named: Option<u16>| named.or(others).unwrap_or(0);
    match (of(gzip), of(brotli)) {
        (0, 0) => Coding::Plain,
        (gzip, brotli) if brotli >= gzip => Coding::Brotli,
        _ => Coding::Gzip,
    }
}

/// `gzip;q=0.5` as name and thousandths; what is no weight counts nothing.
fn weighed(part: &str) -> (&str, u16) {
    let (name, rest) = part.split_once(';').unwrap_or((part, ""));
    let weight = match rest.trim().strip_prefix("q=") {
        None | Some("1" | "1.0" | "1.00" | "1.000") => 1_000,
        Some(text) => match text.strip_prefix("0.") {
            Some(digits) if (1..=3).contains(&digits.len()) => format!("{digits:0<3}").parse().unwrap_or(0),
            _ => 0,
        },
    };
    (name.trim(), weight)
}

/// Whether `If-None-Match` names this tag: a list, compared weakly, or `*` (RFC 9110 13.1.2).
pub(super) fn holds(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    headers.get_all(header::IF_NONE_MATCH).filter_map(|value| value.to_str().ok()).any(|list| {
        list.split(',')
            .map(str::trim)
            .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == etag.as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use actix_web::body::MessageBody;
    use actix_web::test::TestRequest;

    use super::*;

    const JSON: Manner = Manner {
        content_type: "application/json",
        cache_control: "public, max-age=10",
        vary: "Accept-Encoding",
        language: None,
        policy: None,
    };

    fn stored() -> Stored {
        Stored::new("{\"score\":4.3}".repeat(50).into_bytes(), &JSON)
    }

    fn ask(stored: &Stored, headers: &[(&str, &str)]) -> HttpResponse {
        let mut request = TestRequest::get();
        for (name, value) in headers {
            request = request.append_header((*name, *value));
        }
        stored.answer(&request.to_http_request())
    }

    fn header_of(response: &HttpResponse, name: &str) -> String {
        response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    #[test]
    fn each_coding_has_its_own_bytes_and_tag() {
        let stored = stored();
        let mut tags = std::collections::BTreeSet::new();
        for (accept, coding) in [("", ""), ("gzip", "gzip"), ("gzip, deflate, br, zstd", "br")] {
            let response = ask(&stored, &[("accept-encoding", accept)]);
            assert_eq!(header_of(&response, "content-encoding"), coding, "{accept}");
            assert_eq!(header_of(&response, "vary"), "Accept-Encoding");
            let tag = header_of(&response, "etag");
            assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() == 18, "{tag}");
            tags.insert(tag);
        }
        assert_eq!(tags.len(), 3);
        assert!(stored.size() > stored.bytes().len());
    }

    #[test]
    fn codings_are_chosen_by_weight() {
        let header = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_str(text).unwrap());
            wanted(&headers)
        };
        for (text, coding) in [
            ("identity", Coding::Plain),
            ("br;q=0", Coding::Plain),
            ("br;q=0, gzip", Coding::Gzip),
            ("br;q=0.3, gzip;q=0.8", Coding::Gzip),
            ("gzip;q=0.5,br;q=0.5", Coding::Brotli),
            ("*", Coding::Brotli),
            ("*;q=0", Coding::Plain),
            ("*;q=0.1, br;q=0", Coding::Gzip),
            ("br; q=1.0", Coding::Brotli),
            ("br;q=x", Coding::Plain),
            ("", Coding::Plain),
        ] {
            assert_eq!(header(text), coding, "{text}");
        }
    }

    #[test]
    fn who_has_the_bytes_gets_none() {
        let stored = stored();
        let tag = header_of(&ask(&stored, &[]), "etag");
        let gzip = header_of(&ask(&stored, &[("accept-encoding", "gzip")]), "etag");
        for held in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
            let response = ask(&stored, &[("if-none-match", &held)]);
            assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{held}");
            assert_eq!(header_of(&response, "etag"), tag);
            assert_eq!(header_of(&response, "cache-control"), "public, max-age=10");
            assert_eq!(response.into_body().try_into_bytes().unwrap().len(), 0);
        }
        for held in ["\"x\"".to_owned(), gzip, tag.trim_matches('"').to_owned()] {
            assert_eq!(ask(&stored, &[("if-none-match", &held)]).status(), StatusCode::OK, "{held}");
        }
    }

    #[test]
    fn a_date_counts_where_no_tag_is_sent() {
        let stored = stored().made_at(Timestamp::parse("2026-03-01T11:00:00.900Z").unwrap());
        let date = "Sun, 01 Mar 2026 11:00:00 GMT";
        assert_eq!(header_of(&ask(&stored, &[]), "last-modified"), date);
        for (headers, status) in [
            (vec![("if-modified-since", date)], 304),
            (vec![("if-modified-since", "Sun, 01 Mar 2026 11:00:01 GMT")], 304),
            (vec![("if-modified-since", "Sun, 01 Mar 2026 10:59:59 GMT")], 200),
            (vec![("if-modified-since", "yesterday")], 200),
            (vec![("if-modified-since", date), ("if-none-match", "\"x\"")], 200),
        ] {
            assert_eq!(ask(&stored, &headers).status().as_u16(), status, "{headers:?}");
        }
        let undated = ask(&self::stored(), &[("if-modified-since", date)]);
        assert_eq!((undated.status().as_u16(), header_of(&undated, "last-modified")), (200, String::new()));
    }

    #[test]
    fn compressed_bytes_open_to_the_plain_ones() {
        use std::io::Read;
        let stored = stored();
        let mut gunzipped = Vec::new();
        let gzip = stored.gzip.as_ref().unwrap();
        flate2::read::GzDecoder::new(gzip.bytes.as_ref()).read_to_end(&mut gunzipped).unwrap();
        assert_eq!(gunzipped, stored.bytes());
        let mut unbrotlied = Vec::new();
        brotli::Decompressor::new(stored.brotli.as_ref().unwrap().bytes.as_ref(), 4096)
            .read_to_end(&mut unbrotlied)
            .unwrap();
        assert_eq!(unbrotlied, stored.bytes());
        assert!(Stored::new(b"{}".to_vec(), &JSON).gzip.is_none());
    }
}
