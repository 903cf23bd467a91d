//! Once a review stands: its author edits, erases, answers and drops old words, from the same link.

use crate::http::RawBody;
use crate::kernel::id::ReviewId;
use crate::problem::Code;
use crate::reviews::answer::{self, Answered};
use crate::reviews::edit::{self, Edited};
use crate::reviews::erase::{self, Erased};
use crate::reviews::form;
use crate::reviews::pages::Notice;
use crate::reviews::show::{self, Returned};
use crate::reviews::version::{self, Dropped};
use crate::reviews::visit::{Standing, Visit};

use super::link::{Answer, Call, NOT_POSSIBLE, page, posted};

/// What a handler starts from: the link opens something, and a review of it is named.
pub(super) struct Start {
    pub(super) call: Call,
    pub(super) visit: Visit,
    pub(super) review: ReviewId,
}

/// Opens the link, or gives the page to answer with: the same for a link that opens nothing, else what stands there.
pub(super) async fn start(call: Call) -> Result<Start, Answer> {
    let Some(visit) = call.open().await.map_err(Err)? else { return Err(call.nothing()) };
    let own = |id: &ReviewId| visit.own.iter().any(|own| own.review.id == *id);
    if let Some(review) = call.which.review(&visit).filter(own) {
        return Ok(Start { call, visit, review });
    }
    let status = if visit.standing() == Standing::Erased { 200 } else { Code::NotFound.status() };
    Err(call.standing(&visit, status, &Returned::default()))
}

impl Start {
    /// The author's page after a change.
    async fn done(self, notice: Notice) -> Answer {
        let Some(visit) = self.call.read().await? else { return self.call.nothing() };
        if visit.standing() != Standing::Written {
            return self.call.standing(&visit, 200, &Returned::default());
        }
        page(200, &show::yours(&self.call.stage(Some(&visit)), &visit, Some(notice), &Returned::default()))
    }

    /// What stands, where the change was not possible or not needed.
    pub(super) async fn what_stands(self, status: u16) -> Answer {
        match self.call.read().await? {
            Some(visit) => self.call.standing(&visit, status, &Returned::default()),
            None => self.call.nothing(),
        }
    }

    /// The author's page with the form as typed.
    fn back(&self, back: &Returned) -> Answer {
        self.call.standing(&self.visit, 422, back)
    }
}

/// `POST /r/{token}/edit`: new words in place of the old, which stay as a version.
pub(super) async fn edit_review(call: Call, body: RawBody) -> Answer {
    let start = match start(call).await {
        Ok(start) => start,
        Err(answer) => return answer,
    };
    let typed = posted(&start.call.req, &body.0)?;
    let change = match form::edit(&typed) {
        Ok(change) => change,
        Err(errors) => {
            let edit = Some((form::typed(&typed), errors));
            return start.back(&Returned { review: Some(start.review), edit, answer: None });
        }
    };
    let (ctx, bearer, id) = (start.call.ctx.clone(), start.visit.bearer.clone(), start.review);
    match start.call.ctx.db().write(move |tx| edit::edit(tx, &ctx, &bearer, id, &change)).await? {
        Edited::Changed | Edited::Unchanged => start.done(Notice::Edited).await,
        Edited::NotPublished(_) | Edited::TooOften => start.what_stands(Code::Conflict.status()).await,
        Edited::NotFound => start.what_stands(Code::NotFound.status()).await,
    }
}

/// `GET /r/{token}/erase`: asks. Erases nothing.
pub(super) async fn confirm_erase_review(call: Call) -> Answer {
    let start = match start(call).await {
        Ok(start) => start,
        Err(answer) => return answer,
    };
    match start.visit.own.iter().find(|own| own.review.id == start.review) {
        Some(own) => page(200, &show::confirm_erase(&start.call.stage(Some(&start.visit)), &start.visit, own)),
        None => start.call.nothing(),
    }
}

/// `POST /r/{token}/erase`: erases for good.
pub(super) async fn erase_review(call: Call) -> Answer {
    let start = match start(call).await {
        Ok(start) => start,
        Err(answer) => return answer,
    };
    let (ctx, bearer, id) = (start.call.ctx.clone(), start.visit.bearer.clone(), start.review);
    match start.call.ctx.db().write(move |tx| erase::erase(tx, &ctx, &bearer, id)).await? {
        Erased::Done | Erased::Already => start.done(Notice::Erased).await,
        Erased::NotFound => start.what_stands(Code::NotFound.status()).await,
    }
}

/// `POST /r/{token}/answer`: the answer to the shop's reply.
pub(super) async fn answer_reply(call: Call, body: RawBody) -> Answer {
    let start = match start(call).await {
        Ok(start) => start,
        Err(answer) => return answer,
    };
    let typed = posted(&start.call.req, &body.0)?;
    let said = match form::answer(&typed, start.call.which.reply) {
        Ok(said) => said,
        Err(fault) => {
            let answer = Some((typed.get("text").to_owned(), fault));
            return start.back(&Returned { review: Some(start.review), edit: None, answer });
        }
    };
    let (ctx, bearer, id) = (start.call.ctx.clone(), start.visit.bearer.clone(), start.review);
    match start.call.ctx.db().write(move |tx| answer::answer(tx, &ctx, &bearer, id, &said)).await? {
        Answered::Done => start.done(Notice::Answered).await,
        Answered::Already => start.what_stands(200).await,
        Answered::ReplyChanged => start.what_stands(Code::Conflict.status()).await,
        Answered::NoReply => start.what_stands(NOT_POSSIBLE).await,
        Answered::NotFound => start.what_stands(Code::NotFound.status()).await,
    }
}

/// `POST /r/{token}/drop`: the words of an earlier version go.
pub(super) async fn drop_review_version(call: Call) -> Answer {
    let start = match start(call).await {
        Ok(start) => start,
        Err(answer) => return answer,
    };
    let Some(which) = start.call.which.version else { return start.what_stands(Code::NotFound.status()).await };
    let (ctx, bearer, id) = (start.call.ctx.clone(), start.visit.bearer.clone(), start.review);
    match start.call.ctx.db().write(move |tx| version::drop_version(tx, &ctx, &bearer, id, which)).await? {
        Dropped::Done => start.done(Notice::VersionDropped).await,
        Dropped::Nothing => start.what_stands(200).await,
        Dropped::NotFound => start.what_stands(Code::NotFound.status()).await,
    }
}
