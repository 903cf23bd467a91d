//! Profiles: what a visitor sees of a shop, computed from tally and reviews.

pub(crate) mod pages;
