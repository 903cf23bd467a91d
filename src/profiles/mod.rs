//! Profiles: what the world sees of a shop.
//!
//! A [`score`] is computed from the tally by a published formula that anyone can recompute; [`collection`] numbers tell
//! what became of every order, which nobody else publishes; [`replies`] say how the shop answers; [`verification`] says how
//! all of it was collected. [`build`] reads them in one moment of the data and makes the faces of a shop from them: JSON
//! ([`wire`]), the pages ([`show`], [`pages`], with every state of their lists behind a plain link: [`visit`], [`narrow`],
//! [`mod@trend`]) and their data for search engines ([`jsonld`]). The [`cache`] keeps the bytes
//! until the shop's public version moves; the badges stand on the same cache. The [`directory`] finds
//! shops, [`ratings`] gives the scores of many products at once, [`certificates`] sign what one review says, so that it can
//! be checked without believing this service. [`api`] is the door.
//!
//! Nothing here is ever changed by a shop: a profile follows from orders and reviews, the good and the bad alike. A closed
//! or suspended shop keeps its profile, which says so.

pub(crate) mod api;
mod asks;
mod build;
pub(crate) mod cache;
pub(crate) mod certificates;
pub(crate) mod collection;
pub(crate) mod directory;
mod jsonld;
mod narrow;
pub(crate) mod pages;
pub(crate) mod ratings;
pub(crate) mod replies;
pub(crate) mod score;
mod share;
mod show;
mod store;
mod tally;
mod trend;
mod verification;
mod visit;
mod wire;

pub(crate) use build::{days, figures, rating};
pub(crate) use collection::CountJob;
pub(crate) use share::{product_name, state};

/// The cache of a profile's faces.
pub(crate) type ProfileCache = cache::Cache<build::Face>;

#[cfg(test)]
mod tests;
