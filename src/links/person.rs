//! Public URLs of what a customer may ask about themselves.

use std::fmt::Display;

use super::Links;

/// Path patterns, without the prefix; `{name}` is one segment.
pub mod path {
    /// Being asked a week later.
    pub const ASK_LATER: &str = "/u/{token}/later";
    /// What is stored about the holder of a link.
    pub const MINE: &str = "/me/{token}";
    /// The same as one file.
    pub const MINE_JSON: &str = "/me/{token}/data.json";
    /// Erasing it, in two steps.
    pub const MINE_ERASE: &str = "/me/{token}/erase";
    /// What is kept of whom, and for how long.
    pub const PRIVACY: &str = "/privacy";
}

impl Links {
    /// Being asked a week later, with a token.
    pub fn ask_later(&self, token: impl Display) -> String {
        self.to(path::ASK_LATER, &[&token])
    }

    /// What is stored about the holder of a token.
    pub fn mine(&self, token: impl Display) -> String {
        self.to(path::MINE, &[&token])
    }

    /// What is kept of whom, and for how long.
    pub fn privacy(&self) -> String {
        self.to(path::PRIVACY, &[])
    }
}
