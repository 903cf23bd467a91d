//! The one page of the desk for people: ending the weekly mail from its link. A GET asks; only a POST ends anything.

use serde::Serialize;

use crate::kernel::locale::Language;
use crate::look::page::{Frame, Head, View};
use crate::look::words::Words;
use crate::look::{Broken, Template, template};

/// `/weekly/{token}`: the question, and after the POST that it is done.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct WeeklyStopPage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// Whose mail it is.
    pub(crate) shop_name: String,
    /// Where the answer is posted; without it the mail has ended.
    pub(crate) action: Option<String>,
    /// It ended because the mailbox does not exist.
    pub(crate) bounced: bool,
    /// It ended because it was reported as unwanted.
    pub(crate) complained: bool,
}

impl View for WeeklyStopPage {
    fn template() -> &'static Template {
        template!("desk/weekly_stop", "pages/weekly_stop.hbs")
    }

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn head(&self, words: &Words) -> Head {
        Head::private(words.weekly.heading)
    }

    fn samples() -> Vec<Self> {
        let (root, here) = ("https://attesta.example", "https://attesta.example/weekly/token");
        let shop_name = "Bottega Ligure".to_owned();
        let (bounced, complained) = (false, false);
        let action = Some(here.to_owned());
        let ask = Self { frame: Frame::new(Language::It, root, here), shop_name, action, bounced, complained };
        let done = Self { frame: Frame::fixed(Language::It, root, here), action: None, ..ask.clone() };
        let bounced = Self { bounced: true, ..done.clone() };
        let complained = Self { complained: true, ..done.clone() };
        vec![ask, done, bounced, complained]
    }
}

/// Renders every page of this door with its samples; called once at start.
pub(crate) fn check_pages() -> Result<(), Broken> {
    crate::look::check::<WeeklyStopPage>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::gallery::hang;

    #[test]
    fn every_sample_fits_its_template() {
        assert_eq!(check_pages(), Ok(()));
        hang::<WeeklyStopPage>("weekly_stop");
    }
}
