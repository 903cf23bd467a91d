//! Fills the author's page of photos. Reads nothing; decides nothing.

use crate::reviews::card::photo_card;
use crate::reviews::pages::{OwnPhoto, PhotoFault, PhotoNotice, PhotosPage};
use crate::reviews::show::{PHOTO_DESCRIBE, PHOTO_REMOVE, PHOTOS, Stage};
use crate::reviews::visit::{Own, Visit};

use super::PHOTOS_MAX;

/// What came of what was posted.
#[derive(Clone, Debug, Default)]
pub(in crate::reviews) struct Outcome {
    /// What just happened.
    pub(in crate::reviews) notice: Option<PhotoNotice>,
    /// What is wrong with what was sent.
    pub(in crate::reviews) faults: Vec<PhotoFault>,
}

/// The photos of one of the author's reviews.
pub(in crate::reviews) fn page(stage: &Stage<'_>, visit: &Visit, own: &Own, outcome: Outcome) -> PhotosPage {
    let review = &own.review;
    let photo = |photo: &crate::reviews::public::PublicPhoto| OwnPhoto {
        id: photo.id.to_string(),
        card: photo_card(photo, stage.links),
        describe_action: format!("{}&photo={}", stage.about(PHOTO_DESCRIBE, review), photo.id),
        remove_action: format!("{}&photo={}", stage.about(PHOTO_REMOVE, review), photo.id),
    };
    let left = PHOTOS_MAX.saturating_sub(own.shown.photos.len());
    PhotosPage {
        frame: stage.frame(),
        shop_name: visit.shop.name.clone(),
        item: own.shown.product.as_ref().map(|product| product.name.clone().unwrap_or_else(|| product.sku.clone())),
        notice: outcome.notice,
        faults: outcome.faults,
        photos: own.shown.photos.iter().map(photo).collect(),
        left: i64::try_from(left).unwrap_or_default(),
        action: stage.about(PHOTOS, review),
        back_url: stage.local(crate::links::path::FORM),
    }
}
