//! Reviews of products: in numbers, by page, many at once.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};

use super::{of_unit, shaped, stored};
use crate::compat::ask::{Ask, too_deep};
use crate::compat::products;
use crate::context::Context;
use crate::http::{RawBody, json};
use crate::problem::{Code, Problem};
use crate::reviews::numbered::numbered;

/// `product-reviews/business-units/{id}?sku=`.
pub(super) async fn compat_read_product_summary(req: HttpRequest, ctx: web::Data<Context>) -> HttpResponse {
    let read = async {
        let ask = Ask::of(req.query_string());
        let skus = products::readable(ask.many("sku")).map_err(as_filter)?;
        if skus.is_empty() {
            ask.needed("sku")?;
        }
        let summary = of_unit(&req, &ctx, move |conn, shop, links| products::summary(conn, shop, &skus, links));
        stored(&req, &summary.await?)
    };
    shaped(read.await)
}

/// A bad value of the query rather than of a body.
fn as_filter(problem: Problem) -> Problem {
    Problem::new(Code::InvalidFilter, problem.detail())
}

/// `product-reviews/business-units/{id}/reviews?sku=`.
pub(super) async fn compat_list_product_reviews(req: HttpRequest, ctx: web::Data<Context>) -> HttpResponse {
    let list = async {
        let ask = Ask::of(req.query_string());
        let sku = products::readable(vec![ask.needed("sku")?.to_owned()]).map_err(as_filter)?.concat();
        let (_, query) = ask.reviews(&sku)?;
        let read = of_unit(&req, &ctx, move |conn, shop, links| {
            let all = numbered(conn, shop.id, &query)?;
            Ok(all.map(|all| products::reviews(all, shop, links)))
        });
        stored(&req, &read.await?.ok_or_else(too_deep)?)
    };
    shaped(list.await)
}

/// `product-reviews/business-units/{id}/batch-summaries`.
pub(super) async fn compat_read_batch_summaries(
    req: HttpRequest,
    ctx: web::Data<Context>,
    body: Result<RawBody, Problem>,
) -> HttpResponse {
    let read = async {
        json::require_json(&req)?;
        let batch: products::Batch = json::parse_as(&body?.0)?;
        let skus = products::readable(batch.skus)?;
        let summaries = of_unit(&req, &ctx, move |conn, shop, links| products::summaries(conn, shop, skus, links));
        Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(summaries.await?))
    };
    shaped(read.await)
}
