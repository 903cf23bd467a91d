//! What the pages behind the link that unsubscribes show, as plain values, and the templates beside them.
//! A GET shows the question; only a POST stops or moves anything.

use serde::Serialize;

use super::later::Deferred;
use crate::kernel::locale::Language;
use crate::kernel::time::Timestamp;
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
    /// How far mails are stopped already.
    pub(crate) stopped: Option<Reach>,
    /// This shop writes to the address no more, for a reason that cannot be taken back here.
    pub(crate) for_good: bool,
    /// Where a stop can be taken back.
    pub(crate) undo_action: Option<String>,
    /// What they wished before, if they wished to be asked later.
    pub(crate) deferred: Option<Deferred>,
    /// The next mail can be put off to this moment.
    pub(crate) later: Option<Timestamp>,
    /// Where that is posted.
    pub(crate) later_action: String,
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

/// After the wish to be asked later.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct LaterPage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// What became of it.
    pub(crate) outcome: LaterOutcome,
    /// The moment it speaks of.
    pub(crate) at: Option<Timestamp>,
    /// Back to the question.
    pub(crate) back_url: String,
}

/// What became of the wish to be asked later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LaterOutcome {
    /// The next mail leaves then.
    Done,
    /// It was put off before.
    Already,
    /// The time to write ends before.
    TooLate,
    /// No other mail is planned.
    Nothing,
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

/// 22 November 2026, 05:00 UTC.
const SAMPLE: Timestamp = Timestamp::from_seconds(1_795_323_600);

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
        let asking = Self {
            action: frame.here.clone(),
            frame,
            shop_name: "Bottega Ligure".into(),
            stopped: None,
            for_good: false,
            undo_action: None,
            deferred: None,
            later: Some(SAMPLE),
            later_action: "/u/token/later".into(),
        };
        let undo_action = Some("/u/token/undo".to_owned());
        let stopped =
            Self { stopped: Some(Reach::Shop), undo_action: undo_action.clone(), later: None, ..asking.clone() };
        let everywhere = Self { stopped: Some(Reach::Instance), undo_action, later: None, ..asking.clone() };
        let for_good = Self { for_good: true, later: None, ..asking.clone() };
        let wish = |next| Some(Deferred { asked_at: SAMPLE, next });
        let waiting = Self { deferred: wish(Some(SAMPLE)), later: None, ..asking.clone() };
        let asked = Self { deferred: wish(None), later: None, ..asking.clone() };
        vec![asking, stopped, everywhere, for_good, waiting, asked]
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

impl View for LaterPage {
    fn template() -> &'static Template {
        template!("invitations/later", "pages/later.hbs")
    }

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn head(&self, words: &Words) -> Head {
        Head::private(words.stop.later)
    }

    fn samples() -> Vec<Self> {
        let frame = Frame::fixed(Language::It, "https://attesta.example", "https://attesta.example/u/token");
        let page = |outcome, at| Self { frame: frame.clone(), outcome, at, back_url: frame.here.clone() };
        vec![
            page(LaterOutcome::Done, Some(SAMPLE)),
            page(LaterOutcome::Already, Some(SAMPLE)),
            page(LaterOutcome::Already, None),
            page(LaterOutcome::TooLate, Some(SAMPLE)),
            page(LaterOutcome::Nothing, None),
        ]
    }
}

/// Renders every page of this room with its samples; called once at start.
pub(crate) fn check_pages() -> Result<(), Broken> {
    crate::look::check::<UnsubscribePage>()?;
    crate::look::check::<UnsubscribedPage>()?;
    crate::look::check::<LaterPage>()
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
        hang::<LaterPage>("later");
    }
}
