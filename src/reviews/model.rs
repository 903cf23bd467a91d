//! What a review and its dialogue are: the types of this room and the decisions that need nothing else.
//!
//! Pure: no clock, no database, no request. Every other file of the room speaks in these words, and later rooms read
//! them. Nothing here can change a stored review.

use std::fmt;

use crate::kernel::id::{InvitationId, OrderId, PhotoId, ReplyId, RestrictionId, ReviewId, ShopId};
use crate::kernel::stars::Stars;
use crate::kernel::time::{HOUR, Timestamp};
use crate::sign::webhook::Scheme;

/// Longest title, in characters.
pub const TITLE_MAX: usize = 120;
/// Longest text of a review, a reply or an answer, in characters.
pub const TEXT_MAX: usize = 5000;
/// Longest display name, in characters.
pub const NAME_MAX: usize = 60;
/// Products of one order that the form asks about; the rest of a long order is not asked.
pub const ITEMS_MAX: usize = 10;
/// Edits of one review; enough for anyone who writes, too few to fill a disk.
pub const EDITS_MAX: i64 = 100;

/// A closed list of words, spelled the same in columns and JSON.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every value, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word used in columns and JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The value for a word; `None` for any other text.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// Where a review stands. Only its author erases it, only the operator restricts it.
    Status {
        /// Readable and counted.
        Published = "published",
        /// Taken from view by the operator, with a reason; can be restored.
        Restricted = "restricted",
        /// Its text is gone for good, by its author.
        Erased = "erased",
    }
}

words! {
    /// Why the operator may restrict a review: nothing else is a reason, and none depends on the stars.
    RestrictionReason {
        /// The law forbids what it says.
        IllegalContent = "illegal_content",
        /// It shows somebody's personal data.
        PersonalData = "personal_data",
        /// It calls for hatred or threatens.
        HateOrThreat = "hate_or_threat",
        /// It is not about this purchase.
        NotAboutThePurchase = "not_about_the_purchase",
        /// Its author has a stake in the shop or in a competitor.
        ConflictOfInterest = "conflict_of_interest",
        /// A court ordered it.
        CourtOrder = "court_order",
    }
}

/// A certified review: of the shop (`sku` empty) or of one product of the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// The shop it is about.
    pub shop: ShopId,
    /// `rev_...`
    pub id: ReviewId,
    /// The invitation whose mail carried the token that wrote it.
    pub invitation: InvitationId,
    /// The order behind the invitation.
    pub order: OrderId,
    /// The product; empty for the review of the shop.
    pub sku: String,
    /// The product's name when the review was written.
    pub item: Option<String>,
    /// One to five.
    pub stars: Stars,
    /// May be empty; empty once erased.
    pub title: String,
    /// May be empty; empty once erased.
    pub body: String,
    /// Display name; empty where the author gave none or it was dropped.
    pub author: String,
    /// ISO 639-1 of the text, else of the order.
    pub language: String,
    /// Whether it can be read.
    pub status: Status,
    /// 1, then one more with each edit.
    pub version: i64,
    /// First publication, which is also where its weight stands.
    pub published_at: Timestamp,
    /// Last change of stars or text by its author.
    pub changed_at: Timestamp,
    /// When its author erased it.
    pub erased_at: Option<Timestamp>,
    /// When the reply that stands was first given.
    pub replied_at: Option<Timestamp>,
    /// The restriction in force.
    pub restriction: Option<RestrictionId>,
    /// How the order's events were checked.
    pub checked: Scheme,
    /// When the order was placed, where an event said so.
    pub ordered_at: Option<Timestamp>,
    /// When it was delivered, where an event said so.
    pub delivered_at: Option<Timestamp>,
    /// Random bytes of this version, for the commitment to it; gone once erased.
    pub salt: Option<Vec<u8>>,
}

impl Review {
    /// Whether it is about the shop rather than a product.
    pub fn of_shop(&self) -> bool {
        self.sku.is_empty()
    }

    /// The tally cell it counts in: UTC day of first publication and stars. `None` while it does not count.
    pub fn counts(&self) -> Option<(i64, Stars)> {
        (self.status == Status::Published).then(|| (self.published_at.day().number(), self.stars))
    }

    /// Whole hours from publication to the reply that stands; `None` where it does not count in the shop's figures.
    /// Only reviews of the shop count, so that the share is one of the same reviews as the score.
    pub fn reply_hours(&self) -> Option<i64> {
        let replied = self.replied_at.filter(|_| self.of_shop() && self.status == Status::Published)?;
        Some((replied.millis() - self.published_at.millis()).max(0) / HOUR)
    }
}

/// A photo of a review, as its row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// `pho_...`
    pub id: PhotoId,
    /// The review it belongs to.
    pub review: ReviewId,
    /// Pixels of its full form.
    pub width: i64,
    /// Pixels of its full form.
    pub height: i64,
    /// What it shows, by its author; may be empty.
    pub alt: String,
}

/// What a review said before an edit. A dropped version keeps date and stars only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// 1 is what was first published.
    pub version: i64,
    /// When this version was published.
    pub at: Timestamp,
    /// Its stars, always kept.
    pub stars: Stars,
    /// `None` once dropped.
    pub title: Option<String>,
    /// `None` once dropped.
    pub text: Option<String>,
    /// When the author dropped its text.
    pub dropped_at: Option<Timestamp>,
    /// Its own random bytes; `None` once dropped.
    pub salt: Option<Vec<u8>>,
}

/// The shop's public reply: one a review, in versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// `rep_...`
    pub id: ReplyId,
    /// The review it answers.
    pub review: ReviewId,
    /// 1, then one more with each edit, and after each withdrawal.
    pub version: i64,
    /// What the shop says; empty once withdrawn.
    pub text: String,
    /// When the shop first replied.
    pub created_at: Timestamp,
    /// When this version was given.
    pub changed_at: Timestamp,
    /// When the shop withdrew it.
    pub withdrawn_at: Option<Timestamp>,
}

impl Reply {
    /// Whether it can be read.
    pub fn stands(&self) -> bool {
        self.withdrawn_at.is_none()
    }
}

/// What a reply said before an edit or its withdrawal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyVersion {
    /// 1 is the first reply.
    pub version: i64,
    /// When this version was given.
    pub at: Timestamp,
    /// What it said.
    pub text: String,
}

/// The customer's answer to one version of the reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The review it belongs to.
    pub review: ReviewId,
    /// Which version of the reply it answers.
    pub reply_version: i64,
    /// What the customer says.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// One decision of the operator to take a review from view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restriction {
    /// Its id, and the subject of the statement mailed to the author.
    pub id: RestrictionId,
    /// The shop of the review.
    pub shop: ShopId,
    /// The review.
    pub review: ReviewId,
    /// The closed reason.
    pub reason: RestrictionReason,
    /// The operator's statement of reasons, mailed to the author.
    pub statement: String,
    /// Since when.
    pub at: Timestamp,
    /// Until when; `None` while in force.
    pub lifted_at: Option<Timestamp>,
}

/// What the author sends: the review of the shop, and what they chose to say of products.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// The one required field.
    pub stars: Stars,
    /// May be empty.
    pub title: String,
    /// May be empty.
    pub text: String,
    /// May be empty: shown as a customer of the shop.
    pub name: String,
    /// Products that got stars.
    pub items: Vec<ItemSubmission>,
}

/// What the author says of one product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemSubmission {
    /// One of the order's.
    pub sku: String,
    /// One to five.
    pub stars: Stars,
    /// May be empty.
    pub text: String,
}

/// The authority of whoever runs the instance. Only the command line makes one: no key of a shop turns into it.
#[derive(Clone, Copy, Debug)]
pub struct Operator(());

impl Operator {
    /// For doors that only the operator can open.
    pub fn at_the_machine() -> Self {
        Self(())
    }
}
