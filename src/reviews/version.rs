//! The author drops the words of an earlier version; its date and stars stay, so that the change itself stays visible.

use crate::context::Context;
use crate::db::{self, Connection};
use crate::invitations::Bearer;
use crate::kernel::id::ReviewId;
use crate::merchants;

use super::{edit, store};

/// What became of the wish to drop a version's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dropped {
    /// They are gone.
    Done,
    /// There were none: no such version, or gone already.
    Nothing,
    /// No review of this bearer.
    NotFound,
}

/// Drops the words of one earlier version of the bearer's review.
pub(crate) fn drop_version(
    tx: &mut Connection,
    ctx: &Context,
    bearer: &Bearer,
    id: ReviewId,
    version: i64,
) -> db::Result<Dropped> {
    let Some(review) = edit::own(tx, bearer, id)? else { return Ok(Dropped::NotFound) };
    if !store::drop_version(tx, &review, version, ctx.now())? {
        return Ok(Dropped::Nothing);
    }
    merchants::bump_public(tx, review.shop)?;
    Ok(Dropped::Done)
}
