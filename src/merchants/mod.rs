//! Who may push and read: merchants, their shops, the keys that open them, their settings and invitation policy.
//!
//! The first room of the story. An operator makes a shop ([`open_shop`]) and hands its keys over once. Every later room
//! reads the shop through the cache ([`Shops`]): the intake finds the keys a signature is checked with, the invitations
//! find the [`Policy`], the pages find the name and the locale. A change of settings or keys raises the shop's settings
//! version, which the cache of every node polls; a write that changes public bytes raises its public version in the same
//! transaction ([`bump_public`]). Webhooks that were refused are remembered too, bounded and without bodies
//! ([`Rejections`]).
//!
//! A shop is found by id or domain and opened by a key of its own; to a foreign key a shop that exists and one that does
//! not look the same.

pub mod api;
pub mod keys;
mod model;
mod moment;
mod open;
mod public;
pub mod rejections;
pub mod settings;
mod shops;
pub mod standing;
mod store;
mod uses;

pub use keys::WebhookKey;
pub use model::{LegalBasis, Merchant, Policy, Sector, Shop, ShopStatus, Trigger, WeeklyEnd, WeeklyStop};
pub use moment::{Moment, PolicyException};
pub use open::{Changed, NewShop, Opened, change, open_shop};
pub use public::{bump_public, public_version, public_versions};
pub use rejections::{Rejection, Rejections};
pub use shops::{ShopEntry, Shops};
pub use store::{
    all, all_public_versions, bump_settings, find, find_by_code, first_open, ids_between, load, public_pulse,
    settings_versions, usual_zone,
};
