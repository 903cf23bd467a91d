//! Reviews: what customers say after a purchase, and the dialogue that follows.
//!
//! A token from an invitation's mail opens the form; [`submit`] publishes at once what its bearer wrote: one review of the
//! shop, and of each product they gave stars. Certified means exactly that path, and there is no other. From the same
//! link the author [`edit`]s it (what it said before stays readable as a [`version`]), [`erase`]s it, and [`answer`]s the
//! shop's [`reply`], and adds [`photos`]. The operator may [`restrict`] a review, for a closed reason, with a public tombstone and a statement
//! to the author. Nobody else can touch it: no event of the shop, no key, no plan.
//!
//! Every change moves the [`tally`] in the same transaction: day rows of stars behind every score. [`mod@list`] reads pages
//! along indexes and [`numbered`] by their number, [`search`] finds their words, [`walk`] reads all of them for feeds,
//! [`public`] builds what the world sees, [`commitment`] ties a certificate to a review's words, [`notify`] and [`notices`] write
//! the mails of this room, [`last`] reads what the last of them were about, [`form`] reads what a browser posts, [`pages`] shows it, [`api`] is the door of all of it.

pub(crate) mod answer;
pub(crate) mod api;
pub(crate) mod card;
pub(crate) mod commitment;
pub(crate) mod edit;
pub(crate) mod erase;
mod form;
pub(crate) mod inbox;
mod language;
mod last;
pub(crate) mod list;
pub mod model;
mod notices;
pub(crate) mod notify;
pub(crate) mod numbered;
pub(crate) mod pages;
pub(crate) mod params;
pub(crate) mod photos;
pub(crate) mod public;
pub(crate) mod reply;
pub(crate) mod restrict;
mod search;
mod share;
mod show;
mod store;
pub(crate) mod submit;
pub(crate) mod tally;
pub(crate) mod version;
mod visit;
pub(crate) mod walk;

pub(crate) use erase::{Gone, Word, erase_of_order, erased_orders, forget, stands};
pub use erase::{personal, personal_photos};
pub(crate) use last::last_told;
pub(crate) use list::{ListQuery, Listing, languages, list, list_with_history};
pub(crate) use notices::{AnswerShownLetter, ReviewReceivedLetter};
pub(crate) use notify::{ReplyNoticeLetter, RestrictionStatementLetter};
pub(crate) use params::{BadParam, ListParams};
pub(crate) use public::{PublicEntry, PublicReview, whole};
pub(crate) use search::index_what_waits;
pub(crate) use show::dead_link;
pub(crate) use tally::{
    ReplyHours, TallyRow, hidden, product_name, products, reply_hours, reviewed_skus, tally_of, tally_of_products,
    top_products,
};

#[cfg(test)]
pub(crate) mod house;
#[cfg(test)]
mod tests;
