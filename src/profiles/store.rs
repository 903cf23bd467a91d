//! Every query on `collections`, the only table of this room: one row per shop, its numbers as JSON.

use diesel::prelude::*;

use crate::db::schema::collections;
use crate::db::{self, Connection, each};
use crate::kernel::id::ShopId;
use crate::kernel::time::Timestamp;

use super::collection::Collection;

/// The last numbers of a shop; `None` until its first order was counted.
pub(super) fn collection(conn: &mut Connection, shop: ShopId) -> db::Result<Option<Collection>> {
    let columns = (collections::as_of, collections::numbers);
    let row: Option<(Timestamp, String)> = collections::table.find(shop).select(columns).first(conn).optional()?;
    let Some((as_of, text)) = row else { return Ok(None) };
    match serde_json::from_str(&text) {
        Ok(numbers) => Ok(Some(Collection { as_of, numbers })),
        Err(_unread) => Err(db::Error::corrupt("collections.numbers")),
    }
}

/// Puts new numbers in the place of the old.
pub(super) fn save_collection(tx: &mut Connection, shop: ShopId, new: &Collection) -> db::Result<()> {
    let Ok(numbers) = serde_json::to_string(&new.numbers) else {
        return Err(db::Error::corrupt("collections.numbers"));
    };
    let values = (collections::as_of.eq(new.as_of), collections::numbers.eq(numbers));
    each!(tx, |c| {
        diesel::insert_into(collections::table)
            .values((collections::shop_id.eq(shop), values.clone()))
            .on_conflict(collections::shop_id)
            .do_update()
            .set(values)
            .execute(c)?
    });
    Ok(())
}
