//! Turns the route table into the server's routes: one resource per path, each route in its shell, OPTIONS and 405 made
//! from the table, 404 for everything else. Also what arrives before routing: the path prefix and HEAD.
use std::rc::Rc;
use std::sync::Arc;

use actix_web::dev::{ServiceRequest, Url};
use actix_web::http::uri::PathAndQuery;
use actix_web::http::{Method, Uri, header};
use actix_web::middleware::Compress;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Resource, Route, Scope};

use super::edge::Edge;
use super::shell::{Rules, Shell};
use super::table::{Audience, Entry};
use crate::problem::{Code, Problem};

/// Registers every route of the edge's table, and the edge itself.
pub fn mount(edge: &Arc<Edge>, cfg: &mut ServiceConfig) {
    cfg.app_data(web::Data::new(Arc::clone(edge)));
    cfg.app_data(web::PayloadConfig::new(edge.body_limit()));
    cfg.app_data(web::FormConfig::default().limit(edge.body_limit()));
    let mut scopes: Vec<(&'static str, Scope)> = Vec::new();
    for (path, group) in edge.table().by_path() {
        let (literal, rest) = split(path);
        if literal.is_empty() || rest.is_empty() {
            cfg.service(resource(edge, path, path, &group));
            continue;
        }
        let inner = resource(edge, rest, path, &group);
        match scopes.iter_mut().find(|(known, _)| *known == literal) {
            Some((_, scope)) => *scope = std::mem::replace(scope, Scope::new("")).service(inner),
            None => scopes.push((literal, web::scope(literal).service(inner))),
        }
    }
    // The longer literal first: `/v1/shops` before `/v1`.
    scopes.sort_by_key(|(literal, _)| std::cmp::Reverse(literal.len()));
    for (_, scope) in scopes {
        cfg.service(scope);
    }
    cfg.default_service(wrapped(edge, "unmatched", "", None, web::to(|| async { not_found() })));
}

/// The literal segments a path begins with, and the rest from the first `{…}` on. Routes are looked up by the literals
/// first, which costs a comparison; only then are patterns tried.
fn split(path: &'static str) -> (&'static str, &'static str) {
    let at = path.find('{').and_then(|open| path.get(..open)?.rfind('/')).unwrap_or(path.len());
    path.split_at_checked(at).unwrap_or((path, ""))
}

/// One path with all its methods; `pattern` is what stands behind the scope.
fn resource(edge: &Arc<Edge>, pattern: &'static str, path: &'static str, group: &[&Entry]) -> Resource {
    let mut resource = web::resource(pattern);
    for entry in group {
        resource = resource.route(shelled(edge, entry));
    }
    let allow = allowed(group);
    if !group.iter().any(|entry| entry.method == Method::OPTIONS) {
        resource = resource.route(options(edge, path, group, &allow));
    }
    resource.default_service(wrong_method(edge, path, group, allow))
}

/// A route in its shell; compressed where bytes are made per request and hold no secret.
fn shelled(edge: &Arc<Edge>, entry: &Entry) -> Route {
    let route = (entry.make)().method(entry.method.clone());
    let compressed = matches!(entry.audience, Audience::Public | Audience::Page | Audience::Private);
    let route = if compressed && entry.method == Method::GET { route.wrap(Compress::default()) } else { route };
    wrapped(edge, entry.operation, entry.path, Some(entry.audience), route)
}

fn wrapped(
    edge: &Arc<Edge>,
    operation: &'static str,
    pattern: &'static str,
    audience: Option<Audience>,
    route: Route,
) -> Route {
    let metrics = edge.metrics().operation(operation);
    route.wrap(Shell(Rc::new(Rules { edge: Arc::clone(edge), operation, pattern, audience, metrics })))
}

/// The methods of a path, as `Allow` lists them.
fn allowed(group: &[&Entry]) -> String {
    let mut methods = Vec::new();
    for entry in group {
        methods.push(entry.method.as_str());
        if entry.method == Method::GET {
            methods.push("HEAD");
        }
    }
    methods.push("OPTIONS");
    methods.join(", ")
}

/// What scripts of other origins may send along to what is public. A key opens nothing there and does no harm.
const OPEN_HEADERS: &str = "Accept, Apikey, Authorization, Content-Type, If-None-Match";

/// OPTIONS: what is allowed, and to other origins only what is public.
fn options(edge: &Arc<Edge>, path: &'static str, group: &[&Entry], allow: &str) -> Route {
    let public = |entry: &&&Entry| matches!(entry.audience, Audience::Public | Audience::Cached);
    let open: Vec<&Entry> = group.iter().filter(public).copied().collect();
    let (public, methods) = (!open.is_empty(), allowed(&open));
    let allow = allow.to_owned();
    let answer = move || {
        let mut response = HttpResponse::NoContent();
        response.insert_header((header::ALLOW, allow.as_str()));
        if public {
            response.insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, methods.as_str()));
            response.insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, OPEN_HEADERS));
            response.insert_header((header::ACCESS_CONTROL_MAX_AGE, "86400"));
        }
        std::future::ready(response.finish())
    };
    let audience = if public { Audience::Public } else { personal(group).unwrap_or(Audience::Page) };
    wrapped(edge, "options", path, Some(audience), web::route().method(Method::OPTIONS).to(answer))
}

/// A path that holds a token is treated as one whatever is asked of it.
fn personal(group: &[&Entry]) -> Option<Audience> {
    group.iter().map(|entry| entry.audience).find(|audience| *audience == Audience::Personal)
}

fn wrong_method(edge: &Arc<Edge>, path: &'static str, group: &[&Entry], allow: String) -> Route {
    let answer = move || {
        let detail = format!("This address takes {allow}.");
        let problem = Problem::new(Code::MethodNotAllowed, detail).with("allow", allow.clone());
        std::future::ready(Err::<HttpResponse, Problem>(problem))
    };
    wrapped(edge, "method_not_allowed", path, personal(group), web::to(answer))
}

fn not_found() -> Result<HttpResponse, Problem> {
    Err(Problem::not_found("page"))
}

/// Before routing: takes the public prefix off the path where a proxy left it on, drops a slash at the end, and lets GET
/// routes answer HEAD (the protocol layer has already noted to send no body).
pub(super) fn arrive(req: &mut ServiceRequest, prefix: &str) {
    if req.method() == Method::HEAD {
        req.head_mut().method = Method::GET;
    }
    let path = req.path();
    let stripped = match path.strip_prefix(prefix) {
        Some("") => "/",
        Some(rest) if rest.starts_with('/') => rest,
        _ => path,
    };
    let trimmed = match stripped.trim_end_matches('/') {
        "" => "/",
        trimmed => trimmed,
    };
    if trimmed.len() != path.len() {
        let trimmed = trimmed.to_owned();
        rewrite(req, &trimmed);
    }
}

fn rewrite(req: &mut ServiceRequest, path: &str) {
    let query = req.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    let Ok(path_and_query) = PathAndQuery::try_from(format!("{path}{query}")) else { return };
    let mut parts = req.uri().clone().into_parts();
    parts.path_and_query = Some(path_and_query);
    if let Ok(uri) = Uri::from_parts(parts) {
        req.match_info_mut().set(Url::new(uri.clone()));
        req.head_mut().uri = uri;
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn paths_are_looked_up_by_their_literals() {
        assert_eq!(split("/v1/shops/{shop}/reviews"), ("/v1/shops", "/{shop}/reviews"));
        assert_eq!(split("/badges/{shop}.svg"), ("/badges", "/{shop}.svg"));
        assert_eq!(split("/w/v1.{hash}.js"), ("/w", "/v1.{hash}.js"));
        assert_eq!(split("/{any}"), ("", "/{any}"));
        assert_eq!(split("/docs"), ("/docs", ""));
    }
}
