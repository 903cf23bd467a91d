//! Badges and widgets: a profile in small, for the shop's own site and whoever else shows it.
//!
//! A badge says score, stars, number of reviews and the day it speaks of; a shop that closed or was suspended shows that
//! instead. [`render`] reads the tally and draws. A [`widget`] says the same and more in a page's own text, by a script or
//! without one. A [`BadgeCache`] of the same kind as the profile's keeps the bytes of every [`face`], [`api`] serves them;
//! the [`gallery`] shows all kinds live, with what there is to copy. A picture that cannot be made as asked is made as near
//! as possible: an unknown theme is `auto`, an unknown size `m`, a locale without words the shop's own language. An unknown
//! shop is a 404 that shows itself as one.
//!
//! Mails and messengers show no SVG: [`pictures`] draws what an SVG says as PNG and keeps it. What a link to us
//! looks like elsewhere is made from the same: a [`card`], the short way and its QR code ([`share`]), a frame ([`embed`]).

pub(crate) mod api;
pub(crate) mod card;
pub(crate) mod embed;
mod face;
pub(crate) mod gallery;
mod pictures;
mod render;
pub(crate) mod share;
mod widget;

pub(crate) use pictures::Pictures;

/// The cache of badges and widgets.
pub(crate) type BadgeCache = crate::profiles::cache::Cache<face::Face>;
