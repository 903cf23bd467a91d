//! Certificates, the keys they are signed with, and the check of any text that is said to be one.

use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::context::Context;
use crate::http::stored::{Manner, Stored};
use crate::http::{self, Audience, RawBody, RouteTable, StrictJson};
use crate::kernel::id::ReviewId;
use crate::kernel::locale::Language;
use crate::links::path;
use crate::look;
use crate::merchants;
use crate::problem::{Code, Problem};
use crate::reviews::public;
use crate::reviews::{PublicEntry, PublicReview};

use super::claims::certificate;
use super::pages::{self, VerifyPage};
use super::verify::{Answer as Checked, verify};

/// Registers every route of certificates.
pub(crate) fn routes(table: &mut RouteTable) {
    table.add(Method::GET, path::V1_CERTIFICATE, "read_certificate", Audience::Cached, || {
        web::get().to(read_certificate)
    });
    table.add(Method::GET, path::KEY_SET, "read_key_set", Audience::Cached, || web::get().to(read_key_set));
    table.add(Method::POST, path::V1_VERIFY, "verify_certificate", Audience::Public, || {
        web::post().to(verify_certificate)
    });
    table.add(Method::GET, path::VERIFY, "show_verify", Audience::Page, || web::get().to(show_verify));
    table.add(Method::POST, path::VERIFY, "submit_verify", Audience::Page, || web::post().to(submit_verify));
}

/// RFC 7519 10.3.1. Asked for again each time: an edited review has another one, an erased one has none.
const CERTIFICATE: Manner = Manner {
    content_type: "application/jwt",
    cache_control: "public, no-cache",
    vary: "Accept-Encoding",
    language: None,
    policy: None,
};

/// Short enough that a withdrawn key is soon out of use.
const KEY_SET: Manner = Manner { content_type: "application/json", cache_control: "public, max-age=60", ..CERTIFICATE };

type Answer = Result<HttpResponse, Problem>;

/// `GET /v1/reviews/{id}/certificate`: the certificate of the version that stands.
async fn read_certificate(req: HttpRequest, ctx: web::Data<Context>, id: web::Path<String>) -> Answer {
    let id = ReviewId::parse(&id).map_err(|_unparsed| no_review())?;
    let bytes = issued(&ctx, id).await?.ok_or_else(no_review)?.into_bytes();
    Ok(Stored::packed(bytes, &CERTIFICATE).answer(&req))
}

fn no_review() -> Problem {
    Problem::not_found("review")
}

/// The certificate of a review that stands; `None` for an id that is nobody's.
async fn issued(ctx: &Context, id: ReviewId) -> Result<Option<String>, Problem> {
    let found = ctx.db().read(move |conn| {
        let Some(entry) = public::find(conn, id)? else { return Ok(None) };
        let shop = merchants::load(conn, entry.shop())?;
        Ok(shop.map(|shop| (entry, shop)))
    });
    match found.await? {
        Some((PublicEntry::Review(review), shop)) => signed(ctx, &review, &shop),
        Some((PublicEntry::Tombstone(stone), _)) => Err(stone.problem()),
        None => Ok(None),
    }
}

fn signed(ctx: &Context, review: &PublicReview, shop: &merchants::Shop) -> Result<Option<String>, Problem> {
    certificate(ctx, review, shop).map_err(Problem::internal)
}

/// `GET /.well-known/jwks.json`: every key that a certificate may be signed with.
async fn read_key_set(req: HttpRequest, ctx: web::Data<Context>) -> HttpResponse {
    let keys: Vec<_> = ctx.keyring().certificate_keys().into_iter().map(|key| key.public.jwk()).collect();
    Stored::packed(json!({ "keys": keys }).to_string().into_bytes(), &KEY_SET).answer(&req)
}

/// What a program sends.
#[derive(Deserialize)]
struct Sent {
    /// The certificate, as it was issued.
    certificate: String,
}

/// `POST /v1/certificates/verify`: what was found, also of what is no certificate at all.
async fn verify_certificate(ctx: web::Data<Context>, body: StrictJson<Sent>) -> Answer {
    let verdict = verify(&ctx, &joined(&body.0.certificate)).await?;
    let answer = HttpResponse::Ok().insert_header(NOT_KEPT).json(Checked::new(&ctx, &verdict));
    Ok(answer)
}

const NOT_KEPT: (header::HeaderName, &str) = (header::CACHE_CONTROL, "no-store");

/// Mail programs and terminals break long lines.
fn joined(text: &str) -> String {
    text.split_ascii_whitespace().collect()
}

/// The query of the page.
#[derive(Deserialize)]
struct PageParams {
    /// The certificate to check.
    certificate: Option<String>,
    /// Instead of it: the review whose certificate shall be checked.
    review: Option<String>,
    lang: Option<String>,
}

/// `GET /verify`: the form, or what was found.
async fn show_verify(req: HttpRequest, ctx: web::Data<Context>, params: web::Query<PageParams>) -> Answer {
    let PageParams { certificate, review, lang } = params.into_inner();
    let language = language(&req, lang.as_deref());
    let given = match (certificate, review) {
        (None, Some(id)) => {
            let unreadable = |_unparsed| Problem::new(Code::InvalidFilter, "`review` cannot be read: send a rev_ id.");
            let id = ReviewId::parse(&id).map_err(unreadable)?;
            Some(issued(&ctx, id).await?.ok_or_else(no_review)?)
        }
        (given, _) => given.map(|text| joined(&text)).filter(|text| !text.is_empty()),
    };
    match given {
        Some(given) => found(&ctx, language, given).await,
        None => page(200, &VerifyPage::empty(language, ctx.links())),
    }
}

/// `POST /verify`: what was found of the pasted text. Changes nothing.
async fn submit_verify(req: HttpRequest, ctx: web::Data<Context>, body: RawBody) -> Answer {
    let sent = form(&req, &body)?;
    let field = |name: &str| sent.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let language = language(&req, field("lang"));
    let given = joined(field("certificate").unwrap_or_default());
    if given.is_empty() {
        return page(422, &VerifyPage { missing: true, ..VerifyPage::empty(language, ctx.links()) });
    }
    found(&ctx, language, given).await
}

/// The fields of a posted form.
fn form(req: &HttpRequest, body: &RawBody) -> Result<Vec<(String, String)>, Problem> {
    let given = req.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let detail = "Send the form as application/x-www-form-urlencoded.";
        return Err(Problem::new(Code::UnsupportedMediaType, detail));
    }
    Ok(serde_urlencoded::from_bytes(&body.0).unwrap_or_default())
}

async fn found(ctx: &Context, language: Language, given: String) -> Answer {
    let verdict = verify(ctx, &given).await?;
    page(200, &pages::found(language, ctx.links(), given, &verdict))
}

fn page(status: u16, view: &VerifyPage) -> Answer {
    let mut answer = http::page_status(status, look::render(view)?);
    let headers = answer.headers_mut();
    headers.insert(header::VARY, header::HeaderValue::from_static("Accept-Language"));
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-cache"));
    Ok(answer)
}

/// `?lang=`, else what the browser asks for.
fn language(req: &HttpRequest, lang: Option<&str>) -> Language {
    lang.and_then(Language::of_tag).unwrap_or_else(|| {
        let accepted = req.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Language::from_header(accepted.unwrap_or_default())
    })
}
