//! Profiles and reviews inside other sites: an oEmbed answer says how. A profile fills the frame with a widget, a review with a
//! small page of its own. No script, and nothing that a frame could tell about the site around it.

use serde::Serialize;

use crate::context::Context;
use crate::db::{self, Connection};
use crate::kernel::domain::ShopRef;
use crate::kernel::id::ReviewId;
use crate::kernel::locale::Language;
use crate::kernel::short::ShortCode;
use crate::links::{Links, path};
use crate::look::card;
use crate::look::raster;
use crate::look::words::{self, fill};
use crate::merchants::{self, Shop};
use crate::reviews::public::{self, PublicEntry, PublicReview};

use super::widget::kind::Kind;

pub(crate) mod api;
pub(crate) mod frame;

/// Pixels of a column of text.
const WIDTH: u32 = 600;

/// What can be embedded.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Page {
    /// A profile.
    Shop(ShopRef),
    /// A profile by its short way.
    Short(ShortCode),
    /// A review.
    Review(ReviewId),
}

impl Page {
    /// The page behind an address of ours, and the language it names; none for anything else.
    fn parse(links: &Links, url: &str) -> Option<(Self, Option<Language>)> {
        let (place, name) = links.path_of(url)?.trim_end_matches('/').rsplit_once('/')?;
        let page = match place {
            "/shops" => Self::Shop(ShopRef::parse(name).ok()?),
            "/reviews" => Self::Review(ReviewId::parse(name).ok()?),
            "/s" => Self::Short(ShortCode::parse(name)?),
            _ => return None,
        };
        let query = url.split('#').next().and_then(|url| url.split_once('?')).map_or("", |(_, query)| query);
        let language = query.split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(Language::of_tag);
        Some((page, language))
    }
}

/// The room that the other page has, in pixels.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Room {
    width: Option<u32>,
    height: Option<u32>,
}

/// An oEmbed answer of type `rich` (<https://oembed.com>).
#[derive(Debug, Serialize)]
pub(super) struct Embed {
    version: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    provider_name: &'static str,
    provider_url: String,
    title: String,
    author_name: String,
    author_url: String,
    cache_age: u32,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    thumbnail: Option<Thumbnail>,
    html: String,
    width: u32,
    height: u32,
}

#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the members as oEmbed names them")]
struct Thumbnail {
    thumbnail_url: String,
    thumbnail_width: u16,
    thumbnail_height: u16,
}

/// How a page is embedded; none where it is not here, or not to be read any more.
///
/// # Errors
/// The database's.
pub(super) fn of(
    conn: &mut Connection,
    ctx: &Context,
    (page, language): &(Page, Option<Language>),
    room: Room,
) -> db::Result<Option<Embed>> {
    let links = ctx.links();
    if let Page::Review(id) = page {
        let Some(PublicEntry::Review(review)) = public::find(conn, *id)? else { return Ok(None) };
        let shop = merchants::load(conn, review.shop)?;
        return Ok(shop.map(|shop| of_review(links, &shop, &review, *language, room)));
    }
    let shop = match page {
        Page::Short(code) => merchants::find_by_code(conn, code)?,
        Page::Shop(name) => merchants::find(conn, name)?,
        Page::Review(_) => None,
    };
    Ok(shop.map(|shop| of_shop(links, &shop, *language, room)))
}

/// A profile is framed as the widgets frame it: its latest reviews where there is room for them, else its score.
fn of_shop(links: &Links, shop: &Shop, language: Option<Language>, room: Room) -> Embed {
    let spoken = language.unwrap_or_else(|| shop.locale.language());
    let title = fill(words::of(spoken).profile.title, &[("shop", &shop.name)]);
    let (list, score) = (size(Kind::List), size(Kind::Mini));
    let (kind, (width, height)) = if room.holds(score.0, list.1) { (Kind::List, list) } else { (Kind::Mini, score) };
    let frame = format!("{}?locale={spoken}", links.to(path::WIDGET_FRAME, &[&shop.domain, &kind.name()]));
    let picture = links.shop_card(&shop.domain, spoken, shop.public_version);
    embed(links, shop, title, &frame, room.within(width, height), picture, room)
}

/// A kind that takes all the width there is gets as much as a column of text.
fn size(kind: Kind) -> (u32, u32) {
    let (width, height) = kind.pixels();
    (width.and_then(|width| u32::try_from(width).ok()).unwrap_or(WIDTH), u32::try_from(height).unwrap_or(WIDTH))
}

fn of_review(links: &Links, shop: &Shop, review: &PublicReview, language: Option<Language>, room: Room) -> Embed {
    let spoken = language.unwrap_or_else(|| shop.locale.language());
    let title = card::told_review(spoken, &shop.name, review.stars);
    let frame = in_language(links.to(path::EMBED_REVIEW, &[&review.id]), language);
    let picture = links.review_card(review.id, spoken, review.version);
    embed(links, shop, title, &frame, room.within(WIDTH, 360), picture, room)
}

#[expect(clippy::too_many_arguments, reason = "the members of one answer")]
fn embed(
    links: &Links,
    shop: &Shop,
    title: String,
    frame: &str,
    (width, height): (u32, u32),
    picture: String,
    room: Room,
) -> Embed {
    let html = format!(
        "<iframe src=\"{}\" title=\"{}\" width=\"{width}\" height=\"{height}\" frameborder=\"0\" loading=\"lazy\" \
         sandbox=\"allow-popups allow-popups-to-escape-sandbox\"></iframe>",
        escape(frame),
        escape(&title)
    );
    Embed {
        version: "1.0",
        kind: "rich",
        provider_name: "Attesta",
        provider_url: links.home(),
        title,
        author_name: shop.name.clone(),
        author_url: links.profile(&shop.domain),
        cache_age: 3600,
        thumbnail: (raster::BUILT && room.holds(u32::from(card::WIDTH), u32::from(card::HEIGHT))).then_some(
            Thumbnail { thumbnail_url: picture, thumbnail_width: card::WIDTH, thumbnail_height: card::HEIGHT },
        ),
        html,
        width,
        height,
    }
}

fn in_language(url: String, language: Option<Language>) -> String {
    match language {
        Some(language) => format!("{url}?lang={language}"),
        None => url,
    }
}

impl Room {
    fn within(self, width: u32, height: u32) -> (u32, u32) {
        (self.width.map_or(width, |most| most.min(width)), self.height.map_or(height, |most| most.min(height)))
    }

    fn holds(self, width: u32, height: u32) -> bool {
        self.width.is_none_or(|most| most >= width) && self.height.is_none_or(|most| most >= height)
    }
}

/// The same answer as XML.
pub(super) fn xml(embed: &Embed) -> Option<String> {
    let value = serde_json::to_value(embed).ok()?;
    let mut xml = "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<oembed>\n".to_owned();
    for (name, value) in value.as_object()? {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        // XML 1.0 has no place for control characters, however they are written.
        let text: String = text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')).collect();
        for part in ["<", name.as_str(), ">", escape(&text).as_str(), "</", name.as_str(), ">\n"] {
            xml.push_str(part);
        }
    }
    xml.push_str("</oembed>\n");
    Some(xml)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::links::Base;

    #[test]
    fn only_pages_of_ours_are_embedded() {
        let links = Links::new(Base::parse("https://x.example/a").unwrap());
        let page = |url: &str| Page::parse(&links, url);
        let shop = ShopRef::parse("s.example").unwrap();
        assert_eq!(page("https://x.example/a/shops/s.example"), Some((Page::Shop(shop.clone()), None)));
        let spoken = page("https://x.example/a/shops/s.example/?stars=5&lang=en#reviews");
        assert_eq!(spoken, Some((Page::Shop(shop), Some(Language::En))));
        assert!(matches!(page("https://x.example/a/s/0123abcd"), Some((Page::Short(_), None))));
        for bad in [
            "",
            "https://x.example/a",
            "https://x.example/shops/s.example",
            "https://y.example/a/shops/s.example",
            "http://x.example/a/shops/s.example",
            "https://x.example/a/shops/s.example/card.png",
            "https://x.example/a/reviews/rev_1",
            "https://x.example/a/r/token",
            "javascript:alert(1)",
        ] {
            assert_eq!(page(bad), None, "{bad}");
        }
    }

    #[test]
    fn nothing_is_larger_than_its_room() {
        let room = |width, height| Room { width, height };
        assert_eq!(room(None, None).within(600, 360), (600, 360));
        assert_eq!(room(Some(320), Some(9999)).within(600, 360), (320, 360));
        assert_eq!(room(Some(0), Some(1)).within(600, 360), (0, 1));
        assert!(room(None, Some(630)).holds(1200, 630) && !room(Some(1199), None).holds(1200, 630));
    }
}
