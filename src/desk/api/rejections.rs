//! The webhooks of a shop that were refused, and why: the last hundred, newest first, without bodies.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::http::{self, Audience, Method, RouteTable};
use crate::merchants::api::ShopBearer;
use crate::merchants::{Shops, rejections};
use crate::problem::Problem;

/// Adds the routes of this subject.
pub(super) fn routes(table: &mut RouteTable) {
    table.add(Method::GET, "/v1/shops/{shop}/rejected-webhooks", "list_rejected_webhooks", Audience::Private, || {
        web::get().to(list_rejected_webhooks)
    });
}

/// What was refused, as far as it is written down: a second may pass until it is.
async fn list_rejected_webhooks(
    req: HttpRequest,
    shops: web::Data<Shops>,
    bearer: ShopBearer,
) -> Result<HttpResponse, Problem> {
    let shop = bearer.shop();
    let rejected = shops.context().db().read(move |conn| rejections::list(conn, shop)).await?;
    http::listed(&req, &rejected, None)
}
