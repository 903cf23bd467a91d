//! Invitations: from an order to the one link that may review it.
//!
//! An order whose clock runs is [`plan`](plan::plan_batch)ned in the intake's own transaction: the [`policy`] says whether and
//! when, suppressions and the cap per person have their say, and a row with a place in the queue is written. When the time
//! comes, everything is read again ([`send`]), and the last question is whether the mail may still leave ([`asked`]); only one that
//! the server took makes the order *sent* ([`sent`]). Its link carries a
//! token that proves one thing, "holder of the mail for this invitation", and [`bearer`](bearer::bearer) turns it into the
//! [`Bearer`] that reviews ask for. One optional [reminder](remind) repeats the same link; a [`fresh`] one can be asked
//! for where it got lost.
//!
//! What speaks against asking is always a reason code in the order's state. A person says no once ([`mod@suppress`]) and no more
//! invitations, reminders and notices reach them; what others say of them the [operator] can lift. The shop's hand can [`mod@cancel`], [`mod@postpone`] or [hasten](mod@send_now) a
//! question, within limits and counted in public; the customer may [be asked a week later](later), once. When a shop changes its
//! policy, what waits is [planned again](replan); what another policy would have done with the latest orders can be
//! [looked at](mod@preview) before.
//!
//! Nothing here depends on how satisfied a customer may be. No address and no token is stored by this room.

pub mod api;
mod asked;
pub mod bearer;
mod cancel;
mod ended;
mod fresh;
mod hands;
pub mod jobs;
mod later;
mod letter;
mod model;
mod operator;
pub(crate) mod pages;
mod plan;
mod policy;
mod postpone;
mod preview;
mod remind;
mod replan;
mod returned;
mod reviewed;
mod send;
mod send_now;
mod sent;
mod store;
mod suppress;
mod view;

pub use bearer::{Tokens, about, addressee, bearer};
pub use cancel::cancel;
pub use ended::let_go;
pub use fresh::{FreshLinkLetter, ask as ask_fresh_link};
pub use hands::{Handled, hand_counts};
pub use later::{AskedLater, Deferred, ask_later, deferred, may_ask_later};
pub use letter::last_links;
pub(crate) use model::INVITATION;
pub use model::{Bearer, Invitation, Reach, Suppression, SuppressionReason};
pub(crate) use operator::{LeftAlone, Released, leave_alone, release};
pub use plan::{PlanItem, Planned, Purge, plan_batch};
pub(crate) use policy::submit_ms;
pub use postpone::{Later, postpone};
pub(crate) use preview::{Course, Previewed, Reminder, preview};
pub use remind::ReminderLetter;
pub use returned::bounced_orders;
pub use reviewed::{forms_started, mark_erased, mark_form_started, mark_reviewed};
pub use send::InvitationLetter;
pub use send_now::send_now;
pub use store::HandCounts;
pub use suppress::{
    Personal, Stopped, Unsubscribed, forget, forget_addressee, is_suppressed, personal, resubscribe, stopped, suppress,
    unsubscribe,
};
pub use view::{Asked, Filter, InvitationPage, InvitationView, find, list, mails_of, of_order};

#[cfg(test)]
mod tests;
