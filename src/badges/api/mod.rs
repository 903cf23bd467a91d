//! Pictures and widgets from stored bytes: for any origin, without cookies, the same for everybody.

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::http::shortcut::Fresh;
use crate::http::{Audience, RouteTable};
use crate::links::path;
use crate::problem::Problem;

mod gallery;
mod widget;

use super::face::Face;
use super::render::{BRIEFLY, Look, unknown_shop};
use super::widget::asked::Asked;
use super::{BadgeCache, Pictures};

/// Registers every route of this room.
pub(crate) fn routes(table: &mut RouteTable) {
    table.add(Method::GET, path::BADGE, "read_badge", Audience::Cached, || web::get().to(read_badge));
    table.add(Method::GET, path::BADGE_PNG, "read_badge_png", Audience::Cached, || web::get().to(read_badge_png));
    widget::routes(table);
    gallery::routes(table);
}

/// `?kind=combo&theme=dark&locale=it`, with `size` for the badge itself, `sku` for a product, `stars` and `language` to narrow a
/// list, each with a fallback; what else the query holds is left aside.
async fn read_badge(req: HttpRequest, cache: web::Data<BadgeCache>) -> Result<HttpResponse, Problem> {
    Ok(badge(&req, &cache, look(req.query_string())).await?.answer(&req))
}

/// The same as PNG for mails, which show no SVG; `scale=1|2|3` for dense screens, 2 where unknown. `auto` is light.
async fn read_badge_png(
    req: HttpRequest,
    cache: web::Data<BadgeCache>,
    pictures: web::Data<Pictures>,
) -> Result<HttpResponse, Problem> {
    let svg = badge(&req, &cache, look(req.query_string()).fixed()).await?;
    Ok(pictures.of(&svg, scale(req.query_string()), BRIEFLY).await?.answer(&req))
}

async fn badge(req: &HttpRequest, cache: &BadgeCache, look: Look) -> Result<Fresh, Problem> {
    let name = req.match_info().get("shop").unwrap_or_default();
    let found = cache.get(name, Face::Picture(look.clone())).await?;
    Ok(found.unwrap_or_else(|| Fresh::once(unknown_shop(&look))))
}

/// How many pixels to one of the drawing.
fn scale(query: &str) -> u8 {
    let asked = query.split('&').filter_map(|pair| pair.strip_prefix("scale=")).next_back();
    asked.and_then(|scale| scale.parse().ok()).filter(|scale| (1..=3).contains(scale)).unwrap_or(2)
}

/// The values of what names a look are plain letters, read by hand; nothing in a query is an error.
fn look(query: &str) -> Look {
    let mut parts = (None, None, None);
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        match name {
            "theme" => parts.0 = Some(value),
            "size" => parts.1 = Some(value),
            "kind" => parts.2 = Some(value),
            _ => {}
        }
    }
    Look::of(parts.0, parts.1, parts.2, Asked::read(query))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_fall_back_to_two() {
        let scales = ["scale=1", "scale=3&theme=dark", "", "scale=0", "scale=4", "scale=", "scale=1.5"].map(scale);
        assert_eq!(scales, [1, 3, 2, 2, 2, 2, 2]);
    }

    #[test]
    fn queries_are_read_and_never_refused() {
        let of = |theme, size, kind, query: &str| Look::of(theme, size, kind, Asked::read(query));
        assert_eq!(look("theme=dark&size=s&locale=en"), of(Some("dark"), Some("s"), None, "locale=en"));
        for odd in ["", "&&", "=", "theme", "theme=&size=%00", "x=1&theme=light%20", "%zz=1", "stars=5"] {
            assert_eq!(look(odd), of(None, None, None, ""), "{odd}");
        }
        assert_eq!(look("utm=1&size=l"), of(None, Some("l"), None, ""));
        assert_eq!(look("kind=list&stars=5,4"), of(None, None, Some("list"), "stars=4,5"));
        assert_ne!(look("kind=product-stars&sku=a"), look("kind=product-stars&sku=b"));
    }
}
