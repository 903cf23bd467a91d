//! `GET /shops` for people and `GET /v1/shops` for programs: the same shops in the same order.

use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::http::{self, Audience, RouteTable};
use crate::kernel::id::ShopId;
use crate::kernel::locale::Language;
use crate::kernel::time::UtcDay;
use crate::links::{Links, path};
use crate::problem::{Code, Problem};
use crate::reviews::BadParam;

use super::list::{self, Card, Params};
use super::show::{self, Sight, Visit};

/// Registers both.
pub(crate) fn routes(table: &mut RouteTable) {
    table.add(Method::GET, path::SHOPS, "show_directory", Audience::Page, || web::get().to(show_directory));
    table.add(Method::GET, path::V1_SHOPS, "list_shops", Audience::Public, || web::get().to(list_shops));
}

/// A shop on the wire.
#[derive(Serialize)]
struct Line {
    id: ShopId,
    domain: String,
    name: String,
    category: Option<String>,
    country: Option<String>,
    /// 0 with no review.
    score: f64,
    /// 0 with no review.
    stars: f64,
    review_count: i64,
    /// UTC day on which its newest review was published.
    newest_review_on: Option<UtcDay>,
    /// The page for people.
    url: String,
    /// The profile for programs.
    profile_url: String,
}

fn line(card: Card, links: &Links) -> Line {
    Line {
        id: card.id,
        score: card.score(),
        stars: card.stars(),
        review_count: card.reviews,
        newest_review_on: card.newest_day.map(UtcDay::from_number),
        url: links.profile(&card.domain),
        profile_url: links.api_shop(&card.domain),
        domain: card.domain,
        name: card.name,
        category: card.category,
        country: card.country,
    }
}

/// `GET /v1/shops`: a page of the directory.
async fn list_shops(
    req: HttpRequest,
    ctx: web::Data<Context>,
    params: web::Query<Params>,
) -> Result<HttpResponse, Problem> {
    let query = params.read().map_err(refused)?;
    let found = ctx.db().read(move |conn| list::find(conn, &query)).await?;
    let lines: Vec<Line> = found.cards.into_iter().map(|card| line(card, ctx.links())).collect();
    let mut answer = http::listed(&req, &lines, found.next.as_deref())?;
    keep(&mut answer, "public, max-age=10, stale-while-revalidate=60");
    Ok(answer)
}

/// The query of the page.
#[derive(Deserialize)]
struct PageParams {
    lang: Option<String>,
    q: Option<String>,
    category: Option<String>,
    country: Option<String>,
    sort: Option<String>,
    cursor: Option<String>,
}

/// `GET /shops`: the directory for people.
async fn show_directory(
    req: HttpRequest,
    ctx: web::Data<Context>,
    params: web::Query<PageParams>,
) -> Result<HttpResponse, Problem> {
    let PageParams { lang, q, category, country, sort, cursor } = params.into_inner();
    let chosen = lang.as_deref().and_then(Language::of_tag);
    let accepted = req.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let visit = Visit {
        language: chosen.unwrap_or_else(|| Language::from_header(accepted.unwrap_or_default())),
        chosen: chosen.is_some(),
        params: Params { q, category, country, sort, limit: None, cursor },
    };
    let query = visit.params.read().map_err(refused)?;
    let sight = ctx.db().read(move |conn| Sight::read(conn, query)).await?;
    let mut page = http::page(show::page(&visit, &sight, ctx.links())?);
    keep(&mut page, "public, max-age=0, must-revalidate");
    page.headers_mut().insert(header::VARY, header::HeaderValue::from_static("Accept-Language"));
    Ok(page)
}

fn keep(answer: &mut HttpResponse, how_long: &'static str) {
    answer.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static(how_long));
}

fn refused(bad: BadParam) -> Problem {
    let code = if bad.name == "cursor" { Code::InvalidCursor } else { Code::InvalidFilter };
    Problem::new(code, format!("`{}` cannot be read: {}.", bad.name, bad.detail)).with("parameter", bad.name)
}
