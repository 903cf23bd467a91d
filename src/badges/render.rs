//! The bytes of a picture: numbers and reviews from the profile, drawing from `look`. Every kind of widget has one. Made anew
//! when the shop's public version moves and at midnight UTC, because a picture says which day it speaks of.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::widget::asked::Asked;
use super::widget::data::{self, Data};
use super::widget::kind::Kind;
use crate::context::Context;
use crate::db::{self, Connection};
use crate::http::stored::{Manner, Stored};
use crate::look::badge::shapes::{self, Shape};
use crate::look::badge::stream::{self, Form, Said, Stream};
use crate::look::badge::{self, Badge, Fonts, Size, State, Theme};
use crate::look::words;
use crate::merchants::Shop;
use crate::profiles;

/// How a picture was asked for: the fallbacks are taken already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// `auto` where unknown.
    pub(super) theme: Theme,
    /// Of the badge itself; `m` where unknown.
    pub(super) size: Size,
    /// Whose fonts write it.
    pub(super) fonts: Fonts,
    /// Which widget it stands for; without one, the badge itself.
    pub(super) kind: Option<Kind>,
    /// Language, product, and what a list is narrowed to.
    pub(super) asked: Asked,
}

impl Look {
    /// From the parts of a query, each optional, none of them refused.
    pub(super) fn of(theme: Option<&str>, size: Option<&str>, kind: Option<&str>, asked: Asked) -> Self {
        let kind = kind.and_then(Kind::parse);
        Self {
            theme: theme.and_then(Theme::parse).unwrap_or(Theme::Auto),
            size: size.and_then(Size::parse).filter(|_| kind.is_none()).unwrap_or(Size::M),
            fonts: Fonts::Theirs,
            kind,
            asked: if kind.is_some_and(Kind::pictures_reviews) { asked } else { asked.unfiltered() },
        }
    }

    /// As a picture without style rules and with fonts of ours has it: `auto` is light.
    pub(super) fn fixed(self) -> Self {
        let theme = if self.theme == Theme::Auto { Theme::Light } else { self.theme };
        Self { theme, fonts: Fonts::Ours, ..self }
    }
}

/// A picture of a shop or a product. Of a product that nobody reviewed there is only a sentence, under status 404.
pub(super) fn picture(conn: &mut Connection, ctx: &Context, shop: &Shop, look: &Look) -> db::Result<Stored> {
    let sku = look.asked.sku.as_deref();
    let (score, tally) = profiles::rating(conn, shop.id, sku.unwrap_or_default())?;
    let state = profiles::state(shop, &score);
    let of_product = sku.is_some() || look.kind.is_some_and(Kind::of_product);
    if of_product && (state == State::New || sku.is_none()) {
        return Ok(unknown_product(shop, look));
    }
    let named = look.fonts.shown(&shop.name);
    let shop_name = named.unwrap_or_else(|| shop.domain.to_string());
    let product = match sku {
        Some(sku) => {
            let name = profiles::product_name(conn, shop.id, sku)?;
            name.as_deref().into_iter().chain([sku]).find_map(|name| look.fonts.shown(name))
        }
        None => None,
    };
    let badge = Badge {
        name: product.as_deref().unwrap_or(&shop_name),
        state,
        as_of: ctx.now().day(),
        theme: look.theme,
        size: look.size,
        language: look.asked.language.unwrap_or_else(|| shop.locale.language()),
        fonts: look.fonts,
    };
    let svg = match look.kind.map(|kind| (kind, shape(kind))) {
        None | Some((Kind::Mini, _)) => badge::draw(&badge),
        Some((_, Some(shape))) => shapes::draw(&badge, shape, tally),
        Some((kind, None)) => {
            let data = data::read(conn, ctx, shop, &look.asked, kind.reads_reviews())?;
            streamed(&badge, kind, &data, &shop_name)
        }
    };
    Ok(stored(&svg))
}

/// What draws a kind that shows a score and no reviews.
fn shape(kind: Kind) -> Option<Shape> {
    Some(match kind {
        Kind::Stars => Shape::Stars,
        Kind::Score => Shape::Score,
        Kind::Count => Shape::Count,
        Kind::Combo | Kind::ProductStars => Shape::Combo,
        Kind::Button => Shape::Button,
        Kind::Horizontal => Shape::Horizontal,
        Kind::Vertical | Kind::ProductSummary => Shape::Vertical,
        Kind::Dropdown => Shape::Dropdown,
        Kind::Floating => Shape::Floating,
        Kind::Mini
        | Kind::List
        | Kind::Filtered
        | Kind::Grid
        | Kind::Slider
        | Kind::Carousel
        | Kind::Quote
        | Kind::ProductReviews
        | Kind::Collector => return None,
    })
}

fn streamed(badge: &Badge<'_>, kind: Kind, data: &Data, shop: &str) -> String {
    let words = &words::of(badge.language).widget;
    let question = words::fill(words.collect_title, &[("shop", shop)]);
    let form = match kind {
        Kind::Grid | Kind::Slider | Kind::Carousel => Form::Row,
        Kind::Quote => Form::Quote,
        Kind::Collector => Form::Ask(&question, words.collect),
        _ => Form::List,
    };
    let of_product = data.product.is_some();
    let said: Vec<Said<'_>> = data.reviews.iter().flatten().map(said).collect();
    let said_of = data.words.stream.as_ref();
    stream::draw(
        &Stream {
            badge: *badge,
            shop: of_product.then_some(shop),
            said: &said,
            filter: said_of.and_then(|words| words.filter.as_deref()),
            none: said_of.map_or("", |words| words.none),
        },
        form,
    )
}

fn said(review: &data::Said) -> Said<'_> {
    Said {
        stars: review.stars,
        title: &review.title,
        text: &review.text,
        author: &review.author,
        day: review.published_on,
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

/// What stands in the place of a picture of a shop that is not here: a picture, so that a page shows words and not a
/// broken frame, under status 404, so that a program knows.
pub(super) fn unknown_shop(look: &Look) -> Stored {
    let language = look.asked.language();
    stored(&shapes::note((look.theme, language), look.fonts, words::of(language).badge.unknown)).with_status(404)
}

fn unknown_product(shop: &Shop, look: &Look) -> Stored {
    let language = look.asked.language.unwrap_or_else(|| shop.locale.language());
    stored(&shapes::note((look.theme, language), look.fonts, words::of(language).badge.unknown_product))
        .with_status(404)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::locale::Language;

    fn look(theme: &str, size: &str, kind: &str, query: &str) -> Look {
        Look::of(Some(theme), Some(size), Some(kind), Asked::read(query))
    }

    #[test]
    fn unknown_words_fall_back() {
        let plain = Look::of(None, None, None, Asked::default());
        assert_eq!((plain.theme, plain.size, plain.kind), (Theme::Auto, Size::M, None));
        assert_eq!(look("pink", "xxl", "pie", "locale=tlh&stars=5&language=it"), plain, "a score is never filtered");
        let asked = look("dark", "l", "", "locale=it-CH");
        assert_eq!((asked.theme, asked.size, asked.asked.language), (Theme::Dark, Size::L, Some(Language::It)));
        let mini = look("dark", "l", "mini", "locale=it");
        assert_eq!((mini.size, mini.kind), (Size::M, Some(Kind::Mini)));
        assert_eq!(look("", "s", "floating", "stars=5"), look("", "l", "floating", "stars=4"));
        assert_ne!(look("", "s", "quote", "stars=5"), look("", "s", "quote", "stars=4"));
        let fixed = plain.clone().fixed();
        assert_eq!((fixed.theme, fixed.fonts), (Theme::Light, Fonts::Ours));
    }

    /// Each kind is drawn in a way of its own, and none is forgotten.
    #[test]
    fn every_kind_is_a_shape_or_a_stream() {
        for kind in Kind::ALL {
            let streams = kind.pictures_reviews() || matches!(kind, Kind::Collector | Kind::Mini);
            assert_eq!(shape(*kind).is_none(), streams, "{}", kind.name());
        }
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
        let svg = unknown_shop(&Look::of(None, None, None, Asked::read("locale=it")));
        let text = std::str::from_utf8(svg.bytes()).unwrap();
        assert!(text.starts_with("<svg ") && text.contains("Nessun negozio") && text.ends_with("</svg>"));
    }
}
