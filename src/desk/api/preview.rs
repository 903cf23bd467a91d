//! What another invitation policy would have done with the orders of the last 30 days, and why. Writes nothing.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::desk::answers::flawed;
use crate::http::{self, Audience, Method, RouteTable, StrictJson};
use crate::invitations::{PREVIEW_DAYS, Previewed, Window, preview};
use crate::kernel::id::OrderId;
use crate::kernel::order_number::OrderNumber;
use crate::kernel::page::Cursor;
use crate::kernel::time::{DAY, Timestamp};
use crate::links::path;
use crate::merchants::api::{ShopBearer, Then};
use crate::merchants::settings::{self, Flaw};
use crate::merchants::{self, Policy, Shops};
use crate::orders::{Reason, State};
use crate::problem::Problem;

/// Most orders that one answer looks at, and how many it does by itself.
const MOST: i64 = 1000;

/// Adds the routes of this subject.
pub(super) fn routes(table: &mut RouteTable) {
    table.add(Method::POST, path::V1_PREVIEW, "preview_policy", Audience::Private, || web::post().to(preview_policy));
}

/// What to look at: another policy, and which of the orders.
struct Asked {
    policy: Policy,
    before: Option<OrderId>,
    limit: i64,
}

fn wrong(pointer: &str, detail: impl Into<String>) -> Flaw {
    Flaw { pointer: pointer.to_owned(), detail: detail.into() }
}

impl Asked {
    fn read(present: &Policy, body: &Map<String, Value>) -> Result<Self, Flaw> {
        const ONE: &str = "Send either `policy`, a whole one, or `changes` to the present one.";
        let mut asked = Self { policy: present.clone(), before: None, limit: MOST };
        let mut given = false;
        for (name, value) in body {
            let at = format!("/{name}");
            match name.as_str() {
                "policy" | "changes" if given => return Err(wrong(&at, ONE)),
                "policy" => asked.policy = patched(Policy::default(), &at, value)?,
                "changes" => asked.policy = patched(present.clone(), &at, value)?,
                "cursor" => asked.before = cursor(value)?,
                "limit" => asked.limit = limit(value)?,
                _ => return Err(wrong(&at, "There is no such field. Known: policy, changes, cursor, limit.")),
            }
            given |= matches!(name.as_str(), "policy" | "changes");
        }
        if given { Ok(asked) } else { Err(wrong("", ONE)) }
    }
}

fn patched(mut policy: Policy, at: &str, value: &Value) -> Result<Policy, Flaw> {
    let fields = value.as_object().ok_or_else(|| wrong(at, "This must be an object with the fields of a policy."))?;
    let inside = |flaw: Flaw| Flaw { pointer: format!("{at}{}", flaw.pointer), ..flaw };
    settings::patch_policy(&mut policy, fields).map_err(inside)?;
    Ok(policy)
}

fn cursor(value: &Value) -> Result<Option<OrderId>, Flaw> {
    if value.is_null() {
        return Ok(None);
    }
    let text = value.as_str().unwrap_or_default();
    Cursor::decode(text).map(Some).map_err(|error| wrong("/cursor", format!("This is {error}.")))
}

fn limit(value: &Value) -> Result<i64, Flaw> {
    let limit = value.as_i64().filter(|n| (1..=MOST).contains(n));
    limit.ok_or_else(|| wrong("/limit", format!("This must be a whole number from 1 to {MOST}.")))
}

#[derive(Serialize)]
struct Answer {
    since: Timestamp,
    policy: Value,
    totals: Totals,
    data: Vec<OrderView>,
    next: Option<String>,
}

/// Sums over the orders of this answer.
#[derive(Default, Serialize)]
struct Totals {
    orders: usize,
    changed: usize,
    present: Sums,
    proposed: Sums,
}

impl Totals {
    fn of(played: &[Previewed]) -> Self {
        let mut totals = Self { orders: played.len(), ..Self::default() };
        for one in played {
            totals.changed += usize::from(one.present != one.proposed);
            totals.present.add(one.present);
            totals.proposed.add(one.proposed);
        }
        totals
    }
}

#[derive(Default, Serialize)]
struct Sums {
    scheduled: usize,
    waiting: BTreeMap<&'static str, usize>,
    skipped: BTreeMap<&'static str, usize>,
}

impl Sums {
    fn add(&mut self, state: State) {
        let by_reason = match state {
            State::Waiting(reason) => self.waiting.entry(reason.code()),
            State::Skipped(reason) => self.skipped.entry(reason.code()),
            _ => {
                self.scheduled += 1;
                return;
            }
        };
        *by_reason.or_default() += 1;
    }
}

#[derive(Serialize)]
struct OrderView {
    id: OrderId,
    number: OrderNumber,
    first_at: Timestamp,
    changed: bool,
    present: Decided,
    proposed: Decided,
}

#[derive(Serialize)]
struct Decided {
    state: &'static str,
    reason: Option<&'static str>,
    due_at: Option<Timestamp>,
    reason_text: Option<&'static str>,
}

impl Decided {
    fn of(state: State) -> Self {
        let reason = state.reason();
        Self {
            state: state.word(),
            reason: reason.map(Reason::code),
            due_at: state.at(),
            reason_text: reason.map(Reason::sentence),
        }
    }
}

impl OrderView {
    fn of(one: Previewed) -> Self {
        Self {
            id: one.order.id,
            number: one.order.number,
            first_at: one.order.first_at,
            changed: one.present != one.proposed,
            present: Decided::of(one.present),
            proposed: Decided::of(one.proposed),
        }
    }
}

/// Plays the latest orders under both policies, newest first, at most a thousand an answer.
async fn preview_policy(
    shops: web::Data<Shops>,
    Then(bearer, body): Then<ShopBearer, StrictJson<Map<String, Value>>>,
) -> Result<HttpResponse, Problem> {
    let (ctx, id) = (shops.context().clone(), bearer.shop());
    let shop = ctx.db().read(move |conn| merchants::load(conn, id)).await?;
    let shop = shop.ok_or_else(|| Problem::not_found("shop"))?;
    let Asked { policy, before, limit } = Asked::read(&shop.policy, &body.0).map_err(flawed)?;
    let (shown, since) = (settings::view_policy(&policy), ctx.now().minus_ms(PREVIEW_DAYS * DAY));
    let (reading, window) = (ctx.clone(), Window { since, before, limit: limit + 1 });
    let mut played = ctx.db().read(move |conn| preview(conn, &reading, &shop, policy, window)).await?;
    let asked = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = played.len() > asked;
    played.truncate(asked);
    let next = played.last().filter(|_| more).map(|last| Cursor::encode(&last.order.id));
    Ok(http::json(&Answer {
        since,
        policy: shown,
        totals: Totals::of(&played),
        data: played.into_iter().map(OrderView::of).collect(),
        next,
    }))
}
