//! `/oembed` and the page of a review that fills a frame. Cross-origin, without cookies; the frames may stand on any site.

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};

use super::frame::Frame;
use super::{Page, Room, of, xml};
use crate::context::Context;
use crate::db::{self, Connection};
use crate::http::stored::{Manner, Stored};
use crate::http::{Audience, RouteTable};
use crate::kernel::id::ReviewId;
use crate::kernel::locale::Language;
use crate::links::path;
use crate::merchants;
use crate::problem::{Code, Problem};
use crate::reviews::card;
use crate::reviews::public::{self, PublicEntry};

/// Registers oEmbed and the frame of a review.
pub(crate) fn routes(table: &mut RouteTable) {
    table.add(Method::GET, path::OEMBED, "read_oembed", Audience::Public, || web::get().to(read_oembed));
    table.add(Method::GET, path::EMBED_REVIEW, "show_review_frame", Audience::Cached, || {
        web::get().to(show_review_frame)
    });
}

type Answer = Result<HttpResponse, Problem>;

/// `GET /oembed?url=…`: 404 for a page that is not ours or not there, 501 for a format we do not have.
async fn read_oembed(req: HttpRequest, ctx: web::Data<Context>) -> Answer {
    // What else the query holds is left aside, and so is a room that is no number.
    let query: Vec<(String, String)> = serde_urlencoded::from_str(req.query_string()).unwrap_or_default();
    let asked = |name: &str| query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let as_xml = match asked("format") {
        None | Some("" | "json") => false,
        Some("xml") => true,
        Some(_) => return Err(Problem::new(Code::FormatUnknown, "`format` is `json` or `xml`.")),
    };
    let page = asked("url").and_then(|url| Page::parse(ctx.links(), url)).ok_or_else(|| Problem::not_found("page"))?;
    let number = |name: &str| asked(name).and_then(|text| text.parse().ok());
    let room = Room { width: number("maxwidth"), height: number("maxheight") };
    let inner = ctx.get_ref().clone();
    let embed = ctx.db().read(move |conn| of(conn, &inner, &page, room)).await?;
    let embed = embed.ok_or_else(|| Problem::not_found("page"))?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header(("cache-control", "public, max-age=300"));
    if !as_xml {
        return Ok(answer.json(embed));
    }
    let body = xml(&embed).ok_or_else(|| Problem::internal("an oEmbed answer is no object"))?;
    Ok(answer.content_type("text/xml; charset=utf-8").body(body))
}

/// A frame may stand anywhere, loads nothing but our stylesheet, and is asked for again each time.
fn framed(language: Language, html: String, status: u16) -> Stored {
    let policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
                  frame-ancestors *";
    let manner = Manner {
        content_type: "text/html; charset=utf-8",
        cache_control: "public, max-age=0, must-revalidate",
        vary: "Accept-Encoding",
        language: Some(language.tag()),
        policy: Some(policy.to_owned()),
    };
    Stored::new(html.into_bytes(), &manner).with_status(status)
}

fn language(req: &HttpRequest) -> Option<Language> {
    req.query_string().split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(Language::of_tag)
}

fn segment<'a>(req: &'a HttpRequest, name: &str) -> &'a str {
    req.match_info().get(name).unwrap_or_default()
}

/// `GET /embed/reviews/{id}`: 410 with the tombstone where it is gone.
async fn show_review_frame(req: HttpRequest, ctx: web::Data<Context>) -> Answer {
    let id = ReviewId::parse(segment(&req, "id")).map_err(|_unparsed| Problem::not_found("review"))?;
    let read = move |conn: &mut Connection| -> db::Result<_> {
        let Some(entry) = public::find(conn, id)? else { return Ok(None) };
        let shop = match &entry {
            PublicEntry::Review(review) => review.shop,
            PublicEntry::Tombstone(stone) => stone.shop,
        };
        Ok(merchants::load(conn, shop)?.map(|shop| (entry, shop)))
    };
    let (entry, shop) = ctx.db().read(read).await?.ok_or_else(|| Problem::not_found("review"))?;
    let spoken = language(&req).unwrap_or_else(|| shop.locale.language());
    let status = if matches!(entry, PublicEntry::Review(_)) { 200 } else { 410 };
    let shown = card::entry(&entry, &shop, ctx.links());
    let frame = Frame::new(spoken, &shop, (ctx.links().review(id), shown), ctx.links());
    Ok(framed(spoken, frame.document()?, status).answer(&req))
}
