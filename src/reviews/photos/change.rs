//! The author takes a photo back, or says what it shows.

use crate::context::Context;
use crate::db::{self, Connection};
use crate::invitations::Bearer;
use crate::kernel::id::{PhotoId, ReviewId};
use crate::merchants;
use crate::reviews::edit;
use crate::reviews::model::Status;

use super::store;

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Changed {
    /// Done; what was so already is done.
    Done,
    /// Its review is restricted: what cannot be read is not described.
    NotPublished,
    /// No such photo of this bearer.
    NotFound,
}

/// Takes a photo from view, whatever the standing of its review; a job deletes its files.
pub(crate) fn remove(
    tx: &mut Connection,
    ctx: &Context,
    bearer: &Bearer,
    review: ReviewId,
    photo: PhotoId,
) -> db::Result<Changed> {
    let Some(review) = edit::own(tx, bearer, review)? else { return Ok(Changed::NotFound) };
    if store::drop_photos(tx, review.shop, review.id, Some(photo), ctx.now())? > 0 {
        merchants::bump_public(tx, review.shop)?;
    } else if !store::exists(tx, review.shop, review.id, photo)? {
        return Ok(Changed::NotFound);
    }
    Ok(Changed::Done)
}

/// Says what a photo shows, in a cleaned line.
pub(crate) fn describe(
    tx: &mut Connection,
    bearer: &Bearer,
    review: ReviewId,
    photo: PhotoId,
    alt: &str,
) -> db::Result<Changed> {
    let Some(review) = edit::own(tx, bearer, review)? else { return Ok(Changed::NotFound) };
    if review.status != Status::Published {
        return Ok(Changed::NotPublished);
    }
    if !store::describe(tx, review.shop, review.id, photo, alt)? {
        return Ok(Changed::NotFound);
    }
    merchants::bump_public(tx, review.shop)?;
    Ok(Changed::Done)
}
