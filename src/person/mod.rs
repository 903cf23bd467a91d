//! The customer's own door: what is stored about them, a copy of it to take along, and its end.
//!
//! A person is an exact e-mail address, known by its keyed hash. Two proofs lead in here, and each opens only what it proves:
//!
//! - **The link to the review, from a mail** proves its holder to be the reader of the mails about one order of one shop. It
//!   opens what *that shop* has about *the address that mail went to* ([`scope`]): all its orders there, as the shop answers for
//!   all of them, and a person should not have to find every old mail to be forgotten. It never says whether other shops of the
//!   instance know the same address: which shops somebody buys from is nobody's business who was handed a link, and each
//!   shop's own mails open its own part. Where the order names another address than the mail went to, and for test orders
//!   (whose mail nobody received), the link opens its own order, without name and address.
//! - **The operator at the machine**, asked by the person in whatever way convinced them, reaches every shop.
//!
//! The link that unsubscribes opens nothing here: it is handed to mail programs and their machines, and can do no more than
//! stop mail. Addresses are masked on every page and in every copy: whoever asks knows their own.
//!
//! [`stored`] collects over the rooms, [`erase`] ends over the rooms, [`captured`] mails go with it, [`purge()`] lets go of hashes nobody needs, [`ended`] of the customers of shops that
//! left, by the same settings that [`retention`] tells everybody on the page about privacy. A GET changes nothing.

pub(crate) mod api;
pub(crate) mod captured;
pub(crate) mod ended;
pub(crate) mod erase;
pub(crate) mod pages;
pub(crate) mod purge;
pub(crate) mod retention;
mod scope;
mod show;
pub(crate) mod stored;

pub(crate) use api::routes;
pub use purge::purge;

#[cfg(test)]
mod tests;
