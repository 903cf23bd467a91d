//! Which template each of the customer's pages has, and what stands in its title. All but a review's own are for one person: no robots.

use super::{ConfirmErasePage, FormPage, FreshLinkPage, NoticePage, ReviewPage, ThanksPage, YoursPage, samples};
use crate::look::page::{Frame, Head, Robots, View};
use crate::look::words::{Words, fill};
use crate::look::{Template, template};

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
                let title: fn(&Self, &Words) -> String = $title;
                Head::private(title(self, words))
            }

            fn samples() -> Vec<Self> {
                $samples()
            }
        }
    };
}

fn about(phrase: &str, shop: &str) -> String {
    fill(phrase, &[("shop", shop)])
}

private_page!(
    FormPage,
    "reviews/form",
    "form.hbs",
    |page, words| about(words.form.page_title, &page.shop_name),
    samples::forms
);
private_page!(
    ThanksPage,
    "reviews/thanks",
    "thanks.hbs",
    |page, words| if page.test { words.thanks.test_heading } else { words.thanks.heading }.to_owned(),
    samples::thanks
);
private_page!(
    YoursPage,
    "reviews/yours",
    "yours.hbs",
    |page, words| about(words.yours.heading, &page.shop_name),
    samples::yours
);
private_page!(
    FreshLinkPage,
    "reviews/fresh_link",
    "fresh_link.hbs",
    |page, words| if page.asked { words.fresh.asked_heading } else { words.fresh.heading }.to_owned(),
    samples::fresh_links
);
private_page!(
    ConfirmErasePage,
    "reviews/confirm_erase",
    "confirm_erase.hbs",
    |_, words| words.erase.heading.to_owned(),
    samples::confirm_erase
);
private_page!(
    NoticePage,
    "reviews/notice",
    "notice.hbs",
    |page, words| about(words.form.page_title, &page.shop_name),
    samples::notices
);

impl View for ReviewPage {
    fn template() -> &'static Template {
        template!("reviews/review", "review.hbs")
    }

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn head(&self, words: &Words) -> Head {
        let robots = if self.certified { Robots::Index } else { Robots::None };
        let description = self.certified.then(|| about(words.profile.title, &self.shop_name));
        Head { title: about(words.yours.about_shop, &self.shop_name), description, robots, refresh: None }
    }

    fn samples() -> Vec<Self> {
        samples::single()
    }
}
