//! What another invitation policy would have done with the orders of the last 30 days, and why: invitations and reminders.
//! Sums are over all of them, the orders themselves come in pages. Writes nothing.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::desk::answers::flawed;
use crate::http::{self, Audience, Method, RouteTable, StrictJson};
use crate::invitations::{Course, Previewed, Reminder, preview};
use crate::kernel::id::OrderId;
use crate::kernel::order_number::OrderNumber;
use crate::kernel::page::Cursor;
use crate::kernel::time::Timestamp;
use crate::links::path;
use crate::merchants::api::{ShopBearer, Then};
use crate::merchants::settings::{self, Flaw};
use crate::merchants::{self, Policy, Shops};
use crate::orders::{Reason, State};
use crate::problem::Problem;

/// Most orders that one answer lists, and how many it does by itself.
const MOST: usize = 1000;

/// Adds the routes of this subject.
pub(super) fn routes(table: &mut RouteTable) {
    table.add(Method::POST, path::V1_PREVIEW, "preview_policy", Audience::Private, || web::post().to(preview_policy));
}

/// What to look at: another policy, and which of the orders to list.
struct Asked {
    policy: Policy,
    before: Option<OrderId>,
    limit: usize,
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

fn limit(value: &Value) -> Result<usize, Flaw> {
    let limit = value.as_u64().and_then(|n| usize::try_from(n).ok()).filter(|n| (1..=MOST).contains(n));
    limit.ok_or_else(|| wrong("/limit", format!("This must be a whole number from 1 to {MOST}.")))
}

#[derive(Serialize)]
struct Answer<'a> {
    since: Timestamp,
    policy: Value,
    totals: Totals,
    data: Vec<OrderView<'a>>,
    next: Option<String>,
}

/// Sums over all orders of the time that is looked at.
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
            totals.changed += usize::from(one.is_changed());
            totals.present.add(one.present);
            totals.proposed.add(one.proposed);
        }
        totals
    }
}

type ByReason = BTreeMap<&'static str, usize>;

#[derive(Default, Serialize)]
struct Sums {
    scheduled: usize,
    waiting: ByReason,
    skipped: ByReason,
    reminders: Reminders,
}

#[derive(Default, Serialize)]
struct Reminders {
    scheduled: usize,
    skipped: ByReason,
}

impl Sums {
    fn add(&mut self, course: Course) {
        match course.invitation {
            State::Waiting(reason) => *self.waiting.entry(reason.code()).or_default() += 1,
            State::Skipped(reason) => *self.skipped.entry(reason.code()).or_default() += 1,
            _ => self.scheduled += 1,
        }
        match course.reminder {
            Reminder::At(_) => self.reminders.scheduled += 1,
            Reminder::Not(why) => *self.reminders.skipped.entry(why.code()).or_default() += 1,
        }
    }
}

#[derive(Serialize)]
struct OrderView<'a> {
    id: OrderId,
    number: &'a OrderNumber,
    first_at: Timestamp,
    changed: bool,
    present: Decided,
    proposed: Decided,
}

/// What was decided about a mail.
#[derive(Serialize)]
struct MailView {
    state: &'static str,
    reason: Option<&'static str>,
    due_at: Option<Timestamp>,
    reason_text: Option<&'static str>,
}

#[derive(Serialize)]
struct Decided {
    #[serde(flatten)]
    invitation: MailView,
    reminder: MailView,
}

impl Decided {
    fn of(course: Course) -> Self {
        Self { invitation: invitation(course.invitation), reminder: reminder(course.reminder) }
    }
}

fn invitation(state: State) -> MailView {
    let reason = state.reason();
    MailView {
        state: state.word(),
        reason: reason.map(Reason::code),
        due_at: state.at(),
        reason_text: reason.map(Reason::sentence),
    }
}

fn reminder(reminder: Reminder) -> MailView {
    match reminder {
        Reminder::At(at) => MailView { due_at: Some(at), state: "scheduled", reason: None, reason_text: None },
        Reminder::Not(why) => {
            MailView { due_at: None, state: "skipped", reason: Some(why.code()), reason_text: Some(why.sentence()) }
        }
    }
}

impl<'a> OrderView<'a> {
    fn of(one: &'a Previewed) -> Self {
        Self {
            id: one.id,
            number: &one.number,
            first_at: one.first_at,
            changed: one.is_changed(),
            present: Decided::of(one.present),
            proposed: Decided::of(one.proposed),
        }
    }
}

/// Plays the orders of the last 30 days under both policies; lists them newest first, at most a thousand an answer.
async fn preview_policy(
    shops: web::Data<Shops>,
    Then(bearer, body): Then<ShopBearer, StrictJson<Map<String, Value>>>,
) -> Result<HttpResponse, Problem> {
    let (ctx, id) = (shops.context().clone(), bearer.shop());
    let shop = ctx.db().read(move |conn| merchants::load(conn, id)).await?;
    let shop = shop.ok_or_else(|| Problem::not_found("shop"))?;
    let Asked { policy, before, limit } = Asked::read(&shop.policy, &body.0).map_err(flawed)?;
    let (shown, reading) = (settings::view_policy(&policy), ctx.clone());
    let played = ctx.db().read(move |conn| preview(conn, &reading, &shop, policy)).await?;
    let mut rest = played.orders.iter().filter(|one| before.is_none_or(|before| one.id < before));
    let page: Vec<&Previewed> = rest.by_ref().take(limit).collect();
    let next = page.last().filter(|_| rest.next().is_some()).map(|last| Cursor::encode(&last.id));
    Ok(http::json(&Answer {
        since: played.since,
        policy: shown,
        totals: Totals::of(&played.orders),
        data: page.into_iter().map(OrderView::of).collect(),
        next,
    }))
}
