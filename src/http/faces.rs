//! Fills the pages that belong to no room: a problem shown to a person, the front page, the API from its contract.
use std::sync::OnceLock;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use super::contract::{self, Contract, Operation};
use super::pages::{DocsGroup, DocsOperation, DocsPage, DocsProblem, ErrorPage, HomePage};
use super::stored::{Manner, Stored};
use crate::kernel::locale::Language;
use crate::links::{Links, path};
use crate::look::page::{Frame, View};
use crate::look::render;
use crate::problem::{Code, Problem};

/// The language that the address names.
fn chosen(req: &HttpRequest) -> Option<Language> {
    req.query_string().split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(Language::of_tag)
}

/// The reader's language: `?lang=`, else what the browser asks for, else English.
fn language(req: &HttpRequest) -> Language {
    let accepted = req.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    chosen(req).unwrap_or_else(|| Language::from_header(accepted.unwrap_or_default()))
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

/// The API explained, once per language, as bytes that are kept.
#[derive(Default)]
pub(super) struct Docs([OnceLock<Stored>; Language::ALL.len()]);

/// Asked for again each time, since another version of the program says other things; unchanged, it costs a 304.
const DOCS: Manner = Manner {
    content_type: "text/html; charset=utf-8",
    cache_control: "public, max-age=0, must-revalidate",
    vary: "Accept-Encoding, Accept-Language",
    language: None,
    policy: None,
};

impl Docs {
    /// The page in the reader's language; drawn when it is first asked for.
    pub(super) fn answer(&self, links: &Links, req: &HttpRequest) -> Result<HttpResponse, Problem> {
        let language = language(req);
        let place = Language::ALL.iter().zip(&self.0).find(|(other, _)| **other == language);
        let cell = place.map(|(_, cell)| cell).ok_or_else(|| Problem::internal("a language without documentation"))?;
        if let Some(stored) = cell.get() {
            return Ok(stored.answer(req));
        }
        let contract = contract::contract().map_err(Problem::internal)?;
        let html = rendered(&docs_page(links, language, contract))?;
        let made = Stored::new(html.into_bytes(), &Manner { language: Some(language.tag()), ..DOCS });
        Ok(cell.get_or_init(|| made).answer(req))
    }
}

/// The API: how to push an order, every operation, every problem under its anchor.
pub(super) fn docs_page(links: &Links, language: Language, contract: &'static Contract) -> DocsPage {
    let base = links.base().to_string();
    let group = |group: &'static contract::Group| DocsGroup {
        name: &group.name,
        about: &group.about,
        operations: group.operations.iter().map(|operation| explained_operation(operation, group, &base)).collect(),
    };
    DocsPage {
        frame: Frame::new(language, &base, &links.docs()),
        openapi_url: links.openapi(),
        about: &contract.about,
        groups: contract.groups.iter().map(group).collect(),
        lists: &contract.lists,
        problems: Code::ALL.iter().copied().map(explained).collect(),
        public_url: base,
    }
}

fn explained_operation(operation: &'static Operation, group: &contract::Group, base: &str) -> DocsOperation {
    let who = match (operation.proof, group.name.as_str()) {
        (Some("signature"), _) => "who_signed",
        (Some(_), _) => "who_key",
        (None, "Customer") => "who_holder",
        (None, "Operations") => "who_operator",
        (None, _) => "who_everyone",
    };
    DocsOperation { operation, who, call: call(operation, base) }
}

/// The operation as a command, where no signature has to be made and no page is meant.
fn call(operation: &Operation, base: &str) -> Option<String> {
    let for_programs = ["/v1/", "/badges/", "/health/"].iter().any(|start| operation.path.starts_with(start));
    if !for_programs || operation.proof == Some("signature") {
        return None;
    }
    let method = if operation.method == "GET" { String::new() } else { format!(" -X {}", operation.method) };
    let key = operation.proof.map_or("", |_key| " \\\n  -H \"authorization: Bearer $KEY\"");
    let example = operation.body.as_ref().and_then(|body| body.examples.first());
    let sent = example.map_or_else(String::new, |example| {
        let text = example.text.replace('\'', "'\\''");
        format!(" \\\n  -H 'content-type: application/json' -d '{text}'")
    });
    Some(format!("curl -s{method} {base}{}{key}{sent}", shelled(&operation.path)))
}

/// A path with its `{parameters}` as variables of a shell.
fn shelled(path: &str) -> String {
    let mut shell = String::with_capacity(path.len());
    let mut inside = false;
    for c in path.chars() {
        match c {
            '{' => (inside, shell) = (true, shell + "$"),
            '}' => inside = false,
            c if inside => shell.push(c.to_ascii_uppercase()),
            c => shell.push(c),
        }
    }
    shell
}

fn frame(links: &Links, req: &HttpRequest, path: &str) -> Frame {
    let frame = Frame::new(language(req), &links.base().to_string(), &links.to(path, &[]));
    if chosen(req).is_some() { frame.chosen() } else { frame }
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
