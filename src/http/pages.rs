//! The pages that belong to no room: landing, errors, documentation.

use serde::Serialize;

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
