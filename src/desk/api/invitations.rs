//! A shop's invitations: the list, and the shop's hand on one that is still to be sent. Each time that hand was in is
//! counted and told on the profile.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::http::{self, Audience, Method, RouteTable, StrictJson};
use crate::invitations::{self, Asked, Filter, Handled, InvitationView, Later};
use crate::kernel::delay::Delay;
use crate::kernel::id::{InvitationId, OrderId, ShopId};
use crate::kernel::page::PageLimit;
use crate::kernel::time::{DAY, Timestamp};
use crate::merchants::Shops;
use crate::merchants::api::{ShopBearer, ShopWriter, Then};
use crate::orders::State;
use crate::problem::{Code, Problem};

type Answer = Result<HttpResponse, Problem>;

/// Adds the routes of this subject.
pub(super) fn routes(table: &mut RouteTable) {
    const LIST: &str = "/v1/shops/{shop}/invitations";
    const CANCEL: &str = "/v1/shops/{shop}/invitations/{id}/cancel";
    const POSTPONE: &str = "/v1/shops/{shop}/invitations/{id}/postpone";
    const SEND: &str = "/v1/shops/{shop}/invitations/{id}/send";
    table.add(Method::GET, LIST, "list_invitations", Audience::Private, || web::get().to(list_invitations));
    table.add(Method::POST, CANCEL, "cancel_invitation", Audience::Write, || web::post().to(cancel_invitation));
    table.add(Method::POST, POSTPONE, "postpone_invitation", Audience::Write, || web::post().to(postpone_invitation));
    table.add(Method::POST, SEND, "send_invitation", Audience::Write, || web::post().to(send_invitation));
}

#[derive(Deserialize)]
struct Query {
    state: Option<String>,
    cursor: Option<String>,
    limit: Option<String>,
}

impl Query {
    fn asked(&self) -> Result<Asked, Problem> {
        let filter = match self.state.as_deref().unwrap_or("all") {
            "all" => Filter::All,
            "pending" => Filter::Pending,
            "sent" => Filter::Sent,
            "reviewed" => Filter::Reviewed,
            "dropped" => Filter::Dropped,
            _ => {
                let detail = "`state` is one of all, pending, sent, reviewed, dropped.";
                return Err(Problem::new(Code::InvalidFilter, detail));
            }
        };
        let limit = self.limit.as_deref().map(PageLimit::parse).transpose();
        let limit = limit.map_err(|error| Problem::new(Code::InvalidFilter, format!("{error}.")))?.unwrap_or_default();
        Asked::parse(filter, self.cursor.as_deref(), limit)
            .map_err(|error| Problem::new(Code::InvalidCursor, format!("{error}.")))
    }
}

/// Newest first, a page at a time.
async fn list_invitations(
    req: HttpRequest,
    shops: web::Data<Shops>,
    Then(bearer, query): Then<ShopBearer, web::Query<Query>>,
) -> Answer {
    let (shop, asked) = (bearer.shop(), query.asked()?);
    let page = shops.context().db().read(move |conn| invitations::list(conn, shop, &asked)).await?;
    http::listed(&req, &page.invitations, page.next.as_deref())
}

/// What a path names: an invitation, or the order it asks about, which also exists before anything is planned.
#[derive(Clone, Copy)]
enum Which {
    Invitation(InvitationId),
    Order(OrderId),
}

impl Which {
    fn parse(path: &(String, String)) -> Result<Self, Problem> {
        let id = &path.1;
        let invitation = InvitationId::parse(id).map(Self::Invitation);
        let order = || OrderId::parse(id).map(Self::Order);
        invitation.or_else(|_other| order()).map_err(|_unparsed| Problem::not_found("invitation"))
    }

    fn order(self, conn: &mut crate::db::Connection, shop: ShopId) -> crate::db::Result<Option<OrderId>> {
        match self {
            Self::Order(id) => Ok(Some(id)),
            Self::Invitation(id) => Ok(invitations::find(conn, shop, id)?.map(|found| found.order)),
        }
    }
}

type Seen = (Handled, Option<InvitationView>);

/// Finds the order, lays the shop's hand on its invitation, and reads what stands afterwards.
async fn handle<F>(shops: &Shops, shop: ShopId, which: Which, verb: F) -> Answer
where
    F: FnOnce(&mut crate::db::Connection, OrderId, Timestamp) -> crate::db::Result<Handled> + Send + 'static,
{
    let now = shops.context().now();
    let seen: Seen = shops
        .context()
        .db()
        .write(move |tx| {
            let Some(order) = which.order(tx, shop)? else { return Ok((Handled::NoOrder, None)) };
            let handled = verb(tx, order, now)?;
            Ok((handled, invitations::of_order(tx, shop, order)?))
        })
        .await?;
    answer(seen)
}

fn answer((handled, view): Seen) -> Answer {
    let state = |state: State| state.reason().map_or_else(|| state.word(), |reason| reason.code());
    let problem = match handled {
        Handled::Done(_) => {
            return view.map(|view| http::json(&view)).ok_or_else(|| Problem::not_found("invitation"));
        }
        Handled::NoOrder => Problem::not_found("invitation"),
        Handled::AlreadySent => Problem::new(Code::AlreadySent, "The mail has left: nothing can be changed about it."),
        Handled::NotPlanned(at) => Problem::new(
            Code::Conflict,
            format!("Nothing is planned yet for this order ({}): it can be cancelled, not moved.", state(at)),
        ),
        Handled::Final(at) => {
            Problem::new(Code::OrderFinal, format!("Nothing is sent for this order any more: {}.", state(at)))
        }
        Handled::Limit { left_ms } => {
            let days = left_ms / DAY;
            let detail = format!("An invitation can be postponed by 30 days in all; {days} whole days are left.");
            Problem::new(Code::PostponeLimit, detail).with("left_ms", left_ms)
        }
        Handled::NotLater(at) => {
            Problem::new(Code::InvalidField, format!("It is due at {at}: name a later time.")).with("due_at", json!(at))
        }
        Handled::PastWindow(until) => Problem::new(
            Code::PostponeLimit,
            format!("The time to write a review ends at {until}: the invitation must go out before."),
        ),
    };
    Err(problem)
}

/// Withdraws the question before it is asked; final for this order, counted in public.
async fn cancel_invitation(shops: web::Data<Shops>, writer: ShopWriter, path: web::Path<(String, String)>) -> Answer {
    let (shop, ctx) = (writer.shop(), shops.context().clone());
    let which = Which::parse(&path)?;
    handle(&shops, shop, which, move |tx, order, now| invitations::cancel(tx, &ctx, shop, order, now)).await
}

#[derive(Deserialize)]
struct Postponement {
    until: Option<String>,
    by: Option<String>,
}

impl Postponement {
    fn later(&self) -> Result<Later, Problem> {
        let wrong = |at: &str, detail: &str| Problem::new(Code::InvalidField, detail).at(at);
        match (&self.until, &self.by) {
            (Some(text), None) => {
                let until = Timestamp::parse(text).map(Later::Until);
                until.map_err(|error| wrong("/until", &format!("This must be an RFC 3339 time: {error}.")))
            }
            (None, Some(text)) => {
                let by = Delay::parse(text).map(Later::By);
                by.map_err(|_error| wrong("/by", "This must be a delay like 12h, 3d or 1w."))
            }
            (None, None) => Err(Problem::new(Code::MissingField, "Say `until` (a time) or `by` (a delay).").at("/by")),
            (Some(_), Some(_)) => Err(wrong("/until", "Say either `until` or `by`.")),
        }
    }
}

/// Asks later: by 30 days in all, counted in public.
async fn postpone_invitation(
    shops: web::Data<Shops>,
    Then(writer, body): Then<ShopWriter, StrictJson<Postponement>>,
    path: web::Path<(String, String)>,
) -> Answer {
    let (later, which) = (body.0.later()?, Which::parse(&path)?);
    let (shop, entry) = (writer.shop(), writer.entry);
    handle(&shops, shop, which, move |tx, order, now| invitations::postpone(tx, &entry.shop, order, later, now)).await
}

/// Asks at once; what is checked at sending still is.
async fn send_invitation(shops: web::Data<Shops>, writer: ShopWriter, path: web::Path<(String, String)>) -> Answer {
    let (shop, which) = (writer.shop(), Which::parse(&path)?);
    handle(&shops, shop, which, move |tx, order, now| invitations::send_now(tx, shop, order, now)).await
}
