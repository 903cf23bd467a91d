//! What a policy would have done with a shop's orders of the last 30 days: their past played again, under the policy that
//! stands and under another, each order's invitation and its reminder. Reads only.
//!
//! Each order is judged as when its clock started, or now where it has not: with its events as they are known today, with
//! what people had wished by the day the mail would have left, and with the cap, counted over the mails that the same
//! policy would have planned; an order that arrived before counts with the mail it really has. Who reviewed would have done
//! so as long after the invitation as they did. What the hands of shop and customer did to single invitations, and that an
//! address was deleted since, is left out: no policy decides that.
//!
//! Orders are read in pages and forgotten but for what the play needs, so that a shop with many costs time, not memory.

mod play;
mod read;

use crate::context::Context;
use crate::db::{self, Connection};
use crate::kernel::id::OrderId;
use crate::kernel::order_number::OrderNumber;
use crate::kernel::time::{DAY, Timestamp};
use crate::merchants::{Policy, Shop};
use crate::orders::{Reason, State};

use play::Play;
use read::{Past, Policies};

/// How far back the orders go that are looked at.
const PREVIEW_DAYS: i64 = 30;

/// What was looked at.
#[derive(Debug)]
pub(crate) struct Preview {
    /// Orders that arrived before are not in it.
    pub(crate) since: Timestamp,
    /// Every order since, newest first; test orders left out.
    pub(crate) orders: Vec<Previewed>,
}

/// One order, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Previewed {
    /// Which.
    pub(crate) id: OrderId,
    /// The shop's own number for it.
    pub(crate) number: OrderNumber,
    /// When it arrived first.
    pub(crate) first_at: Timestamp,
    /// Under the policy that stands.
    pub(crate) present: Course,
    /// Under the other.
    pub(crate) proposed: Course,
}

impl Previewed {
    /// Whether the two differ.
    pub(crate) fn is_changed(&self) -> bool {
        self.present != self.proposed
    }
}

/// What becomes of one order under one policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Course {
    /// The invitation: waiting, scheduled or skipped.
    pub(crate) invitation: State,
    /// The reminder.
    pub(crate) reminder: Reminder,
}

/// What becomes of one order's reminder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reminder {
    /// It leaves then.
    At(Timestamp),
    /// There is none.
    Not(NoReminder),
}

/// Why there is no reminder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoReminder {
    /// Nobody is asked in the first place.
    NotInvited,
    /// The policy wants none for such an order.
    Off,
    /// The customer had written by then.
    Reviewed,
    /// What stops any mail about an order.
    Stopped(Reason),
}

impl NoReminder {
    /// The code on the wire.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::NotInvited => "not_invited",
            Self::Off => "reminder_off",
            Self::Reviewed => "already_reviewed",
            Self::Stopped(reason) => reason.code(),
        }
    }

    /// What it means, in one English sentence.
    pub(crate) const fn sentence(self) -> &'static str {
        match self {
            Self::NotInvited => "No invitation leaves, so there is nothing to remind of.",
            Self::Off => "The policy sends no reminder for such an order.",
            Self::Reviewed => "The customer had written a review by then.",
            Self::Stopped(reason) => reason.sentence(),
        }
    }
}

/// Plays a shop's orders under both policies.
pub(crate) fn preview(conn: &mut Connection, ctx: &Context, shop: &Shop, proposed: Policy) -> db::Result<Preview> {
    let now = ctx.now();
    let since = now.minus_ms(PREVIEW_DAYS * DAY);
    let proposed = Shop { policy: proposed, ..shop.clone() };
    let policies = Policies { present: shop, proposed: &proposed, submit_days: ctx.config().submit_days, now };
    let past = Past::read(conn, &policies, since)?;
    let present = Play { cap_days: shop.policy.cap_days, past: &past, now }.all(|order| &order.present);
    let proposed = Play { cap_days: proposed.policy.cap_days, past: &past, now }.all(|order| &order.proposed);
    let courses = present.into_iter().zip(proposed);
    let previewed = |(order, (present, proposed)): (read::Known, _)| {
        let read::Known { id, number, first_at, .. } = order;
        Previewed { id, number, first_at, present, proposed }
    };
    Ok(Preview { since, orders: past.orders.into_iter().zip(courses).map(previewed).collect() })
}
