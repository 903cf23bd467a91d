//! What the unsubscribe pages show, as plain values, and the templates beside them.
//! A GET shows the question; only a POST stops anything.

use serde::Serialize;

use crate::kernel::locale::Language;
use crate::look::page::{Frame, Head, View};
use crate::look::words::Words;
use crate::look::{Broken, Template, template};

/// `/u/{token}`: the question. Posts `reach` (`shop` | `instance`).
#[derive(Debug, Clone, Serialize)]
pub(crate) struct UnsubscribePage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// The shop the mail was about.
    pub(crate) shop_name: String,
    /// Where the answer is posted.
    pub(crate) action: String,
}

/// After the POST.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct UnsubscribedPage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// The shop the mail was about.
    pub(crate) shop_name: String,
    /// How far it reaches.
    pub(crate) reach: Reach,
    /// Where it can be taken back, if it can.
    pub(crate) undo_action: Option<String>,
}

/// How far a suppression reaches, as the form posts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reach {
    /// Mails about this shop.
    Shop,
    /// Mails about every shop of this instance.
    Instance,
}

impl View for UnsubscribePage {
    fn template() -> &'static Template {
        template!("invitations/unsubscribe", "pages/unsubscribe.hbs")
    }

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn head(&self, words: &Words) -> Head {
        Head::private(words.stop.heading)
    }

    fn samples() -> Vec<Self> {
        let frame = Frame::new(Language::It, "https://attesta.example", "https://attesta.example/u/token");
        vec![Self { action: frame.here.clone(), frame, shop_name: "Bottega Ligure".into() }]
    }
}

impl View for UnsubscribedPage {
    fn template() -> &'static Template {
        template!("invitations/unsubscribed", "pages/unsubscribed.hbs")
    }

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn head(&self, words: &Words) -> Head {
        Head::private(words.stop.heading)
    }

    fn samples() -> Vec<Self> {
        let frame = Frame::fixed(Language::It, "https://attesta.example", "https://attesta.example/u/token");
        let shop = Self {
            frame,
            shop_name: "Bottega Ligure".into(),
            reach: Reach::Shop,
            undo_action: Some("/u/token/undo".into()),
        };
        let instance = Self { reach: Reach::Instance, undo_action: None, ..shop.clone() };
        vec![shop, instance]
    }
}

/// Renders every page of this room with its samples; called once at start.
pub(crate) fn check_pages() -> Result<(), Broken> {
    crate::look::check::<UnsubscribePage>()?;
    crate::look::check::<UnsubscribedPage>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::gallery::hang;

    #[test]
    fn every_sample_fits_its_template() {
        assert_eq!(check_pages(), Ok(()));
        hang::<UnsubscribePage>("unsubscribe");
        hang::<UnsubscribedPage>("unsubscribed");
    }
}
