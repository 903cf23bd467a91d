//! A shop left, and one of its orders is let go: nothing more is sent about it, its link opens no form any more, also if the shop comes back,
//! and whom the mail went to is forgotten. What the shop did with the invitation stays: it is counted in public.

use super::model::{INVITATION, REMINDER};
use super::store;
use crate::db::{self, Connection};
use crate::kernel::id::{OrderId, ShopId};
use crate::kernel::time::Timestamp;
use crate::mail;
use crate::orders::Reason;

/// Ends whatever was planned for an order that is let go.
///
/// # Errors
/// The database's.
pub fn let_go(tx: &mut Connection, shop: ShopId, order: OrderId, now: Timestamp) -> db::Result<()> {
    let Some(row) = store::of_order(tx, shop, order)? else { return Ok(()) };
    for kind in [INVITATION, REMINDER] {
        mail::withdraw(tx, kind, &[row.id.into()], Reason::ShopClosed.code())?;
    }
    store::drop_many(tx, &[row.id], now)?;
    store::close_form(tx, shop, row.id, now)?;
    store::forget_person(tx, shop, row.id)
}
