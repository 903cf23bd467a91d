//! How a published review is shown, wherever one is: profile, product page, the author's own page.
//! Plain values only; which review is public is decided by the rooms.

use serde::Serialize;

use crate::kernel::time::Timestamp;

/// One place in a list of reviews: a review, or what is left of one.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Entry {
    /// A published review.
    Review(Box<ReviewCard>),
    /// Taken out of sight by the operator, for a closed reason.
    Restricted {
        /// `rev_…`
        id: String,
        /// When it was published.
        published_at: Timestamp,
        /// When it was restricted.
        at: Timestamp,
        /// Closed reason code.
        reason: String,
    },
    /// Erased by its author.
    Erased {
        /// `rev_…`
        id: String,
        /// When it was erased.
        at: Timestamp,
    },
}

/// A review and its dialogue.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ReviewCard {
    /// `rev_…`; also the element's id on the page.
    pub(crate) id: String,
    /// Address of the review's own page, once there is one.
    pub(crate) url: Option<String>,
    /// 1 to 5.
    pub(crate) stars: i64,
    /// May be empty.
    pub(crate) title: String,
    /// May be empty.
    pub(crate) text: String,
    /// Display name; empty: "a customer".
    pub(crate) author: String,
    /// Language of the text (BCP 47), for `lang`.
    pub(crate) language: String,
    /// First publication.
    pub(crate) published_at: Timestamp,
    /// Last edit, if any.
    pub(crate) edited_at: Option<Timestamp>,
    /// What it said before, newest first.
    pub(crate) versions: Vec<Version>,
    /// Product this is about; None: the shop.
    pub(crate) item: Option<String>,
    /// When the order was placed.
    pub(crate) ordered_at: Option<Timestamp>,
    /// How the order event was signed: `v1` (shared secret) or `v1a` (the shop's own key).
    pub(crate) checked: String,
    /// The shop's reply.
    pub(crate) reply: Option<ReplyCard>,
    /// The customer's answers to it, oldest first.
    pub(crate) answers: Vec<AnswerCard>,
}

/// An earlier version of a review. Dropped by its author: title and text are None.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Version {
    /// When it was written.
    pub(crate) at: Timestamp,
    /// 1 to 5.
    pub(crate) stars: i64,
    /// What the title was.
    pub(crate) title: Option<String>,
    /// What the text was.
    pub(crate) text: Option<String>,
}

/// The shop's reply.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ReplyCard {
    /// Who replies.
    pub(crate) shop: String,
    /// What it says.
    pub(crate) text: String,
    /// First written.
    pub(crate) at: Timestamp,
    /// Last edit, if any.
    pub(crate) edited_at: Option<Timestamp>,
    /// What it said before, newest first.
    pub(crate) versions: Vec<AnswerCard>,
}

/// A dated text: the customer's answer, or an earlier version of a reply.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct AnswerCard {
    /// What it says.
    pub(crate) text: String,
    /// When.
    pub(crate) at: Timestamp,
}
