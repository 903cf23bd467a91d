//! The desk: what a shop sees and does through its own API, as `/v1/shops/{shop}/...` routes, one subject a file.
//!
//! A door: it takes a request apart, calls the verb of a room and shows what came of it. The rules live in the rooms. A
//! handler that reads takes a [`ShopBearer`](crate::merchants::api::ShopBearer), one that changes anything takes a
//! [`ShopWriter`](crate::merchants::api::ShopWriter): without one it cannot know which shop it is for. Nothing here can
//! hide, delay or change a review.
//!
//! What became of the shop's orders it reads day by day ([`accounting`]); once a week it is written about them ([`weekly`]).

pub(crate) mod accounting;
mod answers;
mod api;
pub(crate) mod mails;
pub(crate) mod pages;
pub(crate) mod templates;
pub(crate) mod weekly;

pub use api::routes;
