//! What every handler behind a mailed link shares: opening the link, choosing the language, answering with a page.

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use futures_util::future::{Ready, ready};
use serde::Deserialize;

use crate::context::Context;
use crate::http;
use crate::invitations;
use crate::kernel::id::{PhotoId, ReviewId};
use crate::kernel::locale::Language;
use crate::look;
use crate::look::page::View;
use crate::merchants::Shops;
use crate::problem::{Code, Problem};
use crate::reviews::form::Posted;
use crate::reviews::pages::About;
use crate::reviews::show::{self, Returned, Stage};
use crate::reviews::visit::{Standing, Visit};
use crate::sign::token::Purpose;

/// Status of a page that says why what was posted is not possible: people read the page, so it has no code.
pub(super) const NOT_POSSIBLE: u16 = 422;

/// A page's answer, or a problem.
pub(super) type Answer = Result<HttpResponse, Problem>;

/// Which review a post is about, and what of it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Which {
    review: Option<String>,
    /// An earlier version of the review.
    pub(super) version: Option<i64>,
    /// The version of the reply that was read.
    pub(super) reply: Option<i64>,
    photo: Option<String>,
    lang: Option<String>,
}

impl Which {
    /// The photo named.
    pub(super) fn photo(&self) -> Option<PhotoId> {
        self.photo.as_deref().and_then(|text| PhotoId::parse(text).ok())
    }

    /// The review named, else the first of the visit: that of the shop.
    pub(super) fn review(&self, visit: &Visit) -> Option<ReviewId> {
        match &self.review {
            Some(text) => ReviewId::parse(text).ok(),
            None => visit.own.first().map(|own| own.review.id),
        }
    }
}

/// One request behind a link. The token is never logged.
pub(super) struct Call {
    pub(super) ctx: Context,
    pub(super) req: HttpRequest,
    pub(super) token: String,
    pub(super) which: Which,
}

impl Call {
    fn of(req: &HttpRequest) -> Result<Self, Problem> {
        let shops = req.app_data::<web::Data<Shops>>();
        let shops = shops.ok_or_else(|| Problem::internal("no shops are registered with the server"))?;
        let token = req.match_info().get("token").unwrap_or_default().to_owned();
        // A query that cannot be read names nothing: the page shows what there is.
        let which = web::Query::<Which>::from_query(req.query_string()).map(web::Query::into_inner).unwrap_or_default();
        Ok(Self { ctx: shops.context().clone(), req: req.clone(), token, which })
    }
}

impl FromRequest for Call {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(Self::of(req))
    }
}

impl Call {
    /// What stands behind the link; `None` where it opens nothing, which counts against the address.
    pub(super) async fn open(&self) -> Result<Option<Visit>, Problem> {
        let ctx = self.ctx.clone();
        let forged = invitations::bearer::check(ctx.keyring(), &self.token, Purpose::Review, ctx.now()).is_none();
        let visit = if forged { None } else { self.read().await? };
        if visit.is_none() {
            http::count_wrong_token(&self.req)?;
        }
        Ok(visit)
    }

    /// Reads the visit again, after a change.
    pub(super) async fn read(&self) -> Result<Option<Visit>, Problem> {
        let (ctx, token) = (self.ctx.clone(), self.token.clone());
        Ok(self.ctx.db().read(move |conn| Visit::read(conn, &ctx, &token)).await?)
    }

    /// Notes that somebody began to write. The page matters more: a note that fails is only said to the operator.
    pub(super) async fn started(&self, visit: &Visit) {
        let (bearer, now) = (visit.bearer.clone(), self.ctx.now());
        if let Err(error) = self.ctx.db().write(move |tx| invitations::mark_form_started(tx, &bearer, now)).await {
            tracing::warn!(%error, "a started form is not counted");
        }
    }

    /// Where a page is shown: in the language asked for, else the customer's, else the browser's.
    pub(super) fn stage(&self, visit: Option<&Visit>) -> Stage<'_> {
        let asked = self.which.lang.as_deref().and_then(Language::of_tag);
        let header = || self.req.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let language = asked
            .or_else(|| visit.map(Visit::language))
            .unwrap_or_else(|| Language::from_header(header().unwrap_or_default()));
        let switchable = self.req.method() == actix_web::http::Method::GET;
        Stage { links: self.ctx.links(), token: &self.token, language, switchable }
    }

    /// The answer for every link that opens nothing.
    pub(super) fn nothing(&self) -> Answer {
        page(Code::LinkUnknown.status(), &show::fresh_link(&self.stage(None), false))
    }

    /// What stands behind the link now, after a change or where none was possible.
    pub(super) fn standing(&self, visit: &Visit, status: u16, back: &Returned) -> Answer {
        let stage = self.stage(Some(visit));
        let closed = |about, at| page(status, &show::notice(&stage, visit, about, at));
        match visit.standing() {
            Standing::Written => page(status, &show::yours(&stage, visit, None, back)),
            Standing::Erased => closed(About::Erased, visit.erased_at),
            Standing::TooLate => closed(About::TooLate, Some(visit.bearer.submit_until)),
            Standing::ShopClosed => closed(About::ShopClosed, None),
            Standing::Open => page(status, &show::form(&stage, visit, &Posted::default(), Vec::new())),
        }
    }
}

/// A posted form: only as browsers send one.
pub(super) fn posted(req: &HttpRequest, body: &Bytes) -> Result<Posted, Problem> {
    let given = req.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Ok(Posted::read(body));
    }
    Err(Problem::new(Code::UnsupportedMediaType, "Send the form as application/x-www-form-urlencoded."))
}

/// A page as an answer.
pub(super) fn page<V: View>(status: u16, view: &V) -> Answer {
    let html = look::render(view).map_err(Problem::internal)?;
    Ok(http::page_status(status, html))
}
