//! From the text in a link to what its holder may do: the authority that reviews ask for as an argument.
//!
//! A token is not stored; its key, its invitation, its purpose and its expiry are checked here and nowhere else. Forged,
//! expired, unknown and made for another purpose are one answer, `None`, so that nobody learns which it was. Whether a
//! review may still be submitted is read from the row, never from the token.

use super::model::{Bearer, Invitation};
use super::store;
use crate::db::{self, Connection};
use crate::kernel::id::{InvitationId, OrderId, ShopId};
use crate::kernel::time::{SECOND, Timestamp};
use crate::keyring::{Keyring, Link, LinkError, PersonHash};
use crate::sign::token::Purpose;

/// Who the holder of this link is; `None` when it opens nothing, whatever the reason.
pub fn bearer(
    conn: &mut Connection,
    keyring: &Keyring,
    token: &str,
    purpose: Purpose,
    now: Timestamp,
) -> db::Result<Option<Bearer>> {
    let Some(link) = check(keyring, token, purpose, now) else { return Ok(None) };
    let row = store::by_id(conn, link.invitation)?;
    Ok(row.filter(|row| row.opens_with(link.expires)).map(|row| of_row(&row, &link, now)))
}

/// Whom the mail went to that the bearer's link stood in; `None` for a test, and where that was forgotten.
///
/// # Errors
/// The database's.
pub fn addressee(conn: &mut Connection, bearer: &Bearer) -> db::Result<Option<PersonHash>> {
    Ok(store::by_id(conn, bearer.invitation)?.and_then(|row| row.person))
}

/// The invitation about one order, for its person's own eyes.
///
/// # Errors
/// The database's.
pub fn about(conn: &mut Connection, shop: ShopId, order: OrderId) -> db::Result<Option<Invitation>> {
    store::of_order(conn, shop, order)
}

/// Whether the text is a token of ours for this purpose that has not expired: costs no database.
pub fn check(keyring: &Keyring, token: &str, purpose: Purpose, now: Timestamp) -> Option<Link> {
    keyring.check(token, now).ok().filter(|link| link.purpose == purpose)
}

/// The invitation behind a link of ours, expired or not: enough to send a fresh link to the address that got the order,
/// for nothing else.
pub(super) fn invitation_behind(keyring: &Keyring, token: &str, now: Timestamp) -> Option<InvitationId> {
    match keyring.check(token, now) {
        Ok(link) => Some(link.invitation),
        Err(LinkError::Expired(invitation)) => Some(invitation),
        Err(LinkError::Forged) => None,
    }
}

fn of_row(row: &Invitation, link: &Link, now: Timestamp) -> Bearer {
    Bearer {
        invitation: row.id,
        order_id: row.order_id,
        shop_id: row.shop_id,
        purpose: link.purpose,
        submit_until: row.submit_until,
        open: row.is_open(now),
        reviewed_at: row.reviewed_at,
        expires: link.expires,
    }
}

/// The links of an invitation as its mail carries them.
#[derive(Debug)]
pub struct Tokens {
    /// Opens the form.
    pub review: String,
    /// Stops further mails.
    pub unsubscribe: String,
    /// Which key signed both.
    pub kid: i64,
    /// Until when both work.
    pub expires: Timestamp,
}

/// Mints both links of an invitation. The same key and expiry give the same links: a reminder repeats those of its
/// invitation, a reply notice those of the last mail. `None`: the key is gone.
pub fn tokens(keyring: &Keyring, invitation: InvitationId, expires: Timestamp, kid: Option<i64>) -> Option<Tokens> {
    let mint = |purpose, kid| keyring.mint(&Link { invitation, purpose, expires }, kid).ok();
    let (review, kid) = mint(Purpose::Review, kid)?;
    let (unsubscribe, _) = mint(Purpose::Unsubscribe, Some(kid))?;
    Some(Tokens { review, unsubscribe, kid, expires })
}

impl Invitation {
    /// Until when links work that would work until then, told apart from those that open nothing any more.
    pub(super) fn life_of_links(&self, until: Timestamp) -> Timestamp {
        self.links_after.map_or(until, |past| until.max(past.plus_ms(SECOND)))
    }

    /// The links that the last mail about this invitation carried; under the key in use now where that key is gone.
    pub(crate) fn tokens(&self, keyring: &Keyring, otherwise: Timestamp) -> Option<Tokens> {
        let otherwise = self.life_of_links(otherwise);
        let expires = self.token_expires_at.unwrap_or(otherwise);
        tokens(keyring, self.id, expires, self.token_kid).or_else(|| tokens(keyring, self.id, otherwise, None))
    }
}
