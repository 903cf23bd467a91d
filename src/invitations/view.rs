//! Invitations as a shop sees them in its list: typed views, paged, newest first. Never a name, an address or a token.

use serde::Serialize;

use super::model::{FRESH_LINK, INVITATION, Invitation, REMINDER};
use super::store;
pub use super::store::Filter;
use crate::db::{self, Connection};
use crate::jobs::Subject;
use crate::kernel::id::{InvitationId, OrderId, ShopId};
use crate::kernel::page::{Cursor, CursorError, PageLimit};
use crate::kernel::time::Timestamp;
use crate::mail::returned::{About, ReturnKind, returned_about};
use crate::mail::{self, Logged};
use crate::orders::{self, Order, Reason};

/// The kinds of mail about an invitation.
const MAILS: [&str; 3] = [INVITATION, REMINDER, FRESH_LINK];

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
    /// When the customer asked to be asked a week later: once.
    pub deferred_at: Option<Timestamp>,
    /// When its review was submitted.
    pub reviewed_at: Option<Timestamp>,
    /// When one of its mails came back for good.
    pub bounced_at: Option<Timestamp>,
    /// When one of its mails was reported as unwanted.
    pub complained_at: Option<Timestamp>,
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
    let subjects: Vec<Subject> = rows.iter().map(|row| row.id.into()).collect();
    let came_back = returned_about(conn, &MAILS, &subjects)?;
    let mut invitations = Vec::with_capacity(rows.len());
    for row in rows {
        if let Some(order) = orders::find(conn, shop, row.order_id)? {
            invitations.push(view(&row, &order, &came_back));
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

/// The mails about the invitation of one order, each with its kind, attempts and what came back.
pub fn mails_of(conn: &mut Connection, shop: ShopId, order: OrderId) -> db::Result<Vec<(&'static str, Logged)>> {
    let Some(row) = store::of_order(conn, shop, order)? else { return Ok(Vec::new()) };
    let mut mails = Vec::new();
    for kind in MAILS {
        mails.extend(mail::logged(conn, kind, row.id.into())?.into_iter().map(|logged| (kind, logged)));
    }
    Ok(mails)
}

fn seen(conn: &mut Connection, shop: ShopId, row: &Invitation) -> db::Result<Option<InvitationView>> {
    let came_back = returned_about(conn, &MAILS, &[row.id.into()])?;
    let order = orders::find(conn, shop, row.order_id)?;
    Ok(order.map(|order| view(row, &order, &came_back)))
}

fn view(row: &Invitation, order: &Order, came_back: &[About]) -> InvitationView {
    let when = |kind: ReturnKind| {
        let mine = came_back.iter().find(|(subject, came, _)| *subject == Subject::from(row.id) && *came == kind);
        mine.map(|(.., at)| *at)
    };
    InvitationView {
        id: row.id,
        order: row.order_id,
        number: order.number.to_string(),
        state: order.state.word(),
        reason: order.state.reason().map(Reason::code),
        at: order.state.at(),
        test: order.test,
        triggered_at: row.trigger_at,
        due_at: row.due_at,
        submit_until: row.submit_until,
        sent_at: row.sent_at,
        reminded_at: row.reminded_at,
        deferred_at: row.deferred_at,
        reviewed_at: row.reviewed_at,
        bounced_at: when(ReturnKind::HardBounce),
        complained_at: when(ReturnKind::Complaint),
        cancelled_at: row.cancelled_at,
        hastened_at: row.hastened_at,
        postponements: row.postponements,
    }
}
