//! `/s/{code}` and `/shops/{domain}/qr.svg|png`.

use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};

use super::{KEPT, code, side};
use crate::badges::Pictures;
use crate::context::Context;
use crate::http::stored::Stored;
use crate::http::{Audience, RouteTable};
use crate::kernel::domain::ShopRef;
use crate::kernel::short::ShortCode;
use crate::links::path;
use crate::merchants::{self, Shops};
use crate::problem::Problem;

/// Registers the short way and its picture.
pub(crate) fn routes(table: &mut RouteTable) {
    table.add(Method::GET, path::SHORT, "follow_short_link", Audience::Page, || web::get().to(follow_short_link));
    table.add(Method::GET, path::QR, "read_qr", Audience::Cached, || web::get().to(read_qr));
    table.add(Method::GET, path::QR_PNG, "read_qr_png", Audience::Cached, || web::get().to(read_qr_png));
}

type Answer = Result<HttpResponse, Problem>;

/// `GET /s/{code}`: to the profile, wherever the shop's domain put it. Not for ever: a domain may change.
async fn follow_short_link(ctx: web::Data<Context>, code: web::Path<String>) -> Answer {
    let code = ShortCode::parse(&code).ok_or_else(|| Problem::not_found("shop"))?;
    let shop = ctx.db().read(move |conn| merchants::find_by_code(conn, &code)).await?;
    let shop = shop.ok_or_else(|| Problem::not_found("shop"))?;
    let mut answer = HttpResponse::Found();
    answer.insert_header((header::LOCATION, ctx.links().profile(&shop.domain)));
    Ok(answer.insert_header((header::CACHE_CONTROL, "public, max-age=3600")).finish())
}

/// `GET /shops/{domain}/qr.svg?size=`.
async fn read_qr(req: HttpRequest, shops: web::Data<Shops>) -> Answer {
    Ok(drawing(&req, &shops).await?.answer(&req))
}

/// `GET /shops/{domain}/qr.png?size=`.
async fn read_qr_png(req: HttpRequest, shops: web::Data<Shops>, pictures: web::Data<Pictures>) -> Answer {
    let svg = drawing(&req, &shops).await?;
    Ok(pictures.of(&svg, 1, KEPT).await?.answer(&req))
}

async fn drawing(req: &HttpRequest, shops: &Shops) -> Result<Stored, Problem> {
    let nobody = || Problem::not_found("shop");
    let name = ShopRef::parse(req.match_info().get("domain").unwrap_or_default()).map_err(|_unparsed| nobody())?;
    let entry = shops.find(&name).await?.ok_or_else(nobody)?;
    let side = side(req.query_string().split('&').find_map(|pair| pair.strip_prefix("size=")));
    code(shops.context().links(), entry.shop.id, side)
        .ok_or_else(|| Problem::internal("no QR code holds the short link"))
}
