//! The colours and the logo of a mail: the house's own, or what a shop chose, checked so that everybody can read it.

use serde::Serialize;

/// Links, buttons and rules on white.
const ACCENT: &str = "#0b6b4f";
/// The same where the reader likes it dark.
const ACCENT_DARK: &str = "#55c79a";
/// Around the sheet.
const PAPER: &str = "#fbfaf6";

/// What the layout asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Dress {
    /// Links, buttons and rules on white.
    pub(crate) accent: String,
    /// The same where the reader likes it dark.
    pub(crate) accent_dark: String,
    /// Around the sheet.
    pub(crate) paper: String,
    /// Stands in the place of the shop's name.
    pub(crate) logo: Option<Logo>,
}

/// A shop's logo, as a mail shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Logo {
    /// Where it is.
    pub(crate) url: String,
    /// What it says where pictures are off.
    pub(crate) alt: String,
    /// In CSS pixels.
    pub(crate) width: i64,
}

impl Default for Dress {
    fn default() -> Self {
        Self { accent: ACCENT.to_owned(), accent_dark: ACCENT_DARK.to_owned(), paper: PAPER.to_owned(), logo: None }
    }
}
