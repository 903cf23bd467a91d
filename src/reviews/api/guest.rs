//! Before a review stands: the form, with or without stars preselected, its submission, and the wish for a fresh link.

use crate::http::RawBody;
use crate::invitations;
use crate::problem::{Code, Problem};
use crate::reviews::form;
use crate::reviews::pages::{FieldError, FieldFault, FormPage};
use crate::reviews::show::{self, Returned};
use crate::reviews::submit::{self, Submitted};
use crate::reviews::visit::{Standing, Visit};

use super::link::{Answer, Call, NOT_POSSIBLE, page, posted};

/// `GET /r/{token}`: the form, or what stands already.
pub(super) async fn review_form(call: Call) -> Answer {
    match call.open().await? {
        Some(visit) => call.standing(&visit, 200, &Returned::default()),
        None => call.nothing(),
    }
}

/// `GET /r/{token}/{stars}`: the same with stars preselected. Publishes nothing.
pub(super) async fn review_form_stars(call: Call) -> Answer {
    let Some(visit) = call.open().await? else { return call.nothing() };
    if visit.standing() != Standing::Open {
        return call.standing(&visit, 200, &Returned::default());
    }
    let stars = form::one_digit(call.req.match_info().get("stars").unwrap_or_default());
    let status = if stars.is_some() { 200 } else { 422 };
    page(status, &show::preselected(&call.stage(Some(&visit)), &visit, stars))
}

/// `POST /r/{token}`: publishes.
pub(super) async fn submit_review(call: Call, body: RawBody) -> Answer {
    let Some(visit) = call.open().await? else { return call.nothing() };
    match visit.standing() {
        Standing::Open => {}
        Standing::Written | Standing::Erased => return call.standing(&visit, 200, &Returned::default()),
        Standing::TooLate => return call.standing(&visit, NOT_POSSIBLE, &Returned::default()),
        Standing::ShopClosed => return call.standing(&visit, Code::ShopClosed.status(), &Returned::default()),
    }
    let typed = posted(&call.req, &body.0)?;
    let stage = call.stage(Some(&visit));
    let refused = |errors| page(422, &show::form(&stage, &visit, &typed, errors));
    let submission = match form::submission(&typed, &visit.offered()) {
        Ok(submission) => submission,
        Err(errors) => {
            call.started(&visit).await;
            return refused(errors);
        }
    };
    let (ctx, bearer, sent) = (call.ctx.clone(), visit.bearer.clone(), submission.clone());
    let done = match call.ctx.db().write(move |tx| submit::submit(tx, &ctx, &bearer, &sent)).await {
        Ok(done) => done,
        Err(error) => {
            let problem = Problem::from(error);
            let form = show::form(&stage, &visit, &typed, Vec::new());
            return page(problem.status(), &FormPage { trouble: true, ..form });
        }
    };
    match done {
        Submitted::Published(_) => after(&call, &visit, 201).await,
        Submitted::Already => after(&call, &visit, 200).await,
        Submitted::TooLate(_) => after(&call, &visit, NOT_POSSIBLE).await,
        Submitted::ShopClosed => after(&call, &visit, Code::ShopClosed.status()).await,
        Submitted::Test => page(200, &show::thanks_test(&stage, &visit, &submission, call.ctx.now())),
        Submitted::NotOrdered(sku) => {
            call.started(&visit).await;
            let field = format!("stars.{}", form::key(&sku));
            refused(vec![FieldError { field, code: FieldFault::Unreadable }])
        }
    }
}

/// The page after a submission: thanks for the first, the author's page for a repeat, the reason where none is possible.
async fn after(call: &Call, before: &Visit, status: u16) -> Answer {
    let read = call.read().await?;
    let visit = read.as_ref().unwrap_or(before);
    match show::thanks(&call.stage(Some(visit)), visit).filter(|_| status == 201) {
        Some(thanks) => page(status, &thanks),
        None => call.standing(visit, status, &Returned::default()),
    }
}

/// `POST /r/{token}/fresh`: the same answer whatever the link was.
pub(super) async fn request_fresh_link(call: Call) -> Answer {
    invitations::ask_fresh_link(&call.ctx, &call.token).await?;
    page(200, &show::fresh_link(&call.stage(None), true))
}
