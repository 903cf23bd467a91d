//! One order of a shop with everything that happened, its events, the moves, and the life of its mails, in one line of time; and the mails
//! themselves, those that wait too.

use actix_web::{HttpRequest, HttpResponse, web};

use serde::Serialize;

use crate::context::Context;
use crate::desk::mails::{self, MessageView};
use crate::http::{self, Audience, Method, RouteTable};
use crate::invitations;
use crate::kernel::id::OrderId;
use crate::links::path;
use crate::mail::returned::Returned;
use crate::mail::waiting::Watch;
use crate::mail::{Attempt, Letters, Logged};
use crate::merchants::api::ShopBearer;
use crate::orders::timeline::Entry;
use crate::orders::view::{self, OrderDetail};
use crate::problem::Problem;

/// Adds the route of this subject.
pub(super) fn routes(table: &mut RouteTable) {
    table.add(Method::GET, path::V1_ORDER, "read_order", Audience::Private, || web::get().to(read_order));
}

/// The order, and its mails.
#[derive(Serialize)]
struct WholeOrder {
    #[serde(flatten)]
    order: OrderDetail,
    messages: Vec<MessageView>,
}

async fn read_order(
    req: HttpRequest,
    ctx: web::Data<Context>,
    letters: web::Data<Letters>,
    bearer: ShopBearer,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let shop = bearer.shop();
    http::count_shop(&req, shop.as_bytes())?;
    let (_, id) = path.into_inner();
    let id = id.parse::<OrderId>().map_err(|_error| Problem::not_found("order"))?;
    let watch = Watch { ctx: Context::clone(&ctx), letters: Letters::clone(&letters) };
    let read = move |conn: &mut crate::db::Connection| {
        let Some(order) = view::detail(conn, watch.ctx.keyring(), shop, id)? else { return Ok(None) };
        let mails = invitations::mails_of(conn, shop, id)?;
        let order = order.with(mails.into_iter().flat_map(|(kind, mail)| life(kind, mail)));
        Ok(Some(WholeOrder { order, messages: mails::of_order(conn, &watch, shop, id)? }))
    };
    let order = ctx.db().read(read).await?.ok_or_else(|| Problem::not_found("order"))?;
    Ok(http::private(http::json(&order)))
}

/// What happened to one mail, attempt by attempt, and what came back.
fn life(kind: &'static str, mail: Logged) -> Vec<Entry> {
    let id = mail.id;
    let attempts = mail.attempts.into_iter().map(|Attempt { at, outcome, code, reply, .. }| {
        let step = match outcome.as_str() {
            "sent" => "sent",
            "captured" => "captured",
            _ => "attempt",
        };
        Entry::Mail { at, message: id, mail: kind.to_owned(), step, code, reply }
    });
    let returns = mail.returned.into_iter().map(|Returned { at, kind: came, status, detail, .. }| {
        let reply = match status.filter(|status| !detail.contains(status.as_str())) {
            Some(status) => format!("{status} {detail}"),
            None => detail,
        };
        Entry::Mail { at, message: id, mail: kind.to_owned(), step: came.as_str(), code: None, reply }
    });
    attempts.chain(returns).collect()
}
