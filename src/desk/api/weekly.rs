//! `/weekly/{token}`: ending a shop's weekly mail, from the mail. GET asks and changes nothing; a POST of whatever body, also
//! none, is the one click that mail programs make (RFC 8058), answered with a page, never a redirect.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::context::Context;
use crate::desk::pages::WeeklyStopPage;
use crate::desk::weekly::stop;
use crate::http::{self, Audience, Method, RouteTable};
use crate::kernel::locale::Language;
use crate::links::path;
use crate::look;
use crate::look::page::Frame;
use crate::merchants::{self, Shop, WeeklyEnd, WeeklyStop};
use crate::problem::{Code, Problem};

/// Adds the routes of this subject.
pub(super) fn routes(table: &mut RouteTable) {
    const STOP: &str = path::WEEKLY_STOP;
    table.add(Method::GET, STOP, "show_weekly_stop", Audience::Personal, || web::get().to(show_weekly_stop));
    table.add(Method::POST, STOP, "stop_weekly_mail", Audience::Personal, || web::post().to(stop_weekly_mail));
}

async fn show_weekly_stop(
    req: HttpRequest,
    ctx: web::Data<Context>,
    token: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let shop = open(&req, &ctx, &token).await?;
    let here = ctx.links().weekly_stop(&*token);
    let frame = Frame::new(language(&req, &shop), &ctx.links().base().to_string(), &here);
    let ask = (frame, Some(here).filter(|_| shop.weekly_mail));
    Ok(http::page(look::render(&page(shop, ask))?))
}

async fn stop_weekly_mail(
    req: HttpRequest,
    ctx: web::Data<Context>,
    token: web::Path<String>,
    _body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let shop = open(&req, &ctx, &token).await?;
    let (id, why) = (shop.id, WeeklyStop { reason: WeeklyEnd::Unsubscribed, at: ctx.now() });
    ctx.db().write(move |tx| stop::stop(tx, id, why)).await?;
    let here = ctx.links().weekly_stop(&*token);
    let frame = Frame::fixed(language(&req, &shop), &ctx.links().base().to_string(), &here);
    Ok(http::page(look::render(&page(shop, (frame, None)))?))
}

/// The question, or that it is done, and why if it ended by itself.
fn page(shop: Shop, (frame, action): (Frame, Option<String>)) -> WeeklyStopPage {
    let ended = |why| action.is_none() && shop.weekly_stop.is_some_and(|stop| stop.reason == why);
    let (bounced, complained) = (ended(WeeklyEnd::HardBounce), ended(WeeklyEnd::Complaint));
    WeeklyStopPage { frame, shop_name: shop.name, action, bounced, complained }
}

/// The shop behind the link. Whatever is wrong with a link, the answer is one, and it counts against the address that
/// sent it.
async fn open(req: &HttpRequest, ctx: &Context, token: &str) -> Result<Shop, Problem> {
    let found = match stop::shop_behind(ctx, token) {
        Some(shop) => ctx.db().read(move |conn| merchants::load(conn, shop)).await?,
        None => None,
    };
    if found.is_none() {
        http::count_wrong_token(req)?;
    }
    found.ok_or_else(|| Problem::new(Code::LinkUnknown, "This link is incomplete, was not made here or has expired."))
}

/// `?lang=it`, as the page's own switch sends it, else the shop's own language.
fn language(req: &HttpRequest, shop: &Shop) -> Language {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(req.query_string()).unwrap_or_default();
    let chosen = pairs.iter().find(|(key, _)| key == "lang").and_then(|(_, tag)| Language::of_tag(tag));
    chosen.unwrap_or_else(|| shop.locale.language())
}
