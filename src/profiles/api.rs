//! What everybody reads of a shop: its profile as JSON and as a page, its tally, its products. No key, no cookie, from
//! any origin; GET only.

use std::sync::Arc;

use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::context::Context;
use crate::http::shortcut::Fresh;
use crate::http::stored::{Manner, Stored};
use crate::http::{self, Audience, RouteTable};
use crate::kernel::domain::ShopRef;
use crate::kernel::locale::Language;
use crate::kernel::page::{Cursor, PageLimit};
use crate::links::path;
use crate::merchants::{ShopEntry, Shops};
use crate::problem::{Code, Problem};
use crate::reviews::{self, BadParam, ListParams, ListQuery, PublicEntry};

use super::ProfileCache;
use super::build::{self, Face, Spoken};
use super::show::{self, Stage};
use super::tally::{self, Wanted};
use super::visit::{self, PageParams, Visit};
use super::wire;

/// Registers every route of this room.
pub(crate) fn routes(table: &mut RouteTable) {
    table.add(Method::GET, path::V1_SHOP, "read_shop", Audience::Cached, || web::get().to(read_shop));
    table.add(Method::GET, path::V1_TALLY, "read_tally", Audience::Cached, || web::get().to(read_tally));
    table.add(Method::GET, path::V1_PRODUCT, "read_product", Audience::Public, || web::get().to(read_product));
    table.add(Method::GET, path::V1_PRODUCT_REVIEWS, "list_product_reviews", Audience::Public, || {
        web::get().to(list_product_reviews)
    });
    table.add(Method::GET, path::PROFILE, "show_profile", Audience::Page, || web::get().to(show_profile));
    table.add(Method::GET, path::PRODUCT, "show_product", Audience::Page, || web::get().to(show_product));
}

/// Short enough to be nearly true, long enough to take a wave.
const BRIEFLY: (header::HeaderName, &str) = (header::CACHE_CONTROL, "public, max-age=10, stale-while-revalidate=60");

type Answer = Result<HttpResponse, Problem>;

fn no_shop() -> Problem {
    Problem::not_found("shop")
}

fn segment<'a>(req: &'a HttpRequest, name: &str) -> &'a str {
    req.match_info().get(name).unwrap_or_default()
}

async fn stored(cache: &ProfileCache, name: &str, face: Face) -> Result<Fresh, Problem> {
    cache.get(name, face).await?.ok_or_else(no_shop)
}

/// `GET /v1/shops/{shop}`: the profile, from stored bytes.
async fn read_shop(req: HttpRequest, cache: web::Data<ProfileCache>) -> Answer {
    Ok(stored(&cache, segment(&req, "shop"), Face::Json).await?.answer(&req))
}

/// Which tally.
#[derive(Deserialize)]
struct TallyParams {
    /// A product's; without it, the shop's own.
    sku: Option<String>,
    /// `true`: all products' beside the shop's own.
    products: Option<String>,
    cursor: Option<String>,
    limit: Option<String>,
}

impl TallyParams {
    /// Which products; none for the shop's own tally alone.
    fn read(self) -> Result<Option<Wanted>, Problem> {
        let bad = |name: &'static str, detail: &'static str| refused(BadParam { name, detail });
        let limit = self.limit.as_deref().map(PageLimit::parse).transpose();
        let limit = limit.map_err(|_error| bad("limit", "send a whole number from 1 to 100"))?.unwrap_or_default();
        let after = self.cursor.as_deref().filter(|text| !text.is_empty()).map(Cursor::decode::<String>).transpose();
        let after = after.ok().map(Option::unwrap_or_default).filter(|sku| !sku.contains('\0'));
        let after = after.ok_or_else(|| bad("cursor", "take it from the next link, unchanged"))?;
        let all = match self.products.as_deref().unwrap_or_default() {
            "true" => true,
            "" | "false" => false,
            _ => return Err(bad("products", "send true or false")),
        };
        match self.sku.filter(|sku| !sku.is_empty()) {
            Some(_) if all => Err(bad("products", "send either sku or products=true")),
            Some(sku) => {
                readable(&sku)?;
                Ok(Some(Wanted::One(sku)))
            }
            None => Ok(all.then_some(Wanted::All(after, limit))),
        }
    }
}

/// `GET /v1/shops/{shop}/tally`: the day rows behind the score, and the formula. With `sku` those of a product, with
/// `products=true` those of all.
async fn read_tally(req: HttpRequest, cache: web::Data<ProfileCache>, params: web::Query<TallyParams>) -> Answer {
    let name = segment(&req, "shop");
    let Some(wanted) = params.into_inner().read()? else {
        return Ok(stored(&cache, name, Face::Tally).await?.answer(&req));
    };
    let shop = ShopRef::parse(name).map_err(|_no_name| no_shop())?;
    let read = move |conn: &mut crate::db::Connection| {
        let Some(shop) = crate::merchants::find(conn, &shop)? else { return Ok(None) };
        tally::answer(conn, shop.id, &wanted).map(Some)
    };
    let made = cache.context().db().read(read).await?.ok_or_else(no_shop)?;
    let mut answer = Stored::once(&req, made.bytes, &build::JSON);
    if let Some(next) = made.next {
        let link = http::next_link(&req, &next)?;
        answer.headers_mut().insert(header::LINK, link);
    }
    Ok(answer)
}

/// A product of a shop.
#[derive(Deserialize)]
struct ProductPath {
    shop: String,
    sku: String,
}

async fn entry(shops: &Shops, name: &str) -> Result<Arc<ShopEntry>, Problem> {
    let name = ShopRef::parse(name).map_err(|_no_name| no_shop())?;
    shops.find(&name).await?.ok_or_else(no_shop)
}

/// A SKU that a database can be asked for.
fn readable(sku: &str) -> Result<(), Problem> {
    if sku.is_empty() || sku.contains('\0') { Err(Problem::not_found("product")) } else { Ok(()) }
}

/// `GET /v1/shops/{shop}/products/{sku}`: the score of one product; 404 where nobody reviewed it.
async fn read_product(ctx: web::Data<Context>, shops: web::Data<Shops>, at: web::Path<ProductPath>) -> Answer {
    let ProductPath { shop, sku } = at.into_inner();
    readable(&sku)?;
    let entry = entry(&shops, &shop).await?;
    let (id, wanted) = (entry.shop.id, sku.clone());
    let (days, newest) = ctx
        .db()
        .read(move |conn| {
            let mut query = ListQuery::default();
            query.filter.sku = Some(wanted.clone());
            Ok((build::days(conn, id, &wanted)?, reviews::list(conn, id, &query)?))
        })
        .await?;
    if days.is_empty() && newest.entries.is_empty() {
        return Err(Problem::not_found("product"));
    }
    let name = newest.entries.iter().find_map(|entry| match entry {
        PublicEntry::Review(review) => review.product.as_ref()?.name.clone(),
        PublicEntry::Tombstone(_) => None,
    });
    let body = wire::product(&entry.shop, &sku, &days, name, ctx.links());
    Ok(HttpResponse::Ok().insert_header(BRIEFLY).json(body))
}

/// `GET /v1/shops/{shop}/products/{sku}/reviews`: the list of one product, with the filters of any list.
async fn list_product_reviews(
    req: HttpRequest,
    ctx: web::Data<Context>,
    shops: web::Data<Shops>,
    at: web::Path<ProductPath>,
    params: web::Query<ListParams>,
) -> Answer {
    let ProductPath { shop, sku } = at.into_inner();
    readable(&sku)?;
    let entry = entry(&shops, &shop).await?;
    let asked = ListParams { sku: None, ..params.into_inner() };
    let mut query = asked.read().map_err(refused)?;
    query.filter.sku = Some(sku.clone());
    let id = entry.shop.id;
    let page = ctx.db().read(move |conn| reviews::list(conn, id, &query)).await?;
    let entries: Vec<_> = page.entries.into_iter().map(|entry| entry.with_links(ctx.links())).collect();
    let mut answer = http::listed(&req, &entries, page.next.as_deref())?;
    let (name, value) = BRIEFLY;
    answer.headers_mut().insert(name, header::HeaderValue::from_static(value));
    Ok(answer)
}

/// `GET /shops/{domain}`: the profile for people. The first page comes from stored bytes, every other is made for who asks.
async fn show_profile(req: HttpRequest, cache: web::Data<ProfileCache>, params: web::Query<PageParams>) -> Answer {
    let (params, name) = (params.into_inner(), segment(&req, "domain"));
    let spoken = spoken(&req, params.lang.as_deref());
    if visit::is_first(&params) {
        return Ok(stored(&cache, name, Face::Page(spoken)).await?.answer(&req));
    }
    let wanted = ShopRef::parse(name).map_err(|_no_name| no_shop())?;
    let ctx = cache.context().clone();
    let read = move |conn: &mut crate::db::Connection| {
        let Some(shop) = crate::merchants::find(conn, &wanted)? else { return Ok(Err(no_shop())) };
        let language = spoken.at(&shop);
        let visit = match Visit::read(params, language) {
            Ok(visit) => visit,
            Err(bad) => return Ok(Err(refused(bad))),
        };
        let sight = build::sight(conn, &shop, &visit.query)?;
        let stage = Stage { links: ctx.links(), today: ctx.now().day() };
        Ok(show::page(&visit, &shop, &sight, &stage).map(|html| (html, language)).map_err(Problem::internal))
    };
    let (html, language) = cache.context().db().read(read).await??;
    Ok(made(&req, html, language))
}

/// `GET /shops/{domain}/products/{sku}`: one product for people; 404 where nobody reviewed it.
async fn show_product(
    req: HttpRequest,
    cache: web::Data<ProfileCache>,
    at: web::Path<(String, String)>,
    params: web::Query<PageParams>,
) -> Answer {
    let ((name, sku), params) = (at.into_inner(), params.into_inner());
    readable(&sku)?;
    let spoken = spoken(&req, params.lang.as_deref());
    let wanted = ShopRef::parse(&name).map_err(|_no_name| no_shop())?;
    let ctx = cache.context().clone();
    let read = move |conn: &mut crate::db::Connection| {
        let Some(shop) = crate::merchants::find(conn, &wanted)? else { return Ok(Err(no_shop())) };
        let language = spoken.at(&shop);
        let mut visit = match Visit::read(params, language) {
            Ok(visit) => visit,
            Err(bad) => return Ok(Err(refused(bad))),
        };
        visit.query.filter.sku = Some(sku);
        let Some(sight) = build::product_sight(conn, shop.id, &visit.query)? else {
            return Ok(Err(Problem::not_found("product")));
        };
        let stage = Stage { links: ctx.links(), today: ctx.now().day() };
        Ok(show::product_page(&visit, &shop, &sight, &stage).map(|html| (html, language)).map_err(Problem::internal))
    };
    let (html, language) = cache.context().db().read(read).await??;
    Ok(made(&req, html, language))
}

/// A page that was made for one request, tagged like a stored one.
fn made(req: &HttpRequest, html: String, language: Language) -> HttpResponse {
    http::once(req, html.into_bytes(), &Manner { language: Some(language.tag()), ..build::PAGE })
}

/// `?lang=`, else what the browser asks for, else the shop's own.
fn spoken(req: &HttpRequest, lang: Option<&str>) -> Spoken {
    if let Some(named) = lang.and_then(Language::of_tag) {
        return Spoken::Named(named);
    }
    let accepted = req.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    accepted.and_then(Language::negotiate).map_or(Spoken::Own, Spoken::Asked)
}

/// A query that cannot be read.
fn refused(bad: BadParam) -> Problem {
    let code = if bad.name == "cursor" { Code::InvalidCursor } else { Code::InvalidFilter };
    Problem::new(code, format!("`{}` cannot be read: {}.", bad.name, bad.detail)).with("parameter", bad.name)
}
