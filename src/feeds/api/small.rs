//! Small answers: from stored bytes, or a few lines of text.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::context::Context;
use crate::feeds::face::Face;
use crate::feeds::{FeedCache, Sitemaps, robots};
use crate::problem::Problem;

use super::Answer;

async fn feed(req: &HttpRequest, cache: &FeedCache, face: Face) -> Answer {
    let name = req.match_info().get("domain").unwrap_or_default();
    let stored = cache.get(name, face).await?.ok_or_else(|| Problem::not_found("shop"))?;
    Ok(stored.answer(req))
}

/// `GET /shops/{domain}/reviews.atom`: the newest reviews.
pub(super) async fn read_atom_feed(req: HttpRequest, cache: web::Data<FeedCache>) -> Answer {
    feed(&req, &cache, Face::Atom).await
}

/// `GET /shops/{domain}/reviews.json`: the same.
pub(super) async fn read_json_feed(req: HttpRequest, cache: web::Data<FeedCache>) -> Answer {
    feed(&req, &cache, Face::Json).await
}

fn text(body: String) -> HttpResponse {
    let an_hour = (header::CACHE_CONTROL, "public, max-age=3600");
    HttpResponse::Ok().insert_header(an_hour).content_type("text/plain; charset=utf-8").body(body)
}

/// `GET /robots.txt`.
pub(super) async fn read_robots(ctx: web::Data<Context>) -> HttpResponse {
    text(robots::robots(ctx.links()))
}

/// `GET /llms.txt`.
pub(super) async fn read_llms(ctx: web::Data<Context>) -> HttpResponse {
    text(robots::llms(ctx.links()))
}

/// `GET /.well-known/security.txt`: only where the operator named a contact.
pub(super) async fn read_security_contact(ctx: web::Data<Context>) -> Answer {
    let contact = ctx.config().security_contact.as_ref().ok_or_else(|| Problem::not_found("contact"))?;
    Ok(text(robots::security(contact, ctx.links(), ctx.now())))
}

/// `GET /sitemap.xml`: where the sitemaps are.
pub(super) async fn read_sitemap_index(
    req: HttpRequest,
    ctx: web::Data<Context>,
    sitemaps: web::Data<Sitemaps>,
) -> Answer {
    Ok(sitemaps.index(&ctx).await?.answer(&req))
}
