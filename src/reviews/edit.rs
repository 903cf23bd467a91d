//! The author changes a published review. What it said before stays readable as a version until the author drops its
//! text; its weight stays on the day of first publication. A restricted review cannot be edited back into view.

use crate::context::Context;
use crate::db::{self, Connection};
use crate::invitations::Bearer;
use crate::kernel::id::ReviewId;
use crate::kernel::random;
use crate::kernel::stars::Stars;
use crate::merchants;
use crate::orders;

use super::model::{EDITS_MAX, Review, Status};
use super::{language, store, submit, tally};

/// What the review shall say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    /// One to five.
    pub(crate) stars: Stars,
    /// May be empty.
    pub(crate) title: String,
    /// May be empty.
    pub(crate) text: String,
    /// May be empty.
    pub(crate) name: String,
}

/// What became of an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edited {
    /// The new words are live.
    Changed,
    /// They were the same.
    Unchanged,
    /// Restricted or erased: it stays as it is.
    NotPublished(Status),
    /// It was edited as often as a review can be.
    TooOften,
    /// No review of this bearer.
    NotFound,
}

/// One of the bearer's own reviews, held until the transaction ends.
pub(super) fn own(tx: &mut Connection, bearer: &Bearer, id: ReviewId) -> db::Result<Option<Review>> {
    let review = store::hold(tx, bearer.shop_id, id)?;
    Ok(review.filter(|review| review.invitation == bearer.invitation))
}

/// Publishes the new words in place of the old.
pub(crate) fn edit(
    tx: &mut Connection,
    ctx: &Context,
    bearer: &Bearer,
    id: ReviewId,
    edit: &Edit,
) -> db::Result<Edited> {
    let Some(before) = own(tx, bearer, id)? else { return Ok(Edited::NotFound) };
    if before.status != Status::Published {
        return Ok(Edited::NotPublished(before.status));
    }
    let said = (before.stars, &before.title, &before.body) == (edit.stars, &edit.title, &edit.text);
    if said && before.author == edit.name {
        return Ok(Edited::Unchanged);
    }
    let mut after = Review { author: edit.name.clone(), ..before.clone() };
    // A name is not part of what a review says: changing it makes no version, so that a dropped name is gone.
    if !said {
        if before.version > EDITS_MAX {
            return Ok(Edited::TooOften);
        }
        store::keep_version(tx, &before)?;
        after.stars = edit.stars;
        after.title.clone_from(&edit.title);
        after.body.clone_from(&edit.text);
        after.version += 1;
        after.changed_at = ctx.now();
        // The old salt stays with the old words and goes with them.
        after.salt = Some(random::bytes::<32>(ctx.random()).to_vec());
        if let Some(language) = language_of(tx, &after)? {
            after.language = language;
        }
    }
    tally::settle(tx, &before, &after)?;
    Ok(Edited::Changed)
}

/// The language of the new words, with the order's as the fallback while the order is known.
fn language_of(tx: &mut Connection, review: &Review) -> db::Result<Option<String>> {
    let Some(shop) = merchants::load(tx, review.shop)? else { return Ok(None) };
    let Some(order) = orders::find(tx, review.shop, review.order)? else { return Ok(None) };
    let text = [review.title.as_str(), review.body.as_str()].join("\n");
    Ok(Some(language::of(&text, &submit::locale(&order, &shop))))
}
