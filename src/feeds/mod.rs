//! Feeds: what programs read of the public reviews, in their own languages.
//!
//! Two kinds. Small and often asked for: the newest reviews of a shop as Atom and JSON Feed ([`face`], [`atom`],
//! [`jsonfeed`]), made once and given from the same kind of cache as the profile. Large and seldom: everything a shop has,
//! as lines or a table ([`export`]), as Google wants it ([`google`]), or as addresses ([`sitemap`]). These are never whole in
//! memory: [`stream`] reads a batch when the reader has taken the one before. [`robots`] says to machines what is here.
//!
//! Nothing in it is more than the pages show, and what was restricted or erased shows nothing but that. Text of people is
//! text: each format escapes it for itself ([`xml`], [`cells`]).

pub(crate) mod api;
mod atom;
mod cells;
mod export;
mod face;
mod google;
mod jsonfeed;
mod robots;
mod sitemap;
mod stream;
mod xml;

pub(crate) use cells::sheet;
pub(crate) use sitemap::Sitemaps;

/// The cache of the newest reviews.
pub(crate) type FeedCache = crate::profiles::cache::Cache<face::Face>;

#[cfg(test)]
mod tests;
