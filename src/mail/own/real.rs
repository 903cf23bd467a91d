//! Real orders and reviews of a shop, as a preview shows them: their own facts in the mail that would tell them. Whatever would let somebody
//! in (the form, managing a review, unsubscribing) is a link that leads nowhere.

use crate::links::Links;
use crate::mail::context::{Day, Frame, MailContext, OwnReview, Purchase, ShopFace, StarLinks};
use crate::mail::samples;

/// What stands in the place of a token: no token is so short.
const NO_TOKEN: &str = "preview";
/// The review of examples.
const NO_REVIEW: &str = "rev_01jd0000000000000000000000";

/// A real order.
#[derive(Clone, Debug)]
pub(crate) struct RealOrder {
    /// What was bought.
    pub(crate) order: Purchase,
    /// A test order: its mail says so.
    pub(crate) test: bool,
    /// The customer's name, where it is still kept.
    pub(crate) customer: Option<String>,
    /// The day of its invitation, past or to come.
    pub(crate) asked: Day,
    /// The last day on which a review can be written.
    pub(crate) write_until: Day,
    /// That day has passed.
    pub(crate) closed: bool,
    /// It was reviewed.
    pub(crate) reviewed: bool,
}

/// A real review.
#[derive(Clone, Debug)]
pub(crate) struct RealReview {
    /// `rev_...`
    pub(crate) id: String,
    /// The review, with its public page.
    pub(crate) review: OwnReview,
    /// It is about a test order.
    pub(crate) test: bool,
    /// The customer's name, where it is still kept.
    pub(crate) customer: Option<String>,
    /// The shop's reply, one entry a paragraph, where one stands; whether it was changed.
    pub(crate) reply: Option<(Vec<String>, bool)>,
    /// The customer's last answer, one entry a paragraph.
    pub(crate) answer: Option<Vec<String>>,
}

/// What the last mails were, or would be, about.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reals {
    /// Orders, newest first.
    pub(crate) orders: Vec<RealOrder>,
    /// Reviews, newest first.
    pub(crate) reviews: Vec<RealReview>,
}

/// What the facts of a mail are taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum About {
    /// An order.
    Order,
    /// A published review.
    Review,
    /// A review to which a reply stands.
    Reply,
    /// A review to whose reply the customer answered.
    Answer,
}

impl About {
    /// What this mail is about.
    pub(crate) fn of(mail: &str) -> Self {
        match mail {
            "review_received" => Self::Review,
            "reply_notice" => Self::Reply,
            "answer_shown" => Self::Answer,
            _ => Self::Order,
        }
    }
}

impl Reals {
    /// Each with its name and its mail, as far as there is something to tell.
    pub(super) fn contexts(&self, full: &MailContext, place: &Place) -> Vec<(String, MailContext)> {
        let orders = self
            .orders
            .iter()
            .filter_map(|real| Some((format!("order:{}", real.order.number), real.mail(full, place)?)));
        let reviews =
            self.reviews.iter().filter_map(|real| Some((format!("review:{}", real.id), real.mail(full, place)?)));
        orders.chain(reviews).collect()
    }
}

impl RealOrder {
    fn mail(&self, full: &MailContext, place: &Place) -> Option<MailContext> {
        let mut context = full.clone();
        place.put(&mut context, self.customer.as_deref());
        context.frame_mut().test = self.test;
        match &mut context {
            MailContext::Invitation(c) => {
                c.order = self.order.clone();
                c.write_until = self.write_until;
            }
            MailContext::Reminder(c) => {
                c.order = self.order.clone();
                c.first_asked = self.asked;
                c.write_until = self.write_until;
            }
            MailContext::FreshLink(c) => {
                c.order_number.clone_from(&self.order.number);
                c.reviewed = self.reviewed;
                c.write_until = Some(self.write_until).filter(|_| !self.closed && !self.reviewed);
            }
            MailContext::ReplyNotice(_)
            | MailContext::AnswerShown(_)
            | MailContext::ReviewReceived(_)
            | MailContext::RestrictionStatement(_)
            | MailContext::WeeklyNumbers(_) => return None,
        }
        Some(context)
    }
}

impl RealReview {
    fn mail(&self, full: &MailContext, place: &Place) -> Option<MailContext> {
        let mut context = full.clone();
        place.put(&mut context, self.customer.as_deref());
        context.frame_mut().test = self.test;
        match &mut context {
            MailContext::ReviewReceived(c) => c.review = self.review.clone(),
            MailContext::ReplyNotice(c) => {
                c.review = self.review.clone();
                (c.reply, c.edited) = self.reply.clone()?;
            }
            MailContext::AnswerShown(c) => {
                c.review = self.review.clone();
                c.answer = self.answer.clone()?;
            }
            MailContext::Invitation(_)
            | MailContext::Reminder(_)
            | MailContext::FreshLink(_)
            | MailContext::RestrictionStatement(_)
            | MailContext::WeeklyNumbers(_) => return None,
        }
        Some(context)
    }
}

/// In whose name a mail is written, and where; its links let nobody in.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The shop.
    pub(crate) shop: ShopFace,
    operator: String,
    privacy_url: String,
    stars: StarLinks,
    unsubscribe_url: String,
    review_url: String,
}

impl Place {
    /// On this instance, for the shop with this name and domain.
    pub(crate) fn new(links: &Links, shop: (&str, &str)) -> Self {
        let Frame { shop, operator, privacy_url, .. } = Frame::new(links, shop, None, false);
        Self {
            shop,
            operator,
            privacy_url,
            stars: StarLinks::new(links, NO_TOKEN),
            unsubscribe_url: links.unsubscribe(NO_TOKEN),
            review_url: links.review(NO_REVIEW),
        }
    }

    /// Where the samples are at home.
    pub(in crate::mail) fn of_samples(frame: &Frame) -> Self {
        let Frame { shop, operator, privacy_url, .. } = frame.clone();
        let (stars, unsubscribe_url, review_url) = samples::links();
        Self { shop, operator, privacy_url, stars, unsubscribe_url, review_url }
    }

    /// Puts the place, and a customer, into a mail.
    pub(super) fn put(&self, context: &mut MailContext, customer: Option<&str>) {
        let Self { shop, operator, privacy_url, stars, unsubscribe_url, review_url } = self.clone();
        let form = stars.form.clone();
        let frame = context.frame_mut();
        (frame.shop, frame.operator, frame.privacy_url) = (shop, operator, privacy_url);
        frame.customer_name = customer.map(str::to_owned);
        match context {
            MailContext::Invitation(c) => (c.stars, c.unsubscribe_url) = (stars, unsubscribe_url),
            MailContext::Reminder(c) => (c.stars, c.unsubscribe_url) = (stars, unsubscribe_url),
            MailContext::FreshLink(c) => c.form_url = form,
            MailContext::ReviewReceived(c) => {
                (c.manage_url, c.unsubscribe_url, c.review.url) = (form, unsubscribe_url, review_url);
            }
            MailContext::ReplyNotice(c) => {
                (c.answer_url, c.unsubscribe_url, c.review.url) = (form, unsubscribe_url, review_url);
            }
            MailContext::AnswerShown(c) => {
                (c.manage_url, c.unsubscribe_url, c.review.url) = (form, unsubscribe_url, review_url);
            }
            MailContext::RestrictionStatement(_) | MailContext::WeeklyNumbers(_) => {}
        }
    }
}
