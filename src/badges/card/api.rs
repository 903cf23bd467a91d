//! `…/card.png` below a profile, a product and a review: for the crawlers of messengers and networks, cross-origin, without
//! cookies.

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};

use super::{About, Drawing};
use crate::badges::Pictures;
use crate::context::Context;
use crate::http::{Audience, RouteTable};
use crate::kernel::domain::ShopRef;
use crate::kernel::id::ReviewId;
use crate::kernel::locale::Language;
use crate::links::path;
use crate::look::raster;
use crate::problem::{Code, Problem};

/// Registers the cards.
pub(crate) fn routes(table: &mut RouteTable) {
    table.add(Method::GET, path::SHOP_CARD, "read_shop_card", Audience::Cached, || web::get().to(read_shop_card));
    table.add(Method::GET, path::PRODUCT_CARD, "read_product_card", Audience::Cached, || {
        web::get().to(read_product_card)
    });
    table.add(Method::GET, path::REVIEW_CARD, "read_review_card", Audience::Cached, || web::get().to(read_review_card));
}

/// As long as a picture may be wrong where it is kept by others; whoever made it anew has another address for it.
const KEPT: &str = "public, max-age=60, stale-while-revalidate=600";

type Answer = Result<HttpResponse, Problem>;

/// `GET /shops/{domain}/card.png`.
async fn read_shop_card(req: HttpRequest, ctx: web::Data<Context>, pictures: web::Data<Pictures>) -> Answer {
    let shop = shop(&req)?;
    card(&req, &ctx, &pictures, About::Shop(shop)).await
}

/// `GET /shops/{domain}/products/{sku}/card.png`.
async fn read_product_card(
    req: HttpRequest,
    ctx: web::Data<Context>,
    pictures: web::Data<Pictures>,
    at: web::Path<(String, String)>,
) -> Answer {
    let (_, sku) = at.into_inner();
    if sku.is_empty() || sku.contains('\0') {
        return Err(Problem::not_found("product"));
    }
    let shop = shop(&req)?;
    card(&req, &ctx, &pictures, About::Product(shop, sku)).await
}

/// `GET /reviews/{id}/card.png`: 410 once the review was erased or restricted.
async fn read_review_card(req: HttpRequest, ctx: web::Data<Context>, pictures: web::Data<Pictures>) -> Answer {
    let id = req.match_info().get("id").unwrap_or_default();
    let id = ReviewId::parse(id).map_err(|_unparsed| Problem::not_found("review"))?;
    card(&req, &ctx, &pictures, About::Review(id)).await
}

fn shop(req: &HttpRequest) -> Result<ShopRef, Problem> {
    ShopRef::parse(req.match_info().get("domain").unwrap_or_default()).map_err(|_unparsed| Problem::not_found("shop"))
}

async fn card(req: &HttpRequest, ctx: &Context, pictures: &Pictures, about: About) -> Answer {
    if !raster::BUILT {
        return Err(Problem::not_found("picture"));
    }
    let language = req.query_string().split('&').find_map(|pair| pair.strip_prefix("lang="));
    let (inner, language) = (ctx.clone(), language.and_then(Language::of_tag));
    match ctx.db().read(move |conn| super::of(conn, &inner, &about, language)).await? {
        Drawing::Card(svg) => Ok(pictures.of(&svg, 1, KEPT).await?.answer(req)),
        Drawing::Gone => Err(Problem::new(Code::Gone, "The review was erased or restricted: it has no picture.")),
        Drawing::Nothing => Err(Problem::not_found("picture")),
    }
}
