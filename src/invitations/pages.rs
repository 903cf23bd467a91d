//! What the unsubscribe pages show, as plain values, and the templates beside them.
//! A GET shows the question; only a POST stops anything.

use serde::Serialize;

use crate::look::page::{Frame, Head, Robots, View};
use crate::look::words::{Words, fill};
use crate::look::{Broken, Template, template};

/// `/u/{token}`: the question. Posts `reach` (`shop` | `instance`).
#[derive(Debug, Clone, Serialize)]
pub(crate) struct UnsubscribePage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// The shop the mail was about.
    pub(crate) shop_name: String,
    /// Where the answer is posted.
    pub(crate) action: String,
}

/// After the POST.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct UnsubscribedPage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// The shop the mail was about.
    pub(crate) shop_name: String,
    /// How far it reaches.
    pub(crate) reach: Reach,
    /// Where it can be taken back, if it can.
    pub(crate) undo_action: Option<String>,
}

/// How far a suppression reaches, as the form posts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reach {
    /// Mails about this shop.
    Shop,
    /// Mails about every shop of this instance.
    Instance,
}
