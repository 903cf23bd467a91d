//! The mails of a shop, each with its life: queued, every attempt and what the mail server said, sent, and what came back. Addresses are
//! masked; bodies and addresses are not kept, so they cannot be shown.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};

use crate::http::{self, Audience, Method, RouteTable};
use crate::kernel::id::MessageId;
use crate::kernel::page::{Cursor, PageLimit};
use crate::kernel::time::Timestamp;
use crate::mail::returned::{ReturnKind, Returned};
use crate::mail::{self, Attempt, Listed, Logged};
use crate::merchants::Shops;
use crate::merchants::api::{ShopBearer, Then};
use crate::problem::{Code, Problem};

/// Adds the routes of this subject.
pub(super) fn routes(table: &mut RouteTable) {
    const LIST: &str = "/v1/shops/{shop}/messages";
    table.add(Method::GET, LIST, "list_messages", Audience::Private, || web::get().to(list_messages));
}

#[derive(Deserialize)]
struct Query {
    cursor: Option<String>,
    limit: Option<String>,
}

type Place = (Timestamp, MessageId);

impl Query {
    fn page(&self) -> Result<(Option<Place>, PageLimit), Problem> {
        let limit = self.limit.as_deref().map(PageLimit::parse).transpose();
        let limit = limit.map_err(|error| Problem::new(Code::InvalidFilter, format!("{error}.")))?.unwrap_or_default();
        let before = self.cursor.as_deref().map(Cursor::decode).transpose();
        let before = before.map_err(|error| Problem::new(Code::InvalidCursor, format!("{error}.")))?;
        Ok((before, limit))
    }
}

#[derive(Serialize)]
struct MessageView {
    id: MessageId,
    kind: String,
    state: String,
    reason: Option<String>,
    created_at: Timestamp,
    next_at: Option<Timestamp>,
    sent_at: Option<Timestamp>,
    attempts: Vec<AttemptView>,
    returns: Vec<Returned>,
}

#[derive(Serialize)]
struct AttemptView {
    at: Timestamp,
    stage: String,
    outcome: String,
    code: Option<i64>,
    reply: String,
}

impl MessageView {
    fn of(listed: Listed) -> Self {
        let Listed { kind, created_at, message, .. } = listed;
        Self {
            id: message.id,
            kind,
            state: state(&message).to_owned(),
            reason: message.reason,
            created_at,
            next_at: message.next_at,
            sent_at: message.sent_at,
            attempts: message.attempts.into_iter().map(AttemptView::of).collect(),
            returns: message.returned,
        }
    }
}

/// Where a mail stands: one that was sent and came back for good, or was reported, did not stay sent.
fn state(message: &Logged) -> &str {
    let came = |kind| message.returned.iter().any(|returned| returned.kind == kind);
    match message.state.as_str() {
        "sent" if came(ReturnKind::Complaint) => "complained",
        "sent" if came(ReturnKind::HardBounce) => "bounced",
        state => state,
    }
}

impl AttemptView {
    fn of(attempt: Attempt) -> Self {
        let Attempt { at, stage, outcome, code, reply } = attempt;
        Self { at, stage, outcome, code, reply }
    }
}

/// Newest first, a page at a time.
async fn list_messages(
    req: HttpRequest,
    shops: web::Data<Shops>,
    Then(bearer, query): Then<ShopBearer, web::Query<Query>>,
) -> Result<HttpResponse, Problem> {
    let (shop, (before, limit)) = (bearer.shop(), query.page()?);
    let mut listed = shops.context().db().read(move |conn| mail::listed(conn, shop, before, limit.probe())).await?;
    let more = limit.cut(&mut listed);
    let next = listed.last().filter(|_| more).map(|last| Cursor::encode(&(last.created_at, last.message.id)));
    let messages: Vec<MessageView> = listed.into_iter().map(MessageView::of).collect();
    http::listed(&req, &messages, next.as_deref())
}
