//! The server's own routes: health, figures, the catalogue of problems, the contract and its explanation.
use std::sync::Arc;

use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};

use super::contract::OPENAPI;
use super::edge::Edge;
use super::table::{Audience, RouteTable};
use super::{answers, faces, health};
use crate::links::path;
use crate::look::assets;
use crate::problem::{self, Problem};

/// Adds them.
pub fn routes(table: &mut RouteTable) {
    let get = Method::GET;
    table.add(get.clone(), path::LIVE, "read_liveness", Audience::Ops, || web::get().to(health::read_liveness));
    table.add(get.clone(), path::READY, "read_readiness", Audience::Ops, || web::get().to(health::read_readiness));
    table.add(get.clone(), path::METRICS, "read_metrics", Audience::Ops, || web::get().to(health::read_metrics));
    table.add(get.clone(), path::V1_PROBLEMS, "list_problems", Audience::Public, || web::get().to(list_problems));
    table.add(get.clone(), path::OPENAPI, "read_contract", Audience::Public, || web::get().to(read_contract));
    table.add(get.clone(), path::PROBLEMS, "show_problems", Audience::Page, || web::get().to(show_problems));
    table.add(get.clone(), path::DOCS, "show_docs", Audience::Page, || web::get().to(show_docs));
    table.add(get, path::ASSET, "read_asset", Audience::Public, || web::get().to(read_asset));
}

/// Adds the front page of a served instance; the demo brings its own.
pub fn home(table: &mut RouteTable) {
    table.add(Method::GET, path::HOME, "show_home", Audience::Page, || web::get().to(show_home));
}

const AN_HOUR: (header::HeaderName, &str) = (header::CACHE_CONTROL, "public, max-age=3600");

async fn list_problems(edge: web::Data<Arc<Edge>>) -> HttpResponse {
    HttpResponse::Ok().insert_header(AN_HOUR).json(problem::catalogue(&edge.links().problems()))
}

async fn read_contract() -> HttpResponse {
    HttpResponse::Ok().insert_header(AN_HOUR).content_type("application/yaml").body(OPENAPI)
}

/// `/problems#code` is the `type` of every problem; the browser keeps the fragment on its way to the list.
async fn show_problems(edge: web::Data<Arc<Edge>>) -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, edge.links().docs())).finish()
}

async fn show_docs(req: HttpRequest, edge: web::Data<Arc<Edge>>) -> Result<HttpResponse, Problem> {
    edge.docs().answer(edge.links(), &req)
}

async fn show_home(req: HttpRequest, edge: web::Data<Arc<Edge>>) -> Result<HttpResponse, Problem> {
    faces::home(edge.links(), &req).map(answers::page)
}

/// Files are named by their content: they never change.
async fn read_asset(file: web::Path<String>) -> Result<HttpResponse, Problem> {
    let wanted = format!("/assets/{file}");
    let Some(asset) = assets::all().iter().find(|asset| asset.path == wanted) else {
        return Err(Problem::not_found("file"));
    };
    let forever = (header::CACHE_CONTROL, "public, max-age=31536000, immutable");
    Ok(HttpResponse::Ok().insert_header(forever).content_type(asset.content_type).body(asset.bytes))
}
