//! The author adds a photo: developed off the threads that answer, its row begun, its files written, then shown. The limit
//! is counted in the transaction that begins the row, while the review is held.

use std::sync::Arc;

use crate::context::Context;
use crate::db::{self, Connection};
use crate::invitations::Bearer;
use crate::kernel::id::ReviewId;
use crate::kernel::time::HOUR;
use crate::merchants;
use crate::problem::{Code, Problem};
use crate::reviews::edit;
use crate::reviews::model::Status;

use super::develop::{Photo, Unfit, develop};
use super::{Form, PHOTOS_MAX, PhotoRow, Photos, file, store};

/// How long the files of a photo may take to be written, before it counts as never come.
pub(super) const ARRIVAL_MS: i64 = HOUR;

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Added {
    /// It is to be seen.
    Done,
    /// It is no photo that we take.
    Unfit(Unfit),
    /// The review has as many as it can have.
    TooMany,
    /// The review is restricted or erased.
    NotPublished,
    /// No review of this bearer.
    NotFound,
}

/// Adds a photo to one of the bearer's reviews.
///
/// # Errors
/// The database's and the storage's; nothing is shown then.
pub(crate) async fn add(
    ctx: &Context,
    photos: &Photos,
    bearer: &Bearer,
    review: ReviewId,
    bytes: Vec<u8>,
) -> Result<Added, Problem> {
    let photo = match developed(photos, bytes).await? {
        Ok(photo) => photo,
        Err(unfit) => return Ok(Added::Unfit(unfit)),
    };
    let row = PhotoRow {
        id: ctx.ids().next(),
        review,
        width: i64::from(photo.width),
        height: i64::from(photo.height),
        alt: String::new(),
    };
    let (inner, whose, begun) = (ctx.clone(), bearer.clone(), row.clone());
    if let Some(no) = ctx.db().write(move |tx| begin(tx, &inner, &whose, &begun)).await? {
        return Ok(no);
    }
    write(photos, &row, photo).await?;
    let (inner, whose) = (ctx.clone(), bearer.clone());
    Ok(ctx.db().write(move |tx| finish(tx, &inner, &whose, &row)).await?)
}

/// One at a time, in line. A decoder that gives up in its own way met a broken file.
async fn developed(photos: &Photos, bytes: Vec<u8>) -> Result<Result<Photo, Unfit>, Problem> {
    let hand = Arc::clone(&photos.hands).acquire_owned().await.map_err(Problem::internal)?;
    let work = move || {
        let _until_done = hand;
        develop(&bytes)
    };
    Ok(tokio::task::spawn_blocking(work).await.unwrap_or(Err(Unfit::Broken)))
}

/// `None` where the row has begun.
fn begin(tx: &mut Connection, ctx: &Context, bearer: &Bearer, row: &PhotoRow) -> db::Result<Option<Added>> {
    let Some(review) = edit::own(tx, bearer, row.review)? else { return Ok(Some(Added::NotFound)) };
    if review.status != Status::Published {
        return Ok(Some(Added::NotPublished));
    }
    let now = ctx.now();
    let there = store::count(tx, review.shop, review.id, now.minus_ms(ARRIVAL_MS))?;
    if usize::try_from(there).map_or(true, |there| there >= PHOTOS_MAX) {
        return Ok(Some(Added::TooMany));
    }
    store::begin(tx, review.shop, row, now)?;
    Ok(None)
}

async fn write(photos: &Photos, row: &PhotoRow, photo: Photo) -> Result<(), Problem> {
    for (form, bytes) in [(Form::Full, photo.full), (Form::Small, photo.small)] {
        let name = file(row.id, form).ok_or_else(|| Problem::internal("a photo's id names no file"))?;
        photos.files.put(&name, bytes).await.map_err(|error| {
            tracing::error!(%error, "a photo could not be kept");
            Problem::new(Code::Unavailable, "The photo cannot be kept at this moment. Send it again.").retry_after(30)
        })?;
    }
    Ok(())
}

/// Shows it, where the review still stands; else what was begun is dropped, and its files go.
fn finish(tx: &mut Connection, ctx: &Context, bearer: &Bearer, row: &PhotoRow) -> db::Result<Added> {
    let review = edit::own(tx, bearer, row.review)?.filter(|review| review.status == Status::Published);
    let now = ctx.now();
    let shop = bearer.shop_id;
    if review.is_some() && store::arrive(tx, shop, row, now)? {
        merchants::bump_public(tx, shop)?;
        return Ok(Added::Done);
    }
    store::drop_photos(tx, shop, row.review, Some(row.id), now)?;
    Ok(Added::NotPublished)
}
