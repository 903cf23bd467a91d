//! Small answers that every `api.rs` gives: JSON, pages, no-store; and the face of a problem: problem+json for programs,
//! a plain page for people.
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde::Serialize;

use super::body::{from_payload, too_large};
use super::edge::Edge;
use super::faces;
use super::table::Audience;
use crate::problem::{Code, Problem};

/// 200 with a JSON body.
pub fn json<T: Serialize>(body: &T) -> HttpResponse {
    json_status(200, body)
}

/// A JSON body with another status.
pub fn json_status<T: Serialize>(status: u16, body: &T) -> HttpResponse {
    HttpResponse::build(status_of(status)).json(body)
}

/// A page of a list, as every list answers: `data`, and `next`, the cursor of the page after it, repeated in
/// `Link: rel="next"` with the filters of this request.
///
/// # Errors
/// `internal`, when the server was put together without an edge.
pub fn listed<T: Serialize>(req: &HttpRequest, data: &[T], next: Option<&str>) -> Result<HttpResponse, Problem> {
    let mut response = HttpResponse::Ok();
    if let Some(next) = next {
        response.insert_header((header::LINK, next_link(req, next)?));
    }
    Ok(response.json(Listed { data, next }))
}

/// The value of `Link: rel="next"` for a page that is followed by that of this cursor.
///
/// # Errors
/// As [`listed`].
pub fn next_link(req: &HttpRequest, next: &str) -> Result<header::HeaderValue, Problem> {
    let (base, path) = (Edge::of(req)?.links().base(), req.path());
    let url = format!("{base}{path}?{}", following(req.query_string(), next));
    header::HeaderValue::from_str(&format!("<{url}>; rel=\"next\"")).map_err(Problem::internal)
}

#[derive(Serialize)]
struct Listed<'a, T> {
    data: &'a [T],
    next: Option<&'a str>,
}

/// The same query with another cursor.
fn following(query: &str, cursor: &str) -> String {
    let mut pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    pairs.retain(|(name, _)| name != "cursor");
    pairs.push(("cursor".to_owned(), cursor.to_owned()));
    // Pairs of plain texts always serialise.
    serde_urlencoded::to_string(pairs).unwrap_or_default()
}

/// 200 with a page.
pub fn page(html: String) -> HttpResponse {
    page_status(200, html)
}

/// A page with another status.
pub fn page_status(status: u16, html: String) -> HttpResponse {
    HttpResponse::build(status_of(status)).content_type("text/html; charset=utf-8").body(html)
}

/// The same answer, never to be stored.
pub fn private(mut response: HttpResponse) -> HttpResponse {
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}

fn status_of(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Handlers return problems as errors; the shell gives them their face.
impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        status_of(self.status())
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// The problem behind an error of the framework: its own extractors, or a missing route.
pub(super) fn problem_of(error: &actix_web::Error, limit: usize) -> Problem {
    use actix_web::error::{PathError, PayloadError, QueryPayloadError, UrlencodedError};
    if let Some(problem) = error.as_error::<Problem>() {
        return problem.clone();
    }
    if let Some(error) = error.as_error::<PayloadError>() {
        return from_payload(error, limit);
    }
    if let Some(QueryPayloadError::Deserialize(why)) = error.as_error::<QueryPayloadError>() {
        return Problem::new(Code::InvalidFilter, format!("A query parameter is not accepted: {why}."));
    }
    if error.as_error::<PathError>().is_some() {
        return Problem::not_found("page");
    }
    if let Some(error) = error.as_error::<UrlencodedError>() {
        return of_form(error, limit);
    }
    match error.as_response_error().status_code().as_u16() {
        404 => Problem::not_found("page"),
        413 => too_large(limit),
        415 => Problem::new(Code::UnsupportedMediaType, "The body has a content type that is not read here."),
        400..500 => Problem::new(Code::InvalidRequest, "The request cannot be understood."),
        _ => Problem::internal(error),
    }
}

fn of_form(error: &actix_web::error::UrlencodedError, limit: usize) -> Problem {
    use actix_web::error::UrlencodedError;
    match error {
        UrlencodedError::Overflow { .. } => too_large(limit),
        UrlencodedError::Payload(error) => from_payload(error, limit),
        UrlencodedError::ContentType => {
            Problem::new(Code::UnsupportedMediaType, "Send Content-Type: application/x-www-form-urlencoded.")
        }
        _ => Problem::new(Code::InvalidRequest, "The form cannot be read."),
    }
}

/// The answer that shows a problem.
pub(super) fn face(edge: &Edge, req: &HttpRequest, audience: Option<Audience>, problem: &Problem) -> HttpResponse {
    let mut response = HttpResponse::build(problem.status_code());
    // What is gone may be back tomorrow: everybody asks again.
    let kept = if problem.code() == Code::Gone { "no-cache" } else { "no-store" };
    response.insert_header((header::CACHE_CONTROL, kept));
    if audience.is_none() {
        // An address that leads nowhere may hold a mistyped token.
        response.insert_header((header::REFERRER_POLICY, "no-referrer"));
    }
    if let Some(seconds) = problem.retry_after_seconds() {
        response.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
    if problem.status() == 401 {
        response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
    }
    if let Some(allow) = problem.extra().get("allow").and_then(|allow| allow.as_str()) {
        response.insert_header((header::ALLOW, allow));
    }
    if wants_page(req, audience) {
        let html = faces::problem(edge.links(), req, problem);
        return response.content_type("text/html; charset=utf-8").body(html);
    }
    let body = problem.body(&edge.links().problems()).to_string();
    response.content_type("application/problem+json").body(body)
}

/// People get a page where pages are; whoever does not ask for HTML gets JSON.
fn wants_page(req: &HttpRequest, audience: Option<Audience>) -> bool {
    let accepts = req.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let html = accepts.is_some_and(|accept| accept.contains("text/html"));
    match audience {
        Some(Audience::Page | Audience::Personal) => html,
        Some(_) => false,
        None => html && !["/v1", "/health", "/metrics", "/badges"].iter().any(|api| req.path().starts_with(api)),
    }
}
