//! Invitations as a shop sees them in its list: typed views, paged, newest first. Never a name, an address or a token.

use serde::Serialize;

use super::model::Invitation;
use super::store;
pub use super::store::Filter;
use crate::db::{self, Connection};
use crate::kernel::id::{InvitationId, OrderId, ShopId};
use crate::kernel::page::{Cursor, CursorError, PageLimit};
use crate::kernel::time::Timestamp;
use crate::orders::{self, Reason, State};

/// One invitation, with where its order stands.
#[derive(Clone, Debug, Serialize)]
pub struct InvitationView {
    /// `inv_...`
    pub id: InvitationId,
    /// The order it asks about.
    pub order: OrderId,
    /// The shop's own number of that order.
    pub number: String,
    /// Where the order stands.
    pub state: &'static str,
    /// Why, where that state has a reason.
    pub reason: Option<&'static str>,
    /// When the next thing happens.
    pub at: Option<Timestamp>,
    /// A test order: captured, never counted.
    pub test: bool,
    /// The event that started the clock.
    pub triggered_at: Timestamp,
    /// When it is, or was, due.
    pub due_at: Timestamp,
    /// Until when a review may be submitted.
    pub submit_until: Timestamp,
    /// When its mail left.
    pub sent_at: Option<Timestamp>,
    /// When its reminder left.
    pub reminded_at: Option<Timestamp>,
    /// When its review was submitted.
    pub reviewed_at: Option<Timestamp>,
    /// When the shop cancelled it.
    pub cancelled_at: Option<Timestamp>,
    /// When the shop had it sent before its time.
    pub hastened_at: Option<Timestamp>,
    /// How often the shop postponed it.
    pub postponements: i64,
}

/// A page of a list, and the cursor of the next.
#[derive(Clone, Debug, Serialize)]
pub struct InvitationPage {
    /// Newest first.
    pub invitations: Vec<InvitationView>,
    /// Opaque; absent on the last page.
    pub next: Option<String>,
}

/// Which page of which list.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Which invitations.
    pub filter: Filter,
    /// Where the last page ended.
    pub before: Option<InvitationId>,
    /// How many.
    pub limit: PageLimit,
}

impl Asked {
    /// Reads the parameters of a request as they come.
    pub fn parse(filter: Filter, cursor: Option<&str>, limit: PageLimit) -> Result<Self, CursorError> {
        Ok(Self { filter, before: cursor.map(Cursor::decode).transpose()?, limit })
    }
}

/// A page of this shop's invitations.
pub fn list(conn: &mut Connection, shop: ShopId, asked: &Asked) -> db::Result<InvitationPage> {
    let mut rows = store::page(conn, shop, asked.filter, asked.before, asked.limit.probe())?;
    let more = asked.limit.cut(&mut rows);
    let next = rows.last().filter(|_| more).map(|row| Cursor::encode(&row.id));
    let mut invitations = Vec::with_capacity(rows.len());
    for row in rows {
        if let Some(order) = orders::find(conn, shop, row.order_id)? {
            invitations.push(view(&row, order.number.to_string(), order.state, order.test));
        }
    }
    Ok(InvitationPage { invitations, next })
}

/// One invitation of this shop.
pub fn find(conn: &mut Connection, shop: ShopId, id: InvitationId) -> db::Result<Option<InvitationView>> {
    match store::by_id(conn, id)?.filter(|row| row.shop_id == shop) {
        Some(row) => seen(conn, shop, &row),
        None => Ok(None),
    }
}

/// The invitation of one order of this shop.
pub fn of_order(conn: &mut Connection, shop: ShopId, order: OrderId) -> db::Result<Option<InvitationView>> {
    match store::of_order(conn, shop, order)? {
        Some(row) => seen(conn, shop, &row),
        None => Ok(None),
    }
}

fn seen(conn: &mut Connection, shop: ShopId, row: &Invitation) -> db::Result<Option<InvitationView>> {
    let order = orders::find(conn, shop, row.order_id)?;
    Ok(order.map(|order| view(row, order.number.to_string(), order.state, order.test)))
}

fn view(row: &Invitation, number: String, state: State, test: bool) -> InvitationView {
    InvitationView {
        id: row.id,
        order: row.order_id,
        number,
        state: state.word(),
        reason: state.reason().map(Reason::code),
        at: state.at(),
        test,
        triggered_at: row.trigger_at,
        due_at: row.due_at,
        submit_until: row.submit_until,
        sent_at: row.sent_at,
        reminded_at: row.reminded_at,
        reviewed_at: row.reviewed_at,
        cancelled_at: row.cancelled_at,
        hastened_at: row.hastened_at,
        postponements: row.postponements,
    }
}
