//! The cases that a shop's words are tried with: plain, no name, a name of 60 characters, 12 items, right-to-left, emoji, everything at its
//! longest, nothing that may be absent. Each puts another value into every variable of a mail that it has something to say about.

use super::asks;
use super::real::{Place, Reals};
use crate::kernel::order_number::OrderNumber;
use crate::mail::context::{MailContext, OwnReview, Purchase};
use crate::mail::paragraphs::paragraphs;
use crate::mail::samples;

/// Longest title of a review, in characters.
const TITLE: usize = 120;
/// Longest reply or answer, in characters.
const TEXT: usize = 5_000;
/// Longest name of an item, in characters.
const ITEM: usize = 300;

/// What one case tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    /// Everything is there.
    Plain,
    /// The shop gave no name.
    NoName,
    /// Names of 60 characters.
    LongName,
    /// Twelve items, five of which are named; twelve paragraphs.
    ManyItems,
    /// Everything that people write is written from right to left.
    RightToLeft,
    /// Emoji in everything that people write.
    Emoji,
    /// Everything that people write, as long as it may be.
    Longest,
    /// Nothing that may be absent is there.
    Bare,
}

impl Case {
    /// Every case.
    pub(crate) const ALL: [Self; 8] = [
        Self::Plain,
        Self::NoName,
        Self::LongName,
        Self::ManyItems,
        Self::RightToLeft,
        Self::Emoji,
        Self::Longest,
        Self::Bare,
    ];

    /// As the API names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::NoName => "no_name",
            Self::LongName => "long_name",
            Self::ManyItems => "many_items",
            Self::RightToLeft => "right_to_left",
            Self::Emoji => "emoji",
            Self::Longest => "longest",
            Self::Bare => "bare",
        }
    }

    /// The shop's name, where it is another than its own.
    fn shop(self) -> Option<&'static str> {
        match self {
            Self::LongName => Some("Königlich-Bayerische Hofbuchdruckerei Wolfeschlegelstein oHG"),
            Self::RightToLeft => Some("متجر الزيتون"),
            Self::Emoji => Some("🫒 Frantoio 🌿"),
            Self::Plain | Self::NoName | Self::ManyItems | Self::Longest | Self::Bare => None,
        }
    }

    fn customer(self) -> Option<&'static str> {
        match self {
            Self::Plain | Self::ManyItems | Self::Longest => Some("Giulia Rossi"),
            Self::NoName | Self::Bare => None,
            Self::LongName => Some("Maximiliane Wolfeschlegelsteinhausenbergerdorff-Schmidtmeier"),
            Self::RightToLeft => Some("نور الهدى عبد الرحمن"),
            Self::Emoji => Some("Zoë 👩\u{200D}🌾🌶️"),
        }
    }

    /// The order's number, where it is another than usual.
    fn number(self) -> Option<String> {
        match self {
            Self::RightToLeft => Some("طلب-١٠٠١".to_owned()),
            Self::Emoji => Some("🧾-1001".to_owned()),
            Self::Longest => Some(filled("ORD-1001/&", OrderNumber::MAX_CHARS)),
            _ => None,
        }
    }

    fn items(self) -> Vec<String> {
        let some: &[&str] = match self {
            Self::Bare => &[],
            Self::RightToLeft => &["زيت زيتون بكر ممتاز", "כד קרמיקה בעבודת יד"],
            Self::Emoji => &["🍯 Miele 🐝", "🫒"],
            Self::ManyItems => return (1..=12).map(|n| format!("Articolo {n}: <vaso> & \"coperchio\"")).collect(),
            Self::Longest => return vec![filled("Vaso \"grande\" & coperchio ", ITEM); 12],
            Self::LongName => &[
                "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsjubiläumstasse in sehr großer Ausführung",
            ],
            Self::Plain | Self::NoName => &["Olio extravergine 5 l", "Farro <bio>"],
        };
        some.iter().map(|name| (*name).to_owned()).collect()
    }

    /// The title of a review, where it is another than usual.
    fn title(self) -> Option<String> {
        match self {
            Self::RightToLeft => Some("وصلت الجرة سليمة".to_owned()),
            Self::Emoji => Some("Olio 🫒, pacco 📦".to_owned()),
            Self::Longest => Some(filled("Il vaso \"grande\" & il suo coperchio ", TITLE)),
            Self::Bare => Some(String::new()),
            Self::Plain | Self::NoName | Self::LongName | Self::ManyItems => None,
        }
    }

    /// What a shop replied or a customer answered, where it is something else than usual.
    fn words(self) -> Option<Vec<String>> {
        let some: &[&str] = match self {
            Self::RightToLeft => &["شكرا جزيلا لكم.", "תודה רבה."],
            Self::Emoji => &["🙏 👍🏽"],
            Self::ManyItems => {
                return Some(
                    (1..=12).map(|n| format!("Paragrafo {n}: <vaso> & \"coperchio\".\nE una riga.")).collect(),
                );
            }
            Self::Longest => return Some(paragraphs(&filled("Il \"vaso\" & il resto.\n\n", TEXT))),
            Self::Plain | Self::NoName | Self::LongName | Self::Bare => return None,
        };
        Some(some.iter().map(|text| (*text).to_owned()).collect())
    }
}

/// These words again and again, to so many characters.
fn filled(words: &str, chars: usize) -> String {
    words.chars().cycle().take(chars).collect()
}

/// The contexts of a mail for previews: one of each case, in the shop's name and on its instance, then the shop's last orders or reviews.
/// Links with tokens lead nowhere.
pub(crate) fn preview_cases(mail: &str, place: &Place, real: &Reals) -> Vec<(String, MailContext)> {
    let Some(full) = sample(mail) else { return Vec::new() };
    let cases = Case::ALL.into_iter().map(|case| (case.name().to_owned(), with(&full, mail, place, case)));
    cases.chain(real.contexts(&full, place)).collect()
}

/// The contexts that a proposal is tried with: those cases in the name of a shop that asks for nothing, and every sample of the house.
pub(super) fn trials(mail: &str) -> Vec<(&'static str, MailContext)> {
    let Some(full) = sample(mail) else { return Vec::new() };
    let place = Place::of_samples(full.frame());
    let cases = Case::ALL.into_iter().map(|case| (case.name(), with(&full, mail, &place, case)));
    let all = samples::all();
    let samples = all.into_iter().find(|(name, _)| *name == mail).map(|(_, contexts)| contexts).unwrap_or_default();
    let all = cases.chain(samples.into_iter().map(|context| ("sample", context)));
    all.map(|(name, context)| (name, asking_nothing(context))).collect()
}

/// What others say is quoted, not asked for: in trials the customer's own review has fewer than five stars, and no paragraph of a reply or
/// an answer could be taken for an ask of the shop's.
fn asking_nothing(mut context: MailContext) -> MailContext {
    if let Some(review) = review_of(&mut context) {
        review.stars = review.stars.min(4);
    }
    let said = match &mut context {
        MailContext::ReplyNotice(c) => &mut c.reply,
        MailContext::AnswerShown(c) => &mut c.answer,
        _ => return context,
    };
    for paragraph in said.iter_mut().filter(|paragraph| asks::find(paragraph).is_some()) {
        "Il pacco parte oggi.".clone_into(paragraph);
    }
    context
}

/// The customer's own review, where a shop may change the mail about it.
fn review_of(context: &mut MailContext) -> Option<&mut OwnReview> {
    match context {
        MailContext::ReplyNotice(c) => Some(&mut c.review),
        MailContext::ReviewReceived(c) => Some(&mut c.review),
        MailContext::AnswerShown(c) => Some(&mut c.review),
        MailContext::Invitation(_)
        | MailContext::Reminder(_)
        | MailContext::FreshLink(_)
        | MailContext::RestrictionStatement(_)
        | MailContext::WeeklyNumbers(_) => None,
    }
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
    place.put(&mut context, case.customer());
    let frame = context.frame_mut();
    frame.shop.name = case.shop().map_or_else(|| frame.shop.name.clone(), str::to_owned);
    if let (Some(review), Some(title)) = (review_of(&mut context), case.title()) {
        review.title = title;
    }
    match &mut context {
        MailContext::Invitation(c) => c.order = purchase(&c.order, case),
        MailContext::Reminder(c) => c.order = purchase(&c.order, case),
        MailContext::FreshLink(c) => c.order_number = case.number().unwrap_or_else(|| c.order_number.clone()),
        MailContext::ReplyNotice(c) => c.reply = case.words().unwrap_or_else(|| c.reply.clone()),
        MailContext::AnswerShown(c) => c.answer = case.words().unwrap_or_else(|| c.answer.clone()),
        MailContext::ReviewReceived(_) | MailContext::RestrictionStatement(_) | MailContext::WeeklyNumbers(_) => {}
    }
    context
}

fn purchase(old: &Purchase, case: Case) -> Purchase {
    let number = case.number().unwrap_or_else(|| old.number.clone());
    Purchase::new(number, old.placed.filter(|_| case != Case::Bare), case.items())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::own::variables::Sort;
    use crate::mail::own::{MAILS, variables_of};
    use serde_json::Value;

    fn said(context: &MailContext, name: &str) -> Value {
        let all = context.variables().unwrap();
        all.pointer(&format!("/{}", name.replace('.', "/"))).cloned().unwrap_or_default()
    }

    /// Written by the house, or the same for every mail of a shop.
    const FIXED: [&str; 3] = ["shop.domain", "shop.profile_url", "operator"];

    #[test]
    fn every_case_says_something_of_everything_that_people_write() {
        for mail in MAILS {
            let trials = trials(mail);
            let of = |case: Case| &trials.iter().find(|(name, _)| *name == case.name()).unwrap().1;
            let written = variables_of(mail)
                .into_iter()
                .filter(|variable| matches!(variable.kind, Sort::Text | Sort::List) && !FIXED.contains(&variable.name));
            for variable in written {
                let usual = said(of(Case::Plain), variable.name);
                for case in [Case::RightToLeft, Case::Emoji] {
                    let other = said(of(case), variable.name).to_string();
                    let fits = |c: char| match case {
                        Case::Emoji => u32::from(c) > 0x1_f000,
                        _ => ('\u{590}'..'\u{700}').contains(&c),
                    };
                    assert!(other.contains(fits), "{mail} {}: {other}", variable.name);
                }
                let longest = said(of(Case::Longest), variable.name);
                let named = ["customer_name", "shop.name"].contains(&variable.name);
                assert!(named || longest.to_string().len() > usual.to_string().len(), "{mail} {}", variable.name);
                if variable.optional {
                    let bare = said(of(Case::Bare), variable.name);
                    assert!(matches!(bare.as_str(), None | Some("")), "{mail} {}: {bare}", variable.name);
                }
            }
        }
    }

    #[test]
    fn names_and_texts_are_as_long_as_they_say() {
        let chars = |text: Option<&str>| text.unwrap_or_default().chars().count();
        assert_eq!(chars(Case::LongName.customer()), 60);
        assert_eq!(chars(Case::LongName.shop()), 60);
        assert_eq!(chars(Case::Longest.number().as_deref()), 100);
        assert_eq!(chars(Case::Longest.title().as_deref()), 120);
        assert_eq!(Case::ManyItems.items().len(), 12);
        let (_, reply) = trials("reply_notice").into_iter().find(|(name, _)| *name == "longest").unwrap();
        assert!(said(&reply, "reply").to_string().len() > 4_000, "{reply:?}");
    }
}
