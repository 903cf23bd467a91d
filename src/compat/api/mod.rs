//! The routes of the facade. Reads are open to everybody and answered with a tag; whatever goes wrong is said in the form
//! that these clients know.

use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use super::answer::Fault;
use super::ids;
use crate::context::Context;
use crate::db::{self, Connection};
use crate::http::stored::{Manner, Stored};
use crate::http::{Audience, RouteTable};
use crate::links::Links;
use crate::links::compat::path;
use crate::merchants::Shop;
use crate::problem::{Code, Problem};

mod products;
mod reviews;
mod stars;
mod token;
mod units;

/// Registers every route of this door.
pub(crate) fn routes(table: &mut RouteTable) {
    let mut get = |path, operation, make: fn() -> actix_web::Route| {
        table.add(Method::GET, path, operation, Audience::Public, make);
    };
    get(path::FIND, "compat_find_business_unit", || web::get().to(units::compat_find_business_unit));
    get(path::SEARCH, "compat_search_business_units", || web::get().to(units::compat_search_business_units));
    get(path::UNIT, "compat_read_business_unit", || web::get().to(units::compat_read_business_unit));
    get(path::UNIT_REVIEWS, "compat_list_reviews", || web::get().to(reviews::compat_list_reviews));
    get(path::PROFILE_INFO, "compat_read_profile_info", || web::get().to(units::compat_read_profile_info));
    get(path::WEB_LINKS, "compat_read_web_links", || web::get().to(units::compat_read_web_links));
    get(path::IMAGES, "compat_read_images", || web::get().to(units::compat_read_images));
    get(path::REVIEW, "compat_read_review", || web::get().to(reviews::compat_read_review));
    get(path::STAR_IMAGES, "compat_read_star_images", || web::get().to(stars::compat_read_star_images));
    get(path::STAR_STRING, "compat_read_star_string", || web::get().to(stars::compat_read_star_string));
    get(path::STARS, "compat_draw_stars", || web::get().to(stars::compat_draw_stars));
    get(path::STARS_PNG, "compat_draw_stars_png", || web::get().to(stars::compat_draw_stars_png));
    get(path::PRODUCT_SUMMARY, "compat_read_product_summary", || web::get().to(products::compat_read_product_summary));
    get(path::PRODUCT_REVIEWS, "compat_list_product_reviews", || web::get().to(products::compat_list_product_reviews));
    table.add(Method::POST, path::BATCH_SUMMARIES, "compat_read_batch_summaries", Audience::Public, || {
        web::post().to(products::compat_read_batch_summaries)
    });
    table.add(Method::POST, path::TOKEN, "compat_grant_token", Audience::Write, || {
        web::post().to(token::compat_grant_token)
    });
}

/// As long as our own lists may be kept.
const JSON: Manner = Manner {
    content_type: "application/json",
    cache_control: "public, max-age=10, stale-while-revalidate=60",
    vary: "Accept-Encoding",
    language: None,
    policy: None,
};

type Answer = Result<HttpResponse, Problem>;

fn no_unit() -> Problem {
    Problem::not_found("business unit")
}

fn segment(req: &HttpRequest, name: &str) -> String {
    req.match_info().get(name).unwrap_or_default().to_owned()
}

/// Gives a refusal the form that these clients know.
fn shaped(answer: Answer) -> HttpResponse {
    answer.unwrap_or_else(|problem| {
        let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let kept = if problem.code() == Code::Gone { "no-cache" } else { "no-store" };
        let mut response = HttpResponse::build(status);
        response.insert_header((header::CACHE_CONTROL, kept));
        if let Some(seconds) = problem.retry_after_seconds() {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        response.json(Fault::from(&problem))
    })
}

fn stored(req: &HttpRequest, body: &impl Serialize) -> Answer {
    let bytes = serde_json::to_vec(body).map_err(Problem::internal)?;
    Ok(Stored::once(req, bytes, &JSON))
}

/// Reads something of the shop in the path, in one moment of the data.
async fn of_unit<T: Send + 'static>(
    req: &HttpRequest,
    ctx: &Context,
    read: impl FnOnce(&mut Connection, &Shop, &Links) -> db::Result<T> + Send + 'static,
) -> Result<T, Problem> {
    let (name, links) = (segment(req, "businessUnitId"), ctx.links().clone());
    let found = ctx.db().read(move |conn| {
        let Some(shop) = ids::shop(conn, &name)? else { return Ok(None) };
        read(conn, &shop, &links).map(Some)
    });
    found.await?.ok_or_else(no_unit)
}
