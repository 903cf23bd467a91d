//! What came back of mails: bounces and complaints, each told once for every time a mail left.
//!
//! The door `returns` brings what other servers and providers say; a refusal at once is noted by the sending itself. One row per outcome
//! stands in `message_returns` with shop, UTC day and kind, so that whoever watches a shop's mail counts there:
//!
//! - [`returned_since`]: how many of each kind a shop has had since a moment; [`returned_later`] without refusals
//!   at once, which the brake of a shop counts by itself;
//! - [`returned_by_day`]: the same by UTC day (accounting);
//! - [`returned_about`]: what came back of the mails about some subjects (lists and timelines).
//!
//! Details are masked before they are kept. What a return means for a person or an order is not decided here.

use serde::Serialize;

use crate::jobs::Subject;
use crate::kernel::id::{MessageId, ShopId};
use crate::kernel::time::Timestamp;

use super::mask::masked;

pub use super::store::returned::{
    Left, left, note_returned, returned_about, returned_by_day, returned_later, returned_since, send_again,
    times_returned,
};

/// How a mail came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnKind {
    /// For good: the mailbox does not exist.
    HardBounce,
    /// For now: it may work another time.
    SoftBounce,
    /// It arrived, and was reported as unwanted.
    Complaint,
}

impl ReturnKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::HardBounce, Self::SoftBounce, Self::Complaint];

    /// The word in column and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HardBounce => "hard_bounce",
            Self::SoftBounce => "soft_bounce",
            Self::Complaint => "complaint",
        }
    }

    /// The kind of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// Who said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ReturnSource {
    /// The mail server, at once, in the dialogue.
    Smtp,
    /// A mail to the return address.
    Mail,
    /// Amazon SES.
    Ses,
    /// Mailgun.
    Mailgun,
    /// Postmark.
    Postmark,
    /// SendGrid.
    SendGrid,
}

impl ReturnSource {
    /// Every source.
    pub const ALL: [Self; 6] = [Self::Smtp, Self::Mail, Self::Ses, Self::Mailgun, Self::Postmark, Self::SendGrid];

    /// The word in column and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Smtp => "smtp",
            Self::Mail => "mail",
            Self::Ses => "ses",
            Self::Mailgun => "mailgun",
            Self::Postmark => "postmark",
            Self::SendGrid => "sendgrid",
        }
    }

    /// The source of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == word)
    }
}

/// One outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Returned {
    /// When we heard of it.
    pub at: Timestamp,
    /// How.
    pub kind: ReturnKind,
    /// From whom.
    pub source: ReturnSource,
    /// The RFC 3463 status, where one was given.
    pub status: Option<String>,
    /// What was said, with addresses masked.
    pub detail: String,
}

impl Returned {
    /// Masks and cuts what was said, here, before anybody can store it.
    pub fn new(at: Timestamp, kind: ReturnKind, source: ReturnSource) -> Self {
        Self { at, kind, source, status: None, detail: String::new() }
    }

    /// With the words of whoever said so.
    #[must_use]
    pub fn saying(self, status: Option<&str>, detail: &str) -> Self {
        let status = status.map(|text| text.chars().filter(|c| !c.is_control()).take(20).collect());
        Self { status, detail: masked(detail), ..self }
    }
}

/// How many came back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReturnCounts {
    /// Hard bounces.
    pub hard_bounces: i64,
    /// Soft bounces.
    pub soft_bounces: i64,
    /// Complaints.
    pub complaints: i64,
}

impl ReturnCounts {
    /// Adds `n` of a kind.
    pub(super) fn add(&mut self, kind: ReturnKind, n: i64) {
        match kind {
            ReturnKind::HardBounce => self.hard_bounces += n,
            ReturnKind::SoftBounce => self.soft_bounces += n,
            ReturnKind::Complaint => self.complaints += n,
        }
    }
}

/// What came back of one mail that left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnOf {
    /// Which mail.
    pub message: MessageId,
    /// Whose.
    pub shop: ShopId,
    /// When it had left: tells one sending from the next.
    pub sent_at: Timestamp,
    /// What came back.
    pub returned: Returned,
}

/// What a room is told of a mail of its kind that came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Back {
    /// What came back.
    pub returned: Returned,
    /// As in [`Mail::edition`](crate::mail::letter::Mail::edition).
    pub edition: i64,
    /// When the mail had left.
    pub sent_at: Timestamp,
    /// When it goes out once more, if the room still wants that: after a soft bounce that is not the last.
    pub again: Option<Timestamp>,
}

/// A subject and what came back of a mail about it.
pub type About = (Subject, ReturnKind, Timestamp);
