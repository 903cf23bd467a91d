//! What a browser sent becomes a photo of ours: recognised by its content, measured before anything is allocated for it,
//! turned upright, made small, and written anew as JPEG. Nothing of the file that came is kept: no place where it was taken,
//! no profile, no thumbnail, nothing that stood behind its end. Pure, and heavy on processor and memory: the caller does a
//! few at a time, off the threads that answer.

use std::io::Cursor;

use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, Limits, Rgb, RgbImage};

/// Most pixels of a picture: more than phones send unless told to.
pub(crate) const PIXELS_MAX: u64 = 40_000_000;
/// Most bytes that one decoded picture takes.
const BYTES_MAX: u64 = 192 << 20;
/// Longest side of the photo, in pixels.
pub(crate) const SIDE: u32 = 1600;
/// Longest side of its small form.
pub(crate) const SMALL_SIDE: u32 = 320;
/// JPEG quality of both.
const QUALITY: u8 = 82;

/// A photo as it is kept.
#[derive(Debug)]
pub(crate) struct Photo {
    /// JPEG, its longest side [`SIDE`] at most.
    pub(crate) full: Vec<u8>,
    /// The same, its longest side [`SMALL_SIDE`] at most.
    pub(crate) small: Vec<u8>,
    /// Pixels of the full form.
    pub(crate) width: u32,
    /// Pixels of the full form.
    pub(crate) height: u32,
}

/// Why a file does not become a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// Neither JPEG nor PNG nor WebP, whatever it is called.
    Unknown,
    /// It ends too early, or contradicts itself.
    Broken,
    /// It moves.
    Animated,
    /// It has more pixels than we take in.
    TooLarge,
}

/// Develops a file.
///
/// # Errors
/// [`Unfit`].
pub(crate) fn develop(bytes: &[u8]) -> Result<Photo, Unfit> {
    let picture = decoded(bytes)?;
    let full = flat(&fitted(&picture, SIDE));
    drop(picture);
    let small = flat(&fitted(&DynamicImage::ImageRgb8(full.clone()), SMALL_SIDE));
    let (width, height) = full.dimensions();
    Ok(Photo { width, height, full: jpeg(&full)?, small: jpeg(&small)? })
}

/// By the first bytes: what a file is called and how it was announced says nothing.
fn decoded(bytes: &[u8]) -> Result<DynamicImage, Unfit> {
    if bytes.starts_with(b"\xff\xd8\xff") {
        if !has_end(bytes) {
            return Err(Unfit::Broken);
        }
        return upright(JpegDecoder::new(Cursor::new(bytes)).map_err(broken)?);
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        let decoder = PngDecoder::with_limits(Cursor::new(bytes), limits()).map_err(broken)?;
        if decoder.is_apng().map_err(broken)? {
            return Err(Unfit::Animated);
        }
        return upright(decoder);
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        let decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(broken)?;
        if decoder.has_animation() {
            return Err(Unfit::Animated);
        }
        return upright(decoder);
    }
    Err(Unfit::Unknown)
}

fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(BYTES_MAX);
    limits
}

fn broken(error: image::ImageError) -> Unfit {
    if matches!(error, image::ImageError::Limits(_)) { Unfit::TooLarge } else { Unfit::Broken }
}

/// Decodes what was measured first, and turns it as its camera was held.
fn upright(mut decoder: impl ImageDecoder) -> Result<DynamicImage, Unfit> {
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX || decoder.total_bytes() > BYTES_MAX {
        return Err(Unfit::TooLarge);
    }
    // A photo whose notes cannot be read is shown as it lies.
    let turn = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    decoder.set_limits(limits()).map_err(broken)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(broken)?;
    picture.apply_orientation(turn);
    Ok(picture)
}

/// Whether a JPEG comes to its end: after the first scan begins, only the end marker is written as FF D9. Decoders fill
/// what is missing with grey, and a half photo is none.
fn has_end(bytes: &[u8]) -> bool {
    let Some(scan) = first_scan(bytes) else { return false };
    bytes.get(scan..).is_some_and(|rest| rest.windows(2).any(|pair| pair == b"\xff\xd9"))
}

/// Where the first scan's segment begins: each segment before it says how long it is.
fn first_scan(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        match bytes.get(at..at + 2)? {
            [0xff, 0xda] => return Some(at),
            // Fill bytes.
            [0xff, 0xff] => at += 1,
            [0xff, _] => {
                let length: [u8; 2] = bytes.get(at + 2..at + 4)?.try_into().ok()?;
                at += 2 + usize::from(u16::from_be_bytes(length)).max(2);
            }
            _ => return None,
        }
    }
}

/// The picture within a square of this side; smaller ones stay as they are.
fn fitted(picture: &DynamicImage, side: u32) -> DynamicImage {
    if picture.width().max(picture.height()) <= side {
        return picture.clone();
    }
    picture.resize(side, side, FilterType::Triangle)
}

/// Without transparency: what could be seen through is white.
fn flat(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let mut flat = RgbImage::new(picture.width(), picture.height());
    for (to, from) in flat.pixels_mut().zip(picture.to_rgba8().pixels()) {
        let [r, g, b, a] = from.0;
        *to = Rgb([r, g, b].map(|c| over_white(c, a)));
    }
    flat
}

fn over_white(c: u8, alpha: u8) -> u8 {
    let (c, a) = (u16::from(c), u16::from(alpha));
    let mixed = (c * a + 255 * (255 - a) + 127) / 255;
    u8::try_from(mixed).unwrap_or(u8::MAX)
}

fn jpeg(picture: &RgbImage) -> Result<Vec<u8>, Unfit> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(picture).map_err(broken)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
