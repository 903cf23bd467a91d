//! A message and an attempt as they are written, whoever writes them: alone with what follows, or together with others.

#![expect(single_use_lifetimes, clippy::ref_option_ref, reason = "diesel's derive writes so")]

use diesel::prelude::*;

use crate::db::schema::{message_attempts, messages};
use crate::jobs::Subject;
use crate::kernel::id::{MessageId, ShopId};
use crate::kernel::time::Timestamp;

use super::super::letter::Fate;

/// A message's row as it shall be.
#[derive(Clone, Debug)]
pub(in crate::mail) struct Row {
    pub(in crate::mail) id: MessageId,
    pub(in crate::mail) shop: ShopId,
    pub(in crate::mail) kind: &'static str,
    pub(in crate::mail) subject: Subject,
    pub(in crate::mail) edition: i64,
    pub(in crate::mail) fate: Fate,
    pub(in crate::mail) attempts: i64,
    pub(in crate::mail) at: Timestamp,
}

/// One attempt, as logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// When it ended.
    pub at: Timestamp,
    /// How far it came.
    pub stage: String,
    /// What it meant.
    pub outcome: String,
    /// The server's code, where there was one.
    pub code: Option<i64>,
    /// What was said, with addresses masked.
    pub reply: String,
}

/// A row of `messages`.
#[derive(Insertable)]
#[diesel(table_name = messages, treat_none_as_default_value = false)]
pub(super) struct MessageRow<'a> {
    id: MessageId,
    shop_id: ShopId,
    kind: &'a str,
    subject: &'a [u8],
    edition: i64,
    state: &'a str,
    reason: Option<&'a str>,
    attempts: i64,
    next_at: Option<i64>,
    sent_at: Option<i64>,
    created_at: Timestamp,
}

impl Row {
    /// The row to write.
    pub(super) fn message(&self) -> MessageRow<'_> {
        let sent_at = matches!(self.fate, Fate::Sent | Fate::Captured).then_some(self.at);
        MessageRow {
            id: self.id,
            shop_id: self.shop,
            kind: self.kind,
            subject: self.subject.as_bytes(),
            edition: self.edition,
            state: self.fate.state(),
            reason: self.fate.reason(),
            attempts: self.attempts,
            next_at: self.fate.next_at().map(Timestamp::millis),
            sent_at: sent_at.map(Timestamp::millis),
            created_at: self.at,
        }
    }
}

/// A row of `message_attempts`.
#[derive(Insertable)]
#[diesel(table_name = message_attempts, treat_none_as_default_value = false)]
pub(super) struct AttemptRow<'a> {
    message_id: MessageId,
    n: i64,
    at: Timestamp,
    stage: &'a str,
    outcome: &'a str,
    code: Option<i64>,
    reply: &'a str,
}

impl Attempt {
    /// The row to write, as the `n`-th of its message.
    pub(super) fn row(&self, message_id: MessageId, n: i64) -> AttemptRow<'_> {
        let Self { at, stage, outcome, code, reply } = self;
        AttemptRow { message_id, n, at: *at, stage, outcome, code: *code, reply }
    }
}
