//! The cases that a shop's words are tried with: plain, no name, a name of 60 characters, 12 items, right-to-left, emoji, nothing that may
//! be absent; and real orders, where the caller has some.

use crate::mail::context::{Frame, MailContext, Purchase, ShopFace};
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
    /// Its number.
    pub(crate) number: String,
    /// The customer's name, where it is still kept.
    pub(crate) customer: Option<String>,
    /// The names of its items.
    pub(crate) items: Vec<String>,
}

/// The contexts of a mail for previews: one of each case, in the shop's name; links lead nowhere.
pub(crate) fn preview_cases(mail: &str, shop: &ShopFace, real: &[Real]) -> Vec<(String, MailContext)> {
    let Some(full) = sample(mail) else { return Vec::new() };
    let cases = Case::ALL.into_iter().map(|case| (case.name().to_owned(), with(&full, mail, shop, case)));
    let orders = real.iter().map(|order| (format!("order:{}", order.number), as_order(&full, shop, order)));
    cases.chain(orders).collect()
}

/// The contexts that a proposal is tried with: those cases in the name of a shop that asks for nothing, and every sample of the house.
pub(super) fn trials(mail: &str) -> Vec<(&'static str, MailContext)> {
    let Some(full) = sample(mail) else { return Vec::new() };
    let shop = full.frame().shop.clone();
    let cases = Case::ALL.into_iter().map(|case| (case.name(), with(&full, mail, &shop, case)));
    let all = samples::all();
    let samples = all.into_iter().find(|(name, _)| *name == mail).map(|(_, contexts)| contexts).unwrap_or_default();
    cases.chain(samples.into_iter().map(|context| ("sample", context))).collect()
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

fn with(full: &MailContext, mail: &str, shop: &ShopFace, case: Case) -> MailContext {
    let mut context = match case {
        Case::Bare => bare(mail).unwrap_or_else(|| full.clone()),
        _ => full.clone(),
    };
    put_frame(context.frame_mut(), shop, case.customer());
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

fn as_order(full: &MailContext, shop: &ShopFace, real: &Real) -> MailContext {
    let mut context = full.clone();
    put_frame(context.frame_mut(), shop, real.customer.as_deref());
    let order = |old: &Purchase| Purchase::new(real.number.clone(), old.placed, real.items.clone());
    match &mut context {
        MailContext::Invitation(c) => c.order = order(&c.order),
        MailContext::Reminder(c) => c.order = order(&c.order),
        MailContext::FreshLink(c) => c.order_number.clone_from(&real.number),
        MailContext::ReplyNotice(_)
        | MailContext::AnswerShown(_)
        | MailContext::ReviewReceived(_)
        | MailContext::RestrictionStatement(_)
        | MailContext::WeeklyNumbers(_) => {}
    }
    context
}

fn put_frame(frame: &mut Frame, shop: &ShopFace, customer: Option<&str>) {
    frame.shop = shop.clone();
    frame.customer_name = customer.map(str::to_owned);
}

fn purchase(old: &Purchase, items: Vec<String>, bare: bool) -> Purchase {
    Purchase::new(old.number.clone(), old.placed.filter(|_| !bare), items)
}
