//! `/me/{token}`: what is stored about the holder of a link, as a page and as one file, and its end in two steps; and
//! `/privacy`, for everybody. A GET changes nothing; the token is never logged. A link that opens nothing shows the page of every such link,
//! which offers a fresh one.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};

use super::pages::PrivacyPage;
use super::scope::Scope;
use super::show::{self, Stage};
use super::stored::{self, Stored};
use super::{captured, erase};
use crate::context::Context;
use crate::http::{self, Audience, Method, RouteTable};
use crate::invitations;
use crate::kernel::locale::Language;
use crate::links::person::path;
use crate::look;
use crate::look::page::{Frame, View};
use crate::problem::{Code, Problem};
use crate::sign::token::Purpose;
use crate::{merchants, orders, reviews};

/// Registers every route of this door.
pub(crate) fn routes(table: &mut RouteTable) {
    table.add(Method::GET, path::MINE, "show_stored_data", Audience::Personal, || web::get().to(show_stored_data));
    table.add(Method::GET, path::MINE_JSON, "export_stored_data", Audience::Personal, || {
        web::get().to(export_stored_data)
    });
    table.add(Method::GET, path::MINE_ERASE, "confirm_erase_data", Audience::Personal, || {
        web::get().to(confirm_erase_data)
    });
    table.add(Method::POST, path::MINE_ERASE, "erase_data", Audience::Personal, || web::post().to(erase_data));
    table.add(Method::GET, path::PRIVACY, "show_privacy", Audience::Page, || web::get().to(show_privacy));
}

/// Who holds the link, what it opens, and how to speak to them.
struct Reader {
    scope: Scope,
    shop_name: String,
    language: Language,
}

async fn show_stored_data(
    req: HttpRequest,
    ctx: web::Data<Context>,
    token: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let Some((reader, stored)) = read(&req, &ctx, &token).await? else { return nothing(&req, &ctx, &token) };
    page(&show::mine(&stage(&ctx, &token, &reader), &stored))
}

async fn export_stored_data(
    req: HttpRequest,
    ctx: web::Data<Context>,
    token: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let Some((_, stored)) = read(&req, &ctx, &token).await? else {
        // A program wants to be told, a person to be helped.
        return if header(&req, &header::ACCEPT).contains("text/html") {
            nothing(&req, &ctx, &token)
        } else {
            Err(unknown())
        };
    };
    let body = serde_json::to_vec_pretty(&stored).map_err(Problem::internal)?;
    let file = (header::CONTENT_DISPOSITION, "attachment; filename=\"attesta-data.json\"");
    Ok(http::private(HttpResponse::Ok().insert_header(file).content_type("application/json").body(body)))
}

async fn confirm_erase_data(
    req: HttpRequest,
    ctx: web::Data<Context>,
    token: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let Some((reader, stored)) = read(&req, &ctx, &token).await? else { return nothing(&req, &ctx, &token) };
    page(&show::confirm(&stage(&ctx, &token, &reader), &stored))
}

async fn erase_data(
    req: HttpRequest,
    ctx: web::Data<Context>,
    token: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let Some((reader, _)) = read(&req, &ctx, &token).await? else { return nothing(&req, &ctx, &token) };
    let (inside, bearer, now) = ((**ctx).clone(), reader.scope.bearer.clone(), ctx.now());
    let done = ctx.db().write(move |tx| {
        // Read again: what the link opens may have changed since the page was shown.
        let Some(scope) = Scope::read(tx, bearer)? else { return Ok(None) };
        erase::behind(tx, &inside, &scope, now).map(|erased| Some((scope, erased)))
    });
    let Some((scope, erased)) = done.await? else { return nothing(&req, &ctx, &token) };
    let (inside, about) = ((**ctx).clone(), erased.clone());
    let gone = web::block(move || captured::behind(&inside, &scope, &about));
    let gone = gone.await.map_err(Problem::internal)?.map_err(Problem::internal)?;
    page(&show::erased(&stage(&ctx, &token, &reader), reader.shop_name.clone(), &erased, gone))
}

async fn show_privacy(req: HttpRequest, ctx: web::Data<Context>) -> Result<HttpResponse, Problem> {
    let chosen = chosen_language(&req);
    let language = language(&req);
    let links = ctx.links();
    let frame = Frame::new(language, &links.base().to_string(), &links.privacy());
    let frame = if chosen.is_some() { frame.chosen() } else { frame };
    let mut answer = page(&PrivacyPage::of(frame, links.base().host().to_owned(), ctx.config()))?;
    let headers = answer.headers_mut();
    let public = header::HeaderValue::from_static("public, max-age=0, must-revalidate");
    headers.insert(header::CACHE_CONTROL, public);
    headers.insert(header::VARY, header::HeaderValue::from_static("Accept-Language"));
    Ok(answer)
}

/// The link's holder, and what is stored. `None` where the link opens nothing, whatever is wrong with it; it counts against the
/// address that sent it.
async fn read(req: &HttpRequest, ctx: &Context, token: &str) -> Result<Option<(Reader, Stored)>, Problem> {
    let known = invitations::bearer::check(ctx.keyring(), token, Purpose::Review, ctx.now()).is_some();
    let found = if known { look_up(ctx, token.to_owned()).await? } else { None };
    let Some((mut reader, stored)) = found else {
        http::count_wrong_token(req)?;
        return Ok(None);
    };
    if let Some(chosen) = chosen_language(req) {
        reader.language = chosen;
    }
    Ok(Some((reader, stored)))
}

async fn look_up(ctx: &Context, token: String) -> Result<Option<(Reader, Stored)>, Problem> {
    let inside = ctx.clone();
    let found = ctx.db().read(move |conn| {
        let now = inside.now();
        let Some(bearer) = invitations::bearer(conn, inside.keyring(), &token, Purpose::Review, now)? else {
            return Ok(None);
        };
        let Some(shop) = merchants::load(conn, bearer.shop_id)? else { return Ok(None) };
        let Some(order) = orders::find(conn, bearer.shop_id, bearer.order_id)? else { return Ok(None) };
        let Some(scope) = Scope::read(conn, bearer)? else { return Ok(None) };
        let language = order.fold.locale().unwrap_or(shop.locale).language();
        let stored = stored::behind(conn, &inside, &scope)?;
        Ok(Some((Reader { scope, shop_name: shop.name, language }, stored)))
    });
    Ok(found.await?)
}

/// The page of every link that opens nothing.
fn nothing(req: &HttpRequest, ctx: &Context, token: &str) -> Result<HttpResponse, Problem> {
    let (links, language) = (ctx.links(), language(req));
    let (root, here) = (links.base().to_string(), links.mine(token));
    let switchable = req.method() == Method::GET;
    let frame = if switchable { Frame::new(language, &root, &here) } else { Frame::fixed(language, &root, &here) };
    let html = look::render(&reviews::dead_link(links, token, frame)).map_err(Problem::internal)?;
    Ok(http::page_status(Code::LinkUnknown.status(), html))
}

fn unknown() -> Problem {
    Problem::new(Code::LinkUnknown, "This link is incomplete, was not made here or has expired.")
}

fn stage<'a>(ctx: &'a Context, token: &'a str, reader: &Reader) -> Stage<'a> {
    Stage { links: ctx.links(), token, language: reader.language }
}

/// The language asked for, else the browser's.
fn language(req: &HttpRequest) -> Language {
    chosen_language(req).unwrap_or_else(|| Language::from_header(header(req, &header::ACCEPT_LANGUAGE)))
}

fn header<'a>(req: &'a HttpRequest, name: &header::HeaderName) -> &'a str {
    req.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// `?lang=it`, as the page's own switch sends it.
fn chosen_language(req: &HttpRequest) -> Option<Language> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(req.query_string()).ok()?;
    pairs.iter().find(|(key, _)| key == "lang").and_then(|(_, tag)| Language::of_tag(tag))
}

fn page<V: View>(view: &V) -> Result<HttpResponse, Problem> {
    look::render(view).map(http::page).map_err(Problem::internal)
}
