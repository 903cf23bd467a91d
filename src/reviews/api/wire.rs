//! What everybody reads as JSON: one review, and the list of a shop's.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::http;
use crate::http::stored::{Manner, Stored};
use crate::kernel::domain::ShopRef;
use crate::kernel::id::ReviewId;
use crate::merchants::Shops;
use crate::problem::{Code, Problem};
use crate::reviews::list;
use crate::reviews::public::{self, PublicEntry, PublicReview};
use crate::reviews::{BadParam, ListParams};

/// `GET /v1/reviews/{id}`: the review with its dialogue and history; 410 with date, reason and by whom where it is gone.
pub(super) async fn read_review(
    req: HttpRequest,
    shops: web::Data<Shops>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = ReviewId::parse(&id).map_err(|_unparsed| Problem::not_found("review"))?;
    match shops.context().db().read(move |conn| public::find(conn, id)).await? {
        Some(PublicEntry::Review(review)) => stored(&req, &review.with_links(shops.context().links())),
        Some(PublicEntry::Tombstone(stone)) => Err(stone.problem()),
        None => Err(Problem::not_found("review")),
    }
}

/// Asked for again each time, as its page is.
const REVIEW: Manner = Manner {
    content_type: "application/json",
    cache_control: "public, no-cache",
    vary: "Accept-Encoding",
    language: None,
    policy: None,
};

fn stored(req: &HttpRequest, review: &PublicReview) -> Result<HttpResponse, Problem> {
    let bytes = serde_json::to_vec(review).map_err(Problem::internal)?;
    Ok(Stored::once(req, bytes, &REVIEW))
}

/// `GET /v1/shops/{shop}/reviews`: the list, with filters, order and an opaque cursor; `Link: rel="next"` repeats it.
pub(super) async fn list_reviews(
    req: HttpRequest,
    shops: web::Data<Shops>,
    shop: web::Path<String>,
    params: web::Query<ListParams>,
) -> Result<HttpResponse, Problem> {
    let found = match ShopRef::parse(&shop) {
        Ok(name) => shops.find(&name).await?,
        Err(_) => None,
    };
    let entry = found.ok_or_else(|| Problem::not_found("shop"))?;
    let params = params.into_inner();
    let query = params.read().map_err(refused)?;
    let id = entry.shop.id;
    let page = shops.context().db().read(move |conn| list(conn, id, &query)).await?;
    let links = shops.context().links();
    let entries: Vec<_> = page.entries.into_iter().map(|entry| entry.with_links(links)).collect();
    http::listed(&req, &entries, page.next.as_deref())
}

fn refused(bad: BadParam) -> Problem {
    let code = if bad.name == "cursor" { Code::InvalidCursor } else { Code::InvalidFilter };
    Problem::new(code, format!("`{}` cannot be read: {}.", bad.name, bad.detail)).with("parameter", bad.name)
}
