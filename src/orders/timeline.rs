//! What happened to an order, in one line of time: the events a shop sent with what each led to, and the moves that other
//! rooms made, with who made them.
//!
//! Names nobody. Events whose webhook ids were forgotten after their time are no longer in it; the order's facts keep what
//! they said.

use serde::{Deserialize, Serialize};

use super::reason::Reason;
use super::store::list::{self, EventRow, MoveRow};
use crate::db::{self, Connection};
use crate::kernel::id::{MessageId, OrderId, ShopId};
use crate::kernel::time::Timestamp;

/// Lines shown of each kind: the newest.
const MOST: i64 = 200;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    /// An event came.
    Event {
        /// When it arrived.
        at: Timestamp,
        /// When it happened, by the shop's clock.
        occurred_at: Timestamp,
        /// Its type.
        #[serde(rename = "type")]
        event_type: String,
        /// Its webhook id.
        webhook_id: String,
        /// How it was signed: `v1` or `v1a`.
        checked: String,
        /// What it led to.
        #[serde(flatten)]
        result: Standing,
    },
    /// The order was moved without an event.
    Move {
        /// When.
        at: Timestamp,
        /// By whom.
        actor: String,
        /// Where to.
        #[serde(flatten)]
        result: Standing,
        /// What there is to say about it.
        note: Option<String>,
    },
    /// Something happened to a mail about it.
    Mail {
        /// When.
        at: Timestamp,
        /// Which mail.
        message: MessageId,
        /// What kind of mail.
        mail: String,
        /// What happened: `attempt` (one that did not succeed), `sent`, `captured`, `hard_bounce`, `soft_bounce` or `complaint`.
        step: &'static str,
        /// The mail server's code, where there was one.
        code: Option<i64>,
        /// What was said, with addresses masked.
        reply: String,
    },
}

impl Entry {
    pub(super) fn at(&self) -> Timestamp {
        match self {
            Self::Event { at, .. } | Self::Move { at, .. } | Self::Mail { at, .. } => *at,
        }
    }
}

/// Where an order stood after a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The state's word.
    pub state: String,
    /// Its reason code.
    pub reason: Option<Reason>,
    /// The reason in words.
    pub reason_text: Option<&'static str>,
    /// When the next thing was due then.
    pub due_at: Option<Timestamp>,
}

impl Standing {
    /// With the reason in words.
    pub fn new(state: &str, reason: Option<Reason>, due_at: Option<Timestamp>) -> Self {
        Self { state: state.to_owned(), reason, reason_text: reason.map(Reason::sentence), due_at }
    }
}

/// What the timeline needs of a stored answer.
#[derive(Deserialize)]
struct Told {
    state: String,
    reason: Option<Reason>,
    at: Option<Timestamp>,
}

/// The timeline of an order, oldest first.
///
/// # Errors
/// The database's; [`db::Error::Corrupt`] when a stored answer does not parse.
pub fn timeline(conn: &mut Connection, shop: ShopId, order: OrderId) -> db::Result<Vec<Entry>> {
    let mut entries =
        list::events(conn, shop, order, MOST)?.into_iter().rev().map(event).collect::<db::Result<Vec<_>>>()?;
    entries.extend(list::moves(conn, shop, order, MOST)?.into_iter().rev().map(moved));
    // Stable: an event and the move it caused keep their order.
    entries.sort_by_key(Entry::at);
    Ok(entries)
}

fn event(row: EventRow) -> db::Result<Entry> {
    let told: Told = serde_json::from_str(&row.answer).map_err(|_error| db::Error::corrupt("order_events.answer"))?;
    Ok(Entry::Event {
        at: row.received_at,
        occurred_at: row.occurred_at,
        event_type: row.kind,
        webhook_id: row.webhook_id,
        checked: row.checked,
        result: Standing::new(&told.state, told.reason, told.at),
    })
}

fn moved(row: MoveRow) -> Entry {
    let reason = row.reason.as_deref().and_then(Reason::parse);
    Entry::Move {
        at: row.moved_at,
        actor: row.actor,
        result: Standing::new(&row.state, reason, row.at),
        note: row.note,
    }
}
