//! What the last mails of this room were about, or would be: for previews of a shop's own words. Reads only, and makes no link that lets
//! anybody in.

use crate::context::Context;
use crate::db::{self, Connection};
use crate::kernel::page::PageLimit;
use crate::mail::own::{About, RealReview};
use crate::mail::paragraphs::paragraphs;
use crate::merchants::Shop;
use crate::orders;

use super::inbox::Asked;
use super::model::{Answer, Reply, Review, Status};
use super::notify::own_review;
use super::store;

/// Of a shop's newest reviews, so many as a page has at most, the first `most` that such a mail would be about.
///
/// # Errors
/// The database's.
pub(crate) fn last_told(
    conn: &mut Connection,
    ctx: &Context,
    shop: &Shop,
    about: About,
    most: usize,
) -> db::Result<Vec<RealReview>> {
    let asked = Asked { limit: PageLimit::MOST, ..Asked::default() };
    let mut newest = store::received(conn, shop.id, asked)?;
    newest.retain(|review| review.status == Status::Published);
    let ids: Vec<_> = newest.iter().map(|review| review.id).collect();
    let mut replies = store::replies(conn, shop.id, &ids)?;
    replies.retain(Reply::stands);
    let answers = store::answers(conn, shop.id, &ids)?;
    let mut told = Vec::new();
    for review in newest {
        let reply = replies.iter().find(|reply| reply.review == review.id);
        // The last is to the newest version of the reply that was answered.
        let answer = answers.iter().rfind(|answer| answer.review == review.id);
        let is_told = match about {
            About::Review => true,
            About::Reply => reply.is_some(),
            About::Answer => answer.is_some(),
            About::Order => false,
        };
        if is_told && told.len() < most {
            told.push(real(conn, ctx, shop, (&review, reply, answer))?);
        }
    }
    Ok(told)
}

fn real(
    conn: &mut Connection,
    ctx: &Context,
    shop: &Shop,
    (review, reply, answer): (&Review, Option<&Reply>, Option<&Answer>),
) -> db::Result<RealReview> {
    let order = orders::find(conn, shop.id, review.order)?;
    let contact = orders::contact(conn, ctx.keyring(), shop.id, review.order)?;
    let zone = order.as_ref().and_then(|order| order.fold.zone()).unwrap_or(shop.zone);
    Ok(RealReview {
        id: review.id.to_string(),
        review: own_review(ctx, zone, review),
        test: order.is_some_and(|order| order.test),
        customer: contact.and_then(|contact| contact.name),
        reply: reply.map(|reply| (paragraphs(&reply.text), reply.version > 1)),
        answer: answer.map(|answer| paragraphs(&answer.text)),
    })
}
