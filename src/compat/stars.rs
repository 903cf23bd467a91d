//! Stars as pictures and in a word: `resources/images/stars` and `resources/strings/stars`.

use serde::Serialize;

use super::answer::Link;
use crate::kernel::locale::Language;
use crate::links::Links;
use crate::links::compat::path;
use crate::look::{raster, stars, words};

/// The numbers of stars that have pictures, as they are spelled: a score is 0 or at least 1.
const SPELLED: [(&str, f64); 10] = [
    ("0", 0.0),
    ("1", 1.0),
    ("1.5", 1.5),
    ("2", 2.0),
    ("2.5", 2.5),
    ("3", 3.0),
    ("3.5", 3.5),
    ("4", 4.0),
    ("4.5", 4.5),
    ("5", 5.0),
];

/// The sizes of the PNGs as addresses spell them, and how many times the drawing they are.
const SIZES: [(&str, u8); 3] = [("128x24", 1), ("256x48", 2), ("512x96", 4)];

/// How many times the drawing a PNG of this size is.
pub(super) fn scale(size: &str) -> Option<u8> {
    SIZES.iter().find(|(spelled, _)| *spelled == size).map(|(_, scale)| *scale)
}

/// A number of stars with pictures.
pub(super) fn parse(text: &str) -> Option<f64> {
    let text = text.strip_suffix(".0").unwrap_or(text);
    SPELLED.iter().find(|(spelled, _)| *spelled == text).map(|(_, stars)| *stars)
}

/// A number of stars as it is spelled in addresses.
pub(super) fn spelled(stars: f64) -> &'static str {
    SPELLED.iter().rev().find(|(_, known)| *known <= stars).map_or("0", |(spelled, _)| spelled)
}

/// Where the pictures are.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Images {
    links: Vec<Link>,
    stars: f64,
    star128x24: Image,
    star256x48: Image,
    star512x96: Image,
    star_svg: Image,
}

/// One picture. Its address begins with `//`, as that API's do.
#[derive(Clone, Debug, Serialize)]
struct Image {
    width: u32,
    height: u32,
    url: String,
}

/// So many stars in a word.
#[derive(Debug, Serialize)]
pub(super) struct Word {
    links: Vec<Link>,
    stars: f64,
    string: String,
}

/// `resources/images/stars/{stars}`. A build that draws no PNG gives the SVG in every size.
pub(super) fn images(links: &Links, stars: f64) -> Images {
    let spelled = spelled(stars);
    let image = |width, height, drawn: String| {
        let url = drawn.split_once(':').map_or(drawn.clone(), |(_, rest)| rest.to_owned());
        Image { width, height, url }
    };
    let svg = links.to(path::STARS, &[&spelled]);
    let sized = |width: u32, height: u32| {
        let png = || links.to(path::STARS_PNG, &[&spelled, &format!("{width}x{height}")]);
        image(width, height, if raster::BUILT { png() } else { svg.clone() })
    };
    Images {
        links: vec![Link::get("self", links.to(path::STAR_IMAGES, &[&spelled]))],
        stars,
        star128x24: sized(128, 24),
        star256x48: sized(256, 48),
        star512x96: sized(512, 96),
        star_svg: image(128, 24, svg.clone()),
    }
}

/// `resources/strings/stars/{stars}`: with a capital, as it stands alone.
pub(super) fn word(links: &Links, stars: f64, language: Language) -> Word {
    let here = links.to(path::STAR_STRING, &[&spelled(stars)]);
    let word = words::verdict(language, stars);
    let mut letters = word.chars();
    let string = letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
    Word { links: vec![Link::get("self", here)], stars, string }
}

/// The picture: five stars in a box of 128 by 24, in amber that stands on light and on dark.
pub(super) fn drawn(score: f64) -> String {
    let halves = stars::halves(score);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-4 0 128 24\" width=\"128\" height=\"24\" role=\"img\" \
         aria-label=\"{} / 5\"><path d=\"{}\" fill=\"none\" stroke=\"#8b8574\" stroke-width=\"1.4\" \
         stroke-linejoin=\"round\"/><path d=\"{}\" fill=\"#b86e00\" stroke=\"#b86e00\" stroke-width=\"1.4\" \
         stroke-linejoin=\"round\"/></svg>",
        spelled(score),
        stars::outlined(halves),
        stars::filled(halves)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::links::Base;

    #[test]
    fn stars_are_spelled_and_read() {
        for (text, stars) in SPELLED {
            assert_eq!((parse(text), spelled(stars)), (Some(stars), text));
        }
        assert_eq!(parse("4.0"), Some(4.0));
        for odd in ["0.5", "5.5", "6", "-1", "", "4.5.0.0", "x", "٤", "1e0"] {
            assert_eq!(parse(odd), None, "{odd}");
        }
    }

    #[test]
    fn pictures_are_named_without_a_scheme() {
        let links = Links::new(Base::parse("https://r.example/a").unwrap());
        let json = serde_json::to_value(images(&links, 4.5)).unwrap();
        assert_eq!(json["starSvg"]["url"], "//r.example/a/compat/trustpilot/stars/4.5.svg");
        let sized = if raster::BUILT { "/512x96.png" } else { ".svg" };
        assert_eq!(json["star512x96"]["url"], format!("//r.example/a/compat/trustpilot/stars/4.5{sized}"));
        assert_eq!((scale("256x48"), scale("256x48.png"), scale("")), (Some(2), None, None));
        assert_eq!((&json["starSvg"]["width"], &json["stars"]), (&128.into(), &4.5.into()));
        assert_eq!(word(&links, 4.5, Language::It).string, "Eccellente");
        assert_eq!(word(&links, 1.0, Language::En).string.chars().next().map(char::is_uppercase), Some(true));
    }
}
