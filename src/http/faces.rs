//! Fills the pages that belong to no room: a problem shown to a person, the front page, the API from the route table.
use actix_web::HttpRequest;
use actix_web::http::header;

use super::pages::{DocsPage, DocsProblem, DocsRoute, ErrorPage, HomePage};
use super::table::{Audience, Entry};
use crate::kernel::locale::Language;
use crate::links::{Links, path};
use crate::look::page::{Frame, View};
use crate::look::render;
use crate::problem::{Code, Problem};

/// The reader's language: `?lang=`, else what the browser asks for, else English.
fn language(req: &HttpRequest) -> Language {
    let asked = req.query_string().split('&').find_map(|pair| pair.strip_prefix("lang="));
    let accepted = req.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    asked.and_then(Language::of_tag).unwrap_or_else(|| Language::from_header(accepted.unwrap_or_default()))
}

/// A problem as a page. Details of 4xx are meant for whoever sent the request; those of 5xx say nothing more.
pub(super) fn problem(links: &Links, req: &HttpRequest, problem: &Problem) -> String {
    let for_developers = problem.status() == 404 || problem.status() >= 500;
    let page = ErrorPage {
        frame: Frame::fixed(language(req), &links.base().to_string(), &links.home()),
        status: problem.status(),
        detail: (!for_developers).then(|| problem.detail().to_owned()),
        retry_after: problem.retry_after_seconds().and_then(|seconds| i64::try_from(seconds).ok()),
    };
    rendered(&page)
        .unwrap_or_else(|_logged| format!("<!doctype html><title>HTTP {0}</title><p>HTTP {0}", problem.status()))
}

/// The front page of a served instance.
pub(super) fn home(links: &Links, req: &HttpRequest) -> Result<String, Problem> {
    rendered(&HomePage { frame: frame(links, req, path::HOME), docs_url: links.docs() })
}

/// The API: how to push an order, every route, every problem under its anchor.
pub(super) fn docs(links: &Links, req: &HttpRequest, entries: &[Entry]) -> Result<String, Problem> {
    rendered(&DocsPage {
        frame: frame(links, req, path::DOCS),
        openapi_url: links.openapi(),
        public_url: links.base().to_string(),
        routes: entries.iter().map(row).collect(),
        problems: Code::ALL.iter().copied().map(explained).collect(),
    })
}

fn frame(links: &Links, req: &HttpRequest, path: &str) -> Frame {
    Frame::new(language(req), &links.base().to_string(), &links.to(path, &[]))
}

fn row(entry: &Entry) -> DocsRoute {
    let audience = match entry.audience {
        Audience::Public | Audience::Cached | Audience::Page => "everyone",
        Audience::Private => "shop",
        Audience::Write => "shop, signed or with its key",
        Audience::Personal => "who holds the link",
        Audience::Ops => "operator",
    };
    DocsRoute {
        method: entry.method.to_string(),
        path: entry.path.to_owned(),
        operation: entry.operation.to_owned(),
        audience: audience.to_owned(),
    }
}

fn explained(code: Code) -> DocsProblem {
    DocsProblem {
        code: code.name().to_owned(),
        status: code.status(),
        title: format!("{}. {}", code.title(), code.meaning()),
    }
}

fn rendered<V: View>(view: &V) -> Result<String, Problem> {
    render(view).map_err(|broken| Problem::internal(format!("{}: {}", broken.name, broken.why)))
}
