//! Stars as pictures and in a word.

use actix_web::{HttpRequest, HttpResponse, web};

use super::{JSON, shaped, stored};
use crate::badges::Pictures;
use crate::compat::ask::Ask;
use crate::compat::stars;
use crate::context::Context;
use crate::http::stored::{Manner, Stored};
use crate::kernel::locale::Language;
use crate::problem::Problem;

/// Stars never change.
const KEPT: &str = "public, max-age=86400";
const PICTURE: Manner = Manner { content_type: "image/svg+xml", cache_control: KEPT, ..JSON };

fn wanted_stars(req: &HttpRequest) -> Result<f64, Problem> {
    stars::parse(req.match_info().get("stars").unwrap_or_default()).ok_or_else(|| Problem::not_found("number of stars"))
}

/// `resources/images/stars/{stars}`.
pub(super) async fn compat_read_star_images(req: HttpRequest, ctx: web::Data<Context>) -> HttpResponse {
    shaped(wanted_stars(&req).and_then(|stars| stored(&req, &stars::images(ctx.links(), stars))))
}

/// `resources/strings/stars/{stars}?locale=`.
pub(super) async fn compat_read_star_string(req: HttpRequest, ctx: web::Data<Context>) -> HttpResponse {
    let word = || {
        let stars = wanted_stars(&req)?;
        let ask = Ask::of(req.query_string());
        let language = ask.one("locale")?.and_then(Language::of_tag).unwrap_or(Language::FALLBACK);
        stored(&req, &stars::word(ctx.links(), stars, language))
    };
    shaped(word())
}

/// The picture behind [`compat_read_star_images`].
pub(super) async fn compat_draw_stars(req: HttpRequest) -> HttpResponse {
    let drawn = wanted_stars(&req).map(|stars| Stored::new(stars::drawn(stars).into_bytes(), &PICTURE).answer(&req));
    shaped(drawn)
}

/// The same as PNG, for mails, which show no SVG.
pub(super) async fn compat_draw_stars_png(req: HttpRequest, pictures: web::Data<Pictures>) -> HttpResponse {
    let drawn = async || {
        let stars = wanted_stars(&req)?;
        let size = req.match_info().get("size").unwrap_or_default();
        let scale = stars::scale(size).ok_or_else(|| Problem::not_found("size"))?;
        let svg = Stored::packed(stars::drawn(stars).into_bytes(), &PICTURE);
        Ok(pictures.of(&svg, scale, KEPT).await?.answer(&req))
    };
    shaped(drawn().await)
}
