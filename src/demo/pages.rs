//! What the demo's pages show, as plain values, and the templates beside them.
//! Everything is rendered on the server; while a step is under way the pages look again by themselves (`live.js`, or a
//! reload where scripts are off), so the demo allows scripts and connections from itself.

use serde::Serialize;

use crate::kernel::time::Timestamp;
use crate::look::page::{Frame, Head, View};
use crate::look::words::Words;
use crate::look::{Broken, Template, template};

mod samples;

/// `/` of the demo: four steps that light up.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct TourPage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// The demo shop's name.
    pub(crate) shop_name: String,
    /// The page where an order is placed.
    pub(crate) shop_url: String,
    /// The captured mails.
    pub(crate) mailbox_url: String,
    /// The demo shop's profile.
    pub(crate) profile_url: String,
    /// The same as JSON.
    pub(crate) json_url: String,
    /// The badge picture.
    pub(crate) badge_url: String,
    /// Step 1: an order was received (order number).
    pub(crate) ordered: Option<Step>,
    /// Step 2: the invitation was captured (subject; url opens the mail).
    pub(crate) invited: Option<Step>,
    /// Step 3: the review was published (title; url opens it).
    pub(crate) reviewed: Option<Step>,
    /// Step 4: the badge shows it (number of reviews).
    pub(crate) shown: Option<Step>,
    /// Where everything is kept and can be deleted.
    pub(crate) data_dir: String,
}

/// A step that has happened.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Step {
    /// When.
    pub(crate) at: Timestamp,
    /// What exactly: an order number, a subject, a title.
    pub(crate) what: String,
    /// Where it can be seen.
    pub(crate) url: String,
}

/// The demo shop: products and an order form (posts `name email product`).
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DemoShopPage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// The demo shop's name.
    pub(crate) shop_name: String,
    /// Its profile.
    pub(crate) profile_url: String,
    /// Its badge, as a shop would embed it.
    pub(crate) badge_url: String,
    /// What it sells.
    pub(crate) products: Vec<Product>,
    /// Where the order is posted.
    pub(crate) action: String,
    /// Name as typed or proposed.
    pub(crate) name: String,
    /// E-mail as typed or proposed.
    pub(crate) email: String,
    /// Chosen product's sku.
    pub(crate) chosen: Option<String>,
    /// Back to the tour.
    pub(crate) tour_url: String,
    /// What went wrong, in words, if something did.
    pub(crate) error: Option<String>,
    /// The order just placed.
    pub(crate) placed: Option<Placed>,
}

/// One product of the demo shop.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Product {
    /// Stock keeping unit; the radio's value.
    pub(crate) sku: String,
    /// Name.
    pub(crate) name: String,
    /// A line about it.
    pub(crate) about: String,
    /// Price in cents.
    pub(crate) cents: i64,
    /// Picture drawn by the stylesheet: `cup`, `bowl`, `vase` or `plate`.
    pub(crate) picture: String,
}

/// An order that the intake accepted.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Placed {
    /// The shop's order number.
    pub(crate) number: String,
    /// What the intake answered, pretty-printed JSON.
    pub(crate) answer: String,
    /// The signed request as sent: headers and body, the secret never in it.
    pub(crate) request: String,
}

/// Captured mails, newest first.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MailboxPage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// The mails.
    pub(crate) mails: Vec<MailRow>,
    /// Back to the tour.
    pub(crate) tour_url: String,
}

/// One captured mail in the list.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MailRow {
    /// The mail's page.
    pub(crate) url: String,
    /// To whom.
    pub(crate) to: String,
    /// Its subject.
    pub(crate) subject: String,
    /// When it was captured.
    pub(crate) at: Timestamp,
}

/// One captured mail.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MailPage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// Back to the list.
    pub(crate) mailbox_url: String,
    /// Its subject.
    pub(crate) subject: String,
    /// From whom.
    pub(crate) from: String,
    /// To whom.
    pub(crate) to: String,
    /// When it was captured.
    pub(crate) at: Timestamp,
    /// Address that serves its HTML part under a policy of its own; shown in a sandboxed frame.
    pub(crate) html_url: String,
    /// Its text part.
    pub(crate) text: String,
    /// All headers, in order.
    pub(crate) headers: Vec<MailHeader>,
    /// The links in it, so that they can be followed from here too.
    pub(crate) links: Vec<MailLink>,
}

/// One header of a mail.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MailHeader {
    /// Name.
    pub(crate) name: String,
    /// Unfolded value.
    pub(crate) value: String,
}

/// One link of a mail.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MailLink {
    /// Its words.
    pub(crate) label: String,
    /// Its target.
    pub(crate) url: String,
}

macro_rules! demo_page {
    ($page:ident, $name:literal, $file:literal, $title:ident, $refresh:expr, $samples:path) => {
        impl View for $page {
            fn template() -> &'static Template {
                template!($name, $file)
            }

            fn frame(&self) -> &Frame {
                &self.frame
            }

            fn head(&self, words: &Words) -> Head {
                let refresh: fn(&Self) -> Option<u32> = $refresh;
                Head { refresh: refresh(self), ..Head::private(words.demo.$title) }
            }

            fn samples() -> Vec<Self> {
                $samples()
            }
        }
    };
}

/// Until the fourth step is lit there is something to wait for once an order was placed.
fn under_way(tour: &TourPage) -> Option<u32> {
    let waits_for_mail = tour.invited.is_none();
    (tour.ordered.is_some() && tour.shown.is_none()).then_some(if waits_for_mail { 2 } else { 6 })
}

demo_page!(TourPage, "demo/tour", "pages/tour.hbs", title, under_way, samples::tours);
demo_page!(DemoShopPage, "demo/shop", "pages/shop.hbs", shop_title, |_| None, samples::shops);
demo_page!(
    MailboxPage,
    "demo/mailbox",
    "pages/mailbox.hbs",
    mailbox,
    |page| page.mails.is_empty().then_some(2),
    samples::mailboxes
);
demo_page!(MailPage, "demo/mail", "pages/mail.hbs", mailbox, |_| None, samples::mails);

/// Renders every page of this door with its samples; called once at start.
pub(crate) fn check_pages() -> Result<(), Broken> {
    use crate::look::check;
    check::<TourPage>()?;
    check::<DemoShopPage>()?;
    check::<MailboxPage>()?;
    check::<MailPage>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::gallery::hang;

    #[test]
    fn every_sample_fits_its_template() {
        assert_eq!(check_pages(), Ok(()));
        hang::<TourPage>("tour");
        hang::<DemoShopPage>("shop");
        hang::<MailboxPage>("mailbox");
        hang::<MailPage>("mail");
    }
}
