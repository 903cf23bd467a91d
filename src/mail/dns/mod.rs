//! What the world finds in the DNS about a sending domain: [`check()`] asks for DKIM, SPF and DMARC, says what is right, wrong or
//! missing and what to publish, and stores that, so that keys sign whose records stand; [`look_again`] does so regularly.
//!
//! Whom to ask is a setting (`dns.resolver`), else the machine's own resolvers. Every look asks anew, without a cache: who has just
//! published a record wants to know. A resolver that does not answer changes nothing that was known.

mod ask;
mod check;
mod dkim;
mod dmarc;
mod spf;
mod tags;

pub use ask::{Resolver, ResolverError};
pub use check::{Report, Retired, State, check, known, look_again};

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a look at one record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Right,
    /// Not there.
    Missing,
    /// There, and not as it should be.
    Wrong,
    /// The resolver gave no answer.
    Unknown,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Right => "right",
            Self::Missing => "missing",
            Self::Wrong => "wrong",
            Self::Unknown => "unknown",
        })
    }
}

/// What a record is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The public half of a key.
    Dkim,
    /// Who may send for the domain.
    Spf,
    /// What receivers do with mail that neither proves.
    Dmarc,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dkim => "DKIM",
            Self::Spf => "SPF",
            Self::Dmarc => "DMARC",
        })
    }
}

/// One record: what should stand there, what does, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is for.
    pub kind: Kind,
    /// Where it stands: a name in the DNS.
    pub name: String,
    /// The TXT record to publish there.
    pub publish: String,
    /// What stands there.
    pub found: Vec<String>,
    /// What that means.
    pub verdict: Verdict,
    /// The cause and what to do, in a sentence.
    pub detail: String,
}

/// What a resolver says about a name.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Answer<T> {
    /// These records, at least one.
    Found(Vec<T>),
    /// There are none.
    Nothing,
    /// It did not answer, and why.
    Silent(String),
}
