//! `/u/{token}`: leaving the list, from a mail, or being asked a week later. GET asks and changes nothing; a POST of whatever
//! body, also none, is the one click that mail programs make (RFC 8058), answered with a page, never a redirect.

use actix_web::{HttpRequest, HttpResponse, web};

use super::bearer::{self, bearer};
use super::later::{AskedLater, ask_later, may_ask_later};
use super::model::Bearer;
use super::pages::{self, LaterOutcome, LaterPage, UnsubscribePage, UnsubscribedPage};
use super::suppress::{Stopped, resubscribe, stopped, unsubscribe};
use crate::context::Context;
use crate::http::{self, Audience, Method, RouteTable};
use crate::kernel::locale::Language;
use crate::links::{path, person};
use crate::look::page::Frame;
use crate::look::{self, Broken};
use crate::problem::{Code, Problem};
use crate::sign::token::Purpose;
use crate::{merchants, orders};

/// The routes of this room.
pub fn routes(table: &mut RouteTable) {
    table.add(Method::GET, path::UNSUBSCRIBE, "show_unsubscribe", Audience::Personal, || {
        web::get().to(show_unsubscribe)
    });
    table.add(Method::POST, path::UNSUBSCRIBE, "unsubscribe", Audience::Personal, || web::post().to(post_unsubscribe));
    table.add(Method::POST, path::RESUBSCRIBE, "resubscribe", Audience::Personal, || web::post().to(post_resubscribe));
    table.add(Method::POST, person::path::ASK_LATER, "ask_later", Audience::Personal, || web::post().to(post_later));
}

/// Who holds the link, and how to speak to them.
struct Reader {
    bearer: Bearer,
    shop_name: String,
    language: Language,
}

async fn show_unsubscribe(
    req: HttpRequest,
    ctx: web::Data<Context>,
    token: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let reader = read(&req, &ctx, &token).await?;
    ask(&ctx, &token, reader).await
}

async fn post_unsubscribe(
    req: HttpRequest,
    ctx: web::Data<Context>,
    token: web::Path<String>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let reader = read(&req, &ctx, &token).await?;
    let (now, everywhere, bearer) = (ctx.now(), wants_everywhere(&body), reader.bearer.clone());
    ctx.db().write(move |tx| unsubscribe(tx, &bearer, everywhere, now)).await?;
    let reach = if everywhere { pages::Reach::Instance } else { pages::Reach::Shop };
    let here = ctx.links().unsubscribe(&*token);
    let page = UnsubscribedPage {
        frame: Frame::fixed(reader.language, &ctx.links().base().to_string(), &here),
        shop_name: reader.shop_name,
        reach,
        undo_action: Some(ctx.links().resubscribe(&*token)),
    };
    answer(look::render(&page))
}

async fn post_resubscribe(
    req: HttpRequest,
    ctx: web::Data<Context>,
    token: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let reader = read(&req, &ctx, &token).await?;
    let bearer = reader.bearer.clone();
    ctx.db().write(move |tx| resubscribe(tx, &bearer)).await?;
    ask(&ctx, &token, reader).await
}

async fn post_later(
    req: HttpRequest,
    ctx: web::Data<Context>,
    token: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let reader = read(&req, &ctx, &token).await?;
    let (inside, bearer, now) = ((**ctx).clone(), reader.bearer.clone(), ctx.now());
    let (outcome, at) = match ctx.db().write(move |tx| ask_later(tx, &inside, &bearer, now)).await? {
        AskedLater::At(due) => (LaterOutcome::Done, Some(due)),
        AskedLater::Already(wish) => (LaterOutcome::Already, wish.next),
        AskedLater::PastWindow(until) => (LaterOutcome::TooLate, Some(until)),
        AskedLater::NothingPlanned => (LaterOutcome::Nothing, None),
    };
    let back_url = ctx.links().unsubscribe(&*token);
    let frame = Frame::fixed(reader.language, &ctx.links().base().to_string(), &back_url);
    answer(look::render(&LaterPage { frame, outcome, at, back_url }))
}

/// The question, as things stand.
async fn ask(ctx: &Context, token: &str, reader: Reader) -> Result<HttpResponse, Problem> {
    let (inside, bearer) = (ctx.clone(), reader.bearer.clone());
    let read = ctx.db().read(move |conn| {
        let later = may_ask_later(conn, &inside, &bearer, inside.now())?;
        Ok((stopped(conn, &bearer)?, later))
    });
    let (stopped, later) = read.await?;
    let here = ctx.links().unsubscribe(token);
    let stops = stopped.for_good || reach_of(stopped).is_some();
    let page = UnsubscribePage {
        frame: Frame::new(reader.language, &ctx.links().base().to_string(), &here),
        shop_name: reader.shop_name,
        action: here,
        stopped: reach_of(stopped),
        for_good: stopped.for_good,
        undo_action: reach_of(stopped).map(|_reach| ctx.links().resubscribe(token)),
        deferred: if let AskedLater::Already(wish) = later { Some(wish).filter(|_wish| !stops) } else { None },
        later: if let AskedLater::At(due) = later { Some(due) } else { None },
        later_action: ctx.links().ask_later(token),
    };
    answer(look::render(&page))
}

fn reach_of(stopped: Stopped) -> Option<pages::Reach> {
    match stopped {
        Stopped { everywhere: true, .. } => Some(pages::Reach::Instance),
        Stopped { here: true, .. } => Some(pages::Reach::Shop),
        _ => None,
    }
}

/// The link's holder. Whatever is wrong with a link, the answer is one, and it counts against the address that sent it.
async fn read(req: &HttpRequest, ctx: &Context, token: &str) -> Result<Reader, Problem> {
    let now = ctx.now();
    let known = bearer::check(ctx.keyring(), token, Purpose::Unsubscribe, now).is_some();
    let found = if known { look_up(ctx, token.to_owned()).await? } else { None };
    let Some(mut reader) = found else {
        http::count_wrong_token(req)?;
        return Err(Problem::new(Code::LinkUnknown, "This link is incomplete, was not made here or has expired."));
    };
    if let Some(chosen) = chosen_language(req) {
        reader.language = chosen;
    }
    Ok(reader)
}

async fn look_up(ctx: &Context, token: String) -> Result<Option<Reader>, Problem> {
    let inside = ctx.clone();
    let found = ctx.db().read(move |conn| {
        let Some(bearer) = bearer(conn, inside.keyring(), &token, Purpose::Unsubscribe, inside.now())? else {
            return Ok(None);
        };
        let Some(shop) = merchants::load(conn, bearer.shop_id)? else { return Ok(None) };
        let order = orders::find(conn, bearer.shop_id, bearer.order_id)?;
        let locale = order.and_then(|order| order.fold.locale()).unwrap_or(shop.locale);
        Ok(Some(Reader { bearer, shop_name: shop.name, language: locale.language() }))
    });
    Ok(found.await?)
}

/// `?lang=it`, as the page's own switch sends it.
fn chosen_language(req: &HttpRequest) -> Option<Language> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(req.query_string()).ok()?;
    pairs.iter().find(|(key, _)| key == "lang").and_then(|(_, tag)| Language::of_tag(tag))
}

/// Whether the form asked for the whole instance. Anything that is not this form means this shop.
fn wants_everywhere(body: &[u8]) -> bool {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(body).unwrap_or_default();
    pairs.iter().any(|(key, value)| key == "reach" && value == "instance")
}

fn answer(page: Result<String, Broken>) -> Result<HttpResponse, Problem> {
    page.map(http::page).map_err(Problem::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_form_itself_reaches_further_than_the_shop() {
        assert!(wants_everywhere(b"reach=instance"));
        for body in
            [&b""[..], b"List-Unsubscribe=One-Click", b"reach=shop", b"{\"reach\":\"instance\"}", b"\xff\xfe=%%%"]
        {
            assert!(!wants_everywhere(body), "{body:?}");
        }
    }
}
