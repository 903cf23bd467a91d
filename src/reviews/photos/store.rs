//! Every query about photos. Shop first, but for the one way in by a photo's own id.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::db::schema::{photos, reviews};
use crate::db::{self, Connection};
use crate::kernel::id::{PhotoId, ReviewId, ShopId};
use crate::kernel::time::Timestamp;
use crate::reviews::model::Status;

use super::{PhotoRow, Sight};

const ARRIVING: &str = "arriving";
const HERE: &str = "here";
const DROPPED: &str = "dropped";

type Columns = (PhotoId, ReviewId, i64, i64, String);

fn row((id, review, width, height, alt): Columns) -> PhotoRow {
    PhotoRow { id, review, width, height, alt }
}

/// Photos of these reviews that are to be seen, in the order they came.
pub(in crate::reviews) fn of_reviews(
    conn: &mut Connection,
    shop: ShopId,
    ids: &[ReviewId],
) -> db::Result<Vec<PhotoRow>> {
    let rows: Vec<Columns> = photos::table
        .filter(photos::shop_id.eq(shop))
        .filter(photos::review_id.eq_any(ids.iter().copied()))
        .filter(photos::state.eq(HERE))
        .order(photos::id)
        .select((photos::id, photos::review_id, photos::width, photos::height, photos::alt))
        .load(conn)?;
    Ok(rows.into_iter().map(row).collect())
}

/// How many photos a review has or is about to have; `since` is when one that still arrives must have begun.
pub(super) fn count(tx: &mut Connection, shop: ShopId, review: ReviewId, since: Timestamp) -> db::Result<i64> {
    let of = photos::table.filter(photos::shop_id.eq(shop)).filter(photos::review_id.eq(review));
    let arriving = photos::state.eq(ARRIVING).and(photos::moved_at.gt(since));
    Ok(of.filter(photos::state.eq(HERE).or(arriving)).count().get_result(tx)?)
}

/// A row whose files are about to be written.
pub(super) fn begin(tx: &mut Connection, shop: ShopId, photo: &PhotoRow, now: Timestamp) -> db::Result<()> {
    diesel::insert_into(photos::table)
        .values((
            photos::shop_id.eq(shop),
            photos::review_id.eq(photo.review),
            photos::id.eq(photo.id),
            photos::state.eq(ARRIVING),
            photos::moved_at.eq(now),
            photos::width.eq(photo.width),
            photos::height.eq(photo.height),
            photos::alt.eq(&photo.alt),
        ))
        .execute(tx)?;
    Ok(())
}

/// Its files stand. `false` where it was dropped meanwhile.
pub(super) fn arrive(tx: &mut Connection, shop: ShopId, photo: &PhotoRow, now: Timestamp) -> db::Result<bool> {
    let row = photos::table.find((shop, photo.review, photo.id)).filter(photos::state.eq(ARRIVING));
    Ok(diesel::update(row).set((photos::state.eq(HERE), photos::moved_at.eq(now))).execute(tx)? == 1)
}

/// Takes one photo of a review from view, or all of them, also those that still arrive. How many it took.
pub(super) fn drop_photos(
    tx: &mut Connection,
    shop: ShopId,
    review: ReviewId,
    one: Option<PhotoId>,
    now: Timestamp,
) -> db::Result<usize> {
    let standing = photos::table
        .filter(photos::shop_id.eq(shop))
        .filter(photos::review_id.eq(review))
        .filter(photos::state.ne(DROPPED));
    let gone = (photos::state.eq(DROPPED), photos::moved_at.eq(now), photos::alt.eq(""));
    Ok(match one {
        Some(id) => diesel::update(standing.filter(photos::id.eq(id))).set(gone).execute(tx)?,
        None => diesel::update(standing).set(gone).execute(tx)?,
    })
}

/// Whether there is such a row, whatever its state.
pub(super) fn exists(conn: &mut Connection, shop: ShopId, review: ReviewId, id: PhotoId) -> db::Result<bool> {
    Ok(photos::table.find((shop, review, id)).count().get_result::<i64>(conn)? == 1)
}

/// Says what a photo shows. `false` where there is none.
pub(super) fn describe(
    tx: &mut Connection,
    shop: ShopId,
    review: ReviewId,
    id: PhotoId,
    alt: &str,
) -> db::Result<bool> {
    let row = photos::table.find((shop, review, id)).filter(photos::state.eq(HERE));
    Ok(diesel::update(row).set(photos::alt.eq(alt)).execute(tx)? == 1)
}

/// Whether a photo is to be seen: it, and its review.
pub(in crate::reviews) fn sight(conn: &mut Connection, id: PhotoId) -> db::Result<Sight> {
    let with = photos::table
        .inner_join(reviews::table.on(reviews::shop_id.eq(photos::shop_id).and(reviews::id.eq(photos::review_id))));
    let found: Option<(String, String)> =
        with.filter(photos::id.eq(id)).select((photos::state, reviews::status)).first(conn).optional()?;
    Ok(match found {
        Some((state, status)) if state == HERE && status == Status::Published.as_str() => Sight::Here,
        Some((state, _)) if state != ARRIVING => Sight::Gone,
        _ => Sight::Nothing,
    })
}

/// Photos whose files are to go: dropped ones, and those that began to arrive before `since` and never did.
pub(super) fn leaving(conn: &mut Connection, since: Timestamp, most: i64) -> db::Result<Vec<PhotoId>> {
    let stuck = photos::state.eq(ARRIVING).and(photos::moved_at.le(since));
    Ok(photos::table
        .filter(sql::<Bool>("state <> 'here'"))
        .filter(photos::state.eq(DROPPED).or(stuck))
        .order(photos::moved_at)
        .limit(most)
        .select(photos::id)
        .load(conn)?)
}

/// Forgets photos whose files are gone.
pub(super) fn forget(tx: &mut Connection, ids: &[PhotoId]) -> db::Result<()> {
    diesel::delete(photos::table.filter(photos::id.eq_any(ids.iter().copied())).filter(photos::state.ne(HERE)))
        .execute(tx)?;
    Ok(())
}
