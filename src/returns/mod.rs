//! What comes back: bounces and complaints about mails that had left, by mail and from the providers that sent them.
//!
//! A mail leaves with an envelope sender of its own, in which a signed part names the message (`mail`, `keyring`). What other servers
//! send there comes to the [listener](Listener), which takes nothing else: a report without our signed part is refused, whoever it
//! is about. Providers report to `/v1/returns/{provider}`, each proven as that provider offers ([`hooks`]). What a report says is
//! [`read`] without touching anything; what follows from it is decided in one place, [`record`]: a row per outcome, however often it is
//! told, the person left alone, and the room whose mail it was told in the same transaction.
//!
//! - A **hard bounce** means that the mailbox does not exist: nobody on this instance writes there again, not even a statement of reasons.
//! - A **complaint** is a person's word against this shop's mail: this shop asks them no more. Others may; they said nothing of them.
//! - A **soft bounce** is of today: what still has something to say goes out once more after days, twice at most.
//! - Delays, receipts and automatic answers are told apart and ignored.
//!
//! A door: it may use any room, and no room knows it. Whoever counts what came back reads [`crate::mail::returned`].

mod api;
mod hooks;
mod post;
mod read;
mod record;
mod smtp;
mod store;

pub use api::routes;
pub use hooks::{Fetch, Hooks, Web};
pub use smtp::{Listener, ListenerError};

use crate::mail::Letters;
