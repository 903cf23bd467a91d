//! `/w/...`: the scripts of the widgets and what they show.

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::badges::BadgeCache;
use crate::badges::face::Face;
use crate::badges::widget::asked::{Asked, theme};
use crate::badges::widget::kind::Kind;
use crate::badges::widget::{files, markup};
use crate::http::shortcut::forever;
use crate::http::{Audience, RouteTable};
use crate::links::path;
use crate::problem::Problem;

type Answer = Result<HttpResponse, Problem>;
type Cache = web::Data<BadgeCache>;

/// Adds them.
pub(super) fn routes(table: &mut RouteTable) {
    let (get, cached) = (Method::GET, Audience::Cached);
    table.add(get.clone(), path::WIDGET_FILE, "read_widget_file", cached, || web::get().to(read_widget_file));
    table.add(get.clone(), path::WIDGET_SUMMARY, "read_widget_summary", cached, || web::get().to(read_widget_summary));
    table.add(get.clone(), path::WIDGET_REVIEWS, "read_widget_reviews", cached, || web::get().to(read_widget_reviews));
    table.add(get.clone(), path::WIDGET_FRAGMENT, "read_widget_fragment", cached, || {
        web::get().to(read_widget_fragment)
    });
    table.add(get, path::WIDGET_FRAME, "read_widget_frame", cached, || web::get().to(read_widget_frame));
}

fn segment<'a>(req: &'a HttpRequest, name: &str) -> &'a str {
    req.match_info().get(name).unwrap_or_default()
}

async fn read_widget_file(req: HttpRequest) -> Answer {
    files::find(segment(&req, "file")).map(|file| forever(file, &req)).ok_or_else(|| Problem::not_found("file"))
}

async fn read_widget_summary(req: HttpRequest, cache: Cache) -> Answer {
    let asked = Asked::read(req.query_string()).unfiltered();
    stored(&req, &cache, Face::Summary(asked)).await
}

async fn read_widget_reviews(req: HttpRequest, cache: Cache) -> Answer {
    let asked = Asked::read(req.query_string());
    stored(&req, &cache, Face::Reviews(asked)).await
}

async fn stored(req: &HttpRequest, cache: &BadgeCache, face: Face) -> Answer {
    let found = cache.get(segment(req, "shop"), face).await?;
    found.map(|stored| stored.answer(req)).ok_or_else(|| Problem::not_found("shop"))
}

/// What is wanted without a script: only kinds that stand still, and of a product only where one is named.
fn still(req: &HttpRequest) -> Result<(Kind, Asked), Problem> {
    let kind = Kind::parse(segment(req, "kind")).filter(|kind| kind.stands_still());
    let kind = kind.ok_or_else(|| Problem::not_found("widget"))?;
    let asked = Asked::read(req.query_string());
    if kind.of_product() && !asked.names_product() {
        return Err(Problem::not_found("product"));
    }
    Ok((kind, if kind.reads_reviews() { asked } else { asked.unfiltered() }))
}

async fn read_widget_fragment(req: HttpRequest, cache: Cache) -> Answer {
    let (kind, asked) = still(&req)?;
    stored(&req, &cache, Face::Fragment(kind, asked)).await
}

/// Whoever frames it shows the answer: a shop that is not here is said in words.
async fn read_widget_frame(req: HttpRequest, cache: Cache) -> Answer {
    let (kind, asked) = still(&req)?;
    let (theme, language) = (theme(req.query_string()), asked.language());
    match cache.get(segment(&req, "shop"), Face::Frame(kind, theme, asked)).await? {
        Some(stored) => Ok(stored.answer(&req)),
        None => Ok(markup::nobody(theme, language)?.answer(&req)),
    }
}
