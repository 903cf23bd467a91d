//! Forms with files (`multipart/form-data`), read part by part with a limit of their own, so that no more than one file is
//! in memory at once. Too much is read to its end and thrown away, within reason: a browser that is cut off while it
//! sends shows its own error and not our answer.
use std::time::Duration;

use actix_multipart::Multipart;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use futures_util::future::{Ready, ready};

use super::body::too_large;
use super::edge::Edge;
use crate::problem::{Code, Problem};

/// Files come over slow lines: they get this many times the time of another request.
const PATIENCE: u32 = 8;
/// More fields than any form of ours has.
const FIELDS_MAX: usize = 16;
/// Of what is too much, this many times the limit is read and thrown away.
const WASTE: usize = 4;

/// A form with files, on its way in.
pub struct Upload {
    parts: Multipart,
    limit: usize,
    announced: usize,
    read: usize,
    patience: Duration,
    fields: usize,
}

/// One field of it.
pub struct Part {
    /// The field's name.
    pub name: String,
    /// What it holds, as it was sent.
    pub bytes: Vec<u8>,
}

impl FromRequest for Upload {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(Self::begin(req, payload.take()))
    }
}

impl Upload {
    fn begin(req: &HttpRequest, payload: Payload) -> Result<Self, Problem> {
        let edge = Edge::of(req)?;
        let given = req.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = given.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("multipart/form-data") {
            return Err(Problem::new(Code::UnsupportedMediaType, "Send the form as multipart/form-data."));
        }
        let encoding = req.headers().get(header::CONTENT_ENCODING).map(header::HeaderValue::as_bytes);
        if !matches!(encoding, None | Some(b"identity")) {
            return Err(Problem::new(Code::UnsupportedMediaType, "Send the form without a content encoding."));
        }
        let announced = req.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
        let announced = announced.and_then(|text| text.parse().ok()).unwrap_or_default();
        let patience: Duration = edge.request_timeout().saturating_mul(PATIENCE);
        let parts = Multipart::new(req.headers(), payload);
        Ok(Self { parts, limit: edge.upload_limit(), announced, read: 0, patience, fields: 0 })
    }

    /// The next field; `None` after the last.
    ///
    /// # Errors
    /// `payload_too_large`, `truncated_body`, `request_timeout`, `invalid_request`.
    pub async fn next(&mut self) -> Result<Option<Part>, Problem> {
        self.fields += 1;
        if self.fields > FIELDS_MAX {
            return Err(Problem::new(Code::InvalidRequest, "The form has more fields than any of ours."));
        }
        let late = |_elapsed| Err(Problem::new(Code::RequestTimeout, "The body did not arrive in time."));
        tokio::time::timeout(self.patience, self.part()).await.unwrap_or_else(late)
    }

    async fn part(&mut self) -> Result<Option<Part>, Problem> {
        if self.announced > self.limit {
            self.waste().await;
            return Err(too_large(self.limit));
        }
        let Some(field) = self.parts.next().await else { return Ok(None) };
        let mut field = field.map_err(unread)?;
        let name = field.name().unwrap_or_default().to_owned();
        let mut bytes = Vec::new();
        while let Some(chunk) = field.next().await {
            let chunk = chunk.map_err(unread)?;
            self.read = self.read.saturating_add(chunk.len());
            if self.read <= self.limit {
                bytes.extend_from_slice(&chunk);
            } else if self.read > self.limit.saturating_mul(WASTE) {
                break;
            } else {
                bytes = Vec::new();
            }
        }
        drop(field);
        if self.read <= self.limit {
            return Ok(Some(Part { name, bytes }));
        }
        self.waste().await;
        Err(too_large(self.limit))
    }

    /// Reads what is left, as far as it is worth it.
    async fn waste(&mut self) {
        while let Some(Ok(mut field)) = self.parts.next().await {
            while let Some(Ok(chunk)) = field.next().await {
                self.read = self.read.saturating_add(chunk.len());
                if self.read > self.limit.saturating_mul(WASTE) {
                    return;
                }
            }
        }
    }
}

fn unread(error: actix_multipart::MultipartError) -> Problem {
    use actix_multipart::MultipartError;
    match error {
        MultipartError::Payload(_) | MultipartError::Incomplete => {
            Problem::new(Code::TruncatedBody, "The body ended before all of it had arrived.")
        }
        _ => Problem::new(Code::InvalidRequest, "The form cannot be read as multipart/form-data."),
    }
}
