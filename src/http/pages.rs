//! The pages that belong to no room: landing, errors, documentation.

use serde::Serialize;

use crate::kernel::locale::Language;
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

/// `/docs`: how to push an order, and every route.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DocsPage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// The contract file.
    pub(crate) openapi_url: String,
    /// Public address of this instance, for the examples.
    pub(crate) public_url: String,
    /// All routes of the contract, in its order.
    pub(crate) routes: Vec<DocsRoute>,
    /// The closed catalogue of problems.
    pub(crate) problems: Vec<DocsProblem>,
}

/// One route.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DocsRoute {
    /// HTTP method.
    pub(crate) method: String,
    /// Path with its `{parameters}`.
    pub(crate) path: String,
    /// Operation id, as in the contract.
    pub(crate) operation: String,
    /// Who may call it, in a word or two.
    pub(crate) audience: String,
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
        let route = |method: &str, path: &str, operation: &str, audience: &str| DocsRoute {
            method: method.into(),
            path: path.into(),
            operation: operation.into(),
            audience: audience.into(),
        };
        vec![Self {
            frame: sample_frame("/docs"),
            openapi_url: "https://attesta.example/openapi.yaml".into(),
            public_url: "https://attesta.example".into(),
            routes: vec![
                route("POST", "/v1/shops/{shop}/events", "push_event", "shop, signed"),
                route("GET", "/v1/shops/{shop}", "get_profile", "everyone"),
                route("GET", "/v1/shops/{shop}/reviews", "list_reviews", "everyone"),
            ],
            problems: vec![DocsProblem {
                code: "signature_mismatch".into(),
                status: 401,
                title: "The signature does not match the body.".into(),
            }],
        }]
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
