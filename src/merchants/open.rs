//! Opening a shop, and changing one: the two writes that make a shop what it is.
//!
//! Both write a whole, checked [`Shop`]; neither decides who may do it. Opening makes the first keys, which are shown
//! once by whoever asked.

use super::keys::{self, Issued, NewApiKey, NewSecret};
use super::model::{Merchant, Shop};
use super::settings::Flaw;
use super::store;
use crate::context::Context;
use crate::db::{self, Connection};
use crate::kernel::id::{MerchantId, ShopId};
use crate::keyring::KeyringError;

/// A shop about to be opened, with its first keys.
pub struct NewShop {
    shop: Shop,
    merchant: Option<Merchant>,
    secret: NewSecret,
    api_key: NewApiKey,
}

impl NewShop {
    /// Makes the first keys of `shop`; `merchant`: its account, when that is new too.
    ///
    /// # Errors
    /// Those of the keyring, when the secret cannot be sealed.
    pub fn new(ctx: &Context, shop: Shop, merchant: Option<Merchant>) -> Result<Self, KeyringError> {
        let secret = keys::new_secret(ctx, shop.id)?;
        Ok(Self { shop, merchant, secret, api_key: keys::new_api_key(ctx) })
    }
}

/// What became of opening a shop.
pub enum Opened {
    /// It is open; its keys are to be shown now and never again.
    Open {
        /// `whsec_...`
        webhook_secret: Issued,
        /// `atk_...`
        api_key: Issued,
    },
    /// Another shop has the domain. Nothing was written.
    DomainTaken,
    /// There is no such merchant. Nothing was written.
    NoMerchant(MerchantId),
}

/// Writes a new shop, its merchant if that is new, and its first keys.
pub fn open_shop(tx: &mut Connection, new: NewShop) -> db::Result<Opened> {
    let shop = new.shop;
    if store::domain_taken(tx, &shop)? {
        return Ok(Opened::DomainTaken);
    }
    match &new.merchant {
        Some(merchant) => store::insert_merchant(tx, merchant)?,
        None if store::merchant(tx, shop.merchant_id)?.is_none() => return Ok(Opened::NoMerchant(shop.merchant_id)),
        None => {}
    }
    store::insert_shop(tx, &shop)?;
    let webhook_secret = keys::rotate_secret(tx, shop.id, new.secret, 0)?;
    let api_key = keys::rotate_api_key(tx, shop.id, new.api_key, 0)?;
    Ok(Opened::Open { webhook_secret, api_key })
}

/// What became of changing a shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// Written: settings and public version grew. The shop as it is now.
    Done(Box<Shop>),
    /// It is so already; nothing was written.
    Unchanged(Box<Shop>),
    /// A field is not accepted. Nothing was written.
    Refused(Flaw),
    /// There is no such shop.
    NoShop,
    /// It was changed by somebody else since it was read.
    Raced,
    /// Another shop has the domain.
    DomainTaken,
    /// There is no such merchant.
    NoMerchant,
}

/// Reads a shop, lets `edit` change it, and writes it back whole.
pub fn change(
    tx: &mut Connection,
    shop: ShopId,
    edit: impl FnOnce(&mut Shop) -> Result<(), Flaw>,
) -> db::Result<Changed> {
    let Some(before) = store::load(tx, shop)? else { return Ok(Changed::NoShop) };
    let mut after = before.clone();
    if let Err(flaw) = edit(&mut after) {
        return Ok(Changed::Refused(flaw));
    }
    if after == before {
        return Ok(Changed::Unchanged(Box::new(before)));
    }
    if store::domain_taken(tx, &after)? {
        return Ok(Changed::DomainTaken);
    }
    if store::merchant(tx, after.merchant_id)?.is_none() {
        return Ok(Changed::NoMerchant);
    }
    if !store::save_shop(tx, &after)? {
        return Ok(Changed::Raced);
    }
    after.settings_version = after.settings_version.saturating_add(1);
    after.public_version = after.public_version.saturating_add(1);
    Ok(Changed::Done(Box::new(after)))
}
