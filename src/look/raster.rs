//! SVG of ours as PNG, with fonts of our own: for messengers, mail signatures and social networks, which show no SVG.
//!
//! Three embedded fonts write Latin, Greek and Cyrillic; [`covers`] says what they can write and [`width`] how wide it
//! becomes, so that whoever composes a picture leaves out what would be boxes. No font of the machine is read, no file and
//! no address that an SVG may name. Pure and heavy on the processor: the caller keeps it off the threads that answer.
//!
//! Behind the cargo feature `cards`; without it nothing is ever drawn, and [`BUILT`] says so.

/// Whether this build can draw.
pub(crate) const BUILT: bool = cfg!(feature = "cards");

/// Why there is no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotDrawn {
    /// This build has no renderer.
    #[cfg_attr(feature = "cards", expect(dead_code, reason = "said by a build without the feature"))]
    #[error("this build draws no pictures: it was made without the feature `cards`")]
    NotBuilt,
    /// The SVG is not well-formed, or not of a size we draw.
    #[cfg_attr(not(feature = "cards"), expect(dead_code, reason = "said by a build with the feature"))]
    #[error("the drawing cannot be read or is too large")]
    Unfit,
}

/// A font, as `font-family` and `font-weight` name it in the SVG.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Face {
    /// `sans-serif`, 400.
    Plain,
    /// `sans-serif`, 600.
    Strong,
    /// `serif`, 600: headings, and the words of people.
    Serif,
}

/// Draws a whole SVG document as PNG, `scale` times its size.
///
/// # Errors
/// [`NotDrawn`].
pub(crate) fn png(svg: &str, scale: u8) -> Result<Vec<u8>, NotDrawn> {
    drawn::png(svg, scale)
}

/// Whether all fonts can write a character.
pub(crate) fn covers(c: char) -> bool {
    drawn::covers(c)
}

/// Width of a text in a font of this size, in pixels, without kerning.
pub(crate) fn width(text: &str, face: Face, size: f32) -> f32 {
    drawn::width(text, face, size)
}

#[cfg(feature = "cards")]
mod drawn;

#[cfg(not(feature = "cards"))]
mod drawn {
    use super::{Face, NotDrawn};

    pub(super) fn png(_: &str, _: u8) -> Result<Vec<u8>, NotDrawn> {
        Err(NotDrawn::NotBuilt)
    }

    pub(super) fn covers(_: char) -> bool {
        false
    }

    pub(super) fn width(_: &str, _: Face, _: f32) -> f32 {
        0.0
    }
}

#[cfg(test)]
#[cfg(feature = "cards")]
mod tests;
