//! Reviews of shops: the list by page, and one.

use actix_web::{HttpRequest, HttpResponse, web};

use super::{of_unit, segment, shaped, stored};
use crate::compat::ask::{Ask, Page, too_deep};
use crate::compat::{ids, reviews};
use crate::context::Context;
use crate::merchants;
use crate::problem::Problem;
use crate::reviews::numbered::numbered;
use crate::reviews::{PublicEntry, public};

/// `business-units/{id}/reviews`.
pub(super) async fn compat_list_reviews(req: HttpRequest, ctx: web::Data<Context>) -> HttpResponse {
    let list = async {
        let ask = Ask::of(req.query_string());
        let (page, query) = ask.reviews("")?;
        let next = ask.turned(Page { number: page.number.saturating_add(1), ..page });
        let read = of_unit(&req, &ctx, move |conn, shop, links| {
            let all = numbered(conn, shop.id, &query)?;
            Ok(all.map(|all| reviews::reviews((page.size, &next), all, shop, links)))
        });
        stored(&req, &read.await?.ok_or_else(too_deep)?)
    };
    shaped(list.await)
}

/// `reviews/{id}`: a review of a shop; 410 where it is gone.
pub(super) async fn compat_read_review(req: HttpRequest, ctx: web::Data<Context>) -> HttpResponse {
    let read = async {
        let name = segment(&req, "reviewId");
        let found = ctx.db().read(move |conn| {
            let Some(id) = ids::review(conn, &name)? else { return Ok(None) };
            let Some(entry) = public::find(conn, id)? else { return Ok(None) };
            let shop = merchants::load(conn, entry.shop())?;
            Ok(shop.map(|shop| (entry, shop)))
        });
        match found.await? {
            Some((PublicEntry::Review(review), shop)) if review.product.is_none() => {
                stored(&req, &reviews::review(*review, &shop, ctx.links()))
            }
            Some((PublicEntry::Tombstone(stone), _)) => Err(stone.problem()),
            Some(_) | None => Err(Problem::not_found("review")),
        }
    };
    shaped(read.await)
}
