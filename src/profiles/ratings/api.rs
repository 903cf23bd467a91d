//! `GET` and `POST /v1/shops/{shop}/ratings`: the same answer; the first can be cached, the second takes any SKU.

use actix_web::http::{Method, header};
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};

use crate::http::{Audience, RouteTable, StrictJson};
use crate::kernel::domain::ShopRef;
use crate::kernel::id::ShopId;
use crate::links::path;
use crate::merchants::Shops;
use crate::problem::{Code, Problem};

use super::{MOST, Rating, ratings};

/// Registers both.
pub(crate) fn routes(table: &mut RouteTable) {
    table.add(Method::GET, path::V1_RATINGS, "read_ratings", Audience::Public, || web::get().to(read_ratings));
    table.add(Method::POST, path::V1_RATINGS, "ask_ratings", Audience::Public, || web::post().to(ask_ratings));
}

#[derive(Deserialize)]
struct Params {
    /// With commas between them.
    skus: String,
}

#[derive(Deserialize)]
struct Asked {
    skus: Vec<String>,
}

#[derive(Serialize)]
struct Ratings {
    shop: ShopId,
    data: Vec<Rating>,
}

/// `GET /v1/shops/{shop}/ratings?skus=a,b`.
async fn read_ratings(
    shops: web::Data<Shops>,
    shop: web::Path<String>,
    params: web::Query<Params>,
) -> Result<HttpResponse, Problem> {
    let skus: Vec<String> = params.skus.split(',').filter(|sku| !sku.is_empty()).map(str::to_owned).collect();
    let wrong = |detail| Problem::new(Code::InvalidFilter, detail).with("parameter", "skus");
    let skus = check(skus).map_err(wrong)?;
    let body = answer(&shops, &shop, skus).await?;
    let briefly = (header::CACHE_CONTROL, "public, max-age=10, stale-while-revalidate=60");
    Ok(HttpResponse::Ok().insert_header(briefly).json(body))
}

/// `POST /v1/shops/{shop}/ratings`. It changes nothing: the body only carries what an address could not.
async fn ask_ratings(
    shops: web::Data<Shops>,
    shop: web::Path<String>,
    body: StrictJson<Asked>,
) -> Result<HttpResponse, Problem> {
    let skus = check(body.0.skus).map_err(|detail| Problem::new(Code::InvalidField, detail).at("/skus"))?;
    let body = answer(&shops, &shop, skus).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(body))
}

fn check(skus: Vec<String>) -> Result<Vec<String>, String> {
    if skus.len() > MOST {
        return Err(format!("At most {MOST} products in one call; {} were named.", skus.len()));
    }
    if skus.iter().any(|sku| sku.contains('\0')) {
        return Err("A SKU has no NUL.".to_owned());
    }
    Ok(skus)
}

async fn answer(shops: &Shops, shop: &str, skus: Vec<String>) -> Result<Ratings, Problem> {
    let no_shop = || Problem::not_found("shop");
    let name = ShopRef::parse(shop).map_err(|_no_name| no_shop())?;
    let entry = shops.find(&name).await?.ok_or_else(no_shop)?;
    let id = entry.shop.id;
    let data = shops.context().db().read(move |conn| ratings(conn, id, &skus)).await?;
    Ok(Ratings { shop: id, data })
}
