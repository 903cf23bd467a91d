//! What the customer's pages show, as plain values, and the templates beside them. Field names are those the
//! forms post: `stars title text name`, and `stars.KEY`, `text.KEY` for each item; the answer posts `text`.

use serde::Serialize;

use crate::kernel::time::Timestamp;
use crate::look::Broken;
use crate::look::page::Frame;
use crate::look::review::{Entry, ReviewCard};
use crate::look::share::Share;

mod photos;
mod samples;
mod views;

pub(crate) use photos::{OwnPhoto, PhotoFault, PhotoNotice, PhotosPage};

/// `/r/{token}`: the review form. Errors return it filled.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FormPage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// Whom the review is about.
    pub(crate) shop_name: String,
    /// The shop's profile.
    pub(crate) profile_url: String,
    /// Where the form is posted.
    pub(crate) action: String,
    /// When the order was placed, if known.
    pub(crate) ordered_at: Option<Timestamp>,
    /// The order was marked as a test: nothing will be published.
    pub(crate) test: bool,
    /// What was typed so far (stars preselected by the link).
    pub(crate) values: Fields,
    /// One part per item bought (at most 10).
    pub(crate) items: Vec<ItemFields>,
    /// What has to be put right.
    pub(crate) errors: Vec<FieldError>,
    /// It could not be saved for a reason of ours: the same again in a moment.
    pub(crate) trouble: bool,
    /// Until when a review may be sent.
    pub(crate) submit_until: Option<Timestamp>,
    /// Where mails from this shop are stopped.
    pub(crate) unsubscribe_url: String,
    /// What is stored about the reader.
    pub(crate) data_url: String,
}

/// The fields about the shop.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Fields {
    /// 1 to 5.
    pub(crate) stars: Option<i64>,
    /// Title as typed.
    pub(crate) title: String,
    /// Text as typed.
    pub(crate) text: String,
    /// Display name as typed (or proposed from the order).
    pub(crate) name: String,
}

/// The fields about one item.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ItemFields {
    /// What stands after the dot in its field names: `stars.KEY`, `text.KEY`.
    pub(crate) key: String,
    /// The item's name.
    pub(crate) name: String,
    /// 1 to 5.
    pub(crate) stars: Option<i64>,
    /// Text as typed.
    pub(crate) text: String,
}

/// One thing to put right. The sentence comes from the glossary.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FieldError {
    /// Field name as posted: `stars`, `title`, `text`, `name`, `stars.KEY`, `text.KEY`.
    pub(crate) field: String,
    /// What is wrong.
    pub(crate) code: FieldFault,
}

/// Closed list of what can be wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FieldFault {
    /// No stars chosen.
    StarsMissing,
    /// Stars that are not 1 to 5.
    StarsInvalid,
    /// More characters than fit.
    TooLong,
    /// An item has text but no stars.
    ItemStarsMissing,
    /// Nothing was written where something is needed (the answer).
    Empty,
    /// NUL or bytes that are no text, a field sent twice, an item that is not in the order.
    Unreadable,
}

/// After the first publication.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ThanksPage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// Whom the review is about.
    pub(crate) shop_name: String,
    /// Where the review stands, live.
    pub(crate) live_url: String,
    /// The author's own page: edit, erase, answer.
    pub(crate) yours_url: String,
    /// Where photos are added; none for a test order.
    pub(crate) photos_url: Option<String>,
    /// The review as published.
    pub(crate) review: ReviewCard,
    /// Test order: nothing was published.
    pub(crate) test: bool,
    /// How it is passed on; none for a test order.
    pub(crate) share: Option<Share>,
}

/// `/r/{token}` once a review stands: what its author can do.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct YoursPage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// Whom the review is about.
    pub(crate) shop_name: String,
    /// Where it stands, live.
    pub(crate) live_url: String,
    /// What just happened, if something did.
    pub(crate) notice: Option<Notice>,
    /// The reviews of this invitation: the shop's first, then the items'.
    pub(crate) reviews: Vec<OwnReview>,
    /// What is stored about the reader.
    pub(crate) data_url: String,
}

/// What just happened on the author's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Notice {
    /// The edit is live.
    Edited,
    /// An old version's text is gone.
    VersionDropped,
    /// The answer is live.
    Answered,
    /// One of the reviews was erased.
    Erased,
}

/// One review as its author sees it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct OwnReview {
    /// As everybody sees it.
    pub(crate) card: ReviewCard,
    /// Restricted by the operator: the statement of reasons.
    pub(crate) restricted: Option<Restricted>,
    /// Where the edit form is posted.
    pub(crate) edit_action: String,
    /// The page that asks before erasing.
    pub(crate) erase_url: String,
    /// Its photos; none while it is restricted.
    pub(crate) photos_url: Option<String>,
    /// What stands in the edit form.
    pub(crate) values: Fields,
    /// What has to be put right in it.
    pub(crate) errors: Vec<FieldError>,
    /// Old versions whose text can still be dropped.
    pub(crate) droppable: Vec<Droppable>,
    /// Where an answer to the reply can be posted; None: no reply, or answered.
    pub(crate) answer_action: Option<String>,
    /// The answer as typed, when it came back with an error.
    pub(crate) answer_text: String,
    /// What is wrong with the answer.
    pub(crate) answer_error: Option<FieldFault>,
}

/// Why a review is out of sight.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Restricted {
    /// Since when.
    pub(crate) at: Timestamp,
    /// Closed reason code.
    pub(crate) reason: String,
    /// The operator's statement.
    pub(crate) statement: String,
}

/// An old version and the address that drops its text.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Droppable {
    /// When it was written.
    pub(crate) at: Timestamp,
    /// Its stars.
    pub(crate) stars: i64,
    /// The text to be dropped.
    pub(crate) text: String,
    /// Where the drop is posted.
    pub(crate) action: String,
}

/// Unknown, forged, expired: one look for all.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FreshLinkPage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// Where the wish for a fresh link is posted.
    pub(crate) action: String,
    /// It was just asked for: the answer is the same whatever the link was.
    pub(crate) asked: bool,
}

/// Asks before erasing.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ConfirmErasePage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// Whom the review is about.
    pub(crate) shop_name: String,
    /// What is going to be erased.
    pub(crate) review: ReviewCard,
    /// Where the confirmation is posted.
    pub(crate) action: String,
    /// Back to the author's page.
    pub(crate) back_url: String,
}

/// A plain answer where nothing is left to fill in.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NoticePage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// Whom it is about.
    pub(crate) shop_name: String,
    /// The shop's profile.
    pub(crate) profile_url: String,
    /// What there is to say.
    pub(crate) about: About,
    /// When it happened, or until when it was possible.
    pub(crate) at: Option<Timestamp>,
    /// What is stored about the reader.
    pub(crate) data_url: String,
}

/// What a [`NoticePage`] says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum About {
    /// The author erased the review.
    Erased,
    /// The time to write has run out.
    TooLate,
    /// The order was cancelled or wholly refunded before a review was written.
    OrderGone,
    /// The shop no longer collects reviews here.
    ShopClosed,
}

/// `/reviews/{id}`: one review and what was checked, or what is left of one.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ReviewPage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// Whom it is about.
    pub(crate) shop_name: String,
    /// The shop's profile.
    pub(crate) profile_url: String,
    /// The same as JSON.
    pub(crate) json_url: String,
    /// The review, or its tombstone.
    pub(crate) entry: Entry,
    /// It stands: the proof is shown.
    pub(crate) certified: bool,
    /// The order event was signed with the shop's own key (`v1a`), not with a shared secret.
    pub(crate) own_key: bool,
    /// When the order was placed, if known.
    pub(crate) ordered_at: Option<Timestamp>,
    /// When it was delivered, if known.
    pub(crate) delivered_at: Option<Timestamp>,
    /// When the review was written from the link.
    pub(crate) written_at: Option<Timestamp>,
    /// The certificate itself.
    pub(crate) certificate_url: String,
    /// The page that checks it.
    pub(crate) verify_url: String,
    /// How it is passed on; none for a tombstone.
    pub(crate) share: Option<Share>,
}

/// Renders every page of this room with its samples; called once at start.
pub(crate) fn check_pages() -> Result<(), Broken> {
    use crate::look::check;
    check::<FormPage>()?;
    check::<ThanksPage>()?;
    check::<YoursPage>()?;
    check::<FreshLinkPage>()?;
    check::<ConfirmErasePage>()?;
    check::<ReviewPage>()?;
    check::<NoticePage>()?;
    check::<PhotosPage>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::gallery::hang;
    use crate::look::page::View;

    #[test]
    fn every_sample_fits_its_template() {
        assert_eq!(check_pages(), Ok(()));
        hang::<FormPage>("form");
        hang::<ThanksPage>("thanks");
        hang::<YoursPage>("yours");
        hang::<FreshLinkPage>("fresh");
        hang::<PhotosPage>("photos");
        hang::<ConfirmErasePage>("erase");
        hang::<NoticePage>("notice");
        hang::<ReviewPage>("review");
    }

    #[test]
    fn a_form_for_ten_items_stays_under_thirty_kilobytes() {
        let mut page = FormPage::samples().swap_remove(1);
        let item = page.items[1].clone();
        page.items =
            (0..10).map(|at| ItemFields { key: at.to_string(), name: "N".repeat(200), ..item.clone() }).collect();
        let html = crate::look::render(&page).expect("it renders");
        assert!(html.len() < 30 * 1024, "{} bytes", html.len());
    }
}
