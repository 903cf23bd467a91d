//! A mail as its shop sees it, from the day it is planned to what came back of it, always under one id.
//!
//! What waits for its first attempt is read from the queue, what was tried from the outbox. A list tells the first, then the second: a mail
//! that is tried while somebody pages may be told twice, never not at all.

use serde::{Deserialize, Serialize};

use crate::db::{self, Connection};
use crate::invitations;
use crate::jobs::Subject;
use crate::kernel::id::{MessageId, OrderId, ShopId};
use crate::kernel::time::Timestamp;
use crate::mail::returned::{ReturnKind, Returned};
use crate::mail::waiting::{self, Waiting, Watch};
use crate::mail::{self, Attempt, Letter, Listed, Logged};
use crate::reviews;

/// A mail.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct MessageView {
    id: MessageId,
    kind: String,
    order: Option<OrderId>,
    state: String,
    reason: Option<String>,
    waits_for: Option<String>,
    created_at: Timestamp,
    next_at: Option<Timestamp>,
    sent_at: Option<Timestamp>,
    attempts: Vec<AttemptView>,
    returns: Vec<Returned>,
}

#[derive(Clone, Debug, Serialize)]
struct AttemptView {
    at: Timestamp,
    stage: String,
    outcome: String,
    code: Option<i64>,
    reply: String,
}

/// Where a page of the list ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Place {
    /// Among those that were tried.
    Tried(Timestamp, MessageId),
    /// Among those that wait.
    Waits {
        /// After this one.
        waits: waiting::Place,
    },
}

/// A shop's mails after the place where the last page ended: what waits for its first attempt, those about the newest subjects first; then
/// what was tried, the newest first.
pub(crate) fn listed(
    conn: &mut Connection,
    watch: &Watch,
    shop: ShopId,
    after: Option<Place>,
    limit: i64,
) -> db::Result<Vec<(Place, MessageView)>> {
    let (waits, tried) = match after {
        None => (Some(None), None),
        Some(Place::Waits { waits }) => (Some(Some(waits)), None),
        Some(Place::Tried(at, id)) => (None, Some((at, id))),
    };
    let mut found = Vec::new();
    if let Some(after) = waits {
        let waiting = watch.untried(conn, shop, after, limit)?;
        found.extend(waiting.into_iter().map(|one| (Place::Waits { waits: one.place() }, MessageView::to_come(one))));
    }
    let left = limit.saturating_sub(i64::try_from(found.len()).unwrap_or(limit));
    if left > 0 {
        let rows = mail::listed(conn, shop, tried, left)?;
        let places: Vec<Place> = rows.iter().map(|row| Place::Tried(row.created_at, row.message.id)).collect();
        found.extend(places.into_iter().zip(tried_all(conn, watch, rows)?));
    }
    Ok(found)
}

/// Every mail about an order: what was tried, the oldest first, then what waits for its first attempt.
pub(crate) fn of_order(
    conn: &mut Connection,
    watch: &Watch,
    shop: ShopId,
    order: OrderId,
) -> db::Result<Vec<MessageView>> {
    let about = subjects(conn, shop, order)?;
    let kinds: Vec<&str> = watch.letters.all().map(Letter::kind).collect();
    let mut rows: Vec<Listed> = Vec::new();
    for subject in &about {
        rows.extend(mail::about(conn, &kinds, *subject)?);
    }
    rows.sort_by_key(|row| (row.created_at, row.message.id));
    let mut all = tried_all(conn, watch, rows)?;
    all.extend(watch.about(conn, &about)?.into_iter().map(MessageView::to_come));
    Ok(all)
}

/// These messages, with what the queue says of those that are tried again.
fn tried_all(conn: &mut Connection, watch: &Watch, rows: Vec<Listed>) -> db::Result<Vec<MessageView>> {
    let mut again = watch.tried_again(conn, &rows)?;
    let view = |row: Listed| {
        let again = again.remove(&row.message.id);
        let seen = MessageView::tried(conn, watch, row)?;
        Ok(match again {
            Some((at, waits_for)) => MessageView { next_at: Some(at), waits_for, ..seen },
            None => seen,
        })
    };
    rows.into_iter().map(view).collect()
}

/// What mails about an order may be about: its invitation, its reviews, their restrictions.
fn subjects(conn: &mut Connection, shop: ShopId, order: OrderId) -> db::Result<Vec<Subject>> {
    let mut all: Vec<Subject> = invitations::about(conn, shop, order)?.map(|row| row.id.into()).into_iter().collect();
    for review in reviews::personal(conn, shop, order)? {
        all.push(review.id.into());
        all.extend(review.restriction.map(Subject::from));
    }
    Ok(all)
}

impl MessageView {
    fn tried(conn: &mut Connection, watch: &Watch, listed: Listed) -> db::Result<Self> {
        let Listed { kind, subject, created_at, message } = listed;
        let order = match watch.letters.of(&kind) {
            Some(letter) => letter.order(conn, subject)?,
            None => None,
        };
        Ok(Self {
            id: message.id,
            kind,
            order,
            state: state(&message).to_owned(),
            reason: message.reason,
            waits_for: None,
            created_at,
            next_at: message.next_at,
            sent_at: message.sent_at,
            attempts: message.attempts.into_iter().map(AttemptView::of).collect(),
            returns: message.returned,
        })
    }

    fn to_come(waiting: Waiting) -> Self {
        let Waiting { id, kind, order, state, reason, waits_for, due, .. } = waiting;
        Self {
            id,
            kind: kind.to_owned(),
            order,
            state: state.to_owned(),
            reason: reason.map(str::to_owned),
            waits_for,
            created_at: due,
            next_at: (state != waiting::PARKED).then_some(due),
            sent_at: None,
            attempts: Vec::new(),
            returns: Vec::new(),
        }
    }
}

/// Where a mail stands: one that was sent and came back for good, or was reported, did not stay sent, whatever was to follow.
fn state(message: &Logged) -> &str {
    let came = |kind| message.returned.iter().any(|returned| returned.kind == kind);
    match message.state.as_str() {
        "sent" | "cancelled" if came(ReturnKind::Complaint) => "complained",
        "sent" | "cancelled" if came(ReturnKind::HardBounce) => "bounced",
        state => state,
    }
}

impl AttemptView {
    fn of(attempt: Attempt) -> Self {
        let Attempt { at, stage, outcome, code, reply } = attempt;
        Self { at, stage, outcome, code, reply }
    }
}
