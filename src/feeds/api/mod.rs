//! The doors of this room: everything is public, from any origin, without a key, and GET only.

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web;

use crate::http::{Audience, RouteTable};
use crate::links::path;
use crate::problem::Problem;

mod small;
mod whole;

type Answer = Result<HttpResponse, Problem>;

/// Registers every route of this room.
pub(crate) fn routes(table: &mut RouteTable) {
    let mut add = |path, operation, audience, make: fn() -> actix_web::Route| {
        table.add(Method::GET, path, operation, audience, make);
    };
    add(path::FEED_ATOM, "read_atom_feed", Audience::Cached, || web::get().to(small::read_atom_feed));
    add(path::FEED_JSON, "read_json_feed", Audience::Cached, || web::get().to(small::read_json_feed));
    add(path::ROBOTS, "read_robots", Audience::Public, || web::get().to(small::read_robots));
    add(path::LLMS, "read_llms", Audience::Public, || web::get().to(small::read_llms));
    add(path::SECURITY, "read_security_contact", Audience::Public, || web::get().to(small::read_security_contact));
    add(path::SITEMAPS, "read_sitemap_index", Audience::Cached, || web::get().to(small::read_sitemap_index));
    add(path::SITEMAP, "read_sitemap", Audience::Public, || web::get().to(whole::read_sitemap));
    add(path::V1_EXPORT_NDJSON, "export_lines", Audience::Public, || web::get().to(whole::export_lines));
    add(path::V1_EXPORT_CSV, "export_table", Audience::Public, || web::get().to(whole::export_table));
    add(path::V1_GOOGLE, "read_google_feed", Audience::Public, || web::get().to(whole::read_google_feed));
}
