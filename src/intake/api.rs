//! `POST /v1/shops/{shop}/events`: raw bytes in, one answer out.

use std::sync::Arc;

use actix_web::http::header::HeaderValue;
use actix_web::{HttpRequest, HttpResponse, web};

use super::answer::Outcome;
use super::collector::Collector;
use super::receive::{self, Arrival};
use super::tally::Counts;
use super::verify::{self, Arrived, RawHeaders, Signed};
use crate::context::Context;
use crate::http::json::require_json;
use crate::http::{self, Audience, Method, RawBody, RouteTable};
use crate::kernel::domain::ShopRef;
use crate::links::path;
use crate::merchants::{Rejections, ShopEntry, Shops};
use crate::problem::{Code, Problem};
use crate::sign::webhook::{ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER};

/// Adds the route of the intake.
pub fn routes(table: &mut RouteTable) {
    table.add(Method::POST, path::V1_EVENTS, "push_event", Audience::Write, || web::post().to(push_event));
}

/// What the handler works with; registered once by `app`.
#[derive(Clone)]
pub struct Intake {
    /// Where events are kept.
    pub collector: Collector,
    /// Where refusals are remembered.
    pub rejections: Arc<Rejections>,
    /// Figures.
    pub counts: Counts,
}

async fn push_event(
    req: HttpRequest,
    intake: web::Data<Intake>,
    shops: web::Data<Shops>,
    body: Result<RawBody, Problem>,
) -> Result<HttpResponse, Problem> {
    let result = match body {
        Ok(RawBody(body)) => take(&req, &intake, &shops, &body).await,
        Err(problem) => Err(problem),
    };
    match &result {
        Ok((answer, _)) => intake.counts.count(if *answer == Answered::Again { "duplicate" } else { "kept" }),
        Err(problem) => intake.counts.count(problem.code().name()),
    }
    result.map(|(_, response)| http::private(response))
}

/// Whether an event came for the first time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answered {
    First,
    Again,
}

async fn take(
    req: &HttpRequest,
    intake: &Intake,
    shops: &Shops,
    body: &[u8],
) -> Result<(Answered, HttpResponse), Problem> {
    require_json(req)?;
    let ctx = shops.context();
    let headers = headers(req);
    let arrived = Arrived::new(headers, body, ctx.now());
    let name = req.match_info().get("shop").and_then(|text| ShopRef::parse(text).ok());
    let entry = match &name {
        Some(name) => shops.find(name).await?,
        None => None,
    };
    let signed = verify::verify(entry.as_ref(), headers, body, arrived.now);
    let kept = match (signed, &entry) {
        (Ok(signed), Some(entry)) => {
            if let Some(key) = signed.key {
                shops.webhook_key_used(entry.shop.id, key);
            }
            http::count_shop(req, entry.shop.id.as_bytes())?;
            keep(ctx, intake, entry, Accepted { signed, body, arrived: &arrived }).await
        }
        (Err(problem), _) => Err(arrived.explain(problem)),
        (Ok(_), None) => Err(Problem::internal("a signature of no shop was accepted")),
    };
    kept.inspect_err(|problem| {
        if let Some(entry) = entry.filter(|_| problem.status() < 500) {
            intake.rejections.record(entry.shop.id, arrived.rejection(problem));
        }
    })
}

/// A body whose signature fits.
struct Accepted<'a> {
    signed: Signed,
    body: &'a [u8],
    arrived: &'a Arrived,
}

async fn keep(
    ctx: &Context,
    intake: &Intake,
    entry: &Arc<ShopEntry>,
    accepted: Accepted<'_>,
) -> Result<(Answered, HttpResponse), Problem> {
    receive::require_open(entry)?;
    let (event, warnings) = receive::read(accepted.body, accepted.arrived.now)?;
    let arrival = Arrival {
        shop: Arc::clone(entry),
        id: ctx.ids().next(),
        signed: accepted.signed,
        body_hash: accepted.arrived.digest,
        received: accepted.arrived.now,
        person: receive::person(ctx.keyring(), &event),
        event,
        warnings,
    };
    match intake.collector.keep(arrival).await? {
        Outcome::Kept(answer) => {
            let answered = if answer.duplicate { Answered::Again } else { Answered::First };
            Ok((answered, http::json_status(202, &answer)))
        }
        Outcome::Reused => {
            Err(Problem::new(Code::WebhookIdReused, "This webhook-id came before with another body; nothing was kept."))
        }
        Outcome::TestMismatch { test } => {
            let detail =
                if test { "This order was opened as a test order." } else { "This order was opened as a real order." };
            Err(Problem::new(Code::TestMismatch, detail).at("/data/test"))
        }
    }
}

fn headers(req: &HttpRequest) -> RawHeaders<'_> {
    // A header that stands there twice proves nothing: it counts as missing.
    let only = |name: &str| {
        let mut values = req.headers().get_all(name);
        let first = values.next().map(HeaderValue::as_bytes);
        first.filter(|_| values.next().is_none())
    };
    RawHeaders { id: only(ID_HEADER), timestamp: only(TIMESTAMP_HEADER), signature: only(SIGNATURE_HEADER) }
}
