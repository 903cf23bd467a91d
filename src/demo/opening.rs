//! The demo shop itself: opened on the first start, found again on the next.

use crate::context::Context;
use crate::kernel::delay::Delay;
use crate::kernel::domain::{ShopDomain, ShopRef};
use crate::kernel::locale::Locale;
use crate::kernel::zone::Zone;
use crate::merchants::{self, LegalBasis, Merchant, NewShop, Opened, Policy, Sector, Shop, ShopStatus, keys};

use super::browser::Failed;
use super::{DOMAIN, Keys, NAME};

fn failed(error: impl std::fmt::Display) -> Failed {
    Failed(error.to_string())
}

/// The demo shop's keys, and whether it was opened just now.
///
/// # Errors
/// When the data folder holds something else than a demo, or cannot be written.
pub async fn open_shop(ctx: &Context) -> Result<(Keys, bool), Failed> {
    let domain = ShopDomain::parse(DOMAIN).map_err(failed)?;
    let wanted = ShopRef::Domain(domain.clone());
    let found = ctx.db().read(move |conn| merchants::find(conn, &wanted)).await.map_err(failed)?;
    match found {
        Some(shop) => Ok((again(ctx, &shop).await?, false)),
        None => Ok((first(ctx, domain).await?, true)),
    }
}

/// A shop found again signs with the secret it has, and its back office gets a new key.
async fn again(ctx: &Context, shop: &Shop) -> Result<Keys, Failed> {
    let (id, now, keyring) = (shop.id, ctx.now(), ctx.keyring().clone());
    let secret = ctx.db().read(move |conn| keys::newest_secret(conn, &keyring, id, now)).await.map_err(failed)?;
    let secret = secret
        .ok_or_else(|| Failed(format!("{DOMAIN} has no webhook secret; delete the demo's folder to start over")))?;
    let new = keys::new_api_key(ctx);
    let issued = ctx.db().write(move |tx| keys::rotate_api_key(tx, id, new, 0)).await.map_err(failed)?;
    Ok(Keys { shop: id.to_string(), secret, api_key: issued.text })
}

async fn first(ctx: &Context, domain: ShopDomain) -> Result<Keys, Failed> {
    let merchant = Merchant { id: ctx.ids().next(), name: NAME.to_owned(), created_at: ctx.now() };
    let shop = demo_shop(ctx, &merchant, domain)?;
    let id = shop.id;
    let new = NewShop::new(ctx, shop, Some(merchant)).map_err(failed)?;
    let opened = ctx.db().write(move |tx| merchants::open_shop(tx, new)).await.map_err(failed)?;
    let Opened::Open { webhook_secret, api_key } = opened else {
        return Err(Failed("the demo shop could not be opened".to_owned()));
    };
    let secret = crate::sign::webhook::Secret::parse(&webhook_secret.text).map_err(failed)?;
    Ok(Keys { shop: id.to_string(), secret, api_key: api_key.text })
}

fn demo_shop(ctx: &Context, merchant: &Merchant, domain: ShopDomain) -> Result<Shop, Failed> {
    Ok(Shop {
        id: ctx.ids().next(),
        merchant_id: merchant.id,
        domain,
        name: NAME.to_owned(),
        locale: Locale::parse("it-IT").map_err(failed)?,
        zone: Zone::parse("Europe/Rome").map_err(failed)?,
        country: crate::kernel::country::Country::parse("IT").ok(),
        category: Some("Ceramica".to_owned()),
        contact: Some("ciao@bottega.example".to_owned()),
        sector: Sector::General,
        mail_name: None,
        mail_from: None,
        legal_basis: LegalBasis::SoftOptIn,
        status: ShopStatus::Open,
        paused: false,
        // The visitor may order twice in a minute: no cap in the demo.
        policy: Policy { invite_after: Delay::days(7), cap_days: 0, ..Policy::default() },
        settings_version: 1,
        public_version: 1,
        created_at: ctx.now(),
        weekly_mail: true,
        weekly_stop: None,
    })
}
