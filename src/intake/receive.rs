//! From verified bytes to an event that can wait for its batch.

use std::sync::Arc;

use super::verify::Signed;
use crate::http::json::parse_strict;
use crate::kernel::id::EventId;
use crate::kernel::time::Timestamp;
use crate::keyring::{Keyring, PersonHash};
use crate::merchants::{ShopEntry, ShopStatus};
use crate::orders::event::{Change, Event, Mailbox};
use crate::orders::read::{self, Warning};
use crate::problem::{Code, Problem};

/// An event on its way into a batch.
pub(super) struct Arrival {
    pub(super) shop: Arc<ShopEntry>,
    pub(super) id: EventId,
    pub(super) signed: Signed,
    pub(super) body_hash: [u8; 32],
    pub(super) received: Timestamp,
    pub(super) event: Event,
    pub(super) warnings: Vec<Warning>,
    /// The person whose address it carries.
    pub(super) person: Option<PersonHash>,
}

/// Refuses events for shops that take nothing in.
pub(super) fn require_open(shop: &ShopEntry) -> Result<(), Problem> {
    match shop.shop.status {
        ShopStatus::Open => Ok(()),
        ShopStatus::Closed => Err(Problem::new(Code::ShopClosed, "This shop is closed; it takes no events in.")),
        ShopStatus::Suspended => {
            Err(Problem::new(Code::ShopSuspended, "The operator suspended this shop; it takes no events in."))
        }
    }
}

/// Reads a verified body.
pub(super) fn read(body: &[u8], now: Timestamp) -> Result<(Event, Vec<Warning>), Problem> {
    read::event(&parse_strict(body)?, now)
}

/// The person whose address an event carries.
pub(super) fn person(keyring: &Keyring, event: &Event) -> Option<PersonHash> {
    match event {
        Event::Order(order) => match &order.email {
            Change::Set(Mailbox::Valid(email)) => Some(keyring.person(email)),
            _ => None,
        },
        Event::CustomerErased { email, .. } => Some(keyring.person(email)),
        Event::Other { .. } => None,
    }
}
