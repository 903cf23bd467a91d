//! How Attesta looks and speaks: one stylesheet, one mark, stars, plots, a glossary per language and the
//! layout, shared by pages, badges and mails.
//!
//! Ground: it knows no room. A room writes a typed view struct and a template beside its verbs, says
//! [`page::View`] for it, and calls [`render`]. Templates are embedded; [`check`] renders each with samples
//! that cover both sides of its conditions, and runs at start: a missing variable or phrase stops it.
//!
//! Nothing here reads a database, a clock or a request, and nothing here decides what is public.

pub(crate) mod assets;
pub(crate) mod badge;
pub(crate) mod card;
pub(crate) mod changes;
#[cfg(test)]
pub(crate) mod gallery;
mod hbs;
mod lines;
pub(crate) mod page;
pub(crate) mod plot;
pub(crate) mod raster;
pub(crate) mod review;
mod say;
pub(crate) mod seal;
pub(crate) mod share;
pub(crate) mod stars;
pub(crate) mod words;

pub(crate) use hbs::{Broken, Template, check, render};

/// Embeds a template beside the calling file and compiles it once.
macro_rules! template {
    ($name:literal, $file:literal) => {{
        static TEMPLATE: std::sync::LazyLock<$crate::look::Template> =
            std::sync::LazyLock::new(|| $crate::look::Template::compile($name, include_str!($file)));
        &TEMPLATE
    }};
}
pub(crate) use template;
