//! `/widgets`: the gallery, for a shop that is named or the first one that is open.

use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::badges::BadgeCache;
use crate::badges::gallery::{GalleryPage, Options, Shown};
use crate::db::{self, Connection};
use crate::http::{self, Audience, RouteTable};
use crate::kernel::domain::ShopRef;
use crate::kernel::locale::Language;
use crate::links::path;
use crate::look;
use crate::merchants::{self, Shop};
use crate::problem::Problem;
use crate::reviews;

/// Adds it.
pub(super) fn routes(table: &mut RouteTable) {
    table.add(Method::GET, path::WIDGETS, "show_widgets", Audience::Page, || web::get().to(show_widgets));
}

async fn show_widgets(req: HttpRequest, cache: web::Data<BadgeCache>) -> Result<HttpResponse, Problem> {
    let (lang, options) = options(req.query_string());
    let accepted = req.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let language = lang.unwrap_or_else(|| Language::from_header(accepted.unwrap_or_default()));
    let ctx = cache.context();
    let asked = options.shop.clone();
    let shown = ctx.db().read(move |conn| shown(conn, &asked)).await?;
    let status = if shown.is_none() && !options.shop.is_empty() { 404 } else { 200 };
    let page = GalleryPage::of(language, options, shown.as_ref(), ctx.links());
    let mut answer = http::page_status(status, look::render(&page)?);
    let headers = answer.headers_mut();
    headers.insert(header::VARY, header::HeaderValue::from_static("Accept-Language"));
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("public, max-age=0, must-revalidate"));
    Ok(answer)
}

/// The options as they came, each in a form that can be given back; what fits none is left aside.
fn options(query: &str) -> (Option<Language>, Options) {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    let (mut lang, mut options) = (None, Options::default());
    for (name, value) in pairs {
        let value: String = value.trim().chars().filter(|c| !c.is_control()).take(200).collect();
        match name.as_str() {
            "lang" => lang = Language::of_tag(&value),
            "shop" => options.shop = value,
            "theme" if ["light", "dark"].contains(&value.as_str()) => options.theme = value,
            "locale" => options.locale = Language::of_tag(&value).map(|own| own.tag().to_owned()).unwrap_or_default(),
            "stars" if value.chars().all(|c| matches!(c, '1'..='5' | ',')) => options.stars = value,
            "language" if value.len() <= 3 && value.bytes().all(|b| b.is_ascii_lowercase()) => options.language = value,
            "min-count" if value.len() <= 7 && value.bytes().all(|b| b.is_ascii_digit()) => options.min_count = value,
            "sku" => options.sku = value,
            _ => {}
        }
    }
    (lang, options)
}

fn shown(conn: &mut Connection, asked: &str) -> db::Result<Option<Shown>> {
    let shop: Option<Shop> = match ShopRef::parse(asked) {
        Ok(name) => merchants::find(conn, &name)?,
        Err(_unreadable) if asked.is_empty() => merchants::first_open(conn)?,
        Err(_unreadable) => None,
    };
    let Some(shop) = shop else { return Ok(None) };
    let languages = reviews::languages(conn, shop.id, "")?;
    Ok(Some(Shown { name: shop.name, domain: shop.domain.to_string(), languages }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_and_never_refused() {
        let (lang, chosen) =
            options("lang=en&shop=+b.example&theme=dark&locale=it-IT&stars=4,5&language=de&min-count=10&sku=a%22b");
        assert_eq!(lang, Some(Language::En));
        let Options { shop, theme, locale, stars, language, min_count, sku } = chosen;
        assert_eq!([shop, theme, locale], ["b.example", "dark", "it"]);
        assert_eq!([stars, language, min_count, sku], ["4,5", "de", "10", "a\"b"]);
        let (_, odd) = options("theme=pink&locale=tlh&stars=9&language=<b>&min-count=-1&x=%00&&=");
        assert!([odd.theme, odd.locale, odd.stars, odd.language, odd.min_count].iter().all(String::is_empty));
    }
}
