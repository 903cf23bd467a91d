//! The directory: every open shop of the instance, to be searched by name and domain, narrowed by category and country,
//! and read in three orders. Nothing in it can be bought: the orders are the name, the number of reviews and the day a
//! shop was opened here, and the page says which.
//!
//! It reads one table of its own, a row per shop, which [`refresh`] makes anew within a second of any change of the shop's
//! public version, so that a page costs the same whatever stands behind it. Words are folded by the kernel before they are
//! stored and before they are asked for: both engines give the same answer. Closed and suspended shops are left out; their
//! profiles stay at their addresses and say so. Test orders publish nothing, so no count holds one.

pub(crate) mod api;
pub(crate) mod list;
pub(crate) mod page;
pub(crate) mod refresh;
mod show;
mod store;

pub(crate) use list::{Card, after, categories, listed};
pub(crate) use refresh::tick;

#[cfg(test)]
mod tests;
