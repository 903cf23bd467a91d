//! The ways a mail can go: a mail server, a folder of files, the captured mailbox. Each takes a composed message and answers with a receipt or a
//! [`Fault`](super::outcome::Fault); none of them knows shops, letters or the database.

pub mod capture;
pub mod file;
mod open;
mod pool;
pub mod smtp;
mod tls;
pub mod url;
mod wire;

use super::outcome::{Reply, Stage};

/// Proof that a transport has taken a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Where the dialogue ended.
    pub stage: Stage,
    /// What the server said, where there was one.
    pub reply: Option<Reply>,
}
