//! The customer answers the shop's reply: once for each version of it, publicly.

use crate::context::Context;
use crate::db::{self, Connection};
use crate::invitations::Bearer;
use crate::kernel::id::ReviewId;
use crate::merchants;

use super::model::{Answer, Status};
use super::{edit, notices, store};

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answered {
    /// It is live.
    Done,
    /// This version of the reply was answered before: that answer stands.
    Already,
    /// The reply changed meanwhile: read it first.
    ReplyChanged,
    /// There is no reply to answer.
    NoReply,
    /// No published review of this bearer.
    NotFound,
}

/// What the author answers, and to which version of the reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AnswerText {
    /// The version they read; `None` where the form did not say: the current one.
    pub(crate) reply_version: Option<i64>,
    /// Clean and not empty.
    pub(crate) text: String,
}

/// Publishes the bearer's answer.
pub(crate) fn answer(
    tx: &mut Connection,
    ctx: &Context,
    bearer: &Bearer,
    id: ReviewId,
    answer: &AnswerText,
) -> db::Result<Answered> {
    let review = edit::own(tx, bearer, id)?.filter(|review| review.status == Status::Published);
    let Some(review) = review else { return Ok(Answered::NotFound) };
    let reply = store::reply(tx, review.shop, review.id)?.filter(super::model::Reply::stands);
    let Some(reply) = reply else { return Ok(Answered::NoReply) };
    if answer.reply_version.is_some_and(|read| read != reply.version) {
        return Ok(Answered::ReplyChanged);
    }
    let answer = Answer { review: id, reply_version: reply.version, text: answer.text.clone(), at: ctx.now() };
    if !store::add_answer(tx, review.shop, &answer)? {
        return Ok(Answered::Already);
    }
    notices::tell_of_answer(tx, &review, answer.at)?;
    merchants::bump_public(tx, review.shop)?;
    Ok(Answered::Done)
}
