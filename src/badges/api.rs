//! `GET /badges/{shop}.svg`: a picture from stored bytes, cross-origin, without cookies.

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::http::{Audience, RouteTable};
use crate::links::path;
use crate::problem::Problem;

use super::BadgeCache;
use super::render::{Look, unknown_shop};

/// Registers every route of this room.
pub(crate) fn routes(table: &mut RouteTable) {
    table.add(Method::GET, path::BADGE, "read_badge", Audience::Cached, || web::get().to(read_badge));
}

/// `?theme=light|dark|auto&size=s|m|l&locale=it|en`, each with a fallback; what else the query holds is left aside.
async fn read_badge(req: HttpRequest, cache: web::Data<BadgeCache>) -> Result<HttpResponse, Problem> {
    let look = look(req.query_string());
    let name = req.match_info().get("shop").unwrap_or_default();
    match cache.get(name, look).await? {
        Some(stored) => Ok(stored.answer(&req)),
        None => Ok(unknown_shop(look).answer(&req)),
    }
}

/// Read by hand: no text is made of it, and nothing in it is an error. The values are plain letters.
fn look(query: &str) -> Look {
    let mut parts = (None, None, None);
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        match name {
            "theme" => parts.0 = Some(value),
            "size" => parts.1 = Some(value),
            "locale" => parts.2 = Some(value),
            _ => {}
        }
    }
    Look::of(parts.0, parts.1, parts.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_read_and_never_refused() {
        assert_eq!(look("theme=dark&size=s&locale=en"), Look::of(Some("dark"), Some("s"), Some("en")));
        for odd in ["", "&&", "=", "theme", "theme=&size=%00", "x=1&theme=light%20", "%zz=1"] {
            assert_eq!(look(odd), Look::of(None, None, None), "{odd}");
        }
        assert_eq!(look("utm=1&size=l"), Look::of(None, Some("l"), None));
    }
}
