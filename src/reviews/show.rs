//! The pages behind a link, filled from a visit. Nothing is read or decided here.

use crate::kernel::locale::Language;
use crate::kernel::stars::Stars;
use crate::kernel::time::Timestamp;
use crate::links::{Links, path};
use crate::look::page::Frame;
use crate::look::review::ReviewCard;

use super::card::card;
use super::form::{self, Posted};
use super::model::{Review, Status, Submission};
use super::pages::{
    About, ConfirmErasePage, Droppable, FieldError, FieldFault, Fields, FormPage, FreshLinkPage, Notice, NoticePage,
    OwnReview, Restricted, ThanksPage, YoursPage,
};
use super::share;
use super::visit::{Own, Visit};

/// Posts an edit; `?review=` says of what.
pub(super) const EDIT: &str = "/r/{token}/edit";
/// Asks before erasing, and erases.
pub(super) const ERASE: &str = "/r/{token}/erase";
/// Posts an answer to the shop's reply.
pub(super) const ANSWER: &str = "/r/{token}/answer";
/// Drops the words of an earlier version.
pub(super) const DROP: &str = "/r/{token}/drop";
/// Photos of a review: shows them, and takes more.
pub(super) const PHOTOS: &str = "/r/{token}/photos";
/// Takes a photo back; `?photo=` says which.
pub(super) const PHOTO_REMOVE: &str = "/r/{token}/photos/remove";
/// Says what a photo shows.
pub(super) const PHOTO_DESCRIBE: &str = "/r/{token}/photos/describe";
/// Asks for a fresh link.
pub(super) const FRESH: &str = "/r/{token}/fresh";

/// Where and in which language a page is shown.
#[derive(Clone, Copy)]
pub(super) struct Stage<'a> {
    /// Every public URL.
    pub(super) links: &'a Links,
    /// The text in the link.
    pub(super) token: &'a str,
    /// The page's language.
    pub(super) language: Language,
    /// Answers a GET: the page can be switched to another language.
    pub(super) switchable: bool,
}

impl Stage<'_> {
    pub(super) fn frame(&self) -> Frame {
        let (root, here) = (self.links.base().to_string(), self.links.review_form(self.token));
        if self.switchable {
            Frame::new(self.language, &root, &here)
        } else {
            Frame::fixed(self.language, &root, &here)
        }
    }

    pub(super) fn local(&self, pattern: &str) -> String {
        self.links.local(pattern, &[&self.token])
    }

    pub(super) fn about(&self, pattern: &str, review: &Review) -> String {
        format!("{}?review={}", self.local(pattern), review.id)
    }
}

/// The form, empty, preselected or as it came back.
pub(super) fn form(stage: &Stage<'_>, visit: &Visit, typed: &Posted, errors: Vec<FieldError>) -> FormPage {
    FormPage {
        frame: stage.frame(),
        shop_name: visit.shop.name.clone(),
        profile_url: stage.links.profile(&visit.shop.domain),
        action: stage.local(path::FORM),
        ordered_at: visit.order.facts().placed_at,
        test: visit.order.test,
        values: form::typed(typed),
        items: form::items(typed, &visit.offered()),
        errors,
        trouble: false,
        submit_until: Some(visit.bearer.submit_until),
        unsubscribe_url: visit.unsubscribe.as_ref().map(|token| stage.links.unsubscribe(token)).unwrap_or_default(),
        data_url: stage.links.mine(stage.token),
    }
}

/// The form with stars preselected by the link.
pub(super) fn preselected(stage: &Stage<'_>, visit: &Visit, stars: Option<Stars>) -> FormPage {
    let errors = match stars {
        Some(_) => Vec::new(),
        None => vec![FieldError { field: "stars".to_owned(), code: FieldFault::StarsInvalid }],
    };
    let mut page = form(stage, visit, &Posted::default(), errors);
    page.values.stars = stars.map(Stars::value);
    page
}

/// After the first publication.
pub(super) fn thanks(stage: &Stage<'_>, visit: &Visit) -> Option<ThanksPage> {
    let own = visit.own.first()?;
    Some(ThanksPage {
        frame: stage.frame(),
        shop_name: visit.shop.name.clone(),
        live_url: stage.links.profile(&visit.shop.domain),
        yours_url: stage.local(path::FORM),
        photos_url: Some(stage.about(PHOTOS, &own.review)),
        review: card(&own.shown, &visit.shop, stage.links),
        test: false,
        share: Some(share::share(stage.language, &visit.shop, &own.shown, stage.links).yours()),
    })
}

/// After a test order's form: what would have been published, and that nothing was.
pub(super) fn thanks_test(stage: &Stage<'_>, visit: &Visit, sent: &Submission, now: Timestamp) -> ThanksPage {
    let facts = visit.order.facts();
    let review = ReviewCard {
        id: "test".to_owned(),
        url: None,
        stars: sent.stars.value(),
        title: sent.title.clone(),
        text: sent.text.clone(),
        author: sent.name.clone(),
        language: visit.language().tag().to_owned(),
        published_at: now,
        edited_at: None,
        history: Vec::new(),
        longer: false,
        photos: Vec::new(),
        item: None,
        item_url: None,
        ordered_at: facts.placed_at,
        checked: facts.checked.as_str().to_owned(),
        reply: None,
        withdrawn_at: None,
        answers: Vec::new(),
    };
    ThanksPage {
        frame: stage.frame(),
        shop_name: visit.shop.name.clone(),
        live_url: stage.links.profile(&visit.shop.domain),
        yours_url: stage.local(path::FORM),
        photos_url: None,
        review,
        test: true,
        share: None,
    }
}

/// What came back with an error on the author's page.
#[derive(Clone, Debug, Default)]
pub(super) struct Returned {
    /// Of which review.
    pub(super) review: Option<crate::kernel::id::ReviewId>,
    /// The edit form as typed, and what is wrong with it.
    pub(super) edit: Option<(Fields, Vec<FieldError>)>,
    /// The answer as typed, and what is wrong with it.
    pub(super) answer: Option<(String, FieldFault)>,
}

/// The author's own page.
pub(super) fn yours(stage: &Stage<'_>, visit: &Visit, notice: Option<Notice>, back: &Returned) -> YoursPage {
    YoursPage {
        frame: stage.frame(),
        shop_name: visit.shop.name.clone(),
        live_url: stage.links.profile(&visit.shop.domain),
        notice,
        reviews: visit.own.iter().map(|own| own_review(stage, visit, own, back)).collect(),
        data_url: stage.links.mine(stage.token),
    }
}

fn own_review(stage: &Stage<'_>, visit: &Visit, own: &Own, back: &Returned) -> OwnReview {
    let back = Some(back).filter(|back| back.review == Some(own.review.id));
    let (values, errors) = back.and_then(|back| back.edit.clone()).unwrap_or_else(|| (stored(&own.review), Vec::new()));
    let (answer_text, answer_error) = match back.and_then(|back| back.answer.clone()) {
        Some((text, fault)) => (text, Some(fault)),
        None => (String::new(), None),
    };
    OwnReview {
        card: card(&own.shown, &visit.shop, stage.links),
        restricted: own.restriction.as_ref().map(|decision| Restricted {
            at: decision.at,
            reason: decision.reason.as_str().to_owned(),
            statement: decision.statement.clone(),
        }),
        edit_action: stage.about(EDIT, &own.review),
        erase_url: stage.about(ERASE, &own.review),
        photos_url: (own.review.status == Status::Published).then(|| stage.about(PHOTOS, &own.review)),
        values,
        errors,
        droppable: droppable(stage, own),
        answer_action: answer_action(stage, own),
        answer_text,
        answer_error,
    }
}

fn stored(review: &Review) -> Fields {
    Fields {
        stars: Some(review.stars.value()),
        title: review.title.clone(),
        text: review.body.clone(),
        name: review.author.clone(),
    }
}

fn droppable(stage: &Stage<'_>, own: &Own) -> Vec<Droppable> {
    let earlier = own.shown.earlier.iter().flatten().rev().filter(|past| past.dropped_at.is_none());
    let one = |past: &super::public::PublicVersion| Droppable {
        at: past.at,
        stars: past.stars,
        text: [past.title.as_deref(), past.text.as_deref()]
            .into_iter()
            .flatten()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join("\n\n"),
        action: format!("{}&version={}", stage.about(DROP, &own.review), past.version),
    };
    earlier.map(one).collect()
}

/// Where an answer can be posted: to a standing reply whose version has none yet.
fn answer_action(stage: &Stage<'_>, own: &Own) -> Option<String> {
    let reply = own.shown.reply.as_ref().filter(|reply| reply.withdrawn_at.is_none())?;
    let answered = own.shown.answers.iter().any(|answer| answer.reply_version == reply.version);
    let may = own.review.status == Status::Published && !answered;
    may.then(|| format!("{}&reply={}", stage.about(ANSWER, &own.review), reply.version))
}

/// The question before erasing.
pub(super) fn confirm_erase(stage: &Stage<'_>, visit: &Visit, own: &Own) -> ConfirmErasePage {
    ConfirmErasePage {
        frame: stage.frame(),
        shop_name: visit.shop.name.clone(),
        review: card(&own.shown, &visit.shop, stage.links),
        action: stage.about(ERASE, &own.review),
        back_url: stage.local(path::FORM),
    }
}

/// One look for every link that opens nothing.
pub(super) fn fresh_link(stage: &Stage<'_>, asked: bool) -> FreshLinkPage {
    FreshLinkPage { asked, ..dead_link(stage.links, stage.token, stage.frame()) }
}

/// The same for a door whose links carry the same tokens: asks for a fresh link to the review, which leads on to the rest.
pub(crate) fn dead_link(links: &Links, token: &str, frame: Frame) -> FreshLinkPage {
    FreshLinkPage { frame, action: links.local(FRESH, &[&token]), asked: false }
}

/// A plain answer where nothing is left to fill in.
pub(super) fn notice(stage: &Stage<'_>, visit: &Visit, about: About, at: Option<Timestamp>) -> NoticePage {
    NoticePage {
        frame: stage.frame(),
        shop_name: visit.shop.name.clone(),
        profile_url: stage.links.profile(&visit.shop.domain),
        about,
        at,
        data_url: stage.links.mine(stage.token),
    }
}
