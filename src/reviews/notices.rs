//! What an author hears of their own words: the review is public, once, after its first publication; an answer to the shop's reply is
//! public, once for each.
//!
//! Both are queued in the transaction that publishes, and read again when they leave: what was erased or restricted meanwhile is not
//! announced. Who unsubscribed gets neither.

use crate::context::Context;
use crate::db::{self, Connection};
use crate::jobs::{self, Subject};
use crate::kernel::id::OrderId;
use crate::kernel::time::Timestamp;
use crate::mail::context::{AnswerShown, MailContext, ReviewReceived};
use crate::mail::letter::{Draft, Letter, Owner, Settled, Stop};
use crate::mail::paragraphs::paragraphs;
use crate::mail::returned::Back;

use super::model::{Review, Status};
use super::notify::{Author, bounced};
use super::store;

/// Queue and outbox kind: the review is public. Its subject is the review.
pub(crate) const REVIEW_RECEIVED: &str = "review_received";
/// Queue and outbox kind: the answer is public. Its subject is the review, its edition the version of the reply that was answered.
pub(crate) const ANSWER_SHOWN: &str = "answer_shown";

/// Queues the news that a review is public.
pub(super) fn tell_of_review(tx: &mut Connection, review: &Review, now: Timestamp) -> db::Result<()> {
    jobs::enqueue(tx, REVIEW_RECEIVED, Subject::from(review.id), now)
}

/// Queues the news that an answer is public.
pub(super) fn tell_of_answer(tx: &mut Connection, review: &Review, now: Timestamp) -> db::Result<()> {
    jobs::enqueue(tx, ANSWER_SHOWN, Subject::from(review.id), now)
}

/// The letter of kind [`REVIEW_RECEIVED`].
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ReviewReceivedLetter;

impl Letter for ReviewReceivedLetter {
    fn kind(&self) -> &'static str {
        REVIEW_RECEIVED
    }

    fn owner(&self) -> Option<Owner> {
        Some(store::SUBJECTS)
    }

    fn draft(&self, conn: &mut Connection, ctx: &Context, subject: Subject) -> db::Result<Draft> {
        let Some(review) = store::by_id(conn, subject.id())? else { return Ok(Draft::Gone) };
        let author = match reachable(conn, ctx, &review)? {
            Ok(author) => author,
            Err(reason) => return Ok(Draft::Drop(Stop { shop_id: review.shop, edition: 0, reason })),
        };
        let context = ReviewReceived {
            frame: author.frame(ctx),
            review: author.own_review(ctx, &review),
            manage_url: author.manage_url(ctx),
            unsubscribe_url: author.unsubscribe_url(ctx),
        };
        Ok(author.mail(0, MailContext::ReviewReceived(context)))
    }

    fn settle(&self, tx: &mut Connection, _ctx: &Context, subject: Subject, what: &Settled) -> db::Result<()> {
        settled(tx, subject, what)
    }

    fn returned(&self, _tx: &mut Connection, _ctx: &Context, _subject: Subject, what: &Back) -> db::Result<bool> {
        Ok(what.again.is_some())
    }

    fn order(&self, conn: &mut Connection, subject: Subject) -> db::Result<Option<OrderId>> {
        order_of(conn, subject)
    }
}

/// The letter of kind [`ANSWER_SHOWN`].
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AnswerShownLetter;

impl Letter for AnswerShownLetter {
    fn kind(&self) -> &'static str {
        ANSWER_SHOWN
    }

    fn owner(&self) -> Option<Owner> {
        Some(store::SUBJECTS)
    }

    fn draft(&self, conn: &mut Connection, ctx: &Context, subject: Subject) -> db::Result<Draft> {
        let Some(review) = store::by_id(conn, subject.id())? else { return Ok(Draft::Gone) };
        let Some(answer) = store::answers(conn, review.shop, &[review.id])?.pop() else { return Ok(Draft::Gone) };
        let edition = answer.reply_version;
        let author = match reachable(conn, ctx, &review)? {
            Ok(author) => author,
            Err(reason) => return Ok(Draft::Drop(Stop { shop_id: review.shop, edition, reason })),
        };
        let context = AnswerShown {
            frame: author.frame(ctx),
            review: author.own_review(ctx, &review),
            answer: paragraphs(&answer.text),
            manage_url: author.manage_url(ctx),
            unsubscribe_url: author.unsubscribe_url(ctx),
        };
        Ok(author.mail(edition, MailContext::AnswerShown(context)))
    }

    fn settle(&self, tx: &mut Connection, _ctx: &Context, subject: Subject, what: &Settled) -> db::Result<()> {
        settled(tx, subject, what)
    }

    fn returned(&self, tx: &mut Connection, _ctx: &Context, subject: Subject, what: &Back) -> db::Result<bool> {
        let Some(review) = store::by_id(tx, subject.id())? else { return Ok(false) };
        let answer = store::answers(tx, review.shop, &[review.id])?.pop();
        // A later answer has a mail of its own.
        let last = answer.is_some_and(|answer| answer.at <= what.sent_at);
        let waits = jobs::due_of(tx, ANSWER_SHOWN, subject)?.is_some();
        Ok(last && !waits && what.again.is_some())
    }

    fn order(&self, conn: &mut Connection, subject: Subject) -> db::Result<Option<OrderId>> {
        order_of(conn, subject)
    }
}

/// The author, while there is something to tell and somebody to hear it; else why not.
fn reachable(conn: &mut Connection, ctx: &Context, review: &Review) -> db::Result<Result<Author, &'static str>> {
    if review.status != Status::Published {
        return Ok(Err("review_not_published"));
    }
    Ok(match Author::read(conn, ctx, review)? {
        None => Err("address_gone"),
        Some(author) if author.is_suppressed() => Err("unsubscribed"),
        Some(author) => Ok(author),
    })
}

/// The order that a review is about.
pub(super) fn order_of(conn: &mut Connection, review: Subject) -> db::Result<Option<OrderId>> {
    Ok(store::by_id(conn, review.id())?.map(|review| review.order))
}

fn settled(tx: &mut Connection, subject: Subject, what: &Settled) -> db::Result<()> {
    match store::by_id(tx, subject.id())? {
        Some(review) => bounced(tx, &review, what),
        None => Ok(()),
    }
}
