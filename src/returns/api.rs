//! `POST /v1/returns/{provider}`: what providers report. The body is read raw: signatures cover what was sent.

use actix_web::http::header::HeaderValue;
use actix_web::{HttpRequest, HttpResponse, web};

use super::hooks::{Hooks, Provider, Refusal, Report};
use crate::http::{self, Audience, Method, RawBody, RouteTable};
use crate::links::path;
use crate::problem::{Code, Problem};

/// Adds the route of the door.
pub fn routes(table: &mut RouteTable) {
    table.add(Method::POST, path::V1_RETURNS, "report_return", Audience::Write, || web::post().to(report_return));
}

async fn report_return(
    req: HttpRequest,
    hooks: web::Data<Hooks>,
    body: RawBody,
    path: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let provider = Provider::parse(&path).ok_or_else(|| Problem::not_found("provider"))?;
    // Read here: a request does not travel between threads.
    let headers: Vec<(String, String)> =
        req.headers().keys().filter_map(|name| Some((name.to_string(), only(&req, name.as_str())?))).collect();
    let header = |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let summary = hooks.take(provider, &Report { header: &header, body: &body.0 }).await;
    summary.map(|summary| http::private(http::json(&summary))).map_err(problem)
}

/// A header that stands there once; one that stands there twice proves nothing.
fn only(req: &HttpRequest, name: &str) -> Option<String> {
    let mut values = req.headers().get_all(name);
    let first = values.next().map(HeaderValue::to_str)?.ok()?;
    values.next().is_none().then(|| first.to_owned())
}

fn problem(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Off => Problem::not_found("provider"),
        Refusal::Unproven(why) => {
            tracing::warn!(why, "a report of a provider was refused");
            Problem::new(Code::UnprovenReport, format!("Nothing was taken in: {why}."))
        }
        Refusal::NotJson(error) => Problem::new(Code::InvalidJson, format!("The body is not JSON: {error}.")),
        Refusal::Later(why) => {
            tracing::warn!(why, "a report of a provider could not be checked");
            Problem::new(Code::Unavailable, "The report cannot be checked at the moment.").retry_after(60)
        }
        Refusal::Db(error) => error.into(),
    }
}
