//! The bytes of a badge: numbers from the profile, drawing from `look`. Made anew when the shop's public version moves and
//! at midnight UTC, because a badge says which day it speaks of.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::context::Context;
use crate::db::{self, Connection};
use crate::http::stored::{Manner, Stored};
use crate::kernel::locale::Language;
use crate::kernel::time::UtcDay;
use crate::look::badge::shapes::{self, Shape};
use crate::look::badge::{self, Badge, Size, State, Theme};
use crate::look::words;
use crate::merchants::{Shop, ShopStatus};
use crate::profiles::build::Figures;
use crate::profiles::{self, score::Score};

/// How a badge was asked for: the fallbacks are taken already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// `auto` where unknown.
    pub(super) theme: Theme,
    /// `m` where unknown.
    pub(super) size: Size,
    /// The shop's own language where none of ours was asked for.
    pub(super) language: Option<Language>,
    /// The shape of a widget; without one, the badge itself.
    pub(super) shape: Option<Shape>,
}

impl Look {
    /// From the parts of a query, each optional, none of them refused.
    pub(super) fn of(theme: Option<&str>, size: Option<&str>, locale: Option<&str>) -> Self {
        Self {
            theme: theme.and_then(Theme::parse).unwrap_or(Theme::Auto),
            size: size.and_then(Size::parse).unwrap_or(Size::M),
            language: locale.and_then(Language::of_tag),
            shape: None,
        }
    }

    /// In the shape of a widget; `mini` is the badge of size `m`, and what is no shape the badge as it was asked for.
    pub(super) fn shaped(self, kind: Option<&str>) -> Self {
        let size = if kind == Some("mini") { Size::M } else { self.size };
        Self { size, shape: kind.and_then(Shape::parse), ..self }
    }

    /// As a picture without style rules has it: `auto` is light.
    pub(super) fn fixed(self) -> Self {
        if self.theme == Theme::Auto { Self { theme: Theme::Light, ..self } } else { self }
    }
}

/// A shop's badge.
pub(super) fn picture(conn: &mut Connection, ctx: &Context, shop: &Shop, look: Look) -> db::Result<Stored> {
    let figures = profiles::figures(conn, shop)?;
    Ok(stored(&draw(look, shop, &figures, ctx.now().day())))
}

fn state(shop: &Shop, score: &Score) -> State {
    match shop.status {
        ShopStatus::Closed => State::Closed,
        ShopStatus::Suspended => State::Suspended,
        ShopStatus::Open if score.count == 0 => State::New,
        ShopStatus::Open => State::Rated { score: score.shown, stars: score.stars, count: score.count },
    }
}

fn draw(look: Look, shop: &Shop, figures: &Figures, as_of: UtcDay) -> String {
    let language = look.language.unwrap_or_else(|| shop.locale.language());
    let state = state(shop, &figures.score);
    let badge = Badge { name: &shop.name, state, as_of, theme: look.theme, size: look.size, language };
    match look.shape {
        Some(shape) => shapes::draw(&badge, shape, figures.histogram),
        None => badge::draw(&badge),
    }
}

/// How long others may keep a badge.
pub(super) const BRIEFLY: &str = "public, max-age=60, stale-while-revalidate=3600";

/// Bytes with a policy that allows nothing but the badge's own colours for the night.
fn stored(svg: &str) -> Stored {
    let manner = Manner {
        content_type: "image/svg+xml",
        cache_control: BRIEFLY,
        vary: "Accept-Encoding",
        language: None,
        policy: Some(policy(svg)),
    };
    Stored::new(svg.as_bytes().to_vec(), &manner)
}

fn policy(svg: &str) -> String {
    let style = svg.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>")).map(|(style, _)| style);
    match style {
        Some(style) => {
            let digest = STANDARD.encode(Sha256::digest(style.as_bytes()));
            format!("default-src 'none'; style-src 'sha256-{digest}'")
        }
        None => "default-src 'none'".to_owned(),
    }
}

/// What stands in the place of the badge of a shop that is not here: a picture, so that a page shows words and not a
/// broken frame, under status 404, so that a program knows.
pub(super) fn unknown_shop(look: Look) -> Stored {
    let words = words::of(look.language.unwrap_or(Language::FALLBACK)).badge.unknown;
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"264\" height=\"56\" viewBox=\"0 0 264 56\" role=\"img\" \
         font-family=\"system-ui,sans-serif\"><title>{words}</title><rect x=\".5\" y=\".5\" width=\"263\" height=\"55\" \
         rx=\"6\" fill=\"#fbfaf6\" stroke=\"#d9d3c4\"/><g fill=\"#5a665f\"><text x=\"16\" y=\"26\" font-size=\"13\">{words}\
         </text><text x=\"16\" y=\"43\" font-size=\"11\">Attesta</text></g></svg>"
    );
    stored(&svg).with_status(404)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_words_fall_back() {
        let plain = Look { theme: Theme::Auto, size: Size::M, language: None, shape: None };
        assert_eq!(Look::of(None, None, None), plain);
        assert_eq!(Look::of(Some("pink"), Some("xxl"), Some("tlh")), plain);
        let asked = Look { theme: Theme::Dark, size: Size::L, language: Some(Language::It), shape: None };
        assert_eq!(Look::of(Some("dark"), Some("l"), Some("it-CH")), asked);
        assert_eq!(asked.shaped(Some("mini")), Look { size: Size::M, ..asked });
        assert_eq!(asked.shaped(Some("combo")), Look { shape: Some(Shape::Combo), ..asked });
        assert_eq!((asked.shaped(Some("carousel")), asked.shaped(None)), (asked, asked));
    }

    #[test]
    fn the_policy_allows_the_night_and_nothing_else() {
        assert_eq!(policy("<svg></svg>"), "default-src 'none'");
        // The digest of the empty text is well known.
        let empty = "default-src 'none'; style-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";
        assert_eq!(policy("<svg><style></style></svg>"), empty);
    }

    #[test]
    fn an_unknown_shop_is_said_in_a_picture() {
        let svg = unknown_shop(Look::of(None, None, Some("it")));
        let text = std::str::from_utf8(svg.bytes()).unwrap();
        assert!(text.starts_with("<svg ") && text.contains("Nessun negozio") && text.ends_with("</svg>"));
    }
}
