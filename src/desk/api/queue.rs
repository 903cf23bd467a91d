//! What of a shop's mail waits, what holds it, at what rate it goes and when nothing will wait any more; and ending a pause.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use serde::Serialize;

use crate::context::Context;
use crate::db::{self, Connection};
use crate::http::{self, Audience, Method, RouteTable};
use crate::kernel::id::{MessageId, OrderId, ShopId};
use crate::kernel::order_number::OrderNumber;
use crate::kernel::time::Timestamp;
use crate::kernel::zone::Zone;
use crate::mail::brake::{self, Cause, Counts, Grip, Hand, Resumed};
use crate::mail::queue::{self, Face, Forecast, HeldFor, InQueue, OfShop, Standstill, UsedOf};
use crate::mail::waiting::{Waiting, Watch};
use crate::mail::{Letters, Mailer};
use crate::merchants::api::{ShopBearer, ShopWriter, Then};
use crate::merchants::{self, Shops};
use crate::orders;
use crate::problem::{Code, Problem};

pub(super) type Answer = Result<HttpResponse, Problem>;

/// Adds the routes of this subject.
pub(super) fn routes(table: &mut RouteTable) {
    const QUEUE: &str = "/v1/shops/{shop}/mail/queue";
    const RESUME: &str = "/v1/shops/{shop}/mail/resume";
    table.add(Method::GET, QUEUE, "read_mail_queue", Audience::Private, || web::get().to(read_mail_queue));
    table.add(Method::POST, RESUME, "resume_mail", Audience::Write, || web::post().to(resume_mail));
}

/// The whole picture.
#[derive(Serialize)]
struct QueueView {
    at: Timestamp,
    paused: bool,
    standstills: Vec<Standstill>,
    brake: BrakeView,
    waiting: InQueue,
    held: Vec<HeldFor>,
    next: Vec<NextView>,
    limits: Vec<UsedOf>,
    sent_in_last_hour: i64,
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

/// A mail that comes next.
#[derive(Serialize)]
struct NextView {
    message: MessageId,
    kind: &'static str,
    order: Option<OrderId>,
    number: Option<OrderNumber>,
    to: Option<String>,
    due_at: Timestamp,
    reason: Option<&'static str>,
    waits_for: Option<String>,
}

/// Whoever shows a queue.
pub(super) struct Eyes {
    watch: Watch,
    mailer: Arc<Mailer>,
}

impl FromRequest for Eyes {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let shops = req.app_data::<web::Data<Shops>>();
        let (letters, mailer) = (req.app_data::<web::Data<Letters>>(), req.app_data::<web::Data<Mailer>>());
        ready(match (shops, letters, mailer) {
            (Some(shops), Some(letters), Some(mailer)) => Ok(Self {
                watch: Watch { ctx: shops.context().clone(), letters: Letters::clone(letters) },
                mailer: Arc::clone(mailer),
            }),
            _ => Err(Problem::internal("the mail of this instance is not put together")),
        })
    }
}

impl Eyes {
    /// What every request has.
    pub(super) fn ctx(&self) -> &Context {
        &self.watch.ctx
    }

    /// The queue of a shop as it is now.
    pub(super) async fn seen(self, shop: ShopId) -> Answer {
        let ctx = self.ctx().clone();
        Ok(http::json(&ctx.db().read(move |conn| self.view(conn, shop)).await?))
    }

    fn view(&self, conn: &mut Connection, shop: ShopId) -> db::Result<QueueView> {
        let found = merchants::load(conn, shop)?;
        let paused = found.as_ref().is_some_and(|shop| shop.paused);
        let face = Face { id: shop, zone: found.map_or(Zone::UTC, |shop| shop.zone), paused };
        let OfShop { stills, waiting, held, next, limits, left, forecast } =
            queue::of_one(conn, &self.watch, &self.mailer, face)?;
        let now = self.ctx().now();
        Ok(QueueView {
            at: now,
            paused,
            standstills: stills,
            brake: brake_view(conn, shop, now)?,
            waiting,
            held,
            next: next.into_iter().map(|one| next_view(conn, one)).collect::<db::Result<_>>()?,
            limits,
            sent_in_last_hour: left,
            forecast,
        })
    }
}

/// What waits, what holds it, at what rate it goes, when it will be empty.
async fn read_mail_queue(Then(bearer, eyes): Then<ShopBearer, Eyes>) -> Answer {
    eyes.seen(bearer.shop()).await
}

/// Ends a pause that came from bounces or complaints; a stop only the operator ends.
async fn resume_mail(Then(writer, eyes): Then<ShopWriter, Eyes>) -> Answer {
    let (shop, now) = (writer.shop(), eyes.ctx().now());
    match eyes.ctx().db().write(move |tx| brake::resume(tx, shop, Hand::Shop, now)).await? {
        Resumed::WasFree | Resumed::Now => eyes.seen(shop).await,
        Resumed::OnlyByOperator => {
            Err(Problem::new(Code::SendingStopped, "The shop's sending was stopped. Only the operator can resume it."))
        }
    }
}

fn brake_view(conn: &mut Connection, shop: ShopId, now: Timestamp) -> db::Result<BrakeView> {
    let standing = brake::standing(conn, shop)?;
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

fn next_view(conn: &mut Connection, waiting: Waiting) -> db::Result<NextView> {
    let Waiting { id, shop, kind, order, to, due, reason, waits_for, .. } = waiting;
    let number = match order {
        Some(order) => orders::find(conn, shop, order)?.map(|found| found.number),
        None => None,
    };
    Ok(NextView { message: id, kind, order, number, to, due_at: due, reason, waits_for })
}
