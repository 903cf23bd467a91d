//! Photos: their author's page behind the link, and the files as everybody sees them.

use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::http::{Audience, RawBody, RouteTable, Upload};
use crate::kernel::id::PhotoId;
use crate::kernel::text::clean_line;
use crate::links::path;
use crate::merchants::Shops;
use crate::problem::{Code, Problem};
use crate::reviews::model::Status;
use crate::reviews::pages::{PhotoFault, PhotoNotice};
use crate::reviews::photos::develop::Unfit;
use crate::reviews::photos::page::{Outcome, page as photos_page};
use crate::reviews::photos::{self, ALT_MAX, Added, Changed, Form, PHOTOS_MAX, Photos, Sight};
use crate::reviews::show::{PHOTO_DESCRIBE, PHOTO_REMOVE, PHOTOS};

use super::author::{Start, start};
use super::link::{Answer, Call, page, posted};

/// Registers them.
pub(super) fn routes(table: &mut RouteTable) {
    table.add(Method::GET, PHOTOS, "show_photos", Audience::Personal, || web::get().to(show_photos));
    table.add(Method::POST, PHOTOS, "add_photos", Audience::Personal, || web::post().to(add_photos));
    table.add(Method::POST, PHOTO_REMOVE, "remove_photo", Audience::Personal, || web::post().to(remove_photo));
    table.add(Method::POST, PHOTO_DESCRIBE, "describe_photo", Audience::Personal, || web::post().to(describe_photo));
    table.add(Method::GET, path::PHOTO, "read_photo", Audience::Cached, || web::get().to(read_photo));
    table.add(Method::GET, path::PHOTO_SMALL, "read_small_photo", Audience::Cached, || web::get().to(read_small_photo));
}

/// `GET /r/{token}/photos`.
async fn show_photos(call: Call) -> Answer {
    match start(call).await {
        Ok(start) => shown(start, 200, Outcome::default()).await,
        Err(answer) => answer,
    }
}

/// The page of photos as they are now; where the review cannot have any, what stands instead.
async fn shown(start: Start, status: u16, outcome: Outcome) -> Answer {
    let Some(visit) = start.call.read().await? else { return start.call.nothing() };
    let own = visit.own.iter().find(|own| own.review.id == start.review && own.review.status == Status::Published);
    match own {
        Some(own) => page(status, &photos_page(&start.call.stage(Some(&visit)), &visit, own, outcome)),
        // A photo can be taken back whatever the standing of its review.
        None if outcome.notice == Some(PhotoNotice::Removed) => start.what_stands(200).await,
        None => start.what_stands(Code::Conflict.status()).await,
    }
}

/// `POST /r/{token}/photos`: files under `photo`, one after the other, each seen as soon as it is kept.
async fn add_photos(call: Call, upload: Upload, photos: web::Data<Photos>) -> Answer {
    let Some(_turn) = photos.upload() else {
        let detail = "Too many photos arrive at this moment. Send them again in a few seconds.";
        return Err(Problem::new(Code::Busy, detail).retry_after(5));
    };
    let start = match start(call).await {
        Ok(start) => start,
        Err(answer) => return answer,
    };
    let (added, faults) = taken(&start, upload, &photos).await?;
    let status = match faults.first() {
        None => 200,
        Some(PhotoFault::TooHeavy) => Code::PayloadTooLarge.status(),
        Some(_) => Code::InvalidField.status(),
    };
    let notice = (added > 0).then_some(PhotoNotice::Added);
    shown(start, status, Outcome { notice, faults }).await
}

/// How many of the files became photos, and what was wrong with the others, each fault once.
async fn taken(start: &Start, mut upload: Upload, photos: &Photos) -> Result<(usize, Vec<PhotoFault>), Problem> {
    let (mut added, mut faults) = (0, Vec::new());
    let mut fault = |fault: PhotoFault| {
        if !faults.contains(&fault) {
            faults.push(fault);
        }
    };
    let mut files = 0;
    loop {
        let part = match upload.next().await {
            Ok(Some(part)) => part,
            Ok(None) => break,
            Err(problem) if problem.code() == Code::PayloadTooLarge => {
                fault(PhotoFault::TooHeavy);
                return Ok((added, faults));
            }
            Err(problem) => return Err(problem),
        };
        if part.name != "photo" || part.bytes.is_empty() {
            continue;
        }
        files += 1;
        let (ctx, bearer) = (&start.call.ctx, &start.visit.bearer);
        match photos::add(ctx, photos, bearer, start.review, part.bytes).await? {
            Added::Done => added += 1,
            Added::Unfit(unfit) => fault(of(unfit)),
            Added::TooMany => fault(PhotoFault::TooMany),
            Added::NotPublished | Added::NotFound => break,
        }
        if files > PHOTOS_MAX {
            break;
        }
    }
    if files == 0 {
        fault(PhotoFault::None);
    }
    Ok((added, faults))
}

fn of(unfit: Unfit) -> PhotoFault {
    match unfit {
        Unfit::Unknown => PhotoFault::Unknown,
        Unfit::Broken => PhotoFault::Broken,
        Unfit::Animated => PhotoFault::Animated,
        Unfit::TooLarge => PhotoFault::TooLarge,
    }
}

/// `POST /r/{token}/photos/remove`: takes one back for good.
async fn remove_photo(call: Call) -> Answer {
    let start = match start(call).await {
        Ok(start) => start,
        Err(answer) => return answer,
    };
    let Some(photo) = start.call.which.photo() else { return shown(start, 404, Outcome::default()).await };
    let (ctx, bearer, id) = (start.call.ctx.clone(), start.visit.bearer.clone(), start.review);
    let removed = start.call.ctx.db().write(move |tx| photos::remove(tx, &ctx, &bearer, id, photo)).await?;
    changed(start, removed, PhotoNotice::Removed).await
}

/// `POST /r/{token}/photos/describe`: what a photo shows, as `alt`.
async fn describe_photo(call: Call, body: RawBody) -> Answer {
    let start = match start(call).await {
        Ok(start) => start,
        Err(answer) => return answer,
    };
    let typed = posted(&start.call.req, &body.0)?;
    if !typed.has("alt") {
        return shown(start, Code::InvalidField.status(), Outcome::default()).await;
    }
    let Some(photo) = start.call.which.photo() else { return shown(start, 404, Outcome::default()).await };
    let alt = clean_line(typed.get("alt"), ALT_MAX).value;
    let (bearer, id) = (start.visit.bearer.clone(), start.review);
    let described = start.call.ctx.db().write(move |tx| photos::describe(tx, &bearer, id, photo, &alt)).await?;
    changed(start, described, PhotoNotice::Described).await
}

async fn changed(start: Start, changed: Changed, notice: PhotoNotice) -> Answer {
    match changed {
        Changed::Done => shown(start, 200, Outcome { notice: Some(notice), ..Outcome::default() }).await,
        Changed::NotPublished => start.what_stands(Code::Conflict.status()).await,
        Changed::NotFound => shown(start, 404, Outcome::default()).await,
    }
}

/// `GET /photos/{id}.jpg`.
async fn read_photo(req: HttpRequest, shops: web::Data<Shops>, photos: web::Data<Photos>) -> Answer {
    give(&req, &shops, &photos, Form::Full).await
}

/// `GET /photos/{id}/small.jpg`.
async fn read_small_photo(req: HttpRequest, shops: web::Data<Shops>, photos: web::Data<Photos>) -> Answer {
    give(&req, &shops, &photos, Form::Small).await
}

/// A photo never changes, so it may be kept; but not for longer than a day, since its author may take it back.
const KEPT: &str = "public, max-age=86400, immutable";

async fn give(req: &HttpRequest, shops: &Shops, photos: &Photos, form: Form) -> Answer {
    let nothing = || Problem::not_found("photo");
    let id = PhotoId::parse(req.match_info().get("id").unwrap_or_default()).map_err(|_unparsed| nothing())?;
    match shops.context().db().read(move |conn| photos::sight(conn, id)).await? {
        Sight::Here => {}
        Sight::Gone => return Err(Problem::new(Code::Gone, "The photo, or its review, was taken from view.")),
        Sight::Nothing => return Err(nothing()),
    }
    let tag = format!("\"{id}\"");
    let held = req.headers().get_all(header::IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    let known = held.flat_map(|list| list.split(',')).map(str::trim).any(|held| held.trim_start_matches("W/") == tag);
    let mut answer = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((header::ETAG, tag)).insert_header((header::CACHE_CONTROL, KEPT));
    if known {
        return Ok(answer.finish());
    }
    let bytes = photos.bytes(id, form).await.map_err(Problem::internal)?.ok_or_else(nothing)?;
    Ok(answer.content_type("image/jpeg").body(bytes))
}
