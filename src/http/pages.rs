//! The pages that belong to no room: landing, errors, documentation.

use serde::Serialize;

use super::contract::{self, Line, List, Operation};
use super::faces;
use crate::kernel::locale::Language;
use crate::links::{Base, Links};
use crate::look::page::{Frame, Head, Robots, View};
use crate::look::words::Words;
use crate::look::{Broken, Template, template};

/// `/` of a served instance: what Attesta is.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct HomePage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// The documentation.
    pub(crate) docs_url: String,
}

/// Any failure that a person sees.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ErrorPage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// HTTP status.
    pub(crate) status: u16,
    /// What went wrong exactly, if it may be said; one sentence.
    pub(crate) detail: Option<String>,
    /// Seconds until another try makes sense.
    pub(crate) retry_after: Option<i64>,
}

/// `/docs`: how to push an order, and the whole contract.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DocsPage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// The contract file.
    pub(crate) openapi_url: String,
    /// Public address of this instance, for the examples.
    pub(crate) public_url: String,
    /// What holds for the whole API.
    pub(crate) about: &'static [Line],
    /// Operations by subject.
    pub(crate) groups: Vec<DocsGroup>,
    /// Long closed lists.
    pub(crate) lists: &'static [List],
    /// The closed catalogue of problems.
    pub(crate) problems: Vec<DocsProblem>,
}

/// Operations of one subject.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DocsGroup {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it is about.
    pub(crate) about: &'static [Line],
    /// Its operations.
    pub(crate) operations: Vec<DocsOperation>,
}

/// One operation.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DocsOperation {
    /// As the contract has it.
    #[serde(flatten)]
    pub(crate) operation: &'static Operation,
    /// Who may call it: the name of a phrase.
    pub(crate) who: &'static str,
    /// How it is called from a command line, where that is one line.
    pub(crate) call: Option<String>,
}

/// One problem of the catalogue.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DocsProblem {
    /// Its code.
    pub(crate) code: String,
    /// HTTP status.
    pub(crate) status: u16,
    /// What it means.
    pub(crate) title: String,
}

impl View for HomePage {
    fn template() -> &'static Template {
        template!("http/home", "pages/home.hbs")
    }

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn head(&self, words: &Words) -> Head {
        indexed(words.home.title, words.home.lead)
    }

    fn samples() -> Vec<Self> {
        vec![Self { frame: sample_frame("/"), docs_url: "https://attesta.example/docs".into() }]
    }
}

impl View for ErrorPage {
    fn template() -> &'static Template {
        template!("http/error", "pages/error.hbs")
    }

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn head(&self, words: &Words) -> Head {
        Head::private(match self.status {
            404 => words.error.not_found,
            410 => words.error.gone,
            429 => words.error.too_many,
            503 => words.error.busy,
            400..500 => words.error.refused,
            _ => words.error.broken,
        })
    }

    fn samples() -> Vec<Self> {
        let sample = |status, detail: Option<&str>, retry_after| Self {
            frame: sample_frame("/somewhere"),
            status,
            detail: detail.map(str::to_owned),
            retry_after,
        };
        vec![
            sample(404, None, None),
            sample(410, None, None),
            sample(415, Some("Send a form or JSON."), None),
            sample(429, None, Some(30)),
            sample(500, None, None),
            sample(503, None, Some(1)),
        ]
    }
}

impl View for DocsPage {
    fn template() -> &'static Template {
        template!("http/docs", "pages/docs.hbs")
    }

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn head(&self, words: &Words) -> Head {
        indexed(words.docs.title, words.docs.push_more)
    }

    fn samples() -> Vec<Self> {
        let links = Links::new(Base::listening(([127, 0, 0, 1], 8080).into()));
        vec![faces::docs_page(&links, Language::It, contract::sample())]
    }
}

fn indexed(title: &str, description: &str) -> Head {
    Head { title: title.to_owned(), description: Some(description.to_owned()), robots: Robots::Index, refresh: None }
}

fn sample_frame(path: &str) -> Frame {
    Frame::new(Language::It, "https://attesta.example", &format!("https://attesta.example{path}"))
}

/// Renders every page here with its samples; called once at start.
pub(crate) fn check_pages() -> Result<(), Broken> {
    use crate::look::check;
    check::<HomePage>()?;
    check::<ErrorPage>()?;
    check::<DocsPage>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::gallery::hang;

    #[test]
    fn every_sample_fits_its_template() {
        assert_eq!(check_pages(), Ok(()));
        hang::<HomePage>("home");
        hang::<ErrorPage>("error");
        hang::<DocsPage>("docs");
    }
}
