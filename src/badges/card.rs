//! Share cards: what messengers and social networks show of a link to a shop, a product or a review. Read in one moment of
//! the data, drawn by `look`, kept as PNG by [`super::Pictures`]. A review that was erased or restricted has none.

use crate::context::Context;
use crate::db::{self, Connection};
use crate::http::stored::{Manner, Stored};
use crate::kernel::domain::ShopRef;
use crate::kernel::id::ReviewId;
use crate::kernel::locale::Language;
use crate::look::card::{self, Card, Quote, Subject};
use crate::merchants::{self, Shop};
use crate::profiles;
use crate::reviews::public::{self, PublicEntry, PublicReview};

pub(crate) mod api;

/// What a link leads to.
#[derive(Clone, Debug)]
pub(super) enum About {
    /// A shop.
    Shop(ShopRef),
    /// A product of a shop, by its SKU.
    Product(ShopRef, String),
    /// A review.
    Review(ReviewId),
}

/// What there is to show.
pub(super) enum Drawing {
    /// A card, as SVG.
    Card(Box<Stored>),
    /// It was here, and is not to be read.
    Gone,
    /// It never was.
    Nothing,
}

/// The card of a link, in this language or the shop's own.
///
/// # Errors
/// The database's.
pub(super) fn of(
    conn: &mut Connection,
    ctx: &Context,
    about: &About,
    language: Option<Language>,
) -> db::Result<Drawing> {
    match about {
        About::Shop(name) => {
            let Some(shop) = merchants::find(conn, name)? else { return Ok(Drawing::Nothing) };
            let (score, _) = profiles::rating(conn, shop.id, "")?;
            let state = profiles::state(&shop, &score);
            Ok(drawing(ctx, &shop, language, Subject::Shop(state)))
        }
        About::Product(name, sku) => product(conn, ctx, (name, sku), language),
        About::Review(id) => review(conn, *id, language),
    }
}

fn product(
    conn: &mut Connection,
    ctx: &Context,
    (name, sku): (&ShopRef, &str),
    language: Option<Language>,
) -> db::Result<Drawing> {
    let Some(shop) = merchants::find(conn, name)? else { return Ok(Drawing::Nothing) };
    let (score, _) = profiles::rating(conn, shop.id, sku)?;
    if score.count == 0 {
        return Ok(Drawing::Nothing);
    }
    let name = profiles::product_name(conn, shop.id, sku)?.unwrap_or_else(|| sku.to_owned());
    let state = profiles::state(&shop, &score);
    Ok(drawing(ctx, &shop, language, Subject::Product(&name, state)))
}

fn review(conn: &mut Connection, id: ReviewId, language: Option<Language>) -> db::Result<Drawing> {
    let review = match public::find(conn, id)? {
        Some(PublicEntry::Review(review)) => review,
        Some(PublicEntry::Tombstone(_)) => return Ok(Drawing::Gone),
        None => return Ok(Drawing::Nothing),
    };
    let Some(shop) = merchants::load(conn, review.shop)? else { return Ok(Drawing::Nothing) };
    let PublicReview { stars, title, text, author, product, published_at, .. } = &*review;
    let item = product.as_ref().map_or("", |product| product.name.as_deref().unwrap_or(&product.sku));
    let quote = Quote { stars: *stars, title, text, author: author.as_deref().unwrap_or_default(), item };
    let card = Card {
        shop: &shop.name,
        domain: &shop.domain,
        day: published_at.day(),
        language: language.unwrap_or_else(|| shop.locale.language()),
        subject: Subject::Review(quote),
    };
    Ok(Drawing::Card(Box::new(stored(&card))))
}

fn drawing(ctx: &Context, shop: &Shop, language: Option<Language>, subject: Subject<'_>) -> Drawing {
    let language = language.unwrap_or_else(|| shop.locale.language());
    let day = ctx.now().day();
    Drawing::Card(Box::new(stored(&Card { shop: &shop.name, domain: &shop.domain, day, language, subject })))
}

/// The SVG is never given out: it is what the picture is drawn from, and known by.
fn stored(card: &Card<'_>) -> Stored {
    let manner =
        Manner { content_type: "image/svg+xml", cache_control: "no-store", vary: "", language: None, policy: None };
    Stored::packed(card::draw(card).into_bytes(), &manner)
}
