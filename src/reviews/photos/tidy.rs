//! Deletes the files of photos that were taken back, and of those that a crash kept from arriving; then their rows. Pulls
//! by state: whatever a tick missed, the next one finds.

use crate::context::Context;
use crate::db;
use crate::kernel::id::PhotoId;

use super::add::ARRIVAL_MS;
use super::{Form, Photos, file, store};

/// Photos looked at in one go.
const BATCH: i64 = 200;

/// Lets go of what is to go; how many went.
///
/// # Errors
/// The database's. A file that cannot be deleted is said, and stays for the next time.
pub(crate) async fn tidy(ctx: &Context, photos: &Photos) -> db::Result<usize> {
    let since = ctx.now().minus_ms(ARRIVAL_MS);
    let leaving = ctx.db().read(move |conn| store::leaving(conn, since, BATCH)).await?;
    let mut gone = Vec::new();
    for id in leaving {
        if deleted(photos, id).await {
            gone.push(id);
        }
    }
    let count = gone.len();
    if count > 0 {
        ctx.db().write(move |tx| store::forget(tx, &gone)).await?;
    }
    Ok(count)
}

async fn deleted(photos: &Photos, id: PhotoId) -> bool {
    for form in [Form::Full, Form::Small] {
        let Some(name) = file(id, form) else { continue };
        if let Err(error) = photos.files.delete(&name).await {
            tracing::warn!(%error, %id, "a photo's file could not be deleted; the next tick tries again");
            return false;
        }
    }
    true
}
