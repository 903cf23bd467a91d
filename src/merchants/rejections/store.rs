//! Every query about rejected webhooks.

use diesel::prelude::*;

use super::Rejection;
use crate::db::schema::rejected_webhooks;
use crate::db::{Connection, Result};
use crate::kernel::id::{RejectionId, ShopId};
use crate::kernel::time::Timestamp;

/// Stores one rejected webhook, without its body.
pub(super) fn insert_rejection(conn: &mut Connection, shop: ShopId, id: RejectionId, it: &Rejection) -> Result<()> {
    let row = (
        rejected_webhooks::shop_id.eq(shop),
        rejected_webhooks::id.eq(id),
        rejected_webhooks::at.eq(it.at),
        rejected_webhooks::code.eq(&it.code),
        rejected_webhooks::detail.eq(&it.detail),
        rejected_webhooks::webhook_id.eq(&it.webhook_id),
        rejected_webhooks::skew_ms.eq(it.skew_ms),
        rejected_webhooks::body_bytes.eq(it.body_bytes),
        rejected_webhooks::body_sha256.eq(&it.body_sha256),
    );
    diesel::insert_into(rejected_webhooks::table).values(row).execute(conn)?;
    Ok(())
}

/// Drops all but the newest `keep` rejections of a shop.
pub(super) fn trim_rejections(conn: &mut Connection, shop: ShopId, keep: usize) -> Result<()> {
    let oldest_kept: Option<RejectionId> = rejected_webhooks::table
        .filter(rejected_webhooks::shop_id.eq(shop))
        .order(rejected_webhooks::id.desc())
        .offset(i64::try_from(keep.saturating_sub(1)).unwrap_or(i64::MAX))
        .select(rejected_webhooks::id)
        .first(conn)
        .optional()?;
    let Some(oldest_kept) = oldest_kept else { return Ok(()) };
    let older = rejected_webhooks::table
        .filter(rejected_webhooks::shop_id.eq(shop))
        .filter(rejected_webhooks::id.lt(oldest_kept));
    diesel::delete(older).execute(conn)?;
    Ok(())
}

type RejectionRow = (Timestamp, String, String, Option<String>, Option<i64>, i64, String);

/// The rejections of a shop, newest first.
pub(super) fn rejections(conn: &mut Connection, shop: ShopId) -> Result<Vec<Rejection>> {
    use rejected_webhooks::{at, body_bytes, body_sha256, code, detail, id, shop_id, skew_ms, table, webhook_id};
    let columns = (at, code, detail, webhook_id, skew_ms, body_bytes, body_sha256);
    let rows: Vec<RejectionRow> = table.filter(shop_id.eq(shop)).order(id.desc()).select(columns).load(conn)?;
    Ok(rows.into_iter().map(read).collect())
}

fn read(row: RejectionRow) -> Rejection {
    let (at, code, detail, webhook_id, skew_ms, body_bytes, body_sha256) = row;
    Rejection { at, code, detail, webhook_id, skew_ms, body_bytes, body_sha256 }
}
