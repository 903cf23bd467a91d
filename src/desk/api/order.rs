//! One order of a shop with everything that happened: its events, the moves, and the life of its mails, in one line of time.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::context::Context;
use crate::http::{self, Audience, Method, RouteTable};
use crate::invitations;
use crate::kernel::id::OrderId;
use crate::links::path;
use crate::mail::returned::Returned;
use crate::mail::{Attempt, Logged};
use crate::merchants::api::ShopBearer;
use crate::orders::timeline::Entry;
use crate::orders::view;
use crate::problem::Problem;

/// Adds the route of this subject.
pub(super) fn routes(table: &mut RouteTable) {
    table.add(Method::GET, path::V1_ORDER, "read_order", Audience::Private, || web::get().to(read_order));
}

async fn read_order(
    req: HttpRequest,
    ctx: web::Data<Context>,
    bearer: ShopBearer,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let shop = bearer.shop();
    http::count_shop(&req, shop.as_bytes())?;
    let (_, id) = path.into_inner();
    let id = id.parse::<OrderId>().map_err(|_error| Problem::not_found("order"))?;
    let keyring = ctx.keyring().clone();
    let read = move |conn: &mut crate::db::Connection| {
        let Some(order) = view::detail(conn, &keyring, shop, id)? else { return Ok(None) };
        let mails = invitations::mails_of(conn, shop, id)?;
        Ok(Some(order.with(mails.into_iter().flat_map(|(kind, mail)| life(kind, mail)))))
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
