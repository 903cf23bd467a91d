//! The form of every answer: camel-cased JSON with links, and errors as a small object with `message`, `errorCode` and
//! `details`. Pure: handlers turn these values into responses.

use serde::Serialize;

use crate::problem::Problem;

/// A link as that API gives them.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Link {
    href: String,
    method: &'static str,
    rel: &'static str,
}

impl Link {
    /// A link to read.
    pub(super) fn get(rel: &'static str, href: String) -> Self {
        Self { href, method: "GET", rel }
    }
}

/// An error.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Fault {
    /// What went wrong, in a few words.
    message: &'static str,
    /// The status of the answer.
    error_code: u16,
    /// What to do about it.
    details: String,
}

impl From<&Problem> for Fault {
    fn from(problem: &Problem) -> Self {
        Self { message: problem.code().title(), error_code: problem.status(), details: problem.detail().to_owned() }
    }
}

/// How many reviews of each number of stars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Counts {
    pub(super) total: i64,
    one_star: i64,
    two_stars: i64,
    three_stars: i64,
    four_stars: i64,
    five_stars: i64,
}

impl From<[i64; 5]> for Counts {
    fn from(histogram: [i64; 5]) -> Self {
        let [one_star, two_stars, three_stars, four_stars, five_stars] = histogram;
        Self { total: histogram.iter().sum(), one_star, two_stars, three_stars, four_stars, five_stars }
    }
}
