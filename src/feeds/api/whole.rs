//! Long answers: each holds a place while it is read, and is never whole in memory.

use std::sync::Arc;

use actix_web::http::header::{self, HeaderName};
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::TryStreamExt as _;

use crate::context::Context;
use crate::feeds::export::{Export, Form};
use crate::feeds::google::Google;
use crate::feeds::sitemap::{Part, ROWS, Sitemap};
use crate::feeds::stream::{self, Source};
use crate::http::streams::{self, Place};
use crate::kernel::domain::ShopRef;
use crate::merchants::{ShopEntry, Shops};
use crate::problem::Problem;

use super::Answer;

const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// What goes along with a long answer.
struct Manner {
    content_type: &'static str,
    cache_control: &'static str,
    /// The name under which browsers keep it as a file; without it they show it.
    file: Option<String>,
}

async fn entry(shops: &Shops, name: &str) -> Result<Arc<ShopEntry>, Problem> {
    let no_shop = || Problem::not_found("shop");
    let name = ShopRef::parse(name).map_err(|_no_name| no_shop())?;
    shops.find(&name).await?.ok_or_else(no_shop)
}

/// The answer; its place is given back when it ends or its reader goes away.
fn answer(ctx: &Context, place: Place, source: impl Source, manner: &Manner) -> HttpResponse {
    let pieces = stream::pieces(ctx.db().clone(), place, source)
        .inspect_err(|error| tracing::warn!(%error, "a long answer breaks off"))
        .map_ok(Bytes::from);
    let mut response = HttpResponse::Ok();
    response.content_type(manner.content_type).insert_header((header::CACHE_CONTROL, manner.cache_control));
    if let Some(file) = &manner.file {
        response.insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\"")));
        response.insert_header((ROBOTS, "noindex"));
    }
    response.streaming(pieces)
}

async fn export(req: &HttpRequest, shops: &Shops, form: Form) -> Answer {
    let entry = entry(shops, req.match_info().get("shop").unwrap_or_default()).await?;
    let place = streams::place(req)?;
    let (content_type, ending) = match form {
        Form::Lines => ("application/x-ndjson; charset=utf-8", "ndjson"),
        Form::Table => ("text/csv; charset=utf-8; header=present", "csv"),
    };
    let file = Some(format!("reviews-{}.{ending}", entry.shop.domain));
    let manner = Manner { content_type, cache_control: "public, max-age=60", file };
    Ok(answer(shops.context(), place, Export::new(shops.context().links().clone(), entry.shop.id, form), &manner))
}

/// `GET /v1/shops/{shop}/export.ndjson`: all that can be read of a shop's reviews, a line each.
pub(super) async fn export_lines(req: HttpRequest, shops: web::Data<Shops>) -> Answer {
    export(&req, &shops, Form::Lines).await
}

/// `GET /v1/shops/{shop}/export.csv`: the same as a table.
pub(super) async fn export_table(req: HttpRequest, shops: web::Data<Shops>) -> Answer {
    export(&req, &shops, Form::Table).await
}

/// `GET /v1/shops/{shop}/google-product-reviews.xml`.
pub(super) async fn read_google_feed(req: HttpRequest, shops: web::Data<Shops>) -> Answer {
    let entry = entry(&shops, req.match_info().get("shop").unwrap_or_default()).await?;
    let place = streams::place(&req)?;
    let ctx = shops.context();
    let manner = Manner {
        content_type: "application/xml; charset=utf-8",
        cache_control: "public, max-age=600",
        file: Some(format!("google-product-reviews-{}.xml", entry.shop.domain)),
    };
    Ok(answer(ctx, place, Google::new(entry.shop.clone(), ctx.links().clone()), &manner))
}

/// `GET /sitemaps/{list}/{from}.xml`: one part of a list of addresses.
pub(super) async fn read_sitemap(req: HttpRequest, ctx: web::Data<Context>) -> Answer {
    let part = |name| req.match_info().get(name).unwrap_or_default();
    let from = Part::parse(part("list"), part("from")).ok_or_else(|| Problem::not_found("sitemap"))?;
    let place = streams::place(&req)?;
    let manner =
        Manner { content_type: "application/xml; charset=utf-8", cache_control: "public, max-age=600", file: None };
    Ok(answer(&ctx, place, Sitemap::new(from, ctx.links().clone(), ROWS), &manner))
}
