//! Widgets: a shop's score and reviews on its own pages, and whoever else shows them.
//!
//! A page loads one script ([`files`]) and names what it wants in tags, each of a [`kind`]. The script reads [`data`]
//! about the shop, which carries every word it shows in the language that was [`asked`] for, so that the script itself
//! speaks none. Where no script may run the same data is given as markup ([`markup`]): a fragment to include on the
//! server, or a page of its own for a frame. Text from people is text in all of them.
//!
//! Nothing here counts, marks or remembers a visitor; no answer depends on who asks.

pub(super) mod asked;
pub(super) mod data;
pub(super) mod files;
pub(super) mod kind;
pub(super) mod markup;
mod words;
