//! The short way to a profile: `/s/{code}` and its QR code. The code is the end of the shop's id
//! ([`crate::kernel::short`]), so that what was printed leads to the shop even after its domain changed.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

use crate::http::stored::{Manner, Stored};
use crate::kernel::id::ShopId;
use crate::kernel::short::ShortCode;
use crate::links::Links;

pub(crate) mod api;

/// Light modules around the code, as the standard wants.
const QUIET: u16 = 4;
/// Pixels of a side where none, or none that is possible, was asked for.
const SIDE: u16 = 320;
/// Fewest and most pixels of a side.
const SIDES: std::ops::RangeInclusive<u16> = 96..=1024;

/// The side asked for, or the one nearest to it.
fn side(asked: Option<&str>) -> u16 {
    let Some(asked) = asked.and_then(|text| text.parse::<u16>().ok()) else { return SIDE };
    asked.clamp(*SIDES.start(), *SIDES.end())
}

/// The QR code of the short link of a shop, about `side` pixels wide: a whole number of pixels to a module, so that its
/// edges are sharp. `None` for a link that fits no code.
fn code(links: &Links, shop: ShopId, side: u16) -> Option<Stored> {
    let svg = svg(&links.short(ShortCode::of(shop)), side)?;
    let manner = Manner {
        content_type: "image/svg+xml",
        cache_control: KEPT,
        vary: "Accept-Encoding",
        language: None,
        policy: Some("default-src 'none'".to_owned()),
    };
    Some(Stored::new(svg.into_bytes(), &manner))
}

/// A code stays right as long as the shop and the public address do.
const KEPT: &str = "public, max-age=86400";

fn svg(text: &str, side: u16) -> Option<String> {
    // Level M: a seventh of it may be dirty or torn.
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let modules = u16::try_from(code.width()).ok()?;
    let all = modules + 2 * QUIET;
    let side = all * (side / all).max(1);
    let path = rows(&code.to_colors(), usize::from(modules));
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{side}\" height=\"{side}\" viewBox=\"0 0 {all} {all}\" role=\"img\" \
         shape-rendering=\"crispEdges\"><title>{text}</title><rect width=\"{all}\" height=\"{all}\" fill=\"#fff\"/><path \
         fill=\"#16211c\" d=\"{path}\"/></svg>"
    ))
}

/// Every run of dark modules as a rectangle.
fn rows(colors: &[Color], modules: usize) -> String {
    let mut path = String::new();
    for (y, row) in colors.chunks(modules).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run.first() == Some(&Color::Dark) {
                let (at, down, long) = (x + usize::from(QUIET), y + usize::from(QUIET), run.len());
                // Writing to a String cannot fail.
                let _ = write!(path, "M{at} {down}h{long}v1h-{long}z");
            }
            x += run.len();
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_bounded_and_whole() {
        let sides =
            [None, Some(""), Some("x"), Some("0"), Some("95"), Some("500"), Some("1025"), Some("99999")].map(side);
        assert_eq!(sides, [320, 320, 320, 96, 96, 500, 1024, 320]);
        for asked in [96, 320, 500, 1024] {
            let svg = svg("https://reviews.example/s/0123abcd", asked).unwrap();
            let width: u16 = svg.split("width=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap();
            assert!(width <= asked && asked - width < 37 && width.is_multiple_of(37), "{asked}: {width}");
        }
    }

    #[test]
    fn a_link_too_long_for_any_code_has_none() {
        assert!(svg(&"x".repeat(5000), 320).is_none());
    }
}
