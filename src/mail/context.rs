//! What each mail knows: one typed struct per mail, with exactly the variables its templates may use.
//! Rooms build them at send time; the templates of every locale are checked against the samples beside them at start.
//! Values are plain text, never markup; words belong to the templates, so that a locale is one folder.

use chrono::Datelike;
use serde::Serialize;

use crate::kernel::time::Timestamp;
use crate::kernel::zone::Zone;
use crate::links::Links;

/// At most this many items are named in a mail; the rest is counted.
pub const ITEMS_SHOWN: usize = 5;

/// What every mail says about who writes to whom.
#[derive(Clone, Debug, Serialize)]
pub struct Frame {
    /// The shop on whose behalf the mail is sent.
    pub shop: ShopFace,
    /// The customer's name, where the shop gave one.
    pub customer_name: Option<String>,
    /// Who runs this instance, as it should be named to the customer.
    pub operator: String,
    /// What is kept of whom, and for how long.
    pub privacy_url: String,
    /// A test order: the mail says so, and is only ever captured.
    pub test: bool,
}

impl Frame {
    /// The frame of a mail on behalf of the shop with this name and domain. The operator is named by the host of `public_url`.
    pub fn new(links: &Links, shop: (&str, &str), customer_name: Option<&str>, test: bool) -> Self {
        let (name, domain) = shop;
        Self {
            shop: ShopFace { name: name.to_owned(), domain: domain.to_owned(), profile_url: links.profile(domain) },
            customer_name: customer_name.map(str::to_owned),
            operator: links.base().host().to_owned(),
            privacy_url: links.privacy(),
            test,
        }
    }
}

/// The shop as a customer knows it.
#[derive(Clone, Debug, Serialize)]
pub struct ShopFace {
    /// The shop's name.
    pub name: String,
    /// The shop's domain.
    pub domain: String,
    /// Its public profile.
    pub profile_url: String,
}

/// A calendar day in the customer's or the shop's zone; the `date` helper puts it into the words of the reader's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Day {
    /// Day of the month, 1-31.
    pub day: u32,
    /// Month, 1-12.
    pub month: u32,
    /// Year.
    pub year: i32,
}

impl Day {
    /// The day of an instant on the wall of this zone.
    pub fn of(at: Timestamp, zone: Zone) -> Self {
        let local = zone.local(at);
        Self { day: local.day(), month: local.month(), year: local.year() }
    }
}

/// What was bought.
#[derive(Clone, Debug, Serialize)]
pub struct Purchase {
    /// The shop's own order number.
    pub number: String,
    /// The day of the order, where the shop gave it.
    pub placed: Option<Day>,
    /// At most [`ITEMS_SHOWN`] names.
    pub items: Vec<String>,
    /// How many more items there are.
    pub more: usize,
}

impl Purchase {
    /// Names the first [`ITEMS_SHOWN`] items and counts the rest.
    pub fn new(number: String, placed: Option<Day>, mut names: Vec<String>) -> Self {
        let more = names.len().saturating_sub(ITEMS_SHOWN);
        names.truncate(ITEMS_SHOWN);
        Self { number, placed, items: names, more }
    }
}

/// The link to the form, and the five that preselect a number of stars.
#[derive(Clone, Debug, Serialize)]
pub struct StarLinks {
    /// The form with nothing chosen.
    pub form: String,
    /// One star.
    pub one: String,
    /// Two stars.
    pub two: String,
    /// Three stars.
    pub three: String,
    /// Four stars.
    pub four: String,
    /// Five stars.
    pub five: String,
}

impl StarLinks {
    /// The links of this token.
    pub fn new(links: &Links, token: &str) -> Self {
        Self {
            form: links.review_form(token),
            one: links.star(token, 1),
            two: links.star(token, 2),
            three: links.star(token, 3),
            four: links.star(token, 4),
            five: links.star(token, 5),
        }
    }
}

/// The first question about an order.
#[derive(Clone, Debug, Serialize)]
pub struct Invitation {
    /// Who writes to whom.
    #[serde(flatten)]
    pub frame: Frame,
    /// What was bought.
    pub order: Purchase,
    /// Where to answer.
    pub stars: StarLinks,
    /// The last day on which a review can be written.
    pub write_until: Day,
    /// Stops further mails with one click.
    pub unsubscribe_url: String,
}

/// The one optional second question.
#[derive(Clone, Debug, Serialize)]
pub struct Reminder {
    /// Who writes to whom.
    #[serde(flatten)]
    pub frame: Frame,
    /// What was bought.
    pub order: Purchase,
    /// Where to answer.
    pub stars: StarLinks,
    /// The day of the invitation.
    pub first_asked: Day,
    /// The last day on which a review can be written.
    pub write_until: Day,
    /// Stops further mails with one click.
    pub unsubscribe_url: String,
}

/// The customer's own review, as a mail refers to it.
#[derive(Clone, Debug, Serialize)]
pub struct OwnReview {
    /// 1-5.
    pub stars: i64,
    /// Its title; empty where the customer gave none.
    pub title: String,
    /// The day it was written.
    pub written: Day,
    /// Its public page.
    pub url: String,
}

/// The shop replied to the customer's review.
#[derive(Clone, Debug, Serialize)]
pub struct ReplyNotice {
    /// Who writes to whom.
    #[serde(flatten)]
    pub frame: Frame,
    /// The review that was replied to.
    pub review: OwnReview,
    /// The reply, one entry a paragraph.
    pub reply: Vec<String>,
    /// The shop changed an earlier reply.
    pub edited: bool,
    /// Where the customer answers, edits or erases.
    pub answer_url: String,
    /// Stops further mails with one click.
    pub unsubscribe_url: String,
}

/// Why a review was restricted: the closed list of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RestrictionReason {
    /// Content the law forbids.
    IllegalContent,
    /// Somebody's personal data.
    PersonalData,
    /// Hate or a threat.
    HateOrThreat,
    /// Says nothing about the purchase.
    NotAboutThePurchase,
    /// Written by somebody with an interest in the shop or in a competitor.
    ConflictOfInterest,
    /// A court ordered it.
    CourtOrder,
}

impl RestrictionReason {
    /// Every reason, in the order of the schema.
    pub const ALL: [Self; 6] = [
        Self::IllegalContent,
        Self::PersonalData,
        Self::HateOrThreat,
        Self::NotAboutThePurchase,
        Self::ConflictOfInterest,
        Self::CourtOrder,
    ];
}

/// The operator's statement of reasons to the author of a restricted review.
#[derive(Clone, Debug, Serialize)]
pub struct RestrictionStatement {
    /// Who writes to whom.
    #[serde(flatten)]
    pub frame: Frame,
    /// The restricted review; its url is the public notice in its place.
    pub review: OwnReview,
    /// The ground.
    pub reason: RestrictionReason,
    /// The operator's own words, one entry a paragraph; may be empty.
    pub statement: Vec<String>,
    /// The day of the restriction.
    pub restricted: Day,
    /// Where to object, where the operator named an address.
    pub contact: Option<String>,
    /// Where the author edits or erases the review.
    pub edit_url: String,
}

/// The fresh link a customer asked for.
#[derive(Clone, Debug, Serialize)]
pub struct FreshLink {
    /// Who writes to whom.
    #[serde(flatten)]
    pub frame: Frame,
    /// The shop's own order number.
    pub order_number: String,
    /// The form.
    pub form_url: String,
    /// A review stands already: the link edits, erases and answers.
    pub reviewed: bool,
    /// The last day on which a review can be written; absent once it has passed or a review stands.
    pub write_until: Option<Day>,
}

/// The customer's review is public: once, after its first publication.
#[derive(Clone, Debug, Serialize)]
pub struct ReviewReceived {
    /// Who writes to whom.
    #[serde(flatten)]
    pub frame: Frame,
    /// The review.
    pub review: OwnReview,
    /// Where its author edits or erases it.
    pub manage_url: String,
    /// Stops further mails with one click.
    pub unsubscribe_url: String,
}

/// The customer's answer to the shop's reply is public: once for each.
#[derive(Clone, Debug, Serialize)]
pub struct AnswerShown {
    /// Who writes to whom.
    #[serde(flatten)]
    pub frame: Frame,
    /// The review that the dialogue is about.
    pub review: OwnReview,
    /// The answer, one entry a paragraph.
    pub answer: Vec<String>,
    /// Where its author edits or erases the review.
    pub manage_url: String,
    /// Stops further mails with one click.
    pub unsubscribe_url: String,
}

/// A picture that a mail carries; templates see the address by which the HTML part shows it.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Its Content-ID, without brackets.
    pub id: String,
    /// The bytes.
    pub png: Vec<u8>,
}

impl Serialize for Picture {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("cid:{}", self.id))
    }
}

/// The numbers of a week, as the language writes them.
#[derive(Clone, Debug, Serialize)]
pub struct WeekNumbers {
    /// Orders that arrived.
    pub orders: String,
    /// Those that count for coverage.
    pub eligible: String,
    /// Those whose customer was asked.
    pub invited: String,
    /// Something has to happen first.
    pub waiting: String,
    /// To be asked at a set time.
    pub scheduled: String,
    /// Held back.
    pub held: String,
    /// Asked, without a review.
    pub sent: String,
    /// Asked, and reviewed.
    pub reviewed: String,
    /// Not to be asked.
    pub skipped: String,
    /// The mail did not arrive.
    pub failed: String,
    /// Mails that came back for good.
    pub bounced: String,
    /// Forms begun that could not be taken.
    pub form_started: String,
}

/// How many orders a reason kept from an invitation.
#[derive(Clone, Debug, Serialize)]
pub struct ReasonCount {
    /// In words.
    pub reason: String,
    /// How many.
    pub count: String,
}

/// One of the last weeks.
#[derive(Clone, Debug, Serialize)]
pub struct WeekCount {
    /// Its Monday.
    pub day: String,
    /// The same, as short as a table wants it.
    pub short: String,
    /// Orders that arrived.
    pub orders: String,
    /// Those whose customer was asked.
    pub invited: String,
    /// Those reviewed.
    pub reviewed: String,
}

/// A shop's own numbers, once a week; the only mail that goes to a shop.
#[derive(Clone, Debug, Serialize)]
pub struct WeeklyNumbers {
    /// Which shop it is about.
    #[serde(flatten)]
    pub frame: Frame,
    /// The Monday of the week.
    pub from: String,
    /// Its Sunday.
    pub to: String,
    /// The week.
    pub week: WeekNumbers,
    /// The week before.
    pub before: WeekNumbers,
    /// Why orders of the week were held, skipped or not delivered.
    pub reasons: Vec<ReasonCount>,
    /// The last weeks, newest first.
    pub weeks: Vec<WeekCount>,
    /// The same weeks drawn, where this build draws.
    pub plot: Option<Picture>,
    /// Ends this mail with one click.
    pub unsubscribe_url: String,
}

/// A mail with its context: the closed list of what Attesta sends.
#[derive(Clone, Debug)]
pub enum MailContext {
    /// See [`Invitation`].
    Invitation(Invitation),
    /// See [`Reminder`].
    Reminder(Reminder),
    /// See [`ReplyNotice`].
    ReplyNotice(ReplyNotice),
    /// See [`RestrictionStatement`].
    RestrictionStatement(RestrictionStatement),
    /// See [`FreshLink`].
    FreshLink(FreshLink),
    /// See [`ReviewReceived`].
    ReviewReceived(ReviewReceived),
    /// See [`AnswerShown`].
    AnswerShown(AnswerShown),
    /// See [`WeeklyNumbers`].
    WeeklyNumbers(Box<WeeklyNumbers>),
}

impl MailContext {
    /// The folder under `email_templates/<locale>/`.
    pub fn template(&self) -> &'static str {
        match self {
            Self::Invitation(_) => "invitation",
            Self::Reminder(_) => "reminder",
            Self::ReplyNotice(_) => "reply_notice",
            Self::RestrictionStatement(_) => "restriction_statement",
            Self::FreshLink(_) => "fresh_link",
            Self::ReviewReceived(_) => "review_received",
            Self::AnswerShown(_) => "answer_shown",
            Self::WeeklyNumbers(_) => "weekly_numbers",
        }
    }

    /// Who writes to whom.
    pub fn frame(&self) -> &Frame {
        match self {
            Self::Invitation(c) => &c.frame,
            Self::Reminder(c) => &c.frame,
            Self::ReplyNotice(c) => &c.frame,
            Self::RestrictionStatement(c) => &c.frame,
            Self::FreshLink(c) => &c.frame,
            Self::ReviewReceived(c) => &c.frame,
            Self::AnswerShown(c) => &c.frame,
            Self::WeeklyNumbers(c) => &c.frame,
        }
    }

    /// The same, to put another customer or shop in: for previews.
    pub(super) fn frame_mut(&mut self) -> &mut Frame {
        match self {
            Self::Invitation(c) => &mut c.frame,
            Self::Reminder(c) => &mut c.frame,
            Self::ReplyNotice(c) => &mut c.frame,
            Self::RestrictionStatement(c) => &mut c.frame,
            Self::FreshLink(c) => &mut c.frame,
            Self::ReviewReceived(c) => &mut c.frame,
            Self::AnswerShown(c) => &mut c.frame,
            Self::WeeklyNumbers(c) => &mut c.frame,
        }
    }

    /// Who is named as the sender: the shop, except where it is the one written to.
    pub fn sender_name(&self) -> &str {
        match self {
            Self::WeeklyNumbers(c) => &c.frame.operator,
            _ => &self.frame().shop.name,
        }
    }

    /// The picture that the HTML part shows.
    pub fn picture(&self) -> Option<&Picture> {
        match self {
            Self::WeeklyNumbers(c) => c.plot.as_ref(),
            _ => None,
        }
    }

    /// The one-click link of the `List-Unsubscribe` header: the mails a suppression stops carry one, the others do not.
    pub fn unsubscribe_url(&self) -> Option<&str> {
        match self {
            Self::Invitation(c) => Some(&c.unsubscribe_url),
            Self::Reminder(c) => Some(&c.unsubscribe_url),
            Self::ReplyNotice(c) => Some(&c.unsubscribe_url),
            Self::ReviewReceived(c) => Some(&c.unsubscribe_url),
            Self::AnswerShown(c) => Some(&c.unsubscribe_url),
            Self::WeeklyNumbers(c) => Some(&c.unsubscribe_url),
            Self::RestrictionStatement(_) | Self::FreshLink(_) => None,
        }
    }

    /// The variables of the templates.
    pub(super) fn variables(&self) -> serde_json::Result<serde_json::Value> {
        match self {
            Self::Invitation(c) => serde_json::to_value(c),
            Self::Reminder(c) => serde_json::to_value(c),
            Self::ReplyNotice(c) => serde_json::to_value(c),
            Self::RestrictionStatement(c) => serde_json::to_value(c),
            Self::FreshLink(c) => serde_json::to_value(c),
            Self::ReviewReceived(c) => serde_json::to_value(c),
            Self::AnswerShown(c) => serde_json::to_value(c),
            Self::WeeklyNumbers(c) => serde_json::to_value(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_the_one_on_the_customers_wall() {
        let at = Timestamp::parse("2026-12-31T23:30:00Z").unwrap();
        assert_eq!(Day::of(at, Zone::UTC), Day { day: 31, month: 12, year: 2026 });
        assert_eq!(Day::of(at, Zone::parse("Europe/Rome").unwrap()), Day { day: 1, month: 1, year: 2027 });
    }

    #[test]
    fn a_long_order_names_five_items_and_counts_the_rest() {
        let names = |n: usize| (1..=n).map(|i| format!("item {i}")).collect::<Vec<_>>();
        for (given, shown, more) in [(0, 0, 0), (1, 1, 0), (5, 5, 0), (6, 5, 1), (40, 5, 35)] {
            let purchase = Purchase::new("1".to_owned(), None, names(given));
            assert_eq!((purchase.items.len(), purchase.more), (shown, more), "{given} items");
        }
    }
}
