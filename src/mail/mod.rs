//! Mail out: from a room's [`Letter`] to a server's 250, and back into the room's rows.
//!
//! A room puts a job `(kind, subject)` into the queue. When it is due, [`LetterJob`] asks the room's letter for a
//! [`Draft`], reading everything again in one [`look`]: what is cancelled, unsubscribed or reviewed by now is dropped with its reason.
//! [`Composer`](compose::Composer) renders the typed [`MailContext`] in the person's language (every template was
//! checked at start) and writes the message; the [`Mailer`] hands it to the transport that the settings choose. What
//! the server says is judged by one closed table in [`outcome`], and stored with the attempt, the message, the room's
//! rows and the end of the job in one write, [`together`] with those that left at the same time. Both [`gather`] whoever comes meanwhile.
//!
//! Who a mail is from is decided in [`identity`]; [`dkim`] signs it for that domain, [`dns`] looks whether the world can check that.
//! [`dialogue`] sends one mail and tells every step; [`check`] renders all of them and says what mail programs would not show.
//!
//! When a mail may leave is the [`gate`]'s question: limits and their [`pace`], quiet hours, the operator's pause, and the
//! [`brake`] of a shop whose mails come back too often. What waits, and until when, is told by the [`queue`], mail by mail by [`waiting`].
//!
//! A server that could not be used is asked whether it is back ([`recovery`]), so that what was held for it leaves within seconds.
//!
//! A shop may say parts of its mails in its own words ([`own`]): checked when stored, read with the draft, never a reason to fail.
//!
//! A mail that left may still come back: it leaves under an address of its own ([`return_path`]), and what other servers and providers
//! say of it later stands in [`returned`].
//!
//! Sent means 250 after DATA. A captured mail is never called sent; a mail that may not leave yet is held, never lost.
//! Bodies are never stored, addresses print masked, and lettre is used nowhere else.

mod addressed;
pub mod brake;
pub mod check;
pub mod compose;
mod conclude;
pub mod context;
pub mod dialogue;
pub mod dkim;
pub mod dns;
mod gate;
mod gather;
mod halt;
mod hold;
pub mod identity;
mod job;
pub mod letter;
mod letters;
mod look;
mod mailer;
mod mask;
mod origin;
pub mod outcome;
pub(crate) mod own;
mod pace;
pub(crate) mod paragraphs;
pub mod queue;
mod recovery;
mod return_path;
pub mod returned;
pub mod samples;
mod store;
pub mod template;
mod together;
pub mod transport;
pub mod trial;
pub mod waiting;

pub use context::MailContext;
pub use job::LetterJob;
pub use letter::{Draft, Fate, Letter, Mail, Owner, Settled, Stop};
pub use letters::Letters;
pub use mailer::{MailSetupError, Mailer, NO_MAIL_SERVER, NO_PUBLIC_URL};
pub use recovery::ASK_AGAIN;
pub use return_path::MARK;
pub use store::{
    Attempt, Listed, Logged, Release, about, call_off, forget_log, held_about, listed, logged, release, release_one,
    revive, withdraw,
};
