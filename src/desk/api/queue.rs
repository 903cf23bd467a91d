//! What of a shop's mail waits, what holds it and when nothing will wait any more; the shop's own limits; and ending a pause.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::context::Context;
use crate::db::{self, Connection};
use crate::desk::answers::flawed;
use crate::http::{self, Audience, Method, RouteTable, StrictJson};
use crate::invitations;
use crate::kernel::id::{OrderId, ShopId};
use crate::kernel::order_number::OrderNumber;
use crate::kernel::pace::Limit;
use crate::kernel::time::{HOUR, Timestamp};
use crate::kernel::zone::Zone;
use crate::mail::Mailer;
use crate::mail::brake::{self, Cause, Counts, Grip, Hand, Resumed};
use crate::mail::queue::{self, Forecast, HeldFor, Used};
use crate::merchants::api::{ShopBearer, ShopWriter, Then};
use crate::merchants::settings::Flaw;
use crate::merchants::{self, Shops};
use crate::orders;
use crate::problem::{Code, Problem};

type Answer = Result<HttpResponse, Problem>;

/// How many of the next invitations are shown.
const NEXT: i64 = 10;
/// How many limits a shop may set.
const LIMITS: usize = 8;

/// Adds the routes of this subject.
pub(super) fn routes(table: &mut RouteTable) {
    const QUEUE: &str = "/v1/shops/{shop}/mail/queue";
    const RESUME: &str = "/v1/shops/{shop}/mail/resume";
    const LIMITS: &str = "/v1/shops/{shop}/mail/limits";
    table.add(Method::GET, QUEUE, "read_mail_queue", Audience::Private, || web::get().to(read_mail_queue));
    table.add(Method::POST, RESUME, "resume_mail", Audience::Write, || web::post().to(resume_mail));
    table.add(Method::PUT, LIMITS, "replace_mail_limits", Audience::Write, || web::put().to(replace_mail_limits));
}

/// The whole picture.
#[derive(Serialize)]
struct QueueView {
    at: Timestamp,
    paused: bool,
    brake: BrakeView,
    waiting: WaitingView,
    held: Vec<HeldFor>,
    next: Vec<NextView>,
    limits: Vec<Used>,
    forecast: Forecast,
}

/// Whether mail is held for what came back, and by what numbers that is judged.
#[derive(Serialize)]
struct BrakeView {
    state: &'static str,
    cause: Option<Cause>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    counted_from: Timestamp,
    last_days: Counts,
    rules: [RuleView; 2],
}

/// At what share of mails a brake goes on.
#[derive(Serialize)]
struct RuleView {
    cause: Cause,
    least_sent: i64,
    pauses_at_per_thousand: i64,
    stops_at_per_thousand: i64,
}

/// Invitations that have not left.
#[derive(Serialize)]
struct WaitingView {
    due: i64,
    later: i64,
}

/// An invitation that comes next.
#[derive(Serialize)]
struct NextView {
    order: OrderId,
    number: OrderNumber,
    due_at: Timestamp,
}

/// What waits, what holds it, at what rate it goes, when it will be empty.
async fn read_mail_queue(shops: web::Data<Shops>, mailer: web::Data<Mailer>, bearer: ShopBearer) -> Answer {
    let (shop, mailer) = (bearer.shop(), mailer.into_inner());
    Ok(http::json(&seen(shops.context(), mailer, shop).await?))
}

/// Ends a pause that came from bounces or complaints; a stop only the operator ends.
async fn resume_mail(shops: web::Data<Shops>, mailer: web::Data<Mailer>, writer: ShopWriter) -> Answer {
    let (ctx, shop) = (shops.context(), writer.shop());
    let now = ctx.now();
    match ctx.db().write(move |tx| brake::resume(tx, shop, Hand::Shop, now)).await? {
        Resumed::WasFree | Resumed::Now => Ok(http::json(&seen(ctx, mailer.into_inner(), shop).await?)),
        Resumed::OnlyByOperator => {
            Err(Problem::new(Code::SendingStopped, "The shop's sending was stopped. Only the operator can resume it."))
        }
    }
}

/// The shop's own limits, beside those of the operator: whichever is lower counts.
async fn replace_mail_limits(
    shops: web::Data<Shops>,
    mailer: web::Data<Mailer>,
    Then(writer, body): Then<ShopWriter, StrictJson<Map<String, Value>>>,
) -> Answer {
    let (ctx, shop) = (shops.context(), writer.shop());
    let limits = own_limits(&body.0).map_err(flawed)?;
    ctx.db().write(move |tx| brake::set_limits(tx, shop, limits)).await?;
    Ok(http::json(&seen(ctx, mailer.into_inner(), shop).await?))
}

fn own_limits(body: &Map<String, Value>) -> Result<Vec<Limit>, Flaw> {
    let flaw = |pointer: String, detail: &str| Flaw { pointer, detail: detail.to_owned() };
    if let Some(other) = body.keys().find(|name| *name != "limits") {
        return Err(flaw(format!("/{other}"), "There is no such field. Known: limits."));
    }
    let list = body.get("limits").and_then(Value::as_array).filter(|list| list.len() <= LIMITS);
    let list = list.ok_or_else(|| flaw("/limits".to_owned(), "This must be a list of at most 8 limits."))?;
    let limit = |(n, value): (usize, &Value)| {
        let limit = value.as_str().and_then(|text| Limit::parse(text).ok());
        limit.ok_or_else(|| {
            let expected =
                "This must be a limit like \"100 per hour\", \"20 per minute to gmail.com\" or \"2 connections\".";
            flaw(format!("/limits/{n}"), expected)
        })
    };
    list.iter().enumerate().map(limit).collect()
}

async fn seen(ctx: &Context, mailer: std::sync::Arc<Mailer>, shop: ShopId) -> db::Result<QueueView> {
    let now = ctx.now();
    ctx.db().read(move |conn| view(conn, &mailer, shop, now)).await
}

fn view(conn: &mut Connection, mailer: &Mailer, shop: ShopId, now: Timestamp) -> db::Result<QueueView> {
    let hours = invitations::waiting_by_hour(conn, shop)?;
    let this_hour = now.millis().div_euclid(HOUR);
    let standing = brake::standing(conn, shop)?;
    let found = merchants::load(conn, shop)?;
    let zone = found.as_ref().map_or(Zone::UTC, |shop| shop.zone);
    let mut speed = queue::speed(conn, mailer, (0, zone))?;
    speed.rates.extend(queue::of_all(&standing.limits));
    let mut limits = queue::used(conn, "", mailer.limits(), now)?;
    limits.extend(queue::used(conn, &queue::of_shop(shop), &standing.limits, now)?);
    Ok(QueueView {
        at: now,
        paused: found.is_some_and(|shop| shop.paused),
        brake: brake_view(conn, shop, &standing, now)?,
        waiting: WaitingView {
            due: hours.range(..=this_hour).map(|(_, count)| *count).sum(),
            later: hours.range(this_hour + 1..).map(|(_, count)| *count).sum(),
        },
        held: queue::of_shop_held(conn, shop)?,
        next: next(conn, shop)?,
        limits,
        forecast: queue::forecast(now, &hours, &speed),
    })
}

fn brake_view(
    conn: &mut Connection,
    shop: ShopId,
    standing: &brake::Standing,
    now: Timestamp,
) -> db::Result<BrakeView> {
    let counted_from = standing.stops_from.max(now.minus_ms(brake::COUNTED_MS));
    let on = standing.brake;
    let (state, until) = match on.map(|brake| brake.grip) {
        None => ("off", None),
        Some(Grip::Paused(until)) => ("paused", Some(until)),
        Some(Grip::Stopped) => ("stopped", None),
    };
    Ok(BrakeView {
        state,
        cause: on.map(|brake| brake.cause),
        since: on.map(|brake| brake.at),
        until,
        counted_from,
        last_days: brake::counts(conn, shop, counted_from)?,
        rules: Cause::COUNTED.map(|cause| RuleView {
            cause,
            least_sent: cause.least_sent(),
            pauses_at_per_thousand: cause.pauses_at(),
            stops_at_per_thousand: cause.stops_at(),
        }),
    })
}

fn next(conn: &mut Connection, shop: ShopId) -> db::Result<Vec<NextView>> {
    let mut all = Vec::new();
    for (order, due_at) in invitations::waiting_next(conn, shop, NEXT)? {
        if let Some(found) = orders::find(conn, shop, order)? {
            all.push(NextView { order, number: found.number, due_at });
        }
    }
    Ok(all)
}
