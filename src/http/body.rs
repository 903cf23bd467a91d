//! Bodies of requests: read raw, up to the limit, within the time. Used by the JSON extractor and by the intake, which
//! needs the very bytes that were signed. A body is never decompressed: a signature covers what was sent.
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;

use super::edge::Edge;
use crate::problem::{Code, Problem};

/// The bytes of a body as they were sent.
#[derive(Debug)]
pub struct RawBody(pub Bytes);

impl FromRequest for RawBody {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, payload) = (req.clone(), payload.take());
        Box::pin(async move { read_body(&req, payload).await.map(RawBody) })
    }
}

/// Reads a body whole.
///
/// # Errors
/// `payload_too_large`, `truncated_body`, `request_timeout`, or `unsupported_media_type` for an encoded one.
pub(super) async fn read_body(req: &HttpRequest, payload: Payload) -> Result<Bytes, Problem> {
    let edge = Edge::of(req)?;
    let limit = edge.body_limit();
    let announced = req.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if announced.and_then(|text| text.parse::<usize>().ok()).is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    let encoding = req.headers().get(header::CONTENT_ENCODING).map(header::HeaderValue::as_bytes);
    if !matches!(encoding, None | Some(b"identity")) {
        let detail = "Send the body without a content encoding: the signature covers the bytes as sent.";
        return Err(Problem::new(Code::UnsupportedMediaType, detail));
    }
    let read = tokio::time::timeout(edge.request_timeout(), collect(payload, limit));
    read.await.unwrap_or_else(|_elapsed| Err(Problem::new(Code::RequestTimeout, "The body did not arrive in time.")))
}

async fn collect(mut payload: Payload, limit: usize) -> Result<Bytes, Problem> {
    let Some(first) = payload.next().await.transpose().map_err(|error| from_payload(&error, limit))? else {
        return Ok(Bytes::new());
    };
    // Most bodies come in one piece: then no copy is made.
    let mut all: Option<BytesMut> = None;
    let mut length = first.len();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| from_payload(&error, limit))?;
        length = length.saturating_add(chunk.len());
        if length > limit {
            return Err(too_large(limit));
        }
        all.get_or_insert_with(|| BytesMut::from(&first[..])).extend_from_slice(&chunk);
    }
    match all {
        Some(all) => Ok(all.freeze()),
        None if length > limit => Err(too_large(limit)),
        None => Ok(first),
    }
}

/// A failed read, in our words.
pub(super) fn from_payload(error: &PayloadError, limit: usize) -> Problem {
    match error {
        PayloadError::Overflow => too_large(limit),
        PayloadError::UnknownLength => Problem::new(Code::InvalidRequest, "The length of the body is not stated."),
        _ => Problem::new(Code::TruncatedBody, "The body ended before all of it had arrived."),
    }
}

pub(super) fn too_large(limit: usize) -> Problem {
    Problem::new(Code::PayloadTooLarge, format!("A body may have {limit} bytes here.")).with("limit", limit)
}
