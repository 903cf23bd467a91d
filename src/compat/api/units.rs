//! Business units: found, searched, read.

use actix_web::{HttpRequest, HttpResponse, web};

use super::{no_unit, of_unit, shaped, stored};
use crate::compat::ask::{Ask, searched_too_far};
use crate::compat::{ids, units};
use crate::context::Context;

/// `business-units/find?name=`.
pub(super) async fn compat_find_business_unit(req: HttpRequest, ctx: web::Data<Context>) -> HttpResponse {
    let find = async {
        let name = Ask::of(req.query_string()).needed("name")?.to_owned();
        let links = ctx.links().clone();
        let found = ctx.db().read(move |conn| {
            let Some(shop) = ids::shop(conn, &name)? else { return Ok(None) };
            units::unit(conn, &shop, &links).map(Some)
        });
        stored(&req, &found.await?.ok_or_else(no_unit)?)
    };
    shaped(find.await)
}

/// `business-units/search?query=`.
pub(super) async fn compat_search_business_units(req: HttpRequest, ctx: web::Data<Context>) -> HttpResponse {
    let search = async {
        let ask = Ask::of(req.query_string());
        let (words, country) = (ask.needed("query")?.to_owned(), ask.country()?);
        let (page, links) = (ask.page()?, ctx.links().clone());
        if page.skip() >= units::SEARCH_DEEPEST {
            return Err(searched_too_far(units::SEARCH_DEEPEST));
        }
        let found = ctx.db().read(move |conn| {
            let shops = units::search(conn, &words, country, page)?;
            units::found(conn, &shops, &links)
        });
        stored(&req, &found.await?)
    };
    shaped(search.await)
}

/// `business-units/{id}`.
pub(super) async fn compat_read_business_unit(req: HttpRequest, ctx: web::Data<Context>) -> HttpResponse {
    let read = async { stored(&req, &of_unit(&req, &ctx, units::unit).await?) };
    shaped(read.await)
}

/// `business-units/{id}/profileinfo`.
pub(super) async fn compat_read_profile_info(req: HttpRequest, ctx: web::Data<Context>) -> HttpResponse {
    let read = async {
        let info = of_unit(&req, &ctx, |_, shop, links| Ok(units::profile_info(shop, links))).await?;
        stored(&req, &info)
    };
    shaped(read.await)
}

/// `business-units/{id}/web-links?locale=`.
pub(super) async fn compat_read_web_links(req: HttpRequest, ctx: web::Data<Context>) -> HttpResponse {
    let read = async {
        let locale = Ask::of(req.query_string()).one("locale")?.map(str::to_owned);
        let links = of_unit(&req, &ctx, move |_, shop, links| Ok(units::web_links(shop, locale.as_deref(), links)));
        stored(&req, &links.await?)
    };
    shaped(read.await)
}

/// `business-units/{id}/images`.
pub(super) async fn compat_read_images(req: HttpRequest, ctx: web::Data<Context>) -> HttpResponse {
    let read = async {
        let images = of_unit(&req, &ctx, |_, shop, links| Ok(units::images(shop, links))).await?;
        stored(&req, &images)
    };
    shaped(read.await)
}
