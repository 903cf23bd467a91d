//! What the pages of this door show, as plain values, and the templates beside them.

use serde::Serialize;

use super::erase::Stays;
use super::retention;
use crate::config::Config;
use crate::invitations::Deferred;
use crate::kernel::locale::Language;
use crate::kernel::time::Timestamp;
use crate::look::page::{Frame, Head, Robots, View};
use crate::look::words::Words;
use crate::look::{Broken, Template, template};

mod samples;

/// `/me/{token}`: everything that is stored.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MinePage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// The shop the link is about.
    pub(crate) shop_name: String,
    /// It is about the person, not about one order alone.
    pub(crate) whole: bool,
    /// What is known of each order.
    pub(crate) orders: Vec<OrderSheet>,
    /// What stops mail.
    pub(crate) wishes: Vec<WishLine>,
    /// Everything as one file.
    pub(crate) download_url: String,
    /// The question before erasing.
    pub(crate) erase_url: String,
    /// Back to the review, or to the form.
    pub(crate) review_url: String,
}

/// One order.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct OrderSheet {
    /// The shop's number.
    pub(crate) number: String,
    /// When it was placed, if that is known.
    pub(crate) placed_at: Option<Timestamp>,
    /// What was bought.
    pub(crate) items: Vec<String>,
    /// The name the shop gave.
    pub(crate) name: Option<String>,
    /// The address, masked.
    pub(crate) address: Option<String>,
    /// Name or address are stored.
    pub(crate) kept: bool,
    /// Until when both are kept, if that is known.
    pub(crate) kept_until: Option<Timestamp>,
    /// What was mailed.
    pub(crate) mails: Vec<MailLine>,
    /// The wish to be asked later.
    pub(crate) deferred: Option<Deferred>,
    /// What was written.
    pub(crate) reviews: Vec<ReviewLine>,
}

/// One mail.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MailLine {
    /// Which mail.
    pub(crate) kind: String,
    /// Where it stands.
    pub(crate) state: String,
    /// When it got there, else when it was first tried.
    pub(crate) at: Timestamp,
}

/// One review.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ReviewLine {
    /// What it says; `None` once erased.
    pub(crate) said: Option<Said>,
    /// When it was published, or erased.
    pub(crate) at: Option<Timestamp>,
}

/// What a review says.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Said {
    /// 1 to 5.
    pub(crate) stars: i64,
    /// The product, where it is about one.
    pub(crate) item: Option<String>,
    /// May be empty.
    pub(crate) title: String,
    /// May be empty.
    pub(crate) text: String,
    /// Under which name.
    pub(crate) author: Option<String>,
}

/// One thing that stops mail.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct WishLine {
    /// Why.
    pub(crate) reason: &'static str,
    /// From every shop of this instance.
    pub(crate) everywhere: bool,
    /// Since when.
    pub(crate) at: Timestamp,
}

/// `GET /me/{token}/erase`: the question.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ConfirmPage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// The shop the link is about.
    pub(crate) shop_name: String,
    /// Numbers of the orders that it is about.
    pub(crate) orders: Vec<String>,
    /// Reviews that go.
    pub(crate) reviews: i64,
    /// What stays, and why.
    pub(crate) stays: Vec<Stays>,
    /// Where the answer is posted.
    pub(crate) action: String,
    /// Back to what is stored.
    pub(crate) back_url: String,
}

/// After the POST.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ErasedPage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// The shop the link is about.
    pub(crate) shop_name: String,
    /// Orders that lost name and address.
    pub(crate) orders: i64,
    /// Reviews that went.
    pub(crate) reviews: i64,
    /// Photos that went.
    pub(crate) photos: i64,
    /// Captured mails that went.
    pub(crate) captured: i64,
    /// What stays, and why.
    pub(crate) stays: Vec<Stays>,
    /// What is left to see.
    pub(crate) back_url: String,
}

/// `/privacy`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PrivacyPage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// Who runs this instance, as mails name it.
    pub(crate) operator: String,
    /// Where they are reached, if they say so.
    pub(crate) contact: Option<ContactLink>,
    /// This page, for the paragraph that shops copy.
    pub(crate) url: String,
    /// How long what is kept.
    pub(crate) kept: Vec<KeptLine>,
}

/// Where whoever runs this instance is reached.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ContactLink {
    /// To follow.
    pub(crate) url: String,
    /// To read.
    pub(crate) words: String,
}

/// One line of the table.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct KeptLine {
    /// What, in words.
    pub(crate) what: String,
    /// Until when, in words.
    pub(crate) until: String,
}

impl PrivacyPage {
    /// The page of an instance: its table is made of the settings that the purge goes by.
    pub(crate) fn of(frame: Frame, operator: String, config: &Config) -> Self {
        let language = frame.language;
        let kept = retention::all(config).iter().map(|kept| retention::said(language, kept)).collect();
        let link = |(url, words): (&String, &str)| ContactLink { url: url.clone(), words: words.to_owned() };
        let contact = config.contact.as_ref().zip(config.contact_in_words()).map(link);
        Self { url: frame.here.clone(), frame, operator, contact, kept }
    }
}

macro_rules! private_page {
    ($page:ident, $name:literal, $file:literal, $title:expr, $samples:path) => {
        impl View for $page {
            fn template() -> &'static Template {
                template!($name, $file)
            }

            fn frame(&self) -> &Frame {
                &self.frame
            }

            fn head(&self, words: &Words) -> Head {
                let title: fn(&Words) -> &'static str = $title;
                Head::private(title(words))
            }

            fn samples() -> Vec<Self> {
                $samples()
            }
        }
    };
}

private_page!(MinePage, "person/mine", "pages/mine.hbs", |words| words.mine.heading, samples::mine);
private_page!(ConfirmPage, "person/confirm", "pages/confirm.hbs", |words| words.mine.sure, samples::confirm);
private_page!(ErasedPage, "person/erased", "pages/erased.hbs", |words| words.mine.done, samples::erased);

impl View for PrivacyPage {
    fn template() -> &'static Template {
        template!("person/privacy", "pages/privacy.hbs")
    }

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn head(&self, words: &Words) -> Head {
        let (title, lead) = (words.privacy.title.to_owned(), words.privacy.lead.to_owned());
        Head { title, description: Some(lead), robots: Robots::Index, refresh: None }
    }

    fn samples() -> Vec<Self> {
        let frame = Frame::new(Language::It, "https://attesta.example", "https://attesta.example/privacy");
        let line = KeptLine { what: "Nome e indirizzo".to_owned(), until: "30 giorni".to_owned() };
        let (operator, url) = ("attesta.example".to_owned(), frame.here.clone());
        let contact =
            ContactLink { url: "mailto:help@attesta.example".to_owned(), words: "help@attesta.example".to_owned() };
        let page = Self { frame, operator, contact: Some(contact), url, kept: vec![line] };
        vec![Self { contact: None, ..page.clone() }, page]
    }
}

/// Renders every page of this door with its samples; called once at start.
pub(crate) fn check_pages() -> Result<(), Broken> {
    use crate::look::check;
    check::<MinePage>()?;
    check::<ConfirmPage>()?;
    check::<ErasedPage>()?;
    check::<PrivacyPage>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::gallery::hang;

    #[test]
    fn every_sample_fits_its_template() {
        assert_eq!(check_pages(), Ok(()));
        hang::<MinePage>("mine");
        hang::<ConfirmPage>("mine-confirm");
        hang::<ErasedPage>("mine-erased");
        hang::<PrivacyPage>("privacy");
    }
}
