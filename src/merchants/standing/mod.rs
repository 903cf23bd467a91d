//! The operator's hand on a shop's standing, and since when a shop is closed: what is kept of its customers ends some time after that.
//! A shop that is taken back in time loses nothing; what was let go does not come back.

mod store;

use super::model::ShopStatus;
use super::open::{self, Changed};
use crate::db::{self, Connection};
use crate::kernel::id::ShopId;
use crate::kernel::time::Timestamp;

pub use store::{Closed, closed_before, is_closed_before, note_let_go};

/// Opens, closes or suspends a shop.
///
/// # Errors
/// The database's.
pub fn stand(tx: &mut Connection, shop: ShopId, status: ShopStatus, at: Timestamp) -> db::Result<Changed> {
    let set = |shop: &mut super::Shop| {
        shop.status = status;
        Ok(())
    };
    let changed = open::change(tx, shop, set)?;
    if matches!(changed, Changed::Done(_) | Changed::Unchanged(_)) {
        match status {
            ShopStatus::Closed => store::note_closed(tx, shop, at)?,
            ShopStatus::Open | ShopStatus::Suspended => store::forget_closed(tx, shop)?,
        }
    }
    Ok(changed)
}
