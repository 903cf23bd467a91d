//! The short way: an answer made from stored bytes is given again before routing, without a handler, for as long as the
//! cache it came from would give it unasked. Every worker holds its own, so that no two cores write one line of memory.
//!
//! It is the same answer, header for header: only whole answers (200) to GET are held, by everything the bytes depend on,
//! which is the path with its query, the coding, and the languages asked for. Who asks for more than the bytes (a tag it
//! has, a date) takes the long way. Nothing private comes here: an answer has to say itself that it may be given again.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::{Deref, Range};
use std::sync::Arc;

use actix_web::body::{BodySize, BoxBody, MessageBody as _};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};

use super::metrics::OperationMetrics;
use super::stored::{Coding, Stored, wanted};
use crate::kernel::time::{Clock, Timestamp};

/// Paths held at most by each worker.
const PATHS: usize = 512;
/// Answers held at most under one path.
const FORMS: usize = 8;

/// Stored bytes and the time in which they are given without asking anybody.
#[derive(Clone)]
pub(crate) struct Fresh {
    stored: Arc<Stored>,
    within: Range<Timestamp>,
}

impl Fresh {
    /// Bytes that are right within this time.
    pub(crate) fn new(stored: Arc<Stored>, within: Range<Timestamp>) -> Self {
        Self { stored, within }
    }

    /// Bytes that hold for this one answer.
    pub(crate) fn once(stored: Stored) -> Self {
        Self::new(Arc::new(stored), Timestamp::EPOCH..Timestamp::EPOCH)
    }

    /// The answer to a request, as [`Stored::answer`]; noted for the short way.
    pub(crate) fn answer(&self, req: &HttpRequest) -> HttpResponse {
        noted(&self.stored, req, self.within.clone())
    }
}

impl Deref for Fresh {
    type Target = Stored;

    fn deref(&self) -> &Stored {
        &self.stored
    }
}

/// The answer of bytes that do not change while the process runs.
pub(crate) fn forever(stored: &Stored, req: &HttpRequest) -> HttpResponse {
    noted(stored, req, Timestamp::EPOCH..Timestamp::MAX)
}

fn noted(stored: &Stored, req: &HttpRequest, within: Range<Timestamp>) -> HttpResponse {
    let mut response = stored.answer(req);
    if response.status() == StatusCode::OK && !within.is_empty() {
        let (body, coding) = stored.given(req.headers());
        response.extensions_mut().insert(Again { within, body, coding, count: None });
    }
    response
}

/// In an answer: that it may be given again, and what it takes.
pub(super) struct Again {
    within: Range<Timestamp>,
    body: Bytes,
    coding: Option<HeaderValue>,
    count: Option<OperationMetrics>,
}

impl Again {
    /// The route notes where such answers are counted.
    pub(super) fn count_at(response: &mut HttpResponse, metrics: &OperationMetrics) {
        if let Some(again) = response.extensions_mut().get_mut::<Self>() {
            again.count = Some(metrics.clone());
        }
    }
}

/// What one worker holds.
pub(super) struct Shortcut {
    clock: Arc<dyn Clock>,
    held: RefCell<HashMap<Box<str>, Vec<Held>>>,
}

/// One answer.
struct Held {
    coding: Coding,
    languages: Option<HeaderValue>,
    within: Range<Timestamp>,
    head: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
    count: OperationMetrics,
}

impl Shortcut {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, held: RefCell::default() }
    }

    /// The answer, where it is at hand.
    pub(super) fn answer(&self, req: &ServiceRequest) -> Option<HttpResponse> {
        let headers = req.headers();
        if req.method() != Method::GET || headers.contains_key(header::IF_NONE_MATCH) || dated(headers) {
            return None;
        }
        let held = self.held.borrow();
        let forms = held.get(req.uri().path_and_query()?.as_str())?;
        let (coding, languages) = (wanted(headers), headers.get(header::ACCEPT_LANGUAGE));
        let found = forms.iter().find(|held| held.coding == coding && held.languages.as_ref() == languages)?;
        if !found.within.contains(&self.clock.now()) {
            return None;
        }
        let mut response = HttpResponse::with_body(StatusCode::OK, BoxBody::new(found.body.clone()));
        let into = response.headers_mut();
        for (name, value) in &found.head {
            into.append(name.clone(), value.clone());
        }
        found.count.count(200);
        Some(response)
    }

    /// Holds an answer that came the long way, where it says so.
    pub(super) fn keep(&self, response: &mut ServiceResponse) {
        let Some(again) = response.response_mut().extensions_mut().remove::<Again>() else { return };
        let (req, given) = (response.request(), response.response());
        let whole = given.body().size() == BodySize::Sized(u64::try_from(again.body.len()).unwrap_or_default());
        // A layer between may have coded the bytes in its own way.
        let as_made = given.headers().get(header::CONTENT_ENCODING) == again.coding.as_ref();
        let (true, Some(count), Some(path)) = (whole && as_made, again.count, req.uri().path_and_query()) else {
            return;
        };
        let held = Held {
            coding: wanted(req.headers()),
            languages: req.headers().get(header::ACCEPT_LANGUAGE).cloned(),
            within: again.within,
            head: given.headers().iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
            // This worker's own copy: counting readers across cores would cost more than the bytes.
            body: Bytes::copy_from_slice(&again.body),
            count,
        };
        self.put(path.as_str(), held);
    }

    fn put(&self, path: &str, new: Held) {
        let mut all = self.held.borrow_mut();
        if all.len() >= PATHS && !all.contains_key(path) {
            let now = self.clock.now();
            all.retain(|_, forms| forms.iter().any(|held| held.within.contains(&now)));
            if all.len() >= PATHS {
                all.clear();
            }
        }
        let forms = all.entry(path.into()).or_default();
        forms.retain(|held| held.coding != new.coding || held.languages != new.languages);
        if forms.len() >= FORMS {
            forms.clear();
        }
        forms.push(new);
    }
}

fn dated(headers: &HeaderMap) -> bool {
    headers.contains_key(header::IF_MODIFIED_SINCE)
}

/// From `from` on for so many milliseconds, but not beyond the day where the bytes say which day it is.
pub(crate) fn within(from: Timestamp, ms: i64, dated: bool) -> Range<Timestamp> {
    let until = from.plus_ms(ms);
    let midnight = from.day().plus(1).start();
    from..if dated { until.min(midnight) } else { until }
}

#[cfg(test)]
mod tests;
