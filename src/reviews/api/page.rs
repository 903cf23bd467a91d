//! `/reviews/{id}`: one review as a page, for whoever follows its link from a profile or a mail.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::http;
use crate::http::stored::{Manner, Stored};
use crate::kernel::id::ReviewId;
use crate::kernel::locale::Language;
use crate::kernel::time::UtcDay;
use crate::links::Links;
use crate::look;
use crate::look::page::Frame;
use crate::merchants::{self, Shop, Shops};
use crate::problem::Problem;
use crate::reviews::card;
use crate::reviews::pages::ReviewPage;
use crate::reviews::public::{self, PublicEntry};
use crate::reviews::share;

/// The query of the page.
#[derive(Deserialize)]
pub(super) struct PageParams {
    lang: Option<String>,
}

/// A page of one review is asked for again each time, so that it is never shown after it has gone; unchanged, it costs a
/// 304.
const PAGE: Manner = Manner {
    content_type: "text/html; charset=utf-8",
    cache_control: "public, no-cache",
    vary: "Accept-Encoding, Accept-Language",
    language: None,
    policy: None,
};

/// `GET /reviews/{id}`: the review with its history, what was checked and what was not; 410 with its tombstone where it is
/// gone.
pub(super) async fn show_review(
    req: HttpRequest,
    shops: web::Data<Shops>,
    id: web::Path<String>,
    params: web::Query<PageParams>,
) -> Result<HttpResponse, Problem> {
    let id = ReviewId::parse(&id).map_err(|_unparsed| Problem::not_found("review"))?;
    let ctx = shops.context();
    let found = ctx.db().read(move |conn| {
        let Some(entry) = public::find(conn, id)? else { return Ok(None) };
        Ok(merchants::load(conn, entry.shop())?.map(|shop| (entry, shop)))
    });
    let (entry, shop) = found.await?.ok_or_else(|| Problem::not_found("review"))?;
    let language = chosen(&req, params.lang.as_deref()).unwrap_or_else(|| shop.locale.language());
    let mut page = view(language, id, &entry, &shop, ctx.links());
    if params.lang.as_deref().and_then(Language::of_tag).is_some() {
        page.frame = page.frame.chosen();
    }
    let html = look::render(&page)?;
    if page.certified {
        let manner = Manner { language: Some(language.tag()), ..PAGE };
        return Ok(Stored::once(&req, html.into_bytes(), &manner));
    }
    let mut gone = http::page_status(410, html);
    let headers = gone.headers_mut();
    headers.insert(header::VARY, header::HeaderValue::from_static("Accept-Language"));
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-cache"));
    Ok(gone)
}

fn view(language: Language, id: ReviewId, entry: &PublicEntry, shop: &Shop, links: &Links) -> ReviewPage {
    let review = match entry {
        PublicEntry::Review(review) => Some(review),
        PublicEntry::Tombstone(_) => None,
    };
    let proof = review.map(|review| &review.checked);
    let frame = Frame::new(language, &links.base().to_string(), &links.review(id));
    let frame = match review {
        Some(review) => frame.with_card(share::card_link(language, shop, review, links)),
        None => frame,
    };
    ReviewPage {
        frame,
        shop_name: shop.name.clone(),
        profile_url: links.profile(&shop.domain),
        json_url: links.api_review(id),
        entry: card::entry(entry, shop, links),
        certified: proof.is_some(),
        own_key: proof.is_some_and(|proof| proof.signature == "v1a"),
        ordered_at: proof.and_then(|proof| proof.ordered_on).map(UtcDay::start),
        share: review.map(|review| share::share(language, shop, review, links)),
        delivered_at: proof.and_then(|proof| proof.delivered_on).map(UtcDay::start),
        written_at: review.map(|review| review.published_at),
        certificate_url: links.certificate(id),
        verify_url: links.verify_review(id),
    }
}

/// `?lang=`, else what the browser asks for.
fn chosen(req: &HttpRequest, lang: Option<&str>) -> Option<Language> {
    lang.and_then(Language::of_tag).or_else(|| {
        let accepted = req.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        accepted.and_then(Language::negotiate)
    })
}
