//! Two mails to an author about what others did: the shop replied; the operator restricted the review, with the statement of reasons.
//!
//! Both are queued in the transaction that makes their cause, and everything is read again when one leaves: a reply that
//! was withdrawn or a review that was erased meanwhile sends nothing. A customer hears of replies to one review at most
//! once a day, and not at all after unsubscribing; a statement of reasons goes out all the same, except to a mailbox that
//! does not exist.

use crate::context::Context;
use crate::db::{self, Connection};
use crate::invitations::{self, Reach, Suppression, SuppressionReason, Tokens};
use crate::jobs::{self, Subject};
use crate::kernel::id::OrderId;
use crate::kernel::time::{DAY, Timestamp};
use crate::kernel::zone::Zone;
use crate::mail;
use crate::mail::context::{self as words, Day, Frame, MailContext, OwnReview, ReplyNotice, RestrictionStatement};
use crate::mail::letter::{Draft, Fate, Letter, Mail, Owner, Settled, Stop};
use crate::mail::paragraphs::paragraphs;
use crate::mail::returned::Back;
use crate::merchants::{self, Shop};
use crate::orders::{self, Actor, Contact, Order, decide};

use super::model::{Reply, Restriction, RestrictionReason, Review, Status};
use super::store;

/// Queue and outbox kind: the shop replied. Its subject is the review, its edition the reply's version.
pub(crate) const REPLY_NOTICE: &str = "reply_notice";
/// Queue and outbox kind: the review was restricted. Its subject is the restriction.
pub(crate) const RESTRICTION_STATEMENT: &str = "restriction_statement";
/// Why news of a reply that wait for another attempt are sent no more where the shop replied anew: a code.
const REPLIED_AGAIN: &str = "replied_again";

/// Queues the news of a reply: now, or a day after the last news of the same review. Where a worker has news in its hands, it shall have
/// stored first whether they left.
pub(super) fn tell_of_reply(tx: &mut Connection, review: &Review, now: Timestamp) -> db::Result<()> {
    let about = Subject::from(review.id);
    jobs::hold(tx, REPLY_NOTICE, about)?;
    let begun = jobs::begun_until(tx, REPLY_NOTICE, about)?;
    let due = begun.max(next_news(tx, review)?).map_or(now, |free| free.max(now));
    // The one job is for the last words.
    jobs::enqueue(tx, REPLY_NOTICE, about, due)?;
    mail::call_off(tx, REPLY_NOTICE, &[about], Some(REPLIED_AGAIN))
}

/// From when on an author may hear of a reply to this review again; `None` where they never did.
fn next_news(conn: &mut Connection, review: &Review) -> db::Result<Option<Timestamp>> {
    Ok(store::notified_at(conn, review.shop, review.id)?.map(|last| last.plus_ms(DAY)))
}

/// Queues the statement of reasons.
pub(super) fn state_reasons(tx: &mut Connection, decision: &Restriction, now: Timestamp) -> db::Result<()> {
    jobs::enqueue(tx, RESTRICTION_STATEMENT, Subject::from(decision.id), now)
}

/// The letter of kind [`REPLY_NOTICE`].
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ReplyNoticeLetter;

impl Letter for ReplyNoticeLetter {
    fn kind(&self) -> &'static str {
        REPLY_NOTICE
    }

    fn owner(&self) -> Option<Owner> {
        Some(store::SUBJECTS)
    }

    fn draft(&self, conn: &mut Connection, ctx: &Context, subject: Subject) -> db::Result<Draft> {
        let Some(review) = store::by_id(conn, subject.id())? else { return Ok(Draft::Gone) };
        let Some(reply) = store::reply(conn, review.shop, review.id)? else { return Ok(Draft::Gone) };
        let stop = |reason| Ok(Draft::Drop(Stop { shop_id: review.shop, edition: reply.version, reason }));
        if review.status != Status::Published {
            return stop("review_not_published");
        }
        if !reply.stands() {
            return stop("reply_withdrawn");
        }
        let Some(author) = Author::read(conn, ctx, &review)? else { return stop("address_gone") };
        if author.is_suppressed() {
            return stop("unsubscribed");
        }
        let context = MailContext::ReplyNotice(author.reply_notice(ctx, &review, &reply));
        Ok(match (author.mail(reply.version, context), next_news(conn, &review)?) {
            // Asked here too: the last news may have been stored after these were queued.
            (Draft::Send(mail), Some(from)) => Draft::SendFrom(from, mail),
            (draft, _) => draft,
        })
    }

    fn settle(&self, tx: &mut Connection, _ctx: &Context, subject: Subject, what: &Settled) -> db::Result<()> {
        let Some(review) = store::by_id(tx, subject.id())? else { return Ok(()) };
        match what.fate {
            Fate::Sent | Fate::Captured => store::mark_notified(tx, review.shop, review.id, what.at),
            _ => bounced(tx, &review, what),
        }
    }

    fn order(&self, conn: &mut Connection, subject: Subject) -> db::Result<Option<OrderId>> {
        Ok(store::by_id(conn, subject.id())?.map(|review| review.order))
    }

    /// Sent once more while it is the last word of the shop: news of a later one has a mail of its own.
    fn returned(&self, tx: &mut Connection, _ctx: &Context, subject: Subject, what: &Back) -> db::Result<bool> {
        let Some(review) = store::by_id(tx, subject.id())? else { return Ok(false) };
        let reply = store::reply(tx, review.shop, review.id)?;
        let last = reply.is_some_and(|reply| reply.stands() && reply.changed_at <= what.sent_at);
        let waits = jobs::due_of(tx, REPLY_NOTICE, subject)?.is_some();
        let again = last && !waits && what.again.is_some();
        if again {
            // Nobody has been told so far.
            store::mark_unnotified(tx, review.shop, review.id)?;
        }
        Ok(again)
    }
}

/// The letter of kind [`RESTRICTION_STATEMENT`].
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RestrictionStatementLetter;

impl Letter for RestrictionStatementLetter {
    fn kind(&self) -> &'static str {
        RESTRICTION_STATEMENT
    }

    fn is_awaited(&self) -> bool {
        true
    }

    fn owner(&self) -> Option<Owner> {
        Some(store::DECISIONS)
    }

    fn draft(&self, conn: &mut Connection, ctx: &Context, subject: Subject) -> db::Result<Draft> {
        let Some(decision) = store::restriction(conn, subject.id())? else { return Ok(Draft::Gone) };
        let Some(review) = store::by_id(conn, decision.review)? else { return Ok(Draft::Gone) };
        let stop = |reason| Ok(Draft::Drop(Stop { shop_id: decision.shop, edition: 0, reason }));
        if decision.lifted_at.is_some() {
            return stop("restriction_lifted");
        }
        let Some(author) = Author::read(conn, ctx, &review)? else { return stop("address_gone") };
        // The author has a right to the reasons whatever they unsubscribed from; a mailbox that is not there has none.
        if author.suppressed == Some(SuppressionReason::HardBounce) {
            return stop("address_bounced");
        }
        let context = MailContext::RestrictionStatement(author.statement(ctx, &review, &decision));
        Ok(author.mail(0, context))
    }

    fn settle(&self, tx: &mut Connection, _ctx: &Context, subject: Subject, what: &Settled) -> db::Result<()> {
        let Some(decision) = store::restriction(tx, subject.id())? else { return Ok(()) };
        match store::by_id(tx, decision.review)? {
            Some(review) => bounced(tx, &review, what),
            None => Ok(()),
        }
    }

    fn order(&self, conn: &mut Connection, subject: Subject) -> db::Result<Option<OrderId>> {
        let Some(decision) = store::restriction(conn, subject.id())? else { return Ok(None) };
        Ok(store::by_id(conn, decision.review)?.map(|review| review.order))
    }

    /// The author has a right to the reasons: what did not arrive for now is sent once more.
    fn returned(&self, tx: &mut Connection, _ctx: &Context, subject: Subject, what: &Back) -> db::Result<bool> {
        let stands = store::restriction(tx, subject.id())?.is_some_and(|decision| decision.lifted_at.is_none());
        Ok(stands && what.again.is_some())
    }
}

/// A mailbox that does not exist gets no more mail from this instance.
pub(super) fn bounced(tx: &mut Connection, review: &Review, what: &Settled) -> db::Result<()> {
    let Fate::Bounced(_) = what.fate else { return Ok(()) };
    let Some(person) = orders::person(tx, review.shop, review.order)? else { return Ok(()) };
    let wish = Suppression { person, reach: Reach::Instance, reason: SuppressionReason::HardBounce, at: what.at };
    invitations::suppress(tx, review.shop, &wish, Actor::Attesta)
}

/// The author of a review, while a mail can still reach them.
pub(super) struct Author {
    shop: Shop,
    order: Order,
    contact: Contact,
    links: Tokens,
    suppressed: Option<SuppressionReason>,
}

impl Author {
    pub(super) fn read(conn: &mut Connection, ctx: &Context, review: &Review) -> db::Result<Option<Self>> {
        let Some(shop) = merchants::load(conn, review.shop)? else { return Ok(None) };
        let Some(order) = orders::find(conn, review.shop, review.order)? else { return Ok(None) };
        let contact = orders::contact(conn, ctx.keyring(), review.shop, review.order)?;
        let links = invitations::last_links(conn, ctx, review.invitation)?;
        let (Some(contact), Some(links)) = (contact, links) else { return Ok(None) };
        let suppressed = match orders::person(conn, review.shop, review.order)? {
            Some(person) => invitations::is_suppressed(conn, review.shop, &person)?,
            None => None,
        };
        Ok(Some(Self { shop, order, contact, links, suppressed }))
    }

    /// Who unsubscribed or cannot be reached gets no notices.
    pub(super) fn is_suppressed(&self) -> bool {
        self.suppressed.is_some()
    }

    /// Where the author edits, erases and answers.
    pub(super) fn manage_url(&self, ctx: &Context) -> String {
        ctx.links().review_form(&self.links.review)
    }

    /// Stops further mails.
    pub(super) fn unsubscribe_url(&self, ctx: &Context) -> String {
        ctx.links().unsubscribe(&self.links.unsubscribe)
    }

    pub(super) fn mail(&self, edition: i64, context: MailContext) -> Draft {
        let locale = self.order.fold.locale();
        Draft::Send(Box::new(Mail {
            shop_id: self.shop.id,
            edition,
            to: self.contact.email.clone(),
            identity: self.shop.identity(),
            reply_to: self.shop.reply_to(),
            language: locale.as_ref().unwrap_or(&self.shop.locale).language(),
            zone: self.zone(),
            hours: None,
            context,
        }))
    }

    pub(super) fn frame(&self, ctx: &Context) -> Frame {
        let shop = (self.shop.name.as_str(), self.shop.domain.as_str());
        Frame::new(ctx.links(), shop, self.contact.name.as_deref(), self.order.test)
    }

    /// The customer's clock, else the shop's.
    fn zone(&self) -> Zone {
        decide::zone(&self.shop, &self.order.fold)
    }

    pub(super) fn own_review(&self, ctx: &Context, review: &Review) -> OwnReview {
        own_review(ctx, self.zone(), review)
    }

    fn reply_notice(&self, ctx: &Context, review: &Review, reply: &Reply) -> ReplyNotice {
        ReplyNotice {
            frame: self.frame(ctx),
            review: self.own_review(ctx, review),
            reply: paragraphs(&reply.text),
            edited: reply.version > 1,
            answer_url: self.manage_url(ctx),
            unsubscribe_url: self.unsubscribe_url(ctx),
        }
    }

    fn statement(&self, ctx: &Context, review: &Review, decision: &Restriction) -> RestrictionStatement {
        RestrictionStatement {
            frame: self.frame(ctx),
            review: self.own_review(ctx, review),
            reason: ground(decision.reason),
            statement: paragraphs(&decision.statement),
            restricted: Day::of(decision.at, self.zone()),
            contact: ctx.config().contact_in_words().map(str::to_owned),
            edit_url: self.manage_url(ctx),
        }
    }
}

/// A review as mails refer to it, on the clock of who wrote it.
pub(super) fn own_review(ctx: &Context, zone: Zone, review: &Review) -> OwnReview {
    OwnReview {
        stars: review.stars.value(),
        title: review.title.clone(),
        written: Day::of(review.published_at, zone),
        url: ctx.links().review(review.id),
    }
}

/// The mail's word for a reason: its templates know their own closed list.
fn ground(reason: RestrictionReason) -> words::RestrictionReason {
    match reason {
        RestrictionReason::IllegalContent => words::RestrictionReason::IllegalContent,
        RestrictionReason::PersonalData => words::RestrictionReason::PersonalData,
        RestrictionReason::HateOrThreat => words::RestrictionReason::HateOrThreat,
        RestrictionReason::NotAboutThePurchase => words::RestrictionReason::NotAboutThePurchase,
        RestrictionReason::ConflictOfInterest => words::RestrictionReason::ConflictOfInterest,
        RestrictionReason::CourtOrder => words::RestrictionReason::CourtOrder,
    }
}
