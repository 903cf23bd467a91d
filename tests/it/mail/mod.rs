//! Mail as the world sees it: what reaches a mail server, what becomes of a message, what may never happen.

mod bench;
mod dialogue;
mod hostile;
mod identity;
mod outcomes;
mod settings;
mod transport;
mod wording;
