//! The shop's side of the dialogue: what waits for an answer, and its public reply. A reply never changes a review.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::http::{self, Audience, Method, RouteTable, StrictJson};
use crate::kernel::id::ReviewId;
use crate::kernel::page::PageLimit;
use crate::kernel::text::{clean_paragraphs, has_nul};
use crate::merchants::Shops;
use crate::merchants::api::{ShopBearer, ShopWriter, Then};
use crate::problem::{Code, Problem};
use crate::reviews::inbox::{self, Asked};
use crate::reviews::model::{Reply, Status, TEXT_MAX};
use crate::reviews::reply::{self, Replied, Withdrawn};

type Answer = Result<HttpResponse, Problem>;

/// Adds the routes of this subject.
pub(super) fn routes(table: &mut RouteTable) {
    const REPLY: &str = "/v1/shops/{shop}/reviews/{id}/reply";
    table.add(Method::GET, "/v1/shops/{shop}/inbox", "read_inbox", Audience::Private, || web::get().to(read_inbox));
    table.add(Method::PUT, REPLY, "put_reply", Audience::Write, || web::put().to(put_reply));
    table.add(Method::DELETE, REPLY, "withdraw_reply", Audience::Write, || web::delete().to(withdraw_reply));
}

#[derive(Deserialize)]
struct Query {
    unanswered: Option<String>,
    sort: Option<String>,
    cursor: Option<String>,
    limit: Option<String>,
}

impl Query {
    fn asked(&self) -> Result<Asked, Problem> {
        let refused = |detail: String| Problem::new(Code::InvalidFilter, detail);
        let limit = self.limit.as_deref().map(PageLimit::parse).transpose();
        let asked = Asked {
            unanswered: match self.unanswered.as_deref() {
                None | Some("true") => true,
                Some("false") => false,
                Some(_) => return Err(refused("`unanswered` is true or false.".to_owned())),
            },
            oldest_first: match self.sort.as_deref() {
                None | Some("newest") => false,
                Some("oldest") => true,
                Some(_) => return Err(refused("`sort` is newest or oldest.".to_owned())),
            },
            limit: limit.map_err(|error| refused(format!("{error}.")))?.unwrap_or_default(),
            after: None,
        };
        match &self.cursor {
            None => Ok(asked),
            Some(cursor) => {
                asked.after_cursor(cursor).map_err(|error| Problem::new(Code::InvalidCursor, format!("{error}.")))
            }
        }
    }
}

/// Reviews of the shop and of its products with their order numbers; unless asked otherwise, those without a reply.
async fn read_inbox(
    req: HttpRequest,
    shops: web::Data<Shops>,
    Then(bearer, query): Then<ShopBearer, web::Query<Query>>,
) -> Answer {
    let (shop, asked) = (bearer.shop(), query.asked()?);
    let page = shops.context().db().read(move |conn| inbox::inbox(conn, shop, asked)).await?;
    let links = shops.context().links();
    let reviews: Vec<_> = page.reviews.into_iter().map(|received| received.with_links(links)).collect();
    http::listed(&req, &reviews, page.next.as_deref())
}

#[derive(Deserialize)]
struct NewReply {
    text: String,
}

fn words(body: &NewReply) -> Result<String, Problem> {
    let long = body.text.chars().count() > TEXT_MAX;
    let clean = clean_paragraphs(&body.text, TEXT_MAX).value;
    if long || clean.is_empty() || has_nul(&clean) {
        return Err(Problem::new(Code::InvalidField, format!("A reply has 1 to {TEXT_MAX} characters.")).at("/text"));
    }
    Ok(clean)
}

fn review_id(path: &(String, String)) -> Result<ReviewId, Problem> {
    ReviewId::parse(&path.1).map_err(|_unparsed| Problem::not_found("review"))
}

fn shown(reply: &Reply) -> serde_json::Value {
    json!({
        "id": reply.id, "review": reply.review, "version": reply.version,
        "text": reply.stands().then_some(&reply.text), "created_at": reply.created_at,
        "changed_at": reply.changed_at, "withdrawn_at": reply.withdrawn_at,
    })
}

/// Publishes the reply, or a new version of it; the customer is told and may answer.
async fn put_reply(
    shops: web::Data<Shops>,
    Then(writer, body): Then<ShopWriter, StrictJson<NewReply>>,
    path: web::Path<(String, String)>,
) -> Answer {
    let (review, text) = (review_id(&path)?, words(&body.0)?);
    let (ctx, entry) = (shops.context().clone(), writer.entry);
    let done = shops.context().db().write(move |tx| reply::reply(tx, &ctx, &entry.shop, review, &text)).await?;
    match done {
        Replied::Created(reply) => Ok(http::json_status(201, &shown(&reply))),
        Replied::Edited(reply) | Replied::Unchanged(reply) => Ok(http::json(&shown(&reply))),
        Replied::NotPublished(status) => Err(gone(status)),
        Replied::NotFound => Err(Problem::not_found("review")),
    }
}

fn gone(status: Status) -> Problem {
    let detail = match status {
        Status::Erased => "Its author erased this review: there is nothing to reply to.",
        Status::Restricted => "The operator restricted this review: it takes no reply while it is out of view.",
        Status::Published => "This review takes no reply.",
    };
    Problem::new(Code::Gone, detail)
}

/// Takes the words of the reply away; that there was one, and when, stays.
async fn withdraw_reply(shops: web::Data<Shops>, writer: ShopWriter, path: web::Path<(String, String)>) -> Answer {
    let review = review_id(&path)?;
    let (ctx, entry) = (shops.context().clone(), writer.entry);
    match shops.context().db().write(move |tx| reply::withdraw_reply(tx, &ctx, &entry.shop, review)).await? {
        Withdrawn::Done(reply) | Withdrawn::Already(reply) => Ok(http::json(&shown(&reply))),
        Withdrawn::NotFound => Err(Problem::not_found("reply")),
    }
}
