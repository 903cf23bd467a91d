//! What an invitation is: the intent to ask one person about one order, and what its link entitles to.
//!
//! Types and pure decisions. An invitation is *pending* until it was sent or dropped; dropped ones keep their row, so that
//! postponements and cancellations by the shop stay countable. Never holds an address, a name or a token.

use serde::Serialize;

use crate::kernel::delay::Delay;
use crate::kernel::id::{InvitationId, OrderId, ShopId};
use crate::kernel::time::{DAY, Timestamp};
use crate::keyring::PersonHash;
use crate::orders::Reason;
use crate::sign::token::Purpose;

/// Queue and outbox kind of the first mail about an order.
pub(crate) const INVITATION: &str = "invitation";
/// Queue and outbox kind of the one optional reminder.
pub(crate) const REMINDER: &str = "reminder";
/// Queue and outbox kind of a fresh link that its holder asked for.
pub(crate) const FRESH_LINK: &str = "fresh_link";

/// How far a shop may postpone one invitation in all.
pub(crate) const POSTPONE_LIMIT: Delay = Delay::days(30);
/// Age of the trigger on arrival from which nobody is asked any more, in ms.
pub(crate) const TOO_OLD_MS: i64 = 90 * DAY;
/// In Italian tourism a review belongs within this time of the visit, in ms.
pub(crate) const TOURISM_IT_MS: i64 = 30 * DAY;
/// A fresh link leaves at most once in this time, in ms.
pub(crate) const FRESH_LINK_EVERY_MS: i64 = DAY;

/// One row of the room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// `inv_...`
    pub id: InvitationId,
    /// Whose customer is asked.
    pub shop_id: ShopId,
    /// About which order; never two invitations about one.
    pub order_id: OrderId,
    /// Who is asked, as the cap counts; `None` for test orders and for people who were erased.
    pub person: Option<PersonHash>,
    /// The event that started the clock.
    pub trigger_at: Timestamp,
    /// When it is, or was, due.
    pub due_at: Timestamp,
    /// Until when a review may be submitted.
    pub submit_until: Timestamp,
    /// Which key signed the token in the mail.
    pub token_kid: Option<i64>,
    /// Until when that token opens anything.
    pub token_expires_at: Option<Timestamp>,
    /// The mail server took it, or it was captured.
    pub sent_at: Option<Timestamp>,
    /// So was the reminder.
    pub reminded_at: Option<Timestamp>,
    /// When a fresh link was last asked for.
    pub fresh_link_at: Option<Timestamp>,
    /// By how much the shop postponed it in all, in ms.
    pub postponed_ms: i64,
    /// How often.
    pub postponements: i64,
    /// When the shop had it sent before its time.
    pub hastened_at: Option<Timestamp>,
    /// When the shop cancelled it: final.
    pub cancelled_at: Option<Timestamp>,
    /// When the intent ended before it was sent; the order's state says why.
    pub dropped_at: Option<Timestamp>,
    /// When its review was submitted.
    pub reviewed_at: Option<Timestamp>,
    /// When it was first planned.
    pub created_at: Timestamp,
    /// When the customer asked to be asked a week later: once.
    pub deferred_at: Option<Timestamp>,
    /// When a form of it was first posted that could not be taken.
    pub form_started_at: Option<Timestamp>,
    /// When one of its mails first came back for good.
    pub bounced_at: Option<Timestamp>,
    /// How often the order was asked about anew, at another address, where no earlier mail is known to have stayed: the edition of
    /// its invitation and of its reminder.
    pub edition: i64,
    /// Links that expire no later than this stood in mails of an earlier edition: they open nothing.
    pub links_after: Option<Timestamp>,
}

impl Invitation {
    /// A new intent; planning fills in whom and when.
    pub fn planned(id: InvitationId, shop_id: ShopId, order_id: OrderId, now: Timestamp) -> Self {
        Self {
            id,
            shop_id,
            order_id,
            person: None,
            trigger_at: now,
            due_at: now,
            submit_until: now,
            token_kid: None,
            token_expires_at: None,
            sent_at: None,
            reminded_at: None,
            fresh_link_at: None,
            postponed_ms: 0,
            postponements: 0,
            hastened_at: None,
            cancelled_at: None,
            dropped_at: None,
            reviewed_at: None,
            created_at: now,
            deferred_at: None,
            form_started_at: None,
            bounced_at: None,
            edition: 0,
            links_after: None,
        }
    }

    /// Still to be sent. Whoever reviewed has got the mail, whatever a server said of it since.
    pub fn is_pending(&self) -> bool {
        self.sent_at.is_none() && self.dropped_at.is_none() && self.reviewed_at.is_none()
    }

    /// Whether its mail ever left to whom the invitation asks now: also where it came back for now and shall be sent once more, and where
    /// no server said so but somebody reviewed.
    pub(crate) fn had_left(&self) -> bool {
        self.sent_at.is_some() || self.token_expires_at.is_some() || self.reviewed_at.is_some()
    }

    /// Whether a mail went to whom the invitation asks now. An earlier edition went to an address that the order no longer names; a fresh
    /// link has the time of its wish for an edition, which is the last one, or was made after the invitation was sent.
    pub(crate) fn is_current(&self, kind: &str, edition: i64) -> bool {
        match kind {
            INVITATION | REMINDER => edition == self.edition,
            FRESH_LINK => {
                let last = self.fresh_link_at.is_some_and(|at| at.millis() == edition);
                self.edition == 0 || last || self.sent_at.is_some_and(|at| at.millis() <= edition)
            }
            // What is written about a review follows from a link of today.
            _ => true,
        }
    }

    /// Whether a link with this expiry stood in a mail to whom the invitation asks now.
    pub(crate) fn opens_with(&self, expires: Timestamp) -> bool {
        self.links_after.is_none_or(|past| expires > past)
    }

    /// Whether a review may be submitted at `now`. The token says who asks, this says whether. Not whether the mail was
    /// recorded as sent: its reader may be faster than the record, and holding the link is the better proof.
    pub fn is_open(&self, now: Timestamp) -> bool {
        now < self.submit_until
    }
}

/// Who a link proves its holder to be: the reader of the mail about one invitation. The authority that reviews need as an
/// argument; only [`bearer`](super::bearer::bearer) makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// The invitation whose mail carried the link.
    pub invitation: InvitationId,
    /// The order it asks about.
    pub order_id: OrderId,
    /// The shop it asks for.
    pub shop_id: ShopId,
    /// What the link is for.
    pub purpose: Purpose,
    /// Until when a review may be submitted.
    pub submit_until: Timestamp,
    /// Whether that is still to come.
    pub open: bool,
    /// When the review was submitted, if it was.
    pub reviewed_at: Option<Timestamp>,
    /// Until when the link opens anything.
    pub expires: Timestamp,
}

/// How far a suppression reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reach {
    /// No more mail for this shop.
    Shop(#[serde(skip)] ShopId),
    /// No more mail from this instance.
    Instance,
}

/// Why a person gets no more invitations, reminders and notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SuppressionReason {
    /// They said so, from a mail.
    Unsubscribed,
    /// They reported a mail as spam.
    Complaint,
    /// They asked to be erased.
    Erased,
    /// The operator decided so.
    Operator,
    /// Their server says that the mailbox does not exist: nothing at all is sent there.
    HardBounce,
}

impl SuppressionReason {
    /// Every reason, from light to grave: a graver one replaces a lighter one.
    pub const ALL: &[Self] = &[Self::Unsubscribed, Self::Complaint, Self::Erased, Self::Operator, Self::HardBounce];

    /// Whether it is the person's own word, which nobody else takes back.
    pub const fn is_own(self) -> bool {
        matches!(self, Self::Unsubscribed | Self::Erased)
    }

    /// The word in column and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unsubscribed => "unsubscribed",
            Self::HardBounce => "hard_bounce",
            Self::Complaint => "complaint",
            Self::Erased => "erased",
            Self::Operator => "operator",
        }
    }

    /// The reason code of an order that is skipped because of it.
    pub const fn skips_with(self) -> Reason {
        match self {
            Self::Unsubscribed => Reason::Unsubscribed,
            Self::Complaint => Reason::Complained,
            Self::Erased => Reason::CustomerErased,
            Self::Operator => Reason::SuppressedByOperator,
            Self::HardBounce => Reason::AddressBounced,
        }
    }

    /// The reason for a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.as_str() == word)
    }
}

/// One person who is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// Who.
    pub person: PersonHash,
    /// How far.
    pub reach: Reach,
    /// Why.
    pub reason: SuppressionReason,
    /// Since when.
    pub at: Timestamp,
}
