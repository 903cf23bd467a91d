//! How a published review is shown, wherever one is: profile, product page, its own page, the author's.
//! Plain values only; which review is public is decided by the rooms.

use serde::Serialize;

use super::changes::Part;
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
    /// What each edit changed, newest first.
    pub(crate) history: Vec<Change>,
    /// There were more edits than stand here: its own page has them all.
    pub(crate) longer: bool,
    /// What its author photographed.
    pub(crate) photos: Vec<PhotoCard>,
    /// Product this is about; None: the shop.
    pub(crate) item: Option<String>,
    /// Page of that product.
    pub(crate) item_url: Option<String>,
    /// When the order was placed.
    pub(crate) ordered_at: Option<Timestamp>,
    /// How the order event was signed: `v1` (shared secret) or `v1a` (the shop's own key).
    pub(crate) checked: String,
    /// The shop's reply.
    pub(crate) reply: Option<ReplyCard>,
    /// When the shop took its reply back.
    pub(crate) withdrawn_at: Option<Timestamp>,
    /// The customer's answers to it, oldest first.
    pub(crate) answers: Vec<AnswerCard>,
}

/// A photo, small and linked to its full form.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PhotoCard {
    /// Address of the full form.
    pub(crate) url: String,
    /// Address of the small form.
    pub(crate) small_url: String,
    /// Pixels of the small form.
    pub(crate) width: i64,
    /// Pixels of the small form.
    pub(crate) height: i64,
    /// What it shows, by its author; may be empty.
    pub(crate) alt: String,
}

/// One edit of a review or a reply: what it said before and after, told as what changed.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Change {
    /// When it was changed.
    pub(crate) at: Timestamp,
    /// Since when it had said what was changed.
    pub(crate) before: Timestamp,
    /// Where the stars changed.
    pub(crate) stars: Option<StarsChange>,
    /// The title's parts; empty where it is the same.
    pub(crate) title: Vec<Part>,
    /// The text's parts; empty where it is the same.
    pub(crate) text: Vec<Part>,
    /// The stars it had, where its author dropped the words of the version before.
    pub(crate) dropped: Option<i64>,
}

/// Stars before and after an edit.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct StarsChange {
    /// 1 to 5.
    pub(crate) from: i64,
    /// 1 to 5.
    pub(crate) to: i64,
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
    /// What each edit changed, newest first.
    pub(crate) history: Vec<Change>,
    /// There were more edits than stand here.
    pub(crate) longer: bool,
}

/// The customer's answer.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct AnswerCard {
    /// What it says.
    pub(crate) text: String,
    /// When.
    pub(crate) at: Timestamp,
}
