//! What stands around every handler: the limit by address before it; after it the face of a problem, the headers of its
//! audience, the count; around it a span with the operation (never a path: it may hold a token), and a net that turns a
//! panic into a 500 that is logged. Cached routes get headers, count and net only.
use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse};
use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, Ready, ready};
use tracing::Instrument;

use super::answers::{face, problem_of};
use super::edge::Edge;
use super::headers::secure;
use super::limits::Lefts;
use super::metrics::OperationMetrics;
use super::shortcut::Again;
use super::table::Audience;
use crate::problem::{Code, Problem};

const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// The rules of one route; shared by its requests on one worker.
pub(super) struct Rules {
    pub(super) edge: Arc<Edge>,
    pub(super) operation: &'static str,
    pub(super) pattern: &'static str,
    /// None where no route was found.
    pub(super) audience: Option<Audience>,
    pub(super) metrics: OperationMetrics,
}

/// The middleware.
pub(super) struct Shell(pub(super) Rc<Rules>);

impl<S> Transform<S, ServiceRequest> for Shell
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error> + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type InitError = ();
    type Transform = ShellService<S>;
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(ShellService { service: Rc::new(service), rules: Rc::clone(&self.0) }))
    }
}

/// The middleware at work on one worker.
pub(super) struct ShellService<S> {
    service: Rc<S>,
    rules: Rc<Rules>,
}

impl<S> Service<ServiceRequest> for ShellService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error> + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Error>>;

    forward_ready!(service);

    fn call(&self, req: ServiceRequest) -> Self::Future {
        let rules = Rc::clone(&self.rules);
        let service = Rc::clone(&self.service);
        if rules.audience == Some(Audience::Cached) {
            return Box::pin(async move { Ok(finish(&rules, guarded(&rules, &*service, req).await)) });
        }
        let span = tracing::info_span!("request", operation = rules.operation);
        Box::pin(traced(rules, service, req).instrument(span))
    }
}

/// The full way: limit, handler, figures, one line in the log.
async fn traced<S>(rules: Rc<Rules>, service: Rc<S>, req: ServiceRequest) -> Result<ServiceResponse, Error>
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error>,
{
    // Tokio's clock measures only; nothing is decided by it.
    let started = tokio::time::Instant::now();
    let method = req.method().clone();
    let audience = rules.audience.unwrap_or(Audience::Page);
    req.extensions_mut().insert(audience);
    let response = match rules.edge.limits().count_address(req.request(), audience) {
        Ok(()) => guarded(&rules, &*service, req).await,
        Err(problem) => refuse(req, problem),
    };
    let response = finish(&rules, response);
    let elapsed = started.elapsed();
    rules.metrics.seconds.observe(elapsed.as_secs_f64());
    let (status, ms) = (response.status().as_u16(), elapsed.as_millis());
    tracing::debug!(%method, route = rules.pattern, status, ms, "answered");
    Ok(response)
}

fn refuse(req: ServiceRequest, problem: Problem) -> ServiceResponse {
    let (req, _payload) = req.into_parts();
    ServiceResponse::new(req, HttpResponse::from_error(problem))
}

/// Calls the handler; a panic or an error of a layer becomes an answer.
async fn guarded<S>(rules: &Rules, service: &S, req: ServiceRequest) -> ServiceResponse
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error>,
{
    let kept = req.request().clone();
    // Calling already runs code of the layers inside, so it belongs under the net.
    let call = async { service.call(req).await };
    match AssertUnwindSafe(call).catch_unwind().await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => ServiceResponse::new(kept, HttpResponse::from_error(error)),
        Err(panic) => {
            rules.metrics.panics.inc();
            let problem = Problem::internal(format!("{} panicked: {}", rules.operation, words_of(&*panic)));
            ServiceResponse::new(kept, HttpResponse::from_error(problem))
        }
    }
}

/// What the panic said.
fn words_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a word")
}

/// Face, headers, count.
fn finish(rules: &Rules, response: ServiceResponse) -> ServiceResponse {
    let problem = response.response().error().map(|error| problem_of(error, rules.edge.body_limit()));
    let mut response = match problem {
        None => response,
        Some(problem) => {
            let answer = face(&rules.edge, response.request(), rules.audience, &problem);
            let mut shown = response.into_response(answer);
            if let Some(seconds) = problem.retry_after_seconds().filter(|_| problem.code() == Code::RateLimited) {
                let spent = format!(
                    "\"{}\";r=0;t={seconds}",
                    problem.extra().get("limit").and_then(|l| l.as_str()).unwrap_or("address")
                );
                put(&mut shown, RATE_LIMIT, &spent);
            }
            shown
        }
    };
    if rules.audience != Some(Audience::Cached) {
        rate_fields(&mut response);
    }
    secure(response.headers_mut(), rules.audience.unwrap_or(Audience::Page), rules.edge.links().base().is_https());
    rules.metrics.count(response.status().as_u16());
    Again::count_at(response.response_mut(), &rules.metrics);
    response
}

fn rate_fields(response: &mut ServiceResponse) {
    let fields = fields_of(response.request());
    if let Some((policy, state)) = fields {
        put(response, RATE_LIMIT_POLICY, &policy);
        if !response.headers().contains_key(&RATE_LIMIT) {
            put(response, RATE_LIMIT, &state);
        }
    }
}

fn fields_of(req: &HttpRequest) -> Option<(String, String)> {
    req.extensions().get::<Lefts>().and_then(Lefts::fields)
}

fn put(response: &mut ServiceResponse, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
