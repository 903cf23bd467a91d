//! The cases that a shop's words are tried with: plain, no name, a name of 60 characters, 12 items, right-to-left, emoji, nothing that may
//! be absent; and real orders, where the caller has some.

use crate::mail::context::{Day, Frame, MailContext, Purchase, ShopFace};
use crate::mail::samples;

/// What one case tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    /// Everything is there.
    Plain,
    /// The shop gave no name.
    NoName,
    /// A name of 60 characters.
    LongName,
    /// Twelve items, five of which are named.
    ManyItems,
    /// Name and items written from right to left.
    RightToLeft,
    /// Emoji in name and items.
    Emoji,
    /// Nothing that may be absent is there.
    Bare,
}

impl Case {
    /// Every case.
    pub(crate) const ALL: [Self; 7] =
        [Self::Plain, Self::NoName, Self::LongName, Self::ManyItems, Self::RightToLeft, Self::Emoji, Self::Bare];

    /// As the API names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::NoName => "no_name",
            Self::LongName => "long_name",
            Self::ManyItems => "many_items",
            Self::RightToLeft => "right_to_left",
            Self::Emoji => "emoji",
            Self::Bare => "bare",
        }
    }

    fn customer(self) -> Option<&'static str> {
        match self {
            Self::Plain | Self::ManyItems => Some("Giulia Rossi"),
            Self::NoName | Self::Bare => None,
            Self::LongName => Some("Maximiliane Wolfeschlegelsteinhausenbergerdorff-Schmidtmeier"),
            Self::RightToLeft => Some("نور الهدى عبد الرحمن"),
            Self::Emoji => Some("Zoë 👩\u{200D}🌾🌶️"),
        }
    }

    fn items(self) -> Vec<String> {
        let some: &[&str] = match self {
            Self::Bare => &[],
            Self::RightToLeft => &["زيت زيتون بكر ممتاز", "כד קרמיקה בעבודת יד"],
            Self::Emoji => &["🍯 Miele 🐝", "🫒"],
            Self::ManyItems => return (1..=12).map(|n| format!("Articolo {n}: <vaso> & \"coperchio\"")).collect(),
            Self::LongName => &[
                "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsjubiläumstasse in sehr großer Ausführung",
            ],
            Self::Plain | Self::NoName => &["Olio extravergine 5 l", "Farro <bio>"],
        };
        some.iter().map(|name| (*name).to_owned()).collect()
    }

    fn words(self) -> Option<Vec<String>> {
        let some: &[&str] = match self {
            Self::RightToLeft => &["شكرا جزيلا لكم.", "תודה רבה."],
            Self::Emoji => &["🙏 👍🏽"],
            _ => return None,
        };
        Some(some.iter().map(|text| (*text).to_owned()).collect())
    }
}

/// A real order, as a preview shows it.
#[derive(Clone, Debug)]
pub(crate) struct Real {
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

/// In whose name a mail is written, and where.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The shop.
    pub(crate) shop: ShopFace,
    /// Who runs the instance, as mails name it.
    pub(crate) operator: String,
    /// The page about privacy.
    pub(crate) privacy_url: String,
}

impl Place {
    fn of(frame: &Frame) -> Self {
        let Frame { shop, operator, privacy_url, .. } = frame.clone();
        Self { shop, operator, privacy_url }
    }
}

/// The contexts of a mail for previews: one of each case, in the shop's name and on its instance; links with tokens lead nowhere.
pub(crate) fn preview_cases(mail: &str, place: &Place, real: &[Real]) -> Vec<(String, MailContext)> {
    let Some(full) = sample(mail) else { return Vec::new() };
    let cases = Case::ALL.into_iter().map(|case| (case.name().to_owned(), with(&full, mail, place, case)));
    let orders = real.iter().map(|real| (format!("order:{}", real.order.number), as_order(&full, place, real)));
    cases.chain(orders).collect()
}

/// The contexts that a proposal is tried with: those cases in the name of a shop that asks for nothing, and every sample of the house.
pub(super) fn trials(mail: &str) -> Vec<(&'static str, MailContext)> {
    let Some(full) = sample(mail) else { return Vec::new() };
    let place = Place::of(full.frame());
    let cases = Case::ALL.into_iter().map(|case| (case.name(), with(&full, mail, &place, case)));
    let all = samples::all();
    let samples = all.into_iter().find(|(name, _)| *name == mail).map(|(_, contexts)| contexts).unwrap_or_default();
    let all = cases.chain(samples.into_iter().map(|context| ("sample", context)));
    all.map(|(name, context)| (name, below_five(context))).collect()
}

/// "5 of 5" of the customer's own review is said, not asked for: trials say another number.
fn below_five(mut context: MailContext) -> MailContext {
    let review = match &mut context {
        MailContext::ReplyNotice(c) => &mut c.review,
        MailContext::ReviewReceived(c) => &mut c.review,
        MailContext::AnswerShown(c) => &mut c.review,
        MailContext::Invitation(_)
        | MailContext::Reminder(_)
        | MailContext::FreshLink(_)
        | MailContext::RestrictionStatement(_)
        | MailContext::WeeklyNumbers(_) => return context,
    };
    review.stars = review.stars.min(4);
    context
}

/// The first sample of a mail has everything.
fn sample(mail: &str) -> Option<MailContext> {
    samples::all().into_iter().find(|(name, _)| *name == mail).and_then(|(_, contexts)| contexts.into_iter().next())
}

/// The last sample of a mail that is no test has nothing that may be absent.
fn bare(mail: &str) -> Option<MailContext> {
    let all = samples::all();
    let (_, contexts) = all.into_iter().find(|(name, _)| *name == mail)?;
    contexts.into_iter().find(|context| context.frame().customer_name.is_none() && !context.frame().test)
}

fn with(full: &MailContext, mail: &str, place: &Place, case: Case) -> MailContext {
    let mut context = match case {
        Case::Bare => bare(mail).unwrap_or_else(|| full.clone()),
        _ => full.clone(),
    };
    put_frame(context.frame_mut(), place, case.customer());
    match &mut context {
        MailContext::Invitation(c) => c.order = purchase(&c.order, case.items(), case == Case::Bare),
        MailContext::Reminder(c) => c.order = purchase(&c.order, case.items(), case == Case::Bare),
        MailContext::ReplyNotice(c) => c.reply = case.words().unwrap_or_else(|| c.reply.clone()),
        MailContext::AnswerShown(c) => c.answer = case.words().unwrap_or_else(|| c.answer.clone()),
        MailContext::FreshLink(_)
        | MailContext::ReviewReceived(_)
        | MailContext::RestrictionStatement(_)
        | MailContext::WeeklyNumbers(_) => {}
    }
    context
}

/// The order's own facts; what no order knows, such as a review, is the sample's.
fn as_order(full: &MailContext, place: &Place, real: &Real) -> MailContext {
    let mut context = full.clone();
    let frame = context.frame_mut();
    put_frame(frame, place, real.customer.as_deref());
    frame.test = real.test;
    match &mut context {
        MailContext::Invitation(c) => {
            c.order = real.order.clone();
            c.write_until = real.write_until;
        }
        MailContext::Reminder(c) => {
            c.order = real.order.clone();
            c.first_asked = real.asked;
            c.write_until = real.write_until;
        }
        MailContext::FreshLink(c) => {
            c.order_number.clone_from(&real.order.number);
            c.reviewed = real.reviewed;
            c.write_until = Some(real.write_until).filter(|_| !real.closed && !real.reviewed);
        }
        MailContext::ReplyNotice(_)
        | MailContext::AnswerShown(_)
        | MailContext::ReviewReceived(_)
        | MailContext::RestrictionStatement(_)
        | MailContext::WeeklyNumbers(_) => {}
    }
    context
}

fn put_frame(frame: &mut Frame, place: &Place, customer: Option<&str>) {
    let Place { shop, operator, privacy_url } = place.clone();
    (frame.shop, frame.operator, frame.privacy_url) = (shop, operator, privacy_url);
    frame.customer_name = customer.map(str::to_owned);
}

fn purchase(old: &Purchase, items: Vec<String>, bare: bool) -> Purchase {
    Purchase::new(old.number.clone(), old.placed.filter(|_| !bare), items)
}
