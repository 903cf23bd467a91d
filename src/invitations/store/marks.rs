//! What happens to one invitation after it was planned: sent, reminded, reviewed, moved by the shop. One update each.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary};

use crate::db::schema::invitations;
use crate::db::{self, Connection, column, each, prepared};
use crate::kernel::id::{InvitationId, OrderId, ShopId};
use crate::kernel::time::Timestamp;

#[diesel::dsl::auto_type(no_type_alias)]
fn row(shop: ShopId, id: InvitationId) -> _ {
    invitations::table.filter(invitations::shop_id.eq(shop)).filter(invitations::id.eq(id))
}

/// The links that a mail carried: the key that signed them, and until when they work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Carried {
    /// Which key.
    pub(crate) kid: i64,
    /// Until when.
    pub(crate) expires: Timestamp,
}

/// The mail left. The first time counts; a mail that came out of an unclear attempt does not move it. What was withdrawn
/// while it left was not withdrawn.
fn mark_sent(tx: &mut Connection, shop: ShopId, id: InvitationId, links: Carried, now: Timestamp) -> db::Result<()> {
    each!(tx, |c| {
        prepared(
            "UPDATE invitations SET sent_at = ?, dropped_at = NULL, cancelled_at = NULL, token_kid = ?, token_expires_at = ? \
             WHERE shop_id = ? AND id = ? AND sent_at IS NULL",
        )
        .bind::<BigInt, _>(now.millis())
        .bind::<BigInt, _>(links.kid)
        .bind::<BigInt, _>(links.expires.millis())
        .bind::<Binary, _>(shop.as_bytes().as_slice())
        .bind::<Binary, _>(id.as_bytes().as_slice())
        .execute(c)?
    });
    Ok(())
}

/// An invitation whose mail left, with the links it carried.
pub(crate) type Gone = (ShopId, InvitationId, Carried, Timestamp);

/// [`mark_sent`] for many.
pub(crate) fn mark_all_sent(tx: &mut Connection, gone: &[Gone]) -> db::Result<()> {
    let Connection::Pg(pg) = tx else {
        return gone.iter().try_for_each(|(shop, id, links, at)| mark_sent(tx, *shop, *id, *links, *at));
    };
    prepared(
        "UPDATE invitations i SET sent_at = t.at, dropped_at = NULL, cancelled_at = NULL, token_kid = t.kid, \
         token_expires_at = t.expires FROM UNNEST(?, ?, ?, ?, ?) AS t (shop, id, kid, expires, at) \
         WHERE i.shop_id = t.shop AND i.id = t.id AND i.sent_at IS NULL",
    )
    .bind::<Array<Binary>, _>(column(gone, |(shop, ..)| shop.as_bytes().to_vec()))
    .bind::<Array<Binary>, _>(column(gone, |(_, id, ..)| id.as_bytes().to_vec()))
    .bind::<Array<BigInt>, _>(column(gone, |(_, _, links, _)| links.kid))
    .bind::<Array<BigInt>, _>(column(gone, |(_, _, links, _)| links.expires.millis()))
    .bind::<Array<BigInt>, _>(column(gone, |(.., at)| at.millis()))
    .execute(pg)?;
    Ok(())
}

/// The mail did not arrive and shall be sent once more: it is still to be sent again.
pub(crate) fn mark_unsent(tx: &mut Connection, shop: ShopId, id: InvitationId) -> db::Result<()> {
    diesel::update(row(shop, id)).set(invitations::sent_at.eq(None::<Timestamp>)).execute(tx)?;
    Ok(())
}

/// What came back is asked anew at another address, by mails of another edition: nothing that was said to the address before, or by
/// it, holds there. `past`: links that expire no later open nothing any more.
pub(crate) fn turn_to_another(
    tx: &mut Connection,
    shop: ShopId,
    id: InvitationId,
    past: Option<Timestamp>,
) -> db::Result<()> {
    let nothing = None::<Timestamp>;
    diesel::update(row(shop, id))
        .set((
            invitations::edition.eq(invitations::edition + 1),
            invitations::links_after.eq(past),
            invitations::sent_at.eq(nothing),
            invitations::reminded_at.eq(nothing),
            invitations::fresh_link_at.eq(nothing),
            invitations::deferred_at.eq(nothing),
            invitations::token_kid.eq(None::<i64>),
            invitations::token_expires_at.eq(nothing),
        ))
        .execute(tx)?;
    Ok(())
}

/// The reminder left.
pub(crate) fn mark_reminded(
    tx: &mut Connection,
    shop: ShopId,
    id: InvitationId,
    links: Carried,
    now: Timestamp,
) -> db::Result<()> {
    diesel::update(row(shop, id)).set(invitations::reminded_at.eq(Some(now))).execute(tx)?;
    renew_links(tx, shop, id, links)
}

/// The reminder did not arrive and shall be sent once more.
pub(crate) fn mark_not_reminded(tx: &mut Connection, shop: ShopId, id: InvitationId) -> db::Result<()> {
    diesel::update(row(shop, id)).set(invitations::reminded_at.eq(None::<Timestamp>)).execute(tx)?;
    Ok(())
}

/// A later mail carried links that live longer.
pub(crate) fn renew_links(tx: &mut Connection, shop: ShopId, id: InvitationId, links: Carried) -> db::Result<()> {
    diesel::update(row(shop, id))
        .set((invitations::token_kid.eq(Some(links.kid)), invitations::token_expires_at.eq(Some(links.expires))))
        .execute(tx)?;
    Ok(())
}

/// Its review was submitted.
pub(crate) fn mark_reviewed(tx: &mut Connection, shop: ShopId, id: InvitationId, now: Timestamp) -> db::Result<()> {
    diesel::update(row(shop, id)).set(invitations::reviewed_at.eq(Some(now))).execute(tx)?;
    Ok(())
}

/// A form of it was posted that could not be taken. True for the first time, where there is no review yet.
pub(crate) fn mark_form_started(
    tx: &mut Connection,
    shop: ShopId,
    id: InvitationId,
    now: Timestamp,
) -> db::Result<bool> {
    let fresh = row(shop, id).filter(invitations::form_started_at.is_null()).filter(invitations::reviewed_at.is_null());
    Ok(diesel::update(fresh).set(invitations::form_started_at.eq(Some(now))).execute(tx)? > 0)
}

/// One of its mails came back for good. True for the first time.
pub(crate) fn mark_bounced(tx: &mut Connection, shop: ShopId, id: InvitationId, at: Timestamp) -> db::Result<bool> {
    let first = row(shop, id).filter(invitations::bounced_at.is_null());
    Ok(diesel::update(first).set(invitations::bounced_at.eq(Some(at))).execute(tx)? > 0)
}

/// What may have happened to an invitation that is counted by the order's day. Each has an index of those alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// A form was started.
    FormStarted,
    /// A mail came back for good.
    Bounced,
}

/// The orders among those from `first` to before `next` whose invitations bear this mark.
pub(crate) fn marked(
    conn: &mut Connection,
    shop: ShopId,
    (first, next): (OrderId, OrderId),
    mark: Mark,
) -> db::Result<Vec<OrderId>> {
    let among = invitations::table
        .filter(invitations::shop_id.eq(shop))
        .filter(invitations::order_id.ge(first))
        .filter(invitations::order_id.lt(next))
        .select(invitations::order_id)
        .into_boxed();
    let marked = match mark {
        Mark::FormStarted => among.filter(invitations::form_started_at.is_not_null()),
        Mark::Bounced => among.filter(invitations::bounced_at.is_not_null()),
    };
    Ok(marked.load(conn)?)
}

/// Notes that a fresh link was asked for, unless one was since `not_since`. True when it was noted.
pub(crate) fn mark_fresh_link(
    tx: &mut Connection,
    shop: ShopId,
    id: InvitationId,
    now: Timestamp,
    not_since: Timestamp,
) -> db::Result<bool> {
    let free = row(shop, id).filter(invitations::fresh_link_at.is_null().or(invitations::fresh_link_at.le(not_since)));
    Ok(diesel::update(free).set(invitations::fresh_link_at.eq(Some(now))).execute(tx)? > 0)
}

/// The shop cancelled it.
pub(crate) fn mark_cancelled(tx: &mut Connection, shop: ShopId, id: InvitationId, now: Timestamp) -> db::Result<()> {
    diesel::update(row(shop, id))
        .set((invitations::cancelled_at.eq(Some(now)), invitations::dropped_at.eq(Some(now))))
        .execute(tx)?;
    Ok(())
}

/// The shop postponed it by `by_ms` to `due`.
pub(crate) fn mark_postponed(
    tx: &mut Connection,
    shop: ShopId,
    id: InvitationId,
    due: Timestamp,
    by_ms: i64,
) -> db::Result<()> {
    diesel::update(row(shop, id))
        .set((
            invitations::due_at.eq(due),
            invitations::postponed_ms.eq(invitations::postponed_ms + by_ms),
            invitations::postponements.eq(invitations::postponements + 1),
        ))
        .execute(tx)?;
    Ok(())
}

/// The shop wants it sent at once.
pub(crate) fn mark_hastened(tx: &mut Connection, shop: ShopId, id: InvitationId, now: Timestamp) -> db::Result<()> {
    diesel::update(row(shop, id))
        .set((invitations::due_at.eq(now), invitations::hastened_at.eq(Some(now))))
        .execute(tx)?;
    Ok(())
}

/// The customer asked to be asked later. `moved`: to when and by how much, where the invitation itself is still to be sent.
pub(crate) fn mark_deferred(
    tx: &mut Connection,
    shop: ShopId,
    id: InvitationId,
    moved: Option<(Timestamp, i64)>,
    now: Timestamp,
) -> db::Result<()> {
    diesel::update(row(shop, id)).set(invitations::deferred_at.eq(Some(now))).execute(tx)?;
    if let Some((due, by_ms)) = moved {
        diesel::update(row(shop, id))
            .set((invitations::due_at.eq(due), invitations::postponed_ms.eq(invitations::postponed_ms + by_ms)))
            .execute(tx)?;
    }
    Ok(())
}
