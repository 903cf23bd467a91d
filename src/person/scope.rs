//! What one link opens: decided here, once, for the page, the copy and the erasure alike.

use crate::db::{self, Connection};
use crate::invitations::{self, Bearer};
use crate::keyring::PersonHash;
use crate::orders::{self, Order};

/// What the holder of a link may see and end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scope {
    /// Who holds it.
    pub(super) bearer: Bearer,
    /// All that the shop has about this person; `None`: the link's own order, without name and address.
    pub(super) person: Option<PersonHash>,
    /// Whom the mail went to, where that is known.
    pub(super) addressee: Option<PersonHash>,
    /// The order names nobody else: what is sealed with it may be dropped on this holder's word.
    pub(super) own_order: bool,
}

impl Scope {
    /// Reads what decides it; `None` where the order is gone.
    pub(super) fn read(conn: &mut Connection, bearer: Bearer) -> db::Result<Option<Self>> {
        let Some(order) = orders::find(conn, bearer.shop_id, bearer.order_id)? else { return Ok(None) };
        let addressee = invitations::addressee(conn, &bearer)?;
        let named = orders::person(conn, bearer.shop_id, bearer.order_id)?;
        let person = proven(&order, addressee, named);
        let own_order = person.is_some() || order.test || named.is_none() || order.fold.is_erased();
        Ok(Some(Self { bearer, person, addressee, own_order }))
    }
}

/// The person whose mailbox the link proves: whom the mail went to, while the order still names them. A link that was repeated
/// after the shop changed the address may be in two hands.
fn proven(order: &Order, addressee: Option<PersonHash>, named: Option<PersonHash>) -> Option<PersonHash> {
    addressee.filter(|asked| named == Some(*asked) && !order.test)
}
