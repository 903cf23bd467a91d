//! Who may push and read: merchants, their shops, the keys that open them, their settings and invitation policy.
//!
//! The first room of the story. An operator makes a shop ([`Shop`]) and hands its keys over once. Every later room reads
//! the shop through the cache: the intake finds the secrets a signature is checked with, the invitations find the
//! [`Policy`], the pages find the name and the locale. A change of settings or keys raises the shop's settings version, which the
//! cache of every node polls; a write that changes public bytes raises its public version, in the same transaction.
//! Webhooks that were refused are remembered here too, bounded and without bodies.
//!
//! A shop is found by id or domain and opened by a key of its own; nothing here answers differently for a shop that
//! exists and one that does not.

mod model;
pub mod settings;

pub use model::{LegalBasis, Merchant, Policy, Sector, Shop, ShopStatus, Trigger};
