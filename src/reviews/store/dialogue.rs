//! Replies with their versions, and the customer's answers.

use diesel::prelude::*;

use crate::db::schema::{answers, replies, reply_versions};
use crate::db::{self, Connection, each};
use crate::kernel::id::{ReplyId, ReviewId, ShopId};
use crate::kernel::time::Timestamp;

use crate::reviews::model::{Answer, Reply, ReplyVersion};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = replies)]
struct Row {
    shop_id: ShopId,
    review_id: ReviewId,
    id: ReplyId,
    version: i64,
    body: String,
    created_at: Timestamp,
    changed_at: Timestamp,
    withdrawn_at: Option<Timestamp>,
}

impl Row {
    fn of(shop: ShopId, reply: &Reply) -> Self {
        Self {
            shop_id: shop,
            review_id: reply.review,
            id: reply.id,
            version: reply.version,
            body: reply.text.clone(),
            created_at: reply.created_at,
            changed_at: reply.changed_at,
            withdrawn_at: reply.withdrawn_at,
        }
    }

    fn reply(self) -> Reply {
        Reply {
            id: self.id,
            review: self.review_id,
            version: self.version,
            text: self.body,
            created_at: self.created_at,
            changed_at: self.changed_at,
            withdrawn_at: self.withdrawn_at,
        }
    }
}

/// The reply of one review, withdrawn or not.
pub(in crate::reviews) fn reply(conn: &mut Connection, shop: ShopId, of: ReviewId) -> db::Result<Option<Reply>> {
    let row = replies::table.find((shop, of)).select(Row::as_select()).first(conn).optional()?;
    Ok(row.map(Row::reply))
}

/// When the author was last told of a reply to this review.
pub(in crate::reviews) fn notified_at(
    conn: &mut Connection,
    shop: ShopId,
    of: ReviewId,
) -> db::Result<Option<Timestamp>> {
    let at = replies::table.find((shop, of)).select(replies::notified_at);
    Ok(at.first::<Option<Timestamp>>(conn).optional()?.flatten())
}

/// Notes that the author was told.
pub(in crate::reviews) fn mark_notified(
    tx: &mut Connection,
    shop: ShopId,
    of: ReviewId,
    at: Timestamp,
) -> db::Result<()> {
    diesel::update(replies::table.find((shop, of))).set(replies::notified_at.eq(Some(at))).execute(tx)?;
    Ok(())
}

/// Notes that the author was not told after all.
pub(in crate::reviews) fn mark_unnotified(tx: &mut Connection, shop: ShopId, of: ReviewId) -> db::Result<()> {
    diesel::update(replies::table.find((shop, of))).set(replies::notified_at.eq(None::<Timestamp>)).execute(tx)?;
    Ok(())
}

/// The replies of a page of reviews.
pub(in crate::reviews) fn replies(conn: &mut Connection, shop: ShopId, of: &[ReviewId]) -> db::Result<Vec<Reply>> {
    let rows = replies::table
        .filter(replies::shop_id.eq(shop))
        .filter(replies::review_id.eq_any(of))
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Row::reply).collect())
}

/// Stores a first reply.
pub(in crate::reviews) fn add_reply(tx: &mut Connection, shop: ShopId, reply: &Reply) -> db::Result<()> {
    diesel::insert_into(replies::table).values(&Row::of(shop, reply)).execute(tx)?;
    Ok(())
}

/// Stores a reply as it now stands.
pub(in crate::reviews) fn save_reply(tx: &mut Connection, shop: ShopId, reply: &Reply) -> db::Result<()> {
    let now = (
        replies::version.eq(reply.version),
        replies::body.eq(&reply.text),
        replies::changed_at.eq(reply.changed_at),
        replies::withdrawn_at.eq(reply.withdrawn_at),
    );
    diesel::update(replies::table.find((shop, reply.review))).set(now).execute(tx)?;
    Ok(())
}

/// Keeps what the reply says now as an earlier version.
pub(in crate::reviews) fn keep_reply(tx: &mut Connection, shop: ShopId, reply: &Reply) -> db::Result<()> {
    diesel::insert_into(reply_versions::table)
        .values((
            reply_versions::shop_id.eq(shop),
            reply_versions::review_id.eq(reply.review),
            reply_versions::version.eq(reply.version),
            reply_versions::at.eq(reply.changed_at),
            reply_versions::body.eq(&reply.text),
        ))
        .execute(tx)?;
    Ok(())
}

/// What the reply said before, oldest first.
pub(in crate::reviews) fn reply_versions(
    conn: &mut Connection,
    shop: ShopId,
    of: ReviewId,
) -> db::Result<Vec<ReplyVersion>> {
    newest_reply_versions(conn, shop, of, i64::MAX)
}

/// The newest of these, `most` at the most, oldest first.
pub(in crate::reviews) fn newest_reply_versions(
    conn: &mut Connection,
    shop: ShopId,
    of: ReviewId,
    most: i64,
) -> db::Result<Vec<ReplyVersion>> {
    let mut rows: Vec<(i64, Timestamp, String)> = reply_versions::table
        .filter(reply_versions::shop_id.eq(shop))
        .filter(reply_versions::review_id.eq(of))
        .order(reply_versions::version.desc())
        .select((reply_versions::version, reply_versions::at, reply_versions::body))
        .limit(most)
        .load(conn)?;
    rows.reverse();
    Ok(rows.into_iter().map(|(version, at, text)| ReplyVersion { version, at, text }).collect())
}

/// Takes the words of every earlier version away; their dates stay.
pub(in crate::reviews) fn blank_reply_versions(tx: &mut Connection, shop: ShopId, of: ReviewId) -> db::Result<()> {
    let here = reply_versions::shop_id.eq(shop).and(reply_versions::review_id.eq(of));
    diesel::update(reply_versions::table.filter(here)).set(reply_versions::body.eq("")).execute(tx)?;
    Ok(())
}

/// Stores an answer. `false`: this version of the reply has one.
pub(in crate::reviews) fn add_answer(tx: &mut Connection, shop: ShopId, answer: &Answer) -> db::Result<bool> {
    let row = (
        answers::shop_id.eq(shop),
        answers::review_id.eq(answer.review),
        answers::reply_version.eq(answer.reply_version),
        answers::body.eq(&answer.text),
        answers::at.eq(answer.at),
    );
    let n = each!(tx, |c| diesel::insert_into(answers::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(n == 1)
}

/// The answers of a page of reviews, oldest first.
pub(in crate::reviews) fn answers(conn: &mut Connection, shop: ShopId, of: &[ReviewId]) -> db::Result<Vec<Answer>> {
    let rows: Vec<(ReviewId, i64, String, Timestamp)> = answers::table
        .filter(answers::shop_id.eq(shop))
        .filter(answers::review_id.eq_any(of))
        .order((answers::review_id, answers::reply_version))
        .select((answers::review_id, answers::reply_version, answers::body, answers::at))
        .load(conn)?;
    let answer = |(review, reply_version, text, at)| Answer { review, reply_version, text, at };
    Ok(rows.into_iter().map(answer).collect())
}

/// Ends the dialogue of an erased review: it may quote what its author took back.
pub(in crate::reviews) fn close_dialogue(tx: &mut Connection, shop: ShopId, of: ReviewId) -> db::Result<()> {
    let here = answers::shop_id.eq(shop).and(answers::review_id.eq(of));
    diesel::delete(answers::table.filter(here)).execute(tx)?;
    let here = reply_versions::shop_id.eq(shop).and(reply_versions::review_id.eq(of));
    diesel::delete(reply_versions::table.filter(here)).execute(tx)?;
    diesel::delete(replies::table.find((shop, of))).execute(tx)?;
    Ok(())
}
