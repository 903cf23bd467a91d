//! Photos of a review: up to five, added by its author after publication, from the same link that edits it.
//!
//! [`develop`] makes a photo of ours from whatever was sent; [`mod@add`] keeps it, [`remove()`] takes one back, [`describe()`] says
//! what it shows for those who do not see it. A photo is seen as long as its review is: restricted or erased, it answers
//! 410 from the same transaction on. Its row comes before its files and goes after them, so that [`mod@tidy`] finds whatever a
//! crash left behind and no file outlives its row. Only the author touches photos; no shop, and no event of one.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::files::{FileName, Files, FilesError};
use crate::kernel::id::{PhotoId, ReviewId, ShopId};
use crate::reviews::model::Photo as PhotoRow;

mod add;
mod change;
pub(crate) mod develop;
pub(super) mod page;
pub(super) mod store;
mod tidy;

pub(crate) use add::{Added, add};
pub(crate) use change::{Changed, describe, remove};
pub(crate) use tidy::tidy;

/// Photos of one review.
pub(crate) const PHOTOS_MAX: usize = 5;
/// Longest description, in characters.
pub(crate) const ALT_MAX: usize = 250;
/// Uploads taken at once; each holds one file in memory.
const UPLOADS: usize = 8;

/// Which of a photo's two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As large as we keep it.
    Full,
    /// For lists.
    Small,
}

/// Where a photo's file stands: in folders by the last letters of its id, which chance chose.
fn file(id: PhotoId, form: Form) -> Option<FileName> {
    let id = id.to_string();
    let folder = id.get(id.len().saturating_sub(2)..)?;
    let end = match form {
        Form::Full => "jpg",
        Form::Small => "small.jpg",
    };
    FileName::new(format!("photos/{folder}/{id}.{end}"))
}

/// What adding and giving photos needs beside the context. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Photos {
    files: Files,
    uploads: Arc<Semaphore>,
    hands: Arc<Semaphore>,
}

impl Photos {
    /// Photos in this place.
    pub(crate) fn new(files: Files) -> Self {
        // One at a time: a picture in the making may take some hundred megabytes.
        Self { files, uploads: Arc::new(Semaphore::new(UPLOADS)), hands: Arc::new(Semaphore::new(1)) }
    }

    /// The file of a photo; `None` where it is not there.
    ///
    /// # Errors
    /// The storage's.
    pub(crate) async fn bytes(&self, id: PhotoId, form: Form) -> Result<Option<Vec<u8>>, FilesError> {
        match file(id, form) {
            Some(name) => self.files.get(&name).await,
            None => Ok(None),
        }
    }

    /// The right to send files, held until they are read; `None` while too many others send theirs.
    pub(crate) fn upload(&self) -> Option<tokio::sync::OwnedSemaphorePermit> {
        Arc::clone(&self.uploads).try_acquire_owned().ok()
    }
}

/// What is known of a photo that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    /// It is to be seen.
    Here,
    /// It, or its review, was taken from view.
    Gone,
    /// It never was.
    Nothing,
}

pub(super) use store::sight;

/// Drops all photos of a review, in the transaction that erases it.
pub(super) fn drop_all(
    tx: &mut crate::db::Connection,
    shop: ShopId,
    review: ReviewId,
    now: crate::kernel::time::Timestamp,
) -> crate::db::Result<()> {
    store::drop_photos(tx, shop, review, None, now).map(drop)
}
