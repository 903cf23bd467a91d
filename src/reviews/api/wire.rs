//! What everybody reads as JSON: one review, and the list of a shop's.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde::Serialize;

use crate::kernel::domain::ShopRef;
use crate::kernel::id::ReviewId;
use crate::merchants::Shops;
use crate::problem::{Code, Problem};
use crate::reviews::list::{self, BadParam, ListParams};
use crate::reviews::public::{self, PublicEntry, Tombstone};

/// `GET /v1/reviews/{id}`: the review with its dialogue and history; 410 with date, reason and by whom where it is gone.
pub(super) async fn read_review(shops: web::Data<Shops>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id = ReviewId::parse(&id).map_err(|_unparsed| Problem::not_found("review"))?;
    match shops.context().db().read(move |conn| public::find(conn, id)).await? {
        Some(PublicEntry::Review(review)) => Ok(HttpResponse::Ok().json(review)),
        Some(PublicEntry::Tombstone(stone)) => Err(gone(&stone)),
        None => Err(Problem::not_found("review")),
    }
}

fn gone(stone: &Tombstone) -> Problem {
    let detail = match stone.restriction() {
        Some(_) => "The operator restricted this review.",
        None => "The author erased this review.",
    };
    Problem::new(Code::Gone, detail)
        .with("id", stone.id.to_string())
        .with("shop", stone.shop.to_string())
        .with("published_at", stone.published_at.to_string())
        .with("date", stone.date.to_string())
        .with("reason", stone.reason)
        .with("by", stone.by)
}

/// A page of a list on the wire.
#[derive(Serialize)]
struct Page {
    /// Reviews and tombstones.
    reviews: Vec<PublicEntry>,
    /// The cursor of the next page; `null` on the last.
    next: Option<String>,
}

/// `GET /v1/shops/{shop}/reviews`: the list, with filters, order and an opaque cursor; `Link: rel="next"` repeats it.
pub(super) async fn list_reviews(
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
    let page = shops.context().db().read(move |conn| list::list(conn, id, &query)).await?;
    let mut answer = HttpResponse::Ok();
    if let Some(next) = &page.next {
        let url = format!("{}?{}", shops.context().links().api_reviews(&*shop), params.following(next));
        answer.insert_header((header::LINK, format!("<{url}>; rel=\"next\"")));
    }
    Ok(answer.json(Page { reviews: page.entries, next: page.next }))
}

fn refused(bad: BadParam) -> Problem {
    let code = if bad.name == "cursor" { Code::InvalidCursor } else { Code::InvalidFilter };
    Problem::new(code, format!("`{}` cannot be read: {}.", bad.name, bad.detail)).with("parameter", bad.name)
}
