//! `/r/{token}/photos`: the photos of one review as its author sees them.

use serde::Serialize;

use crate::look::page::{Frame, Head, View};
use crate::look::review::PhotoCard;
use crate::look::words::{Words, fill};
use crate::look::{Template, template};

use super::samples;

/// The photos of a review, and room for more.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PhotosPage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// Whom the review is about.
    pub(crate) shop_name: String,
    /// The product it is about; None: the shop.
    pub(crate) item: Option<String>,
    /// What just happened, if something did.
    pub(crate) notice: Option<PhotoNotice>,
    /// What is wrong with what was sent, each said once.
    pub(crate) faults: Vec<PhotoFault>,
    /// The photos, in the order they came.
    pub(crate) photos: Vec<OwnPhoto>,
    /// How many more it can have.
    pub(crate) left: i64,
    /// Where photos are sent.
    pub(crate) action: String,
    /// The author's own page.
    pub(crate) back_url: String,
}

/// A photo and what its author can do with it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct OwnPhoto {
    /// Its id, for the fields of its forms.
    pub(crate) id: String,
    /// As everybody sees it.
    pub(crate) card: PhotoCard,
    /// Where its description is posted, as `alt`.
    pub(crate) describe_action: String,
    /// Where taking it back is posted.
    pub(crate) remove_action: String,
}

/// What just happened on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PhotoNotice {
    /// What was sent is to be seen.
    Added,
    /// It is gone.
    Removed,
    /// The description is kept.
    Described,
}

/// Closed list of what can be wrong with what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PhotoFault {
    /// No file was chosen.
    None,
    /// Neither JPEG nor PNG nor WebP.
    Unknown,
    /// It cannot be read to its end.
    Broken,
    /// It moves.
    Animated,
    /// Too many pixels.
    TooLarge,
    /// Too many bytes in one go.
    TooHeavy,
    /// More than a review can have.
    TooMany,
}

impl View for PhotosPage {
    fn template() -> &'static Template {
        template!("reviews/photos", "photos.hbs")
    }

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn head(&self, words: &Words) -> Head {
        Head::private(fill(words.photos.heading, &[("shop", &self.shop_name)]))
    }

    fn samples() -> Vec<Self> {
        samples::photos()
    }
}
