//! The mails of a shop, each with its life: waiting for its time, every attempt and what the mail server said, sent, and what came back.
//! Addresses are masked; bodies and addresses are not kept, so they cannot be shown.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::db::Connection;
use crate::desk::mails::{self, MessageView, Place};
use crate::http::{self, Audience, Method, RouteTable};
use crate::kernel::page::{Cursor, PageLimit};
use crate::mail::Letters;
use crate::mail::waiting::Watch;
use crate::merchants::Shops;
use crate::merchants::api::{ShopBearer, Then};
use crate::problem::{Code, Problem};

/// Adds the routes of this subject.
pub(super) fn routes(table: &mut RouteTable) {
    const LIST: &str = "/v1/shops/{shop}/messages";
    table.add(Method::GET, LIST, "list_messages", Audience::Private, || web::get().to(list_messages));
}

#[derive(Deserialize)]
struct Query {
    cursor: Option<String>,
    limit: Option<String>,
}

impl Query {
    fn page(&self) -> Result<(Option<Place>, PageLimit), Problem> {
        let limit = self.limit.as_deref().map(PageLimit::parse).transpose();
        let limit = limit.map_err(|error| Problem::new(Code::InvalidFilter, format!("{error}.")))?.unwrap_or_default();
        let after = self.cursor.as_deref().map(Cursor::decode).transpose();
        let after = after.map_err(|error| Problem::new(Code::InvalidCursor, format!("{error}.")))?;
        Ok((after, limit))
    }
}

/// What waits first, then the newest first, a page at a time.
async fn list_messages(
    req: HttpRequest,
    shops: web::Data<Shops>,
    letters: web::Data<Letters>,
    Then(bearer, query): Then<ShopBearer, web::Query<Query>>,
) -> Result<HttpResponse, Problem> {
    let (shop, (after, limit)) = (bearer.shop(), query.page()?);
    let watch = Watch { ctx: shops.context().clone(), letters: Letters::clone(&letters) };
    let read = move |conn: &mut Connection| mails::listed(conn, &watch, shop, after, limit.probe());
    let mut listed = shops.context().db().read(read).await?;
    let more = limit.cut(&mut listed);
    let next = listed.last().filter(|_| more).map(|(place, _)| Cursor::encode(place));
    let messages: Vec<MessageView> = listed.into_iter().map(|(_, message)| message).collect();
    http::listed(&req, &messages, next.as_deref())
}
