//! Mail as the world sees it: what reaches a mail server, what becomes of a message, what may never happen.

mod bench;
mod brake;
mod chaos;
mod dialogue;
pub(crate) mod hostile;
mod identity;
mod outcomes;
mod pace;
mod recovery;
mod settings;
mod transport;
mod wording;
