//! A shop's public version: one number that grows in the same transaction as any write that changes public bytes.
//!
//! Later rooms call [`bump_public`] with every such write; caches of every node poll [`public_versions`] and rebuild what
//! moved. It never goes back and says nothing about what changed.

use super::store;
use crate::db::{Connection, Result};
use crate::kernel::id::ShopId;

/// Says, in the caller's transaction, that public bytes of `shop` changed.
pub fn bump_public(tx: &mut Connection, shop: ShopId) -> Result<()> {
    store::bump_public(tx, shop)
}

/// The public version of `shop`; `None` for an unknown shop.
pub fn public_version(conn: &mut Connection, shop: ShopId) -> Result<Option<i64>> {
    store::public_version(conn, shop)
}

/// The public versions of several shops at once; unknown ones are absent.
pub fn public_versions(conn: &mut Connection, shops: &[ShopId]) -> Result<Vec<(ShopId, i64)>> {
    store::public_versions(conn, shops)
}
