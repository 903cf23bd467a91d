//! What reviews said before.

use diesel::prelude::*;

use crate::db::schema::review_versions as past;
use crate::db::{self, Connection};
use crate::kernel::id::{ReviewId, ShopId};
use crate::kernel::time::Timestamp;

use crate::reviews::model::{Review, Version};

use super::stars;

type Columns = (i64, Timestamp, i64, Option<String>, Option<String>, Option<Timestamp>, Option<Vec<u8>>);

/// Keeps what the review says now as an earlier version.
pub(in crate::reviews) fn keep_version(tx: &mut Connection, review: &Review) -> db::Result<()> {
    diesel::insert_into(past::table)
        .values((
            past::shop_id.eq(review.shop),
            past::review_id.eq(review.id),
            past::version.eq(review.version),
            past::at.eq(review.changed_at),
            past::stars.eq(review.stars.value()),
            past::title.eq(Some(&review.title)),
            past::body.eq(Some(&review.body)),
            past::salt.eq(&review.salt),
        ))
        .execute(tx)?;
    Ok(())
}

/// Earlier versions, oldest first.
pub(in crate::reviews) fn versions(conn: &mut Connection, shop: ShopId, id: ReviewId) -> db::Result<Vec<Version>> {
    newest_versions(conn, shop, id, i64::MAX)
}

/// The newest earlier versions, `most` at the most, oldest first.
pub(in crate::reviews) fn newest_versions(
    conn: &mut Connection,
    shop: ShopId,
    id: ReviewId,
    most: i64,
) -> db::Result<Vec<Version>> {
    let mut rows: Vec<Columns> = past::table
        .filter(past::shop_id.eq(shop))
        .filter(past::review_id.eq(id))
        .order(past::version.desc())
        .select((past::version, past::at, past::stars, past::title, past::body, past::dropped_at, past::salt))
        .limit(most)
        .load(conn)?;
    rows.reverse();
    let version = |(version, at, value, title, text, dropped_at, salt): Columns| {
        Ok(Version { version, at, stars: stars(value)?, title, text, dropped_at, salt })
    };
    rows.into_iter().map(version).collect()
}

/// What goes when a version's words go: with them their salt, so that nobody can try out what they were.
fn gone(now: Timestamp) -> Gone {
    Gone { title: None, body: None, salt: None, dropped_at: now }
}

#[derive(AsChangeset)]
#[diesel(table_name = past, treat_none_as_null = true)]
struct Gone {
    title: Option<String>,
    body: Option<String>,
    salt: Option<Vec<u8>>,
    dropped_at: Timestamp,
}

/// Drops the text of one earlier version. `false`: there is none, or it is dropped already.
pub(in crate::reviews) fn drop_version(
    tx: &mut Connection,
    review: &Review,
    version: i64,
    now: Timestamp,
) -> db::Result<bool> {
    let standing = past::table.find((review.shop, review.id, version)).filter(past::dropped_at.is_null());
    Ok(diesel::update(standing).set(gone(now)).execute(tx)? == 1)
}

/// Drops the text of every earlier version.
pub(in crate::reviews) fn drop_all_versions(tx: &mut Connection, review: &Review, now: Timestamp) -> db::Result<()> {
    let standing = past::table
        .filter(past::shop_id.eq(review.shop))
        .filter(past::review_id.eq(review.id))
        .filter(past::dropped_at.is_null());
    diesel::update(standing).set(gone(now)).execute(tx)?;
    Ok(())
}
