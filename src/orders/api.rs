//! What a shop reads about its orders: `GET /v1/shops/{shop}/orders`. One order with its timeline is shown by the desk, which knows its
//! mails too.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::reason::Reason;
use super::state;
use super::store::list::Filter;
use super::view::{self, Asked};
use crate::context::Context;
use crate::http::{self, Audience, Method, RouteTable};
use crate::kernel::email::EmailAddress;
use crate::kernel::id::OrderId;
use crate::kernel::order_number::OrderNumber;
use crate::kernel::page::{Cursor, PageLimit};
use crate::kernel::time::Timestamp;
use crate::links::path;
use crate::merchants::api::ShopBearer;
use crate::problem::{Code, Problem};

/// Adds the routes of the room.
pub fn routes(table: &mut RouteTable) {
    table.add(Method::GET, path::V1_ORDERS, "list_orders", Audience::Private, || web::get().to(list_orders));
}

/// The parameters of the list, as they come.
#[derive(Debug, Default, Deserialize)]
struct Params {
    number: Option<String>,
    state: Option<String>,
    reason: Option<String>,
    email: Option<String>,
    from: Option<String>,
    to: Option<String>,
    cursor: Option<String>,
    limit: Option<String>,
}

async fn list_orders(
    req: HttpRequest,
    ctx: web::Data<Context>,
    bearer: ShopBearer,
    params: web::Query<Params>,
) -> Result<HttpResponse, Problem> {
    let shop = bearer.shop();
    http::count_shop(&req, shop.as_bytes())?;
    let asked = asked(&ctx, &params)?;
    let keyring = ctx.keyring().clone();
    let page = ctx.db().read(move |conn| view::list(conn, &keyring, shop, &asked)).await?;
    let next = page.last.map(|last| Cursor::encode(&last));
    Ok(http::private(http::listed(&req, &page.data, next.as_deref())?))
}

fn asked(ctx: &Context, params: &Params) -> Result<Asked, Problem> {
    let number = |text: &str| OrderNumber::parse(text).map_err(|error| format!("{error}"));
    let person = |text: &str| {
        EmailAddress::parse(text).map(|email| ctx.keyring().person(&email)).map_err(|error| format!("{error}"))
    };
    let time = |text: &str| Timestamp::parse(text).map_err(|error| format!("this is {error}"));
    let filter = Filter {
        number: read("number", params.number.as_deref(), number)?,
        state: read("state", params.state.as_deref(), known_state)?,
        reason: read("reason", params.reason.as_deref(), known_reason)?,
        person: read("email", params.email.as_deref(), person)?,
        from: read("from", params.from.as_deref(), time)?,
        to: read("to", params.to.as_deref(), time)?,
    };
    let limit =
        read("limit", params.limit.as_deref(), |text| PageLimit::parse(text).map_err(|error| format!("{error}")))?;
    let before = params.cursor.as_deref().map(Cursor::decode::<OrderId>).transpose();
    let before = before.map_err(|_error| {
        Problem::new(Code::InvalidCursor, "This cursor is not one of ours. Take it from `next`, unchanged.")
    })?;
    Ok(Asked { filter, before, limit: limit.unwrap_or_default() })
}

fn read<T>(
    name: &str,
    text: Option<&str>,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Result<Option<T>, Problem> {
    let refuse = |detail| {
        Problem::new(Code::InvalidFilter, format!("`{name}` cannot be read: {detail}.")).with("parameter", name)
    };
    text.map(parse).transpose().map_err(refuse)
}

fn known_state(word: &str) -> Result<String, String> {
    let known = state::WORDS.contains(&word);
    if known { Ok(word.to_owned()) } else { Err(format!("the states are {}", state::WORDS.join(", "))) }
}

fn known_reason(code: &str) -> Result<String, String> {
    let known = Reason::parse(code).map(|reason| reason.code().to_owned());
    known.ok_or_else(|| {
        format!("the reasons are {}", Reason::ALL.iter().map(|reason| reason.code()).collect::<Vec<_>>().join(", "))
    })
}
